//! Amazon Pay from the basket in a real browser: with the provider's own button, and without any script.

use pushcart::orders::state::State;

use crate::browser::{Browser, Scheme};
use crate::market::Market;
use crate::working_market;

const ANA: &str = "input[value='amzn1.account.ANAALLGOOD']";
/// What the provider's script drew.
const DRAWN: &str = "form[data-pay-button] div button";
const PLAIN: &str = "form[data-pay-button] button[type='submit']";

async fn fills_a_basket(buyer: &Browser, market: &Market) {
    buyer.go(&market.at("/p/wildflower-honey")).await;
    buyer.submit("/cart/items").await;
    buyer.wait_for("Go to checkout").await;
}

async fn chooses_at_amazon(buyer: &Browser) {
    buyer.wait_for("Ana Allgood").await;
    buyer.press(ANA).await;
    buyer.submit("/checkout/sign-in").await;
    buyer.press("input[value='berlin']").await;
    buyer.submit("/checkout/choose").await;
    buyer.wait_for("Karl-Marx-Allee 9").await;
}

async fn pays(buyer: &Browser, market: &Market) {
    buyer.press("button[value='pay']").await;
    buyer.wait_for("Paid to").await;
    buyer.submit("/checkout/pay").await;
    buyer.wait_for("on hold").await;
    let order = market.last_order().await;
    assert_eq!((order.state, &*order.provider), (State::Reserved, "amazon_pay"));
}

/// Waits until the provider's button stands in place of the plain one.
async fn drawn(buyer: &Browser) {
    for _ in 0..40 {
        if buyer.shows(DRAWN).await {
            assert!(!buyer.shows(PLAIN).await, "one button, not two");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    panic!("no button is drawn on {}: {}", buyer.url().await, buyer.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_s_button_leads_from_the_basket_to_the_review_and_pays() {
    for scheme in [Scheme::Light, Scheme::Dark] {
        for width in [390, 1280] {
            let Some(buyer) = Browser::open(width, scheme).await else { return };
            let market = working_market().await;
            let tone = format!("{width}-{}", if scheme == Scheme::Dark { "dark" } else { "light" });
            fills_a_basket(&buyer, &market).await;
            drawn(&buyer).await;
            buyer.picture(&format!("express-cart-{tone}")).await;
            buyer.go(&market.at("/checkout")).await;
            drawn(&buyer).await;
            buyer.picture(&format!("express-checkout-{tone}")).await;
            buyer.press(DRAWN).await;
            chooses_at_amazon(&buyer).await;
            buyer.picture(&format!("express-review-{tone}")).await;
            buyer.press("a[data-pay-change='address']").await;
            buyer.wait_for("400 Market Street").await;
            buyer.press("input[value='berlin']").await;
            buyer.submit("/checkout/choose").await;
            buyer.wait_for("Karl-Marx-Allee 9").await;
            pays(&buyer, &market).await;
            buyer.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_plain_button_leads_the_same_way() {
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    let market = working_market().await;
    fills_a_basket(&buyer, &market).await;
    buyer.forbid_scripts().await;
    buyer.go(&market.at("/cart")).await;
    assert!(buyer.shows(PLAIN).await && !buyer.shows(DRAWN).await);
    buyer.picture("express-cart-plain-390-light").await;
    buyer.press(PLAIN).await;
    chooses_at_amazon(&buyer).await;
    pays(&buyer, &market).await;
    buyer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_provider_s_script_does_not_load_the_plain_button_stays() {
    let Some(buyer) = Browser::open(1280, Scheme::Light).await else { return };
    let market = working_market().await;
    fills_a_basket(&buyer, &market).await;
    drawn(&buyer).await;
    buyer.block("*checkout.js*").await;
    buyer.go(&market.at("/cart")).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(buyer.shows(PLAIN).await && !buyer.shows(DRAWN).await);
    buyer.press(PLAIN).await;
    buyer.wait_for("Ana Allgood").await;
    buyer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_waits_is_approved_by_the_provider_s_own_button() {
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    let market = working_market().await;
    fills_a_basket(&buyer, &market).await;
    buyer.go(&market.at("/checkout")).await;
    buyer.press("input[value='amazon_pay']").await;
    buyer.press("button[value='pay']").await;
    buyer.wait_for("Ana Allgood").await;
    let order = market.last_order().await;
    buyer.go(&market.at(&format!("/orders/{}", order.id))).await;
    drawn(&buyer).await;
    buyer.picture("express-order-390-light").await;
    // Another way to pay has the plain button, and this one the provider's again.
    buyer.press("input[value='fps']").await;
    assert!(buyer.shows(PLAIN).await && !buyer.shows(DRAWN).await);
    buyer.press("input[value='amazon_pay']").await;
    buyer.press(DRAWN).await;
    buyer.wait_for("Ana Allgood").await;
    buyer.press(ANA).await;
    buyer.submit("/checkout/sign-in").await;
    buyer.submit("/checkout/choose").await;
    buyer.submit_unless_at("/checkout/pay", &market.shop_url).await;
    buyer.wait_for("on hold").await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    buyer.close().await;
}
