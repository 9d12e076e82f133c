//! From a basket to a parcel on its way, and everything that can come in between.

use std::time::Duration;

use pushcart::base::clock::{days, hours};
use pushcart::orders::state::State;

use crate::market::{ADDRESS, Market};
use crate::visitor::Visitor;

#[tokio::test]
async fn a_card_order_is_reserved_at_the_checkout_and_settled_when_it_ships() {
    let Some(market) = Market::open().await else { return };
    let (buyer, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
    assert_eq!(order.state, State::Reserved, "{:?}", order.message);
    assert_eq!(market.count("reserve", "Reserved").await, 1);
    buyer.page.says(200, &order.number);

    market.ship(&order).await;
    let order = market.order(&order.id).await;
    assert_eq!(order.state, State::Shipped);
    assert_eq!(market.count("settle", "Success").await, 1);

    let books = market.books().await;
    let balances = market.ctx().store.balances().await.unwrap();
    let provider = balances.iter().find(|b| b.account == "provider:fps").unwrap();
    assert_eq!(provider.balance_minor, order.total.minor);
    assert_eq!(books.queues.outbox_pending, 0);
}

#[tokio::test]
async fn a_bank_order_is_paid_at_once_and_shipped_without_another_charge() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bonnie", "ACH").await;
    assert_eq!(order.state, State::Paid, "{:?}", order.message);
    let mut seller = market.seller_at(&order).await;
    seller.submit("/ship", &[("carrier", "Post")]).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(market.count("pay", "Success").await, 1);
    assert_eq!(market.count("settle", "Success").await, 0);
    market.books().await;
}

#[tokio::test]
async fn a_balance_order_is_paid_before_the_buyer_is_back() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("hot-honey", "2").await;
    market.check_out(&mut buyer).await;
    market.approve(&mut buyer, "acc_bill", "ABT").await;
    assert_eq!(market.last_order().await.state, State::Paid);
    market.settle_down().await;
    market.books().await;
}

#[tokio::test]
async fn a_declined_card_gives_the_stock_back_and_can_be_tried_again() {
    let Some(market) = Market::open().await else { return };
    let before = stock(&market, "wildflower-honey").await;
    let (mut buyer, order) = market.buy("wildflower-honey", "acc_dee", "CC").await;
    assert_eq!(order.state, State::Declined);
    assert_eq!(stock(&market, "wildflower-honey").await, before);

    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.page.says(200, "Nothing was charged");
    buyer.submit(&format!("/orders/{}/pay", order.id), &[]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    assert_eq!(stock(&market, "wildflower-honey").await, before - 1);
    market.books().await;
}

#[tokio::test]
async fn leaving_the_payment_page_charges_nothing_and_the_order_waits() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "3").await;
    market.check_out(&mut buyer).await;
    buyer.submit("/leave", &[]).await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Placed);
    assert!(order.message.is_some());
    assert_eq!(market.transactions().await.len(), 0);

    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit(&format!("/orders/{}/pay", order.id), &[]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
}

#[tokio::test]
async fn a_buyer_who_never_comes_back_is_found_by_the_sweep() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    buyer.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
    buyer.submit("/payment", &[("method", "CC")]).await;
    let confirm = buyer.page.form("/confirm");
    let answer = buyer.once("POST", &confirm.action, Some(confirm.body())).await;
    assert!(answer.headers.contains_key("location"), "approved, and then the window was closed");
    assert_eq!(market.last_order().await.state, State::Placed);

    market.later(Duration::from_secs(11 * 60)).await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved);
    market.books().await;
}

#[tokio::test]
async fn a_lost_redirect_of_someone_without_a_card_is_paid_at_once() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    buyer.submit("/sign-in", &[("persona", "acc_bill"), ("how", "persona")]).await;
    buyer.submit("/payment", &[("method", "ABT")]).await;
    let confirm = buyer.page.form("/confirm");
    buyer.once("POST", &confirm.action, Some(confirm.body())).await;

    market.later(Duration::from_secs(11 * 60)).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Paid);
    assert_eq!(market.count("pay", "Success").await, 1);
    market.books().await;
}

#[tokio::test]
async fn an_order_that_nobody_approves_expires_after_a_day() {
    let Some(market) = Market::open().await else { return };
    let before = stock(&market, "pretzel").await;
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    assert_eq!(stock(&market, "pretzel").await, before - 1);
    market.later(Duration::from_secs(31 * 60)).await;
    market.settle_down().await;
    assert_eq!(stock(&market, "pretzel").await, before, "the shelf gets it back after half an hour");
    market.later(hours(25)).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Expired);
}

