//! What an object in its state means for what we asked: states and [`statuses`] become outcomes.
//!
//! The answer to a call and a later look at the object are read alike, but for a settle or cancel:
//! a charge that is still `Authorized` then shows that the call never arrived.
//! Source: Amazon Pay API v2, "Checkout Session", "Charge Permission", "Charge", "Refund".

use super::client::Miss;
use super::statuses::{self, Meaning};
use super::wire::charges::{Charge, Refund};
use super::wire::sessions::ChargePermission;
use super::wire::{Complaint, Price, StatusDetails};
use crate::base::clock::{Millis, days};
use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::orders::outcome::{AbandonReason, Outcome, Validity};
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::Answer;

/// How long Amazon Pay holds an authorised amount before it cancels by itself.
pub const HOLD: std::time::Duration = days(30);

/// Whether a charge was just answered or is looked at later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// In the answer to the call itself.
    Answered,
    /// Afterwards.
    Later,
}

/// What a charge means for an operation of `kind`; `now` is business time.
pub fn of_charge(kind: Kind, charge: &Charge, seen: Seen, now: Millis) -> Outcome {
    let transaction = charge.charge_id.clone();
    let row = charge.status_details.reason().and_then(statuses::find);
    let is_suspect = row.is_some_and(|row| row.meaning == Meaning::StopShipment);
    if let Some(row) = row.filter(|_| is_suspect) {
        tracing::error!(transaction, code = row.code, "{}", row.words().operator);
    }
    match (charge.status_details.state.as_str(), kind) {
        ("AuthorizationInitiated", Kind::Cancel) if seen == Seen::Later => Outcome::NeverArrived,
        ("AuthorizationInitiated" | "CaptureInitiated", _) => Outcome::Pending { transaction: Some(transaction) },
        // of what is to be taken at once, only the hold is there yet
        ("Authorized", Kind::Settle | Kind::Cancel | Kind::Pay) if seen == Seen::Later => Outcome::NeverArrived,
        ("Authorized", Kind::Reserve) => {
            let until = charge.expiration_timestamp.map_or_else(|| now.plus(HOLD), |stamp| stamp.0);
            Outcome::Held { transaction, until, is_suspect }
        }
        // Too late: the money was taken.
        ("Captured", Kind::Cancel) => Outcome::Refused(Refusal {
            retry: Retry::Never,
            reason: Reason::TransactionState,
            code: "Captured".to_owned(),
            message: "the charge was captured before it could be cancelled".to_owned(),
        }),
        ("Captured", _) => match charge.capture_amount.as_ref().or(charge.charge_amount.as_ref()).map(Price::money) {
            Some(Ok(amount)) => Outcome::Taken { transaction, amount, provider_fee: None, is_suspect },
            _ => Outcome::Silent { why: format!("Amazon Pay does not say how much {transaction} took") },
        },
        // Nothing is on hold any more, for another reason than ours.
        ("Declined", Kind::Cancel) => Outcome::Released { transaction },
        ("Declined", _) => Outcome::Refused(declined(kind, &charge.status_details)),
        ("Canceled", _) if charge.status_details.reason() == Some("ExpiredUnused") => {
            Outcome::Expired { transaction: Some(transaction) }
        }
        ("Canceled", _) => Outcome::Released { transaction },
        (state, kind) => Outcome::Silent { why: format!("a {} cannot be {state} ({transaction})", kind.word()) },
    }
}

/// What a refund means.
pub fn of_refund(refund: &Refund, asked: Option<Money>) -> Outcome {
    let transaction = refund.refund_id.clone();
    let amount = refund.refund_amount.as_ref().and_then(|price| price.money().ok()).or(asked);
    match (refund.status_details.state.as_str(), amount) {
        ("RefundInitiated", _) => Outcome::Pending { transaction: Some(transaction) },
        ("Refunded", Some(amount)) => Outcome::Refunded { transaction, amount, provider_fee: None },
        ("Declined", _) => {
            let status = StatusDetails {
                reason_code: Some(refund.status_details.reason().unwrap_or("RefundDeclined").to_owned()),
                ..refund.status_details.clone()
            };
            Outcome::Refused(declined(Kind::Refund, &status))
        }
        (state, _) => Outcome::Silent { why: format!("a refund cannot be {state} ({transaction})") },
    }
}

