use serde_json::json;

use super::*;
use crate::base::ids::OperationId;
use crate::pay::amazon_pay::calls::{self, Key};
use crate::pay::amazon_pay::canned::{Service, a_key, no};
use crate::pay::amazon_pay::wire::charges::NewCharge;
use crate::pay::amazon_pay::wire::reports::{Delivery, ReportFilter};

async fn open() -> (Service, Client) {
    let (service, account) = Service::open().await;
    (service, client(account))
}

fn client(account: Account) -> Client {
    Client::new(account, http::Client::new(None).unwrap(), Clock::new()).without_pauses()
}

#[test]
fn the_button_names_the_currency_of_the_accounts_books() {
    let ledger = |region: Region, code| region.ledger_currency(Currency::from_code(code).unwrap());
    assert_eq!((ledger(Region::Na, "USD"), ledger(Region::Jp, "JPY")), ("USD", "JPY"));
    assert_eq!((ledger(Region::Eu, "GBP"), ledger(Region::Eu, "EUR")), ("GBP", "EUR"));
    for foreign in ["USD", "JPY", "AUD", "CAD", "CHF", "SEK", "DKK", "NOK"] {
        assert_eq!(ledger(Region::Eu, foreign), "EUR", "{foreign}");
    }
}

#[tokio::test]
async fn a_call_is_signed_over_what_is_sent_and_stamped_in_real_time() {
    let (service, client) = open().await;
    client.clock().advance(Duration::from_secs(30 * 24 * 60 * 60));
    let key = Key::of(&OperationId::fresh());
    service.says("POST /v2/charges", 201, json!({ "chargeId": "C1", "somethingNew": [1] }));
    let charge = client.ask(&calls::create_charge(&NewCharge::default(), key.clone())).await.unwrap();
    assert_eq!(charge.charge_id, "C1");
    let asked = service.asked.lock().unwrap().remove(0);
    assert_eq!(asked.headers["x-amz-pay-idempotency-key"], key.as_str());
    let stamp: jiff::Timestamp = asked.headers["x-amz-pay-date"].parse().unwrap();
    assert!((stamp.as_millisecond() - client.clock().real_now().0).abs() < 60_000);
    let header = &asked.headers["authorization"];
    let names = "accept;content-type;x-amz-pay-date;x-amz-pay-host;x-amz-pay-idempotency-key;x-amz-pay-region";
    let expected = format!("AMZN-PAY-RSASSA-PSS-V2 PublicKeyId=SANDBOX-AFTEST, SignedHeaders={names}, Signature=");
    assert!(header.starts_with(&expected), "{header}");
    assert!(asked.body.contains(r#""captureNow":false"#));
}

#[tokio::test]
async fn a_query_is_sent_as_it_is_signed() {
    let (service, client) = open().await;
    let line = "GET /v2/reports?nextToken=a%20b%2Bc&reportTypes=A%2CB";
    service.says(line, 200, json!({ "reports": [] }));
    let filter = ReportFilter {
        types: vec!["A".into(), "B".into()],
        next_token: Some("a b+c".into()),
        ..ReportFilter::default()
    };
    client.ask(&calls::reports(&filter)).await.unwrap();
    assert_eq!(service.lines(), [line]);
}

#[tokio::test]
async fn the_environment_is_in_the_key_id_or_else_in_the_path() {
    let key = |id: &str| KeyPair { public_key_id: id.into(), private_key: a_key() };
    assert_eq!(key("SANDBOX-AF").path_prefix(false), "/v2/");
    assert_eq!(key("live-AF").path_prefix(true), "/v2/");
    assert_eq!(key("AF").path_prefix(true), "/sandbox/v2/");
    assert_eq!(key("AF").path_prefix(false), "/live/v2/");
    assert_eq!(Region::from_word("UK"), Some(Region::Eu));
    assert_eq!(Region::from_word("mars"), None);
}

#[tokio::test]
async fn a_busy_service_is_asked_again_with_the_same_key() {
    let (service, client) = open().await;
    for status in [503, 429, 425] {
        service.says("POST /v2/charges", status, no("TooManyRequests"));
    }
    service.says("POST /v2/charges", 201, json!({ "chargeId": "C1" }));
    let call = calls::create_charge(&NewCharge::default(), Key::of(&OperationId::fresh()));
    assert_eq!(client.ask(&call).await.unwrap().charge_id, "C1");
    let asked = service.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|it| it.headers["x-amz-pay-idempotency-key"] == call.key.as_ref().unwrap().as_str()));
    assert!(asked.iter().all(|it| it.body == call.body));
}

