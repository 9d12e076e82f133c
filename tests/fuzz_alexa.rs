//! Nonsense of every kind at the gate of the skill: what anybody can send before a signature was checked.
//!
//! ```text
//! PROPTEST_CASES=1000000 cargo test --release --test fuzz_alexa
//! ```

use proptest::prelude::*;
use pushcart::alexa::envelope::Envelope;
use pushcart::alexa::verify::address::ChainAddress;
use pushcart::alexa::verify::chain::{Chain, Roots};
use pushcart::base::clock::Millis;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Map, Value, json};

/// Whatever is read can be asked for everything.
fn ask_everything(body: &[u8]) {
    let Some(read) = Envelope::read(body) else { return };
    assert!(!read.request.kind.is_empty(), "a request says what it is");
    let user = read.user();
    assert!(user.user_id.len() <= body.len());
    for scope in user.permissions.scopes.keys() {
        let granted = read.permission(scope);
        assert!(matches!(granted, None | Some("GRANTED" | "DENIED")), "{granted:?}");
    }
    let _ = (read.permission("payments:autopay_consent"), read.request.status.number());
    for slot in read.request.intent.slots.values() {
        assert!(slot.id().is_none_or(|id| !id.is_empty()) && slot.spoken().is_none_or(|said| !said.trim().is_empty()));
    }
}

/// Real requests, one of each kind.
fn samples() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alexa/requests");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let all: Vec<Value> = files
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        .collect();
    assert_eq!(all.len(), 39);
    all
}

/// Values that the published types do not know, each odd in its own way.
fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(Value::from),
        prop_oneof!["GRANTED", "ER_SUCCESS_MATCH", "200", "Connections.Response", "AlexaSkillEvent.X", "\u{0}"]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        let members = prop_oneof!["[a-zA-Z@:.]{0,12}".prop_map(String::from), known_member()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(members, inner, 0..6)
                .prop_map(|all| Value::Object(all.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn known_member() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "request",
        "session",
        "context",
        "System",
        "user",
        "userId",
        "permissions",
        "scopes",
        "status",
        "type",
        "intent",
        "slots",
        "resolutions",
        "resolutionsPerAuthority",
        "values",
        "value",
        "id",
        "payload",
        "token",
        "code",
        "timestamp",
        "application",
        "applicationId",
        "new",
        "name",
        "payments:autopay_consent",
    ])
    .prop_map(str::to_owned)
}

/// Every place in a value, as a path.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{number}"), all);
            }
        }
        _ => {}
    }
}

/// A real request with some of its members replaced.
fn mutated_request() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), odd_value());
    (prop::sample::select(samples()), prop::collection::vec(change, 1..5)).prop_map(|(mut request, changes)| {
        for (place, new) in changes {
            let mut all = Vec::new();
            places(&request, "", &mut all);
            *request.pointer_mut(place.get(&all[..]).as_str()).unwrap() = new;
        }
        request.to_string().into_bytes()
    })
}

/// The bytes of a real request, some of them other bytes, and perhaps cut short.
fn damaged_bytes(whole: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>());
    (prop::sample::select(whole), prop::collection::vec(change, 0..6), prop::option::of(any::<prop::sample::Index>()))
        .prop_map(|(mut bytes, changes, cut)| {
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
            bytes
        })
}

/// Text that is nearly JSON: numbers that no type holds, names twice, brackets without an end.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"request\":",
        "\"type\":",
        "\"intent\":",
        "\"slots\":",
        "\"X\"",
        "null",
        "1e999",
        "-0",
        "123456789012345678901234567890",
        "0.1e-400",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "true",
        " ",
        "\u{feff}",
        "{\"request\":{\"type\":\"X\"}}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A good address with pieces of bad ones in it.
