//! Control calls: who may make them, and what they do.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use pushcart::base::clock::Clock;
use pushcart::sandbox::Sandbox;
use serde_json::json;

use crate::house::{HOST, House};

#[tokio::test]
async fn other_sites_and_plain_forms_are_refused() {
    let house = House::open().await;
    assert_eq!(house.get("/_sandbox/health").await.json()["status"], "up");
    assert_eq!(house.post("/_sandbox/reset", &[]).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let foreign = Request::get("/_sandbox/ledger")
        .header("host", HOST)
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(house.send(foreign).await.status, StatusCode::FORBIDDEN);
    let far = Request::get("/_sandbox/ledger").header("host", "shop.example").body(Body::empty()).unwrap();
    assert_eq!(house.send(far).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_clock_stays_moved_after_a_restart_and_goes_back_only_by_a_reset() {
    let house = House::open().await;
    let moved = house.post_json("/_sandbox/clock", &json!({"advance_seconds": 604_800})).await.json();
    assert_eq!(moved["offset_seconds"], 604_800);
    let clock = Clock::new();
    let again = Sandbox::open(house.settings.clone(), clock.clone()).await.unwrap();
    assert_eq!(clock.offset_ms(), 604_800_000);
    drop(again);
    assert_eq!(
        house.post_json("/_sandbox/clock", &json!({"advance_seconds": -5})).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(house.post_json("/_sandbox/reset", &json!({})).await.status, StatusCode::OK);
    assert_eq!(house.get("/_sandbox/clock").await.json()["offset_seconds"], 0);
    assert_eq!(house.recipient("s1", "acc_wares").await.returned("status"), "SR");
}

#[tokio::test]
async fn advancing_does_due_things_in_order_on_the_way() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_clara", "CC").await;
    let pairs = [
        ("CallerReference", "r1"),
        ("RecipientTokenId", recipient.as_str()),
        ("SenderTokenId", sender.as_str()),
        ("TransactionAmount.Value", "20.00"),
        ("TransactionAmount.CurrencyCode", "USD"),
    ];
    let id = house.call("Reserve", &pairs).await.text("TransactionId");
    house.post_json("/_sandbox/clock", &json!({"advance_seconds": 8 * 86_400})).await;
    let detail = house.call("GetTransaction", &[("TransactionId", &id)]).await.body;
    let places: Vec<usize> = ["<TransactionStatus>Pending<", "<TransactionStatus>Reserved<"]
        .iter()
        .map(|state| detail.find(state).unwrap())
        .collect();
    assert!(places[0] < places[1] && detail.contains("<StatusCode>Expired<"), "{detail}");
}

#[tokio::test]
async fn scripted_faults_strike_and_are_forgotten() {
    let house = House::open().await;
    let fault = json!({"provider": "fps", "operation": "GetTokenByCaller", "fault": "error", "error": "AccessFailure", "times": 1});
    assert_eq!(house.post_json("/_sandbox/faults", &fault).await.status, StatusCode::CREATED);
    let call = || house.call("GetTokenByCaller", &[("CallerReference", "x")]);
    assert_eq!(call().await.text("Code"), "AccessFailure");
    assert_eq!(call().await.text("Code"), "InvalidCallerReference");
    house.post_json("/_sandbox/faults", &json!({"provider": "fps", "operation": "*", "fault": "throttle"})).await;
    assert_eq!(call().await.status, StatusCode::SERVICE_UNAVAILABLE);
    house.post_json("/_sandbox/faults", &json!({"provider": "fps", "fault": "status", "code": 502})).await;
    assert_eq!(call().await.status, StatusCode::BAD_GATEWAY);
    assert_eq!(
        house.post_json("/_sandbox/faults", &json!({"provider": "fps", "fault": "meteor"})).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_restart_forgets_no_fault_and_none_strikes_more_often_than_it_says() {
    let house = House::open().await;
    let script = async |house: &House, fault: serde_json::Value| {
        assert_eq!(house.post_json("/_sandbox/faults", &fault).await.status, StatusCode::CREATED);
    };
    let call = async |house: &House| house.call("GetTokenByCaller", &[("CallerReference", "x")]).await;
    let waiting = async |house: &House| house.get("/_sandbox/faults").await.json()["faults"].clone();
    let refused = json!({"provider": "fps", "operation": "GetTokenByCaller", "fault": "error", "error": "AccessFailure", "times": 2});
    script(&house, refused).await;
    script(&house, json!({"provider": "fps", "operation": "PAY", "fault": "lose_notification", "times": 2})).await;
    script(&house, json!({"provider": "fps", "operation": "Refund", "fault": "throttle", "for_seconds": 60})).await;
    assert_eq!(call(&house).await.text("Code"), "AccessFailure");
    let before = waiting(&house).await;
    assert_eq!(before[0]["times"], 1);

    let house = house.reopened().await;
    assert_eq!(waiting(&house).await, before);
    assert_eq!(call(&house).await.text("Code"), "AccessFailure");
    assert_eq!(call(&house).await.text("Code"), "InvalidCallerReference");
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_bill", "ABT").await;
    let pairs = [
        ("CallerReference", "p1"),
        ("RecipientTokenId", recipient.as_str()),
        ("SenderTokenId", sender.as_str()),
        ("TransactionAmount.Value", "20.00"),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("OverrideIPNURL", "http://localhost:3000/ipn/fps"),
    ];
    assert_eq!(house.call("Pay", &pairs).await.status, StatusCode::OK);
    let told = house.get("/_sandbox/notifications").await.json();
    assert_eq!(told["notifications"][0]["state"], "lost", "{told}");

    let house = house.reopened().await;
    let left = waiting(&house).await;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["times"]), (2, &json!(1)), "struck with its transaction");
    house.post_json("/_sandbox/clock", &json!({"advance_seconds": 60})).await;
    let house = house.reopened().await;
    assert_eq!(waiting(&house).await.as_array().unwrap().len(), 1, "its time is over after a restart, too");
    let request = axum::http::Request::delete("/_sandbox/faults").header("host", crate::house::HOST);
    house.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(waiting(&house.reopened().await).await, json!([]));
}

#[tokio::test]
async fn the_recipient_can_refund_and_cancel_on_the_providers_side() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_bill", "ABT").await;
    let pairs = [
        ("CallerReference", "p1"),
        ("RecipientTokenId", recipient.as_str()),
        ("SenderTokenId", sender.as_str()),
        ("TransactionAmount.Value", "20.00"),
        ("TransactionAmount.CurrencyCode", "USD"),
    ];
    let id = house.call("Pay", &pairs).await.text("TransactionId");
    let refund =
        house.post_json("/_sandbox/fps/refund", &json!({"transaction_id": id, "amount_minor": 500})).await.json();
    assert_eq!(refund["parent_id"], id.as_str());
    assert_eq!(
        house.post_json("/_sandbox/fps/refund", &json!({"transaction_id": id, "amount_minor": 1501})).await.json()["error"],
        "RefundAmountExceeded"
    );
    assert_eq!(
        house.post_json("/_sandbox/fps/cancel", &json!({"transaction_id": id})).await.json()["error"],
        "InvalidTransactionState"
    );
    house.later(std::time::Duration::from_secs(1)).await;
    let ledger = house.get("/_sandbox/ledger").await.json();
    assert_eq!(ledger["transactions"][1]["state"], "Success");
    assert_eq!(ledger["sum_minor"]["USD"], 0);
}

#[tokio::test]
async fn the_page_for_people_and_its_style_are_served() {
    let house = House::open().await;
    for path in ["/", "/_sandbox/"] {
        let page = house.get(path).await;
        assert!(page.body.contains("Olive Allways") && page.body.contains("/_sandbox/assets/sandbox.css"), "{path}");
    }
    assert_eq!(house.get("/_sandbox/assets/sandbox.css").await.status, StatusCode::OK);
}
