//! Charge: an authorisation on a billing agreement. It is a charge of Amazon Pay, on the same machine and books, so
//! that it is captured, cancelled, refunded and notified like every other.

use serde_json::{Value, json};

use super::pay::{Approval, Case, Played, Reply, instant, next_of};
use super::rows::{self, Row, Table};
use super::setup::{agreements_of, monthly_limit};
use super::simulation::{self, Simulation};
use super::state::Charged;
use crate::base::clock::{Millis, minutes};
use crate::base::money::Money;
use crate::sandbox::amazon_pay::buyers::Turn;
use crate::sandbox::amazon_pay::machine::{ChargeEvent, ChargeState, PermissionEvent, PermissionState, describe};
use crate::sandbox::amazon_pay::ops::approve::pending_until;
use crate::sandbox::amazon_pay::state::merchants::Account;
use crate::sandbox::amazon_pay::state::objects::{Charge, Permission};
use crate::sandbox::amazon_pay::{limits, moves, notify, wire};
use crate::sandbox::state::{StateError, Tx};

/// How an authorisation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Yes, perhaps with a warning.
    Yes(&'static str),
    /// No, for this reason in the words of this API; soft when another attempt may work.
    No { reason: &'static str, is_soft: bool },
    /// Decided later: with this reason in the words of the v2 API, or empty for yes.
    Later(&'static str),
    /// Yes, and closed again without a capture.
    Closed(&'static str),
}

/// Charge, once payload and consent are in order.
pub async fn charge(
    case: &mut Case<'_>,
    tx: &mut Tx,
    seller: Option<Account>,
    approval: Approval,
) -> Result<Played, StateError> {
    if let Some(refusal) = case.check_seller(Table::Charge, seller.as_ref()) {
        return Ok(refusal.into());
    }
    let merchant_id = seller.map(|seller| seller.id).unwrap_or_default();
    let reference = case.asked.text("authorizeAttributes.authorizationReferenceId").to_owned();
    let request = Value::Object(case.asked.payload.clone()).to_string();
    if let Some(first) = tx.charged(&merchant_id, &reference).await? {
        return Ok(repeat(case, &first, &request).into());
    }
    let (mut agreement, order) = match check(case, tx, &merchant_id).await? {
        Ok(found) => found,
        Err(refusal) => return Ok((*refusal).into()),
    };
    match approval {
        Approval::NotAsked if !case.person.voice_code.is_empty() => return Ok(Played::NeedsCode),
        Approval::Failed => {
            return Ok(case.refuse(rows::of(Table::Pin, "CustomerApprovalFailure")).into());
        }
        _ if case.turn() == Turn::TurnsBack => {
            return Ok(case.refuse(rows::of(Table::Pin, "CustomerApprovalFailure")).into());
        }
        _ => {}
    }
    let chosen = next_of(tx, &case.person.buyer_id, &[Table::Decline]).await?;
    let course = match &chosen {
        Some((_, row)) => Course::No { reason: row.code, is_soft: false },
        None => course(case, &agreement, &order),
    };
    if let Some((chosen, _)) = chosen {
        tx.strike_chosen(chosen.seq).await?;
    }
    let reply = authorize(case, tx, &mut agreement, &order, course).await?;
    let answer = json!({ "payload": reply.payload, "charge_id": reply.charge_id }).to_string();
    tx.remember_charge(&merchant_id, &reference, &Charged { request, answer }).await?;
    Ok(reply.into())
}

/// What the skill orders, read from the payload.
struct Order {
    amount: Money,
    captures: bool,
    can_pend: bool,
    simulation: Option<Simulation>,
}

/// The first answer once more, or `DuplicateRequest` where something else is asked under the same reference.
fn repeat(case: &Case<'_>, first: &Charged, request: &str) -> Reply {
    if first.request != request {
        return case.refuse(rows::of(Table::Charge, "DuplicateRequest"));
    }
    let answer: Value = serde_json::from_str(&first.answer).unwrap_or_default();
    let charge_id = answer["charge_id"].as_str().unwrap_or_default().to_owned();
    Reply {
        status: 200,
        message: "OK".to_owned(),
        payload: Some(answer["payload"].clone()),
        charge_id,
        ..Reply::default()
    }
}

type Checked = Result<(Permission, Order), Box<Reply>>;

async fn check(case: &mut Case<'_>, tx: &mut Tx, merchant_id: &str) -> Result<Checked, StateError> {
    case.mend_when_due();
    let refuse = |case: &Case<'_>, code: &str| Ok(Err(Box::new(case.refuse(rows::of(Table::Charge, code)))));
    let asked = case.asked;
    let captures = match asked.text("paymentAction").to_ascii_lowercase().as_str() {
        "authorize" => false,
        "authorizeandcapture" => true,
        _ => return refuse(case, "InvalidPaymentAction"),
    };
    // Only solution providers take part for others, and none is registered here.
    if asked.value("providerAttributes").is_some() {
        return refuse(case, "ProviderNotAuthorized");
    }
    let parent = agreements_of(merchant_id, &case.person.buyer_id);
    let found: Option<Permission> = tx.object(&asked.text("billingAgreementId").replace('\0', "")).await?;
    let Some(mut agreement) = found.filter(|own| own.session_id == parent) else {
        return refuse(case, "InvalidBillingAgreementId");
    };
    if agreement.state == PermissionState::Closed {
        return refuse(case, "InvalidBillingAgreementStatus");
    }
    let price = asked.value("authorizeAttributes.authorizationAmount").and_then(wire::read_price);
    let amount = match price {
        Some(amount) if amount.is_positive() && amount.currency.code() == agreement.currency => amount,
        _ => return refuse(case, "InvalidAuthorizationAmount"),
    };
    let note = asked.text("authorizeAttributes.sellerAuthorizationNote");
    let can_pend = asked.value("authorizeAttributes.transactionTimeout").and_then(Value::as_u64).unwrap_or(0) > 0;
    let simulation = match simulation::read(note, can_pend) {
        Ok(simulation) => simulation,
        Err(simulation::Misplaced) => return refuse(case, "InvalidSandboxSimulationSpecified"),
    };
    if used_this_month(tx, &parent, amount, case.now).await?.minor + amount.minor > monthly_limit(amount.currency).minor
    {
        return refuse(case, "PeriodicAmountExceeded");
    }
    if case.person.one_click != super::people::OneClick::Ready {
        return refuse(case, "InvalidPaymentMethod");
    }
    if !pick_up(case, tx, &mut agreement).await? {
        return refuse(case, "InvalidBillingAgreementStatus");
    }
    Ok(Ok((agreement, Order { amount, captures, can_pend, simulation })))
}

/// What this seller has charged this buyer by voice since the first of the month.
async fn used_this_month(tx: &mut Tx, parent: &str, amount: Money, now: Millis) -> Result<Money, StateError> {
    let mut used = 0;
    for agreement in tx.children::<Permission>(parent).await? {
        if agreement.currency == amount.currency.code() {
            let charges: Vec<Charge> = tx.children(&agreement.id).await?;
            let recent = charges.iter().filter(|charge| charge.created_at >= now.start_of_month().0);
            used += recent.map(Charge::weight).sum::<i64>();
        }
    }
    Ok(Money { minor: used, ..amount })
}

/// A repaired way to pay is taken over and opens the agreement again. False where it is not repaired.
async fn pick_up(case: &Case<'_>, tx: &mut Tx, agreement: &mut Permission) -> Result<bool, StateError> {
    let is_new = agreement.instrument_id != case.person.instrument;
    agreement.instrument_id = case.person.instrument.clone();
    if agreement.state == PermissionState::Chargeable {
        tx.keep_object(agreement).await?;
        return Ok(true);
    }
    // A presenter's choice can suspend an agreement whose card is good: Charge finds it mended.
    if !is_new && refusal_of(case.turn()).is_some() {
        return Ok(false);
    }
    moves::permission(case.sandbox, tx, agreement, PermissionEvent::Repair, "", case.now).await
}

/// How a card is refused, in the words of this API; nothing for one that is not.
fn refusal_of(turn: Turn) -> Option<(&'static str, bool)> {
    let reason = match turn {
        Turn::ChargeRefused(reason) | Turn::FirstChargeRefused(reason) => reason,
        Turn::RefusedAtPay => "HardDeclined",
        Turn::RefusedAtComplete => "AmazonRejected",
        _ => return None,
    };
    Some(match reason {
        "SoftDeclined" => ("InvalidPaymentMethod", true),
        "HardDeclined" | "PaymentMethodNotAllowed" => ("InvalidPaymentMethod", false),
        "AmazonRejected" => ("AmazonRejected", false),
        "ProcessingFailure" => ("ProcessingFailure", false),
        _ => ("TransactionTimedOut", false),
    })
}

fn course(case: &Case<'_>, agreement: &Permission, order: &Order) -> Course {
    let can_pend = order.can_pend && !order.captures;
    match (order.simulation, case.turn()) {
        (Some(Simulation::Declined { reason, .. }), _) if can_pend => Course::Later(in_v2(reason)),
        (Some(Simulation::Declined { reason, is_soft, .. }), _) => Course::No { reason, is_soft },
        (Some(Simulation::ExpiresAfter(_)), _) => Course::Yes(""),
        (Some(Simulation::AmazonCloses), _) => Course::Closed("AmazonClosed"),
        (None, Turn::Pends(outcome)) if can_pend => Course::Later(outcome),
        (None, Turn::Pends("")) => Course::Yes(""),
        (None, Turn::Pends(_)) => Course::No { reason: "TransactionTimedOut", is_soft: false },
        (None, Turn::CaptureRefused(_)) if order.captures => Course::No { reason: "AmazonRejected", is_soft: false },
        (None, Turn::FirstChargeRefused(_)) if agreement.attempts > 0 => Course::Yes(""),
        (None, Turn::Atypical) => Course::Yes("StopShipmentAtypicalAuth"),
        (None, turn) => match refusal_of(turn) {
            Some((reason, is_soft)) => Course::No { reason, is_soft },
            None => Course::Yes(""),
        },
    }
}

/// The same reason in the words of the v2 API.
fn in_v2(reason: &str) -> &'static str {
    match reason {
        "InvalidPaymentMethod" => "HardDeclined",
        "AmazonRejected" => "AmazonRejected",
        "ProcessingFailure" => "ProcessingFailure",
        _ => "TransactionTimedOut",
    }
}

async fn authorize(
    case: &mut Case<'_>,
    tx: &mut Tx,
    agreement: &mut Permission,
    order: &Order,
    course: Course,
) -> Result<Reply, StateError> {
    let (sandbox, now) = (case.sandbox, case.now);
    agreement.attempts += 1;
    agreement.expires_at = wire::months_later(now, limits::LONG_LIFE_MONTHS).0;
    tx.keep_object(agreement).await?;
    let mut own = begin(case, agreement, order, course);
    tx.add_object(&own, now).await?;
    let mut told = ("Open", "");
    match course {
        Course::Later(_) => {
            told = ("Pending", "");
            notify::state_change(sandbox, tx, &notify::News::charge(&own), now).await?;
            if let Some(Simulation::Declined { mended_after: Some(after), .. }) = order.simulation {
                case.person.mended_at = Millis(own.due_at).plus(minutes(after)).0;
            }
        }
        Course::No { reason, is_soft } => {
            told = ("Declined", reason);
            let reason = if is_soft { "SoftDeclined" } else { in_v2(reason) };
            moves::charge(sandbox, tx, &mut own, ChargeEvent::Refused, reason, now).await?;
            moves::after_refusal(sandbox, tx, agreement, reason, now).await?;
        }
        Course::Yes(warning) => {
            own.is_confirmed = !order.captures;
            moves::charge(sandbox, tx, &mut own, ChargeEvent::Approved, warning, now).await?;
            told.1 = warning;
            if let Some(Simulation::ExpiresAfter(after)) = order.simulation {
                own.due_at = now.plus(minutes(after)).0;
                tx.keep_object(&own).await?;
            }
            if order.captures {
                (own.is_confirmed, own.captured_minor) = (true, own.amount_minor);
                (own.captured_at, own.capture_reference) = (now.0, own.caller_reference.clone());
                moves::charge(sandbox, tx, &mut own, ChargeEvent::Capture, warning, now).await?;
                told = ("Closed", "MaxCapturesProcessed");
            }
        }
        Course::Closed(reason) => {
            moves::charge(sandbox, tx, &mut own, ChargeEvent::Approved, "", now).await?;
            moves::charge(sandbox, tx, &mut own, ChargeEvent::CallOff, "AmazonCanceled", now).await?;
            told = ("Closed", reason);
        }
    }
    let is_soft = matches!(course, Course::No { is_soft: true, .. });
    let spoken = match course {
        Course::No { reason, .. } => case.spoken(rows::of(Table::Decline, reason)),
        _ => String::new(),
    };
    let payload = Some(result(case, &own, told, is_soft));
    Ok(Reply { status: 200, message: "OK".to_owned(), payload, spoken, charge_id: own.id, ..Reply::default() })
}

fn begin(case: &Case<'_>, agreement: &Permission, order: &Order, course: Course) -> Charge {
    let asked = case.asked;
    let reference = asked.text("authorizeAttributes.authorizationReferenceId");
    let (outcome, due_at) = match course {
        Course::Later(reason) => (reason, pending_until(reason, case.now).0),
        _ => ("", 0),
    };
    let of_order = |name: &str| asked.value(&format!("sellerOrderAttributes.{name}")).cloned().unwrap_or(Value::Null);
    Charge {
        id: wire::child_id(&wire::permission_id('S', &agreement.region), 'C'),
        permission_id: agreement.id.clone(),
        merchant_id: agreement.merchant_id.clone(),
        caller_reference: reference.to_owned(),
        is_confirmed: true,
        currency: agreement.currency.clone(),
        amount_minor: order.amount.minor,
        soft_descriptor: asked.text("authorizeAttributes.softDescriptor").to_owned(),
        capture_now: order.captures,
        can_pend: order.can_pend,
        merchant_metadata: json!({
            "merchantReferenceId": reference, "merchantStoreName": of_order("storeName"),
            "noteToBuyer": of_order("sellerNote"), "customInformation": of_order("customInformation"),
        }),
        created_at: case.now.0,
        updated_at: case.now.0,
        outcome: outcome.to_owned(),
        due_at,
        ..Charge::default()
    }
}

fn result(case: &Case<'_>, own: &Charge, (state, reason): (&str, &str), is_soft: bool) -> Value {
    let price = |minor: i64| wire::price_of(minor, &own.currency);
    let authorization_id = own.id.replace("-C", "-A");
    let (stem, _) = authorization_id.rsplit_once('-').unwrap_or((&authorization_id, ""));
    let is_captured = own.state == ChargeState::Captured;
    let mut status = json!({ "state": state, "lastUpdateTimestamp": instant(case.now) });
    if !reason.is_empty() {
        status["reasonCode"] = reason.into();
        let row: Option<&Row> = rows::find(Table::Decline.name(), reason, 1);
        status["reasonDescription"] = row.map_or_else(|| describe(reason), Row::message).into();
    }
    json!({
        "amazonOrderReferenceId": stem,
        "authorizationDetails": {
            "amazonAuthorizationId": authorization_id, "authorizationReferenceId": own.caller_reference,
            "sellerAuthorizationNote": case.asked.text("authorizeAttributes.sellerAuthorizationNote"),
            "authorizationAmount": price(own.amount_minor),
            "capturedAmount": price(if is_captured { own.captured_minor } else { 0 }),
            "authorizationFee": price(0), "idList": if is_captured { json!([own.id]) } else { json!([]) },
            "creationTimestamp": instant(Millis(own.created_at)), "expirationTimestamp": instant(own.expires_at()),
            "authorizationStatus": status, "softDecline": is_soft, "captureNow": own.capture_now,
            "softDescriptor": own.soft_descriptor,
        },
    })
}
