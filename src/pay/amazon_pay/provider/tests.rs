//! The provider against a service with canned answers: what is sent, and what comes of it.

use serde_json::{Value, json};

use super::*;
use crate::orders::checkout::Address;
use crate::orders::operation::Instrument;
use crate::orders::outcome::AbandonReason;
use crate::orders::refusal::{Reason, Retry};
use crate::pay::Said;
use crate::pay::amazon_pay::canned::{Service, no, open, operation};

const ASK: ConsentAsk<'_> = ConsentAsk {
    return_url: "https://shop.example/return/amazon_pay",
    shop_name: "Pushcart",
    address: &Address::EMPTY,
    travels: true,
};

fn charge(state: &str) -> Value {
    let price = json!({ "amount": "10.00", "currencyCode": "USD" });
    json!({ "chargeId": "S01-1-1-C1", "chargeAmount": price, "statusDetails": { "state": state } })
}

fn session(state: &str, reason: &str, consent: &Operation) -> Value {
    json!({
        "checkoutSessionId": "SES",
        "paymentDetails": { "chargeAmount": { "amount": "10.00", "currencyCode": "USD" } },
        "merchantMetadata": { "merchantReferenceId": consent.id.as_str() },
        "statusDetails": { "state": state, "reasonCode": reason },
        "chargePermissionId": if state == "Completed" { json!("S01-1-1") } else { Value::Null },
    })
}

fn back() -> Returned {
    Returned { endpoint: ASK.return_url.into(), raw: "a=b&amazonCheckoutSessionId=SES".into() }
}

fn last_body(service: &Service) -> Value {
    serde_json::from_str(&service.asked.lock().unwrap().last().unwrap().body).unwrap()
}

#[tokio::test]
async fn a_buyer_is_sent_to_a_session_over_the_amount_of_our_own_row() {
    let (service, amazon) = open().await;
    let consent = operation(Kind::Consent);
    service.says("POST /v2/checkoutSessions", 201, session("Open", "", &consent));
    let Answer::Done(redirect) = amazon.start_consent(&consent, ASK).await else { panic!() };
    let pages = amazon.settings.account.pages_url();
    assert_eq!(redirect.address, format!("{pages}/checkout?amazonCheckoutSessionId=SES"));
    assert_eq!(redirect.visit.as_deref(), Some("SES"));
    let asked = service.asked.lock().unwrap()[0].clone();
    assert_eq!(asked.headers["x-amz-pay-idempotency-key"], consent.id.as_str());
    let body = last_body(&service);
    assert_eq!(body["paymentDetails"]["chargeAmount"], json!({ "amount": "10.00", "currencyCode": "USD" }));
    assert_eq!(body["paymentDetails"]["paymentIntent"], "Confirm");
    assert_eq!(body["merchantMetadata"]["merchantReferenceId"], consent.id.as_str());
    // Asked again, it is the same request byte for byte.
    amazon.start_consent(&consent, ASK).await;
    let asked = service.asked.lock().unwrap();
    assert_eq!(asked[0].body, asked[1].body);
}

/// What came of the session that a buyer brings back, once its operation is known.
async fn comes_back(amazon: &AmazonPayProvider, consent: &Operation) -> Outcome {
    let Answer::Done(Ok(news)) = amazon.understand_return(&back()).await else { panic!() };
    assert_eq!((news.reference, news.said), (consent.id.clone(), Said::Visit("SES".into())));
    amazon.find_outcome(&Operation { transaction: Some("SES".into()), ..consent.clone() }).await
}

#[tokio::test]
async fn a_buyer_who_comes_back_has_the_checkout_completed_over_our_own_amount() {
    let (service, amazon) = open().await;
    let consent = operation(Kind::Consent);
    // Whatever amount the session says by now.
    let mut changed = session("Open", "", &consent);
    changed["paymentDetails"]["chargeAmount"]["amount"] = json!("0.01");
    service.says("GET /v2/checkoutSessions/SES", 200, changed);
    let completed = json!({ "chargePermissionId": "S01-1-1", "statusDetails": { "state": "Completed" } });
    service.says("POST /v2/checkoutSessions/SES/complete", 200, completed);
    let outcome = comes_back(&amazon, &consent).await;
    assert_eq!(outcome, Outcome::Consented { consent: "S01-1-1".into(), instrument: Instrument::Card });
    assert_eq!(last_body(&service), json!({ "chargeAmount": { "amount": "10.00", "currencyCode": "USD" } }));
}

