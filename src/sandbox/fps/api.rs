//! The API's door: who signed it, is it fresh, is it well formed, was it asked before; then the action.
//!
//! ```text
//! GET /fps/?Action=Pay&AWSAccessKeyId=…&Signature=…&SignatureVersion=2&Timestamp=…
//! ```

use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::actions::{Call, Trouble, is_remembered, only_reads, perform};
use super::codes::{ApiError, lists};
use super::machine::REMEMBERED;
use super::rules;
use super::state::accounts::Account;
use super::verify;
use super::wire::{self, Params, Xml};
use crate::base::clock::minutes;
use crate::sandbox::Sandbox;
use crate::sandbox::faults::{Kind, cut_connection};
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// Requests live for 15 minutes of real time either way (the guide gives no figure).
const FRESH: std::time::Duration = minutes(15);

/// What was asked, as received.
struct Received<'a> {
    verb: &'a str,
    host: String,
    path: &'a str,
    params: Params,
}

/// Answers one API request.
pub async fn answer(
    Extract(sandbox): Extract<Sandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = String::from_utf8_lossy(&body);
    let raw = if method == Method::POST && !text.is_empty() { &text } else { uri.query().unwrap_or_default() };
    let received =
        Received { verb: method.as_str(), host: host(&headers, &uri), path: uri.path(), params: Params::parse(raw) };
    let action = received.params.text("Action").to_owned();
    let mut entry = LogEntry::fps(sandbox.clock().now(), "request", &action);
    entry.address = format!("{method} {}{}", received.host, received.path);
    entry.reference = received.params.text("CallerReference").to_owned();
    entry.string_to_sign =
        verify::string_to_sign(received.verb, &received.host, received.path, verify::as_pairs(&received.params.0));

    let request_id = wire::request_id();
    let outcome = match struck_before(&sandbox, &action).await {
        Some(Struck::Whole(response, verdict)) => {
            entry.verdict = verdict;
            entry.status = i64::from(response.status().as_u16());
            sandbox.log(entry).await;
            return response;
        }
        Some(Struck::Refused(error)) => serve(&sandbox, &received, &mut entry, Some(error)).await,
        None => serve(&sandbox, &received, &mut entry, None).await,
    };
    let (status, text) = match &outcome {
        Ok(result) => (200, wire::answer(&action, &result.clone().into_text(), &request_id)),
        Err(error) => (error.http_status(), wire::refusal(error, &request_id)),
    };
    entry.status = i64::from(status);
    // The work is done, and only its answer is slow: a notification may be quicker.
    if let Some(fault) = sandbox.strike("fps", &action, &[Kind::Delay]).await {
        tokio::time::sleep(std::time::Duration::from_millis(fault.milliseconds.unwrap_or(0))).await;
    }
    match outcome {
        Ok(_) => entry.verdict = "ok".to_owned(),
        Err(error) => (entry.verdict, entry.detail) = (error.code, error.message),
    }
    if sandbox.strike("fps", &action, &[Kind::DropResponse]).await.is_some() {
        entry.verdict.push_str(", then drop_response");
        sandbox.log(entry).await;
        return cut_connection();
    }
    sandbox.log(entry).await;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
}

/// The host as the client named it: the Host header, with its port if it carries one.
pub fn host(headers: &HeaderMap, uri: &Uri) -> String {
    let header = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| uri.authority().map(|authority| authority.as_str())).unwrap_or_default().to_owned()
}

enum Struck {
    Whole(Response, String),
    Refused(ApiError),
}

async fn struck_before(sandbox: &Sandbox, operation: &str) -> Option<Struck> {
    let fault =
        sandbox.strike("fps", operation, &[Kind::DropRequest, Kind::Status, Kind::Throttle, Kind::Error]).await?;
    Some(match fault.fault {
        Kind::DropRequest => Struck::Whole(cut_connection(), "drop_request".to_owned()),
        Kind::Status => {
            let status = fault
                .code
                .and_then(|code| StatusCode::from_u16(code).ok())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Struck::Whole(status.into_response(), "status".to_owned())
        }
        Kind::Throttle => Struck::Refused(ApiError::of("Throttling")),
        _ => Struck::Refused(ApiError::of(&fault.error.unwrap_or_default())),
    })
}

/// Serves a call. A `scripted` refusal stands in place of the action, after the door and before any work.
async fn serve(
    sandbox: &Sandbox,
    received: &Received<'_>,
    entry: &mut LogEntry,
    scripted: Option<ApiError>,
) -> Result<Xml, ApiError> {
    let params = &received.params;
    if params.0.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(ApiError::params("A parameter contains a NUL character"));
    }
    let name = params.required("Action")?;
    let action = rules::api::action(name).ok_or_else(|| ApiError::of("InvalidAction"))?;
    let caller = authenticate(sandbox, received, &entry.string_to_sign, action).await?;
    rules::api::check(action, params).map_err(|error| error.fitting(action))?;
    let call = Call { sandbox, caller: &caller, action, params, now: sandbox.clock().now() };
    match once(&call, scripted).await {
        Ok(result) => {
            sandbox.wake();
            result
        }
        Err(broken) => Err(unavailable(&broken, action)),
    }
}

