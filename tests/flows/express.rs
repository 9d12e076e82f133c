//! Amazon Pay from the basket: the address comes from there, and is looked over before it is an order.

use std::time::Duration;

use pushcart::base::money::Money;
use pushcart::orders::operation::Kind;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;
use pushcart::pay::amazon_pay::calls;
use pushcart::pay::amazon_pay::wire::Price;
use pushcart::pay::amazon_pay::wire::sessions::{PaymentDetails, SessionChanges};
use serde_json::{Value, json};

use crate::market::Market;
use crate::visitor::{Form, Visitor};

const ANA: &str = "amzn1.account.ANAALLGOOD";
/// The pages go well for him, then completing is refused.
const LARS: &str = "amzn1.account.LARSLATE";

impl Market {
    /// Leaves from the basket, signs in and chooses; lands on the review.
    async fn to_review(&self, visitor: &mut Visitor, buyer: &str, address: &str) {
        visitor.open(&self.at("/cart")).await;
        visitor.submit("/cart/express", &[]).await;
        visitor.submit("/checkout/sign-in", &[("persona", buyer)]).await;
        visitor.submit("/checkout/choose", &[("address", address)]).await;
    }

    async fn with_two_sellers(&self) -> Visitor {
        let mut visitor = self.visitor_with("wildflower-honey", "1").await;
        visitor.open(&self.at("/p/pink-teapot")).await;
        visitor.submit("/cart/items", &[("quantity", "1")]).await;
        visitor
    }

    async fn orders(&self) -> Vec<Order> {
        self.ctx().store.all_orders("~", 10).await.unwrap()
    }

    /// What other software of the merchant could do: it has the same keys.
    async fn change_amount(&self, session: &str, amount: Money) {
        let payment_details = Some(PaymentDetails { charge_amount: Some(Price::of(amount)), ..Default::default() });
        let changes = SessionChanges { payment_details, ..Default::default() };
        self.amazon_client().ask(&calls::update_session(session, &changes)).await.unwrap();
    }
}

/// The session of an order's approval, as it is kept.
async fn session_of(market: &Market, order: &Order) -> String {
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    operations.iter().find(|op| op.kind == Kind::Consent).unwrap().transaction.clone().unwrap()
}

#[tokio::test]
async fn a_buyer_pays_from_the_basket_with_the_address_that_amazon_knows() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    market.to_review(&mut ana, ANA, "home").await;
    ana.page.says(200, "1 High Street");
    for words in
        ["Ana Allgood", "ana@amazon-buyers.example", "Visa ****1111 (Amazon Pay)", "Parcels to WA carry 6.50 %"]
    {
        ana.page.says(200, words);
    }
    // Another address there changes the tax here.
    let change = ana.page.links().into_iter().find(|link| link.starts_with(&market.sandbox_url)).unwrap();
    ana.open(&change).await;
    ana.submit("/checkout/choose", &[("address", "berlin"), ("instrument", "4444")]).await;
    ana.page.says(200, "Parcels that leave the U.S. carry no sales tax");
    ana.page.says(200, "MasterCard ****4444");
    ana.submit("/checkout/review", &[("shipping_method", "express"), ("intent", "update")]).await;
    ana.page.says(200, "$12.00");
    assert!(market.orders().await.is_empty());

    ana.submit("/checkout/review", &[("intent", "pay")]).await;
    ana.submit("/checkout/pay", &[]).await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!((order.state, &*order.provider), (State::Reserved, "amazon_pay"), "{}", ana.page.text());
    assert_eq!(order.totals.shipping.minor, 1200);
    let checkout = market.ctx().store.checkout(&order.checkout).await.unwrap().unwrap();
    assert_eq!((&*checkout.address.city, &*checkout.address.country), ("Berlin", "DE"));
    assert_eq!(checkout.email, "ana@amazon-buyers.example");
    ana.page.says(200, "Karl-Marx-Allee 9");
    assert_eq!(market.count("reserve", "Authorized").await, 1);
    market.books().await;
}

#[tokio::test]
async fn two_sellers_take_one_visit_and_one_more_trip() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.with_two_sellers().await;
    market.to_review(&mut ana, ANA, "berlin").await;
    ana.page.says(200, "You approve 2 payments");
    ana.submit("/checkout/review", &[("intent", "pay")]).await;
    ana.submit("/checkout/pay", &[]).await;
    ana.page.says(200, "One more to approve");
    ana.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut ana, ANA, "1111").await;
    market.settle_down().await;
    let orders = market.orders().await;
    assert_eq!(orders.iter().map(|order| order.state).collect::<Vec<_>>(), [State::Reserved, State::Reserved]);
    assert_ne!(session_of(&market, &orders[0]).await, session_of(&market, &orders[1]).await);
    assert_eq!(market.count("reserve", "Authorized").await, 2);
    market.books().await;
}

