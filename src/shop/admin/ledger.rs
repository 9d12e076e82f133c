//! The trial balance, and whether the audit chain is whole.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::flows::Context;
use crate::orders::audit::Link;
use crate::shop::Site;
use crate::shop::error::PageError;
use crate::shop::extract::SignedInOperator;
use crate::shop::page::{Chrome, page};
use crate::store::ledger::Balance;

/// The most accounts that are listed; their sum is over all.
const MOST_LISTED: usize = 500;

/// How many of the newest links are shown.
const LINKS: i64 = 20;

/// The page.
pub fn router() -> Router<Site> {
    Router::new().route("/admin/ledger", get(ledger))
}

#[derive(Template)]
#[template(path = "admin/ledger.html")]
struct LedgerPage {
    chrome: Chrome,
    lines: Vec<Line>,
    /// Accounts that are not listed.
    hidden: usize,
    sums: Vec<Line>,
    is_balanced: bool,
    /// The place of the first broken link.
    broken: Option<i64>,
    links: Vec<Link>,
    now: Millis,
}

/// An account, or a currency, and its amount.
struct Line {
    name: String,
    amount: String,
}

impl Line {
    fn of(name: &str, minor: i64, code: &str) -> Line {
        let amount = match Currency::from_code(code) {
            Some(currency) => Money::new(minor, currency).to_string(),
            None => format!("{minor} {code}"),
        };
        Line { name: name.to_owned(), amount }
    }
}

async fn ledger(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
) -> Result<Response, PageError> {
    let store = &ctx.store;
    let balances: Vec<Balance> = store.open_balances().await?;
    let sums = store.balance_sums().await?;
    let hidden = balances.len().saturating_sub(MOST_LISTED);
    let listed = balances.iter().take(MOST_LISTED);
    Ok(page(&LedgerPage {
        chrome,
        lines: listed.map(|line| Line::of(&line.account, line.balance_minor, &line.currency)).collect(),
        hidden,
        is_balanced: sums.iter().all(|sum| sum.sum_minor == 0),
        sums: sums.iter().map(|sum| Line::of(&sum.currency, sum.sum_minor, &sum.currency)).collect(),
        broken: store.verify_audit().await?,
        links: store.audit_tail(LINKS).await?,
        now: ctx.clock.now(),
    }))
}
