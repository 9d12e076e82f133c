//! What is handed to Alexa, and what is believed of what comes back.

use serde_json::json;

use super::*;
use crate::orders::operation::{Initiator, Request};
use crate::pay::amazon_pay::canned::{Service, open, operation};
use crate::pay::voice::VoiceOrder;

const ORDER: VoiceOrder<'_> = VoiceOrder { number: "P-1042", seller: "Quill & Comb", shop: "Pushcart Market Square" };

fn charge(kind: Kind) -> Operation {
    let mut charge = operation(kind);
    if let Request::Take { initiator, .. } = &mut charge.request {
        *initiator = Initiator::Voice;
    }
    charge
}

fn answer(charge: &Operation, state: &str, reason: Option<&str>, captured: &str) -> Value {
    json!({ "amazonOrderReferenceId": "S01-0307214-9120455", "authorizationDetails": {
        "amazonAuthorizationId": "S01-0307214-9120455-A033287", "authorizationReferenceId": charge.id.as_str(),
        "authorizationAmount": { "amount": charge.amount.decimal(), "currencyCode": "USD" },
        "capturedAmount": { "amount": captured, "currencyCode": "USD" }, "idList": [],
        "expirationTimestamp": "2026-12-21T11:59:57.900Z",
        "authorizationStatus": { "state": state, "reasonCode": reason },
    } })
}

#[tokio::test]
async fn a_setup_has_what_the_schema_asks_for() {
    let (_, amazon) = open().await;
    let setup = amazon.setup(Currency::USD, "de-DE", "Pushcart");
    assert_eq!((&setup["@type"], &setup["@version"]), (&json!("SetupAmazonPayRequest"), &json!("2")));
    assert_eq!((&setup["ledgerCurrency"], &setup["checkoutLanguage"]), (&json!("USD"), &json!("de_DE")));
    assert_eq!((&setup["needAmazonShippingAddress"], &setup["countryOfEstablishment"]), (&json!(true), &json!("US")));
    let is_sandbox = setup["sandboxMode"].as_bool().unwrap();
    assert_eq!(setup["sandboxCustomerEmailId"].is_string(), is_sandbox);
    assert!(
        setup.get("ledgerCurrencyCode").is_none()
            && amazon.setup(Currency::USD, "pt-BR", "x").get("checkoutLanguage").is_none()
    );
}

#[tokio::test]
async fn a_charge_carries_the_operations_id_and_a_timeout_that_is_a_number() {
    let (_, amazon) = open().await;
    for (kind, action) in [(Kind::Reserve, "Authorize"), (Kind::Pay, "AuthorizeAndCapture")] {
        let charge = charge(kind);
        let payload = amazon.charge(&charge, "C01-1-1", ORDER);
        let attributes = &payload["authorizeAttributes"];
        assert_eq!((&payload["paymentAction"], &payload["billingAgreementId"]), (&json!(action), &json!("C01-1-1")));
        assert_eq!(attributes["authorizationReferenceId"], charge.id.as_str());
        assert_eq!(attributes["authorizationAmount"]["amount"], charge.amount.decimal());
        assert_eq!(
            (&attributes["transactionTimeout"], &attributes["softDescriptor"]),
            (&json!(0), &json!("Pushcart Market "))
        );
        assert!(charge.id.as_str().len() <= 32);
    }
}

#[tokio::test]
async fn only_an_answer_that_fits_in_every_part_is_believed() {
    let (_, amazon) = open().await;
    let charge = charge(Kind::Reserve);
    let now = Millis(0);
    let good = answer(&charge, "Open", None, "0.00");
    let VoiceCharge::Says(Outcome::Held { transaction, until, is_suspect }) = amazon.charge_in(&charge, &good, now)
    else {
        panic!()
    };
    assert_eq!(
        (transaction.as_str(), until.iso8601().as_str(), is_suspect),
        ("S01-0307214-9120455-C033287", "2026-12-21T11:59:57Z", false)
    );
    for (path, value) in [
        ("authorizationReferenceId", json!("opn_another")),
        ("authorizationAmount", json!({ "amount": "0.01", "currencyCode": "USD" })),
        ("authorizationAmount", json!({ "amount": charge.amount.decimal(), "currencyCode": "EUR" })),
        ("authorizationAmount", Value::Null),
        ("amazonAuthorizationId", json!("S01-1")),
        ("authorizationStatus", json!({ "state": "Completed" })),
        ("authorizationStatus", Value::Null),
        // where Amazon's own sample looks for it
        ("authorizationStatus", json!("Open")),
    ] {
        let mut bad = good.clone();
        bad["authorizationDetails"][path] = value;
        bad["authorizationDetails"]["state"] = "Open".into();
        assert!(matches!(amazon.charge_in(&charge, &bad, now), VoiceCharge::DoesNotFit(_)), "{bad}");
    }
    assert!(matches!(amazon.charge_in(&charge, &Value::Null, now), VoiceCharge::DoesNotFit(_)));
}

