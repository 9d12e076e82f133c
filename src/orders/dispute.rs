//! A dispute, a claim or a chargeback about an order, as the shop keeps it.
//!
//! The payment service has no question and no call for them: it writes to the seller, and moves money. So a
//! record is made by a person who got its letter, or by the money. Source: FPS Advanced Quick Start,
//! "Disputes", "Amazon A-z Guarantee", "Chargebacks".

use std::time::Duration;

use crate::base::clock::{Millis, days};
use crate::base::ids::{DisputeId, OrderId, SellerId};
use crate::base::money::Money;
use crate::orders::operation::Instrument;
use crate::orders::order::Order;

/// "You have 5 business days to respond." Weekends do not count; holidays do, so that an answer is rather
/// early than late.
pub const ANSWER_DAYS: u64 = 5;

/// How long before the deadline the seller is reminded.
pub const REMINDED: Duration = days(2);

/// What a buyer has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The Buyer Dispute Program.
    Dispute,
    /// The A-to-z Guarantee.
    Claim,
    /// The buyer's bank took its money back.
    Chargeback,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Dispute, Kind::Claim, Kind::Chargeback];

    /// The word of rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Dispute => "dispute",
            Kind::Claim => "claim",
            Kind::Chargeback => "chargeback",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Dispute => "Dispute",
            Kind::Claim => "A-to-z claim",
            Kind::Chargeback => "Chargeback",
        }
    }

    /// Whether the buyer has the money until it is decided, and keeps it where nobody answers.
    pub fn takes_money_first(self) -> bool {
        self == Kind::Chargeback
    }

    /// Why there can be none about `order`, in words for who enters it. `past` are those there were.
    pub fn refused_for(self, order: &Order, past: &[Dispute]) -> Option<&'static str> {
        match self {
            Kind::Chargeback if matches!(order.instrument, Some(Instrument::Bank | Instrument::Balance)) => {
                Some("Only card payments are charged back, and this order was not paid by card.")
            }
            Kind::Chargeback if past.iter().any(|it| it.kind == Kind::Chargeback) => {
                Some("There was a chargeback of this order. A bank decides once.")
            }
            Kind::Claim if !order.travels() => {
                Some("The A-to-z Guarantee covers physical goods only. It can be a dispute.")
            }
            Kind::Claim if past.iter().any(|it| it.kind == Kind::Chargeback) => {
                Some("There is no claim under the guarantee once the bank has begun a chargeback.")
            }
            Kind::Dispute | Kind::Claim | Kind::Chargeback => None,
        }
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits for the seller's answer.
    Open,
    /// The seller has answered; it waits for a decision.
    Answered,
    /// Decided for the seller.
    Won,
    /// Decided for the buyer.
    Lost,
    /// Taken back by the buyer. A seller cannot.
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [State; 5] = [State::Open, State::Answered, State::Won, State::Lost, State::Withdrawn];

    /// The word of rows.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Answered => "answered",
            State::Won => "won",
            State::Lost => "lost",
            State::Withdrawn => "withdrawn",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a decision is still to come.
    pub fn is_open(self) -> bool {
        matches!(self, State::Open | State::Answered)
    }

    /// For the seller and the operator.
    pub fn label(self) -> &'static str {
        match self {
            State::Open => "Waits for an answer",
            State::Answered => "Answered, waits for the decision",
            State::Won => "Decided for the seller",
            State::Lost => "Decided for the buyer",
            State::Withdrawn => "Withdrawn by the buyer",
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// What it is about.
    pub order: OrderId,
    /// Who sold it.
    pub seller: SellerId,
    /// What was begun.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// How much it is about.
    pub amount: Money,
    /// What the buyer says, as the payment service writes it.
    pub reason: String,
    /// How it ended, in words; empty before.
    pub outcome: String,
    /// When it was begun.
    pub opened_at: Millis,
    /// Until when the seller may answer.
    pub answer_by: Millis,
    /// When the seller did.
    pub answered_at: Option<Millis>,
    /// When it ended.
    pub closed_at: Option<Millis>,
    /// When the program has to look at it next.
    pub due_at: Option<Millis>,
    /// The payment service.
    pub provider: String,
    /// Its transaction that took the money back.
    pub reversal: Option<String>,
    /// Its transaction that gave it to the seller again.
    pub won_back: Option<String>,
}

