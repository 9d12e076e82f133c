//! Steps of charges, permissions and refunds: the state, the books, what follows, and the notice, in one transaction.

use super::limits;
use super::machine::{self, ChargeEvent, ChargeState, PermissionEvent, PermissionState, RefundState};
use super::notify;
use super::state::ledger::{BUYERS, earned, held};
use super::state::objects::{Charge, Permission, Refund};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{StateError, Tx};

/// Takes a charge to its next state. False where the event is not allowed; nothing is written then.
pub async fn charge(
    sandbox: &Sandbox,
    tx: &mut Tx,
    charge: &mut Charge,
    event: ChargeEvent,
    reason: &str,
    at: Millis,
) -> Result<bool, StateError> {
    use ChargeState as S;
    let Some(next) = machine::charge(charge.state, event) else { return Ok(false) };
    let (held, earned) = (held(&charge.merchant_id), earned(&charge.merchant_id));
    charge.due_at = match (charge.state, next) {
        (_, S::Authorized) => {
            tx.transfer(&charge.id, at, BUYERS, &held, charge.amount()).await?;
            charge.expires_at().0
        }
        (_, S::CaptureInitiated) => at.plus(limits::LATER).0,
        (_, S::Captured) => {
            let rest = Money { minor: charge.amount_minor - charge.captured_minor, ..charge.amount() };
            tx.transfer(&charge.id, at, &held, &earned, charge.captured()).await?;
            tx.transfer(&charge.id, at, &held, BUYERS, rest).await?;
            0
        }
        (S::Authorized | S::CaptureInitiated, _) => {
            tx.transfer(&charge.id, at, &held, BUYERS, charge.amount()).await?;
            0
        }
        _ => 0,
    };
    (charge.state, charge.reason, charge.updated_at) = (next, reason.to_owned(), at.0);
    tx.keep_object(charge).await?;
    if charge.is_confirmed {
        notify::state_change(sandbox, tx, &notify::News::charge(charge), at).await?;
    }
    if next == S::Captured {
        close_when_used_up(sandbox, tx, &charge.permission_id, at).await?;
    }
    Ok(true)
}

/// Ends a one-time permission of which nothing is left.
async fn close_when_used_up(sandbox: &Sandbox, tx: &mut Tx, id: &str, at: Millis) -> Result<(), StateError> {
    let Some(mut own) = tx.object::<Permission>(id).await? else { return Ok(()) };
    if own.kind == "OneTime" {
        let charges: Vec<Charge> = tx.children(id).await?;
        let captured: i64 =
            charges.iter().filter(|charge| charge.state == ChargeState::Captured).map(Charge::weight).sum();
        if captured >= own.limit_minor {
            permission(sandbox, tx, &mut own, PermissionEvent::Close, "AmazonClosed", at).await?;
        }
    }
    Ok(())
}

/// Takes a permission to its next state. False where the event is not allowed.
pub async fn permission(
    sandbox: &Sandbox,
    tx: &mut Tx,
    permission: &mut Permission,
    event: PermissionEvent,
    reason: &str,
    at: Millis,
) -> Result<bool, StateError> {
    let Some(next) = machine::permission(permission.state, event) else { return Ok(false) };
    (permission.state, permission.reason, permission.updated_at) = (next, reason.to_owned(), at.0);
    tx.keep_object(permission).await?;
    if permission.is_confirmed {
        notify::state_change(sandbox, tx, &notify::News::permission(permission), at).await?;
    }
    Ok(true)
}

/// What a refused charge does to its permission: a rejection ends it, a hard decline spoils the instrument.
pub async fn after_refusal(
    sandbox: &Sandbox,
    tx: &mut Tx,
    own: &mut Permission,
    reason: &str,
    at: Millis,
) -> Result<(), StateError> {
    match reason {
        "AmazonRejected" => permission(sandbox, tx, own, PermissionEvent::Close, "AmazonCanceled", at).await?,
        "HardDeclined" => permission(sandbox, tx, own, PermissionEvent::Spoil, "PaymentMethodInvalid", at).await?,
        _ => false,
    };
    Ok(())
}

/// Calls off every charge of a permission that may still be called off.
pub async fn call_off_charges(
    sandbox: &Sandbox,
    tx: &mut Tx,
    permission_id: &str,
    reason: &str,
    at: Millis,
) -> Result<(), StateError> {
    for mut own in tx.children::<Charge>(permission_id).await? {
        charge(sandbox, tx, &mut own, ChargeEvent::CallOff, reason, at).await?;
    }
    Ok(())
}

/// Decides a refund: `reason` is empty for yes.
pub async fn decide_refund(
    sandbox: &Sandbox,
    tx: &mut Tx,
    refund: &mut Refund,
    reason: &str,
    at: Millis,
) -> Result<(), StateError> {
    refund.state = if reason.is_empty() { RefundState::Refunded } else { RefundState::Declined };
    (refund.reason, refund.updated_at, refund.due_at) = (reason.to_owned(), at.0, 0);
    if refund.state == RefundState::Refunded {
        tx.transfer(&refund.id, at, &earned(&refund.merchant_id), BUYERS, refund.amount()).await?;
        if let Some(mut charge) = tx.object::<Charge>(&refund.charge_id).await? {
            charge.refunded_minor += refund.amount_minor;
            tx.keep_object(&charge).await?;
        }
    }
    tx.keep_object(refund).await?;
    notify::state_change(sandbox, tx, &notify::News::refund(refund), at).await
}

/// What may still be charged: of a one-time permission in all, of a recurring one this calendar month
/// (UTC), of a saved wallet at once.
pub async fn balance(tx: &mut Tx, permission: &Permission, now: Millis) -> Result<Money, StateError> {
    let since = match permission.kind.as_str() {
        "Recurring" => now.start_of_month(),
        "PaymentMethodOnFile" => return Ok(permission.limit()),
        _ => Millis(0),
    };
    let charges: Vec<Charge> = tx.children(&permission.id).await?;
    let used: i64 = charges.iter().filter(|charge| charge.created_at >= since.0).map(Charge::weight).sum();
    let left = if permission.state == PermissionState::Closed { 0 } else { permission.limit_minor - used };
    Ok(Money { minor: left.max(0), ..permission.limit() })
}
