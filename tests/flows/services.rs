//! Something that is done for the buyer: no parcel, its money on hold until the seller says that it is done.

use pushcart::orders::state::State;

use super::disputes::books_agree;
use crate::market::Market;

#[tokio::test]
async fn a_service_travels_in_no_parcel_and_is_taken_when_it_is_done() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("five-blades-sharpened", "1").await;
    buyer.open(&market.at("/p/five-blades-sharpened")).await;
    buyer.page.says(200, "A service: nothing is sent.");
    buyer.open(&market.at("/checkout")).await;
    buyer.page.says(200, "Done for you $0.00");
    let (mut buyer, order) = market.buy("five-blades-sharpened", "acc_clara", "CC").await;
    assert_eq!((order.state, order.is_service, order.totals.shipping.minor), (State::Reserved, true, 0));
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.page.says(200, "Payment on hold, charged when it is done");
    buyer.page.says(200, "Agree with the seller below on when and where.");
    let text = buyer.page.text();
    assert!(!text.contains("Travels by") && !text.contains("Shipping $"), "{text}");

    let mut seller = market.seller_at(&order).await;
    seller.page.says(200, "Ready to be done: saying so takes the money");
    let done = seller.page.form("/ship");
    assert!(done.fields.iter().all(|(name, _)| name != "carrier"), "{done:?}");
    seller.open(&market.at(&format!("/sell/orders/{}/slip", order.id))).await;
    seller.page.says(200, "What you do for somebody travels in no parcel.");
    seller.send(&done).await;
    market.settle_down().await;
    let after = market.order(&order.id).await;
    assert_eq!((after.state, market.count("settle", "Success").await), (State::Shipped, 1));
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.page.says(200, "Done and paid");
    let letters = market.ctx().store.letters(50).await.unwrap();
    let told = letters.iter().find(|letter| letter.subject.contains("is done")).expect("a letter");
    assert!(told.body_text.contains("The seller says that it is done."), "{}", told.body_text);
    assert!(!letters.iter().any(|letter| letter.body_text.contains("parcel")), "{letters:?}");
    books_agree(&market).await;

    // a return of nothing is no return, and the guarantee is for goods
    assert!(!buyer.page.text().contains("Send it back"), "{}", buyer.page.text());
    let mut office = market.signed_in("operator@example.com").await;
    office.open(&market.at(&format!("/admin/orders/{}/dispute", order.id))).await;
    office.submit("/dispute", &[("kind", "claim")]).await;
    office.page.says(422, "covers physical goods only");
}

#[tokio::test]
async fn goods_and_a_service_of_one_seller_are_two_orders() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("five-blades-sharpened", "1").await;
    let goods = market.ctx().store.seller_by_slug("plumb-and-true").await.unwrap().unwrap();
    let listed = market.ctx().store.products_of(&goods.id, "~", 50).await.unwrap();
    let tool = listed.iter().find(|it| it.available > 0 && !it.product.is_service && !it.product.is_wonky).unwrap();
    buyer.open(&market.at(&format!("/p/{}", tool.product.slug))).await;
    buyer.submit("/cart/items", &[("quantity", "1")]).await;
    market.check_out(&mut buyer).await;
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    let mut kinds: Vec<_> =
        orders.iter().map(|order| (order.is_service, order.totals.shipping.is_positive())).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [(false, true), (true, false)]);
    assert!(orders[0].checkout == orders[1].checkout && orders[0].seller == orders[1].seller);
}
