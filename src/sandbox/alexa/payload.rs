//! What a `Connections.SendRequest` of Amazon Pay may hold: Setup and Charge, field by field.
//!
//! A field that does not exist, or of the wrong type, fails before Amazon Pay sees it: status 400, a sentence that
//! names the fields, no payload. What is missing or out of bounds is `InvalidParameterValue`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a skill asks of Amazon Pay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Setup or Charge.
    pub name: Name,
    /// As it was sent.
    pub payload: Map<String, Value>,
    /// Given back with the result.
    pub token: String,
}

/// The two requests there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Name {
    /// A billing agreement.
    Setup,
    /// Money.
    Charge,
}

impl Name {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Name::Setup => "Setup",
            Name::Charge => "Charge",
        }
    }
}

impl Asked {
    /// Reads the directive. Errors: a sentence about what makes it none.
    pub fn read(directive: &Value) -> Result<Asked, String> {
        let name = match directive.get("name").and_then(Value::as_str) {
            Some("Setup") => Name::Setup,
            Some("Charge") => Name::Charge,
            _ => return Err("Connections.SendRequest: name must be Setup or Charge".to_owned()),
        };
        let payload = directive.get("payload").and_then(Value::as_object);
        let payload = payload.ok_or("Connections.SendRequest: payload must be an object")?.clone();
        let token = directive.get("token").and_then(Value::as_str).filter(|token| !token.is_empty());
        let token = token.ok_or("Connections.SendRequest: token must be a text")?.to_owned();
        Ok(Asked { name, payload, token })
    }

    /// A text of the payload by its path, `authorizeAttributes.authorizationReferenceId`; empty when absent.
    pub fn text(&self, path: &str) -> &str {
        self.value(path).and_then(Value::as_str).unwrap_or_default()
    }

    /// A value of the payload by its path.
    pub fn value(&self, path: &str) -> Option<&Value> {
        let mut names = path.split('.');
        let first = self.payload.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    }

    /// A flag of the payload; false when absent.
    pub fn is(&self, path: &str) -> bool {
        self.value(path).and_then(Value::as_bool).unwrap_or(false)
    }

    /// What the payload breaks.
    pub fn faults(&self) -> Faults {
        let fields = match self.name {
            Name::Setup => SETUP,
            Name::Charge => CHARGE,
        };
        let mut faults = Faults::default();
        check(&self.payload, fields, "payload", &mut faults);
        faults
    }
}

/// What a payload breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Unknown fields and wrong types, by path.
    pub violating: Vec<String>,
    /// Missing or out of bounds: value, parameter, constraint.
    pub constraints: Vec<(String, String, &'static str)>,
}

impl Faults {
    /// The sentence for unknown fields and wrong types; nothing where there are none.
    pub fn violation(&self) -> Option<String> {
        let fields = self.violating.join(", ");
        (!fields.is_empty()).then(|| format!("Connections validation failed. Violating fields in payload: [{fields}]."))
    }

    /// The message of `InvalidParameterValue`; nothing where all is in bounds.
    pub fn invalid_parameters(&self) -> Option<String> {
        let each: Vec<String> = self
            .constraints
            .iter()
            .map(|(value, name, rule)| {
                format!("the value <'{value}'> at <{name}> failed to satisfy constraint: <{rule}>")
            })
            .collect();
        let (noun, has) = if each.len() == 1 { ("error", "has") } else { ("errors", "have") };
        (!each.is_empty())
            .then(|| format!("{} parameter validation {noun} {has} been detected; {}.", each.len(), each.join("; ")))
    }
}

enum Kind {
    /// Any text up to so many characters.
    Text(usize),
    /// One of these, exactly.
    OneOf(&'static [&'static str], &'static str),
    /// Letters, digits, `-` and `_`, up to so many.
    Reference(usize),
    Flag,
    Number,
    Object(&'static [Field]),
    List(&'static [Field]),
}

struct Field {
    name: &'static str,
    kind: Kind,
    is_required: bool,
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: false }
}

const fn typed(kind: &'static [&'static str], rule: &'static str) -> Field {
    must("@type", Kind::OneOf(kind, rule))
}

const VERSION: Field = must("@version", Kind::OneOf(&["2"], "Member must be \"2\""));

