//! Checkout sessions and charge permissions. Source: Amazon Pay API v2, "Checkout Session", "Charge Permission".

use serde::{Deserialize, Serialize};

use super::{Address, Buyer, MerchantMetadata, Price, Stamp, StatusDetails};

/// Where the buyer is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebCheckoutDetails {
    /// After address and method were chosen.
    pub checkout_review_return_url: Option<String>,
    /// After paying, and after a decline.
    pub checkout_result_return_url: Option<String>,
    /// After turning back.
    pub checkout_cancel_url: Option<String>,
    /// `ProcessOrder`: one trip, without a review page.
    pub checkout_mode: Option<String>,
    /// Where the buyer pays; only read, and only there once nothing is missing.
    pub amazon_pay_redirect_url: Option<String>,
}

/// What happens to the money when the session is completed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentIntent {
    /// Nothing: only the permission to charge.
    #[default]
    Confirm,
    /// The amount is held.
    Authorize,
    /// The amount is taken.
    AuthorizeWithCapture,
}

impl PaymentIntent {
    /// Reads Amazon Pay's word.
    pub fn from_word(word: &str) -> Option<PaymentIntent> {
        match word {
            "Confirm" => Some(PaymentIntent::Confirm),
            "Authorize" => Some(PaymentIntent::Authorize),
            "AuthorizeWithCapture" => Some(PaymentIntent::AuthorizeWithCapture),
            _ => None,
        }
    }
}

/// How the session is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaymentDetails {
    /// What completing does.
    pub payment_intent: Option<PaymentIntent>,
    /// Whether the shop can wait up to 24 hours for a decision; not with AuthorizeWithCapture.
    pub can_handle_pending_authorization: Option<bool>,
    /// What completing charges.
    pub charge_amount: Option<Price>,
    /// What all charges together may come to.
    pub total_order_amount: Option<Price>,
    /// What the order will come to, for recurring sessions.
    pub estimate_order_total: Option<Price>,
    /// The currency that the buyer sees.
    pub presentment_currency: Option<String>,
    /// On the buyer's statement, at most 16 characters; only with AuthorizeWithCapture.
    pub soft_descriptor: Option<String>,
    /// Whether a charge may go a little above.
    pub allow_overcharge: Option<bool>,
    /// 13 months instead of 180 days.
    pub extend_expiration: Option<bool>,
}

/// How often a recurring permission is charged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Frequency {
    /// `Year`, `Month`, `Week`, `Day`, `Variable`.
    pub unit: String,
    /// Digits; `0` with `Variable`.
    pub value: String,
}

/// What is told to the buyer of a recurring permission. Informative only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecurringMetadata {
    /// How often.
    pub frequency: Option<Frequency>,
    /// How much each time, where that is known.
    pub amount: Option<Price>,
}

/// The body of Create Checkout Session, and the `payloadJSON` of a button.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSession {
    /// Where the buyer is sent.
    pub web_checkout_details: WebCheckoutDetails,
    /// `amzn1.application-oa2-client.…`
    pub store_id: String,
    /// What the buyer shares: `name`, `email`…; all but the billing address without it.
    pub scopes: Option<Vec<String>>,
    /// `OneTime` without it, `Recurring`, `PaymentMethodOnFile`.
    pub charge_permission_type: Option<String>,
    /// With `Recurring`.
    pub recurring_metadata: Option<RecurringMetadata>,
    /// With `PaymentMethodOnFile`: `{"setupOnly":true}`.
    pub payment_method_on_file_metadata: Option<serde_json::Value>,
    /// A saved wallet to charge.
    pub charge_permission_id: Option<String>,
    /// Where nothing is sent to.
    pub delivery_specifications: Option<serde_json::Value>,
    /// How it is paid.
    pub payment_details: Option<PaymentDetails>,
    /// Our notes.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// For solution providers.
    pub platform_id: Option<String>,
    /// Free text for Amazon.
    pub supplementary_data: Option<String>,
    /// Where it is sent, with `ProcessOrder`.
    pub address_details: Option<Address>,
}

/// The body of Update Checkout Session: what is left out stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionChanges {
    /// Where the buyer is sent.
    pub web_checkout_details: Option<WebCheckoutDetails>,
    /// How it is paid.
    pub payment_details: Option<PaymentDetails>,
    /// Our notes.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// Free text for Amazon.
    pub supplementary_data: Option<String>,
    /// For solution providers.
    pub platform_id: Option<String>,
    /// `OneTime`, `Recurring`, `PaymentMethodOnFile`.
    pub charge_permission_type: Option<String>,
    /// With `Recurring`.
    pub recurring_metadata: Option<RecurringMetadata>,
}

