//! Notifications: forged, repeated, late, too large, and those that overtake our own answers.

use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

#[tokio::test]
async fn a_forged_notification_is_kept_and_changes_nothing() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    let forged = format!(
        "transactionId={}&operation=SETTLE&transactionStatus=SUCCESS&notificationType=TransactionStatus&signature=AAAA\
         &signatureVersion=2&signatureMethod=RSA-SHA1&certificateUrl={}/certs/x.pem",
        order.transaction.clone().unwrap(),
        market.sandbox_url
    );
    let mut stranger = Visitor::new();
    let answer = stranger.once("POST", &market.at("/ipn/fps"), Some(forged)).await;
    assert_eq!(answer.status, 200, "stored first, judged later");
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    let kept = market.ctx().store.notifications(pushcart::base::clock::Millis(i64::MAX), 50).await.unwrap();
    assert!(kept.iter().any(|one| one.verdict.word() == "forged"));
    market.books().await;
}

#[tokio::test]
async fn an_oversized_notification_and_an_unknown_provider_are_turned_away() {
    let Some(market) = Market::open().await else { return };
    let mut stranger = Visitor::new();
    let answer = stranger.once("POST", &market.at("/ipn/fps"), Some("x".repeat(70_000))).await;
    assert_eq!(answer.status, 413);
    let answer = stranger.once("POST", &market.at("/ipn/nobody"), Some("a=b".into())).await;
    assert_eq!(answer.status, 404);
    let answer = stranger.once("POST", &market.at("/ipn/fps"), Some("a=b".into())).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_look_at_the_address_says_whose_it_is_and_stores_nothing() {
    let Some(market) = Market::open().await else { return };
    let mut stranger = Visitor::new();
    for (address, provider) in [("fps", "fps"), ("amazon-pay", "amazon_pay")] {
        let address = market.at(&format!("/ipn/{address}"));
        let looked = stranger.once("GET", &address, None).await;
        assert_eq!((looked.status, looked.html), (200, pushcart::ipn::greeting(provider)));
        assert_eq!(stranger.once("POST", &address, Some(String::new())).await.status, 400, "nothing in it");
    }
    assert_eq!(stranger.once("GET", &market.at("/ipn/nobody"), None).await.status, 404);
    let kept = market.ctx().store.notifications(pushcart::base::clock::Millis(i64::MAX), 50).await.unwrap();
    assert_eq!(kept.len(), 0);
    // something in it is kept, whatever it is
    stranger.once("POST", &market.at("/ipn/fps"), Some("a=b".into())).await;
    let kept = market.ctx().store.notifications(pushcart::base::clock::Millis(i64::MAX), 50).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn repeated_and_reordered_notifications_apply_once() {
    let Some(market) = Market::open().await else { return };
    for fault in ["duplicate_notification", "reorder_notifications"] {
        let body = serde_json::json!({ "provider": "fps", "fault": fault, "times": 5 });
        market.control("POST", "faults", Some(body)).await;
    }
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    assert_eq!(order.state, State::Reserved);
    let bookings = market.ctx().store.bookings(&order.id).await.unwrap();
    assert_eq!(bookings.len(), 1, "{bookings:?}");
    market.books().await;
}

#[tokio::test]
async fn a_hold_let_go_at_the_provider_cancels_the_order() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    let body = serde_json::json!({ "transaction_id": order.transaction });
    market.control("POST", "fps/cancel", Some(body)).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Cancelled);
    market.books().await;
}
