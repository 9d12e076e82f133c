//! Things that come again: how often, and on which days.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{Millis, days};

/// How often something comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every seven days.
    Week,
    /// On the same day of every month, or the last one where the month is too short.
    Month,
    /// On the same day of every year.
    Year,
}

impl Period {
    /// All of them.
    pub const ALL: [Period; 3] = [Period::Week, Period::Month, Period::Year];

    /// The word of rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Period::Week => "week",
            Period::Month => "month",
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
            Period::Week => "every week",
            Period::Month => "every month",
            Period::Year => "every year",
        }
    }

    /// When the `n`th one after `start` is due. Counted from the start, so that 31 January is followed
    /// by 28 February and then by 31 March. Source: FPS guide, "Recurring Payments".
    pub fn nth(self, start: Millis, n: i64) -> Millis {
        match self {
            Period::Week => {
                let weeks = u32::try_from(n).unwrap_or(0);
                start.plus(WEEK.saturating_mul(weeks))
            }
            Period::Month => start.months_later(n),
            Period::Year => start.months_later(n.saturating_mul(12)),
        }
    }
}

const WEEK: Duration = days(7);

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
    }

    #[test]
    fn words_read_back() {
        for period in Period::ALL {
            assert_eq!(Period::from_word(period.word()), Some(period));
        }
    }
}
