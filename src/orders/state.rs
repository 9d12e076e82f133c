//! The order's states and the only ways between them.
//!
//! A fact is what a provider told us, or what a person did where no money moves. The table is
//! exhaustive: a new state or fact does not compile until every pair is decided.

use std::fmt;

/// Where an order stands. Declared in the order of a normal life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Frozen; the buyer is at the provider.
    Placed,
    /// The buyer's approval is held, no money yet.
    Consented,
    /// Money is on hold until a date.
    Reserved,
    /// Money is taken, the goods are still here.
    Paid,
    /// Money is taken, the goods are on their way.
    Shipped,
    /// Everything was given back.
    Refunded,
    /// Called off before money was taken.
    Cancelled,
    /// The provider refused.
    Declined,
    /// An approval or a hold ran out.
    Expired,
}

/// What happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// The buyer approved at the provider.
    Consented,
    /// The buyer left the provider's pages without approving.
    Abandoned,
    /// The amount is on hold.
    Reserved,
    /// The amount on hold was taken, at shipment.
    Settled,
    /// The amount was taken at once.
    Paid,
    /// Money went back; `complete` when nothing is left of the sale.
    Refunded {
        /// Whether the sum of all refunds is the order's total.
        complete: bool,
    },
    /// The seller sent goods that were paid before.
    Shipped,
    /// Called off by a person while no money was held.
    Withdrawn,
    /// The provider let the hold go.
    Released,
    /// The provider refused.
    Refused,
    /// Time ran out, and the provider confirms it.
    Expired,
    /// The hold ran out, and the seller asks the buyer to approve once more.
    AskedAgain,
    /// What had gone back was taken again, because a dispute ended well for the seller.
    WonBack {
        /// Whether the goods had been sent before.
        was_sent: bool,
    },
}

/// What a fact does to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The order moves on.
    To(State),
    /// True, worth a line in the timeline, but the state stays.
    Stays,
    /// Old news: the order is already past it.
    Ignored,
    /// Money moved on an order that was given up: book it, give it back, call a person.
    MoneyAfterGivingUp,
    /// Cannot be: book nothing, call a person.
    Impossible,
}

impl State {
    /// All states.
    pub const ALL: [State; 9] = [
        State::Placed,
        State::Consented,
        State::Reserved,
        State::Paid,
        State::Shipped,
        State::Refunded,
        State::Cancelled,
        State::Declined,
        State::Expired,
    ];

