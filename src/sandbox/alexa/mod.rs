//! An Alexa device and Amazon's side of voice purchases, as another party that knows a skill only by its address.
//!
//! Read in this order: `people` and `locales` (who speaks, and how), `model` and `understand` (from a sentence to an
//! intent), `dialog`, `device` (sessions), `envelope`, `signer` and `answer` (what travels), `payload`, `pay`, `setup`,
//! `charge` and `simulation` (payments), `rows` (every error there is), `buyer_api`, `linking`, `pages` and `control`.

pub mod answer;
pub mod buyer_api;
pub mod charge;
pub mod control;
pub mod device;
pub mod dialog;
pub mod envelope;
pub mod languages;
pub mod linking;
pub mod locales;
pub mod model;
pub mod pages;
pub mod pay;
pub mod payload;
pub mod people;
pub mod rows;
pub mod setup;
pub mod signer;
pub mod simulation;
pub mod state;
pub mod understand;
pub mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::{OnceCell, OwnedMutexGuard};

use super::Sandbox;
use crate::base::secret::Secret;

/// The device's name in the log and for scripted faults.
pub const PROVIDER: &str = "alexa";

/// The skill id of the demo.
pub const DEMO_APPLICATION_ID: &str = "amzn1.ask.skill.pushcart-demo";

/// The skill that is enabled on every device of this house, in its development stage.
#[derive(Clone, Debug)]
pub struct Skill {
    /// Where its requests go.
    pub endpoint_url: String,
    /// `amzn1.ask.skill.…`
    pub application_id: String,
    /// How people link their account of the shop; `None` where it has no account linking.
    pub linking: Option<AccountLinking>,
}

/// The skill's OAuth 2 server.
#[derive(Clone, Debug)]
pub struct AccountLinking {
    /// Where the person agrees.
    pub authorize_url: String,
    /// Where codes become tokens.
    pub token_url: String,
    /// Who we are there.
    pub client_id: String,
    /// And how we show it.
    pub client_secret: Secret,
}

/// What the device keeps in memory: its key once it was needed, and who is speaking.
#[derive(Default)]
pub struct Studio {
    signer: OnceCell<signer::Signer>,
    speaking: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Studio {
    /// The key that signs requests, made on first use.
    pub async fn signer(&self, sandbox: &Sandbox) -> anyhow::Result<&signer::Signer> {
        let open = || async {
            let (sandbox, directory) = (sandbox.clone(), sandbox.inner.settings.keys_dir.clone());
            tokio::task::spawn_blocking(move || signer::Signer::open(&directory, sandbox.root())).await?
        };
        self.signer.get_or_try_init(open).await
    }

    /// Waits until this person has said what they are saying; the next sentence waits until this is dropped.
    pub async fn alone(&self, buyer_id: &str) -> OwnedMutexGuard<()> {
        let own = self
            .speaking
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(buyer_id.to_owned())
            .or_default()
            .clone();
        own.lock_owned().await
    }
}

/// Certificates, the buyer API at its own paths and below `/amazon-pay/`, and the voice page.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/alexa/certs/{name}", get(certificate))
        .merge(buyer_api::router(""))
        .merge(buyer_api::router("/amazon-pay"))
        .merge(linking::router())
        .merge(pages::router())
}

async fn certificate(State(sandbox): State<Sandbox>, Path(name): Path<String>) -> Response {
    if name != signer::CHAIN_NAME {
        return StatusCode::NOT_FOUND.into_response();
    }
    match sandbox.alexa().signer(&sandbox).await {
        Ok(signer) => {
            ([(header::CONTENT_TYPE, "application/x-pem-file")], signer.chain_pem().to_owned()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the key of the device could not be opened");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
