//! Money on its way back.

use pushcart::orders::state::State;

use crate::market::Market;

#[tokio::test]
async fn two_partial_refunds_add_up_and_a_third_is_refused() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    assert_eq!(order.total.minor, 1900);
    let mut seller = market.seller_of(&order).await;
    let page = market.at(&format!("/sell/orders/{}", order.id));
    for amount in ["5.00", "14.00"] {
        seller.open(&page).await;
        seller.submit("/refund", &[("amount", amount)]).await;
        market.settle_down().await;
    }
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    assert_eq!(market.count("refund", "Success").await, 2);
    let books = market.books().await;
    assert_eq!(books.queues.outbox_pending, 0);
    let balances = market.ctx().store.balances().await.unwrap();
    let provider = balances.iter().find(|b| b.account == "provider:fps").unwrap();
    assert_eq!(provider.balance_minor, 0);
}

#[tokio::test]
async fn more_than_is_left_is_refused_on_the_form() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    let mut seller = market.seller_at(&order).await;
    let form = seller.page.form("/refund");
    for (amount, words) in
        [("19.01", "between"), ("0", "between"), ("-3", "above zero"), ("1.234", "decimals"), ("x", "number")]
    {
        seller.send(&form.clone().fill(&[("amount", amount)])).await;
        seller.page.says(422, words);
    }
    seller.send(&form.clone().fill(&[("amount", "19.00")])).await;
    seller.send(&form.fill(&[("amount", "19.00")])).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Success").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_lost_answer_to_refund_refunds_once() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    crate::purchase::fault(&market, "Refund", "drop_response").await;
    let mut seller = market.seller_at(&order).await;
    seller.submit("/refund", &[("amount", "4.00")]).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Success").await, 1);
    assert_eq!(market.order(&order.id).await.state, State::Paid);
    market.books().await;
}

#[tokio::test]
async fn a_refund_made_at_the_provider_is_booked_once() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    let body = serde_json::json!({ "transaction_id": order.transaction, "amount_minor": 700 });
    market.control("POST", "fps/refund", Some(body)).await;
    market.settle_down().await;
    let bookings = market.ctx().store.bookings(&order.id).await.unwrap();
    let refunded: i64 = bookings.iter().filter(|b| b.fact == "refunded").map(|b| b.amount.minor).sum();
    assert_eq!(refunded, 700);
    market.books().await;
}
