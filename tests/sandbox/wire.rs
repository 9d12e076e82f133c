//! Over real connections: cut answers, and notifications on their way to a shop.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::house::{HOST, House, signed_call};

pub type Heard = Arc<Mutex<Vec<String>>>;

/// A shop that hears notifications, refusing the first `refusals` of them.
pub async fn shop(refusals: usize) -> (String, Heard) {
    let heard = Heard::default();
    let (kept, left) = (heard.clone(), Arc::new(Mutex::new(refusals)));
    let hear = move |body: String| async move {
        let mut left = left.lock().unwrap();
        if *left > 0 {
            *left -= 1;
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        kept.lock().unwrap().push(body);
        StatusCode::OK
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/ipn/fps", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/ipn/fps", post(hear))).await });
    (address, heard)
}

fn field(body: &str, name: &str) -> String {
    form_urlencoded::parse(body.as_bytes())
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

async fn pay_by_card(house: &House, reference: &str) -> String {
    let (recipient, sender) = house.tokens(reference, "20.00", "acc_clara", "CC").await;
    let pairs = [
        ("CallerReference", reference),
        ("RecipientTokenId", recipient.as_str()),
        ("SenderTokenId", sender.as_str()),
        ("TransactionAmount.Value", "20.00"),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("CallerDescription", "MyWish"),
    ];
    house.call("Pay", &pairs).await.text("TransactionId")
}

#[tokio::test]
async fn a_shop_hears_pending_then_success_and_can_verify_both() {
    let (address, heard) = shop(1).await;
    let house = House::open_with(|settings| settings.ipn_url = Some(address.clone())).await;
    let id = pay_by_card(&house, "o1").await;
    house.settle_down().await;
    assert!(heard.lock().unwrap().is_empty(), "the first attempt was refused");
    house.later(Duration::from_secs(1)).await;
    house.later(Duration::from_secs(10)).await;
    let bodies = heard.lock().unwrap().clone();
    let statuses: Vec<String> = bodies.iter().map(|body| field(body, "transactionStatus")).collect();
    assert_eq!(statuses, ["SUCCESS", "PENDING"], "out of order, as life is, after a refused delivery");
    for body in &bodies {
        let verdict = house.call("VerifySignature", &[("UrlEndPoint", &address), ("HttpParameters", body)]).await;
        assert_eq!(verdict.text("VerificationStatus"), "Success");
        assert_eq!(field(body, "transactionId"), id);
        assert_eq!(
            (field(body, "operation"), field(body, "transactionAmount")),
            ("PAY".to_owned(), "USD 20.00".to_owned())
        );
        assert_eq!(field(body, "recipientEmail"), "tinker@sellers.example");
        assert_eq!(field(body, "paymentReason"), "MyWish");
        assert_eq!(field(body, "buyerEmail"), "", "never in a marketplace");
    }
}

#[tokio::test]
async fn notification_faults_do_what_they_say() {
    let (address, heard) = shop(0).await;
    let house = House::open_with(|settings| settings.ipn_url = Some(address.clone())).await;
    for fault in ["duplicate_notification", "corrupt_notification_signature"] {
        house.post_json("/_sandbox/faults", &json!({"provider": "fps", "operation": "PAY", "fault": fault})).await;
    }
    let _ = pay_by_card(&house, "o1").await;
    house.settle_down().await;
    let bodies = heard.lock().unwrap().clone();
    assert_eq!(bodies.len(), 2);
    let verdict = house.call("VerifySignature", &[("UrlEndPoint", &address), ("HttpParameters", &bodies[0])]).await;
    assert_eq!(verdict.text("VerificationStatus"), "Failure");
    house
        .post_json("/_sandbox/faults", &json!({"provider": "fps", "operation": "PAY", "fault": "lose_notification"}))
        .await;
    house.later(Duration::from_secs(1)).await;
    assert_eq!(heard.lock().unwrap().len(), 2);
    let all = house.get("/_sandbox/notifications").await.json();
    let lost = all["notifications"].as_array().unwrap().iter().find(|own| own["state"] == "lost").unwrap().clone();
    let again =
        house.post_json(&format!("/_sandbox/notifications/{}/resend", lost["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(again.json()["state"], "delivered");
    assert_eq!(field(heard.lock().unwrap().last().unwrap(), "transactionStatus"), "SUCCESS");
}

#[tokio::test]
async fn a_held_back_notification_is_overtaken() {
    let (address, heard) = shop(0).await;
    let house = House::open_with(|settings| settings.ipn_url = Some(address)).await;
    house.post_json("/_sandbox/faults", &json!({"provider": "fps", "fault": "reorder_notifications"})).await;
    let _ = pay_by_card(&house, "o1").await;
    house.post_json("/_sandbox/clock", &json!({"advance_seconds": 60})).await;
    let statuses: Vec<String> = heard.lock().unwrap().iter().map(|body| field(body, "transactionStatus")).collect();
    assert_eq!(statuses, ["SUCCESS", "PENDING"]);
}

#[tokio::test]
async fn dropped_requests_and_responses_look_like_a_cut_connection() {
    let house = House::open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = house.sandbox.router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let client = reqwest::Client::new();
    let get = || {
        let url = format!("http://{address}/?{}", signed_call("GetTokenByCaller", &[("CallerReference", "x")], "/"));
        client.get(url).header("host", HOST).send()
    };
    assert_eq!(get().await.unwrap().status(), 400);
    for fault in ["drop_request", "drop_response"] {
        house
            .post_json("/_sandbox/faults", &json!({"provider": "fps", "operation": "GetTokenByCaller", "fault": fault}))
            .await;
        assert!(get().await.is_err(), "{fault}");
        assert_eq!(get().await.unwrap().status(), 400);
    }
    let log = house.get("/_sandbox/log").await.body;
    assert!(log.contains("drop_request") && log.contains("InvalidCallerReference, then drop_response"));
}

#[tokio::test]
async fn the_worker_does_what_is_due_until_it_is_stopped() {
    let house = House::open().await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn({
        let (sandbox, stop) = (house.sandbox.clone(), stop.clone());
        async move { sandbox.work(stop).await }
    });
    let id = pay_by_card(&house, "o1").await;
    house.clock.advance(Duration::from_secs(1));
    for _ in 0..100 {
        let status = house.call("GetTransactionStatus", &[("TransactionId", &id)]).await.text("TransactionStatus");
        if status == "Success" {
            stop.cancel();
            worker.await.unwrap();
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the payment never completed");
}
