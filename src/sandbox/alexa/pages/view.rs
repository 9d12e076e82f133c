//! What the voice page shows, ready to print.

use askama::Template;
use serde_json::Value;

use super::drawing::{self, Step};
use super::short;
use crate::sandbox::Sandbox;
use crate::sandbox::alexa::envelope::masked;
use crate::sandbox::alexa::locales::{self, Locale};
use crate::sandbox::alexa::model;
use crate::sandbox::alexa::people::{By, Consent, Entry, OneClick, Person};
use crate::sandbox::alexa::rows::{self, Row};
use crate::sandbox::alexa::setup::agreements_of;
use crate::sandbox::alexa::state::Chosen;
use crate::sandbox::amazon_pay::buyers::{BUYERS, Buyer};
use crate::sandbox::amazon_pay::state::objects::{Charge, Permission};
use crate::sandbox::state::{StateError, Tx};

/// The whole page.
#[derive(Template)]
#[template(path = "sandbox/alexa/voice.html")]
pub struct VoicePage {
    /// `ana`
    pub persona: &'static str,
    /// Who speaks.
    pub buyer: &'static Buyer,
    /// Everybody.
    pub people: Vec<Choice>,
    /// The languages.
    pub locales: Vec<Choice>,
    /// The language of the conversation.
    pub locale: &'static Locale,
    /// What was said and shown.
    pub lines: Vec<Line>,
    /// What was sent and answered, newest first.
    pub exchanges: Vec<Exchange>,
    /// What the screen shows; nothing on a device without one.
    pub screen: Option<Card>,
    /// Whether the microphone is open.
    pub is_open: bool,
    /// What can be said now.
    pub chips: Vec<String>,
    /// The error table, by table.
    pub tables: Vec<(&'static str, Vec<(String, String)>)>,
    /// What was chosen from it.
    pub chosen: Vec<Chosen>,
    /// The last payment's way, as steps.
    pub steps: Vec<Step>,
    /// Its height.
    pub height: usize,
    /// Charges of this person, newest first.
    pub charges: Vec<ChargeLine>,
    /// Agreements of this person.
    pub agreements: Vec<String>,
    /// The settings.
    pub settings: Settings,
    /// Whether the skill has account linking.
    pub has_linking: bool,
    /// Whether there is a skill at all.
    pub has_skill: bool,
}

/// One of several.
pub struct Choice {
    /// What a form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

/// A bubble, a card or a broken rule.
pub struct Line {
    /// `buyer`, `alexa`, `skill` or `rule`.
    pub by: &'static str,
    /// Who that is, for people.
    pub who: String,
    /// What was said.
    pub text: String,
    /// What was shown.
    pub card: Option<Card>,
    /// Whether it belongs to the last sentence.
    pub is_new: bool,
}

/// A card of the Alexa app.
#[derive(Clone, Default)]
pub struct Card {
    /// `Simple`, `Standard`, `LinkAccount`, `AskForPermissionsConsent`.
    pub kind: String,
    /// Its heading.
    pub title: String,
    /// Its paragraphs.
    pub text: Vec<String>,
    /// Its picture; empty for none.
    pub picture: String,
}

/// A request and its answer.
pub struct Exchange {
    /// `Connections.Response Charge`
    pub title: String,
    /// `ok`, or what is wrong.
    pub verdict: String,
    /// Whether the answer keeps the rules.
    pub is_good: bool,
    /// HTTP status.
    pub status: u16,
    /// How long it took.
    pub milliseconds: u64,
    /// The request without tokens.
    pub request: String,
    /// The answer.
    pub response: String,
    /// The charge it tells of; empty for none.
    pub charge_id: String,
}

/// One line of the ledger.
pub struct ChargeLine {
    /// `S01-…-C…`
    pub id: String,
    /// With its currency.
    pub amount: String,
    /// State and reason.
    pub state: String,
}

/// The person's settings as the form shows them.
pub struct Settings {
    /// Consent.
    pub consent: Vec<Choice>,
    /// The 1-Click payment method.
    pub one_click: Vec<Choice>,
    /// The cards.
    pub instruments: Vec<Choice>,
    /// As the person has it.
    pub person: Person,
}

/// The page of one charge.
#[derive(Template)]
#[template(path = "sandbox/alexa/charge.html")]
pub struct ChargePage {
    /// Its id.
    pub id: String,
    /// What was asked for.
    pub amount: String,
    /// Where it is.
    pub state: String,
    /// Why; empty for no reason.
    pub reason: String,
    /// The merchant's reference.
    pub reference: String,
    /// The agreement it uses.
    pub agreement: String,
    /// As the API shows it.
    pub json: String,
}

/// What the list of rows sends for one.
pub fn value_of(row: &Row) -> String {
    format!("{}|{}|{}", row.table.name(), row.code, row.alternative)
}

/// JSON for people.
pub fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

impl VoicePage {
    /// The page of this person as things stand.
    pub async fn of(sandbox: &Sandbox, buyer: &'static Buyer) -> Result<VoicePage, StateError> {
        let person = sandbox.person(buyer).await?;
        let mut tx = sandbox.db().read().await?;
        let chosen = tx.chosen(buyer.id).await?;
        let (agreements, charges) = ledger(&mut tx, buyer).await?;
        drop(tx);
        let locale = person.locale();
        let steps = drawing::steps(&person.entries);
        Ok(VoicePage {
            persona: short(buyer),
            buyer,
            people: BUYERS.iter().map(|own| choice(short(own), own.name, own.id == buyer.id)).collect(),
            locales: locales::ALL.iter().map(|own| choice(own.tag, own.name, own.tag == locale.tag)).collect(),
            locale,
            lines: lines(&person),
            exchanges: exchanges(&person),
            screen: screen(&person),
            is_open: person.is_open(),
            chips: chips(&person),
            tables: tables(),
            chosen,
            height: drawing::height(steps.len()),
            steps,
            charges,
            agreements,
            settings: settings(buyer, person),
            has_linking: sandbox.skill().is_some_and(|skill| skill.linking.is_some()),
            has_skill: sandbox.skill().is_some(),
        })
    }
}

fn choice(value: &str, label: &str, is_chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), is_chosen }
}