impl Dispute {
    /// A new one that began at `opened_at`.
    pub fn begun(order: &Order, kind: Kind, amount: Money, reason: &str, opened_at: Millis) -> Dispute {
        let answer_by = opened_at.plus_business_days(ANSWER_DAYS);
        Dispute {
            id: DisputeId::fresh(),
            order: order.id.clone(),
            seller: order.seller.clone(),
            kind,
            state: State::Open,
            amount,
            reason: reason.to_owned(),
            outcome: String::new(),
            opened_at,
            answer_by,
            answered_at: None,
            closed_at: None,
            due_at: Some(answer_by.minus(REMINDED)),
            provider: order.provider.clone(),
            reversal: None,
            won_back: None,
        }
    }

    /// It is over.
    pub fn close(&mut self, state: State, outcome: &str, now: Millis) {
        self.state = state;
        self.outcome = outcome.to_owned();
        self.closed_at = Some(now);
        self.due_at = None;
    }

    /// Whether an answer comes too late at `now`.
    pub fn is_overdue(&self, now: Millis) -> bool {
        self.state == State::Open && self.answer_by <= now
    }

    /// Whether it was answered, but after the deadline: the payment service may not have taken it.
    pub fn is_answered_late(&self) -> bool {
        self.answered_at.is_some_and(|at| self.answer_by <= at)
    }

    /// How many of the business days are left at `now`, the present one included: 5 at the beginning.
    pub fn days_left(&self, now: Millis) -> u64 {
        if self.state != State::Open || self.answer_by <= now {
            return 0;
        }
        (1..ANSWER_DAYS).find(|n| now.plus_business_days(*n) >= self.answer_by).unwrap_or(ANSWER_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Millis {
        // Monday, 10 December 2012, 08:30
        Millis(1_355_128_200_000 + minutes * 60_000)
    }

    fn dispute(kind: Kind, opened_at: Millis) -> Dispute {
        Dispute {
            id: DisputeId::fresh(),
            order: OrderId::fresh(),
            seller: SellerId::fresh(),
            kind,
            state: State::Open,
            amount: Money::usd(1900),
            reason: String::new(),
            outcome: String::new(),
            opened_at,
            answer_by: opened_at.plus_business_days(ANSWER_DAYS),
            answered_at: None,
            closed_at: None,
            due_at: None,
            provider: "fps".to_owned(),
            reversal: None,
            won_back: None,
        }
    }

    #[test]
    fn the_days_that_are_left_are_business_days() {
        let day = 24 * 60;
        let own = dispute(Kind::Chargeback, at(0));
        let left = |days: i64| own.days_left(at(days * day + 1));
        assert_eq!((own.days_left(at(0)), left(0), left(1), left(3)), (5, 5, 4, 2));
        assert_eq!((left(4), left(5), left(6)), (1, 1, 1), "Friday, Saturday and Sunday: Monday is left");
        assert_eq!((left(7), own.is_overdue(at(7 * day))), (0, true));
        let answered = Dispute { state: State::Answered, ..own };
        assert!(!answered.is_overdue(at(30 * day)) && answered.days_left(at(0)) == 0);
        let answered_at = |at: Millis| Dispute { answered_at: Some(at), ..answered.clone() };
        assert!(!answered.is_answered_late() && !answered_at(at(7 * day - 1)).is_answered_late());
        assert!(answered_at(at(7 * day)).is_answered_late());
    }

    #[test]
    fn what_is_over_waits_for_nothing() {
        let mut own = dispute(Kind::Claim, at(0));
        own.due_at = Some(at(5));
        own.close(State::Won, "Decided for you.", at(9));
        assert_eq!((own.state.is_open(), own.closed_at, own.due_at), (false, Some(at(9)), None));
    }

    #[test]
    fn words_read_back() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::from_word(kind.word()) == Some(kind)));
        assert!(State::ALL.into_iter().all(|state| State::from_word(state.word()) == Some(state)));
    }
}
