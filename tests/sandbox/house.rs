//! A sandbox in a temporary directory, with a signer of the test's own.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use pushcart::base::clock::Clock;
use pushcart::base::secret::Secret;
use pushcart::sandbox::{Sandbox, Settings};
use tower::ServiceExt as _;

pub const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub const HOST: &str = "127.0.0.1:3001";
pub const RETURN: &str = "http://localhost:3000/return/fps?order=7";

pub struct House {
    pub sandbox: Sandbox,
    pub router: Router,
    pub clock: Clock,
    pub settings: Settings,
    /// Removed when the test is over.
    _directory: tempfile::TempDir,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
}

impl Answer {
    /// The text of the first element called `name`.
    pub fn text(&self, name: &str) -> String {
        let (_, rest) =
            self.body.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {}", self.body));
        rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
    }

    /// A parameter of the address this answer leads to.
    pub fn returned(&self, name: &str) -> String {
        let query = self.location.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes())
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// The hidden visit id of a page.
    pub fn session(&self) -> String {
        let (_, rest) =
            self.body.split_once("name=\"session\" value=\"").unwrap_or_else(|| panic!("no session in {}", self.body));
        rest.split_once('"').unwrap().0.to_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

impl House {
    pub async fn open() -> House {
        House::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> House {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = settings(directory.path());
        if let Ok(server) = std::env::var("TEST_POSTGRES_URL") {
            settings.database_url = fresh_postgres(&server).await;
        }
        change(&mut settings);
        let clock = Clock::new();
        let sandbox = Sandbox::open(settings.clone(), clock.clone()).await.unwrap();
        House { router: sandbox.router(), sandbox, clock, settings, _directory: directory }
    }

    /// The same sandbox after a restart, at real time as far as it remembers nothing else.
    pub async fn reopened(self) -> House {
        let clock = Clock::new();
        let sandbox = Sandbox::open(self.settings.clone(), clock.clone()).await.unwrap();
        House { router: sandbox.router(), sandbox, clock, ..self }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let mut request = request;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header("host", HOST).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request =
            Request::post(path).header("host", HOST).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(query(pairs))).unwrap()).await
    }

    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        let request = Request::post(path).header("host", HOST).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A signed API call.
    pub async fn call(&self, action: &str, pairs: &[(&str, &str)]) -> Answer {
        self.get(&format!("/fps/?{}", signed_call(action, pairs, "/fps/"))).await
    }

    /// Everything that is due now, done.
    pub async fn settle_down(&self) {
        while self.sandbox.turn().await.unwrap() {}
    }

    /// Business time goes on and everything that becomes due is done.
    pub async fn later(&self, by: Duration) {
        self.clock.advance(by);
        self.settle_down().await;
    }

    /// The start of a pipeline, signed.
    pub async fn start(&self, pairs: &[(&str, &str)]) -> Answer {
        let path = "/cobranded-ui/actions/start";
        self.get(&format!("{path}?{}", signed("GET", path, &common(pairs)))).await
    }

    /// A seller registers and agrees to 1.00 dollar and 10 %.
    pub async fn recipient(&self, reference: &str, persona: &str) -> Answer {
        let start = self
            .start(&[
                ("pipelineName", "Recipient"),
                ("callerReference", reference),
                ("recipientPaysFee", "True"),
                ("maxFixedFee", "1.00"),
                ("maxVariableFee", "10"),
                ("paymentMethod", "CC,ACH,ABT"),
            ])
            .await;
        let session = start.session();
        let next = self.choose(&session, persona).await;
        if next.status == StatusCode::SEE_OTHER { next } else { self.confirm(&session).await }
    }

    pub async fn choose(&self, session: &str, persona: &str) -> Answer {
        self.post("/cobranded-ui/actions/sign-in", &[("session", session), ("how", "persona"), ("persona", persona)])
            .await
    }

    pub async fn confirm(&self, session: &str) -> Answer {
        self.post("/cobranded-ui/actions/confirm", &[("session", session)]).await
    }

    /// A buyer approves `amount` for the seller behind `recipient`, paying by `method`.
    pub async fn approve(&self, reference: &str, recipient: &str, amount: &str, persona: &str, method: &str) -> Answer {
        let start = self
            .start(&[
                ("pipelineName", "SingleUse"),
                ("callerReference", reference),
                ("transactionAmount", amount),
                ("recipientToken", recipient),
                ("paymentMethod", "CC,ACH,ABT"),
                ("paymentReason", "A blue mug"),
            ])
            .await;
        let session = start.session();
        let next = self.choose(&session, persona).await;
        if next.status == StatusCode::SEE_OTHER {
            return next;
        }
        let _ = self.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", method)]).await;
        self.confirm(&session).await
    }

    /// Registers the business seller and approves a payment: recipient token and sender token.
    pub async fn tokens(&self, reference: &str, amount: &str, persona: &str, method: &str) -> (String, String) {
        let recipient = self.recipient(&format!("seller-{reference}"), "acc_wares").await.returned("tokenID");
        let approved = self.approve(reference, &recipient, amount, persona, method).await;
        (recipient, approved.returned("tokenID"))
    }
}

/// A database of its own on the server that `TEST_POSTGRES_URL` names, as `postgres://user@host:port`.
async fn fresh_postgres(server: &str) -> String {
    sqlx::any::install_default_drivers();
    let name = pushcart::base::ids::fresh("sandbox_test");
    let pool =
        sqlx::any::AnyPoolOptions::new().max_connections(1).connect(&format!("{server}/postgres")).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    format!("{server}/{name}")
}

pub fn settings(directory: &std::path::Path) -> Settings {
    Settings {
        base_url: format!("http://{HOST}"),
        database_url: format!("sqlite://{}/sandbox.db", directory.display()),
        keys_dir: directory.join("keys"),
        fps_access_key: KEY.to_owned(),
        fps_secret_key: Secret::new(SECRET),
        ipn_url: None,
        amazon_pay: None,
        alexa: None,
        strict: false,
    }
}

pub fn common<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("callerKey", KEY),
        ("returnURL", RETURN),
        ("version", "2009-01-09"),
        ("signatureVersion", "2"),
        ("signatureMethod", "HmacSHA256"),
    ];
    all.extend_from_slice(pairs);
    all
}

