//! The settings of Amazon Pay.

use std::path::PathBuf;

use super::{BadSetting, Environment, bad};
use crate::base::money::Currency;

/// The demo's account with the sandbox.
const DEMO_KEY_ID: &str = "SANDBOX-PUSHCARTDEMO";
const DEMO_MERCHANT: &str = "A1PUSHCARTDEMO";
const DEMO_STORE: &str = "amzn1.application-oa2-client.pushcartdemo";

/// The regions that an account can be in.
const REGIONS: [&str; 3] = ["na", "eu", "jp"];

/// What completing a checkout can do to the money.
const INTENTS: [&str; 3] = ["Confirm", "Authorize", "AuthorizeWithCapture"];

/// As written down, all optional.
pub(super) struct Written {
    pub url: Option<String>,
    pub keys: [(Option<String>, Option<String>); 2],
    pub merchant_id: Option<String>,
    pub store_id: Option<String>,
    pub region: Option<String>,
    pub payment_intent: Option<String>,
    pub can_handle_pending_authorization: Option<String>,
    pub is_multi_currency: Option<String>,
}

/// A key pair: the private half is read when the provider is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// The public key's id, `SANDBOX-…` or `LIVE-…`.
    pub id: String,
    /// The private key, PEM.
    pub file: PathBuf,
}

/// The settings after every rule was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmazonPay {
    /// Where API and pages answer, without a slash at the end; none for the region's own addresses.
    pub url: Option<String>,
    /// One or two key pairs, the first preferred.
    pub keys: Vec<KeyFile>,
    /// The merchant account.
    pub merchant_id: String,
    /// The store.
    pub store_id: String,
    /// `na`, `eu` or `jp`.
    pub region: &'static str,
    /// `Confirm`, `Authorize` or `AuthorizeWithCapture`.
    pub payment_intent: &'static str,
    /// Whether a hold may be decided within 24 hours instead of at once.
    pub can_handle_pending_authorization: bool,
    /// Whether the account may take other currencies than its ledger's.
    pub is_multi_currency: bool,
}

impl AmazonPay {
    /// The region whose accounts take `currency`: North America has the dollar and Japan the yen; whatever
    /// else a shop can be kept in is for Europe, the only region that takes more than its own.
    pub fn home_of(currency: Currency) -> &'static str {
        match currency.code() {
            "USD" => "na",
            "JPY" => "jp",
            _ => "eu",
        }
    }

    /// Fills in the demo's defaults. Production that names none of it gets none; that names a part is refused.
    pub(super) fn checked(
        written: Written,
        data_dir: &str,
        sandbox_url: &str,
        environment: Environment,
        currency: Currency,
    ) -> Result<Option<AmazonPay>, BadSetting> {
        let region = written.region.as_deref().unwrap_or(AmazonPay::home_of(currency));
        let Some(region) = REGIONS.into_iter().find(|name| *name == region) else {
            return bad(format!("PUSHCART_AMAZON_PAY_REGION is {region:?}, but must be na, eu or jp"));
        };
        let intent = written.payment_intent.as_deref().unwrap_or(INTENTS[0]);
        let Some(payment_intent) = INTENTS.into_iter().find(|name| *name == intent) else {
            return bad(format!(
                "PUSHCART_AMAZON_PAY_PAYMENT_INTENT is {intent:?}, but must be Confirm, Authorize or AuthorizeWithCapture"
            ));
        };
        let can_handle_pending_authorization = match written.can_handle_pending_authorization.as_deref() {
            None | Some("false") => false,
            Some("true") if payment_intent == "AuthorizeWithCapture" => {
                return bad(
                    "PUSHCART_AMAZON_PAY_CAN_HANDLE_PENDING_AUTHORIZATION cannot be true with AuthorizeWithCapture",
                );
            }
            Some("true") => true,
            Some(other) => {
                let name = "PUSHCART_AMAZON_PAY_CAN_HANDLE_PENDING_AUTHORIZATION";
                return bad(format!("{name} is {other:?}, but must be true or false"));
            }
        };
        let is_demo = environment == Environment::Demo;
        let is_multi_currency = multi_currency(written.is_multi_currency.as_deref(), region, is_demo)?;
        let [first, second] = written.keys;
        let is_named = first.0.is_some() || written.merchant_id.is_some() || written.store_id.is_some();
        if !is_demo && !is_named {
            return Ok(None);
        }
        let mut keys = Vec::new();
        match first {
            (Some(id), Some(file)) => keys.push(KeyFile { id, file: file.into() }),
            (id, file) if is_demo => keys.push(KeyFile {
                id: id.unwrap_or_else(|| DEMO_KEY_ID.to_owned()),
                file: file.unwrap_or_else(|| format!("{data_dir}/keys/amazon-pay.pem")).into(),
            }),
            _ => return bad("PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID and PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE go together"),
        }
        match second {
            (Some(id), Some(file)) => keys.push(KeyFile { id, file: file.into() }),
            (None, None) => {}
            _ => {
                return bad(
                    "PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID_2 and PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE_2 go together",
                );
            }
        }
        let needed = |name: &str, written: Option<String>, demo: &str| match written {
            Some(value) => Ok(value),
            None if is_demo => Ok(demo.to_owned()),
            None => bad(format!("{name} is missing")),
        };
        let url = written.url.or_else(|| is_demo.then(|| sandbox_url.to_owned()));
        Ok(Some(AmazonPay {
            url: url.map(|url| url.trim_end_matches('/').to_owned()),
            keys,
            merchant_id: needed("PUSHCART_AMAZON_PAY_MERCHANT_ID", written.merchant_id, DEMO_MERCHANT)?,
            store_id: needed("PUSHCART_AMAZON_PAY_STORE_ID", written.store_id, DEMO_STORE)?,
            region,
            payment_intent,
            can_handle_pending_authorization,
            is_multi_currency,
        }))
    }
}

