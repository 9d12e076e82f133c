//! Complete and Finalize Checkout Session: the merchant confirms what the buyer has paid.

use serde_json::Value;

use super::approve::{cancel_session, confirm, reference};
use super::sessions::find;
use super::{Call, Good};
use crate::base::money::Money;
use crate::sandbox::amazon_pay::buyers::{self, Turn};
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::machine::{ChargeEvent, ChargeState, SessionState};
use crate::sandbox::amazon_pay::state::ledger::{BUYERS, held};
use crate::sandbox::amazon_pay::state::objects::{Charge, Session};
use crate::sandbox::amazon_pay::{moves, views};
use crate::sandbox::state::Tx;

/// Complete Checkout Session.
pub async fn complete(call: &Call<'_>, tx: &mut Tx) -> Result<Good, Trouble> {
    let session = find(call, tx).await?;
    if !session.is_setup_only() && call.price("chargeAmount").is_none() {
        return Err(ApiError::missing("chargeAmount").into());
    }
    check_state(&session)?;
    check_amounts(call, &session)?;
    finish(call, tx, session).await
}

/// Finalize Checkout Session: the same for script-driven checkouts, with everything repeated.
pub async fn finalize(call: &Call<'_>, tx: &mut Tx) -> Result<Good, Trouble> {
    let session = find(call, tx).await?;
    let needed = if session.is_shipped() { "shippingAddress" } else { "billingAddress" };
    if call.member(needed).is_null() {
        return Err(ApiError::missing(needed).into());
    }
    check_state(&session)?;
    check_amounts(call, &session)?;
    if call.text("paymentIntent") != session.text("paymentDetails.paymentIntent") {
        return Err(ApiError::value("paymentIntent", "it differs from the checkout session's").into());
    }
    let known = if session.is_shipped() {
        session.shipping_address.clone()
    } else {
        buyers::find(&session.buyer_id).map_or(Value::Null, buyers::billing_address)
    };
    if !is_same_address(&call.member(needed), &known) {
        return Err(ApiError::value(needed, "it differs from the address that was shared").into());
    }
    finish(call, tx, session).await
}

/// Whether every given member is the known one.
fn is_same_address(given: &Value, known: &Value) -> bool {
    let members = given.as_object().into_iter().flatten();
    members.filter(|(_, value)| !value.is_null()).all(|(name, value)| known.get(name) == Some(value))
}

fn check_state(session: &Session) -> Result<(), ApiError> {
    match session.state {
        SessionState::Canceled => {
            let message = format!("The checkout session was canceled: {}.", session.reason);
            Err(ApiError::new("CheckoutSessionCanceled", message))
        }
        SessionState::Completed => {
            Err(ApiError::new("InvalidCheckoutSessionStatus", "The checkout session is completed already."))
        }
        SessionState::Open if !session.is_paid => {
            Err(ApiError::new("InvalidCheckoutSessionStatus", "The buyer has not paid at amazonPayRedirectUrl yet."))
        }
        SessionState::Open => Ok(()),
    }
}

fn check_amounts(call: &Call<'_>, session: &Session) -> Result<(), ApiError> {
    let pairs: [(&str, Option<Money>); 2] = [
        ("chargeAmount", session.charge_amount()),
        ("totalOrderAmount", session.price("paymentDetails.totalOrderAmount")),
    ];
    for (name, known) in &pairs {
        if let (Some(given), Some(known)) = (call.price(name), known)
            && given.currency != known.currency
        {
            return Err(ApiError::new("CurrencyMismatch", format!("{name} is not in the presentmentCurrency.")));
        }
    }
    for (name, known) in pairs {
        match (call.price(name), known) {
            (None, Some(_)) if !session.is_setup_only() => return Err(ApiError::missing(name)),
            (Some(given), known) if known != Some(given) => {
                return Err(ApiError::new("AmountMismatch", format!("{name} differs from the checkout session's.")));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn finish(call: &Call<'_>, tx: &mut Tx, mut session: Session) -> Result<Good, Trouble> {
    let simulated = call.simulated()?;
    let is_refused = buyers::turn(&session.buyer_id, &session.instrument_id) == Turn::RefusedAtComplete;
    let reason = match simulated {
        "" if is_refused => "Declined",
        "AuthorizationInitiated" => "",
        simulated => simulated,
    };
    if !reason.is_empty() {
        cancel_session(call.sandbox, tx, &mut session, reason, call.now).await?;
        return refuse("CheckoutSessionCanceled", format!("The checkout session was canceled: {reason}."));
    }
    if simulated == "AuthorizationInitiated" {
        suspend(call, tx, &session).await?;
    }
    (session.state, session.updated_at) = (SessionState::Completed, call.now.0);
    tx.keep_object(&session).await?;
    let charge = confirm(call.sandbox, tx, &session, reference(&session, call.key), call.now).await?;
    let mut status = call.operation.ok;
    if let Some(mut charge) = charge {
        if charge.state == ChargeState::AuthorizationInitiated {
            status = 202;
        } else if charge.capture_now {
            charge.captured_minor = charge.amount_minor;
            (charge.captured_at, charge.capture_reference) = (call.now.0, charge.caller_reference.clone());
            let reason = charge.reason.clone();
            moves::charge(call.sandbox, tx, &mut charge, ChargeEvent::Capture, &reason, call.now).await?;
        }
    }
    Ok((status, views::completed(&session, call.sandbox.base_url())))
}

/// The simulation of a pending authorisation: the hold is given up until the answer is there.
async fn suspend(call: &Call<'_>, tx: &mut Tx, session: &Session) -> Result<(), Trouble> {
    let charge: Option<Charge> = tx.object(&session.charge_id).await?;
    let Some(mut charge) = charge.filter(|charge| charge.can_pend) else { return Err(call.misplaced().into()) };
    if charge.state == ChargeState::Authorized {
        tx.transfer(&charge.id, call.now, &held(&charge.merchant_id), BUYERS, charge.amount()).await?;
        charge.state = ChargeState::AuthorizationInitiated;
        tx.keep_object(&charge).await?;
    }
    Ok(())
}
