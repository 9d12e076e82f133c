//! The sandbox's page for people: what is here, who the test people are, where the switches are.
//! Also the style sheet, and the headers every page of this house carries.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::Sandbox;
use super::amazon_pay::buyers::{BUYERS, Buyer};
use super::control::fps::{Look, look};
use super::control::{self, Refused};
use super::fps::personas::{PERSONAS, Persona};
use crate::base::clock::Millis;

const STYLE: &str = include_str!("../../static/sandbox/sandbox.css");

/// No script at all; forms may lead back to any shop; branding pictures from https or this machine.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: http://localhost:* http://127.0.0.1:*; \
                          form-action *; base-uri 'none'; frame-ancestors 'none'";

/// The page for people below `/_sandbox/` and the style sheet. `/` is shared with the API, see `fps::pages`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox", get(show))
        .route("/_sandbox/", get(show))
        .route("/_sandbox/assets/sandbox.css", get(style))
        .route("/_sandbox/desk/investigate", post(investigate).route_layer(from_fn(control::guard_form)))
}

#[derive(Template)]
#[template(path = "sandbox/desk.html")]
struct Desk {
    now: String,
    is_moved: bool,
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
    match desk(&sandbox).await {
        Ok(desk) => page(StatusCode::OK, &desk),
        Err(refused) => refused.into_response(),
    }
}

async fn desk(sandbox: &Sandbox) -> Result<Desk, Refused> {
    let mut tx = sandbox.db().read().await?;
    let waiting = tx.flagged().await?.into_iter().map(|own| Waiting {
        amount: own.current_amount().decimal(),
        until: Millis(own.due_at).for_people(),
        id: own.id,
        operation: own.operation,
        reason: own.reason,
    });
    Ok(Desk {
        waiting: waiting.collect(),
        flags: tx.flags().await?,
        now: sandbox.clock().now().for_people(),
        is_moved: sandbox.clock().offset_ms() != 0,
        personas: &PERSONAS,
        buyers: &BUYERS,
        base_url: sandbox.base_url().to_owned(),
    })
}

#[derive(serde::Deserialize)]
struct Click {
    act: Look,
    #[serde(default)]
    transaction_id: String,
}

/// What a button could not do, and the way back.
#[derive(Template)]
#[template(path = "sandbox/problem.html")]
struct Problem {
    title: &'static str,
    message: &'static str,
    advice: &'static str,
    continue_to: &'static str,
}

/// A button of the manual check; answers 303 to the same place of the page.
async fn investigate(State(sandbox): State<Sandbox>, Form(click): Form<Click>) -> Response {
    match look(&sandbox, click.act, &click.transaction_id).await {
        Ok(()) => Redirect::to("/_sandbox/#manual-check").into_response(),
        Err(Refused(status, _)) => {
            let problem = Problem {
                title: "That did not work",
                message: "It was decided already, or it is over.",
                advice: "",
                continue_to: "/_sandbox/#manual-check",
            };
            page(status, &problem)
        }
    }
}

/// Whether a request may change something: other sites' pages may lead here and do nothing here.
pub fn may_act(request: &Request) -> bool {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok()).unwrap_or("none");
    request.method() == Method::GET || matches!(site, "same-origin" | "none")
}

/// A rendered page with the headers of this house.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (status, headers, html).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a sandbox page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, STYLE).into_response()
}