const PRICE: &[Field] = &[
    typed(&["Price"], "Member must be Price"),
    VERSION,
    must("amount", Kind::Text(64)),
    must("currencyCode", Kind::Text(64)),
];

const SELLER_AGREEMENT: &[Field] = &[
    typed(&["SellerBillingAgreementAttributes"], "Member must be SellerBillingAgreementAttributes"),
    VERSION,
    may("sellerBillingAgreementId", Kind::Reference(127)),
    may("storeName", Kind::Text(255)),
    may("customInformation", Kind::Text(1024)),
];

const AGREEMENT: &[Field] = &[
    typed(&["BillingAgreementAttributes"], "Member must be BillingAgreementAttributes"),
    VERSION,
    may("platformId", Kind::Text(255)),
    may("sellerNote", Kind::Text(1024)),
    may("sellerBillingAgreementAttributes", Kind::Object(SELLER_AGREEMENT)),
    may(
        "billingAgreementType",
        Kind::OneOf(
            &["CustomerInitiatedTransaction", "MerchantInitiatedTransaction"],
            "Member must be CustomerInitiatedTransaction or MerchantInitiatedTransaction",
        ),
    ),
    may("subscriptionAmount", Kind::Object(PRICE)),
];

const LANGUAGES: &[&str] = &[
    "de_DE", "en_GB", "en_US", "es_ES", "fr_FR", "it_IT", "ja_JP", "de-DE", "en-GB", "en-US", "es-ES", "fr-FR",
    "it-IT", "ja-JP",
];

const SETUP: &[Field] = &[
    typed(&["SetupAmazonPayRequest"], "Member must be SetupAmazonPayRequest"),
    VERSION,
    must("sellerId", Kind::Text(255)),
    must("countryOfEstablishment", Kind::Text(64)),
    must("ledgerCurrency", Kind::Text(64)),
    may("checkoutLanguage", Kind::OneOf(LANGUAGES, "Member must be one of the supported checkout languages")),
    may("needAmazonShippingAddress", Kind::Flag),
    may("sandboxMode", Kind::Flag),
    may("sandboxCustomerEmailId", Kind::Text(255)),
    may("billingAgreementAttributes", Kind::Object(AGREEMENT)),
];

const AUTHORIZE: &[Field] = &[
    typed(&["AuthorizeAttributes"], "Member must be AuthorizeAttributes"),
    VERSION,
    must("authorizationReferenceId", Kind::Reference(32)),
    must("authorizationAmount", Kind::Object(PRICE)),
    may("transactionTimeout", Kind::Number),
    may("sellerAuthorizationNote", Kind::Text(255)),
    may("softDescriptor", Kind::Text(16)),
];

const SELLER_ORDER: &[Field] = &[
    typed(&["SellerOrderAttributes"], "Member must be SellerOrderAttributes"),
    VERSION,
    may("sellerOrderId", Kind::Text(255)),
    may("storeName", Kind::Text(255)),
    may("customInformation", Kind::Text(1024)),
    may("sellerNote", Kind::Text(1024)),
];

const CREDIT: &[Field] = &[
    typed(&["ProviderCredit"], "Member must be ProviderCredit"),
    VERSION,
    may("providerId", Kind::Text(255)),
    may("credit", Kind::Object(PRICE)),
];

const PROVIDER: &[Field] = &[
    typed(&["ProviderAttributes"], "Member must be ProviderAttributes"),
    VERSION,
    must("providerId", Kind::Text(255)),
    must("providerCreditList", Kind::List(CREDIT)),
];

const CHARGE: &[Field] = &[
    typed(&["ChargeAmazonPayRequest"], "Member must be ChargeAmazonPayRequest"),
    VERSION,
    must("sellerId", Kind::Text(255)),
    must("billingAgreementId", Kind::Text(255)),
    must("paymentAction", Kind::Text(64)),
    must("authorizeAttributes", Kind::Object(AUTHORIZE)),
    may("sellerOrderAttributes", Kind::Object(SELLER_ORDER)),
    may("providerAttributes", Kind::Object(PROVIDER)),
];

