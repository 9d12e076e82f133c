//! Account linking from the Alexa app's side: OAuth 2 authorisation code grant with PKCE S256.
//!
//! ```text
//! POST /alexa/link → 303 AUTHORIZE?response_type=code&client_id=…&redirect_uri=…/alexa/linked&state=…&code_challenge=…
//! GET /alexa/linked?code=…&state=… → POST TOKEN grant_type=authorization_code → 303 /alexa
//! ```

use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;

use super::people::{self, Entry, Link, Person};
use super::state::Linking;
use super::{AccountLinking, Skill};
use crate::base::clock::minutes;
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::pages::Problem;
use crate::sandbox::state::StateError;

/// How long the way through the shop may take, in real time.
const PATIENCE: Duration = minutes(15);
/// How long before its end a token is made new, in milliseconds.
const EARLY: i64 = 60_000;

/// The way out and the way back.
pub fn router() -> Router<Sandbox> {
    Router::new().route("/alexa/link", post(start)).route("/alexa/linked", get(finish))
}

#[derive(serde::Deserialize)]
struct Start {
    persona: String,
}

async fn start(State(sandbox): State<Sandbox>, Form(form): Form<Start>) -> Response {
    let Some(linking) = sandbox.skill().and_then(|skill| skill.linking.clone()) else {
        return problem(
            StatusCode::NOT_FOUND,
            "This skill has no account linking",
            "Its settings name no OAuth server.",
        );
    };
    let Some(buyer) = people::buyer(&form.persona) else {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "Nobody has that name", "Choose one of the test people.");
    };
    let (state, verifier) = (ids::secret(), format!("{}{}", ids::secret(), ids::secret()));
    let expires_at = sandbox.clock().real_now().plus(PATIENCE).0;
    let link = Linking { buyer_id: buyer.id.to_owned(), verifier: verifier.clone(), expires_at };
    let keep = async {
        let mut tx = sandbox.db().write().await?;
        tx.begin_link(&state, &link).await?;
        tx.commit().await
    };
    if let Err(error) = keep.await {
        return broken(&error);
    }
    match url::Url::parse(&linking.authorize_url) {
        Ok(mut url) => {
            let challenge = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier.as_bytes()));
            url.query_pairs_mut()
                .append_pair("response_type", "code")
                .append_pair("client_id", &linking.client_id)
                .append_pair("redirect_uri", &redirect_uri(&sandbox))
                .append_pair("scope", "orders")
                .append_pair("state", &state)
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256");
            Redirect::to(url.as_str()).into_response()
        }
        Err(_) => {
            problem(StatusCode::INTERNAL_SERVER_ERROR, "The shop's address is wrong", "Its authorize_url is none.")
        }
    }
}

fn redirect_uri(sandbox: &Sandbox) -> String {
    format!("{}/alexa/linked", sandbox.base_url())
}

#[derive(serde::Deserialize)]
struct Return {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

async fn finish(State(sandbox): State<Sandbox>, Query(came): Query<Return>) -> Response {
    let now = sandbox.clock().real_now();
    let taken = async {
        let mut tx = sandbox.db().write().await?;
        let taken = tx.take_link(&came.state, now).await?;
        tx.commit().await?;
        Ok::<Option<Linking>, StateError>(taken)
    };
    let begun = match taken.await {
        Ok(Some(begun)) => begun,
        Ok(None) => {
            let why = "The link was used before, or took longer than 15 minutes. Start it again from the voice page.";
            return problem(StatusCode::BAD_REQUEST, "This account link has ended", why);
        }
        Err(error) => return broken(&error),
    };
    let (Some(buyer), Some(skill)) = (people::buyer(&begun.buyer_id), sandbox.skill()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let got = match &skill.linking {
        Some(linking) if came.error.is_empty() => {
            let uri = redirect_uri(&sandbox);
            let pairs = [
                ("grant_type", "authorization_code"),
                ("code", came.code.as_str()),
                ("redirect_uri", &uri),
                ("code_verifier", &begun.verifier),
            ];
            ask(&sandbox, linking, &pairs).await
        }
        _ => Err(format!("the shop said: {}", came.error)),
    };
    let _alone = sandbox.alexa().alone(buyer.id).await;
    let keep = async {
        let mut person = sandbox.person(buyer).await?;
        match got {
            Ok(link) => person.link = Some(link),
            Err(problem) => person.note(Entry::Broken(format!("The account is not linked: {problem}"))),
        }
        sandbox.keep_person(&person).await
    };
    match keep.await {
        Ok(()) => Redirect::to(&super::pages::address(buyer)).into_response(),
        Err(error) => broken(&error),
    }
}

#[derive(serde::Deserialize)]
struct Tokens {
    access_token: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default)]
    expires_in: i64,
}

/// Asks the shop for tokens. Errors: a sentence that holds none.
async fn ask(sandbox: &Sandbox, linking: &AccountLinking, pairs: &[(&str, &str)]) -> Result<Link, String> {
    let response = sandbox
        .http()
        .post(&linking.token_url)
        .timeout(Duration::from_secs(5))
        .basic_auth(&linking.client_id, Some(linking.client_secret.reveal()))
        .form(pairs)
        .send()
        .await
        .map_err(|_| "the shop's token address does not answer".to_owned())?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("the shop's token address answered status {}", status.as_u16()));
    }
    let text = response.text().await.map_err(|_| "the shop's answer broke off".to_owned())?;
    let tokens: Tokens = serde_json::from_str(&text).map_err(|_| "the shop's answer holds no token".to_owned())?;
    let lifetime = if tokens.expires_in > 0 { tokens.expires_in } else { 3600 };
    let expires_at = sandbox.clock().real_now().0.saturating_add(lifetime.saturating_mul(1000));
    Ok(Link { access_token: tokens.access_token, refresh_token: tokens.refresh_token, expires_at })
}

/// Makes the person's tokens new when they run out; the link is gone when the shop refuses.
pub async fn refresh(sandbox: &Sandbox, skill: &Skill, person: &mut Person) {
    let (Some(link), Some(linking)) = (&person.link, &skill.linking) else { return };
    if link.expires_at - EARLY > sandbox.clock().real_now().0 {
        return;
    }
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", link.refresh_token.as_str())];
    person.link = match ask(sandbox, linking, &pairs).await {
        Ok(mut fresh) => {
            if fresh.refresh_token.is_empty() {
                fresh.refresh_token = link.refresh_token.clone();
            }
            Some(fresh)
        }
        Err(problem) => {
            tracing::warn!(problem, "an account link could not be refreshed");
            None
        }
    };
}

/// A page that says what went wrong.
pub fn problem(status: StatusCode, title: &'static str, text: &str) -> Response {
    let page = Problem {
        title: title.to_owned(),
        message: text.to_owned(),
        advice: String::new(),
        continue_to: "/alexa".to_owned(),
    };
    desk::page(status, &page)
}

/// The page for a database that fails.
pub fn broken(error: &StateError) -> Response {
    tracing::error!(%error, "the device could not read or write what it keeps");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox has failed", "Its log says why.")
}
