//! Parameters of the co-branded pages, for the pipelines SingleUse and Recipient.
//!
//! Names are matched in any case and an exact-case name wins over a variant; what is wrong comes back
//! as one of the three caller exceptions, in the guide's own words ("CE (Caller Exception)").

use crate::base::clock::{Clock, days};
use crate::base::money::Money;
use crate::sandbox::fps::wire::{Amount, percent_ppm};

/// The three kinds of caller exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The value does not have the form its description asks for.
    NotWellFormed,
    /// Missing, or not one of the values there are.
    InvalidOrAbsent,
    /// Belongs to another pipeline, or to none.
    NotForThisPipeline,
}

/// A caller exception: the kind and the parameters concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerException {
    /// Which of the three.
    pub wrong: Wrong,
    /// The parameters, as the guide spells them.
    pub parameters: Vec<String>,
}

impl CallerException {
    /// One exception about one parameter.
    pub fn invalid(parameter: &str) -> CallerException {
        CallerException { wrong: Wrong::InvalidOrAbsent, parameters: vec![parameter.to_owned()] }
    }

    /// The guide's message, word for word, with the comma-separated list.
    pub fn message(&self) -> String {
        let what = match self.wrong {
            Wrong::NotWellFormed => "not well formed",
            Wrong::InvalidOrAbsent => "either invalid or absent",
            Wrong::NotForThisPipeline => "not valid for this pipeline",
        };
        format!("CE - Caller Input Exception: The following input(s) are {what}: {}", self.parameters.join(", "))
    }
}

/// The two pipelines of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipeline {
    /// One purchase of one amount.
    SingleUse,
    /// A seller agrees to fees and gets registered.
    Recipient,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text(usize),
    Url,
    Boolean,
    Amount,
    Percent,
    Date,
    Word(&'static str),
    Methods,
}

type Row = (&'static str, bool, Kind);

const COMMON: &[Row] = &[
    ("callerKey", true, Kind::Text(128)),
    ("cobrandingStyle", false, Kind::Word("logo|banner")),
    ("cobrandingUrl", false, Kind::Url),
    ("pipelineName", true, Kind::Word("SingleUse|Recipient")),
    ("returnURL", true, Kind::Url),
    ("signature", false, Kind::Text(1024)),
    ("signatureVersion", false, Kind::Word("2")),
    ("signatureMethod", false, Kind::Word("HmacSHA256|HmacSHA1")),
    ("version", false, Kind::Word("2009-01-09")),
    ("websiteDescription", false, Kind::Text(1024)),
    ("callerReference", true, Kind::Text(128)),
    ("paymentMethod", false, Kind::Methods),
];

const SINGLE_USE: &[Row] = &[
    ("addressName", false, Kind::Text(256)),
    ("addressLine1", false, Kind::Text(256)),
    ("addressLine2", false, Kind::Text(256)),
    ("city", false, Kind::Text(256)),
    ("state", false, Kind::Text(256)),
    ("country", false, Kind::Text(256)),
    ("zip", false, Kind::Text(64)),
    ("phoneNumber", false, Kind::Text(64)),
    ("collectShippingAddress", false, Kind::Boolean),
    ("currencyCode", false, Kind::Word("USD")),
    ("paymentReason", false, Kind::Text(4096)),
    ("itemTotal", false, Kind::Amount),
    ("shipping", false, Kind::Amount),
    ("handling", false, Kind::Amount),
    ("giftWrapping", false, Kind::Amount),
    ("discount", false, Kind::Amount),
    ("tax", false, Kind::Amount),
    ("recipientToken", false, Kind::Text(65)),
    ("isRecipientCobranding", false, Kind::Boolean),
    ("reserve", false, Kind::Boolean),
    ("transactionAmount", true, Kind::Amount),
    ("disableGuest", false, Kind::Boolean),
    ("collectEmailAddress", false, Kind::Boolean),
];

const RECIPIENT: &[Row] = &[
    ("callerReferenceRefund", false, Kind::Text(128)),
    ("maxFixedFee", false, Kind::Amount),
    ("maxVariableFee", false, Kind::Percent),
    ("recipientPaysFee", true, Kind::Boolean),
    ("validityExpiry", false, Kind::Date),
    ("validityStart", false, Kind::Date),
];

/// Checked parameters, read in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pairs: Vec<(String, String)>,
}

impl Request {
    /// Wraps decoded parameters.
    pub fn new(pairs: Vec<(String, String)>) -> Request {
        Request { pairs }
    }

    /// The value of `name`: the exact-case one, else the first in another case; empty counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let exact = self.pairs.iter().find(|(n, _)| n == name);
        let variant = || self.pairs.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        exact.or_else(variant).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of `name`, or empty.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether `name` is `True`, in any case.
    pub fn is_true(&self, name: &str) -> bool {
        self.text(name).eq_ignore_ascii_case("true")
    }

    /// The amount called `name`.
    pub fn amount(&self, name: &str) -> Option<Money> {
        self.get(name).and_then(Amount::parse).map(|amount| amount.money)
    }

