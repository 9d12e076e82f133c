//! The API's door: who signed it, for which environment, was it asked before; then the operation.
//!
//! Checks in this order, which no document fixes: throttling, method, headers, signature, account, idempotency,
//! JSON, unknown fields, missing ones, values; the rest is the operation's.

use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::errors::{ApiError, Trouble};
use super::gate::{self, Caller};
use super::operations::{Key, Operation, Route, route};
use super::ops::{Call, Good, perform};
use super::state::answers::Answer;
use super::{PROVIDER, fields, sign, wire};
use crate::sandbox::Sandbox;
use crate::sandbox::faults::{Kind, cut_connection};
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// What arrived.
pub struct Received<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Path and query as sent.
    pub uri: &'a Uri,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// The bytes of its body.
    pub body: &'a [u8],
}

impl Received<'_> {
    /// A header as text, without the spaces around it; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
    }

    /// The environment that the path names, and what follows `/v2/`.
    fn place(&self) -> (&str, &str) {
        let path = self.uri.path();
        let path = path.strip_prefix("/amazon-pay").unwrap_or(path);
        let (before, rest) = path.split_once("/v2/").unwrap_or(("", path));
        (before.trim_matches('/'), rest)
    }
}

/// Answers one API request.
pub async fn answer(
    Extract(sandbox): Extract<Sandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = Received { method: &method, uri: &uri, headers: &headers, body: &body };
    let found = route(method.as_str(), received.place().1);
    let name = if let Route::Found(operation, _) = &found { operation.name } else { "" };
    let mut entry = LogEntry::of(PROVIDER, sandbox.clock().now(), "request", name);
    entry.address = format!("{method} {}{}", received.header("host"), uri.path());
    entry.reference = received.header("x-amz-pay-idempotency-key").to_owned();

    let outcome = match struck_before(&sandbox, name).await {
        Some(Struck::Whole(response, verdict)) => {
            (entry.verdict, entry.status) = (verdict, i64::from(response.status().as_u16()));
            sandbox.log(entry).await;
            return response;
        }
        // What is final is an answer under the request's key: the first one stays.
        Some(Struck::Refused(error)) if error.is_final() => {
            serve(&sandbox, &received, found, &mut entry, Some(error)).await
        }
        Some(Struck::Refused(error)) => Err(error),
        None => serve(&sandbox, &received, found, &mut entry, None).await,
    };
    sandbox.wake();
    let (status, text) = match &outcome {
        Ok((status, text)) => (*status, text.clone()),
        Err(error) => {
            (error.status.as_u16(), json!({ "reasonCode": error.reason_code, "message": error.message }).to_string())
        }
    };
    entry.status = i64::from(status);
    match outcome {
        Ok(_) if status < 400 => entry.verdict = "ok".to_owned(),
        Ok((_, text)) => {
            let repeated: Value = serde_json::from_str(&text).unwrap_or_default();
            entry.verdict = repeated["reasonCode"].as_str().unwrap_or_default().to_owned();
        }
        Err(error) => (entry.verdict, entry.detail) = (error.reason_code, error.message),
    }
    if sandbox.strike(PROVIDER, name, &[Kind::DropResponse]).await.is_some() {
        entry.verdict.push_str(", then drop_response");
        sandbox.log(entry).await;
        return cut_connection();
    }
    sandbox.log(entry).await;
    respond(status, text)
}

fn respond(status: u16, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if let Ok(id) = wire::uuid().parse() {
        response.headers_mut().insert("x-amz-pay-request-id", id);
    }
    response
}

enum Struck {
    Whole(Response, String),
    Refused(ApiError),
}

async fn struck_before(sandbox: &Sandbox, operation: &str) -> Option<Struck> {
    let kinds = [Kind::DropRequest, Kind::Status, Kind::Throttle, Kind::Error];
    let fault = sandbox.strike(PROVIDER, operation, &kinds).await?;
    Some(match fault.fault {
        Kind::DropRequest => Struck::Whole(cut_connection(), "drop_request".to_owned()),
        Kind::Status => {
            let status = fault.code.and_then(|code| StatusCode::from_u16(code).ok());
            Struck::Whole(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(), "status".to_owned())
        }
        Kind::Throttle => Struck::Refused(ApiError::new("TooManyRequests", "The request was throttled.")),
        _ => Struck::Refused(ApiError::new(&fault.error.unwrap_or_default(), "A scripted fault.")),
    })
}

/// A `scripted` refusal stands in place of the operation.
async fn serve(
    sandbox: &Sandbox,
    received: &Received<'_>,
    found: Route,
    entry: &mut LogEntry,
    scripted: Option<ApiError>,
) -> Result<(u16, String), ApiError> {
    let (operation, ids) = match found {
        Route::Found(operation, ids) => (operation, ids),
        Route::OtherMethod(methods) => {
            let message = format!("This resource supports {methods}.");
            return Err(ApiError::new("RequestNotSupported", message));
        }
        Route::Nowhere => return Err(ApiError::not_found(received.uri.path())),
    };
    let region = gate::check_headers(sandbox, received)?;
    let key = idempotency_key(received, operation)?;
    let caller = gate::authenticate(sandbox, received, received.place().0, entry).await?;
    let _alone = take_turn(sandbox, &caller, operation, key, &ids)?;
    let asked = Asked { operation, ids: &ids, region, key, caller: &caller };
    let result = once(sandbox, received, &asked, scripted).await;
    // A slow answer keeps its turn: who asks again meanwhile hears TransactionInProgress.
    if let Some(fault) = sandbox.strike(PROVIDER, operation.name, &[Kind::Delay]).await {
        tokio::time::sleep(std::time::Duration::from_millis(fault.milliseconds.unwrap_or(0))).await;
    }
    match result {
        Ok(result) => result,
        Err(error) => Err(unavailable(&error)),
    }
}

