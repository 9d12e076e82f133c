//! From a sentence to an intent with its slots, by the sample utterances of the interaction model.
//!
//! Case, punctuation and accents are folded; Japanese is read letter by letter, since it has no spaces. The utterance
//! with the most words of its own and the most slots that resolve wins. What fits nothing is the fallback intent.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::locales::Locale;
use super::model::{Intent, Model, Slot};
use super::words::{Unit, fold, folded, joined, spoken, units};

/// A model made ready once: utterances in pieces, and which value a name stands for.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// By intent, in the order of the model.
    samples: Vec<Vec<Vec<Piece>>>,
    /// By slot type and folded name: the place of the value.
    names: HashMap<String, HashMap<String, usize>>,
}

impl Index {
    /// Makes a model ready.
    pub fn of(model: &Model, locale: &Locale) -> Index {
        let in_pieces = |intent: &Intent| intent.samples.iter().map(|sample| pieces(locale, sample)).collect();
        let names = model.language_model.types.iter().map(|kind| {
            let mut names = HashMap::new();
            for (place, value) in kind.values.iter().enumerate() {
                for name in std::iter::once(&value.name.value).chain(&value.name.synonyms) {
                    names.entry(joined(&units(locale, name))).or_insert(place);
                }
            }
            (kind.name.clone(), names)
        });
        Index { samples: model.language_model.intents.iter().map(in_pieces).collect(), names: names.collect() }
    }
}

/// What was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The intent's name.
    pub intent: String,
    /// Slot names and what was said for them.
    pub slots: Vec<(String, String)>,
}

/// What a sentence means while no session is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The skill by its name alone.
    Launch,
    /// The skill with a question.
    Ask(Heard),
    /// Something else; not for the skill.
    Elsewhere,
}

/// The sentence as the skill's session hears it.
pub fn sentence(model: &Model, locale: &Locale, text: &str) -> Heard {
    let units = units(locale, text);
    let built_in = built_in(model, locale, &units);
    let heard = built_in.or_else(|| best(model, locale, &units).map(|(_, heard)| heard));
    heard.unwrap_or_else(|| Heard { intent: "AMAZON.FallbackIntent".to_owned(), slots: Vec::new() })
}

/// The sentence as an Echo hears it that is doing nothing.
pub fn opening(model: &Model, locale: &Locale, text: &str) -> Opening {
    let name = &model.language_model.invocation_name;
    if name.is_empty() {
        return Opening::Elsewhere;
    }
    let mut said = units(locale, text);
    if said.first().is_some_and(|unit| unit.folded == "alexa") {
        said.remove(0);
    } else if let Some(rest) = without_prefix(&said, &units(locale, "alexa")) {
        said = rest;
    }
    let fill = |pattern: &str| pattern.replace("{}", name);
    if units(locale, name) == said
        || locale.open.iter().any(|open| folded(&units(locale, &fill(open))) == folded(&said))
    {
        return Opening::Launch;
    }
    for pattern in locale.ask {
        let filled = fill(pattern);
        let Some((before, after)) = filled.split_once('*') else { continue };
        let (before, after) = (units(locale, before), units(locale, after));
        let Some(rest) = without_prefix(&said, &before).and_then(|rest| without_suffix(rest, &after)) else { continue };
        if !rest.is_empty() {
            return Opening::Ask(question(model, locale, &said, &rest, name));
        }
    }
    Opening::Elsewhere
}

/// A question in one breath: the rest of the sentence, with the word before it where that helps, or a bare name.
fn question(model: &Model, locale: &Locale, said: &[Unit], rest: &[Unit], name: &str) -> Heard {
    let name_length = units(locale, name).len();
    let name_at = said.windows(name_length).position(|window| folded(window) == folded(&units(locale, name)));
    let after_name = name_at.map_or(rest, |at| &said[at + name_length..]);
    let candidates = [rest, after_name];
    let built_in = built_in(model, locale, rest).map(|heard| (i64::MAX, heard));
    let found = candidates.iter().filter_map(|units| best(model, locale, units)).chain(built_in);
    if let Some((_, heard)) = found.max_by_key(|(score, _)| *score) {
        return heard;
    }
    // "for honey": the first intent that has one slot of the skill's own, as Alexa would guess
    let is_own = |slot: &Slot| !slot.kind.starts_with("AMAZON.");
    let guess = model.language_model.intents.iter().find(|own| own.slots.len() == 1 && is_own(&own.slots[0]));
    match guess {
        Some(intent) => {
            Heard { intent: intent.name.clone(), slots: vec![(intent.slots[0].name.clone(), spoken(rest))] }
        }
        None => Heard { intent: "AMAZON.FallbackIntent".to_owned(), slots: Vec::new() },
    }
}

