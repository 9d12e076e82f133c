//! The sandbox killed (a real process, SIGKILL) at its commits, while shops call it and people use its pages.
//!
//! Whoever was cut off asks again, as shops and people do. Afterwards everything is as after a life that nobody
//! disturbed: the same transactions and tokens in the same states, the same balance in every account, the same
//! news told or lost by a scripted fault; and a reference that is asked again gets the transaction it got before.

mod life;
mod process;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use life::Life;
use process::Template;
use tokio::sync::Semaphore;

/// How many lives run side by side; much of each is waiting.
const SIDE_BY_SIDE: usize = 6;
/// Every so many points are tried, an odd number: commits are two points each, so that both sides of a commit have
/// their turn. `CRASH_STEP=1` tries all of them.
const STEP: usize = 9;

/// What a life leaves behind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Provider, kind, reference, amount and state of every transaction.
    pub transactions: BTreeSet<String>,
    /// What is in every account.
    pub balances: BTreeMap<String, i64>,
    /// The state of every token by its reference.
    pub tokens: BTreeMap<String, String>,
    /// What shops were told, each once: news may come twice.
    pub news: BTreeSet<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_is_killed_at_a_commit_has_nothing_half_done() {
    let _turn = super::TURNS.acquire().await.unwrap();
    let template = Arc::new(Template::make().await);
    let whole = Life::begin(&template, None).await.live().await;
    assert!(whole.points.len() > 100, "only {:?}", whole.points);
    assert_eq!(whole.left.transactions.len(), 11, "{:#?}", whole.left.transactions);
    let is_lost = |news: &String| news.ends_with("pay-1") || news.ends_with("refund-1");
    assert!(!whole.left.news.iter().any(is_lost), "scripted faults lose it: {:#?}", whole.left.news);
    assert!(whole.left.news.iter().any(|news| news.ends_with("pay-2")), "{:#?}", whole.left.news);
    let step = super::asked_step().unwrap_or(STEP);
    let gate = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let left = Arc::new(whole.left);
    let mut cases = tokio::task::JoinSet::new();
    let points: Vec<usize> = (1..=whole.points.len()).step_by(step).collect();
    let planned = points.len();
    for at in points {
        let (template, gate, left) = (template.clone(), gate.clone(), left.clone());
        cases.spawn(async move {
            let _turn = gate.acquire().await;
            let life = Life::begin(&template, Some(at)).await;
            let case = tokio::spawn(async move {
                let lived = life.live().await;
                assert_eq!(lived.left, *left);
                lived.has_died
            });
            (at, case.await.map_err(|error| error.to_string()))
        });
    }
    let (mut failed, mut died) = (Vec::new(), 0);
    while let Some(case) = cases.join_next().await {
        match case.unwrap() {
            (_, Ok(has_died)) => died += usize::from(has_died),
            (at, Err(error)) => failed.push(format!("killed at {at}: {error}")),
        }
    }
    assert!(failed.is_empty(), "{} of {planned} cases failed:\n{}", failed.len(), failed.join("\n"));
    assert!(died >= planned * 9 / 10, "only {died} of {planned} lives were cut short");
}