#[tokio::test]
async fn a_hold_that_runs_out_cannot_be_shipped() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    market.later(days(8)).await;
    market.settle_down().await;
    let order = market.order(&order.id).await;
    assert!(matches!(order.state, State::Expired | State::Cancelled), "{}", order.state);
    assert_eq!(market.count("settle", "Success").await, 0);
    let balances = market.ctx().store.balances().await.unwrap();
    assert!(balances.iter().all(|balance| balance.balance_minor == 0), "{balances:?}");
}

#[tokio::test]
async fn the_last_piece_is_sold_once() {
    let Some(market) = Market::open().await else { return };
    let mut first = market.visitor_with("last-light-bulb", "1").await;
    let mut second = market.visitor_with("last-light-bulb", "1").await;
    market.check_out(&mut first).await;
    market.check_out(&mut second).await;
    second.page.says(422, "sold");
    market.approve(&mut first, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(market.books().await.orders.len(), 1);
    assert_eq!(stock(&market, "last-light-bulb").await, 0);
}

#[tokio::test]
async fn the_same_checkout_form_twice_is_one_order() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    buyer.open(&market.at("/checkout")).await;
    let form = buyer.page.form("/checkout").fill(&ADDRESS);
    buyer.send(&form).await;
    let first = buyer.page.url.clone();
    buyer.send(&form).await;
    assert_eq!(market.books().await.orders.len(), 1);
    assert!(first.contains("cobranded-ui"), "{first}");
}

#[tokio::test]
async fn a_lost_answer_to_reserve_does_not_reserve_twice() {
    let Some(market) = Market::open().await else { return };
    fault(&market, "Reserve", "drop_response").await;
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    assert_eq!(order.state, State::Reserved);
    assert_eq!(market.transactions().await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn a_lost_answer_to_settle_charges_once() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    fault(&market, "Settle", "drop_response").await;
    market.ship(&order).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(market.count("settle", "Success").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_sandbox_that_is_down_loses_no_order() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    for operation in ["VerifySignature", "Reserve", "GetTokenByCaller"] {
        fault_times(&market, operation, "drop_request", 3).await;
    }
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    for _ in 0..6 {
        market.later(Duration::from_secs(11 * 60)).await;
        market.settle_down().await;
    }
    assert_eq!(market.last_order().await.state, State::Reserved);
    assert_eq!(market.transactions().await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn a_forged_return_changes_nothing_and_says_so_calmly() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    let order = market.last_order().await;
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    let reference = operations[0].id.as_str();
    let certificate = format!("{}/certs/x.pem", market.sandbox_url);
    let forged = format!(
        "/return/fps?status=SC&tokenID=FORGED&callerReference={reference}&signature=AAAA&signatureVersion=2\
         &signatureMethod=RSA-SHA1&certificateUrl={certificate}"
    );
    let mut stranger = Visitor::new();
    stranger.open(&market.at(&forged)).await;
    assert!(stranger.page.status < 500, "{}", stranger.page.text());
    stranger.open(&market.at(&format!("/return/fps?status=SC&callerReference={reference}"))).await;
    assert!(stranger.page.status < 500);
    stranger.open(&market.at("/return/nobody?x=1")).await;
    assert!((400..500).contains(&stranger.page.status));
    assert_eq!(market.order(&order.id).await.state, State::Placed);
    // The same buyer's true return still counts.
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
}

#[tokio::test]
async fn a_replayed_return_shows_the_same_page_and_reserves_once() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    buyer.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
    buyer.submit("/payment", &[("method", "CC")]).await;
    let confirm = buyer.page.form("/confirm");
    let back = buyer.once("POST", &confirm.action, Some(confirm.body())).await.headers["location"].clone();
    for _ in 0..3 {
        buyer.open(&back).await;
    }
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    assert_eq!(market.transactions().await.len(), 1);
}

#[tokio::test]
async fn cancelling_a_reserved_order_lets_the_hold_go() {
    let Some(market) = Market::open().await else { return };
    let before = stock(&market, "pretzel").await;
    let (mut buyer, order) = market.buy("pretzel", "acc_clara", "CC").await;
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/cancel", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Cancelled);
    assert_eq!(market.count("reserve", "Cancelled").await, 1);
    assert_eq!(stock(&market, "pretzel").await, before);
    market.books().await;
}

/// How many of the product `slug` are on the shelf.
pub async fn stock(market: &Market, slug: &str) -> i64 {
    let store = &market.ctx().store;
    store.product_by_slug(slug).await.unwrap().unwrap().available
}

/// Makes the sandbox fail the next call of `operation` once.
pub async fn fault(market: &Market, operation: &str, fault: &str) {
    fault_times(market, operation, fault, 1).await;
}

/// Makes the sandbox fail the next `times` calls of `operation`.
pub async fn fault_times(market: &Market, operation: &str, fault: &str, times: u64) {
    let body = serde_json::json!({ "provider": "fps", "operation": operation, "fault": fault, "times": times });
    market.control("POST", "faults", Some(body)).await;
}
