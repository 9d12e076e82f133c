//! Buttons whose signature verifies, visits in all their states, and what makes one an approval.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::{Digest as _, Sha256};
use rsa::{Pss, RsaPrivateKey};

use super::*;
use crate::orders::operation::Kind;
use crate::orders::refusal::{Reason, Retry};
use crate::pay::amazon_pay::canned::{key_pem, no, open, operation};

const CONSENT_ASK: ConsentAsk<'_> = ConsentAsk {
    return_url: "https://shop.example/return/amazon_pay",
    shop_name: "Pushcart",
    address: &Address::EMPTY,
    travels: true,
};

fn ask() -> VisitAsk {
    VisitAsk {
        review_url: "https://shop.example/checkout/review/amazon_pay".into(),
        shop_name: "Pushcart".into(),
        currency: Currency::USD,
        ships_to: vec![("US", vec!["OR", "WA"]), ("DE", vec![])],
    }
}

/// A provider with a merchant id, which its button needs.
async fn with_merchant() -> (crate::pay::amazon_pay::canned::Service, AmazonPayProvider) {
    let (service, mut amazon) = open().await;
    amazon.settings.merchant_id = "A1MERCHANT".into();
    (service, amazon)
}

/// What is verified as Amazon does: the algorithm and the hash of the payload, under our public key.
fn payload_of(config: &Value) -> Value {
    let text = |name: &str| config[name].as_str().unwrap().to_owned();
    assert_eq!((text("algorithm"), text("publicKeyId")), ("AMZN-PAY-RSASSA-PSS-V2".into(), "SANDBOX-AFTEST".into()));
    let hash: String = Sha256::digest(text("payloadJSON")).iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = Sha256::digest(format!("{}\n{hash}", text("algorithm")));
    let key = RsaPrivateKey::from_pkcs8_pem(key_pem().reveal()).unwrap().to_public_key();
    let signature = STANDARD.decode(text("signature")).unwrap();
    key.verify(Pss::new_with_salt::<Sha256>(32), &digest, &signature).unwrap();
    serde_json::from_str(&text("payloadJSON")).unwrap()
}

#[tokio::test]
async fn the_button_s_signature_verifies_and_is_made_once() {
    let (_service, amazon) = with_merchant().await;
    let settings =
        |place| -> Value { serde_json::from_str(&amazon.visit_button(place, &ask()).unwrap().settings).unwrap() };
    let (cart, checkout) = (settings(Place::Cart), settings(Place::Checkout));
    assert_eq!((&cart["placement"], &checkout["placement"]), (&json!("Cart"), &json!("Checkout")));
    assert_eq!((&cart["ledgerCurrency"], &cart["merchantId"]), (&json!("USD"), &json!("A1MERCHANT")));
    let config = &cart["createCheckoutSessionConfig"];
    assert_eq!(config, &checkout["createCheckoutSessionConfig"], "signatures are salted: the same one is the kept one");
    let payload = payload_of(config);
    assert_eq!(payload["webCheckoutDetails"]["checkoutReviewReturnUrl"], ask().review_url);
    let where_to = &payload["deliverySpecifications"]["addressRestrictions"];
    assert_eq!(where_to["restrictions"], json!({ "US": { "statesOrRegions": ["OR", "WA"] }, "DE": {} }));
    assert!(payload["paymentDetails"]["chargeAmount"].is_null() && payload["merchantMetadata"].get("x").is_none());
}

#[tokio::test]
async fn a_pressed_button_says_what_the_api_would_have_been_told() {
    let (service, amazon) = with_merchant().await;
    let consent = operation(Kind::Consent);
    let address = Address { name: "Ana".into(), line1: "1 High Street".into(), country: "US".into(), ..Address::EMPTY };
    let asked = ConsentAsk { address: &address, ..CONSENT_ASK };
    let signed: Value = serde_json::from_str(&amazon.sign_approval(&consent, &asked).unwrap()).unwrap();
    let payload = payload_of(&signed["createCheckoutSessionConfig"]);
    service.says("POST /v2/checkoutSessions", 201, json!({ "checkoutSessionId": "SES" }));
    amazon.begin_checkout(&consent, &asked).await;
    let sent: Value = serde_json::from_str(&service.asked.lock().unwrap()[0].body).unwrap();
    assert_eq!(payload, sent);
    assert_eq!(sent["addressDetails"], json!({ "name": "Ana", "addressLine1": "1 High Street", "countryCode": "US" }));
    assert_eq!(sent["webCheckoutDetails"]["checkoutMode"], "ProcessOrder");
    assert_eq!(sent["paymentDetails"]["chargeAmount"]["amount"], "10.00");
}

#[tokio::test]
async fn without_a_merchant_there_is_no_button_and_the_plain_one_stays() {
    let (_service, amazon) = open().await;
    assert_eq!(amazon.visit_button(Place::Cart, &ask()), None);
    assert_eq!(amazon.approval_button(Currency::USD), None);
}

#[tokio::test]
async fn the_policy_names_what_the_button_loads_and_nothing_else() {
    let (_service, mut amazon) = with_merchant().await;
    let own = amazon.button_origins();
    assert_eq!(own.len(), 1, "script and pages of the sandbox are at one address: {own:?}");
    let mut account = amazon.client.account().clone();
    account.base_url = None;
    amazon.settings.account = account.clone();
    amazon.client = crate::pay::amazon_pay::client::Client::new(
        account,
        crate::pay::http::Client::new(None).unwrap(),
        crate::base::clock::Clock::new(),
    );
    let live = ["https://static-na.payments-amazon.com", "https://payments.amazon.com", PICTURES];
    assert_eq!(amazon.button_origins(), live);
}

