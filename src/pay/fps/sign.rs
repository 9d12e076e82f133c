//! Signature version 2, as FPS wants it on every call and on every address of its pages.
//!
//! Pure: text in, text out. The string that is signed, on one line each:
//!
//! ```text
//! GET
//! fps.sandbox.amazonaws.com
//! /
//! AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Action=Pay&...
//! ```
//!
//! Source: the guide, "Working with Signatures". Its own sample signatures cannot be made again
//! with the example secret; the vectors in `tests/data/fps` come from third-party clients.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::base::secret::Secret;

/// What stays as it is: `A-Z a-z 0-9 - _ . ~`. A space becomes `%20`, never `+`.
const KEEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Names and values before encoding.
pub type Parameters = Vec<(String, String)>;

/// How a request travels; the first line of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Parameters in the query.
    Get,
    /// Parameters in the body, form encoded.
    Post,
}

impl Verb {
    /// The word of HTTP.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
        }
    }
}

/// The keyed hash. It is itself a signed parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// The one the guide prefers, and the one we send.
    HmacSha256,
    /// The older one.
    HmacSha1,
}

impl Hash {
    /// The word of `SignatureMethod`.
    pub fn word(self) -> &'static str {
        match self {
            Hash::HmacSha256 => "HmacSHA256",
            Hash::HmacSha1 => "HmacSHA1",
        }
    }
}

/// The parts of an address that are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host as the Host header carries it: small letters, with a port that is not the default.
    pub host: String,
    /// `/` when the address has none.
    pub path: String,
}

impl Endpoint {
    /// The endpoint of `address`, or nothing where it has no host.
    pub fn of(address: &str) -> Option<Endpoint> {
        let url = Url::parse(address).ok()?;
        let host = url.host_str()?.to_lowercase();
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        Some(Endpoint { host, path: url.path().to_owned() })
    }
}

/// Percent-encodes `text` once, in capitals.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, KEEP).to_string()
}

/// All parameters, sorted by raw name in byte order and encoded. Also what is sent, so that what is
/// signed and what travels cannot differ.
pub fn canonical_query(parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let pairs: Vec<_> = sorted.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// The text that is signed.
pub fn string_to_sign(verb: Verb, endpoint: &Endpoint, parameters: &[(String, String)]) -> String {
    format!("{}\n{}\n{}\n{}", verb.word(), endpoint.host.to_lowercase(), endpoint.path, canonical_query(parameters))
}

/// The signature of `text` in base 64, not yet encoded for an address.
pub fn signature(hash: Hash, secret: &Secret, text: &str) -> String {
    let key = secret.reveal().as_bytes();
    match hash {
        Hash::HmacSha256 => STANDARD.encode(hmac::<Hmac<sha2::Sha256>>(key, text)),
        Hash::HmacSha1 => STANDARD.encode(hmac::<Hmac<sha1::Sha1>>(key, text)),
    }
}

fn hmac<M: Mac + KeyInit>(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The query or form of `parameters` with the signature at its end, encoded exactly once.
/// `signature_name` is `Signature` for calls and `signature` for pages.
pub fn signed_query(
    verb: Verb,
    endpoint: &Endpoint,
    parameters: &[(String, String)],
    secret: &Secret,
    signature_name: &str,
) -> String {
    let text = string_to_sign(verb, endpoint, parameters);
    let signature = signature(Hash::HmacSha256, secret, &text);
    format!("{}&{signature_name}={}", canonical_query(parameters), encode(&signature))
}

#[cfg(test)]
mod tests;