/// The sandbox lets every European account take the ten currencies, so the demo does; a real account has to
/// be allowed to, which only its owner knows, so production is told.
fn multi_currency(written: Option<&str>, region: &str, is_demo: bool) -> Result<bool, BadSetting> {
    match written {
        None => Ok(is_demo && region == "eu"),
        Some("false") => Ok(false),
        Some("true") if region == "eu" => Ok(true),
        Some("true") => bad("PUSHCART_AMAZON_PAY_MULTI_CURRENCY is for accounts of PUSHCART_AMAZON_PAY_REGION=eu only"),
        Some(other) => bad(format!("PUSHCART_AMAZON_PAY_MULTI_CURRENCY is {other:?}, but must be true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing() -> Written {
        Written {
            url: None,
            keys: [(None, None), (None, None)],
            merchant_id: None,
            store_id: None,
            region: None,
            payment_intent: None,
            can_handle_pending_authorization: None,
            is_multi_currency: None,
        }
    }

    fn checked(written: Written, environment: Environment) -> Result<Option<AmazonPay>, BadSetting> {
        AmazonPay::checked(written, "data", "http://127.0.0.1:3001", environment, Currency::USD)
    }

    #[test]
    fn the_demo_pays_into_the_sandbox_and_production_names_all_or_nothing() {
        let demo = checked(nothing(), Environment::Demo).unwrap().unwrap();
        assert_eq!((demo.url.as_deref(), demo.region), (Some("http://127.0.0.1:3001"), "na"));
        assert_eq!(demo.keys[0].file, PathBuf::from("data/keys/amazon-pay.pem"));
        assert_eq!(checked(nothing(), Environment::Production), Ok(None));
        let merchant = Written { merchant_id: Some("A1".into()), ..nothing() };
        assert!(checked(merchant, Environment::Production).unwrap_err().0.contains("PUBLIC_KEY_ID"));
        let half = Written { keys: [(Some("LIVE-1".into()), Some("key.pem".into())), (None, None)], ..nothing() };
        assert!(checked(half, Environment::Production).unwrap_err().0.contains("MERCHANT_ID is missing"));
    }

    #[test]
    fn production_leaves_the_address_to_its_region() {
        for region in REGIONS {
            let live = Written {
                keys: [(Some("LIVE-1".into()), Some("key.pem".into())), (None, None)],
                merchant_id: Some("A1".into()),
                store_id: Some("store".into()),
                region: Some(region.into()),
                ..nothing()
            };
            let live = checked(live, Environment::Production).unwrap().unwrap();
            assert_eq!((live.url, live.region), (None, region));
        }
        let taken = Written { payment_intent: Some("authorize".into()), ..nothing() };
        assert!(checked(taken, Environment::Demo).unwrap_err().0.contains("Confirm, Authorize or"));
        let both = Written {
            payment_intent: Some("AuthorizeWithCapture".into()),
            can_handle_pending_authorization: Some("true".into()),
            ..nothing()
        };
        assert!(checked(both, Environment::Demo).unwrap_err().0.contains("cannot be true"));
        let moon = Written { region: Some("moon".into()), ..nothing() };
        assert!(checked(moon, Environment::Demo).unwrap_err().0.contains("na, eu or jp"));
    }

    #[test]
    fn only_the_demo_takes_it_that_a_european_account_has_many_currencies() {
        let said = |written: Option<&str>, region, is_demo| multi_currency(written, region, is_demo);
        assert_eq!(
            (said(None, "eu", true), said(None, "na", true), said(None, "eu", false)),
            (Ok(true), Ok(false), Ok(false))
        );
        assert_eq!((said(Some("true"), "eu", false), said(Some("false"), "eu", true)), (Ok(true), Ok(false)));
        assert!(said(Some("true"), "jp", true).unwrap_err().0.contains("REGION=eu"));
        assert!(said(Some("yes"), "eu", true).unwrap_err().0.contains("true or false"));
    }
}
