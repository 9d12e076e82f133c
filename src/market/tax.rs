//! Sales tax by a table of rates: the ship-to state decides. Goods are taxed, shipping and gift wrap are not.
//!
//! Only a shop in U.S. dollars adds any. Elsewhere prices are what buyers pay: whatever tax a seller owes is
//! in them already.

use crate::base::money::{Currency, Money, MoneyError};

/// State sales tax rates in hundredths of a percent, without local parts.
/// A shop that goes live asks its accountant; the table shows where the answer goes.
const US_STATES: &[(&str, i64)] = &[
    ("AL", 400),
    ("AK", 0),
    ("AZ", 560),
    ("AR", 650),
    ("CA", 725),
    ("CO", 290),
    ("CT", 635),
    ("DE", 0),
    ("DC", 600),
    ("FL", 600),
    ("GA", 400),
    ("HI", 400),
    ("ID", 600),
    ("IL", 625),
    ("IN", 700),
    ("IA", 600),
    ("KS", 650),
    ("KY", 600),
    ("LA", 445),
    ("ME", 550),
    ("MD", 600),
    ("MA", 625),
    ("MI", 600),
    ("MN", 688),
    ("MS", 700),
    ("MO", 423),
    ("MT", 0),
    ("NE", 550),
    ("NV", 685),
    ("NH", 0),
    ("NJ", 663),
    ("NM", 500),
    ("NY", 400),
    ("NC", 475),
    ("ND", 500),
    ("OH", 575),
    ("OK", 450),
    ("OR", 0),
    ("PA", 600),
    ("RI", 700),
    ("SC", 600),
    ("SD", 450),
    ("TN", 700),
    ("TX", 625),
    ("UT", 610),
    ("VT", 600),
    ("VA", 530),
    ("WA", 650),
    ("WV", 600),
    ("WI", 500),
    ("WY", 400),
];

/// Whether a shop in `currency` adds sales tax to its prices.
pub fn is_added(currency: Currency) -> bool {
    currency == Currency::USD
}

/// The rate for goods of a shop in `currency` sent to `state` in `country`, in hundredths of a percent. Abroad: none.
pub fn rate_bp(currency: Currency, country: &str, state: &str) -> i64 {
    if !is_added(currency) || country != "US" {
        return 0;
    }
    US_STATES.iter().find(|(code, _)| *code == state).map_or(0, |(_, rate)| *rate)
}

/// The two-letter codes of the states, for the form.
pub fn states() -> impl Iterator<Item = &'static str> {
    US_STATES.iter().map(|(code, _)| *code)
}

/// The tax on `goods`, rounded half up once per order.
pub fn on(goods: Money, country: &str, state: &str) -> Result<Money, MoneyError> {
    goods.share(rate_bp(goods.currency, country, state), 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ship_to_state_decides() {
        assert_eq!(on(Money::usd(1000), "US", "CA"), Ok(Money::usd(73)));
        assert_eq!(on(Money::usd(1000), "US", "OR"), Ok(Money::usd(0)));
        assert_eq!(on(Money::usd(1000), "DE", "CA"), Ok(Money::usd(0)));
    }

    #[test]
    fn a_shop_elsewhere_adds_none() {
        let euros = Money::new(1000, Currency::from_code("EUR").unwrap());
        assert_eq!(on(euros, "US", "CA"), Ok(Money::zero(euros.currency)));
    }
}
