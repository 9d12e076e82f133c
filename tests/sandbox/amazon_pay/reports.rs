//! Reports and their schedules, disbursements, parcels, disputes.

use axum::http::StatusCode;
use pushcart::base::clock::{days, minutes};
use serde_json::{Value, json};

use super::shop::{ANA, MERCHANT, Shop, call, refusal, refused, usd};

const CAPTURES: &str = "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_CAPTURE_DATA_";
const REFUNDS: &str = "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_REFUND_DATA_";

#[tokio::test]
async fn a_report_is_asked_for_made_and_fetched() {
    let shop = Shop::open().await;
    let (_, charge) = shop.bought("20.00", "AuthorizeWithCapture", ANA, "1111").await;
    let mut ids = Vec::new();
    for kind in [CAPTURES, REFUNDS] {
        let made = shop.post("reports", &json!({ "reportType": kind })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        ids.push(made.json()["reportId"].as_str().unwrap().to_owned());
    }
    assert_eq!(shop.get(&format!("reports/{}", ids[0])).await["processingStatus"], "IN_PROGRESS");
    shop.house.later(minutes(1)).await;
    let report = shop.get(&format!("reports/{}", ids[0])).await;
    assert_eq!(report["processingStatus"], "COMPLETED");
    assert_eq!(shop.get(&format!("reports/{}", ids[1])).await["processingStatus"], "CANCELLED");
    let document = shop.get(&format!("report-documents/{}", report["reportDocumentId"].as_str().unwrap())).await;
    let path = document["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:3001").unwrap().to_owned();
    let text = shop.house.get(&path).await.body;
    assert!(text.lines().nth(1).unwrap().starts_with(&charge) && text.contains("\t20.00\tUSD\t"), "{text}");
    let mut list = call("GET", "reports", &Value::Null);
    list.query = "pageSize=1".to_owned();
    let page = shop.send(&list).await.json();
    assert_eq!(
        (page["reports"].as_array().unwrap().len(), page["reports"][0]["reportId"].as_str()),
        (1, Some(ids[1].as_str()))
    );
    list.query = format!(
        "nextToken={}&pageSize=1&processingStatuses=COMPLETED%2CCANCELLED",
        page["nextToken"].as_str().unwrap()
    );
    let page = shop.send(&list).await.json();
    assert_eq!((page["reports"][0]["reportId"].as_str(), &page["nextToken"]), (Some(ids[0].as_str()), &Value::Null));
}

#[tokio::test]
async fn a_schedule_asks_again_and_again_until_it_is_canceled() {
    let shop = Shop::open().await;
    let body = json!({ "reportType": CAPTURES, "scheduleFrequency": "P7D" });
    let id = shop.post("report-schedules", &body).await.json()["reportScheduleId"].as_str().unwrap().to_owned();
    assert_eq!(refusal(&shop.post("report-schedules", &body).await), refused(400, "InvalidRequest"));
    shop.house.later(days(15)).await;
    assert_eq!(shop.get("reports").await["reports"].as_array().unwrap().len(), 3);
    assert_eq!(shop.get("report-schedules").await["reportSchedules"].as_array().unwrap().len(), 1);
    assert_eq!(shop.get(&format!("report-schedules/{id}")).await["scheduleFrequency"], "P7D");
    let cancel = call("DELETE", &format!("report-schedules/{id}"), &Value::Null);
    assert_eq!(shop.send(&cancel).await.status, StatusCode::OK);
    assert_eq!(refusal(&shop.send(&cancel).await), refused(404, "ResourceNotFound"));
}

#[tokio::test]
async fn money_is_paid_out_by_day_and_parcels_are_announced() {
    let shop = Shop::open().await;
    let (permission, _) = shop.bought("20.00", "AuthorizeWithCapture", ANA, "1111").await;
    let paid_out = shop.get("disbursements").await;
    assert_eq!(paid_out["disbursements"][0]["amount"], usd("20.00"));
    let parcel = json!({ "chargePermissionId": permission, "deliveryDetails": [{ "trackingNumber": "01", "carrierCode": "FEDEX" }] });
    let answer = shop.post("deliveryTrackers", &parcel).await;
    assert_eq!((answer.status, &answer.json()["deliveryDetails"][0]["carrierCode"]), (StatusCode::OK, &json!("FEDEX")));
    let incomplete = json!({ "chargePermissionId": permission, "deliveryDetails": [{ "trackingNumber": "01" }] });
    assert_eq!(refusal(&shop.post("deliveryTrackers", &incomplete).await), refused(400, "MissingParameterValue"));
}

#[tokio::test]
async fn a_chargeback_is_lost_in_silence_and_won_with_evidence() {
    let shop = Shop::open().await;
    let mut disputes = Vec::new();
    for _ in 0..2 {
        let (_, charge) = shop.bought("20.00", "AuthorizeWithCapture", ANA, "1111").await;
        let act = json!({ "act": "charge_back", "id": charge, "reason": "Fraudulent" });
        let opened = shop.house.post_json("/_sandbox/amazon-pay/act", &act).await.json();
        disputes.push(opened["id"].as_str().unwrap().to_owned());
    }
    let shown = shop.get(&format!("disputes/{}", disputes[0])).await;
    assert_eq!(
        (&shown["statusDetails"]["state"], &shown["filingReason"]),
        (&json!("ActionRequired"), &json!("Fraudulent"))
    );
    let file = shop.post("files", &json!({ "type": "pdf", "purpose": "disputeEvidence" })).await.json();
    let address = file["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:3001").unwrap();
    for (path, status) in [(address, StatusCode::OK), ("/amazon-pay/files/none.pdf", StatusCode::NOT_FOUND)] {
        let put = axum::http::Request::put(path).body(axum::body::Body::from("%PDF")).unwrap();
        assert_eq!(shop.house.send(put).await.status, status);
    }
    let evidence = |fields: Value| json!({ "merchantEvidences": [fields] });
    let path = format!("disputes/{}/contest", disputes[0]);
    for (wrong, code) in [
        (json!({ "evidenceType": "Guess", "evidenceText": "x" }), "InvalidParameterValue"),
        (json!({ "evidenceType": "Receipt" }), "MissingParameterValue"),
        (json!({ "evidenceType": "Receipt", "fileId": "none" }), "ResourceNotFound"),
    ] {
        assert_eq!(refusal(&shop.post(&path, &evidence(wrong)).await).1, code);
    }
    let right = evidence(json!({ "evidenceType": "Receipt", "fileId": file["fileId"] }));
    assert_eq!(shop.post(&path, &right).await.json()["statusDetails"]["state"], "UnderReview");
    assert_eq!(refusal(&shop.post(&path, &right).await), refused(400, "InvalidRequest"));
    shop.house.later(days(11)).await;
    for (id, resolution) in disputes.iter().zip(["MerchantWon", "BuyerWon"]) {
        let shown = shop.get(&format!("disputes/{id}")).await;
        assert_eq!(
            (&shown["statusDetails"]["state"], &shown["statusDetails"]["resolution"]),
            (&json!("Resolved"), &json!(resolution))
        );
    }
    assert_eq!(shop.balance(&format!("merchant:{MERCHANT}")).await, 2000);
}