fn mutated_address() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["https", "HTTPS", "hTTps", "http", "ftp", "", "https:https", " https"]);
    let slashes = prop::sample::select(vec!["://", "://", "://", ":/", ":", ":///", ":\\\\", "//"]);
    let user = prop::sample::select(vec!["", "", "", "", "@", ":@", "a@", "a:b@", "s3.amazonaws.com@", "%40"]);
    let host = prop::sample::select(vec![
        "s3.amazonaws.com",
        "s3.amazonaws.com",
        "S3.AmazonAWS.com",
        "s3.amazonaws.com.",
        "s3.amazonaws.com.evil.example",
        "evil.example",
        "s3%2eamazonaws.com",
        "\u{ff53}3.amazonaws.com",
        "s3\u{3002}amazonaws.com",
        "[::1]",
        "127.1",
        "",
    ]);
    let port = prop::sample::select(vec!["", "", "", ":443", ":", ":0443", ":563", ":443443", ":x"]);
    let segment = prop::sample::select(vec![
        "echo.api",
        "echo.api",
        "EcHo.aPi",
        "echo%2eapi",
        "..",
        ".",
        "%2e%2e",
        "%2E.",
        ".%2e",
        "%2e",
        "",
        "x",
        "...",
        "..;",
        "%2f",
        "%00",
        "c.pem",
        "c d",
        "\\",
        "..\\",
        "é",
        "\t",
        "^",
        "`",
        "{}",
        "\"<>",
        "|",
        "~",
        "%",
        "%zz",
        "@",
        ":",
    ]);
    let path = prop::collection::vec(segment, 0..7).prop_map(|all| all.iter().map(|one| format!("/{one}")).collect());
    let path = prop_oneof![2 => path, 1 => Just("/echo.api/c.pem".to_owned()), 1 => "/echo\\.api/[!-~]{1,12}"];
    let tail = prop::sample::select(vec!["", "", "", "", "?", "?a=b", "#", "#a", "\n", " "]);
    let whole =
        (scheme, slashes, user, host, port, path, tail).prop_map(|(scheme, slashes, user, host, port, path, tail)| {
            format!("{scheme}{slashes}{user}{host}{port}{path}{tail}")
        });
    let change = prop::option::of((any::<prop::sample::Index>(), any::<char>()));
    (whole, change).prop_map(|(whole, change)| match change {
        Some((place, letter)) if (letter as u32).is_multiple_of(4) && !whole.is_empty() => {
            let mut letters: Vec<char> = whole.chars().collect();
            let place = place.index(letters.len());
            letters[place] = letter;
            letters.into_iter().collect()
        }
        _ => whole,
    })
}

/// The rules of "Host a Custom Skill as a Web Service" for a certificate's address, written down a second time and
/// without a library: the path of an address that is Amazon's, dot segments removed.
fn path_by_hand(address: &str) -> Option<String> {
    let is_clean = address.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\');
    if !is_clean || address.len() > 2000 || !address.get(..8)?.eq_ignore_ascii_case("https://") {
        return None;
    }
    let rest = &address[8..];
    let (authority, path) = rest.split_at(rest.find('/')?);
    let authority = authority.to_lowercase();
    if authority != "s3.amazonaws.com" && authority != "s3.amazonaws.com:443" || path.contains(['?', '#']) {
        return None;
    }
    // RFC 3986, section 5.2.4, with encoded dots decoded first
    let mut kept: Vec<String> = Vec::new();
    let segments: Vec<&str> = path[1..].split('/').collect();
    for (number, segment) in segments.iter().enumerate() {
        let is_last = number + 1 == segments.len();
        let decoded = segment.to_lowercase().replace("%2e", ".");
        match decoded.as_str() {
            "." | ".." => {
                if decoded == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push(String::new());
                }
            }
            _ => kept.push((*segment).to_owned()),
        }
    }
    let path = kept.join("/");
    let name = path.strip_prefix("echo.api/").filter(|name| !name.is_empty())?;
    Some(name.to_owned())
}

/// As it is written in an address: what must not stand there is encoded.
fn encoded(name: &str) -> String {
    let mut all = String::new();
    for letter in name.chars() {
        match letter {
            '"' | '<' | '>' | '`' | '{' | '}' => all.push_str(&format!("%{:02X}", letter as u32)),
            other => all.push(other),
        }
    }
    all
}

