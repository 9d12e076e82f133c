//! What goes wrong on purpose: documented simulation codes, and a buyer for every decline.

use std::time::Duration;

use axum::http::StatusCode;
use pushcart::base::clock::{days, hours};
use serde_json::{Value, json};

use super::shop::{ANA, Shop, TERRY, call, fresh_key, refusal, refused, session, state, usd};

fn buyer(name: &str) -> String {
    format!("amzn1.account.{name}")
}

fn pending(amount: &str) -> Value {
    let mut body = session(amount, "Authorize");
    body["paymentDetails"]["canHandlePendingAuthorization"] = json!(true);
    body
}

#[tokio::test]
async fn completing_can_be_simulated_to_fail_or_to_pend() {
    let shop = Shop::open().await;
    for code in ["BuyerCanceled", "AmazonCanceled", "Declined"] {
        let id = shop.paid(&session("20.00", "Authorize"), ANA, "1111").await;
        let complete =
            call("POST", &format!("checkoutSessions/{id}/complete"), &json!({ "chargeAmount": usd("20.00") }));
        let unknown = complete.clone().keyed(&fresh_key()).simulating("HardDeclined");
        assert_eq!(refusal(&shop.send(&unknown).await), refused(400, "InvalidSandboxSimulationSpecified"));
        assert_eq!(
            refusal(&shop.send(&complete.keyed(&fresh_key()).simulating(code)).await),
            refused(422, "CheckoutSessionCanceled")
        );
        assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", code));
    }
    let id = shop.paid(&session("20.00", "Authorize"), ANA, "1111").await;
    let complete = |id: &str| {
        call("POST", &format!("checkoutSessions/{id}/complete"), &json!({ "chargeAmount": usd("20.00") }))
            .simulating("AuthorizationInitiated")
    };
    assert_eq!(refusal(&shop.send(&complete(&id)).await), refused(400, "InvalidSandboxSimulationSpecified"));
    let id = shop.paid(&pending("20.00"), ANA, "1111").await;
    let done = shop.send(&complete(&id)).await;
    assert_eq!(done.status, StatusCode::ACCEPTED);
    let charge = format!("charges/{}", done.json()["chargeId"].as_str().unwrap());
    assert_eq!(shop.status(&charge).await, state("AuthorizationInitiated", ""));
    shop.house.later(Duration::from_secs(30)).await;
    assert_eq!(shop.status(&charge).await, state("Authorized", ""));
}

#[tokio::test]
async fn charging_can_be_simulated_to_fail() {
    let shop = Shop::open().await;
    for (code, after) in [
        ("SoftDeclined", state("Chargeable", "")),
        ("TransactionTimedOut", state("Chargeable", "")),
        ("HardDeclined", state("NonChargeable", "PaymentMethodInvalid")),
        ("AmazonRejected", state("Closed", "AmazonCanceled")),
    ] {
        let (permission, _) = shop.bought("20.00", "Confirm", ANA, "1111").await;
        let body = json!({ "chargePermissionId": permission, "chargeAmount": usd("20.00") });
        let charge = call("POST", "charges", &body).keyed(&fresh_key()).simulating(code);
        assert_eq!(refusal(&shop.send(&charge).await), refused(422, code));
        assert_eq!(shop.status(&format!("chargePermissions/{permission}")).await, after, "{code}");
    }
    let (permission, _) = shop.bought("20.00", "Confirm", ANA, "1111").await;
    let body = json!({ "chargePermissionId": permission, "chargeAmount": usd("20.00"), "captureNow": true });
    let slow = shop.send(&call("POST", "charges", &body).keyed(&fresh_key()).simulating("CaptureInitiated")).await;
    assert_eq!(
        (slow.status, &slow.json()["statusDetails"]["state"]),
        (StatusCode::CREATED, &json!("CaptureInitiated"))
    );
    shop.house.later(Duration::from_secs(30)).await;
    assert_eq!(
        shop.status(&format!("charges/{}", slow.json()["chargeId"].as_str().unwrap())).await,
        state("Captured", "")
    );

    let (permission, _) = shop.bought("20.00", "Confirm", ANA, "1111").await;
    let body = json!({ "chargePermissionId": permission, "chargeAmount": usd("20.00"), "canHandlePendingAuthorization": true });
    let later = shop.send(&call("POST", "charges", &body).keyed(&fresh_key()).simulating("PendingHardDeclined")).await;
    let charge = format!("charges/{}", later.json()["chargeId"].as_str().unwrap());
    assert_eq!(shop.status(&charge).await, state("AuthorizationInitiated", ""));
    shop.house.later(Duration::from_secs(30)).await;
    assert_eq!(shop.status(&charge).await, state("Declined", "HardDeclined"));
    let close = call("DELETE", &format!("chargePermissions/{permission}/close"), &json!({ "closureReason": "x" }));
    assert_eq!(
        shop.send(&close.simulating("AmazonClosed")).await.json()["statusDetails"]["reasons"][0]["reasonCode"],
        "AmazonClosed"
    );
}

