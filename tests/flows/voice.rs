//! Buying by voice: what is said, and what it does to orders, stock and books.

use pushcart::orders::operation::Progress;
use pushcart::orders::state::State;
use serde_json::{Value, json};

use crate::market::Market;
use crate::speaker::{Speaker, agreement, charged, done};

#[tokio::test]
async fn a_voice_order_is_read_back_and_charged_after_one_clear_yes() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.open().await;
    assert!(buyer.speech().contains("What are you looking for?"));
    buyer.wants("FindProductIntent", &[("product", "wildflower-honey")]).await;
    assert!(buyer.speech().contains("Would you like it in your cart?"), "{}", buyer.speech());
    buyer.says("AMAZON.YesIntent").await;
    buyer.says("AMAZON.NoIntent").await;
    assert!(buyer.speech().ends_with("Would you like to check out?"), "{}", buyer.speech());
    buyer.says("AMAZON.YesIntent").await;
    let (name, setup, token) = buyer.directive();
    assert_eq!((name.as_str(), buyer.answer["shouldEndSession"].clone()), ("Setup", json!(true)));
    assert_eq!(setup["sellerId"], "A1PUSHCARTDEMO");

    buyer.amazon_says("Setup", done(), agreement("OPEN", true), &token).await;
    let said = buyer.speech();
    assert!(said.contains("Susie Smith in Portland") && said.ends_with("Shall I place the order?"), "{said}");
    assert!(!said.contains("Orchard Lane"), "the street is for the card: {said}");
    assert!(buyer.answer["card"]["content"].as_str().unwrap().contains("12 Orchard Lane"));
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 0, "nothing is ordered before the yes");

    buyer.says("AMAZON.YesIntent").await;
    let (name, asked, token) = buyer.directive();
    assert_eq!(name, "Charge");
    let order = market.last_order().await;
    assert_eq!(
        (order.state, order.channel.as_str(), order.provider.as_str()),
        (State::Consented, "alexa", "amazon_pay")
    );
    assert_eq!(asked["authorizeAttributes"]["authorizationAmount"]["amount"], order.total.decimal());

    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
    assert!(buyer.speech().starts_with("Thank you."), "{}", buyer.speech());
    assert!(buyer.answer["card"]["content"].as_str().unwrap().contains(&format!("/orders/{}", order.id)));
    assert_eq!(market.order(&order.id).await.state, State::Reserved);
    let books = serde_json::to_value(market.books().await).unwrap();
    let booked = &books["orders"][0];
    assert_eq!((&booked["channel"], booked["operations"].as_array().unwrap().len()), (&json!("alexa"), 1));
    let charge = &booked["operations"][0];
    assert_eq!((&charge["kind"], &charge["state"]), (&json!("reserve"), &json!("succeeded")));
    assert_eq!(charge["caller_reference"], asked["authorizeAttributes"]["authorizationReferenceId"]);

    // the cart is empty now, and the agreement is used again
    buyer.open().await;
    assert!(buyer.speech().contains("What are you looking for?"));
    buyer.wants("AddToCartIntent", &[("product", "wildflower-honey")]).await;
    buyer.says("CheckoutIntent").await;
    assert!(buyer.speech().ends_with("Shall I place the order?"), "{}", buyer.speech());
}

#[tokio::test]
async fn the_same_answer_twice_makes_no_second_order_and_says_the_same() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "de-DE");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    let (asked, token) = buyer.approves(&token).await;
    let payload = charged(&asked, "Open", None);
    let first = buyer.amazon_says("Charge", done(), payload.clone(), &token).await.clone();
    let second = buyer.amazon_says("Charge", done(), payload, &token).await.clone();
    assert_eq!(first, second);
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 1);
    // an answer of another kind under the spent token is not heard either
    buyer.amazon_says("Charge", json!({ "code": "400", "message": "InvalidPaymentMethod" }), Value::Null, &token).await;
    assert_eq!(buyer.answer, first);
    assert_eq!(market.last_order().await.state, State::Reserved);
    market.books().await;
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_not_believed() {
    let Some(market) = Market::open().await else { return };
    for change in
        ["reference", "amount", "currency", "state", "where the sample looks", "another user", "another token"]
    {
        let mut buyer = Speaker::new(market.ctx(), "en-US");
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let (asked, mut token) = buyer.approves(&token).await;
        let mut payload = charged(&asked, "Open", None);
        let details = &mut payload["authorizationDetails"];
        match change {
            "reference" => details["authorizationReferenceId"] = "opn_00000000000000000000000000".into(),
            "amount" => details["authorizationAmount"]["amount"] = "0.01".into(),
            "currency" => details["authorizationAmount"]["currencyCode"] = "EUR".into(),
            "state" => details["authorizationStatus"]["state"] = "Completed".into(),
            "where the sample looks" => {
                details["state"] = "Open".into();
                details["authorizationStatus"] = Value::Null;
            }
            "another user" => buyer.user.push('x'),
            _ => token.push('x'),
        }
        buyer.amazon_says("Charge", done(), payload, &token).await;
        assert!(!buyer.speech().contains("Thank you"), "{change}: {}", buyer.speech());
        let order = market.last_order().await;
        assert_eq!(order.state, State::Consented, "{change}");
        let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
        assert_eq!(operations[0].progress, Progress::Pending, "{change}: it still waits for the real answer");
        let is_flagged = !change.starts_with("another");
        assert_eq!(order.flag.is_some(), is_flagged, "{change}");
    }
    market.books().await;
}