/// The body of Complete Checkout Session: both must be what the session says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// The session's amount; none only to set up a saved wallet.
    pub charge_amount: Option<Price>,
    /// Where the session has one.
    pub total_order_amount: Option<Price>,
}

/// The body of Finalize Checkout Session (Buy Now). What is given must match what Amazon shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finalization {
    /// What finalizing does.
    pub payment_intent: Option<PaymentIntent>,
    /// How much.
    pub charge_amount: Option<Price>,
    /// What all charges together may come to.
    pub total_order_amount: Option<Price>,
    /// Whether the shop can wait up to 24 hours.
    pub can_handle_pending_authorization: Option<bool>,
    /// Free text for Amazon.
    pub supplementary_data: Option<String>,
    /// Pay and ship.
    pub shipping_address: Option<Address>,
    /// Pay only.
    pub billing_address: Option<Address>,
}

/// What is missing before the buyer can pay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Constraint {
    /// `BuyerNotAssociated`…
    pub constraint_id: String,
    /// The sentence.
    pub description: Option<String>,
}

/// How the buyer pays, in words: `Visa ****1111 (Amazon Pay)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaymentPreference {
    /// The words.
    pub payment_descriptor: Option<String>,
}

/// A checkout session. Lives 24 hours, is kept for 30 days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Session {
    /// A UUID.
    pub checkout_session_id: String,
    /// Where the buyer is sent.
    pub web_checkout_details: Option<WebCheckoutDetails>,
    /// How it is paid; empty once completed.
    pub payment_details: Option<PaymentDetails>,
    /// Our notes; may be empty once completed.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// Who pays; only while open.
    pub buyer: Option<Buyer>,
    /// Where it is sent; only while open.
    pub shipping_address: Option<Address>,
    /// The address of the bill; only while open.
    pub billing_address: Option<Address>,
    /// `[null]` before a buyer is known.
    pub payment_preferences: Option<Vec<Option<PaymentPreference>>>,
    /// Open, Completed, Canceled.
    pub status_details: StatusDetails,
    /// The permission, once completed.
    pub charge_permission_id: Option<String>,
    /// The charge, once completed with an intent to charge.
    pub charge_id: Option<String>,
    /// What is missing.
    pub constraints: Option<Vec<Constraint>>,
    /// When it ends by itself.
    pub expiration_timestamp: Option<Stamp>,
    /// `Sandbox` or `Live`.
    pub release_environment: Option<String>,
}

/// How much may be charged, and how much of it is left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// In all, or in this calendar month for a recurring permission.
    pub amount_limit: Option<Price>,
    /// Less open authorisations and captures.
    pub amount_balance: Option<Price>,
}

/// A charge permission: 180 days, 13 months when recurring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChargePermission {
    /// `P01-1234567-1234567`, `S01-…`, `B01-…`, `C01-…`.
    pub charge_permission_id: String,
    /// `OneTime`, `Recurring`, `PaymentMethodOnFile`.
    pub charge_permission_type: Option<String>,
    /// With `Recurring`.
    pub recurring_metadata: Option<RecurringMetadata>,
    /// How much is left.
    pub limits: Option<Limits>,
    /// Who pays, for 30 days.
    pub buyer: Option<Buyer>,
    /// Where it is sent.
    pub shipping_address: Option<Address>,
    /// The address of the bill.
    pub billing_address: Option<Address>,
    /// How the buyer pays.
    pub payment_preferences: Option<Vec<Option<PaymentPreference>>>,
    /// Chargeable, NonChargeable, Closed, with all reasons.
    pub status_details: StatusDetails,
    /// When it ends by itself.
    pub expiration_timestamp: Option<Stamp>,
    /// Our notes.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// The currency that every charge must be in.
    pub presentment_currency: Option<String>,
}

/// The body of Update Charge Permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionChanges {
    /// Our notes.
    pub merchant_metadata: Option<MerchantMetadata>,
    /// How often, how much.
    pub recurring_metadata: Option<RecurringMetadata>,
}

/// The body of Close Charge Permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Closure {
    /// Why, at most 255 characters.
    pub closure_reason: String,
    /// Whether open authorisations are cancelled, too.
    pub cancel_pending_charges: Option<bool>,
}