#[tokio::test]
async fn the_cards_of_the_test_wallet_do_what_is_documented() {
    let shop = Shop::open().await;
    for card in ["1111", "0005", "4444", "9424", "0000"] {
        let (_, charge) = shop.bought("20.00", "AuthorizeWithCapture", TERRY, card).await;
        assert_eq!(shop.status(&format!("charges/{charge}")).await, state("Captured", ""), "{card}");
    }
    let id = shop.reviewed(&session("20.00", "Authorize"), TERRY, "3064").await;
    assert_eq!(
        shop.pay(&id, "3064").await.location,
        format!("http://localhost:3000/cancelled?amazonCheckoutSessionId={id}")
    );
    assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", "BuyerCanceled"));
    for (card, after) in [("0701", state("Authorized", "")), ("4354", state("Declined", "HardDeclined"))] {
        let id = shop.reviewed(&session("20.00", "Authorize"), TERRY, card).await;
        let page = shop.pay(&id, card).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.body.contains("canHandlePendingAuthorization"));
        let (_, charge) = {
            let id = shop.paid(&pending("20.00"), TERRY, card).await;
            let done = shop.complete(&id, "20.00").await;
            assert_eq!(done.status, StatusCode::ACCEPTED);
            (id, format!("charges/{}", done.json()["chargeId"].as_str().unwrap()))
        };
        assert_eq!(shop.status(&charge).await, state("AuthorizationInitiated", ""));
        shop.house.later(Duration::from_secs(30)).await;
        assert_eq!(shop.status(&charge).await, after, "{card}");
    }
}

#[tokio::test]
async fn every_charge_decline_has_its_buyer() {
    let shop = Shop::open().await;
    for (name, card, code, again) in [
        ("SOFIASOFT", "5151", refused(422, "SoftDeclined"), None),
        ("PAULAPROCESSING", "5555", refused(500, "ProcessingFailure"), None),
        ("HARRYHARD", "5252", refused(422, "HardDeclined"), Some(refused(422, "InvalidChargePermissionStatus"))),
        ("RITAREJECTED", "5353", refused(422, "AmazonRejected"), Some(refused(422, "InvalidChargePermissionStatus"))),
        ("TIMTIMEDOUT", "5454", refused(422, "TransactionTimedOut"), Some(refused(422, "TransactionTimedOut"))),
        (
            "NORANOTALLOWED",
            "5656",
            refused(422, "PaymentMethodNotAllowed"),
            Some(refused(422, "PaymentMethodNotAllowed")),
        ),
        ("MARCOMFA", "5757", refused(422, "MFANotCompleted"), Some(refused(422, "MFANotCompleted"))),
    ] {
        let (permission, _) = shop.bought("20.00", "Confirm", &buyer(name), card).await;
        assert_eq!(refusal(&shop.charge(&permission, "20.00").await), code, "{name}");
        let second = shop.charge(&permission, "20.00").await;
        match again {
            Some(code) => assert_eq!(refusal(&second), code, "{name}"),
            None => assert_eq!(second.status, StatusCode::CREATED, "{name}"),
        }
    }
    let id = shop.paid(&pending("20.00"), &buyer("TIMTIMEDOUT"), "5454").await;
    let done = shop.complete(&id, "20.00").await.json();
    let charge = format!("charges/{}", done["chargeId"].as_str().unwrap());
    shop.house.later(hours(23)).await;
    assert_eq!(shop.status(&charge).await, state("AuthorizationInitiated", ""));
    shop.house.later(hours(1)).await;
    assert_eq!(shop.status(&charge).await, state("Declined", "TransactionTimedOut"));
}

