//! What happens by itself as business time goes on: checkouts and permissions expire, holds lapse, pending
//! charges, captures and refunds are decided, reports are made.

use super::machine::{ChargeEvent, ChargeState, PermissionEvent, SessionState};
use super::moves;
use super::ops::approve::cancel_session;
use super::ops::disputes::{self, Dispute};
use super::ops::reports::{self, Report, Schedule};
use super::state::objects::{Charge, Permission, Refund, Session};
use super::state::{Due, Kept};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{StateError, Tx};

/// Does the oldest due thing, if it is an object's turn. True when something was done.
pub async fn fire(sandbox: &Sandbox) -> Result<bool, StateError> {
    let _alone = sandbox.amazon_pay().alone().await;
    let mut tx = sandbox.db().write().await?;
    let Some(due) = tx.due_object(sandbox.clock().now()).await? else { return Ok(false) };
    let at = Millis(due.due_at);
    match due.kind.as_str() {
        Session::KIND => session(sandbox, &mut tx, &due, at).await?,
        Permission::KIND => {
            if let Some(mut own) = tx.object::<Permission>(&due.id).await? {
                let reason = "ChargePermissionExpired";
                moves::permission(sandbox, &mut tx, &mut own, PermissionEvent::Close, reason, at).await?;
            }
        }
        Charge::KIND => charge(sandbox, &mut tx, &due, at).await?,
        Refund::KIND => {
            if let Some(mut own) = tx.object::<Refund>(&due.id).await? {
                let outcome = own.outcome.clone();
                moves::decide_refund(sandbox, &mut tx, &mut own, &outcome, at).await?;
            }
        }
        Dispute::KIND => {
            if let Some(mut own) = tx.object::<Dispute>(&due.id).await? {
                disputes::decide(sandbox, &mut tx, &mut own, at).await?;
            }
        }
        Report::KIND => {
            if let Some(mut own) = tx.object::<Report>(&due.id).await? {
                reports::make(&mut tx, &mut own, at).await?;
            }
        }
        _ => {
            if let Some(mut own) = tx.object::<Schedule>(&due.id).await? {
                reports::repeat(&mut tx, &mut own, at).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// 24 hours are over: whatever the buyer has paid is given up with the session.
async fn session(sandbox: &Sandbox, tx: &mut Tx, due: &Due, at: Millis) -> Result<(), StateError> {
    match tx.object::<Session>(&due.id).await? {
        Some(mut own) if own.state == SessionState::Open => cancel_session(sandbox, tx, &mut own, "Expired", at).await,
        _ => Ok(()),
    }
}

async fn charge(sandbox: &Sandbox, tx: &mut Tx, due: &Due, at: Millis) -> Result<(), StateError> {
    let Some(mut own) = tx.object::<Charge>(&due.id).await? else { return Ok(()) };
    let outcome = own.outcome.clone();
    let (event, reason) = match (own.state, outcome.as_str()) {
        (ChargeState::Authorized, _) => (ChargeEvent::CallOff, "ExpiredUnused"),
        (_, "") => (ChargeEvent::Approved, ""),
        (_, refusal) => (ChargeEvent::Refused, refusal),
    };
    // A warning not to ship stays with the charge while it is taken.
    let reason = if event == ChargeEvent::Approved { own.reason.clone() } else { reason.to_owned() };
    moves::charge(sandbox, tx, &mut own, event, &reason, at).await?;
    if event == ChargeEvent::Refused
        && let Some(mut permission) = tx.object::<Permission>(&own.permission_id).await?
    {
        moves::after_refusal(sandbox, tx, &mut permission, &outcome, at).await?;
    }
    Ok(())
}