    /// What `fact` does to an order in this state.
    pub fn after(self, fact: Fact) -> Change {
        use Change::*;
        use State::*;
        match (self, fact) {
            (Placed | Declined, Fact::Consented) => To(Consented),
            (Consented | Reserved | Paid | Shipped | Refunded, Fact::Consented) => Ignored,
            (Cancelled | Expired, Fact::Consented) => Ignored,

            (Placed, Fact::Abandoned) => Stays,
            (_, Fact::Abandoned) => Ignored,

            (Placed | Consented, Fact::Reserved) => To(Reserved),
            (Reserved | Paid | Shipped | Refunded, Fact::Reserved) => Ignored,
            (Cancelled | Declined | Expired, Fact::Reserved) => MoneyAfterGivingUp,

            (Reserved, Fact::Settled) => To(Shipped),
            (Placed | Consented, Fact::Settled) => To(Shipped),
            (Paid | Shipped | Refunded, Fact::Settled) => Ignored,
            (Cancelled | Declined | Expired, Fact::Settled) => MoneyAfterGivingUp,

            (Placed | Consented, Fact::Paid) => To(Paid),
            (Reserved, Fact::Paid) => To(Paid),
            (Paid | Shipped | Refunded, Fact::Paid) => Ignored,
            (Cancelled | Declined | Expired, Fact::Paid) => MoneyAfterGivingUp,

            (Paid | Shipped, Fact::Refunded { complete: true }) => To(Refunded),
            (Paid | Shipped, Fact::Refunded { complete: false }) => Stays,
            (Refunded | Cancelled | Declined | Expired, Fact::Refunded { .. }) => Stays,
            (Placed | Consented | Reserved, Fact::Refunded { .. }) => Impossible,

            (Paid, Fact::Shipped) => To(Shipped),
            (Shipped, Fact::Shipped) => Ignored,
            (_, Fact::Shipped) => Impossible,

            (Placed | Consented | Declined, Fact::Withdrawn) => To(Cancelled),
            (Cancelled | Expired, Fact::Withdrawn) => Ignored,
            (Reserved | Paid | Shipped | Refunded, Fact::Withdrawn) => Impossible,

            (Placed | Consented | Reserved, Fact::Released) => To(Cancelled),
            (Cancelled | Declined | Expired, Fact::Released) => Stays,
            (Paid | Shipped | Refunded, Fact::Released) => Impossible,

            (Placed | Consented | Reserved, Fact::Refused) => To(Declined),
            (Paid | Shipped | Refunded | Cancelled | Declined | Expired, Fact::Refused) => Ignored,

            (Placed | Consented | Reserved, Fact::Expired) => To(Expired),
            (Paid | Shipped | Refunded | Cancelled | Declined | Expired, Fact::Expired) => Ignored,

            (Expired, Fact::AskedAgain) => To(Placed),
            (_, Fact::AskedAgain) => Impossible,

            (Refunded, Fact::WonBack { was_sent: true }) => To(Shipped),
            (Refunded, Fact::WonBack { was_sent: false }) => To(Paid),
            (Paid | Shipped, Fact::WonBack { .. }) => Stays,
            (Cancelled | Declined | Expired, Fact::WonBack { .. }) => MoneyAfterGivingUp,
            (Placed | Consented | Reserved, Fact::WonBack { .. }) => Impossible,
        }
    }

    /// The word of rows and JSON: `placed`, `consented`…
    pub fn word(self) -> &'static str {
        match self {
            State::Placed => "placed",
            State::Consented => "consented",
            State::Reserved => "reserved",
            State::Paid => "paid",
            State::Shipped => "shipped",
            State::Refunded => "refunded",
            State::Cancelled => "cancelled",
            State::Declined => "declined",
            State::Expired => "expired",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the order came to an end without a sale: its stock goes back on the shelf.
    pub fn is_given_up(self) -> bool {
        matches!(self, State::Cancelled | State::Declined | State::Expired)
    }

    /// Whether money was taken for it.
    pub fn is_sold(self) -> bool {
        matches!(self, State::Paid | State::Shipped | State::Refunded)
    }

    /// Whether the buyer can go (again) to the provider to approve.
    pub fn waits_for_approval(self) -> bool {
        matches!(self, State::Placed | State::Declined)
    }

    /// Whether the parcel may go out.
    pub fn is_ready_to_ship(self) -> bool {
        matches!(self, State::Reserved | State::Paid)
    }

    /// Whether the order can end without money being taken.
    pub fn can_be_called_off(self) -> bool {
        matches!(self, State::Placed | State::Consented | State::Reserved | State::Declined)
    }

    /// What the buyer reads.
    pub fn for_buyer(self) -> &'static str {
        match self {
            State::Placed => "Waiting for your approval",
            State::Consented => "Approved, confirming the payment",
            State::Reserved => "Payment on hold, charged when it ships",
            State::Paid => "Paid, getting ready to ship",
            State::Shipped => "Shipped",
            State::Refunded => "Refunded",
            State::Cancelled => "Cancelled",
            State::Declined => "Payment declined",
            State::Expired => "Expired",
        }
    }