#[tokio::test]
async fn the_other_ways_to_fail_have_their_buyers_too() {
    let shop = Shop::open().await;
    let id = shop.paid(&session("20.00", "Authorize"), &buyer("LARSLATE"), "3535").await;
    assert_eq!(refusal(&shop.complete(&id, "20.00").await), refused(422, "CheckoutSessionCanceled"));
    assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", "Declined"));

    let (_, charge) = shop.bought("20.00", "Authorize", &buyer("AVAATYPICAL"), "5858").await;
    assert_eq!(shop.status(&format!("charges/{charge}")).await, state("Authorized", "StopShipmentAtypicalAuth"));
    assert_eq!(shop.capture(&charge, "20.00").await.json()["statusDetails"]["reasonCode"], "StopShipmentAtypicalAuth");

    let (permission, charge) = shop.bought("20.00", "Authorize", &buyer("CARLCAPTURE"), "5959").await;
    assert_eq!(refusal(&shop.capture(&charge, "20.00").await), refused(422, "AmazonRejected"));
    assert_eq!(shop.status(&format!("charges/{charge}")).await, state("Declined", "AmazonRejected"));
    assert_eq!(shop.status(&format!("chargePermissions/{permission}")).await, state("Closed", "AmazonCanceled"));
    let (_, slow) = shop.bought("20.00", "Authorize", &buyer("CARLCAPTURE"), "5959").await;
    shop.house.later(days(8)).await;
    assert_eq!(shop.capture(&slow, "20.00").await.json()["statusDetails"]["state"], "CaptureInitiated");
    shop.house.later(Duration::from_secs(30)).await;
    assert_eq!(shop.status(&format!("charges/{slow}")).await, state("Declined", "AmazonRejected"));

    for (name, card, reason) in [("REXREFUND", "6060", "ProcessingFailure"), ("RUTHREFUND", "6161", "AmazonRejected")] {
        let (_, charge) = shop.bought("20.00", "AuthorizeWithCapture", &buyer(name), card).await;
        let refund = shop.refund(&charge, "20.00").await.json()["refundId"].as_str().unwrap().to_owned();
        shop.house.later(Duration::from_secs(2)).await;
        assert_eq!(shop.status(&format!("refunds/{refund}")).await, state("Declined", reason));
        assert_eq!(shop.refund(&charge, "20.00").await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn what_buyers_and_amazon_do_by_themselves_can_be_acted_out() {
    let shop = Shop::open().await;
    let act = |body: Value| {
        let shop = &shop;
        async move { shop.house.post_json("/_sandbox/amazon-pay/act", &body).await.status }
    };
    let (permission, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
    let path = format!("chargePermissions/{permission}");
    for reason in
        ["PaymentMethodExpired", "PaymentMethodDeleted", "BillingAddressDeleted", "PaymentMethodNotSet", "MFAFailed"]
    {
        assert_eq!(act(json!({ "act": "spoil", "id": permission, "reason": reason })).await, StatusCode::OK);
        assert_eq!(shop.status(&path).await, state("NonChargeable", reason));
    }
    assert_eq!(act(json!({ "act": "repair", "id": permission })).await, StatusCode::OK);
    assert_eq!(act(json!({ "act": "buyer_cancels", "id": charge })).await, StatusCode::OK);
    assert_eq!(shop.status(&format!("charges/{charge}")).await, state("Canceled", "BuyerCanceled"));
    assert_eq!(act(json!({ "act": "buyer_closes", "id": permission })).await, StatusCode::OK);
    assert_eq!(shop.status(&path).await, state("Closed", "BuyerClosed"));
    for wrong in [
        json!({ "act": "repair", "id": permission }),
        json!({ "act": "dance", "id": charge }),
        json!({ "act": "repair", "id": "x" }),
    ] {
        assert_eq!(act(wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
