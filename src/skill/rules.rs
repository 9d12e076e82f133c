//! What Amazon refuses about an interaction model, so that it is found here and not at the deployment.
//!
//! Sources: developer.amazon.com, "Choose the Invocation Name for a Custom Skill", "Create Intents, Utterances,
//! and Slots", "Create and Edit Custom Slot Types".

use std::collections::{BTreeMap, BTreeSet};

use super::INVOCATION_NAME;
use super::manifest::ManifestFile;
use super::model::{BUILT_IN, Intent, InteractionModelFile, SlotType};
use super::names::{LONGEST_NAME, folded};

/// The longest sample, in characters.
const LONGEST_SAMPLE: usize = 200;

/// The most intents of a model.
const MOST_INTENTS: usize = 250;

/// The heaviest a model's file may be, in bytes.
const HEAVIEST: usize = 1_500_000;

/// Words that wake a device, open a skill or lead from its name to a wish.
const NO_INVOCATION: [&str; 29] = [
    "alexa", "amazon", "echo", "computer", "ziggy", "skill", "app", "ask", "tell", "load", "launch", "begin", "enable",
    "open", "start", "run", "play", "use", "by", "from", "in", "using", "with", "to", "about", "for", "that", "if",
    "and",
];

/// Everything that is wrong; empty where Amazon takes it.
pub fn faults(file: &InteractionModelFile, locale: &str) -> Vec<String> {
    let language = &file.interaction_model.language_model;
    let mut faults = Vec::new();
    faults.extend(invocation_name(&language.invocation_name));
    if language.intents.len() > MOST_INTENTS {
        faults.push(format!("{} intents are more than {MOST_INTENTS}", language.intents.len()));
    }
    for name in BUILT_IN {
        if !language.intents.iter().any(|intent| intent.name == name) {
            faults.push(format!("{name} is missing"));
        }
    }
    let mut said: BTreeMap<String, &str> = BTreeMap::new();
    for intent in &language.intents {
        faults.extend(intent.samples.iter().filter_map(|sample| sample_fault(sample, intent, false)));
        for slot in &intent.slots {
            faults.extend(slot.samples.iter().filter_map(|sample| sample_fault(sample, intent, true)));
        }
        for sample in &intent.samples {
            if let Some(other) = said.insert(sample.to_lowercase(), &intent.name) {
                faults.push(format!("“{sample}” belongs to {other} and to {}", intent.name));
            }
        }
        if intent.samples.is_empty() && !intent.name.starts_with("AMAZON.") {
            faults.push(format!("{} has no samples", intent.name));
        }
    }
    faults.extend(language.types.iter().flat_map(values));
    faults.extend(dialog(file));
    let weight = super::json(file).len();
    if weight > HEAVIEST {
        faults.push(format!("the model for {locale} weighs {weight} bytes, more than {HEAVIEST}"));
    }
    faults
}

/// What is wrong with the page in Amazon's store: lengths, example phrases, addresses.
pub fn page_faults(file: &ManifestFile) -> Vec<String> {
    let manifest = &file.manifest;
    let mut faults = Vec::new();
    for (locale, page) in &manifest.publishing_information.locales {
        let mut longer = |what: &str, text: &str, most: usize| {
            if text.trim().is_empty() || text.chars().count() > most {
                faults.push(format!("{locale}: the {what} is empty or longer than {most} characters"));
            }
        };
        longer("name", &page.name, 50);
        longer("summary", &page.summary, 160);
        longer("description", &page.description, 4000);
        for phrase in &page.example_phrases {
            longer("example phrase", phrase, 200);
        }
        if page.example_phrases.is_empty() || page.example_phrases.len() > 3 {
            faults.push(format!("{locale}: one to three example phrases are shown"));
        }
        if !page.example_phrases.iter().all(|phrase| phrase.to_lowercase().contains(INVOCATION_NAME)) {
            faults.push(format!("{locale}: an example phrase does not say “{INVOCATION_NAME}”"));
        }
        if page.keywords.len() > 30 {
            faults.push(format!("{locale}: more than 30 keywords"));
        }
        if !page.description.contains("Amazon Pay") {
            faults.push(format!("{locale}: the description does not say that Amazon Pay handles payment"));
        }
    }
    if !manifest.apis.custom.endpoint.uri.starts_with("https://") {
        faults.push("the endpoint is not https".to_owned());
    }
    faults
}

