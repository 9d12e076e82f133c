//! How payments end is counted once, where it ends, and the office reads the same numbers.

use std::time::Duration;

use pushcart::base::money::Money;
use pushcart::orders::device::Device;
use pushcart::orders::operation::Instrument;
use pushcart::orders::rates::{Counted, Payment, Tally, band_of};
use pushcart::orders::state::State;
use pushcart::store::Write;
use pushcart::store::rates::Since;

use crate::market::Market;

/// Approved, declined, abandoned, paid, refunded at a provider, or at all of them.
async fn counts(market: &Market, provider: &str) -> [i64; 5] {
    let counts = market.ctx().store.payment_counts(Since::Ever).await.unwrap();
    let mut sum = Tally::default();
    let asked = counts.iter().filter(|(payment, _)| provider.is_empty() || payment.provider == provider);
    asked.for_each(|(_, tally)| sum.merge(tally));
    Counted::ALL.map(|counted| sum.count(counted))
}

#[tokio::test]
async fn an_approval_a_decline_an_abandonment_and_a_refund_are_each_counted_once() {
    let Some(market) = Market::open().await else { return };
    // approved, shipped, and refunded twice in part
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    let mut seller = market.seller_of(&order).await;
    let page = market.at(&format!("/sell/orders/{}", order.id));
    seller.open(&page).await;
    seller.submit("/ship", &[]).await;
    market.settle_down().await;
    for _ in 0..2 {
        seller.open(&page).await;
        seller.submit("/refund", &[("amount", "1.00")]).await;
        market.settle_down().await;
    }
    assert_eq!(counts(&market, "fps").await, [1, 0, 0, 1, 1]);
    seller.open(&page).await;
    seller.page.says(200, "What the payment service said");
    seller.page.says(200, "Reserved");

    // declined at FPS; the buyer reads its code, and turns to Amazon Pay: two attempts of one order
    let (mut buyer, declined) = market.buy("wildflower-honey", "acc_dee", "CC").await;
    assert_eq!((declined.state, counts(&market, "fps").await), (State::Declined, [1, 1, 0, 1, 1]));
    buyer.open(&market.at(&format!("/orders/{}", declined.id))).await;
    buyer.page.says(200, "Amazon Flexible Payments says TransactionDenied");
    let message = "The transaction was denied after investigation.";
    assert!(!buyer.page.text().contains(message), "its own sentence is for the desks");
    let mut its_seller = market.seller_of(&declined).await;
    its_seller.open(&market.at(&format!("/sell/orders/{}", declined.id))).await;
    its_seller.page.says(200, message);
    let explained = buyer.page.links().into_iter().find(|link| link.contains("/help/payments?q=")).unwrap();
    let mut stranger = crate::visitor::Visitor::new();
    stranger.open(&explained).await;
    stranger.page.says(200, "The buyer reads");
    buyer.submit("/pay", &[("provider", "amazon_pay")]).await;
    market.approve_at_amazon(&mut buyer, "amzn1.account.ANAALLGOOD", "1111").await;
    market.settle_down().await;
    assert_eq!(market.order(&declined.id).await.state, State::Reserved);
    assert_eq!(counts(&market, "amazon_pay").await, [1, 0, 0, 0, 0]);

    // abandoned, by coming back without approving; opening the same return again changes nothing
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    buyer.submit("/leave", &[]).await;
    let left = market.last_order().await;
    buyer.open(&market.at(&format!("/orders/{}", left.id))).await;
    buyer.page.says(200, "says A : Aborted");
    market.later(Duration::from_secs(25 * 60 * 60)).await;
    market.settle_down().await;
    assert_eq!(market.order(&left.id).await.state, State::Expired);
    assert_eq!(counts(&market, "fps").await, [1, 1, 1, 1, 1]);

    // the office reads the same, and only the office
    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at("/admin/rates")).await;
    for words in ["50.0 % 2 of 4 attempts", "25.0 % 1 of 4 attempts", "100.0 % 1 of 1 orders paid"] {
        operator.page.says(200, words);
    }
    for words in ["By payment service", "credit card", "left before choosing", "United States", "1 of 3 33.3 %"] {
        operator.page.says(200, words);
    }
    operator.open(&market.at(&format!("/admin/orders/{}", declined.id))).await;
    operator.page.says(200, "TransactionDenied Transaction denied. The transaction was denied after investigation.");
    market.books().await;
}

#[tokio::test]
async fn somebody_who_never_comes_back_or_turns_away_has_abandoned_an_attempt() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    let first = market.last_order().await;
    buyer.open(&market.at(&format!("/orders/{}", first.id))).await;
    buyer.submit("/pay", &[("provider", "amazon_pay")]).await;
    assert_eq!(counts(&market, "fps").await, [0, 0, 1, 0, 0]);
    buyer.open(&market.at(&format!("/orders/{}", first.id))).await;
    buyer.submit("/cancel", &[]).await;
    assert_eq!(counts(&market, "amazon_pay").await, [0, 0, 1, 0, 0]);

    let mut silent = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut silent).await;
    market.later(Duration::from_secs(25 * 60 * 60)).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Expired);
    assert_eq!(counts(&market, "").await, [0, 0, 3, 0, 0]);
}

#[tokio::test]
async fn counts_add_up_by_kind_and_by_day() {
    let Some(market) = Market::open().await else { return };
    let (store, now) = (&market.ctx().store, market.ctx().clock.now());
    let amount = Money::usd(2500);
    let payment = |country: &str| Payment {
        provider: "fps".to_owned(),
        method: Some(Instrument::Bank),
        device: Device::Tablet,
        country: country.to_owned(),
        currency: amount.currency,
        band: band_of(amount),
    };
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    let mut tx = store.write().await.unwrap();
    let count = async |tx: &mut Write, country, counted, at| {
        tx.count_payment(&payment(country), counted, at).await.unwrap();
    };
    count(&mut tx, "US", Counted::Approved, now).await;
    count(&mut tx, "US", Counted::Approved, now).await;
    count(&mut tx, "US", Counted::Declined, now.minus(week)).await;
    count(&mut tx, "DE", Counted::Abandoned, now.minus(week)).await;
    tx.commit().await.unwrap();

    let ever = store.payment_counts(Since::Ever).await.unwrap();
    assert_eq!(ever.iter().map(|(payment, _)| &*payment.country).collect::<Vec<_>>(), ["DE", "US"]);
    assert_eq!((&ever[1].0, ever[1].1.approval().part, ever[1].1.ended()), (&payment("US"), 2, 3));
    let today = store.payment_counts(Since::Day(now)).await.unwrap();
    assert_eq!((today.len(), today[0].1.ended()), (1, 2));
    assert_eq!(store.payment_counts(Since::Day(now.minus(week))).await.unwrap(), ever);
    let totals = store.payment_totals().await.unwrap();
    assert_eq!((totals.len(), &*totals[0].0), (1, "fps"));
    assert_eq!(Counted::ALL.map(|counted| totals[0].1.count(counted)), [2, 1, 1, 0, 0]);

    // what is not committed was never counted
    let mut tx = store.write().await.unwrap();
    count(&mut tx, "US", Counted::Approved, now).await;
    drop(tx);
    assert_eq!(store.payment_counts(Since::Ever).await.unwrap(), ever);
}