#[tokio::test]
async fn nothing_but_the_yes_that_follows_the_question_buys() {
    let Some(market) = Market::open().await else { return };
    for other in
        ["AMAZON.NoIntent", "AMAZON.FallbackIntent", "ShowCartIntent", "AMAZON.HelpIntent", "OrderStatusIntent"]
    {
        let mut buyer = Speaker::new(market.ctx(), "en-US");
        let token = buyer.asks_to_pay("wildflower-honey").await;
        buyer.amazon_says("Setup", done(), agreement("OPEN", true), &token).await;
        buyer.says(other).await;
        buyer.says("AMAZON.YesIntent").await;
        assert!(buyer.answer["directives"].as_array().is_none_or(|all| all[0]["name"] != "Charge"), "{other}");
    }
    // a session that ended takes its question along
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    buyer.amazon_says("Setup", done(), agreement("OPEN", true), &token).await;
    buyer.open().await;
    buyer.says("AMAZON.NoIntent").await;
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.answer["directives"].is_null());
    // a cart that changed meanwhile is read back again
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    buyer.amazon_says("Setup", done(), agreement("OPEN", true), &token).await;
    let mut tx = market.ctx().store.write().await.unwrap();
    let key = pushcart::store::voice::voice_key(&buyer.user);
    let user = market.ctx().store.voice_user(&key).await.unwrap().unwrap();
    let line = market.ctx().store.cart_lines(&user.cart).await.unwrap().remove(0);
    tx.add_to_cart(&user.cart, &line.product, 1, market.ctx().clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    buyer.says("AMAZON.YesIntent").await;
    assert!(buyer.speech().starts_with("Your cart or a price has changed"), "{}", buyer.speech());
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_basket_from_two_sellers_is_approved_once_and_charged_one_after_the_other() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    buyer.open().await;
    buyer.wants("AddToCartIntent", &[("product", "wildflower-honey")]).await;
    buyer.wants("AddToCartIntent", &[("product", "pretzel")]).await;
    buyer.says("CheckoutIntent").await;
    let (_, _, token) = buyer.directive();
    let (asked, token) = buyer.approves(&token).await;
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
    let (name, second, token) = buyer.directive();
    assert_eq!(name, "Charge");
    assert_ne!(
        second["authorizeAttributes"]["authorizationReferenceId"],
        asked["authorizeAttributes"]["authorizationReferenceId"]
    );
    // the second is declined: the first stands, and its part of the cart is bought
    buyer.amazon_says("Charge", done(), charged(&second, "Declined", Some("TransactionTimedOut")), &token).await;
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    let mut states: Vec<&str> = orders.iter().map(|order| order.state.word()).collect();
    states.sort_unstable();
    assert_eq!(states, ["declined", "reserved"]);
    buyer.open().await;
    assert!(buyer.speech().contains("one thing"), "{}", buyer.speech());
    // once more: the declined order is charged again instead of a third one being made
    buyer.says("AMAZON.YesIntent").await;
    buyer.says("AMAZON.YesIntent").await;
    let (_, third, token) = buyer.directive();
    buyer.amazon_says("Charge", done(), charged(&third, "Open", None), &token).await;
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    assert!(orders.len() == 2 && orders.iter().all(|order| order.state == State::Reserved));
    market.books().await;
}

