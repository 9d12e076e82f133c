//! The co-branded pages: the shop sends a browser here, a person signs in, chooses, confirms, and is
//! sent back with a token. Nobody is charged. Works without script; nothing is kept in a cookie.
//!
//! ```text
//! GET /cobranded-ui/actions/start?callerKey=…&pipelineName=SingleUse&returnURL=…&signature=…
//! 303 {returnURL}?tokenID=…&status=SC&callerReference=…&expiry=11/2029&signature=…
//! ```

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::api::{self, host};
use super::rules::cbui::{CallerException, Pipeline, Request, Wrong};
use super::state::accounts::Account;
use super::state::sessions::Session;
use super::verify;
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::faults::{Kind, cut_connection};
use crate::sandbox::state::{LogEntry, StateError, Tx};

mod account;
mod address;
mod claims;
mod finish;
mod letters;
mod mint;
mod payees;
mod people;
mod phone;
mod reason;
mod review;
mod steps;
mod told;
mod views;
mod visit;

pub use views::Problem;

/// Where pipelines begin, as in the original.
pub const START: &str = "/cobranded-ui/actions/start";

/// The API's addresses, the pages, and the certificate.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/", get(api_or_desk).post(api::answer))
        .route("/fps", get(api::answer).post(api::answer))
        .route("/fps/", get(api::answer).post(api::answer))
        .route("/certs/{file}", get(certificate))
        .route(START, get(start).post(start))
        .route("/cobranded-ui/actions/sign-in", post(steps::sign_in))
        .route("/cobranded-ui/actions/payment", post(steps::payment))
        .route("/cobranded-ui/actions/confirm", post(steps::confirm))
        .route("/cobranded-ui/actions/leave", post(steps::leave))
        .route("/cobranded-ui/actions/fail", post(steps::fail))
        .merge(account::router())
}

async fn api_or_desk(
    State(sandbox): State<Sandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if uri.query().unwrap_or_default().contains("Action=") {
        return api::answer(State(sandbox), method, uri, headers, body).await;
    }
    desk::show(State(sandbox)).await
}

async fn certificate(State(sandbox): State<Sandbox>, Path(file): Path<String>) -> Response {
    if file != format!("{}.pem", sandbox.key().fingerprint()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(header::CONTENT_TYPE, "application/x-pem-file")], sandbox.key().certificate_pem().to_owned()).into_response()
}

/// How a request to the pages can end before anyone has signed in.
enum Start {
    /// Somebody is to sign in.
    Begin(Box<Session>),
    /// The caller made a mistake: a page with a Continue control.
    Wrong(CallerException),
    /// Straight back, with a status and a message.
    Return(&'static str, String),
    /// The same request was answered before: the same answer.
    Again(String),
}

/// The start of a pipeline, by GET or by a form's POST.
async fn start(State(sandbox): State<Sandbox>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body);
    let raw = if method == Method::POST && !text.is_empty() { &text } else { uri.query().unwrap_or_default() };
    let request = Request::new(form_urlencoded::parse(raw.as_bytes()).into_owned().collect());
    let operation = request.text("pipelineName").to_owned();
    let mut entry = LogEntry::fps(sandbox.clock().now(), "page", &operation);
    entry.address = format!("{method} {}{}", host(&headers, &uri), uri.path());
    entry.reference = request.text("callerReference").to_owned();
    entry.string_to_sign =
        verify::string_to_sign(method.as_str(), &host(&headers, &uri), uri.path(), verify::as_pairs(request.pairs()));
    if let Some(fault) = sandbox.strike("fps", &operation, &[Kind::DropRequest, Kind::Status]).await {
        let status = fault.code.and_then(|code| StatusCode::from_u16(code).ok());
        let (response, verdict) = match status {
            Some(status) => (status.into_response(), "status"),
            None => (cut_connection(), "drop_request"),
        };
        (entry.verdict, entry.status) = (verdict.to_owned(), status.map_or(0, |status| i64::from(status.as_u16())));
        sandbox.log(entry).await;
        return response;
    }
    let decided = decide(&sandbox, &request, &entry.string_to_sign, phone::is_phone(&headers)).await;
    let (response, verdict, detail) = match decided {
        Ok(Start::Begin(session)) => (steps::show_sign_in(&sandbox, &session, &request).await, "begun", String::new()),
        Ok(Start::Again(address)) => (Redirect::to(&address).into_response(), "answered again", String::new()),
        Ok(Start::Return(status, message)) => {
            (finish::bare_return(&sandbox, &request, status, &message), status, message)
        }
        Ok(Start::Wrong(exception)) => {
            (finish::caller_exception(&sandbox, &request, &exception), "CE", exception.message())
        }
        Err(error) => (broken(&error), "broken", error.to_string()),
    };
    entry.verdict = verdict.to_owned();
    entry.detail = detail;
    entry.status = i64::from(response.status().as_u16());
    if let Some(fault) = sandbox.strike("fps", &operation, &[Kind::Delay]).await {
        tokio::time::sleep(std::time::Duration::from_millis(fault.milliseconds.unwrap_or(0))).await;
    }
    if sandbox.strike("fps", &operation, &[Kind::DropResponse]).await.is_some() {
        entry.verdict.push_str(", then drop_response");
        sandbox.log(entry).await;
        return cut_connection();
    }
    sandbox.log(entry).await;
    response
}

