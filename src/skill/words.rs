//! `skill/words/{locale}.toml`: what people of a locale say, and what the skill's store page tells them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SkillError;

/// One file of words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The page in Amazon's store.
    pub store: StorePage,
    /// Asked when somebody wants to buy and has not said what.
    pub which_product: Question,
    /// Sentences by intent.
    pub samples: Samples,
    /// Spoken names by slug. A product that is not here is called what its title says.
    #[serde(default)]
    pub products: BTreeMap<String, Vec<String>>,
}

/// What stands in Amazon's store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorePage {
    /// One sentence.
    pub summary: String,
    /// Paragraphs.
    pub description: String,
    /// Amazon's fixed sentence about payments and the voice code; ends the description.
    pub notice: String,
    /// What to say first; with the invocation name.
    pub examples: Vec<String>,
    /// What it is found by.
    pub keywords: Vec<String>,
}

/// A question of the dialog model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// One of them is asked.
    pub prompts: Vec<String>,
    /// How people answer; these alone may be a slot and nothing else.
    pub answers: Vec<String>,
}

macro_rules! samples {
    ($($name:ident),+ $(,)?) => {
        /// Sentences by intent: every intent of ours has some.
        #[allow(non_snake_case, missing_docs)]
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Samples {
            $(pub $name: Vec<String>,)+
        }

        impl Samples {
            /// Each intent's name with its sentences, in the order of a purchase.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[String])> {
                [$((stringify!($name), self.$name.as_slice())),+].into_iter()
            }
        }
    };
}

samples! {
    FindProductIntent, ProductDetailsIntent, AddToCartIntent, RemoveFromCartIntent, ShowCartIntent, CheckoutIntent,
    OrderStatusIntent, CancelOrderIntent, RefundOrderIntent, PaymentHelpIntent,
}

impl Words {
    /// Reads a shop's own file, or the one that Pushcart brings along.
    pub fn read(locale: &str, own: Option<&str>) -> Result<Words, SkillError> {
        let text = own.or_else(|| brought(locale)).unwrap_or_default();
        toml::from_str(text)
            .map_err(|error| SkillError::Words { locale: locale.to_owned(), why: error.message().to_owned() })
    }
}

fn brought(locale: &str) -> Option<&'static str> {
    Some(match locale {
        "en-US" => include_str!("../../skill/words/en-US.toml"),
        "en-GB" => include_str!("../../skill/words/en-GB.toml"),
        "de-DE" => include_str!("../../skill/words/de-DE.toml"),
        "fr-FR" => include_str!("../../skill/words/fr-FR.toml"),
        "it-IT" => include_str!("../../skill/words/it-IT.toml"),
        "es-ES" => include_str!("../../skill/words/es-ES.toml"),
        "ja-JP" => include_str!("../../skill/words/ja-JP.toml"),
        _ => return None,
    })
}
