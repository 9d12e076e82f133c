//! Amazon's part, for a client that writes requests but cannot sign them: the sandbox's device signs them, byte for
//! byte as they came, and plays the payments that the skill asks for.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::market::Market;

/// Who owns the device.
pub const PERSONA: &str = "Ana";

/// A place on loopback that the client takes for the skill.
pub struct Relay {
    /// Where it listens.
    pub url: String,
    kept: Arc<Kept>,
}

struct Kept {
    http: reqwest::Client,
    send_url: String,
    /// The session that Amazon opened with the result of a payment; the client knows only its own.
    session: Mutex<Option<String>>,
    /// Requests and answers so far, those of the payments too.
    exchanges: Mutex<Vec<Value>>,
}

impl Relay {
    /// Opens one before the skill of `market`.
    pub async fn open(market: &Market) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let kept = Arc::new(Kept {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            send_url: format!("{}/_sandbox/alexa/send", market.sandbox_url),
            session: Mutex::default(),
            exchanges: Mutex::default(),
        });
        let router = Router::new().route("/", post(pass)).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Relay { url, kept }
    }

    /// Requests and answers so far.
    pub fn exchanges(&self) -> Vec<Value> {
        self.kept.exchanges.lock().unwrap().clone()
    }
}

/// Answers with what the skill said last: to the request, or to the result of the payment that came of it.
async fn pass(State(kept): State<Arc<Kept>>, body: Bytes) -> Response {
    let mut request: Value = serde_json::from_slice(&body).unwrap();
    if request["session"]["new"] == true {
        kept.session.lock().unwrap().take();
    }
    if let Some(session) = kept.session.lock().unwrap().as_deref() {
        request["session"]["sessionId"] = session.into();
    }
    let order = json!({ "persona": PERSONA, "request": request, "plays_payment": true }).to_string();
    let sent = kept.http.post(&kept.send_url).header(header::CONTENT_TYPE, "application/json").body(order).send().await;
    let turn: Value = serde_json::from_str(&sent.unwrap().text().await.unwrap()).unwrap();
    let exchanges = turn["exchanges"].as_array().unwrap_or_else(|| panic!("{turn}")).clone();
    let last = exchanges.last().unwrap().clone();
    if exchanges.len() > 1 {
        *kept.session.lock().unwrap() = last["request"]["session"]["sessionId"].as_str().map(str::to_owned);
    }
    kept.exchanges.lock().unwrap().extend(exchanges);
    let status = last["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap();
    let said = last["response"].to_string();
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], said).into_response()
}
