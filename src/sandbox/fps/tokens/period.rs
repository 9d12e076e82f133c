//! `12 Hours`, `4 Days`, `6 Months`: how long a period is, and where its windows lie.
//!
//! A month that is too short ends on its last day (31 October, 30 November), counted anew from the
//! anchor each time, so that 31 January is followed by 28 February and 31 March.

use std::time::Duration;

use crate::base::clock::{Millis, days, hours, minutes};

/// How much too early a charge by the hour may come: two houses' clocks never agree.
const GRACE: Duration = minutes(1);

/// An integer of at least 1 with its unit. Written as the guide writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    count: u16,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Hour,
    Day,
    Month,
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Unit::Hour => "Hour",
            Unit::Day => "Day",
            Unit::Month => "Month",
        }
    }
}

impl Period {
    /// Reads `1 Month` or `12 Hours`: an integer, one space, the unit with or without `s`.
    pub fn parse(text: &str) -> Option<Period> {
        let (count, unit) = text.split_once(' ')?;
        let unit = match unit {
            "Hour" | "Hours" => Unit::Hour,
            "Day" | "Days" => Unit::Day,
            "Month" | "Months" => Unit::Month,
            _ => return None,
        };
        let count = Some(count).filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()))?;
        count.parse().ok().map(|count| Period { count, unit })
    }

    /// Whether it lasts at all.
    pub fn is_positive(self) -> bool {
        self.count > 0
    }

    /// `times` periods after `anchor`.
    pub fn after(self, anchor: Millis, times: i64) -> Millis {
        let count = i64::from(self.count).saturating_mul(times);
        let steps = |unit: Duration| {
            Millis(anchor.0.saturating_add(i64::try_from(unit.as_millis()).unwrap_or(i64::MAX).saturating_mul(count)))
        };
        match self.unit {
            Unit::Hour => steps(hours(1)),
            Unit::Day => steps(days(1)),
            Unit::Month => anchor.months_later(count),
        }
    }

    /// From when the next charge may come after one at `last`: on the same day of the next month or
    /// later ("5 March, 5 April"), so days count from midnight UTC and hours to the minute.
    pub fn next_charge(self, last: Millis) -> Millis {
        let next = self.after(last, 1);
        match self.unit {
            Unit::Hour => next.minus(GRACE),
            Unit::Day | Unit::Month => next.start_of_day(),
        }
    }

    /// The start of the window that `now` lies in, of those that begin at `anchor`; `anchor` itself before it.
    pub fn window(self, anchor: Millis, now: Millis) -> Millis {
        self.after(anchor, self.place(anchor, now))
    }

    /// The start of the window before the one `now` lies in; `None` in the first one.
    pub fn window_before(self, anchor: Millis, now: Millis) -> Option<Millis> {
        let place = self.place(anchor, now);
        (place > 0).then(|| self.after(anchor, place - 1))
    }

    /// When the window that `now` lies in ends.
    pub fn window_end(self, anchor: Millis, now: Millis) -> Millis {
        self.after(anchor, self.place(anchor, now) + 1)
    }

    /// How many whole windows lie between `anchor` and `now`.
    fn place(self, anchor: Millis, now: Millis) -> i64 {
        let shortest = match self.unit {
            Unit::Hour => hours(1),
            Unit::Day => days(1),
            Unit::Month => days(28),
        };
        let shortest = i64::try_from(shortest.as_millis()).unwrap_or(i64::MAX) * i64::from(self.count.max(1));
        // Months are longer than the shortest one, so the guess is too far and is taken back.
        let mut place = (now.0 - anchor.0).max(0) / shortest;
        while place > 0 && self.after(anchor, place) > now {
            let over = (self.after(anchor, place).0 - now.0) / (shortest * 2);
            place -= over.max(1);
        }
        while self.after(anchor, place + 1) <= now && self.is_positive() {
            place += 1;
        }
        place
    }

    /// `month`, `12 hours`: what stands after "every".
    pub fn words(self) -> String {
        let unit = self.unit.word().to_lowercase();
        if self.count == 1 { unit } else { format!("{} {unit}s", self.count) }
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        let plural = if period.count == 1 { "" } else { "s" };
        format!("{} {}{plural}", period.count, period.unit.word())
    }
}

