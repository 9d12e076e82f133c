//! A life with orders at both providers, one with an order by voice, and one with a basket that is
//! approved at once and approvals that stand, killed (a real process, SIGKILL) at commits and at
//! provider calls: at some of them, or with `CRASH_STEP=1` at every one.
//!
//! The points are not listed here: an undisturbed run counts them. After every kill the shop is
//! started again, the people do again what they saw fail, the worker does the rest; then every order
//! was charged once, and `pushcart books --json` agrees with the sandbox's ledger, provider by
//! provider and reference by reference.

mod agree;
#[path = "../sandbox/house.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod house;
#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
mod place;
#[path = "../support/ports.rs"]
mod ports;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod postgres;
mod rotate;
mod sandbox;
mod shop_process;
mod standing;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;
mod voice;
mod walk;

use std::sync::Arc;

use place::{Life, Place, Template};
use tokio::sync::Semaphore;

/// How many cases run side by side; most of each is waiting.
const SIDE_BY_SIDE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_charges_once_at_either_provider_on_sqlite() {
    kill_everywhere(Life::OnTheWeb, Template::sqlite().await, 1, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_charges_once_at_either_provider_with_two_shops_on_postgresql() {
    let Some(server) = postgres::Server::get().await else { return };
    kill_everywhere(Life::OnTheWeb, Template::postgres(server).await, 2, 11).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_of_an_order_by_voice_charges_once_on_sqlite() {
    kill_everywhere(Life::ByVoice, Template::sqlite().await, 1, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_of_an_order_by_voice_charges_once_with_two_shops_on_postgresql() {
    let Some(server) = postgres::Server::get().await else { return };
    kill_everywhere(Life::ByVoice, Template::postgres(server).await, 2, 11).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_of_approvals_that_stand_charges_once_on_sqlite() {
    kill_everywhere(Life::ByApprovals, Template::sqlite().await.with_approvals().await, 1, 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_point_of_approvals_that_stand_charges_once_with_two_shops_on_postgresql() {
    let Some(server) = postgres::Server::get().await else { return };
    kill_everywhere(Life::ByApprovals, Template::postgres(server).await.with_approvals().await, 2, 11).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_replaced_while_people_buy_and_no_order_fails() {
    let _turn = TURNS.acquire().await.unwrap();
    rotate::rotate(Template::sqlite().await).await;
}

/// Two of these at a time, however many threads there are: each has several shops and their connections.
static TURNS: Semaphore = Semaphore::const_new(2);

/// How many points lie between two kills, where somebody says so.
fn asked_step() -> Option<usize> {
    std::env::var("CRASH_STEP").ok()?.parse().ok()
}

/// Calls that every undisturbed life makes.
fn calls(life: Life) -> &'static [&'static str] {
    match life {
        Life::OnTheWeb => {
            &["Reserve", "Settle", "VerifySignature", "CreateCharge", "CaptureCharge", "CreateCheckoutSession"]
        }
        // the charge itself is asked for in the answer to Alexa, not by a call
        Life::ByVoice => &["CaptureCharge"],
        Life::ByApprovals => &["Pay", "CancelToken", "VerifySignature"],
    }
}

/// Fewer points than any undisturbed life passes.
fn fewest(life: Life) -> usize {
    match life {
        Life::OnTheWeb => 60,
        Life::ByVoice | Life::ByApprovals => 20,
    }
}

/// Kills at every `step`th point of an undisturbed life, for the sake of time; `CRASH_STEP=1` tries all of them. A step
/// is odd: commits are two points each, so that both sides of a commit have their turn.
async fn kill_everywhere(life: Life, template: Template, processes: usize, step: usize) {
    let _turn = TURNS.acquire().await.unwrap();
    let step = asked_step().unwrap_or(step);
    let template = Arc::new(template);
    let points = Place::open(&template, processes).await.walk(life, None).await.points;
    assert!(points.len() > fewest(life), "only {points:?}");
    // Of two shops, either may make a call; one alone makes them all.
    for call in calls(life).iter().filter(|_| processes == 1) {
        for when in ["before sending", "answer not read", "not recorded"] {
            let is_there = points.iter().any(|point| point.contains(call) && point.contains(when));
            assert!(is_there, "no point {call} {when} in {points:?}");
        }
    }
    let gate = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut cases = tokio::task::JoinSet::new();
    let points: Vec<_> = (1..).zip(points).step_by(step).collect();
    let planned = points.len();
    for (at, name) in points {
        let (template, gate) = (template.clone(), gate.clone());
        cases.spawn(async move {
            let _turn = gate.acquire().await;
            let place = Place::open(&template, processes).await;
            let case = tokio::spawn(async move { place.walk(life, Some(at)).await.has_died });
            (at, name, case.await.map_err(|error| error.to_string()))
        });
    }
    let (mut failed, mut died) = (Vec::new(), 0);
    while let Some(case) = cases.join_next().await {
        match case.unwrap() {
            (_, _, Ok(has_died)) => died += usize::from(has_died),
            (at, name, Err(error)) => failed.push(format!("killed at {at} ({name}): {error}")),
        }
    }
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
    // Another life may pass a few points less, never none; of two shops, each does a part of the work.
    let fewest = if processes == 1 { planned * 9 / 10 } else { planned * 3 / 4 };
    assert!(died >= fewest, "only {died} of {planned} lives were cut short");
}

/// What [`market::Market::open`] would use; the cases here bring their own.
async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}