async fn ledger(tx: &mut Tx, buyer: &Buyer) -> Result<(Vec<String>, Vec<ChargeLine>), StateError> {
    let (mut agreements, mut charges) = (Vec::new(), Vec::new());
    for own in tx.objects::<Permission>().await? {
        if own.session_id != agreements_of(&own.merchant_id, buyer.id) {
            continue;
        }
        agreements.push(format!("{} {:?} {}", own.id, own.state, own.reason));
        for charge in tx.children::<Charge>(&own.id).await? {
            let state = format!("{:?} {}", charge.state, charge.reason);
            charges.push((charge.created_at, ChargeLine { amount: charge.amount().to_string(), state, id: charge.id }));
        }
    }
    charges.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok((agreements, charges.into_iter().map(|(_, line)| line).take(10).collect()))
}

fn lines(person: &Person) -> Vec<Line> {
    let first_new = person.entries.len() - person.last_turn().len();
    let title = model::of(person.locale()).title();
    let who = |by: By| match by {
        By::Buyer => ("buyer", person.buyer().name.to_owned()),
        By::Alexa => ("alexa", "Alexa".to_owned()),
        By::Skill => ("skill", title.clone()),
    };
    let shown = person.entries.iter().enumerate().filter_map(|(place, entry)| {
        let is_new = place >= first_new;
        Some(match entry {
            Entry::Said { by, text } => {
                let (by, who) = who(*by);
                Line { by, who, text: text.clone(), card: None, is_new }
            }
            Entry::Card { by, card } => {
                let (by, who) = who(*by);
                Line { by, who, text: String::new(), card: Some(card_of(card)), is_new }
            }
            Entry::Broken(problem) => {
                Line { by: "rule", who: "Against the rules".to_owned(), text: problem.clone(), card: None, is_new }
            }
            Entry::Exchange(_) => return None,
        })
    });
    shown.collect()
}

fn card_of(card: &Value) -> Card {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let body = if card["type"] == "Standard" { text(&card["text"]) } else { text(&card["content"]) };
    let large = text(&card["image"]["largeImageUrl"]);
    Card {
        kind: text(&card["type"]),
        title: text(&card["title"]),
        text: body.lines().map(str::to_owned).collect(),
        picture: if large.is_empty() { text(&card["image"]["smallImageUrl"]) } else { large },
    }
}

