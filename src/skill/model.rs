//! An interaction model as Amazon publishes its schema, and ours made of it.
//!
//! Source: developer.amazon.com, "Interaction Model Schemas".

use serde::{Deserialize, Serialize};

use super::words::Words;
use super::{INVOCATION_NAME, SkillError, names, rules};
use crate::market::catalog::Named;

/// The type of the slot `product`.
pub const PRODUCT: &str = "PRODUCT";

/// Amazon's own intents that the skill takes; their sentences are Amazon's.
pub const BUILT_IN: [&str; 8] = [
    "AMAZON.HelpIntent",
    "AMAZON.StopIntent",
    "AMAZON.CancelIntent",
    "AMAZON.FallbackIntent",
    "AMAZON.YesIntent",
    "AMAZON.NoIntent",
    "AMAZON.RepeatIntent",
    "AMAZON.NavigateHomeIntent",
];

/// Which question asks for the product.
const WHICH_PRODUCT: &str = "Elicit.Slot.AddToCartIntent.product";

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InteractionModelFile {
    /// All of it.
    pub interaction_model: InteractionModel,
}

/// What is understood, and what is asked back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InteractionModel {
    /// What is understood.
    pub language_model: LanguageModel,
    /// What has to be asked.
    pub dialog: Dialog,
    /// In which words.
    pub prompts: Vec<Prompt>,
}

/// What is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LanguageModel {
    /// What opens the skill.
    pub invocation_name: String,
    /// How easily a sentence is taken for none of ours.
    pub model_configuration: ModelConfiguration,
    /// What people may want.
    pub intents: Vec<Intent>,
    /// The slot types of our own.
    pub types: Vec<SlotType>,
}

/// Settings of the recogniser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelConfiguration {
    /// Of the fallback intent.
    pub fallback_intent_sensitivity: Sensitivity,
}

/// How easily a sentence is taken for none of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensitivity {
    /// How easily.
    pub level: Level,
}

/// Three degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Level {
    Low,
    Medium,
    High,
}

/// One thing that people may want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// Its name.
    pub name: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    /// How it is said.
    pub samples: Vec<String>,
}

/// A word of a sentence that varies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Its name in the samples.
    pub name: String,
    /// Ours, or one of Amazon's.
    #[serde(rename = "type")]
    pub kind: String,
    /// How people answer when they are asked for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

/// A slot type of our own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotType {
    /// Its name.
    pub name: String,
    /// What can be said.
    pub values: Vec<Value>,
}

/// One thing that can be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// A product's slug.
    pub id: String,
    /// What it is called.
    pub name: ValueName,
}

/// What something is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueName {
    /// A product's title.
    pub value: String,
    /// What people say.
    pub synonyms: Vec<String>,
}

/// What has to be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dialog {
    /// Who asks.
    pub delegation_strategy: Delegation,
    /// For which intents.
    pub intents: Vec<DialogIntent>,
}

/// Who asks: Amazon by itself, or the skill when it wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum Delegation {
    Always,
    SkillResponse,
}

/// What an intent needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DialogIntent {
    /// Its name.
    pub name: String,
    /// Whether it is read back.
    pub confirmation_required: bool,
    /// Which question reads it back.
    pub prompts: Questions,
    /// All of its slots.
    pub slots: Vec<DialogSlot>,
}

/// What a slot needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DialogSlot {
    /// Its name.
    pub name: String,
    /// Its type, as in the intent.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is asked for.
    pub elicitation_required: bool,
    /// Whether it is read back.
    pub confirmation_required: bool,
    /// Which questions do so.
    pub prompts: Questions,
}

/// Ids of prompts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// Asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elicitation: Option<String>,
    /// Reads it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<String>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// What a slot refers to.
    pub id: String,
    /// One of them is said.
    pub variations: Vec<Variation>,
}

/// One way to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variation {
    /// `PlainText` or `SSML`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is said.
    pub value: String,
}

impl InteractionModelFile {
    /// The model of a shop that sells `products`. Errors: everything that Amazon would refuse about it.
    pub fn of(products: &[Named], words: &Words, locale: &str) -> Result<InteractionModelFile, SkillError> {
        let built_in = BUILT_IN.map(|name| Intent { name: name.to_owned(), slots: Vec::new(), samples: Vec::new() });
        let own = words.samples.iter().map(|(name, samples)| Intent {
            name: name.to_owned(),
            slots: slots(name, &words.which_product.answers),
            samples: samples.to_vec(),
        });
        let plain = |value: &String| Variation { kind: "PlainText".to_owned(), value: value.clone() };
        let model = InteractionModelFile {
            interaction_model: InteractionModel {
                language_model: LanguageModel {
                    invocation_name: INVOCATION_NAME.to_owned(),
                    model_configuration: ModelConfiguration {
                        fallback_intent_sensitivity: Sensitivity { level: Level::Medium },
                    },
                    intents: built_in.into_iter().chain(own).collect(),
                    types: vec![SlotType {
                        name: PRODUCT.to_owned(),
                        values: names::values(products, &words.products),
                    }],
                },
                dialog: Dialog { delegation_strategy: Delegation::SkillResponse, intents: vec![add_to_cart()] },
                prompts: vec![Prompt {
                    id: WHICH_PRODUCT.to_owned(),
                    variations: words.which_product.prompts.iter().map(plain).collect(),
                }],
            },
        };
        let faults = rules::faults(&model, locale);
        if faults.is_empty() { Ok(model) } else { Err(SkillError::Rules { locale: locale.to_owned(), faults }) }
    }
}

/// What an intent of ours is about. Only the product of `AddToCartIntent` is ever asked for.
fn slots(intent: &str, answers: &[String]) -> Vec<Slot> {
    let slot = |name: &str, kind: &str, samples: &[String]| Slot {
        name: name.to_owned(),
        kind: kind.to_owned(),
        samples: samples.to_vec(),
    };
    match intent {
        "AddToCartIntent" => vec![slot("product", PRODUCT, answers), slot("quantity", "AMAZON.NUMBER", &[])],
        "FindProductIntent" | "ProductDetailsIntent" | "RemoveFromCartIntent" => vec![slot("product", PRODUCT, &[])],
        _ => Vec::new(),
    }
}

fn add_to_cart() -> DialogIntent {
    let slot = |name: &str, kind: &str, elicitation: Option<&str>| DialogSlot {
        name: name.to_owned(),
        kind: kind.to_owned(),
        elicitation_required: elicitation.is_some(),
        confirmation_required: false,
        prompts: Questions { elicitation: elicitation.map(str::to_owned), confirmation: None },
    };
    DialogIntent {
        name: "AddToCartIntent".to_owned(),
        confirmation_required: false,
        prompts: Questions::default(),
        slots: vec![slot("product", PRODUCT, Some(WHICH_PRODUCT)), slot("quantity", "AMAZON.NUMBER", None)],
    }
}