fn check(object: &Map<String, Value>, fields: &[Field], path: &str, faults: &mut Faults) {
    let unknown = object.keys().filter(|name| fields.iter().all(|field| field.name != name.as_str()));
    faults.violating.extend(unknown.map(|name| format!("{path}.{name}")));
    for field in fields {
        let path = format!("{path}.{}", field.name);
        match object.get(field.name).filter(|value| !value.is_null()) {
            Some(value) => check_value(value, &field.kind, &path, faults),
            None if field.is_required => {
                faults.constraints.push(("null".to_owned(), named(&path), "Member must not be null"));
            }
            None => {}
        }
    }
}

fn check_value(value: &Value, kind: &Kind, path: &str, faults: &mut Faults) {
    let rule = match (kind, value) {
        (Kind::Text(longest), Value::String(text)) => {
            (text.chars().count() > *longest).then_some("Member must have a smaller length")
        }
        (Kind::Reference(longest), Value::String(text)) => {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            let is_good = !text.is_empty() && text.len() <= *longest && text.bytes().all(fits);
            (!is_good).then_some("Member must satisfy regular expression pattern: [A-Za-z0-9-_]+, and the length limit")
        }
        (Kind::OneOf(of, rule), Value::String(text)) => (!of.contains(&text.as_str())).then_some(*rule),
        (Kind::Flag, Value::Bool(_)) => None,
        (Kind::Number, Value::Number(number)) => {
            number.as_u64().is_none_or(|minutes| minutes > 1440).then_some("Member must be from 0 to 1440")
        }
        (Kind::Object(fields), Value::Object(object)) => return check(object, fields, path, faults),
        (Kind::List(fields), Value::Array(items)) => {
            for (place, item) in items.iter().enumerate() {
                let path = format!("{path}[{place}]");
                match item {
                    Value::Object(object) => check(object, fields, &path, faults),
                    _ => faults.violating.push(path),
                }
            }
            return;
        }
        _ => {
            faults.violating.push(path.to_owned());
            return;
        }
    };
    if let Some(rule) = rule {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        faults.constraints.push((text, named(path), rule));
    }
}

/// The parameter's name without the payload around it.
fn named(path: &str) -> String {
    path.strip_prefix("payload.").unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn charge(change: impl FnOnce(&mut Value)) -> Faults {
        let mut payload = json!({
            "@type": "ChargeAmazonPayRequest", "@version": "2", "sellerId": "A1", "billingAgreementId": "C01-1-1",
            "paymentAction": "Authorize",
            "authorizeAttributes": {
                "@type": "AuthorizeAttributes", "@version": "2", "authorizationReferenceId": "opn_1",
                "authorizationAmount": { "@type": "Price", "@version": "2", "amount": "9.50", "currencyCode": "USD" },
                "transactionTimeout": 0,
            },
        });
        change(&mut payload);
        let directive = json!({ "name": "Charge", "payload": payload, "token": "t" });
        Asked::read(&directive).unwrap().faults()
    }

    #[test]
    fn a_timeout_as_text_is_refused_in_the_words_that_were_seen_in_the_wild() {
        assert_eq!(charge(|_| {}), Faults::default());
        let faults = charge(|payload| payload["authorizeAttributes"]["transactionTimeout"] = "0".into());
        let sentence = "Connections validation failed. Violating fields in payload: [payload.authorizeAttributes.transactionTimeout].";
        assert_eq!(faults.violation().as_deref(), Some(sentence));
    }

    #[test]
    fn unknown_fields_and_amounts_that_are_no_text_are_violations() {
        let faults = charge(|payload| {
            payload["ledgerCurrencyCode"] = "USD".into();
            payload["authorizeAttributes"]["authorizationAmount"]["amount"] = 9.5.into();
        });
        let fields = ["payload.ledgerCurrencyCode", "payload.authorizeAttributes.authorizationAmount.amount"];
        assert_eq!(faults.violating, fields);
    }

    #[test]
    fn what_is_missing_or_too_long_is_an_invalid_parameter() {
        let faults = charge(|payload| {
            payload["sellerId"] = Value::Null;
            payload["authorizeAttributes"]["authorizationReferenceId"] = "x".repeat(33).into();
        });
        assert_eq!(faults.violation(), None);
        let message = faults.invalid_parameters().unwrap();
        assert!(
            message.starts_with("2 parameter validation errors have been detected; the value <'null'> at <sellerId>")
        );
    }
}
