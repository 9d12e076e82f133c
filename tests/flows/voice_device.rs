//! The whole way with the device of the sandbox: sentences in, signed requests, payments at Amazon's side,
//! and the same desk and books as every other order.

use std::collections::BTreeMap;

use pushcart::orders::state::State;
use serde_json::{Value, json};

use crate::market::Market;

/// A sentence of Ana's; what followed.
async fn says(market: &Market, text: &str) -> Value {
    let turn =
        market.control("POST", "alexa/say", Some(json!({ "persona": "Ana", "locale": "en-US", "text": text }))).await;
    assert_eq!(turn["broken"], json!([]), "{turn}");
    for exchange in turn["exchanges"].as_array().unwrap() {
        assert_eq!(exchange["status"], 200, "{exchange}");
    }
    turn
}

/// The last thing that the skill said.
fn said(turn: &Value) -> String {
    let all = turn["said"].as_array().unwrap();
    let last = all.iter().rev().find(|one| one["by"] == "skill").unwrap_or_else(|| panic!("nothing was said: {turn}"));
    last["text"].as_str().unwrap().to_owned()
}

async fn buys(market: &Market) -> Value {
    says(market, "open pushcart market").await;
    says(market, "add wildflower honey to my cart").await;
    let read_back = says(market, "check out").await;
    assert!(said(&read_back).ends_with("Shall I place the order?"), "{}", said(&read_back));
    says(market, "yes").await
}

