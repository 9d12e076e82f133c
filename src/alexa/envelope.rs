//! What Alexa sends. Read tolerantly: Amazon adds members without notice, and leaves out what its own types
//! call required.
//!
//! ```json
//! {"version": "1.0", "session": {…}, "context": {"System": {…}}, "request": {"type": "LaunchRequest", …}}
//! ```
//!
//! Source: Alexa Skills Kit, "Request and Response JSON Reference".

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The most that a request may weigh.
pub const LARGEST: usize = 64 * 1024;

/// A request with everything around it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// The conversation; absent for what no conversation belongs to.
    #[serde(deserialize_with = "or_default")]
    pub session: Option<Session>,
    /// Device and user.
    #[serde(deserialize_with = "or_default")]
    pub context: Context,
    /// What is asked.
    pub request: Request,
}

/// A conversation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Session {
    /// Whether it begins with this request.
    #[serde(deserialize_with = "or_default")]
    pub new: bool,
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub session_id: String,
    /// Whose skill.
    #[serde(deserialize_with = "or_default")]
    pub application: Application,
    /// Who speaks.
    #[serde(deserialize_with = "or_default")]
    pub user: User,
}

/// Device and user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Context {
    /// All that matters here.
    #[serde(rename = "System", deserialize_with = "or_default")]
    pub system: System,
}

/// Where the request comes from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct System {
    /// Whose skill.
    #[serde(deserialize_with = "or_default")]
    pub application: Application,
    /// Who speaks.
    #[serde(deserialize_with = "or_default")]
    pub user: User,
    /// `https://api.amazonalexa.com`, or that of another region.
    #[serde(deserialize_with = "or_default")]
    pub api_endpoint: String,
    /// Opens the buyer's address, for as long as this request is fresh.
    #[serde(deserialize_with = "or_default")]
    pub api_access_token: Option<String>,
}

/// A skill.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Application {
    /// `amzn1.ask.skill.…`
    #[serde(deserialize_with = "or_default")]
    pub application_id: String,
}

/// Who speaks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct User {
    /// `amzn1.ask.account.…`, another one after the skill was disabled and enabled.
    #[serde(deserialize_with = "or_default")]
    pub user_id: String,
    /// Ours, once the account is linked.
    #[serde(deserialize_with = "or_default")]
    pub access_token: Option<String>,
    /// What the buyer allowed.
    #[serde(deserialize_with = "or_default")]
    pub permissions: Permissions,
}

/// What the buyer allowed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// By scope.
    #[serde(deserialize_with = "or_default")]
    pub scopes: BTreeMap<String, Scope>,
}

/// One permission.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// `GRANTED` or `DENIED`.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
}

/// What is asked: the members of all types together, as far as any of them has them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Request {
    /// `LaunchRequest`, `IntentRequest`, `Connections.Response`…
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name, for the log.
    #[serde(deserialize_with = "or_default")]
    pub request_id: String,
    /// ISO 8601, UTC.
    #[serde(deserialize_with = "or_default")]
    pub timestamp: String,
    /// `en-US`.
    #[serde(deserialize_with = "or_default")]
    pub locale: String,
    /// Of an IntentRequest.
    #[serde(deserialize_with = "or_default")]
    pub intent: Intent,
    /// Of an IntentRequest: `STARTED`, `IN_PROGRESS` or `COMPLETED`; absent without a dialog model.
    #[serde(deserialize_with = "or_default")]
    pub dialog_state: String,
    /// Of a Connections.Response: `Setup` or `Charge`.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Of a Connections.Response.
    #[serde(deserialize_with = "or_default")]
    pub status: Status,
    /// Of a Connections.Response; may be missing.
    #[serde(deserialize_with = "or_default")]
    pub payload: Value,
    /// Of a Connections.Response: ours, given back.
    #[serde(deserialize_with = "or_default")]
    pub token: String,
    /// Of a SessionEndedRequest.
    #[serde(deserialize_with = "or_default")]
    pub reason: String,
    /// What Alexa found wrong with an answer of ours.
    #[serde(deserialize_with = "or_default")]
    pub error: Value,
}

/// How a connection ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Text by the types, a number in old recordings.
    pub code: Value,
    /// `OK`, an error code, or a sentence.
    #[serde(deserialize_with = "or_default")]
    pub message: String,
}

impl Status {
    /// The number, however it is written; 0 for none.
    pub fn number(&self) -> u64 {
        match &self.code {
            Value::String(text) => text.trim().parse().unwrap_or_default(),
            other => other.as_u64().unwrap_or_default(),
        }
    }
}

/// What the buyer wants.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Intent {
    /// `AddToCartIntent`.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What they said in its gaps.
    #[serde(deserialize_with = "each_or_default")]
    pub slots: BTreeMap<String, Slot>,
}

