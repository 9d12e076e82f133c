//! Every answer of the skill is one by Amazon's published types, to the last member: `tsc --strict` reads them as
//! constants of `ask-sdk-model`, where a member too many is an error as much as one too few.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use pushcart::alexa;
use pushcart::alexa::envelope::Envelope;
use serde_json::{Value, json};

use super::clients;
use crate::market::Market;
use crate::repository;
use crate::speaker::{Speaker, agreement, charged, done};

const ROWS: &str = include_str!("../../data/alexa/alexa-errors.tsv");
const SAMPLES: &str = include_str!("../../data/alexa/requests/INDEX.tsv");

/// A value and what it claims to be.
pub struct Typed {
    class: &'static str,
    note: String,
    value: Value,
}

impl Typed {
    /// An answer of the skill.
    pub fn answer(note: &str, value: Value) -> Typed {
        Typed { class: "ResponseEnvelope", note: note.to_owned(), value }
    }

    /// What the sandbox tells the skill of a payment: the request, and its payload, which the request's type leaves
    /// open.
    pub fn result(request: &Value) -> [Typed; 2] {
        let (name, payload) = (&request["request"]["name"], &request["request"]["payload"]);
        let class = match name.as_str() {
            Some("Setup") => "interfaces.amazonpay.response.SetupAmazonPayResult",
            Some("Charge") => "interfaces.amazonpay.response.ChargeAmazonPayResult",
            other => panic!("what is {other:?}?"),
        };
        [("RequestEnvelope", request), (class, payload)].map(|(class, value)| Typed {
            class,
            note: "the sandbox".to_owned(),
            value: value.clone(),
        })
    }

    /// The payloads of its directives; the type of an answer leaves them open.
    fn payloads(&self) -> Vec<Typed> {
        let directives = self.value["response"]["directives"].as_array().cloned().unwrap_or_default();
        let sent = directives.into_iter().filter(|it| it["type"] == "Connections.SendRequest");
        sent.map(|directive| {
            let class = match directive["name"].as_str() {
                Some("Setup") => "interfaces.amazonpay.request.SetupAmazonPayRequest",
                Some("Charge") => "interfaces.amazonpay.request.ChargeAmazonPayRequest",
                other => panic!("{}: what is {other:?}?", self.note),
            };
            Typed { class, note: self.note.clone(), value: directive["payload"].clone() }
        })
        .collect()
    }
}

/// What must not pass, so that the check cannot pass for nothing.
fn wrong() -> Vec<Typed> {
    let answer = |response: Value| Typed::answer("wrong", json!({ "version": "1.0", "response": response }));
    let price = json!({ "@type": "Price", "@version": "2", "amount": "1.00", "currencyCode": "USD" });
    let mut charge = json!({
        "@type": "ChargeAmazonPayRequest", "@version": "2", "sellerId": "A", "billingAgreementId": "C", "paymentAction": "Authorize",
        "authorizeAttributes": { "@type": "AuthorizeAttributes", "@version": "2", "authorizationReferenceId": "o",
                                 "authorizationAmount": price, "transactionTimeout": 0 },
    });
    charge["authorizeAttributes"]["transactionTimeout"] = "0".into();
    vec![
        Typed::answer("wrong", json!({ "version": 1, "response": {} })),
        Typed::answer("wrong", json!({ "version": "1.0" })),
        answer(json!({ "shouldEndSesion": true })),
        answer(json!({ "shouldEndSession": "true" })),
        answer(json!({ "outputSpeech": { "type": "SSML", "text": "Hello" } })),
        answer(json!({ "card": { "type": "Simple", "title": "T", "text": "x" } })),
        answer(json!({ "card": { "type": "AskForPermissionsConsent" } })),
        answer(json!({ "directives": [{ "type": "Connections.SendRequest", "name": "Setup", "payload": {} }] })),
        answer(json!({ "directives": [{ "type": "Dialog.ElicitSlot" }] })),
        Typed { class: "RequestEnvelope", note: "wrong".to_owned(), value: json!({ "version": "1.0", "context": {} }) },
        Typed { class: "interfaces.amazonpay.request.ChargeAmazonPayRequest", note: "wrong".to_owned(), value: charge },
        Typed {
            class: "interfaces.amazonpay.request.SetupAmazonPayRequest",
            note: "wrong".to_owned(),
            value: json!({ "@type": "SetupAmazonPayRequest", "@version": "2", "countryOfEstablishment": "US", "ledgerCurrency": "USD" }),
        },
    ]
}