#[tokio::test]
async fn a_service_that_stays_busy_is_given_up_after_four_tries_and_a_post_without_a_key_after_one() {
    let (service, client) = open().await;
    service.says("GET /v2/charges/C1", 503, no("ServiceUnavailable"));
    service.says("POST /v2/deliveryTrackers", 503, no("ServiceUnavailable"));
    let Err(Miss::Complaint(complaint)) = client.ask(&calls::charge("C1")).await else { panic!() };
    assert_eq!((complaint.status, complaint.request_id.as_str()), (503, "req-1"));
    assert_eq!(service.lines().len(), 4);
    client.ask(&calls::track_delivery(&Delivery::default())).await.unwrap_err();
    assert_eq!(service.lines().len(), 1);
}

#[tokio::test]
async fn a_decline_is_not_asked_twice() {
    let (service, client) = open().await;
    service.says("POST /v2/charges", 422, no("HardDeclined"));
    let call = calls::create_charge(&NewCharge::default(), Key::of(&OperationId::fresh()));
    let Err(Miss::Complaint(complaint)) = client.ask(&call).await else { panic!() };
    assert_eq!(complaint.reason_code, "HardDeclined");
    assert_eq!(service.lines().len(), 1);
}

#[tokio::test]
async fn a_refused_key_pair_gives_way_to_the_other_and_is_remembered() {
    let (service, mut account) = Service::open().await;
    account.keys.push(KeyPair { public_key_id: "SANDBOX-AFSECOND".into(), private_key: a_key() });
    let client = client(account);
    service.says("GET /v2/charges/C1", 403, no("InvalidRequestSignature"));
    service.says("GET /v2/charges/C1", 200, json!({ "chargeId": "C1" }));
    client.ask(&calls::charge("C1")).await.unwrap();
    assert_eq!(service.lines().len(), 2);
    client.ask(&calls::charge("C1")).await.unwrap();
    assert_eq!(service.lines().len(), 1);
    assert_eq!(client.key().unwrap().public_key_id, "SANDBOX-AFSECOND");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_silence() {
    let (service, client) = open().await;
    service.says("GET /v2/charges/C1", 200, "<html>");
    assert!(matches!(client.ask(&calls::charge("C1")).await, Err(Miss::Silent(_))));
    service.now_says("GET /v2/charges/C1", 403, "<html>");
    assert!(matches!(client.ask(&calls::charge("C1")).await, Err(Miss::Silent(_))));
    let debug = format!("{client:?}");
    assert!(debug.contains("***") && !debug.contains("PRIVATE KEY"), "{debug}");
}

#[tokio::test]
async fn a_claim_answers_where_its_owner_goes_on_and_nobody_follows() {
    let (service, client) = open().await;
    service.says("POST /v2/merchantAccounts/A1/claim", 303, "");
    let place = client.ask(&calls::partners::claim_merchant_account("A1", &json!({}))).await.unwrap();
    assert_eq!(place.location, "https://sellers.example/claim");
    assert_eq!(service.lines(), ["POST /v2/merchantAccounts/A1/claim"]);
    // elsewhere a redirect is no answer
    service.says("GET /v2/charges/C1", 303, "");
    assert!(matches!(client.ask(&calls::charge("C1")).await, Err(Miss::Silent(_))));
}
