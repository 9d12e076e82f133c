//! The whole purchase, killed (a real process, SIGKILL) at every commit and at every provider call.
//!
//! The points are not listed here: an undisturbed run counts them. After every kill the shop is
//! started again, the people do again what they saw fail, the worker does the rest; then exactly
//! one charge exists at the provider, the order says so, and the books balance.

#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod postgres;
mod shop_process;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;
mod walk;

use std::sync::Arc;

use tokio::sync::Semaphore;
use walk::{Place, Template, Via};

/// How many cases run side by side; most of each is waiting.
const SIDE_BY_SIDE: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_charges_once_and_loses_no_order_on_sqlite() {
    kill_everywhere(Template::sqlite().await, 1, Via::Fps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_charges_once_with_two_shops_on_postgresql() {
    let Some(server) = postgres::Server::get().await else { return };
    kill_everywhere(Template::postgres(server).await, 2, Via::Fps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_charges_once_with_amazon_pay() {
    kill_everywhere(Template::sqlite().await, 1, Via::AmazonPay).await;
}

async fn kill_everywhere(template: Template, processes: usize, via: Via) {
    let template = Arc::new(template);
    let undisturbed = Place::open(&template, processes).await.walk(via, None).await;
    let points = undisturbed.points;
    assert!(points.len() > 20, "only {points:?}");
    let calls = match via {
        Via::Fps => ["Reserve", "Settle", "VerifySignature"],
        Via::AmazonPay => ["CreateCharge", "CaptureCharge", "CreateCheckoutSession"],
    };
    for call in calls {
        for when in ["before sending", "answer not read", "not recorded"] {
            let is_there = points.iter().any(|point| point.contains(call) && point.contains(when));
            assert!(is_there, "no point {call} {when} in {points:?}");
        }
    }
    let gate = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut cases = tokio::task::JoinSet::new();
    for (at, name) in (1..).zip(points) {
        let (template, gate) = (template.clone(), gate.clone());
        cases.spawn(async move {
            let _turn = gate.acquire().await;
            let place = Place::open(&template, processes).await;
            let case = tokio::spawn(async move { place.walk(via, Some(at)).await });
            (at, name, case.await.err().map(|error| format!("{error}")))
        });
    }
    let mut failed = Vec::new();
    while let Some(case) = cases.join_next().await {
        if let (at, name, Some(error)) = case.unwrap() {
            failed.push(format!("killed at {at} ({name}): {error}"));
        }
    }
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
}

/// What [`market::Market::open`] would use; the cases here bring their own.
async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}