    /// What the buyer can expect next.
    pub fn next_for_buyer(self) -> &'static str {
        match self {
            State::Placed => "Nothing is charged before you approve the payment. The order waits for you for a day.",
            State::Consented => "The payment service confirms the payment. We write to you as soon as it is done.",
            State::Reserved => "The seller packs your parcel. The amount is only taken when the parcel leaves.",
            State::Paid => "The seller packs your parcel, and we write to you when it is on its way.",
            State::Shipped => "Your parcel is on its way. If something is not right, write to the seller below.",
            State::Refunded => "The money goes back the way you paid. It can take a few days to show.",
            State::Cancelled => "Nothing is charged for it. Whatever was on hold has been let go.",
            State::Declined => "Nothing was charged. You can try again, with another way to pay if you like.",
            State::Expired => "Nothing is charged for it. You can put the same things into your cart again.",
        }
    }

    /// What the seller reads: mostly what it means for the parcel.
    pub fn for_seller(self) -> &'static str {
        match self {
            State::Placed => "Do not ship: the buyer is still paying",
            State::Consented => "Do not ship yet: no money is held",
            State::Reserved => "Ready to ship: shipping takes the money",
            State::Paid => "Ready to ship: already paid",
            State::Shipped => "Shipped and paid",
            State::Refunded => "Given back in full",
            State::Cancelled => "Do not ship: called off",
            State::Declined => "Do not ship: the payment was declined",
            State::Expired => "Do not ship: time ran out",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: [Fact; 13] = [
        Fact::Consented,
        Fact::Abandoned,
        Fact::Reserved,
        Fact::Settled,
        Fact::Paid,
        Fact::Refunded { complete: true },
        Fact::Refunded { complete: false },
        Fact::Shipped,
        Fact::Withdrawn,
        Fact::Released,
        Fact::Refused,
        Fact::Expired,
        Fact::AskedAgain,
    ];

    #[test]
    fn a_card_order_goes_from_placed_to_shipped() {
        let mut state = State::Placed;
        for fact in [Fact::Consented, Fact::Reserved, Fact::Settled] {
            let Change::To(next) = state.after(fact) else { panic!("{state} {fact:?}") };
            state = next;
        }
        assert_eq!(state, State::Shipped);
    }

    #[test]
    fn the_same_fact_twice_changes_nothing_the_second_time() {
        for state in State::ALL {
            for fact in FACTS {
                if let Change::To(next) = state.after(fact) {
                    assert!(!matches!(next.after(fact), Change::To(_)), "{state} {fact:?} twice");
                }
            }
        }
    }

    #[test]
    fn money_that_was_taken_is_never_undone_by_anything_but_a_refund() {
        for state in [State::Paid, State::Shipped] {
            for fact in FACTS {
                if let Change::To(next) = state.after(fact) {
                    assert!(next.is_sold(), "{state} {fact:?} -> {next}");
                }
            }
        }
    }

    #[test]
    fn nothing_goes_back_to_an_earlier_step() {
        let rank = |state| State::ALL.iter().position(|s| *s == state);
        for state in State::ALL.into_iter().filter(|state| *state != State::Declined) {
            for fact in FACTS {
                if let Change::To(next) = state.after(fact) {
                    let begins_anew = (state, fact, next) == (State::Expired, Fact::AskedAgain, State::Placed);
                    assert!(rank(next) > rank(state) || begins_anew, "{state} {fact:?} -> {next}");
                }
            }
        }
    }

    #[test]
    fn only_what_was_won_back_leads_out_of_refunded_and_to_where_it_was() {
        for fact in FACTS {
            assert!(!matches!(State::Refunded.after(fact), Change::To(_)), "{fact:?}");
        }
        let won = |state: State, was_sent| state.after(Fact::WonBack { was_sent });
        assert_eq!(won(State::Refunded, true), Change::To(State::Shipped));
        assert_eq!(won(State::Refunded, false), Change::To(State::Paid));
        for state in [State::Paid, State::Shipped] {
            assert_eq!(won(state, true), Change::Stays, "part of it had gone back, or nothing yet");
        }
        assert_eq!(won(State::Cancelled, false), Change::MoneyAfterGivingUp);
        assert_eq!(won(State::Reserved, false), Change::Impossible);
    }

    #[test]
    fn money_on_a_given_up_order_is_noticed() {
        for state in [State::Cancelled, State::Declined, State::Expired] {
            for fact in [Fact::Reserved, Fact::Settled, Fact::Paid] {
                assert_eq!(state.after(fact), Change::MoneyAfterGivingUp);
            }
        }
    }

    #[test]
    fn words_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
    }
}