/// The signature check of the guide's "Working with signatures", in the order that gives a caller the most useful answer.
async fn authenticate(
    sandbox: &Sandbox,
    received: &Received<'_>,
    text: &str,
    action: &str,
) -> Result<Account, ApiError> {
    let params = &received.params;
    let unavailable = |error| unavailable(&error, action);
    let access_key = params.required("AWSAccessKeyId")?;
    let mut tx = sandbox.db().read().await.map_err(unavailable)?;
    let credential = tx.credential(access_key).await.map_err(unavailable)?;
    let credential = credential
        .filter(|credential| credential.status == "active")
        .ok_or_else(|| ApiError::of("InvalidClientTokenId"))?;
    let signature = params.required("Signature")?;
    if params.required("SignatureVersion")? != "2" {
        return Err(ApiError::params("SignatureVersion must be 2; version 1 is no longer supported"));
    }
    let method = params.required("SignatureMethod")?;
    if !matches!(method, "HmacSHA256" | "HmacSHA1") {
        return Err(ApiError::params("SignatureMethod must be HmacSHA256 or HmacSHA1"));
    }
    let timestamp = params.required("Timestamp")?;
    if !verify::is_signed(method, &credential.secret_key, text, signature) {
        return Err(ApiError::of("SignatureDoesNotMatch"));
    }
    let at = wire::instant(timestamp).ok_or_else(|| ApiError {
        code: "InvalidParameterValue".to_owned(),
        message: format!("Value ({timestamp}) for parameter Timestamp is invalid. Must be in ISO8601 format."),
    })?;
    let now = sandbox.clock().real_now();
    if now.since(at) > FRESH || at.since(now) > FRESH {
        return Err(ApiError {
            code: "RequestExpired".to_owned(),
            message: format!("Request has expired. Timestamp date is {timestamp}."),
        });
    }
    match tx.account(&credential.account_id).await.map_err(unavailable)? {
        // Keys open nothing for an account that never signed up as a developer.
        Some(account) if account.kind == "developer" => ApiError::of_caller(action, &account).map_or(Ok(account), Err),
        _ => Err(ApiError::of("AuthFailure")),
    }
}

/// Performs the call, or repeats the answer that the same caller reference got before.
///
/// Acts come one after the other: on PostgreSQL two writers would each see the balance before the other.
async fn once(call: &Call<'_>, scripted: Option<ApiError>) -> Result<Result<Xml, ApiError>, StateError> {
    let _alone;
    let mut tx = if only_reads(call.action) {
        call.sandbox.db().read().await?
    } else {
        _alone = call.sandbox.fps_alone().await;
        call.sandbox.db().write().await?
    };
    if let Some(error) = scripted.as_ref().filter(|error| error.is_of_the_door() || !is_remembered(call.action)) {
        return Ok(Err(error.clone()));
    }
    if !is_remembered(call.action) {
        return match act(call, &mut tx).await {
            Ok(result) => tx.commit().await.map(|()| Ok(result)),
            Err(Trouble::Refused(error)) => Ok(Err(error)),
            Err(Trouble::Broken(error)) => Err(error),
        };
    }
    let (caller, reference) = (&call.caller.id, call.params.text("CallerReference"));
    let fingerprint = fingerprint(call);
    let before = tx.take_reference(caller, reference, &fingerprint, call.now, call.now.minus(REMEMBERED)).await?;
    if let Some(before) = before {
        if before.fingerprint != fingerprint {
            return Ok(Err(ApiError::of("DuplicateRequest")));
        }
        match before.answer_code.as_str() {
            "" => return Ok(Ok(Xml::from_text(before.answer))),
            "open" => {}
            code => return Ok(Err(ApiError { code: code.to_owned(), message: before.answer })),
        }
    }
    let result = match scripted {
        Some(error) => Err(Trouble::Refused(error)),
        None => act(call, &mut tx).await,
    };
    remember(call, &mut tx, &result).await?;
    match result {
        Ok(result) => tx.commit().await.map(|()| Ok(result)),
        Err(Trouble::Refused(error)) => tx.commit().await.map(|()| Err(error)),
        Err(Trouble::Broken(error)) => Err(error),
    }
}

/// Does the action; a refusal is one that its page lists.
async fn act(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    perform(call, tx).await.map_err(|trouble| match trouble {
        Trouble::Refused(error) => Trouble::Refused(error.fitting(call.action)),
        broken => broken,
    })
}

/// A refusal that may be retried keeps only the fingerprint: the same request is then tried again.
async fn remember(call: &Call<'_>, tx: &mut Tx, result: &Result<Xml, Trouble>) -> Result<(), StateError> {
    let (code, answer) = match result {
        Ok(result) => ("", result.clone().into_text()),
        Err(Trouble::Refused(error)) if !error.is_retriable() => (error.code.as_str(), error.message.clone()),
        Err(_) => return Ok(()),
    };
    tx.remember_answer(&call.caller.id, call.params.text("CallerReference"), code, &answer).await
}

/// Action and business parameters, sorted; what authenticates a request is not part of what it asks for.
fn fingerprint(call: &Call<'_>) -> String {
    const NOT_BUSINESS: [&str; 6] =
        ["AWSAccessKeyId", "Signature", "SignatureVersion", "SignatureMethod", "Timestamp", "Version"];
    let mut pairs: Vec<(&str, &str)> = verify::as_pairs(&call.params.0)
        .filter(|(name, value)| !NOT_BUSINESS.contains(name) && !value.is_empty())
        .collect();
    pairs.sort_unstable();
    verify::query(pairs)
}

/// A database that could not decide between two writers says so where the action may; the rest is our own fault.
fn unavailable(error: &StateError, action: &str) -> ApiError {
    const SERIALIZATION_FAILURE: &str = "40001";
    const DEADLOCK: &str = "40P01";
    const SQLITE_BUSY: &str = "5";
    let code = error.as_database_error().and_then(|error| error.code());
    let is_race = matches!(code.as_deref(), Some(SERIALIZATION_FAILURE | DEADLOCK | SQLITE_BUSY));
    if is_race && lists(action, "ConcurrentModification") {
        return ApiError::of("ConcurrentModification");
    }
    tracing::error!(%error, "the sandbox's database failed");
    ApiError::of("InternalError")
}
