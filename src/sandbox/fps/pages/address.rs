//! Shipping addresses: collected here when the shop asks for that, otherwise shown as the shop sent them.

use super::finish::Fields;
use crate::sandbox::fps::rules::cbui::Request;

/// Address parameters with their labels and an example that makes a complete address.
pub const PARTS: [(&str, &str, &str); 7] = [
    ("addressName", "Full name", ""),
    ("addressLine1", "Street and number", "410 Terry Ave N"),
    ("addressLine2", "Apartment, floor (if any)", ""),
    ("city", "City", "Seattle"),
    ("state", "State", "WA"),
    ("zip", "ZIP code", "98109"),
    ("phoneNumber", "Phone", "206-555-0100"),
];

/// The address the buyer typed, as JSON pairs. Errors: what is missing.
pub fn collected(form: &[(String, String)]) -> Result<String, String> {
    let text = |name: &str| form.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.trim());
    let missing: Vec<&str> = PARTS
        .iter()
        .filter(|(name, ..)| !matches!(*name, "addressLine2" | "phoneNumber") && text(name).is_empty())
        .map(|(_, label, _)| *label)
        .collect();
    if !missing.is_empty() {
        return Err(format!("Please fill in: {}.", missing.join(", ")));
    }
    let pairs: Vec<(&str, String)> =
        PARTS.iter().map(|(name, ..)| (*name, text(name).chars().take(256).collect())).collect();
    Ok(serde_json::to_string(&pairs).unwrap_or_default())
}

/// The address the shop sent, one line per part; empty when it sent none or wants it collected.
pub fn sent_lines(request: &Request) -> Vec<String> {
    if request.is_true("collectShippingAddress") {
        return Vec::new();
    }
    let names = ["addressName", "addressLine1", "addressLine2", "city", "state", "zip", "country", "phoneNumber"];
    names.iter().filter_map(|name| request.get(name)).map(str::to_owned).collect()
}

/// What goes back about the address: the collected one, or a warning about a sent one that cannot be right.
pub fn result_fields(request: &Request, collected: &str) -> Fields {
    if request.is_true("collectShippingAddress") {
        return serde_json::from_str(collected).unwrap_or_default();
    }
    if sent_lines(request).is_empty() || is_plausible(request) {
        return Fields::new();
    }
    vec![
        ("warningCode".to_owned(), "invalidShippingAddress".to_owned()),
        ("warningMessage".to_owned(), "The shipping address is not valid.".to_owned()),
    ]
}

/// Street, city, state and ZIP code are there; an American ZIP code has five digits (and four more, maybe).
fn is_plausible(request: &Request) -> bool {
    let has = |name: &str| request.get(name).is_some();
    let is_american =
        matches!(request.text("country").to_ascii_uppercase().as_str(), "" | "US" | "USA" | "UNITED STATES");
    let is_complete = ["addressLine1", "city", "zip"].into_iter().all(has) && (has("state") || !is_american);
    let zip = request.text("zip");
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_zip = match zip.split_once('-') {
        Some((five, four)) => digits(five, 5) && digits(four, 4),
        None => digits(zip, 5),
    };
    is_complete && (is_zip || !is_american)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(pairs: &[(&str, &str)]) -> Request {
        Request::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_wrong_sent_address_warns_and_a_good_one_does_not() {
        let good = [("addressLine1", "410 Terry Ave N"), ("city", "Seattle"), ("state", "WA"), ("zip", "98109")];
        assert!(result_fields(&request(&good), "").is_empty());
        assert_eq!(result_fields(&request(&good[..3]), "")[0].1, "invalidShippingAddress");
        let mut bad_zip = good;
        bad_zip[3].1 = "ABC";
        assert_eq!(result_fields(&request(&bad_zip), "").len(), 2);
        // abroad there need be no state
        let abroad = [("addressLine1", "Ring 1"), ("city", "Leipzig"), ("zip", "04109"), ("country", "DE")];
        assert!(result_fields(&request(&abroad), "").is_empty());
        assert_eq!(result_fields(&request(&abroad[..3]), "").len(), 2);
    }

    #[test]
    fn a_collected_address_replaces_the_sent_one() {
        let request = request(&[("collectShippingAddress", "true"), ("city", "Nowhere")]);
        let form: Vec<(String, String)> =
            PARTS.iter().map(|(name, _, example)| ((*name).to_owned(), format!("x{example}"))).collect();
        let kept = collected(&form).unwrap();
        assert!(result_fields(&request, &kept).contains(&("city".to_owned(), "xSeattle".to_owned())));
        assert!(collected(&form[..3]).unwrap_err().contains("City"));
    }
}
