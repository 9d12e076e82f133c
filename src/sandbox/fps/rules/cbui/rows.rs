//! The parameters of each pipeline: name, whether it is required, and what its value must be.
//!
//! What one parameter asks of another stands in `Request::check`.

use crate::base::clock::Millis;
use crate::sandbox::fps::tokens::Period;
use crate::sandbox::fps::wire::{Amount, percent_ppm};

/// How a value must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text of at most so many bytes.
    Text(usize),
    /// An http(s) address.
    Url,
    /// `True` or `False`, in any case.
    Boolean,
    /// An amount of at most two decimals.
    Amount,
    /// An amount above zero.
    Price,
    /// A percentage.
    Percent,
    /// Unix seconds.
    Date,
    /// One of these words, separated by `|`.
    Word(&'static str),
    /// A comma list out of CC, ACH and ABT.
    Methods,
    /// A comma list of token ids.
    Tokens,
    /// `1 Month`.
    Period,
    /// The value of a usage limit, an amount or a number.
    LimitValue,
}

/// Name, required, kind.
pub type Row = (&'static str, bool, Kind);

/// Of every pipeline.
pub const COMMON: &[Row] = &[
    ("callerKey", true, Kind::Text(128)),
    ("cobrandingStyle", false, Kind::Word("logo|banner")),
    ("cobrandingUrl", false, Kind::Url),
    ("pipelineName", true, Kind::Word("SingleUse|MultiUse|Recurring|Recipient|EditToken")),
    ("returnURL", true, Kind::Url),
    ("signature", false, Kind::Text(1024)),
    ("signatureVersion", false, Kind::Word("2")),
    ("signatureMethod", false, Kind::Word("HmacSHA256|HmacSHA1")),
    ("version", false, Kind::Word("2009-01-09")),
    ("websiteDescription", false, Kind::Text(1024)),
    ("callerReference", true, Kind::Text(128)),
    ("paymentMethod", false, Kind::Methods),
];

/// Of every pipeline in which a buyer approves payments.
const APPROVAL: &[Row] = &[
    ("addressName", false, Kind::Text(1024)),
    ("addressLine1", false, Kind::Text(1024)),
    ("addressLine2", false, Kind::Text(1024)),
    ("city", false, Kind::Text(1024)),
    ("state", false, Kind::Text(1024)),
    ("country", false, Kind::Text(1024)),
    ("zip", false, Kind::Text(1024)),
    ("phoneNumber", false, Kind::Text(1024)),
    ("collectShippingAddress", false, Kind::Boolean),
    ("currencyCode", false, Kind::Word("USD")),
    ("paymentReason", false, Kind::Text(4096)),
    ("isRecipientCobranding", false, Kind::Boolean),
];

const VALIDITY: &[Row] = &[("validityExpiry", false, Kind::Date), ("validityStart", false, Kind::Date)];

/// SingleUse.
pub const SINGLE_USE: &[&[Row]] = &[
    APPROVAL,
    &[
        ("itemTotal", false, Kind::Amount),
        ("shipping", false, Kind::Amount),
        ("handling", false, Kind::Amount),
        ("giftWrapping", false, Kind::Amount),
        ("discount", false, Kind::Amount),
        ("tax", false, Kind::Amount),
        ("recipientToken", false, Kind::Text(65)),
        ("reserve", false, Kind::Boolean),
        ("transactionAmount", true, Kind::Price),
        ("disableGuest", false, Kind::Boolean),
        ("collectEmailAddress", false, Kind::Boolean),
    ],
];

/// MultiUse.
pub const MULTI_USE: &[&[Row]] = &[
    APPROVAL,
    VALIDITY,
    &[
        ("amountType", false, Kind::Word("Exact|Maximum|Minimum")),
        ("globalAmountLimit", true, Kind::Price),
        ("recipientTokenList", false, Kind::Tokens),
        ("transactionAmount", false, Kind::Price),
        ("usageLimitType1", false, Kind::Word("Amount|Count")),
        ("usageLimitPeriod1", false, Kind::Period),
        ("usageLimitValue1", false, Kind::LimitValue),
        ("usageLimitType2", false, Kind::Word("Amount|Count")),
        ("usageLimitPeriod2", false, Kind::Period),
        ("usageLimitValue2", false, Kind::LimitValue),
    ],
];

/// Recurring.
pub const RECURRING: &[&[Row]] = &[
    APPROVAL,
    VALIDITY,
    &[
        ("recipientToken", false, Kind::Text(65)),
        ("recurringPeriod", true, Kind::Period),
        ("transactionAmount", true, Kind::Price),
    ],
];

/// Recipient.
pub const RECIPIENT: &[&[Row]] = &[
    VALIDITY,
    &[
        ("callerReferenceRefund", false, Kind::Text(128)),
        ("maxFixedFee", false, Kind::Amount),
        ("maxVariableFee", false, Kind::Percent),
        ("recipientPaysFee", true, Kind::Boolean),
    ],
];

/// EditToken.
pub const EDIT_TOKEN: &[&[Row]] = &[&[("tokenID", true, Kind::Text(65))]];

/// Whether the value has the form that its kind asks for.
pub fn is_well_formed(value: &str, kind: Kind) -> bool {
    match kind {
        Kind::Text(most) => {
            value.len() <= most && !value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        }
        Kind::Url => {
            value.len() <= 4096
                && !value.chars().any(char::is_control)
                && url::Url::parse(value).is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
        }
        Kind::Boolean => ["true", "false"].contains(&value.to_ascii_lowercase().as_str()),
        Kind::Amount | Kind::Price => Amount::parse(value).is_some_and(|amount| amount.is_exact),
        Kind::Percent => percent_ppm(value).is_some(),
        Kind::Date => value.parse::<u32>().is_ok(),
        Kind::Word(_) => value.len() <= 64,
        Kind::Methods => value.split(',').all(|word| !word.trim().is_empty()),
        Kind::Tokens => {
            let is_id = |id: &str| (1..=65).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            value.split(',').all(|id| is_id(id.trim()))
        }
        Kind::Period => Period::parse(value).is_some(),
        Kind::LimitValue => value.len() <= 20,
    }
}

/// Whether a well-formed value is acceptable. `now` is in Unix seconds of business time.
pub fn is_valid(name: &str, value: &str, kind: Kind, now: i64) -> bool {
    let seconds = || value.parse::<i64>().unwrap_or_default();
    let day = 24 * 60 * 60;
    match (name, kind) {
        (_, Kind::Word(words)) => words.split('|').any(|word| word == value),
        (_, Kind::Methods) => value.split(',').all(|word| ["CC", "ACH", "ABT"].contains(&word.trim())),
        (_, Kind::Price) => Amount::parse(value).is_some_and(|amount| amount.money.is_positive()),
        (_, Kind::LimitValue) => value.bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
        (_, Kind::Period) => Period::parse(value).is_some_and(Period::is_positive),
        ("validityStart", _) => {
            seconds() / day >= now / day && seconds() <= Millis(now * 1000).months_later(12).0 / 1000
        }
        ("validityExpiry", _) => seconds() / day >= now / day,
        ("cobrandingUrl", _) => url::Url::parse(value).is_ok_and(|url| {
            url.scheme() == "https" || matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
        }),
        _ => true,
    }
}