/// What the next sentence says for a slot that was asked for, and perhaps for others: by its samples and the intent's,
/// else the whole sentence.
pub fn slot_answer(model: &Model, locale: &Locale, intent: &str, slot: &str, text: &str) -> Vec<(String, String)> {
    let units = units(locale, text);
    let bare = || vec![(slot.to_owned(), spoken(without_articles(locale, &units)))];
    let Some(intent) = model.intent(intent) else { return bare() };
    let answers = intent.slots.iter().filter(|own| own.name == slot).flat_map(|own| &own.samples);
    let samples: Vec<Vec<Piece>> = answers.chain(&intent.samples).map(|sample| pieces(locale, sample)).collect();
    let ways = fitting(model, locale, intent, &samples, &units).into_iter();
    let about = ways.filter(|(_, heard)| heard.slots.iter().any(|(name, _)| name == slot));
    let best = about.max_by_key(|(score, _)| *score);
    best.map_or_else(bare, |(_, heard)| heard.slots)
}

/// The built-in intent that these words stand for, where the model has it.
fn built_in(model: &Model, locale: &Locale, said: &[Unit]) -> Option<Heard> {
    let is_said = |words: &str| folded(&units(locale, words)) == folded(said);
    let known = model.language_model.intents.iter().filter(|own| own.name.starts_with("AMAZON."));
    let mut named = known.filter(|own| {
        let words = locale.built_ins.iter().find(|(name, _)| *name == own.name);
        words.is_some_and(|(_, words)| words.iter().any(|words| is_said(words)))
            || own.samples.iter().any(|words| is_said(words))
    });
    named.next().map(|own| Heard { intent: own.name.clone(), slots: Vec::new() })
}

/// Whether these words end a skill without asking it.
pub fn is_exit(locale: &Locale, text: &str) -> bool {
    let said = units(locale, text);
    locale.exit.iter().any(|words| folded(&units(locale, words)) == folded(&said))
}

/// Yes or no, as an answer to Alexa herself; `None` for neither.
pub fn agreement(locale: &Locale, text: &str) -> Option<bool> {
    let said = units(locale, text);
    let is_said = |intent: &str| {
        let words = locale.built_ins.iter().find(|(name, _)| *name == intent);
        words.is_some_and(|(_, words)| words.iter().any(|words| folded(&units(locale, words)) == folded(&said)))
    };
    if is_said("AMAZON.YesIntent") { Some(true) } else { is_said("AMAZON.NoIntent").then_some(false) }
}

/// The digits of a spoken code: `1 2 3 4`, `1234`, `one two three four`.
pub fn digits(locale: &Locale, text: &str) -> String {
    let units = units(locale, text);
    units.iter().filter_map(|unit| number(locale, std::slice::from_ref(unit))).collect()
}

fn best(model: &Model, locale: &Locale, units: &[Unit]) -> Option<(i64, Heard)> {
    let intents = model.language_model.intents.iter().zip(&model.index.samples);
    let all = intents.flat_map(|(intent, samples)| fitting(model, locale, intent, samples, units));
    // the first of equals, as in the file
    all.reduce(|best, next| if next.0 > best.0 { next } else { best })
}

fn fitting(
    model: &Model,
    locale: &Locale,
    intent: &Intent,
    samples: &[Vec<Piece>],
    units: &[Unit],
) -> Vec<(i64, Heard)> {
    let fits = samples.iter().filter_map(|pieces| {
        let (score, slots) = fit(model, locale, intent, pieces, units)?;
        // A sentence that is an utterance word for word means that one.
        let score = if slots.is_empty() { score + 1_000 } else { score };
        Some((score, Heard { intent: intent.name.clone(), slots }))
    });
    fits.collect()
}

/// A piece of an utterance.
#[derive(Clone, Debug)]
enum Piece {
    Word(String),
    Slot(String),
}

fn pieces(locale: &Locale, sample: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = sample;
    while let Some((before, after)) = rest.split_once('{') {
        pieces.extend(units(locale, before).into_iter().map(|unit| Piece::Word(unit.folded)));
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        pieces.push(Piece::Slot(name.trim().to_owned()));
        rest = tail;
    }
    pieces.extend(units(locale, rest).into_iter().map(|unit| Piece::Word(unit.folded)));
    pieces
}

type Filled = Vec<(String, String)>;

/// How well a sample fits the whole sentence, with its slots; nothing where it does not.
fn fit(model: &Model, locale: &Locale, intent: &Intent, pieces: &[Piece], units: &[Unit]) -> Option<(i64, Filled)> {
    match pieces.split_first() {
        None => units.is_empty().then(|| (0, Vec::new())),
        Some((Piece::Word(word), more)) => {
            let (first, rest) = units.split_first()?;
            if first.folded != *word {
                return None;
            }
            let (score, slots) = fit(model, locale, intent, more, rest)?;
            Some((score + 10, slots))
        }
        Some((Piece::Slot(name), more)) => {
            let slot = intent.slots.iter().find(|own| own.name == *name)?;
            let ways = (1..=units.len()).filter_map(|length| {
                let own = slot_score(model, locale, slot, &units[..length])?;
                let (score, mut slots) = fit(model, locale, intent, more, &units[length..])?;
                slots.insert(0, (name.clone(), spoken(&units[..length])));
                Some((score + own, slots))
            });
            ways.max_by_key(|(score, _)| *score)
        }
    }
}

