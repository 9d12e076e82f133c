//! Amazon's own verifiers and ours, side by side: the same bytes to both. Where Amazon's keep to the rules, both say
//! the same; where they are lax, ours refuses. Source: Alexa Skills Kit, "Host a Custom Skill as a Web Service".

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use pushcart::alexa::verify::Refused;
use rcgen::SanType;
use serde_json::{Value, json};

use super::certificates::{Party, SIGNER, Shelf, authority, dns, key, named, signers};
use super::clients;
use crate::market::Market;
use crate::repository;

/// What both have to say. Theirs: nothing, or a piece of the sentence with which they refuse.
struct Verdicts {
    theirs: &'static str,
    ours: Ours,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Ours {
    Admitted,
    Refused(Refused),
    TooLarge,
}

use Ours::{Admitted, TooLarge};

/// A request, byte by byte.
struct Sent {
    name: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    verdicts: Verdicts,
}

impl Sent {
    fn header(mut self, name: &'static str, value: Option<&str>) -> Sent {
        self.headers.retain(|(it, _)| *it != name);
        self.headers.extend(value.map(|value| (name, value.to_owned())));
        self
    }
}

const ADDRESS: &str = "signaturecertchainurl";
const SIGNATURE: &str = "signature-256";
const LEGACY: &str = "signature";

/// The parties, and the shelf with their certificates.
struct Stage {
    shelf: Shelf,
    root: Party,
    middle: Party,
    leaf: Party,
    stranger: Party,
}

impl Stage {
    async fn open() -> Stage {
        let shelf = Shelf::open().await;
        let root = Party::root(authority("The test's root"), key());
        let middle = root.issue(authority("The test's authority"), key());
        let leaf = middle.issue(signers(), key());
        let stranger = Party::root(authority("Somebody else's root"), key());
        shelf.put("good.pem", 200, format!("{}{}", leaf.pem, middle.pem));
        Stage { shelf, root, middle, leaf, stranger }
    }

    fn request(&self, name: &str, address: &str, body: &[u8], theirs: &'static str, ours: Ours) -> Sent {
        let signature = self.leaf.sign(body);
        let headers = vec![(ADDRESS, address.to_owned()), (SIGNATURE, signature), (LEGACY, "bm90aGluZw==".to_owned())];
        Sent { name: name.to_owned(), headers, body: body.to_vec(), verdicts: Verdicts { theirs, ours } }
    }

