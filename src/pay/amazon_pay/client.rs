//! Sends calls to Amazon Pay and says what came back, in its words; never what it means.
//!
//! Two keys may be set during a rotation: when Amazon Pay does not accept one of them, the call is
//! made once more with the other, which is safe since the first was not accepted for processing.
//! A busy service is asked again after the official SDK's pauses, with the same key and body, for
//! as long as the lease of an operation allows. Source: hosts, headers and pauses of the official SDKs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::base::clock::Clock;
use crate::base::money::Currency;
use crate::pay::amazon_pay::calls::{Call, Verb};
use crate::pay::amazon_pay::sign::{Algorithm, PrivateKey, SignError, Signable, authorization, query_string};
use crate::pay::amazon_pay::wire::Complaint;
use crate::pay::http::{self, Ask};

/// The pauses before a second, third and fourth try. Source: the official PHP SDK.
pub const PAUSES: [Duration; 3] = [Duration::from_millis(1000), Duration::from_millis(2200), Duration::from_secs(7)];

/// No new try begins later than this after the first: with one more slow call it ends inside an
/// operation's lease of 60 s. What is left over waits in the shop's own queue.
const PATIENCE: Duration = Duration::from_secs(20);

/// Statuses that the official SDKs try again. A gateway's 502 and 504 are among them.
const BUSY: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];

/// The part of the world in which our merchant account is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Region {
    /// North America, in U.S. dollars.
    #[default]
    Na,
    /// Europe and the United Kingdom, in euros or pounds.
    Eu,
    /// Japan, in yen.
    Jp,
}

impl Region {
    /// Reads `na`, `us`, `eu`, `de`, `uk` or `jp`, in any case.
    pub fn from_word(word: &str) -> Option<Region> {
        match word.to_ascii_lowercase().as_str() {
            "na" | "us" => Some(Region::Na),
            "eu" | "de" | "uk" => Some(Region::Eu),
            "jp" => Some(Region::Jp),
            _ => None,
        }
    }

    /// The value of `x-amz-pay-region`.
    pub fn word(self) -> &'static str {
        match self {
            Region::Na => "na",
            Region::Eu => "eu",
            Region::Jp => "jp",
        }
    }

    /// The currency that the account's books are kept in, which the button has to name, for a shop in
    /// `shop`: Europe has two kinds of accounts, in pounds and in euros.
    pub fn ledger_currency(self, shop: Currency) -> &'static str {
        match self {
            Region::Na => "USD",
            Region::Jp => "JPY",
            Region::Eu if shop.code() == "GBP" => "GBP",
            Region::Eu => "EUR",
        }
    }

    /// Where the API is.
    pub fn api_url(self) -> &'static str {
        match self {
            Region::Na => "https://pay-api.amazon.com",
            Region::Eu => "https://pay-api.amazon.eu",
            Region::Jp => "https://pay-api.amazon.jp",
        }
    }

    /// Where the pages for buyers are. Not confirmed by the service for the first two.
    pub fn pages_url(self) -> &'static str {
        match self {
            Region::Na => "https://payments.amazon.com",
            Region::Eu => "https://payments-eu.amazon.com",
            Region::Jp => "https://payments.amazon.co.jp",
        }
    }

    /// The script that draws the button.
    pub fn script_url(self) -> &'static str {
        match self {
            Region::Na => "https://static-na.payments-amazon.com/checkout.js",
            Region::Eu => "https://static-eu.payments-amazon.com/checkout.js",
            Region::Jp => "https://static-fe.payments-amazon.com/checkout.js",
        }
    }

    /// How long to wait while the same thing is still being worked on (`TransactionInProgress`).
    pub fn time_limit(self) -> Duration {
        match self {
            Region::Na | Region::Eu => Duration::from_secs(15),
            Region::Jp => Duration::from_secs(30),
        }
    }
}

/// One key pair of our merchant account.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// `SANDBOX-AF…`, `LIVE-AF…`, or without the prefix as older accounts have it.
    pub public_key_id: String,
    /// Signs.
    pub private_key: PrivateKey,
}

