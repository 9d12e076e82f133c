//! The first tab: the clock, what is armed, the manual check, what answers here and who the test people are.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::armed::Armed;
use super::clock::Times;
use super::{page, problem};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{BUYERS, Buyer};
use crate::sandbox::control::Refused;
use crate::sandbox::control::fps::{Look, look};
use crate::sandbox::fps::personas::{PERSONAS, Persona};

#[derive(Template)]
#[template(path = "sandbox/desk/home.html")]
struct Home {
    tab: &'static str,
    times: Times,
    armed: Vec<String>,
    personas: &'static [Persona],
    buyers: &'static [Buyer],
    base_url: String,
    /// How many of the next FPS charges are to wait for a person.
    flags: i64,
    waiting: Vec<Waiting>,
}

/// An FPS transaction that waits for a person.
struct Waiting {
    id: String,
    operation: String,
    amount: String,
    reason: String,
    until: String,
}

/// Shows the page.
pub async fn show(State(sandbox): State<Sandbox>) -> Response {
    match home(&sandbox).await {
        Ok(home) => page(StatusCode::OK, &home),
        Err(refused) => refused.into_response(),
    }
}

async fn home(sandbox: &Sandbox) -> Result<Home, Refused> {
    let armed = Armed::now(sandbox).await?;
    let times = Times::now(sandbox).await?;
    let waiting = sandbox.db().read().await?.flagged().await?.into_iter().map(|own| Waiting {
        amount: own.current_amount().decimal(),
        until: Millis(own.due_at).for_people(),
        id: own.id,
        operation: own.operation,
        reason: own.reason,
    });
    Ok(Home {
        tab: "home",
        waiting: waiting.collect(),
        flags: armed.flags,
        armed: armed.lines(),
        times,
        personas: &PERSONAS,
        buyers: &BUYERS,
        base_url: sandbox.base_url().to_owned(),
    })
}

#[derive(serde::Deserialize)]
pub struct Click {
    act: Look,
    #[serde(default)]
    transaction_id: String,
}

/// A button of the manual check; answers 303 to the same place of the page.
pub async fn investigate(State(sandbox): State<Sandbox>, Form(click): Form<Click>) -> Response {
    match look(&sandbox, click.act, &click.transaction_id).await {
        Ok(()) => Redirect::to("/_sandbox/#manual-check").into_response(),
        Err(Refused(status, _)) => problem(status, "It was decided already, or it is over.", "/_sandbox/#manual-check"),
    }
}
