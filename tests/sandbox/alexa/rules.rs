use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::skill::{Reply, Stage, charge, error, setup, speech};
use crate::amazon_pay::shop::{KEY_ID, MERCHANT, public_key};
use crate::house::{Answer, HOST};

/// A call of the buyer API.
pub async fn buyer(stage: &Stage, path: &str, token: &str) -> Answer {
    let request = Request::get(path).header("host", HOST).header("authorization", format!("Bearer {token}"));
    let request = request.header("x-amz-pay-sandbox-email-id", super::skill::ANA);
    stage.house().send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn an_unknown_field_or_a_wrong_type_fails_before_amazon_pay_and_has_no_payload() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    let good = charge(&agreement, "opn_1", "Authorize", "1.00");
    assert_eq!(stage.ask("Charge", &good).await["status"]["code"], "200");
    for (path, value, field) in [
        ("/authorizeAttributes/transactionTimeout", json!("0"), "payload.authorizeAttributes.transactionTimeout"),
        (
            "/authorizeAttributes/authorizationAmount/amount",
            json!(1),
            "payload.authorizeAttributes.authorizationAmount.amount",
        ),
        ("/sellerId", json!(7), "payload.sellerId"),
    ] {
        let mut payload = good.clone();
        *payload.pointer_mut(path).unwrap() = value;
        let result = stage.ask("Charge", &payload).await;
        let message = format!("Connections validation failed. Violating fields in payload: [{field}].");
        assert_eq!(result["status"], json!({ "code": "400", "message": message }));
        assert!(result.get("payload").is_none(), "{result}");
    }
    let mut payload = setup();
    payload["ledgerCurrencyCode"] = "USD".into();
    let result = stage.ask("Setup", &payload).await;
    assert!(result["status"]["message"].as_str().unwrap().contains("[payload.ledgerCurrencyCode]"), "{result}");
}

#[tokio::test]
async fn wrong_values_have_the_codes_of_the_table() {
    let stage = Stage::open().await;
    for (field, value, code) in [
        ("sellerId", json!("A0NOBODY"), "InvalidSellerId"),
        ("ledgerCurrency", json!("CHF"), "UnsupportedCurrency"),
        ("countryOfEstablishment", json!("GB"), "UnsupportedCountryOfEstablishment"),
        ("checkoutLanguage", json!("nl_NL"), "InvalidParameterValue"),
        ("@type", json!("Setup"), "InvalidParameterValue"),
        ("sandboxMode", json!(false), "ReleaseEnvironmentNotAllowed"),
        ("sandboxCustomerEmailId", json!("nobody@example.com"), "InvalidSandboxCustomerEmail"),
    ] {
        let mut payload = setup();
        payload[field] = value;
        assert_eq!(error(&stage.ask("Setup", &payload).await).1, code, "{field}");
    }
    let agreement = stage.agreement().await;
    let good = charge(&agreement, "opn_1", "Authorize", "1.00");
    for (path, value, code) in [
        ("/sellerId", json!("A0NOBODY"), "InvalidSellerId"),
        ("/paymentAction", json!("Give"), "InvalidPaymentAction"),
        ("/authorizeAttributes/authorizationAmount/amount", json!("0.00"), "InvalidAuthorizationAmount"),
        ("/authorizeAttributes/authorizationAmount/amount", json!("1.005"), "InvalidAuthorizationAmount"),
        ("/authorizeAttributes/authorizationAmount/currencyCode", json!("EUR"), "InvalidAuthorizationAmount"),
        ("/authorizeAttributes/authorizationReferenceId", json!("x".repeat(33)), "InvalidParameterValue"),
        ("/billingAgreementId", json!("C01-1111111-1111111"), "InvalidBillingAgreementId"),
    ] {
        let mut payload = good.clone();
        *payload.pointer_mut(path).unwrap() = value;
        assert_eq!(error(&stage.ask("Charge", &payload).await).1, code, "{path}");
    }
    let mut payload = good.clone();
    payload["providerAttributes"] = json!({
        "@type": "ProviderAttributes", "@version": "2", "providerId": "P1", "providerCreditList": [],
    });
    assert_eq!(error(&stage.ask("Charge", &payload).await).1, "ProviderNotAuthorized");
    let mut capitals = good;
    capitals["paymentAction"] = "AUTHORIZEANDCAPTURE".into();
    assert_eq!(stage.ask("Charge", &capitals).await["status"]["code"], "200");
}

#[tokio::test]
async fn a_suspended_merchant_is_named_by_amazon() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    let suspended = json!({
        "provider": "amazon_pay", "public_key_id": KEY_ID, "public_key_pem": public_key(), "merchant_id": MERCHANT,
        "account_status": "suspended",
    });
    assert_eq!(stage.house().post_json("/_sandbox/credentials", &suspended).await.status.as_u16(), 201);
    let (result, turn) = stage.ask_turn("Setup", &setup()).await;
    assert_eq!(error(&result), ("403".to_owned(), "InvalidAccountStatus".to_owned()));
    assert_eq!(turn["said"][1]["text"], "Sorry, I can't place orders with Pushcart right now.");
    let (_, turn) = stage.ask_turn("Charge", &charge(&agreement, "opn_1", "Authorize", "1.00")).await;
    assert_eq!(turn["said"][1]["text"], "Sorry. Orders can't be placed with Pushcart right now.");
}

