//! The sandbox's page for people: what is here, who the test people are, where the switches are.
//! Also the style sheet, and the headers every page of this house carries.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Sandbox;
use super::amazon_pay::buyers::{BUYERS, Buyer};
use super::fps::personas::{PERSONAS, Persona};

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
}

#[derive(Template)]
#[template(path = "sandbox/desk.html")]
struct Desk {
    now: String,
    is_moved: bool,
    personas: &'static [Persona],
    buyers: &'static [Buyer],
    base_url: String,
}

/// Shows the page.
pub async fn show(State(sandbox): State<Sandbox>) -> Response {
    let desk = Desk {
        now: sandbox.clock().now().for_people(),
        is_moved: sandbox.clock().offset_ms() != 0,
        personas: &PERSONAS,
        buyers: &BUYERS,
        base_url: sandbox.base_url().to_owned(),
    };
    page(StatusCode::OK, &desk)
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
