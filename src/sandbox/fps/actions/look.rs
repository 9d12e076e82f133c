//! The calls that only look: tokens, transactions, recipients, signatures.

use super::settle::own;
use super::{Call, Trouble, refuse};
use crate::base::clock::Millis;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::verify;
use crate::sandbox::fps::wire::{Xml, date_time};
use crate::sandbox::state::Tx;

/// `GetTokenByCaller`: by token id, else by the reference of the request to the pages.
pub async fn token(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let token = match (call.params.get("TokenId"), call.params.get("CallerReference")) {
        (Some(id), _) => tx.token(id).await?.filter(|token| token.caller_id == call.caller.id),
        (None, Some(reference)) => tx.token_by_reference(&call.caller.id, reference).await?,
        (None, None) => return Err(ApiError::params("TokenId or CallerReference is required").into()),
    };
    let Some(token) = token else {
        return refuse(if call.params.get("TokenId").is_some() { "InvalidTokenId" } else { "InvalidCallerReference" });
    };
    Ok(Xml::default().nest("Token", described(&token, call.now)))
}

/// The inside of a `Token` element.
pub fn described(token: &Token, now: Millis) -> Xml {
    Xml::default()
        .leaf("TokenId", &token.id)
        .leaf("FriendlyName", &token.friendly_name)
        .leaf("TokenStatus", if token.is_active(now) { "Active" } else { "Inactive" })
        .leaf("DateInstalled", &date_time(token.installed_at))
        .leaf("CallerReference", &token.caller_reference)
        .leaf("TokenType", &token.kind)
        .leaf("OldTokenId", &token.old_token_id)
        .some("PaymentReason", &token.payment_reason)
}

/// `GetTransactionStatus`.
pub async fn transaction_status(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let Some(transaction) = own(call, tx, call.params.text("TransactionId")).await? else {
        return refuse("InvalidTransactionId");
    };
    Ok(Xml::default()
        .leaf("TransactionId", &transaction.id)
        .leaf("TransactionStatus", &transaction.state)
        .leaf("CallerReference", &transaction.caller_reference)
        .leaf("StatusCode", &transaction.status_code)
        .leaf("StatusMessage", &transaction.status_message))
}

/// `GetRecipientVerificationStatus`: asked before a shop offers payment to a seller.
pub async fn recipient_verification(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let id = call.params.text("RecipientTokenId");
    if let Some(code) = crate::sandbox::fps::machine::simulated_by_token(id) {
        if code.starts_with("InvalidAccountState") {
            return refuse("InvalidAccountState");
        }
        return Ok(Xml::default().leaf("RecipientVerificationStatus", "VerificationPending"));
    }
    let token = tx.token(id).await?.filter(|token| token.caller_id == call.caller.id && token.kind == "Unrestricted");
    let Some(token) = token else { return refuse("InvalidTokenId") };
    if token.status != "Active" || token.is_out_of_time(call.now) {
        return refuse("TokenNotActive");
    }
    match tx.account(&token.account_id).await? {
        Some(account) if account.state == "active" => {
            Ok(Xml::default().leaf("RecipientVerificationStatus", &account.verification))
        }
        _ => refuse("InvalidAccountState"),
    }
}

/// `VerifySignature`: whether something that claims to come from us does.
pub fn verify_signature(call: &Call<'_>) -> Result<Xml, Trouble> {
    let (end_point, raw) = (call.params.required("UrlEndPoint")?, call.params.required("HttpParameters")?);
    let sandbox = call.sandbox;
    match verify::verify_outbound(sandbox.key(), &sandbox.certificate_url(), end_point, raw) {
        Ok(is_ours) => Ok(Xml::default().leaf("VerificationStatus", if is_ours { "Success" } else { "Failure" })),
        Err(piece) => Err(ApiError::params(format!("{piece} is missing or invalid")).into()),
    }
}