    fn good(&self, name: &str, body: &[u8], theirs: &'static str, ours: Ours) -> Sent {
        self.request(name, &s3("good.pem"), body, theirs, ours)
    }
}

fn s3(name: &str) -> String {
    format!("https://s3.amazonaws.com/echo.api/{name}")
}

fn envelope() -> Value {
    seconds_ago(0)
}

fn seconds_ago(seconds: i64) -> Value {
    let at = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(seconds);
    let application = json!({ "applicationId": pushcart::sandbox::alexa::DEMO_APPLICATION_ID });
    json!({
        "version": "1.0",
        "session": { "new": true, "sessionId": "s", "application": application, "user": { "userId": "amzn1.ask.account.T" } },
        "context": { "System": { "application": application, "user": { "userId": "amzn1.ask.account.T" } } },
        "request": { "type": "LaunchRequest", "requestId": "r", "locale": "en-US",
                     "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() },
    })
}

fn bytes(envelope: &Value) -> Vec<u8> {
    envelope.to_string().into_bytes()
}

fn headers_and_bodies(stage: &Stage) -> Vec<Sent> {
    let body = bytes(&envelope());
    let good = |name: &str, theirs, ours| stage.good(name, &body, theirs, ours);
    let mut other = envelope();
    other["request"]["locale"] = "en-GB".into();
    let mut elsewhere = envelope();
    elsewhere["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.other".into();
    elsewhere["session"]["application"]["applicationId"] = "amzn1.ask.skill.other".into();
    let mut halfway = envelope();
    halfway["session"]["application"]["applicationId"] = "amzn1.ask.skill.other".into();
    let mut large = envelope();
    large["padding"] = "x".repeat(65 * 1024).into();
    let mut spaced = body.clone();
    spaced.push(b' ');
    vec![
        good("good", "", Admitted),
        good("good again, from memory", "", Admitted),
        good("no address", "Missing Certificate", Ours::Refused(Refused::Headers)).header(ADDRESS, None),
        good("no signature", "Missing Signature", Ours::Refused(Refused::Headers)).header(SIGNATURE, None),
        good("neither", "Missing Certificate", Ours::Refused(Refused::Headers))
            .header(SIGNATURE, None)
            .header(ADDRESS, None),
        good("no legacy signature", "", Admitted).header(LEGACY, None),
        good("an empty signature", "Missing Signature", Ours::Refused(Refused::Headers)).header(SIGNATURE, Some("")),
        good("a signature that is none", "does not match", Ours::Refused(Refused::Headers))
            .header(SIGNATURE, Some("???")),
        good("another body", "does not match", Ours::Refused(Refused::Signature))
            .header(SIGNATURE, Some(&stage.leaf.sign(&bytes(&other)))),
        good("a space more", "does not match", Ours::Refused(Refused::Signature))
            .header(SIGNATURE, Some(&stage.leaf.sign(&spaced))),
        good("another key", "does not match", Ours::Refused(Refused::Signature))
            .header(SIGNATURE, Some(&stage.stranger.sign(&body))),
        stage.good("no JSON", b"hello", "JSON", Ours::Refused(Refused::Body)),
        stage.good("no request", b"{}", "Timestamp is not present", Ours::Refused(Refused::Body)),
        stage.good("another skill", &bytes(&elsewhere), "", Ours::Refused(Refused::Application)),
        stage.good("another skill's session", &bytes(&halfway), "", Ours::Refused(Refused::Application)),
        stage.good("65 KiB", &bytes(&large), "", TooLarge),
    ]
}

fn times(stage: &Stage) -> Vec<Sent> {
    let late = Ours::Refused(Refused::Time);
    let stamped = |stamp: Value| {
        let mut envelope = envelope();
        envelope["request"]["timestamp"] = stamp;
        bytes(&envelope)
    };
    let event = |minutes: i64| {
        let mut envelope = seconds_ago(minutes * 60);
        envelope["request"]["type"] = "AlexaSkillEvent.SkillEnabled".into();
        bytes(&envelope)
    };
    // a few seconds of room below the limit, since a loaded machine takes some
    vec![
        stage.good("135 seconds old", &bytes(&seconds_ago(135)), "", Admitted),
        stage.good("151 seconds old", &bytes(&seconds_ago(151)), "Timestamp verification failed", late),
        stage.good("100 seconds ahead", &bytes(&seconds_ago(-100)), "", Admitted),
        stage.good("an hour ahead", &bytes(&seconds_ago(-3600)), "", late),
        stage.good("no time", &stamped(Value::Null), "Timestamp is not present", late),
        stage.good("an unreadable time", &stamped("yesterday".into()), "", late),
        stage.good("a skill event, 50 minutes old", &event(50), "", Admitted),
        stage.good("a skill event, 61 minutes old", &event(61), "Timestamp verification failed", late),
    ]
}

fn addresses(stage: &Stage) -> Vec<Sent> {
    let body = bytes(&envelope());
    let wrong = Ours::Refused(Refused::Address);
    let table = [
        ("https://s3.amazonaws.com:443/echo.api/good.pem", "", Admitted),
        ("HTTPS://S3.AmazonAWS.com/echo.api/good.pem", "", Admitted),
        ("https://s3.amazonaws.com/echo.api/../echo.api/good.pem", "", Admitted),
        ("https://s3.amazonaws.com/echo.api/./good.pem", "", Admitted),
        ("http://s3.amazonaws.com/echo.api/good.pem", "unsupported protocol", wrong),
        ("https://notamazon.com/echo.api/good.pem", "invalid host", wrong),
        ("https://s3.amazonaws.com.evil.example/echo.api/good.pem", "invalid host", wrong),
        ("https://s3.amazonaws.com@evil.example/echo.api/good.pem", "invalid host", wrong),
        ("https://s3.amazonaws.com/EcHo.aPi/good.pem", "invalid path", wrong),
        ("https://s3.amazonaws.com/invalid.path/good.pem", "invalid path", wrong),
        ("https://s3.amazonaws.com:563/echo.api/good.pem", "invalid port", wrong),
        ("good.pem", "null", wrong),
        // lax: the path is judged before its dots are gone
        ("https://s3.amazonaws.com/echo.api/../anybody/good.pem", "", wrong),
        ("https://s3.amazonaws.com/echo.api/%2e%2e/anybody/good.pem", "", wrong),
        ("https://s3.amazonaws.com/echo.api/.%2E/anybody/good.pem", "", wrong),
        // lax: what stands around host and path
        ("https://anybody@s3.amazonaws.com/echo.api/good.pem", "", wrong),
        ("https://s3.amazonaws.com/echo.api/good.pem?version=2", "", wrong),
        ("https://s3.amazonaws.com/echo.api/good.pem#x", "", wrong),
    ];
    table.map(|(address, theirs, ours)| stage.request(address, address, &body, theirs, ours)).into()
}

fn chains(stage: &Stage) -> Vec<Sent> {
    let Stage { shelf, root, middle, leaf, stranger } = stage;
    let body = bytes(&envelope());
    let mut all = Vec::new();
    let leaf_key = || leaf.key_again();
    let mut add = |name: &'static str, status: u16, pem: String, theirs: &'static str, ours: Ours| {
        let file = format!("{}.pem", name.replace(' ', "-"));
        shelf.put(&file, status, pem);
        all.push(stage.request(name, &s3(&file), &body, theirs, ours));
    };
    let below = |parameters| format!("{}{}", middle.issue(parameters, leaf_key()).pem, middle.pem);
    let with = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut parameters = signers();
        change(&mut parameters);
        parameters
    };
    let (dates, wrong_name, chain) = (
        Ours::Refused(Refused::CertificateDates),
        Ours::Refused(Refused::CertificateName),
        Ours::Refused(Refused::Chain),
    );
    let day = rcgen::date_time_ymd;
    let email = SanType::Rfc822Name(SIGNER.try_into().unwrap());
    let uri = SanType::URI(SIGNER.try_into().unwrap());

    add("two names", 200, below(named("x", &[dns("x.example"), dns(SIGNER)])), "", Admitted);
    add("with the root", 200, format!("{}{}{}", leaf.pem, middle.pem, root.pem), "", Admitted);
    add("straight from the root", 200, root.issue(signers(), leaf_key()).pem, "", Admitted);
    add("expired", 200, below(with(&|it| it.not_after = day(2024, 1, 1))), "expired or not started", dates);
    add("not yet valid", 200, below(with(&|it| it.not_before = day(2040, 1, 1))), "expired or not started", dates);
    add("another name", 200, below(named("x", &[dns("api.amazon.com")])), "domain missing", wrong_name);
    add("a name below", 200, below(named("x", &[dns("x.echo-api.amazon.com")])), "domain missing", wrong_name);
    add("any name of Amazon", 200, below(named("x", &[dns("*.amazon.com")])), "domain missing", wrong_name);
    add("only the subject", 200, below(named(SIGNER, &[])), "null", wrong_name);
    add("self-signed", 200, Party::root(signers(), leaf_key()).pem, "not trusted", chain);
    add("from an unknown root", 200, stranger.issue(signers(), leaf_key()).pem, "not trusted", chain);
    let unknown = format!("{}{}", stranger.issue(signers(), leaf_key()).pem, stranger.pem);
    add("with an unknown root", 200, unknown, "not trusted", chain);
    add("nobody in between", 200, leaf.pem.clone(), "not trusted", chain);
    let unrelated = format!("{}{}", leaf.pem, stranger.issue(authority("Unrelated"), key()).pem);
    add("an unrelated one in between", 200, unrelated, "signature is invalid", chain);
    let plain = root.issue(signers(), key());
    let forged = format!("{}{}", plain.issue(signers(), leaf_key()).pem, plain.pem);
    add("from one that may not issue", 200, forged, "cannot be used as a CA", chain);
    let mut old = authority("Old authority");
    old.not_after = day(2024, 1, 1);
    let old = root.issue(old, key());
    let old = format!("{}{}", old.issue(signers(), leaf_key()).pem, old.pem);
    add("from one that is over", 200, old, "has expired", chain);
    add("the wrong way round", 200, format!("{}{}", middle.pem, leaf.pem), "null", wrong_name);
    add("no certificate", 200, "hello".to_owned(), "PEM", Ours::Refused(Refused::Certificate));
    add("not there", 404, String::new(), "Unable to load", Ours::Refused(Refused::Download));
    add("somewhere else", 302, String::new(), "Unable to load", Ours::Refused(Refused::Download));
    // lax: a name of another kind, and a file of any size
    add("the name as an e-mail address", 200, below(named("x", &[email])), "", wrong_name);
    add("the name as an address", 200, below(named("x", &[uri])), "", wrong_name);
    let huge = format!("{}{}{}", leaf.pem, middle.pem, "\n".repeat(65 * 1024));
    add("65 KiB of certificates", 200, huge, "", Ours::Refused(Refused::Download));
    all
}

/// `judge.cjs`; gone when the test ends.
struct Judge {
    process: Child,
    url: String,
}

impl Judge {
    fn start(clients: &Path, root: &Path, shelf: &Shelf) -> Judge {
        let mut process = Command::new("node")
            .arg(repository().join("tests/third_party/alexa/judge.cjs"))
            .args([clients, root])
            .arg(&shelf.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        std::io::BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Judge { process, url: url.trim().to_owned() }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn post(http: &reqwest::Client, url: &str, sent: &Sent) -> (u16, String) {
    let mut request = http.post(url).header("content-type", "application/json").body(sent.body.clone());
    for (name, value) in &sent.headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn amazons_own_verifiers_and_ours_agree_but_where_amazons_are_lax() {
    let Some(clients) = clients() else { return };
    let stage = Stage::open().await;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, &stage.root.pem).unwrap();
    let judge = Judge::start(&clients, &root, &stage.shelf);
    let market = Market::configured(|written| {
        written.alexa_trust_root = Some(root.display().to_string());
        written.alexa_cert_base_url = Some(stage.shelf.url.clone());
    });
    let market = market.await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut wrong = Vec::new();
    let (mut judged, mut stricter) = (0, 0);
    for table in [headers_and_bodies, addresses, chains, times] {
        for sent in table(&stage) {
            let (theirs, their_words) = post(&http, &judge.url, &sent).await;
            let (ours, our_words) = post(&http, &market.at("/alexa"), &sent).await;
            let expected = match sent.verdicts.ours {
                Admitted => ours == 200,
                TooLarge => ours == 413,
                Ours::Refused(step) => ours == 400 && our_words == format!("{step}\n"),
            };
            let theirs_fit = match sent.verdicts.theirs {
                "" => theirs == 200,
                piece => theirs == 400 && their_words.contains(piece),
            };
            if !expected || !theirs_fit {
                let line = format!("{}: theirs {theirs} {their_words:?}, ours {ours} {our_words:?}", sent.name);
                wrong.push(line);
            }
            judged += 1;
            stricter += usize::from(theirs == 200 && ours != 200);
            assert!(ours != 200 || theirs == 200, "{}: we are laxer than Amazon", sent.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((judged, stricter), (65, 14));
}
