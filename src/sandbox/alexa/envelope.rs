//! The request envelope, and how it is sent: signed over the bytes, at most eight seconds, one line in the log.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::answer::{self, Answer, LONGEST_ANSWER};
use super::people::{Consent, Exchange, Person, SCOPE};
use super::{PROVIDER, Skill, linking};
use crate::base::clock::hours;
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::wire;
use crate::sandbox::faults::{Fault, Kind};
use crate::sandbox::state::{LogEntry, StateError};

/// How long a skill may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is sent: the `request` member, and the session it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// `type` and what goes with it; the rest is filled in.
    pub request: Value,
    /// `amzn1.echo-api.session.…`
    pub session_id: String,
    /// Whether the session begins with it.
    pub is_new: bool,
    /// Given back from the last answer.
    pub attributes: Map<String, Value>,
    /// The charge that it tells of; empty for none.
    pub charge_id: String,
}

/// What came of sending.
pub struct Sent {
    /// For the record.
    pub exchange: Exchange,
    /// The answer, or `error.type` and a sentence.
    pub answer: Result<Answer, (&'static str, String)>,
}

/// A session id of its own.
pub fn session_id() -> String {
    format!("amzn1.echo-api.session.{}", wire::uuid())
}

impl Outgoing {
    /// The first request of a new session.
    pub fn opening(request: Value) -> Outgoing {
        Outgoing { request, session_id: session_id(), is_new: true, attributes: Map::new(), charge_id: String::new() }
    }
}

/// Writes the whole envelope, with a fresh token for the buyer API.
pub async fn write(
    sandbox: &Sandbox,
    skill: &Skill,
    person: &mut Person,
    outgoing: &Outgoing,
) -> Result<Value, StateError> {
    let now = sandbox.clock().real_now();
    linking::refresh(sandbox, skill, person).await;
    let access = format!("Atza|{}{}", ids::secret(), ids::secret());
    let mut tx = sandbox.db().write().await?;
    tx.give_access(&access, &person.buyer_id, now, now.plus(hours(1))).await?;
    tx.commit().await?;
    let mut user = json!({ "userId": person.user_id() });
    if let Some(link) = &person.link {
        user["accessToken"] = link.access_token.clone().into();
    }
    let status = match person.consent {
        Consent::NotAsked => None,
        Consent::Granted => Some("GRANTED"),
        Consent::Denied => Some("DENIED"),
    };
    if let Some(status) = status {
        user["permissions"] = json!({ "scopes": { SCOPE: { "status": status } } });
    }
    let application = json!({ "applicationId": skill.application_id });
    let mut request = outgoing.request.clone();
    request["requestId"] = format!("amzn1.echo-api.request.{}", wire::uuid()).into();
    request["timestamp"] = now.iso8601().into();
    request["locale"] = person.locale.clone().into();
    let mut context = json!({
        "System": {
            "application": application, "user": user,
            "device": { "deviceId": person.device_id(), "supportedInterfaces": {} },
            "apiEndpoint": person.locale().api_endpoint, "apiAccessToken": access,
        },
    });
    if person.has_screen {
        context["Viewport"] = json!({
            "experiences": [{ "arcMinuteWidth": 246, "arcMinuteHeight": 144, "canRotate": false, "canResize": false }],
            "shape": "RECTANGLE", "pixelWidth": 1024, "pixelHeight": 600, "dpi": 160,
            "currentPixelWidth": 1024, "currentPixelHeight": 600, "touch": ["SINGLE"],
        });
    }
    Ok(json!({
        "version": "1.0",
        "session": {
            "new": outgoing.is_new, "sessionId": outgoing.session_id, "application": application,
            "attributes": outgoing.attributes, "user": user,
        },
        "context": context,
        "request": request,
    }))
}

/// A fault for the operation by its name, or for the type of its request.
async fn strike(sandbox: &Sandbox, operation: &str, kind_of_request: &str, kind: Kind) -> Option<Fault> {
    match sandbox.strike(PROVIDER, operation, &[kind]).await {
        None => sandbox.strike(PROVIDER, kind_of_request, &[kind]).await,
        named => named,
    }
}

/// Signs and sends a body as it stands.
pub async fn send(sandbox: &Sandbox, skill: &Skill, body: &Value) -> Result<Sent, StateError> {
    let request = &body["request"];
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    let operation = match text("name") {
        name if !name.is_empty() && text("type") == "Connections.Response" => name,
        _ => text("type"),
    };
    if let Some(fault) = strike(sandbox, operation, text("type"), Kind::Delay).await {
        tokio::time::sleep(Duration::from_millis(fault.milliseconds.unwrap_or(0))).await;
    }
    let started = Instant::now();
    let got = match strike(sandbox, operation, text("type"), Kind::DropRequest).await {
        Some(_) => Err(("DEVICE_COMMUNICATION_ERROR", "the request was lost by a scripted fault".to_owned())),
        None => post(sandbox, skill, body).await,
    };
    let (status, content_type, bytes) = got.unwrap_or_else(|problem| (0, String::new(), Err(problem)));
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let is_lost = strike(sandbox, operation, text("type"), Kind::DropResponse).await.is_some();
    let answer = match &bytes {
        _ if is_lost => Err(("DEVICE_COMMUNICATION_ERROR", "the answer was lost by a scripted fault".to_owned())),
        Ok(bytes) => answer::read(status, &content_type, bytes).map_err(|problem| ("INVALID_RESPONSE", problem)),
        Err((kind, problem)) => Err((*kind, problem.clone())),
    };
    let verdict = answer.as_ref().map_or_else(|(_, problem)| problem.clone(), |_| "ok".to_owned());
    let response = match &bytes {
        Ok(bytes) if !is_lost => {
            let shown =
                || Value::String(String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_ANSWER)]).into_owned());
            serde_json::from_slice(bytes).unwrap_or_else(|_| shown())
        }
        _ => Value::Null,
    };
    let mut entry = LogEntry::of(PROVIDER, sandbox.clock().now(), "skill", operation);
    entry.address = format!("POST {}", skill.endpoint_url);
    entry.reference = text("requestId").to_owned();
    entry.string_to_sign = masked(body).to_string();
    (entry.status, entry.detail) = (i64::from(status), verdict.clone());
    entry.verdict = if answer.is_ok() { "ok" } else { "broken" }.to_owned();
    sandbox.log(entry).await;
    let exchange =
        Exchange { request: body.clone(), response, status, milliseconds, verdict, charge_id: String::new() };
    Ok(Sent { exchange, answer })
}