#[tokio::test]
async fn a_session_of_another_operation_is_not_taken_for_this_one() {
    let (service, amazon) = open().await;
    let (ours, theirs) = (operation(Kind::Consent), operation(Kind::Consent));
    service.says("GET /v2/checkoutSessions/SES", 200, session("Completed", "", &theirs));
    let asked = |consent: Operation| Operation { transaction: Some("SES".into()), ..consent };
    assert!(matches!(amazon.find_outcome(&asked(ours)).await, Outcome::Silent { .. }));
    assert!(matches!(amazon.find_outcome(&asked(theirs)).await, Outcome::Consented { .. }));
}

#[tokio::test]
async fn a_return_with_an_unknown_session_or_none_is_not_believed() {
    let (_service, amazon) = open().await;
    assert_eq!(amazon.understand_return(&back()).await, Answer::Done(Err(Doubt::NotGenuine)));
    let nothing = Returned { raw: "x=y".into(), ..back() };
    assert_eq!(amazon.understand_return(&nothing).await, Answer::Done(Err(Doubt::NotUnderstood)));
}

#[tokio::test]
async fn a_buyer_who_never_comes_back_is_found_whether_they_paid_left_or_wait() {
    let (service, amazon) = open().await;
    let mut consent = operation(Kind::Consent);
    assert_eq!(amazon.find_outcome(&consent).await, Outcome::NeverArrived);
    consent.transaction = Some("SES".into());
    service.says("GET /v2/checkoutSessions/SES", 200, session("Open", "", &consent));
    service.says("POST /v2/checkoutSessions/SES/complete", 422, no("InvalidCheckoutSessionStatus"));
    assert_eq!(amazon.find_outcome(&consent).await, Outcome::NeverArrived);
    service.now_says("POST /v2/checkoutSessions/SES/complete", 200, session("Completed", "", &consent));
    assert!(matches!(amazon.find_outcome(&consent).await, Outcome::Consented { .. }));
    service.now_says("GET /v2/checkoutSessions/SES", 200, session("Canceled", "BuyerCanceled", &consent));
    let left = Outcome::Abandoned { code: "BuyerCanceled".into(), reason: AbandonReason::Left };
    assert_eq!(amazon.find_outcome(&consent).await, left);
    service.now_says("GET /v2/checkoutSessions/SES", 200, session("Canceled", "Expired", &consent));
    let late = Outcome::Abandoned { code: "Expired".into(), reason: AbandonReason::TooLate };
    assert_eq!(amazon.find_outcome(&consent).await, late, "the order itself may still go on");
}

#[tokio::test]
async fn a_completion_whose_answer_was_lost_is_found_in_the_session() {
    let (service, amazon) = open().await;
    let consent = operation(Kind::Consent);
    service.says("POST /v2/checkoutSessions/SES/complete", 422, no("InvalidCheckoutSessionStatus"));
    service.says("GET /v2/checkoutSessions/SES", 200, session("Open", "", &consent));
    service.says("GET /v2/checkoutSessions/SES", 200, session("Open", "", &consent));
    service.says("GET /v2/checkoutSessions/SES", 200, session("Completed", "", &consent));
    assert!(matches!(comes_back(&amazon, &consent).await, Outcome::Consented { .. }));
}

#[tokio::test]
async fn a_session_over_another_amount_or_currency_than_the_order_is_refused_and_charges_nobody() {
    let (service, amazon) = open().await;
    let consent = operation(Kind::Consent);
    service.says("GET /v2/checkoutSessions/SES", 200, session("Open", "", &consent));
    for (status, code) in [(409, "AmountMismatch"), (400, "CurrencyMismatch")] {
        service.now_says("POST /v2/checkoutSessions/SES/complete", status, no(code));
        let Outcome::Refused(refusal) = comes_back(&amazon, &consent).await else { panic!() };
        assert_eq!((refusal.retry, refusal.reason, &*refusal.code), (Retry::Never, Reason::Amount, code));
    }
    // Nor is one that somebody else completed.
    let mut completed = session("Completed", "", &consent);
    assert!(matches!(find(&service, &amazon, &consent, &completed).await, Outcome::Consented { .. }));
    completed["paymentDetails"]["chargeAmount"]["amount"] = json!("9.99");
    let Outcome::Refused(refusal) = find(&service, &amazon, &consent, &completed).await else { panic!() };
    assert_eq!(refusal.code, "AmountMismatch");
}

