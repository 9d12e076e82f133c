//! Other currencies than dollars: which region takes them, how they are written, how much they may be.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::shop::{KEY_ID, MERCHANT, Shop, call, fresh_key, refusal, refused, session, sign_payload};
use crate::house::Answer;

const ANA: &str = "amzn1.account.ANAALLGOOD";
const TEN: [&str; 10] = ["USD", "EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "SEK", "DKK", "NOK"];

fn price(amount: &str, code: &str) -> Value {
    json!({ "amount": amount, "currencyCode": code })
}

fn session_over(amount: &str, code: &str) -> Value {
    let mut body = session(amount, "Confirm");
    body["paymentDetails"]["chargeAmount"] = price(amount, code);
    body["paymentDetails"]["presentmentCurrency"] = code.into();
    body
}

/// A session made by an account of this region: its status, its refusal and itself.
async fn made(shop: &Shop, region: &str, body: &Value) -> (StatusCode, (u16, String), Value) {
    let create = call("POST", "checkoutSessions", body).with("x-amz-pay-region", region).keyed(&fresh_key());
    let answer = shop.send(&create).await;
    (answer.status, refusal(&answer), answer.json())
}

/// The permission of a checkout over this amount, whose pages showed `shown`.
async fn permission(shop: &Shop, region: &str, amount: &str, code: &str, shown: &str) -> String {
    let (status, _, made) = made(shop, region, &session_over(amount, code)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["checkoutSessionId"].as_str().unwrap().to_owned();
    let page = shop.house.get(&format!("/checkout?amazonCheckoutSessionId={id}")).await;
    assert!(page.body.contains(shown), "{shown}: {}", page.body);
    let page = shop.house.post("/checkout/sign-in", &[("session", &page.session()), ("persona", ANA)]).await;
    let fields =
        [("session", &*page.session()), ("address", "home"), ("instrument", "1111")].map(|(n, v)| (n, v.to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    shop.house.post("/checkout/choose", &fields).await;
    let page = shop.house.get(&format!("/checkout/processing?amazonCheckoutSessionId={id}")).await;
    assert!(page.body.contains(shown) && !page.body.contains('$'), "{shown}: {}", page.body);
    let paid = shop.pay(&id, "1111").await;
    assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.body);
    let done =
        shop.post(&format!("checkoutSessions/{id}/complete"), &json!({ "chargeAmount": price(amount, code) })).await;
    done.json()["chargePermissionId"].as_str().unwrap_or_else(|| panic!("{}", done.body)).to_owned()
}

async fn charge(shop: &Shop, permission: &str, amount: Value) -> Answer {
    let body = json!({ "chargePermissionId": permission, "chargeAmount": amount, "captureNow": true });
    shop.post("charges", &body).await
}

#[tokio::test]
async fn each_region_opens_sessions_in_the_currencies_it_takes() {
    let shop = Shop::open().await;
    for code in TEN {
        for region in ["na", "eu", "jp"] {
            let takes = region == "eu" || (region, code) == ("na", "USD") || (region, code) == ("jp", "JPY");
            let (status, no, made) = made(&shop, region, &session_over("20", code)).await;
            if takes {
                assert_eq!(made["paymentDetails"]["presentmentCurrency"], code, "{region} {status}");
                assert_eq!(made["paymentDetails"]["chargeAmount"]["currencyCode"], code);
            } else {
                assert_eq!(no, refused(400, "InvalidParameterValue"), "{region} {code}");
            }
        }
    }
}

#[tokio::test]
async fn yen_are_whole_from_the_session_to_the_refund() {
    let shop = Shop::open().await;
    assert_eq!(made(&shop, "jp", &session_over("1450.50", "JPY")).await.1, refused(400, "InvalidParameterValue"));
    assert_eq!(made(&shop, "jp", &session_over("10000001", "JPY")).await.1, refused(400, "TransactionAmountExceeded"));

    let permission = permission(&shop, "jp", "100000", "JPY", "¥100,000").await;
    assert!(permission.starts_with("S03-"), "{permission}");
    let limits = shop.get(&format!("chargePermissions/{permission}")).await["limits"].clone();
    assert_eq!(limits["amountLimit"], price("100000", "JPY"));
    assert_eq!(refusal(&charge(&shop, &permission, price("10.00", "USD")).await), refused(400, "CurrencyMismatch"));
    assert_eq!(refusal(&charge(&shop, &permission, price("10.5", "JPY")).await), refused(400, "InvalidParameterValue"));
    let taken = charge(&shop, &permission, price("100000.00", "JPY")).await.json();
    assert_eq!((&taken["chargeAmount"], &taken["captureAmount"]), (&price("100000", "JPY"), &price("100000", "JPY")));

    let refund = |amount: &str| json!({ "chargeId": taken["chargeId"], "refundAmount": price(amount, "JPY") });
    let too_much = shop.post("refunds", &refund("108401")).await;
    assert_eq!(refusal(&too_much), refused(400, "TransactionAmountExceeded"));
    let begun = shop.post("refunds", &refund("108400")).await;
    assert_eq!((begun.status, &begun.json()["refundAmount"]), (StatusCode::CREATED, &price("108400", "JPY")));
    shop.house.later(std::time::Duration::from_secs(5)).await;
    assert_eq!(shop.balance(&format!("merchant:{MERCHANT}")).await, -8_400);
    let ledger = shop.house.get("/_sandbox/ledger").await.json();
    let lines = ledger["transactions"].as_array().unwrap();
    assert!(lines.len() >= 2 && lines.iter().all(|line| line["currency"] == "JPY"), "{ledger}");
}

#[tokio::test]
async fn what_is_presented_stays_presented() {
    let shop = Shop::open().await;
    for (code, shown) in [("EUR", "€20.00"), ("GBP", "£20.00"), ("CHF", "CHF\u{a0}20.00")] {
        let permission = permission(&shop, "eu", "20.00", code, shown).await;
        assert!(permission.starts_with("S02-"), "{permission}");
        assert_eq!(shop.get(&format!("chargePermissions/{permission}")).await["presentmentCurrency"], code);
        assert_eq!(refusal(&charge(&shop, &permission, price("20.00", "DKK")).await), refused(400, "CurrencyMismatch"));
        let taken = charge(&shop, &permission, price("20.00", code)).await;
        assert_eq!(taken.json()["captureAmount"], price("20.00", code));
    }
    shop.balance(&format!("merchant:{MERCHANT}")).await;
    let sums = shop.house.get("/_sandbox/ledger").await.json()["sum_minor"].clone();
    assert_eq!((&sums["EUR"], &sums["GBP"], &sums["CHF"]), (&json!(0), &json!(0), &json!(0)));
}

#[tokio::test]
async fn an_agreement_has_the_monthly_ceiling_of_its_currency() {
    let shop = Shop::open().await;
    for (region, code, most, above) in [
        ("eu", "EUR", "1000.00", "1000.01"),
        ("eu", "CHF", "1000.00", "1000.01"),
        ("eu", "SEK", "10000.00", "10000.01"),
        ("eu", "JPY", "100000", "100001"),
        ("jp", "JPY", "100000", "100001"),
    ] {
        let recurring = |amount: &str| {
            let mut body = session_over(amount, code);
            body["chargePermissionType"] = "Recurring".into();
            body["recurringMetadata"] =
                json!({ "frequency": { "unit": "Month", "value": "1" }, "amount": price(amount, code) });
            body
        };
        assert_eq!(made(&shop, region, &recurring(above)).await.1, refused(400, "TransactionAmountExceeded"), "{code}");
        assert_eq!(made(&shop, region, &recurring(most)).await.0, StatusCode::CREATED, "{region} {code}");
    }
}

#[tokio::test]
async fn a_button_says_which_books_the_account_keeps() {
    let shop = Shop::open().await;
    let button = |ledger: &'static str, payload: &str| {
        let signature = sign_payload(payload);
        let fields = [
            ("merchantId", MERCHANT.to_owned()),
            ("publicKeyId", KEY_ID.to_owned()),
            ("ledgerCurrency", ledger.to_owned()),
            ("payloadJSON", payload.to_owned()),
            ("signature", signature),
            ("algorithm", "AMZN-PAY-RSASSA-PSS-V2".to_owned()),
        ];
        let house = &shop.house;
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            house.post("/checkout", &fields).await
        }
    };
    for (ledger, code, takes) in
        [("GBP", "GBP", true), ("EUR", "CHF", true), ("JPY", "JPY", true), ("USD", "EUR", false), ("CHF", "CHF", false)]
    {
        let answer = button(ledger, &session_over("20", code).to_string()).await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, takes, "{ledger} {code}: {}", answer.body);
    }
}
