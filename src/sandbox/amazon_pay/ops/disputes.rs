//! Chargebacks as the merchant sees them: read, contest with evidence, upload files.
//!
//! A dispute is opened through the control calls, as a bank would. Creating and updating one is for
//! payment service providers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Call;
use crate::base::clock::Millis;
use crate::base::ids;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::limits;
use crate::sandbox::amazon_pay::notify::{self, News};
use crate::sandbox::amazon_pay::state::Kept;
use crate::sandbox::amazon_pay::state::ledger::{BUYERS, earned};
use crate::sandbox::amazon_pay::state::objects::{Charge, currency};
use crate::sandbox::amazon_pay::wire::{self, price_of, timestamp, timestamp_or_null};
use crate::sandbox::state::{StateError, Tx};

/// A chargeback.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Dispute {
    /// `S01-…-B123456`.
    pub id: String,
    /// What is disputed.
    pub charge_id: String,
    /// Its permission.
    pub permission_id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// ISO 4217.
    pub currency: String,
    /// How much is disputed.
    pub amount_minor: i64,
    /// `ProductNotReceived`, …
    pub filing_reason: String,
    /// `ActionRequired`, `UnderReview`, `Resolved` or `Closed`.
    pub state: String,
    /// `BuyerWon`, `MerchantWon` or `NoFault`; empty while it goes on.
    pub resolution: String,
    /// Why it is where it is.
    pub reason: String,
    /// What the merchant brought forward.
    pub evidences: Value,
    /// When it was opened.
    pub created_at: i64,
    /// When it came to its state.
    pub updated_at: i64,
    /// When it is decided by itself: the deadline, or the end of the review.
    pub due_at: i64,
}

/// An uploaded file of evidence.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// `pdf`, …
    pub kind: String,
    /// How many bytes have come; 0 before.
    pub size: usize,
}

