//! What paying on the hosted page makes: a permission and, with an authorising intent, a charge.
//!
//! Both stay unknown to the merchant until the session is completed. When that never happens they are
//! closed and the hold is given up with the session.

use serde_json::Value;

use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{self, Turn};
use crate::sandbox::amazon_pay::machine::{ChargeEvent, ChargeState, PermissionEvent, PermissionState, SessionState};
use crate::sandbox::amazon_pay::state::objects::{Charge, Permission, Session, currency};
use crate::sandbox::amazon_pay::{limits, moves, notify, views, wire};
use crate::sandbox::state::{StateError, Tx};

/// What the click on Pay led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    /// Approved; back to the merchant.
    Yes,
    /// The instrument was refused; another can be chosen.
    Refused,
    /// The buyer turns back.
    TurnedBack,
    /// A code has to be entered first.
    NeedsCode,
    /// The instrument needs `Authorize` with `canHandlePendingAuthorization`.
    CannotPend,
}

/// The buyer pays with the chosen instrument.
pub async fn pay(sandbox: &Sandbox, tx: &mut Tx, session: &mut Session, now: Millis) -> Result<Paid, StateError> {
    let turn = buyers::turn(&session.buyer_id, &session.instrument_id);
    let decided = decide(session, turn);
    match decided {
        Paid::Yes => approve(sandbox, tx, session, turn, now).await?,
        Paid::Refused => session.refused.push(session.instrument_id.clone()),
        _ => {}
    }
    tx.keep_object(session).await?;
    Ok(decided)
}

fn intent(session: &Session) -> &str {
    if session.is_setup_only() { "Confirm" } else { session.text("paymentDetails.paymentIntent") }
}

fn can_pend(session: &Session) -> bool {
    intent(session) == "Authorize" && session.is("paymentDetails.canHandlePendingAuthorization")
}

fn decide(session: &Session, turn: Turn) -> Paid {
    let charges_now = intent(session) != "Confirm" && session.permission_type() != "Recurring";
    let is_foreign = session.charge_amount().is_some_and(|amount| limits::is_foreign(&session.region, amount.currency));
    match turn {
        _ if is_foreign && !takes_foreign(session) => Paid::Refused,
        Turn::TurnsBack => Paid::TurnedBack,
        Turn::RefusedAtPay => Paid::Refused,
        Turn::AsksCode if !session.has_code => Paid::NeedsCode,
        Turn::Pends(_) if !can_pend(session) => Paid::CannotPend,
        Turn::ChargeRefused(reason) if charges_now && !(can_pend(session) && pends_with(reason)) => Paid::Refused,
        Turn::FirstChargeRefused(_) if charges_now && !session.refused.contains(&session.instrument_id) => {
            Paid::Refused
        }
        Turn::CaptureRefused(_) if intent(session) == "AuthorizeWithCapture" => Paid::Refused,
        _ => Paid::Yes,
    }
}

/// Whether the chosen card can be charged in a foreign currency.
fn takes_foreign(session: &Session) -> bool {
    let instrument = buyers::find(&session.buyer_id).and_then(|buyer| buyer.instrument(&session.instrument_id));
    instrument.is_some_and(|own| matches!(own.brand, "Visa" | "MasterCard"))
}

/// Whether a pending charge can end with this reason.
pub fn pends_with(reason: &str) -> bool {
    matches!(reason, "SoftDeclined" | "HardDeclined" | "AmazonRejected" | "ProcessingFailure" | "TransactionTimedOut")
}

async fn approve(
    sandbox: &Sandbox,
    tx: &mut Tx,
    session: &mut Session,
    turn: Turn,
    now: Millis,
) -> Result<(), StateError> {
    session.is_paid = true;
    session.updated_at = now.0;
    let saved = session.text("chargePermissionId").to_owned();
    session.permission_id = match saved.is_empty() {
        true => {
            let permission = permission(session, now);
            tx.add_object(&permission, now).await?;
            permission.id
        }
        false => saved,
    };
    let amount = session.charge_amount().filter(|_| intent(session) != "Confirm");
    let Some(amount) = amount else { return Ok(()) };
    let is_first_of_many = session.permission_type() == "Recurring";
    let (is_pending, outcome) = match turn {
        Turn::Pends(outcome) => (true, outcome),
        Turn::ChargeRefused(outcome) if !is_first_of_many => (true, outcome),
        _ => (false, ""),
    };
    let mut charge = Charge {
        id: wire::child_id(&charge_stem(session), 'C'),
        permission_id: session.permission_id.clone(),
        merchant_id: session.merchant_id.clone(),
        caller_reference: reference(session, ""),
        currency: amount.currency.code().to_owned(),
        amount_minor: amount.minor,
        soft_descriptor: session.text("paymentDetails.softDescriptor").to_owned(),
        capture_now: intent(session) == "AuthorizeWithCapture",
        can_pend: can_pend(session),
        provider_metadata: session.asked("providerMetadata").clone(),
        merchant_metadata: session.asked("merchantMetadata").clone(),
        platform_id: session.asked("platformId").clone(),
        created_at: now.0,
        updated_at: now.0,
        outcome: outcome.to_owned(),
        ..Charge::default()
    };
    tx.add_object(&charge, now).await?;
    if !is_pending {
        let reason = if turn == Turn::Atypical { "StopShipmentAtypicalAuth" } else { "" };
        moves::charge(sandbox, tx, &mut charge, ChargeEvent::Approved, reason, now).await?;
    }
    session.charge_id = charge.id;
    Ok(())
}

