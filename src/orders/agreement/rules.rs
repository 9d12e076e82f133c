//! What a standing approval allows: how much, how often, whom, and for how long.
//!
//! Frozen when the buyer is asked, so that what is said in the shop is what the provider shows.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{Millis, days};
use crate::base::money::{Currency, Money};
use crate::market::subscription::Period;

/// What a buyer may choose as the most that a saved way to pay takes in a month, in minor units.
pub const MONTHLY: [i64; 4] = [5_000, 10_000, 30_000, 100_000];

/// What a tab may take in a month, in minor units: for small things, bought by one click.
pub const TAB_MONTHLY: [i64; 5] = [1_000, 3_000, 5_000, 10_000, 30_000];

/// How often a tab may be used in a day.
pub const TAB_DAILY: [i64; 3] = [3, 5, A_DAY];

/// What is chosen where the buyer chooses nothing.
pub const USUAL: i64 = MONTHLY[1];

/// How often a saved way to pay can be used in one day: a thief is slowed down, a shopper is not.
pub const A_DAY: i64 = 10;

/// How many months a saved way to pay lasts: FPS ends one by itself after a year.
/// Source: FPS guide, "Multi-Use Token API", `validityExpiry`.
pub const MONTHS: i64 = 12;

/// How much longer than its periods an approval lasts: its days are counted from the first payment, which may come a
/// day after the order and be declined first. The shop itself counts how often it charges.
const SLACK: Duration = days(7);

/// The most that can be charged under a saved way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// In all, in minor units.
    pub total_minor: i64,
    /// In each month, counted from the approval.
    pub month_minor: i64,
    /// How often in each day, counted from the approval.
    pub day_count: i64,
}

impl Limits {
    /// So much a month, for a year.
    pub fn a_month(minor: i64) -> Limits {
        Limits::of(minor, A_DAY)
    }

    /// So much a month, for a year, and so often a day.
    pub fn of(month_minor: i64, day_count: i64) -> Limits {
        Limits { total_minor: month_minor.saturating_mul(MONTHS), month_minor, day_count }
    }
}

/// What was used of the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// In all, in minor units.
    pub total_minor: i64,
    /// In this month.
    pub month_minor: i64,
    /// How often today.
    pub day_count: i64,
}

/// What was used, as the provider said it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// How much.
    pub used: Used,
    /// When that was.
    pub at: Millis,
}

/// A limit that the next charge would break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// So much is left in all.
    Total(Money),
    /// So much is left in this month.
    Month(Money),
    /// It was used so often today already.
    Day(i64),
}

impl Over {
    /// Why the buyer cannot pay with it now, and what else there is.
    pub fn for_buyer(self, of: Limits) -> String {
        let anew = "Choose the payment service itself to approve this purchase on its own, or a new limit with it.";
        match self {
            Over::Total(left) => {
                let all = Money::new(of.total_minor, left.currency);
                format!("You allowed {all} in all with this way to pay, and {left} of it are left. {anew}")
            }
            Over::Month(left) => {
                let all = Money::new(of.month_minor, left.currency);
                format!("You allowed {all} a month with this way to pay, and {left} of it are left this month. {anew}")
            }
            Over::Day(times) => format!("You allowed {times} purchases a day with this way to pay. {anew}"),
        }
    }

    /// Why a tab cannot be used now.
    pub fn for_tab(self, of: Limits) -> String {
        match self {
            Over::Total(left) => {
                let all = Money::new(of.total_minor, left.currency);
                format!("Your tab was for {all} in all, and {left} of it are left: too little for this.")
            }
            Over::Month(left) => {
                let all = Money::new(of.month_minor, left.currency);
                format!("Your tab takes at most {all} a month, and {left} of it are left: too little for this.")
            }
            Over::Day(times) => format!("Your tab takes at most {times} purchases a day, and you have made them."),
        }
    }
}

impl Limits {
    /// Whether `amount` more would be too much.
    pub fn broken_by(self, amount: Money, used: Used) -> Option<Over> {
        let left = |limit: i64, used: i64| Money::new(limit.saturating_sub(used).max(0), amount.currency);
        let (total, month) = (left(self.total_minor, used.total_minor), left(self.month_minor, used.month_minor));
        if used.day_count >= self.day_count {
            Some(Over::Day(self.day_count))
        } else if amount.minor > total.minor {
            Some(Over::Total(total))
        } else if amount.minor > month.minor {
            Some(Over::Month(month))
        } else {
            None
        }
    }

    /// What is left, for people.
    pub fn left(self, used: Used, currency: Currency) -> String {
        let left = |limit: i64, used: i64| Money::new(limit.saturating_sub(used).max(0), currency);
        let (month, total) = (left(self.month_minor, used.month_minor), left(self.total_minor, used.total_minor));
        let day = self.day_count.saturating_sub(used.day_count).max(0);
        let times = if day == 1 { "purchase" } else { "purchases" };
        format!("{month} this month, {total} in all, and {day} {times} today.")
    }
}

