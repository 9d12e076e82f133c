//! The manifest `skill.json`, `accountLinking.json` and `ask-resources.json`, as Amazon publishes their schemas.
//!
//! Sources: developer.amazon.com, "Skill Manifest Schema", "Account Linking Schemas"; the definitions of
//! ask-smapi-model 1.24.0.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::words::Words;
use super::{DISPLAY_NAME, Place};

/// Where the seven languages are spoken and Amazon Pay took voice orders.
const COUNTRIES: [&str; 7] = ["DE", "ES", "FR", "GB", "IT", "JP", "US"];

/// What a tester is told.
const TESTING: &str = "Open the skill and ask for honey. Put it into the cart, say “check out”, give the permission for \
Amazon Pay in the Alexa app if you are asked, and say yes when the total was read. Then ask where the order is, cancel it, \
and ask for a refund. Linking an account is optional; everything can be bought without it.";

/// A whole `skill.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// All of it.
    pub manifest: Manifest,
}

/// What Amazon has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// `1.0`.
    pub manifest_version: String,
    /// The store's page.
    pub publishing_information: PublishingInformation,
    /// What the law asks.
    pub privacy_and_compliance: PrivacyAndCompliance,
    /// What buyers are asked for.
    pub permissions: Vec<Permission>,
    /// Where requests go.
    pub apis: Apis,
}

/// The store's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishingInformation {
    /// In each language.
    pub locales: BTreeMap<String, LocalePage>,
    /// Or in the countries below.
    pub is_available_worldwide: bool,
    /// Where it can be enabled.
    pub distribution_countries: Vec<String>,
    /// `PUBLIC` or `PRIVATE`.
    pub distribution_mode: String,
    /// The store's section.
    pub category: String,
    /// For Amazon's testers.
    pub testing_instructions: String,
}

/// The store's page in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalePage {
    /// The skill's name.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// Paragraphs, the last one Amazon's.
    pub description: String,
    /// What to say first.
    pub example_phrases: Vec<String>,
    /// What it is found by.
    pub keywords: Vec<String>,
    /// 108 pixels.
    pub small_icon_uri: String,
    /// 512 pixels.
    pub large_icon_uri: String,
}

/// What the law asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrivacyAndCompliance {
    /// Real things can be bought.
    pub allows_purchases: bool,
    /// Names and addresses are used.
    pub uses_personal_info: bool,
    /// Amazon Pay is refused to skills for children.
    pub is_child_directed: bool,
    /// Fit for export.
    pub is_export_compliant: bool,
    /// Advertisements.
    pub contains_ads: bool,
    /// Where to read about it.
    pub locales: BTreeMap<String, LocalePrivacy>,
}

/// Where to read about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalePrivacy {
    /// What is kept of whom, and why.
    pub privacy_policy_url: String,
}

/// Something that buyers are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// `payments:autopay_consent`.
    pub name: String,
}

/// Where requests go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apis {
    /// A custom skill.
    pub custom: Custom,
}

/// A custom skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custom {
    /// Where no region says otherwise.
    pub endpoint: Endpoint,
    /// Screens and the like; this one is voice and cards alone.
    pub interfaces: Vec<Interface>,
    /// By region.
    pub regions: BTreeMap<String, Region>,
}

/// Something a device may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// Its name.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A part of the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Where its requests go.
    pub endpoint: Endpoint,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// With https.
    pub uri: String,
    /// `Trusted`: a certificate of the public roots.
    pub ssl_certificate_type: String,
}

/// A whole `accountLinking.json`. The client's secret is not in it: see `skill/README.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountLinkingFile {
    /// All of it.
    pub account_linking_request: AccountLinking,
}

/// How an account is linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountLinking {
    /// `AUTH_CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where people are asked.
    pub authorization_url: String,
    /// Others that this page loads from: none.
    pub domains: Vec<String>,
    /// What Amazon calls itself.
    pub client_id: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Where the code is exchanged.
    pub access_token_url: String,
    /// How Amazon proves itself there.
    pub access_token_scheme: String,
    /// Where the answer does not say.
    pub default_token_expiration_in_seconds: u32,
    /// Whether the skill can be used without.
    pub skip_on_enablement: bool,
}

