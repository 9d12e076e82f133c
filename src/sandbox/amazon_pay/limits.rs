//! Figures: which currency may be charged where, how much at most, how much a month, how much may be given
//! back, how long things live. Source: Amazon Pay API v2, the page of each object; Amazon Pay Checkout, "Monthly
//! recurring charge limits".

use std::time::Duration;

use crate::base::clock::{days, hours};
use crate::base::money::{Currency, Money};

/// How long an open checkout session may stay unfinished.
pub const SESSION_LIVES: Duration = hours(24);
/// How long a session can be read, and a buyer's data on a permission.
pub const SESSION_KEPT: Duration = days(30);
/// How long an authorisation holds before it is `ExpiredUnused`.
pub const HOLD: Duration = days(30);
/// How long after the authorisation a capture is answered at once; later it is `CaptureInitiated`.
pub const CAPTURED_AT_ONCE: Duration = days(7);
/// How long a one-time permission lives.
pub const ONE_TIME_LIVES: Duration = days(180);
/// How many months a recurring permission lives after its last charge, and an extended one-time permission.
pub const LONG_LIFE_MONTHS: i64 = 13;
/// How long an answer that comes later takes: 30 seconds, as the test wallet documents it.
pub const LATER: Duration = Duration::from_secs(30);
/// How long an authorisation that nobody decides is pending.
pub const UNDECIDED: Duration = hours(24);
/// How long a refund takes here (our choice; the real one takes days).
pub const REFUND_TAKES: Duration = Duration::from_secs(2);
/// How long a merchant has to answer a chargeback.
pub const DISPUTE_WINDOW: Duration = days(11);
/// Charges of one split order, while its permission has room.
pub const SPLIT_CHARGES: usize = 25;

/// What an account of the European region may present; foreign ones by Visa and Mastercard only.
/// The Canadian dollar stands in the list of processing currencies.
const EUROPE: [&str; 13] = ["EUR", "GBP", "AUD", "CAD", "CHF", "DKK", "HKD", "JPY", "NOK", "NZD", "SEK", "USD", "ZAR"];

/// Whether an account of this region (`na`, `eu`, `jp`) may charge in this currency.
pub fn takes(region: &str, currency: Currency) -> bool {
    match region {
        "na" => currency == Currency::USD,
        "jp" => currency.code() == "JPY",
        _ => EUROPE.contains(&currency.code()),
    }
}

/// Whether the buyer pays in another currency than the account settles in; Visa and Mastercard only then.
pub fn is_foreign(region: &str, currency: Currency) -> bool {
    region == "eu" && !matches!(currency.code(), "EUR" | "GBP")
}

/// The most that one charge may be: 150,000, or 10,000,000 yen.
pub fn most(currency: Currency) -> Money {
    Money::new(if currency.exponent() == 0 { 10_000_000 } else { 150_000 * currency.scale() }, currency)
}

/// The most that a recurring permission may be charged in one calendar month.
pub fn monthly(currency: Currency) -> Money {
    whole(currency, 1_000, 10_000, 100_000)
}

/// The most that a saved wallet may be charged.
pub fn saved_wallet(currency: Currency) -> Money {
    whole(currency, 15_000, 150_000, 2_000_000)
}

fn whole(currency: Currency, usual: i64, small_unit: i64, yen: i64) -> Money {
    let whole = match currency.code() {
        "JPY" => yen,
        "DKK" | "HKD" | "NOK" | "SEK" | "ZAR" => small_unit,
        _ => usual,
    };
    Money::new(whole * currency.scale(), currency)
}

/// The most that may be given back in all: what was captured and the smaller of 15 % and 75 (8,400 yen).
pub fn refundable(captured: Money) -> Money {
    let flat = if captured.currency.code() == "JPY" { 8_400 } else { 75 * captured.currency.scale() };
    let extra = (i128::from(captured.minor) * 15 / 100).min(i128::from(flat));
    Money { minor: captured.minor.saturating_add(i64::try_from(extra).unwrap_or(flat)), ..captured }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, Currency::from_code(code).unwrap())
    }

    #[test]
    fn europe_takes_the_ten_processing_currencies_and_the_others_their_own() {
        for currency in Currency::OF_SHOPS {
            let taking = ["na", "eu", "jp"].map(|region| takes(region, currency));
            assert_eq!(taking, [currency.code() == "USD", true, currency.code() == "JPY"], "{currency}");
        }
    }

    #[test]
    fn regions_take_their_currencies() {
        for (region, code, takes_it) in [
            ("na", "USD", true),
            ("na", "EUR", false),
            ("jp", "JPY", true),
            ("jp", "USD", false),
            ("eu", "SEK", true),
            ("eu", "CNY", false),
        ] {
            assert_eq!(takes(region, Currency::from_code(code).unwrap()), takes_it, "{region} {code}");
        }
    }

    #[test]
    fn refunds_may_go_a_little_above_the_capture() {
        assert_eq!(refundable(money(10_000, "USD")), money(11_500, "USD"));
        assert_eq!(refundable(money(1_000_000, "EUR")), money(1_007_500, "EUR"));
        assert_eq!(refundable(money(100_000, "JPY")), money(108_400, "JPY"));
    }

    #[test]
    fn ceilings_follow_the_currency() {
        let of = |code| Currency::from_code(code).unwrap();
        assert_eq!(
            (monthly(of("USD")), monthly(of("SEK")), monthly(of("JPY"))),
            (money(100_000, "USD"), money(1_000_000, "SEK"), money(100_000, "JPY"))
        );
        assert_eq!((most(of("EUR")), most(of("JPY"))), (money(15_000_000, "EUR"), money(10_000_000, "JPY")));
        assert_eq!(saved_wallet(of("GBP")), money(1_500_000, "GBP"));
    }
}
