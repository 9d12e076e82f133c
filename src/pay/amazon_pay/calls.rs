//! Every operation of Amazon Pay as a call: where it goes, what it says, what answers it.
//!
//! ```text
//! POST /v2/charges   x-amz-pay-idempotency-key: opn_01jd…
//! ```
//!
//! A POST carries an idempotency key wherever Amazon Pay knows one: the same key with the same body
//! gives the first answer again, for ever. Source: Amazon Pay API v2, the page of each object, and
//! "Idempotency".

pub mod partners;

use std::marker::PhantomData;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::wire::charges::{Cancellation, Capture, Charge, Contest, Dispute, NewCharge, NewRefund, Refund};
use super::wire::reports::{
    Delivery, DisbursementFilter, Disbursements, NewReport, NewSchedule, Report, ReportDocument, ReportFilter,
    ReportMade, ReportPage, Schedule, Schedules,
};
use super::wire::sessions::{
    ChargePermission, Closure, Completion, Finalization, NewSession, PermissionChanges, Session, SessionChanges,
};
use super::wire::{Buyer, body};
use crate::base::ids::OperationId;

/// The longest idempotency key: 32 of `A-Z a-z 0-9 - _`.
pub const LONGEST_KEY: usize = 32;

/// What makes a second POST the same as the first. Derived from our operation, so it survives a
/// crash, and the operation can be read from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The operation's id as it stands: 30 characters, all of them allowed.
    pub fn of(operation: &OperationId) -> Key {
        Key(operation.as_str().to_owned())
    }

    /// The key of a second POST that belongs to the same operation: `step` is one letter.
    pub fn step(operation: &OperationId, step: char) -> Key {
        Key(format!("{operation}-{step}"))
    }

    /// The key of a POST that belongs to no operation yet, from a form's key or a session's id: the
    /// signs that are allowed, as many as fit. A UUID without its dashes just does.
    pub fn from_text(text: &str) -> Key {
        Key(text.chars().filter(char::is_ascii_alphanumeric).take(LONGEST_KEY).collect())
    }

    /// As the header says it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whose key it is.
    pub fn operation(&self) -> Option<OperationId> {
        self.0.split('-').next()?.parse().ok()
    }
}

/// The HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Looks.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Patch,
    /// Ends.
    Delete,
}

impl Verb {
    /// `GET`…
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }
}

/// One call, answered by an `A`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<A> {
    /// For the log: `CreateCharge`.
    pub name: &'static str,
    /// How.
    pub verb: Verb,
    /// Where, below `/v2/`.
    pub path: String,
    /// Names and values, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// JSON; empty where there is none.
    pub body: String,
    /// What makes a second one the same.
    pub key: Option<Key>,
    /// Whether a good answer is 303 and the place where a person goes on. It is not followed.
    pub leads_elsewhere: bool,
    answer: PhantomData<fn() -> A>,
}

impl<A> Call<A> {
    fn new(name: &'static str, verb: Verb, path: String) -> Call<A> {
        Call {
            name,
            verb,
            path,
            query: Vec::new(),
            body: String::new(),
            key: None,
            leads_elsewhere: false,
            answer: PhantomData,
        }
    }

    fn saying<T: serde::Serialize>(mut self, what: &T) -> Call<A> {
        self.body = body(what);
        self
    }

    fn with(mut self, key: Key) -> Call<A> {
        self.key = Some(key);
        self
    }

    /// Whether sending it twice is as good as once: always, but for a POST without a key.
    pub fn is_repeatable(&self) -> bool {
        self.verb != Verb::Post || self.key.is_some()
    }
}

fn get<A>(name: &'static str, path: String) -> Call<A> {
    Call::new(name, Verb::Get, path)
}

fn post<A>(name: &'static str, path: impl Into<String>) -> Call<A> {
    Call::new(name, Verb::Post, path.into())
}

