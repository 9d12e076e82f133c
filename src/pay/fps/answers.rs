//! What FPS answers, as typed XML. Two lines of the wire:
//!
//! ```text
//! <PayResult><TransactionId>14GK6B…</TransactionId><TransactionStatus>Pending</TransactionStatus></PayResult>
//! <Errors><Error><Code>InvalidTokenId_Sender</Code><Message>Sender token is not valid.</Message></Error></Errors>
//! ```
//!
//! Namespaces are ignored: the samples carry the one of 2008-09-17 whatever version is asked for.
//! What the words mean in the shop is decided in [`super::status`] and [`super::codes`].

pub mod account;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::base::money::Money;
use crate::pay::fps::wire::{WireError, read_amount};

/// FPS says no, in its own words. Both shapes of an error are read: `Response/Errors/Error` of the
/// guide, and `ErrorResponse/Error` of its WSDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// `InvalidTokenId_Sender`.
    pub code: String,
    /// A sentence, for the log.
    pub message: String,
    /// What support asks for.
    pub request_id: String,
}

/// The answer to `Pay`, `Reserve`, `Settle`, `Refund` and `Cancel`.
#[derive(Clone, Debug, Deserialize)]
pub struct Moved {
    #[serde(
        rename = "PayResult",
        alias = "ReserveResult",
        alias = "SettleResult",
        alias = "RefundResult",
        alias = "CancelResult",
        alias = "GetTransactionStatusResult"
    )]
    /// How far the transaction is.
    pub result: TransactionState,
}

/// How far a transaction is; from `GetTransactionStatus` with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TransactionState {
    /// Of a refund: the refund's own.
    #[serde(rename = "TransactionId", deserialize_with = "trimmed")]
    pub transaction: String,
    /// `Pending`, `Reserved`, `Success`, `Failure` or `Cancelled`.
    #[serde(rename = "TransactionStatus", deserialize_with = "trimmed")]
    pub status: String,
    /// More about it: `PendingNetworkResponse`, `TransactionDenied`, `Expired`…
    #[serde(rename = "StatusCode", default, deserialize_with = "trimmed_if_any")]
    pub code: Option<String>,
    /// A sentence, for the log.
    #[serde(rename = "StatusMessage", default, deserialize_with = "trimmed_if_any")]
    pub message: Option<String>,
}

/// The answer to `GetTransaction`.
#[derive(Clone, Debug, Deserialize)]
pub struct TransactionAnswer {
    /// The wrapper.
    #[serde(rename = "GetTransactionResult")]
    pub result: TransactionResult,
}

/// Inside the answer to `GetTransaction`.
#[derive(Clone, Debug, Deserialize)]
pub struct TransactionResult {
    /// The transaction.
    #[serde(rename = "Transaction")]
    pub transaction: Transaction,
}

/// A transaction with its money. Source: the guide, "Complex Data Types", `TransactionDetail`.
#[derive(Clone, Debug, Deserialize)]
pub struct Transaction {
    /// `Pending`, `Reserved`, `Success`, `Failure` or `Cancelled`.
    #[serde(rename = "TransactionStatus", deserialize_with = "trimmed")]
    pub status: String,
    /// Whole amount.
    #[serde(rename = "TransactionAmount")]
    pub amount: Option<Amount>,
    /// What the service kept for itself.
    #[serde(rename = "FPSFees")]
    pub fees: Option<Amount>,
    /// `Caller` or `Recipient`.
    #[serde(rename = "FPSFeesPaidBy", default, deserialize_with = "trimmed_if_any")]
    pub fees_paid_by: Option<String>,
    /// What whoever asked for it wrote; of what began in the pages of FPS, what it is.
    #[serde(rename = "CallerDescription", default, deserialize_with = "trimmed_if_any")]
    pub description: Option<String>,
    /// Ours; empty for what began in the pages of FPS.
    #[serde(rename = "CallerReference", default, deserialize_with = "trimmed_if_any")]
    pub reference: Option<String>,
    /// The payment of a refund, the refund of its reversal, and the other way round.
    #[serde(rename = "RelatedTransaction", default)]
    pub related: Vec<Related>,
    /// ISO 8601, once it is over.
    #[serde(rename = "DateCompleted", default, deserialize_with = "trimmed_if_any")]
    pub completed: Option<String>,
}

/// How another transaction belongs to one. Source: the guide, "Enumerated Data Types", `RelationType`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Related {
    /// `Parent`, `Refund`, `RefundReversal`, `Reserve`, `Settle` or `MarketplaceFee`.
    #[serde(rename = "RelationType", deserialize_with = "trimmed")]
    pub relation: String,
    /// The other one.
    #[serde(rename = "TransactionId", deserialize_with = "trimmed")]
    pub transaction: String,
}

/// An amount of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Amount {
    /// Always `USD`.
    #[serde(rename = "CurrencyCode", deserialize_with = "trimmed")]
    pub currency: String,
    /// `25.01`.
    #[serde(rename = "Value", deserialize_with = "trimmed")]
    pub value: String,
}

impl Amount {
    /// The amount in cents. Errors: another currency, or no whole cents.
    pub fn money(&self) -> Result<Money, WireError> {
        read_amount(&self.currency, &self.value)
    }

    /// The same where it may be below nothing: a balance, or a fee that came back.
    pub fn signed_money(&self) -> Result<Money, WireError> {
        let Some(owed) = self.value.strip_prefix('-') else { return self.money() };
        read_amount(&self.currency, owed).map(|money| Money::new(-money.minor, money.currency))
    }
}

/// The answer to `GetTokenByCaller`.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenAnswer {
    /// The wrapper.
    #[serde(rename = "GetTokenByCallerResult")]
    pub result: TokenResult,
}

