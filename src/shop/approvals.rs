//! The standing approvals of an account: what was agreed to, what was charged, and how to end it.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::Site;
use super::desk::problems;
use super::error::PageError;
use super::extract::SignedIn;
use super::page::{Chrome, Problems, page_with};
use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId, OrderId};
use crate::base::money::{Currency, Money};
use crate::flows::change_agreement::change_address;
use crate::flows::{ActError, Context, agreements, limits, tab};
use crate::orders::agreement::{Agreement, Decline, Rules, Standing, Terms, Trouble};
use crate::orders::order::Order;
use crate::orders::state::State as OrderState;

/// The most approvals and orders that are listed, newest first.
const MOST: i64 = 100;

/// The pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/account/approvals", get(list))
        .route("/account/approvals/{id}/change", post(change))
        .route("/account/approvals/{id}/end", post(end))
        .route("/account/approvals/{id}/check", post(check))
}

/// One approval with what was charged under it.
struct Approval {
    id: AgreementId,
    title: String,
    standing: Standing,
    trouble: Option<Trouble>,
    message: Option<String>,
    /// What was agreed to, in a sentence.
    rule: String,
    method: String,
    since: Millis,
    next_at: Option<Millis>,
    /// When it ends by itself.
    until: Option<Millis>,
    /// What was charged, in how many orders.
    charged: Option<(Money, usize)>,
    /// What is left of its limits, and when the provider said so.
    left: Option<(String, Millis)>,
    /// Where the provider lets the buyer change how it is paid.
    mend_address: Option<String>,
    /// Whether the provider leads the buyer there when it is asked to.
    is_changed_by_visit: bool,
    /// The order that waits for another approval.
    declined: Option<OrderId>,
    orders: Vec<Order>,
}

impl Approval {
    fn is_paused(&self) -> bool {
        self.standing == Standing::Paused
    }

    fn can_end(&self) -> bool {
        self.standing.stands()
    }

    /// Whether trying again may help, where the buyer has mended something.
    fn can_be_tried(&self) -> bool {
        self.is_paused() && self.trouble.is_none_or(|trouble| trouble.decline != Decline::Approval)
    }
}

#[derive(Template)]
#[template(path = "account/approvals.html")]
struct ApprovalsPage {
    chrome: Chrome,
    problems: Problems,
    approvals: Vec<Approval>,
    /// Whether a tab can be opened in this shop.
    tab_offered: bool,
}

async fn list(State(ctx): State<Context>, chrome: Chrome, SignedIn(account): SignedIn) -> Result<Response, PageError> {
    show(&ctx, chrome, &account.id, Problems::default()).await
}

async fn show(ctx: &Context, chrome: Chrome, buyer: &BuyerId, problems: Problems) -> Result<Response, PageError> {
    let mut own = ctx.store.agreements_of(buyer, MOST).await?;
    limits::ask_use(ctx, &mut own).await?;
    let mut titles = ctx.store.subscription_titles(buyer).await?;
    let mut orders: HashMap<String, Vec<Order>> = HashMap::new();
    for order in ctx.store.orders_under(buyer, MOST).await? {
        if let Some(agreement) = &order.agreement {
            orders.entry(agreement.to_string()).or_default().push(order);
        }
    }
    let approvals = own.into_iter().map(|agreement| {
        let title = titles.remove(agreement.id.as_str());
        let orders = orders.remove(agreement.id.as_str()).unwrap_or_default();
        approval(ctx, agreement, title, orders)
    });
    let approvals = approvals.collect();
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page_with(status, &ApprovalsPage { chrome, problems, approvals, tab_offered: tab::provider(ctx).is_some() }))
}

