//! The accounts of people, as they would see them at the provider: what they hold, what they allowed, what
//! was charged. Here a payer ends a token without asking the shop, and an account is closed.
//!
//! There is no sign-in: in this house whoever has the address is that person. Other sites' pages can do nothing.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::letters::{Letter, letters};
use super::review::described;
use super::told::{self, KINDS, Told, VERIFICATIONS};
use super::views::Problem;
use super::visit::value;
use super::{broken, claims};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::notify;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::ledger::{BANKS, balance_of};
use crate::sandbox::fps::state::people::{Given, Line};
use crate::sandbox::fps::tokens::{Measure, Use, words};
use crate::sandbox::fps::wire::Amount;
use crate::sandbox::state::{LogEntry, StateError};

pub(super) type Form = axum::extract::Form<Vec<(String, String)>>;

/// Everybody's page, and what can be done there.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/accounts", get(everybody))
        .route("/accounts/{id}", get(show))
        .route("/accounts/{id}/tokens/{token}", post(cancel))
        .route("/accounts/{id}/state", post(change_state))
        .route("/accounts/{id}/told", post(told::tell))
        .route("/accounts/{id}/fund", post(fund))
        .route("/accounts/{id}/register", post(register))
        .merge(claims::router())
        .route_layer(middleware::from_fn(own_site))
}

async fn own_site(request: Request, next: Next) -> Response {
    if desk::may_act(&request) {
        return next.run(request).await;
    }
    problem(StatusCode::FORBIDDEN, "That came from another site", "Use the form on the account's own page.")
}

pub(super) fn problem(status: StatusCode, title: &str, message: &str) -> Response {
    desk::page(status, &Problem::plain(title, message))
}

pub(super) fn nobody() -> Response {
    problem(StatusCode::NOT_FOUND, "There is no such account", "The address names no account of this sandbox.")
}

#[derive(Template)]
#[template(path = "sandbox/accounts.html")]
struct Everybody {
    people: Vec<Account>,
}

/// One token as its payer sees it.
struct Allowed {
    id: String,
    kind: &'static str,
    shop: String,
    paid: String,
    reason_html: String,
    /// What it says of each single charge; empty where any amount will do.
    each_charge: String,
    /// Each limit with what was used of it and what is left.
    usage: Vec<(String, String)>,
    method: &'static str,
    state: &'static str,
    until: String,
    is_active: bool,
}

/// One line of the past.
struct Past {
    id: String,
    at: String,
    what: String,
    amount: Money,
    state: String,
}

#[derive(Template)]
#[template(path = "sandbox/account.html")]
struct AccountPage {
    account: Account,
    balance: Money,
    methods: Vec<&'static str>,
    tokens: Vec<Allowed>,
    past: Vec<Past>,
    letters: Vec<Letter>,
    is_developer: bool,
    told: Told,
    kinds: [(&'static str, &'static str); 3],
    verifications: [(&'static str, &'static str); 3],
}

