//! Notifications in any order, twice, or never: whole lives of orders whose news is shuffled, and which always end alike.
//!
//! The sandbox delivers nothing by itself here. At every stage of the lives, whatever was caused so far is delivered by
//! chance, old news with new, while answers to calls get lost by chance as well; the sweep finds what nobody told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pushcart::base::clock::{Clock, days, minutes};
use pushcart::base::ids::OrderId;
use pushcart::base::money::Money;
use pushcart::flows::fulfil::Parcel;
use pushcart::flows::{Actor, cancel, fulfil, refund};
use pushcart::orders::agreement::Standing as Approval;
use pushcart::orders::operation::Kind;
use pushcart::orders::state::State;
use pushcart::store::ledger::Standing;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::task::JoinSet;

use crate::ONE_IN;
use crate::fps_standing::{afresh, shopper};
use crate::market::Market;
use crate::purchase::fault_times;
use crate::visitor::Visitor;

/// Lives that are shuffled.
const CASES: usize = 60 / ONE_IN;
/// How many of them go a step at the same time.
const SIDE_BY_SIDE: usize = 12;
/// Of them, how many are subscriptions that their buyers cancel at the provider.
const CANCELLED_THERE: usize = 12 / ONE_IN;

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Life {
    /// Held, shipped, given back in two parts.
    Shipped,
    /// Paid from a bank, which takes its time, and given back.
    FromABank,
    /// Held, and called off by the buyer.
    CalledOff,
    /// The first payment of a subscription, whose token the buyer cancels at the provider.
    CancelledThere,
}

/// One order and what it is to become.
struct Case {
    life: Life,
    order: OrderId,
}

/// How a life ended, as far as money and promises are concerned.
type Ending = (State, Standing, Vec<(&'static str, &'static str, i64)>, Option<Approval>, Option<String>);

#[tokio::test(flavor = "multi_thread")]
async fn lives_end_alike_whatever_becomes_of_their_notifications() {
    let Some(market) = Market::open().await else { return };
    let market = Arc::new(market);
    let seed: u64 = rand::random();
    let mut rng = StdRng::seed_from_u64(seed);
    println!("seed {seed}");
    restock(&market).await;
    fault_times(&market, "*", "lose_notification", 1_000_000).await;

    let mut cases = subscriptions(&market).await;
    cases.extend(placed(&market, CASES - CANCELLED_THERE).await);
    deliver(&market, &mut rng).await;
    for act in 0..3 {
        lose_answers(&market, &mut rng).await;
        let mut acts = JoinSet::new();
        for some in cases.chunks(cases.len().div_ceil(SIDE_BY_SIDE)) {
            let some: Vec<(Life, OrderId)> = some.iter().map(|case| (case.life, case.order.clone())).collect();
            let market = market.clone();
            acts.spawn(async move {
                for (life, order) in some {
                    live_on(&market, act, life, &order).await;
                }
            });
        }
        while let Some(ended) = acts.join_next().await {
            ended.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        }
        deliver(&market, &mut rng).await;
    }
    deliver(&market, &mut rng).await;
    // what nobody told is found: transactions by the worker, the token when the next period begins
    market.later(Duration::from_secs(11 * 60)).await;
    market.settle_down().await;
    market.later(days(33)).await;
    market.settle_down().await;

    let mut endings: BTreeMap<Life, Vec<(Ending, OrderId)>> = BTreeMap::new();
    for case in &cases {
        endings.entry(case.life).or_default().push((ending(&market, &case.order).await, case.order.clone()));
    }
    assert_eq!((cases.len(), endings.len()), (CASES, 4), "every life is led");
    for (life, endings) in endings {
        let (first, _) = &endings[0];
        assert_eq!(first.0, meant(life), "seed {seed}: {life:?} ends as {first:?}");
        assert_eq!(first.1.held.minor, 0, "{first:?}");
        for (ending, order) in &endings {
            assert_eq!(ending, first, "seed {seed}: {life:?}, order {order}");
        }
    }
    assert_eq!(market.books().await.queues.outbox_failed, 0);
}

fn meant(life: Life) -> State {
    match life {
        Life::Shipped | Life::FromABank => State::Refunded,
        Life::CalledOff => State::Cancelled,
        Life::CancelledThere => State::Paid,
    }
}