#[tokio::test]
async fn an_agreement_that_amazon_ended_is_asked_for_anew() {
    let Some(market) = Market::open().await else { return };
    for (status, payload) in
        [(done(), None), (json!({ "code": "400", "message": "InvalidBillingAgreementStatus" }), Some(Value::Null))]
    {
        let mut buyer = Speaker::new(market.ctx(), "en-US");
        let token = buyer.asks_to_pay("wildflower-honey").await;
        let (asked, token) = buyer.approves(&token).await;
        let payload = payload.unwrap_or_else(|| charged(&asked, "Declined", Some("AmazonRejected")));
        buyer.amazon_says("Charge", status, payload, &token).await;
        buyer.open().await;
        buyer.says("AMAZON.YesIntent").await;
        let (name, _, token) = buyer.directive();
        assert_eq!(name, "Setup");
        let (asked, token) = buyer.approves(&token).await;
        buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
        assert!(buyer.speech().starts_with("Thank you."), "{}", buyer.speech());
    }
    let orders = market.ctx().store.all_orders("~", 10).await.unwrap();
    assert!(orders.len() == 2 && orders.iter().all(|order| order.state == State::Reserved));
}

#[tokio::test]
async fn a_charge_that_was_never_answered_is_asked_for_again_under_its_own_reference() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    let (asked, first) = buyer.approves(&token).await;
    buyer.open().await;
    buyer.says("CheckoutIntent").await;
    assert!(buyer.speech().ends_with("Shall I ask Amazon Pay again?"), "{}", buyer.speech());
    buyer.says("AMAZON.YesIntent").await;
    let (name, again, second) = buyer.directive();
    assert_eq!((name.as_str(), &again), ("Charge", &asked), "the same request");
    assert_ne!(first, second, "under another token");
    buyer.amazon_says("Charge", done(), charged(&again, "Open", None), &second).await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    // the first answer arrives after all
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &first).await;
    assert!(buyer.speech().starts_with("Thank you."), "{}", buyer.speech());
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 1);
    market.books().await;
}

#[tokio::test]
async fn an_order_whose_charge_is_never_heard_of_is_given_up_after_a_day() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "en-US");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    let (asked, token) = buyer.approves(&token).await;
    market.later(pushcart::base::clock::hours(25)).await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Expired);
    // money that is found afterwards is let go
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
    assert!(buyer.speech().contains("nothing is charged"), "{}", buyer.speech());
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    assert!(operations.iter().any(|operation| operation.kind.word() == "cancel"), "{operations:?}");
}

#[tokio::test]
async fn an_order_by_voice_is_cancelled_by_voice() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = Speaker::new(market.ctx(), "fr-FR");
    let token = buyer.asks_to_pay("wildflower-honey").await;
    let (asked, token) = buyer.approves(&token).await;
    buyer.amazon_says("Charge", done(), charged(&asked, "Open", None), &token).await;
    buyer.open().await;
    buyer.says("OrderStatusIntent").await;
    assert_eq!(buyer.answer["shouldEndSession"], false);
    buyer.says("CancelOrderIntent").await;
    assert_eq!(buyer.answer["card"]["type"], "Simple", "how to reach us");
    buyer.says("AMAZON.YesIntent").await;
    let operations = market.ctx().store.operations_of(market.last_order().await.id.as_str()).await.unwrap();
    assert!(operations.iter().any(|operation| operation.kind.word() == "cancel"), "{operations:?}");
}

#[tokio::test]
async fn in_japan_the_skill_asks_for_the_permission_itself_and_early() {
    let Some(market) = Market::open().await else { return };
    for consent in [None, Some("DENIED")] {
        let mut buyer = Speaker::new(market.ctx(), "ja-JP");
        buyer.consent = consent;
        buyer.open().await;
        assert_eq!(buyer.answer["card"]["type"], "AskForPermissionsConsent");
        buyer.wants("AddToCartIntent", &[("product", "wildflower-honey")]).await;
        buyer.says("CheckoutIntent").await;
        assert_eq!(buyer.answer["card"]["permissions"], json!(["payments:autopay_consent"]));
        assert!(buyer.answer["directives"].is_null());
    }
    let mut american = Speaker::new(market.ctx(), "en-US");
    american.consent = None;
    assert_eq!(american.asks_to_pay("wildflower-honey").await.len(), 26, "elsewhere Amazon asks");
}
