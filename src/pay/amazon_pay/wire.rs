//! What Amazon Pay and we write to each other, as plain types; never what it means.
//!
//! ```text
//! {"chargePermissionId":"S01-…","chargeAmount":{"amount":"19.99","currencyCode":"USD"},"captureNow":false}
//! {"reasonCode":"HardDeclined","message":"…"}
//! ```
//!
//! Members that are not known are passed over when reading, and what is empty is not written, since
//! Amazon Pay refuses members that it does not know. Source: Amazon Pay API v2, the page of each
//! object, and "Manage errors".

pub mod charges;
pub mod reports;
pub mod sessions;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::base::clock::Millis;
use crate::base::money::{Currency, Money, MoneyError};

/// The currencies that an Amazon Pay account keeps its books in, region by region.
pub const LEDGER_CURRENCIES: [&str; 4] = ["USD", "EUR", "GBP", "JPY"];

/// The currencies that a buyer may be shown: the ten of the status page, whose exponents are those
/// of ISO 4217. EU and UK accounts only take some of them; Amazon Pay says so when asked.
pub const PRESENTMENT_CURRENCIES: [&str; 10] = ["USD", "EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "SEK", "DKK", "NOK"];

/// An amount as it is written: `{"amount":"19.99","currencyCode":"USD"}`, `{"amount":"500","currencyCode":"JPY"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// A decimal; numbers are tolerated when reading.
    #[serde(deserialize_with = "text_or_number")]
    pub amount: String,
    /// ISO 4217.
    pub currency_code: String,
}

impl Price {
    /// Writes `money` with exactly the decimals of its currency.
    pub fn of(money: Money) -> Price {
        Price { amount: money.decimal(), currency_code: money.currency.code().to_owned() }
    }

    /// Reads it. `19.9` and `19.900` are 1990 cents: decimals beyond the currency's must be zeros.
    ///
    /// Errors: no known currency, no amount, below zero, or a fraction of a minor unit.
    pub fn money(&self) -> Result<Money, MoneyError> {
        let currency = Currency::from_code(&self.currency_code).ok_or(MoneyError::NotANumber)?;
        if self.amount.contains(',') {
            return Err(MoneyError::NotANumber);
        }
        match self.amount.split_once('.') {
            Some((whole, decimals)) => {
                let kept = decimals.trim_end_matches('0');
                let text = if kept.is_empty() { whole.to_owned() } else { format!("{whole}.{kept}") };
                Money::parse(&text, currency)
            }
            None => Money::parse(&self.amount, currency),
        }
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    match Value::deserialize(input)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("an amount is a text or a number")),
    }
}

/// Why an object is in its state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusDetails {
    /// The state: `Open`, `Authorized`, `Closed`…
    pub state: String,
    /// The reason, if there is one.
    pub reason_code: Option<String>,
    /// The reason in a sentence, for the log.
    pub reason_description: Option<String>,
    /// Charge permissions: all reasons.
    pub reasons: Option<Vec<ReasonDetails>>,
    /// Disputes: how it ended.
    pub resolution: Option<String>,
    /// When the state last changed.
    pub last_updated_timestamp: Option<Stamp>,
}

impl StatusDetails {
    /// The first reason, wherever it stands.
    pub fn reason(&self) -> Option<&str> {
        let first = || self.reasons.as_ref()?.first().map(|it| it.reason_code.as_str());
        self.reason_code.as_deref().or_else(first).filter(|code| !code.is_empty())
    }

    /// State and reason for people: `Canceled ExpiredUnused`.
    pub fn label(&self) -> String {
        self.reason().map_or_else(|| self.state.clone(), |reason| format!("{} {reason}", self.state))
    }
}

/// One reason of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReasonDetails {
    /// The code.
    pub reason_code: String,
    /// The sentence.
    pub reason_description: Option<String>,
}

/// What we note on an object; it comes back with it, and with the charges made from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MerchantMetadata {
    /// Our operation's id, at most 256 characters.
    pub merchant_reference_id: Option<String>,
    /// The shop's name, at most 50 characters.
    pub merchant_store_name: Option<String>,
    /// For the buyer, at most 255 characters.
    pub note_to_buyer: Option<String>,
    /// For us, at most 4096 characters; never shown to the buyer.
    pub custom_information: Option<String>,
}

