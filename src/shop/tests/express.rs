//! Paying from the basket with a provider that brings the address.

use std::sync::atomic::Ordering;

use super::till::robin;
use super::*;
use crate::orders::checkout::Address;
use crate::orders::outcome::AbandonReason;
use crate::orders::state::State;
use crate::pay::{Choice, Visit};

const REVIEW: &str = "/checkout/review/till?visit=v1";

/// The review as it is sent off.
const PAY: [(&str, &str); 3] = [("visit", "v1"), ("shipping_method", "standard"), ("intent", "pay")];

#[tokio::test]
async fn a_buyer_leaves_from_the_basket_looks_it_over_and_approves() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pink-teapot"]).await;
    let basket = guest.get("/cart").await;
    assert!(basket.body.contains("Pay with The till") && !basket.body.contains("Pay with The other till"));
    assert!(basket.body.contains("data-pay-button=\"http://127.0.0.1:3002/button.js\""), "{}", basket.body);
    let started = guest.post("/cart/express/till", &[]).await;
    assert_eq!(started.leads_to(), robin().pages);

    let page = guest.get(REVIEW).await;
    for words in ["7 Till Street", "robin@till.example", "Purse ****7777", "Parcels to CA carry 7.25 %", "Pay now"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(market.orders().await.is_empty(), "looking orders nothing");
    let updated = guest
        .post(
            "/checkout/review/till",
            &[("visit", "v1"), ("shipping_method", "express"), ("gift_wrap", "on"), ("intent", "update")],
        )
        .await;
    assert!(updated.status == StatusCode::OK && updated.body.contains("Gift wrap") && updated.body.contains("$12.00"));
    assert!(market.orders().await.is_empty());

    // An address in the form is nobody's address.
    let mut form = PAY.to_vec();
    form.extend([("line1", "1 Other Road"), ("email", "mallory@example.com")]);
    let sent = guest.post("/checkout/review/till", &form).await;
    assert!(
        sent.leads_to().starts_with("http://127.0.0.1:3001/approve?visit=v1"),
        "{}: {}",
        sent.leads_to(),
        sent.body
    );
    let order = market.orders().await.remove(0);
    let checkout = market.ctx.store.checkout(&order.checkout).await.unwrap().unwrap();
    assert_eq!((checkout.address, &*checkout.email), (robin().address, "robin@till.example"));
    let asked = market.ctx.store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!(asked[0].transaction.as_deref(), Some("v1"), "kept before the buyer is sent there");
    assert_eq!(guest.get(REVIEW).await.leads_to(), format!("/checkout/{}/status", order.checkout));
    assert!(!guest.cookies.iter().any(|(name, _)| name == "pushcart_cart"));
}

#[tokio::test]
async fn the_second_seller_is_approved_by_a_way_of_its_own() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel", "pink-teapot"]).await;
    let page = guest.get(REVIEW).await;
    assert!(page.body.contains("You approve 2 payments"), "{}", page.body);
    guest.post("/checkout/review/till", &PAY).await;
    let orders = market.orders().await;
    let mut visits = Vec::new();
    for order in &orders {
        visits.push(market.ctx.store.operations_of(order.id.as_str()).await.unwrap()[0].transaction.clone());
    }
    visits.sort();
    assert_eq!(visits, [None, Some("v1".to_owned())]);
}

#[tokio::test]
async fn a_visit_belongs_to_the_browser_that_began_it() {
    let market = Market::with_till().await;
    let mut owner = market.buyer_of(&["pretzel"]).await;
    owner.post("/cart/express/till", &[]).await;
    let mut stranger = market.buyer_of(&["pretzel"]).await;
    let shown = stranger.get(REVIEW).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.body.contains("not begun in this browser") && !shown.body.contains("Till Street"), "{}", shown.body);
    assert_eq!(stranger.post("/checkout/review/till", &PAY).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(market.orders().await.is_empty());
    assert!(owner.get(REVIEW).await.body.contains("Till Street"));
    owner.post("/checkout/review/till", &PAY).await;
    let late = stranger.get(REVIEW).await;
    assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && !late.body.contains("/checkout/chk_"), "{}", late.body);
}

#[tokio::test]
async fn a_visit_that_began_at_a_button_belongs_to_the_first_basket_that_comes_back_with_it() {
    let market = Market::with_till().await;
    let without = market.visitor().get(REVIEW).await;
    assert!(without.status == StatusCode::UNPROCESSABLE_ENTITY && without.body.contains("Your cart is empty"));
    assert!(!without.body.contains("Till Street"));
    let mut first = market.buyer_of(&["pretzel"]).await;
    assert!(first.get(REVIEW).await.body.contains("Till Street"));
    let mut second = market.buyer_of(&["pretzel"]).await;
    assert!(!second.get(REVIEW).await.body.contains("Till Street"));
    // signing in, or a fuller basket, makes nobody somebody else
    first.post("/signin", &[("email", "ana@example.com"), ("password", crate::seed::PASSWORD)]).await;
    assert!(first.get(REVIEW).await.body.contains("Till Street"));
}

