//! What FPS sends back through browsers and in notifications: names and values, form encoded.
//!
//! ```text
//! tokenID=Q5IG5E…&status=SC&callerReference=opn_01…&signatureVersion=2&signature=H4NTAs…
//! ```
//!
//! To be believed only after `VerifySignature` said Success over the raw bytes.

/// The decoded fields, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Fields {
    all: Vec<(String, String)>,
}

impl Fields {
    /// Decodes a query or a form body.
    pub fn of(raw: &str) -> Fields {
        Fields { all: form_urlencoded::parse(raw.as_bytes()).into_owned().collect() }
    }

    /// The value called `name`, if it is there and not empty. The guide's tables and its samples
    /// differ in capitals (`Operation`, `operation`): the exact name wins over another spelling.
    pub fn get(&self, name: &str) -> Option<&str> {
        let exact = self.all.iter().find(|(it, _)| it == name);
        let any = || self.all.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        exact.or_else(any).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether all four signature fields are there. Without them there is nothing to verify.
    pub fn is_signed(&self) -> bool {
        ["signature", "signatureVersion", "signatureMethod", "certificateUrl"]
            .iter()
            .all(|name| self.get(name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_spelling_and_the_exact_one_wins() {
        let fields = Fields::of("Operation=PAY&status=SC&Status=A&empty=&paymentReason=a%20b+c");
        assert_eq!(fields.get("operation"), Some("PAY"));
        assert_eq!(fields.get("status"), Some("SC"));
        assert_eq!(fields.get("Status"), Some("A"));
        assert_eq!(fields.get("paymentReason"), Some("a b c"));
        assert_eq!((fields.get("empty"), fields.get("absent")), (None, None));
    }

    #[test]
    fn all_four_signature_fields_are_needed() {
        let whole = "signature=a&signatureVersion=2&signatureMethod=RSA-SHA1&certificateUrl=https%3A%2F%2Fx";
        assert!(Fields::of(whole).is_signed());
        for name in ["signature=a", "signatureVersion=2", "signatureMethod=RSA-SHA1", "certificateUrl=https%3A%2F%2Fx"]
        {
            assert!(!Fields::of(&whole.replace(name, "")).is_signed(), "{name}");
        }
    }
}
