//! A token's rule in words, for the people who agree to it.

use super::{AmountType, Limit, Measure, Period, Rule};
use crate::base::money::Money;

/// One sentence per part of the rule: `At most $30.00 every month.`
pub fn sentences(rule: &Rule) -> Vec<String> {
    let limits = if let Rule::Within { limits, .. } = rule { limits.as_slice() } else { &[] };
    each_charge(rule).into_iter().chain(limits.iter().map(limit)).collect()
}

/// What the rule says of each single charge; nothing where any amount will do.
pub fn each_charge(rule: &Rule) -> Option<String> {
    match rule {
        Rule::Once { amount_minor } => Some(format!("{} once.", Money::usd(*amount_minor))),
        Rule::Every { amount_minor, period } => {
            Some(format!("{}, for each charge that the shop asks for.", every(*amount_minor, *period)))
        }
        Rule::Within { each, .. } => each.map(|(kind, of)| {
            let of = Money::usd(of);
            match kind {
                AmountType::Exact => format!("Each charge is exactly {of}."),
                AmountType::Maximum => format!("Each charge is {of} or less."),
                AmountType::Minimum => format!("Each charge is {of} or more."),
            }
        }),
    }
}

/// One limit as a sentence.
pub fn limit(limit: &Limit) -> String {
    let most = match (limit.measure, limit.most) {
        (Measure::Amount, cents) => Money::usd(cents).to_string(),
        (Measure::Count, 1) => "1 charge".to_owned(),
        (Measure::Count, most) => format!("{most} charges"),
    };
    match limit.period {
        None => format!("At most {most} in all."),
        Some(period) => format!("At most {most} every {}.", period.words()),
    }
}

/// What a token is about, in a few words: `$9.99 every month`.
pub fn headline(rule: &Rule) -> String {
    match rule {
        Rule::Once { amount_minor } => Money::usd(*amount_minor).to_string(),
        Rule::Every { amount_minor, period } => every(*amount_minor, *period),
        Rule::Within { limits, .. } => {
            let most = limits.iter().find(|limit| limit.measure == Measure::Amount && limit.period.is_none());
            most.map_or_else(
                || "several payments".to_owned(),
                |most| format!("payments up to {}", Money::usd(most.most)),
            )
        }
    }
}

fn every(amount_minor: i64, period: Period) -> String {
    format!("{} every {}", Money::usd(amount_minor), period.words())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_like_the_guides_example() {
        let limits = vec![
            Limit { measure: Measure::Amount, most: 10_000, period: None },
            Limit { measure: Measure::Amount, most: 3_000, period: Period::parse("1 Month") },
            Limit { measure: Measure::Count, most: 10, period: Period::parse("1 Day") },
        ];
        let rule = Rule::Within { each: Some((AmountType::Maximum, 500)), limits };
        assert_eq!(
            sentences(&rule),
            [
                "Each charge is $5.00 or less.",
                "At most $100.00 in all.",
                "At most $30.00 every month.",
                "At most 10 charges every day.",
            ]
        );
        assert_eq!(headline(&rule), "payments up to $100.00");
        let every = Rule::Every { amount_minor: 999, period: Period::parse("6 Months").unwrap() };
        assert_eq!(headline(&every), "$9.99 every 6 months");
    }
}