async fn restock(market: &Market) {
    let honey = market.ctx().store.product_by_slug("wildflower-honey").await.unwrap().unwrap().product;
    let mut tx = market.ctx().store.write().await.unwrap();
    tx.update_product(&honey, 1_000, Clock::new().now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Subscriptions of one person, one after the other.
async fn subscriptions(market: &Market) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut buyer = shopper(market, "bread-club").await;
    for _ in 0..CANCELLED_THERE {
        market.check_out(&mut buyer).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        cases.push(Case { life: Life::CancelledThere, order: market.last_order().await.id });
        buyer.open(&market.at("/p/bread-club")).await;
        buyer.submit("/cart/items", &[("quantity", "1")]).await;
    }
    cases
}

/// The other orders, approved at the provider.
async fn placed(market: &Arc<Market>, count: usize) -> Vec<Case> {
    let mut buyers = JoinSet::new();
    for turn in 0..SIDE_BY_SIDE {
        let market = market.clone();
        let own = count / SIDE_BY_SIDE + usize::from(turn < count % SIDE_BY_SIDE);
        buyers.spawn(async move {
            let mut cases = Vec::new();
            for number in 0..own {
                let (life, persona, method) = match (turn + number) % 3 {
                    0 => (Life::Shipped, "acc_clara", "CC"),
                    1 => (Life::FromABank, "acc_bonnie", "ACH"),
                    _ => (Life::CalledOff, "acc_clara", "CC"),
                };
                let mut buyer = market.visitor_with("wildflower-honey", "1").await;
                market.check_out(&mut buyer).await;
                market.approve(&mut buyer, persona, method).await;
                let address = buyer.page.url.split(['?', '#']).next().unwrap().to_owned();
                let order = address.rsplit('/').next().unwrap().parse().unwrap_or_else(|_| panic!("{address}"));
                cases.push(Case { life, order });
            }
            cases
        });
    }
    let mut cases = Vec::new();
    while let Some(some) = buyers.join_next().await {
        cases.extend(some.unwrap());
    }
    cases
}

/// What somebody does next about an order, once it stands as it must for that.
async fn live_on(market: &Market, act: usize, life: Life, id: &OrderId) {
    let ctx = market.ctx();
    let order = waited_for(market, id).await;
    match (life, act) {
        (Life::Shipped, 0) => fulfil::ship(ctx, &order.seller, id, &Parcel::default()).await.unwrap(),
        (Life::Shipped, 1) => {
            refund::refund(ctx, id, Actor::Seller, Some(Money::usd(333)), &format!("{id}-1")).await.unwrap();
        }
        (Life::Shipped, _) | (Life::FromABank, 1) => {
            refund::refund(ctx, id, Actor::Seller, None, &format!("{id}-{act}")).await.unwrap();
        }
        (Life::CalledOff, 0) => cancel::cancel(ctx, id, Actor::Buyer).await.unwrap(),
        (Life::CancelledThere, 2) => {
            let agreement = afresh(market, &order.agreement.unwrap()).await;
            let mut payer = Visitor::new();
            payer.open(&format!("{}/accounts/acc_clara", market.sandbox_url)).await;
            payer.submit(&format!("/tokens/{}", agreement.consent.unwrap()), &[]).await;
        }
        (Life::FromABank | Life::CalledOff | Life::CancelledThere, _) => {}
    }
}

/// The order when no payment of it is under way any more; refunds may be.
async fn waited_for(market: &Market, id: &OrderId) -> pushcart::orders::order::Order {
    for _ in 0..600 {
        let all = market.ctx().store.operations_of(id.as_str()).await.unwrap();
        if all.iter().all(|operation| operation.kind == Kind::Refund || !operation.progress.is_open()) {
            return market.order(id).await;
        }
        market.app.turn().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", market.ctx().store.operations_of(id.as_str()).await);
}

/// Answers get lost, and questions go unanswered, so that more hangs on the news.
async fn lose_answers(market: &Market, rng: &mut StdRng) {
    for action in ["Settle", "Cancel", "Refund"] {
        fault_times(market, action, "drop_response", rng.random_range(5..30) / ONE_IN as u64).await;
    }
    fault_times(market, "GetTransactionStatus", "throttle", rng.random_range(20..80) / ONE_IN as u64).await;
}

/// Everything that was caused so far, never, once or twice, in any order; in between the worker does a little.
async fn deliver(market: &Market, rng: &mut StdRng) {
    market.later(minutes(1)).await;
    let all = market.control("GET", "notifications", None).await;
    let mut ids = Vec::new();
    for one in all["notifications"].as_array().unwrap() {
        let copies = [0, 0, 1, 1, 2][rng.random_range(0..5)];
        ids.extend(std::iter::repeat_n(one["id"].as_str().unwrap().to_owned(), copies));
    }
    assert!(!ids.is_empty(), "nothing was ever caused");
    ids.shuffle(rng);
    for id in ids {
        let sent = market.control("POST", &format!("notifications/{id}/resend"), Some(json!({}))).await;
        assert!(sent["state"].is_string(), "{sent}");
        if rng.random_bool(0.6) {
            market.app.turn().await.unwrap();
        }
    }
}

async fn ending(market: &Market, id: &OrderId) -> Ending {
    let store = &market.ctx().store;
    let order = market.order(id).await;
    let standing = Standing::of(&store.bookings(id).await.unwrap(), Money::usd(0));
    let operations = store.operations_of(id.as_str()).await.unwrap();
    let mut operations: Vec<_> =
        operations.iter().map(|it| (it.kind.word(), it.progress.word(), it.amount.minor)).collect();
    operations.sort_unstable();
    let approval = match &order.agreement {
        Some(agreement) => Some(afresh(market, agreement).await.standing),
        None => None,
    };
    (order.state, standing, operations, approval, order.flag)
}
