//! A merchant of the tests: a key pair, a signer of its own, and a browser without script.

use std::sync::{LazyLock, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use pushcart::sandbox::Settings;
use pushcart::sandbox::amazon_pay::{Merchant, fresh_key_pair};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::sha2::{Digest as _, Sha256};
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _};
use serde_json::{Value, json};

use crate::house::{Answer, HOST, House};

pub const KEY_ID: &str = "SANDBOX-PUSHCARTTEST0000000000001";
pub const MERCHANT: &str = "A1PUSHCARTTEST";
pub const STORE: &str = "amzn1.application-oa2-client.0123456789abcdef";
pub const ANA: &str = "amzn1.account.ANAALLGOOD";
pub const TERRY: &str = "amzn1.account.TERRYTESTWALLET";

static KEYS: LazyLock<(String, String)> = LazyLock::new(|| fresh_key_pair().unwrap());
static COUNTER: Mutex<u32> = Mutex::new(0);

/// A sandbox with a merchant in it.
pub struct Shop {
    pub house: House,
}

/// One call, to be changed by tests before it is sent.
#[derive(Clone)]
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub query: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub key_id: String,
    pub algorithm: &'static str,
    pub salt: usize,
}

pub fn call(method: &'static str, path: &str, body: &Value) -> Call {
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("x-amz-pay-date", "20260102T030405Z"),
        ("x-amz-pay-host", "pay-api.amazon.com"),
        ("x-amz-pay-region", "na"),
    ];
    Call {
        method,
        path: format!("/v2/{path}"),
        query: String::new(),
        headers: headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
        body: if body.is_null() { String::new() } else { body.to_string() },
        key_id: KEY_ID.to_owned(),
        algorithm: "AMZN-PAY-RSASSA-PSS-V2",
        salt: 32,
    }
}

impl Call {
    pub fn with(mut self, name: &'static str, value: &str) -> Call {
        self.headers.retain(|(own, _)| *own != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Call {
        self.headers.retain(|(own, _)| *own != name);
        self
    }

    pub fn keyed(self, key: &str) -> Call {
        self.with("x-amz-pay-idempotency-key", key)
    }

    pub fn simulating(self, code: &str) -> Call {
        self.with("x-amz-pay-simulation-code", code)
    }

    pub fn authorization(&self) -> String {
        let mut signed: Vec<&(&str, String)> = self.headers.iter().collect();
        signed.sort();
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let hash = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let canonical =
            format!("{}\n{}\n{}\n{lines}\n{names}\n{}", self.method, self.path, self.query, hash(self.body.as_bytes()));
        let text = format!("{}\n{}", self.algorithm, hash(canonical.as_bytes()));
        let signature = sign(&text, self.salt);
        format!("{} PublicKeyId={}, SignedHeaders={names}, Signature={signature}", self.algorithm, self.key_id)
    }
}

pub fn sign(text: &str, salt: usize) -> String {
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(&KEYS.0).unwrap();
    let key = rsa::pss::SigningKey::<Sha256>::new_with_salt_len(key, salt);
    let signature = key.sign_with_rng(&mut rsa::rand_core::OsRng, text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(signature.to_bytes())
}

/// The signature of a button's payload.
pub fn sign_payload(payload: &str) -> String {
    let hash: String = Sha256::digest(payload.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    sign(&format!("AMZN-PAY-RSASSA-PSS-V2\n{hash}"), 32)
}

pub fn public_key() -> &'static str {
    &KEYS.1
}

pub fn merchant() -> Merchant {
    Merchant {
        merchant_id: MERCHANT.to_owned(),
        store_id: STORE.to_owned(),
        public_keys: vec![(KEY_ID.to_owned(), KEYS.1.clone())],
        notification_url: None,
    }
}

pub fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "USD" })
}

/// A session that can be paid as soon as a buyer is there.
pub fn session(amount: &str, intent: &str) -> Value {
    json!({
        "storeId": STORE,
        "webCheckoutDetails": {
            "checkoutReviewReturnUrl": "http://localhost:3000/review?order=7",
            "checkoutResultReturnUrl": "http://localhost:3000/result",
            "checkoutCancelUrl": "http://localhost:3000/cancelled",
        },
        "paymentDetails": { "paymentIntent": intent, "chargeAmount": usd(amount) },
        "merchantMetadata": { "merchantReferenceId": "order-7", "merchantStoreName": "Pushcart" },
    })
}