/// An id inside of a path: whatever it holds, it stays one segment.
fn id(id: &str) -> String {
    const KEEP: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(id, KEEP).to_string()
}

/// Create Checkout Session.
pub fn create_session(new: &NewSession, key: Key) -> Call<Session> {
    post("CreateCheckoutSession", "checkoutSessions").saying(new).with(key)
}

/// Get Checkout Session.
pub fn session(session: &str) -> Call<Session> {
    get("GetCheckoutSession", format!("checkoutSessions/{}", id(session)))
}

/// Update Checkout Session, only while it is open.
pub fn update_session(session: &str, changes: &SessionChanges) -> Call<Session> {
    Call::new("UpdateCheckoutSession", Verb::Patch, format!("checkoutSessions/{}", id(session))).saying(changes)
}

/// Complete Checkout Session. Answers 202 where the authorisation is still being decided.
pub fn complete_session(session: &str, completion: &Completion, key: Key) -> Call<Session> {
    post("CompleteCheckoutSession", format!("checkoutSessions/{}/complete", id(session))).saying(completion).with(key)
}

/// Finalize Checkout Session (Buy Now).
pub fn finalize_session(session: &str, finalization: &Finalization, key: Key) -> Call<Session> {
    post("FinalizeCheckoutSession", format!("checkoutSessions/{}/finalize", id(session))).saying(finalization).with(key)
}

/// Get Charge Permission.
pub fn permission(permission: &str) -> Call<ChargePermission> {
    get("GetChargePermission", format!("chargePermissions/{}", id(permission)))
}

/// Update Charge Permission.
pub fn update_permission(permission: &str, changes: &PermissionChanges) -> Call<ChargePermission> {
    Call::new("UpdateChargePermission", Verb::Patch, format!("chargePermissions/{}", id(permission))).saying(changes)
}

/// Close Charge Permission. Final.
pub fn close_permission(permission: &str, closure: &Closure) -> Call<ChargePermission> {
    let path = format!("chargePermissions/{}/close", id(permission));
    Call::new("CloseChargePermission", Verb::Delete, path).saying(closure)
}

/// Create Charge.
pub fn create_charge(new: &NewCharge, key: Key) -> Call<Charge> {
    post("CreateCharge", "charges").saying(new).with(key)
}

/// Get Charge.
pub fn charge(charge: &str) -> Call<Charge> {
    get("GetCharge", format!("charges/{}", id(charge)))
}

/// Capture Charge.
pub fn capture_charge(charge: &str, capture: &Capture, key: Key) -> Call<Charge> {
    post("CaptureCharge", format!("charges/{}/capture", id(charge))).saying(capture).with(key)
}

/// Cancel Charge.
pub fn cancel_charge(charge: &str, cancellation: &Cancellation) -> Call<Charge> {
    Call::new("CancelCharge", Verb::Delete, format!("charges/{}/cancel", id(charge))).saying(cancellation)
}

/// Create Refund.
pub fn create_refund(new: &NewRefund, key: Key) -> Call<Refund> {
    post("CreateRefund", "refunds").saying(new).with(key)
}

/// Get Refund.
pub fn refund(refund: &str) -> Call<Refund> {
    get("GetRefund", format!("refunds/{}", id(refund)))
}

/// Get Buyer, by the token that signing in gave.
pub fn buyer(token: &str) -> Call<Buyer> {
    get("GetBuyer", format!("buyers/{}", id(token)))
}

/// Delivery Trackers: tells the buyer where the parcels are.
pub fn track_delivery(delivery: &Delivery) -> Call<Delivery> {
    post("CreateDeliveryTracker", "deliveryTrackers").saying(delivery)
}

/// Get Authorization Token, for solution providers.
pub fn authorization_token(mws_token: &str, merchant: &str) -> Call<Value> {
    let mut call = get("GetAuthorizationToken", format!("authorizationTokens/{}", id(mws_token)));
    call.query.push(("merchantId", merchant.to_owned()));
    call
}

