//! Amounts that the marketplace sets by itself, in whatever currency the shop is kept.

use crate::base::money::{Currency, Money};

/// What a U.S. cent is written as in each currency: tenths of its minor unit, and the minor units that
/// amounts are rounded to. No exchange rates: round factors, so that prices look as if somebody had
/// written them there, and never below what that currency has as a coin.
const SCALES: [(&str, i64, i64); 9] = [
    ("EUR", 10, 1),
    ("GBP", 10, 1),
    ("CHF", 10, 5),
    ("AUD", 15, 5),
    ("CAD", 15, 5),
    ("SEK", 100, 100),
    ("NOK", 100, 100),
    ("DKK", 70, 50),
    ("JPY", 10, 1),
];

/// What costs `cents` in a shop in U.S. dollars, in a shop in `currency`: 14.50 is €14.50, ¥1,450 or SEK 145.00.
pub fn local(cents: i64, currency: Currency) -> Money {
    let scale = SCALES.into_iter().find(|(code, ..)| *code == currency.code());
    let (_, tenths, step) = scale.unwrap_or(("USD", 10, 1));
    let steps = (2 * cents.saturating_mul(tenths) + 10 * step).div_euclid(20 * step);
    Money::new(steps * step, currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_look_natural_in_every_currency_of_a_shop() {
        let shown = Currency::OF_SHOPS.map(|currency| {
            let all = [1450, 350, 30, 15].map(|cents| local(cents, currency).decimal());
            format!("{currency} {}", all.join(" "))
        });
        let expected = [
            "USD 14.50 3.50 0.30 0.15",
            "EUR 14.50 3.50 0.30 0.15",
            "GBP 14.50 3.50 0.30 0.15",
            "JPY 1450 350 30 15",
            "AUD 21.75 5.25 0.45 0.25",
            "CAD 21.75 5.25 0.45 0.25",
            "CHF 14.50 3.50 0.30 0.15",
            "SEK 145.00 35.00 3.00 2.00",
            "DKK 101.50 24.50 2.00 1.00",
            "NOK 145.00 35.00 3.00 2.00",
        ];
        assert_eq!(shown, expected);
        assert!(Currency::OF_SHOPS.iter().all(|currency| local(0, *currency).is_zero()));
    }
}