/// A gap in a sentence.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Slot {
    /// As it was heard; absent where nothing was said.
    #[serde(deserialize_with = "or_default")]
    pub value: Option<String>,
    /// What Alexa takes it for.
    #[serde(deserialize_with = "or_default")]
    pub resolutions: Resolutions,
}

/// What Alexa takes a word for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Resolutions {
    /// By list of words.
    #[serde(deserialize_with = "or_default")]
    pub resolutions_per_authority: Vec<Resolution>,
}

/// One list's answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Resolution {
    /// `ER_SUCCESS_MATCH`; otherwise there are no values.
    #[serde(deserialize_with = "or_default")]
    pub status: ResolutionStatus,
    /// Best first.
    #[serde(deserialize_with = "or_default")]
    pub values: Vec<Resolved>,
}

/// How a list was searched.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ResolutionStatus {
    /// `ER_SUCCESS_MATCH`, `ER_SUCCESS_NO_MATCH`…
    #[serde(deserialize_with = "or_default")]
    pub code: String,
}

/// One value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Resolved {
    /// Its name and id.
    #[serde(deserialize_with = "or_default")]
    pub value: Named,
}

/// A name and an id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    /// As the list has it.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Ours: a product's name in addresses.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
}

/// `null`, and what is of another kind than the types say, reads as nothing there.
fn or_default<'de, D: Deserializer<'de>, T: Default + serde::de::DeserializeOwned>(from: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

/// The same for each slot by itself.
fn each_or_default<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Slot>, D::Error> {
    let all: BTreeMap<String, Value> = or_default(from)?;
    Ok(all.into_iter().map(|(name, slot)| (name, serde_json::from_value(slot).unwrap_or_default())).collect())
}

impl Envelope {
    /// Reads a request. None for what is no JSON, or says not even what kind of request it is.
    pub fn read(body: &[u8]) -> Option<Envelope> {
        serde_json::from_slice(body).ok().filter(|read: &Envelope| !read.request.kind.is_empty())
    }

    /// Who speaks; the conversation's word before the device's. Empty where nobody says.
    pub fn user(&self) -> &User {
        match &self.session {
            Some(session) if !session.user.user_id.is_empty() => &session.user,
            _ => &self.context.system.user,
        }
    }

    /// How the buyer answered when asked for `scope`: none where they were not asked.
    pub fn permission(&self, scope: &str) -> Option<&str> {
        let status = |user: &User| user.permissions.scopes.get(scope).map(|scope| scope.status.clone());
        let found = status(&self.context.system.user).or_else(|| self.session.as_ref().and_then(|it| status(&it.user)));
        match found.as_deref() {
            Some("GRANTED") => Some("GRANTED"),
            Some("DENIED") => Some("DENIED"),
            _ => None,
        }
    }
}

impl Slot {
    /// The id of what Alexa takes it for.
    pub fn id(&self) -> Option<&str> {
        let matched = self.resolutions.resolutions_per_authority.iter().find(|it| it.status.code == "ER_SUCCESS_MATCH");
        matched.and_then(|it| it.values.first()).map(|it| it.value.id.as_str()).filter(|id| !id.is_empty())
    }

    /// What was said.
    pub fn spoken(&self) -> Option<&str> {
        self.value.as_deref().map(str::trim).filter(|value| !value.is_empty() && *value != "?")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_with_whatever_is_missing_null_or_new() {
        let body = br#"{"version":"1.0","session":{"new":null,"sessionId":"s","user":{"userId":"u","permissions":null}},
            "context":{"System":{"user":{"userId":"v","permissions":{"scopes":{"payments:autopay_consent":{"status":"DENIED"}}}},
            "device":{"x":1}},"Viewport":{}},"request":{"type":"IntentRequest","new":[1],"intent":{"name":"AddToCartIntent",
            "slots":{"product":{"name":"product","value":"mug"},"quantity":{"value":null},"odd":7}}}}"#;
        let read = Envelope::read(body).unwrap();
        assert_eq!((read.user().user_id.as_str(), read.permission("payments:autopay_consent")), ("u", Some("DENIED")));
        let slots = &read.request.intent.slots;
        assert_eq!(
            (slots["product"].spoken(), slots["quantity"].spoken(), slots["odd"].id()),
            (Some("mug"), None, None)
        );
        assert!(Envelope::read(br#"{"request":{}}"#).is_none() && Envelope::read(b"nonsense").is_none());
        assert!(
            Envelope::read(br#"{"request":{"type":"X","status":{"code":503}}}"#).unwrap().request.status.number()
                == 503
        );
    }
}