/// A whole `ask-resources.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskResources {
    /// Of this file's schema.
    pub askcli_resources_version: String,
    /// By name of the tool's profile.
    pub profiles: BTreeMap<String, Profile>,
}

/// What the tool deploys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    /// The package; there is no code to deploy, the shop is the endpoint.
    pub skill_metadata: SkillMetadata,
}

/// Where the package is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillMetadata {
    /// Beside this file.
    pub src: String,
}

impl ManifestFile {
    /// The manifest of a shop at `place`, in the words of each locale.
    pub fn of(place: &Place, words: &BTreeMap<String, Words>) -> ManifestFile {
        let endpoint = || Endpoint { uri: place.endpoint.clone(), ssl_certificate_type: "Trusted".to_owned() };
        let region = |name: &str| (name.to_owned(), Region { endpoint: endpoint() });
        let privacy = LocalePrivacy { privacy_policy_url: place.privacy.clone() };
        ManifestFile {
            manifest: Manifest {
                manifest_version: "1.0".to_owned(),
                publishing_information: PublishingInformation {
                    locales: words.iter().map(|(locale, words)| (locale.clone(), LocalePage::of(words))).collect(),
                    is_available_worldwide: false,
                    distribution_countries: COUNTRIES.map(str::to_owned).to_vec(),
                    distribution_mode: "PUBLIC".to_owned(),
                    category: "SHOPPING".to_owned(),
                    testing_instructions: TESTING.to_owned(),
                },
                privacy_and_compliance: PrivacyAndCompliance {
                    allows_purchases: true,
                    uses_personal_info: true,
                    is_child_directed: false,
                    is_export_compliant: true,
                    contains_ads: false,
                    locales: words.keys().map(|locale| (locale.clone(), privacy.clone())).collect(),
                },
                permissions: vec![Permission { name: "payments:autopay_consent".to_owned() }],
                apis: Apis {
                    custom: Custom {
                        endpoint: endpoint(),
                        interfaces: Vec::new(),
                        regions: ["EU", "FE", "NA"].map(region).into_iter().collect(),
                    },
                },
            },
        }
    }
}

impl LocalePage {
    fn of(words: &Words) -> LocalePage {
        let store = &words.store;
        LocalePage {
            name: DISPLAY_NAME.to_owned(),
            summary: store.summary.clone(),
            description: format!("{}\n\n{}", store.description.trim(), store.notice),
            example_phrases: store.examples.clone(),
            keywords: store.keywords.clone(),
            small_icon_uri: "file://assets/images/small-icon.png".to_owned(),
            large_icon_uri: "file://assets/images/large-icon.png".to_owned(),
        }
    }
}

impl AccountLinkingFile {
    /// Of a shop at `place`. Buying needs no link, so the skill can be enabled without.
    pub fn of(place: &Place) -> AccountLinkingFile {
        AccountLinkingFile {
            account_linking_request: AccountLinking {
                kind: "AUTH_CODE".to_owned(),
                authorization_url: place.authorize.clone(),
                domains: Vec::new(),
                client_id: place.client_id.clone(),
                scopes: vec!["orders".to_owned()],
                access_token_url: place.token.clone(),
                access_token_scheme: "HTTP_BASIC".to_owned(),
                default_token_expiration_in_seconds: 3600,
                skip_on_enablement: true,
            },
        }
    }
}

impl AskResources {
    /// The package beside it, for the tool's default profile.
    pub fn beside() -> AskResources {
        let profile = Profile { skill_metadata: SkillMetadata { src: "./skill-package".to_owned() } };
        AskResources {
            askcli_resources_version: "2020-03-31".to_owned(),
            profiles: BTreeMap::from([("default".to_owned(), profile)]),
        }
    }
}
