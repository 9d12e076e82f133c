//! Who gets in at the API's door, and whose signatures are ours.

use std::time::Duration;

use axum::http::StatusCode;

use crate::house::{self, HOST, House};

#[tokio::test]
async fn only_fresh_well_signed_requests_of_active_keys_pass() {
    let house = House::open().await;
    let now = house.clock.real_now();
    let send = |pairs: Vec<(String, String)>| {
        let house = &house;
        async move {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            house.get(&format!("/?{}", house::signed("GET", "/", &pairs))).await
        }
    };
    let pairs = |timestamp: String| -> Vec<(String, String)> {
        house::call_pairs("GetTokenByCaller", &[("CallerReference", "x")], &timestamp)
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect()
    };
    let good = pairs(now.iso8601());
    assert_eq!(send(good.clone()).await.text("Code"), "InvalidCallerReference");
    let with = |name: &str, value: &str| {
        let mut changed = good.clone();
        changed.iter_mut().find(|pair| pair.0 == name).unwrap().1 = value.to_owned();
        changed
    };
    assert_eq!(send(pairs(now.minus(Duration::from_secs(1000)).iso8601())).await.text("Code"), "RequestExpired");
    assert_eq!(send(pairs(now.plus(Duration::from_secs(1000)).iso8601())).await.text("Code"), "RequestExpired");
    assert_eq!(send(with("Timestamp", "yesterday")).await.text("Code"), "InvalidParameterValue");
    assert_eq!(send(with("SignatureVersion", "1")).await.text("Code"), "InvalidParams");
    assert_eq!(send(with("Action", "GetEverything")).await.text("Code"), "InvalidAction");
    let unknown = send(with("AWSAccessKeyId", "AKIANOBODY")).await;
    assert_eq!((unknown.status, unknown.text("Code")), (StatusCode::FORBIDDEN, "InvalidClientTokenId".to_owned()));
    let query = house::signed_call("GetTokenByCaller", &[("CallerReference", "x")], "/");
    let damaged = house.get(&format!("/?{}", query.replace("CallerReference=x", "CallerReference=y"))).await;
    assert_eq!((damaged.status, damaged.text("Code")), (StatusCode::FORBIDDEN, "SignatureDoesNotMatch".to_owned()));
    assert!(damaged.body.contains("<RequestID>") && !damaged.body.contains("xmlns"));
    let twice = house.get(&format!("/?{}", query.replace("%3D", "%253D"))).await;
    assert_eq!(twice.text("Code"), "SignatureDoesNotMatch");
    let second = serde_json::json!({"provider": "fps", "access_key": "AKIASECOND", "secret_key": "second", "account_id": "acc_marketplace", "status": "active"});
    assert_eq!(house.post_json("/_sandbox/credentials", &second).await.status, StatusCode::CREATED);
    let by_second = with("AWSAccessKeyId", "AKIASECOND");
    assert_eq!(send(by_second).await.text("Code"), "SignatureDoesNotMatch");
    let log = house.get("/_sandbox/log").await;
    assert!(log.body.contains("SignatureDoesNotMatch") && !log.body.contains(house::SECRET) && log.body.contains(HOST));
}

#[tokio::test]
async fn a_wrong_signature_of_a_return_is_told_from_a_right_one() {
    let house = House::open().await;
    let back = house.recipient("s1", "acc_wares").await;
    let query = back.location.split_once('?').unwrap().1.to_owned();
    let check = |raw: String, end_point: &'static str| {
        let house = &house;
        async move { house.call("VerifySignature", &[("UrlEndPoint", end_point), ("HttpParameters", &raw)]).await }
    };
    let end_point = "http://localhost:3000/return/fps";
    assert_eq!(check(query.clone(), end_point).await.text("VerificationStatus"), "Success");
    assert_eq!(check(query.replace("status=SR", "status=SC"), end_point).await.text("VerificationStatus"), "Failure");
    assert_eq!(check(query.clone(), "http://localhost:3000/other").await.text("VerificationStatus"), "Failure");
    assert_eq!(check("status=SC".to_owned(), end_point).await.text("Code"), "InvalidParams");
}