/// Create Report.
pub fn create_report(new: &NewReport, key: Key) -> Call<ReportMade> {
    post("CreateReport", "reports").saying(new).with(key)
}

/// Get Reports.
pub fn reports(filter: &ReportFilter) -> Call<ReportPage> {
    let mut call = get("GetReports", "reports".to_owned());
    let list = |items: &[String]| (!items.is_empty()).then(|| items.join(","));
    let pairs = [
        ("reportTypes", list(&filter.types)),
        ("processingStatuses", list(&filter.statuses)),
        ("createdSince", filter.since.clone()),
        ("createdUntil", filter.until.clone()),
        ("pageSize", filter.page_size.map(|size| size.to_string())),
        ("nextToken", filter.next_token.clone()),
    ];
    call.query = pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    call
}

/// Get Report By Id.
pub fn report(report: &str) -> Call<Report> {
    get("GetReport", format!("reports/{}", id(report)))
}

/// Get Report Document.
pub fn report_document(document: &str) -> Call<ReportDocument> {
    get("GetReportDocument", format!("report-documents/{}", id(document)))
}

/// Create Report Schedule.
pub fn create_schedule(new: &NewSchedule, key: Key) -> Call<Schedule> {
    post("CreateReportSchedule", "report-schedules").saying(new).with(key)
}

/// Get Report Schedules.
pub fn schedules() -> Call<Schedules> {
    get("GetReportSchedules", "report-schedules".to_owned())
}

/// Get Report Schedule By Id.
pub fn schedule(schedule: &str) -> Call<Schedule> {
    get("GetReportSchedule", format!("report-schedules/{}", id(schedule)))
}

/// Cancel Report Schedule.
pub fn cancel_schedule(schedule: &str) -> Call<Value> {
    Call::new("CancelReportSchedule", Verb::Delete, format!("report-schedules/{}", id(schedule)))
}

/// Get Disbursements.
pub fn disbursements(filter: &DisbursementFilter) -> Call<Disbursements> {
    let mut call = get("GetDisbursements", "disbursements".to_owned());
    call.query = vec![("startTime", filter.since.clone()), ("endTime", filter.until.clone())];
    call
}

/// Get Dispute.
pub fn dispute(dispute: &str) -> Call<Dispute> {
    get("GetDispute", format!("disputes/{}", id(dispute)))
}

/// Contest Dispute.
pub fn contest_dispute(dispute: &str, contest: &Contest, key: Key) -> Call<Dispute> {
    post("ContestDispute", format!("disputes/{}/contest", id(dispute))).saying(contest).with(key)
}

/// Upload File: asks for a place to put evidence of this kind (`pdf`, `jpg`…).
pub fn upload_file(kind: &str, key: Key) -> Call<Value> {
    post("UploadFile", "files").saying(&json!({ "type": kind, "purpose": "disputeEvidence" })).with(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_fits_and_names_its_operation() {
        let operation = OperationId::fresh();
        for key in [Key::of(&operation), Key::step(&operation, 'c')] {
            assert!(key.as_str().len() <= LONGEST_KEY, "{key:?}");
            assert!(key.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            assert_eq!(key.operation(), Some(operation.clone()));
        }
        let session = Key::from_text("11111111-2222-4333-8444-555555555555");
        assert_eq!(session.as_str(), "11111111222243338444555555555555");
        assert_eq!(session.operation(), None);
    }

    #[test]
    fn only_a_post_without_a_key_must_not_be_repeated() {
        assert!(charge("S01").is_repeatable());
        assert!(cancel_charge("S01", &Cancellation::default()).is_repeatable());
        assert!(create_refund(&NewRefund::default(), Key::of(&OperationId::fresh())).is_repeatable());
        assert!(!track_delivery(&Delivery::default()).is_repeatable());
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        assert_eq!(session("../charges/x?y").path, "checkoutSessions/..%2Fcharges%2Fx%3Fy");
    }
}
