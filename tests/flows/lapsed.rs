//! Holds that ran out before the parcel left: the seller asks once more, and the buyer answers or does not.

use pushcart::base::clock::days;
use pushcart::flows::record_outcome::{Recorded, record_outcome};
use pushcart::orders::operation::Kind;
use pushcart::orders::order::Order;
use pushcart::orders::outcome::Outcome;
use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

/// An order at this provider whose hold has run out, with its buyer and its seller at the order's page.
async fn lapsed(market: &Market, slug: &str, provider: &str) -> (Visitor, Visitor, Order) {
    let (buyer, order) = match provider {
        "fps" => market.buy(slug, "acc_clara", "CC").await,
        _ => market.buy_at_amazon(slug, "amzn1.account.ANAALLGOOD", "1111").await,
    };
    assert_eq!(order.state, State::Reserved, "{provider}");
    market.later(days(31)).await;
    market.settle_down().await;
    let order = market.order(&order.id).await;
    assert_eq!(order.state, State::Expired, "{provider}");
    let seller = market.seller_at(&order).await;
    seller.page.says(200, "The hold ran out before the parcel left");
    (buyer, seller, order)
}

async fn letters(market: &Market, words: &str) -> usize {
    let all = market.ctx().store.letters(200).await.unwrap();
    all.iter().filter(|letter| letter.subject.contains(words)).count()
}

#[tokio::test]
async fn a_hold_that_ran_out_is_approved_once_more_and_ships() {
    for provider in ["fps", "amazon_pay"] {
        let Some(market) = Market::open().await else { return };
        let (mut buyer, mut seller, order) = lapsed(&market, "pretzel", provider).await;
        seller.submit("/ask-again", &[]).await;
        seller.page.says(200, "The buyer was asked to approve once more");
        // the end of the first hold is told once more
        let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
        let reserve = operations.iter().find(|operation| operation.kind == Kind::Reserve).unwrap();
        let over = Outcome::Expired { transaction: order.transaction.clone() };
        assert_eq!(record_outcome(market.ctx(), &reserve.id, over).await.unwrap(), Recorded::KnownAlready);
        assert_eq!(market.order(&order.id).await.state, State::Placed);
        market.settle_down().await;
        assert_eq!(letters(&market, "approve the payment once more").await, 1);
        buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
        buyer.page.says(200, "please approve the payment once more");
        buyer.submit("/pay", &[("provider", "fps")]).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        market.settle_down().await;
        let again = market.order(&order.id).await;
        assert_eq!((again.state, again.provider.as_str(), again.message), (State::Reserved, "fps", None));
        assert_ne!(again.transaction, order.transaction, "another hold");
        seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
        seller.submit("/ship", &[]).await;
        market.settle_down().await;
        assert_eq!(market.order(&order.id).await.state, State::Shipped);
        assert_eq!(market.count("settle", "Success").await, 1);
        market.books().await;
    }
}

#[tokio::test]
async fn a_buyer_who_leaves_the_pages_or_does_not_answer_is_not_charged() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, mut seller, order) = lapsed(&market, "pretzel", "fps").await;
    seller.submit("/ask-again", &[]).await;
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/pay", &[("provider", "fps")]).await;
    buyer.submit("/leave", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Placed, "it waits for the rest of the three days");
    market.later(days(4)).await;
    market.settle_down().await;
    let after = market.order(&order.id).await;
    assert_eq!((after.state, after.can_be_asked_again()), (State::Expired, false), "asked once");
    assert_eq!(market.count("reserve", "Reserved").await, 0);
    assert_eq!(market.count("settle", "Success").await, 0);
    market.books().await;
}

#[tokio::test]
async fn what_was_sold_meanwhile_is_not_asked_for_again() {
    let Some(market) = Market::open().await else { return };
    let (_, mut seller, order) = lapsed(&market, "last-light-bulb", "fps").await;
    let (_, other) = market.buy("last-light-bulb", "acc_clara", "CC").await;
    assert_eq!(other.state, State::Reserved);
    seller.submit("/ask-again", &[]).await;
    seller.page.says(422, "sold meanwhile");
    assert_eq!(market.order(&order.id).await.state, State::Expired);
    market.books().await;
}
