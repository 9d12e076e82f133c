//! How an FPS transaction lives: states, delays, simulated declines and fees. Pure: no clock, no database.
//!
//! Source: Advanced Quick Start, "GetTransactionStatus" (status codes), "Reserve", "Settle",
//! "Error Simulation". The fee figures are ours: the guide only orders the methods by cost.

use std::time::Duration;

use crate::base::clock::days;
use crate::base::money::Money;

/// Business time until a card charge is answered.
pub const CARD_DELAY: Duration = Duration::from_secs(1);
/// Business time until a bank debit is answered.
pub const BANK_DELAY: Duration = Duration::from_secs(2);
/// How long a reserve holds before it is cancelled by itself ("Reserve", Description).
pub const HOLD: Duration = days(7);
/// How long a caller reference is remembered.
pub const REMEMBERED: Duration = days(7);
/// How long a transaction may stay pending unless its caller says otherwise: 10,080 minutes ("TransactionTimeoutInMins").
pub const PATIENCE: Duration = days(7);
/// The most one transaction may move: 1,000,000.00 dollars (our choice; the guide names no figure).
pub const LARGEST: i64 = 100_000_000;

/// What a transaction is doing now: the operation its current state belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Money moves at once.
    Pay,
    /// An amount is held on a card.
    Reserve,
    /// The held amount is taken.
    Settle,
    /// Money goes back.
    Refund,
}

/// `TransactionStatus` of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting for the card or bank network.
    Pending,
    /// Held.
    Reserved,
    /// Done.
    Success,
    /// Refused.
    Failure,
    /// Called off, or lapsed.
    Cancelled,
}

/// What happens to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The network said yes.
    Accepted,
    /// The network said no.
    Declined,
    /// The caller (or, in the provider's pages, the recipient) calls it off.
    Cancel,
    /// The caller takes what is held.
    Settle,
    /// Seven days passed.
    HoldLapsed,
    /// The provider wants a person to look at it first.
    Flagged,
    /// It was still pending when its time was over.
    TimedOut,
}

/// The code of a transaction that waits for a person.
pub const FLAGGED_CODE: &str = "PendingVerification";

/// A state with the code and message that explain it.
pub type Explained = (Operation, State, &'static str, &'static str);

const WAITING: &str = "The transaction is awaiting a response from the backend payment processor.";
const RESERVED: &str = "The requested amount was reserved successfully against the given payment instrument.";
const CHARGED: &str = "The transaction was successful and the payment instrument was charged.";
const DENIED: &str = "The transaction was denied after investigation.";
const CALLED_OFF: &str = "The transaction was explicitly cancelled by the caller.";
const FLAGGED: &str = "The transaction has been flagged for manual investigation";
const TIMED_OUT: &str = "The transaction could not be completed within the specified timeout.";
const LAPSED: &str = "This reserved amount on the payment instrument was not settled within the timeout period";

/// Where a new transaction starts: balance payments are done at once, everything else waits.
pub fn start(operation: Operation, method: &str) -> Explained {
    match (operation, method) {
        (Operation::Pay, "ABT") => (operation, State::Success, "Success", CHARGED),
        _ => (operation, State::Pending, "PendingNetworkResponse", WAITING),
    }
}

/// The next state, or nothing where the event is not allowed.
pub fn next(operation: Operation, state: State, event: Event) -> Option<Explained> {
    use {Event as E, Operation as O, State as S};
    Some(match (operation, state, event) {
        (O::Reserve, S::Pending, E::Accepted) => (O::Reserve, S::Reserved, "Success", RESERVED),
        (_, S::Pending, E::Accepted) => (operation, S::Success, "Success", CHARGED),
        (_, S::Pending, E::Declined) => (operation, S::Failure, "TransactionDenied", DENIED),
        (O::Pay | O::Reserve, S::Pending, E::Cancel) | (O::Reserve, S::Reserved, E::Cancel) => {
            (operation, S::Cancelled, "Cancelled", CALLED_OFF)
        }
        (O::Reserve, S::Reserved, E::Settle) => (O::Settle, S::Pending, "PendingNetworkResponse", WAITING),
        (O::Pay | O::Reserve | O::Settle, S::Pending, E::Flagged) => (operation, S::Pending, FLAGGED_CODE, FLAGGED),
        (_, S::Pending, E::TimedOut) => (operation, S::Failure, "Expired", TIMED_OUT),
        (O::Reserve, S::Reserved, E::HoldLapsed) => (O::Reserve, S::Cancelled, "Expired", LAPSED),
        _ => return None,
    })
}