fn approval(ctx: &Context, agreement: Agreement, title: Option<String>, orders: Vec<Order>) -> Approval {
    let provider = ctx.providers.get(&agreement.provider);
    let called = provider.map_or(agreement.provider.as_str(), |provider| provider.title());
    let stands = agreement.standing.stands();
    let consent = agreement.consent.as_ref().filter(|_| stands);
    let currency = ctx.shop.currency;
    let known = agreement.known.filter(|_| stands);
    let left = agreement.rules.limits.zip(known).map(|(limits, known)| (limits.left(known.used, currency), known.at));
    Approval {
        rule: rule(&agreement, orders.last().map(|first| first.total), currency),
        title: title.unwrap_or_else(|| called_by(&agreement.rules)),
        method: agreement.method.unwrap_or_else(|| called.to_owned()),
        mend_address: provider.zip(consent).and_then(|(provider, consent)| provider.mend_address(consent)),
        is_changed_by_visit: consent.is_some() && provider.is_some_and(|it| it.abilities().keeps_by_rules()),
        declined: orders.iter().find(|order| order.state == OrderState::Declined).map(|order| order.id.clone()),
        charged: charged(&orders, currency),
        left,
        id: agreement.id,
        standing: agreement.standing,
        trouble: agreement.trouble,
        message: agreement.message,
        since: agreement.started_at,
        next_at: agreement.next_at,
        until: agreement.rules.until.filter(|_| stands),
        orders,
    }
}

/// What an approval is called that is no subscription.
fn called_by(rules: &Rules) -> String {
    match (&rules.only, rules.limits) {
        (Some(stall), _) => format!("Your tab at {stall}"),
        (None, Some(_)) => "Your tab with the market".to_owned(),
        (None, None) => "A saved way to pay".to_owned(),
    }
}

/// What was agreed to, in words; `each` is what a period costs.
fn rule(agreement: &Agreement, each: Option<Money>, currency: Currency) -> String {
    let Terms::Every(period) = agreement.terms else { return agreement.rules.for_buyer(currency) };
    let each = each.map_or_else(|| "Charged".to_owned(), |each| each.to_string());
    match agreement.rules.times {
        Some(times) => format!("{each} {}, {times} times in all.", period.label()),
        None => format!("{each} {}, until you end it.", period.label()),
    }
}

/// What was taken or is on hold, in how many orders.
fn charged(orders: &[Order], currency: Currency) -> Option<(Money, usize)> {
    let all = orders.iter().filter(|order| order.state.is_sold() || order.state == OrderState::Reserved);
    let all: Vec<&Order> = all.collect();
    let sum = all.iter().try_fold(Money::zero(currency), |sum, order| sum.plus(order.total)).ok()?;
    (!all.is_empty()).then_some((sum, all.len()))
}

/// `POST …/change`: 303 to the provider, or the list with what stands against it.
async fn change(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedIn(account): SignedIn,
    Path(id): Path<AgreementId>,
) -> Result<Response, PageError> {
    match change_address(&ctx, &account.id, &id).await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(error) => show(&ctx, chrome, &account.id, problems(error, "main")?).await,
    }
}

/// `POST …/end`: 303 back to the list, or the list with what stands against it.
async fn end(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedIn(account): SignedIn,
    Path(id): Path<AgreementId>,
) -> Result<Response, PageError> {
    answer(&ctx, chrome, &account.id, agreements::end(&ctx, &account.id, &id).await).await
}

/// `POST …/check`: asks the provider how it stands, then the same.
async fn check(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedIn(account): SignedIn,
    Path(id): Path<AgreementId>,
) -> Result<Response, PageError> {
    let looked = agreements::look_again(&ctx, &account.id, &id).await;
    let looked = match looked {
        Ok(Standing::Paused) => Err(ActError::NotNow(
            "The payment service still cannot charge it. Please change the payment method there first.",
        )),
        other => other.map(|_| ()),
    };
    answer(&ctx, chrome, &account.id, looked).await
}

async fn answer(
    ctx: &Context,
    chrome: Chrome,
    buyer: &BuyerId,
    done: Result<(), ActError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&ctx.paths.account_agreements()).into_response()),
        Err(error) => show(ctx, chrome, buyer, problems(error, "main")?).await,
    }
}
