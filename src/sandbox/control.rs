//! Control for tests and demos, under `/_sandbox/`: JSON in, JSON out.
//!
//! Served to loopback peers that name a loopback host, never to another site's page; a POST must say
//! that it carries JSON, which no plain form of another site can.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::Sandbox;
use super::alexa;
use super::amazon_pay;
use super::faults::{Fault, Faults};
use super::fps::notify;
use super::state::StateError;

mod acts;
pub(super) mod fps;
mod ledger;

/// The longest single jump of the clock: ten years.
const LONGEST_JUMP: u64 = 10 * 366 * 24 * 60 * 60;

/// Everything under `/_sandbox/` that answers JSON.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/health", get(health))
        .route("/_sandbox/clock", get(show_clock).post(move_clock))
        .route("/_sandbox/ledger", get(ledger::show))
        .route("/_sandbox/log", get(show_log))
        .route("/_sandbox/faults", get(show_faults).post(add_fault).delete(clear_faults))
        .route("/_sandbox/notifications", get(ledger::notifications))
        .route("/_sandbox/notifications/{id}/resend", post(resend))
        .route("/_sandbox/credentials", get(acts::show_credentials).post(acts::keep_credentials))
        .route("/_sandbox/fps/accounts", get(fps::accounts).post(fps::change_account))
        .route("/_sandbox/fps/investigate", get(fps::flagged).post(fps::investigate))
        .route("/_sandbox/fps/made-up-tokens", get(fps::made_up).post(fps::accept_made_up))
        .route("/_sandbox/fps/refund", post(acts::refund_as_recipient))
        .route("/_sandbox/fps/cancel", post(acts::cancel_as_recipient))
        .route("/_sandbox/amazon-pay/act", post(acts::happen))
        .route("/_sandbox/reset", post(reset))
        .merge(alexa::control::router())
        .route_layer(middleware::from_fn(guard))
}

/// A refusal with a sentence.
#[derive(Debug)]
pub struct Refused(pub(super) StatusCode, pub(super) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<StateError> for Refused {
    fn from(error: StateError) -> Refused {
        tracing::error!(%error, "a control call failed");
        Refused(StatusCode::INTERNAL_SERVER_ERROR, "the sandbox's database failed".to_owned())
    }
}

pub(super) fn bad(sentence: impl Into<String>) -> Refused {
    Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence.into())
}

