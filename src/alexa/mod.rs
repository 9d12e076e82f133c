//! The Alexa skill: `POST /alexa`.
//!
//! Read in this order: `verify` (whose request it is), `envelope` (what is asked), `dialog` (what is said
//! about it), `connections` (what Amazon Pay brought back), `errors` (every way it can go wrong, in one
//! table), `answer` (how that is written). What is bought,
//! called off or refunded is done by `flows`; no provider is called while somebody waits.

pub mod answer;
mod connections;
mod dialog;
pub mod envelope;
pub mod errors;
mod operator;
pub mod talk;
pub mod verify;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::flows::Context;
use crate::words::Words;
use answer::ResponseEnvelope;
use envelope::Envelope;
use verify::Gate;

/// How long Alexa waits for an answer is eight seconds; one that comes later is none.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(7);

/// The skill as it is mounted.
#[derive(Clone)]
struct Skill {
    ctx: Context,
    gate: Arc<Gate>,
}

/// The skill's route, for the requests that `gate` admits.
pub fn router(ctx: Context, gate: Gate) -> Router {
    Router::new().route("/alexa", post(hear)).with_state(Skill { ctx, gate: Arc::new(gate) })
}

/// Answers 200 and what is to be said; 400 to everybody who is not Alexa, 413 above 64 KiB.
async fn hear(State(skill): State<Skill>, headers: HeaderMap, body: Body) -> Response {
    let since = Instant::now();
    let Ok(body) = to_bytes(body, envelope::LARGEST).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "at most 64 KiB\n").into_response();
    };
    match skill.gate.admit(&headers, &body).await {
        Ok(envelope) => {
            let words = Words::of(&envelope.request.locale);
            let id = envelope.request.request_id.clone();
            // a task of its own: what was begun is finished, also when nobody waits for it any more
            let task = tokio::spawn(async move { reply(&skill.ctx, &envelope, &body).await });
            write(match tokio::time::timeout(PATIENCE.saturating_sub(since.elapsed()), task).await {
                Ok(Ok(envelope)) => envelope,
                failed => {
                    tracing::error!(request.id = id, "no answer within {PATIENCE:?}, or a panic: {}", failed.is_ok());
                    answer::Response::tell(&words.say("error-unclear", &[])).into()
                }
            })
        }
        Err(refused) => {
            tracing::warn!(step = ?refused, "a request to the skill was refused: {refused}");
            operator::refused(&skill.ctx, &body, refused).await;
            (StatusCode::BAD_REQUEST, format!("{refused}\n")).into_response()
        }
    }
}

/// What the skill says to a request that is known to be Alexa's. `body` is it, byte by byte.
pub async fn reply(ctx: &Context, envelope: &Envelope, body: &[u8]) -> ResponseEnvelope {
    let request = &envelope.request;
    let said = match request.kind.as_str() {
        // nothing may be said to these
        "SessionEndedRequest" | "System.ExceptionEncountered" => {
            if !request.error.is_null() {
                tracing::error!(request.id = request.request_id, error = %request.error, "Alexa could not use an answer of ours");
            }
            return ResponseEnvelope::silence();
        }
        "Connections.Response" => connections::answer(ctx, envelope, body).await,
        "LaunchRequest" | "IntentRequest" => dialog::answer(ctx, envelope).await,
        kind => {
            tracing::info!(request.id = request.request_id, kind, "nothing to say to that");
            return ResponseEnvelope::silence();
        }
    };
    match said {
        Ok(response) => response.into(),
        Err(trouble) => {
            tracing::error!(request.id = request.request_id, "the skill could not do its part: {trouble}");
            calm(Words::of(&request.locale), &request.name)
        }
    }
}

/// Something is wrong with us, and the buyer should not have to care; but Amazon Pay may have charged what it answers.
fn calm(words: Words, answered: &str) -> ResponseEnvelope {
    let message = if answered == "Charge" { "error-unclear" } else { "error-merchant-calm" };
    answer::Response::tell(&words.say(message, &[])).into()
}

fn write(envelope: ResponseEnvelope) -> Response {
    let body = serde_json::to_vec(&envelope.fitted()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body).into_response()
}
