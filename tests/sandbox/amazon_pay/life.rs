//! How long things live, and how much may be charged on them.

use std::time::Duration;

use axum::http::StatusCode;
use pushcart::base::clock::{days, hours};
use serde_json::{Value, json};

use super::shop::{ANA, MERCHANT, Shop, call, refusal, refused, session, state, usd};

fn recurring(amount: &str) -> Value {
    let mut body = session(amount, "AuthorizeWithCapture");
    body["chargePermissionType"] = "Recurring".into();
    body["recurringMetadata"] = json!({ "frequency": { "unit": "Month", "value": "1" }, "amount": usd(amount) });
    body
}

#[tokio::test]
async fn a_checkout_that_is_never_completed_frees_the_hold_after_a_day() {
    let shop = Shop::open().await;
    let id = shop.paid(&session("20.00", "Authorize"), ANA, "1111").await;
    assert_eq!(shop.balance(&format!("held:{MERCHANT}")).await, 2000);
    shop.house.later(hours(24)).await;
    assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", "Expired"));
    assert_eq!(shop.balance(&format!("held:{MERCHANT}")).await, 0);
    assert_eq!(refusal(&shop.complete(&id, "20.00").await), refused(422, "CheckoutSessionCanceled"));
    let ledger = shop.house.get("/_sandbox/ledger").await.json();
    assert_eq!(
        (&ledger["transactions"][0]["state"], &ledger["transactions"][0]["status_code"]),
        (&json!("Canceled"), &json!("MerchantCanceled"))
    );
    shop.house.later(days(29)).await;
    let gone = shop.send(&call("GET", &format!("checkoutSessions/{id}"), &Value::Null)).await;
    assert_eq!(refusal(&gone), refused(404, "ResourceNotFound"));
}

#[tokio::test]
async fn completing_needs_the_amount_and_the_currency_of_the_session() {
    let shop = Shop::open().await;
    let id = shop.paid(&session("20.00", "Authorize"), ANA, "1111").await;
    let path = format!("checkoutSessions/{id}/complete");
    assert_eq!(refusal(&shop.post(&path, &json!({})).await), refused(400, "MissingParameterValue"));
    assert_eq!(refusal(&shop.complete(&id, "20.01").await), refused(409, "AmountMismatch"));
    let euros = json!({ "chargeAmount": { "amount": "20.00", "currencyCode": "EUR" } });
    assert_eq!(refusal(&shop.post(&path, &euros).await), refused(400, "CurrencyMismatch"));
    let update = call("PATCH", &format!("checkoutSessions/{id}"), &json!({ "supplementaryData": "late" }));
    assert_eq!(refusal(&shop.send(&update).await), refused(422, "InvalidCheckoutSessionStatus"));
    // Without a key, as the Node SDK sends it; the amount may be written in another way.
    let done = shop.send(&call("POST", &path, &json!({ "chargeAmount": usd("20") }))).await;
    assert_eq!((done.status, &done.json()["buyer"]), (StatusCode::OK, &Value::Null));
    assert_eq!(refusal(&shop.complete(&id, "20.00").await), refused(422, "InvalidCheckoutSessionStatus"));
}

#[tokio::test]
async fn an_update_merges_and_the_presentment_currency_follows_the_amount() {
    let shop = Shop::open().await;
    let euro = |amount: &str, code: &str| json!({ "amount": amount, "currencyCode": code });
    let mut body = session("20.00", "Authorize");
    body["paymentDetails"]["chargeAmount"] = euro("20.00", "EUR");
    let made = shop.send(&call("POST", "checkoutSessions", &body).with("x-amz-pay-region", "eu").keyed("eu-1")).await;
    assert_eq!(
        (made.status, &made.json()["paymentDetails"]["presentmentCurrency"]),
        (StatusCode::CREATED, &json!("EUR"))
    );
    let path = format!("checkoutSessions/{}", made.json()["checkoutSessionId"].as_str().unwrap());
    let update = |body: Value| call("PATCH", &path, &body).with("x-amz-pay-region", "eu");
    let direct = json!({ "paymentDetails": { "presentmentCurrency": "GBP" } });
    assert_eq!(refusal(&shop.send(&update(direct)).await), refused(400, "InvalidParameterValue"));
    let moved = shop.send(&update(json!({ "paymentDetails": { "chargeAmount": euro("17.00", "SEK") } }))).await.json();
    assert_eq!(moved["paymentDetails"]["presentmentCurrency"], "SEK");
    assert_eq!(
        (&moved["paymentDetails"]["paymentIntent"], &moved["merchantMetadata"]["merchantReferenceId"]),
        (&json!("Authorize"), &json!("order-7"))
    );
    let unknown = json!({ "scopes": ["name"] });
    assert_eq!(refusal(&shop.send(&update(unknown)).await), refused(400, "UnrecognizedField"));
}

