//! The calls that only look: tokens, transactions, recipients, signatures.

use super::settle::own;
use super::{Call, Trouble, refuse};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::fps::verify;
use crate::sandbox::fps::wire::Xml;
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

/// `GetTransaction` (beyond the guide's actions; its type `TransactionDetail` is in it): with fees, relations and history.
pub async fn transaction(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let Some(t) = own(call, tx, call.params.text("TransactionId")).await? else {
        return refuse("InvalidTransactionId");
    };
    let sender = tx.account(&t.sender_id).await?;
    let recipient = tx.account(&t.recipient_id).await?;
    let mut inside = Xml::default()
        .leaf("TransactionId", &t.id)
        .leaf("CallerReference", &t.caller_reference)
        .leaf("CallerName", &call.caller.name)
        .some("CallerDescription", &t.reason)
        .some("SenderDescription", &t.sender_note)
        .leaf("DateReceived", &date_time(t.received_at));
    if t.completed_at > 0 {
        inside = inside.leaf("DateCompleted", &date_time(t.completed_at));
    }
    inside = inside
        .amount("TransactionAmount", t.current_amount())
        .amount("FPSFees", Money::usd(t.fee_minor))
        .leaf("FPSFeesPaidBy", &t.fee_payer)
        .amount("MarketplaceFees", Money::usd(t.market_fee_minor))
        .leaf("FPSOperation", &t.operation)
        .leaf("PaymentMethod", &t.method)
        .leaf("TransactionStatus", &t.state)
        .leaf("StatusCode", &t.status_code)
        .leaf("StatusMessage", &t.status_message)
        .leaf("SenderTokenId", &t.sender_token)
        .some("RecipientTokenId", &t.recipient_token);
    if let Some(sender) = sender {
        inside = inside.leaf("SenderName", &sender.name);
        if t.is_own_sale() {
            inside = inside.leaf("SenderEmail", &sender.email);
        }
    }
    if let Some(recipient) = recipient {
        inside = inside.leaf("RecipientName", &recipient.name).leaf("RecipientEmail", &recipient.email);
    }
    for (relation, id) in related(tx, &t).await? {
        inside =
            inside.nest("RelatedTransaction", Xml::default().leaf("RelationType", relation).leaf("TransactionId", &id));
    }
    for line in tx.history(&t.id).await? {
        let entry = Xml::default()
            .amount("Amount", Money::usd(line.amount_minor))
            .leaf("Date", &date_time(line.at))
            .leaf("StatusCode", &line.status_code)
            .leaf("TransactionStatus", &line.state);
        inside = inside.nest("StatusHistory", entry);
    }
    Ok(Xml::default().nest("Transaction", inside))
}

async fn related(tx: &mut Tx, t: &Transaction) -> Result<Vec<(&'static str, String)>, Trouble> {
    if !t.parent_id.is_empty() {
        return Ok(vec![("Parent", t.parent_id.clone())]);
    }
    Ok(tx.refunds_of(&t.id).await?.into_iter().map(|refund| ("Refund", refund.id)).collect())
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

/// ISO 8601 with milliseconds and an offset, as `DateInstalled` has it.
pub fn date_time(at: i64) -> String {
    let seconds = Millis(at).iso8601();
    format!("{}.{:03}+00:00", seconds.trim_end_matches('Z'), at.rem_euclid(1000))
}
