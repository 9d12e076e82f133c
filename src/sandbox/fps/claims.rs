//! What a buyer may say of a payment beside asking for a refund: a dispute, an A-to-z Guarantee claim, a
//! chargeback of the bank. Pure: which of them may be filed, for how much, and what follows from an end.
//!
//! Source: Advanced Quick Start, "Business Considerations": "Disputes", "Amazon A-z Guarantee", "Amazon Buyer
//! Dispute Program", "Chargebacks". None of it is in the API.

use std::time::Duration;

use super::state::claims::Case;
use super::state::transactions::Transaction;
use crate::base::clock::{Millis, days};
use crate::sandbox::fps::machine::State;

/// "The buyer must wait 15 days from the order date to submit a claim."
pub const CLAIM_WAIT: Duration = days(15);
/// "From that point, the buyer has 90 days to submit a claim."
pub const CLAIM_SPAN: Duration = days(90);
/// "up to $2,500 of the purchase price, including shipping charges", in cents.
pub const CLAIM_MOST: i64 = 250_000;
/// "You have 5 business days to respond."
pub const ANSWER_DAYS: u64 = 5;
/// How long the words of either side may be, in characters.
pub const LONGEST_WORDS: usize = 2000;

/// What is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The Buyer Dispute Program: what the guarantee does not cover.
    Dispute,
    /// The A-to-z Guarantee.
    Claim,
    /// The bank takes a card payment back.
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

    /// For people, and the description of the transactions that come of it: how a caller knows them from a
    /// refund that the seller made. The guide names no other sign.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Dispute => "Buyer dispute",
            Kind::Claim => "A-to-z Guarantee claim",
            Kind::Chargeback => "Chargeback",
        }
    }
}

/// What was bought. The service does not know, so the form asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// Something that is sent in a parcel.
    Physical,
    /// Work that is done.
    Service,
    /// Something that is downloaded or read.
    Digital,
    /// A gift card, or another equivalent of cash.
    Cash,
}

impl Goods {
    /// All of them.
    pub const ALL: [Goods; 4] = [Goods::Physical, Goods::Service, Goods::Digital, Goods::Cash];

    /// The word of rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Goods::Physical => "physical",
            Goods::Service => "service",
            Goods::Digital => "digital",
            Goods::Cash => "cash",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Goods> {
        Goods::ALL.into_iter().find(|goods| goods.word() == word)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Goods::Physical => "physical goods",
            Goods::Service => "a service",
            Goods::Digital => "digital goods",
            Goods::Cash => "a gift card or the like",
        }
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It never came.
    Missing,
    /// It is not what was described.
    Different,
    /// It broke more than 30 days after it was sent, and is under warranty.
    BrokenUnderWarranty,
    /// It was paid twice, or never bought.
    NotBought,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Trouble; 4] =
        [Trouble::Missing, Trouble::Different, Trouble::BrokenUnderWarranty, Trouble::NotBought];

    /// The word of rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Trouble::Missing => "missing",
            Trouble::Different => "different",
            Trouble::BrokenUnderWarranty => "warranty",
            Trouble::NotBought => "not_bought",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Trouble> {
        Trouble::ALL.into_iter().find(|trouble| trouble.word() == word)
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Trouble::Missing => "It never arrived",
            Trouble::Different => "It is not as described, or damaged",
            Trouble::BrokenUnderWarranty => "It broke more than 30 days after it was sent, and is under warranty",
            Trouble::NotBought => "I was charged twice, or never bought it",
        }
    }
}

/// What the form says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is to be filed.
    pub kind: Kind,
    /// What was bought.
    pub goods: Goods,
    /// What is wrong.
    pub trouble: Trouble,
}