#[tokio::test]
async fn a_hold_lapses_after_thirty_days_and_is_taken_slowly_after_seven() {
    let shop = Shop::open().await;
    let (permission, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
    let (_, other) = shop.bought("9.00", "Authorize", ANA, "0005").await;
    shop.house.later(days(8)).await;
    let late = shop.capture(&charge, "15.00").await.json();
    assert_eq!((&late["statusDetails"]["state"], &late["captureAmount"]), (&json!("CaptureInitiated"), &Value::Null));
    shop.house.later(Duration::from_secs(30)).await;
    assert_eq!(shop.status(&format!("charges/{charge}")).await, state("Captured", ""));
    // What was not taken goes back to the buyer, and to the permission.
    let left = shop.get(&format!("chargePermissions/{permission}")).await;
    assert_eq!(
        (&left["statusDetails"]["state"], &left["limits"]["amountBalance"]),
        (&json!("Chargeable"), &usd("5.00"))
    );
    assert_eq!(shop.balance(&format!("merchant:{MERCHANT}")).await, 1500);
    assert_eq!(refusal(&shop.charge(&permission, "5.00").await), refused(422, "TransactionCountExceeded"));
    shop.house.later(days(22)).await;
    assert_eq!(shop.status(&format!("charges/{other}")).await, state("Canceled", "ExpiredUnused"));
    assert_eq!(shop.balance(&format!("held:{MERCHANT}")).await, 0);
    assert_eq!(refusal(&shop.capture(&other, "9.00").await), refused(422, "InvalidChargeStatus"));
    let shown = shop.get(&format!("chargePermissions/{permission}")).await;
    assert_eq!((&shown["buyer"], &shown["shippingAddress"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn permissions_end_after_180_days_or_thirteen_months() {
    let shop = Shop::open().await;
    let (short, _) = shop.bought("20.00", "Confirm", ANA, "1111").await;
    let mut extended = session("20.00", "Confirm");
    extended["paymentDetails"]["extendExpiration"] = json!(true);
    let long = shop.paid(&extended, ANA, "1111").await;
    let long = shop.complete(&long, "20.00").await.json()["chargePermissionId"].as_str().unwrap().to_owned();
    shop.house.later(days(180)).await;
    assert_eq!(shop.status(&format!("chargePermissions/{short}")).await, state("Closed", "ChargePermissionExpired"));
    assert_eq!(refusal(&shop.charge(&short, "5.00").await), refused(422, "InvalidChargePermissionStatus"));
    assert_eq!(shop.status(&format!("chargePermissions/{long}")).await, state("Chargeable", ""));
    shop.house.later(days(220)).await;
    assert_eq!(shop.status(&format!("chargePermissions/{long}")).await, state("Closed", "ChargePermissionExpired"));
}

#[tokio::test]
async fn a_subscription_is_charged_every_month_up_to_its_ceiling() {
    let shop = Shop::open().await;
    let id = shop.paid(&recurring("30.00"), ANA, "1111").await;
    let done = shop.complete(&id, "30.00").await.json();
    let text = |name: &str| done[name].as_str().unwrap().to_owned();
    let (permission, first) = (text("chargePermissionId"), text("chargeId"));
    assert!(permission.starts_with("C01-") && first.starts_with("S01-"), "{permission} {first}");
    assert_eq!(shop.status(&format!("charges/{first}")).await, state("Captured", ""));
    let path = format!("chargePermissions/{permission}");
    let shown = shop.get(&path).await;
    assert_eq!((&shown["limits"]["amountLimit"], &shown["limits"]["amountBalance"]), (&usd("1000.00"), &usd("970.00")));
    assert_eq!(refusal(&shop.charge(&permission, "970.01").await), refused(400, "PeriodicAmountExceeded"));
    assert_eq!(shop.charge(&permission, "970.00").await.status, StatusCode::CREATED);
    assert_eq!(refusal(&shop.charge(&permission, "0.01").await), refused(400, "PeriodicAmountExceeded"));
    // Every charge keeps it alive for thirteen months more; a new month brings the room back.
    for _ in 0..3 {
        shop.house.later(days(200)).await;
        assert_eq!(shop.charge(&permission, "30.00").await.status, StatusCode::CREATED);
    }
    let update =
        call("PATCH", &path, &json!({ "recurringMetadata": { "frequency": { "unit": "Week", "value": "2" } } }));
    let updated = shop.send(&update).await.json();
    assert_eq!(updated["recurringMetadata"]["frequency"], json!({ "unit": "Week", "value": "2" }));
    shop.house.later(days(400)).await;
    assert_eq!(shop.status(&path).await, state("Closed", "ChargePermissionExpired"));
}

#[tokio::test]
async fn a_split_order_is_charged_until_the_total_is_used_up() {
    let shop = Shop::open().await;
    let mut body = session("10.00", "AuthorizeWithCapture");
    body["paymentDetails"]["totalOrderAmount"] = usd("30.00");
    let id = shop.paid(&body, ANA, "1111").await;
    let path = format!("checkoutSessions/{id}/complete");
    assert_eq!(refusal(&shop.complete(&id, "10.00").await), refused(400, "MissingParameterValue"));
    let done =
        shop.post(&path, &json!({ "chargeAmount": usd("10.00"), "totalOrderAmount": usd("30.00") })).await.json();
    let permission = done["chargePermissionId"].as_str().unwrap().to_owned();
    assert_eq!(refusal(&shop.charge(&permission, "20.01").await), refused(400, "TransactionAmountExceeded"));
    let body = json!({ "chargePermissionId": permission, "chargeAmount": usd("20.00"), "captureNow": true, "softDescriptor": "SECOND" });
    let rest = shop.post("charges", &body).await.json();
    assert_eq!((&rest["statusDetails"]["state"], &rest["softDescriptor"]), (&json!("Captured"), &json!("AMZ*SECOND")));
    assert_eq!(shop.status(&format!("chargePermissions/{permission}")).await, state("Closed", "AmazonClosed"));
}

#[tokio::test]
async fn closing_leaves_holds_alone_unless_asked_otherwise() {
    let shop = Shop::open().await;
    for (cancel, expected) in [(false, state("Authorized", "")), (true, state("Canceled", "ChargePermissionCanceled"))]
    {
        let (permission, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
        let close = |body: Value| call("DELETE", &format!("chargePermissions/{permission}/close"), &body);
        assert_eq!(refusal(&shop.send(&close(json!({}))).await), refused(400, "MissingParameterValue"));
        let body = json!({ "closureReason": "sold out", "cancelPendingCharges": cancel });
        assert_eq!(shop.send(&close(body.clone())).await.json()["statusDetails"]["state"], "Closed");
        assert_eq!(refusal(&shop.send(&close(body)).await), refused(422, "InvalidChargePermissionStatus"));
        assert_eq!(shop.status(&format!("charges/{charge}")).await, expected);
        assert_eq!(shop.capture(&charge, "20.00").await.status == StatusCode::OK, !cancel);
    }
}

#[tokio::test]
async fn a_hold_can_be_called_off_but_not_money_that_was_taken() {
    let shop = Shop::open().await;
    let (permission, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
    let cancel = |id: &str, body: Value| call("DELETE", &format!("charges/{id}/cancel"), &body);
    assert_eq!(refusal(&shop.send(&cancel(&charge, json!({}))).await), refused(400, "MissingParameterValue"));
    let body = json!({ "cancellationReason": "changed their mind" });
    assert_eq!(
        shop.send(&cancel(&charge, body.clone())).await.json()["statusDetails"]["reasonCode"],
        "MerchantCanceled"
    );
    assert_eq!(refusal(&shop.send(&cancel(&charge, body.clone())).await), refused(422, "InvalidChargeStatus"));
    assert_eq!(shop.get(&format!("chargePermissions/{permission}")).await["limits"]["amountBalance"], usd("20.00"));
    let again = shop.charge(&permission, "20.00").await.json()["chargeId"].as_str().unwrap().to_owned();
    assert_eq!(refusal(&shop.capture(&again, "20.01").await), refused(400, "TransactionAmountExceeded"));
    assert_eq!(shop.capture(&again, "20.00").await.status, StatusCode::OK);
    assert_eq!(refusal(&shop.send(&cancel(&again, body)).await), refused(422, "InvalidChargeStatus"));
    assert_eq!(refusal(&shop.refund(&charge, "1.00").await), refused(422, "InvalidChargeStatus"));
    assert_eq!(shop.refund(&again, "23.00").await.status, StatusCode::CREATED);
    assert_eq!(refusal(&shop.refund(&again, "0.01").await), refused(400, "TransactionAmountExceeded"));
}

#[tokio::test]
async fn a_saved_wallet_is_set_up_without_an_amount_and_charged_later() {
    let shop = Shop::open().await;
    let mut setup = session("1.00", "Confirm");
    setup["chargePermissionType"] = "PaymentMethodOnFile".into();
    setup["paymentMethodOnFileMetadata"] = json!({ "setupOnly": true });
    setup["paymentDetails"] = Value::Null;
    let id = shop.paid(&setup, ANA, "1111").await;
    let done = shop.post(&format!("checkoutSessions/{id}/complete"), &json!({})).await;
    let permission = done.json()["chargePermissionId"].as_str().unwrap().to_owned();
    let mut later = session("12.00", "Authorize");
    later["chargePermissionType"] = "PaymentMethodOnFile".into();
    later["chargePermissionId"] = permission.clone().into();
    let id = shop.paid(&later, ANA, "1111").await;
    let done = shop.complete(&id, "12.00").await.json();
    assert_eq!(done["chargePermissionId"], permission.as_str());
    let charge = done["chargeId"].as_str().unwrap().to_owned();
    assert_eq!(shop.capture(&charge, "12.00").await.status, StatusCode::OK);
    assert_eq!(shop.status(&format!("chargePermissions/{permission}")).await, state("Chargeable", ""));
}

#[tokio::test]
async fn finalizing_repeats_what_the_buyer_shared() {
    let shop = Shop::open().await;
    let id = shop.paid(&session("20.00", "Authorize"), ANA, "1111").await;
    let path = format!("checkoutSessions/{id}/finalize");
    let address = shop.get(&format!("checkoutSessions/{id}")).await["shippingAddress"].clone();
    let body = |address: Value| json!({ "chargeAmount": usd("20.00"), "paymentIntent": "Authorize", "shippingAddress": address });
    assert_eq!(refusal(&shop.post(&path, &body(Value::Null)).await), refused(400, "MissingParameterValue"));
    assert_eq!(
        refusal(&shop.post(&path, &body(json!({ "city": "Elsewhere" }))).await),
        refused(400, "InvalidParameterValue")
    );
    let done = shop.post(&path, &body(address)).await;
    assert_eq!((done.status, &done.json()["statusDetails"]["state"]), (StatusCode::OK, &json!("Completed")));
}

#[tokio::test]
async fn a_first_payment_stays_below_the_ceiling_too() {
    let shop = Shop::open().await;
    assert_eq!(
        refusal(&shop.post("checkoutSessions", &recurring("1000.01")).await),
        refused(400, "TransactionAmountExceeded")
    );
    assert_eq!(shop.post("checkoutSessions", &recurring("1000.00")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_foreign_currency_is_for_some_cards_only() {
    let shop = Shop::open().await;
    let mut body = session("20.00", "Authorize");
    body["paymentDetails"]["chargeAmount"]["currencyCode"] = "SEK".into();
    let made =
        shop.send(&call("POST", "checkoutSessions", &body).with("x-amz-pay-region", "eu").keyed("sek-1")).await.json();
    let id = made["checkoutSessionId"].as_str().unwrap().to_owned();
    let page = shop.house.get(&format!("/checkout?amazonCheckoutSessionId={id}")).await;
    let page = shop.house.post("/checkout/sign-in", &[("session", &page.session()), ("persona", ANA)]).await;
    let fields = [("session", page.session()), ("address", "berlin".to_owned()), ("instrument", "0005".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    shop.house.post("/checkout/choose", &fields).await;
    assert_eq!(shop.pay(&id, "0005").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(shop.pay(&id, "4444").await.status, StatusCode::SEE_OTHER);
    let body = json!({ "chargeAmount": { "amount": "20.00", "currencyCode": "SEK" } });
    let done = shop.post(&format!("checkoutSessions/{id}/complete"), &body).await.json();
    assert!(done["chargePermissionId"].as_str().unwrap().starts_with("S02-"), "{done}");
}