#[tokio::test]
async fn each_state_says_what_the_reference_says() {
    let (_, amazon) = open().await;
    let reserve = charge(Kind::Reserve);
    let pay = charge(Kind::Pay);
    let full = pay.amount.decimal();
    let says = |charge: &Operation, state, reason, captured: &str| match amazon.charge_in(
        charge,
        &answer(charge, state, reason, captured),
        Millis(0),
    ) {
        VoiceCharge::Says(outcome) => outcome,
        VoiceCharge::DoesNotFit(why) => Outcome::Silent { why },
    };
    assert!(matches!(
        says(&reserve, "Open", Some("StopShipmentAtypicalAuth"), "0.00"),
        Outcome::Held { is_suspect: true, .. }
    ));
    assert!(matches!(says(&pay, "Closed", Some("MaxCapturesProcessed"), &full), Outcome::Taken { .. }));
    assert!(matches!(says(&pay, "Closed", Some("MaxCapturesProcessed"), "0.01"), Outcome::Silent { .. }));
    assert!(matches!(says(&reserve, "Pending", None, "0.00"), Outcome::Pending { transaction: Some(_) }));
    assert!(matches!(says(&pay, "Open", None, "0.00"), Outcome::Pending { transaction: Some(_) }));
    for (state, reason) in [
        ("Closed", "ExpiredUnused"),
        ("Closed", "AmazonClosed"),
        ("Closed", "SellerClosed"),
        ("Closed", "OrderReferenceCanceled"),
        ("Declined", "InvalidPaymentMethod"),
        ("Declined", "TransactionTimedOut"),
        ("Declined", "AmazonRejected"),
        ("Declined", "ProcessingFailure"),
    ] {
        let Outcome::Refused(refusal) = says(&reserve, state, Some(reason), "0.00") else { panic!("{state} {reason}") };
        assert_eq!((refusal.code.as_str(), refusal.retry), (reason, Retry::NewConsent));
    }
}

#[tokio::test]
async fn agreements_are_read_in_every_state() {
    let (_, amazon) = open().await;
    let with = |status: &str| {
        let details = json!({ "billingAgreementId": "C01-5320354-4428171", "billingAgreementStatus": status,
            "destination": { "name": "Susie Smith", "addressLine1": "10 Ditka Ave", "addressLine2": "Suite 2500", "city": "Chicago",
                             "stateOrRegion": "IL", "postalCode": "60602", "countryCode": "US", "phone": "800-555-0100" } });
        amazon.agreement_in(&json!({ "billingAgreementDetails": details })).unwrap()
    };
    let states = ["OPEN", "Suspended", "CANCELED", "Closed", "DRAFT"].map(|status| with(status).standing);
    use VoiceStanding::{Gone, Open, Suspended};
    assert_eq!(states, [Open, Suspended, Gone, Gone, Open]);
    let address = with("OPEN").destination.unwrap();
    assert_eq!(
        (address.line1.as_str(), address.line2.as_str(), address.country.as_str()),
        ("10 Ditka Ave", "Suite 2500", "US")
    );
    assert_eq!(amazon.agreement_in(&json!({ "billingAgreementDetails": { "billingAgreementId": "C01 <x>" } })), None);
    assert_eq!(amazon.agreement_in(&Value::Null), None);
}

#[tokio::test]
async fn an_address_is_asked_for_with_the_token_of_the_request() {
    let (service, amazon): (Service, _) = open().await;
    let access = VoiceAccess { api_endpoint: "https://api.eu.amazonalexa.com", token: "abc" };
    let release = if amazon.settings.account.is_sandbox { "sandbox" } else { "live" };
    let path = format!("GET /{release}/v1/buyer/addresses?sellerId={}", amazon.settings.merchant_id);
    let body = json!({ "addresses": [
        { "addressType": "Other", "address": { "addressLine1": "1", "countryCode": "DE" } },
        { "addressType": "DefaultOneClickShippingAddress", "address": { "addressLine1": "2", "countryCode": "DE" } }] });
    service.says(&path, 200, body);
    let Answer::Done(Some(address)) = Voice::address(&amazon, access).await else { panic!() };
    assert_eq!(address.line1, "2");
    let asked = service.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!(asked.headers["authorization"], "Bearer abc");
    service.now_says(&path, 401, json!({ "errorCode": "InsufficientScope", "errorMessage": "", "requestId": "r" }));
    let Answer::Refused(refusal) = Voice::address(&amazon, access).await else { panic!() };
    assert_eq!(refusal.code, "InsufficientScope");
}