type Got = (u16, String, Result<Vec<u8>, (&'static str, String)>);

async fn post(sandbox: &Sandbox, skill: &Skill, body: &Value) -> Result<Got, (&'static str, String)> {
    let body = body.to_string().into_bytes();
    let broken = |problem: String| ("INTERNAL_SERVICE_ERROR", problem);
    let signer = sandbox.alexa().signer(sandbox).await.map_err(|error| broken(error.to_string()))?;
    let signed = signer.sign(&body).map_err(|error| broken(error.to_string()))?;
    let silent = |error: reqwest::Error| {
        let kind = if error.is_timeout() { "ENDPOINT_TIMEOUT" } else { "INVALID_RESPONSE" };
        let problem =
            if error.is_timeout() { "the skill took longer than eight seconds" } else { "the skill does not answer" };
        (kind, problem.to_owned())
    };
    let response = sandbox
        .http()
        .post(&skill.endpoint_url)
        .timeout(PATIENCE)
        .header("content-type", "application/json; charset=utf-8")
        .header("accept", "application/json")
        .header("signaturecertchainurl", signed.chain_url)
        .header("signature-256", signed.sha256)
        .header("signature", signed.sha1)
        .body(body)
        .send()
        .await
        .map_err(silent)?;
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let bytes = read_some(response).await.map_err(silent);
    Ok((status, content_type, bytes))
}

/// The body, up to just above what is allowed.
async fn read_some(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok(bytes)
}

/// A request without the tokens in it, for logs and pages.
pub fn masked(body: &Value) -> Value {
    let mut body = body.clone();
    for path in ["/session/user/accessToken", "/context/System/user/accessToken", "/context/System/apiAccessToken"] {
        if let Some(token) = body.pointer_mut(path) {
            *token = "***".into();
        }
    }
    body
}
