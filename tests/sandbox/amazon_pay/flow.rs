//! A purchase from start to refund, and how its objects live.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::shop::{ANA, MERCHANT, Shop, refusal, refused, session, state, usd};

#[tokio::test]
async fn a_purchase_from_the_session_to_the_refund() {
    let shop = Shop::open().await;
    let fresh = shop.post("checkoutSessions", &session("20.00", "Authorize")).await.json();
    assert_eq!(fresh["constraints"][0]["constraintId"], "BuyerNotAssociated");
    assert_eq!(fresh["webCheckoutDetails"]["amazonPayRedirectUrl"], Value::Null);
    assert_eq!(fresh["paymentPreferences"], json!([null]));

    let id = shop.reviewed(&session("20.00", "Authorize"), ANA, "1111").await;
    let reviewed = shop.get(&format!("checkoutSessions/{id}")).await;
    assert_eq!((reviewed["buyer"]["name"].as_str(), &reviewed["constraints"]), (Some("Ana Allgood"), &json!([])));
    assert_eq!(reviewed["shippingAddress"]["postalCode"], "98101");
    assert_eq!(reviewed["paymentPreferences"][0]["paymentDescriptor"], "Visa ****1111 (Amazon Pay)");
    let redirect = reviewed["webCheckoutDetails"]["amazonPayRedirectUrl"].as_str().unwrap();
    assert_eq!(redirect, format!("http://127.0.0.1:3001/checkout/processing?amazonCheckoutSessionId={id}"));
    assert_eq!(refusal(&shop.complete(&id, "20.00").await), refused(422, "InvalidCheckoutSessionStatus"));
    assert!(shop.pay(&id, "1111").await.location.starts_with("http://localhost:3000/result?"));

    let done = shop.complete(&id, "20.00").await;
    assert_eq!((done.status, &done.json()["statusDetails"]["state"]), (StatusCode::OK, &json!("Completed")));
    let text = |name: &str| done.json()[name].as_str().unwrap().to_owned();
    let (permission, charge) = (text("chargePermissionId"), text("chargeId"));
    assert!(permission.starts_with("S01-") && charge.starts_with(&permission), "{permission} {charge}");
    assert_eq!(shop.get(&format!("checkoutSessions/{id}")).await["buyer"], Value::Null);
    assert_eq!(shop.status(&format!("charges/{charge}")).await, state("Authorized", ""));
    assert_eq!(shop.balance(&format!("held:{MERCHANT}")).await, 2000);

    let captured = shop.capture(&charge, "20").await.json();
    assert_eq!((&captured["statusDetails"]["state"], &captured["captureAmount"]), (&json!("Captured"), &usd("20.00")));
    assert_eq!(refusal(&shop.capture(&charge, "20").await), refused(422, "InvalidChargeStatus"));
    assert_eq!(shop.status(&format!("chargePermissions/{permission}")).await, state("Closed", "AmazonClosed"));
    assert_eq!(shop.balance(&format!("merchant:{MERCHANT}")).await, 2000);

    let refund = shop.refund(&charge, "5.00").await;
    assert_eq!(
        (refund.status, &refund.json()["statusDetails"]["state"]),
        (StatusCode::CREATED, &json!("RefundInitiated"))
    );
    let refund = refund.json()["refundId"].as_str().unwrap().to_owned();
    shop.house.later(Duration::from_secs(2)).await;
    assert_eq!(shop.status(&format!("refunds/{refund}")).await, state("Refunded", ""));
    assert_eq!(shop.get(&format!("charges/{charge}")).await["refundedAmount"], usd("5.00"));
    assert_eq!(shop.balance(&format!("merchant:{MERCHANT}")).await, 1500);
    assert_eq!(refusal(&shop.refund(&charge, "18.01").await), refused(400, "TransactionAmountExceeded"));

    let ledger = shop.house.get("/_sandbox/ledger").await.json();
    let lines = ledger["transactions"].as_array().unwrap();
    let lines: Vec<(&str, &str, i64)> = lines
        .iter()
        .map(|line| {
            (line["kind"].as_str().unwrap(), line["state"].as_str().unwrap(), line["amount_minor"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(lines, [("reserve", "Authorized", 2000), ("settle", "Captured", 2000), ("refund", "Refunded", 500)]);
}
