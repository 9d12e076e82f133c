//! Signs calls and buttons for Amazon Pay: RSASSA-PSS over a canonical text.
//!
//! ```text
//! authorization: AMZN-PAY-RSASSA-PSS-V2 PublicKeyId=SANDBOX-AF…, SignedHeaders=accept;content-type;…, Signature=iWkD…
//! ```
//!
//! The two algorithms differ in name and in the length of the salt, and in nothing else. Checked
//! byte for byte against the texts that the official Node SDK signs. Source: Amazon Pay API v2,
//! "Signing requests"; Amazon Pay Checkout, "Add the Amazon Pay Button".

use std::fmt::{self, Write as _};
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey as _};
use rsa::rand_core::OsRng;
use rsa::sha2::{Digest, Sha256};
use rsa::{Pss, RsaPrivateKey};

use crate::base::secret::Secret;

/// What JavaScript's `encodeURIComponent` leaves as it is, besides letters and digits.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// How a text is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// `AMZN-PAY-RSASSA-PSS`, a salt of 20 bytes: what an SDK uses when none is configured.
    V1,
    /// `AMZN-PAY-RSASSA-PSS-V2`, a salt of 32 bytes: recommended, and our default.
    #[default]
    V2,
}

impl Algorithm {
    /// Both.
    pub const ALL: [Algorithm; 2] = [Algorithm::V1, Algorithm::V2];

    /// The word of the header, of the signed text and of the button's settings.
    pub fn word(self) -> &'static str {
        match self {
            Algorithm::V1 => "AMZN-PAY-RSASSA-PSS",
            Algorithm::V2 => "AMZN-PAY-RSASSA-PSS-V2",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.word() == word)
    }

    /// The length of the salt in bytes.
    pub fn salt(self) -> usize {
        match self {
            Algorithm::V1 => 20,
            Algorithm::V2 => 32,
        }
    }
}

/// Why nothing can be signed. Never holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The file is not a PKCS#1 or PKCS#8 RSA private key in PEM.
    #[error("the private key is not an RSA key in PEM (PKCS#1 or PKCS#8)")]
    NotAKey,
    /// The key is too small for the signature, or the system has no randomness.
    #[error("the private key cannot sign")]
    CannotSign,
}

/// Our private key. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct PrivateKey {
    key: RsaPrivateKey,
    /// The same key where signing is quick; its salt is as long as the digest, which is V2's.
    quick: Arc<RsaKeyPair>,
}

impl PrivateKey {
    /// Reads a PEM file in either of the two forms. Errors: it is none.
    pub fn from_pem(pem: &Secret) -> Result<PrivateKey, SignError> {
        let text = pem.reveal();
        let key = RsaPrivateKey::from_pkcs8_pem(text).or_else(|_| RsaPrivateKey::from_pkcs1_pem(text));
        let key = key.map_err(|_| SignError::NotAKey)?;
        let der = key.to_pkcs8_der().map_err(|_| SignError::NotAKey)?;
        let quick = RsaKeyPair::from_pkcs8(der.as_bytes()).map_err(|_| SignError::CannotSign)?;
        Ok(PrivateKey { key, quick: Arc::new(quick) })
    }

    /// The base64 signature of a string to sign. PSS is salted: no two are the same.
    pub fn sign(&self, algorithm: Algorithm, string_to_sign: &str) -> Result<String, SignError> {
        let text = string_to_sign.as_bytes();
        let signature = match algorithm {
            Algorithm::V1 => {
                let padding = Pss::new_with_salt::<Sha256>(algorithm.salt());
                let signed = self.key.sign_with_rng(&mut OsRng, padding, &Sha256::digest(text));
                signed.map_err(|_| SignError::CannotSign)?
            }
            Algorithm::V2 => {
                let mut signature = vec![0; self.quick.public_modulus_len()];
                let signed = self.quick.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text, &mut signature);
                signed.map_err(|_| SignError::CannotSign)?;
                signature
            }
        };
        Ok(STANDARD.encode(signature))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(***)")
    }
}

/// What of a call is signed.
#[derive(Clone, Copy, Debug)]
pub struct Signable<'a> {
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: &'a str,
    /// The path as sent, without query: `/v2/charges`.
    pub path: &'a str,
    /// The query as [`query_string`] writes it, or nothing.
    pub query: &'a str,
    /// Names and values as sent, in any order; all of them are signed.
    pub headers: &'a [(String, String)],
    /// The body exactly as sent; empty where there is none.
    pub body: &'a str,
}

impl Signable<'_> {
    fn sorted(&self) -> Vec<&(String, String)> {
        let mut headers: Vec<_> = self.headers.iter().collect();
        headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        headers
    }

    /// The list of header names, in the letters they were given in, as the header names them.
    pub fn signed_headers(&self) -> String {
        let names: Vec<&str> = self.sorted().into_iter().map(|(name, _)| name.as_str()).collect();
        names.join(";")
    }

    /// The text whose hash is signed.
    pub fn canonical(&self) -> String {
        let mut lines = format!("{}\n{}\n{}\n", self.method, self.path, self.query);
        for (name, value) in self.sorted() {
            let _ = writeln!(lines, "{}:{}", name.to_ascii_lowercase(), value.trim());
        }
        let _ = write!(lines, "\n{}\n{}", self.signed_headers(), hex_sha256(self.body));
        lines
    }
}

/// The text that is signed for a call: algorithm and hash of the canonical text.
pub fn string_to_sign(algorithm: Algorithm, canonical: &str) -> String {
    format!("{}\n{}", algorithm.word(), hex_sha256(canonical))
}

/// The value of the header `authorization`. Errors: the key cannot sign.
pub fn authorization(
    key: &PrivateKey,
    algorithm: Algorithm,
    public_key_id: &str,
    call: &Signable<'_>,
) -> Result<String, SignError> {
    let signature = key.sign(algorithm, &string_to_sign(algorithm, &call.canonical()))?;
    let (word, names) = (algorithm.word(), call.signed_headers());
    Ok(format!("{word} PublicKeyId={public_key_id}, SignedHeaders={names}, Signature={signature}"))
}

/// The signature of a button's `payloadJSON`: no date and no headers in it, so it stays valid as
/// long as the text stays the same byte for byte. Errors: the key cannot sign.
pub fn button_signature(key: &PrivateKey, algorithm: Algorithm, payload: &str) -> Result<String, SignError> {
    key.sign(algorithm, &string_to_sign(algorithm, payload))
}

/// Pairs sorted by name, names as they are, values encoded as JavaScript does it.
pub fn query_string(pairs: &[(&str, String)]) -> String {
    let mut pairs: Vec<_> = pairs.iter().collect();
    pairs.sort_by_key(|(name, _)| *name);
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY_VALUE))).collect();
    pairs.join("&")
}

fn hex_sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests;