fn session(of: &[(&str, Value)]) -> Value {
    let mut session = json!({
        "checkoutSessionId": "SES",
        "statusDetails": { "state": "Open" },
        "constraints": [{ "constraintId": "ChargeAmountNotSet" }],
        "buyer": { "name": "Ana", "email": "ana@amazon-buyers.example", "phoneNumber": "2065550100" },
        "shippingAddress": {
            "name": "Ana Allgood", "addressLine1": null, "addressLine2": "1 High Street", "addressLine3": "rear",
            "city": "Seattle", "stateOrRegion": "wa", "postalCode": "98101", "countryCode": "US",
        },
        "paymentPreferences": [{ "paymentDescriptor": "Visa ****1111 (Amazon Pay)" }],
    });
    for (name, value) in of {
        session[name] = value.clone();
    }
    session
}

#[tokio::test]
async fn a_visit_is_read_in_every_state() {
    let (service, amazon) = open().await;
    assert_eq!(amazon.read_visit("SES").await, Answer::Done(Visit::Unknown));
    let over = |reason| [("statusDetails", json!({ "state": "Canceled", "reasonCode": reason }))];
    let noted = [("merchantMetadata", json!({ "merchantReferenceId": "opn_1" }))];
    let nobody = [("constraints", json!([{ "constraintId": "BuyerNotAssociated" }])), ("buyer", Value::Null)];
    let cases: HashMap<&str, (Value, Visit)> = HashMap::from([
        ("cancelled", (session(&over("BuyerCanceled")), Visit::Over(AbandonReason::Left))),
        ("expired", (session(&over("Expired")), Visit::Over(AbandonReason::TooLate))),
        ("an order's", (session(&noted), Visit::Spent("opn_1".into()))),
        ("not signed in", (session(&nobody), Visit::Begun)),
        ("no address", (session(&[("shippingAddress", Value::Null)]), Visit::Begun)),
        ("no words", (session(&[("statusDetails", json!({ "state": "Odd" }))]), Visit::Unknown)),
    ]);
    for (name, (said, expected)) in cases {
        service.now_says("GET /v2/checkoutSessions/SES", 200, said);
        assert_eq!(amazon.read_visit("SES").await, Answer::Done(expected), "{name}");
    }
    service.now_says("GET /v2/checkoutSessions/SES", 200, session(&[]));
    let Answer::Done(Visit::Chosen(choice)) = amazon.read_visit("SES").await else { panic!() };
    assert_eq!((&*choice.email, &*choice.instrument), ("ana@amazon-buyers.example", "Visa ****1111 (Amazon Pay)"));
    assert!(choice.pages.ends_with("/checkout?amazonCheckoutSessionId=SES"));
    assert_eq!(choice.change.unwrap().settings, r#"{"amazonCheckoutSessionId":"SES"}"#);
    let Address { line1, line2, state, phone, .. } = &choice.address;
    assert_eq!([&**line1, line2, state, phone], ["1 High Street", "rear", "WA", "2065550100"]);
}

#[tokio::test]
async fn a_visit_becomes_an_approval_over_the_order_s_amount_unless_something_is_missing() {
    let (service, amazon) = open().await;
    let consent = operation(Kind::Consent);
    let pay = json!({ "amazonPayRedirectUrl": "https://pay.example/processing" });
    let ready = session(&[("constraints", json!([])), ("webCheckoutDetails", pay.clone())]);
    service.says("PATCH /v2/checkoutSessions/SES", 200, ready);
    let done = amazon.approve_visit("SES", &consent, &CONSENT_ASK).await;
    let to = Redirect { address: "https://pay.example/processing".into(), visit: Some("SES".into()) };
    assert_eq!(done, Answer::Done(to));
    let sent: Value = serde_json::from_str(&service.asked.lock().unwrap()[0].body).unwrap();
    assert_eq!(sent["paymentDetails"]["chargeAmount"], json!({ "amount": "10.00", "currencyCode": "USD" }));
    assert_eq!(sent["merchantMetadata"]["merchantReferenceId"], consent.id.as_str());
    assert_eq!(sent["webCheckoutDetails"]["checkoutResultReturnUrl"], CONSENT_ASK.return_url);

    for (constraint, reason) in
        [("BuyerNotAssociated", Reason::ConsentGone), ("PaymentIntentNotSet", Reason::OurRequest)]
    {
        let left = [("constraints", json!([{ "constraintId": constraint }])), ("webCheckoutDetails", pay.clone())];
        service.now_says("PATCH /v2/checkoutSessions/SES", 200, session(&left));
        let Answer::Refused(refusal) = amazon.approve_visit("SES", &consent, &CONSENT_ASK).await else { panic!() };
        assert_eq!((&*refusal.code, refusal.reason), (constraint, reason));
    }
    service.now_says("PATCH /v2/checkoutSessions/SES", 422, no("InvalidCheckoutSessionStatus"));
    let Answer::Refused(refusal) = amazon.approve_visit("SES", &consent, &CONSENT_ASK).await else { panic!() };
    assert_eq!((refusal.retry, refusal.reason), (Retry::NewConsent, Reason::ConsentGone));
}

#[test]
fn an_id_in_a_query_is_one_word() {
    assert_eq!(session_in("a=b&amazonCheckoutSessionId=1-a").as_deref(), Some("1-a"));
    let long = format!("amazonCheckoutSessionId={}", "1".repeat(65));
    for nonsense in ["", "amazonCheckoutSessionId=", "amazonCheckoutSessionId=..%2Fcharges", "x=1", &long] {
        assert_eq!(session_in(nonsense), None, "{nonsense}");
    }
}
