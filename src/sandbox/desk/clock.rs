//! The clock's buttons: an hour, a day, a week, or to the next renewal; and the reset, which turns it back.

use std::time::Duration;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Fields, broken, field, problem};
use crate::base::clock::{Millis, days, hours};
use crate::sandbox::Sandbox;
use crate::sandbox::state::StateError;

/// How far past the beginning of a period the clock goes, so that nobody's schedule is met too early.
const PAST_IT: Duration = Duration::from_secs(60);

/// What the section shows.
pub struct Times {
    /// Business time: expiries, renewals, retries.
    pub business: String,
    /// Real time: signatures, TLS, sessions.
    pub real: String,
    /// How far they lie apart, in words; empty for not at all.
    pub ahead: String,
    /// When the next subscription's period begins; empty when none is to come.
    pub renewal: String,
}

impl Times {
    /// As it is now.
    pub async fn now(sandbox: &Sandbox) -> Result<Times, StateError> {
        let clock = sandbox.clock();
        let renewal = sandbox.db().read().await?.next_renewal(clock.now()).await?;
        Ok(Times {
            business: clock.now().for_people(),
            real: clock.real_now().for_people(),
            ahead: ahead(clock.offset_ms() / 1000),
            renewal: renewal.map_or_else(String::new, Millis::for_people),
        })
    }
}

fn ahead(seconds: i64) -> String {
    let some = |count: i64, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let parts = [some(seconds / 86_400, "day"), some(seconds / 3600 % 24, "hour"), some(seconds / 60 % 60, "minute")];
    match parts.into_iter().flatten().collect::<Vec<_>>() {
        parts if parts.is_empty() && seconds > 0 => "less than a minute".to_owned(),
        parts => parts.join(", "),
    }
}

/// How far the clock is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Jump {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// Past the end of a hold: eight days.
    PastTheHold,
    /// To where the next period of a subscription begins.
    Renewal,
}

impl Jump {
    /// Reads the word of a form.
    pub fn of(word: &str) -> Option<Jump> {
        serde_json::from_value(word.into()).ok()
    }

    /// What it does, for lists of what is armed.
    pub fn words(self) -> &'static str {
        match self {
            Jump::Hour => "the clock goes an hour ahead",
            Jump::Day => "the clock goes a day ahead",
            Jump::Week => "the clock goes seven days ahead",
            Jump::PastTheHold => "the clock goes eight days ahead",
            Jump::Renewal => "the clock goes to the next renewal",
        }
    }

    /// Moves the clock. False when there is no renewal to go to.
    pub async fn go(self, sandbox: &Sandbox) -> anyhow::Result<bool> {
        let by = match self {
            Jump::Hour => hours(1),
            Jump::Day => days(1),
            Jump::Week => days(7),
            Jump::PastTheHold => days(8),
            Jump::Renewal => {
                let now = sandbox.clock().now();
                let Some(at) = sandbox.db().read().await?.next_renewal(now).await? else { return Ok(false) };
                at.since(now) + PAST_IT
            }
        };
        sandbox.advance(by).await?;
        Ok(true)
    }
}

/// A button of the clock; answers 303 to the same place of the page.
pub async fn act(State(sandbox): State<Sandbox>, Form(form): Fields) -> Response {
    let Some(jump) = Jump::of(field(&form, "by")) else {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "The clock has no such button.", "/_sandbox/#clock");
    };
    match jump.go(&sandbox).await {
        Ok(true) => Redirect::to("/_sandbox/#clock").into_response(),
        Ok(false) => problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "There is no subscription whose next period is to come.",
            "/_sandbox/#clock",
        ),
        Err(error) => {
            tracing::error!("the clock could not be moved: {error:#}");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "The clock could not be moved.", "/_sandbox/#clock")
        }
    }
}

/// Empties the sandbox, once somebody has said that they know what that means.
pub async fn reset(State(sandbox): State<Sandbox>, Form(form): Fields) -> Response {
    if field(&form, "sure") != "yes" {
        let sentence = "Tick the box first: an emptied sandbox knows no approval and no payment of any shop.";
        return problem(StatusCode::UNPROCESSABLE_ENTITY, sentence, "/_sandbox/#clock");
    }
    match sandbox.reset().await {
        Ok(()) => Redirect::to("/_sandbox/#clock").into_response(),
        Err(error) => broken(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_told_in_days_hours_and_minutes() {
        for (seconds, words) in [
            (0, ""),
            (59, "less than a minute"),
            (3600, "1 hour"),
            (90_060, "1 day, 1 hour, 1 minute"),
            (8 * 86_400, "8 days"),
        ] {
            assert_eq!(ahead(seconds), words);
        }
    }

    #[test]
    fn every_button_has_its_word() {
        for (word, jump) in [("hour", Jump::Hour), ("week", Jump::Week), ("renewal", Jump::Renewal)] {
            assert_eq!(Jump::of(word), Some(jump));
        }
        assert_eq!(Jump::of("century"), None);
    }
}