impl KeyPair {
    /// What stands before the resource. The prefix of the key id chooses the environment; where it
    /// has none, the path says it.
    fn path_prefix(&self, is_sandbox: bool) -> &'static str {
        let id = self.public_key_id.to_ascii_uppercase();
        match is_sandbox {
            _ if id.starts_with("SANDBOX") || id.starts_with("LIVE") => "/v2/",
            true => "/sandbox/v2/",
            false => "/live/v2/",
        }
    }
}

/// Where Amazon Pay is and who we are there.
#[derive(Clone, Debug)]
pub struct Account {
    /// Where our account is.
    pub region: Region,
    /// Another service in place of the region's: the sandbox's address, without a path behind it
    /// or with one that is not signed.
    pub base_url: Option<String>,
    /// Which environment a key id without a prefix is for.
    pub is_sandbox: bool,
    /// How calls are signed.
    pub algorithm: Algorithm,
    /// One key pair, or two during a rotation; the first is preferred.
    pub keys: Vec<KeyPair>,
}

impl Account {
    /// Where the API is, without a slash at the end.
    pub fn api_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(self.region.api_url()).trim_end_matches('/')
    }

    /// Where the pages for buyers are, without a slash at the end.
    pub fn pages_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(self.region.pages_url()).trim_end_matches('/')
    }

    /// The script that draws the button.
    pub fn script_url(&self) -> String {
        match &self.base_url {
            Some(base) => format!("{}/checkout.js", base.trim_end_matches('/')),
            None => self.region.script_url().to_owned(),
        }
    }
}

/// Why a question has no answer of its own type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Amazon Pay said no.
    Complaint(Complaint),
    /// Nothing came, or nothing that can be read: the call may have done its work. For the log.
    Silent(String),
    /// It was not sent, since it could not be signed or addressed; mended by the operator.
    NotSent(String),
}

/// The client.
#[derive(Debug)]
pub struct Client {
    account: Account,
    http: http::Client,
    clock: Clock,
    /// The key pair that was accepted last.
    accepted: AtomicUsize,
    pauses: [Duration; 3],
}

impl Client {
    /// A client for `account`. Time stamps are real time, whatever the shop's own clock shows.
    pub fn new(account: Account, http: http::Client, clock: Clock) -> Client {
        Client { account, http, clock, accepted: AtomicUsize::new(0), pauses: PAUSES }
    }

    #[cfg(test)]
    pub(super) fn without_pauses(mut self) -> Client {
        self.pauses = [Duration::ZERO; 3];
        self
    }

    /// What the client was made with.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The HTTP client, for what is not signed: certificates and confirmations.
    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// Real and business time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The key pair to sign with: the one that was accepted last. Errors: none is set.
    pub fn key(&self) -> Result<&KeyPair, Miss> {
        let keys = &self.account.keys;
        let key = keys.get(self.accepted.load(Ordering::Relaxed)).or(keys.first());
        key.ok_or_else(|| Miss::NotSent("no key pair is configured".to_owned()))
    }