    /// The methods asked for, in the guide's order of preference; `ABT` when none is named.
    pub fn methods(&self) -> Vec<&'static str> {
        let asked = self.get("paymentMethod").unwrap_or("ABT");
        ["CC", "ACH", "ABT"].into_iter().filter(|method| asked.split(',').any(|word| word.trim() == *method)).collect()
    }

    /// All parameters as they came, for the signature and for storage.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The parameters that make two requests the same: all but the signature's, sorted.
    pub fn fingerprint(&self) -> String {
        let mut pairs: Vec<String> = self
            .pairs
            .iter()
            .filter(|(name, _)| {
                !["signature", "signatureversion", "signaturemethod"].contains(&name.to_ascii_lowercase().as_str())
            })
            .map(|(name, value)| format!("{}={value}", name.to_ascii_lowercase()))
            .collect();
        pairs.sort();
        pairs.join("\n")
    }

    /// The pipeline, once [`Request::check`] has passed.
    pub fn pipeline(&self) -> Option<Pipeline> {
        match self.get("pipelineName")? {
            "SingleUse" => Some(Pipeline::SingleUse),
            "Recipient" => Some(Pipeline::Recipient),
            _ => None,
        }
    }

    /// Checks every parameter: ill-formed ones first, then invalid and missing ones, then those of other pipelines.
    pub fn check(&self, clock: &Clock) -> Result<Pipeline, CallerException> {
        let pipeline = self.pipeline();
        let own = match pipeline {
            Some(Pipeline::SingleUse) => SINGLE_USE,
            Some(Pipeline::Recipient) => RECIPIENT,
            None => &[],
        };
        let rows: Vec<&Row> = COMMON.iter().chain(own).collect();
        let given = |row: &&&Row| self.get(row.0).map(|value| (row.0, value, row.2));
        let malformed: Vec<String> = rows
            .iter()
            .filter_map(|row| given(&row))
            .filter(|(_, value, kind)| !is_well_formed(value, *kind))
            .map(|(name, ..)| name.to_owned())
            .collect();
        fail_with(Wrong::NotWellFormed, malformed)?;
        let now = clock.now().0 / 1000;
        let mut invalid: Vec<String> = rows
            .iter()
            .filter(|row| match self.get(row.0) {
                None => row.1,
                Some(value) => !is_valid(row.0, value, row.2, now),
            })
            .map(|row| row.0.to_owned())
            .collect();
        if self.get("signature").is_some() {
            invalid.extend(
                ["signatureVersion", "signatureMethod"]
                    .iter()
                    .filter(|name| self.get(name).is_none())
                    .map(|name| (*name).to_owned()),
            );
        }
        if pipeline == Some(Pipeline::SingleUse)
            && self.is_true("isRecipientCobranding")
            && self.get("recipientToken").is_none()
        {
            invalid.push("recipientToken".to_owned());
        }
        fail_with(Wrong::InvalidOrAbsent, invalid)?;
        let foreign = self
            .pairs
            .iter()
            .filter(|(name, _)| !rows.iter().any(|row| row.0.eq_ignore_ascii_case(name)))
            .map(|(name, _)| name.clone())
            .collect();
        fail_with(Wrong::NotForThisPipeline, foreign)?;
        pipeline.ok_or_else(|| CallerException::invalid("pipelineName"))
    }
}

fn fail_with(wrong: Wrong, parameters: Vec<String>) -> Result<(), CallerException> {
    if parameters.is_empty() { Ok(()) } else { Err(CallerException { wrong, parameters }) }
}

fn is_well_formed(value: &str, kind: Kind) -> bool {
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
        Kind::Amount => Amount::parse(value).is_some_and(|amount| amount.is_exact),
        Kind::Percent => percent_ppm(value).is_some(),
        Kind::Date => value.parse::<u32>().is_ok(),
        Kind::Word(_) => value.len() <= 64,
        Kind::Methods => value.split(',').all(|word| !word.trim().is_empty()),
    }
}

/// Values that are well formed and still not acceptable. `now` is in Unix seconds of business time.
fn is_valid(name: &str, value: &str, kind: Kind, now: i64) -> bool {
    let seconds = || value.parse::<i64>().unwrap_or_default();
    let day = 24 * 60 * 60;
    match (name, kind) {
        (_, Kind::Word(words)) => words.split('|').any(|word| word == value),
        (_, Kind::Methods) => value.split(',').all(|word| ["CC", "ACH", "ABT"].contains(&word.trim())),
        ("transactionAmount", _) => Amount::parse(value).is_some_and(|amount| amount.money.is_positive()),
        ("validityStart", _) => {
            seconds() / day >= now / day && seconds() <= now + i64::try_from(days(366).as_secs()).unwrap_or(0)
        }
        ("validityExpiry", _) => seconds() / day >= now / day,
        ("cobrandingUrl", _) => url::Url::parse(value).is_ok_and(|url| {
            url.scheme() == "https" || matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
        }),
        _ => true,
    }
}

#[cfg(test)]
#[path = "cbui_tests.rs"]
mod tests;
