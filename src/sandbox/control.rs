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
use super::faults::Fault;
use super::fps::actions::{Trouble, give_back, settle};
use super::fps::machine::{self, Event};
use super::fps::state::accounts::{Account, Credential};
use super::fps::{notify, personas};
use super::state::StateError;

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
        .route("/_sandbox/credentials", get(show_credentials).post(keep_credentials))
        .route("/_sandbox/fps/refund", post(refund_as_recipient))
        .route("/_sandbox/fps/cancel", post(cancel_as_recipient))
        .route("/_sandbox/reset", post(reset))
        .route_layer(middleware::from_fn(guard))
}

/// A refusal with a sentence.
#[derive(Debug)]
pub struct Refused(StatusCode, String);

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

fn bad(sentence: impl Into<String>) -> Refused {
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

fn check(is_loopback_peer: bool, method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let forbidden = |why: &str| Err(Refused(StatusCode::FORBIDDEN, why.to_owned()));
    let host = text("host");
    if !is_loopback_peer || !is_loopback_host(host) {
        return forbidden("control calls are served on loopback only");
    }
    let origin = text("origin");
    let is_foreign_origin = !origin.is_empty() && origin.split_once("://").is_none_or(|(_, of)| of != host);
    if is_foreign_origin || !matches!(text("sec-fetch-site"), "" | "same-origin" | "none") {
        return forbidden("control calls are refused to other sites' pages");
    }
    let content_type = text("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if method == Method::POST && content_type != "application/json" {
        let why = "say Content-Type: application/json".to_owned();
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
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

fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
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
    Json(json!({ "faults": sandbox.faults().all() }))
}

async fn add_fault(State(sandbox): State<Sandbox>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let fault: Fault = read(&body)?;
    if fault.provider != "fps" {
        return Err(bad("provider must be \"fps\""));
    }
    sandbox.faults().add(fault).map_err(bad)?;
    Ok((StatusCode::CREATED, show_faults(State(sandbox)).await))
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> Json<Value> {
    sandbox.faults().clear();
    show_faults(State(sandbox)).await
}

async fn resend(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let notification = sandbox.db().read().await?.notification(&id).await?;
    let Some(notification) = notification else {
        return Err(Refused(StatusCode::NOT_FOUND, "no such notification".to_owned()));
    };
    notify::deliver(&sandbox, &notification).await?;
    let again = sandbox.db().read().await?.notification(&id).await?;
    Ok(Json(json!({ "id": id, "state": again.map(|notification| notification.state) })))
}

async fn show_credentials(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    let credentials = sandbox.db().read().await?.credentials().await?;
    let credentials: Vec<Value> = credentials
        .into_iter()
        .map(|own| json!({ "provider": "fps", "access_key": own.access_key, "account_id": own.account_id, "status": own.status }))
        .collect();
    Ok(Json(json!({ "credentials": credentials })))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCredential {
    provider: String,
    access_key: String,
    secret_key: String,
    account_id: Option<String>,
    #[serde(default)]
    status: Option<String>,
    notification_url: Option<String>,
}

async fn keep_credentials(State(sandbox): State<Sandbox>, body: Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let new: NewCredential = read(&body)?;
    let status = new.status.unwrap_or_else(|| "active".to_owned());
    if new.provider != "fps"
        || new.access_key.is_empty()
        || new.secret_key.is_empty()
        || !matches!(status.as_str(), "active" | "inactive")
    {
        return Err(bad("needs provider \"fps\", access_key, secret_key, and status active or inactive"));
    }
    let account_id = new.account_id.filter(|id| !id.is_empty()).unwrap_or_else(|| personas::CALLER.to_owned());
    let mut tx = sandbox.db().write().await?;
    let taken = tx
        .credentials()
        .await?
        .iter()
        .filter(|own| own.account_id == account_id && own.access_key != new.access_key)
        .count();
    if taken >= 2 {
        return Err(bad("an account has two key pairs at most"));
    }
    let account = Account {
        id: account_id.clone(),
        kind: "developer".to_owned(),
        name: account_id.clone(),
        email: format!("{}@callers.example", account_id.to_lowercase()),
        marketplace: 1,
        ..personas::blank_account()
    };
    tx.add_account(&account).await?;
    if let Some(url) = new.notification_url {
        tx.set_ipn_url(&account_id, &url).await?;
    }
    tx.keep_credential(&Credential { access_key: new.access_key, secret_key: new.secret_key, account_id, status })
        .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, show_credentials(State(sandbox)).await?))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ByRecipient {
    transaction_id: String,
    amount_minor: Option<i64>,
}

/// As if the recipient gave money back in the provider's own pages.
async fn refund_as_recipient(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let act: ByRecipient = read(&body)?;
    let mut tx = sandbox.db().write().await?;
    let payment = tx.transaction(&act.transaction_id).await?.ok_or_else(|| bad("InvalidTransactionId"))?;
    let asked = give_back::Asked {
        amount_minor: act.amount_minor,
        reference: "",
        policy: "MasterTxnOnly",
        reason: "",
        ipn_url: None,
    };
    let refund = match give_back::start(&sandbox, &mut tx, payment, &asked, sandbox.clock().now()).await {
        Ok(refund) => refund,
        Err(Trouble::Refused(error)) => return Err(bad(error.code)),
        Err(Trouble::Broken(error)) => return Err(error.into()),
    };
    tx.commit().await?;
    sandbox.wake();
    Ok(Json(json!({ "transaction_id": refund.id, "parent_id": refund.parent_id, "state": refund.state })))
}

/// As if the recipient called the payment off in the provider's own pages.
async fn cancel_as_recipient(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let act: ByRecipient = read(&body)?;
    let now = sandbox.clock().now();
    let mut tx = sandbox.db().write().await?;
    let mut transaction = tx.transaction(&act.transaction_id).await?.ok_or_else(|| bad("InvalidTransactionId"))?;
    let cancelled = machine::next(transaction.operation(), transaction.state(), Event::Cancel)
        .ok_or_else(|| bad("InvalidTransactionState"))?;
    (transaction.due_at, transaction.completed_at) = (0, now.0);
    settle::step_as(&sandbox, &mut tx, &mut transaction, cancelled, now, "CANCEL_TRANSACTION").await?;
    tx.commit().await?;
    sandbox.wake();
    Ok(Json(json!({ "transaction_id": transaction.id, "state": transaction.state })))
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