/// What is filed of `asked`, and for how many cents; else the sentence that says why not. A dispute about
/// something that the guarantee covers is filed as a claim: "we will process a submission as an A-z Guarantee
/// claim".
pub fn file(asked: Complaint, payment: &Transaction, past: &[Case], now: Millis) -> Result<(Kind, i64), &'static str> {
    let is_payment = payment.kind != "Refund" && payment.parent_id.is_empty() && payment.state() == State::Success;
    if !is_payment {
        return Err("Only a payment that went through can be disputed.");
    }
    let left = payment.current_amount().minor - payment.refunded_minor - payment.refunding_minor;
    if left <= 0 {
        return Err("All of it was given back already.");
    }
    match asked.kind {
        Kind::Chargeback => {
            if payment.method != "CC" {
                return Err("A bank charges back card payments only. Open a dispute or file a claim instead.");
            }
            if past.iter().any(|case| case.kind() == Kind::Chargeback) {
                return Err("The bank was asked before. It decides once.");
            }
            Ok((Kind::Chargeback, left))
        }
        _ if asked.trouble == Trouble::NotBought => {
            Err("What was charged twice, or never bought, is for the bank: ask for a chargeback.")
        }
        kind => {
            if past.iter().any(Case::is_open) {
                return Err("There is an open case about this payment. Wait for its end.");
            }
            match (kind, covered(asked, payment, past, now)) {
                (Kind::Claim, Err(why)) => Err(why),
                (Kind::Dispute, Err(_)) if past.iter().any(|case| case.kind() == Kind::Dispute) => {
                    Err("There was a dispute about this payment. It is decided.")
                }
                (Kind::Dispute, Err(_)) => Ok((Kind::Dispute, left)),
                (_, Ok(())) => Ok((Kind::Claim, left.min(CLAIM_MOST))),
                (Kind::Chargeback, Err(why)) => Err(why),
            }
        }
    }
}

