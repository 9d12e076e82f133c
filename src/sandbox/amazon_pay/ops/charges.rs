//! Charges: create, read, cancel.
//!
//! Checks in this order, which no document fixes: combinations, permission, its state, currency, count, amount,
//! simulation. A synchronous refusal answers an error and leaves no charge behind.

use serde_json::Value;

use super::Call;
use super::approve::{pending_until, pends_with};
use super::permissions;
use crate::base::money::Money;
use crate::sandbox::amazon_pay::buyers::{self, Turn};
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::machine::{ChargeEvent, PermissionState, describe};
use crate::sandbox::amazon_pay::state::objects::{Charge, Permission};
use crate::sandbox::amazon_pay::{limits, moves, notify, views, wire};
use crate::sandbox::state::Tx;

/// How a new charge goes.
enum Course<'a> {
    /// Authorised at once, perhaps with a warning.
    Approved(&'static str),
    /// Taken at once, and the answer comes later.
    CapturedLater,
    /// Decided later: this reason, or empty for yes.
    Pending(&'a str),
    /// Refused at once.
    Refused(&'a str),
}

/// Create Charge.
pub async fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    check_combinations(call)?;
    let mut permission = permissions::find(call, tx, call.text("chargePermissionId")).await?;
    check_permission(&permission)?;
    let amount = call.price("chargeAmount").ok_or_else(|| ApiError::missing("chargeAmount"))?;
    check_currency(amount, &permission.currency, "chargeAmount")?;
    check_count(tx, &permission, None).await?;
    check_amount(call, tx, &permission, amount).await?;
    let course = course(call, &permission)?;

    permission.attempts += 1;
    if permission.is_recurring() {
        permission.expires_at = wire::months_later(call.now, limits::LONG_LIFE_MONTHS).0;
    }
    tx.keep_object(&permission).await?;
    if let Course::Refused(reason) = course {
        moves::after_refusal(call.sandbox, tx, &mut permission, reason, call.now).await?;
        return refuse(reason, describe(reason));
    }
    let charge = begin(call, tx, &permission, amount, course).await?;
    Ok(views::charge(&charge))
}

fn check_combinations(call: &Call<'_>) -> Result<(), ApiError> {
    let combination = |message: &str| Err(ApiError::new("InvalidParameterCombination", message));
    if call.is("captureNow") && call.is("canHandlePendingAuthorization") {
        return combination("canHandlePendingAuthorization cannot be true together with captureNow.");
    }
    if !call.text("softDescriptor").is_empty() && !call.is("captureNow") {
        return combination("softDescriptor needs captureNow.");
    }
    Ok(())
}

fn check_permission(permission: &Permission) -> Result<(), Trouble> {
    let message = format!("The charge permission is {:?}: {}.", permission.state, permission.reason);
    match (permission.state, permission.reason.as_str()) {
        (PermissionState::Chargeable, _) => Ok(()),
        (PermissionState::NonChargeable, "MFAFailed") => refuse("MFANotCompleted", message),
        (PermissionState::NonChargeable, "PaymentMethodNotAllowed") => refuse("PaymentMethodNotAllowed", message),
        _ => refuse("InvalidChargePermissionStatus", message),
    }
}

/// Refuses an amount in another currency than the one that was presented to the buyer.
pub fn check_currency(amount: Money, currency: &str, name: &str) -> Result<(), ApiError> {
    if amount.is_zero() {
        return Err(ApiError::value(&format!("{name}.amount"), "it must be above zero"));
    }
    if amount.currency.code() == currency {
        return Ok(());
    }
    Err(ApiError::new("CurrencyMismatch", format!("{name} must be in {currency}, the presentmentCurrency.")))
}

/// A one-time permission has one captured charge, a split order a few; `but` is the charge that is asked about.
pub async fn check_count(tx: &mut Tx, permission: &Permission, but: Option<&str>) -> Result<(), Trouble> {
    let charges: Vec<Charge> = tx.children(&permission.id).await?;
    let taken = charges.iter().filter(|own| own.is_taken() && Some(own.id.as_str()) != but).count();
    if taken >= permission.charges_allowed {
        return refuse("TransactionCountExceeded", "The charge permission has all the captured charges it may have.");
    }
    Ok(())
}

async fn check_amount(call: &Call<'_>, tx: &mut Tx, permission: &Permission, amount: Money) -> Result<(), Trouble> {
    if amount > limits::most(amount.currency) {
        return refuse("TransactionAmountExceeded", "The amount is above the most that one charge may be.");
    }
    let balance = moves::balance(tx, permission, call.now).await?;
    if amount <= balance {
        return Ok(());
    }
    let (code, what) = match permission.is_recurring() {
        true => ("PeriodicAmountExceeded", "of this calendar month"),
        false => ("TransactionAmountExceeded", "of the charge permission"),
    };
    refuse(code, format!("The amount is above what is left {what}: {} {}.", balance.decimal(), balance.currency))
}

fn course<'a>(call: &Call<'a>, permission: &Permission) -> Result<Course<'a>, ApiError> {
    let can_pend = call.is("canHandlePendingAuthorization");
    match (call.simulated()?, buyers::turn(&permission.buyer_id, &permission.instrument_id)) {
        ("", Turn::ChargeRefused(reason)) => Ok(refused_now_or_later(reason, can_pend)),
        ("", Turn::FirstChargeRefused(reason)) if permission.attempts == 0 => {
            Ok(refused_now_or_later(reason, can_pend))
        }
        ("", Turn::Pends(reason)) if can_pend => Ok(Course::Pending(reason)),
        ("", Turn::Atypical) => Ok(Course::Approved("StopShipmentAtypicalAuth")),
        ("", _) => Ok(Course::Approved("")),
        ("CaptureInitiated", _) => Ok(Course::CapturedLater),
        (code, _) => match code.strip_prefix("Pending") {
            Some(reason) if can_pend => Ok(Course::Pending(known(reason))),
            Some(_) => Err(call.misplaced()),
            None => Ok(Course::Refused(known(code))),
        },
    }
}

