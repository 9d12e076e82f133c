//! Sends calls to FPS and says what came back, in FPS's words; never what it means.
//!
//! ```text
//! POST /  Action=Pay&AWSAccessKeyId=AKIA…&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=…&Version=2010-08-28&…&Signature=…
//! ```
//!
//! Two key pairs may be set during a rotation: when FPS does not know one of them, the call is made
//! once more with the other. That is safe, because such a call was not accepted for processing.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde::de::DeserializeOwned;

use crate::base::clock::Clock;
use crate::base::secret::Secret;
use crate::pay::fps::answers::{self, Complaint};
use crate::pay::fps::codes::ABOUT_KEYS;
use crate::pay::fps::sign::{Endpoint, Hash, Parameters, Verb, signed_query};
use crate::pay::fps::wire::{Ask, WireError};
use crate::pay::http;

/// The version of the API that is asked for: the guide's current one.
pub const VERSION: &str = "2010-08-28";

/// One pair of keys of our developer account.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// The access key id, `AKIA…`.
    pub access: String,
    /// The secret access key.
    pub secret: Secret,
}

/// Where FPS is and who we are there.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The API: `https://fps.amazonaws.com`, or the sandbox's.
    pub api_url: String,
    /// The pages: `https://authorize.payments.amazon.com/cobranded-ui/actions/start`.
    pub cbui_url: String,
    /// One key pair, or two during a rotation; the first is preferred.
    pub keys: Vec<KeyPair>,
    /// Where notifications go, as `OverrideIPNURL`; without it FPS uses the address of the account.
    pub ipn_url: Option<String>,
    /// The logo on the pages: at most 215 by 40 pixels, on https.
    pub cobranding_url: Option<String>,
}

/// Why a question has no answer of its own type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// FPS said no.
    Complaint(Complaint),
    /// Nothing came, or nothing that can be read: the call may have done its work. For the log.
    Silent(String),
    /// It was not sent, since FPS could not be told.
    NotSent(WireError),
}

/// The client.
#[derive(Debug)]
pub struct Fps {
    settings: Settings,
    http: http::Client,
    clock: Clock,
    /// The key pair that FPS accepted last.
    accepted: AtomicUsize,
}

impl Fps {
    /// A client for `settings`. Time stamps are real time, whatever the shop's own clock shows.
    pub fn new(settings: Settings, http: http::Client, clock: Clock) -> Fps {
        Fps { settings, http, clock, accepted: AtomicUsize::new(0) }
    }

    /// What the client was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The key pair to sign with: the one that FPS accepted last. Errors: none is set.
    pub fn key(&self) -> Result<&KeyPair, WireError> {
        let keys = &self.settings.keys;
        keys.get(self.accepted.load(Ordering::Relaxed)).or(keys.first()).ok_or(WireError::NoKeys)
    }

    /// Asks, and reads the answer as a `T`.
    pub async fn ask<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, Miss> {
        let pairs = self.settings.keys.len();
        let first = self.accepted.load(Ordering::Relaxed);
        let mut heard = Err(Miss::NotSent(WireError::NoKeys));
        for index in (first..pairs).chain(0..first) {
            heard = self.ask_with(ask, &self.settings.keys[index]).await;
            match &heard {
                Err(Miss::Complaint(complaint)) if ABOUT_KEYS.contains(&complaint.code.as_str()) => {
                    tracing::warn!(key_pair = index + 1, code = complaint.code, "FPS refuses one of our key pairs");
                }
                Ok(_) | Err(Miss::Complaint(_)) => {
                    self.accepted.store(index, Ordering::Relaxed);
                    break;
                }
                Err(Miss::Silent(_) | Miss::NotSent(_)) => break,
            }
        }
        heard
    }

    /// Asks with this key pair alone.
    pub(super) async fn ask_with<T: DeserializeOwned>(&self, ask: &Ask, key: &KeyPair) -> Result<T, Miss> {
        let query = self.signed(ask, key).map_err(Miss::NotSent)?;
        let name = format!("fps {}", ask.action());
        let address = &self.settings.api_url;
        let reply = match ask.verb() {
            Verb::Get => self.http.get(&name, &format!("{address}?{query}")).await,
            Verb::Post => self.http.post_form(&name, address, query).await,
        };
        let reply = reply.map_err(|http::Silence(why)| Miss::Silent(why))?;
        read(ask.action(), &reply)
    }

    /// The query or form of a call, with our key, the time and the signature added.
    fn signed(&self, ask: &Ask, key: &KeyPair) -> Result<String, WireError> {
        let api = &self.settings.api_url;
        let endpoint = Endpoint::of(api).ok_or_else(|| WireError::NotAnAddress(api.clone()))?;
        let mut all: Parameters = [
            ("Action", ask.action()),
            ("AWSAccessKeyId", key.access.as_str()),
            ("SignatureMethod", Hash::HmacSha256.word()),
            ("SignatureVersion", "2"),
            ("Timestamp", self.clock.real_now().iso8601().as_str()),
            ("Version", VERSION),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        all.extend(ask.parameters()?);
        if let Some(ipn_url) = self.settings.ipn_url.as_ref().filter(|_| ask.changes_something()) {
            all.push(("OverrideIPNURL".to_owned(), ipn_url.clone()));
        }
        Ok(signed_query(ask.verb(), &endpoint, &all, &key.secret, "Signature"))
    }
}

/// An error is an error whatever the HTTP status; an answer is one only with 200.
fn read<T: DeserializeOwned>(action: &str, reply: &http::Reply) -> Result<T, Miss> {
    if let Some(complaint) = answers::complaint(&reply.body) {
        tracing::info!(action, code = complaint.code, request_id = complaint.request_id, "FPS says no to {action}");
        return Err(Miss::Complaint(complaint));
    }
    if reply.status != 200 {
        return Err(Miss::Silent(format!("HTTP {} without an error that can be read", reply.status)));
    }
    tracing::debug!(action, request_id = answers::request_id(&reply.body), "FPS answered {action}");
    answers::read(&reply.body).map_err(|why| Miss::Silent(why.to_string()))
}

#[cfg(test)]
mod tests;
