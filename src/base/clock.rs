//! Time, injected: business time that demos and tests can move, and real time that nobody can.
//!
//! Business time decides expiries, holds, renewals and retries. Real time decides leases,
//! signature time stamps, TLS and web sessions, so that a jump of a week cannot break them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An instant in milliseconds since 1970, UTC. Stored as `BIGINT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The instant `duration` later.
    pub fn plus(self, duration: Duration) -> Millis {
        Millis(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The instant `duration` earlier.
    pub fn minus(self, duration: Duration) -> Millis {
        Millis(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long from `earlier` to here, zero when it lies ahead.
    pub fn since(self, earlier: Millis) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// ISO 8601 in UTC with seconds: `2012-12-10T08:30:00Z`.
    pub fn iso8601(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// For people: `10 Dec 2012, 08:30 UTC`.
    pub fn for_people(self) -> String {
        self.timestamp().strftime("%-d %b %Y, %H:%M UTC").to_string()
    }

    /// The day for people: `10 Dec 2012`.
    pub fn day(self) -> String {
        self.timestamp().strftime("%-d %b %Y").to_string()
    }

    /// The day for forms: `2012-12-10`.
    pub fn date(self) -> String {
        self.timestamp().strftime("%Y-%m-%d").to_string()
    }

    /// The first instant of the day `2012-12-10`, UTC. None where that is no day.
    pub fn of_date(date: &str) -> Option<Millis> {
        let day: jiff::civil::Date = date.parse().ok()?;
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Millis(start.timestamp().as_millisecond())).filter(|start| start.date() == date)
    }

    /// The first instant of its day, UTC.
    pub fn start_of_day(self) -> Millis {
        Millis(self.0 - self.0.rem_euclid(24 * 60 * 60 * 1000))
    }

    /// The first instant of its month, UTC.
    pub fn start_of_month(self) -> Millis {
        let day = self.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date().first_of_month();
        day.to_zoned(jiff::tz::TimeZone::UTC).map_or(self, |start| Millis(start.timestamp().as_millisecond()))
    }

    /// The month for addresses and files: `2012-12`.
    pub fn month(self) -> String {
        self.timestamp().strftime("%Y-%m").to_string()
    }

    /// The month for people: `December 2012`.
    pub fn month_for_people(self) -> String {
        self.timestamp().strftime("%B %Y").to_string()
    }

    /// The first instant of the month `2012-12`, UTC. None where that is no month.
    pub fn of_month(month: &str) -> Option<Millis> {
        let first: jiff::civil::Date = format!("{month}-01").parse().ok()?;
        let start = first.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Millis(start.timestamp().as_millisecond())).filter(|start| start.month() == month)
    }

    /// The same day and time `n` months later, UTC; the last day where that month is too short.
    pub fn months_later(self, n: i64) -> Millis {
        let here = self.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
        let months = jiff::Span::new().try_months(n);
        let later = months.and_then(|months| here.checked_add(months));
        later.map_or(self, |later| Millis(later.timestamp().as_millisecond()))
    }

    /// The Monday on which its week begins, at midnight UTC.
    pub fn start_of_week(self) -> Millis {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        // 1 January 1970 was a Thursday
        let days = self.0.div_euclid(DAY);
        Millis((days - (days + 3).rem_euclid(7)) * DAY)
    }

    /// The same time of day `n` business days later: Saturdays and Sundays do not count, UTC. From a weekend it
    /// is counted as from the end of it. Holidays are nobody's here: a deadline is rather too early than missed.
    pub fn plus_business_days(self, n: u64) -> Millis {
        // Monday is 0; a week of five takes seven days
        let weekday = u64::try_from((self.0.div_euclid(86_400_000) + 3).rem_euclid(7)).unwrap_or(0);
        let (friday, late) = if weekday > 4 { (4, weekday - 4) } else { (weekday, 0) };
        let weekends = (friday + n) / 5;
        match n {
            0 => self,
            n => self.plus(days(n + 2 * weekends)).minus(days(late)),
        }
    }

    fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso8601())
    }
}

