//! The rule of a token: which amounts it pays, how often, how much in all.

use super::Period;
use crate::base::clock::Millis;
use crate::base::money::Money;

/// What a sender's token allows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// One purchase of one amount: SingleUse.
    Once {
        /// Cents.
        amount_minor: i64,
    },
    /// The same amount once in every period: Recurring.
    Every {
        /// Cents.
        amount_minor: i64,
        /// How long to wait after a charge.
        period: Period,
    },
    /// Any number of charges inside limits: MultiUse.
    Within {
        /// What one charge may amount to; `None` for anything.
        each: Option<(AmountType, i64)>,
        /// At most three; the first one is the amount for the whole life.
        limits: Vec<Limit>,
    },
}

/// How `transactionAmount` of a multi-use token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum AmountType {
    /// This amount and no other.
    Exact,
    /// This amount or less.
    Maximum,
    /// This amount or more.
    Minimum,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Measure {
    /// Cents.
    Amount,
    /// Charges.
    Count,
}

/// One usage limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limit {
    /// What it counts.
    pub measure: Measure,
    /// How much of it there may be.
    pub most: i64,
    /// In which time; `None` for the token's whole life.
    pub period: Option<Period>,
}

/// One charge that counts: made, on its way, or held. Refused, failed and cancelled ones do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Use {
    /// When it was asked for.
    pub at: i64,
    /// Cents: of a settled reserve, what was taken.
    pub amount_minor: i64,
}

/// What a token was used for in two windows of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// In the latest window, in the limit's measure.
    pub now: i64,
    /// In the window before it.
    pub before: i64,
    /// When the latest window began.
    pub since: Millis,
}

/// Why a charge does not fit a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The rule has another amount.
    Amount,
    /// The period is not over, or a limit would be passed.
    Usage,
}

impl Limit {
    /// What the uses amount to, in windows that begin at `start`, the token's first moment.
    pub fn usage(&self, uses: &[Use], start: Millis, now: Millis) -> Usage {
        let since = self.period.map_or(start, |period| period.window(start, now));
        let before = self.period.and_then(|period| period.window_before(start, now));
        let within = |from: Millis, to: Millis| -> i64 {
            uses.iter().filter(|own| own.at >= from.0 && own.at < to.0).map(|own| self.weight(own.amount_minor)).sum()
        };
        Usage { now: within(since, Millis(i64::MAX)), before: before.map_or(0, |before| within(before, since)), since }
    }

    /// How much is left in the latest window.
    pub fn left(&self, uses: &[Use], start: Millis, now: Millis) -> i64 {
        (self.most - self.usage(uses, start, now).now).max(0)
    }

    fn weight(&self, amount_minor: i64) -> i64 {
        if self.measure == Measure::Amount { amount_minor } else { 1 }
    }
}

impl Rule {
    /// What each limit was used for: of a recurring token, the one charge of its period.
    pub fn usage(&self, uses: &[Use], start: Millis, now: Millis) -> Vec<(Limit, Usage)> {
        match self {
            Rule::Once { .. } => Vec::new(),
            Rule::Within { limits, .. } => limits.iter().map(|limit| (*limit, limit.usage(uses, start, now))).collect(),
            Rule::Every { period, .. } => {
                let last = uses.iter().map(|own| Millis(own.at)).max();
                let usage = match last.map(|last| (last, period.next_charge(last))) {
                    None => Usage { now: 0, before: 0, since: start },
                    Some((last, next)) if now < next => {
                        Usage { now: 1, before: i64::from(uses.len() > 1), since: last }
                    }
                    Some((_, next)) => Usage { now: 0, before: 1, since: next },
                };
                vec![(Limit { measure: Measure::Count, most: 1, period: Some(*period) }, usage)]
            }
        }
    }

    /// Whether a charge of `amount` fits at `now`, after the `uses` there were since `start`.
    pub fn admits(&self, amount: Money, uses: &[Use], start: Millis, now: Millis) -> Result<(), Misfit> {
        let is_fitting = |is_good: bool, misfit: Misfit| if is_good { Ok(()) } else { Err(misfit) };
        match self {
            Rule::Once { amount_minor } => is_fitting(amount.minor == *amount_minor, Misfit::Amount),
            Rule::Every { amount_minor, period } => {
                is_fitting(amount.minor == *amount_minor, Misfit::Amount)?;
                let last = uses.iter().map(|own| own.at).max();
                is_fitting(last.is_none_or(|last| now >= period.next_charge(Millis(last))), Misfit::Usage)
            }
            Rule::Within { each, limits } => {
                is_fitting(each.is_none_or(|(kind, of)| kind.admits(amount.minor, of)), Misfit::Amount)?;
                let is_inside = |limit: &Limit| limit.weight(amount.minor) <= limit.left(uses, start, now);
                is_fitting(limits.iter().all(is_inside), Misfit::Usage)
            }
        }
    }
}

impl AmountType {
    /// Reads the word of `amountType`.
    pub fn from_word(word: &str) -> Option<AmountType> {
        [AmountType::Exact, AmountType::Maximum, AmountType::Minimum].into_iter().find(|own| word == format!("{own:?}"))
    }

    fn admits(self, amount_minor: i64, of: i64) -> bool {
        match self {
            AmountType::Exact => amount_minor == of,
            AmountType::Maximum => amount_minor <= of,
            AmountType::Minimum => amount_minor >= of,
        }
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
