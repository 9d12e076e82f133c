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
    let mut seller = market.seller_at(&order).await;
    seller.page.says(200, "nothing to send");
    seller.submit(&format!("/sell/orders/{}/refund", order.id), &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    assert!(!buyer.page.html.contains(WORDS));
    market.books().await;
}

/// Somebody who gives it `times`, sent to a state that taxes goods.
async fn gives(market: &Market, visitor: &mut Visitor, slug: &str, times: &str) {
    visitor.open(&market.at(&format!("/p/{slug}"))).await;
    visitor.page.says(200, "A donation: no tax is added");
    visitor.submit("/cart/items", &[("quantity", times)]).await;
    visitor.open(&market.at("/checkout")).await;
    let form = visitor.page.form("/checkout").fill(&[("country", "US"), ("state", "CA"), ("provider", "fps")]);
    visitor.send(&form).await;
    market.approve(visitor, "acc_bill", "ABT").await;
    market.settle_down().await;
}

#[tokio::test]
async fn a_donation_is_given_once_without_tax_and_thanked_for() {
    let Some(market) = Market::open().await else { return };
    let mut giver = market.signed_in("ben@example.com").await;
    gives(&market, &mut giver, "a-loaf-for-a-neighbour", "3").await;
    let order = market.last_order().await;
    assert_eq!((order.state, order.total.minor, order.totals.tax.minor), (State::Shipped, 1500, 0));
    giver.open(&market.at(&format!("/orders/{}", order.id))).await;
    giver.page.says(200, "Your bread was on the table");
    assert!(!giver.page.text().contains("A return"), "nothing was sent");
    giver.submit("/requests", &[("wish", "return"), ("reason", "Too much bread.")]).await;
    giver.page.says(422, "nothing can be sent back");
    giver.submit("/requests", &[("wish", "refund"), ("reason", "Too much bread.")]).await;
    giver.page.says(200, "The seller has not answered yet");
    // beside what is taxed and sent it is an order of its own
    giver.open(&market.at("/p/baguettes")).await;
    giver.submit("/cart/items", &[("quantity", "1")]).await;
    gives(&market, &mut giver, "a-loaf-for-a-neighbour", "1").await;
    let orders = market.ctx().store.orders_of_checkout(&market.last_order().await.checkout).await.unwrap();
    let taxes: Vec<bool> = orders.iter().map(|order| order.totals.tax.is_positive() != order.is_digital).collect();
    assert_eq!(taxes, [true, true], "{orders:?}");
    market.books().await;
}

#[tokio::test]
async fn a_monthly_donation_is_given_and_thanked_for_again() {
    let Some(market) = Market::open().await else { return };
    let mut giver = market.signed_in("ben@example.com").await;
    gives(&market, &mut giver, "a-loaf-every-month", "2").await;
    let agreement = crate::fps_standing::of_last_order(&market).await;
    for _ in 0..2 {
        crate::fps_standing::next_period(&market, &agreement).await;
    }
    let all = crate::fps_standing::orders(&market, &agreement).await;
    assert_eq!(all.iter().map(|order| order.total.minor).collect::<Vec<_>>(), [1000; 3]);
    assert!(all.iter().all(|order| order.state == State::Shipped && order.totals.tax.is_zero()), "{all:?}");
    giver.open(&market.at(&format!("/orders/{}", all[2].id))).await;
    giver.page.says(200, "every month it is full");
    assert_eq!(market.count("pay", "Success").await, 3);
    market.books().await;
}
