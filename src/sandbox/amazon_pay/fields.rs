//! What a body may hold: a table of fields for every operation, and the three checks against it, in this
//! order: unknown fields, missing ones, values.

use serde_json::{Map, Value};

use super::errors::ApiError;
use super::wire::read_price;

/// What a field's value must look like. `null` stands for "absent" everywhere.
pub enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// `true` or `false`.
    Flag,
    /// `{amount, currencyCode}`.
    Price,
    /// An https address, or http on this machine, of at most 512 characters.
    Address,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of one kind.
    List(&'static Kind),
    /// An object with these fields.
    Object(&'static [Field]),
    /// Anything, with any members.
    Free,
}

/// One field: its name and kind.
pub struct Field(pub &'static str, pub Kind);

/// Reads a body: no bytes stand for an empty object.
///
/// Errors: `InvalidRequestFormat` for anything but a JSON object.
pub fn parse(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(ApiError::new("InvalidRequestFormat", "The request body must be a JSON object.")),
        Err(error) => {
            Err(ApiError::new("InvalidRequestFormat", format!("The request body is not well-formed JSON: {error}.")))
        }
    }
}

/// Checks a body against the fields it may and the paths it must have (`chargeAmount.amount`).
pub fn check(body: &Map<String, Value>, fields: &[Field], required: &[&str]) -> Result<(), ApiError> {
    unknown(body, fields, "")?;
    for path in required {
        if is_absent(body, path) {
            return Err(ApiError::missing(path));
        }
    }
    for (name, value) in body {
        let field = fields.iter().find(|field| field.0 == name);
        field.map_or(Ok(()), |field| check_value(value, &field.1, name))?;
    }
    Ok(())
}

/// Whether nothing stands at this path, or `null`, or an empty text.
fn is_absent(body: &Map<String, Value>, path: &str) -> bool {
    let mut names = path.split('.');
    let first = names.next().and_then(|name| body.get(name)).unwrap_or(&Value::Null);
    let value = names.fold(first, |value, name| value.get(name).unwrap_or(&Value::Null));
    value.is_null() || value.as_str() == Some("")
}

fn unknown(body: &Map<String, Value>, fields: &[Field], within: &str) -> Result<(), ApiError> {
    for (name, value) in body {
        let path = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        let Some(field) = fields.iter().find(|field| field.0 == name) else {
            return Err(ApiError::new("UnrecognizedField", format!("The field '{path}' is not recognized.")));
        };
        unknown_inside(value, &field.1, &path)?;
    }
    Ok(())
}

fn unknown_inside(value: &Value, kind: &Kind, path: &str) -> Result<(), ApiError> {
    const PRICE: [Field; 2] = [Field("amount", Kind::Free), Field("currencyCode", Kind::Free)];
    match (kind, value) {
        (Kind::Object(fields), Value::Object(members)) => unknown(members, fields, path),
        (Kind::Price, Value::Object(members)) => unknown(members, &PRICE, path),
        (Kind::List(kind), Value::Array(items)) => items.iter().try_for_each(|item| unknown_inside(item, kind, path)),
        _ => Ok(()),
    }
}

fn check_value(value: &Value, kind: &Kind, path: &str) -> Result<(), ApiError> {
    let wrong = |why: &str| Err(ApiError::value(path, why));
    match (kind, value) {
        (_, Value::Null) | (Kind::Free, _) | (Kind::Flag, Value::Bool(_)) => Ok(()),
        (Kind::Text(most), Value::String(text)) if text.chars().count() > *most => {
            wrong(&format!("it must have at most {most} characters"))
        }
        (Kind::Text(_), Value::String(_)) => Ok(()),
        (Kind::Address, Value::String(text)) if is_address(text) => Ok(()),
        (Kind::Address, _) => {
            wrong("it must be an https address of at most 512 characters; http is for localhost only")
        }
        (Kind::Word(words), Value::String(text)) if words.contains(&text.as_str()) => Ok(()),
        (Kind::Word(words), _) => wrong(&format!("it must be one of {}", words.join(", "))),
        (Kind::Price, Value::Object(members)) => check_price(value, members, path),
        (Kind::List(kind), Value::Array(items)) => items.iter().try_for_each(|item| check_value(item, kind, path)),
        (Kind::Object(fields), Value::Object(members)) => members.iter().try_for_each(|(name, value)| {
            let field = fields.iter().find(|field| field.0 == name);
            field.map_or(Ok(()), |field| check_value(value, &field.1, &format!("{path}.{name}")))
        }),
        (Kind::Text(_), _) => wrong("it must be text"),
        (Kind::Flag, _) => wrong("it must be true or false"),
        (Kind::Price, _) => wrong("it must be an object with amount and currencyCode"),
        (Kind::List(_), _) => wrong("it must be a list"),
        (Kind::Object(_), _) => wrong("it must be an object"),
    }
}

fn check_price(value: &Value, members: &Map<String, Value>, path: &str) -> Result<(), ApiError> {
    if let Some(name) = ["amount", "currencyCode"].into_iter().find(|name| is_absent(members, name)) {
        return Err(ApiError::missing(&format!("{path}.{name}")));
    }
    let why = "the amount must be a number with no more decimals than its ISO 4217 currency has";
    read_price(value).map_or_else(|| Err(ApiError::value(path, why)), |_| Ok(()))
}

/// Whether a browser may be sent there: https, or http on this machine.
pub fn is_address(text: &str) -> bool {
    let Ok(address) = url::Url::parse(text) else { return false };
    let host = address.host_str().unwrap_or_default();
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    text.len() <= 512 && (address.scheme() == "https" && !host.is_empty() || address.scheme() == "http" && is_here)
}

/// Lays `over` onto `base`: objects merge, everything else replaces, `null` changes nothing.
pub fn merge(base: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (name, value) in over {
        match (base.get_mut(name), value) {
            (_, Value::Null) => {}
            (Some(Value::Object(old)), Value::Object(new)) if !new.contains_key("currencyCode") => merge(old, new),
            _ => {
                base.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: [Field; 4] = [
        Field("name", Kind::Text(4)),
        Field("web", Kind::Object(&[Field("url", Kind::Address), Field("mode", Kind::Word(&["A"]))])),
        Field("price", Kind::Price),
        Field("list", Kind::List(&Kind::Flag)),
    ];

    fn code(body: Value) -> String {
        let Value::Object(body) = body else { panic!() };
        check(&body, &FIELDS, &["web.url"]).map_or_else(|error| error.reason_code, |()| String::new())
    }

    #[test]
    fn unknown_then_missing_then_wrong() {
        let web = json!({ "url": "https://shop.example/r" });
        assert_eq!(code(json!({ "web": web, "name": "four", "list": [true], "price": null })), "");
        assert_eq!(code(json!({ "extra": 1, "name": 5 })), "UnrecognizedField");
        assert_eq!(code(json!({ "web": { "url": "x", "extra": 1 } })), "UnrecognizedField");
        assert_eq!(code(json!({ "name": 5 })), "MissingParameterValue");
        assert_eq!(code(json!({ "web": { "url": null } })), "MissingParameterValue");
        for (name, value) in [("name", json!("fives")), ("list", json!(["yes"])), ("price", json!(5))] {
            assert_eq!(code(json!({ "web": web, name: value })), "InvalidParameterValue", "{name}");
        }
        assert_eq!(code(json!({ "web": web, "price": { "amount": "5" } })), "MissingParameterValue");
        assert_eq!(
            code(json!({ "web": web, "price": { "amount": "5", "currencyCode": "USD", "x": 1 } })),
            "UnrecognizedField"
        );
        assert_eq!(code(json!({ "web": { "url": "http://shop.example/" } })), "InvalidParameterValue");
        assert_eq!(code(json!({ "web": { "url": "http://localhost:3000/return" } })), "");
        assert_eq!(code(json!({ "web": { "url": "https://a.example", "mode": "B" } })), "InvalidParameterValue");
    }

    #[test]
    fn members_merge_and_prices_replace() {
        let read = |value: Value| value.as_object().unwrap().clone();
        let mut base = read(json!({ "web": { "a": 1, "b": 2 }, "price": { "amount": "1", "currencyCode": "USD" } }));
        merge(
            &mut base,
            &read(json!({ "web": { "b": 3, "a": null }, "price": { "amount": "2", "currencyCode": "EUR" } })),
        );
        assert_eq!(
            Value::Object(base),
            json!({ "web": { "a": 1, "b": 3 }, "price": { "amount": "2", "currencyCode": "EUR" } })
        );
    }

    #[test]
    fn only_objects_are_bodies() {
        assert!(parse(b"").is_ok() && parse(b"null").is_ok() && parse(b"{}").is_ok());
        for wrong in ["[]", "\"text\"", "{", "{\"a\":1,}"] {
            assert_eq!(parse(wrong.as_bytes()).unwrap_err().reason_code, "InvalidRequestFormat", "{wrong}");
        }
    }
}
