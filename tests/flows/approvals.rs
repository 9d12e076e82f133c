//! Approvals at Amazon Pay: what completing a checkout does to the money, decisions that come later,
//! declines that are worth another try, and how an approval ends that nobody needs any more.

use std::time::Duration;

use pushcart::orders::operation::{Kind, Operation, Progress};
use pushcart::orders::outcome::{Outcome, Validity};
use pushcart::orders::state::State;

use crate::market::Market;

const ANA: &str = "amzn1.account.ANAALLGOOD";
const GOOD: &str = "1111";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn intent(word: &'static str) -> Option<Market> {
    Market::configured(|w| w.amazon_pay_payment_intent = Some(word.to_owned())).await
}

async fn waiting() -> Option<Market> {
    Market::configured(|w| {
        w.amazon_pay_payment_intent = Some("Authorize".to_owned());
        w.amazon_pay_can_handle_pending_authorization = Some("true".to_owned());
    })
    .await
}

async fn operations(market: &Market, kind: Kind) -> Vec<Operation> {
    let order = market.last_order().await;
    let all = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    all.into_iter().filter(|operation| operation.kind == kind).collect()
}

/// How many approvals of the order were closed, each of which Amazon says is over.
async fn closed(market: &Market) -> usize {
    let provider = market.ctx().providers.get("amazon_pay").unwrap();
    let closings = operations(market, Kind::CancelAgreement).await;
    for closing in &closings {
        assert_eq!(closing.progress, Progress::Succeeded);
        let now = provider.find_outcome(closing).await;
        assert!(matches!(&now, Outcome::Approval { validity: Validity::Ended(_), .. }), "{now:?}");
    }
    closings.len()
}

#[tokio::test]
async fn the_intent_authorize_holds_the_money_while_the_checkout_is_completed() {
    let Some(market) = intent("Authorize").await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    assert_eq!(order.state, State::Reserved);
    assert_eq!(market.count("reserve", "Authorized").await, 1, "and no second hold");
    market.ship(&order).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(market.count("settle", "Captured").await, 1);
    market.books().await;
}

#[tokio::test]
async fn the_intent_authorize_with_capture_takes_it() {
    let Some(market) = intent("AuthorizeWithCapture").await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    assert_eq!(order.state, State::Paid);
    market.ship(&order).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    let books = market.books().await;
    let provider = books.ledger.accounts.iter().find(|line| line.account == "provider:amazon_pay").unwrap();
    assert_eq!(provider.balance_minor, order.total.minor);
}

#[tokio::test]
async fn a_decision_that_comes_later_is_waited_for() {
    for (buyer, card, end) in [
        ("amzn1.account.PENNYPENDING", "0701", State::Reserved),
        ("amzn1.account.PETEPENDING", "4354", State::Declined),
    ] {
        let Some(market) = waiting().await else { return };
        let mut visitor = market.visitor_with("wildflower-honey", "1").await;
        market.check_out_with(&mut visitor, "amazon_pay").await;
        market.approve_at_amazon(&mut visitor, buyer, card).await;
        assert_eq!(market.last_order().await.state, State::Consented, "Amazon has not decided yet");
        market.later(Duration::from_secs(40)).await;
        market.settle_down().await;
        let order = market.last_order().await;
        assert_eq!(order.state, end, "{buyer}");
        market.books().await;
    }
}

#[tokio::test]
async fn a_soft_decline_is_charged_again_by_itself_under_a_new_reference() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = market.visitor_with("wildflower-honey", "1").await;
    market.check_out_with(&mut visitor, "amazon_pay").await;
    market.approve_at_amazon(&mut visitor, "amzn1.account.SOFIASOFT", "5151").await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Consented, "not declined yet");
    assert!(order.message.unwrap().contains("We ask again"));
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    let tries: Vec<_> = operations(&market, Kind::Reserve).await.into_iter().map(|op| op.progress).collect();
    assert_eq!(tries, [Progress::Failed, Progress::Succeeded]);
    assert_eq!(market.count("reserve", "Authorized").await, 1);
    market.books().await;
}

#[tokio::test]
async fn an_approval_that_was_declined_is_closed_before_another_one_is_asked_for() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, order) = market.buy_at_amazon("wildflower-honey", "amzn1.account.HARRYHARD", "5252").await;
    assert_eq!(order.state, State::Declined);
    market.settle_down().await;
    assert_eq!(closed(&market).await, 1);
    visitor.open(&market.at(&format!("/orders/{}", order.id))).await;
    visitor.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut visitor, "amzn1.account.HARRYHARD", GOOD).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    assert_eq!(closed(&market).await, 1, "the one in use stays open");
    market.books().await;
}

#[tokio::test]
async fn cancelling_closes_the_approval_with_the_order() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    visitor.submit("/cancel", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Cancelled);
    assert_eq!(closed(&market).await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_parcel_that_ships_after_seven_days_is_captured_a_little_later() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    market.later(DAY * 8).await;
    let mut seller = market.seller_at(&order).await;
    seller.submit("/ship", &[]).await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved, "Amazon works on it");
    assert_eq!(market.count("settle", "CaptureInitiated").await, 1);
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(market.count("settle", "Captured").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_hold_that_nobody_ships_on_is_over_after_thirty_days() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", ANA, GOOD).await;
    market.later(DAY * 31).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Expired);
    let seller = market.seller_at(&order).await;
    seller.page.says(200, "Do not ship");
    assert_eq!(closed(&market).await, 1);
    market.books().await;
}

#[tokio::test]
async fn what_amazon_decides_about_a_charge_ends_as_the_table_says() {
    for (buyer, card, state, words) in [
        ("amzn1.account.PAULAPROCESSING", "5555", State::Reserved, None),
        ("amzn1.account.RITAREJECTED", "5353", State::Declined, Some("not accepted")),
        ("amzn1.account.TIMTIMEDOUT", "5454", State::Declined, Some("declined")),
        ("amzn1.account.NORANOTALLOWED", "5656", State::Declined, Some("cannot be used here")),
        ("amzn1.account.MARCOMFA", "5757", State::Declined, Some("needs your attention")),
    ] {
        let Some(market) = Market::open().await else { return };
        let (_, order) = market.buy_at_amazon("wildflower-honey", buyer, card).await;
        assert_eq!(order.state, state, "{buyer}");
        let message = order.message.unwrap_or_default();
        assert!(words.is_none_or(|words| message.contains(words)), "{buyer}: {message}");
        market.books().await;
    }
}

#[tokio::test]
async fn a_capture_that_is_refused_keeps_the_parcel_here() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy_at_amazon("wildflower-honey", "amzn1.account.CARLCAPTURE", "5959").await;
    assert_eq!(order.state, State::Reserved);
    let mut seller = market.ship(&order).await;
    assert_eq!(market.order(&order.id).await.state, State::Declined);
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.page.says(200, "Do not ship");
    market.books().await;
}