/// The idempotency key: 1 to 32 letters, digits, dashes and underscores; empty where it has no effect.
fn idempotency_key<'a>(received: &'a Received<'_>, operation: &Operation) -> Result<&'a str, ApiError> {
    const NAME: &str = "x-amz-pay-idempotency-key";
    if operation.key == Key::Unused {
        return Ok("");
    }
    let key = received.header(NAME);
    if key.is_empty() && operation.key == Key::Needed {
        return Err(ApiError::new("MissingHeader", format!("The header {NAME} is required.")));
    }
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if key.len() > 32 || !key.bytes().all(is_good) {
        let message = format!("{NAME} must have 1 to 32 letters, digits, dashes or underscores.");
        return Err(ApiError::new("InvalidHeaderValue", message));
    }
    Ok(key)
}

/// One request at a time under a key, and one that changes an object at a time.
fn take_turn(
    sandbox: &Sandbox,
    caller: &Caller,
    operation: &Operation,
    key: &str,
    ids: &[String],
) -> Result<super::Turn, ApiError> {
    let mut names = Vec::new();
    if !key.is_empty() {
        names.push(format!("key {} {key}", caller.account.id));
    }
    if operation.method != "GET" {
        names.extend(ids.first().map(|id| format!("object {id}")));
    }
    let message = "The same request, or another on the same resource, is still being processed.";
    sandbox.amazon_pay().take_turn(names).ok_or_else(|| ApiError::new("TransactionInProgress", message))
}

/// What was asked for, and by whom.
struct Asked<'a> {
    operation: &'static Operation,
    ids: &'a [String],
    region: &'static str,
    key: &'a str,
    caller: &'a Caller,
}

/// Performs the operation, or repeats the answer that the same key got before.
async fn once(
    sandbox: &Sandbox,
    received: &Received<'_>,
    asked: &Asked<'_>,
    scripted: Option<ApiError>,
) -> Result<Result<(u16, String), ApiError>, StateError> {
    let only_reads = asked.operation.method == "GET" && asked.operation.name != "GetAuthorizationToken";
    let _alone = if only_reads { None } else { Some(sandbox.amazon_pay().alone().await) };
    let mut tx = if only_reads { sandbox.db().read().await? } else { sandbox.db().write().await? };
    let path = received.place().1.trim_matches('/');
    let fingerprint = format!("{} {path} {}", received.method, sign::hash(received.body));
    let merchant = &asked.caller.account.id;
    if !asked.key.is_empty()
        && let Some(before) = tx.answer(merchant, asked.key).await?
    {
        if before.fingerprint != fingerprint {
            let message = "The idempotency key was used for another request; make a new one.";
            return Ok(Err(ApiError::new("DuplicateIdempotencyKey", message)));
        }
        return Ok(Ok((u16::try_from(before.status).unwrap_or(500), before.answer)));
    }
    let now = sandbox.clock().now();
    let done = match scripted {
        Some(error) => Err(Trouble::Refused(error)),
        None => work(sandbox, &mut tx, received, asked).await,
    };
    let result = match done {
        Ok((status, body)) => Ok((status, body.to_string())),
        Err(Trouble::Refused(error)) => Err(error),
        Err(Trouble::Broken(error)) => return Err(error),
    };
    let kept = match &result {
        Ok((status, text)) => Some((*status, text.clone())),
        Err(error) if error.is_final() => {
            let body = json!({ "reasonCode": error.reason_code, "message": error.message });
            Some((error.status.as_u16(), body.to_string()))
        }
        Err(_) => None,
    };
    if let Some((status, answer)) = kept.filter(|_| !asked.key.is_empty()) {
        let answer = Answer { fingerprint, status: i64::from(status), answer };
        tx.keep_answer(merchant, asked.key, &answer, now).await?;
    }
    tx.commit().await?;
    Ok(result)
}

async fn work(sandbox: &Sandbox, tx: &mut Tx, received: &Received<'_>, asked: &Asked<'_>) -> Result<Good, Trouble> {
    let body = fields::parse(received.body)?;
    if !asked.operation.is_for_partners {
        fields::check(&body, asked.operation.fields, asked.operation.required)?;
    }
    let query: Vec<(String, String)> =
        form_urlencoded::parse(received.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let call = Call {
        sandbox,
        merchant: &asked.caller.account,
        region: asked.region,
        operation: asked.operation,
        ids: asked.ids,
        body: &body,
        query: &query,
        key: asked.key,
        simulation: received.header("x-amz-pay-simulation-code"),
        now: sandbox.clock().now(),
    };
    perform(&call, tx).await
}

fn unavailable(error: &StateError) -> ApiError {
    tracing::error!(%error, "the sandbox's database failed");
    ApiError::new("InternalServerError", "An unknown error occurred.")
}
