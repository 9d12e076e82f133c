//! Charge permissions: read, update, close.

use serde_json::{Map, Value};

use super::Call;
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::fields::merge;
use crate::sandbox::amazon_pay::machine::{PermissionEvent, PermissionState};
use crate::sandbox::amazon_pay::state::objects::Permission;
use crate::sandbox::amazon_pay::{moves, views};
use crate::sandbox::state::Tx;

/// The permission with this id, once the merchant may know of it.
pub async fn find(call: &Call<'_>, tx: &mut Tx, id: &str) -> Result<Permission, Trouble> {
    let permission: Permission = call.own(tx, id).await?;
    if permission.is_confirmed { Ok(permission) } else { Err(ApiError::not_found(id).into()) }
}

/// Get Charge Permission.
pub async fn show(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let permission = find(call, tx, call.id()).await?;
    view(call, tx, &permission).await
}

async fn view(call: &Call<'_>, tx: &mut Tx, permission: &Permission) -> Result<Value, Trouble> {
    let balance = moves::balance(tx, permission, call.now).await?;
    Ok(views::permission(permission, balance, call.now))
}

fn check_open(permission: &Permission) -> Result<(), Trouble> {
    if permission.state == PermissionState::Closed {
        return refuse(
            "InvalidChargePermissionStatus",
            format!("The charge permission is Closed: {}.", permission.reason),
        );
    }
    Ok(())
}

/// Update Charge Permission: the merchant's own notes, and what a subscription says about itself.
pub async fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut permission = find(call, tx, call.id()).await?;
    check_open(&permission)?;
    if !call.member("recurringMetadata").is_null() && !permission.is_recurring() {
        return refuse("InvalidParameterCombination", "recurringMetadata is for recurring charge permissions only.");
    }
    lay_over(&mut permission.merchant_metadata, &call.member("merchantMetadata"));
    lay_over(&mut permission.recurring_metadata, &call.member("recurringMetadata"));
    tx.keep_object(&permission).await?;
    view(call, tx, &permission).await
}

fn lay_over(own: &mut Value, new: &Value) {
    let Value::Object(new) = new else { return };
    let mut all: Map<String, Value> = own.as_object().cloned().unwrap_or_default();
    merge(&mut all, new);
    *own = all.into();
}

/// Close Charge Permission. Open charges stay capturable unless `cancelPendingCharges` is true.
pub async fn close(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut permission = find(call, tx, call.id()).await?;
    check_open(&permission)?;
    let reason = match call.simulated()? {
        "" => "MerchantClosed",
        simulated => simulated,
    };
    if call.is("cancelPendingCharges") {
        moves::call_off_charges(call.sandbox, tx, &permission.id, "ChargePermissionCanceled", call.now).await?;
    }
    moves::permission(call.sandbox, tx, &mut permission, PermissionEvent::Close, reason, call.now).await?;
    view(call, tx, &permission).await
}
