//! The sandbox's built-in scenarios, armed by their buttons, against the shop: whatever goes wrong, a buyer pays once.

use std::time::Duration;

use pushcart::base::clock::{days, hours};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::ONE_IN;
use crate::market::Market;

/// Presses a button of the desk.
async fn press(market: &Market, path: &str, fields: &[(&str, &str)]) {
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = http.post(format!("{}/_sandbox/desk/{path}", market.sandbox_url));
    let answer = request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap();
    assert_eq!(answer.status(), 303, "{path} {fields:?}");
}

async fn arm(market: &Market, scenario: &str) {
    press(market, "scenarios", &[("act", "arm"), ("scenario", scenario)]).await;
}

async fn ship(market: &Market, order: &Order) -> Order {
    let mut seller = market.seller_at(order).await;
    seller.submit("/ship", &[("carrier", "Post")]).await;
    market.order(&order.id).await
}

/// One order, one hold, one charge, and books that agree with them.
async fn is_charged_once(market: &Market, order: &Order, scenario: &str) {
    market.settle_down().await;
    let order = market.order(&order.id).await;
    assert_eq!(order.state, State::Shipped, "{scenario}: {:?}", order.message);
    assert_eq!(market.count("settle", "Success").await, 1, "{scenario}");
    assert_eq!(market.transactions().await.len(), 2, "{scenario}: one hold and what was taken of it");
    market.books().await;
    let balances = market.ctx().store.balances().await.unwrap();
    let provider = balances.iter().find(|own| own.account == "provider:fps").unwrap();
    assert_eq!(provider.balance_minor, order.total.minor, "{scenario}");
}

#[tokio::test]
async fn what_goes_wrong_while_somebody_buys_charges_nobody_twice() {
    let all = [
        "answer-lost",
        "request-lost",
        "notification-first",
        "two-answers",
        "out-of-order",
        "deaf-for-a-day",
        "forged",
    ];
    for scenario in all.into_iter().step_by(ONE_IN) {
        let Some(market) = Market::open().await else { return };
        arm(&market, scenario).await;
        let (_, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
        assert_eq!(order.state, State::Reserved, "{scenario}: {:?}", order.message);
        assert_eq!(market.count("reserve", "Reserved").await, 1, "{scenario}");
        ship(&market, &order).await;
        is_charged_once(&market, &order, scenario).await;
    }
}

#[tokio::test]
async fn what_goes_wrong_while_a_parcel_is_sent_is_tried_again_by_itself() {
    for scenario in ["provider-away", "throttled"] {
        let Some(market) = Market::open().await else { return };
        let (_, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
        arm(&market, scenario).await;
        let waiting = ship(&market, &order).await;
        if scenario == "provider-away" {
            assert_eq!(waiting.state, State::Reserved, "nobody said yes");
        }
        market.later(hours(1)).await;
        is_charged_once(&market, &order, scenario).await;
    }
}

#[tokio::test]
async fn a_closed_seller_is_not_paid_and_the_hold_ends_without_a_charge() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
    arm(&market, "seller-closed").await;
    let refused = ship(&market, &order).await;
    assert_eq!(refused.state, State::Reserved, "the seller may still mend the account");
    market.later(days(8)).await;
    market.settle_down().await;
    assert_eq!((market.count("reserve", "Cancelled").await, market.count("settle", "Success").await), (1, 0));
    assert_eq!(market.order(&order.id).await.state, State::Expired);
    market.books().await;
}

#[tokio::test]
async fn a_payment_that_a_person_looks_at_waits_and_goes_on_with_their_word() {
    let Some(market) = Market::open().await else { return };
    arm(&market, "person-looks").await;
    let mut buyer = market.visitor_with("wildflower-honey", "1").await;
    market.check_out(&mut buyer).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.later(Duration::from_secs(60)).await;
    let order = market.last_order().await;
    assert_ne!(order.state, State::Reserved, "nobody has looked yet");
    let id = market.transactions().await[0]["transaction_id"].as_str().unwrap().to_owned();
    press(&market, "investigate", &[("act", "pass"), ("transaction_id", &id)]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    ship(&market, &order).await;
    is_charged_once(&market, &order, "person-looks").await;
}

#[tokio::test]
async fn a_hold_that_has_ended_is_not_shipped() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
    arm(&market, "nobody-ships").await;
    market.settle_down().await;
    let order = market.order(&order.id).await;
    assert_ne!(order.state, State::Reserved);
    assert_eq!(market.count("settle", "Success").await, 0);
    market.later(days(1)).await;
    market.books().await;
}