/// Where a new transaction starts that a person has to look at first, whatever it is paid with.
pub fn start_flagged(operation: Operation) -> Explained {
    (operation, State::Pending, FLAGGED_CODE, FLAGGED)
}

/// How long the network takes to answer for a method; a settle or refund takes as long as a charge.
pub fn delay(method: &str) -> Duration {
    if method == "ACH" { BANK_DELAY } else { CARD_DELAY }
}

/// What an amount simulates ("Error Simulation"): its first two decimals decide, even when it has more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simulated {
    /// .60 to .69: a downstream process is not available.
    TemporaryDecline,
    /// .70 to .89: insufficient funds.
    PaymentError,
}

/// The simulation an amount asks for; `cents` are its first two decimals.
pub fn simulated_by_amount(cents: i64) -> Option<Simulated> {
    match cents {
        60..=69 => Some(Simulated::TemporaryDecline),
        70..=89 => Some(Simulated::PaymentError),
        _ => None,
    }
}

/// The error a published sender or recipient token stands for; `role` is `Sender` or `Recipient`.
pub fn simulated_by_token(token: &str) -> Option<&'static str> {
    SIMULATION_TOKENS.iter().find(|(id, _)| *id == token).map(|(_, code)| *code)
}

const SIMULATION_TOKENS: [(&str, &str); 6] = [
    ("Z1LGRXR4HMDZBSFKXELA32KZASGWD8IHMHZCK4DETR784LDLD1GMFW4P3WT8VTGX", "InvalidAccountState_Sender"),
    ("E3FR7BARJV3PB631PMKV74PGKCJLBHI1Q1KMQN7BJ2JJICPDKN3N1CJIKFZ8D7NN", "UnverifiedEmailAddress_Sender"),
    ("H216UECZ8ZM1G8G4QA3V7RKF8JDFZ9SI3SJAFSGUKBBNDHX1NVM8GUQRZNRNAHER", "InvalidAccountState_Sender"),
    ("P1LL7A1LHK935DBGI5NAYCXOCLVEBHBNIU7PBXBAMRKKNLDEPI8M3MUSLZT2VANZ", "InvalidAccountState_Recipient"),
    ("C4LGSEMXN11FTUXZ2X2C7QVFHN5DVBGQJNF17AIQXXXQSX4DRG4KJFCN2KRFUUZI", "UnverifiedEmailAddress_Recipient"),
    ("R3VK49XVGCAZTJSXKN7ZSBHPMFGKM5VEEQTXGMVE8CFUZ2G5RLLMAB4J6TQRL6BU", "InvalidAccountState_Recipient"),
];

/// The provider's own fee: card 2.9 % + 0.30, bank 2.0 % + 0.05, balance 1.5 % + 0.01 dollars (our choice).
pub fn provider_fee(method: &str, amount: Money) -> Money {
    let (ppm, fixed) = match method {
        "CC" => (29_000, 30),
        "ACH" => (20_000, 5),
        _ => (15_000, 1),
    };
    fee(amount, fixed, ppm)
}

/// A fixed part plus a share in millionths, never more than the amount itself.
pub fn fee(amount: Money, fixed_minor: i64, ppm: i64) -> Money {
    let share = amount.share(ppm, 1_000_000).map_or(0, |share| share.minor);
    Money::new(share.saturating_add(fixed_minor).min(amount.minor), amount.currency)
}

