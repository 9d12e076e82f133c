//! What a confirmed visit makes: a token of the buyer's, the two tokens of a seller, or a token that takes another's place.

use super::address;
use super::finish::{Fields, card_expiry};
use super::visit::Visit;
use crate::base::clock::{Millis, hours};
use crate::base::ids;
use crate::sandbox::fps::rules::cbui::Pipeline;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::wire::percent_ppm;
use crate::sandbox::state::StateError;

/// How long a single-use token may be used (older guides: three hours).
const SINGLE_USE_LIFE: std::time::Duration = hours(3);

/// Status and result fields; `None` when the reference was taken meanwhile, or the edited token was ended.
pub type Minted = Option<(&'static str, Fields)>;

/// Makes what the visit was about.
pub async fn mint(visit: &mut Visit, account: &Account, now: Millis) -> Result<Minted, StateError> {
    match (visit.request.pipeline(), visit.edited.clone()) {
        (Some(Pipeline::Recipient), _) => recipient(visit, account, now).await,
        (_, Some(old)) => edit(visit, &old, now).await,
        _ => sender(visit, account, now).await,
    }
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The status for a method, and when that method expires.
fn success(method: &str, now: Millis) -> (&'static str, String) {
    match method {
        "CC" => ("SC", card_expiry(now)),
        "ACH" => ("SB", String::new()),
        _ => ("SA", String::new()),
    }
}

async fn sender(visit: &mut Visit, account: &Account, now: Millis) -> Result<Minted, StateError> {
    let (session, request) = (&visit.session, &visit.request);
    let Some((pipeline, rule)) = request.pipeline().zip(request.rule()) else { return Ok(None) };
    let mut token =
        Token::fresh(&session.caller_id, &account.id, &format!("{pipeline:?}"), &session.caller_reference, now);
    token.methods = session.method.clone();
    token.payment_reason = request.text("paymentReason").to_owned();
    token.recipients = request.recipient_tokens().join(",");
    let starts_at = request.instant("validityStart").map_or(now, |start| start.max(now));
    let expires_at = request.instant("validityExpiry").map(|expiry| expiry.0);
    // A list of recipients names the caller; whoever else may be paid is found there.
    let payee = if pipeline == Pipeline::MultiUse { &visit.caller } else { &visit.payees[0].account };
    token.recipient_id = payee.id.clone();
    match pipeline {
        Pipeline::MultiUse => {
            token.starts_at = starts_at.0;
            token.expires_at = expires_at.unwrap_or(starts_at.months_later(12).0);
        }
        Pipeline::Recurring => {
            token.starts_at = starts_at.0;
            token.expires_at = expires_at.unwrap_or(0);
        }
        _ => token.expires_at = now.plus(SINGLE_USE_LIFE).0,
    }
    if pipeline != Pipeline::MultiUse {
        token.amount_minor = request.amount("transactionAmount").map_or(0, |amount| amount.minor);
    }
    if token.is_standing() {
        token.rule = serde_json::to_string(&rule).map_err(|error| StateError::Encode(error.into()))?;
    }
    let (status, expiry) = success(&session.method, now);
    let mut fields = vec![field("tokenID", &token.id), field("expiry", &expiry)];
    fields.extend(address::result_fields(request, &session.address));
    Ok(visit.tx.add_token(&token).await?.then_some((status, fields)))
}

/// The same method again leaves the token as it is; another one makes a token that takes its place.
async fn edit(visit: &mut Visit, old: &Token, now: Millis) -> Result<Minted, StateError> {
    let method = visit.session.method.clone();
    let (status, expiry) = success(&method, now);
    if method == old.methods {
        return Ok(Some(("SU", vec![field("tokenID", &old.id), field("expiry", &expiry)])));
    }
    let token = old.edited(&visit.session.caller_reference, &method, now);
    if !visit.tx.end_token(&old.id, "edit", now).await? || !visit.tx.add_token(&token).await? {
        return Ok(None);
    }
    Ok(Some((status, vec![field("tokenID", &token.id), field("expiry", &expiry)])))
}

async fn recipient(visit: &mut Visit, account: &Account, now: Millis) -> Result<Minted, StateError> {
    let (session, request) = (&visit.session, &visit.request);
    let seconds = |name: &str| request.instant(name).map_or(0, |at| at.0);
    let token = Token {
        starts_at: seconds("validityStart"),
        expires_at: seconds("validityExpiry"),
        methods: request.methods().join(","),
        max_fixed_minor: request.amount("maxFixedFee").map_or(0, |fee| fee.minor),
        max_variable_ppm: request.get("maxVariableFee").and_then(percent_ppm).unwrap_or(0),
        recipient_pays: i64::from(request.is_true("recipientPaysFee")),
        payment_reason: request.text("paymentReason").to_owned(),
        ..Token::fresh(&session.caller_id, &account.id, "Unrestricted", &session.caller_reference, now)
    };
    let reference = request.get("callerReferenceRefund").map_or_else(|| ids::fresh("refund"), str::to_owned);
    let other = Token::fresh(&session.caller_id, &account.id, "Unrestricted", &reference, now);
    let refund = Token {
        id: other.id,
        origin_id: other.origin_id,
        old_token_id: other.old_token_id,
        friendly_name: other.friendly_name,
        caller_reference: reference,
        methods: String::new(),
        ..token.clone()
    };
    if !visit.tx.add_token(&token).await? || !visit.tx.add_token(&refund).await? {
        return Ok(None);
    }
    Ok(Some(("SR", vec![field("tokenID", &token.id), field("refundTokenID", &refund.id)])))
}
