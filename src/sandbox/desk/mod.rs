//! The sandbox's pages for people: what is here, and everything it can be steered with. Also the style sheet, and the
//! headers every page of this house carries.
//!
//! One file for each tab. Forms post, are judged, and lead back by 303; what makes no sense comes back with 422 and
//! what was written. There is no script.

mod armed;
mod clock;
mod faults;
mod home;
mod log;
mod notices;
mod scenarios;
mod simulations;

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::Sandbox;
use super::control::{self, Refused};
use super::state::StateError;
pub use home::show;

const STYLE: &str = include_str!("../../../static/sandbox/sandbox.css");

/// No script at all; forms may lead back to any shop; branding pictures from https or this machine.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: http://localhost:* http://127.0.0.1:*; \
                          form-action *; base-uri 'none'; frame-ancestors 'none'";

/// The pages for people below `/_sandbox/` and the style sheet. `/` is shared with the API, see `fps::pages`.
pub fn router() -> Router<Sandbox> {
    let guarded = Router::new()
        .route("/_sandbox/desk/clock", post(clock::act))
        .route("/_sandbox/desk/reset", post(clock::reset))
        .route("/_sandbox/desk/investigate", post(home::investigate))
        .route("/_sandbox/desk/scenarios", get(scenarios::show).post(scenarios::act))
        .route("/_sandbox/desk/simulations", get(simulations::show).post(simulations::act))
        .route("/_sandbox/desk/faults", get(faults::show).post(faults::act))
        .route("/_sandbox/desk/notifications", get(notices::show))
        .route("/_sandbox/desk/notifications/{id}", post(notices::send_again))
        .route("/_sandbox/desk/log", get(log::show))
        .route("/_sandbox/desk/log/{id}", get(log::entry).post(log::compare))
        .route_layer(from_fn(control::guard_form));
    Router::new()
        .route("/_sandbox", get(show))
        .route("/_sandbox/", get(show))
        .route("/_sandbox/assets/sandbox.css", get(style))
        .merge(guarded)
}

/// A form as it came, so that it can be shown again.
type Fields = axum::extract::Form<Vec<(String, String)>>;

/// A field of a posted form without the spaces around it; empty when absent.
fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    let found = form.iter().find(|(own, value)| own == name && !value.contains('\0'));
    found.map_or("", |(_, value)| value.trim())
}

/// What a button could not do, and the way back.
#[derive(Template)]
#[template(path = "sandbox/problem.html")]
struct Problem {
    title: &'static str,
    message: String,
    advice: &'static str,
    continue_to: &'static str,
}

fn problem(status: StatusCode, message: impl Into<String>, continue_to: &'static str) -> Response {
    let message = message.into();
    page(status, &Problem { title: "That did not work", message, advice: "", continue_to })
}

/// What a page says when the database fails.
fn broken(error: StateError) -> Response {
    Refused::from(error).into_response()
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
