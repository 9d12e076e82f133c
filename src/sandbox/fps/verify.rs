//! Signature version 2, as the provider checks it: written apart from the shop's signer on
//! purpose, since a shared one would hide its own bug.
//!
//! ```text
//! GET\nfps.sandbox.amazonaws.com\n/\nAWSAccessKeyId=…&Action=Pay&…
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use subtle::ConstantTimeEq;

use crate::sandbox::keys::SigningKey;

/// Kept as they are; everything else becomes `%XY` (the guide's "Working with signatures").
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Percent-encodes once: space is `%20`, plus is `%2B`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Name and value pairs as `a=1&b=2`, encoded once, in the order given.
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// The text that is signed. `pairs` are decoded; a pair named like the signature (in any case) is left out.
pub fn string_to_sign<'a>(
    verb: &str,
    host: &str,
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut pairs: Vec<(&str, &str)> =
        pairs.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("signature")).collect();
    pairs.sort_unstable();
    let path = if path.is_empty() { "/" } else { path };
    format!("{verb}\n{}\n{path}\n{}", host.to_ascii_lowercase(), query(pairs))
}

/// The HMAC of `text`, base64; `None` for a method other than `HmacSHA256` and `HmacSHA1`.
pub fn hmac(method: &str, secret: &str, text: &str) -> Option<String> {
    let bytes = match method {
        "HmacSHA256" => Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes())
            .ok()?
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
        "HmacSHA1" => Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes())
            .ok()?
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
        _ => return None,
    };
    Some(STANDARD.encode(bytes))
}

/// Whether `signature` is the HMAC of `text` under `secret`, compared in constant time.
pub fn is_signed(method: &str, secret: &str, text: &str, signature: &str) -> bool {
    hmac(method, secret, text).is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(signature.as_bytes())))
}

/// Host (with a port that is not the scheme's own) and path of an address, as they are signed.
pub fn host_and_path(address: &str) -> Option<(String, String)> {
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str()?;
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Some((host, url.path().to_owned()))
}

/// Adds the four signature fields to what we send to `address`: `verb` is GET for a return, POST for a notification.
pub fn sign_outbound(
    key: &SigningKey,
    certificate_url: &str,
    verb: &str,
    address: &str,
    fields: &mut Vec<(String, String)>,
) -> Option<String> {
    let (host, path) = host_and_path(address)?;
    for (name, value) in
        [("signatureVersion", "2"), ("signatureMethod", "RSA-SHA1"), ("certificateUrl", certificate_url)]
    {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let text = string_to_sign(verb, &host, &path, as_pairs(fields));
    fields.push(("signature".to_owned(), key.sign(&text).ok()?));
    Some(text)
}

/// `VerifySignature`: whether the raw parameters were signed by us for this address, as a return (GET) or a notification (POST).
///
/// Errors: the name of the piece that is missing or wrong, for `InvalidParams`.
pub fn verify_outbound(
    key: &SigningKey,
    certificate_url: &str,
    end_point: &str,
    raw: &str,
) -> Result<bool, &'static str> {
    let (host, path) = host_and_path(end_point).ok_or("UrlEndPoint")?;
    let fields: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
    let field =
        |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty());
    let signature = field("signature").ok_or("signature")?;
    let method = field("signatureMethod").ok_or("signatureMethod")?;
    let certificate = field("certificateUrl").ok_or("certificateUrl")?;
    if field("signatureVersion").ok_or("signatureVersion")? != "2" {
        return Err("signatureVersion");
    }
    Ok(method == "RSA-SHA1"
        && certificate == certificate_url
        && ["GET", "POST"]
            .iter()
            .any(|verb| key.verifies(&string_to_sign(verb, &host, &path, as_pairs(&fields)), signature)))
}

/// Owned pairs as borrowed ones.
pub fn as_pairs(fields: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../../../tests/data/fps/fps-vectors-public.json")).unwrap()
    }

    fn signed_text(vector: &serde_json::Value) -> String {
        let text = |name: &str| vector[name].as_str().unwrap();
        let params = vector["params"].as_object().unwrap();
        string_to_sign(
            text("method"),
            text("host"),
            text("path"),
            params.iter().map(|(n, v)| (n.as_str(), v.as_str().unwrap())),
        )
    }

    #[test]
    fn every_published_vector_comes_out_byte_for_byte() {
        let vectors = vectors();
        let all = vectors["vectors"].as_array().unwrap();
        assert!(all.len() >= 15, "only {} vectors", all.len());
        for vector in all {
            let text = signed_text(vector);
            assert_eq!(text, vector["string_to_sign"].as_str().unwrap(), "{}", vector["id"]);
            let signature =
                hmac(vector["algorithm"].as_str().unwrap(), vector["secret"].as_str().unwrap(), &text).unwrap();
            assert_eq!(signature, vector["signature"].as_str().unwrap(), "{}", vector["id"]);
            assert_eq!(encode(&signature), vector["signature_urlencoded"].as_str().unwrap(), "{}", vector["id"]);
        }
    }

    #[test]
    fn the_known_answers_of_others_verify() {
        for vector in vectors()["known_answers"].as_array().unwrap() {
            let text = signed_text(vector);
            assert_eq!(text, vector["string_to_sign"].as_str().unwrap(), "{}", vector["id"]);
            let signature = vector["signature"].as_str().unwrap();
            if let Some(modulus) = vector["modulus_hex"].as_str() {
                let modulus = rsa::BigUint::parse_bytes(modulus.as_bytes(), 16).unwrap();
                let public = rsa::RsaPublicKey::new(modulus, rsa::BigUint::from(65537_u32)).unwrap();
                assert!(crate::sandbox::keys::verifies(&public, &text, signature), "{}", vector["id"]);
            } else {
                assert!(is_signed(
                    vector["algorithm"].as_str().unwrap(),
                    vector["secret"].as_str().unwrap(),
                    &text,
                    signature
                ));
            }
        }
    }

    #[test]
    fn the_default_port_is_not_signed_and_another_is() {
        assert_eq!(host_and_path("http://shop.example:80/return?a=1"), Some(("shop.example".into(), "/return".into())));
        assert_eq!(host_and_path("http://localhost:3000"), Some(("localhost:3000".into(), "/".into())));
        assert_eq!(host_and_path("no address"), None);
    }

    #[test]
    fn a_signature_encoded_twice_fails() {
        let signature = hmac("HmacSHA256", "secret", "text").unwrap();
        assert!(is_signed("HmacSHA256", "secret", "text", &signature));
        assert!(!is_signed("HmacSHA256", "secret", "text", &encode(&signature)));
        assert!(!is_signed("HmacMD5", "secret", "text", &signature));
    }
}
