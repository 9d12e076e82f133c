//! The way back to the shop: the result is appended to `returnURL` and signed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::views;
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::rules::cbui::{CallerException, Request};
use crate::sandbox::fps::state::sessions::Session;
use crate::sandbox::fps::verify;
use crate::sandbox::state::{StateError, Tx};

/// Whether a status means that a token was made, or left as it was.
pub fn is_success(status: &str) -> bool {
    matches!(status, "SA" | "SB" | "SC" | "SR" | "SU")
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

/// The test card's expiry, `MM/YYYY`: three years from now.
pub fn card_expiry(now: Millis) -> String {
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
