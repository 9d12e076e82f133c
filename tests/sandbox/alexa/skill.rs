//! A skill of the tests: it verifies every request by its own code and answers what the test has told it to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use pushcart::sandbox::Settings;
use pushcart::sandbox::alexa;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::amazon_pay::shop::{MERCHANT, Shop, merchant};
use crate::house::{Answer, House};

pub const APPLICATION: &str = "amzn1.ask.skill.test";
pub const ANA: &str = "ana@amazon-buyers.example";

/// What the skill answers next.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These members of `response`.
    Response(Value),
    /// These, with session attributes.
    Attributes(Value, Value),
    /// Status, content type and body as they are.
    Raw(u16, &'static str, String),
    /// Nothing for so long.
    Late(Duration),
}

#[derive(Clone, Default)]
pub struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    heard: Arc<Mutex<Vec<Value>>>,
    chain: Arc<Mutex<(String, String)>>,
}

/// A sandbox with a merchant, and a skill on a port of its own.
pub struct Stage {
    pub shop: Shop,
    pub script: Script,
}

impl Stage {
    pub async fn open() -> Stage {
        Stage::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Stage {
        let script = Script::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().route("/alexa", post(answer)).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let house = House::open_with(|settings| {
            settings.amazon_pay = Some(merchant());
            settings.alexa = Some(alexa::Skill {
                endpoint_url: format!("http://{}/alexa", SocketAddr::from(([127, 0, 0, 1], port))),
                application_id: APPLICATION.to_owned(),
                linking: None,
            });
            change(settings);
        })
        .await;
        let chain = house.get("/alexa/certs/echo-api-cert-1.pem").await.body;
        let root = house.get("/certs/sandbox-root.pem").await.body;
        *script.chain.lock().unwrap() = (chain, root);
        Stage { shop: Shop { house }, script }
    }

    pub fn house(&self) -> &House {
        &self.shop.house
    }

    pub async fn control(&self, path: &str, body: &Value) -> Answer {
        self.house().post_json(&format!("/_sandbox/alexa/{path}"), body).await
    }

    /// Ana says something; the turn.
    pub async fn say(&self, text: &str) -> Value {
        self.say_in("en-US", text).await
    }

    pub async fn say_in(&self, locale: &str, text: &str) -> Value {
        let answer = self.control("say", &json!({ "persona": ANA, "locale": locale, "text": text })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    pub async fn say_nothing(&self) -> Value {
        self.control("say", &json!({ "persona": ANA, "silence": true })).await.json()
    }

    pub async fn person(&self, change: Value) {
        let mut change = change;
        if change["persona"].is_null() {
            change["persona"] = ANA.into();
        }
        let answer = self.control("person", &change).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    pub async fn choose(&self, table: &str, code: &str, alternative: i64) {
        let body = json!({ "persona": ANA, "table": table, "code": code, "alternative": alternative });
        let answer = self.control("next", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }

    pub fn will(&self, reply: Reply) {
        self.script.replies.lock().unwrap().push_back(reply);
    }

    pub fn will_say(&self, text: &str, ends: bool) {
        self.will(Reply::Response(speech(text, ends)));
    }

    /// The request members of all requests so far.
    pub fn heard(&self) -> Vec<Value> {
        self.script.heard.lock().unwrap().clone()
    }

    pub fn last(&self) -> Value {
        self.heard().last().cloned().unwrap_or_default()
    }

    /// The skill asks for a payment, and hears of it; its result.
    pub async fn ask(&self, name: &str, payload: &Value) -> Value {
        self.ask_turn(name, payload).await.0
    }

    /// The same with the turn.
    pub async fn ask_turn(&self, name: &str, payload: &Value) -> (Value, Value) {
        self.will(Reply::Response(directive(name, payload)));
        self.will_say("Thank you.", true);
        let turn = self.say("open pushcart market").await;
        (self.last()["request"].clone(), turn)
    }

    /// A billing agreement that stands.
    pub async fn agreement(&self) -> String {
        let result = self.ask("Setup", &setup()).await;
        assert_eq!(result["status"]["code"], "200", "{result}");
        result["payload"]["billingAgreementDetails"]["billingAgreementId"].as_str().unwrap().to_owned()
    }
}

pub fn speech(text: &str, ends: bool) -> Value {
    json!({ "outputSpeech": { "type": "PlainText", "text": text }, "shouldEndSession": ends })
}

pub fn directive(name: &str, payload: &Value) -> Value {
    json!({
        "directives": [{ "type": "Connections.SendRequest", "name": name, "payload": payload, "token": "token-7" }],
        "shouldEndSession": true,
    })
}

pub fn setup() -> Value {
    json!({
        "@type": "SetupAmazonPayRequest", "@version": "2", "sellerId": MERCHANT, "countryOfEstablishment": "US",
        "ledgerCurrency": "USD", "checkoutLanguage": "en_US", "needAmazonShippingAddress": true, "sandboxMode": true,
        "sandboxCustomerEmailId": ANA,
        "billingAgreementAttributes": {
            "@type": "BillingAgreementAttributes", "@version": "2", "sellerNote": "Thank you",
            "sellerBillingAgreementAttributes": {
                "@type": "SellerBillingAgreementAttributes", "@version": "2", "storeName": "Pushcart",
                "sellerBillingAgreementId": "buy-1",
            },
        },
    })
}

pub fn charge(agreement: &str, reference: &str, action: &str, amount: &str) -> Value {
    json!({
        "@type": "ChargeAmazonPayRequest", "@version": "2", "sellerId": MERCHANT, "billingAgreementId": agreement,
        "paymentAction": action,
        "authorizeAttributes": {
            "@type": "AuthorizeAttributes", "@version": "2", "authorizationReferenceId": reference,
            "authorizationAmount": { "@type": "Price", "@version": "2", "amount": amount, "currencyCode": "USD" },
            "transactionTimeout": 0,
        },
        "sellerOrderAttributes": {
            "@type": "SellerOrderAttributes", "@version": "2", "sellerOrderId": "ord-1", "storeName": "Pushcart",
        },
    })
}

/// `state` and `reasonCode` of a charge's result, from where they really are.
pub fn authorization(result: &Value) -> (String, String) {
    let status = &result["payload"]["authorizationDetails"]["authorizationStatus"];
    let text = |name: &str| status[name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("reasonCode"))
}

/// Status code and error code of a result.
pub fn error(result: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&result["status"]["code"]), text(&result["payload"]["errorCode"]))
}

async fn answer(State(script): State<Script>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    script.heard.lock().unwrap().push(request.clone());
    let (chain, root) = script.chain.lock().unwrap().clone();
    if let Err(problem) = verify(&chain, &root, &headers, &body, &request) {
        return (StatusCode::BAD_REQUEST, problem).into_response();
    }
    let next = script.replies.lock().unwrap().pop_front();
    let is_end = request["request"]["type"] == "SessionEndedRequest";
    let (attributes, response) = match next {
        None if is_end => (Value::Null, json!({})),
        None => (Value::Null, speech("Nothing was planned.", true)),
        Some(Reply::Response(response)) => (Value::Null, response),
        Some(Reply::Attributes(response, attributes)) => (attributes, response),
        Some(Reply::Raw(status, kind, text)) => {
            return (StatusCode::from_u16(status).unwrap(), [("content-type", kind)], text).into_response();
        }
        Some(Reply::Late(by)) => {
            tokio::time::sleep(by).await;
            (Value::Null, json!({}))
        }
    };
    let mut envelope = json!({ "version": "1.0", "response": response });
    if attributes.is_object() {
        envelope["sessionAttributes"] = attributes;
    }
    ([("content-type", "application/json;charset=UTF-8")], envelope.to_string()).into_response()
}

/// What "Host a Custom Skill as a Web Service" asks for, with other code than the one that signed.
fn verify(chain: &str, root: &str, headers: &HeaderMap, body: &[u8], request: &Value) -> Result<(), String> {
    use rustls_pki_types::pem::PemObject as _;
    use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(format!("no {name}"));
    if header("signaturecertchainurl")? != "https://s3.amazonaws.com/echo.api/echo-api-cert-1.pem" {
        return Err("a foreign chain".to_owned());
    }
    let certificates: Vec<CertificateDer> =
        CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
    let root = CertificateDer::from_pem_slice(root.as_bytes()).unwrap();
    let anchor = webpki::anchor_from_trusted_cert(&root).unwrap();
    let leaf = webpki::EndEntityCert::try_from(&certificates[0]).unwrap();
    let usage = webpki::KeyUsage::server_auth();
    let all = webpki::ALL_VERIFICATION_ALGS;
    leaf.verify_for_usage(all, &[anchor], &certificates[1..], UnixTime::now(), usage, None, None)
        .map_err(|error| format!("{error:?}"))?;
    let name = ServerName::try_from("echo-api.amazon.com").unwrap();
    leaf.verify_is_valid_for_subject_name(&name).map_err(|error| format!("{error:?}"))?;
    let decode = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| "no base64");
    let signature = decode(header("signature-256")?)?;
    leaf.verify_signature(webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256, body, &signature)
        .map_err(|error| format!("{error:?}"))?;
    decode(header("signature")?)?;
    let written: jiff::Timestamp =
        request["request"]["timestamp"].as_str().unwrap_or_default().parse().map_err(|_| "no timestamp")?;
    if (jiff::Timestamp::now().as_second() - written.as_second()).abs() > 150 {
        return Err("an old request".to_owned());
    }
    let application = &request["context"]["System"]["application"]["applicationId"];
    if application != APPLICATION {
        return Err(format!("another skill: {application}"));
    }
    Ok(())
}
