//! Amazon Pay as the settings name it.

use anyhow::Context as _;

use crate::base::secret::Secret;
use crate::config::Config;
use crate::pay::amazon_pay::notices::Trust;
use crate::pay::amazon_pay::sign::{Algorithm, PrivateKey};
use crate::pay::amazon_pay::voice::VoiceSettings;
use crate::pay::amazon_pay::wire::sessions::PaymentIntent;
use crate::pay::amazon_pay::{Account, KeyPair, Region, Settings};

/// What the provider has to be told; none where it is not configured, or where the demo's key pair
/// was not made yet (the sandbox makes it).
pub(super) fn settings(config: &Config) -> anyhow::Result<Option<Settings>> {
    let Some(written) = &config.amazon_pay else { return Ok(None) };
    let mut keys = Vec::new();
    for key in &written.keys {
        if config.is_demo() && !key.file.exists() {
            tracing::warn!(file = %key.file.display(), "Amazon Pay is not offered: the sandbox has not made its key pair yet");
            return Ok(None);
        }
        let pem = std::fs::read_to_string(&key.file).with_context(|| format!("reading {}", key.file.display()))?;
        let private_key =
            PrivateKey::from_pem(&Secret::new(pem)).with_context(|| format!("the key in {}", key.file.display()))?;
        keys.push(KeyPair { public_key_id: key.id.clone(), private_key });
    }
    Ok(Some(Settings {
        account: Account {
            region: Region::from_word(written.region).unwrap_or_default(),
            base_url: written.url.clone(),
            is_sandbox: config.is_demo(),
            algorithm: Algorithm::default(),
            keys,
        },
        merchant_id: written.merchant_id.clone(),
        store_id: written.store_id.clone(),
        intent: PaymentIntent::from_word(written.payment_intent).unwrap_or_default(),
        waits_for_decisions: written.can_handle_pending_authorization,
        voice: config.alexa.as_ref().map(|alexa| VoiceSettings {
            country_of_establishment: alexa.country_of_establishment.clone(),
            sandbox_customer_email: alexa.sandbox_customer_email.clone(),
        }),
        is_multi_currency: written.is_multi_currency,
        trust: if config.is_demo() { trust_in_the_sandbox(config, &written.merchant_id) } else { Trust::default() },
    }))
}

/// The sandbox signs with a certificate of its own root, served at its own address.
fn trust_in_the_sandbox(config: &Config, merchant_id: &str) -> Trust {
    Trust {
        roots_pem: std::fs::read(config.data_dir.join("keys/sandbox-root.pem")).ok(),
        address_prefix: Some(format!("{}/amazon-pay/sns/", config.sandbox_url)),
        topics: vec![format!("arn:aws:sns:us-east-1:000000000000:PushcartSandbox-{merchant_id}")],
    }
}

/// Where its pages are, if it is configured.
pub(super) fn pages(config: &Config) -> Option<String> {
    let written = config.amazon_pay.as_ref()?;
    let region = Region::from_word(written.region).unwrap_or_default();
    Some(written.url.clone().unwrap_or_else(|| region.pages_url().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_its_own_addresses() {
        for (region, host) in [("na", "pay-api.amazon.com"), ("eu", "pay-api.amazon.eu"), ("jp", "pay-api.amazon.jp")] {
            let account = Account {
                region: Region::from_word(region).unwrap(),
                base_url: None,
                is_sandbox: false,
                algorithm: Algorithm::default(),
                keys: Vec::new(),
            };
            assert!(account.api_url().ends_with(host));
            assert!(account.pages_url().starts_with("https://payments"), "{}", account.pages_url());
        }
    }
}
