//! What we hear from a provider.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::orders::dispute;
use crate::orders::operation::Instrument;
use crate::orders::refusal::Refusal;

/// What we heard about an operation, or about an order without having asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A seller is known to the provider.
    Registered {
        /// The seller's id there.
        payee: String,
        /// FPS: the token for refunds.
        refund_token: Option<String>,
    },
    /// The buyer approved.
    Consented {
        /// The approval.
        consent: String,
        /// How the buyer pays.
        instrument: Instrument,
    },
    /// The person left, or was refused, at the provider's pages.
    Abandoned {
        /// The provider's code.
        code: String,
        /// What to tell them.
        reason: AbandonReason,
    },
    /// Money is on hold.
    Held {
        /// The provider's transaction.
        transaction: String,
        /// Until when, in business time.
        until: Millis,
        /// Whether the provider warns against shipping before somebody has looked.
        is_suspect: bool,
    },
    /// Money was taken.
    Taken {
        /// The provider's transaction.
        transaction: String,
        /// How much.
        amount: Money,
        /// What the provider kept, where it says so.
        provider_fee: Option<Money>,
        /// Whether the provider warns against shipping before somebody has looked.
        is_suspect: bool,
    },
    /// Money went back.
    Refunded {
        /// The provider's transaction of the refund.
        transaction: String,
        /// How much.
        amount: Money,
        /// What the provider gave back of its own fee, where it says so.
        provider_fee: Option<Money>,
    },
    /// Money was taken from the seller: a dispute, a claim, or the buyer's bank.
    Reversed {
        /// The provider's transaction that took it.
        transaction: String,
        /// How much.
        amount: Money,
        /// What the provider gave back of its own fee, where it says so.
        provider_fee: Option<Money>,
        /// What was behind it.
        kind: dispute::Kind,
    },
    /// Money that had gone back is the seller's again.
    WonBack {
        /// The provider's transaction.
        transaction: String,
        /// The one that had taken it, which is undone.
        reversal: String,
        /// How much.
        amount: Money,
        /// What the provider keeps of it, where it says so.
        provider_fee: Option<Money>,
        /// What was behind it, where it says so.
        kind: Option<dispute::Kind>,
    },
    /// The hold is gone because someone let it go.
    Released {
        /// The provider's transaction.
        transaction: String,
    },
    /// The hold or approval ran out.
    Expired {
        /// The provider's transaction, where there is one.
        transaction: Option<String>,
    },
    /// Whether an approval can still be charged.
    Approval {
        /// The approval.
        consent: String,
        /// How it stands.
        validity: Validity,
        /// How the buyer pays, in the provider's words: `Visa ****1111 (Amazon Pay)`.
        method: Option<String>,
    },
    /// The provider is working on it.
    Pending {
        /// The provider's transaction, where it has one already.
        transaction: Option<String>,
    },
    /// No.
    Refused(Refusal),
    /// The provider never heard of it: send it again.
    NeverArrived,
    /// No answer, or none that can be read. Never success, never failure.
    Silent {
        /// For the log.
        why: String,
    },
}

/// Whether an approval can be charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It can.
    Chargeable,
    /// Not before the buyer has mended something; the provider's code says what.
    Paused(String),
    /// Never again; the provider's code says who ended it.
    Ended(String),
}

/// Why someone came back from the provider's pages without approving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbandonReason {
    /// They chose to leave.
    Left,
    /// They took longer than the provider waits.
    TooLate,
    /// None of their methods is taken here.
    NoCommonMethod,
    /// The provider will not do it for this person.
    NotPossible,
    /// A passing fault of the provider.
    Temporary,
    /// Our request is wrong, or we are not registered for it.
    OurFault,
    /// The approval that was to be changed is over.
    ConsentGone,
    /// The approval that was to be changed is somebody else's.
    NotTheirs,
}

impl AbandonReason {
    /// What the buyer reads.
    pub fn for_buyer(self) -> &'static str {
        match self {
            AbandonReason::Left => {
                "You left the payment page before approving. Nothing was charged. You can go on whenever you like."
            }
            AbandonReason::TooLate => {
                "The payment page was open for more than a day, so it has closed. Nothing was charged. You can start it again whenever you like."
            }
            AbandonReason::NoCommonMethod => {
                "None of your payment methods is accepted here. Nothing was charged. You can try again with another one."
            }
            AbandonReason::NotPossible => {
                "The payment service could not offer this payment to your account. Nothing was charged. Please try once more, or with another account."
            }
            AbandonReason::Temporary => {
                "The payment service had a hiccup. Nothing was charged. Please try again in a moment."
            }
            AbandonReason::OurFault => "Something went wrong on our side. Nothing was charged, and we have been told.",
            AbandonReason::ConsentGone => {
                "That approval is over or cannot be changed any more. Nothing was charged. You can approve anew."
            }
            AbandonReason::NotTheirs => {
                "That approval belongs to another account at the payment service. Nothing was charged. Sign in there as the person who gave it."
            }
        }
    }

    /// What the buyer reads who went to change how an approval is paid.
    pub fn for_change(self) -> &'static str {
        match self {
            AbandonReason::Left | AbandonReason::TooLate => {
                "You left the payment page before choosing. It is paid the way it was before."
            }
            AbandonReason::Temporary | AbandonReason::OurFault => {
                "The payment service could not change it just now. It is paid the way it was before; please try again in a moment."
            }
            AbandonReason::NoCommonMethod => {
                "None of the other payment methods there is accepted here. It is paid the way it was before."
            }
            AbandonReason::NotPossible => {
                "The payment service could not offer that to your account. It is paid the way it was before."
            }
            AbandonReason::ConsentGone | AbandonReason::NotTheirs => self.for_buyer(),
        }
    }
}