#[tokio::test]
async fn a_visit_that_nothing_comes_of_is_said_in_words_and_orders_nothing() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    for (visit, words) in [
        (Visit::Begun, "You have not chosen an address"),
        (Visit::Over(AbandonReason::Left), "You left the payment page"),
        (Visit::Over(AbandonReason::TooLate), "open for more than a day"),
        (Visit::Unknown, "not begun in this browser"),
        (Visit::Spent("opn_00000000000000000000000000".to_owned()), "not begun in this browser"),
    ] {
        market.till.set_visit(visit.clone());
        for answer in [guest.get(REVIEW).await, guest.post("/checkout/review/till", &PAY).await] {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{visit:?}");
            assert!(answer.body.contains(words) && answer.body.contains("Your cart"), "{visit:?}: {}", answer.body);
        }
    }
    market.till.is_silent.store(true, Ordering::Relaxed);
    assert!(guest.get(REVIEW).await.body.contains("does not answer right now"));
    let start = guest.post("/cart/express/till", &[]).await;
    assert!(start.status == StatusCode::UNPROCESSABLE_ENTITY && start.body.contains("does not answer right now"));
    assert!(market.orders().await.is_empty());
}

#[tokio::test]
async fn where_no_parcel_can_go_nothing_is_ordered() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let address = Address { country: "BR".to_owned(), state: String::new(), ..robin().address };
    market.till.set_visit(Visit::Chosen(Box::new(Choice { address, ..robin() })));
    let page = guest.get(REVIEW).await;
    assert!(page.status == StatusCode::OK && page.body.contains("We do not send parcels to that country yet"));
    assert!(!page.body.contains("Pay now"), "{}", page.body);
    let sent = guest.post("/checkout/review/till", &PAY).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(market.orders().await.is_empty());
    market.till.set_visit(Visit::Chosen(Box::new(robin())));
    assert_eq!(guest.post("/checkout/review/till", &PAY).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_sells_out_while_looking_is_named_and_the_choice_is_kept() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["last-light-bulb"]).await;
    guest.get(REVIEW).await;
    let id = market.product_id("last-light-bulb").await;
    let mut tx = market.ctx.store.write().await.unwrap();
    tx.set_stock(&id.parse().unwrap(), 0).await.unwrap();
    tx.commit().await.unwrap();
    let sent = guest.post("/checkout/review/till", &PAY).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.body.contains("The last good light bulb is sold out") && sent.body.contains("7 Till Street"));
    assert!(market.orders().await.is_empty());
}

#[tokio::test]
async fn nonsense_leads_nowhere_and_never_fails_on_our_side() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    for provider in ["counter", "nobody", "..%2F..", "till%20"] {
        let path = format!("/checkout/review/{provider}?visit=v1");
        assert_eq!(guest.get(&path).await.status, StatusCode::NOT_FOUND, "{provider}");
        assert_eq!(guest.post(&path, &PAY).await.status, StatusCode::NOT_FOUND, "{provider}");
        let start = guest.post(&format!("/cart/express/{provider}"), &[]).await;
        assert_eq!(start.status, StatusCode::NOT_FOUND, "{provider}");
    }
    let long = "v".repeat(5000);
    for visit in ["", "../x", "a b", "v%00", "ü", &long] {
        let form = [("visit", visit), ("shipping_method", "standard"), ("intent", "pay")];
        let answer = guest.post("/checkout/review/till", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{visit}");
    }
    assert_eq!(guest.get("/checkout/review/till").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let odd =
        guest.post("/checkout/review/till", &[("visit", "v1"), ("shipping_method", "drone"), ("intent", "pay")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("Please choose how it should travel"));
    assert!(market.orders().await.is_empty());
}

#[tokio::test]
async fn a_page_with_a_button_names_its_script_and_other_pages_do_not() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let policy = |answer: &Answer| answer.headers["content-security-policy"].to_str().unwrap().to_owned();
    for path in ["/cart", "/checkout"] {
        let page = guest.get(path).await;
        assert!(policy(&page).contains("script-src 'self' http://127.0.0.1:3002;"), "{path}");
        assert!(page.body.contains("<script type=\"module\" src=\"/assets/js/amazon-pay.js\">"), "{path}");
    }
    assert!(policy(&guest.get("/account").await).contains("script-src 'self';"));
    assert!(policy(&market.get("/cart").await).contains("script-src 'self';"), "an empty basket has no button");
    let module = market.get("/assets/js/amazon-pay.js").await;
    assert_eq!(module.headers["content-type"], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn an_order_that_waits_has_a_button_that_is_signed_when_it_is_pressed() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    guest.post("/checkout", &super::buying::ADDRESS).await;
    let order = market.orders().await.remove(0);
    let page = format!("/orders/{}", order.id);
    let sign = format!("{page}/pay/button");
    let shown = guest.get(&page).await;
    assert!(shown.body.contains(&format!("data-pay-sign=\"{sign}\"")), "{}", shown.body);
    let signed = guest.post(&sign, &[]).await;
    let asked = market.ctx.store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!(signed.headers["content-type"], "application/json");
    assert_eq!(signed.body, format!("{{\"reference\":\"{}\",\"city\":\"Portland\"}}", asked[0].id));
    assert_eq!(market.visitor().post(&sign, &[]).await.status, StatusCode::NOT_FOUND, "not for strangers");

    market.get(&format!("/return/till?reference={}&how=card", asked[0].id)).await;
    assert_eq!(market.orders().await[0].state, State::Reserved);
    assert!(!guest.get(&page).await.body.contains("data-pay-sign"));
    assert_eq!(guest.post(&sign, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
