//! Every operation of the API: method, path, idempotency, answer, body and simulations.
//!
//! Source: Amazon Pay API v2, the page of each object, and "Idempotency"; Amazon Pay Checkout, "Use Sandbox
//! simulations"; the calls of the official SDKs.

use super::bodies::{
    CAPTURE, CHARGE, CLOSE, COMPLETE, CONTEST, FINALIZE, PERMISSION_UPDATE, REFUND, REPORT, SCHEDULE, SESSION,
    SESSION_UPDATE, TRACKER, UPLOAD,
};
use super::fields::Field;
use super::fields::Kind::Text;

/// Whether a request carries `x-amz-pay-idempotency-key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Refused without.
    Needed,
    /// Honoured where it is there.
    Optional,
    /// Without effect: GET, PATCH, DELETE.
    Unused,
}

/// One operation.
pub struct Operation {
    /// `CreateCharge`: its name in the log and for scripted faults.
    pub name: &'static str,
    /// `POST`.
    pub method: &'static str,
    /// Below `/v2/`, with `{}` for an id.
    pub path: &'static str,
    /// Its idempotency key.
    pub key: Key,
    /// HTTP status of a good answer.
    pub ok: u16,
    /// What the body may hold.
    pub fields: &'static [Field],
    /// What it must hold.
    pub required: &'static [&'static str],
    /// Codes of `x-amz-pay-simulation-code` that fit.
    pub simulations: &'static [&'static str],
    /// Whether it is for payment service providers and partners; merchants are refused, whatever the body holds.
    pub is_for_partners: bool,
}

/// What a path leads to.
pub enum Route {
    /// The operation and the ids of its path.
    Found(&'static Operation, Vec<String>),
    /// A path of the API with another method; these would do.
    OtherMethod(String),
    /// No such path.
    Nowhere,
}

/// Finds the operation of a method and a path below `/v2/`, with or without a slash at the end.
pub fn route(method: &str, path: &str) -> Route {
    let ids = |operation: &Operation| -> Option<Vec<String>> {
        let wanted: Vec<&str> = operation.path.split('/').collect();
        let given: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let fits = wanted.len() == given.len() && wanted.iter().zip(&given).all(|(w, g)| *w == "{}" || w == g);
        fits.then(|| wanted.iter().zip(&given).filter(|(w, _)| **w == "{}").map(|(_, g)| (*g).to_owned()).collect())
    };
    let there: Vec<(&Operation, Vec<String>)> =
        OPERATIONS.iter().filter_map(|own| ids(own).map(|ids| (own, ids))).collect();
    let methods = || there.iter().map(|(own, _)| own.method).collect::<Vec<_>>().join(", ");
    match there.iter().find(|(own, _)| own.method == method) {
        Some((own, ids)) => Route::Found(own, ids.clone()),
        None if there.is_empty() => Route::Nowhere,
        None => Route::OtherMethod(methods()),
    }
}

const fn get(name: &'static str, path: &'static str) -> Operation {
    let (fields, required, simulations): (&[Field], &[&str], &[&str]) = (&[], &[], &[]);
    Operation {
        name,
        method: "GET",
        path,
        key: Key::Unused,
        ok: 200,
        fields,
        required,
        simulations,
        is_for_partners: false,
    }
}

const fn post(
    name: &'static str,
    path: &'static str,
    ok: u16,
    fields: &'static [Field],
    required: &'static [&'static str],
) -> Operation {
    Operation {
        name,
        method: "POST",
        path,
        key: Key::Needed,
        ok,
        fields,
        required,
        simulations: &[],
        is_for_partners: false,
    }
}

/// A POST that also works without a key.
const fn lenient(operation: Operation) -> Operation {
    Operation { key: Key::Optional, ..operation }
}

const fn other(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    fields: &'static [Field],
    required: &'static [&'static str],
) -> Operation {
    Operation {
        name,
        method,
        path,
        key: Key::Unused,
        ok: 200,
        fields,
        required,
        simulations: &[],
        is_for_partners: false,
    }
}

const fn simulated(operation: Operation, simulations: &'static [&'static str]) -> Operation {
    Operation { simulations, ..operation }
}

const fn for_partners(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation { key: Key::Optional, is_for_partners: true, ..other(name, method, path, &[], &[]) }
}