fn slot_score(model: &Model, locale: &Locale, slot: &Slot, units: &[Unit]) -> Option<i64> {
    let length = i64::try_from(units.len()).unwrap_or(i64::MAX);
    if slot.kind == "AMAZON.NUMBER" {
        return number(locale, units).map(|_| 20);
    }
    Some(if resolve_units(model, locale, &slot.kind, units).is_some() { 100 } else { -length })
}

/// The number these words say, in digits.
fn number(locale: &Locale, units: &[Unit]) -> Option<String> {
    let text: String = units.iter().map(|unit| unit.folded.as_str()).collect();
    if !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text);
    }
    let is_said = |words: &str| folded(&self::units(locale, words)) == folded(units);
    let place = locale.numbers.iter().position(|words| words.iter().any(|words| is_said(words)))?;
    Some((place + 1).to_string())
}

/// The slots of an intent as a request carries them.
pub fn slots(model: &Model, locale: &Locale, intent: &Intent, said: &[(String, String)]) -> Map<String, Value> {
    let all = intent.slots.iter().map(|slot| {
        let value = said.iter().find(|(name, _)| *name == slot.name).map(|(_, value)| value.as_str());
        (slot.name.clone(), slot_json(model, locale, slot, value))
    });
    all.collect()
}

/// One slot: the value, and what it resolves to.
pub fn slot_json(model: &Model, locale: &Locale, slot: &Slot, said: Option<&str>) -> Value {
    let Some(said) = said.filter(|said| !said.is_empty()) else {
        return json!({ "name": slot.name, "confirmationStatus": "NONE" });
    };
    let spoken = units(locale, said);
    if slot.kind.starts_with("AMAZON.") {
        let value = if slot.kind == "AMAZON.NUMBER" {
            number(locale, &spoken).unwrap_or_else(|| "?".to_owned())
        } else {
            said.to_owned()
        };
        return json!({
            "name": slot.name, "value": value, "confirmationStatus": "NONE", "source": "USER",
            "slotValue": { "type": "Simple", "value": value },
        });
    }
    let authority = format!("amzn1.er-authority.echo-sdk.pushcart.{}", slot.kind);
    let resolved = match resolve_units(model, locale, &slot.kind, &spoken) {
        Some((id, name)) => json!({
            "authority": authority, "status": { "code": "ER_SUCCESS_MATCH" },
            "values": [{ "value": { "name": name, "id": id } }],
        }),
        None => json!({ "authority": authority, "status": { "code": "ER_SUCCESS_NO_MATCH" } }),
    };
    let resolutions = json!({ "resolutionsPerAuthority": [resolved] });
    json!({
        "name": slot.name, "value": said, "resolutions": resolutions, "confirmationStatus": "NONE", "source": "USER",
        "slotValue": { "type": "Simple", "value": said, "resolutions": resolutions },
    })
}

/// Id and name of the value that is meant.
fn resolve_units<'a>(model: &'a Model, locale: &Locale, kind: &str, said: &[Unit]) -> Option<(&'a str, &'a str)> {
    let (values, names) = (&model.slot_type(kind)?.values, model.index.names.get(kind)?);
    let wanted = [joined(said), joined(without_articles(locale, said))];
    let place = wanted.iter().find_map(|wanted| {
        let singular = wanted.strip_suffix('s').filter(|name| !name.is_empty());
        let plural = format!("{wanted}s");
        names.get(wanted).or_else(|| names.get(singular.unwrap_or_default())).or_else(|| names.get(&plural))
    });
    let found = values.get(*place?)?;
    Some((found.id.as_str(), found.name.value.as_str()))
}

fn without_articles<'a>(locale: &Locale, said: &'a [Unit]) -> &'a [Unit] {
    let is_article = |unit: &Unit| locale.articles.iter().any(|own| fold(own) == unit.folded);
    let from = said.iter().position(|unit| !is_article(unit)).unwrap_or(0);
    &said[from..]
}

fn without_prefix(said: &[Unit], prefix: &[Unit]) -> Option<Vec<Unit>> {
    let is_there = said.len() >= prefix.len() && folded(&said[..prefix.len()]) == folded(prefix);
    is_there.then(|| said[prefix.len()..].to_vec())
}

fn without_suffix(said: Vec<Unit>, suffix: &[Unit]) -> Option<Vec<Unit>> {
    let from = said.len().checked_sub(suffix.len())?;
    (folded(&said[from..]) == folded(suffix)).then(|| said[..from].to_vec())
}

#[cfg(test)]
#[path = "understand_tests.rs"]
mod tests;
