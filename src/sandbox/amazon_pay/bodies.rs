//! What the body of each operation may hold. Source: Amazon Pay API v2, the page of each object.

use super::fields::Kind::{Address, Flag, Free, List, Object, Price, Text, Word};
use super::fields::{Field, Kind};

const INTENT: Kind = Word(&["Confirm", "Authorize", "AuthorizeWithCapture"]);
const PERMISSION_TYPE: Kind = Word(&["OneTime", "Recurring", "PaymentMethodOnFile"]);

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
const SCOPES: Kind =
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

/// Update Checkout Session.
pub const SESSION_UPDATE: &[Field] = &[
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

/// Complete Checkout Session.
pub const COMPLETE: &[Field] = &[Field("chargeAmount", Price), Field("totalOrderAmount", Price)];

/// Finalize Checkout Session.
pub const FINALIZE: &[Field] = &[
    Field("paymentIntent", INTENT),
    Field("chargeAmount", Price),
    Field("totalOrderAmount", Price),
    Field("canHandlePendingAuthorization", Flag),
    Field("supplementaryData", Text(4096)),
    Field("shippingAddress", Object(ADDRESS)),
    Field("billingAddress", Object(ADDRESS)),
];

/// Update Charge Permission.
pub const PERMISSION_UPDATE: &[Field] =
    &[Field("merchantMetadata", Object(METADATA)), Field("recurringMetadata", Object(RECURRING))];

/// Close Charge Permission.
pub const CLOSE: &[Field] = &[Field("closureReason", Text(255)), Field("cancelPendingCharges", Flag)];

/// Create Charge.
pub const CHARGE: &[Field] = &[
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

/// Capture Charge.
pub const CAPTURE: &[Field] = &[Field("captureAmount", Price), Field("softDescriptor", Text(16))];

/// Create Refund.
pub const REFUND: &[Field] =
    &[Field("chargeId", Text(32)), Field("refundAmount", Price), Field("softDescriptor", Text(16))];

/// Create Delivery Tracker.
pub const TRACKER: &[Field] = &[
    Field("chargePermissionId", Text(32)),
    Field("amazonOrderReferenceId", Text(32)),
    Field("deliveryDetails", List(&Object(&[Field("trackingNumber", Text(64)), Field("carrierCode", Text(64))]))),
];

const REPORT_TYPE: Kind = Word(&[
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_SETTLEMENT_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_SANDBOX_SETTLEMENT_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_ORDER_REFERENCE_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_BILLING_AGREEMENT_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_AUTHORIZATION_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_CAPTURE_DATA_",
    "_GET_FLAT_FILE_OFFAMAZONPAYMENTS_REFUND_DATA_",
]);

/// Create Report.
pub const REPORT: &[Field] =
    &[Field("reportType", REPORT_TYPE), Field("startTime", Text(32)), Field("endTime", Text(32))];

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

/// Create Report Schedule.
pub const SCHEDULE: &[Field] = &[
    Field("reportType", REPORT_TYPE),
    Field("scheduleFrequency", Text(8)),
    Field("nextReportCreationTime", Text(32)),
    Field("deleteExistingSchedule", Flag),
];

/// Contest Dispute.
pub const CONTEST: &[Field] = &[Field(
    "merchantEvidences",
    List(&Object(&[Field("evidenceType", Text(64)), Field("fileId", Text(64)), Field("evidenceText", Text(4096))])),
)];

/// Upload File.
pub const UPLOAD: &[Field] = &[
    Field("type", Word(&["csv", "pdf", "xls", "xlsx", "doc", "docx", "ods", "jpg", "png"])),
    Field("purpose", Word(&["disputeEvidence"])),
];
