//! Every published vector, byte for byte.

use super::*;

fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../../tests/data/fps/fps-vectors-public.json")).unwrap()
}

fn text<'a>(vector: &'a serde_json::Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{} has no {field}", vector["id"]))
}

fn parameters(vector: &serde_json::Value) -> Parameters {
    let object = vector["params"].as_object().unwrap();
    object.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn signed_text(vector: &serde_json::Value) -> String {
    let verb = if text(vector, "method") == "POST" { Verb::Post } else { Verb::Get };
    let endpoint = Endpoint { host: text(vector, "host").to_owned(), path: text(vector, "path").to_owned() };
    string_to_sign(verb, &endpoint, &parameters(vector))
}

#[test]
fn every_published_signature_is_made_again() {
    let all = vectors();
    let mut seen = 0;
    for vector in all["vectors"].as_array().unwrap().iter().chain(all["known_answers"].as_array().unwrap()) {
        let id = &vector["id"];
        let signed = signed_text(vector);
        assert_eq!(signed, text(vector, "string_to_sign"), "{id}");
        let hash = match text(vector, "algorithm") {
            "HmacSHA256" => Hash::HmacSha256,
            "HmacSHA1" => Hash::HmacSha1,
            "RSA-SHA1 (PKCS#1 v1.5)" => continue,
            other => panic!("{id}: {other}"),
        };
        let signature = signature(hash, &Secret::new(text(vector, "secret")), &signed);
        assert_eq!(signature, text(vector, "signature"), "{id}");
        if let Some(encoded) = vector["signature_urlencoded"].as_str() {
            assert_eq!(encode(&signature), encoded, "{id}");
        }
        seen += 1;
    }
    assert_eq!(seen, 22);
}

/// Signatures that the service itself once made over a return and a notification: what we call the
/// string to sign is what it signed.
#[cfg(feature = "sandbox")]
#[test]
fn genuine_signatures_of_the_service_cover_the_same_text() {
    use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
    use sha1::Digest;

    // The prefix that PKCS #1 v1.5 puts before a SHA-1 hash.
    const SHA1_PREFIX: [u8; 15] =
        [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
    let all = vectors();
    let genuine: Vec<_> =
        all["known_answers"].as_array().unwrap().iter().filter(|v| v["kind"] == "outbound-rsa").collect();
    assert_eq!(genuine.len(), 2);
    for vector in genuine {
        let modulus = BigUint::parse_bytes(text(vector, "modulus_hex").as_bytes(), 16).unwrap();
        let key = RsaPublicKey::new(modulus, BigUint::from(65_537_u32)).unwrap();
        let scheme = || Pkcs1v15Sign { hash_len: Some(20), prefix: Box::new(SHA1_PREFIX) };
        let signature = STANDARD.decode(text(vector, "signature")).unwrap();
        let hash = sha1::Sha1::digest(signed_text(vector).as_bytes());
        assert!(key.verify(scheme(), &hash, &signature).is_ok(), "{}", vector["id"]);
        let other = sha1::Sha1::digest(signed_text(vector).replace("www.", "").as_bytes());
        assert!(key.verify(scheme(), &other, &signature).is_err(), "{}", vector["id"]);
    }
}

#[test]
fn an_endpoint_signs_its_port_only_where_the_host_header_carries_it() {
    let of = |address: &str| Endpoint::of(address).map(|it| (it.host, it.path));
    assert_eq!(of("https://fps.amazonaws.com"), Some(("fps.amazonaws.com".into(), "/".into())));
    assert_eq!(of("http://127.0.0.1:3001/fps/"), Some(("127.0.0.1:3001".into(), "/fps/".into())));
    assert_eq!(of("https://FPS.example:443/a"), Some(("fps.example".into(), "/a".into())));
    assert_eq!(of("nothing"), None);
}

#[test]
fn the_signature_is_encoded_once_and_comes_last() {
    let endpoint = Endpoint { host: "fps.sandbox.amazonaws.com".into(), path: "/".into() };
    let parameters = vec![("b".to_owned(), "two words".to_owned()), ("a".to_owned(), String::new())];
    let query = signed_query(Verb::Get, &endpoint, &parameters, &Secret::new("secret"), "Signature");
    let (before, signature) = query.split_once("&Signature=").unwrap();
    assert_eq!(before, "a=&b=two%20words");
    assert!(signature.ends_with("%3D") && !signature.contains("%25"), "{signature}");
}