#[tokio::test]
async fn a_session_whose_amount_was_changed_is_no_approval() {
    let Some(market) = Market::open().await else { return };
    for is_express in [true, false] {
        let mut ana = market.visitor_with("wildflower-honey", "1").await;
        if is_express {
            market.to_review(&mut ana, ANA, "berlin").await;
            ana.submit("/checkout/review", &[("intent", "pay")]).await;
        } else {
            market.check_out_with(&mut ana, "amazon_pay").await;
        }
        let order = market.last_order().await;
        market.change_amount(&session_of(&market, &order).await, Money::usd(1)).await;
        if is_express {
            ana.submit("/checkout/pay", &[]).await;
        } else {
            market.approve_at_amazon(&mut ana, ANA, "1111").await;
        }
        ana.page.says(200, "The payment service did not accept the amount. Nothing was charged.");
        market.settle_down().await;
        let order = market.order(&order.id).await;
        assert_eq!(order.state, State::Declined);
        assert!(order.flag.as_ref().is_some_and(|flag| flag.contains("was not the order's")), "{:?}", order.flag);
        assert_eq!(market.count("reserve", "Authorized").await, 0);

        // A fresh session over the right amount goes through.
        ana.submit("/pay", &[]).await;
        market.approve_at_amazon(&mut ana, ANA, "1111").await;
        market.settle_down().await;
        assert_eq!(market.order(&order.id).await.state, State::Reserved);
        ana.submit("/cancel", &[]).await;
        market.settle_down().await;
    }
    market.books().await;
}

#[tokio::test]
async fn a_visit_that_is_cancelled_or_a_day_old_orders_nothing_and_says_so() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    ana.open(&market.at("/cart")).await;
    ana.submit("/cart/express", &[]).await;
    ana.submit("/checkout/leave", &[]).await;
    ana.page.says(422, "You left the payment page before approving.");
    ana.page.says(422, "Your cart");

    market.to_review(&mut ana, ANA, "berlin").await;
    market.later(Duration::from_secs(25 * 60 * 60)).await;
    ana.submit("/checkout/review", &[("intent", "pay")]).await;
    ana.page.says(422, "open for more than a day");
    assert!(market.orders().await.is_empty());
    // and from that page one can start again
    market.to_review(&mut ana, ANA, "berlin").await;
    ana.page.says(200, "Pay now");
}

#[tokio::test]
async fn a_session_that_runs_out_before_its_order_leaves_the_order_to_be_paid_anew() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    market.to_review(&mut ana, ANA, "berlin").await;
    market.later(Duration::from_secs(20 * 60 * 60)).await;
    ana.open(&ana.page.url.clone()).await;
    ana.submit("/checkout/review", &[("intent", "pay")]).await;
    let order = market.last_order().await;
    market.later(Duration::from_secs(5 * 60 * 60)).await;
    market.settle_down().await;
    let order = market.order(&order.id).await;
    assert_eq!(order.state, State::Placed, "the session is 25 hours old, the order 5");
    assert!(order.message.as_ref().is_some_and(|words| words.contains("more than a day")), "{:?}", order.message);
    ana.open(&market.at(&format!("/orders/{}", order.id))).await;
    ana.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut ana, ANA, "1111").await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    market.books().await;
}

#[tokio::test]
async fn a_session_s_id_shows_a_stranger_nothing() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    market.to_review(&mut ana, ANA, "berlin").await;
    let address = ana.page.url.clone();
    for mut stranger in [Visitor::new(), market.visitor_with("wildflower-honey", "1").await] {
        stranger.open(&address).await;
        assert_eq!(stranger.page.status, 422);
        for secret in ["Karl-Marx", "Ana Allgood", "ana@amazon", "1111"] {
            assert!(!stranger.page.html.contains(secret), "{secret}: {}", stranger.page.text());
        }
        let visit = address.split_once('=').unwrap().1;
        let fields = [("visit", visit), ("shipping_method", "standard"), ("intent", "pay")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        stranger.send(&Form { action: market.at("/checkout/review/amazon_pay"), is_post: true, fields }).await;
        assert_eq!(stranger.page.status, 422);
    }
    assert!(market.orders().await.is_empty());
    ana.open(&address).await;
    ana.page.says(200, "Karl-Marx-Allee 9");
    ana.submit("/checkout/review", &[("intent", "pay")]).await;

    // Nor does the id of a session that is an order's by now, from the basket or from the checkout.
    let mut ben = market.visitor_with("wildflower-honey", "1").await;
    market.check_out_with(&mut ben, "amazon_pay").await;
    for order in market.orders().await {
        let session = session_of(&market, &order).await;
        let mut stranger = market.visitor_with("wildflower-honey", "1").await;
        stranger.open(&market.at(&format!("/checkout/review/amazon_pay?amazonCheckoutSessionId={session}"))).await;
        stranger.page.says(422, "not begun in this browser");
        let fields = [("visit", &*session), ("shipping_method", "standard"), ("intent", "pay")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        stranger.send(&Form { action: market.at("/checkout/review/amazon_pay"), is_post: true, fields }).await;
        stranger.page.says(422, "not begun in this browser");
        stranger.open(&market.at(&format!("/orders/{}", order.id))).await;
        assert_eq!(stranger.page.status, 404);
    }
}

#[tokio::test]
async fn a_refusal_at_the_end_leaves_the_order_to_be_paid_anew() {
    let Some(market) = Market::open().await else { return };
    let mut lars = market.visitor_with("wildflower-honey", "1").await;
    market.to_review(&mut lars, LARS, "berlin").await;
    lars.submit("/checkout/review", &[("intent", "pay")]).await;
    lars.submit("/checkout/pay", &[]).await;
    lars.page.says(200, "Nothing was charged");
    let order = market.last_order().await;
    assert_eq!(order.state, State::Placed);
    lars.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut lars, ANA, "1111").await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    market.books().await;
}

