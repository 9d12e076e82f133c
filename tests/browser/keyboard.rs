//! A purchase by keyboard alone: Tab, arrows, Space and Return, and nothing is pointed at or scripted.

use pushcart::orders::state::State;
use thirtyfour::prelude::*;

use crate::browser::{Browser, Scheme};
use crate::working_market;

/// What has the focus: its tag, type, name, value, words and what is drawn around it.
#[derive(Debug, serde::Deserialize)]
struct Focus {
    tag: String,
    kind: String,
    name: String,
    value: String,
    words: String,
    action: String,
    /// Whether it can be told from the rest by sight.
    is_marked: bool,
}

const FOCUS: &str = "
    const it = document.activeElement;
    const form = it.form && it.form.getAttribute('action') || '';
    const drawn = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    // around itself, around the card that it fills, or around the line that it stands in
    const ring = it.matches(':focus-visible')
        && (drawn(getComputedStyle(it)) || drawn(getComputedStyle(it, '::after')) || drawn(getComputedStyle(it.parentElement)));
    return { tag: it.tagName.toLowerCase(), kind: it.type || '', name: it.name || '', value: it.value || '',
             words: it.innerText || '', action: it.getAttribute('formaction') || form, is_marked: ring };
";

struct Keyboard(Browser);

impl Keyboard {
    async fn press(&self, key: impl Into<TypingData>) {
        self.0.driver.action_chain().send_keys(key).perform().await.unwrap();
    }

    async fn focus(&self) -> Focus {
        let seen = self.0.driver.execute(FOCUS, Vec::new()).await.unwrap();
        serde_json::from_value(seen.json().clone()).unwrap()
    }

    /// Presses Tab until the focus is where it should be. Everything on the way shows that it has it.
    async fn reach(&self, what: &str, is_it: impl Fn(&Focus) -> bool) -> Focus {
        for _ in 0..120 {
            let focus = self.focus().await;
            let is_page = matches!(focus.tag.as_str(), "body" | "html");
            assert!(focus.is_marked || is_page, "it cannot be seen where the focus is on the way to {what}: {focus:?}");
            if is_it(&focus) {
                return focus;
            }
            self.press(Key::Tab).await;
        }
        panic!("{what} cannot be reached on {}: {}", self.0.url().await, self.0.text().await);
    }

    async fn button(&self, action: &str) {
        let is_it = |it: &Focus| it.kind == "submit" && it.action.ends_with(action);
        self.reach(action, is_it).await;
        self.press(Key::Enter).await;
    }

    /// Reaches the group of radio buttons called `name`, and goes on by arrows until `value` is chosen.
    async fn choose(&self, name: &str, value: &str) {
        let mut focus = self.reach(name, |it| it.kind == "radio" && it.name == name).await;
        for _ in 0..20 {
            if focus.value == value {
                return self.press(" ").await;
            }
            self.press(Key::Down).await;
            focus = self.focus().await;
            assert_eq!(focus.name, name, "{focus:?}");
        }
        panic!("there is no {value} among {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_needs_no_mouse() {
    let Some(browser) = Browser::open(1280, Scheme::Light).await else { return };
    let market = working_market().await;
    let keys = Keyboard(browser);
    keys.0.go(&market.at("/")).await;
    // the first stop of every page leads past its head
    keys.press(Key::Tab).await;
    let first = keys.focus().await;
    assert!(first.tag == "a" && first.words.contains("Skip"), "{first:?}");
    keys.reach("the search", |it| it.name == "q").await;
    keys.press("honey" + Key::Enter).await;
    keys.0.wait_for("Hot honey").await;
    keys.reach("a product", |it| it.tag == "a" && it.words.contains("Hot honey")).await;
    keys.press(Key::Enter).await;
    keys.0.wait_for("Add to cart").await;
    keys.button("/cart/items").await;
    keys.0.wait_for("Go to checkout").await;
    keys.reach("the checkout", |it| it.tag == "a" && it.words.contains("Go to checkout")).await;
    keys.press(Key::Enter).await;
    keys.0.wait_for("How would you like to pay").await;
    keys.choose("provider", "fps").await;
    keys.reach("the last button", |it| it.kind == "submit" && it.value == "pay").await;
    keys.0.picture("keyboard-checkout-1280-light").await;
    keys.press(Key::Enter).await;
    keys.0.wait_for("Who is paying?").await;
    keys.choose("persona", "acc_clara").await;
    keys.button("/sign-in").await;
    keys.0.wait_for("Credit card").await;
    keys.button("/payment").await;
    keys.0.wait_for("Confirm").await;
    keys.button("/confirm").await;
    keys.0.wait_for("on hold").await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved);
    market.books().await;
    keys.0.close().await;
}
