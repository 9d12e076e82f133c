//! What is delivered at once: paid at once with either provider, read on the order's page by its buyer alone.

use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

const WORDS: &str = "it forgives nearly everything";

#[tokio::test]
async fn a_text_is_paid_at_once_and_read_on_the_orders_page() {
    let Some(market) = Market::open().await else { return };
    let mut stranger = Visitor::new();
    stranger.open(&market.at("/p/sourdough-letter")).await;
    assert!(!stranger.page.html.contains(WORDS), "nobody reads it before it is paid");
    let (fps, first) = market.buy("sourdough-letter", "acc_clara", "CC").await;
    let (amazon, second) = market.buy_at_amazon("sourdough-letter", "amzn1.account.ANAALLGOOD", "1111").await;
    for (mut buyer, order) in [(fps, first), (amazon, second)] {
        let order = market.order(&order.id).await;
        assert_eq!((order.state, order.totals.shipping.minor), (State::Shipped, 0), "{}", order.provider);
        let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
        assert!(operations.iter().any(|operation| operation.kind.word() == "pay"), "{operations:?}");
        assert!(operations.iter().all(|operation| !matches!(operation.kind.word(), "reserve" | "settle")));
        buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
        buyer.page.says(200, WORDS);
        buyer.page.says(200, "Paid and delivered");
        let letters = market.ctx().store.letters(20).await.unwrap();
        let delivered = letters.iter().filter(|it| it.subject.contains(&order.number) && it.body_text.contains(WORDS));
        assert_eq!(delivered.count(), 1, "one letter holds it");
    }
    market.books().await;
}

#[tokio::test]
async fn a_parcel_and_a_text_of_one_seller_are_two_orders() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = market.visitor_with("sourdough-letter", "1").await;
    visitor.open(&market.at("/p/baguettes")).await;
    visitor.submit("/cart/items", &[("quantity", "2")]).await;
    visitor.open(&market.at("/checkout")).await;
    visitor.page.says(200, "Delivered at once");
    market.check_out(&mut visitor).await;
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    let mut kinds: Vec<(bool, i64)> =
        orders.iter().map(|order| (order.is_digital, order.totals.shipping.minor)).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [(false, 500), (true, 0)]);
}

#[tokio::test]
async fn a_refunded_text_is_not_shown_any_more() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order) = market.buy("sourdough-letter", "acc_clara", "CC").await;
    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.page.says(200, "nothing to send");
    seller.submit(&format!("/sell/orders/{}/refund", order.id), &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    assert!(!buyer.page.html.contains(WORDS));
    market.books().await;
}