impl TryFrom<String> for Period {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Period, &'static str> {
        Period::parse(&text).ok_or("no period")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Millis {
        Millis(format!("{text}Z").parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn the_grammar_is_an_integer_a_space_and_a_unit() {
        for good in ["1 Hour", "12 Hours", "4 Days", "6 Months", "1 Months"] {
            assert!(Period::parse(good).is_some_and(Period::is_positive), "{good}");
        }
        for bad in [
            "",
            "Month",
            "1Month",
            "1  Month",
            "+1 Month",
            "-1 Day",
            "1.5 Days",
            "1 Week",
            "1 month",
            "99999 Days",
            "1 Month ",
        ] {
            assert_eq!(Period::parse(bad), None, "{bad}");
        }
        assert!(!period("0 Days").is_positive());
        assert_eq!(
            (String::from(period("1 Months")), period("12 Hours").words()),
            ("1 Month".to_owned(), "12 hours".to_owned())
        );
    }

    #[test]
    fn months_end_on_their_last_day_and_none_is_skipped() {
        let month = period("1 Month");
        let january = at("2015-01-31T10:00:00");
        let starts: Vec<String> = (1..=4).map(|times| month.after(january, times).day()).collect();
        assert_eq!(starts, ["28 Feb 2015", "31 Mar 2015", "30 Apr 2015", "31 May 2015"]);
        assert_eq!(month.after(at("2012-10-31T10:00:00"), 1).day(), "30 Nov 2012");
    }

    #[test]
    fn the_next_charge_may_come_on_the_same_day_of_the_next_month_at_any_hour() {
        let month = period("1 Month");
        assert_eq!(month.next_charge(at("2015-03-05T18:00:00")), at("2015-04-05T00:00:00"));
        // Both readings of the guide: back to the 31st, or staying on the 28th.
        let february = month.next_charge(at("2015-01-31T10:00:00"));
        assert_eq!(february, at("2015-02-28T00:00:00"));
        for march in ["2015-03-28T00:00:00", "2015-03-31T10:00:00"] {
            assert!(month.next_charge(at("2015-02-28T10:00:00")) <= at(march), "{march}");
        }
        assert!(month.next_charge(at("2015-02-28T10:00:00")) > at("2015-03-27T23:59:59"));
        assert_eq!(period("12 Hours").next_charge(at("2015-03-05T06:00:00")), at("2015-03-05T17:59:00"));
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_exactly_one_window(
            count in 1_u16..40, unit in 0_usize..3, anchor in 0_i64..2_000_000_000_000, later in 0_i64..200_000_000_000,
        ) {
            let period = Period { count, unit: [Unit::Hour, Unit::Day, Unit::Month][unit] };
            let (anchor, now) = (Millis(anchor), Millis(anchor + later));
            let (start, end) = (period.window(anchor, now), period.window_end(anchor, now));
            prop_assert!(start <= now && now < end, "{start} {now} {end}");
            prop_assert_eq!(period.window(anchor, end), end);
            if let Some(before) = period.window_before(anchor, now) {
                prop_assert!(before < start);
                prop_assert_eq!(period.window_end(anchor, before), start);
            } else {
                prop_assert_eq!(start, anchor);
            }
        }

        #[test]
        fn a_charge_by_the_schedule_is_never_too_early(
            day in 0_i64..20_000, months in 1_u16..13, times in 0_i64..30,
        ) {
            let period = Period { count: months, unit: Unit::Month };
            let anchor = Millis(day * 86_400_000 + 36_000_000);
            let (last, next) = (period.after(anchor, times), period.after(anchor, times + 1));
            prop_assert!(period.next_charge(last) <= next);
        }
    }
}