/// The clock that is handed to everything that asks for the time. Clones share one offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that shows real time until someone moves it.
    pub fn new() -> Clock {
        Clock::default()
    }

    /// Business time: real time plus whatever it was moved by.
    pub fn now(&self) -> Millis {
        Millis(self.real_now().0 + self.offset_ms())
    }

    /// The time on the wall, which no demo moves.
    pub fn real_now(&self) -> Millis {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// By how much business time is ahead of real time, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Moves business time forward.
    pub fn advance(&self, by: Duration) {
        self.offset_ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }

    /// Sets the offset: on start from what was stored, on reset to zero, or to follow another clock.
    pub fn set_offset_ms(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::SeqCst);
    }
}

/// `n` whole days.
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 24 * 60 * 60)
}

/// `n` whole hours.
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 60 * 60)
}

/// `n` whole minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_offset_and_real_time_stays() {
        let clock = Clock::new();
        let twin = clock.clone();
        let real = clock.real_now();
        clock.advance(days(7));
        assert!(twin.now() >= real.plus(days(7)));
        assert!(twin.real_now() < real.plus(days(1)));
    }

    #[test]
    fn instants_read_as_iso_8601() {
        assert_eq!(Millis(1_355_128_200_000).iso8601(), "2012-12-10T08:30:00Z");
        assert_eq!(Millis(1_355_128_200_000).for_people(), "10 Dec 2012, 08:30 UTC");
    }

    #[test]
    fn business_days_leave_out_weekends() {
        let monday = Millis(1_355_128_200_000);
        let later = |from: Millis, n| from.plus_business_days(n).iso8601();
        assert_eq!(later(monday, 4), "2012-12-14T08:30:00Z", "Friday of the same week");
        assert_eq!(later(monday, 5), "2012-12-17T08:30:00Z", "over one weekend");
        assert_eq!(later(monday, 10), "2012-12-24T08:30:00Z");
        assert_eq!(later(monday.plus(days(4)), 1), "2012-12-17T08:30:00Z", "from Friday to Monday");
        assert_eq!(later(monday.plus(days(4)), 5), "2012-12-21T08:30:00Z");
        for weekend in [monday.plus(days(5)), monday.plus(days(6))] {
            assert_eq!(later(weekend, 1), "2012-12-17T08:30:00Z", "what begins on a weekend begins on Monday");
            assert_eq!(later(weekend, 5), "2012-12-21T08:30:00Z");
        }
        assert_eq!(monday.plus_business_days(0), monday);
        for n in 1..60 {
            let day = monday.plus(days(2)).plus_business_days(n).start_of_day();
            assert!(day.since(day.start_of_week()) < days(5), "day {n} is no weekend");
        }
    }

    #[test]
    fn months_and_weeks_begin_at_midnight() {
        let thursday = Millis(1_355_387_400_000);
        assert_eq!(thursday.iso8601(), "2012-12-13T08:30:00Z");
        assert_eq!(thursday.start_of_month().iso8601(), "2012-12-01T00:00:00Z");
        assert_eq!((thursday.month(), thursday.month_for_people()), ("2012-12".into(), "December 2012".into()));
        assert_eq!(Millis::of_month("2012-12"), Some(thursday.start_of_month()));
        for bad in ["", "2012", "2012-13", "2012-1", "12-2012", "2012-12-01", " 2012-12"] {
            assert_eq!(Millis::of_month(bad), None, "{bad:?}");
        }
        assert_eq!(
            (thursday.date(), Millis::of_date("2012-12-13")),
            ("2012-12-13".into(), Some(thursday.start_of_day()))
        );
        for bad in ["", "2012-12", "2012-13-01", "2012-02-30", "13.12.2012", "2012-12-13T08:30"] {
            assert_eq!(Millis::of_date(bad), None, "{bad:?}");
        }
        assert_eq!(thursday.start_of_week().iso8601(), "2012-12-10T00:00:00Z");
        assert_eq!(thursday.start_of_week().start_of_week(), thursday.start_of_week());
    }
}