/// All of them; first those of a purchase, as it goes.
pub static OPERATIONS: &[Operation] = &[
    post("CreateCheckoutSession", "checkoutSessions", 201, SESSION, &["webCheckoutDetails", "storeId"]),
    get("GetCheckoutSession", "checkoutSessions/{}"),
    other("UpdateCheckoutSession", "PATCH", "checkoutSessions/{}", SESSION_UPDATE, &[]),
    simulated(
        lenient(post("CompleteCheckoutSession", "checkoutSessions/{}/complete", 200, COMPLETE, &[])),
        &["BuyerCanceled", "AmazonCanceled", "Declined", "AuthorizationInitiated"],
    ),
    lenient(post(
        "FinalizeCheckoutSession",
        "checkoutSessions/{}/finalize",
        200,
        FINALIZE,
        &["chargeAmount", "paymentIntent"],
    )),
    get("GetChargePermission", "chargePermissions/{}"),
    other("UpdateChargePermission", "PATCH", "chargePermissions/{}", PERMISSION_UPDATE, &[]),
    simulated(
        other("CloseChargePermission", "DELETE", "chargePermissions/{}/close", CLOSE, &["closureReason"]),
        &["AmazonClosed"],
    ),
    simulated(
        post("CreateCharge", "charges", 201, CHARGE, &["chargePermissionId", "chargeAmount"]),
        &[
            "SoftDeclined",
            "HardDeclined",
            "AmazonRejected",
            "TransactionTimedOut",
            "CaptureInitiated",
            // The guide has a Pending variant of the declines; the names are our reading.
            "PendingSoftDeclined",
            "PendingHardDeclined",
            "PendingAmazonRejected",
            "PendingTransactionTimedOut",
        ],
    ),
    get("GetCharge", "charges/{}"),
    for_partners("UpdateCharge", "PATCH", "charges/{}"),
    post("CaptureCharge", "charges/{}/capture", 200, CAPTURE, &["captureAmount"]),
    other(
        "CancelCharge",
        "DELETE",
        "charges/{}/cancel",
        &[Field("cancellationReason", Text(255))],
        &["cancellationReason"],
    ),
    post("CreateRefund", "refunds", 201, REFUND, &["chargeId", "refundAmount"]),
    get("GetRefund", "refunds/{}"),
    get("GetBuyer", "buyers/{}"),
    lenient(post("CreateDeliveryTracker", "deliveryTrackers", 200, TRACKER, &["deliveryDetails"])),
    get("GetAuthorizationToken", "authorizationTokens/{}"),
    post("CreateReport", "reports", 201, REPORT, &["reportType"]),
    get("GetReports", "reports"),
    get("GetReport", "reports/{}"),
    get("GetReportDocument", "report-documents/{}"),
    post("CreateReportSchedule", "report-schedules", 201, SCHEDULE, &["reportType", "scheduleFrequency"]),
    get("GetReportSchedules", "report-schedules"),
    get("GetReportSchedule", "report-schedules/{}"),
    other("CancelReportSchedule", "DELETE", "report-schedules/{}", &[], &[]),
    get("GetDisbursements", "disbursements"),
    for_partners("CreateDispute", "POST", "disputes"),
    get("GetDispute", "disputes/{}"),
    for_partners("UpdateDispute", "PATCH", "disputes/{}"),
    post("ContestDispute", "disputes/{}/contest", 200, CONTEST, &["merchantEvidences"]),
    post("UploadFile", "files", 201, UPLOAD, &["type", "purpose"]),
    for_partners("CreateMerchantAccount", "POST", "merchantAccounts"),
    for_partners("UpdateMerchantAccount", "PATCH", "merchantAccounts/{}"),
    for_partners("DeleteMerchantAccount", "DELETE", "merchantAccounts/{}"),
    for_partners("ClaimMerchantAccount", "POST", "merchantAccounts/{}/claim"),
    for_partners("CreateStore", "POST", "merchantAccounts/{}/stores"),
    for_partners("UpdateStore", "PATCH", "merchantAccounts/{}/stores/{}"),
    for_partners("InStoreMerchantScan", "POST", "in-store/merchantScan"),
    for_partners("InStoreCharge", "POST", "in-store/charge"),
    for_partners("InStoreRefund", "POST", "in-store/refund"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_operations_with_or_without_a_slash_at_the_end() {
        for (method, path, name) in [
            ("POST", "checkoutSessions", "CreateCheckoutSession"),
            ("POST", "checkoutSessions/", "CreateCheckoutSession"),
            ("PATCH", "checkoutSessions/x/", "UpdateCheckoutSession"),
            ("DELETE", "charges/S01-1-1-C1/cancel", "CancelCharge"),
            ("GET", "report-schedules", "GetReportSchedules"),
        ] {
            assert!(matches!(route(method, path), Route::Found(own, _) if own.name == name), "{method} {path}");
        }
        assert!(matches!(route("PUT", "charges/x/capture"), Route::OtherMethod(methods) if methods == "POST"));
        assert!(matches!(route("GET", "everything"), Route::Nowhere));
    }
}
