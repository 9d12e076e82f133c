//! Who signed a request: both algorithms of the API, and the signature of a button.
//!
//! ```text
//! authorization: AMZN-PAY-RSASSA-PSS-V2 PublicKeyId=…, SignedHeaders=accept;…, Signature=…
//! ```
//! The two differ in name and salt length only; a signature with the other's salt is refused.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePublicKey;
use rsa::sha2::Sha256;
use rsa::{Pss, RsaPublicKey};
use sha2::Digest as _;

use super::wire::{encode_component, encode_rfc3986};

/// The signature algorithm that a request or button names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `AMZN-PAY-RSASSA-PSS`, salt of 20 bytes.
    Pss,
    /// `AMZN-PAY-RSASSA-PSS-V2`, salt of 32 bytes.
    PssV2,
}

impl Algorithm {
    /// Reads the name as it stands in the header.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        [Algorithm::Pss, Algorithm::PssV2].into_iter().find(|own| own.name() == name)
    }

    /// The name as it stands in the header and in the signed text.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Pss => "AMZN-PAY-RSASSA-PSS",
            Algorithm::PssV2 => "AMZN-PAY-RSASSA-PSS-V2",
        }
    }

    /// The only salt length that is accepted, in bytes.
    pub fn salt_length(self) -> usize {
        match self {
            Algorithm::Pss => 20,
            Algorithm::PssV2 => 32,
        }
    }

    /// What is signed for `content`: the name and the hash.
    pub fn string_to_sign(self, content: &str) -> String {
        format!("{}\n{}", self.name(), hash(content.as_bytes()))
    }
}

/// The `authorization` header, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Which algorithm.
    pub algorithm: Algorithm,
    /// Whose key.
    pub public_key_id: String,
    /// The list of signed headers, with the caller's own spelling.
    pub signed_headers: String,
    /// Base64.
    pub signature: String,
}

impl Authorization {
    /// Takes the header's value apart; `None` when a piece is missing.
    pub fn parse(value: &str) -> Option<Authorization> {
        let (algorithm, rest) = value.trim().split_once(' ')?;
        let piece = |name: &str| {
            let own = rest.split(',').find_map(|piece| piece.trim().strip_prefix(name)?.strip_prefix('='))?;
            (!own.is_empty()).then(|| own.to_owned())
        };
        Some(Authorization {
            algorithm: Algorithm::from_name(algorithm)?,
            public_key_id: piece("PublicKeyId")?,
            signed_headers: piece("SignedHeaders")?,
            signature: piece("Signature")?,
        })
    }

    /// Whether the list names this header, in any case.
    pub fn signs(&self, name: &str) -> bool {
        self.signed_headers.split(';').any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// What arrived, as far as it is signed.
pub struct Signed<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// As sent, with a leading slash, without the query.
    pub path: &'a str,
    /// As sent, without the question mark; empty for none.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// Exactly the bytes that were sent.
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// The canonical request with this path and this query. Source: Amazon Pay API v2, "Signing requests".
    pub fn canonical(&self, path: &str, query: &str, signed_headers: &str) -> String {
        let mut lines = vec![self.method.to_owned(), path.to_owned(), query.to_owned()];
        for name in signed_headers.split(';') {
            let name = name.to_ascii_lowercase();
            let values: Vec<&str> =
                self.headers.get_all(name.as_str()).iter().filter_map(|value| value.to_str().ok()).collect();
            lines.push(format!("{name}:{}", values.join(",").trim()));
        }
        lines.extend([String::new(), signed_headers.to_owned(), hash(self.body)]);
        lines.join("\n")
    }

    /// The canonical request that the signature verifies, or nothing.
    ///
    /// Tried are the path as sent and without the prefix that the emulator is mounted below, each with
    /// the query as sent, encoded like the Node SDK, and encoded by RFC 3986.
    pub fn verified(&self, authorization: &Authorization, public: &RsaPublicKey) -> Option<String> {
        let unmounted = self.path.strip_prefix("/amazon-pay").unwrap_or(self.path);
        let mut paths = vec![unmounted, self.path];
        paths.dedup();
        let queries = queries(self.query);
        let candidates = paths.iter().flat_map(|path| queries.iter().map(move |query| (path, query)));
        candidates
            .map(|(path, query)| self.canonical(path, query, &authorization.signed_headers))
            .find(|canonical| verifies(public, authorization.algorithm, canonical, &authorization.signature))
    }
}

/// The ways in which SDKs write the same query into the signed text.
fn queries(raw: &str) -> Vec<String> {
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
    let mut all = vec![raw.to_owned()];
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    let join = |write: &dyn Fn(&(String, String)) -> String| pairs.iter().map(write).collect::<Vec<_>>().join("&");
    all.push(join(&|(name, value)| format!("{name}={}", encode_component(value))));
    pairs.sort();
    let join = |write: &dyn Fn(&(String, String)) -> String| pairs.iter().map(write).collect::<Vec<_>>().join("&");
    all.push(join(&|(name, value)| format!("{}={}", encode_rfc3986(name), encode_rfc3986(value))));
    all.dedup();
    all
}

/// Whether `signature` (base64) over `content` was made with the owner's key, this algorithm and exactly its salt length.
pub fn verifies(public: &RsaPublicKey, algorithm: Algorithm, content: &str, signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else { return false };
    let digest = sha2::Sha256::digest(algorithm.string_to_sign(content).as_bytes());
    public.verify(Pss::new_with_salt::<Sha256>(algorithm.salt_length()), &digest, &signature).is_ok()
}

/// Reads a public key, `-----BEGIN PUBLIC KEY-----`.
pub fn read_key(pem: &str) -> Option<RsaPublicKey> {
    RsaPublicKey::from_public_key_pem(pem.trim()).ok()
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../tests/data/amazon_pay/amazon-pay-vectors.json")).unwrap()
    }