/// A postal address. Lengths: as integrators have seen them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Address {
    /// The person, 50.
    pub name: Option<String>,
    /// 180.
    pub address_line1: Option<String>,
    /// 60.
    pub address_line2: Option<String>,
    /// 60.
    pub address_line3: Option<String>,
    /// 50.
    pub city: Option<String>,
    /// 50; only read.
    pub county: Option<String>,
    /// 50; only read.
    pub district: Option<String>,
    /// 50; only written, in place of the two.
    pub district_or_county: Option<String>,
    /// 50.
    pub state_or_region: Option<String>,
    /// 20.
    pub postal_code: Option<String>,
    /// ISO 3166 alpha-2.
    pub country_code: Option<String>,
    /// 20.
    pub phone_number: Option<String>,
}

/// A buyer, as far as the scopes allow: as part of a session or permission, and by Get Buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Buyer {
    /// `amzn1.account.…`
    pub buyer_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The address for letters.
    pub email: Option<String>,
    /// The telephone.
    pub phone_number: Option<String>,
    /// Get Buyer only.
    pub postal_code: Option<String>,
    /// Get Buyer only.
    pub country_code: Option<String>,
    /// Get Buyer only.
    pub shipping_address: Option<Address>,
    /// Get Buyer only.
    pub billing_address: Option<Address>,
    /// `PRIME_GENERAL`…; none unless Amazon allowed it.
    pub prime_membership_types: Option<Vec<String>>,
}

/// Where a person goes on, from the header `Location`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// The address.
    pub location: String,
}

/// The error envelope, and the request it was about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// The code of the status table.
    pub reason_code: String,
    /// The sentence, for the log and the operator.
    #[serde(default)]
    pub message: String,
    /// `x-amz-pay-request-id`, for Amazon's support.
    #[serde(skip)]
    pub request_id: String,
    /// The HTTP status.
    #[serde(skip)]
    pub status: u16,
}

/// An instant as Amazon Pay writes it: `20260102T030405Z`. Also read: `2026-01-02T03:04:05Z` and
/// milliseconds or seconds since 1970, which were met in early captures and in disputes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub Millis);

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Stamp, D::Error> {
        let value = Value::deserialize(input)?;
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let instant = match (number, value.as_str()) {
            // seconds until the year 5138, milliseconds from 1973 on
            (Some(number), _) if number < 100_000_000_000 => number.checked_mul(1000).map(Millis),
            (Some(number), _) => Some(Millis(number)),
            (None, Some(text)) => text.parse::<jiff::Timestamp>().ok().map(|it| Millis(it.as_millisecond())),
            (None, None) => None,
        };
        instant.map(Stamp).ok_or_else(|| serde::de::Error::custom("that is no instant"))
    }
}

/// `value` as JSON without anything empty, members always in the same order: the same request
/// is the same bytes, which an idempotency key depends on.
pub fn body<T: Serialize>(value: &T) -> String {
    let mut value = serde_json::to_value(value).unwrap_or_default();
    drop_nulls(&mut value);
    value.to_string()
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(amount: &str, code: &str) -> Price {
        Price { amount: amount.to_owned(), currency_code: code.to_owned() }
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        for code in PRESENTMENT_CURRENCIES.into_iter().chain(LEDGER_CURRENCIES) {
            let money = Money::new(123_456, Currency::from_code(code).unwrap());
            let expected = if code == "JPY" { "123456" } else { "1234.56" };
            assert_eq!(Price::of(money), price(expected, code));
            assert_eq!(price(expected, code).money(), Ok(money));
        }
    }

    #[test]
    fn amounts_are_read_as_decimals_and_never_rounded() {
        assert_eq!(price("19.9", "USD").money(), Ok(Money::usd(1990)));
        assert_eq!(price("19.900", "USD").money(), Ok(Money::usd(1990)));
        assert_eq!(price("500.00", "JPY").money().unwrap().minor, 500);
        let number: Price = serde_json::from_str(r#"{"amount":19.99,"currencyCode":"USD"}"#).unwrap();
        assert_eq!(number.money(), Ok(Money::usd(1999)));
        for bad in [price("19.999", "USD"), price("1,000", "USD"), price("-1", "USD"), price("1", "XX1")] {
            assert!(bad.money().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn instants_are_read_in_every_form_that_was_met() {
        let expected = Stamp(Millis(1_355_128_200_000));
        for text in ["\"20121210T083000Z\"", "\"2012-12-10T08:30:00Z\"", "1355128200000", "1355128200"] {
            assert_eq!(serde_json::from_str::<Stamp>(text).unwrap(), expected, "{text}");
        }
        assert!(serde_json::from_str::<Stamp>("\"yesterday\"").is_err());
    }

    #[test]
    fn what_is_empty_is_not_written() {
        let metadata = MerchantMetadata { merchant_reference_id: Some("opn_1".to_owned()), ..Default::default() };
        assert_eq!(body(&metadata), r#"{"merchantReferenceId":"opn_1"}"#);
    }
}