/// The rules of one approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How much a saved way to pay may take; none where the provider asks for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Who can be paid with it, as the provider knows them, the first order's seller first; anybody where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payees: Vec<String>,
    /// The one stall that it is for; none where it is for the market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// How many periods a subscription lasts; none where it lasts until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<i64>,
    /// When the approval ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

impl Rules {
    /// No rule at all.
    pub fn is_empty(&self) -> bool {
        *self == Rules::default()
    }

    /// For a way to pay that is kept from `now` on, limited to so much a month.
    pub fn saved(month_minor: i64, payees: Vec<String>, now: Millis) -> Rules {
        let until = Some(now.months_later(MONTHS));
        Rules { limits: Some(Limits::a_month(month_minor)), payees, until, ..Rules::default() }
    }

    /// For a tab that is opened `now`, at one stall or with the market.
    pub fn tab(limits: Limits, payees: Vec<String>, only: Option<String>, now: Millis) -> Rules {
        Rules { limits: Some(limits), payees, only, times: None, until: Some(now.months_later(MONTHS)) }
    }

    /// For a subscription that is ordered `now` and lasts so many periods.
    pub fn subscription(period: Period, times: Option<i64>, now: Millis) -> Rules {
        Rules { times, until: times.map(|times| period.nth(now, times).plus(SLACK)), ..Rules::default() }
    }

    /// Whether `payee` can be paid with it.
    pub fn covers(&self, payee: &str) -> bool {
        self.payees.is_empty() || self.payees.iter().any(|known| known == payee)
    }

    /// In a sentence, for what is charged whenever the buyer says so.
    pub fn for_buyer(&self, currency: Currency) -> String {
        let Some(limits) = self.limits else {
            return "Charged whenever you choose it at the checkout.".to_owned();
        };
        let money = |minor| Money::new(minor, currency);
        let sellers = match (self.payees.len(), &self.only) {
            (_, Some(stall)) => format!(" It pays {stall} and nobody else."),
            (0, None) => String::new(),
            (1, None) => " It pays one seller.".to_owned(),
            (many, None) => format!(" It pays the {many} sellers who were here when you approved it."),
        };
        let until = self.until.map_or_else(String::new, |until| format!(", until {}", until.day()));
        format!(
            "Charged whenever you choose it at the checkout or buy with one click: at most {} a month and {} in all, \
             at most {} times a day{until}.{sellers}",
            money(limits.month_minor),
            money(limits.total_minor),
            limits.day_count
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_breaks_the_first_limit_that_it_is_over() {
        let limits = Limits::a_month(10_000);
        let used = |total_minor, month_minor, day_count| Used { total_minor, month_minor, day_count };
        let over = |amount, used| limits.broken_by(Money::usd(amount), used);
        assert_eq!(over(10_000, Used::default()), None, "all of it at once");
        assert_eq!(over(10_001, Used::default()), Some(Over::Month(Money::usd(10_000))));
        assert_eq!(over(100, used(9_950, 9_950, 1)), Some(Over::Month(Money::usd(50))));
        assert_eq!(over(100, used(119_950, 0, 0)), Some(Over::Total(Money::usd(50))));
        assert_eq!(over(100, used(0, 0, A_DAY)), Some(Over::Day(A_DAY)));
        let words = over(100, used(9_950, 9_950, 1)).unwrap().for_buyer(limits);
        assert!(words.starts_with("You allowed $100.00 a month with this way to pay, and $0.50"), "{words}");
    }

    #[test]
    fn rules_are_said_as_they_are() {
        let now = Millis(1_801_389_600_000);
        let rules = Rules::saved(USUAL, vec!["A".into(), "B".into()], now);
        let words = rules.for_buyer(Currency::USD);
        for part in ["$100.00 a month", "$1,200.00 in all", "10 times a day", "31 Jan 2028", "the 2 sellers"] {
            assert!(words.contains(part), "{part} is not in {words}");
        }
        assert!(rules.covers("A") && !rules.covers("C"));
        assert!(Rules::default().covers("C") && Rules::default().is_empty());
        let year = Rules::subscription(Period::Month, Some(12), now);
        assert_eq!(year.until.unwrap().iso8601(), "2028-02-07T10:00:00Z", "a week more than its periods");
        let left =
            Limits::a_month(10_000).left(Used { total_minor: 2_500, month_minor: 2_500, day_count: 9 }, Currency::USD);
        assert_eq!(left, "$75.00 this month, $1,175.00 in all, and 1 purchase today.");
    }

    #[test]
    fn rules_read_back_and_rows_without_any_are_read_too() {
        let rules = Rules::saved(USUAL, vec!["A".into()], Millis(0));
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<Rules>(&json).unwrap(), rules);
        assert_eq!(serde_json::from_str::<Rules>("{}").unwrap(), Rules::default());
    }
}
