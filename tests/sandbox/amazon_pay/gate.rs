//! Who gets in: signatures, headers, accounts, idempotency, scripted faults.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::shop::{ANA, KEY_ID, MERCHANT, STORE, Shop, call, public_key, refusal, refused, session, usd};

const NOTHING: &str = "checkoutSessions/11111111-2222-4333-8444-555555555555";

#[tokio::test]
async fn both_algorithms_pass_and_only_with_their_own_salt() {
    let shop = Shop::open().await;
    let good = call("GET", NOTHING, &Value::Null);
    for (algorithm, salt, code) in [
        ("AMZN-PAY-RSASSA-PSS-V2", 32, "ResourceNotFound"),
        ("AMZN-PAY-RSASSA-PSS", 20, "ResourceNotFound"),
        ("AMZN-PAY-RSASSA-PSS-V2", 20, "InvalidRequestSignature"),
        ("AMZN-PAY-RSASSA-PSS", 32, "InvalidRequestSignature"),
        ("AMZN-PAY-RSASSA-PSS-V3", 32, "InvalidHeaderValue"),
    ] {
        let mut changed = good.clone();
        (changed.algorithm, changed.salt) = (algorithm, salt);
        assert_eq!(refusal(&shop.send(&changed).await).1, code, "{algorithm} {salt}");
    }
    let mut stranger = good.clone();
    stranger.key_id = "SANDBOX-NOBODY".to_owned();
    assert_eq!(refusal(&shop.send(&stranger).await), refused(403, "InvalidAuthentication"));
    let log = shop.house.get("/_sandbox/log").await.json();
    assert_eq!(log["entries"][0]["provider"], "amazon_pay");
    assert!(log["entries"][0]["string_to_sign"].as_str().unwrap().starts_with("AMZN-PAY-RSASSA-PSS-V2\n"));
}

#[tokio::test]
async fn paths_lead_in_by_every_door_and_the_live_one_is_closed() {
    let shop = Shop::open().await;
    let good = call("GET", NOTHING, &Value::Null);
    for (path, code) in [
        ("/v2/", "ResourceNotFound"),
        ("/sandbox/v2/", "ResourceNotFound"),
        ("/amazon-pay/v2/", "ResourceNotFound"),
        ("/amazon-pay/sandbox/v2/", "ResourceNotFound"),
        ("/live/v2/", "InvalidAccountStatus"),
        ("/amazon-pay/live/v2/", "InvalidAccountStatus"),
    ] {
        let mut changed = good.clone();
        changed.path = format!("{path}{NOTHING}/");
        assert_eq!(refusal(&shop.send(&changed).await).1, code, "{path}");
    }
    let register = json!({ "provider": "amazon_pay", "public_key_id": "LIVE-KEY", "public_key_pem": public_key(), "merchant_id": MERCHANT });
    assert_eq!(shop.house.post_json("/_sandbox/credentials", &register).await.status, StatusCode::CREATED);
    let mut live = good.clone();
    live.key_id = "LIVE-KEY".to_owned();
    assert_eq!(refusal(&shop.send(&live).await), refused(403, "InvalidAccountStatus"));
    for (method, path, status) in [("GET", "charges", 405), ("PUT", "charges", 405), ("GET", "nowhere", 404)] {
        let changed = call(method, path, &Value::Null);
        assert_eq!(shop.send(&changed).await.status.as_u16(), status, "{method} {path}");
    }
}

