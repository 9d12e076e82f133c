//! What a person does who has just cloned the project: registers as a seller, lists a product, buys
//! it as someone else, ships it, sees it settled, and refunds a part. In a real browser, with pictures.

#[path = "../support/browser.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod browser;
#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

mod basket;
mod disputes;
mod express;
mod keyboard;
mod subscription;
mod voice;

use browser::{Browser, Scheme};
use market::Market;
use pushcart::orders::state::State;
use pushcart::store::notifications::Verdict;
use tokio_util::sync::CancellationToken;

async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}

/// The tool itself, so that a picture that looks wrong is the page's fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_has_the_width_and_the_colours_that_were_asked_for() {
    for (width, scheme) in [(390, Scheme::Dark), (1280, Scheme::Light)] {
        let Some(browser) = Browser::open(width, scheme).await else { return };
        browser.go("data:text/html,<meta name=viewport content=width=device-width><title>empty</title><p>empty").await;
        let seen = "return [document.documentElement.clientWidth, matchMedia('(prefers-color-scheme: dark)').matches]";
        let seen = browser.driver.execute(seen, Vec::new()).await.unwrap().json().clone();
        assert_eq!(seen, serde_json::json!([width, scheme == Scheme::Dark]));
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sells_buys_ships_and_refunds() {
    let Some(browser) = Browser::open(1280, Scheme::Light).await else { return };
    let market = working_market().await;

    // A seller comes.
    browser.go(&market.at("/signup")).await;
    browser.fill("name", "Nora Newcomer").await;
    browser.fill("email", "nora@example.com").await;
    browser.fill("password", "a few plain words").await;
    browser.submit("/signup").await;
    browser.wait_for("Hello, Nora").await;
    browser.go(&market.at("/sell")).await;
    browser.picture("sell-1280-light").await;
    browser.go(&market.at("/sell/register")).await;
    browser.fill("name", "Nora's Knots").await;
    browser.fill("tagline", "Rope, mostly").await;
    browser.fill("story", "I tie things together.").await;
    browser.fill("ships_from", "Astoria, Oregon").await;
    browser.fill("email", "tinker@sellers.example").await;
    browser.fill("return_policy", "Thirty days.").await;
    browser.fill("shipping_policy", "Within three days.").await;
    browser.press("main form input[type='checkbox']").await;
    browser.picture("register-1280-light").await;
    browser.submit("/sell/register").await;
    browser.wait_for("Who is going to sell?").await;
    browser.press("input[value='acc_wares']").await;
    browser.picture("provider-seller-1280-light").await;
    browser.submit("/sign-in").await;
    browser.press("form[action$='/confirm'] button").await;
    browser.wait_for("Nora's Knots").await;

    // And lists a product.
    browser.go(&market.at("/sell/products/new")).await;
    browser.fill("title", "Bowline on a board").await;
    browser.fill("description", "A knot that holds, and lets go when asked.").await;
    browser.choose("category", "Workshop").await;
    browser.fill("price", "24.00").await;
    browser.fill("stock", "3").await;
    browser.picture("new-product-1280-light").await;
    browser.press("main form[enctype] button[type='submit']").await;
    browser.wait_for("Bowline on a board").await;

    // Somebody else buys it, without an account.
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    buyer.go(&market.at("/search?q=bowline")).await;
    buyer.wait_for("Bowline on a board").await;
    buyer.go(&market.at("/p/bowline-on-a-board")).await;
    buyer.picture("product-390-light").await;
    buyer.submit("/cart/items").await;
    buyer.wait_for("Go to checkout").await;
    buyer.picture("cart-390-light").await;
    buyer.go(&market.at("/checkout")).await;
    buyer.picture("checkout-390-light").await;
    buyer.press("button[value='pay']").await;
    buyer.wait_for("Who is paying?").await;
    buyer.press("input[value='acc_clara']").await;
    buyer.picture("provider-buyer-390-light").await;
    buyer.submit("/sign-in").await;
    buyer.submit("/payment").await;
    buyer.picture("provider-review-390-light").await;
    buyer.submit("/confirm").await;
    buyer.wait_for("on hold").await;
    buyer.picture("order-390-light").await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved);

    // The seller ships it, and the money settles.
    browser.go(&market.at(&format!("/sell/orders/{}", order.id))).await;
    browser.fill("carrier", "Post").await;
    browser.fill("tracking_number", "RR 1234").await;
    browser.picture("desk-order-1280-light").await;
    browser.submit("/ship").await;
    browser.wait_for("Shipped and paid").await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    browser.go(&market.at(&format!("/sell/orders/{}", order.id))).await;
    browser.fill("amount", "4.00").await;
    browser.submit("/refund").await;
    browser.wait_for("Refunded").await;
    browser.picture("desk-refunded-1280-light").await;
    browser.go(&market.at("/sell/statement")).await;
    browser.picture("statement-1280-light").await;
    buyer.go(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.wait_for("$4.00").await;
    buyer.picture("order-refunded-390-light").await;
    market.books().await;
    buyer.close().await;
    browser.close().await;
}

/// The first card is refused for good, the second one works; then the parcel ships and a part goes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_at_amazon_is_repaired_with_another_one() {
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    let market = working_market().await;
    buyer.go(&market.at("/p/wildflower-honey")).await;
    go_to_amazon(&buyer, &market).await;
    buyer.press("input[value='amzn1.account.HARRYHARD']").await;
    buyer.picture("amazon-people-390-light").await;
    buyer.submit("/checkout/sign-in").await;
    buyer.press("input[value='5252']").await;
    buyer.picture("amazon-cards-390-light").await;
    buyer.submit("/checkout/choose").await;
    buyer.submit_unless_at("/checkout/pay", &market.shop_url).await;
    buyer.wait_for("another way").await;
    buyer.picture("amazon-declined-390-light").await;
    assert_eq!(market.last_order().await.state, State::Declined);

    // The provider's own button, drawn by its script.
    buyer.press("form[action$='/pay'] div button").await;
    buyer.wait_for("Harry Harddecline").await;
    buyer.press("input[value='amzn1.account.HARRYHARD']").await;
    buyer.submit("/checkout/sign-in").await;
    buyer.press("input[value='1111']").await;
    buyer.submit("/checkout/choose").await;
    buyer.submit_unless_at("/checkout/pay", &market.shop_url).await;
    buyer.wait_for("on hold").await;
    buyer.picture("amazon-order-390-light").await;
    let order = market.last_order().await;
    assert_eq!((order.state, &*order.provider), (State::Reserved, "amazon_pay"));

    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.submit("/ship", &[("carrier", "Post")]).await;
    market.settle_down().await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.submit("/refund", &[("amount", "2.00")]).await;
    market.settle_down().await;
    buyer.go(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.wait_for("$2.00").await;
    for (kind, state) in [("reserve", "Authorized"), ("settle", "Captured"), ("refund", "Refunded")] {
        assert_eq!(market.count(kind, state).await, 1, "{kind}");
    }
    market.books().await;
    buyer.close().await;
}

/// She pays at Amazon and closes the window before it comes back; a quarter of an hour later the
/// shop has asked, and in another window, signed in again, she finds her order.
#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_who_closes_the_window_at_amazon_finds_her_order_later() {
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    let market = working_market().await;
    sign_in(&buyer, &market, "ana@example.com").await;
    buyer.go(&market.at("/p/wildflower-honey")).await;
    go_to_amazon(&buyer, &market).await;
    buyer.press("input[value='amzn1.account.ANAALLGOOD']").await;
    buyer.submit("/checkout/sign-in").await;
    buyer.press("input[value='1111']").await;
    buyer.submit("/checkout/choose").await;
    buyer.wait_for("Pay now").await;
    buyer.never_reaches("*/return/amazon_pay*").await;
    buyer.submit_and_leave("/checkout/pay").await;
    was_sent_back(&market).await;
    buyer.close().await;
    let order = market.last_order().await;
    assert_eq!((order.state, market.count("reserve", "Authorized").await), (State::Placed, 0), "nobody came back");

    market.later(std::time::Duration::from_secs(15 * 60)).await;
    becomes(&market, State::Reserved).await;
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    sign_in(&buyer, &market, "ana@example.com").await;
    buyer.go(&market.at("/account/orders")).await;
    buyer.wait_for(&order.number).await;
    buyer.go(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.wait_for("on hold").await;
    let forms = buyer.driver.find_all(thirtyfour::By::Css("form[action$='/pay']")).await.unwrap();
    assert!(forms.is_empty(), "nothing asks her to pay again");
    buyer.picture("amazon-found-390-light").await;
    buyer.go(&market.at("/mailbox")).await;
    buyer.wait_for(&order.number).await;
    let letters = market.ctx().store.letters(50).await.unwrap();
    let hers: Vec<_> = letters.iter().filter(|letter| letter.recipient == "ana@example.com").collect();
    assert_eq!(hers.len(), 1, "{hers:?}");
    assert!(hers[0].body_text.contains("on hold"), "{}", hers[0].body_text);
    assert_eq!((market.transactions().await.len(), market.count("reserve", "Authorized").await), (1, 1));
    market.books().await;
    buyer.close().await;
}

/// Amazon's answer to the charge is slow; its notification is faster, and the browser is still on its
/// way back when the order changes.
#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_overtakes_the_return_is_applied_once() {
    let Some(buyer) = Browser::open(390, Scheme::Light).await else { return };
    let market = working_market().await;
    let slow = serde_json::json!({ "provider": "amazon_pay", "operation": "CreateCharge", "fault": "delay", "milliseconds": 3500 });
    market.control("POST", "faults", Some(slow)).await;
    buyer.go(&market.at("/p/wildflower-honey")).await;
    go_to_amazon(&buyer, &market).await;
    buyer.press("input[value='amzn1.account.ANAALLGOOD']").await;
    buyer.submit("/checkout/sign-in").await;
    buyer.press("input[value='1111']").await;
    buyer.submit("/checkout/choose").await;
    buyer.submit_unless_at("/checkout/pay", &market.shop_url).await;
    buyer.wait_for("on hold").await;
    assert!(buyer.url().await.starts_with(&market.shop_url), "{}", buyer.url().await);
    buyer.picture("amazon-overtaken-390-light").await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    let news = market.ctx().store.notifications(pushcart::base::clock::Millis(i64::MAX), 50).await.unwrap();
    let applied = news.iter().filter(|one| one.provider == "amazon_pay" && one.verdict == Verdict::Applied);
    assert_eq!(applied.count(), 1, "the notification came first: {news:?}");
    let order = market.last_order().await;
    assert_eq!(market.ctx().store.bookings(&order.id).await.unwrap().len(), 1, "booked once");
    assert_eq!((market.transactions().await.len(), market.count("reserve", "Authorized").await), (1, 1));
    market.books().await;
    buyer.close().await;
}

