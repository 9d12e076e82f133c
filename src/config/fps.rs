//! What FPS needs: key pairs, and what stands on statements.

use super::{BadSetting, EXAMPLE_ACCESS_KEY, EXAMPLE_SECRET_KEY, bad};
use crate::base::secret::Secret;

/// How many characters of ours fit on a statement's line. Source: the guide, "Soft Descriptor Customization".
const FITS: usize = 15;

pub(super) fn keys(pairs: &[(&str, Option<String>, Option<String>)]) -> Result<Vec<(String, Secret)>, BadSetting> {
    let mut keys = Vec::new();
    for (name, access, secret) in pairs {
        match (access, secret) {
            (Some(access), Some(secret)) => keys.push((access.clone(), Secret::new(secret))),
            (None, None) => {}
            _ => return bad(format!("{name} and its secret key go together")),
        }
    }
    if keys.is_empty() {
        keys.push((EXAMPLE_ACCESS_KEY.to_owned(), Secret::new(EXAMPLE_SECRET_KEY)));
    }
    Ok(keys)
}

/// Letters, digits and spaces, none of these at either end: nothing else may stand on a statement.
pub(super) fn statement_text(written: Option<String>) -> Result<Option<String>, BadSetting> {
    match written {
        None => Ok(None),
        Some(text) if is_good(&text) => Ok(Some(text)),
        Some(text) => bad(format!(
            "PUSHCART_STATEMENT_TEXT is {text:?}, but must be 1 to {FITS} letters, digits and spaces, with no space at \
             either end"
        )),
    }
}

fn is_good(text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    is_plain && text.trim() == text && (1..=FITS).contains(&text.len())
}

/// Whose number buyers are told to call.
pub(super) fn is_service_ours(written: Option<&str>) -> Result<bool, BadSetting> {
    seller_or_market("PUSHCART_CUSTOMER_SERVICE", written)
}

/// Who bears FPS' fee on new stalls.
pub(super) fn is_provider_fee_ours(written: Option<&str>) -> Result<bool, BadSetting> {
    seller_or_market("PUSHCART_PROVIDER_FEE", written)
}

fn seller_or_market(name: &str, written: Option<&str>) -> Result<bool, BadSetting> {
    match written {
        None | Some("seller") => Ok(false),
        Some("market") => Ok(true),
        Some(other) => bad(format!("{name} is {other:?}, but must be seller or market")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_plain_characters_that_fit() {
        assert_eq!(statement_text(None).unwrap(), None);
        assert_eq!(statement_text(Some("Pushcart Market".into())).unwrap().as_deref(), Some("Pushcart Market"));
        for wrong in ["", " Pushcart", "Pushcart ", "Push-cart", "Pushcart Markets", "Käse"] {
            let no = statement_text(Some(wrong.into())).unwrap_err();
            assert!(no.0.starts_with("PUSHCART_STATEMENT_TEXT"), "{wrong}");
        }
    }

    #[test]
    fn the_provider_is_paid_by_the_seller_or_the_market() {
        assert!(!is_provider_fee_ours(None).unwrap() && !is_provider_fee_ours(Some("seller")).unwrap());
        assert!(is_provider_fee_ours(Some("market")).unwrap());
        assert!(is_provider_fee_ours(Some("buyer")).unwrap_err().0.starts_with("PUSHCART_PROVIDER_FEE"));
    }

    #[test]
    fn customer_service_is_the_sellers_or_the_markets() {
        assert!(!is_service_ours(None).unwrap() && !is_service_ours(Some("seller")).unwrap());
        assert!(is_service_ours(Some("market")).unwrap());
        assert!(is_service_ours(Some("nobody")).unwrap_err().0.starts_with("PUSHCART_CUSTOMER_SERVICE"));
    }
}
