//! FPS in a real browser: a basket from three sellers with one approval, and a tab until it refuses.

use pushcart::orders::state::State;

use crate::browser::{Browser, Scheme};
use crate::{sign_in, working_market};

async fn approves(buyer: &Browser) {
    buyer.wait_for("Who is paying?").await;
    buyer.press("input[value='acc_clara']").await;
    buyer.submit("/sign-in").await;
    buyer.submit("/payment").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_from_three_sellers_is_approved_once() {
    for (width, scheme) in [(390, Scheme::Light), (1280, Scheme::Dark)] {
        let Some(buyer) = Browser::open(width, scheme).await else { return };
        let market = working_market().await;
        let tone = format!("{width}-{}", if scheme == Scheme::Dark { "dark" } else { "light" });
        for slug in ["pretzel", "hot-honey", "two-hand-mug"] {
            buyer.go(&market.at(&format!("/p/{slug}"))).await;
            buyer.submit("/cart/items").await;
            buyer.wait_for("Go to checkout").await;
        }
        buyer.go(&market.at("/checkout")).await;
        buyer.wait_for("you approve $58.00 once").await;
        buyer.picture(&format!("basket-checkout-{tone}")).await;
        buyer.press("input[value='fps']").await;
        buyer.press("button[value='pay']").await;
        approves(&buyer).await;
        buyer.wait_for("58.00").await;
        buyer.picture(&format!("basket-approval-{tone}")).await;
        buyer.submit("/confirm").await;
        buyer.wait_for("Thank you").await;
        buyer.picture(&format!("basket-thanks-{tone}")).await;
        let checkout = market.last_order().await.checkout;
        let orders = market.ctx().store.orders_of_checkout(&checkout).await.unwrap();
        assert!(orders.len() == 3 && orders.iter().all(|order| order.state == State::Reserved), "{orders:?}");
        assert_eq!(market.count("reserve", "Reserved").await, 3);
        market.books().await;
        buyer.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_buys_by_one_click_until_its_limits_refuse() {
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    let market = working_market().await;
    sign_in(&buyer, &market, "ben@example.com").await;
    let letter = market.at("/p/sourdough-letter");
    buyer.go(&letter).await;
    buyer.wait_for("You have no tab").await;
    buyer.picture("tab-none-390-light").await;
    buyer.go(&market.at("/account/approvals/new?seller=the-patient-loaf")).await;
    buyer.wait_for("Open a tab").await;
    buyer.choose("month", "$10.00 a month").await;
    buyer.picture("tab-form-390-light").await;
    buyer.submit("/account/approvals/new").await;
    approves(&buyer).await;
    buyer.picture("tab-approval-390-light").await;
    buyer.submit("/confirm").await;
    buyer.wait_for("Your tab at The Patient Loaf").await;
    buyer.picture("tab-open-390-light").await;
    buyer.go(&letter).await;
    buyer.wait_for("Your tab has $10.00 this month").await;
    buyer.picture("tab-ready-390-light").await;
    buyer.submit("/buy").await;
    buyer.wait_for("Paid and delivered").await;
    // loading the page again, or going back and looking, buys nothing
    buyer.driver.refresh().await.unwrap();
    buyer.wait_for("Paid and delivered").await;
    buyer.go(&letter).await;
    buyer.wait_for("$4.00 of it are left").await;
    assert!(!buyer.shows("form[action$='/buy']").await, "no button");
    buyer.picture("tab-over-390-light").await;
    assert_eq!(market.count("pay", "Success").await, 1);
    market.books().await;
    buyer.close().await;
}