/// What the provider's script does when the button is pressed: posts what it was told.
async fn press(visitor: &mut Visitor, market: &Market, settings: &Value, config: &Value) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut fields: Vec<(String, String)> = Vec::new();
    for name in ["merchantId", "ledgerCurrency", "productType", "placement", "sandbox"] {
        fields.push((name.to_owned(), text(&settings[name])));
    }
    for name in ["payloadJSON", "signature", "algorithm", "publicKeyId"] {
        fields.push((name.to_owned(), text(&config[name])));
    }
    let form = Form { action: format!("{}/checkout", market.sandbox_url), is_post: true, fields };
    visitor.send(&form).await;
}

fn settings_on(visitor: &Visitor) -> Value {
    let html = scraper::Html::parse_document(&visitor.page.html);
    let form = html.select(&scraper::Selector::parse("form[data-pay-settings]").unwrap()).next().expect("a button");
    serde_json::from_str(form.value().attr("data-pay-settings").unwrap()).unwrap()
}

#[tokio::test]
async fn the_signed_button_leads_to_the_same_review() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    ana.open(&market.at("/cart")).await;
    let settings = settings_on(&ana);
    let mut forged = settings["createCheckoutSessionConfig"].clone();
    forged["payloadJSON"] = forged["payloadJSON"].as_str().unwrap().replace("localhost", "elsewhere").into();
    press(&mut ana, &market, &settings, &forged).await;
    assert_eq!(ana.page.status, 403, "{}", ana.page.text());
    press(&mut ana, &market, &settings, &settings["createCheckoutSessionConfig"]).await;
    ana.submit("/checkout/sign-in", &[("persona", ANA)]).await;
    ana.submit("/checkout/choose", &[("address", "berlin")]).await;
    ana.page.says(200, "Karl-Marx-Allee 9");
    ana.submit("/checkout/review", &[("intent", "pay")]).await;
    ana.submit("/checkout/pay", &[]).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    market.books().await;
}

#[tokio::test]
async fn an_order_s_own_button_pressed_twice_is_approved_once() {
    let Some(market) = Market::open().await else { return };
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    market.check_out_with(&mut ana, "amazon_pay").await;
    let order = market.last_order().await;
    ana.open(&market.at(&format!("/orders/{}", order.id))).await;
    let settings = settings_on(&ana);
    let sign = market.at(&format!("/orders/{}/pay/button", order.id));
    // Two windows: each press signs anew and makes a session of its own.
    let mut ways_back = Vec::new();
    for _ in 0..2 {
        let signed = ana.once("POST", &sign, Some(String::new())).await;
        let signed: Value = serde_json::from_str(&signed.html).unwrap();
        press(&mut ana, &market, &settings, &signed["createCheckoutSessionConfig"]).await;
        ana.submit("/checkout/sign-in", &[("persona", ANA)]).await;
        let chosen = ana.page.form("/checkout/choose");
        let page = ana.once("POST", &chosen.action, Some(chosen.body())).await;
        assert!(page.text().contains("Ana Bell, 12 Orchard Lane, Portland"), "{}", page.text());
        let pay = page.form("/checkout/pay");
        ways_back.push(ana.once("POST", &pay.action, Some(pay.body())).await.headers["location"].clone());
    }
    assert_ne!(ways_back[0], ways_back[1]);
    for back in ways_back {
        ana.open(&back).await;
        market.settle_down().await;
        assert_eq!(market.order(&order.id).await.state, State::Reserved, "{}", ana.page.text());
    }
    assert_eq!(market.count("reserve", "Authorized").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_lost_answer_to_the_update_or_the_completion_is_made_good() {
    let Some(market) = Market::open().await else { return };
    for operation in ["UpdateCheckoutSession", "CompleteCheckoutSession"] {
        let fault = json!({ "provider": "amazon_pay", "operation": operation, "fault": "drop_response", "times": 1 });
        market.control("POST", "faults", Some(fault)).await;
    }
    let mut ana = market.visitor_with("wildflower-honey", "1").await;
    market.to_review(&mut ana, ANA, "berlin").await;
    ana.submit("/checkout/review", &[("intent", "pay")]).await;
    // The order stands, and its page offers to go on by a trip of its own.
    ana.page.says(200, "does not answer right now");
    ana.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut ana, ANA, "1111").await;
    market.later(Duration::from_secs(15 * 60)).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    assert_eq!(market.count("reserve", "Authorized").await, 1);
    market.books().await;
}
