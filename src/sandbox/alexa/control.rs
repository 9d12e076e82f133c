//! The device for tests and scripts, under `/_sandbox/alexa/`: JSON in, JSON out.

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::device::Device;
use super::people::{self, Consent, Entry, OneClick, Person};
use super::state::Chosen;
use super::{locales, rows};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::Buyer;
use crate::sandbox::control::{Refused, bad, read};

/// What is asked of the device.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/alexa/say", post(say))
        .route("/_sandbox/alexa/send", post(send))
        .route("/_sandbox/alexa/next", post(choose))
        .route("/_sandbox/alexa/person", post(change))
        .route("/_sandbox/alexa/reset", post(reset))
        .route("/_sandbox/alexa/state", get(show))
        .route("/_sandbox/alexa/rows", get(list))
}

fn somebody(name: &str) -> Result<&'static Buyer, Refused> {
    people::buyer(name).ok_or_else(|| bad("persona must be the id, e-mail address or first name of a test buyer"))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    persona: String,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    silence: bool,
}

async fn say(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let sentence: Sentence = read(&body)?;
    if sentence.text.trim().is_empty() != sentence.silence {
        return Err(bad("needs \"text\", or \"silence\": true"));
    }
    let text = (!sentence.silence).then_some(sentence.text.as_str());
    let turn = speak(&sandbox, somebody(&sentence.persona)?, sentence.locale.as_deref(), text).await?;
    Ok(Json(turn))
}

/// Somebody says something, or nothing; what followed.
pub async fn speak(
    sandbox: &Sandbox,
    buyer: &'static Buyer,
    locale: Option<&str>,
    text: Option<&str>,
) -> Result<Value, Refused> {
    let _alone = sandbox.alexa().alone(buyer.id).await;
    let mut device = device(sandbox, buyer, locale).await?;
    match text {
        Some(text) => device.say(&text.replace('\0', "")).await?,
        None => device.say_nothing().await?,
    }
    sandbox.keep_person(&device.person).await?;
    Ok(turn(&device.person))
}

/// The person's device; what is noted from now on is the turn.
async fn device<'a>(sandbox: &'a Sandbox, buyer: &'static Buyer, locale: Option<&str>) -> Result<Device<'a>, Refused> {
    let skill = sandbox.skill().ok_or_else(|| bad("no skill is set up in this sandbox"))?;
    let mut person = sandbox.person(buyer).await?;
    if let Some(locale) = locale.filter(|locale| *locale != person.locale) {
        let locale = locales::find(locale).ok_or_else(|| bad("locale must be one of the seven"))?;
        (person.locale, person.session, person.waiting) = (locale.tag.to_owned(), None, None);
    }
    person.turn_begins_at = person.entries_ever;
    Ok(Device { sandbox, skill, person })
}

/// What happened since the turn began.
fn turn(person: &Person) -> Value {
    let (mut said, mut cards, mut exchanges, mut broken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for entry in person.last_turn() {
        match entry {
            Entry::Said { by, text } => said.push(json!({ "by": by, "text": text })),
            Entry::Card { by, card } => cards.push(json!({ "by": by, "card": card })),
            Entry::Exchange(own) => exchanges.push(json!({
                "request": own.request, "response": own.response, "status": own.status,
                "milliseconds": own.milliseconds, "verdict": own.verdict,
            })),
            Entry::Broken(problem) => broken.push(Value::from(problem.as_str())),
        }
    }
    json!({ "said": said, "cards": cards, "exchanges": exchanges, "broken": broken, "is_open": person.is_open() })
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    persona: String,
    #[serde(default)]
    locale: Option<String>,
    request: Value,
    #[serde(default)]
    session: Option<Value>,
    /// Of a whole envelope: whether the payment that its answer may ask for is played.
    #[serde(default)]
    plays_payment: bool,
}

async fn send(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let own: Own = read(&body)?;
    if own.request.get("type").and_then(Value::as_str).is_none() && own.request.get("request").is_none() {
        return Err(bad("request needs a \"type\", or is a whole envelope"));
    }
    let buyer = somebody(&own.persona)?;
    let _alone = sandbox.alexa().alone(buyer.id).await;
    let mut device = device(&sandbox, buyer, own.locale.as_deref()).await?;
    match own.request.get("request") {
        Some(_) => device.send_whole(&own.request, own.plays_payment).await?,
        None => device.send(own.request, own.session.as_ref()).await?,
    }
    sandbox.keep_person(&device.person).await?;
    Ok(Json(turn(&device.person)))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    persona: String,
    table: String,
    code: String,
    #[serde(default = "first")]
    alternative: i64,
    #[serde(default = "first")]
    times: i64,
}

fn first() -> i64 {
    1
}

async fn choose(State(sandbox): State<Sandbox>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let choice: Choice = read(&body)?;
    let buyer = somebody(&choice.persona)?;
    keep_choice(&sandbox, buyer, &choice.table, &choice.code, choice.alternative, choice.times).await?;
    Ok((StatusCode::CREATED, Json(json!({ "next": sandbox.db().read().await?.chosen(buyer.id).await? }))))
}

/// Chooses a row for the next call. Errors: a sentence about what is wrong.
pub async fn keep_choice(
    sandbox: &Sandbox,
    buyer: &Buyer,
    table: &str,
    code: &str,
    alternative: i64,
    times: i64,
) -> Result<(), Refused> {
    if rows::find(table, code, alternative).is_none() {
        return Err(bad("no such row: see /_sandbox/alexa/rows"));
    }
    if !(1..=100).contains(&times) {
        return Err(bad("times must be from 1 to 100"));
    }
    let chosen = Chosen {
        seq: 0,
        buyer_id: buyer.id.to_owned(),
        error_table: table.to_owned(),
        code: code.to_owned(),
        alternative,
        times,
    };
    let mut tx = sandbox.db().write().await?;
    tx.choose_next(&chosen).await?;
    tx.commit().await?;
    Ok(())
}

/// What can be changed about a person; what is not given stays.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Who.
    pub persona: String,
    /// `payments:autopay_consent`.
    pub consent: Option<Consent>,
    /// The account setting.
    pub voice_purchasing: Option<bool>,
    /// Four digits; empty for none.
    pub voice_code: Option<String>,
    /// The default 1-Click address.
    pub has_address: Option<bool>,
    /// The default 1-Click payment method.
    pub one_click: Option<OneClick>,
    /// The ending of the card behind it.
    pub instrument: Option<String>,
    /// An e-mail address on the account.
    pub has_email: Option<bool>,
    /// A screen on the Echo.
    pub has_screen: Option<bool>,
    /// The language.
    pub locale: Option<String>,
    /// Mends the way to pay.
    #[serde(default)]
    pub mends_payment: bool,
    /// Unlinks the shop's account.
    #[serde(default)]
    pub unlinks: bool,
}