async fn decide(sandbox: &Sandbox, request: &Request, text: &str, is_phone: bool) -> Result<Start, StateError> {
    let wrong = |parameter: &str| Ok(Start::Wrong(CallerException::invalid(parameter)));
    let pipeline = match request.check(sandbox.clock()) {
        Ok(pipeline) => pipeline,
        Err(exception) => return Ok(Start::Wrong(exception)),
    };
    let mut tx = sandbox.db().write().await?;
    let credential = tx.credential(request.text("callerKey")).await?.filter(|credential| credential.status == "active");
    let Some(credential) = credential else { return wrong("callerKey") };
    match request.get("signature") {
        Some(signature)
            if verify::is_signed(request.text("signatureMethod"), &credential.secret_key, text, signature) => {}
        Some(_) => return wrong("signature"),
        None if sandbox.is_strict() => {
            let parameters = ["signature", "signatureVersion", "signatureMethod"].map(str::to_owned).to_vec();
            return Ok(Start::Wrong(CallerException { wrong: Wrong::InvalidOrAbsent, parameters }));
        }
        None => {}
    }
    let Some(caller) = tx.account(&credential.account_id).await? else { return wrong("callerKey") };
    let kinds = [Kind::Error, Kind::Throttle];
    if let Some(fault) = sandbox.strike_within(&mut tx, "fps", request.text("pipelineName"), &kinds).await? {
        tx.commit().await?;
        let status = if fault.error.as_deref() == Some("NM") { "NM" } else { "SE" };
        return Ok(Start::Return(status, "The request has temporarily failed; it may be sent again.".to_owned()));
    }
    let is_marketplace = pipeline == Pipeline::Recipient || !request.recipient_tokens().is_empty();
    if is_marketplace && caller.marketplace == 0 {
        return Ok(Start::Return(
            "NM",
            "The caller is not registered as a third-party caller for this transaction.".to_owned(),
        ));
    }
    if let Some(ending) = ended_before(&mut tx, request, &caller).await? {
        return Ok(ending);
    }
    let edited = payees::edited(&mut tx, request, &caller, sandbox.clock().now()).await?;
    if pipeline == Pipeline::EditToken && edited.is_none() {
        return Ok(Start::Return("IT", "The token is invalid, expired, or cannot be modified.".to_owned()));
    }
    if payees::find(&mut tx, request, &caller, edited.as_ref()).await?.is_none() {
        return wrong(if pipeline == Pipeline::MultiUse { "recipientTokenList" } else { "recipientToken" });
    }
    let session = Session {
        id: format!("{}{}", ids::secret(), ids::secret()),
        caller_id: caller.id,
        caller_reference: request.text("callerReference").to_owned(),
        fingerprint: request.fingerprint(),
        parameters: serde_json::to_string(request.pairs()).map_err(|error| StateError::Encode(error.into()))?,
        started_at: sandbox.clock().now().0,
        mobile: i64::from(is_phone),
        ..Session::default()
    };
    tx.add_session(&session).await?;
    tx.commit().await?;
    Ok(Start::Begin(Box::new(session)))
}

/// What an earlier visit under the same reference means for this one.
async fn ended_before(tx: &mut Tx, request: &Request, caller: &Account) -> Result<Option<Start>, StateError> {
    let ended = tx.ended_session(&caller.id, request.text("callerReference")).await?;
    match ended {
        Some(ended) if finish::is_success(&ended.outcome) => {
            let is_same = ended.fingerprint == request.fingerprint();
            let wrong = || Start::Wrong(CallerException::invalid("callerReference"));
            return Ok(Some(if is_same { Start::Again(ended.redirect) } else { wrong() }));
        }
        // An edit that was left may be begun again: its table has no NP.
        Some(ended) if ended.outcome == "A" && request.pipeline() != Some(Pipeline::EditToken) => {
            let message = "The pipeline was cancelled and then restarted.".to_owned();
            return Ok(Some(Start::Return("NP", message)));
        }
        _ => {}
    }
    for name in ["callerReference", "callerReferenceRefund"] {
        if let Some(reference) = request.get(name)
            && tx.token_by_reference(&caller.id, reference).await?.is_some()
        {
            return Ok(Some(Start::Wrong(CallerException::invalid(name))));
        }
    }
    Ok(None)
}

/// The page for a failure of our own.
fn broken(error: &StateError) -> Response {
    tracing::error!(%error, "a co-branded page could not be served");
    let page =
        views::Problem::plain("Something failed here", "The sandbox could not do this. Please try again in a moment.");
    desk::page(StatusCode::INTERNAL_SERVER_ERROR, &page)
}
