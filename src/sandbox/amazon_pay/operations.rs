//! Every operation of the API: method, path, idempotency, answer, simulations, and what its body may hold
//! (sections 5, 6 and 16 of the reference).

use super::fields::Field;
use super::fields::Kind::{Address, Flag, Free, List, Object, Price, Text, Word};

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
    Operation { name, method: "GET", path, key: Key::Unused, ok: 200, fields, required, simulations }
}

const fn post(
    name: &'static str,
    path: &'static str,
    ok: u16,
    fields: &'static [Field],
    required: &'static [&'static str],
) -> Operation {
    Operation { name, method: "POST", path, key: Key::Needed, ok, fields, required, simulations: &[] }
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
    Operation { name, method, path, key: Key::Unused, ok: 200, fields, required, simulations: &[] }
}

const fn simulated(operation: Operation, simulations: &'static [&'static str]) -> Operation {
    Operation { simulations, ..operation }
}

/// All of them, in the order of the reference.
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
    other("UpdateCharge", "PATCH", "charges/{}", CHARGE_UPDATE, &["statusDetails"]),
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
    post("CreateDispute", "disputes", 201, ANYTHING, &[]),
    get("GetDispute", "disputes/{}"),
    other("UpdateDispute", "PATCH", "disputes/{}", ANYTHING, &[]),
    post("ContestDispute", "disputes/{}/contest", 200, CONTEST, &["merchantEvidences"]),
    post("UploadFile", "files", 201, UPLOAD, &["type", "purpose"]),
    lenient(post("CreateMerchantAccount", "merchantAccounts", 201, ANYTHING, &[])),
    other("UpdateMerchantAccount", "PATCH", "merchantAccounts/{}", ANYTHING, &[]),
    other("DeleteMerchantAccount", "DELETE", "merchantAccounts/{}", ANYTHING, &[]),
    lenient(post("ClaimMerchantAccount", "merchantAccounts/{}/claim", 303, ANYTHING, &[])),
    lenient(post("CreateStore", "merchantAccounts/{}/stores", 201, ANYTHING, &[])),
    other("UpdateStore", "PATCH", "merchantAccounts/{}/stores/{}", ANYTHING, &[]),
    lenient(post("InStoreMerchantScan", "in-store/merchantScan", 200, ANYTHING, &[])),
    lenient(post("InStoreCharge", "in-store/charge", 200, ANYTHING, &[])),
    lenient(post("InStoreRefund", "in-store/refund", 200, ANYTHING, &[])),
];

/// Operations that are for others than merchants are refused before anybody looks at the body.
const ANYTHING: &[Field] = &[];

const INTENT: super::fields::Kind = Word(&["Confirm", "Authorize", "AuthorizeWithCapture"]);
const PERMISSION_TYPE: super::fields::Kind = Word(&["OneTime", "Recurring", "PaymentMethodOnFile"]);

const WEB: &[Field] = &[
    Field("checkoutReviewReturnUrl", Address),
    Field("checkoutResultReturnUrl", Address),
    Field("checkoutCancelUrl", Address),
    Field("checkoutErrorUrl", Address),
    Field("checkoutMode", Word(&["ProcessOrder"])),
    Field("amazonPayRedirectUrl", Text(512)),
];

const PAYMENT: &[Field] = &[
    Field("paymentIntent", INTENT),
    Field("canHandlePendingAuthorization", Flag),
    Field("chargeAmount", Price),
    Field("totalOrderAmount", Price),
    Field("estimateOrderTotal", Price),
    Field("presentmentCurrency", Text(3)),
    Field("softDescriptor", Text(16)),
    Field("allowOvercharge", Flag),
    Field("extendExpiration", Flag),
];

const METADATA: &[Field] = &[
    Field("merchantReferenceId", Text(256)),
    Field("merchantStoreName", Text(50)),
    Field("noteToBuyer", Text(255)),
    Field("customInformation", Text(4096)),
];

const RECURRING: &[Field] = &[
    Field(
        "frequency",
        Object(&[Field("unit", Word(&["Year", "Month", "Week", "Day", "Variable"])), Field("value", Text(4))]),
    ),
    Field("amount", Price),
];

const PROVIDER: &[Field] = &[Field("providerReferenceId", Text(256))];

const ADDRESS: &[Field] = &[
    Field("name", Text(50)),
    Field("addressLine1", Text(180)),
    Field("addressLine2", Text(60)),
    Field("addressLine3", Text(60)),
    Field("city", Text(50)),
    Field("districtOrCounty", Text(50)),
    Field("county", Text(50)),
    Field("district", Text(50)),
    Field("stateOrRegion", Text(50)),
    Field("postalCode", Text(20)),
    Field("countryCode", Text(3)),
    Field("phoneNumber", Text(20)),
];

const DELIVERY: &[Field] = &[
    Field("specialRestrictions", List(&Word(&["RestrictPOBoxes", "RestrictPackstations"]))),
    Field(
        "addressRestrictions",
        Object(&[Field("type", Word(&["Allowed", "NotAllowed"])), Field("restrictions", Free)]),
    ),
];

/// What a buyer may be asked to share.
pub const SCOPES: super::fields::Kind =
    Word(&["name", "email", "phoneNumber", "billingAddress", "shippingAddress", "postalCode", "primeStatus"]);