/// How much of `fee` belongs to a refund that brings the refunded total from `before` to `after`: parts add up to the whole.
pub fn fee_part(fee: i64, before: i64, after: i64, amount: i64) -> i64 {
    let up_to = |refunded| Money::usd(fee).share(refunded, amount.max(1)).map_or(0, |share| share.minor);
    up_to(after) - up_to(before)
}

macro_rules! words {
    ($($kind:ident { $($variant:ident)+ })+) => {$(
        impl $kind {
            /// The word of the API, also stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }

            /// Reads the stored word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $(stringify!($variant) => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

words! {
    Operation { Pay Reserve Settle Refund }
    State { Pending Reserved Success Failure Cancelled }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_settled_once_and_only_while_it_is_held() {
        let (operation, state, ..) = next(Operation::Reserve, State::Reserved, Event::Settle).unwrap();
        assert_eq!((operation, state), (Operation::Settle, State::Pending));
        for state in [State::Pending, State::Success, State::Failure, State::Cancelled] {
            assert_eq!(next(Operation::Reserve, state, Event::Settle), None);
            assert_eq!(next(Operation::Settle, state, Event::Settle), None);
        }
    }

    const EVENTS: [Event; 7] = [
        Event::Accepted,
        Event::Declined,
        Event::Cancel,
        Event::Settle,
        Event::HoldLapsed,
        Event::Flagged,
        Event::TimedOut,
    ];

    #[test]
    fn final_states_stay() {
        for operation in [Operation::Pay, Operation::Reserve, Operation::Settle, Operation::Refund] {
            for state in [State::Success, State::Failure, State::Cancelled] {
                for event in EVENTS {
                    assert_eq!(next(operation, state, event), None);
                }
            }
        }
    }

    #[test]
    fn a_settle_or_refund_on_its_way_cannot_be_called_off() {
        assert!(next(Operation::Pay, State::Pending, Event::Cancel).is_some());
        assert_eq!(next(Operation::Settle, State::Pending, Event::Cancel), None);
        assert_eq!(next(Operation::Refund, State::Pending, Event::Cancel), None);
    }

    #[test]
    fn the_published_simulations_are_known() {
        for row in include_str!("../../../tests/data/fps/fps-simulations.tsv").lines().skip(1) {
            let columns: Vec<&str> = row.split('\t').collect();
            match (columns[0], columns[1], columns[2]) {
                ("amount_example", amount, meaning) => {
                    let cents: i64 = amount.split_once('.').unwrap().1[..2].parse().unwrap();
                    let expected = match meaning {
                        "temporary decline" => Some(Simulated::TemporaryDecline),
                        "payment error" => Some(Simulated::PaymentError),
                        _ => None,
                    };
                    assert_eq!(simulated_by_amount(cents), expected, "{amount}");
                }
                ("amount_decimals", ..) => {}
                (kind, token, meaning) => {
                    let role = if kind == "sender_token" { "Sender" } else { "Recipient" };
                    let code =
                        if meaning.contains("e-mail") { "UnverifiedEmailAddress" } else { "InvalidAccountState" };
                    assert_eq!(simulated_by_token(token), Some(format!("{code}_{role}").as_str()), "{token}");
                }
            }
        }
    }

    #[test]
    fn fees_differ_by_method_and_partial_refunds_give_back_exactly_the_whole() {
        let amount = Money::usd(10_000);
        assert_eq!(provider_fee("CC", amount), Money::usd(320));
        assert_eq!(provider_fee("ACH", amount), Money::usd(205));
        assert_eq!(provider_fee("ABT", amount), Money::usd(151));
        assert_eq!(provider_fee("CC", Money::usd(2)), Money::usd(2));
        let parts = [(0, 3333), (3333, 6666), (6666, 10_000)];
        assert_eq!(parts.iter().map(|(from, to)| fee_part(321, *from, *to, 10_000)).sum::<i64>(), 321);
    }
}
