//! The published texts and signatures, and what must not verify.

use rsa::pkcs8::{DecodePublicKey, EncodePrivateKey, LineEnding};
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use serde_json::Value;

use super::*;
use crate::pay::amazon_pay::canned::a_key;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../tests/data/amazon_pay/amazon-pay-vectors.json")).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn public_key(pem: &Value) -> RsaPublicKey {
    RsaPublicKey::from_public_key_pem(pem.as_str().unwrap()).unwrap()
}

/// Whether `signature` was made for exactly this algorithm.
fn verifies(key: &RsaPublicKey, algorithm: Algorithm, string_to_sign: &str, signature: &str) -> bool {
    let digest = Sha256::digest(string_to_sign.as_bytes());
    let padding = Pss::new_with_salt::<Sha256>(algorithm.salt());
    key.verify(padding, &digest, &STANDARD.decode(signature).unwrap()).is_ok()
}

fn algorithm(case: &Value) -> Algorithm {
    let algorithm = Algorithm::from_word(text(case, "algorithm")).unwrap();
    assert_eq!(algorithm.salt() as u64, case["salt_length"].as_u64().unwrap());
    algorithm
}

#[test]
fn every_published_request_has_the_published_texts() {
    let vectors = vectors();
    let key = public_key(&vectors["keys"]["public_key_pem"]);
    let requests = vectors["requests"].as_array().unwrap();
    assert!(requests.len() >= 10);
    for case in requests {
        let name = text(case, "name");
        let headers: Vec<(String, String)> = case["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        let call = Signable {
            method: text(case, "method"),
            path: text(case, "path"),
            query: text(case, "query_string"),
            headers: &headers,
            body: text(case, "body"),
        };
        assert_eq!(hex_sha256(call.body), text(case, "body_sha256"), "{name}");
        assert_eq!(call.signed_headers(), text(case, "signed_headers"), "{name}");
        assert_eq!(call.canonical(), text(case, "canonical_request"), "{name}");
        let algorithm = algorithm(case);
        let string_to_sign = string_to_sign(algorithm, &call.canonical());
        assert_eq!(string_to_sign, text(case, "string_to_sign"), "{name}");
        assert!(verifies(&key, algorithm, &string_to_sign, text(case, "sample_signature")), "{name}");
        let header = authorization(&a_key(), algorithm, text(case, "public_key_id"), &call).unwrap();
        assert!(header.starts_with(text(case, "authorization_without_signature")), "{name}: {header}");
    }
}

#[test]
fn a_query_is_sorted_and_encoded_as_the_node_sdk_does_it() {
    for case in vectors()["requests"].as_array().unwrap() {
        let Some(params) = case["query_params"].as_object() else { continue };
        let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs: Vec<(&str, String)> = params.iter().map(|(name, it)| (name.as_str(), value(it))).collect();
        assert_eq!(query_string(&pairs), text(case, "query_string"));
    }
}

#[test]
fn every_published_button_has_the_published_text() {
    let vectors = vectors();
    let key = public_key(&vectors["keys"]["public_key_pem"]);
    for case in vectors["buttons"].as_array().unwrap() {
        let (algorithm, payload) = (algorithm(case), text(case, "payload_json"));
        let string_to_sign = string_to_sign(algorithm, payload);
        assert_eq!(string_to_sign, text(case, "string_to_sign"));
        assert!(verifies(&key, algorithm, &string_to_sign, text(case, "sample_signature")));
        let ours = button_signature(&a_key(), algorithm, payload).unwrap();
        assert!(verifies(&a_key().key.to_public_key(), algorithm, &string_to_sign, &ours));
    }
}

#[test]
fn a_signature_for_the_other_salt_or_padding_does_not_verify() {
    let vectors = vectors();
    let key = public_key(&vectors["verify"]["public_key_pem"]);
    for case in vectors["verify"]["cases"].as_array().unwrap() {
        let (algorithm, signed) = (algorithm(case), text(case, "string_to_sign"));
        assert_eq!(string_to_sign(algorithm, text(case, "payload")), signed);
        assert!(verifies(&key, algorithm, signed, text(case, "valid_signature")));
        for bad in case["invalid_signatures"].as_array().unwrap() {
            assert!(!verifies(&key, algorithm, signed, text(bad, "signature")), "{}", text(bad, "why"));
        }
    }
}

#[test]
fn our_signatures_hold_exactly_the_salt_of_their_algorithm() {
    let (key, public) = (a_key(), a_key().key.to_public_key());
    for (algorithm, other) in [(Algorithm::V1, Algorithm::V2), (Algorithm::V2, Algorithm::V1)] {
        let signature = key.sign(algorithm, "text").unwrap();
        assert!(verifies(&public, algorithm, "text", &signature));
        assert!(!verifies(&public, other, "text", &signature));
        let digest = Sha256::digest(b"text");
        assert!(public.verify(Pkcs1v15Sign::new_unprefixed(), &digest, &STANDARD.decode(&signature).unwrap()).is_err());
    }
}

#[test]
fn a_key_is_read_in_both_forms_and_never_shown() {
    let key = a_key();
    let pkcs8 = key.key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string();
    let pkcs1 = rsa::pkcs1::EncodeRsaPrivateKey::to_pkcs1_pem(&key.key, LineEnding::LF).unwrap().to_string();
    for pem in [pkcs8, pkcs1] {
        assert_eq!(PrivateKey::from_pem(&Secret::new(pem)).unwrap().key, key.key);
    }
    assert_eq!(PrivateKey::from_pem(&Secret::new("no key")).unwrap_err(), SignError::NotAKey);
    assert_eq!(format!("{key:?}"), "PrivateKey(***)");
}