/// Lower case, two words or more, none that Alexa keeps for herself.
fn invocation_name(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphabetic() && c.to_lowercase().eq([c]) || matches!(c, ' ' | '\'' | '.');
    let words: Vec<&str> = name.split(' ').collect();
    if !name.chars().all(is_plain) {
        return Some(format!("the invocation name “{name}” has more than small letters"));
    }
    if words.len() < 2 || words.iter().any(|word| word.is_empty()) {
        return Some(format!("the invocation name “{name}” is not two words or more"));
    }
    let kept = words.iter().find(|word| NO_INVOCATION.contains(word));
    kept.map(|word| format!("the invocation name “{name}” has “{word}” in it"))
}

/// `is_answer`: an answer to a question may be the slot and nothing else.
fn sample_fault(sample: &str, intent: &Intent, is_answer: bool) -> Option<String> {
    let fault = |what: &str| Some(format!("{}: “{sample}” {what}", intent.name));
    if sample.chars().count() > LONGEST_SAMPLE {
        return fault("is too long");
    }
    let mut rest = String::new();
    for word in sample.split(' ') {
        match word.strip_prefix('{').and_then(|word| word.strip_suffix('}')) {
            Some(name) if !intent.slots.iter().any(|slot| slot.name == name) => return fault("names an unknown slot"),
            Some(_) => {}
            None if word.is_empty() => return fault("has a space too many"),
            None if word.contains(['{', '}']) => return fault("needs a space around its slot"),
            None => rest.push_str(word),
        }
    }
    if rest.is_empty() && !is_answer {
        return fault("is a slot and nothing else");
    }
    let is_said = |c: char| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | 'ー');
    if rest.chars().all(is_said) { None } else { fault("has signs that nobody says") }
}

/// What is wrong with the values of a slot type.
fn values(of: &SlotType) -> Vec<String> {
    let (mut faults, mut ids, mut names) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    if of.values.is_empty() {
        faults.push(format!("{} has no values", of.name));
    }
    for value in &of.values {
        if !ids.insert(&value.id) {
            faults.push(format!("{} stands there twice", value.id));
        }
        for name in std::iter::once(&value.name.value).chain(&value.name.synonyms) {
            if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
                faults.push(format!("{} has a name that is empty or too long: “{name}”", value.id));
            }
            if let Some(other) = names.insert(folded(name), &value.id) {
                faults.push(format!("“{name}” stands for {other} and for {}", value.id));
            }
        }
    }
    faults
}

/// Every question that is named exists, every slot of an intent is in its dialog.
fn dialog(file: &InteractionModelFile) -> Vec<String> {
    let model = &file.interaction_model;
    let mut faults = Vec::new();
    for asked in &model.dialog.intents {
        let intent = model.language_model.intents.iter().find(|intent| intent.name == asked.name);
        let kinds: Vec<(&str, &str)> =
            asked.slots.iter().map(|slot| (slot.name.as_str(), slot.kind.as_str())).collect();
        let there: Option<Vec<(&str, &str)>> =
            intent.map(|intent| intent.slots.iter().map(|slot| (slot.name.as_str(), slot.kind.as_str())).collect());
        if there.as_ref() != Some(&kinds) {
            faults.push(format!("the dialog of {} has other slots than the intent", asked.name));
        }
        for slot in &asked.slots {
            let id = slot.prompts.elicitation.as_ref();
            let prompt = id.and_then(|id| model.prompts.iter().find(|prompt| prompt.id == *id));
            let is_asked = prompt.is_some_and(|prompt| !prompt.variations.is_empty());
            if slot.elicitation_required && !is_asked {
                faults.push(format!("nobody asks for {} of {}", slot.name, asked.name));
            }
            let is_answered = intent
                .is_some_and(|intent| intent.slots.iter().any(|it| it.name == slot.name && !it.samples.is_empty()));
            if slot.elicitation_required && !is_answered {
                faults.push(format!("nobody can answer for {} of {}", slot.name, asked.name));
            }
        }
    }
    faults
}