impl Kept for Dispute {
    const KIND: &'static str = "dispute";
    fn id(&self) -> &str {
        &self.id
    }
    fn parent_id(&self) -> &str {
        &self.charge_id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
    fn due_at(&self) -> i64 {
        self.due_at
    }
}

impl Kept for Upload {
    const KIND: &'static str = "upload";
    fn id(&self) -> &str {
        &self.id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
}

/// Why a buyer may dispute a charge.
pub const FILING_REASONS: [&str; 10] = [
    "ProductNotReceived",
    "ProductUnacceptable",
    "ProductNoLongerNeeded",
    "CreditNotProcessed",
    "Overcharged",
    "DuplicateCharge",
    "SubscriptionCancelled",
    "Unrecognized",
    "Fraudulent",
    "Other",
];

const EVIDENCES: [&str; 10] = [
    "ProductDescription",
    "Receipt",
    "CancellationPolicy",
    "CustomerSignature",
    "TrackingNumber",
    "CarrierName",
    "DeviceId",
    "DeviceName",
    "DownloadDateTime",
    "Other",
];

/// The buyer's bank opens a dispute about a captured charge.
pub async fn open(
    sandbox: &Sandbox,
    tx: &mut Tx,
    charge: &Charge,
    reason: &str,
    now: Millis,
) -> Result<Dispute, StateError> {
    let dispute = Dispute {
        id: wire::child_id(&charge.id, 'B'),
        charge_id: charge.id.clone(),
        permission_id: charge.permission_id.clone(),
        merchant_id: charge.merchant_id.clone(),
        currency: charge.currency.clone(),
        amount_minor: charge.captured_minor - charge.refunded_minor,
        filing_reason: reason.to_owned(),
        state: "ActionRequired".to_owned(),
        reason: "MerchantResponseRequired".to_owned(),
        evidences: json!([]),
        created_at: now.0,
        updated_at: now.0,
        due_at: now.plus(limits::DISPUTE_WINDOW).0,
        ..Dispute::default()
    };
    tx.add_object(&dispute, now).await?;
    notify::state_change(sandbox, tx, &News::dispute(&dispute), now).await?;
    Ok(dispute)
}

/// What happens when nobody does anything: no answer loses, an answer wins.
pub async fn decide(sandbox: &Sandbox, tx: &mut Tx, dispute: &mut Dispute, at: Millis) -> Result<(), StateError> {
    let (resolution, reason) = match dispute.state.as_str() {
        "ActionRequired" => ("BuyerWon", "MerchantResponseDeadlineExpired"),
        _ => ("MerchantWon", "InvestigatorResolved"),
    };
    if resolution == "BuyerWon" {
        let amount = Money::new(dispute.amount_minor, currency(&dispute.currency));
        tx.transfer(&dispute.id, at, &earned(&dispute.merchant_id), BUYERS, amount).await?;
    }
    (dispute.state, dispute.resolution) = ("Resolved".to_owned(), resolution.to_owned());
    (dispute.reason, dispute.updated_at, dispute.due_at) = (reason.to_owned(), at.0, 0);
    tx.keep_object(dispute).await?;
    notify::state_change(sandbox, tx, &News::dispute(dispute), at).await
}

fn view(dispute: &Dispute) -> Value {
    let resolution = if dispute.resolution.is_empty() { Value::Null } else { dispute.resolution.as_str().into() };
    let deadline = Millis(dispute.created_at).plus(limits::DISPUTE_WINDOW);
    json!({
        "disputeId": dispute.id, "chargeId": dispute.charge_id, "disputeType": "Chargeback",
        "disputeAmount": price_of(dispute.amount_minor, &dispute.currency), "filingReason": dispute.filing_reason,
        "statusDetails": {
            "state": dispute.state, "resolution": resolution, "reasonCode": dispute.reason, "reasonDescription": null,
            "lastUpdatedTimestamp": timestamp_or_null(dispute.updated_at),
        },
        "merchantEvidences": dispute.evidences, "filingTimestamp": timestamp(Millis(dispute.created_at)),
        "merchantResponseDeadline": timestamp(deadline), "resolutionAuthority": "Amazon",
        "providerMetadata": { "providerDisputeId": null }, "creationTimestamp": timestamp(Millis(dispute.created_at)),
        "releaseEnvironment": "Sandbox",
    })
}

/// Get Dispute.
pub async fn show(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    Ok(view(&call.own::<Dispute>(tx, call.id()).await?))
}

/// Contest Dispute: evidence within the deadline; the review takes another such window.
pub async fn contest(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut dispute: Dispute = call.own(tx, call.id()).await?;
    for evidence in call.member("merchantEvidences").as_array().into_iter().flatten() {
        let text = |name: &str| evidence.get(name).and_then(Value::as_str).unwrap_or_default();
        if !EVIDENCES.contains(&text("evidenceType")) {
            return Err(ApiError::value("merchantEvidences.evidenceType", "it is not a type of evidence").into());
        }
        if text("fileId").is_empty() && text("evidenceText").is_empty() {
            return Err(ApiError::missing("merchantEvidences.fileId").into());
        }
        if !text("fileId").is_empty() {
            call.own::<Upload>(tx, text("fileId")).await?;
        }
    }
    if dispute.state != "ActionRequired" {
        return refuse("InvalidRequest", format!("The dispute is {}; it cannot be contested.", dispute.state));
    }
    dispute.evidences = call.member("merchantEvidences");
    (dispute.state, dispute.reason) = ("UnderReview".to_owned(), "ChargebackFiled".to_owned());
    (dispute.updated_at, dispute.due_at) = (call.now.0, call.now.plus(limits::DISPUTE_WINDOW).0);
    tx.keep_object(&dispute).await?;
    notify::state_change(call.sandbox, tx, &News::dispute(&dispute), call.now).await?;
    Ok(view(&dispute))
}

/// The file of an announced upload has come; its content is of no interest here. False for an unknown one.
pub async fn receive(tx: &mut Tx, id: &str, size: usize) -> Result<bool, StateError> {
    let Some(mut upload) = tx.object::<Upload>(id).await? else { return Ok(false) };
    upload.size = size;
    tx.keep_object(&upload).await?;
    Ok(true)
}

/// Upload File: announces a file of evidence and names the address to put it to.
pub async fn upload(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let upload = Upload {
        id: ids::fresh("file"),
        merchant_id: call.merchant.id.clone(),
        kind: call.text("type").to_owned(),
        size: 0,
    };
    tx.add_object(&upload, call.now).await?;
    let url = format!("{}/amazon-pay/files/{}.{}", call.sandbox.base_url(), upload.id, upload.kind);
    Ok(json!({ "fileId": upload.id, "type": upload.kind, "url": url }))
}
