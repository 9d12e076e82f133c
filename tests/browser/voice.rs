//! A presenter at the voice page: buys, is declined, mends it, and takes the money back. With and without
//! scripts, on a phone and at a desk, with pictures.

use pushcart::orders::state::State;
use thirtyfour::Key;

use crate::browser::{Browser, Scheme};
use crate::market::Market;
use crate::working_market;

/// How many bubbles there are, and the last words of the skill among them.
const HEARD: &str = "const all = [...document.querySelectorAll('.bubble')];
    const skill = all.filter(one => one.matches('.by-skill') && one.querySelector('.words')).pop();
    return [all.length, skill ? skill.querySelector('.words').textContent : '']";

async fn heard(browser: &Browser) -> (u64, String) {
    let heard = browser.driver.execute(HEARD, Vec::new()).await.map(|it| it.json().clone()).unwrap_or_default();
    (heard[0].as_u64().unwrap_or_default(), heard[1].as_str().unwrap_or_default().to_owned())
}

/// Types a sentence and waits until the skill has answered with `answer`: the conversation grows, so that
/// what was said before counts for nothing.
async fn says(browser: &Browser, sentence: &str, answer: &str) {
    let (before, _) = heard(browser).await;
    browser.fill("text", sentence).await;
    browser.press("form.say button[type='submit']").await;
    for _ in 0..150 {
        let (now, words) = heard(browser).await;
        if now > before && words.contains(answer) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("to {sentence:?} the skill said {:?}", heard(browser).await);
}

async fn opens(browser: &Browser, market: &Market) {
    browser.go(&format!("{}/alexa", market.sandbox_url)).await;
    browser.wait_for("Nobody has said anything yet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presenter_buys_is_declined_mends_it_and_takes_the_money_back() {
    let Some(browser) = Browser::open(1280, Scheme::Light).await else { return };
    let market = working_market().await;
    opens(&browser, &market).await;
    browser.picture("voice-begin-1280-light").await;
    says(&browser, "open pushcart market", "a market of small makers").await;
    says(&browser, "find wildflower honey", "Would you like it in your cart?").await;
    says(&browser, "yes", "is in your cart").await;
    says(&browser, "check out", "Shall I place the order?").await;
    browser.picture("voice-read-back-1280-light").await;
    // the buyer's card does not work
    market.control("POST", "alexa/next", Some(decline())).await;
    says(&browser, "yes", "Once your payment method is mended").await;
    assert_eq!(market.last_order().await.state, State::Declined);
    browser.picture("voice-declined-1280-light").await;
    browser.press("button[value='mend']").await;
    browser.wait_for("The last payment's way").await;
    // and does again
    says(&browser, "open pushcart market", "Would you like to check out?").await;
    says(&browser, "yes", "Shall I place the order?").await;
    says(&browser, "yes", "Thank you.").await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved, "the same order was charged");
    browser.picture("voice-bought-1280-light").await;

    // the seller ships, the buyer thinks better of it
    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.submit(&format!("/sell/orders/{}/ship", order.id), &[]).await;
    wait_until(&market, State::Shipped).await;
    says(&browser, "open pushcart market", "What are you looking for?").await;
    says(&browser, "where is my order", "on its way to you").await;
    says(&browser, "I want a refund", "the seller decides").await;
    says(&browser, "yes", "you get the answer by e-mail").await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.submit(&format!("/sell/orders/{}/refund", order.id), &[]).await;
    wait_until(&market, State::Refunded).await;
    says(&browser, "where is my order", "it was refunded").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_works_on_a_phone_in_the_dark_in_another_language_and_starts_again_by_one_key() {
    let Some(browser) = Browser::open(390, Scheme::Dark).await else { return };
    let market = working_market().await;
    opens(&browser, &market).await;
    browser.choose("locale", "Deutsch").await;
    browser.press("form[action='/alexa/person'] button").await;
    browser.wait_for("öffne").await;
    browser.press("button.chip").await;
    browser.wait_for("Willkommen bei Pushcart").await;
    browser.picture("voice-390-dark").await;
    let width = browser.driver.execute("return document.documentElement.scrollWidth", Vec::new()).await.unwrap();
    assert!(width.json().as_i64().unwrap() <= 390, "nothing sticks out: {:?}", width.json());
    browser.press("form[data-reset] button").await;
    browser.wait_for("Nobody has said anything yet").await;
    browser.close().await;
}

/// A key to whatever has the focus.
async fn presses(browser: &Browser, key: impl Into<thirtyfour::TypingData>) {
    browser.driver.action_chain().send_keys(key).perform().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_begins_the_demo_again_with_a_user_whom_the_skill_does_not_know() {
    let Some(browser) = Browser::open(1280, Scheme::Light).await else { return };
    let market = working_market().await;
    opens(&browser, &market).await;
    let user = async || market.control("GET", "alexa/state?persona=ana", None).await["user_id"].clone();
    let mut users = vec![user().await];
    for is_typed in [true, false] {
        says(&browser, "open pushcart market", "What are you looking for?").await;
        says(&browser, "add wildflower honey to my cart", "is in your cart").await;
        says(&browser, "open pushcart market", "There is one thing in your cart").await;
        // the focus is where the sentence was typed: there a letter is a letter, and nobody loses what they type
        browser.fill("text", "r").await;
        presses(&browser, Key::Escape).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(user().await, users[users.len() - 1]);
        presses(&browser, Key::Backspace).await;
        if is_typed {
            presses(&browser, Key::Escape).await;
        } else {
            browser.driver.execute("document.activeElement.blur()", Vec::new()).await.unwrap();
            presses(&browser, "r").await;
        }
        browser.wait_for("Nobody has said anything yet").await;
        let now = user().await;
        assert!(!users.contains(&now), "{now}");
        users.push(now);
    }
    says(&browser, "open pushcart market", "What are you looking for?").await;
    browser.close().await;
}

fn decline() -> serde_json::Value {
    serde_json::json!({ "persona": "Ana", "table": "Decline", "code": "InvalidPaymentMethod" })
}

async fn wait_until(market: &Market, state: State) {
    for _ in 0..200 {
        if market.last_order().await.state == state {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the order is {}", market.last_order().await.state);
}