async fn change(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let change: Change = read(&body)?;
    let buyer = somebody(&change.persona)?;
    keep_change(&sandbox, buyer, change).await?;
    Ok(Json(shown(&sandbox, buyer).await?))
}

/// Changes a person. Errors: a sentence about what is wrong.
pub async fn keep_change(sandbox: &Sandbox, buyer: &'static Buyer, change: Change) -> Result<(), Refused> {
    let _alone = sandbox.alexa().alone(buyer.id).await;
    let mut person = sandbox.person(buyer).await?;
    if let Some(code) = change.voice_code {
        if !code.is_empty() && (code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(bad("voice_code must be four digits, or empty"));
        }
        person.voice_code = code;
    }
    if let Some(ending) = change.instrument {
        if buyer.instrument(&ending).is_none() {
            return Err(bad("instrument must be the ending of one of the buyer's cards"));
        }
        person.instrument = ending;
    }
    if let Some(locale) = change.locale.filter(|locale| *locale != person.locale) {
        let locale = locales::find(&locale).ok_or_else(|| bad("locale must be one of the seven"))?;
        (person.locale, person.session, person.waiting) = (locale.tag.to_owned(), None, None);
    }
    person.consent = change.consent.unwrap_or(person.consent);
    person.voice_purchasing = change.voice_purchasing.unwrap_or(person.voice_purchasing);
    person.has_address = change.has_address.unwrap_or(person.has_address);
    person.one_click = change.one_click.unwrap_or(person.one_click);
    person.has_email = change.has_email.unwrap_or(person.has_email);
    person.has_screen = change.has_screen.unwrap_or(person.has_screen);
    if change.mends_payment {
        person.mend_payment();
    }
    if change.unlinks {
        person.link = None;
    }
    Ok(sandbox.keep_person(&person).await?)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    persona: String,
    #[serde(default)]
    everything: bool,
}

async fn reset(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let asked: Reset = read(&body)?;
    let buyer = somebody(&asked.persona)?;
    forget(&sandbox, buyer, asked.everything).await?;
    Ok(Json(shown(&sandbox, buyer).await?))
}

/// Begins the demo again for a person: the conversation and what was chosen are gone; with `everything`, settings and
/// account link too, agreements are ended, and the skill meets them as a user it does not know.
pub async fn forget(sandbox: &Sandbox, buyer: &'static Buyer, everything: bool) -> Result<(), Refused> {
    let _alone = sandbox.alexa().alone(buyer.id).await;
    let mut person = sandbox.person(buyer).await?;
    person.hush();
    if everything {
        person = person.come_back();
        super::setup::end_agreements(sandbox, buyer).await?;
    }
    let mut tx = sandbox.db().write().await?;
    tx.forget_chosen(buyer.id).await?;
    tx.keep_person(&person).await?;
    tx.commit().await?;
    sandbox.wake();
    Ok(())
}

#[derive(serde::Deserialize)]
struct Whose {
    persona: String,
}

async fn show(State(sandbox): State<Sandbox>, Query(whose): Query<Whose>) -> Result<Json<Value>, Refused> {
    Ok(Json(shown(&sandbox, somebody(&whose.persona)?).await?))
}

/// The person without the tokens.
async fn shown(sandbox: &Sandbox, buyer: &Buyer) -> Result<Value, Refused> {
    let person = sandbox.person(buyer).await?;
    let next = sandbox.db().read().await?.chosen(buyer.id).await?;
    Ok(json!({
        "persona": person.buyer_id, "name": buyer.name, "user_id": person.user_id(), "device_id": person.device_id(),
        "locale": person.locale, "consent": person.consent, "voice_purchasing": person.voice_purchasing,
        "voice_code": person.voice_code, "has_address": person.has_address, "one_click": person.one_click,
        "instrument": person.instrument, "has_email": person.has_email, "has_screen": person.has_screen,
        "is_linked": person.link.is_some(), "is_open": person.is_open(),
        "session": person.session.as_ref().map(|session| &session.id), "next": next,
    }))
}

async fn list() -> Json<Value> {
    let rows = rows::all().map(|row| {
        json!({
            "table": row.table.name(), "code": row.code, "alternative": row.alternative, "status": row.status,
            "amazon_says": row.prompt,
        })
    });
    Json(json!({ "rows": rows.collect::<Vec<_>>() }))
}
