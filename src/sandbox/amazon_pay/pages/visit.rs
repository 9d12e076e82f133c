//! A checkout that goes on in a browser: found by the hidden field of every form, left by a redirect.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;
use tokio::sync::OwnedMutexGuard;

use super::problem;
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::PROVIDER;
use crate::sandbox::amazon_pay::buyers::{self, Address, Buyer};
use crate::sandbox::amazon_pay::machine::SessionState;
use crate::sandbox::amazon_pay::ops::approve::cancel_session;
use crate::sandbox::amazon_pay::state::objects::Session;
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// The pairs of a posted form.
pub type Form = Vec<(String, String)>;

/// A field of a posted form without the spaces around it; empty when absent.
pub fn value<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    let found = form.iter().find(|(own, value)| own == name && !value.contains('\0'));
    found.map_or("", |(_, value)| value.trim())
}

/// A checkout that goes on.
pub struct Visit {
    /// The transaction the step runs in; dropped without a trace unless committed.
    pub tx: Tx,
    /// What is kept of it.
    pub session: Session,
    /// Held until the step is over: the second of two clicks sees what the first one did.
    _alone: OwnedMutexGuard<()>,
}

/// What an id leads to.
pub enum Found {
    /// A checkout that goes on.
    Open(Box<Visit>),
    /// One that is over, or never was: the answer.
    Ended(Response),
}

/// Finds the checkout that an address names, and gives it a secret for its forms.
pub async fn by_id(sandbox: &Sandbox, id: &str) -> Result<Found, StateError> {
    let alone = sandbox.amazon_pay().alone().await;
    let mut tx = sandbox.db().write().await?;
    let session = if id.contains('\0') { None } else { tx.object::<Session>(id).await? };
    match open(sandbox, alone, tx, session)? {
        Found::Open(mut visit) if visit.session.visit.is_empty() => {
            visit.session.visit = ids::secret();
            visit.tx.keep_object(&visit.session).await?;
            Ok(Found::Open(visit))
        }
        found => Ok(found),
    }
}

/// Finds the checkout that a form belongs to.
pub async fn by_form(sandbox: &Sandbox, form: &[(String, String)]) -> Result<Found, StateError> {
    let (id, secret) = value(form, "session").split_once('.').unwrap_or_default();
    let alone = sandbox.amazon_pay().alone().await;
    let mut tx = sandbox.db().write().await?;
    let session = tx.object::<Session>(id).await?.filter(|own| !secret.is_empty() && own.visit == secret);
    open(sandbox, alone, tx, session)
}

fn open(sandbox: &Sandbox, _alone: OwnedMutexGuard<()>, tx: Tx, session: Option<Session>) -> Result<Found, StateError> {
    let over = |title: &str, message: &str| Found::Ended(problem(StatusCode::GONE, title, message));
    Ok(match session {
        None => Found::Ended(problem(
            StatusCode::NOT_FOUND,
            "There is no such checkout",
            "Please go back to the shop and start again from there.",
        )),
        Some(own) if own.state == SessionState::Open && sandbox.clock().now() >= own.expires_at() => {
            over("This checkout has expired", "More than 24 hours have passed. Please start again from the shop.")
        }
        Some(own) if own.state == SessionState::Canceled => match result_url(&own) {
            Some(address) => Found::Ended(Redirect::to(&address).into_response()),
            None => over("This checkout was canceled", "Nothing was charged. Please start again from the shop."),
        },
        Some(own) if own.is_paid => match result_url(&own) {
            Some(address) => Found::Ended(Redirect::to(&address).into_response()),
            None => over("This checkout is complete", "There is nothing left to do here."),
        },
        Some(session) => Found::Open(Box::new(Visit { tx, session, _alone })),
    })
}

impl Visit {
    /// What the hidden field of every form holds.
    pub fn field(&self) -> String {
        format!("{}.{}", self.session.id, self.session.visit)
    }

