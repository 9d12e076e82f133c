//! Notifications: what they say, who signed them, when they are said again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use pushcart::base::clock::hours;
use rsa::pkcs8::DecodePublicKey as _;
use serde_json::{Value, json};

use super::shop::{ANA, KEY_ID, MERCHANT, Shop, public_key};

/// A merchant's endpoint on a port of its own: what came, and what it answers.
#[derive(Clone)]
struct Endpoint {
    received: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Arc<Mutex<StatusCode>>,
    address: String,
}

impl Endpoint {
    async fn open() -> Endpoint {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/ipn/amazon-pay", listener.local_addr().unwrap());
        let endpoint = Endpoint { received: Arc::default(), answer: Arc::new(Mutex::new(StatusCode::OK)), address };
        let take = |State(own): State<Endpoint>, headers: HeaderMap, body: String| async move {
            own.received.lock().unwrap().push((headers, body));
            *own.answer.lock().unwrap()
        };
        let router = Router::new().route("/ipn/amazon-pay", post(take)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    fn envelopes(&self) -> Vec<Value> {
        self.received.lock().unwrap().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    fn messages(&self) -> Vec<Value> {
        let text = |envelope: &Value| serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
        self.envelopes().iter().map(text).collect()
    }

    fn answers(&self, status: StatusCode) {
        *self.answer.lock().unwrap() = status;
    }
}

async fn shop_with(endpoint: &Endpoint) -> Shop {
    let address = endpoint.address.clone();
    Shop::open_with(|settings| settings.amazon_pay.as_mut().unwrap().notification_url = Some(address)).await
}

fn types(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["ObjectType"].as_str().unwrap()).collect()
}

/// The public key inside of a certificate: the one RSA key whose text stands in its DER.
fn key_of(certificate: &str) -> rsa::RsaPublicKey {
    let text: String = certificate.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    // SubjectPublicKeyInfo of an RSA key of 2048 bits: a sequence of 290 bytes.
    let start = der.windows(4).position(|bytes| bytes == [0x30, 0x82, 0x01, 0x22]).unwrap();
    rsa::RsaPublicKey::from_public_key_der(&der[start..start + 294]).unwrap()
}

#[tokio::test]
async fn every_change_is_told_and_signed_by_the_root() {
    let endpoint = Endpoint::open().await;
    let shop = shop_with(&endpoint).await;
    let (permission, charge) = shop.bought("20.00", "Authorize", ANA, "1111").await;
    shop.house.settle_down().await;
    assert_eq!(types(&endpoint.messages()), ["CHARGE_PERMISSION", "CHARGE"]);
    let told = endpoint.messages()[1].clone();
    let expected = json!({
        "MerchantID": MERCHANT, "ObjectType": "CHARGE", "ObjectId": charge, "ChargePermissionId": permission,
        "NotificationType": "STATE_CHANGE", "NotificationId": told["NotificationId"], "NotificationVersion": "V2",
    });
    assert_eq!(told, expected);
    for version in ["1", "2"] {
        let register = json!({ "provider": "amazon_pay", "public_key_id": KEY_ID, "public_key_pem": public_key(), "merchant_id": MERCHANT, "signature_version": version });
        shop.house.post_json("/_sandbox/credentials", &register).await;
        let id = shop.house.get("/_sandbox/notifications").await.json()["notifications"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        shop.house.post_json(&format!("/_sandbox/notifications/{id}/resend"), &json!({})).await;
        let (headers, body) = endpoint.received.lock().unwrap().last().unwrap().clone();
        assert!(headers["content-type"].to_str().unwrap().starts_with("text/plain"));
        let envelope: Value = serde_json::from_str(&body).unwrap();
        let text = |name: &str| envelope[name].as_str().unwrap();
        assert_eq!(
            (headers["x-amz-sns-message-type"].to_str().unwrap(), text("SignatureVersion")),
            ("Notification", version)
        );
        let address = text("SigningCertURL").strip_prefix("http://127.0.0.1:3001").unwrap().to_owned();
        let key = key_of(&shop.house.get(&address).await.body);
        let names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"];
        let signed: String = names.iter().map(|name| format!("{name}\n{}\n", text(name))).collect();
        let signature = base64::engine::general_purpose::STANDARD.decode(text("Signature")).unwrap();
        let verdict = match version {
            "2" => key.verify(
                rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>(),
                &<rsa::sha2::Sha256 as rsa::sha2::Digest>::digest(&signed),
                &signature,
            ),
            _ => {
                let prefix = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
                let scheme = rsa::Pkcs1v15Sign { hash_len: Some(20), prefix: prefix.into() };
                key.verify(scheme, &<sha1::Sha1 as sha1::Digest>::digest(&signed), &signature)
            }
        };
        assert!(verdict.is_ok(), "version {version}");
    }
    assert!(shop.house.get("/certs/sandbox-root.pem").await.body.contains("BEGIN CERTIFICATE"));
}

#[tokio::test]
async fn a_capture_a_refund_and_the_end_of_the_permission_are_told() {
    let endpoint = Endpoint::open().await;
    let shop = shop_with(&endpoint).await;
    let (_, charge) = shop.bought("20.00", "AuthorizeWithCapture", ANA, "1111").await;
    shop.refund(&charge, "20.00").await;
    shop.house.later(Duration::from_secs(2)).await;
    assert_eq!(types(&endpoint.messages()), ["CHARGE_PERMISSION", "CHARGE", "CHARGE_PERMISSION", "REFUND", "REFUND"]);
}

#[tokio::test]
async fn failures_are_repeated_hourly_for_three_hours() {
    let endpoint = Endpoint::open().await;
    let shop = shop_with(&endpoint).await;
    endpoint.answers(StatusCode::SERVICE_UNAVAILABLE);
    shop.bought("20.00", "Confirm", ANA, "1111").await;
    for expected in [1, 2, 3, 4, 4] {
        shop.house.settle_down().await;
        assert_eq!(endpoint.envelopes().len(), expected);
        shop.house.later(hours(1)).await;
    }
    let all = endpoint.envelopes();
    assert!(all.iter().all(|envelope| envelope == &all[0]));
    endpoint.answers(StatusCode::BAD_REQUEST);
    shop.bought("20.00", "Confirm", ANA, "1111").await;
    shop.house.later(hours(4)).await;
    assert_eq!(endpoint.envelopes().len(), 5);
}

#[tokio::test]
async fn notifications_go_wrong_on_purpose() {
    let endpoint = Endpoint::open().await;
    let shop = shop_with(&endpoint).await;
    let fault = |fault: &str| json!({ "provider": "amazon_pay", "operation": "CHARGE", "fault": fault });
    for kind in
        ["duplicate_notification", "reorder_notifications", "lose_notification", "corrupt_notification_signature"]
    {
        assert_eq!(shop.house.post_json("/_sandbox/faults", &fault(kind)).await.status, StatusCode::CREATED);
        let before = endpoint.envelopes().len();
        shop.bought("20.00", "AuthorizeWithCapture", ANA, "1111").await;
        shop.house.settle_down().await;
        shop.house.later(Duration::from_secs(5)).await;
        let messages = endpoint.messages().split_off(before);
        let types = types(&messages);
        match kind {
            "duplicate_notification" => {
                assert_eq!(types, ["CHARGE_PERMISSION", "CHARGE", "CHARGE", "CHARGE_PERMISSION"]);
                let envelopes = endpoint.envelopes().split_off(before);
                assert_eq!(envelopes[1]["MessageId"], envelopes[2]["MessageId"]);
            }
            "reorder_notifications" => assert_eq!(types, ["CHARGE_PERMISSION", "CHARGE_PERMISSION", "CHARGE"]),
            "lose_notification" => assert_eq!(types, ["CHARGE_PERMISSION", "CHARGE_PERMISSION"]),
            _ => assert_eq!(types, ["CHARGE_PERMISSION", "CHARGE", "CHARGE_PERMISSION"]),
        }
    }
}

#[tokio::test]
async fn an_address_that_has_to_confirm_hears_nothing_before() {
    let endpoint = Endpoint::open().await;
    let shop = Shop::open().await;
    let register = json!({
        "provider": "amazon_pay", "public_key_id": KEY_ID, "public_key_pem": public_key(), "merchant_id": MERCHANT,
        "notification_url": endpoint.address, "confirm_subscription": true,
    });
    shop.house.post_json("/_sandbox/credentials", &register).await;
    shop.bought("20.00", "Confirm", ANA, "1111").await;
    shop.house.settle_down().await;
    let asked = endpoint.envelopes();
    assert_eq!((asked.len(), &asked[0]["Type"]), (1, &json!("SubscriptionConfirmation")));
    let address = asked[0]["SubscribeURL"].as_str().unwrap().strip_prefix("http://127.0.0.1:3001").unwrap().to_owned();
    let token = asked[0]["Token"].as_str().unwrap();
    assert_eq!(shop.house.get(&address.replace(token, "guess")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(shop.house.get(&address).await.status, StatusCode::OK);
    shop.bought("20.00", "Confirm", ANA, "1111").await;
    shop.house.settle_down().await;
    assert_eq!(endpoint.envelopes().len(), 2);
}