fn refused_now_or_later(reason: &'static str, can_pend: bool) -> Course<'static> {
    if can_pend && pends_with(reason) { Course::Pending(reason) } else { Course::Refused(reason) }
}

/// The reason by its own name; simulations are checked before.
fn known(code: &str) -> &'static str {
    let all = ["SoftDeclined", "HardDeclined", "AmazonRejected", "TransactionTimedOut"];
    all.into_iter().find(|own| *own == code).unwrap_or("ProcessingFailure")
}

async fn begin(
    call: &Call<'_>,
    tx: &mut Tx,
    permission: &Permission,
    amount: Money,
    course: Course<'_>,
) -> Result<Charge, Trouble> {
    let stem = match permission.kind.as_str() {
        "OneTime" => permission.id.clone(),
        _ => wire::permission_id('S', &permission.region),
    };
    let mut charge = Charge {
        id: wire::child_id(&stem, 'C'),
        permission_id: permission.id.clone(),
        merchant_id: permission.merchant_id.clone(),
        caller_reference: call.key.to_owned(),
        is_confirmed: true,
        currency: permission.currency.clone(),
        amount_minor: amount.minor,
        soft_descriptor: call.text("softDescriptor").to_owned(),
        capture_now: call.is("captureNow"),
        can_pend: call.is("canHandlePendingAuthorization"),
        provider_metadata: call.member("providerMetadata"),
        merchant_metadata: call.member("merchantMetadata"),
        platform_id: call.member("platformId"),
        initiator: call.member("chargeInitiator"),
        channel: call.member("channel"),
        created_at: call.now.0,
        updated_at: call.now.0,
        ..Charge::default()
    };
    if let Course::Pending(reason) = course {
        (charge.outcome, charge.due_at) = (reason.to_owned(), pending_until(reason, call.now).0);
        tx.add_object(&charge, call.now).await?;
        notify::state_change(call.sandbox, tx, &notify::News::charge(&charge), call.now).await?;
        return Ok(charge);
    }
    // The steps in between are not news when the money is taken in the same breath.
    charge.is_confirmed = !charge.capture_now && !matches!(course, Course::CapturedLater);
    tx.add_object(&charge, call.now).await?;
    let warning = if let Course::Approved(warning) = course { warning } else { "" };
    moves::charge(call.sandbox, tx, &mut charge, ChargeEvent::Approved, warning, call.now).await?;
    if !charge.is_confirmed {
        charge.is_confirmed = true;
        charge.captured_minor = charge.amount_minor;
        (charge.captured_at, charge.capture_reference) = (call.now.0, call.key.to_owned());
        let event =
            if matches!(course, Course::CapturedLater) { ChargeEvent::CaptureLate } else { ChargeEvent::Capture };
        moves::charge(call.sandbox, tx, &mut charge, event, warning, call.now).await?;
    }
    Ok(charge)
}

/// The charge with this id, once the merchant may know of it.
pub async fn find(call: &Call<'_>, tx: &mut Tx, id: &str) -> Result<Charge, Trouble> {
    let charge: Charge = call.own(tx, id).await?;
    if charge.is_confirmed { Ok(charge) } else { Err(ApiError::not_found(id).into()) }
}

/// Get Charge.
pub async fn show(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    Ok(views::charge(&find(call, tx, call.id()).await?))
}

/// Cancel Charge: only what is not taken yet.
pub async fn cancel(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut charge = find(call, tx, call.id()).await?;
    if !moves::charge(call.sandbox, tx, &mut charge, ChargeEvent::CallOff, "MerchantCanceled", call.now).await? {
        return refuse("InvalidChargeStatus", format!("The charge is {:?}; it cannot be canceled.", charge.state));
    }
    Ok(views::charge(&charge))
}