    /// Who signed in.
    pub fn buyer(&self) -> Option<&'static Buyer> {
        buyers::find(&self.session.buyer_id)
    }

    /// What the shop calls itself.
    pub fn shop(&self) -> String {
        let name = self.session.text("merchantMetadata.merchantStoreName");
        if name.is_empty() { "the shop".to_owned() } else { name.to_owned() }
    }

    /// Where the merchant delivers to, out of everybody's addresses.
    pub fn addresses(&self) -> Vec<&'static Address> {
        let wanted = self.session.asked("deliverySpecifications.addressRestrictions");
        buyers::ADDRESSES.iter().filter(|address| is_delivered(wanted, address)).collect()
    }

    /// Keeps the step.
    pub async fn keep(mut self) -> Result<Session, StateError> {
        self.tx.keep_object(&self.session).await?;
        self.tx.commit().await?;
        Ok(self.session)
    }

    /// Ends the checkout without success and sends the browser back to the shop.
    pub async fn cancel(mut self, sandbox: &Sandbox, reason: &str) -> Result<Response, StateError> {
        let now = sandbox.clock().now();
        cancel_session(sandbox, &mut self.tx, &mut self.session, reason, now).await?;
        let address = match reason {
            "BuyerCanceled" => cancel_url(&self.session),
            _ => result_url(&self.session),
        };
        self.leave_to(sandbox, reason, address).await
    }

    /// Keeps everything and sends the browser to the shop; `verdict` is for the log.
    pub async fn leave_to(
        mut self,
        sandbox: &Sandbox,
        verdict: &str,
        address: Option<String>,
    ) -> Result<Response, StateError> {
        let mut entry = LogEntry::of(PROVIDER, sandbox.clock().now(), "page", "Checkout");
        entry.reference = self.session.id.clone();
        entry.verdict = verdict.to_owned();
        entry.status = 303;
        entry.address = format!("GET {}", address.clone().unwrap_or_default());
        self.tx.log(entry).await?;
        self.tx.commit().await?;
        sandbox.wake();
        let done = || problem(StatusCode::OK, "Back to the shop", "You can close this page and go back to the shop.");
        Ok(address.map_or_else(done, |address| Redirect::to(&address).into_response()))
    }
}

/// Whether the merchant's restrictions leave this address.
fn is_delivered(restrictions: &Value, address: &Address) -> bool {
    let is_allowing = restrictions.get("type").and_then(Value::as_str) == Some("Allowed");
    let Some(countries) = restrictions.get("restrictions").and_then(Value::as_object) else { return true };
    let is_named = countries.get(address.country()).is_some_and(|country| {
        let list = |name: &str| country.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let (states, codes) = (list("statesOrRegions"), list("zipCodes"));
        let is_in = |list: &[Value], value: &str| list.iter().any(|own| own.as_str() == Some(value));
        (states.is_empty() && codes.is_empty())
            || is_in(&states, address.state())
            || is_in(&codes, address.postal_code())
    });
    is_named == is_allowing
}

/// Where the buyer goes after choosing address and method.
pub fn review_url(session: &Session) -> Option<String> {
    back(session, "checkoutReviewReturnUrl")
}

/// Where the buyer goes after paying, and after a decline.
pub fn result_url(session: &Session) -> Option<String> {
    back(session, "checkoutResultReturnUrl").or_else(|| review_url(session))
}

/// Where the buyer goes after turning back.
fn cancel_url(session: &Session) -> Option<String> {
    back(session, "checkoutCancelUrl").or_else(|| review_url(session)).or_else(|| result_url(session))
}

/// The merchant's address with the session's id; its own parameters stay.
fn back(session: &Session, name: &str) -> Option<String> {
    with_parameter(session.text(&format!("webCheckoutDetails.{name}")), "amazonCheckoutSessionId", &session.id)
}

/// An address with one more parameter.
pub fn with_parameter(address: &str, name: &str, value: &str) -> Option<String> {
    let mut address = url::Url::parse(address).ok()?;
    address.query_pairs_mut().append_pair(name, value);
    Some(address.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn restrictions_leave_the_right_addresses() {
        let left = |restrictions: Value| -> Vec<&str> {
            buyers::ADDRESSES.iter().filter(|address| is_delivered(&restrictions, address)).map(|own| own.id).collect()
        };
        assert_eq!(left(Value::Null).len(), 5);
        assert_eq!(
            left(json!({ "type": "Allowed", "restrictions": { "DE": {}, "US": { "statesOrRegions": ["WA"] } } })),
            ["home", "berlin"]
        );
        assert_eq!(
            left(json!({ "type": "NotAllowed", "restrictions": { "US": { "zipCodes": ["94105"] }, "JP": {} } })),
            ["home", "berlin", "london"]
        );
    }

    #[test]
    fn parameters_of_the_shop_stay() {
        let address = with_parameter("https://shop.example/r?order=7", "amazonCheckoutSessionId", "x");
        assert_eq!(address.as_deref(), Some("https://shop.example/r?order=7&amazonCheckoutSessionId=x"));
        assert_eq!(with_parameter("", "a", "b"), None);
    }
}