/// Charges of a recurring or saved permission have numbers of their own, `S01-x-y-C…`.
fn charge_stem(session: &Session) -> String {
    match session.permission_type() {
        "OneTime" => session.permission_id.clone(),
        _ => wire::permission_id('S', &session.region),
    }
}

/// Under what a charge is known to the merchant: the key of its request, else the order number, else the session.
pub fn reference(session: &Session, key: &str) -> String {
    let order = session.text("merchantMetadata.merchantReferenceId");
    [key, order, &session.id].into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned()
}

fn permission(session: &Session, now: Millis) -> Permission {
    let kind = session.permission_type().to_owned();
    let presented = session.text("paymentDetails.presentmentCurrency");
    let of_account = match (session.ledger_currency.as_str(), session.region.as_str()) {
        ("", "jp") => "JPY",
        ("", "eu") => "EUR",
        ("", _) => "USD",
        (named, _) => named,
    };
    let presented = if presented.is_empty() { of_account } else { presented };
    let amount = session.charge_amount().unwrap_or(Money::zero(currency(presented)));
    let total = session.price("paymentDetails.totalOrderAmount");
    let is_extended = session.is("paymentDetails.extendExpiration");
    let (limit, expires_at) = match kind.as_str() {
        "Recurring" => (limits::monthly(amount.currency), wire::months_later(now, limits::LONG_LIFE_MONTHS)),
        "PaymentMethodOnFile" => (limits::saved_wallet(amount.currency), Millis(0)),
        _ if is_extended => (total.unwrap_or(amount), wire::months_later(now, limits::LONG_LIFE_MONTHS)),
        _ => (total.unwrap_or(amount), now.plus(limits::ONE_TIME_LIVES)),
    };
    let is_split = total.is_some_and(|total| total > amount);
    Permission {
        id: wire::permission_id(if kind == "OneTime" { 'S' } else { 'C' }, &session.region),
        merchant_id: session.merchant_id.clone(),
        region: session.region.clone(),
        session_id: session.id.clone(),
        updated_at: now.0,
        created_at: now.0,
        expires_at: expires_at.0,
        limit_minor: limit.minor,
        currency: Currency::code(limit.currency).to_owned(),
        // One captured charge, unless the merchant announced a split order by a larger total.
        charges_allowed: if kind != "OneTime" {
            usize::MAX
        } else if is_split {
            limits::SPLIT_CHARGES
        } else {
            1
        },
        buyer_id: session.buyer_id.clone(),
        scopes: views::scopes(session.asked("scopes")),
        shipping_address: session.shipping_address.clone(),
        instrument_id: session.instrument_id.clone(),
        merchant_metadata: session.asked("merchantMetadata").clone(),
        recurring_metadata: if kind == "Recurring" { session.asked("recurringMetadata").clone() } else { Value::Null },
        platform_id: session.asked("platformId").clone(),
        kind,
        ..Permission::default()
    }
}

/// Makes what was paid known to the merchant, who has completed the session.
pub async fn confirm(
    sandbox: &Sandbox,
    tx: &mut Tx,
    session: &Session,
    reference: String,
    now: Millis,
) -> Result<Option<Charge>, StateError> {
    if let Some(mut permission) = tx.object::<Permission>(&session.permission_id).await?
        && !permission.is_confirmed
    {
        (permission.is_confirmed, permission.updated_at) = (true, now.0);
        tx.keep_object(&permission).await?;
        notify::state_change(sandbox, tx, &notify::News::permission(&permission), now).await?;
    }
    let Some(mut charge) = tx.object::<Charge>(&session.charge_id).await? else { return Ok(None) };
    (charge.is_confirmed, charge.caller_reference, charge.updated_at) = (true, reference, now.0);
    if charge.state == ChargeState::AuthorizationInitiated {
        charge.due_at = pending_until(&charge.outcome, now).0;
    }
    tx.keep_object(&charge).await?;
    if !charge.capture_now {
        notify::state_change(sandbox, tx, &notify::News::charge(&charge), now).await?;
    }
    Ok(Some(charge))
}

/// When a pending charge is decided: what nobody decides takes the whole day.
pub fn pending_until(outcome: &str, now: Millis) -> Millis {
    now.plus(if outcome == "TransactionTimedOut" { limits::UNDECIDED } else { limits::LATER })
}

/// Ends an open session, and with it whatever was paid in it.
pub async fn cancel_session(
    sandbox: &Sandbox,
    tx: &mut Tx,
    session: &mut Session,
    reason: &str,
    now: Millis,
) -> Result<(), StateError> {
    (session.state, session.reason, session.updated_at) = (SessionState::Canceled, reason.to_owned(), now.0);
    tx.keep_object(session).await?;
    if let Some(mut charge) = tx.object::<Charge>(&session.charge_id).await? {
        moves::charge(sandbox, tx, &mut charge, ChargeEvent::CallOff, "MerchantCanceled", now).await?;
    }
    if let Some(mut permission) = tx.object::<Permission>(&session.permission_id).await?
        && !permission.is_confirmed
        && permission.state != PermissionState::Closed
    {
        moves::permission(sandbox, tx, &mut permission, PermissionEvent::Close, "MerchantClosed", now).await?;
    }
    Ok(())
}
