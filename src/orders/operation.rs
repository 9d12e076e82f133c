//! What we ask of a provider.
//!
//! An operation is written before its call is sent; its id is the provider's idempotency
//! reference and survives a crash with it.

mod request;
mod subject;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{Millis, hours, minutes};
use crate::base::ids::{OperationId, OrderId};
use crate::base::money::Money;
use crate::orders::refusal::Refusal;

pub use request::{Initiator, Request, Share, Statement};
pub use subject::Subject;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A seller is made known to the provider.
    Register,
    /// A buyer is asked for approval.
    Consent,
    /// Money is taken at once.
    Pay,
    /// Money is put on hold.
    Reserve,
    /// Money on hold is taken.
    Settle,
    /// Money is given back.
    Refund,
    /// A hold is let go.
    Cancel,
    /// A buyer is asked to pay a standing approval in another way.
    ChangeAgreement,
    /// An approval that is not needed any more is closed.
    CancelAgreement,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 9] = [
        Kind::Register,
        Kind::Consent,
        Kind::Pay,
        Kind::Reserve,
        Kind::Settle,
        Kind::Refund,
        Kind::Cancel,
        Kind::ChangeAgreement,
        Kind::CancelAgreement,
    ];

    /// The word of rows and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Register => "register",
            Kind::Consent => "consent",
            Kind::Pay => "pay",
            Kind::Reserve => "reserve",
            Kind::Settle => "settle",
            Kind::Refund => "refund",
            Kind::Cancel => "cancel",
            Kind::ChangeAgreement => "change_agreement",
            Kind::CancelAgreement => "cancel_agreement",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How far an operation is. The first three are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Wanted, not yet tried.
    Queued,
    /// Claimed at least once: it may or may not have reached the provider.
    Sent,
    /// The provider is working on it, or a person is at the provider's pages.
    Pending,
    /// Done.
    Succeeded,
    /// Refused, or given up before it was sent.
    Failed,
    /// Nobody can tell: a person decides.
    Unknown,
}

impl Progress {
    /// All of them.
    pub const ALL: [Progress; 6] =
        [Progress::Queued, Progress::Sent, Progress::Pending, Progress::Succeeded, Progress::Failed, Progress::Unknown];

    /// The word of rows and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Progress::Queued => "queued",
            Progress::Sent => "sent",
            Progress::Pending => "pending",
            Progress::Succeeded => "succeeded",
            Progress::Failed => "failed",
            Progress::Unknown => "unknown",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Progress> {
        Progress::ALL.into_iter().find(|progress| progress.word() == word)
    }

    /// Whether an answer is still awaited.
    pub fn is_open(self) -> bool {
        matches!(self, Progress::Queued | Progress::Sent | Progress::Pending)
    }
}

/// How the buyer pays, as far as the shop must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instrument {
    /// A card: can be put on hold.
    Card,
    /// A bank account: paid at once, confirmed later.
    Bank,
    /// The buyer's balance at the provider: paid at once.
    Balance,
    /// The browser was lost on the way back, so nobody told us.
    Untold,
}

impl Instrument {
    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            Instrument::Card => "card",
            Instrument::Bank => "bank",
            Instrument::Balance => "balance",
            Instrument::Untold => "untold",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Instrument> {
        [Instrument::Card, Instrument::Bank, Instrument::Balance, Instrument::Untold]
            .into_iter()
            .find(|instrument| instrument.word() == word)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Instrument::Card => "credit card",
            Instrument::Bank => "bank account",
            Instrument::Balance => "account balance",
            Instrument::Untold => "not yet known",
        }
    }
}

/// After a soft decline the same approval is charged again: after these pauses, and then no more.
pub const SOFT_DECLINE_PAUSES: [Duration; 3] = [Duration::from_secs(10), minutes(1), minutes(5)];

/// How long a charge that was refused for our own sake waits before it is tried again, under another reference; the last
/// one as often as it takes.
pub const MENDING_PAUSES: [Duration; 4] = [minutes(10), minutes(30), hours(1), hours(6)];

/// One operation as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id, and the provider's reference.
    pub id: OperationId,
    /// Whom it is about.
    pub subject: Subject,
    /// What is asked.
    pub kind: Kind,
    /// Of whom: `fps`.
    pub provider: String,
    /// With which parameters.
    pub request: Request,
    /// How much; zero where no money moves.
    pub amount: Money,
    /// How far it is.
    pub progress: Progress,
    /// How often it was claimed.
    pub attempts: i64,
    /// When it was first claimed, in business time: the provider's memory of its reference starts then.
    pub first_sent_at: Option<Millis>,
    /// When it was wanted.
    pub created_at: Millis,
    /// The provider's transaction, once known.
    pub transaction: Option<String>,
    /// Why it failed, if it did.
    pub refusal: Option<Refusal>,
    /// What the provider said last, in its own code: `Authorized`, `TokenNotActive_Sender`.
    pub said: Option<String>,
}

impl Operation {
    /// A new one, not yet tried.
    pub fn wanted(subject: Subject, kind: Kind, provider: &str, request: Request, amount: Money, now: Millis) -> Self {
        Operation {
            id: OperationId::fresh(),
            subject,
            kind,
            provider: provider.to_owned(),
            request,
            amount,
            progress: Progress::Queued,
            attempts: 0,
            first_sent_at: None,
            created_at: now,
            transaction: None,
            refusal: None,
            said: None,
        }
    }

    /// One that began at the provider, and is done.
    pub fn given(order: OrderId, kind: Kind, provider: &str, parent: &str, amount: Money, now: Millis) -> Self {
        let request = Request::Given { parent: parent.to_owned() };
        let own = Operation::wanted(Subject::Order(order), kind, provider, request, amount, now);
        Operation { progress: Progress::Succeeded, ..own }
    }

    /// Whether it began at the provider: nobody asked for it here, and its id is no reference there.
    pub fn is_given(&self) -> bool {
        matches!(self.request, Request::Given { .. })
    }

    /// Whether a person is needed, at the provider's pages or near a loudspeaker, so that the worker
    /// cannot send it.
    pub fn needs_person(&self) -> bool {
        matches!(self.kind, Kind::Register | Kind::Consent | Kind::ChangeAgreement) || self.is_spoken()
    }

    /// Whether it takes the buyer's money, or puts it on hold.
    pub fn is_charge(&self) -> bool {
        matches!(self.kind, Kind::Reserve | Kind::Pay) && !self.is_given()
    }

    /// Whether Alexa carries it.
    pub fn is_spoken(&self) -> bool {
        matches!(self.request, Request::Take { initiator: Initiator::Voice, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        for progress in Progress::ALL {
            assert_eq!(Progress::from_word(progress.word()), Some(progress));
        }
    }
}
