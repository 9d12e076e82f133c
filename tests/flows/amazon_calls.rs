//! The client's calls against the sandbox's own table of operations: neither side lacks one, and
//! what the client says is understood.

use std::collections::BTreeSet;

use pushcart::base::clock::{Clock, days, minutes};
use pushcart::base::ids::OperationId;
use pushcart::base::money::Money;
use pushcart::base::secret::Secret;
use pushcart::pay::amazon_pay::calls::{self, Call, Key, partners};
use pushcart::pay::amazon_pay::client::{Client, Miss};
use pushcart::pay::amazon_pay::sign::{Algorithm, PrivateKey};
use pushcart::pay::amazon_pay::wire::charges::{
    Cancellation, Capture, ChargeChanges, Contest, DisputeChanges, Evidence, NewCharge, NewDispute, NewRefund,
};
use pushcart::pay::amazon_pay::wire::reports::{
    Delivery, DisbursementFilter, NewReport, NewSchedule, Parcel, ReportFilter,
};
use pushcart::pay::amazon_pay::wire::sessions::{
    Closure, Completion, Finalization, NewSession, PaymentIntent, PermissionChanges, SessionChanges, WebCheckoutDetails,
};
use pushcart::pay::amazon_pay::wire::{MerchantMetadata, Price};
use pushcart::pay::amazon_pay::{Account, KeyPair, Region};
use pushcart::pay::http;
use pushcart::sandbox::amazon_pay::operations::{self, OPERATIONS};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::market::Market;

const KEY_ID: &str = "SANDBOX-CALLS";
const MERCHANT: &str = "A1PUSHCARTDEMO";
const CAPTURES: &str = "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_CAPTURE_DATA_";
/// An id that nobody has.
const ID: &str = "ID";

#[tokio::test]
async fn neither_the_client_nor_the_sandbox_lacks_an_operation() {
    let Some(market) = Market::open().await else { return };
    let mut asked = Asked { client: client(&market).await, said: Vec::new() };
    asked.everything().await;

    let called: BTreeSet<(&str, &str, String)> =
        asked.said.iter().map(|line| (line.name, line.method, line.path.clone())).collect();
    let known: BTreeSet<(&str, &str, String)> =
        OPERATIONS.iter().map(|own| (own.name, own.method, own.path.to_owned())).collect();
    assert_eq!(called, known);
    for line in &asked.said {
        let operation = OPERATIONS.iter().find(|own| own.name == line.name).unwrap();
        match operation.key {
            operations::Key::Needed => assert!(line.has_key, "{}", line.name),
            operations::Key::Unused => assert!(!line.has_key, "{}", line.name),
            operations::Key::Optional => {}
        }
        let expected = match line.name {
            _ if operation.is_for_partners => "UnauthorizedAccess",
            "CreateCheckoutSession"
            | "GetReports"
            | "GetReportSchedules"
            | "GetDisbursements"
            | "CreateReport"
            | "CreateReportSchedule"
            | "UploadFile"
            | "GetAuthorizationToken" => "done",
            _ => "ResourceNotFound",
        };
        assert_eq!(line.answer, expected, "{}", line.name);
    }
}

struct Asked {
    client: Client,
    said: Vec<Line>,
}

struct Line {
    name: &'static str,
    method: &'static str,
    path: String,
    has_key: bool,
    /// `done`, or the code of the refusal.
    answer: String,
}

impl Asked {
    async fn ask<A: DeserializeOwned>(&mut self, call: Call<A>) {
        let answer = match self.client.ask(&call).await {
            Ok(_) => "done".to_owned(),
            Err(Miss::Complaint(no)) => no.reason_code,
            Err(miss) => panic!("{}: {miss:?}", call.name),
        };
        let parts: Vec<&str> = call.path.split('/').map(|part| if part == ID { "{}" } else { part }).collect();
        let (name, method, has_key) = (call.name, call.verb.word(), call.key.is_some());
        self.said.push(Line { name, method, path: parts.join("/"), has_key, answer });
    }

