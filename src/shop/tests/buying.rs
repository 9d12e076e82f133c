//! From a basket to an order: the checkout, the way back, and who may see what.

use std::sync::atomic::Ordering;

use super::*;
use crate::orders::operation::Kind;
use crate::orders::order::Order;
use crate::orders::state::State;

pub(super) const ADDRESS: [(&str, &str); 10] = [
    ("email", "robin@example.com"),
    ("name", "Robin Guest"),
    ("line1", "12 Orchard Lane"),
    ("city", "Portland"),
    ("state", "OR"),
    ("postal_code", "97201"),
    ("country", "US"),
    ("shipping_method", "standard"),
    ("provider", "till"),
    ("intent", "pay"),
];

/// The address with one field typed otherwise.
pub(super) fn but<'a>(field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut form = ADDRESS.to_vec();
    form.retain(|(name, _)| *name != field);
    form.push((field, value));
    form
}

impl Market {
    pub(super) async fn buyer_of(&self, slugs: &[&str]) -> Visitor<'_> {
        let mut visitor = self.visitor();
        for slug in slugs {
            let id = self.product_id(slug).await;
            visitor.post("/cart/items", &[("product_id", &id)]).await;
        }
        visitor
    }

    pub(super) async fn orders(&self) -> Vec<Order> {
        self.ctx.store.all_orders("~", 10).await.unwrap()
    }
}

/// What a till's page sends back for the address it was opened with.
fn back(address: &str, how: &str) -> String {
    let reference = address.split_once("reference=").expect(address).1;
    format!("/return/till?reference={reference}&how={how}")
}