/// Inside the answer to `GetTokenByCaller`.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenResult {
    /// The token.
    #[serde(rename = "Token")]
    pub token: Token,
}

/// What a buyer or seller agreed to. Source: the guide, "Complex Data Types", `Token`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Token {
    /// Up to 65 bytes.
    #[serde(rename = "TokenId", deserialize_with = "trimmed")]
    pub id: String,
    /// `Active` or `Inactive`; never back.
    #[serde(rename = "TokenStatus", deserialize_with = "trimmed")]
    pub status: String,
    /// `SingleUse`, `MultiUse`, `Recurring` or `Unrestricted`.
    #[serde(rename = "TokenType", default, deserialize_with = "trimmed_if_any")]
    pub kind: Option<String>,
    /// Ours, of the request to the pages.
    #[serde(rename = "CallerReference", default, deserialize_with = "trimmed_if_any")]
    pub reference: Option<String>,
}

/// The answer to `CancelToken`: nothing but that it was done.
#[derive(Clone, Debug, Deserialize)]
pub struct Acknowledged {
    /// Who did it, for the log.
    #[serde(rename = "ResponseMetadata")]
    pub metadata: Metadata,
}

/// The answer to `GetTokenUsage`.
#[derive(Clone, Debug, Deserialize)]
pub struct UsageAnswer {
    /// The wrapper.
    #[serde(rename = "GetTokenUsageResult")]
    pub result: UsageResult,
}

/// Inside the answer to `GetTokenUsage`: up to three limits, which do not say what they are called.
#[derive(Clone, Debug, Deserialize)]
pub struct UsageResult {
    /// What was used of each.
    #[serde(rename = "TokenUsageLimits", alias = "TokenUsageLimit", default)]
    pub limits: Vec<UsageLimit>,
}

/// What was used of one limit. Source: the guide, "Complex Data Types", `TokenUsageLimit`.
#[derive(Clone, Debug, Deserialize)]
pub struct UsageLimit {
    /// In the present window, of a limit by amount.
    #[serde(rename = "Amount")]
    pub amount: Option<Amount>,
    /// In the present window, of a limit by count.
    #[serde(rename = "Count", default, deserialize_with = "trimmed_if_any")]
    pub count: Option<String>,
}

/// The answer to `GetRecipientVerificationStatus`. The guide's sample drops "Status" from both
/// names, the WSDL does not; either is read.
#[derive(Clone, Debug, Deserialize)]
pub struct RecipientAnswer {
    /// The wrapper.
    #[serde(rename = "GetRecipientVerificationStatusResult", alias = "GetRecipientVerificationResult")]
    pub result: RecipientResult,
}

/// Inside the answer to `GetRecipientVerificationStatus`.
#[derive(Clone, Debug, Deserialize)]
pub struct RecipientResult {
    /// `VerificationComplete`, `VerificationPending` or `VerificationCompleteNoLimits`.
    #[serde(rename = "RecipientVerificationStatus", deserialize_with = "trimmed")]
    pub status: String,
}

/// The answer to `VerifySignature`.
#[derive(Clone, Debug, Deserialize)]
pub struct VerifyAnswer {
    /// The wrapper.
    #[serde(rename = "VerifySignatureResult")]
    pub result: VerifyResult,
}

/// Inside the answer to `VerifySignature`.
#[derive(Clone, Debug, Deserialize)]
pub struct VerifyResult {
    /// `Success` or `Failure`.
    #[serde(rename = "VerificationStatus", deserialize_with = "trimmed")]
    pub status: String,
}

/// Reads the answer to a question. Missing elements are errors, unknown ones are ignored.
pub fn read<T: DeserializeOwned>(xml: &str) -> Result<T, WireError> {
    quick_xml::de::from_str(xml).map_err(|why| WireError::NotUnderstood(why.to_string()))
}

/// The error in an answer, if it is one. The HTTP status is not asked: the guide describes its
/// classes the wrong way round.
pub fn complaint(xml: &str) -> Option<Complaint> {
    let answer: ErrorAnswer = quick_xml::de::from_str(xml).ok()?;
    let error = answer.error.or_else(|| answer.errors?.all.into_iter().next())?;
    Some(Complaint { code: error.code, message: error.message, request_id: answer.request_id })
}

/// The id that FPS gave the call, for the log.
pub fn request_id(xml: &str) -> Option<String> {
    let answer: AnyAnswer = quick_xml::de::from_str(xml).ok()?;
    Some(answer.metadata?.request_id)
}

#[derive(Deserialize)]
struct ErrorAnswer {
    #[serde(rename = "Errors")]
    errors: Option<Errors>,
    #[serde(rename = "Error")]
    error: Option<ErrorElement>,
    #[serde(rename = "RequestID", alias = "RequestId", default, deserialize_with = "trimmed")]
    request_id: String,
}

#[derive(Deserialize)]
struct Errors {
    #[serde(rename = "Error")]
    all: Vec<ErrorElement>,
}

#[derive(Deserialize)]
struct ErrorElement {
    #[serde(rename = "Code", deserialize_with = "trimmed")]
    code: String,
    #[serde(rename = "Message", default, deserialize_with = "trimmed")]
    message: String,
}

#[derive(Deserialize)]
struct AnyAnswer {
    #[serde(rename = "ResponseMetadata")]
    metadata: Option<Metadata>,
}

/// Beside every answer.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// What support asks for.
    #[serde(rename = "RequestId", deserialize_with = "trimmed")]
    pub request_id: String,
}

/// The samples break lines inside elements.
fn trimmed<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(String::deserialize(from)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn trimmed_if_any<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    trimmed(from).map(|text| Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests;
