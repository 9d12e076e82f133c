use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400_000;
const START: Millis = Millis(1_420_000_000_000);

fn limit(measure: Measure, most: i64, period: &str) -> Limit {
    Limit { measure, most, period: Period::parse(period) }
}

fn used(days_on: i64, amount_minor: i64) -> Use {
    Use { at: START.0 + days_on * DAY, amount_minor }
}

fn at(days_on: i64) -> Millis {
    Millis(START.0 + days_on * DAY)
}

#[test]
fn the_guides_example_ten_a_day_and_thirty_dollars_a_month() {
    let limits = vec![
        limit(Measure::Amount, 50_000, ""),
        limit(Measure::Amount, 3_000, "1 Month"),
        limit(Measure::Count, 10, "1 Day"),
    ];
    let rule = Rule::Within { each: None, limits };
    let nine: Vec<Use> = (0..9).map(|_| used(0, 100)).collect();
    assert_eq!(rule.admits(Money::usd(100), &nine, START, at(0)), Ok(()));
    let ten: Vec<Use> = (0..10).map(|_| used(0, 100)).collect();
    assert_eq!(rule.admits(Money::usd(100), &ten, START, at(0)), Err(Misfit::Usage));
    assert_eq!(rule.admits(Money::usd(2_000), &ten, START, at(1)), Ok(()));
    assert_eq!(rule.admits(Money::usd(2_001), &ten, START, at(1)), Err(Misfit::Usage));
    assert_eq!(rule.admits(Money::usd(3_000), &ten, START, at(31)), Ok(()));
}

#[test]
fn one_charge_is_exact_a_maximum_or_a_minimum() {
    let admits = |kind, amount| {
        let limits = vec![limit(Measure::Amount, 10_000, "")];
        Rule::Within { each: Some((kind, 500)), limits }.admits(Money::usd(amount), &[], START, at(0))
    };
    for (kind, good, bad) in
        [(AmountType::Exact, 500, 499), (AmountType::Maximum, 1, 501), (AmountType::Minimum, 501, 499)]
    {
        assert_eq!(admits(kind, 500), Ok(()), "{kind:?}");
        assert_eq!(admits(kind, good), Ok(()), "{kind:?}");
        assert_eq!(admits(kind, bad), Err(Misfit::Amount), "{kind:?}");
    }
}

#[test]
fn a_recurring_charge_waits_for_its_day_and_keeps_its_amount() {
    let rule = Rule::Every { amount_minor: 999, period: Period::parse("4 Days").unwrap() };
    assert_eq!(rule.admits(Money::usd(999), &[], START, at(0)), Ok(()));
    assert_eq!(rule.admits(Money::usd(998), &[], START, at(0)), Err(Misfit::Amount));
    assert_eq!(rule.admits(Money::usd(999), &[used(0, 999)], START, at(3)), Err(Misfit::Usage));
    assert_eq!(rule.admits(Money::usd(999), &[used(0, 999)], START, at(4)), Ok(()));
}

#[test]
fn usage_tells_of_the_latest_window_and_the_one_before() {
    let monthly = limit(Measure::Amount, 3_000, "1 Month");
    let uses = [used(0, 100), used(40, 200), used(41, 300)];
    let usage = monthly.usage(&uses, START, at(45));
    assert_eq!((usage.now, usage.before, usage.since), (500, 100, START.months_later(1)));
    let usage = monthly.usage(&uses, START, at(70));
    assert_eq!((usage.now, usage.before), (0, 500));
    let count = limit(Measure::Count, 10, "").usage(&uses, START, at(45));
    assert_eq!((count.now, count.before, count.since), (3, 0, START));
}

proptest! {
    /// Whatever is tried, no window of any limit ever holds more than it may, and what was refused took nothing.
    #[test]
    fn no_order_of_charges_passes_a_limit(
        most in 1_i64..5_000, monthly in 1_i64..5_000, count in 1_i64..6,
        tries in proptest::collection::vec((0_i64..5, 1_i64..2_000), 1..60),
    ) {
        let limits = vec![
            limit(Measure::Amount, most, ""), limit(Measure::Amount, monthly, "1 Month"), limit(Measure::Count, count, "3 Days"),
        ];
        let rule = Rule::Within { each: None, limits: limits.clone() };
        let (mut uses, mut day) = (Vec::new(), 0);
        for (pause, amount) in tries {
            day += pause;
            let fits = rule.admits(Money::usd(amount), &uses, START, at(day)).is_ok();
            let is_room = limits.iter().all(|limit| limit.left(&uses, START, at(day)) >= limit.weight(amount));
            prop_assert_eq!(fits, is_room);
            if fits {
                uses.push(used(day, amount));
            }
        }
        for limit in &limits {
            for own in &uses {
                let usage = limit.usage(&uses.iter().copied().filter(|other| other.at <= own.at).collect::<Vec<_>>(), START, Millis(own.at));
                prop_assert!(usage.now <= limit.most, "{usage:?} of {limit:?}");
            }
        }
    }
}