#[tokio::test]
async fn a_guest_buys_comes_back_and_finds_the_order_by_session_or_secret_only() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let form = guest.get("/checkout").await;
    assert!(form.body.contains("Robin Guest") && form.body.contains("The till"), "{}", form.body);
    let sent = guest.post("/checkout", &ADDRESS).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert!(!guest.cookies.iter().any(|(name, _)| name == "pushcart_cart"));

    let landed = market.get(&back(sent.leads_to(), "card")).await;
    assert_eq!(landed.status, StatusCode::SEE_OTHER);
    assert!(landed.headers.get(SET_COOKIE).is_none(), "a return has no session");
    let order = market.orders().await.remove(0);
    assert_eq!(order.state, State::Reserved);
    let page = format!("/orders/{}", order.id);
    assert_eq!(guest.get(landed.leads_to()).await.leads_to(), page);
    let shown = guest.get(&page).await;
    assert!(shown.body.contains(&order.number) && shown.body.contains("12 Orchard Lane"), "{}", shown.body);
    assert!(shown.headers.get("refresh").is_none());

    let mut stranger = market.visitor();
    let status = stranger.get(landed.leads_to()).await;
    assert_eq!(status.status, StatusCode::OK);
    assert!(!status.body.contains(&order.number) && !status.body.contains("Orchard"), "{}", status.body);
    let theirs = stranger.get(&page).await;
    let unknown = stranger.get("/orders/ord_00000000000000000000000000").await;
    assert_eq!((theirs.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(theirs.body, unknown.body, "nobody learns which orders there are");
    assert_eq!(stranger.get(&format!("{page}?key=wrong")).await.status, StatusCode::NOT_FOUND);
    for act in ["pay", "cancel", "messages", "requests"] {
        assert_eq!(stranger.post(&format!("{page}/{act}"), &[]).await.status, StatusCode::NOT_FOUND, "{act}");
    }
    let taken = stranger.get(&format!("{page}?key={}", order.secret)).await;
    assert_eq!(taken.leads_to(), page);
    assert_eq!(taken.headers["referrer-policy"], "no-referrer");
    assert_eq!(stranger.get(&page).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_what_travels_is_asked_how() {
    let market = Market::with_till().await;
    for (cart, asks, when) in [
        (&["pretzel"][..], true, "Cards are only charged when the parcel ships."),
        (&["five-blades-sharpened"], false, "What is done for you is charged when it is done."),
        (&["sourdough-letter"], false, "What is delivered at once is charged at once."),
        (
            &["pretzel", "sourdough-letter"],
            true,
            "Cards are only charged when the parcel ships. What is delivered at once is",
        ),
    ] {
        let page = market.buyer_of(cart).await.get("/checkout").await;
        assert_eq!(page.body.contains("How should it travel?"), asks, "{cart:?}");
        assert!(page.body.contains(when), "{cart:?}: {}", page.body);
        assert!(page.body.contains(r#"name="shipping_method" value="standard""#), "{cart:?}: the form is whole");
    }
}

#[tokio::test]
async fn a_form_with_a_mistake_comes_back_with_what_was_typed() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    for (field, bad) in [
        ("email", "robin"),
        ("name", ""),
        ("postal_code", "123456789012345678901"),
        ("state", "ZZ"),
        ("country", "XX"),
        ("shipping_method", "drone"),
        ("provider", "barter"),
    ] {
        let answer = guest.post("/checkout", &but(field, bad)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.body.contains(&format!("<a href=\"#{field}\">")), "{field}: {}", answer.body);
        assert!(answer.body.contains("12 Orchard Lane"), "{field}: what was typed is still there");
    }
    let nul = guest.post("/checkout", &but("name", "Ro\0bin")).await;
    assert_eq!(nul.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(market.orders().await.is_empty());
    assert_eq!(guest.post("/checkout", &ADDRESS).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn updating_the_totals_changes_the_tax_and_orders_nothing() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pink-teapot"]).await;
    assert!(guest.get("/checkout").await.body.contains("Parcels to OR carry no sales tax."));
    let mut form = but("state", "CA");
    form.retain(|(name, _)| *name != "intent");
    form.push(("intent", "update"));
    let answer = guest.post("/checkout", &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("Parcels to CA carry 7.25 % sales tax"), "{}", answer.body);
    assert!(market.orders().await.is_empty());
}

#[tokio::test]
async fn the_same_form_twice_is_one_order_and_leads_to_the_same_place() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let form = but("form_key", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let basket = guest.cookies.clone();
    let first = guest.post("/checkout", &form).await;
    guest.cookies.extend(basket);
    let second = guest.post("/checkout", &form).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(first.leads_to(), second.leads_to());
    assert_eq!(market.orders().await.len(), 1);
    market.get(&back(first.leads_to(), "card")).await;
    let third = guest.post("/checkout", &form).await;
    assert!(third.leads_to().ends_with("/status"), "{}", third.leads_to());
    assert_eq!(market.orders().await.len(), 1);
}

#[tokio::test]
async fn what_sells_out_at_the_last_moment_is_named_and_the_form_is_kept() {
    let market = Market::with_till().await;
    let mut first = market.buyer_of(&["last-light-bulb"]).await;
    let mut second = market.buyer_of(&["last-light-bulb"]).await;
    second.get("/checkout").await;
    assert_eq!(first.post("/checkout", &ADDRESS).await.status, StatusCode::SEE_OTHER);
    let late = second.post("/checkout", &ADDRESS).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("The last good light bulb is sold out"), "{}", late.body);
    assert!(late.body.contains("12 Orchard Lane") && late.body.contains("To your cart"));
    assert_eq!(market.orders().await.len(), 1);
}

#[tokio::test]
async fn a_silent_provider_loses_no_order_and_the_page_offers_to_go_on() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    market.till.is_silent.store(true, Ordering::Relaxed);
    let sent = guest.post("/checkout", &ADDRESS).await;
    let order = market.orders().await.remove(0);
    let page = format!("/orders/{}", order.id);
    assert_eq!(sent.leads_to(), page);
    let shown = guest.get(&page).await;
    assert!(shown.body.contains("does not answer right now") && shown.body.contains("Continue to payment"));
    let again = guest.post(&format!("{page}/pay"), &[]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let landed = market.get(&format!("/return/till?reference={}&how=card", "opn_00000000000000000000000000")).await;
    assert!(landed.status == StatusCode::OK && landed.body.contains("Closing this page is safe"));
    market.till.is_silent.store(false, Ordering::Relaxed);
    let again = guest.post(&format!("{page}/pay"), &[]).await;
    assert!(again.leads_to().starts_with("http://127.0.0.1:3001/approve"), "{}", again.leads_to());
}

#[tokio::test]
async fn an_order_turns_to_another_provider_and_the_old_approval_is_never_charged() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let first = guest.post("/checkout", &ADDRESS).await;
    let order = market.orders().await.remove(0);
    let page = format!("/orders/{}", order.id);
    let shown = guest.get(&page).await.body;
    assert!(shown.contains("value=\"till\" checked") && shown.contains("value=\"counter\""), "{shown}");
    let unknown = guest.post(&format!("{page}/pay"), &[("provider", "nobody")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let second = guest.post(&format!("{page}/pay"), &[("provider", "counter")]).await;
    assert!(second.leads_to().contains("at=counter"), "{}", second.leads_to());

    market.get(&back(first.leads_to(), "card")).await;
    assert_eq!(market.orders().await[0].state, State::Placed, "the old approval comes too late");
    let reference = second.leads_to().split_once("reference=").unwrap().1;
    market.get(&format!("/return/counter?reference={reference}&how=card")).await;
    let order = market.orders().await.remove(0);
    assert_eq!((order.state, &*order.provider), (State::Reserved, "counter"));
    let asked = market.ctx.store.operations_of(order.id.as_str()).await.unwrap();
    let held: Vec<&str> = asked.iter().filter(|op| op.kind == Kind::Reserve).map(|op| &*op.provider).collect();
    assert_eq!(held, ["counter"]);
    let again = guest.post(&format!("{page}/pay"), &[("provider", "till")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "paid for already");
}

#[tokio::test]
async fn a_return_that_nobody_vouches_for_changes_nothing() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let sent = guest.post("/checkout", &ADDRESS).await;
    for forged in [back(sent.leads_to(), "forged"), "/return/till".to_owned(), "/sell/return?x=1".to_owned()] {
        let answer = market.get(&forged).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{forged}");
        assert!(answer.body.contains("nothing was changed"), "{forged}");
    }
    assert_eq!(market.get("/return/nobody?x=1").await.status, StatusCode::NOT_FOUND);
    let good = back(sent.leads_to(), "card");
    let query = good.split_once('?').unwrap().1.to_owned();
    let huge = Request::post("/return/till").body(Body::from(vec![b'a'; 70_000])).unwrap();
    assert_eq!(market.ask(huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let empty = Request::post(&good).body(Body::empty()).unwrap();
    assert_eq!(market.ask(empty).await.status, StatusCode::BAD_REQUEST, "a post is what its body says");
    assert_eq!(market.orders().await[0].state, State::Placed);
    let cross_site = Request::post("/return/till").header("sec-fetch-site", "cross-site").body(Body::from(query));
    assert_eq!(market.ask(cross_site.unwrap()).await.status, StatusCode::SEE_OTHER);
    assert_eq!(market.orders().await[0].state, State::Reserved);
}

#[tokio::test]
async fn two_sellers_are_approved_one_after_the_other() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel", "pink-teapot"]).await;
    let form = guest.get("/checkout").await;
    assert!(form.body.contains("You approve 2 payments"), "{}", form.body);
    let sent = guest.post("/checkout", &ADDRESS).await;
    let status = market.get(&back(sent.leads_to(), "card")).await.leads_to().to_owned();
    let page = guest.get(&status).await;
    assert!(page.body.contains("One more to approve"), "{}", page.body);
    let left = market.orders().await.into_iter().find(|order| order.state == State::Placed).unwrap();
    let next = guest.post(&format!("/orders/{}/pay", left.id), &[]).await;
    market.get(&back(next.leads_to(), "card")).await;
    let page = guest.get(&status).await;
    assert!(page.body.contains("Thank you") && !page.body.contains("<button class=\"button button--small\""));
    let mut stranger = market.visitor();
    assert!(!stranger.get(&status).await.body.contains("stepper"));
}

#[tokio::test]
async fn a_page_waits_two_minutes_for_the_payment_service_and_says_for_what() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let sent = guest.post("/checkout", &ADDRESS).await;
    market.till.is_slow.store(true, Ordering::Relaxed);
    let landed = market.get(&back(sent.leads_to(), "card")).await.leads_to().to_owned();
    let page = guest.get(&landed).await.leads_to().to_owned();
    let shown = guest.get(&page).await;
    assert_eq!(shown.headers["refresh"], "2");
    assert!(shown.body.contains("put the amount on hold") && !shown.body.contains("<textarea"));
    let typing = guest.get(&format!("{page}?stay=yes")).await;
    assert!(typing.headers.get("refresh").is_none() && typing.body.contains("<textarea"));
    market.ctx.clock.advance(till::LONG);
    let late = guest.get(&page).await;
    assert!(late.headers.get("refresh").is_none() && late.body.contains("Look again"));
}

#[tokio::test]
async fn an_empty_basket_leads_to_the_cart_s_page() {
    let market = Market::with_till().await;
    assert_eq!(market.get("/checkout").await.leads_to(), "/cart");
    let answer = market.visitor().post("/checkout", &ADDRESS).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Your cart is empty"));
}
