//! Capture Charge: takes what is held, whole or in part, once; the rest of the hold is given up.

use serde_json::Value;

use super::Call;
use super::charges::{check_count, check_currency, find};
use crate::base::clock::Millis;
use crate::sandbox::amazon_pay::buyers::{self, Turn};
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::machine::{ChargeEvent, ChargeState, describe};
use crate::sandbox::amazon_pay::state::objects::Permission;
use crate::sandbox::amazon_pay::{limits, moves, views};
use crate::sandbox::state::Tx;

/// Capture Charge. Within seven days of the authorisation it is answered at once, later it is `CaptureInitiated`.
pub async fn capture(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut charge = find(call, tx, call.id()).await?;
    let mut permission: Permission = call.own(tx, &charge.permission_id).await?;
    if charge.state != ChargeState::Authorized {
        return refuse("InvalidChargeStatus", format!("The charge is {:?}; it cannot be captured.", charge.state));
    }
    let amount = call.price("captureAmount").ok_or_else(|| ApiError::missing("captureAmount"))?;
    check_currency(amount, &charge.currency, "captureAmount")?;
    check_count(tx, &permission, Some(&charge.id)).await?;
    if amount > charge.amount() {
        return refuse("TransactionAmountExceeded", "captureAmount is above the chargeAmount.");
    }
    call.simulated()?;
    charge.captured_minor = amount.minor;
    (charge.captured_at, charge.capture_reference) = (call.now.0, call.key.to_owned());
    if !call.text("softDescriptor").is_empty() {
        charge.soft_descriptor = call.text("softDescriptor").to_owned();
    }
    let refusal = match buyers::turn(&permission.buyer_id, &permission.instrument_id) {
        Turn::CaptureRefused(reason) => reason,
        _ => "",
    };
    charge.outcome = refusal.to_owned();
    let is_at_once = call.now.since(Millis(charge.updated_at)) <= limits::CAPTURED_AT_ONCE;
    let event = if is_at_once && refusal.is_empty() { ChargeEvent::Capture } else { ChargeEvent::CaptureLate };
    let reason = charge.reason.clone();
    moves::charge(call.sandbox, tx, &mut charge, event, &reason, call.now).await?;
    if is_at_once && !refusal.is_empty() {
        moves::charge(call.sandbox, tx, &mut charge, ChargeEvent::Refused, refusal, call.now).await?;
        moves::after_refusal(call.sandbox, tx, &mut permission, refusal, call.now).await?;
        return refuse(refusal, describe(refusal));
    }
    Ok(views::charge(&charge))
}