pub fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub fn query(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

pub fn sign(secret: &str, text: &str) -> String {
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(text).finalize();
    base64::engine::general_purpose::STANDARD.encode(mac.into_bytes())
}

/// The query of a signed request to `path`.
pub fn signed(verb: &str, path: &str, pairs: &[(&str, &str)]) -> String {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let text = format!("{verb}\n{HOST}\n{path}\n{}", query(&sorted));
    let name = if pairs.iter().any(|pair| pair.0 == "callerKey") { "signature" } else { "Signature" };
    format!("{}&{name}={}", query(pairs), encode(&sign(SECRET, &text)))
}

/// The query of a signed API call.
pub fn signed_call(action: &str, pairs: &[(&str, &str)], path: &str) -> String {
    let now = Clock::new().now().iso8601();
    signed("GET", path, &call_pairs(action, pairs, &now))
}

pub fn call_pairs<'a>(action: &'a str, pairs: &[(&'a str, &'a str)], timestamp: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("Action", action),
        ("AWSAccessKeyId", KEY),
        ("SignatureVersion", "2"),
        ("SignatureMethod", "HmacSHA256"),
        ("Timestamp", timestamp),
        ("Version", "2010-08-28"),
    ];
    all.extend_from_slice(pairs);
    all
}

/// The parameters of a Pay or Reserve.
pub fn pay<'a>(reference: &'a str, recipient: &'a str, sender: &'a str, amount: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("CallerReference", reference),
        ("RecipientTokenId", recipient),
        ("SenderTokenId", sender),
        ("TransactionAmount.Value", amount),
        ("TransactionAmount.CurrencyCode", "USD"),
    ]
}