    /// Asks, and reads the answer.
    pub async fn ask<A: DeserializeOwned>(&self, call: &Call<A>) -> Result<A, Miss> {
        let pairs = self.account.keys.len();
        let first = self.accepted.load(Ordering::Relaxed);
        let mut heard = Err(self.key().err().unwrap_or_else(|| Miss::Silent(String::new())));
        for index in (first..pairs).chain(0..first) {
            heard = self.ask_patiently(call, &self.account.keys[index]).await;
            match &heard {
                Err(Miss::Complaint(complaint)) if is_about_keys(complaint) => {
                    tracing::warn!(key_pair = index + 1, code = complaint.reason_code, "Amazon Pay refuses a key pair");
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

    async fn ask_patiently<A: DeserializeOwned>(&self, call: &Call<A>, key: &KeyPair) -> Result<A, Miss> {
        let began = Instant::now();
        let mut pauses = self.pauses.iter();
        loop {
            let reply = self.send(call, key).await?;
            let busy = BUSY.contains(&reply.status) && call.is_repeatable();
            let pause = pauses.next().filter(|_| busy).map(|pause| match reply.status {
                425 if !pause.is_zero() => self.account.region.time_limit(),
                _ => *pause,
            });
            match pause {
                Some(pause) if began.elapsed() + pause < PATIENCE => {
                    tracing::info!(call = call.name, status = reply.status, ?pause, "Amazon Pay is busy");
                    tokio::time::sleep(pause).await;
                }
                _ => return read(call, &reply),
            }
        }
    }

    async fn send<A>(&self, call: &Call<A>, key: &KeyPair) -> Result<http::Reply, Miss> {
        let query = query_string(&call.query);
        let path = format!("{}{}", key.path_prefix(self.account.is_sandbox), call.path);
        let headers = self.headers(call, key, &path, &query).map_err(Miss::NotSent)?;
        let question = if query.is_empty() { String::new() } else { format!("?{query}") };
        let ask = Ask {
            name: &format!("amazon_pay {}", call.name),
            method: call.verb.word(),
            address: &format!("{}{path}{question}", self.account.api_url()),
            headers: &headers,
            body: &call.body,
        };
        self.http.send(ask).await.map_err(|http::Silence(why)| Miss::Silent(why))
    }

    /// The headers of a call, the signature among them. What is not signed is not sent.
    fn headers<A>(
        &self,
        call: &Call<A>,
        key: &KeyPair,
        path: &str,
        query: &str,
    ) -> Result<Vec<(String, String)>, String> {
        let api = self.account.api_url();
        let url = Url::parse(api).map_err(|_| format!("{api} is not an address"))?;
        let host = url.host_str().ok_or_else(|| format!("{api} has no host"))?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut headers = vec![
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("x-amz-pay-region", self.account.region.word().to_owned()),
            ("x-amz-pay-date", self.clock.real_now().iso8601()),
            ("x-amz-pay-host", format!("{host}{port}")),
        ];
        if let Some(key) = call.key.as_ref().filter(|_| call.verb == Verb::Post) {
            headers.push(("x-amz-pay-idempotency-key", key.as_str().to_owned()));
        }
        let mut headers: Vec<(String, String)> =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let signable = Signable { method: call.verb.word(), path, query, headers: &headers, body: &call.body };
        let value = authorization(&key.private_key, self.account.algorithm, &key.public_key_id, &signable);
        headers.push(("authorization".to_owned(), value.map_err(|why: SignError| why.to_string())?));
        Ok(headers)
    }
}

/// A key pair that is unknown, disabled or signs wrongly; another may do.
pub fn is_about_keys(complaint: &Complaint) -> bool {
    matches!(complaint.reason_code.as_str(), "InvalidAuthentication" | "InvalidRequestSignature")
}

/// 2xx is an answer, and so is 303 where the call leads elsewhere; an error envelope is a no, and
/// anything else is nothing at all.
fn read<A: DeserializeOwned>(call: &Call<A>, reply: &http::Reply) -> Result<A, Miss> {
    let name = call.name;
    let request_id = reply.request_id.clone().unwrap_or_default();
    if let (true, 303, Some(location)) = (call.leads_elsewhere, reply.status, &reply.location) {
        return serde_json::from_value(serde_json::json!({ "location": location }))
            .map_err(|why| Miss::Silent(format!("a place that cannot be read: {why} (request {request_id})")));
    }
    if (200..300).contains(&reply.status) {
        tracing::debug!(call = name, request_id, "Amazon Pay answered {name}");
        let body = if reply.body.trim().is_empty() { "null" } else { &reply.body };
        return serde_json::from_str(body)
            .map_err(|why| Miss::Silent(format!("an answer that cannot be read: {why} (request {request_id})")));
    }
    match serde_json::from_str::<Complaint>(&reply.body) {
        Ok(complaint) => {
            tracing::info!(call = name, code = complaint.reason_code, request_id, "Amazon Pay says no to {name}");
            Err(Miss::Complaint(Complaint { request_id, status: reply.status, ..complaint }))
        }
        Err(_) => Err(Miss::Silent(format!("HTTP {} without an error that can be read", reply.status))),
    }
}

#[cfg(test)]
mod tests;
