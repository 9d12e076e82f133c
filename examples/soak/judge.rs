//! Whether a whole day was as bad as it promises: a day on which little went wrong has proved little.

use std::collections::BTreeMap;
use std::time::Duration;

/// From so many purchases on it is a whole day, which is judged; shorter ones are for looking at one thing.
pub const WHOLE_DAY: usize = 2000;

/// Of all calls, pages and notifications, so many percent must have met a fault.
const LEAST_SHARE: usize = 20;

/// How long a whole day may take until its books are closed.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// What happened in a day, and what there was to happen.
pub struct Day<'a> {
    /// How many purchases were asked for.
    pub purchases: usize,
    /// Purchases by the way in which they were paid.
    pub bought: &'a BTreeMap<&'static str, usize>,
    /// Every way to pay.
    pub ways: &'a [&'static str],
    /// Faults that struck, by kind.
    pub faults: &'a BTreeMap<String, usize>,
    /// Every kind of fault.
    pub kinds: &'a [&'static str],
    /// Calls, pages and notifications.
    pub calls: usize,
    /// From the opening until the books were closed.
    pub took: Duration,
}

impl Day<'_> {
    /// What a whole day lacks; nothing for a shorter one.
    pub fn lacks(&self) -> Vec<String> {
        if self.purchases < WHOLE_DAY {
            return Vec::new();
        }
        let mut lacks = Vec::new();
        let struck: usize = self.faults.values().sum();
        if struck * 100 < self.calls * LEAST_SHARE || self.calls == 0 {
            lacks.push(format!("only {struck} faults on {} calls, less than {LEAST_SHARE} %", self.calls));
        }
        let never = |kind: &&&str| self.faults.get(**kind).copied().unwrap_or(0) == 0;
        lacks.extend(self.kinds.iter().filter(never).map(|kind| format!("no {kind} ever struck")));
        let unused = |way: &&&str| self.bought.get(**way).copied().unwrap_or(0) == 0;
        lacks.extend(self.ways.iter().filter(unused).map(|way| format!("nobody bought by {way}")));
        if self.took > LONGEST {
            lacks.push(format!("it took {} s, more than {} s", self.took.as_secs(), LONGEST.as_secs()));
        }
        lacks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAYS: [&str; 2] = ["FPS, card", "Alexa"];
    const KINDS: [&str; 2] = ["delay", "throttle"];

    fn lacks(change: impl FnOnce(&mut Day<'_>), bought: [usize; 2], faults: [usize; 2]) -> Vec<String> {
        let bought = WAYS.into_iter().zip(bought).collect();
        let faults = KINDS.iter().map(|kind| (*kind).to_owned()).zip(faults).collect();
        let (ways, kinds) = (&WAYS[..], &KINDS[..]);
        let took = LONGEST;
        let mut day = Day { purchases: WHOLE_DAY, bought: &bought, ways, faults: &faults, kinds, calls: 10_000, took };
        change(&mut day);
        day.lacks()
    }

    #[test]
    fn a_whole_day_needs_its_faults_its_ways_to_pay_and_its_time() {
        let (enough, bad) = ([1999, 1], [1999, 1]);
        assert!(lacks(|_| {}, enough, bad).is_empty());
        assert_eq!(lacks(|day| day.calls = 10_001, enough, bad), ["only 2000 faults on 10001 calls, less than 20 %"]);
        assert_eq!(lacks(|_| {}, enough, [2000, 0]), ["no throttle ever struck"]);
        assert_eq!(lacks(|_| {}, [2000, 0], bad), ["nobody bought by Alexa"]);
        let late = |day: &mut Day<'_>| day.took += Duration::from_secs(1);
        assert_eq!(lacks(late, enough, bad), ["it took 601 s, more than 600 s"]);
        let nothing = |day: &mut Day<'_>| (day.calls, day.took) = (0, LONGEST * 2);
        assert_eq!(lacks(nothing, [0, 0], [0, 0]).len(), 6);
    }

    #[test]
    fn a_short_day_is_not_judged_by_its_size() {
        let short = |day: &mut Day<'_>| (day.purchases, day.took) = (WHOLE_DAY - 1, LONGEST * 2);
        assert!(lacks(short, [0, 0], [0, 0]).is_empty());
    }
}
