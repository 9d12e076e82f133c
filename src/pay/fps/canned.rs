//! For tests: a service with canned answers, one per action, and operations to ask it with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::base::clock::Clock;
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::base::secret::Secret;
use crate::market::fees::ProviderFeeBy;
use crate::orders::agreement::Rules;
use crate::orders::operation::{Initiator, Kind, Operation, Request, Subject};
use crate::orders::outcome::Outcome;
use crate::pay::fps::client::{KeyPair, Settings};
use crate::pay::fps::fields::Fields;
use crate::pay::fps::provider::FpsProvider;
use crate::pay::http;

/// A service that answers each action with what it was told to, and remembers what it was asked.
#[derive(Clone, Default)]
pub(super) struct Service {
    answers: Arc<Mutex<HashMap<String, String>>>,
    pub(super) asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    pub(super) async fn open() -> (Service, FpsProvider) {
        let service = Service::default();
        let twin = service.clone();
        let answer = move |request: axum::extract::Request| async move {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            twin.answer(format!("{query}{}", String::from_utf8(body.to_vec()).unwrap()))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Settings {
            api_url: format!("http://{}/fps/", listener.local_addr().unwrap()),
            cbui_url: "http://127.0.0.1:3001/cobranded-ui/actions/start".into(),
            keys: vec![KeyPair { access: "AKIA".into(), secret: Secret::new("s3cret") }],
            ipn_url: None,
            cobranding_url: None,
        };
        let router = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        (service, FpsProvider::new(settings, http::Client::new(None).unwrap(), Clock::new()))
    }

    fn answer(&self, sent: String) -> String {
        let action = Fields::of(&sent).get("Action").unwrap().to_owned();
        self.asked.lock().unwrap().push(sent);
        // The guide does not have this action.
        let otherwise = if action == "GetTransaction" { "InvalidAction" } else { "InternalError" };
        self.answers.lock().unwrap().get(&action).cloned().unwrap_or_else(|| refused(otherwise))
    }

    pub(super) fn says(&self, action: &str, xml: String) {
        self.answers.lock().unwrap().insert(action.to_owned(), xml);
    }

    pub(super) fn actions(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.iter().map(|sent| Fields::of(sent).get("Action").unwrap().to_owned()).collect()
    }
}

pub(super) fn refused(code: &str) -> String {
    format!("<Response><Errors><Error><Code>{code}</Code><Message>No.</Message></Error></Errors></Response>")
}

pub(super) fn result(action: &str, inner: &str) -> String {
    format!("<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>")
}

pub(super) fn state(action: &str, status: &str, code: &str) -> String {
    let code = if code.is_empty() { String::new() } else { format!("<StatusCode>{code}</StatusCode>") };
    let inner = format!("<TransactionId>T1</TransactionId><TransactionStatus>{status}</TransactionStatus>{code}");
    result(action, &inner)
}

pub(super) fn transaction(cents: &str, fees: &str) -> String {
    let amount = |name, value| format!("<{name}><CurrencyCode>USD</CurrencyCode><Value>{value}</Value></{name}>");
    let status = "<TransactionStatus>Success</TransactionStatus>";
    let money = [amount("TransactionAmount", cents), amount("FPSFees", fees)].concat();
    result("GetTransaction", &format!("<Transaction>{status}{money}</Transaction>"))
}

pub(super) fn token(status: &str) -> String {
    let inner = format!("<Token><TokenId>TOKEN</TokenId><TokenStatus>{status}</TokenStatus></Token>");
    result("GetTokenByCaller", &inner)
}

/// What was used of limits, as FPS answers: amounts in dollars, then counts.
pub(super) fn usage(amounts: &[&str], counts: &[i64]) -> String {
    let amount = |value: &&str| {
        format!(
            "<TokenUsageLimits><Amount><CurrencyCode>USD</CurrencyCode><Value>{value}</Value></Amount></TokenUsageLimits>"
        )
    };
    let count = |count: &i64| format!("<TokenUsageLimits><Count>{count}</Count></TokenUsageLimits>");
    let limits: String = amounts.iter().map(amount).chain(counts.iter().map(count)).collect();
    result("GetTokenUsage", &limits)
}

/// The answer to `CancelToken`.
pub(super) fn cancelled() -> String {
    "<CancelTokenResponse><ResponseMetadata><RequestId>r:0</RequestId></ResponseMetadata></CancelTokenResponse>"
        .to_owned()
}

pub(super) fn operation(kind: Kind) -> Operation {
    let request = match kind {
        Kind::Register => {
            Request::Register { max_fixed_minor: 30, max_variable_bp: 500, provider_fee_by: ProviderFeeBy::Seller }
        }
        Kind::Consent => Request::Consent {
            payee: "SELLER".into(),
            items_minor: 1000,
            shipping_minor: 0,
            gift_wrap_minor: 0,
            tax_minor: 0,
            description: "A mug".into(),
            standing: None,
            rules: Rules::default(),
        },
        Kind::Pay | Kind::Reserve => Request::Take {
            consent: "BUYER".into(),
            payee: "SELLER".into(),
            fee_fixed_minor: 0,
            fee_variable_bp: 0,
            provider_fee_by: ProviderFeeBy::Seller,
            initiator: Initiator::Approval,
            statement: None,
        },
        Kind::Settle => Request::Settle { hold: "T1".into() },
        Kind::Refund => Request::Refund { payment: "T1".into() },
        Kind::Cancel => Request::Cancel { hold: "T1".into() },
        Kind::ChangeAgreement => Request::Change { consent: "BUYER".into() },
        Kind::CancelAgreement => Request::Withdraw { consent: "BUYER".into() },
    };
    let now = Clock::new().now();
    Operation::wanted(Subject::Order(OrderId::fresh()), kind, "fps", request, Money::usd(1000), now)
}

pub(super) fn taken(provider_fee: Option<Money>) -> Outcome {
    Outcome::Taken { transaction: "T1".into(), amount: Money::usd(1000), provider_fee, is_suspect: false }
}

pub(super) const SIGNED: &str =
    "signature=a%2Bb&signatureVersion=2&signatureMethod=RSA-SHA1&certificateUrl=https%3A%2F%2Fx%2Fc.pem";

pub(super) fn verified(status: &str) -> String {
    result("VerifySignature", &format!("<VerificationStatus>{status}</VerificationStatus>"))
}
