//! How payments end: what is counted, when, and what the rates mean. The one place that defines them.
//!
//! The unit is an attempt: a buyer is sent to one provider for one order, and what follows until
//! that approval is given, refused or left. An order that FPS declines and Amazon Pay then takes is
//! two attempts: one declined at FPS, one approved at Amazon Pay.

use crate::base::money::{Currency, Money};
use crate::orders::device::Device;
use crate::orders::operation::{Instrument, Kind, Operation, Progress};
use crate::orders::refusal::Retry;
use crate::orders::state::State;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// An attempt whose money was put on hold or taken.
    Approved,
    /// An attempt that the provider refused, at its pages or afterwards.
    Declined,
    /// An attempt whose buyer came back without approving, turned to another provider or never came
    /// back, or whose order was called off before the approval.
    Abandoned,
    /// An order whose money was taken, for the first time.
    Paid,
    /// An order of which money went back, for the first time; counted on the day on which it was paid.
    Refunded,
}

impl Counted {
    /// All of them.
    pub const ALL: [Counted; 5] =
        [Counted::Approved, Counted::Declined, Counted::Abandoned, Counted::Paid, Counted::Refunded];

    /// The word of metrics.
    pub fn word(self) -> &'static str {
        match self {
            Counted::Approved => "approved",
            Counted::Declined => "declined",
            Counted::Abandoned => "abandoned",
            Counted::Paid => "paid",
            Counted::Refunded => "refunded",
        }
    }
}

/// How an attempt ended, now that `operation` is closed and its order stands in `state`; none where
/// it goes on, or was called off by ourselves before anybody had decided.
pub fn ending(operation: &Operation, state: State) -> Option<Counted> {
    let is_refused = operation.refusal.as_ref().is_some_and(|refusal| refusal.retry != Retry::Later);
    match (operation.kind, operation.progress) {
        (Kind::Consent, Progress::Failed) if is_refused => Some(Counted::Declined),
        (Kind::Consent, Progress::Failed) => Some(Counted::Abandoned),
        (Kind::Reserve | Kind::Pay, Progress::Succeeded) => Some(Counted::Approved),
        // still approved: no card is behind it and the amount is paid at once, or a soft decline is tried again
        (Kind::Reserve, Progress::Failed) if state == State::Consented => None,
        (Kind::Reserve | Kind::Pay, Progress::Failed) if is_refused => Some(Counted::Declined),
        _ => None,
    }
}

/// What the rates are told apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Payment {
    /// Who was asked: `fps`.
    pub provider: String,
    /// How the buyer paid; none who left before choosing.
    pub method: Option<Instrument>,
    /// What the checkout was made on.
    pub device: Device,
    /// Where the parcel goes, ISO 3166 alpha-2.
    pub country: String,
    /// The order's currency.
    pub currency: Currency,
    /// How much, as the place of its band, from 0.
    pub band: usize,
}

/// Where the value bands begin, in whole dollars or what is worth about as much.
const BANDS: [i64; 6] = [0, 10, 25, 50, 100, 250];

/// What one of those units is in `currency`: a rough measure is enough for a band.
fn unit(currency: Currency) -> i64 {
    match currency.code() {
        "DKK" | "NOK" | "SEK" | "HKD" | "ZAR" => 10 * currency.scale(),
        _ if currency.exponent() == 0 => 100,
        _ => currency.scale(),
    }
}

/// The band of an amount.
pub fn band_of(amount: Money) -> usize {
    let unit = unit(amount.currency);
    BANDS.iter().rposition(|from| amount.minor >= from * unit).unwrap_or(0)
}

/// The bands of `currency`: from where, and up to below where.
pub fn bands(currency: Currency) -> impl Iterator<Item = (Money, Option<Money>)> {
    let at = move |from: &i64| Money::new(from * unit(currency), currency);
    BANDS.iter().enumerate().map(move |(place, from)| (at(from), BANDS.get(place + 1).map(at)))
}

/// How much of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
}

/// Below this many, a percentage says less than its counts.
pub const FEW: i64 = 20;

impl Rate {
    /// Tenths of a percent, rounded half up; none of nothing.
    pub fn permille(self) -> Option<i64> {
        let (part, whole) = (i128::from(self.part), i128::from(self.whole));
        if whole == 0 { None } else { i64::try_from((2000 * part + whole) / (2 * whole)).ok() }
    }

    /// `92.4 %`, or a dash.
    pub fn percent(self) -> String {
        match self.permille() {
            Some(permille) => format!("{}.{} %", permille / 10, permille % 10),
            None => "–".to_owned(),
        }
    }

    /// Whether there are too few to read the percentage.
    pub fn is_few(self) -> bool {
        self.whole < FEW
    }
}

/// Sums of what was counted, and the rates they make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    sums: [i64; 5],
}

