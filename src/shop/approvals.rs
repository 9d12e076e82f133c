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
use crate::base::ids::{AgreementId, BuyerId};
use crate::flows::{ActError, Context, agreements};
use crate::orders::agreement::{Agreement, Standing, Terms};
use crate::orders::order::Order;

/// The most approvals and orders that are listed, newest first.
const MOST: i64 = 100;

/// The pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/account/approvals", get(list))
        .route("/account/approvals/{id}/end", post(end))
        .route("/account/approvals/{id}/check", post(check))
}

/// One approval with what was charged under it.
struct Approval {
    id: AgreementId,
    title: String,
    standing: Standing,
    message: Option<String>,
    /// What was agreed to, in a sentence.
    rule: String,
    method: String,
    since: Millis,
    next_at: Option<Millis>,
    /// Where the provider lets the buyer change how it is paid.
    mend_address: Option<String>,
    orders: Vec<Order>,
}

impl Approval {
    fn is_paused(&self) -> bool {
        self.standing == Standing::Paused
    }

    fn can_end(&self) -> bool {
        matches!(self.standing, Standing::Active | Standing::Paused)
    }
}

#[derive(Template)]
#[template(path = "account/approvals.html")]
struct ApprovalsPage {
    chrome: Chrome,
    problems: Problems,
    approvals: Vec<Approval>,
}

async fn list(State(ctx): State<Context>, chrome: Chrome, SignedIn(account): SignedIn) -> Result<Response, PageError> {
    show(&ctx, chrome, &account.id, Problems::default()).await
}

async fn show(ctx: &Context, chrome: Chrome, buyer: &BuyerId, problems: Problems) -> Result<Response, PageError> {
    let own = ctx.store.agreements_of(buyer, MOST).await?;
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
    Ok(page_with(status, &ApprovalsPage { chrome, problems, approvals }))
}

fn approval(ctx: &Context, agreement: Agreement, title: Option<String>, orders: Vec<Order>) -> Approval {
    let provider = ctx.providers.get(&agreement.provider);
    let called = provider.map_or(agreement.provider.as_str(), |provider| provider.title());
    let each = orders.last().map(|first| first.total.to_string());
    let rule = match (agreement.terms, each) {
        (Terms::Saved, _) => "Charged whenever you choose it at the checkout.".to_owned(),
        (Terms::Every(period), Some(each)) => format!("{each} {}, until you end it.", period.label()),
        (Terms::Every(period), None) => format!("Charged {}, until you end it.", period.label()),
    };
    let mends = matches!(agreement.standing, Standing::Active | Standing::Paused);
    Approval {
        title: title.unwrap_or_else(|| "A saved way to pay".to_owned()),
        method: agreement.method.unwrap_or_else(|| called.to_owned()),
        mend_address: provider
            .zip(agreement.consent.as_ref().filter(|_| mends))
            .and_then(|(provider, consent)| provider.mend_address(consent)),
        id: agreement.id,
        standing: agreement.standing,
        message: agreement.message,
        rule,
        since: agreement.started_at,
        next_at: agreement.next_at,
        orders,
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