    /// One of each.
    async fn everything(&mut self) {
        let ten = || Price::of(Money::usd(1000));
        let new = NewSession { store_id: store(), web_checkout_details: web(), ..NewSession::default() };
        self.ask(calls::create_session(&new, key())).await;
        self.ask(calls::session(ID)).await;
        self.ask(calls::update_session(ID, &SessionChanges::default())).await;
        let completion = Completion { charge_amount: Some(ten()), total_order_amount: None };
        self.ask(calls::complete_session(ID, &completion, key())).await;
        let finalization = Finalization {
            payment_intent: Some(PaymentIntent::Authorize),
            charge_amount: Some(ten()),
            ..Finalization::default()
        };
        self.ask(calls::finalize_session(ID, &finalization, key())).await;
        self.ask(calls::permission(ID)).await;
        self.ask(calls::update_permission(ID, &PermissionChanges::default())).await;
        let closure = Closure { closure_reason: "The end".into(), cancel_pending_charges: None };
        self.ask(calls::close_permission(ID, &closure)).await;
        let charge = NewCharge { charge_permission_id: ID.into(), charge_amount: ten(), ..NewCharge::default() };
        self.ask(calls::create_charge(&charge, key())).await;
        self.ask(calls::charge(ID)).await;
        self.ask(calls::capture_charge(ID, &Capture { capture_amount: ten(), soft_descriptor: None }, key())).await;
        let why = Cancellation { cancellation_reason: "Sold out".into() };
        self.ask(calls::cancel_charge(ID, &why)).await;
        let refund = NewRefund { charge_id: ID.into(), refund_amount: ten(), soft_descriptor: None };
        self.ask(calls::create_refund(&refund, key())).await;
        self.ask(calls::refund(ID)).await;
        self.ask(calls::buyer(ID)).await;
        self.ask(calls::track_delivery(&delivery(ID))).await;
        self.ask(calls::authorization_token(ID, MERCHANT)).await;
        self.ask(calls::create_report(&report(), key())).await;
        self.ask(calls::reports(&ReportFilter::default())).await;
        self.ask(calls::report(ID)).await;
        self.ask(calls::report_document(ID)).await;
        self.ask(calls::create_schedule(&schedule(), key())).await;
        self.ask(calls::schedules()).await;
        self.ask(calls::schedule(ID)).await;
        self.ask(calls::cancel_schedule(ID)).await;
        self.ask(calls::disbursements(&all_time())).await;
        self.ask(calls::dispute(ID)).await;
        self.ask(calls::contest_dispute(ID, &receipt(None), key())).await;
        self.ask(calls::upload_file("pdf", key())).await;
        self.ask(partners::update_charge(ID, &ChargeChanges::default())).await;
        self.ask(partners::create_dispute(&NewDispute::default(), key())).await;
        self.ask(partners::update_dispute(ID, &DisputeChanges::default())).await;
        self.ask(partners::create_merchant_account(&json!({}))).await;
        self.ask(partners::update_merchant_account(ID, &json!({}))).await;
        self.ask(partners::delete_merchant_account(ID)).await;
        self.ask(partners::claim_merchant_account(ID, &json!({}))).await;
        self.ask(partners::create_store(ID, &json!({}))).await;
        self.ask(partners::update_store(ID, ID, &json!({}))).await;
        self.ask(partners::in_store_scan(&json!({}))).await;
        self.ask(partners::in_store_charge(&json!({}))).await;
        self.ask(partners::in_store_refund(&json!({}))).await;
    }
}

