//! How Amazon Pay writes things: amounts, instants, ids, query text.

use rand::RngExt as _;
use serde_json::{Value, json};

use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};

/// `20260102T030405Z`, the basic form that every SDK reads.
pub fn timestamp(at: Millis) -> String {
    at.iso8601().replace(['-', ':'], "")
}

/// The same, or `null` for "never" (0).
pub fn timestamp_or_null(at: i64) -> Value {
    if at > 0 { timestamp(Millis(at)).into() } else { Value::Null }
}

/// Reads `20260102T030405Z` and `2026-01-02T03:04:05Z`.
pub fn read_timestamp(text: &str) -> Option<Millis> {
    let at = if text.len() == 16 && text.is_ascii() && text.ends_with('Z') {
        let part = |from: usize, to: usize| &text[from..to];
        let extended =
            format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(9, 11), part(11, 13), part(13, 15));
        extended.parse::<jiff::Timestamp>().ok().filter(|_| part(8, 9) == "T")
    } else {
        text.parse::<jiff::Timestamp>().ok()
    };
    at.map(|at| Millis(at.as_millisecond()))
}

/// `months` calendar months later, at the same time of day, UTC.
pub fn months_later(at: Millis, months: i64) -> Millis {
    at.months_later(months)
}

/// Reads a price object; `None` when it is not one, or has more decimals than its currency.
pub fn read_price(price: &Value) -> Option<Money> {
    let currency = Currency::from_code(price.get("currencyCode")?.as_str()?)?;
    let text = match price.get("amount")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // 1200.00 yen are 1200 yen, but half a yen does not exist.
    let trimmed = match text.split_once('.') {
        Some((whole, decimals)) if decimals.len() > currency.exponent() as usize => {
            let kept = decimals.trim_end_matches('0');
            if kept.is_empty() { whole.to_owned() } else { format!("{whole}.{kept}") }
        }
        _ => text,
    };
    is_plain.then(|| Money::parse(&trimmed, currency).ok()).flatten()
}

/// A price object.
pub fn price(money: Money) -> Value {
    json!({ "amount": money.decimal(), "currencyCode": money.currency.code() })
}

/// A price object of minor units in the currency with this code.
pub fn price_of(minor: i64, code: &str) -> Value {
    let currency = Currency::from_code(code).unwrap_or(Currency::USD);
    price(Money::new(minor, currency))
}

/// `encodeURIComponent` of JavaScript, which leaves `! ' ( ) * ~` alone.
pub fn encode_component(text: &str) -> String {
    encode(text, b"-_.~!'()*")
}

/// Percent-encoding by RFC 3986: all but letters, digits and `- _ . ~`.
pub fn encode_rfc3986(text: &str) -> String {
    encode(text, b"-_.~")
}

fn encode(text: &str, keep: &[u8]) -> String {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || keep.contains(&byte);
    let write = |byte: u8| if is_kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(write).collect()
}

/// A version 4 UUID, the form of checkout session and request ids.
pub fn uuid() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// `S01-1234567-1234567`: prefix letter, the region's two digits, twice seven random ones.
pub fn permission_id(letter: char, region: &str) -> String {
    let digits = match region {
        "eu" => "02",
        "jp" => "03",
        _ => "01",
    };
    format!("{letter}{digits}-{}-{}", random_digits(7), random_digits(7))
}

/// `…-C123456` below a permission, `…-R123456` for a refund, `…-B123456` for a dispute.
pub fn child_id(of: &str, letter: char) -> String {
    let stem = of.split('-').take(3).collect::<Vec<_>>().join("-");
    format!("{stem}-{letter}{}", random_digits(6))
}

fn random_digits(count: usize) -> String {
    let mut random = rand::rng();
    (0..count).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_both_forms_and_written_in_the_basic_one() {
        let at = read_timestamp("2026-01-02T03:04:05Z").unwrap();
        assert_eq!(read_timestamp("20260102T030405Z"), Some(at));
        assert_eq!(timestamp(at), "20260102T030405Z");
        assert_eq!(timestamp(months_later(at, 13)), "20270202T030405Z");
        for wrong in ["", "yesterday", "20260102 030405Z", "20261302T030405Z", "2026-01-02"] {
            assert_eq!(read_timestamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let read = |amount: Value, code: &str| read_price(&json!({ "amount": amount, "currencyCode": code }));
        assert_eq!(read(json!("10.5"), "USD").map(|money| money.minor), Some(1050));
        assert_eq!(read(json!(10.5), "USD").map(|money| money.minor), Some(1050));
        assert_eq!(read(json!("1200.00"), "JPY").map(|money| money.minor), Some(1200));
        for (amount, code) in
            [("10.505", "USD"), ("1.5", "JPY"), ("-1", "USD"), ("1,000", "USD"), ("", "USD"), ("1", "XYZ")]
        {
            assert_eq!(read(json!(amount), code), None, "{amount} {code}");
        }
        assert_eq!(price_of(1200, "JPY"), json!({ "amount": "1200", "currencyCode": "JPY" }));
    }

    #[test]
    fn ids_look_like_the_providers() {
        let permission = permission_id('S', "eu");
        assert!(permission.starts_with("S02-") && permission.len() == 19, "{permission}");
        let charge = child_id(&permission, 'C');
        assert!(charge.starts_with(&format!("{permission}-C")) && charge.len() == 27, "{charge}");
        assert!(child_id(&charge, 'R').starts_with(&format!("{permission}-R")));
        assert_eq!(uuid().len(), 36);
    }
}
