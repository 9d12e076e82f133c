//! What a provider's words mean in ours: one vocabulary for the codes of every provider.
//!
//! A provider lists its codes as [`ProviderWord`]s. What buyer and seller read follows from the
//! meaning, so that two codes with the same meaning cannot comfort one and frighten the other.

use crate::orders::outcome::AbandonReason;
use crate::orders::refusal::{Reason, Retry, Words};

/// What a status means for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The seller can be paid.
    Registered,
    /// The buyer approved.
    Consented,
    /// The buyer came back, or will, without having approved.
    Abandoned(AbandonReason),
    /// Money is on hold.
    Held,
    /// Money was taken.
    Taken,
    /// Money went back.
    Refunded,
    /// The hold, or the permission for one, was let go.
    Released,
    /// Time ran out.
    Expired,
    /// Not yet decided.
    Pending,
    /// It is a no.
    Refused(Retry, Reason),
    /// A passing fault: the same request again, with the same key.
    AskAgain,
    /// It does not say whether our money moved: a person looks.
    Unclear,
    /// The money is where the state says, and the parcel must stay.
    StopShipment,
    /// True, and of no consequence.
    NoNews,
}

use Meaning::{
    Abandoned, AskAgain, Consented, Expired, Held, NoNews, Pending, Refunded, Refused, Registered, Released,
    StopShipment, Taken, Unclear,
};

impl Meaning {
    /// For tables and pages: what it does to the order.
    pub fn label(self) -> &'static str {
        match self {
            Registered => "none: the seller is registered",
            Consented => "approved",
            Abandoned(_) => "not approved",
            Held => "money on hold: reserved",
            Taken => "money taken: paid or shipped",
            Refunded => "money back: refunded",
            Released => "hold let go: cancelled",
            Expired => "expired",
            Pending => "stays, waits",
            Refused(Retry::Never, _) => "the act is refused",
            Refused(Retry::NewConsent, _) => "declined, can be approved anew",
            Refused(Retry::SameConsent, _) => "stays, charged again after a pause; then declined",
            Refused(Retry::Later, _) => "stays, flagged, tried again",
            AskAgain => "stays, asked again",
            Unclear => "stays, a person looks",
            StopShipment => "stays, must not ship",
            NoNews => "stays",
        }
    }

    /// What the three readers are told; `operator` is the row's own, since only it knows the cause.
    pub fn words(self, operator: &'static str) -> Words {
        let (buyer, seller) = match self {
            Refused(_, reason) => (reason.words().buyer, reason.words().seller),
            Abandoned(reason) => (reason.for_buyer(), "Do not ship. The buyer has not approved the payment."),
            Registered => (
                "This seller can be paid. You need not do anything.",
                "You are registered with the payment service and can be paid.",
            ),
            Consented => (
                "You approved the payment. We confirm it and write to you as soon as it is done.",
                "Do not ship yet. The buyer approved, and no money is held so far.",
            ),
            Held => (
                "The amount is on hold and only taken when your parcel leaves.",
                "Ready to ship. Shipping takes the money that is on hold.",
            ),
            Taken => ("The payment is complete. Thank you.", "The money was taken."),
            Refunded => (
                "The money goes back the way you paid. It can take a few days to show.",
                "The money went back to the buyer.",
            ),
            Released => (
                "The payment was called off. Nothing is charged, and what was on hold is free again.",
                "Do not ship. The hold on the money was let go.",
            ),
            Expired => (
                "Time ran out, and nothing was charged. You can pay again whenever you like.",
                "Do not ship. The hold or approval ran out.",
            ),
            Pending => (
                "The payment service is still working on it. You can close this page; we write to you.",
                "Do not ship yet. The payment service is still working on it.",
            ),
            AskAgain => (Reason::Temporary.words().buyer, Reason::Temporary.words().seller),
            Unclear => (
                "We are checking with the payment service what became of the payment. You need not do anything.",
                "Do not ship yet. An operator is checking what became of the payment.",
            ),
            StopShipment => (
                "Your payment is being checked before we ship. You need not do anything.",
                "Do not ship. The payment service sees unusual activity; an operator looks at it first.",
            ),
            NoNews => ("Everything is in order with your payment.", "Everything is in order with the payment."),
        };
        Words { buyer, seller, operator }
    }
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Nothing.
    Nothing,
    /// The provider or the buyer has the next move.
    Wait,
    /// Again, at once.
    Retry,
    /// Again, more and more slowly.
    BackOff,
    /// The buyer begins a new checkout.
    NewCheckout,
    /// The buyer chooses another method.
    NewMethod,
    /// Somebody writes to the buyer.
    ContactBuyer,
    /// Somebody writes to the seller.
    ContactSeller,
    /// The parcel stays until somebody has looked.
    StopShipment,
    /// Our request is wrong.
    MendRequest,
    /// Our keys or our account are.
    MendKeys,
    /// Only the provider's support can tell.
    ContactProvider,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 12] = [
        Rule::Nothing,
        Rule::Wait,
        Rule::Retry,
        Rule::BackOff,
        Rule::NewCheckout,
        Rule::NewMethod,
        Rule::ContactBuyer,
        Rule::ContactSeller,
        Rule::StopShipment,
        Rule::MendRequest,
        Rule::MendKeys,
        Rule::ContactProvider,
    ];

    /// For the page that explains what happened: what is done, and by whom.
    pub fn label(self) -> &'static str {
        match self {
            Rule::Nothing => "nothing to do",
            Rule::Wait => "wait",
            Rule::Retry => "try again at once",
            Rule::BackOff => "try again, more and more slowly",
            Rule::NewCheckout => "the buyer begins a new checkout",
            Rule::NewMethod => "the buyer chooses another method",
            Rule::ContactBuyer => "contact the buyer",
            Rule::ContactSeller => "contact the seller",
            Rule::StopShipment => "do not ship until somebody has looked",
            Rule::MendRequest => "a bug to report",
            Rule::MendKeys => "mend keys or account",
            Rule::ContactProvider => "contact the payment service",
        }
    }
}

/// One code of a provider: what happened in its words, and what to do about it in ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderWord {
    /// Where it is met: `Charge Status`.
    pub group: &'static str,
    /// As the provider writes it; one row for each in the whole list of a provider.
    pub code: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What happened, as the provider's documents say.
    pub said: &'static str,
    /// What it means for the order.
    pub meaning: Meaning,
    /// What to do about it.
    pub rule: Rule,
    /// What buyer, seller and operator read.
    pub words: Words,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_has_words_for_buyer_and_seller_and_every_rule_says_what_is_done() {
        let refused = Reason::ALL.map(|reason| Refused(Retry::Never, reason));
        let plain = [
            Registered,
            Consented,
            Held,
            Taken,
            Refunded,
            Released,
            Expired,
            Pending,
            AskAgain,
            Unclear,
            StopShipment,
            NoNews,
        ];
        for meaning in plain.into_iter().chain(refused).chain([Abandoned(AbandonReason::Left)]) {
            let words = meaning.words("Look.");
            assert!(!meaning.label().is_empty() && words.operator == "Look.");
            for text in [words.buyer, words.seller] {
                assert!(text.ends_with('.') && text.len() > 15, "{meaning:?}: {text}");
            }
        }
        for (place, rule) in Rule::ALL.into_iter().enumerate() {
            let same = Rule::ALL.iter().filter(|other| other.label() == rule.label()).count();
            assert!(same == 1 && !rule.label().is_empty(), "{place}: {rule:?}");
        }
    }
}
