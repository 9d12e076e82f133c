//! The hosted pages as a browser without script walks them, and the button.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::shop::{ANA, KEY_ID, MERCHANT, STORE, Shop, session, sign_payload, state, usd};

async fn press(shop: &Shop, payload: &Value, more: &[(&str, &str)]) -> crate::house::Answer {
    let payload = payload.to_string();
    let signature = sign_payload(&payload);
    let mut fields = vec![
        ("merchantId", MERCHANT),
        ("publicKeyId", KEY_ID),
        ("ledgerCurrency", "USD"),
        ("sandbox", "true"),
        ("payloadJSON", payload.as_str()),
        ("signature", signature.as_str()),
        ("algorithm", "AMZN-PAY-RSASSA-PSS-V2"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend_from_slice(more);
    shop.house.post("/checkout", &fields).await
}

#[tokio::test]
async fn a_declined_method_is_replaced_on_the_same_page() {
    let shop = Shop::open().await;
    let dora = "amzn1.account.DORADECLINED";
    let id = shop.reviewed(&session("20.00", "Authorize"), dora, "3434").await;
    let page = shop.pay(&id, "3434").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("was declined") && page.body.contains("value=\"1111\" checked"), "{}", page.body);
    assert!(shop.pay(&id, "1111").await.location.starts_with("http://localhost:3000/result"));
    assert_eq!(shop.complete(&id, "20.00").await.status, StatusCode::OK);

    let id = shop.reviewed(&session("20.00", "Authorize"), dora, "3434").await;
    let page = shop.pay(&id, "3434").await;
    let left = shop.house.post("/checkout/leave", &[("session", &page.session())]).await;
    assert_eq!(left.location, format!("http://localhost:3000/result?amazonCheckoutSessionId={id}"));
    assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", "Declined"));
}

#[tokio::test]
async fn turning_back_and_coming_back_again() {
    let shop = Shop::open().await;
    let id = shop.reviewed(&session("20.00", "Authorize"), ANA, "1111").await;
    let page = shop.house.get(&format!("/amazon-pay/checkout/processing?amazonCheckoutSessionId={id}")).await;
    let left = shop.house.post("/checkout/leave", &[("session", &page.session())]).await;
    assert_eq!(left.location, format!("http://localhost:3000/cancelled?amazonCheckoutSessionId={id}"));
    assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", "BuyerCanceled"));
    let again = shop.house.post("/checkout/pay", &[("session", &page.session()), ("instrument", "1111")]).await;
    assert!(again.location.starts_with("http://localhost:3000/result"));
    assert_eq!(shop.house.get("/checkout?amazonCheckoutSessionId=nobody").await.status, StatusCode::NOT_FOUND);
    let forged = format!("{id}.guess");
    assert_eq!(shop.house.post("/checkout/leave", &[("session", &forged)]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn paying_twice_pays_once() {
    let shop = Shop::open().await;
    let id = shop.reviewed(&session("20.00", "Authorize"), ANA, "1111").await;
    let page = shop.house.get(&format!("/checkout/processing?amazonCheckoutSessionId={id}")).await;
    assert!(page.body.contains("$20.00") && page.body.contains("order-7") && !page.body.contains("<script"));
    let fields = [("session", page.session()), ("instrument", "1111".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (one, two) = tokio::join!(shop.house.post("/checkout/pay", &fields), shop.house.post("/checkout/pay", &fields));
    assert_eq!((one.status, one.location), (StatusCode::SEE_OTHER, two.location));
    assert_eq!(shop.balance(&format!("held:{MERCHANT}")).await, 2000);
}

#[tokio::test]
async fn some_have_to_enter_a_code() {
    let shop = Shop::open().await;
    let mia = "amzn1.account.MIAMULTIFACTOR";
    let id = shop.reviewed(&session("20.00", "Authorize"), mia, "2702").await;
    let page = shop.pay(&id, "2702").await;
    assert!(page.status == StatusCode::OK && page.body.contains("123456"), "{}", page.body);
    let wrong = shop.house.post("/checkout/code", &[("session", &page.session()), ("code", "654321")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = shop.house.post("/checkout/code", &[("session", &page.session()), ("code", "123456")]).await;
    assert!(right.location.starts_with("http://localhost:3000/result"));
    assert_eq!(shop.complete(&id, "20.00").await.status, StatusCode::OK);

    let id = shop.reviewed(&session("20.00", "Authorize"), mia, "2702").await;
    let page = shop.pay(&id, "2702").await;
    shop.house.post("/checkout/code", &[("session", &page.session()), ("how", "give-up")]).await;
    assert_eq!(shop.status(&format!("checkoutSessions/{id}")).await, state("Canceled", "Declined"));
}

#[tokio::test]
async fn a_shop_that_has_not_said_enough_is_not_paid() {
    let shop = Shop::open().await;
    let body = json!({
        "storeId": STORE,
        "webCheckoutDetails": { "checkoutReviewReturnUrl": "http://localhost:3000/review?order=7" },
        "chargePermissionType": "Recurring",
    });
    let id = shop.reviewed(&body, ANA, "1111").await;
    let shown = shop.get(&format!("checkoutSessions/{id}")).await;
    let constraints: Vec<&str> =
        shown["constraints"].as_array().unwrap().iter().map(|own| own["constraintId"].as_str().unwrap()).collect();
    assert_eq!(
        constraints,
        ["ChargeAmountNotSet", "CheckoutResultReturnUrlNotSet", "PaymentIntentNotSet", "RecurringFrequencyNotSet"]
    );
    let page = shop.house.get(&format!("/checkout/processing?amazonCheckoutSessionId={id}")).await;
    assert!(page.status == StatusCode::CONFLICT && page.body.contains("PaymentIntentNotSet"));
}

#[tokio::test]
async fn the_button_pays_in_a_single_trip() {
    let shop = Shop::open().await;
    let payload = json!({
        "webCheckoutDetails": { "checkoutMode": "ProcessOrder", "checkoutResultReturnUrl": "http://localhost:3000/result" },
        "storeId": STORE,
        "paymentDetails": { "paymentIntent": "AuthorizeWithCapture", "chargeAmount": usd("10.00") },
        "addressDetails": { "name": "Ana Müller", "addressLine1": "1 High St", "city": "Seattle", "postalCode": "98101", "countryCode": "US" },
    });
    let start = press(&shop, &payload, &[("productType", "PayAndShip")]).await;
    let id = start.returned("amazonCheckoutSessionId");
    assert_eq!(
        (start.status, start.location.as_str()),
        (StatusCode::SEE_OTHER, format!("/checkout?amazonCheckoutSessionId={id}").as_str())
    );
    let page = shop.house.get(&start.location).await;
    let page = shop.house.post("/checkout/sign-in", &[("session", &page.session()), ("persona", ANA)]).await;
    assert!(!page.body.contains("name=\"address\""));
    let page = shop.house.post("/checkout/choose", &[("session", &page.session()), ("instrument", "0005")]).await;
    assert!(page.body.contains("$10.00") && page.body.contains("1 High St"), "{}", page.body);
    let back = shop.house.post("/checkout/pay", &[("session", &page.session()), ("instrument", "0005")]).await;
    assert_eq!(back.location, format!("http://localhost:3000/result?amazonCheckoutSessionId={id}"));
    let done = shop.complete(&id, "10.00").await.json();
    assert_eq!(shop.status(&format!("charges/{}", done["chargeId"].as_str().unwrap())).await, state("Captured", ""));
    for (more, status) in [
        (vec![("signature", "eA==")], 403),
        (vec![("algorithm", "AMZN-PAY-RSASSA-PSS")], 403),
        (vec![("publicKeyId", "SANDBOX-NOBODY")], 403),
        (vec![("merchantId", "A2OTHER")], 400),
        (vec![("sandbox", "false")], 403),
    ] {
        let refused = press(&shop, &payload, &more).await;
        assert_eq!((refused.status.as_u16(), refused.location.as_str()), (status, ""), "{more:?}");
    }
    let mut homeless = payload.clone();
    homeless.as_object_mut().unwrap().remove("addressDetails");
    assert_eq!(press(&shop, &homeless, &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(press(&shop, &homeless, &[("productType", "PayOnly")]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_sign_in_button_shares_what_it_asked_for() {
    let shop = Shop::open().await;
    let payload = json!({ "signInReturnUrl": "http://localhost:3000/welcome", "storeId": STORE, "signInScopes": ["name", "postalCode"] });
    let page = press(&shop, &payload, &[("productType", "SignIn")]).await;
    let back = shop.house.post("/checkout/share", &[("session", &page.session()), ("persona", ANA)]).await;
    assert!(back.location.starts_with("http://localhost:3000/welcome?buyerToken="));
    let buyer = shop.get(&format!("buyers/{}", back.returned("buyerToken"))).await;
    assert_eq!(
        (&buyer["name"], &buyer["postalCode"], &buyer["email"], &buyer["shippingAddress"]),
        (&json!("Ana Allgood"), &json!("98101"), &Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_buyer_repairs_an_agreement_and_ends_it() {
    let shop = Shop::open().await;
    let harry = "amzn1.account.HARRYHARD";
    let mut body = session("20.00", "AuthorizeWithCapture");
    body["chargePermissionType"] = "Recurring".into();
    body["recurringMetadata"] = json!({ "frequency": { "unit": "Month", "value": "1" } });
    let id = shop.paid(&body, harry, "5252").await;
    let permission = shop.complete(&id, "20.00").await.json()["chargePermissionId"].as_str().unwrap().to_owned();
    assert_eq!(shop.charge(&permission, "20.00").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let path = format!("chargePermissions/{permission}");
    assert_eq!(shop.status(&path).await, state("NonChargeable", "PaymentMethodInvalid"));
    let address = format!("/jr/your-account/ba/{permission}");
    let page = shop.house.get(&address).await.body;
    let visit = page.split("name=\"visit\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    shop.house.post(&address, &[("visit", "guess"), ("instrument", "1111")]).await;
    assert_eq!(shop.status(&path).await.0, "NonChargeable");
    shop.house.post(&address, &[("visit", &visit), ("instrument", "1111")]).await;
    assert_eq!(shop.charge(&permission, "20.00").await.status, StatusCode::CREATED);
    shop.house.post(&address, &[("visit", &visit), ("how", "end")]).await;
    assert_eq!(shop.status(&path).await, state("Closed", "BuyerClosed"));
}

#[tokio::test]
async fn restrictions_and_several_addresses_are_respected() {
    let shop = Shop::open().await;
    let mut body = session("20.00", "Authorize");
    body["deliverySpecifications"] =
        json!({ "addressRestrictions": { "type": "Allowed", "restrictions": { "DE": {} } } });
    let id = shop.post("checkoutSessions", &body).await.json()["checkoutSessionId"].as_str().unwrap().to_owned();
    let page = shop.house.get(&format!("/checkout?amazonCheckoutSessionId={id}")).await;
    let page = shop.house.post("/checkout/sign-in", &[("session", &page.session()), ("persona", ANA)]).await;
    assert!(page.body.contains("Berlin") && !page.body.contains("Seattle"));
    let fields = [("session", page.session()), ("address", "home".to_owned()), ("instrument", "1111".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(shop.house.post("/checkout/choose", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let script = shop.house.get("/checkout.js").await;
    assert!(script.status == StatusCode::OK && script.body.contains("renderButton"));
}