#[tokio::test]
async fn credentials_are_listed_changed_and_limited() {
    let shop = Shop::open().await;
    let register = |id: &str, more: Value| {
        let mut body = json!({ "provider": "amazon_pay", "public_key_id": id, "public_key_pem": public_key(), "merchant_id": "A2OTHER", "store_id": "s" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let mut good = call("GET", NOTHING, &Value::Null);
    good.key_id = "SANDBOX-B1".to_owned();
    for (more, code) in [
        (json!({}), "ResourceNotFound"),
        (json!({ "status": "inactive" }), "InvalidAuthentication"),
        (json!({ "status": "active", "account_status": "suspended" }), "InvalidAccountStatus"),
        (json!({ "account_status": "active" }), "ResourceNotFound"),
    ] {
        assert_eq!(
            shop.house.post_json("/_sandbox/credentials", &register("SANDBOX-B1", more)).await.status,
            StatusCode::CREATED
        );
        assert_eq!(refusal(&shop.send(&good).await).1, code);
    }
    assert_eq!(
        shop.house.post_json("/_sandbox/credentials", &register("SANDBOX-B2", json!({}))).await.status,
        StatusCode::CREATED
    );
    for (id, more) in
        [("SANDBOX-B3", json!({})), ("SANDBOX-B1", json!({ "public_key_pem": "no key" })), ("", json!({}))]
    {
        assert_eq!(
            shop.house.post_json("/_sandbox/credentials", &register(id, more)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let listed = shop.house.get("/_sandbox/credentials").await.json();
    let own =
        listed["credentials"].as_array().unwrap().iter().find(|own| own["public_key_id"] == KEY_ID).unwrap().clone();
    assert_eq!((own["merchant_id"].as_str(), own["store_id"].as_str()), (Some(MERCHANT), Some(STORE)));
    let charge = shop.bought("5.00", "Authorize", ANA, "1111").await.1;
    good.path = format!("/v2/charges/{charge}");
    assert_eq!(refusal(&shop.send(&good).await), refused(404, "ResourceNotFound"));
}

#[tokio::test]
async fn headers_are_demanded_one_by_one() {
    let shop = Shop::open().await;
    let good = call("POST", "checkoutSessions", &session("5.00", "Authorize")).keyed("headers-1");
    for name in ["x-amz-pay-region", "x-amz-pay-date", "x-amz-pay-host", "x-amz-pay-idempotency-key"] {
        assert_eq!(refusal(&shop.send(&good.clone().without(name)).await), refused(400, "MissingHeader"), "{name}");
    }
    for (name, value, code) in [
        ("x-amz-pay-region", "mars", "InvalidHeaderValue"),
        ("x-amz-pay-region", "", "MissingHeaderValue"),
        ("x-amz-pay-date", "yesterday", "InvalidHeaderValue"),
        ("content-type", "text/plain", "InvalidHeaderValue"),
        ("x-amz-pay-idempotency-key", "11111111-2222-4333-8444-555555555555", "InvalidHeaderValue"),
        ("x-amz-pay-idempotency-key", "no spaces", "InvalidHeaderValue"),
        ("x-amz-pay-authtoken", "made up", "InvalidAuthorizationToken"),
    ] {
        assert_eq!(refusal(&shop.send(&good.clone().with(name, value)).await).1, code, "{name}: {value}");
    }
    assert_eq!(shop.send(&good.clone().with("x-amz-pay-region", "NA")).await.status, StatusCode::CREATED);
    let mut token = call("GET", "authorizationTokens/mws.token", &Value::Null);
    token.query = format!("merchantId={MERCHANT}");
    let token = shop.send(&token).await.json()["authorizationToken"].as_str().unwrap().to_owned();
    let delegated = call("GET", NOTHING, &Value::Null).with("x-amz-pay-authtoken", &token);
    assert_eq!(refusal(&shop.send(&delegated).await).1, "ResourceNotFound");
}

#[tokio::test]
async fn a_key_repeats_its_first_answer_for_ever() {
    let shop = Shop::open().await;
    let first = call("POST", "checkoutSessions", &session("5.00", "Authorize")).keyed("same");
    let answer = shop.send(&first).await;
    shop.house.later(pushcart::base::clock::days(40)).await;
    assert_eq!((answer.status, shop.send(&first).await.body), (StatusCode::CREATED, answer.body.clone()));
    let other = call("POST", "checkoutSessions", &session("6.00", "Authorize")).keyed("same");
    assert_eq!(refusal(&shop.send(&other).await), refused(400, "DuplicateIdempotencyKey"));

    let (permission, _) = shop.bought("20.00", "Confirm", ANA, "1111").await;
    let body = json!({ "chargePermissionId": permission, "chargeAmount": usd("20.00") });
    let declined = call("POST", "charges", &body).keyed("declined").simulating("SoftDeclined");
    assert_eq!(refusal(&shop.send(&declined).await), refused(422, "SoftDeclined"));
    let again = call("POST", "charges", &body).keyed("declined");
    assert_eq!(refusal(&shop.send(&again).await), refused(422, "SoftDeclined"));
    // What is wrong with the form of a request may be mended under the same key.
    let wrong = call(
        "POST",
        "charges",
        &json!({ "chargePermissionId": permission, "chargeAmount": usd("1.00"), "colour": "red" }),
    );
    assert_eq!(refusal(&shop.send(&wrong.keyed("mended")).await), refused(400, "UnrecognizedField"));
    assert_eq!(shop.send(&call("POST", "charges", &body).keyed("mended")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_request_that_is_still_running_is_not_done_twice() {
    let shop = Shop::open().await;
    let (_, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
    let fault =
        json!({ "provider": "amazon_pay", "operation": "CaptureCharge", "fault": "delay", "milliseconds": 300 });
    assert_eq!(shop.house.post_json("/_sandbox/faults", &fault).await.status, StatusCode::CREATED);
    let capture = call("POST", &format!("charges/{charge}/capture"), &json!({ "captureAmount": usd("20.00") }));
    let (one, two) = (capture.clone().keyed("first"), capture.clone().keyed("second"));
    let late = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        (shop.send(&one).await, shop.send(&two).await)
    };
    let (first, (same_key, same_object)) = tokio::join!(shop.send(&one), late);
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert_eq!(refusal(&same_key), refused(425, "TransactionInProgress"));
    assert_eq!(refusal(&same_object), refused(425, "TransactionInProgress"));
    assert_eq!(shop.send(&one).await.body, first.body);
}

#[tokio::test]
async fn bodies_are_checked_field_by_field() {
    let shop = Shop::open().await;
    let with = |path: &str, value: Value| {
        let mut body = session("5.00", "Authorize");
        let mut place = &mut body;
        for name in path.split('.') {
            place = &mut place[name];
        }
        *place = value;
        body
    };
    for (path, value, code) in [
        ("paymentDetails.canHandlePendingAuthorization", json!(true), ""),
        ("colour", json!("red"), "UnrecognizedField"),
        ("webCheckoutDetails.colour", json!("red"), "UnrecognizedField"),
        ("storeId", Value::Null, "MissingParameterValue"),
        ("storeId", json!("another"), "InvalidParameterValue"),
        ("webCheckoutDetails.checkoutReviewReturnUrl", Value::Null, "MissingParameterValue"),
        ("webCheckoutDetails.checkoutReviewReturnUrl", json!("http://shop.example/"), "InvalidParameterValue"),
        ("paymentDetails.paymentIntent", json!("Guess"), "InvalidParameterValue"),
        ("paymentDetails.chargeAmount.amount", json!("5.001"), "InvalidParameterValue"),
        ("paymentDetails.chargeAmount.amount", json!("0.00"), "InvalidParameterValue"),
        ("paymentDetails.chargeAmount.amount", json!("150000.01"), "TransactionAmountExceeded"),
        ("paymentDetails.chargeAmount.currencyCode", json!("EUR"), "InvalidParameterValue"),
        ("paymentDetails.presentmentCurrency", json!("EUR"), "InvalidParameterValue"),
        ("paymentDetails.totalOrderAmount", usd("4.00"), "InvalidParameterValue"),
        ("paymentDetails.softDescriptor", json!("SHOP"), "InvalidParameterCombination"),
        ("merchantMetadata.noteToBuyer", json!("x".repeat(256)), "InvalidParameterValue"),
        ("paymentMethodOnFileMetadata", json!({ "setupOnly": true }), "InvalidParameterCombination"),
        ("chargePermissionId", json!("C01-0000000-0000000"), "ResourceNotFound"),
    ] {
        let answer = shop.post("checkoutSessions", &with(path, value.clone())).await;
        assert_eq!(refusal(&answer).1, code, "{path} {value}: {}", answer.body);
    }
    let mut pends = session("5.00", "AuthorizeWithCapture");
    pends["paymentDetails"]["canHandlePendingAuthorization"] = json!(true);
    assert_eq!(refusal(&shop.post("checkoutSessions", &pends).await), refused(400, "InvalidParameterCombination"));
    let mut broken = call("POST", "checkoutSessions", &Value::Null).keyed("broken");
    broken.body = "{\"storeId\":".to_owned();
    assert_eq!(refusal(&shop.send(&broken).await), refused(400, "InvalidRequestFormat"));
    for path in ["merchantAccounts", "disputes", "in-store/charge"] {
        assert_eq!(
            refusal(&shop.post(path, &json!({ "anything": 1 })).await),
            refused(401, "UnauthorizedAccess"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn scripted_faults_strike_this_provider_only() {
    let shop = Shop::open().await;
    let good = call("GET", NOTHING, &Value::Null);
    for (fault, expected) in [
        (json!({ "fault": "throttle" }), refused(429, "TooManyRequests")),
        (json!({ "fault": "error", "error": "InternalServerError" }), refused(500, "InternalServerError")),
        (
            json!({ "fault": "error", "error": "ServiceUnavailable", "operation": "GetCheckoutSession" }),
            refused(503, "ServiceUnavailable"),
        ),
    ] {
        let mut fault = fault;
        fault["provider"] = "amazon_pay".into();
        assert_eq!(shop.house.post_json("/_sandbox/faults", &fault).await.status, StatusCode::CREATED);
        assert_eq!(refusal(&shop.send(&good).await), expected);
        assert_eq!(refusal(&shop.send(&good).await).1, "ResourceNotFound");
    }
    let fault = json!({ "provider": "amazon_pay", "fault": "status", "code": 502 });
    shop.house.post_json("/_sandbox/faults", &fault).await;
    assert_eq!(shop.send(&good).await.status, StatusCode::BAD_GATEWAY);
    let stranger = json!({ "provider": "nobody", "fault": "throttle" });
    assert_eq!(shop.house.post_json("/_sandbox/faults", &stranger).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_strict_sandbox_wants_fresh_requests() {
    let shop = Shop::open_with(|settings| settings.strict = true).await;
    let old = call("GET", NOTHING, &Value::Null);
    assert_eq!(refusal(&shop.send(&old).await), refused(400, "InvalidHeaderValue"));
    let now = shop.house.clock.real_now().iso8601();
    assert_eq!(refusal(&shop.send(&old.with("x-amz-pay-date", &now)).await), refused(404, "ResourceNotFound"));
}

#[tokio::test]
async fn everything_survives_a_restart_and_only_the_configured_account_a_reset() {
    let shop = Shop::open().await;
    let (_, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
    let other = json!({ "provider": "amazon_pay", "public_key_id": "SANDBOX-T1", "public_key_pem": public_key(), "merchant_id": "A2OTHER" });
    shop.house.post_json("/_sandbox/credentials", &other).await;
    let clock = pushcart::base::clock::Clock::new();
    let again = pushcart::sandbox::Sandbox::open(shop.house.settings.clone(), clock.clone()).await.unwrap();
    clock.advance(pushcart::base::clock::days(30));
    while again.turn().await.unwrap() {}
    assert_eq!(shop.status(&format!("charges/{charge}")).await, ("Canceled".to_owned(), "ExpiredUnused".to_owned()));
    drop(again);
    assert_eq!(shop.house.post_json("/_sandbox/reset", &json!({})).await.status, StatusCode::OK);
    assert_eq!(shop.house.get("/_sandbox/ledger").await.json()["transactions"], json!([]));
    let listed = shop.house.get("/_sandbox/credentials").await.json();
    let ids: Vec<&Value> = listed["credentials"].as_array().unwrap().iter().map(|own| &own["public_key_id"]).collect();
    assert!(ids.contains(&&json!(KEY_ID)) && !ids.contains(&&json!("SANDBOX-T1")), "{ids:?}");
    shop.bought("20.00", "Authorize", ANA, "1111").await;
}