#[tokio::test]
async fn an_answer_that_breaks_the_rules_ends_the_session_with_an_error() {
    let stage = Stage::open().await;
    let long = format!("{{\"version\":\"1.0\",\"response\":{{}},\"x\":\"{}\"}}", "x".repeat(24 * 1024));
    for reply in [
        Reply::Raw(200, "application/json", "{".to_owned()),
        Reply::Raw(500, "application/json", "{}".to_owned()),
        Reply::Raw(200, "text/html", "<p>Hello</p>".to_owned()),
        Reply::Raw(200, "application/json", long),
        Reply::Response(
            json!({ "directives": [{ "type": "Connections.SendRequest", "name": "Refund", "payload": {}, "token": "t" }] }),
        ),
        Reply::Response(
            json!({ "directives": [{ "type": "Connections.SendRequest", "name": "Charge", "payload": {} }] }),
        ),
        Reply::Response(json!({ "outputSpeech": { "type": "SSML", "ssml": "<speak>Salt & pepper</speak>" } })),
    ] {
        stage.will(reply);
        let turn = stage.say("open pushcart market").await;
        let last = stage.last()["request"].clone();
        assert_eq!((&last["type"], &last["reason"]), (&json!("SessionEndedRequest"), &json!("ERROR")), "{turn}");
        assert_eq!(last["error"]["type"], "INVALID_RESPONSE");
        assert_eq!(turn["is_open"], false);
        assert_eq!(turn["broken"].as_array().unwrap().len(), 1, "{turn}");
    }
}

#[tokio::test]
async fn a_skill_that_takes_longer_than_eight_seconds_is_not_heard() {
    let stage = Stage::open().await;
    stage.will(Reply::Late(Duration::from_secs(9)));
    stage.say("open pushcart market").await;
    assert_eq!(stage.last()["request"]["error"]["type"], "ENDPOINT_TIMEOUT");
}

#[tokio::test]
async fn the_buyer_api_tells_who_speaks_to_whoever_has_the_token_of_the_hour() {
    let stage = Stage::open().await;
    stage.will_say("Hello.", true);
    stage.say("open pushcart market").await;
    let token = stage.last()["context"]["System"]["apiAccessToken"].as_str().unwrap().to_owned();
    for prefix in ["", "/amazon-pay"] {
        let answer = buyer(&stage, &format!("{prefix}/live/v1/buyer/id"), &token).await;
        assert_eq!(answer.json(), json!({ "buyerId": "amzn1.account.ANAALLGOOD" }));
    }
    let found = buyer(&stage, &format!("/sandbox/v1/buyer/addresses?sellerId={MERCHANT}"), &token).await.json();
    assert_eq!(found["addresses"][0]["addressType"], "DefaultOneClickShippingAddress");
    assert_eq!(found["addresses"][0]["address"]["city"], "Seattle");
    let refused = async |path: &str, token: &str| {
        let answer = buyer(&stage, path, token).await;
        (answer.status.as_u16(), answer.json()["errorCode"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused("/live/v1/buyer/id", "Atza|wrong").await, (400, "InvalidToken".to_owned()));
    assert_eq!(refused("/live/v1/buyer/id", "").await, (400, "InvalidRequest".to_owned()));
    assert_eq!(refused("/live/v1/buyer/addresses", &token).await, (400, "InvalidRequest".to_owned()));
    assert_eq!(refused("/live/v1/buyer/addresses?sellerId=A0NOBODY", &token).await, (403, "Forbidden".to_owned()));
    stage.person(json!({ "consent": "denied" })).await;
    assert_eq!(refused("/live/v1/buyer/id", &token).await, (401, "InsufficientScope".to_owned()));
}

#[tokio::test]
async fn requests_are_in_the_log_without_tokens_and_faults_strike_them() {
    let stage = Stage::open().await;
    let fault = json!({ "provider": "alexa", "operation": "Setup", "fault": "drop_response" });
    assert_eq!(stage.house().post_json("/_sandbox/faults", &fault).await.status.as_u16(), 201);
    let turn = stage.ask_turn("Setup", &setup()).await.1;
    assert_eq!(stage.last()["request"]["error"]["type"], "DEVICE_COMMUNICATION_ERROR", "{turn}");
    let told = stage.heard().iter().any(|heard| heard["request"]["type"] == "Connections.Response");
    assert!(told, "it was sent, and only its answer is lost");
    let log = stage.house().get("/_sandbox/log").await.json();
    let entries = log["entries"].as_array().unwrap().clone();
    let own: Vec<&Value> = entries.iter().filter(|entry| entry["provider"] == "alexa").collect();
    assert_eq!(
        own.iter().map(|entry| entry["operation"].as_str().unwrap()).collect::<Vec<_>>(),
        ["LaunchRequest", "Setup", "SessionEndedRequest"]
    );
    assert!(!log.to_string().contains("Atza|"), "no token in the log");
}

#[tokio::test]
async fn a_request_of_ones_own_is_signed_and_sent() {
    let stage = Stage::open().await;
    stage.will(Reply::Response(speech("Refunds are given within thirty days.", true)));
    let request =
        json!({ "type": "IntentRequest", "intent": { "name": "RefundOrderIntent", "confirmationStatus": "NONE" } });
    let turn = stage.control("send", &json!({ "persona": "ana", "request": request })).await.json();
    assert_eq!(turn["said"][0]["text"], "Refunds are given within thirty days.");
    assert_eq!(turn["exchanges"][0]["status"], 200);
    let mut whole = stage.last();
    whole["session"]["sessionId"] = "amzn1.echo-api.session.own".into();
    let turn = stage.control("send", &json!({ "persona": "ana", "request": whole })).await.json();
    assert_eq!(turn["exchanges"][0]["status"], 200, "{turn}");
    assert_eq!(stage.last()["session"]["sessionId"], "amzn1.echo-api.session.own");
    assert_eq!(stage.control("send", &json!({ "persona": "ana", "request": {} })).await.status.as_u16(), 422);
}
