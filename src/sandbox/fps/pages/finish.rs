//! The way back to the shop: tokens are made, the result is appended to `returnURL` and signed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{address, views};
use crate::base::clock::{Millis, hours};
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::provider_id;
use crate::sandbox::fps::rules::cbui::{CallerException, Pipeline, Request};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::sessions::Session;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::verify;
use crate::sandbox::fps::wire::percent_ppm;
use crate::sandbox::state::{StateError, Tx};

/// How long a single-use token may be used (older guides: three hours).
const SINGLE_USE_LIFE: std::time::Duration = hours(3);

/// Whether a status means that a token was made.
pub fn is_success(status: &str) -> bool {
    matches!(status, "SA" | "SB" | "SC" | "SR")
}

/// Result fields in the order they are appended.
pub type Fields = Vec<(String, String)>;

/// `returnURL` with its own query kept, the result appended, and the whole signed with verb GET.
pub fn return_address(
    sandbox: &Sandbox,
    return_url: &str,
    status: &str,
    reference: &str,
    more: Fields,
) -> Option<String> {
    let (base, fragment) = return_url.split_once('#').map_or((return_url, ""), |(base, fragment)| (base, fragment));
    let own_query = base.split_once('?').map_or("", |(_, query)| query);
    let own: Fields = form_urlencoded::parse(own_query.as_bytes()).into_owned().collect();
    let mut fields = own.clone();
    fields.push(("status".to_owned(), status.to_owned()));
    fields.push(("callerReference".to_owned(), reference.to_owned()));
    fields.extend(more.into_iter().filter(|(_, value)| !value.is_empty()));
    verify::sign_outbound(sandbox.key(), &sandbox.certificate_url(), "GET", return_url, &mut fields)?;
    let joint = match (base.contains('?'), own_query.is_empty()) {
        (false, _) => "?",
        (true, true) => "",
        (true, false) => "&",
    };
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    Some(format!("{base}{joint}{}{fragment}", verify::query(verify::as_pairs(&fields[own.len()..]))))
}

/// Straight back with a failure, before anyone has signed in.
pub fn bare_return(sandbox: &Sandbox, request: &Request, status: &str, message: &str) -> Response {
    let more = vec![("errorMessage".to_owned(), message.to_owned())];
    match return_address(sandbox, request.text("returnURL"), status, request.text("callerReference"), more) {
        Some(address) => Redirect::to(&address).into_response(),
        None => desk::page(StatusCode::BAD_REQUEST, &views::Problem::plain("This cannot go on", message)),
    }
}

/// The page that shows a caller exception, with a Continue control where there is somewhere to go.
pub fn caller_exception(sandbox: &Sandbox, request: &Request, exception: &CallerException) -> Response {
    let message = exception.message();
    let return_url = request.text("returnURL");
    let is_web =
        url::Url::parse(return_url).is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"));
    let more = vec![("errorMessage".to_owned(), message.clone())];
    let continue_to =
        if is_web { return_address(sandbox, return_url, "CE", request.text("callerReference"), more) } else { None };
    let page = views::Problem {
        title: "The shop's request is not right".to_owned(),
        message,
        advice: "This is a mistake in the program that sent you here, not in anything you did.".to_owned(),
        continue_to: continue_to.unwrap_or_default(),
    };
    desk::page(StatusCode::BAD_REQUEST, &page)
}

/// Ends the visit with `status` and gives the address to go to; an ended visit keeps its first end.
pub async fn end(
    sandbox: &Sandbox,
    tx: &mut Tx,
    session: &mut Session,
    request: &Request,
    status: &str,
    more: Fields,
) -> Result<String, StateError> {
    let reference = session.caller_reference.clone();
    let address = return_address(sandbox, request.text("returnURL"), status, &reference, more).unwrap_or_default();
    session.outcome = status.to_owned();
    session.redirect = address.clone();
    tx.keep_session(session).await?;
    Ok(address)
}

/// What a confirmed visit gives the shop: the status and the result fields. `None` when the reference was taken meanwhile.
pub async fn mint(
    tx: &mut Tx,
    session: &Session,
    request: &Request,
    account: &Account,
    payee: &str,
    now: Millis,
) -> Result<Option<(&'static str, Fields)>, StateError> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut token = Token {
        id: provider_id(64),
        caller_id: session.caller_id.clone(),
        account_id: account.id.clone(),
        kind: "SingleUse".to_owned(),
        caller_reference: session.caller_reference.clone(),
        friendly_name: format!("Friendly{}", 1_000_000_000 + u64::from(rand::random::<u32>())),
        status: "Active".to_owned(),
        installed_at: now.0,
        starts_at: now.0,
        expires_at: now.plus(SINGLE_USE_LIFE).0,
        methods: session.method.clone(),
        amount_minor: request.amount("transactionAmount").map_or(0, |amount| amount.minor),
        recipient_id: payee.to_owned(),
        payment_reason: request.text("paymentReason").to_owned(),
        max_fixed_minor: 0,
        max_variable_ppm: 0,
        recipient_pays: 0,
        spent_on: String::new(),
    };
    if request.pipeline() == Some(Pipeline::SingleUse) {
        let (status, expiry) = match session.method.as_str() {
            "CC" => ("SC", card_expiry(now)),
            "ACH" => ("SB", String::new()),
            _ => ("SA", String::new()),
        };
        let mut fields = vec![field("tokenID", &token.id), field("expiry", &expiry)];
        fields.extend(address::result_fields(request, &session.address));
        return Ok(tx.add_token(&token).await?.then_some((status, fields)));
    }
    let seconds = |name: &str| request.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0) * 1000;
    token.kind = "Unrestricted".to_owned();
    token.starts_at = seconds("validityStart");
    token.expires_at = seconds("validityExpiry");
    token.methods = request.methods().join(",");
    token.recipient_id = String::new();
    token.max_fixed_minor = request.amount("maxFixedFee").map_or(0, |fee| fee.minor);
    token.max_variable_ppm = request.get("maxVariableFee").and_then(percent_ppm).unwrap_or(0);
    token.recipient_pays = i64::from(request.is_true("recipientPaysFee"));
    let refund_token = Token {
        id: provider_id(64),
        caller_reference: request.get("callerReferenceRefund").map_or_else(|| ids::fresh("refund"), str::to_owned),
        methods: String::new(),
        ..token.clone()
    };
    if !tx.add_token(&token).await? || !tx.add_token(&refund_token).await? {
        return Ok(None);
    }
    Ok(Some(("SR", vec![field("tokenID", &token.id), field("refundTokenID", &refund_token.id)])))
}

/// The test card's expiry, `MM/YYYY`: three years from now.
fn card_expiry(now: Millis) -> String {
    let today = now.iso8601();
    let year = today[..4].parse::<i32>().unwrap_or(2000) + 3;
    format!("{}/{year}", &today[5..7])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_expire_in_three_years() {
        assert_eq!(card_expiry(Millis(1_355_128_200_000)), "12/2015");
    }
}