/// A state that says no. That it is a no is plain; the reason only explains, and one that merely
/// asks for patience as an error of a call is final as the reason of a state.
fn declined(kind: Kind, status: &StatusDetails) -> Refusal {
    let code = status.reason().unwrap_or(&status.state).to_owned();
    let (retry, reason) = match statuses::find(&code).map(|row| row.meaning) {
        Some(Meaning::Refused(retry, reason)) => (retry, reason),
        _ => (Retry::NewConsent, Reason::Denied),
    };
    let retry = if retry == Retry::Later { Retry::NewConsent } else { retry };
    Refusal {
        retry: retry_of(kind, retry),
        reason,
        code,
        message: status.reason_description.clone().unwrap_or_default(),
    }
}

/// Whether a permission can be charged.
pub fn of_permission(permission: &ChargePermission) -> Outcome {
    let status = &permission.status_details;
    let code = || status.reason().unwrap_or(&status.state).to_owned();
    let validity = match status.state.as_str() {
        "Chargeable" => Validity::Chargeable,
        // A charge is under way and has used up what there is: nothing for the buyer to mend.
        "NonChargeable" if status.reason() == Some("ChargeInProgress") => Validity::Chargeable,
        "NonChargeable" => Validity::Paused(code()),
        "Closed" => Validity::Ended(code()),
        other => return Outcome::Silent { why: format!("a permission cannot be {other}") },
    };
    let methods = permission.payment_preferences.iter().flatten().flatten();
    let method = methods.filter_map(|it| it.payment_descriptor.clone()).next();
    Outcome::Approval { consent: permission.charge_permission_id.clone(), validity, method }
}

/// Why a session was cancelled: the code, and what the buyer is told.
pub fn of_cancelled_session(status: &StatusDetails) -> Outcome {
    let code = status.reason().unwrap_or("Canceled").to_owned();
    match statuses::find(&code).map(|row| row.meaning) {
        Some(Meaning::Abandoned(reason)) => Outcome::Abandoned { code, reason },
        _ => Outcome::Abandoned { code, reason: AbandonReason::Left },
    }
}

/// Nobody is sent to the provider's pages to approve a refund or the end of a hold.
fn retry_of(kind: Kind, retry: Retry) -> Retry {
    match (kind, retry) {
        (Kind::Refund | Kind::Cancel | Kind::CancelAgreement, Retry::NewConsent | Retry::SameConsent) => Retry::Never,
        // What was on hold is not charged again: a refused capture lets it go.
        (Kind::Settle, Retry::SameConsent) => Retry::NewConsent,
        (_, retry) => retry,
    }
}

/// A call that was sent for an operation, and missed its answer.
pub fn missed(kind: Kind, miss: Miss) -> Outcome {
    match read(miss) {
        Ok(refusal) => Outcome::Refused(Refusal { retry: retry_of(kind, refusal.retry), ..refusal }),
        Err(why) => Outcome::Silent { why },
    }
}

/// A question that is not an operation, and missed its answer.
pub fn unanswered<T>(miss: Miss) -> Answer<T> {
    match read(miss) {
        Ok(refusal) => Answer::Refused(refusal),
        Err(why) => Answer::Silent(why),
    }
}

/// A question *about* an operation went unanswered. A refusal of the question is not one of the
/// operation; only one of our credentials is passed on, so that the operator hears of it.
pub fn not_told(miss: Miss) -> Outcome {
    match read(miss) {
        Ok(refusal) if refusal.reason == Reason::OurCredentials => Outcome::Refused(refusal),
        Ok(refusal) => {
            Outcome::Silent { why: format!("the question was refused with {}: {}", refusal.code, refusal.message) }
        }
        Err(why) => Outcome::Silent { why },
    }
}

fn read(miss: Miss) -> Result<Refusal, String> {
    let Complaint { reason_code: code, message, request_id, .. } = match miss {
        Miss::Complaint(complaint) => complaint,
        Miss::Silent(why) => return Err(why),
        // Mended by the operator, so the operation waits for that.
        Miss::NotSent(message) => {
            let (retry, reason) = (Retry::Later, Reason::OurCredentials);
            return Ok(Refusal { retry, reason, code: "NotSent".to_owned(), message });
        }
    };
    match statuses::find(&code).map(|row| row.meaning) {
        Some(Meaning::Refused(retry, reason)) => {
            Ok(Refusal { retry, reason, code, message: format!("{message} (request {request_id})") })
        }
        Some(_) => Err(format!("{code}: {message} (request {request_id})")),
        None => Err(format!("{code}, a code that nobody has decided: {message} (request {request_id})")),
    }
}

#[cfg(test)]
mod tests;
