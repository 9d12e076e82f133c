//! Money as integer minor units with a currency: `1999 USD` is 19.99 dollars.
//!
//! There is no float here and none is ever made from it, not for display either. What the
//! providers write on the wire is converted in their own `wire` files.

use std::fmt;

/// The currencies the marketplace knows, with the exponent of ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// U.S. dollars, the only currency FPS ever took.
    pub const USD: Currency = Currency(iso_currency::Currency::USD);

    /// Reads an ISO 4217 code in capitals, `USD`.
    pub fn from_code(code: &str) -> Option<Currency> {
        iso_currency::Currency::from_code(code).map(Currency)
    }

    /// The ISO 4217 code, `USD`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the currency has: JPY 0, USD 2, KWD 3.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }

    /// How many minor units make one: 1, 100 or 1000.
    pub fn scale(self) -> i64 {
        10_i64.pow(self.exponent())
    }

    fn sign(self) -> String {
        let sign = self.0.symbol().symbol;
        if sign == self.code() { format!("{sign} ") } else { sign }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units of one currency. Signed: ledger postings go both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money {
    /// Minor units: cents for USD.
    pub minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// Why an amount could not be read or computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// Two currencies met in one sum.
    #[error("the amounts are in different currencies")]
    MixedCurrencies,
    /// The text is not an amount.
    #[error("write the amount as a number, like 12.50")]
    NotANumber,
    /// More decimals than the currency has.
    #[error("the amount has more decimals than the currency")]
    TooManyDecimals,
    /// Below zero where only zero or more makes sense.
    #[error("the amount must not be negative")]
    Negative,
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// Dollars and cents as cents: `Money::usd(1999)` is 19.99.
    pub const fn usd(cents: i64) -> Money {
        Money { minor: cents, currency: Currency::USD }
    }

    /// The sum. Errors: another currency, or overflow.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// The difference. Errors: another currency, or overflow.
    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// `quantity` times the amount. Errors: overflow.
    pub fn times(self, quantity: i64) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_mul(quantity).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// The share `part / whole`, rounded half up, computed in 128 bits.
    ///
    /// Used for percentages (`part` basis points of 10,000) and proportional refunds.
    pub fn share(self, part: i64, whole: i64) -> Result<Money, MoneyError> {
        if whole <= 0 {
            return Err(MoneyError::Overflow);
        }
        let exact = i128::from(self.minor) * i128::from(part);
        let whole = i128::from(whole);
        let rounded = (2 * exact + whole).div_euclid(2 * whole);
        let minor = i64::try_from(rounded).map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, ..self })
    }

    /// The amount with its sign turned.
    pub fn negated(self) -> Money {
        Money { minor: -self.minor, ..self }
    }

    /// Whether the amount is above zero.
    pub fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Reads what a person typed: `12`, `12.5`, `1,234.50`; never negative, never more decimals than the currency has.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let text: String = text.trim().chars().filter(|c| *c != ',').collect();
        if text.starts_with('-') {
            return Err(MoneyError::Negative);
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() && decimals.is_empty() || !digits(whole) || !digits(decimals) {
            return Err(MoneyError::NotANumber);
        }
        let exponent = currency.exponent() as usize;
        if decimals.len() > exponent {
            return Err(MoneyError::TooManyDecimals);
        }
        let all = format!("{whole}{decimals:0<exponent$}");
        let minor = all.parse::<i64>().map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, currency })
    }

    /// The plain decimal without sign or grouping: `1999 USD` as `19.99`, `500 JPY` as `500`.
    pub fn decimal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let scale = self.currency.scale().unsigned_abs();
        let (whole, rest) = (self.minor.unsigned_abs() / scale, self.minor.unsigned_abs() % scale);
        match self.currency.exponent() as usize {
            0 => format!("{sign}{whole}"),
            exponent => format!("{sign}{whole}.{rest:0exponent$}"),
        }
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::MixedCurrencies) }
    }
}

/// For people: `$1,234.50`, with the currency always shown.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = Money { minor: self.minor.saturating_abs(), ..*self }.decimal();
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let minus = if self.minor < 0 { "−" } else { "" };
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{minus}{}{grouped}{point}{decimals}", self.currency.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::from_code(code).unwrap()
    }

    #[test]
    fn exponents_follow_iso_4217() {
        for (code, exponent) in [
            ("JPY", 0),
            ("USD", 2),
            ("EUR", 2),
            ("AED", 2),
            ("SAR", 2),
            ("KWD", 3),
            ("BHD", 3),
            ("OMR", 3),
            ("JOD", 3),
            ("TND", 3),
        ] {
            assert_eq!(currency(code).exponent(), exponent, "{code}");
        }
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Money::parse("12.5", Currency::USD), Ok(Money::usd(1250)));
        assert_eq!(Money::parse(" 1,234.50 ", Currency::USD), Ok(Money::usd(123_450)));
        assert_eq!(Money::parse("12.345", Currency::USD), Err(MoneyError::TooManyDecimals));
        assert_eq!(Money::parse("-1", Currency::USD), Err(MoneyError::Negative));
        assert_eq!(Money::parse("", Currency::USD), Err(MoneyError::NotANumber));
        assert_eq!(Money::parse("1e3", Currency::USD), Err(MoneyError::NotANumber));
        assert_eq!(Money::parse("99999999999999999999", Currency::USD), Err(MoneyError::Overflow));
        assert_eq!(Money::parse("1.5", currency("JPY")), Err(MoneyError::TooManyDecimals));
    }

    #[test]
    fn amounts_show_their_currency() {
        assert_eq!(Money::usd(123_450).to_string(), "$1,234.50");
        assert_eq!(Money::usd(-5).to_string(), "−$0.05");
        assert_eq!(Money::new(1_000_000, currency("JPY")).to_string(), "¥1,000,000");
    }

    #[test]
    fn a_share_rounds_half_up() {
        assert_eq!(Money::usd(1999).share(500, 10_000), Ok(Money::usd(100)));
        assert_eq!(Money::usd(1).share(1, 2), Ok(Money::usd(1)));
        assert_eq!(Money::usd(i64::MAX).share(2, 1), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn the_decimal_reads_back(minor in 0..i64::MAX, code in prop::sample::select(vec!["JPY", "USD", "KWD"])) {
            let money = Money::new(minor, currency(code));
            prop_assert_eq!(Money::parse(&money.decimal(), money.currency), Ok(money));
        }
    }
}