impl Tally {
    /// Adds `number`.
    pub fn add(&mut self, counted: Counted, number: i64) {
        self.sums[counted as usize] += number;
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Tally) {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, number)| *sum += number);
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        *self == Tally::default()
    }

    /// How many.
    pub fn count(&self, counted: Counted) -> i64 {
        self.sums[counted as usize]
    }

    /// Attempts that ended.
    pub fn ended(&self) -> i64 {
        self.count(Counted::Approved) + self.count(Counted::Declined) + self.count(Counted::Abandoned)
    }

    /// Attempts approved, of those that ended.
    pub fn approval(&self) -> Rate {
        Rate { part: self.count(Counted::Approved), whole: self.ended() }
    }

    /// Attempts declined, of those that ended.
    pub fn decline(&self) -> Rate {
        Rate { part: self.count(Counted::Declined), whole: self.ended() }
    }

    /// Attempts abandoned, of those that ended.
    pub fn abandonment(&self) -> Rate {
        Rate { part: self.count(Counted::Abandoned), whole: self.ended() }
    }

    /// Orders refunded at least in part, of those paid.
    pub fn refund(&self) -> Rate {
        Rate { part: self.count(Counted::Refunded), whole: self.count(Counted::Paid) }
    }
}

/// The definitions as the page prints them: the rate, and what it is of what.
pub const DEFINITIONS: [(&str, &str); 4] = [
    ("Approval", "attempts whose money was put on hold or taken, of all attempts that ended."),
    (
        "Decline",
        "attempts that the payment service refused, at its pages or when the money was to be held or taken, of all attempts that ended.",
    ),
    (
        "Abandonment",
        "attempts whose buyer came back without approving, chose another payment service or did not come back within a day, or whose order was called off before the approval, of all attempts that ended.",
    ),
    (
        "Refund",
        "orders of which money went back, in whole or in part, of all orders paid. A refund counts on the day on which its order was paid.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Millis;
    use crate::base::ids::OrderId;
    use crate::orders::operation::{Request, Subject};
    use crate::orders::refusal::{Reason, Refusal};

    fn closed(kind: Kind, progress: Progress, retry: Option<Retry>) -> Operation {
        let request = Request::Cancel { hold: "T1".to_owned() };
        let subject = Subject::Order(OrderId::fresh());
        let refusal = |retry| Refusal { retry, reason: Reason::Denied, code: "No".into(), message: String::new() };
        Operation {
            progress,
            refusal: retry.map(refusal),
            ..Operation::wanted(subject, kind, "fps", request, Money::usd(100), Millis(0))
        }
    }

    #[test]
    fn an_attempt_ends_once_and_as_what_it_was() {
        use Progress::{Failed, Pending, Succeeded, Unknown};
        let no = Some(Retry::NewConsent);
        for (kind, progress, retry, state, counted) in [
            (Kind::Consent, Succeeded, None, State::Consented, None),
            (Kind::Consent, Failed, None, State::Placed, Some(Counted::Abandoned)),
            (Kind::Consent, Failed, Some(Retry::Later), State::Placed, Some(Counted::Abandoned)),
            (Kind::Consent, Failed, no, State::Declined, Some(Counted::Declined)),
            (Kind::Reserve, Succeeded, None, State::Reserved, Some(Counted::Approved)),
            (Kind::Reserve, Succeeded, Some(Retry::Later), State::Reserved, Some(Counted::Approved)),
            (Kind::Reserve, Failed, no, State::Declined, Some(Counted::Declined)),
            (Kind::Reserve, Failed, no, State::Consented, None),
            (Kind::Reserve, Failed, None, State::Cancelled, None),
            (Kind::Pay, Succeeded, None, State::Paid, Some(Counted::Approved)),
            (Kind::Pay, Failed, no, State::Declined, Some(Counted::Declined)),
            (Kind::Pay, Unknown, None, State::Consented, None),
            (Kind::Pay, Pending, None, State::Consented, None),
            (Kind::Settle, Failed, no, State::Declined, None),
            (Kind::Refund, Failed, no, State::Paid, None),
        ] {
            assert_eq!(ending(&closed(kind, progress, retry), state), counted, "{kind:?} {progress:?} {state}");
        }
    }

    #[test]
    fn rates_are_parts_of_what_ended_and_nothing_of_nothing() {
        let mut tally = Tally::default();
        assert_eq!((tally.approval().percent().as_str(), tally.refund().permille()), ("–", None));
        for (counted, number) in Counted::ALL.into_iter().zip([61, 4, 1, 50, 3]) {
            tally.add(counted, number);
        }
        assert_eq!(tally.ended(), 66);
        assert_eq!(tally.approval().percent(), "92.4 %");
        assert_eq!(tally.decline().percent(), "6.1 %");
        assert_eq!(tally.abandonment().percent(), "1.5 %");
        assert_eq!((tally.refund().percent().as_str(), tally.refund().is_few()), ("6.0 %", false));
        assert!(Rate { part: 2, whole: 3 }.is_few());
    }

    #[test]
    fn bands_begin_where_they_say_in_every_currency() {
        assert_eq!([999, 1000, 4999, 5000, 1_000_000].map(|cents| band_of(Money::usd(cents))), [0, 1, 2, 3, 5]);
        let yen = Currency::from_code("JPY").unwrap();
        assert_eq!([999, 1000, 25_000].map(|minor| band_of(Money::new(minor, yen))), [0, 1, 5]);
        for (place, (from, to)) in bands(yen).enumerate() {
            assert_eq!(band_of(from), place);
            assert!(to.is_none_or(|to| band_of(to) == place + 1));
        }
    }
}
