//! Things that come again: how often, and on which days.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{Millis, days, hours};

/// How often something comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every twelve hours.
    HalfDay,
    /// Every 24 hours.
    Day,
    /// Every seven days.
    Week,
    /// On the same day of every month, or the last one where the month is too short.
    Month,
    /// On the same day of every sixth month.
    HalfYear,
    /// On the same day of every year.
    Year,
}

/// A period in the units that providers count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// So many hours.
    Hours(u32),
    /// So many days.
    Days(u32),
    /// So many months of the calendar.
    Months(u32),
}

impl Period {
    /// All of them, the shortest first.
    pub const ALL: [Period; 6] =
        [Period::HalfDay, Period::Day, Period::Week, Period::Month, Period::HalfYear, Period::Year];

    /// The word of rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Period::HalfDay => "half_day",
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
            Period::HalfYear => "half_year",
            Period::Year => "year",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Period> {
        Period::ALL.into_iter().find(|period| period.word() == word)
    }

    /// For people: `every month`.
    pub fn label(self) -> &'static str {
        match self {
            Period::HalfDay => "twice a day",
            Period::Day => "every day",
            Period::Week => "every week",
            Period::Month => "every month",
            Period::HalfYear => "every six months",
            Period::Year => "every year",
        }
    }

    /// How long it is, counted.
    pub fn every(self) -> Every {
        match self {
            Period::HalfDay => Every::Hours(12),
            Period::Day => Every::Days(1),
            Period::Week => Every::Days(7),
            Period::Month => Every::Months(1),
            Period::HalfYear => Every::Months(6),
            Period::Year => Every::Months(12),
        }
    }

    /// When the `n`th one after `start` is due. Counted from the start, so that 31 January is followed
    /// by 28 February and then by 31 March. Source: FPS guide, "Recurring-Use Token API".
    pub fn nth(self, start: Millis, n: i64) -> Millis {
        let times = |one: Duration, count: u32| {
            start.plus(one.saturating_mul(count).saturating_mul(u32::try_from(n).unwrap_or(0)))
        };
        match self.every() {
            Every::Hours(count) => times(hours(1), count),
            Every::Days(count) => times(days(1), count),
            Every::Months(count) => start.months_later(n.saturating_mul(i64::from(count))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_month_comes_back_after_a_short_one() {
        // 31 January 2027, 10:00
        let start = Millis(1_801_389_600_000);
        let days: Vec<String> = (0..4).map(|n| Period::Month.nth(start, n).iso8601()).collect();
        assert_eq!(
            days,
            ["2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z", "2027-03-31T10:00:00Z", "2027-04-30T10:00:00Z"]
        );
        assert_eq!(Period::Year.nth(start, 1).iso8601(), "2028-01-31T10:00:00Z");
        assert_eq!(Period::Week.nth(start, 2).iso8601(), "2027-02-14T10:00:00Z");
        assert_eq!(Period::HalfDay.nth(start, 3).iso8601(), "2027-02-01T22:00:00Z");
        assert_eq!(Period::Day.nth(start, 1).iso8601(), "2027-02-01T10:00:00Z");
        assert_eq!(Period::HalfYear.nth(start, 1).iso8601(), "2027-07-31T10:00:00Z");
    }

    #[test]
    fn words_read_back() {
        for period in Period::ALL {
            assert_eq!(Period::from_word(period.word()), Some(period));
        }
    }
}
