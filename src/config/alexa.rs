//! The settings of the Alexa skill.

use std::path::PathBuf;

use super::{AmazonPay, BadSetting, Environment, bad};

/// The demo's skill.
const DEMO_SKILL: &str = "amzn1.ask.skill.pushcart-demo";

/// The demo's test buyer.
const DEMO_BUYER: &str = "ana@amazon-buyers.example";

/// Where a merchant can be established. Source: Amazon Pay for Alexa, "Setup".
const COUNTRIES: [&str; 18] =
    ["AT", "BE", "CH", "CY", "DE", "DK", "ES", "FR", "HU", "IE", "IT", "JP", "LU", "NL", "PT", "SE", "UK", "US"];

/// As written down, all optional.
pub(super) struct Written {
    pub application_id: Option<String>,
    pub trust_root: Option<String>,
    pub cert_base_url: Option<String>,
    pub country_of_establishment: Option<String>,
    pub sandbox_customer_email: Option<String>,
}

/// The settings after every rule was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alexa {
    /// Whose requests are answered: the skill's id.
    pub application_id: String,
    /// The root that the certificates of requests have to lead to, PEM; none for the public roots of the web.
    pub trust_root: Option<PathBuf>,
    /// Where a verified `https://s3.amazonaws.com/echo.api/NAME` is really fetched from, with a slash at the
    /// end; none for there.
    pub cert_base_url: Option<String>,
    /// Where the merchant is established: two letters, with UK for the United Kingdom.
    pub country_of_establishment: String,
    /// The test buyer that the Amazon Pay sandbox is asked to charge.
    pub sandbox_customer_email: String,
}

impl Alexa {
    /// Fills in the demo's defaults. Production that names no skill has none.
    pub(super) fn checked(
        written: Written,
        amazon_pay: Option<&AmazonPay>,
        data_dir: &str,
        sandbox_url: &str,
        environment: Environment,
    ) -> Result<Option<Alexa>, BadSetting> {
        let is_demo = environment == Environment::Demo;
        let (Some(application_id), Some(amazon_pay)) =
            (written.application_id.or_else(|| is_demo.then(|| DEMO_SKILL.to_owned())), amazon_pay)
        else {
            return Ok(None);
        };
        if !is_demo && application_id == DEMO_SKILL {
            return bad("PUSHCART_ALEXA_APPLICATION_ID is the demo's skill, which production refuses");
        }
        if !is_demo && written.cert_base_url.is_some() {
            return bad("PUSHCART_ALEXA_CERT_BASE_URL is for the demo; production fetches certificates from Amazon");
        }
        let country = match (written.country_of_establishment, amazon_pay.region, is_demo) {
            (Some(country), _, _) => country,
            (None, "na", _) => "US".to_owned(),
            (None, "jp", _) => "JP".to_owned(),
            (None, _, true) => "DE".to_owned(),
            (None, _, false) => {
                return bad("PUSHCART_ALEXA_COUNTRY_OF_ESTABLISHMENT is needed for a skill in the region eu");
            }
        };
        if !COUNTRIES.contains(&country.as_str()) {
            let all = COUNTRIES.join(", ");
            return bad(format!("PUSHCART_ALEXA_COUNTRY_OF_ESTABLISHMENT is {country:?}, but must be one of {all}"));
        }
        let own_root = || PathBuf::from(format!("{data_dir}/keys/sandbox-root.pem"));
        let base = written.cert_base_url.or_else(|| is_demo.then(|| format!("{sandbox_url}/alexa/certs/")));
        Ok(Some(Alexa {
            application_id,
            trust_root: written.trust_root.map(PathBuf::from).or_else(|| is_demo.then(own_root)),
            cert_base_url: base.map(|url| format!("{}/", url.trim_end_matches('/'))),
            country_of_establishment: country,
            sandbox_customer_email: written.sandbox_customer_email.unwrap_or_else(|| DEMO_BUYER.to_owned()),
        }))
    }
}