/// Whether the A-to-z Guarantee covers it.
fn covered(asked: Complaint, payment: &Transaction, past: &[Case], now: Millis) -> Result<(), &'static str> {
    let ordered = Millis(payment.received_at);
    if asked.goods != Goods::Physical {
        return Err(
            "The A-to-z Guarantee covers physical goods only: no services, digital goods or gift cards. Open a dispute instead.",
        );
    }
    if past.iter().any(|case| case.kind() == Kind::Chargeback) {
        return Err("The bank has begun a chargeback, so the A-to-z Guarantee does not cover it any more.");
    }
    if past.iter().any(|case| case.kind() == Kind::Claim) {
        return Err("A claim about this payment was filed before. It is decided.");
    }
    if asked.trouble == Trouble::BrokenUnderWarranty {
        return Err("What breaks later than 30 days and is under warranty is repaired or replaced by its maker.");
    }
    if now < ordered.plus(CLAIM_WAIT) {
        return Err("A claim can be filed from 15 days after the order on. Until then, write to the seller.");
    }
    if now > ordered.plus(CLAIM_WAIT).plus(CLAIM_SPAN) {
        return Err("The 90 days in which a claim could be filed are over.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn payment(method: &str, cents: i64) -> Transaction {
        Transaction {
            kind: "Pay".to_owned(),
            state: "Success".to_owned(),
            method: method.to_owned(),
            amount_minor: cents,
            ..Transaction::default()
        }
    }

    fn past(kind: Kind, state: &str) -> Case {
        Case { kind: kind.word().to_owned(), state: state.to_owned(), ..Case::default() }
    }

    fn say(kind: Kind, goods: Goods) -> Complaint {
        Complaint { kind, goods, trouble: Trouble::Missing }
    }

    #[test]
    fn a_claim_is_for_physical_goods_between_the_15th_and_the_105th_day() {
        let paid = payment("ABT", 1900);
        let claim = |goods, day: i64| file(say(Kind::Claim, goods), &paid, &[], Millis(day * DAY));
        assert_eq!(claim(Goods::Physical, 15), Ok((Kind::Claim, 1900)));
        assert_eq!(claim(Goods::Physical, 105), Ok((Kind::Claim, 1900)));
        assert!(claim(Goods::Physical, 14).unwrap_err().contains("15 days"));
        assert!(claim(Goods::Physical, 106).unwrap_err().contains("90 days"));
        for goods in [Goods::Service, Goods::Digital, Goods::Cash] {
            assert!(claim(goods, 20).unwrap_err().contains("physical goods only"));
        }
        let late = Complaint { trouble: Trouble::BrokenUnderWarranty, ..say(Kind::Claim, Goods::Physical) };
        assert!(file(late, &paid, &[], Millis(40 * DAY)).unwrap_err().contains("maker"));
        for kind in [Kind::Claim, Kind::Dispute] {
            let never = Complaint { trouble: Trouble::NotBought, ..say(kind, Goods::Physical) };
            assert!(file(never, &paid, &[], Millis(20 * DAY)).unwrap_err().contains("chargeback"));
        }
        let dear = payment("CC", 300_000);
        assert_eq!(
            file(say(Kind::Claim, Goods::Physical), &dear, &[], Millis(20 * DAY)),
            Ok((Kind::Claim, CLAIM_MOST))
        );
    }

    #[test]
    fn a_chargeback_is_for_cards_once_and_shuts_the_guarantee() {
        let card = payment("CC", 1900);
        let ask = say(Kind::Chargeback, Goods::Physical);
        let now = Millis(20 * DAY);
        assert_eq!(file(ask, &card, &[], now), Ok((Kind::Chargeback, 1900)));
        for method in ["ABT", "ACH"] {
            assert!(file(ask, &payment(method, 1900), &[], now).unwrap_err().contains("card payments only"));
        }
        let over = [past(Kind::Chargeback, "denied")];
        assert!(file(ask, &card, &over, now).unwrap_err().contains("once"));
        let claim = say(Kind::Claim, Goods::Physical);
        assert_eq!(file(claim, &card, &[], now), Ok((Kind::Claim, 1900)));
        assert!(file(claim, &card, &over, now).unwrap_err().contains("chargeback"));
        let open = [past(Kind::Claim, "open")];
        assert_eq!(file(ask, &card, &open, now), Ok((Kind::Chargeback, 1900)), "the bank does not ask about claims");
    }

    #[test]
    fn a_dispute_about_what_the_guarantee_covers_is_a_claim() {
        let paid = payment("CC", 1900);
        let ask = |goods, day: i64| file(say(Kind::Dispute, goods), &paid, &[], Millis(day * DAY));
        assert_eq!(ask(Goods::Physical, 20), Ok((Kind::Claim, 1900)));
        assert_eq!(ask(Goods::Physical, 3), Ok((Kind::Dispute, 1900)), "too early for a claim");
        assert_eq!(ask(Goods::Service, 20), Ok((Kind::Dispute, 1900)));
        let open = [past(Kind::Dispute, "answered")];
        let twice = file(say(Kind::Dispute, Goods::Service), &paid, &open, Millis(DAY));
        assert!(twice.unwrap_err().contains("open case"));
    }

    #[test]
    fn only_money_that_was_paid_and_not_given_back_can_be_disputed() {
        let ask = say(Kind::Dispute, Goods::Service);
        let refund = Transaction { kind: "Refund".to_owned(), ..payment("CC", 1900) };
        let returned = Transaction { parent_id: "14R".to_owned(), ..payment("CC", 1900) };
        let held = Transaction { state: "Reserved".to_owned(), ..payment("CC", 1900) };
        for other in [refund, returned, held] {
            assert!(file(ask, &other, &[], Millis(DAY)).unwrap_err().contains("went through"));
        }
        let empty = Transaction { refunded_minor: 1000, refunding_minor: 900, ..payment("CC", 1900) };
        assert!(file(ask, &empty, &[], Millis(DAY)).unwrap_err().contains("given back"));
        let partly = Transaction { refunded_minor: 400, ..payment("CC", 1900) };
        assert_eq!(file(ask, &partly, &[], Millis(DAY)), Ok((Kind::Dispute, 1500)));
    }

    #[test]
    fn words_read_back() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::from_word(kind.word()) == Some(kind)));
        assert!(Goods::ALL.into_iter().all(|goods| Goods::from_word(goods.word()) == Some(goods)));
        assert!(Trouble::ALL.into_iter().all(|trouble| Trouble::from_word(trouble.word()) == Some(trouble)));
    }
}