/// Loopback peer, loopback Host, same site, and JSON for a POST.
async fn guard(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    match check(peer.is_some_and(|ip| ip.is_loopback()), request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// The same for the pages of the desk: a form says where it comes from, and carries no JSON.
pub(super) async fn guard_form(request: Request, next: Next) -> Response {
    // A link of another site may show a page of this house, and changes nothing.
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let checked = match peer.is_some_and(|ip| ip.is_loopback()) {
        is_loopback if is_read => check_reach(is_loopback, request.headers()),
        is_loopback => check_place(is_loopback, request.headers()),
    };
    match checked {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

fn check(is_loopback_peer: bool, method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
    check_place(is_loopback_peer, headers)?;
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if method == Method::POST && content_type != "application/json" {
        let why = "say Content-Type: application/json".to_owned();
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    Ok(())
}

fn forbidden(why: &str) -> Result<(), Refused> {
    Err(Refused(StatusCode::FORBIDDEN, why.to_owned()))
}

fn check_reach(is_loopback_peer: bool, headers: &HeaderMap) -> Result<(), Refused> {
    let host = headers.get("host").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_loopback_peer && is_loopback_host(host) {
        return Ok(());
    }
    forbidden("control calls are served on loopback only")
}

fn check_place(is_loopback_peer: bool, headers: &HeaderMap) -> Result<(), Refused> {
    check_reach(is_loopback_peer, headers)?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (host, origin, site) = (text("host"), text("origin"), text("sec-fetch-site"));
    // Our pages send no referrer, and then a browser calls the origin of their own forms "null".
    let is_own_form = origin == "null" && site == "same-origin";
    let is_foreign_origin =
        !origin.is_empty() && !is_own_form && origin.split_once("://").is_none_or(|(_, of)| of != host);
    if is_foreign_origin || !matches!(site, "" | "same-origin" | "none") {
        return forbidden("control calls are refused to other sites' pages");
    }
    Ok(())
}

fn is_loopback_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| bad(error.to_string()))
}

async fn health(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    sandbox.db().read().await?.setting("health").await?;
    Ok(Json(json!({ "status": "up", "version": env!("CARGO_PKG_VERSION"), "database": sandbox.db().kind() })))
}

async fn show_clock(State(sandbox): State<Sandbox>) -> Json<Value> {
    let clock = sandbox.clock();
    Json(json!({
        "now": clock.now().iso8601(), "now_ms": clock.now().0, "real_now_ms": clock.real_now().0,
        "offset_ms": clock.offset_ms(), "offset_seconds": clock.offset_ms() / 1000,
    }))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Jump {
    advance_seconds: u64,
}

async fn move_clock(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let jump: Jump = read(&body)?;
    if jump.advance_seconds > LONGEST_JUMP {
        return Err(bad("advance_seconds must be ten years at most"));
    }
    sandbox
        .advance(Duration::from_secs(jump.advance_seconds))
        .await
        .map_err(|error| Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(show_clock(State(sandbox)).await)
}

#[derive(serde::Deserialize)]
struct After {
    #[serde(default)]
    after: i64,
}

async fn show_log(State(sandbox): State<Sandbox>, Query(from): Query<After>) -> Result<Json<Value>, Refused> {
    let entries = sandbox.db().read().await?.log_after(from.after, 1000).await?;
    let next_after = entries.last().map_or(from.after, |entry| entry.id);
    Ok(Json(json!({ "entries": entries, "next_after": next_after })))
}

async fn show_faults(State(sandbox): State<Sandbox>) -> Json<Value> {
    let faults: Vec<Fault> = sandbox.faults().all().into_iter().map(|own| own.fault).collect();
    Json(json!({ "faults": faults }))
}

async fn add_fault(State(sandbox): State<Sandbox>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let fault: Fault = read(&body)?;
    let now = sandbox.clock().now();
    sandbox.script(|faults| faults.add(fault, now)).await?.map_err(bad)?;
    Ok((StatusCode::CREATED, show_faults(State(sandbox)).await))
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    sandbox.script(Faults::clear).await?;
    Ok(show_faults(State(sandbox)).await)
}

async fn resend(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let state = send_again(&sandbox, &id).await?;
    Ok(Json(json!({ "id": id, "state": state })))
}

/// Sends a notification once more, whatever became of it; the state it is in afterwards.
pub(super) async fn send_again(sandbox: &Sandbox, id: &str) -> Result<String, Refused> {
    let mut tx = sandbox.db().read().await?;
    let (fps, other) = (tx.notification(id).await?, tx.message(id).await?);
    drop(tx);
    match (fps, other) {
        (Some(notification), _) => notify::deliver(sandbox, &notification).await?,
        (None, Some(message)) => amazon_pay::notify::deliver(sandbox, &message).await?,
        (None, None) => return Err(Refused(StatusCode::NOT_FOUND, "no such notification".to_owned())),
    }
    let mut tx = sandbox.db().read().await?;
    let fps = tx.notification(id).await?.map(|again| again.state);
    let other = tx.message(id).await?.map(|again| again.state);
    Ok(fps.or(other).unwrap_or_default())
}

async fn reset(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    sandbox.reset().await?;
    Ok(Json(json!({ "status": "empty" })))
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_loopback_hosts_count() {
        for host in ["127.0.0.1:3001", "localhost", "LOCALHOST:80", "[::1]:3001"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["", "example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1"] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }

    #[test]
    fn other_sites_forms_and_far_peers_are_refused() {
        let json = [("host", "127.0.0.1:3001"), ("content-type", "application/json")];
        assert!(check(true, &Method::POST, &headers(&json)).is_ok());
        assert!(check(false, &Method::GET, &headers(&json)).is_err());
        for (name, value) in [
            ("origin", "http://localhost:3000"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("host", "shop.example"),
            ("content-type", "application/x-www-form-urlencoded"),
        ] {
            let mut all = headers(&json);
            all.insert(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
            assert!(check(true, &Method::POST, &all).is_err(), "{name}: {value}");
        }
    }
}
