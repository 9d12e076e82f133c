//! The interaction models of the skill package, as Alexa would have learned them. They are read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rust_embed::RustEmbed;
use serde::Deserialize;

use super::locales::{self, Locale};
use super::understand::Index;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/skill/skill-package/interactionModels/custom/"]
#[allow_missing = true]
struct Files;

/// What a skill understands in one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Model {
    /// Invocation name, intents, types.
    pub language_model: Language,
    /// Slots that have to be filled.
    pub dialog: Dialogs,
    /// What is asked for them.
    pub prompts: Vec<Prompt>,
    /// The same ready to be compared with sentences.
    #[serde(skip)]
    pub index: Index,
}

/// `languageModel`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Language {
    /// Opens the skill.
    pub invocation_name: String,
    /// In the order of the file.
    pub intents: Vec<Intent>,
    /// Slot types with their values.
    pub types: Vec<Type>,
}

/// One intent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Intent {
    /// `AddToCartIntent`.
    pub name: String,
    /// Its slots.
    pub slots: Vec<Slot>,
    /// What people say, `add {product} to my cart`.
    pub samples: Vec<String>,
}

/// One slot.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Slot {
    /// `product`.
    pub name: String,
    /// `PRODUCT`, `AMAZON.NUMBER`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What people answer when they are asked for it.
    pub samples: Vec<String>,
}

/// One slot type.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Type {
    /// `PRODUCT`.
    pub name: String,
    /// Its values.
    pub values: Vec<Value>,
}

/// One value of a slot type.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Value {
    /// What the skill knows it by.
    pub id: String,
    /// What it is called.
    pub name: Name,
}

/// What a value is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Name {
    /// The name.
    pub value: String,
    /// Other names.
    pub synonyms: Vec<String>,
}

/// `dialog`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Dialogs {
    /// `ALWAYS` or `SKILL_RESPONSE`.
    pub delegation_strategy: String,
    /// Intents with a dialog.
    pub intents: Vec<DialogIntent>,
}

/// One intent with a dialog.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DialogIntent {
    /// Which.
    pub name: String,
    /// Its own strategy; empty for the common one.
    pub delegation_strategy: String,
    /// Its slots.
    pub slots: Vec<DialogSlot>,
}

/// One slot of a dialog.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DialogSlot {
    /// Which.
    pub name: String,
    /// Whether it has to be filled.
    pub elicitation_required: bool,
    /// `elicitation` and `confirmation`, by id.
    pub prompts: BTreeMap<String, String>,
}

/// One prompt.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Prompt {
    /// Its id.
    pub id: String,
    /// Ways to say it.
    pub variations: Vec<Variation>,
}

/// One way to say a prompt.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Variation {
    /// `PlainText` or `SSML`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words.
    pub value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    interaction_model: Model,
}

impl Model {
    /// Reads a file of the skill package. Errors: it is not one.
    pub fn read(bytes: &[u8]) -> Result<Model, serde_json::Error> {
        serde_json::from_slice::<File>(bytes).map(|file| file.interaction_model)
    }

    /// The intent with this name.
    pub fn intent(&self, name: &str) -> Option<&Intent> {
        self.language_model.intents.iter().find(|own| own.name == name)
    }

    /// The slot type with this name.
    pub fn slot_type(&self, name: &str) -> Option<&Type> {
        self.language_model.types.iter().find(|own| own.name == name)
    }

    /// The dialog of this intent.
    pub fn dialog(&self, intent: &str) -> Option<&DialogIntent> {
        self.dialog.intents.iter().find(|own| own.name == intent)
    }

    /// Whether Alexa fills this intent's slots before the skill hears of it.
    pub fn delegates_always(&self, intent: &DialogIntent) -> bool {
        let own = intent.delegation_strategy.as_str();
        (if own.is_empty() { self.dialog.delegation_strategy.as_str() } else { own }) == "ALWAYS"
    }

    /// The first way to say the prompt with this id.
    pub fn prompt(&self, id: &str) -> &str {
        let prompt = self.prompts.iter().find(|own| own.id == id);
        prompt.and_then(|own| own.variations.first()).map_or("", |own| own.value.as_str())
    }

    /// The skill's name with capitals: `Pushcart Market`.
    pub fn title(&self) -> String {
        let words = self.language_model.invocation_name.split_whitespace().map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        });
        words.collect::<Vec<String>>().join(" ")
    }
}

/// The model of a language. One that is missing or cannot be read understands nothing, which the log says.
pub fn of(locale: &Locale) -> &'static Model {
    static MODELS: OnceLock<Vec<Model>> = OnceLock::new();
    let models = MODELS.get_or_init(|| locales::ALL.iter().map(load).collect());
    let place = locales::ALL.iter().position(|own| own.tag == locale.tag).unwrap_or(0);
    &models[place]
}

fn load(locale: &Locale) -> Model {
    let file = Files::get(&format!("{}.json", locale.tag));
    match file.as_ref().map(|file| Model::read(&file.data)) {
        Some(Ok(model)) => Model { index: Index::of(&model, locale), ..model },
        Some(Err(error)) => {
            tracing::error!(%error, locale = locale.tag, "an interaction model cannot be read");
            Model::default()
        }
        None => {
            tracing::warn!(locale = locale.tag, "there is no interaction model");
            Model::default()
        }
    }
}