async fn everybody(State(sandbox): State<Sandbox>) -> Response {
    let step = async {
        let mut tx = sandbox.db().read().await?;
        let people =
            tx.accounts().await?.into_iter().filter(|own| own.position > 0 || own.kind == "developer").collect();
        Ok::<Response, StateError>(desk::page(StatusCode::OK, &Everybody { people }))
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    rendered(&sandbox, &id, StatusCode::OK, None).await.unwrap_or_else(|error| broken(&error))
}

/// The page of one account; `told` is what stands in its form when not what the account is.
pub(super) async fn rendered(
    sandbox: &Sandbox,
    id: &str,
    status: StatusCode,
    told: Option<Told>,
) -> Result<Response, StateError> {
    let mut tx = sandbox.db().read().await?;
    let now = sandbox.clock().now();
    let found = if id.contains('\0') { None } else { tx.account(id).await? };
    let Some(account) = found else { return Ok(nobody()) };
    let balance = Money::usd(tx.balance(&balance_of(id)).await?);
    let terms = tx.terms(id).await?;
    let (given, lines) = (tx.given_tokens(id).await?, tx.latest_of(id).await?);
    let uses = tx.uses_of_account(id).await?;
    let cases = tx.cases_of(id).await?;
    let tokens = given.iter().map(|given| allowed(given, &uses, now)).collect::<Result<_, _>>()?;
    let methods = account.methods.split(',').filter(|own| !own.is_empty()).map(|own| described(own).0).collect();
    let page = AccountPage {
        balance,
        methods,
        tokens,
        past: lines.iter().map(|line| past(line, id)).collect(),
        letters: letters(&given, &lines, &cases, id),
        is_developer: account.kind == "developer",
        told: told.unwrap_or_else(|| Told::of(&account, &terms)),
        kinds: KINDS,
        verifications: VERIFICATIONS,
        account,
    };
    Ok(desk::page(status, &page))
}

fn allowed(given: &Given, uses: &[(String, Use)], now: Millis) -> Result<Allowed, StateError> {
    let token = &given.token;
    let rule = token.rule()?;
    let own: Vec<Use> = uses.iter().filter(|(origin, _)| *origin == token.origin_id).map(|(_, own)| *own).collect();
    let usage = rule.usage(&own, Millis(token.starts_at), now).into_iter().map(|(limit, usage)| {
        let left = (limit.most - usage.now).max(0);
        let said = match limit.measure {
            Measure::Amount => format!("{} charged, {} left", Money::usd(usage.now), Money::usd(left)),
            Measure::Count if usage.now == 1 => format!("1 charge, {left} left"),
            Measure::Count => format!("{} charges, {left} left", usage.now),
        };
        (words::limit(&limit), format!("{said}, since {}", usage.since.for_people()))
    });
    let others = token.recipients.split(',').filter(|id| !id.is_empty()).count().saturating_sub(1);
    let paid = match (token.kind.as_str(), others) {
        ("MultiUse", 1) => format!("{} and one seller of its market", given.recipient_name),
        ("MultiUse", others) if others > 1 => format!("{} and {others} sellers of its market", given.recipient_name),
        _ => given.recipient_name.clone(),
    };
    Ok(Allowed {
        id: token.id.clone(),
        kind: if token.kind == "MultiUse" { "Several payments" } else { "Subscription" },
        shop: given.caller_name.clone(),
        paid,
        reason_html: super::reason::html(&token.payment_reason),
        each_charge: words::each_charge(&rule).unwrap_or_default(),
        usage: usage.collect(),
        method: described(&token.methods).0,
        state: match (token.ended_by.as_str(), token.is_active(now)) {
            ("payer", _) => "ended by you",
            ("caller", _) => "ended by the shop",
            ("edit", _) => "replaced, when you changed how to pay",
            (_, true) if now.0 < token.starts_at => "not begun yet",
            (_, true) => "active",
            (_, false) => "over",
        },
        until: if token.expires_at > 0 { Millis(token.expires_at).day() } else { "you end it".to_owned() },
        is_active: token.is_active(now),
    })
}

fn past(line: &Line, account: &str) -> Past {
    let is_sender = line.sender_id == account;
    let what = match (line.kind.as_str(), is_sender) {
        ("Pay", true) if !line.parent_id.is_empty() => format!("Reversal for {}", line.recipient_name),
        ("Pay", false) if !line.parent_id.is_empty() => format!("Reversal from {}", line.sender_name),
        ("Refund", true) => format!("Refund from {}", line.recipient_name),
        ("Refund", false) => format!("Refund to {}", line.sender_name),
        ("Reserve", true) => format!("Hold for {}", line.recipient_name),
        (_, true) => format!("To {}", line.recipient_name),
        (_, false) => format!("From {}", line.sender_name),
    };
    let what = if line.reason.is_empty() { what } else { format!("{what}: {}", line.reason) };
    Past {
        id: line.id.clone(),
        at: line.at().for_people(),
        what,
        amount: Money::usd(line.amount_minor),
        state: line.state.clone(),
    }
}

/// The payer ends a token: for good, and the shop is told.
async fn cancel(State(sandbox): State<Sandbox>, Path((id, token)): Path<(String, String)>) -> Response {
    let step = async {
        let mut tx = sandbox.db().write().await?;
        let now = sandbox.clock().now();
        let found = if token.contains('\0') { None } else { tx.token(&token).await? };
        let Some(token) = found.filter(|token| token.account_id == id && token.is_standing()) else {
            return Ok(nobody());
        };
        if tx.end_token(&token.id, "payer", now).await? {
            let caller = tx.account(&token.caller_id).await?;
            let address = caller.map(|caller| caller.ipn_url).unwrap_or_default();
            notify::token_cancellation(&sandbox, &mut tx, &token, &address, now).await?;
            let mut entry = LogEntry::fps(now, "page", "TokenCancellation");
            entry.reference = token.caller_reference.clone();
            entry.verdict = "ok".to_owned();
            entry.detail = format!("{id} ended a token");
            tx.log(entry).await?;
        }
        tx.commit().await?;
        sandbox.wake();
        Ok::<Response, StateError>(Redirect::to(&format!("/accounts/{id}#allowed")).into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// Opens, suspends or closes the account.
async fn change_state(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    axum::extract::Form(form): Form,
) -> Response {
    let step = async {
        let state = value(&form, "state");
        if !matches!(state, "active" | "suspended" | "closed") {
            return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "That is no state", "Choose one of the three."));
        }
        let mut tx = sandbox.db().write().await?;
        if id.contains('\0') || !tx.put_account_in_state(&id, state).await? {
            return Ok(nobody());
        }
        tx.commit().await?;
        Ok::<Response, StateError>(Redirect::to(&format!("/accounts/{id}")).into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// Registers a developer's account as a marketplace, or strikes it off: then the pages answer NM.
async fn register(State(sandbox): State<Sandbox>, Path(id): Path<String>, axum::extract::Form(form): Form) -> Response {
    let step = async {
        let mut tx = sandbox.db().write().await?;
        if id.contains('\0') || !tx.register_marketplace(&id, value(&form, "marketplace") == "yes").await? {
            return Ok(nobody());
        }
        tx.commit().await?;
        Ok::<Response, StateError>(Redirect::to(&format!("/accounts/{id}")).into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// Moves money from the person's bank into the balance.
async fn fund(State(sandbox): State<Sandbox>, Path(id): Path<String>, axum::extract::Form(form): Form) -> Response {
    let step = async {
        let amount = Amount::parse(value(&form, "amount")).filter(|own| own.is_exact && own.money.is_positive());
        let Some(amount) = amount.filter(|own| own.money.minor <= 100_000_000) else {
            let sentence = "Please write an amount from 0.01 to 1000000, such as 25.00.";
            return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "That is no amount", sentence));
        };
        let mut tx = sandbox.db().write().await?;
        let found = if id.contains('\0') { None } else { tx.account(&id).await? };
        let Some(account) = found else { return Ok(nobody()) };
        let to = balance_of(&account.id);
        tx.post("", sandbox.clock().now(), &[(BANKS, to.as_str(), amount.money.minor)]).await?;
        tx.commit().await?;
        Ok::<Response, StateError>(Redirect::to(&format!("/accounts/{id}")).into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}