#[tokio::test]
async fn an_order_by_voice_ships_from_the_same_desk_and_settles() {
    let Some(market) = Market::open().await else { return };
    let bought = buys(&market).await;
    assert!(said(&bought).starts_with("Thank you."), "{bought}");
    let order = market.last_order().await;
    assert_eq!((order.state, order.channel.as_str()), (State::Reserved, "alexa"));
    says(&market, "open pushcart market").await;
    says(&market, "add wildflower honey to my cart").await;
    let mut seller = market.seller_at(&order).await;
    seller.submit(&format!("/sell/orders/{}/ship", order.id), &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    agree(&market).await;
    let back = says(&market, "open pushcart market").await;
    assert!(said(&back).contains("There is one thing in your cart"), "shipping takes nothing out: {}", said(&back));

    // the buyer asks for the money by voice, the seller agrees at the desk
    says(&market, "open pushcart market").await;
    let asked = says(&market, "I want a refund").await;
    assert!(said(&asked).contains("the seller decides"), "{}", said(&asked));
    says(&market, "yes").await;
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.page.says(200, "Asked by voice");
    seller.submit(&format!("/sell/orders/{}/refund", order.id), &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    agree(&market).await;
}

#[tokio::test]
async fn a_declined_card_is_mended_and_the_same_order_is_charged() {
    let Some(market) = Market::open().await else { return };
    let choice = json!({ "persona": "Ana", "table": "Decline", "code": "InvalidPaymentMethod" });
    market.control("POST", "alexa/next", Some(choice)).await;
    let declined = buys(&market).await;
    assert!(said(&declined).starts_with("Nothing was charged."), "{declined}");
    assert!(
        declined["said"].as_array().unwrap().iter().any(|one| one["by"] == "alexa"),
        "Amazon speaks first: {declined}"
    );
    assert_eq!(market.last_order().await.state, State::Declined);
    market.control("POST", "alexa/person", Some(json!({ "persona": "Ana", "mends_payment": true }))).await;
    says(&market, "open pushcart market").await;
    says(&market, "yes").await;
    let bought = says(&market, "yes").await;
    assert!(said(&bought).starts_with("Thank you."), "{bought}");
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    assert_eq!((orders.len(), orders[0].state), (1, State::Reserved));
    market.settle_down().await;
    agree(&market).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_told_by_the_notification() {
    let Some(market) = Market::open().await else { return };
    says(&market, "open pushcart market").await;
    says(&market, "add wildflower honey to my cart").await;
    says(&market, "check out").await;
    // what the charge came to reaches nobody
    let lost = json!({ "provider": "alexa", "operation": "Charge", "fault": "drop_request", "times": 1 });
    market.control("POST", "faults", Some(lost)).await;
    let yes = json!({ "persona": "Ana", "locale": "en-US", "text": "yes" });
    let turn = market.control("POST", "alexa/say", Some(yes)).await;
    assert_eq!(turn["broken"].as_array().unwrap().len(), 1, "{turn}");
    assert_eq!(market.control("GET", "faults", None).await["faults"], json!([]), "it struck");
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved, "the notification said so");
    assert_eq!(market.ctx().store.operations_of(order.id.as_str()).await.unwrap().len(), 1);
    agree(&market).await;
}

#[tokio::test]
async fn an_order_by_voice_is_called_off_by_voice_and_the_hold_is_let_go() {
    let Some(market) = Market::open().await else { return };
    buys(&market).await;
    says(&market, "open pushcart market").await;
    let asked = says(&market, "cancel my order").await;
    assert!(said(&asked).starts_with("Shall I cancel"), "{}", said(&asked));
    says(&market, "yes").await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Cancelled);
    agree(&market).await;
}

#[tokio::test]
async fn what_is_digital_is_taken_and_delivered_at_once() {
    let Some(market) = Market::open().await else { return };
    says(&market, "open pushcart market").await;
    says(&market, "add sourdough letter to my cart").await;
    let read_back = says(&market, "check out").await;
    assert!(said(&read_back).contains("delivered at once"), "{}", said(&read_back));
    let bought = says(&market, "yes").await;
    assert!(said(&bought).contains("delivered"), "{}", said(&bought));
    let order = market.last_order().await;
    assert_eq!((order.state, order.is_digital, order.totals.shipping.minor), (State::Shipped, true, 0));
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!((operations.len(), operations[0].kind.word()), (1, "pay"));
    let mut visitor = crate::visitor::Visitor::new();
    visitor.open(&market.at(&format!("/orders/{}?key={}", order.id, order.secret))).await;
    visitor.page.says(200, "it forgives nearly everything");
    let status = says(&market, "open pushcart market").await;
    assert!(said(&status).contains("What are you looking for?"), "the cart is empty");
    market.settle_down().await;
    agree(&market).await;
}

#[tokio::test]
async fn a_demo_that_begins_again_is_one_with_a_stranger_and_what_was_bought_stays() {
    let Some(market) = Market::open().await else { return };
    buys(&market).await;
    says(&market, "open pushcart market").await;
    says(&market, "add wildflower honey to my cart").await;
    market
        .control("POST", "alexa/person", Some(json!({ "persona": "Ana", "consent": "denied", "locale": "en-US" })))
        .await;
    let before = market.control("GET", "alexa/state?persona=Ana", None).await;

    // the conversation alone: the skill knows them still
    let kept = market.control("POST", "alexa/reset", Some(json!({ "persona": "Ana" }))).await;
    assert_eq!((&kept["user_id"], &kept["consent"]), (&before["user_id"], &json!("denied")));
    let known = says(&market, "open pushcart market").await;
    assert!(said(&known).contains("There is one thing in your cart"), "{}", said(&known));

    // the button of the page, without a script
    let mut presenter = crate::visitor::Visitor::new();
    presenter.open(&format!("{}/alexa?persona=ana", market.sandbox_url)).await;
    presenter.submit("/alexa/reset", &[]).await;
    presenter.page.says(200, "Nobody has said anything yet");
    presenter.page.says(200, "comes back as a new user");
    let after = market.control("GET", "alexa/state?persona=Ana", None).await;
    assert_ne!(after["user_id"], before["user_id"]);
    assert_ne!(after["device_id"], before["device_id"]);
    assert_eq!((&after["consent"], &after["persona"]), (&json!("granted"), &before["persona"]));
    let stranger = says(&market, "open pushcart market").await;
    assert!(said(&stranger).contains("What are you looking for?"), "{}", said(&stranger));
    let orders = says(&market, "where is my order").await;
    assert!(said(&orders).contains("You have no orders yet."), "{}", said(&orders));
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved, "what was bought stays");

    // and can buy like anybody: a new agreement, another order
    let bought = buys(&market).await;
    assert!(said(&bought).starts_with("Thank you."), "{bought}");
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    assert_eq!(orders.len(), 2);
    // the seller of the first one ships it and is paid, whoever the buyer is by now
    market.ship(&order).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    agree(&market).await;
}

/// The shop's books and the sandbox's ledger say the same of every reference.
async fn agree(market: &Market) {
    let books = serde_json::to_value(market.books().await).unwrap();
    let theirs = market.transactions().await;
    let mut by_reference: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for transaction in &theirs {
        let reference = transaction["caller_reference"].as_str().unwrap_or_default().to_owned();
        by_reference.entry(reference).or_default().push(transaction);
    }
    for order in books["orders"].as_array().unwrap() {
        for operation in order["operations"].as_array().unwrap() {
            let reference = operation["caller_reference"].as_str().unwrap();
            let kind = operation["kind"].as_str().unwrap();
            if operation["state"] != "succeeded" || !matches!(kind, "reserve" | "settle" | "refund" | "pay") {
                continue;
            }
            let found =
                by_reference.get(reference).unwrap_or_else(|| panic!("{kind} {reference} is not in {theirs:?}"));
            let sum: i64 = found.iter().filter_map(|it| it["amount_minor"].as_i64()).max().unwrap();
            assert_eq!(sum, operation["amount_minor"].as_i64().unwrap(), "{kind} {reference}");
        }
    }
}