/// Fails unless all of them are what they claim to be; and unless those that are wrong are found to be.
pub fn fit(clients: &Path, answers: Vec<Typed>) {
    assert!(!answers.is_empty());
    let payloads: Vec<Typed> = answers.iter().flat_map(Typed::payloads).collect();
    let mut known = BTreeSet::new();
    let mut text = "import { RequestEnvelope, ResponseEnvelope, interfaces } from 'ask-sdk-model';\n".to_owned();
    for typed in answers.iter().chain(&payloads) {
        // an answer that was seen before is not read again
        if known.insert((typed.class, typed.value.to_string())) {
            let number = known.len();
            text += &format!("const a{number}: {} = {}; // {}\n", typed.class, typed.value, typed.note);
        }
    }
    for (number, typed) in wrong().iter().enumerate() {
        text += &format!("// @ts-expect-error\nconst w{number}: {} = {};\n", typed.class, typed.value);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("answers.ts"), &text).unwrap();
    let done = Command::new("node")
        .arg(clients.join("node_modules/typescript/bin/tsc"))
        .args(["--noEmit", "--strict", "--target", "es2022", "--module", "commonjs", "--moduleResolution", "node10"])
        .arg("--baseUrl")
        .arg(clients.join("node_modules"))
        .arg("answers.ts")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let about =
        said.lines().find_map(|line| line.strip_prefix("answers.ts(")?.split(',').next()?.parse::<usize>().ok());
    let about = about.and_then(|number| lines.get(number - 1)).unwrap_or(&"");
    assert!(done.status.success(), "{said}\n{about}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_answers_to_samples_and_to_all_that_goes_wrong_are_of_the_published_types() {
    let Some(clients) = clients() else { return };
    let market = Market::open().await.unwrap();
    let mut answers = samples(&market).await;
    assert_eq!(answers.len(), 39);
    for line in ROWS.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let row = Row { table: cells[0], number: cells[3], code: cells[4] };
        for locale in ["en-US", "ja-JP"] {
            let said = row.walk(&market, locale).await;
            assert!(said.len() >= 4, "{line}: {said:?}");
            answers.extend(said.into_iter().map(|one| Typed::answer(&format!("{} {}", row.table, row.code), one)));
        }
    }
    tokio::task::spawn_blocking(move || fit(&clients, answers)).await.unwrap();
}

async fn samples(market: &Market) -> Vec<Typed> {
    let mut answers = Vec::new();
    for line in SAMPLES.lines().skip(1) {
        let file = line.split('\t').next().unwrap();
        let body = std::fs::read(repository().join("tests/data/alexa/requests").join(file)).unwrap();
        let answer = alexa::reply(market.ctx(), &Envelope::read(&body).unwrap(), &body).await;
        answers.push(Typed::answer(file, serde_json::to_value(answer).unwrap()));
    }
    answers
}

/// A row of Amazon's tables of errors.
struct Row<'a> {
    table: &'a str,
    number: &'a str,
    code: &'a str,
}

impl Row<'_> {
    /// Everything that the skill says to somebody who runs into it.
    async fn walk(&self, market: &Market, locale: &str) -> Vec<Value> {
        let mut answers = Vec::new();
        let tables: &[bool] = match self.table {
            "Permissions" | "PIN" => &[true, false],
            "Charge" | "Decline" | "BillingAgreementState" => &[false],
            _ => &[true],
        };
        for is_setup in tables {
            let mut buyer = Speaker::new(market.ctx(), locale);
            let token = buyer.asks_to_pay("wildflower-honey").await;
            match (self.table, is_setup) {
                ("BuyerId", _) => self.without_address(market, &mut buyer, &token).await,
                ("BillingAgreementState", _) => {
                    buyer.amazon_says("Setup", done(), agreement(&self.code.to_uppercase(), true), &token).await;
                }
                (_, true) => self.refused(&mut buyer, "Setup", token).await,
                (_, false) => {
                    let (asked, token) = buyer.approves(&token).await;
                    if self.table == "Decline" {
                        let payload = charged(&asked, "Declined", Some(self.code));
                        buyer.amazon_says("Charge", done(), payload, &token).await;
                    } else {
                        self.refused(&mut buyer, "Charge", token).await;
                    }
                }
            }
            answers.append(&mut buyer.answers);
        }
        answers
    }

    /// The same error again and again, for as long as the skill asks.
    async fn refused(&self, buyer: &mut Speaker<'_>, name: &str, token: String) {
        let (mut name, mut token) = (name.to_owned(), token);
        let status = json!({ "code": self.number, "message": self.code });
        for _ in 0..8 {
            let error = json!({ "errorCode": self.code, "errorMessage": "for developers" });
            buyer.amazon_says(&name, status.clone(), error, &token).await;
            if buyer.answer["shouldEndSession"] == false {
                buyer.says("AMAZON.YesIntent").await;
            }
            if buyer.answer["directives"][0]["type"] != "Connections.SendRequest" {
                return;
            }
            (name, _, token) = buyer.directive();
        }
        panic!("{} {}: the skill does not give up", self.table, self.code);
    }

    /// An agreement without an address, and the buyer's own interface refuses to say one.
    async fn without_address(&self, market: &Market, buyer: &mut Speaker<'_>, token: &str) {
        let launch = json!({ "persona": "Ana", "locale": buyer.locale, "request": { "type": "LaunchRequest" } });
        let turn = market.control("POST", "alexa/send", Some(launch)).await;
        let access = &turn["exchanges"][0]["request"]["context"]["System"]["apiAccessToken"];
        buyer.api_access_token = access.as_str().unwrap_or_else(|| panic!("{turn}")).to_owned();
        market.control("POST", "alexa/reset", Some(json!({ "persona": "Ana" }))).await;
        let chosen = json!({ "persona": "Ana", "table": "BuyerId", "code": self.code, "times": 2 });
        market.control("POST", "alexa/next", Some(chosen)).await;
        buyer.amazon_says("Setup", done(), agreement("OPEN", false), token).await;
    }
}
