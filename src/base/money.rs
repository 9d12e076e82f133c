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

    /// The currencies that a shop can be kept in: the ten that Amazon Pay processes, the four of its ledgers first.
    pub const OF_SHOPS: [Currency; 10] = [
        Currency::USD,
        Currency(iso_currency::Currency::EUR),
        Currency(iso_currency::Currency::GBP),
        Currency(iso_currency::Currency::JPY),
        Currency(iso_currency::Currency::AUD),
        Currency(iso_currency::Currency::CAD),
        Currency(iso_currency::Currency::CHF),
        Currency(iso_currency::Currency::SEK),
        Currency(iso_currency::Currency::DKK),
        Currency(iso_currency::Currency::NOK),
    ];

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

    /// What stands before an amount. A sign that several currencies share would not tell which one is
    /// meant, so those have their country's letter or the code.
    fn sign(self) -> String {
        match self.code() {
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "GBP" => "£".to_owned(),
            "JPY" => "¥".to_owned(),
            "AUD" => "A$".to_owned(),
            "CAD" => "CA$".to_owned(),
            code => format!("{code}\u{a0}"),
        }
    }

    /// An amount as a person would write it here, for hints: `12.50`, `1250`.
    pub fn example(self) -> String {
        Money { minor: 1250, currency: self }.decimal()
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
    #[error("the amount is not a number")]
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

    /// Reads what a person typed: as [`Money::parse`] does, with or without the currency's sign or code.
    pub fn typed(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let (text, sign) = (text.trim(), currency.sign());
        // keyboards have `$` and not `A$`
        let plain = sign.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let mut marks = [currency.code(), sign.trim(), plain, ""].into_iter();
        let bare = marks.find_map(|mark| text.strip_prefix(mark).or_else(|| text.strip_suffix(mark)));
        Money::parse(bare.unwrap_or(text), currency)
    }

    /// Reads a decimal: `12`, `12.5`, `1,234.50`; never negative, never more decimals than the currency has.
    /// A comma only parts thousands: elsewhere `12,50` means 12.50, so it is refused rather than read as 1250.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let text = text.trim();
        if text.starts_with('-') {
            return Err(MoneyError::Negative);
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let whole = ungrouped(whole).ok_or(MoneyError::NotANumber)?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() && decimals.is_empty() || !digits(&whole) || !digits(decimals) {
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

/// `1,234` as `1234`; nothing where a comma stands anywhere else.
fn ungrouped(whole: &str) -> Option<String> {
    match whole.split_once(',') {
        None => Some(whole.to_owned()),
        Some((first, rest)) if (1..=3).contains(&first.len()) && rest.split(',').all(|group| group.len() == 3) => {
            Some(whole.replace(',', ""))
        }
        Some(_) => None,
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
    fn a_comma_that_could_be_a_decimal_point_is_refused() {
        for text in ["12,50", "1,5", ",500", "1234,567", "1,23,456", "1.234,50", ","] {
            assert_eq!(Money::parse(text, Currency::USD), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::parse("1,234,567", currency("JPY")), Ok(Money::new(1_234_567, currency("JPY"))));
    }

    #[test]
    fn people_may_type_the_sign_or_the_code() {
        let typed = |text, code| Money::typed(text, currency(code)).map(|money| money.minor);
        for (text, code, minor) in [
            ("$12.50", "USD", 1250),
            ("€ 12.50", "EUR", 1250),
            ("12.5 EUR", "EUR", 1250),
            ("¥1,500", "JPY", 1500),
            ("$3", "AUD", 300),
            ("CA$3", "CAD", 300),
            ("SEK 145", "SEK", 14_500),
            ("145", "NOK", 14_500),
        ] {
            assert_eq!(typed(text, code), Ok(minor), "{text}");
        }
        assert_eq!(typed("$12.50", "EUR"), Err(MoneyError::NotANumber), "another currency's");
        assert_eq!(typed("€-1", "EUR"), Err(MoneyError::Negative));
        assert_eq!(typed("€", "EUR"), Err(MoneyError::NotANumber));
    }

    #[test]
    fn amounts_show_their_currency() {
        assert_eq!(Money::usd(123_450).to_string(), "$1,234.50");
        assert_eq!(Money::usd(-5).to_string(), "−$0.05");
        assert_eq!(Money::new(1_000_000, currency("JPY")).to_string(), "¥1,000,000");
    }

    #[test]
    fn every_currency_of_a_shop_goes_out_and_comes_in_again() {
        let shown = Currency::OF_SHOPS.map(|currency| Money::new(123_450, currency).to_string().replace('\u{a0}', " "));
        let expected = [
            "$1,234.50",
            "€1,234.50",
            "£1,234.50",
            "¥123,450",
            "A$1,234.50",
            "CA$1,234.50",
            "CHF 1,234.50",
            "SEK 1,234.50",
            "DKK 1,234.50",
            "NOK 1,234.50",
        ];
        assert_eq!(shown, expected);
        for currency in Currency::OF_SHOPS {
            let money = Money::new(123_450, currency);
            assert_eq!(Money::typed(&money.to_string(), currency), Ok(money));
            assert_eq!(Money::typed(&money.decimal(), currency), Ok(money));
            assert_eq!(Currency::from_code(currency.code()), Some(currency));
        }
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
