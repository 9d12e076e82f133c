//! Saved scenarios: sets of faults, simulations and jumps of the clock under a name. Some are built in, and a person
//! keeps their own; arming one takes back what was armed before.

mod built_in;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::armed::Armed;
use super::clock::Jump;
use super::{Fields, broken, field, page};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::state::StateError;
use crate::sandbox::state::scenarios::Kept;
use built_in::{SCENARIOS, Scenario};

const PLACE: &str = "/_sandbox/desk/scenarios#armed";
/// How many letters the name of one's own scenario has at most.
const LONGEST_NAME: usize = 60;

/// A built-in one, for people.
struct Card {
    own: &'static Scenario,
    arms: Vec<String>,
}

/// One's own.
struct Own {
    name: String,
    arms: Vec<String>,
    kept_at: String,
}

#[derive(Template)]
#[template(path = "sandbox/desk/scenarios.html")]
struct Page {
    tab: &'static str,
    armed: Vec<String>,
    cards: Vec<Card>,
    own: Vec<Own>,
    /// What stands in the form that keeps one.
    name: String,
    jump: String,
    problem: String,
}

async fn rendered(
    sandbox: &Sandbox,
    status: StatusCode,
    form: &[(String, String)],
    problem: &str,
) -> Result<Response, StateError> {
    let armed = Armed::now(sandbox).await?;
    let kept = sandbox.db().read().await?.kept_scenarios().await?;
    let own = kept.into_iter().map(|own| {
        Ok::<Own, StateError>(Own {
            arms: read(&own)?.lines(),
            kept_at: Millis(own.kept_at).for_people(),
            name: own.name,
        })
    });
    let shown = Page {
        tab: "scenarios",
        armed: armed.lines(),
        cards: SCENARIOS.iter().map(|own| Card { arms: (own.arms)().lines(), own }).collect(),
        own: own.collect::<Result<_, StateError>>()?,
        name: field(form, "name").to_owned(),
        jump: field(form, "jump").to_owned(),
        problem: problem.to_owned(),
    };
    Ok(page(status, &shown))
}

fn read(kept: &Kept) -> Result<Armed, StateError> {
    serde_json::from_str(&kept.armed).map_err(|error| StateError::Decode(error.into()))
}

/// Shows the page.
pub async fn show(State(sandbox): State<Sandbox>) -> Response {
    rendered(&sandbox, StatusCode::OK, &[], "").await.unwrap_or_else(broken)
}

/// What a button came to.
enum Done {
    /// It is so.
    Yes,
    /// It makes no sense.
    No(&'static str),
}

/// Arms one, takes everything back, keeps what is armed, or forgets one's own; answers 303 to what is armed.
pub async fn act(State(sandbox): State<Sandbox>, Form(form): Fields) -> Response {
    let done = match field(&form, "act") {
        "arm" => match SCENARIOS.iter().find(|own| own.key == field(&form, "scenario")) {
            Some(own) => arm(&sandbox, &(own.arms)()).await,
            None => Ok(Done::No("There is no such scenario.")),
        },
        "arm_own" => arm_own(&sandbox, field(&form, "name")).await,
        "disarm" => arm(&sandbox, &Armed::default()).await,
        "keep" => keep(&sandbox, field(&form, "name"), field(&form, "jump")).await.map_err(Into::into),
        "forget" => forget(&sandbox, field(&form, "name")).await.map_err(Into::into),
        _ => Ok(Done::No("There is no such button.")),
    };
    match done {
        Ok(Done::Yes) => Redirect::to(PLACE).into_response(),
        Ok(Done::No(problem)) => {
            rendered(&sandbox, StatusCode::UNPROCESSABLE_ENTITY, &form, problem).await.unwrap_or_else(broken)
        }
        Err(error) => {
            tracing::error!("the desk could not do that: {error:#}");
            super::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something failed here; the log says what.",
                "/_sandbox/desk/scenarios",
            )
        }
    }
}

async fn arm(sandbox: &Sandbox, armed: &Armed) -> anyhow::Result<Done> {
    Ok(match armed.arm(sandbox).await? {
        true => Done::Yes,
        false => Done::No("It is armed, but there is no subscription to go to: subscribe to something first."),
    })
}

async fn arm_own(sandbox: &Sandbox, name: &str) -> anyhow::Result<Done> {
    let kept = sandbox.db().read().await?.kept_scenarios().await?;
    match kept.iter().find(|own| own.name == name) {
        Some(own) => arm(sandbox, &read(own)?).await,
        None => Ok(Done::No("There is no scenario of that name.")),
    }
}

async fn keep(sandbox: &Sandbox, name: &str, jump: &str) -> Result<Done, StateError> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Ok(Done::No("A scenario needs a name of up to 60 letters."));
    }
    let jump = match jump {
        "" => None,
        word => match Jump::of(word) {
            Some(jump) => Some(jump),
            None => return Ok(Done::No("Choose one of the clock's ways.")),
        },
    };
    let armed = Armed { jump, ..Armed::now(sandbox).await? };
    if armed.is_nothing() {
        return Ok(Done::No("Nothing is armed: choose faults or simulations first, then keep them."));
    }
    let text = serde_json::to_string(&armed).map_err(|error| StateError::Encode(error.into()))?;
    let mut tx = sandbox.db().write().await?;
    tx.keep_scenario(&Kept { name: name.to_owned(), armed: text, kept_at: sandbox.clock().now().0 }).await?;
    tx.commit().await?;
    Ok(Done::Yes)
}

async fn forget(sandbox: &Sandbox, name: &str) -> Result<Done, StateError> {
    let mut tx = sandbox.db().write().await?;
    let was_there = tx.forget_scenario(name).await?;
    tx.commit().await?;
    Ok(if was_there { Done::Yes } else { Done::No("There is no scenario of that name.") })
}