async fn find(service: &Service, amazon: &AmazonPayProvider, consent: &Operation, session: &Value) -> Outcome {
    service.now_says("GET /v2/checkoutSessions/SES", 200, session);
    comes_back(amazon, consent).await
}

#[tokio::test]
async fn money_moves_by_charge_capture_cancel_and_refund_each_with_its_own_key() {
    let (service, amazon) = open().await;
    service.says("POST /v2/charges", 201, charge("Authorized"));
    let reserve = operation(Kind::Reserve);
    assert!(matches!(amazon.send(&reserve).await, Outcome::Held { .. }));
    let body = last_body(&service);
    assert_eq!((&body["captureNow"], &body["chargePermissionId"]), (&json!(false), &json!("S01-1-1")));
    service.now_says("POST /v2/charges", 201, charge("Captured"));
    assert!(matches!(amazon.send(&operation(Kind::Pay)).await, Outcome::Taken { .. }));
    assert_eq!(last_body(&service)["captureNow"], true);
    service.says("POST /v2/charges/S01-1-1-C1/capture", 200, charge("Captured"));
    assert!(matches!(amazon.send(&operation(Kind::Settle)).await, Outcome::Taken { .. }));
    service.says("DELETE /v2/charges/S01-1-1-C1/cancel", 200, charge("Canceled"));
    assert!(matches!(amazon.send(&operation(Kind::Cancel)).await, Outcome::Released { .. }));
    let refund = json!({ "refundId": "R1", "statusDetails": { "state": "RefundInitiated" } });
    service.says("POST /v2/refunds", 201, refund);
    assert_eq!(amazon.send(&operation(Kind::Refund)).await, Outcome::Pending { transaction: Some("R1".into()) });
    let keys: Vec<_> = service
        .asked
        .lock()
        .unwrap()
        .iter()
        .filter_map(|it| it.headers.get("x-amz-pay-idempotency-key").cloned())
        .collect();
    let mut different = keys.clone();
    different.sort();
    different.dedup();
    assert_eq!((keys.len(), different.len()), (4, 4));
}

#[tokio::test]
async fn a_charge_that_came_with_the_checkout_is_not_made_a_second_time() {
    let (service, amazon) = open().await;
    let mut reserve = operation(Kind::Reserve);
    let Request::Take { consent, .. } = &mut reserve.request else { panic!() };
    *consent = "S01-1234567-1234567-C1".into();
    service.says("GET /v2/charges/S01-1234567-1234567-C1", 200, charge("Authorized"));
    assert!(matches!(amazon.send(&reserve).await, Outcome::Held { .. }));
    assert_eq!(service.lines(), ["GET /v2/charges/S01-1234567-1234567-C1"]);
}

#[tokio::test]
async fn a_lost_capture_reply_does_not_charge_the_buyer_again() {
    let (service, amazon) = open().await;
    let settle = operation(Kind::Settle);
    service.says("GET /v2/charges/S01-1-1-C1", 200, charge("Authorized"));
    assert_eq!(amazon.find_outcome(&settle).await, Outcome::NeverArrived);
    service.now_says("GET /v2/charges/S01-1-1-C1", 200, charge("Captured"));
    assert!(matches!(amazon.find_outcome(&settle).await, Outcome::Taken { .. }));
    service.says("POST /v2/charges/S01-1-1-C1/capture", 422, no("InvalidChargeStatus"));
    assert!(matches!(amazon.send(&settle).await, Outcome::Taken { .. }));
}

#[tokio::test]
async fn doctor_hears_what_is_wrong() {
    let (service, amazon) = open().await;
    assert_eq!(amazon.check().await, Ok(()));
    service.says("GET /v2/charges/S00-0000000-0000000-C000000", 403, no("InvalidAuthentication"));
    assert!(amazon.check().await.unwrap_err().contains("InvalidAuthentication"));
}

#[tokio::test]
async fn a_region_takes_its_own_currency_and_europe_ten_where_the_account_may() {
    let (_service, mut amazon) = open().await;
    let takes = |amazon: &AmazonPayProvider, code| amazon.takes(Currency::from_code(code).unwrap());
    assert!(takes(&amazon, "USD") && !takes(&amazon, "EUR"));
    amazon.settings.account.region = super::super::client::Region::Eu;
    assert!(takes(&amazon, "GBP") && !takes(&amazon, "SEK"));
    amazon.settings.is_multi_currency = true;
    assert!(PRESENTMENT_CURRENCIES.iter().all(|code| takes(&amazon, code)) && !takes(&amazon, "KWD"));
}