fn judge(address: &str) {
    let by_hand = path_by_hand(address);
    let read = ChainAddress::read(address);
    assert_eq!(read.is_some(), by_hand.is_some(), "{address:?}: {read:?}, by hand {by_hand:?}");
    let (Some(read), Some(name)) = (read, by_hand) else { return };
    let normal = read.as_str();
    assert_eq!(read.name(), encoded(&name), "{address:?}");
    assert_eq!(normal, format!("https://s3.amazonaws.com/echo.api/{}", read.name()), "{address:?}");
    assert_eq!(ChainAddress::read(normal).as_ref(), Some(&read), "{address:?}: its normal form is another one");
    let url = url::Url::parse(normal).unwrap();
    assert_eq!((url.as_str(), url.host_str(), url.port()), (normal, Some("s3.amazonaws.com"), None), "{address:?}");
    assert!(url.path().starts_with("/echo.api/") && url.username().is_empty() && url.query().is_none(), "{address:?}");
}

/// Certificates that are real: a root and one that it vouches for, in one file.
fn chain() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let root = pushcart::sandbox::root::Root::open(folder.path()).unwrap();
    let leaf = root.issue(&["echo-api.amazon.com"]).unwrap().certificate_pem;
    format!("{leaf}{}", root.certificate_pem()).into_bytes()
}

/// A day on which they are good: in 2027.
const TODAY: Millis = Millis(1_800_000_000_000);

fn leaf(pem: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem).unwrap()
}

/// Certificates that are read can be judged, and nobody vouches for damaged ones.
fn judge_chain(pem: &[u8], whole: &[u8], roots: &Roots) {
    let Some(read) = Chain::from_pem(pem) else { return };
    for now in [i64::MIN, -1, 0, i64::MAX] {
        assert!(read.check(roots, Millis(now)).is_err(), "nothing is good for ever");
    }
    if read.check(roots, TODAY).is_ok() {
        assert_eq!(leaf(pem), leaf(whole), "only what stands around it was damaged");
    }
    assert!(!read.signed(pem, b"") && !read.signed(b"", pem), "nobody signed that");
}

proptest! {
    #[test]
    fn a_real_request_with_anything_in_any_place_is_read_or_not_but_never_the_end(body in mutated_request()) {
        ask_everything(&body);
    }

    #[test]
    fn arbitrary_json_is_read_or_not(value in odd_value()) {
        ask_everything(value.to_string().as_bytes());
        ask_everything(json!({ "request": value }).to_string().as_bytes());
        ask_everything(json!({ "request": { "type": "X", "intent": value, "status": value }, "session": value,
                               "context": { "System": value } }).to_string().as_bytes());
    }

    #[test]
    fn arbitrary_bytes_are_read_or_not(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..600),
            nearly_json(),
            damaged_bytes(samples().iter().map(|one| one.to_string().into_bytes()).collect()),
        ],
    ) {
        ask_everything(&bytes);
    }

    #[test]
    fn an_address_is_amazons_by_both_readings_or_by_none(
        address in prop_oneof![4 => mutated_address(), 1 => ".{0,80}", 1 => "https://s3\\.amazonaws\\.com/echo\\.api/[ -~]{0,40}"],
    ) {
        judge(&address);
    }
}

#[test]
fn what_is_nested_deeper_than_anybody_speaks_is_no_request() {
    for depth in [10, 120, 1000, 30_000] {
        for (open, close) in [("[", "]"), ("{\"user\":", "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            ask_everything(deep.as_bytes());
            ask_everything(format!("{{\"request\":{{\"type\":\"X\",\"payload\":{deep}}}}}").as_bytes());
            ask_everything(open.repeat(depth).as_bytes());
        }
    }
    let shallow = br#"{"request":{"type":"X","payload":[[[[1]]]]}}"#;
    assert!(Envelope::read(shallow).is_some(), "it is the depth that counts");
}

#[test]
fn damaged_certificates_are_read_or_not() {
    let whole = chain();
    let roots = Roots::from_pem(&whole).unwrap();
    assert!(Chain::from_pem(&whole).unwrap().check(&roots, TODAY).is_ok(), "whole it is good");
    let strategy = prop_oneof![
        3 => damaged_bytes(vec![whole.clone()]),
        1 => prop::collection::vec(any::<u8>(), 0..600),
        1 => prop::collection::vec(any::<u8>(), 0..300).prop_map(|der| {
            use base64::Engine as _;
            let text = base64::engine::general_purpose::STANDARD.encode(der);
            format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n").into_bytes()
        }),
    ];
    proptest!(|(pem in strategy)| judge_chain(&pem, &whole, &roots));
}
