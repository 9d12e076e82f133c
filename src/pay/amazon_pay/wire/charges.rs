//! Charges, refunds and disputes. Source: Amazon Pay API v2, "Charge", "Refund"; disputes as in the official SDKs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MerchantMetadata, Price, Stamp, StatusDetails};
use crate::base::clock::Millis;

/// The body of Create Charge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCharge {
    /// Which permission.
    pub charge_permission_id: String,
    /// How much.
    pub charge_amount: Price,
    /// Taken at once, or only held.
    pub capture_now: bool,
    /// On the buyer's statement, at most 16 characters; only with `capture_now`.
    pub soft_descriptor: Option<String>,
    /// Whether the shop can wait up to 24 hours for a decision; not with `capture_now`.
    pub can_handle_pending_authorization: Option<bool>,
    /// Our notes.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// For solution providers.
    pub platform_id: Option<String>,
    /// `CITU`, `MITU`, `CITR`, `MITR`.
    pub charge_initiator: Option<String>,
    /// `Web`, `Phone`, `App`, `Alexa`…
    pub channel: Option<String>,
}

/// A charge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Charge {
    /// `S01-…-C123456`.
    pub charge_id: String,
    /// Which permission it was made from.
    pub charge_permission_id: String,
    /// How much was asked for.
    pub charge_amount: Option<Price>,
    /// How much was taken; none until then.
    pub capture_amount: Option<Price>,
    /// How much went back.
    pub refunded_amount: Option<Price>,
    /// Whether it was to be taken at once.
    pub capture_now: Option<bool>,
    /// Whether the decision may have come later.
    pub can_handle_pending_authorization: Option<bool>,
    /// Our notes.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// AuthorizationInitiated, Authorized, CaptureInitiated, Captured, Declined, Canceled.
    pub status_details: StatusDetails,
    /// When it was made.
    pub creation_timestamp: Option<Stamp>,
    /// When a hold ends by itself.
    pub expiration_timestamp: Option<Stamp>,
}

/// The body of Update Charge, for payment service providers only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeChanges {
    /// The new state, `{"state","reasonCode"}`.
    pub status_details: Value,
}

/// The body of Capture Charge: once, and at most what was authorised; the rest is let go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capture {
    /// How much.
    pub capture_amount: Price,
    /// On the buyer's statement, at most 16 characters.
    pub soft_descriptor: Option<String>,
}

/// The body of Cancel Charge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// Why, at most 255 characters.
    pub cancellation_reason: String,
}

/// The body of Create Refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRefund {
    /// Whose money goes back.
    pub charge_id: String,
    /// How much.
    pub refund_amount: Price,
    /// On the buyer's statement, at most 16 characters.
    pub soft_descriptor: Option<String>,
}

/// A refund. Always decided later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Refund {
    /// `S01-…-R123456`.
    pub refund_id: String,
    /// Whose money goes back.
    pub charge_id: String,
    /// How much.
    pub refund_amount: Option<Price>,
    /// RefundInitiated, Refunded, Declined.
    pub status_details: StatusDetails,
}

/// A dispute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Dispute {
    /// `S01-…-B123456`.
    pub dispute_id: String,
    /// About which charge.
    pub charge_id: String,
    /// `Chargeback`, or an A-to-z claim.
    pub dispute_type: Option<String>,
    /// How much.
    pub dispute_amount: Option<Price>,
    /// `ProductNotReceived`, `Fraudulent`…
    pub filing_reason: Option<String>,
    /// UnderReview, ActionRequired, Resolved, Closed, with the resolution.
    pub status_details: StatusDetails,
    /// When it was filed.
    pub filing_timestamp: Option<Stamp>,
    /// Until when we may answer.
    pub merchant_response_deadline: Option<Stamp>,
}

/// The body of Create Dispute, for payment service providers only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewDispute {
    /// About which charge.
    pub charge_id: String,
    /// Our own id for it.
    pub provider_metadata: Option<ProviderMetadata>,
    /// How much.
    pub dispute_amount: Price,
    /// `ProductNotReceived`, `Fraudulent`…
    pub filing_reason: String,
    /// When it was filed, in seconds since 1970: here alone instants are numbers.
    pub filing_timestamp: Option<i64>,
    /// `Chargeback`.
    pub dispute_type: String,
    /// Until when the merchant may answer, in seconds since 1970.
    pub merchant_response_deadline: Option<i64>,
    /// How it stands.
    pub status_details: Option<DisputeStanding>,
}

impl NewDispute {
    /// An instant as disputes write it.
    pub fn seconds(at: Millis) -> i64 {
        at.0.div_euclid(1000)
    }
}

/// The body of Update Dispute, for payment service providers only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeChanges {
    /// `ProductNotReceived`, `Fraudulent`…
    pub filing_reason: Option<String>,
    /// Until when the merchant may answer, in seconds since 1970.
    pub merchant_response_deadline: Option<i64>,
    /// How it stands now.
    pub status_details: Option<DisputeStanding>,
}

/// How a dispute stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeStanding {
    /// UnderReview, ActionRequired, Resolved, Closed.
    pub state: String,
    /// BuyerWon, MerchantWon, NoFault.
    pub resolution: Option<String>,
    /// `MerchantResponseRequired`, `AutoResolved`…
    pub reason_code: Option<String>,
    /// The reason in a sentence.
    pub reason_description: Option<String>,
}

/// What a payment service provider calls a dispute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderMetadata {
    /// Its own id for it.
    pub provider_dispute_id: String,
}

/// One piece of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// `TrackingNumber`, `Receipt`…
    pub evidence_type: String,
    /// A file that was uploaded before.
    pub file_id: Option<String>,
    /// Or a text.
    pub evidence_text: Option<String>,
}

/// The body of Contest Dispute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contest {
    /// What speaks for us.
    pub merchant_evidences: Vec<Evidence>,
}