impl Shop {
    pub async fn open() -> Shop {
        Shop::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Shop {
        let house = House::open_with(|settings| {
            settings.amazon_pay = Some(merchant());
            change(settings);
        })
        .await;
        Shop { house }
    }

    pub async fn send(&self, call: &Call) -> Answer {
        let address = if call.query.is_empty() { call.path.clone() } else { format!("{}?{}", call.path, call.query) };
        let mut request = Request::builder().method(call.method).uri(address).header("host", HOST);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        request = request.header("authorization", call.authorization());
        self.house.send(request.body(Body::from(call.body.clone())).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.send(&call("GET", path, &Value::Null)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }

    /// A POST with a fresh key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(&call("POST", path, body).keyed(&fresh_key())).await
    }

    /// A session of this body in which `buyer` has signed in and chosen the card with this ending.
    pub async fn reviewed(&self, body: &Value, buyer: &str, card: &str) -> String {
        let answer = self.post("checkoutSessions", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let id = answer.json()["checkoutSessionId"].as_str().unwrap().to_owned();
        let page = self.house.get(&format!("/checkout?amazonCheckoutSessionId={id}")).await;
        let page = self.house.post("/checkout/sign-in", &[("session", &page.session()), ("persona", buyer)]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let fields = [("session", page.session()), ("address", "home".to_owned()), ("instrument", card.to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let back = self.house.post("/checkout/choose", &fields).await;
        assert_eq!(back.location, format!("http://localhost:3000/review?order=7&amazonCheckoutSessionId={id}"));
        id
    }

    /// The click on Pay.
    pub async fn pay(&self, id: &str, card: &str) -> Answer {
        let page = self.house.get(&format!("/checkout/processing?amazonCheckoutSessionId={id}")).await;
        self.house.post("/checkout/pay", &[("session", &page.session()), ("instrument", card)]).await
    }

    /// A session that the buyer has paid.
    pub async fn paid(&self, body: &Value, buyer: &str, card: &str) -> String {
        let id = self.reviewed(body, buyer, card).await;
        let back = self.pay(&id, card).await;
        assert_eq!(
            back.location,
            format!("http://localhost:3000/result?amazonCheckoutSessionId={id}"),
            "{}",
            back.body
        );
        id
    }

    pub async fn complete(&self, id: &str, amount: &str) -> Answer {
        let body = json!({ "chargeAmount": usd(amount) });
        self.post(&format!("checkoutSessions/{id}/complete"), &body).await
    }

    /// Permission and charge of a checkout that went well.
    pub async fn bought(&self, amount: &str, intent: &str, buyer: &str, card: &str) -> (String, String) {
        let id = self.paid(&session(amount, intent), buyer, card).await;
        let done = self.complete(&id, amount).await;
        assert!(done.status.is_success(), "{}", done.body);
        let text = |name: &str| done.json()[name].as_str().unwrap_or_default().to_owned();
        (text("chargePermissionId"), text("chargeId"))
    }

    pub async fn charge(&self, permission: &str, amount: &str) -> Answer {
        self.post("charges", &json!({ "chargePermissionId": permission, "chargeAmount": usd(amount) })).await
    }

    pub async fn capture(&self, charge: &str, amount: &str) -> Answer {
        self.post(&format!("charges/{charge}/capture"), &json!({ "captureAmount": usd(amount) })).await
    }

    pub async fn refund(&self, charge: &str, amount: &str) -> Answer {
        self.post("refunds", &json!({ "chargeId": charge, "refundAmount": usd(amount) })).await
    }

    /// State and reason of an object.
    pub async fn status(&self, path: &str) -> (String, String) {
        let object = self.get(path).await;
        let status = &object["statusDetails"];
        let reason =
            if status["reasons"].is_array() { &status["reasons"][0]["reasonCode"] } else { &status["reasonCode"] };
        (status["state"].as_str().unwrap().to_owned(), reason.as_str().unwrap_or_default().to_owned())
    }

    pub async fn balance(&self, account: &str) -> i64 {
        let ledger = self.house.get("/_sandbox/ledger").await.json();
        for (currency, sum) in ledger["sum_minor"].as_object().unwrap() {
            assert_eq!(sum, 0, "the books are off in {currency}");
        }
        let accounts = ledger["accounts"].as_array().unwrap();
        accounts.iter().find(|own| own["account"] == account).map_or(0, |own| own["balance_minor"].as_i64().unwrap())
    }
}

pub fn fresh_key() -> String {
    let mut counter = COUNTER.lock().unwrap();
    *counter += 1;
    format!("test-key-{counter}")
}

/// The reason code of a refusal, with its status.
pub fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["reasonCode"].as_str().unwrap_or_default().to_owned())
}

pub fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

pub fn state(state: &str, reason: &str) -> (String, String) {
    (state.to_owned(), reason.to_owned())
}
