//! The voice page: a presenter speaks for a person, and sees and hears what a device, an app and a skill say.
//!
//! Every act is a form and every answer a page; the script only speaks, listens and saves reloads.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::control::{self, Change};
use super::linking::{broken, problem};
use super::people::{self, Consent, OneClick};
use super::{locales, rows};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{BUYERS, Buyer};
use crate::sandbox::amazon_pay::state::objects::Charge;
use crate::sandbox::amazon_pay::views;
use crate::sandbox::control::Refused;
use crate::sandbox::desk;

mod drawing;
mod view;

use view::{ChargePage, VoicePage};

const SCRIPT: &str = include_str!("../../../../static/sandbox/voice.js");
const STYLE: &str = include_str!("../../../../static/sandbox/voice.css");

/// The page, its acts, and its two files.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/alexa", get(show))
        .route("/alexa/charges/{id}", get(charge))
        .route("/alexa/say", post(say))
        .route("/alexa/next", post(choose))
        .route("/alexa/person", post(change))
        .route("/alexa/reset", post(reset))
        .route_layer(middleware::from_fn(own_site))
        .route("/_sandbox/assets/voice.js", get(script))
        .route("/_sandbox/assets/voice.css", get(style))
}

async fn own_site(request: Request, next: Next) -> Response {
    match desk::may_act(&request) {
        true => next.run(request).await,
        false => problem(StatusCode::FORBIDDEN, "That came from another site", "Use the form on the voice page."),
    }
}

/// The page of this person, as a path.
pub fn address(buyer: &Buyer) -> String {
    format!("/alexa?persona={}", short(buyer))
}

/// `ana`
fn short(buyer: &Buyer) -> &'static str {
    BUYERS.iter().find(|own| own.id == buyer.id).and_then(|own| own.email.split('@').next()).unwrap_or_default()
}

#[derive(serde::Deserialize)]
struct Whose {
    #[serde(default)]
    persona: String,
}

async fn show(State(sandbox): State<Sandbox>, Query(whose): Query<Whose>) -> Response {
    let buyer = people::buyer(&whose.persona).unwrap_or(&BUYERS[0]);
    match VoicePage::of(&sandbox, buyer).await {
        Ok(page) => with_script(StatusCode::OK, &page),
        Err(error) => broken(&error),
    }
}

/// The page with a policy that lets its one script run.
fn with_script(status: StatusCode, page: &impl Template) -> Response {
    let mut response = desk::page(status, page);
    let policy = format!("{}; script-src 'self'; connect-src 'self'", desk::POLICY);
    if let Ok(policy) = policy.parse() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A page that says what is wrong, or the way back to the page of the person.
fn done(buyer: &Buyer, outcome: Result<(), Refused>) -> Response {
    match outcome {
        Ok(()) => Redirect::to(&format!("{}#now", address(buyer))).into_response(),
        Err(Refused(status, sentence)) => problem(status, "That did not work", &sentence),
    }
}

fn nobody() -> Response {
    problem(StatusCode::UNPROCESSABLE_ENTITY, "Nobody has that name", "Choose one of the test people.")
}

#[derive(serde::Deserialize)]
struct Sentence {
    persona: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    silence: String,
}

async fn say(State(sandbox): State<Sandbox>, Form(form): Form<Sentence>) -> Response {
    let Some(buyer) = people::buyer(&form.persona) else { return nobody() };
    let text = form.text.trim();
    if form.silence.is_empty() && text.is_empty() {
        return Redirect::to(&address(buyer)).into_response();
    }
    let text = form.silence.is_empty().then_some(text);
    done(buyer, control::speak(&sandbox, buyer, None, text).await.map(|_| ()))
}

#[derive(serde::Deserialize)]
struct Row {
    persona: String,
    row: String,
    #[serde(default)]
    times: String,
}

async fn choose(State(sandbox): State<Sandbox>, Form(form): Form<Row>) -> Response {
    let Some(buyer) = people::buyer(&form.persona) else { return nobody() };
    let row = rows::all().find(|row| view::value_of(row) == form.row);
    let Some(row) = row else {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "There is no such row", "Choose one of the list.");
    };
    let times = form.times.trim().parse().unwrap_or(1);
    done(buyer, control::keep_choice(&sandbox, buyer, row.table.name(), row.code, row.alternative, times).await)
}

#[derive(serde::Deserialize)]
struct Settings {
    persona: String,
    act: String,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    consent: Option<Consent>,
    #[serde(default)]
    one_click: Option<OneClick>,
    #[serde(default)]
    instrument: Option<String>,
    #[serde(default)]
    voice_code: Option<String>,
    #[serde(default)]
    voice_purchasing: Option<String>,
    #[serde(default)]
    has_address: Option<String>,
    #[serde(default)]
    has_email: Option<String>,
    #[serde(default)]
    has_screen: Option<String>,
}

async fn change(State(sandbox): State<Sandbox>, Form(form): Form<Settings>) -> Response {
    let Some(buyer) = people::buyer(&form.persona) else { return nobody() };
    let nothing = Change { persona: form.persona.clone(), ..Change::default() };
    let change = match form.act.as_str() {
        "locale" => Change { locale: form.locale.filter(|tag| locales::find(tag).is_some()), ..nothing },
        "grant" => Change { consent: Some(Consent::Granted), voice_purchasing: Some(true), ..nothing },
        "deny" => Change { consent: Some(Consent::Denied), ..nothing },
        "mend" => Change { mends_payment: true, ..nothing },
        "unlink" => Change { unlinks: true, ..nothing },
        // A box that is not ticked is not sent.
        _ => Change {
            consent: form.consent,
            one_click: form.one_click,
            instrument: form.instrument.filter(|ending| buyer.instrument(ending).is_some()),
            voice_code: form.voice_code.map(|code| code.trim().to_owned()),
            voice_purchasing: Some(form.voice_purchasing.is_some()),
            has_address: Some(form.has_address.is_some()),
            has_email: Some(form.has_email.is_some()),
            has_screen: Some(form.has_screen.is_some()),
            ..nothing
        },
    };
    done(buyer, control::keep_change(&sandbox, buyer, change).await)
}

#[derive(serde::Deserialize)]
struct Reset {
    persona: String,
    #[serde(default)]
    everything: String,
}

async fn reset(State(sandbox): State<Sandbox>, Form(form): Form<Reset>) -> Response {
    let Some(buyer) = people::buyer(&form.persona) else { return nobody() };
    done(buyer, control::forget(&sandbox, buyer, !form.everything.is_empty()).await)
}

async fn charge(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let find = async { sandbox.db().read().await?.object::<Charge>(&id.replace('\0', "")).await };
    match find.await {
        Ok(Some(own)) => {
            let page = ChargePage {
                id: own.id.clone(),
                amount: own.amount().to_string(),
                state: format!("{:?}", own.state),
                reason: own.reason.clone(),
                reference: own.caller_reference.clone(),
                agreement: own.permission_id.clone(),
                json: view::pretty(&views::charge(&own)),
            };
            desk::page(StatusCode::OK, &page)
        }
        Ok(None) => {
            problem(StatusCode::NOT_FOUND, "There is no such charge", "Its address names none of this sandbox.")
        }
        Err(error) => broken(&error),
    }
}

async fn script() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, SCRIPT).into_response()
}

async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, STYLE).into_response()
}
