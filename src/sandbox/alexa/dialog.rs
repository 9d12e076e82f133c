//! Dialogs: which slot is missing, what is asked for it, and what a sentence does to the intent. Pure.

use serde_json::Value;

use super::locales::Locale;
use super::model::Model;
use super::people::{Dialog, Wants};
use super::understand;

/// `dialogState` of an intent's first request; nothing without a dialog.
pub fn first_state(model: &Model, intent: &Value) -> Option<&'static str> {
    model.dialog(name(intent))?;
    Some(if missing(model, intent).is_some() { "STARTED" } else { "COMPLETED" })
}

/// The first slot that has to be filled and is not, with what is asked for it.
pub fn missing(model: &Model, intent: &Value) -> Option<(String, String)> {
    let dialog = model.dialog(name(intent))?;
    let is_empty = |slot: &str| intent["slots"][slot]["value"].as_str().unwrap_or_default().is_empty();
    let slot = dialog.slots.iter().find(|slot| slot.elicitation_required && is_empty(&slot.name))?;
    let prompt = slot.prompts.get("elicitation").map_or("", |id| model.prompt(id));
    Some((slot.name.clone(), prompt.to_owned()))
}

/// The intent after a sentence, or nothing where the sentence is about something else.
pub fn hear(model: &Model, locale: &Locale, dialog: &Dialog, text: &str) -> Option<Value> {
    let mut intent = dialog.intent.clone();
    let heard = understand::sentence(model, locale, text);
    let is_aside = heard.intent.starts_with("AMAZON.") && heard.intent != "AMAZON.FallbackIntent";
    match &dialog.wants {
        Wants::Slot(_) if is_aside => return None,
        Wants::Slot(slot) => {
            let own = model.intent(name(&intent))?;
            let said = understand::slot_answer(model, locale, name(&intent), slot, text);
            let filled = understand::slots(model, locale, own, &said);
            // A whole sentence of another intent is that intent, unless the words are a value of the slot.
            let is_known = filled[slot.as_str()]["resolutions"]["resolutionsPerAuthority"][0]["values"].is_array();
            if !is_known && heard.intent != "AMAZON.FallbackIntent" && heard.intent != name(&intent) {
                return None;
            }
            for (name, _) in said {
                intent["slots"][name.as_str()] = filled[name.as_str()].clone();
            }
        }
        Wants::SlotConfirmed(slot) => {
            intent["slots"][slot.as_str()]["confirmationStatus"] = confirmation(locale, text)?.into();
        }
        Wants::IntentConfirmed => intent["confirmationStatus"] = confirmation(locale, text)?.into(),
    }
    Some(intent)
}

fn confirmation(locale: &Locale, text: &str) -> Option<&'static str> {
    understand::agreement(locale, text).map(|agrees| if agrees { "CONFIRMED" } else { "DENIED" })
}

fn name(intent: &Value) -> &str {
    intent["name"].as_str().unwrap_or_default()
}