#[tokio::test]
async fn what_is_no_part_of_an_order_is_said_and_read() {
    let Some(market) = Market::open().await else { return };
    let client = client(&market).await;
    let (_, order) = market.buy_at_amazon("wildflower-honey", "amzn1.account.ANAALLGOOD", "1111").await;
    let charge = client.ask(&calls::charge(order.transaction.as_deref().unwrap())).await.unwrap();

    // notes and parcels
    let note = MerchantMetadata { note_to_buyer: Some("Thank you".into()), ..MerchantMetadata::default() };
    let changes = PermissionChanges { merchant_metadata: Some(note), recurring_metadata: None };
    let permission = charge.charge_permission_id.as_str();
    client.ask(&calls::update_permission(permission, &changes)).await.unwrap();
    let noted = client.ask(&calls::permission(permission)).await.unwrap().merchant_metadata;
    assert_eq!(noted.unwrap().note_to_buyer.as_deref(), Some("Thank you"));
    market.ship(&order).await;
    assert_eq!(client.ask(&calls::track_delivery(&delivery(permission))).await.unwrap(), delivery(permission));

    // a report, from asking for it to its lines
    let made = client.ask(&calls::create_report(&report(), key())).await.unwrap();
    market.later(minutes(2)).await;
    let ready = client.ask(&calls::report(&made.report_id)).await.unwrap();
    assert_eq!((&*ready.processing_status, &*ready.report_type), ("COMPLETED", CAPTURES));
    let filter = ReportFilter { types: vec![CAPTURES.into()], page_size: Some(10), ..ReportFilter::default() };
    assert_eq!(client.ask(&calls::reports(&filter)).await.unwrap().reports, std::slice::from_ref(&ready));
    let document = client.ask(&calls::report_document(&ready.report_document_id.unwrap())).await.unwrap();
    let lines = client.http().get("report", &document.url).await.unwrap().body;
    assert!(lines.contains(&charge.charge_id), "{lines}");
    let paid_out = client.ask(&calls::disbursements(&all_time())).await.unwrap();
    assert_eq!(paid_out["disbursements"][0]["amount"], json!(Price::of(order.total)));

    // a schedule
    let made = client.ask(&calls::create_schedule(&schedule(), key())).await.unwrap();
    let shown = client.ask(&calls::schedule(&made.report_schedule_id)).await.unwrap();
    assert_eq!(shown.schedule_frequency.as_deref(), Some("P7D"));
    assert_eq!(client.ask(&calls::schedules()).await.unwrap().report_schedules, [shown]);
    client.ask(&calls::cancel_schedule(&made.report_schedule_id)).await.unwrap();
    assert_eq!(client.ask(&calls::schedules()).await.unwrap().report_schedules, []);

    // a chargeback, answered with a file
    let act = json!({ "act": "charge_back", "id": charge.charge_id, "reason": "Fraudulent" });
    let opened = market.control("POST", "amazon-pay/act", Some(act)).await;
    let id = opened["id"].as_str().unwrap();
    let dispute = client.ask(&calls::dispute(id)).await.unwrap();
    assert_eq!((&*dispute.status_details.state, dispute.charge_id), ("ActionRequired", charge.charge_id));
    assert_eq!(dispute.filing_reason.as_deref(), Some("Fraudulent"));
    let file = client.ask(&calls::upload_file("pdf", key())).await.unwrap();
    let evidence = receipt(file["fileId"].as_str());
    let put = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = put.put(file["url"].as_str().unwrap()).body("%PDF").send().await.unwrap();
    assert_eq!(put.status(), 200);
    let contested = client.ask(&calls::contest_dispute(id, &evidence, key())).await.unwrap();
    assert_eq!(contested.status_details.state, "UnderReview");
    market.later(days(11)).await;
    let over = client.ask(&calls::dispute(id)).await.unwrap();
    assert_eq!(over.status_details.resolution.as_deref(), Some("MerchantWon"));
}

/// A client with a key of its own for the demo's account.
async fn client(market: &Market) -> Client {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    let public_key = pushcart::sandbox::amazon_pay::public_key(&file).unwrap();
    let register = json!({
        "provider": "amazon_pay", "public_key_id": KEY_ID, "public_key_pem": public_key, "merchant_id": MERCHANT,
    });
    market.control("POST", "credentials", Some(register)).await;
    let private_key = PrivateKey::from_pem(&Secret::new(std::fs::read_to_string(&file).unwrap())).unwrap();
    let account = Account {
        region: Region::Na,
        base_url: Some(market.sandbox_url.clone()),
        is_sandbox: true,
        algorithm: Algorithm::default(),
        keys: vec![KeyPair { public_key_id: KEY_ID.to_owned(), private_key }],
    };
    Client::new(account, http::Client::new(None).unwrap(), Clock::new())
}

fn key() -> Key {
    Key::of(&OperationId::fresh())
}

fn store() -> String {
    "amzn1.application-oa2-client.pushcartdemo".to_owned()
}

fn web() -> WebCheckoutDetails {
    let back = Some("http://localhost:3000/back".to_owned());
    WebCheckoutDetails { checkout_review_return_url: back, ..WebCheckoutDetails::default() }
}

fn report() -> NewReport {
    NewReport { report_type: CAPTURES.into(), ..NewReport::default() }
}

fn schedule() -> NewSchedule {
    NewSchedule { report_type: CAPTURES.into(), schedule_frequency: "P7D".into(), ..NewSchedule::default() }
}

fn all_time() -> DisbursementFilter {
    DisbursementFilter { since: "20200101T000000Z".into(), until: "20990101T000000Z".into() }
}

fn delivery(permission: &str) -> Delivery {
    let parcel = Parcel { tracking_number: "1Z999".into(), carrier_code: "UPS".into() };
    Delivery { charge_permission_id: permission.to_owned(), delivery_details: vec![parcel] }
}

fn receipt(file: Option<&str>) -> Contest {
    let text = file.is_none().then(|| "It was delivered.".to_owned());
    let receipt = Evidence { evidence_type: "Receipt".into(), file_id: file.map(str::to_owned), evidence_text: text };
    Contest { merchant_evidences: vec![receipt] }
}
