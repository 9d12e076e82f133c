//! The same orders through Amazon Pay.

use std::time::Duration;

use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::state::State;
use serde_json::json;

use crate::market::Market;
use crate::visitor::{Page, Visitor};

const ANA: &str = "amzn1.account.ANAALLGOOD";
/// His card is refused for good when it is charged.
const HARRY: &str = "amzn1.account.HARRYHARD";
const GOOD: &str = "1111";

#[tokio::test]
async fn an_order_is_held_at_the_checkout_and_captured_when_it_ships() {
    let Some(market) = Market::open().await else { return };
    let (visitor, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    assert_eq!((order.state, &*order.provider), (State::Reserved, "amazon_pay"), "{}", visitor.page.text());
    assert_eq!(market.count("reserve", "Authorized").await, 1);

    let mut seller = market.ship(&order).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(market.count("settle", "Captured").await, 1);

    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.submit("/refund", &[("amount", "4.00")]).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Refunded").await, 1);
    let books = market.books().await;
    let provider = books.ledger.accounts.iter().find(|line| line.account == "provider:amazon_pay").unwrap();
    assert_eq!(provider.balance_minor, order.total.minor - 400);
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    assert!(operations.iter().all(|operation| operation.progress == Progress::Succeeded), "{operations:?}");
}

#[tokio::test]
async fn a_buyer_who_closes_the_window_after_paying_is_found() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = market.visitor_with("wildflower-honey", "1").await;
    market.check_out_with(&mut visitor, "amazon_pay").await;
    visitor.submit("/checkout/sign-in", &[("persona", ANA)]).await;
    let back = pay_and_close_the_window(&mut visitor, GOOD).await;
    assert_eq!(market.last_order().await.state, State::Placed, "nobody came back");
    market.later(Duration::from_secs(15 * 60)).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Reserved);

    // the window opens again after all: the same order, held once
    visitor.open(&back).await;
    visitor.page.says(200, "on hold");
    market.settle_down().await;
    assert_eq!(market.count("reserve", "Authorized").await, 1);
    market.books().await;
}

/// Pays on Amazon's pages and gives the address that the browser never opens.
async fn pay_and_close_the_window(visitor: &mut Visitor, card: &str) -> String {
    let chosen = visitor.page.form("/checkout/choose").fill(&[("instrument", card)]);
    let mut answer = visitor.once("POST", &chosen.action, Some(chosen.body())).await;
    let pays = |page: &Page| page.forms().into_iter().find(|form| form.action.ends_with("/checkout/pay"));
    if let Some(pay) = pays(&answer) {
        answer = visitor.once("POST", &pay.action, Some(pay.body())).await;
    } else if !answer.headers["location"].contains("/return/") {
        let page = visitor.open(&answer.headers["location"]).await.clone();
        let pay = pays(&page).expect("a page to pay on");
        answer = visitor.once("POST", &pay.action, Some(pay.body())).await;
    }
    answer.headers["location"].clone()
}

#[tokio::test]
async fn a_return_that_is_loaded_again_does_not_charge_a_declined_card_again() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = market.visitor_with("wildflower-honey", "1").await;
    market.check_out_with(&mut visitor, "amazon_pay").await;
    visitor.submit("/checkout/sign-in", &[("persona", HARRY)]).await;
    let back = pay_and_close_the_window(&mut visitor, "5252").await;
    for _ in 0..2 {
        visitor.open(&back).await;
        market.settle_down().await;
        let order = market.last_order().await;
        assert_eq!(order.state, State::Declined);
        let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
        assert_eq!(operations.iter().filter(|op| op.kind == Kind::Reserve).count(), 1, "{operations:?}");
    }

    // a new approval is a new attempt
    let order = market.last_order().await;
    visitor.open(&market.at(&format!("/orders/{}", order.id))).await;
    visitor.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut visitor, HARRY, GOOD).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    market.books().await;
}

#[tokio::test]
async fn a_cancelled_order_lets_the_hold_go() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    visitor.submit("/cancel", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Cancelled);
    assert_eq!(market.count("reserve", "Canceled").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_lost_answer_holds_captures_and_refunds_once() {
    let Some(market) = Market::open().await else { return };
    for operation in ["CreateCharge", "CaptureCharge", "CreateRefund"] {
        let fault = json!({ "provider": "amazon_pay", "operation": operation, "fault": "drop_response", "times": 1 });
        market.control("POST", "faults", Some(fault)).await;
    }
    let (_, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    let mut seller = market.ship(&order).await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.submit("/refund", &[("amount", "1.00")]).await;
    market.settle_down().await;
    for (kind, state) in [("reserve", "Authorized"), ("settle", "Captured"), ("refund", "Refunded")] {
        assert_eq!(market.count(kind, state).await, 1, "{kind}");
    }
    assert_eq!(market.control("GET", "faults", None).await["faults"].as_array().map(Vec::len), Some(0));
    market.books().await;
}

#[tokio::test]
async fn a_declined_order_turns_to_the_other_provider() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, order) = market.buy_at_amazon("wildflower-honey", HARRY, "5252").await;
    assert_eq!(order.state, State::Declined);
    visitor.open(&market.at(&format!("/orders/{}", order.id))).await;
    visitor.submit("/pay", &[("provider", "fps")]).await;
    market.approve(&mut visitor, "acc_clara", "CC").await;
    market.settle_down().await;
    let order = market.order(&order.id).await;
    assert_eq!((order.state, &*order.provider), (State::Reserved, "fps"));
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    let held: Vec<_> =
        operations.iter().filter(|op| op.kind == Kind::Reserve).map(|op| (&*op.provider, op.progress)).collect();
    assert_eq!(held, [("amazon_pay", Progress::Failed), ("fps", Progress::Succeeded)]);
    market.books().await;
}

#[tokio::test]
async fn a_declined_order_is_repaired_with_another_card() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, order) = market.buy_at_amazon("wildflower-honey", HARRY, "5252").await;
    assert_eq!(order.state, State::Declined);
    visitor.open(&market.at(&format!("/orders/{}", order.id))).await;
    visitor.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut visitor, HARRY, GOOD).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    assert_eq!(market.count("reserve", "Authorized").await, 1);
    market.books().await;
}

#[tokio::test]
async fn what_amazon_does_by_itself_comes_through_the_same_door() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    let charge = order.transaction.clone().unwrap();
    let act = json!({ "act": "amazon_cancels", "id": charge });
    let answer = market.control("POST", "amazon-pay/act", Some(act)).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Cancelled, "{answer}");
    market.books().await;
}

#[tokio::test]
async fn a_suspect_order_is_not_shipped_before_an_operator_has_looked() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", "amzn1.account.AVAATYPICAL", "5858").await;
    assert_eq!((order.state, order.is_stopped), (State::Reserved, true));
    let mut seller = market.seller_of(&order).await;
    let desk = market.at(&format!("/sell/orders/{}", order.id));
    seller.open(&desk).await;
    seller.submit("/ship", &[]).await;
    seller.page.says(422, "Do not ship yet");
    assert_eq!(market.count("settle", "Captured").await, 0);

    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at(&format!("/admin/orders/{}", order.id))).await;
    operator.submit("/flag", &[]).await;
    seller.open(&desk).await;
    seller.submit("/ship", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    market.books().await;
}