async fn sign_in(browser: &Browser, market: &Market, email: &str) {
    browser.go(&market.at("/signin")).await;
    browser.fill("email", email).await;
    browser.fill("password", pushcart::seed::PASSWORD).await;
    browser.submit("/signin").await;
    browser.wait_for("Hello, ").await;
}

/// From a product's page to Amazon's.
async fn go_to_amazon(browser: &Browser, market: &Market) {
    browser.submit("/cart/items").await;
    browser.wait_for("Go to checkout").await;
    browser.go(&market.at("/checkout")).await;
    browser.press("input[value='amazon_pay']").await;
    browser.press("button[value='pay']").await;
    browser.wait_for("Harry Harddecline").await;
}

/// Waits until Amazon has taken the approval and sends the buyer back: on a busy machine that takes a while.
async fn was_sent_back(market: &Market) {
    for _ in 0..200 {
        let log = market.control("GET", "log", None).await;
        let is_page = |one: &serde_json::Value| one["operation"] == "Checkout" && one["status"] == 303;
        if log["entries"].as_array().unwrap().iter().any(is_page) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("Amazon never heard that the buyer approved");
}

/// Waits until the worker has brought the newest order into this state.
async fn becomes(market: &Market, state: State) {
    for _ in 0..200 {
        if market.last_order().await.state == state {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{} instead of {state}", market.last_order().await.state);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_phones_and_desks_in_light_and_dark() {
    for scheme in [Scheme::Light, Scheme::Dark] {
        for width in [390, 1280] {
            let Some(browser) = Browser::open(width, scheme).await else { return };
            let market = working_market().await;
            let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
            let tone = format!("{width}-{}", if scheme == Scheme::Dark { "dark" } else { "light" });
            for (name, path) in [
                ("home", "/".to_owned()),
                ("search", "/search?q=honey".to_owned()),
                ("product", "/p/hot-honey".to_owned()),
                ("seller", "/s/quill-and-comb".to_owned()),
                ("empty-cart", "/cart".to_owned()),
                ("signin", "/signin".to_owned()),
                ("missing", "/nothing".to_owned()),
                ("mailbox", "/mailbox".to_owned()),
                ("order-by-link", format!("/orders/{}?key={}", order.id, order.secret)),
            ] {
                browser.go(&market.at(&path)).await;
                browser.picture(&format!("{name}-{tone}")).await;
            }
            sign_in(&browser, &market, "operator@example.com").await;
            for page in ["", "/orders", "/notifications", "/operations", "/ledger", "/reconciliation", "/sellers"] {
                browser.go(&market.at(&format!("/admin{page}"))).await;
                browser.picture(&format!("admin{}-{tone}", page.replace('/', "-"))).await;
            }
            browser.close().await;
        }
    }
}

/// A market whose worker works by itself.
async fn working_market() -> Market {
    let market = Market::open().await.unwrap();
    let app = market.app.clone();
    tokio::spawn(async move { app.work(CancellationToken::new()).await });
    market
}