/// Create Checkout Session; also the payload of a button.
pub const SESSION: &[Field] = &[
    Field("webCheckoutDetails", Object(WEB)),
    Field("storeId", Text(128)),
    Field("scopes", List(&SCOPES)),
    Field("chargePermissionType", PERMISSION_TYPE),
    Field("recurringMetadata", Object(RECURRING)),
    Field("paymentMethodOnFileMetadata", Object(&[Field("setupOnly", Flag)])),
    Field("chargePermissionId", Text(32)),
    Field("deliverySpecifications", Object(DELIVERY)),
    Field("paymentDetails", Object(PAYMENT)),
    Field("merchantMetadata", Object(METADATA)),
    Field("providerMetadata", Object(PROVIDER)),
    Field("platformId", Text(64)),
    Field("supplementaryData", Text(4096)),
    Field("addressDetails", Object(ADDRESS)),
];

/// The payload of a sign-in button.
pub const SIGN_IN: &[Field] =
    &[Field("signInReturnUrl", Address), Field("storeId", Text(128)), Field("signInScopes", List(&SCOPES))];

const SESSION_UPDATE: &[Field] = &[
    Field("webCheckoutDetails", Object(WEB)),
    Field("paymentDetails", Object(PAYMENT)),
    Field("merchantMetadata", Object(METADATA)),
    Field("supplementaryData", Text(4096)),
    Field("platformId", Text(64)),
    Field("providerMetadata", Object(PROVIDER)),
    Field("chargePermissionType", PERMISSION_TYPE),
    Field("recurringMetadata", Object(RECURRING)),
    Field("multiAddressesCheckoutMetadata", List(&Object(&[Field("addressId", Text(64)), Field("price", Price)]))),
];

const COMPLETE: &[Field] = &[Field("chargeAmount", Price), Field("totalOrderAmount", Price)];

const FINALIZE: &[Field] = &[
    Field("paymentIntent", INTENT),
    Field("chargeAmount", Price),
    Field("totalOrderAmount", Price),
    Field("canHandlePendingAuthorization", Flag),
    Field("supplementaryData", Text(4096)),
    Field("shippingAddress", Object(ADDRESS)),
    Field("billingAddress", Object(ADDRESS)),
];

const PERMISSION_UPDATE: &[Field] =
    &[Field("merchantMetadata", Object(METADATA)), Field("recurringMetadata", Object(RECURRING))];

const CLOSE: &[Field] = &[Field("closureReason", Text(255)), Field("cancelPendingCharges", Flag)];

const CHARGE: &[Field] = &[
    Field("chargePermissionId", Text(32)),
    Field("chargeAmount", Price),
    Field("captureNow", Flag),
    Field("softDescriptor", Text(16)),
    Field("canHandlePendingAuthorization", Flag),
    Field("merchantMetadata", Object(METADATA)),
    Field("providerMetadata", Object(PROVIDER)),
    Field("platformId", Text(64)),
    Field("chargeInitiator", Word(&["CITU", "MITU", "CITR", "MITR"])),
    Field("channel", Word(&["Web", "Phone", "App", "Alexa", "PointOfSale", "FireTv", "Offline", "Amazon"])),
    Field("webCheckoutDetails", Object(&[Field("checkoutResultReturnUrl", Address)])),
];

const CHARGE_UPDATE: &[Field] =
    &[Field("statusDetails", Object(&[Field("state", Text(64)), Field("reasonCode", Text(64))]))];

const CAPTURE: &[Field] = &[Field("captureAmount", Price), Field("softDescriptor", Text(16))];

const REFUND: &[Field] =
    &[Field("chargeId", Text(32)), Field("refundAmount", Price), Field("softDescriptor", Text(16))];

const TRACKER: &[Field] = &[
    Field("chargePermissionId", Text(32)),
    Field("amazonOrderReferenceId", Text(32)),
    Field("deliveryDetails", List(&Object(&[Field("trackingNumber", Text(64)), Field("carrierCode", Text(64))]))),
];

const REPORT_TYPE: super::fields::Kind = Word(&[
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_SETTLEMENT_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_SANDBOX_SETTLEMENT_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_ORDER_REFERENCE_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_BILLING_AGREEMENT_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_AUTHORIZATION_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_CAPTURE_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_REFUND_DATA_",
]);

const REPORT: &[Field] = &[Field("reportType", REPORT_TYPE), Field("startTime", Text(32)), Field("endTime", Text(32))];

/// How often a scheduled report is made, with the minutes between two.
pub const FREQUENCIES: [(&str, u64); 18] = [
    ("PT5M", 5),
    ("PT15M", 15),
    ("PT30M", 30),
    ("PT1H", 60),
    ("PT2H", 120),
    ("PT4H", 240),
    ("PT8H", 480),
    ("PT12H", 720),
    ("PT24H", 1440),
    ("PT84H", 5040),
    ("P1D", 1440),
    ("P2D", 2880),
    ("P3D", 4320),
    ("P7D", 10_080),
    ("P14D", 20_160),
    ("P15D", 21_600),
    ("P18D", 25_920),
    ("P30D", 43_200),
];

const SCHEDULE: &[Field] = &[
    Field("reportType", REPORT_TYPE),
    Field("scheduleFrequency", Text(8)),
    Field("nextReportCreationTime", Text(32)),
    Field("deleteExistingSchedule", Flag),
];

const CONTEST: &[Field] = &[Field(
    "merchantEvidences",
    List(&Object(&[Field("evidenceType", Text(64)), Field("fileId", Text(64)), Field("evidenceText", Text(4096))])),
)];

const UPLOAD: &[Field] = &[
    Field("type", Word(&["csv", "pdf", "xls", "xlsx", "doc", "docx", "ods", "jpg", "png"])),
    Field("purpose", Word(&["disputeEvidence"])),
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
