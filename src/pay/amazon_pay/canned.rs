//! For tests: a key of our own, and a service with canned answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::{Digest as _, Sha256};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Digest as _;

use crate::base::clock::Clock;
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::base::secret::Secret;
use crate::market::fees::ProviderFeeBy;
use crate::orders::agreement::Rules;
use crate::orders::operation::{Initiator, Kind, Operation, Request, Subject};
use crate::pay::amazon_pay::client::{Account, KeyPair, Region};
use crate::pay::amazon_pay::notices::{Envelope, Trust};
use crate::pay::amazon_pay::provider::{AmazonPayProvider, Settings};
use crate::pay::amazon_pay::sign::{Algorithm, PrivateKey};
use crate::pay::amazon_pay::voice::VoiceSettings;
use crate::pay::amazon_pay::wire::sessions::PaymentIntent;
use crate::pay::http;

/// A key pair that was made for tests and signs nothing else.
pub(super) fn a_key() -> PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::from_pem(&key_pem()).unwrap()).clone()
}

/// Its PEM file.
pub(super) fn key_pem() -> Secret {
    Secret::new(include_str!("../../../tests/data/amazon_pay/test-key.pem"))
}

/// What was asked: method, path with query, headers, body.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

/// Status and body by line, in the order in which they are given.
type Answers = HashMap<String, Vec<(u16, String)>>;

/// A service that answers each line (`POST /v2/charges`) with what it was told to, one answer after
/// the other, the last one for ever.
#[derive(Clone, Default)]
pub(super) struct Service {
    answers: Arc<Mutex<Answers>>,
    pub(super) asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    pub(super) async fn open() -> (Service, Account) {
        let service = Service::default();
        let twin = service.clone();
        let answer = move |request: axum::extract::Request| async move {
            let line = format!("{} {}", request.method(), request.uri());
            let headers = request.headers().iter();
            let headers = headers.map(|(name, it)| (name.to_string(), it.to_str().unwrap().to_owned())).collect();
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            let (status, said) = twin.answer(Asked { line, headers, body });
            let place = (status == 303).then_some([("location", "https://sellers.example/claim")]);
            let headers = [("x-amz-pay-request-id", "req-1")];
            (axum::http::StatusCode::from_u16(status).unwrap(), headers, place.map(axum::response::AppendHeaders), said)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let keys = vec![KeyPair { public_key_id: "SANDBOX-AFTEST".into(), private_key: a_key() }];
        let account =
            Account { region: Region::Na, base_url: Some(base_url), is_sandbox: true, algorithm: Algorithm::V2, keys };
        (service, account)
    }

    fn answer(&self, asked: Asked) -> (u16, String) {
        let line = asked.line.clone();
        self.asked.lock().unwrap().push(asked);
        let mut answers = self.answers.lock().unwrap();
        let Some(queue) = answers.get_mut(&line) else { return (404, no("ResourceNotFound")) };
        if queue.len() > 1 { queue.remove(0) } else { queue[0].clone() }
    }

    pub(super) fn says(&self, line: &str, status: u16, body: impl ToString) {
        self.answers.lock().unwrap().entry(line.to_owned()).or_default().push((status, body.to_string()));
    }

    pub(super) fn now_says(&self, line: &str, status: u16, body: impl ToString) {
        self.answers.lock().unwrap().remove(line);
        self.says(line, status, body);
    }

    /// What was asked since the last look.
    pub(super) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap()).into_iter().map(|asked| asked.line).collect()
    }
}

/// An error envelope.
pub(super) fn no(code: &str) -> String {
    serde_json::json!({ "reasonCode": code, "message": "No." }).to_string()
}

/// A root of our own, one that is not, and a certificate that the first issued for the notification service.
pub(super) const ROOT: &str = include_str!("../../../tests/data/amazon_pay/sns-root.pem");
pub(super) const OTHER_ROOT: &str = include_str!("../../../tests/data/amazon_pay/sns-other-root.pem");
pub(super) const LEAF: &str = include_str!("../../../tests/data/amazon_pay/sns-leaf.pem");

/// `envelope` with a topic, where it has none, and a signature that fits the certificate.
pub(super) fn signed(mut envelope: Envelope) -> Envelope {
    if envelope.topic_arn.is_empty() {
        envelope.topic_arn = "arn:aws:sns:us-east-1:000000000000:Topic".to_owned();
    }
    let key = RsaPrivateKey::from_pkcs8_pem(include_str!("../../../tests/data/amazon_pay/sns-leaf.key")).unwrap();
    let text = envelope.signed_text();
    let signature = if envelope.signature_version == "1" {
        let prefix = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
        let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: prefix.into() };
        key.sign(scheme, &sha1::Sha1::digest(text.as_bytes()))
    } else {
        key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(text.as_bytes()))
    };
    envelope.signature = STANDARD.encode(signature.unwrap());
    envelope
}

/// A service, and the provider that asks it.
pub(super) async fn open() -> (Service, AmazonPayProvider) {
    let (service, account) = Service::open().await;
    let settings = Settings {
        account,
        merchant_id: String::new(),
        store_id: "amzn1.application-oa2-client.1".into(),
        intent: PaymentIntent::Confirm,
        waits_for_decisions: false,
        voice: Some(VoiceSettings {
            country_of_establishment: "US".into(),
            sandbox_customer_email: "ana@amazon-buyers.example".into(),
        }),
        is_multi_currency: false,
        trust: Trust::default(),
    };
    let amazon = AmazonPayProvider::new(settings, http::Client::new(None).unwrap(), Clock::new());
    (service, amazon)
}

/// An operation over 10.00 dollars on permission `S01-1-1` and charge `S01-1-1-C1`.
pub(super) fn operation(kind: Kind) -> Operation {
    let charge = || "S01-1-1-C1".to_owned();
    let request = match kind {
        Kind::Register => {
            Request::Register { max_fixed_minor: 30, max_variable_bp: 500, provider_fee_by: ProviderFeeBy::Seller }
        }
        Kind::Consent => Request::Consent {
            payee: "M".into(),
            items_minor: 1000,
            shipping_minor: 0,
            gift_wrap_minor: 0,
            tax_minor: 0,
            description: "A mug".into(),
            standing: None,
            rules: Rules::default(),
        },
        Kind::Pay | Kind::Reserve => Request::Take {
            consent: "S01-1-1".into(),
            payee: "M".into(),
            fee_fixed_minor: 0,
            fee_variable_bp: 0,
            provider_fee_by: ProviderFeeBy::Seller,
            initiator: Initiator::Approval,
            statement: None,
        },
        Kind::Settle => Request::Settle { hold: charge() },
        Kind::Refund => Request::Refund { payment: charge() },
        Kind::Cancel => Request::Cancel { hold: charge() },
        Kind::ChangeAgreement => Request::Change { consent: "S01-1-1".into() },
        Kind::CancelAgreement => Request::Withdraw { consent: "S01-1-1".into() },
    };
    let now = Clock::new().now();
    Operation::wanted(Subject::Order(OrderId::fresh()), kind, "amazon_pay", request, Money::usd(1000), now)
}
