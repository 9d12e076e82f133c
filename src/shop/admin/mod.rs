//! The market office: for operators only; everybody else finds nothing here.
//!
//! It shows what the store holds as it is, and changes little. Every change is a link of the audit
//! chain with the operator's address.

mod disputes;
pub mod ledger;
pub mod notifications;
pub mod operations;
pub mod order;
pub mod orders;
pub mod rates;
pub mod reconcile;
pub mod sellers;

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::error::PageError;
use super::extract::SignedInOperator;
use super::page::{Chrome, page};
use crate::flows::Context;
use crate::orders::operation::Progress;
use crate::orders::state::State as OrderState;
use crate::store::desk_money::CurrencySum;

/// Every page of the office.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/admin", get(overview))
        .merge(orders::router())
        .merge(order::router())
        .merge(disputes::router())
        .merge(notifications::router())
        .merge(operations::router())
        .merge(rates::router())
        .merge(ledger::router())
        .merge(reconcile::router())
        .merge(sellers::router())
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    chrome: Chrome,
    orders: Vec<(OrderState, i64)>,
    operations: Vec<(Progress, i64)>,
    unknown: i64,
    open: i64,
    flagged: i64,
    disputes: i64,
    waiting: i64,
    differing: i64,
    sellers: BTreeMap<String, i64>,
    sums: Vec<CurrencySum>,
}

impl OverviewPage {
    fn is_balanced(&self) -> bool {
        self.sums.iter().all(|sum| sum.sum_minor == 0)
    }

    fn plain(&self, word: &str) -> String {
        word.replace('_', " ")
    }
}

async fn overview(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
) -> Result<Response, PageError> {
    let store = &ctx.store;
    let by_state = store.orders_by_state().await?;
    let mut operations = Vec::new();
    for progress in Progress::ALL {
        operations.push((progress, store.count_operations(progress).await?));
    }
    let count = |wanted: &dyn Fn(Progress) -> bool| {
        operations.iter().filter(|(progress, _)| wanted(*progress)).map(|(_, count)| count).sum()
    };
    Ok(page(&OverviewPage {
        chrome,
        orders: OrderState::ALL
            .into_iter()
            .map(|state| (state, by_state.get(state.word()).copied().unwrap_or(0)))
            .collect(),
        unknown: count(&|progress| progress == Progress::Unknown),
        open: count(&|progress| progress.is_open()),
        operations,
        flagged: store.count_flagged().await?,
        disputes: store.count_open_disputes().await?,
        waiting: store.waiting_notifications().await?,
        differing: store.count_differences().await?,
        sellers: store.sellers_by_state().await?,
        sums: store.balance_sums().await?,
    }))
}
