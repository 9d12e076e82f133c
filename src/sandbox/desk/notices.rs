//! The latest notifications: what became of each, and a button that sends it once more.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{broken, page, problem};
use crate::base::clock::Millis;
use crate::sandbox::control::{self, Refused};
use crate::sandbox::state::StateError;
use crate::sandbox::state::scenarios::Notice;
use crate::sandbox::{Sandbox, amazon_pay};

/// How many are shown.
const SHOWN: i64 = 40;

/// One notification for people.
struct Line {
    id: String,
    provider: &'static str,
    /// With the state it tells, where it tells one.
    operation: String,
    subject: String,
    address: String,
    at: String,
    state: &'static str,
    /// How often it was sent, and when next.
    detail: String,
    is_good: bool,
    is_damaged: bool,
}

impl Line {
    fn of(own: Notice) -> Line {
        let state = match own.state.as_str() {
            "delivered" => "delivered",
            "lost" => "lost",
            "given up" => "given up",
            _ => "waiting",
        };
        let sent = match own.attempts {
            0 => "not sent yet".to_owned(),
            1 => "sent once".to_owned(),
            more => format!("sent {more} times"),
        };
        let next = if own.due_at > 0 { format!(", next {}", Millis(own.due_at).for_people()) } else { String::new() };
        Line {
            provider: if own.provider == amazon_pay::PROVIDER { "Amazon Pay" } else { "Flexible Payments" },
            at: Millis(own.created_at).for_people(),
            detail: format!("{sent}{next}"),
            is_good: state == "delivered",
            is_damaged: own.corrupt == 1,
            id: own.id,
            operation: match news(&own.said) {
                Some(news) => format!("{} {news}", own.operation),
                None => own.operation,
            },
            subject: own.subject,
            address: own.address,
            state,
        }
    }
}

/// The state that a notification of Flexible Payments tells; Amazon Pay's tell none.
fn news(said: &str) -> Option<String> {
    let fields: Vec<(String, String)> = serde_json::from_str(said).ok()?;
    fields.into_iter().find(|(name, _)| name == "transactionStatus").map(|(_, status)| status)
}

#[derive(Template)]
#[template(path = "sandbox/desk/notices.html")]
struct Page {
    tab: &'static str,
    lines: Vec<Line>,
}

/// Shows the page.
pub async fn show(State(sandbox): State<Sandbox>) -> Response {
    let step = async {
        let latest = sandbox.db().read().await?.latest_notices(SHOWN).await?;
        let lines = latest.into_iter().map(Line::of).collect();
        Ok::<Response, StateError>(page(StatusCode::OK, &Page { tab: "notifications", lines }))
    };
    step.await.unwrap_or_else(broken)
}

/// Sends one once more, whatever became of it; answers 303 to its line.
pub async fn send_again(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    match control::send_again(&sandbox, &id.replace('\0', "")).await {
        Ok(_) => Redirect::to(&format!("/_sandbox/desk/notifications#{id}")).into_response(),
        Err(Refused(status, sentence)) => problem(status, sentence, "/_sandbox/desk/notifications"),
    }
}
