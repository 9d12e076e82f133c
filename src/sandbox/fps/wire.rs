//! The wire of the FPS API: parameters in, XML out.
//!
//! ```xml
//! <PayResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/"><PayResult>…</PayResult>…</PayResponse>
//! ```

use quick_xml::escape::escape;

use super::codes::ApiError;
use crate::base::clock::Millis;
use crate::base::money::Money;

/// Decoded parameters of one request, in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// Reads a raw query or form body.
    pub fn parse(raw: &str) -> Params {
        Params(form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    /// The value of `name`, exactly as spelled; absent and empty are the same.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of `name`, or empty.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The value of `name`, whose absence is an error.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::params(format!("{name} is required")))
    }

    /// The amount `name.Value` with `name.CurrencyCode`, if given.
    pub fn amount(&self, name: &str) -> Result<Option<Amount>, ApiError> {
        let (value_name, currency_name) = (format!("{name}.Value"), format!("{name}.CurrencyCode"));
        let Some(value) = self.get(&value_name) else {
            return match self.get(&currency_name) {
                Some(_) => Err(ApiError::params(format!("{value_name} is required"))),
                None => Ok(None),
            };
        };
        match self.get(&currency_name) {
            Some("USD") => {}
            Some(other) => return Err(ApiError::params(format!("{currency_name} must be USD, not {other}"))),
            None => return Err(ApiError::params(format!("{currency_name} is required"))),
        }
        Amount::parse(value)
            .map(Some)
            .ok_or_else(|| ApiError::params(format!("{value_name} is not an amount: {value}")))
    }
}

/// An amount as sent, possibly with more decimals than dollars have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The amount, cut after two decimals.
    pub money: Money,
    /// Whether there were at most two decimals.
    pub is_exact: bool,
}

impl Amount {
    /// Reads `25.01`, `2500`, `123.6522`: digits with an optional point, nothing else.
    pub fn parse(text: &str) -> Option<Amount> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || !all_digits(whole) || !all_digits(decimals) || text.ends_with('.') {
            return None;
        }
        let cents = format!("{decimals:0<2}");
        let minor = whole.parse::<i64>().ok()? * 100 + cents[..2].parse::<i64>().ok()?;
        Some(Amount { money: Money::usd(minor), is_exact: decimals.len() <= 2 })
    }
}

/// A share in millionths from a percentage: `5` is 50,000, `0.25` is 2,500. At most four decimals, at most 100 %.
pub fn percent_ppm(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || decimals.len() > 4 || !all_digits(whole) || !all_digits(decimals) {
        return None;
    }
    let ppm = format!("{whole}{decimals:0<4}").parse::<i64>().ok()?;
    (ppm <= 1_000_000).then_some(ppm)
}

/// Millionths as a percentage without needless zeros: 50,000 is `5`.
pub fn ppm_percent(ppm: i64) -> String {
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An ISO 8601 date-time with an offset, with or without milliseconds.
pub fn instant(text: &str) -> Option<Millis> {
    let timestamp = text.parse::<jiff::Timestamp>().ok()?;
    Some(Millis(timestamp.as_millisecond()))
}

/// ISO 8601 with milliseconds and an offset, as `DateInstalled` has it.
pub fn date_time(at: i64) -> String {
    let seconds = Millis(at).iso8601();
    format!("{}.{:03}+00:00", seconds.trim_end_matches('Z'), at.rem_euclid(1000))
}

/// XML being written; every text is escaped.
#[derive(Clone, Debug, Default)]
pub struct Xml(String);

impl Xml {
    /// `<name>text</name>`.
    pub fn leaf(mut self, name: &str, text: &str) -> Xml {
        self.0.push_str(&format!("<{name}>{}</{name}>", escape(text)));
        self
    }

    /// `<name>text</name>`, or nothing for an empty text.
    pub fn some(self, name: &str, text: &str) -> Xml {
        if text.is_empty() { self } else { self.leaf(name, text) }
    }

    /// `<name>…</name>` around what `inside` writes.
    pub fn nest(mut self, name: &str, inside: Xml) -> Xml {
        self.0.push_str(&format!("<{name}>{}</{name}>", inside.0));
        self
    }

    /// An amount element: currency, then value with two decimals.
    pub fn amount(self, name: &str, money: Money) -> Xml {
        self.nest(name, Xml::default().leaf("CurrencyCode", money.currency.code()).leaf("Value", &money.decimal()))
    }

    /// The same with six decimals, as the answers about accounts write them: `7.400000`.
    pub fn long_amount(self, name: &str, money: Money) -> Xml {
        let value = format!("{}0000", money.decimal());
        self.nest(name, Xml::default().leaf("CurrencyCode", money.currency.code()).leaf("Value", &value))
    }

    /// Takes text that was written by [`Xml`] before and kept.
    pub fn from_text(text: String) -> Xml {
        Xml(text)
    }

    /// The text so far.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// A whole good answer; `result` is what stands inside `…Result`, empty for CancelToken.
pub fn answer(action: &str, result: &str, request_id: &str) -> String {
    let result = if result.is_empty() { String::new() } else { format!("<{action}Result>{result}</{action}Result>") };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{action}Response xmlns=\"http://fps.amazonaws.com/doc/2008-09-17/\">{result}\
         <ResponseMetadata><RequestId>{request_id}:0</RequestId></ResponseMetadata></{action}Response>"
    )
}

/// A whole refusal; note the capital `RequestID` and the missing namespace.
pub fn refusal(error: &ApiError, request_id: &str) -> String {
    let error = Xml::default().leaf("Code", &error.code).leaf("Message", &error.message);
    let response = Xml::default().nest("Errors", Xml::default().nest("Error", error)).leaf("RequestID", request_id);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", Xml::default().nest("Response", response).into_text())
}

/// A request id in the form of the samples: `c21e7735-9c08-4cd8-99bf-535a848c79b4`.
pub fn request_id() -> String {
    let hex = format!("{:032x}", rand::random::<u128>());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_like_the_guide_says() {
        assert_eq!(Amount::parse("25.01").unwrap().money, Money::usd(2501));
        assert_eq!(Amount::parse("2500").unwrap().money, Money::usd(250_000));
        assert_eq!(Amount::parse("123.6522"), Some(Amount { money: Money::usd(12_365), is_exact: false }));
        for bad in ["", ".5", "1.", "-1", "1e3", "1,000", "12 ", "1234567890123"] {
            assert_eq!(Amount::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn percentages_read_and_print() {
        for (text, ppm) in [("5", 50_000), ("0.25", 2_500), ("100", 1_000_000)] {
            assert_eq!(percent_ppm(text), Some(ppm));
            assert_eq!(ppm_percent(ppm), text);
        }
        assert_eq!(percent_ppm("100.01"), None);
        assert_eq!(percent_ppm("x"), None);
    }

    #[test]
    fn text_is_always_escaped() {
        let body = refusal(&ApiError::params("<b> & \"x\""), "id");
        assert!(body.contains("<Message>&lt;b&gt; &amp; &quot;x&quot;</Message>"), "{body}");
        assert!(answer("CancelToken", "", "id").contains("2008-09-17/\"><ResponseMetadata>"));
    }
}