    fn headers(of: &Value) -> HeaderMap {
        let pairs = of.as_object().unwrap().iter();
        pairs
            .map(|(name, value)| {
                let name: axum::http::HeaderName = name.parse().unwrap();
                (name, value.as_str().unwrap().parse().unwrap())
            })
            .collect()
    }

    #[test]
    fn every_request_of_the_vectors_verifies_and_comes_out_byte_for_byte() {
        let vectors = vectors();
        let public = read_key(vectors["keys"]["public_key_pem"].as_str().unwrap()).unwrap();
        let requests = vectors["requests"].as_array().unwrap();
        assert!(requests.len() >= 10);
        for vector in requests {
            let text = |name: &str| vector[name].as_str().unwrap();
            let headers = headers(&vector["headers"]);
            let wire = text("wire_path_and_query").split_once('?').map_or("", |(_, query)| query);
            let signed = Signed {
                method: text("method"),
                path: text("path"),
                query: wire,
                headers: &headers,
                body: text("body").as_bytes(),
            };
            let header = format!("{}{}", text("authorization_without_signature"), text("sample_signature"));
            let authorization = Authorization::parse(&header).unwrap();
            assert_eq!(authorization.signed_headers, text("signed_headers"));
            let canonical = signed.verified(&authorization, &public).unwrap_or_else(|| panic!("{}", text("name")));
            assert_eq!(canonical, text("canonical_request"), "{}", text("name"));
            assert_eq!(authorization.algorithm.string_to_sign(&canonical), text("string_to_sign"));
            let mounted = format!("/amazon-pay{}", text("path"));
            assert!(Signed { path: &mounted, ..signed }.verified(&authorization, &public).is_some());
        }
    }

    #[test]
    fn buttons_and_right_signatures_pass_and_every_wrong_one_is_refused() {
        let vectors = vectors();
        let public = read_key(vectors["keys"]["public_key_pem"].as_str().unwrap()).unwrap();
        for vector in vectors["buttons"].as_array().unwrap() {
            let algorithm = Algorithm::from_name(vector["algorithm"].as_str().unwrap()).unwrap();
            let payload = vector["payload_json"].as_str().unwrap();
            assert_eq!(algorithm.string_to_sign(payload), vector["string_to_sign"].as_str().unwrap());
            assert!(verifies(&public, algorithm, payload, vector["sample_signature"].as_str().unwrap()));
        }
        let public = read_key(vectors["verify"]["public_key_pem"].as_str().unwrap()).unwrap();
        for case in vectors["verify"]["cases"].as_array().unwrap() {
            let algorithm = Algorithm::from_name(case["algorithm"].as_str().unwrap()).unwrap();
            let payload = case["payload"].as_str().unwrap();
            assert!(verifies(&public, algorithm, payload, case["valid_signature"].as_str().unwrap()));
            for wrong in case["invalid_signatures"].as_array().unwrap() {
                assert!(!verifies(&public, algorithm, payload, wrong["signature"].as_str().unwrap()), "{wrong}");
            }
        }
    }

    #[test]
    fn a_header_that_lacks_a_piece_is_none() {
        let whole = "AMZN-PAY-RSASSA-PSS PublicKeyId=SANDBOX-A, SignedHeaders=a;b, Signature=eA==";
        assert!(Authorization::parse(whole).is_some_and(|header| header.signs("B") && !header.signs("c")));
        for piece in ["-PSS", "PublicKeyId=SANDBOX-A", "SignedHeaders=a;b", "Signature=eA=="] {
            assert_eq!(Authorization::parse(&whole.replace(piece, "")), None, "{piece}");
        }
    }
}