/// The last card, or the last words where there is none.
fn screen(person: &Person) -> Option<Card> {
    if !person.has_screen {
        return None;
    }
    let shown = person.last_turn().iter().rev().find_map(|entry| match entry {
        // What is to be done in the app is not shown on the device.
        Entry::Card { card, .. } => Some(card_of(card)).filter(|card| !card.title.is_empty() || !card.text.is_empty()),
        _ => None,
    });
    let said = || {
        person.last_turn().iter().rev().find_map(|entry| match entry {
            Entry::Said { by: By::Skill | By::Alexa, text } => {
                Some(Card { title: model::of(person.locale()).title(), text: vec![text.clone()], ..Card::default() })
            }
            _ => None,
        })
    };
    Some(shown.or_else(said).unwrap_or_default())
}

fn exchanges(person: &Person) -> Vec<Exchange> {
    let all = person.entries.iter().rev().filter_map(|entry| {
        let Entry::Exchange(own) = entry else { return None };
        let request = &own.request["request"];
        let names = [&request["type"], &request["name"], &request["intent"]["name"]];
        let title: Vec<&str> = names.iter().filter_map(|name| name.as_str()).collect();
        Some(Exchange {
            title: title.join(" "),
            is_good: own.verdict == "ok",
            verdict: own.verdict.clone(),
            status: own.status,
            milliseconds: own.milliseconds,
            request: pretty(&masked(&own.request)),
            response: pretty(&own.response),
            charge_id: own.charge_id.clone(),
        })
    });
    all.take(12).collect()
}

fn chips(person: &Person) -> Vec<String> {
    let locale = person.locale();
    let model = model::of(locale);
    let name = &model.language_model.invocation_name;
    if person.waiting.is_some() {
        return vec![person.voice_code.clone()];
    }
    let product = model.language_model.types.first().and_then(|kind| kind.values.first());
    let product = product.map_or("", |own| own.name.synonyms.first().unwrap_or(&own.name.value));
    let fill = |sample: &str| sample.replace("{product}", product).replace("{quantity}", "2");
    if person.session.is_none() {
        let asks = locale.ask.first().map(|pattern| pattern.replace("{}", name).replace('*', product));
        let opens = locale.open.first().map(|pattern| pattern.replace("{}", name));
        return opens.into_iter().chain(asks).collect();
    }
    let built_in = |intent: &str| {
        let words = locale.built_ins.iter().find(|(own, _)| *own == intent);
        words.and_then(|(_, words)| words.first()).map(|word| (*word).to_owned())
    };
    let own = model.language_model.intents.iter().filter(|own| !own.name.starts_with("AMAZON."));
    let answers = ["AMAZON.YesIntent", "AMAZON.NoIntent"].into_iter().filter_map(built_in);
    let ends = ["AMAZON.HelpIntent", "AMAZON.StopIntent"].into_iter().filter_map(built_in);
    answers.chain(own.filter_map(|own| own.samples.first()).map(|sample| fill(sample))).chain(ends).collect()
}

fn tables() -> Vec<(&'static str, Vec<(String, String)>)> {
    let mut tables: Vec<(&'static str, Vec<(String, String)>)> = Vec::new();
    for row in rows::all() {
        let label = match row.alternative {
            1 => format!("{} {}", row.status, row.code),
            n => format!("{} {} (prompt {n})", row.status, row.code),
        };
        let entry = (value_of(row), label);
        match tables.iter_mut().find(|(name, _)| *name == row.table.name()) {
            Some((_, rows)) => rows.push(entry),
            None => tables.push((row.table.name(), vec![entry])),
        }
    }
    tables
}

fn settings(buyer: &Buyer, person: Person) -> Settings {
    let consents = [
        (Consent::Granted, "granted", "Granted"),
        (Consent::NotAsked, "not_asked", "Never asked"),
        (Consent::Denied, "denied", "Denied"),
    ];
    let methods = [
        (OneClick::Ready, "ready", "Ready"),
        (OneClick::Outdated, "outdated", "Needs updating"),
        (OneClick::NoBillingAddress, "no_billing_address", "Billing address needs updating"),
        (OneClick::NotAccepted, "not_accepted", "Of a kind the seller does not take"),
    ];
    let cards = buyer.instruments.iter().map(|own| {
        let label = format!("{} {}: {}", own.brand, own.ending, own.hint);
        choice(own.ending, &label, own.ending == person.instrument)
    });
    Settings {
        consent: consents.iter().map(|(own, value, label)| choice(value, label, *own == person.consent)).collect(),
        one_click: methods.iter().map(|(own, value, label)| choice(value, label, *own == person.one_click)).collect(),
        instruments: cards.collect(),
        person,
    }
}
