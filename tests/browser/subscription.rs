//! A subscription in a real browser: thirteen months by the desk's clock, and a declined renewal that its buyer
//! repairs by changing the payment method.

use std::time::Duration;

use pushcart::base::ids::AgreementId;
use pushcart::orders::agreement::Standing;
use pushcart::orders::operation::Instrument;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::browser::{Browser, Scheme};
use crate::market::Market;
use crate::{sign_in, working_market};

/// The orders of the subscription, the first one first, once there are `count` and the last one is in `state`.
async fn periods(market: &Market, id: &AgreementId, count: usize, state: State) -> Vec<Order> {
    let mut all = Vec::new();
    for _ in 0..200 {
        let agreement = market.ctx().store.agreement(id).await.unwrap().unwrap();
        all = market.ctx().store.orders_under(&agreement.buyer, 100).await.unwrap();
        all.sort_by_key(|order| order.period);
        if all.len() == count && all.last().is_some_and(|last| last.state == state) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seen: Vec<_> = all.iter().map(|order| (order.period, order.state)).collect();
    panic!("no {count} periods of which the last one is {state}: {seen:?}");
}

async fn to_the_next_renewal(desk: &Browser, market: &Market) {
    desk.go(&format!("{}/_sandbox/#clock", market.sandbox_url)).await;
    desk.press("button[value='renewal']").await;
    desk.wait_for("Business time is ahead by").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_kept_for_thirteen_months_and_a_declined_renewal_is_repaired() {
    let Some(buyer) = Browser::open(390, Scheme::Dark).await else { return };
    let market = working_market().await;
    sign_in(&buyer, &market, "ben@example.com").await;
    buyer.go(&market.at("/p/bread-club")).await;
    buyer.submit("/cart/items").await;
    buyer.wait_for("Go to checkout").await;
    buyer.go(&market.at("/checkout")).await;
    buyer.press("input[value='fps']").await;
    buyer.picture("subscription-checkout-390-dark").await;
    buyer.press("button[value='pay']").await;
    buyer.wait_for("Who is paying?").await;
    buyer.press("input[value='acc_omni']").await;
    buyer.submit("/sign-in").await;
    buyer.press("input[value='ABT']").await;
    buyer.submit("/payment").await;
    buyer.picture("subscription-approval-390-dark").await;
    buyer.submit("/confirm").await;
    buyer.wait_for("Subscription begun").await;
    let id = market.last_order().await.agreement.unwrap();
    periods(&market, &id, 1, State::Paid).await;

    for month in 1..=13 {
        let is_refused = month == 7;
        if is_refused {
            let code = "InsufficientBalance";
            let no = serde_json::json!({ "provider": "fps", "operation": "Pay", "fault": "error", "error": code });
            market.control("POST", "faults", Some(no)).await;
        }
        to_the_next_renewal(&buyer, &market).await;
        let state = if is_refused { State::Declined } else { State::Paid };
        periods(&market, &id, month + 1, state).await;
        if is_refused {
            repair(&buyer, &market).await;
            periods(&market, &id, month + 1, State::Paid).await;
        }
    }
    let all = periods(&market, &id, 14, State::Paid).await;
    assert!(all.iter().all(|order| order.state == State::Paid && order.total == all[0].total), "{all:?}");
    assert_eq!(market.count("pay", "Success").await, 14, "one each, none twice");
    buyer.go(&market.at("/account/approvals")).await;
    buyer.wait_for("Credit card (Amazon Flexible Payments)").await;
    buyer.picture("subscription-kept-390-dark").await;
    let agreement = market.ctx().store.agreement(&id).await.unwrap().unwrap();
    assert_eq!((agreement.standing, agreement.instrument), (Standing::Active, Some(Instrument::Card)));
    market.books().await;
    buyer.close().await;
}

/// By the letter's way: the page of approvals, and another payment method at the provider.
async fn repair(buyer: &Browser, market: &Market) {
    buyer.go(&market.at("/account/approvals")).await;
    buyer.wait_for("Needs your attention").await;
    buyer.picture("subscription-declined-390-dark").await;
    buyer.submit("/change").await;
    buyer.wait_for("Who is paying?").await;
    buyer.press("input[value='acc_omni']").await;
    buyer.submit("/sign-in").await;
    buyer.press("input[value='CC']").await;
    buyer.submit("/payment").await;
    buyer.submit("/confirm").await;
    buyer.wait_for("Credit card (Amazon Flexible Payments)").await;
}
