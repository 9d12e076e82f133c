//! What the state of a transaction means for what we asked: a table of operation and state together.
//!
//! FPS says `StatusCode` Success both when money is held and when it is taken; only
//! `TransactionStatus` tells which. An answer to the call and a later look at the transaction are
//! read by two tables, because "Reserved" after a settle means something else in each.
//! Source: the guide, "TransactionStatus", "Status Codes", and the samples of every action.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::fps::answers::TransactionState;
use crate::pay::fps::codes::retry_of;

/// The state of a transaction: `Pending` of the API, `PENDING` of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// FPS is working on it, or someone there looks at it.
    Pending,
    /// The amount is on hold.
    Reserved,
    /// "You can fulfill the order for the customer."
    Success,
    /// It is over, and no money moved.
    Failure,
    /// Someone cancelled it, or its time ran out.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 5] =
        [Status::Pending, Status::Reserved, Status::Success, Status::Failure, Status::Cancelled];

    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pending => "Pending",
            Status::Reserved => "Reserved",
            Status::Success => "Success",
            Status::Failure => "Failure",
            Status::Cancelled => "Cancelled",
        }
    }

    /// Reads the word, in the API's or the notifications' letters.
    pub fn from_word(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }
}

/// What a state means for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Money is on hold.
    Held,
    /// Money was taken.
    Taken,
    /// Money went back.
    Refunded,
    /// The hold is gone; by itself where the status code is `Expired`.
    Gone,
    /// Not yet known.
    Pending,
    /// No.
    Refused,
    /// The transaction stands as if we had never asked.
    NotDone,
    /// That cannot be: the provider has to be asked again, or a person.
    Odd,
}

/// What the answer to the call itself means.
pub fn answered(kind: Kind, status: Status) -> Meaning {
    use Meaning::{Gone, Held, Odd, Pending, Refunded, Refused, Taken};
    match (kind, status) {
        (Kind::Pay, Status::Pending) => Pending,
        (Kind::Pay, Status::Reserved) => Odd,
        (Kind::Pay, Status::Success) => Taken,
        (Kind::Pay, Status::Failure) => Refused,
        (Kind::Pay, Status::Cancelled) => Gone,

        (Kind::Reserve, Status::Pending) => Pending,
        (Kind::Reserve, Status::Reserved) => Held,
        // "The transaction succeeded. You can fulfill the order": more than a hold.
        (Kind::Reserve, Status::Success) => Taken,
        (Kind::Reserve, Status::Failure) => Refused,
        (Kind::Reserve, Status::Cancelled) => Gone,

        (Kind::Settle, Status::Pending) => Pending,
        // Answered, and yet the hold stays: ask before anything is repeated.
        (Kind::Settle, Status::Reserved) => Odd,
        (Kind::Settle, Status::Success) => Taken,
        (Kind::Settle, Status::Failure) => Refused,
        (Kind::Settle, Status::Cancelled) => Gone,

        (Kind::Refund, Status::Pending) => Pending,
        (Kind::Refund, Status::Reserved) => Odd,
        (Kind::Refund, Status::Success) => Refunded,
        (Kind::Refund, Status::Failure) => Refused,
        (Kind::Refund, Status::Cancelled) => Refused,

        // Here the guide calls it "the status of the cancellation request", while its sample shows
        // the transaction's: only `Cancelled` means the same in both readings.
        (Kind::Cancel, Status::Pending) => Pending,
        (Kind::Cancel, Status::Reserved) => Odd,
        (Kind::Cancel, Status::Success) => Odd,
        (Kind::Cancel, Status::Failure) => Odd,
        (Kind::Cancel, Status::Cancelled) => Gone,

        // None of them makes a transaction.
        (
            Kind::Register | Kind::Consent | Kind::ChangeAgreement | Kind::CancelAgreement,
            Status::Pending | Status::Reserved | Status::Success | Status::Failure | Status::Cancelled,
        ) => Odd,
    }
}

/// What a later look at the transaction means.
pub fn found(kind: Kind, status: Status) -> Meaning {
    use Meaning::{Gone, NotDone, Refused};
    match (kind, status) {
        // The settle never arrived. `Pending` does not say so: it may be the settle under way.
        (Kind::Settle, Status::Reserved) => NotDone,
        // The cancel never arrived; a transaction may be cancelled while it is pending, too.
        (Kind::Cancel, Status::Reserved | Status::Pending) => NotDone,
        // Too late: the money was taken.
        (Kind::Cancel, Status::Success) => Refused,
        // Nothing is on hold any more, for another reason than ours.
        (Kind::Cancel, Status::Failure) => Gone,

        (Kind::Cancel, Status::Cancelled)
        | (Kind::Settle, Status::Pending | Status::Success | Status::Failure | Status::Cancelled) => {
            answered(kind, status)
        }
        (
            Kind::Pay
            | Kind::Reserve
            | Kind::Refund
            | Kind::Register
            | Kind::Consent
            | Kind::ChangeAgreement
            | Kind::CancelAgreement,
            status,
        ) => answered(kind, status),
    }
}

/// What is known beside the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// How much was asked for.
    pub amount: Money,
    /// What FPS kept, where it says so.
    pub provider_fee: Option<Money>,
    /// Until when a hold that stands now will stand.
    pub hold_until: Millis,
}

/// The outcome of an operation of `kind`, given what a state means.
pub fn outcome(kind: Kind, meaning: Meaning, state: &TransactionState, known: Circumstances) -> Outcome {
    let transaction = state.transaction.clone();
    let Circumstances { amount, provider_fee, hold_until } = known;
    match meaning {
        Meaning::Held => Outcome::Held { transaction, until: hold_until, is_suspect: false },
        Meaning::Taken => Outcome::Taken { transaction, amount, provider_fee, is_suspect: false },
        Meaning::Refunded => Outcome::Refunded { transaction, amount, provider_fee },
        Meaning::Gone if state.code.as_deref() == Some("Expired") => {
            Outcome::Expired { transaction: Some(transaction) }
        }
        Meaning::Gone => Outcome::Released { transaction },
        Meaning::Pending => Outcome::Pending { transaction: Some(transaction) },
        Meaning::Refused => Outcome::Refused(refusal(kind, state)),
        Meaning::NotDone => Outcome::NeverArrived,
        Meaning::Odd => {
            Outcome::Silent { why: format!("a {} cannot be {} ({transaction})", kind.word(), state.status) }
        }
    }
}

/// Why a transaction failed. That it failed is plain from its state; the code only explains.
fn refusal(kind: Kind, state: &TransactionState) -> Refusal {
    let code = state.code.clone().unwrap_or_else(|| state.status.clone());
    let (retry, reason) = match (kind, code.as_str()) {
        // Asked for something that the transaction's state forbids.
        (Kind::Refund | Kind::Cancel, "Success" | "Cancelled" | "Canceled") => (Retry::Never, Reason::TransactionState),
        // "The transaction could not be completed within the specified timeout."
        (_, "Expired") => (Retry::NewConsent, Reason::ConsentGone),
        // Fraud, or declined by the bank: the guide gives no automatic retry for either.
        (_, "TransactionDenied") => (Retry::NewConsent, Reason::PaymentMethod),
        (_, _unexplained) => (Retry::NewConsent, Reason::Denied),
    };
    Refusal { retry: retry_of(kind, retry), reason, code, message: state.message.clone().unwrap_or_default() }
}

#[cfg(test)]
mod tests;
