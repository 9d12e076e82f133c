//! Account linking: the page that asks whether the Alexa skill may be linked, and the link's end.
//!
//! People come here from Amazon, so the page opens for a visitor of another site; what it decides is a form of
//! ours. Whoever asks from an address that is not registered is never led back there.

pub mod token;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::error::PageError;
use super::extract::{FormKey, MaybeSignedIn, SignedIn, TextForm};
use super::page::{Chrome, leave_notice, page};
use crate::base::paths::Paths;
use crate::flows::Context;
use crate::flows::link_account::request::{self, Misasked, answered, understand};
use crate::flows::link_account::{Client, allow, unlink};

/// The pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/oauth/authorize", get(ask).post(decide)).route("/account/link/end", post(end))
}

#[derive(Template)]
#[template(path = "account/link.html")]
struct LinkPage {
    chrome: Chrome,
    email: String,
    /// All of it goes into the form, to be judged again.
    query: request::Query,
    form_key: FormKey,
}

#[derive(Deserialize)]
struct Decision {
    #[serde(flatten)]
    query: request::Query,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    form_key: FormKey,
}

fn client(ctx: &Context) -> Result<&Client, PageError> {
    ctx.linking.as_deref().ok_or(PageError::NotFound)
}

/// The page, or 303: to sign in first and come back, or to the client with what is wrong.
async fn ask(
    State(ctx): State<Context>,
    chrome: Chrome,
    MaybeSignedIn(account): MaybeSignedIn,
    Query(query): Query<request::Query>,
) -> Result<Response, PageError> {
    if let Err(misasked) = understand(client(&ctx)?, &query) {
        return refuse(misasked);
    }
    match account {
        None => Err(PageError::SignInFirst(sign_in_address(&ctx.paths, &query))),
        Some(account) => Ok(page(&LinkPage { chrome, email: account.email, query, form_key: FormKey::fresh() })),
    }
}

/// The way to sign in and back to this very request.
fn sign_in_address(paths: &Paths, query: &request::Query) -> String {
    let pairs = [
        ("response_type", query.response_type.as_str()),
        ("client_id", &query.client_id),
        ("redirect_uri", &query.redirect_uri),
        ("state", &query.state),
        ("scope", &query.scope),
        ("code_challenge", &query.code_challenge),
        ("code_challenge_method", &query.code_challenge_method),
    ];
    let here = paths.with_query(&paths.oauth_authorize(), &pairs);
    paths.with_query(&paths.signin(), &[("next", &here)])
}

fn refuse(misasked: Misasked) -> Result<Response, PageError> {
    match misasked {
        Misasked::Stranger => Err(PageError::BadRequest(
            "Whoever sent you here is not known to this shop, so nothing was linked. You can close this page.",
        )),
        Misasked::Told { redirect_uri, state, error, description } => {
            Ok(lead_back(&answered(&redirect_uri, &state, &[("error", error), ("error_description", description)])))
        }
    }
}

/// 303 to the client, kept by no cache: a code may be in it.
fn lead_back(address: &str) -> Response {
    let mut response = Redirect::to(address).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST`: 303 to the client, with a code where it was allowed.
async fn decide(
    State(ctx): State<Context>,
    MaybeSignedIn(account): MaybeSignedIn,
    TextForm(Decision { query, answer, form_key }): TextForm<Decision>,
) -> Result<Response, PageError> {
    let client = client(&ctx)?;
    let asked = match understand(client, &query) {
        Ok(asked) => asked,
        Err(misasked) => return refuse(misasked),
    };
    let account = account.ok_or_else(|| PageError::SignInFirst(sign_in_address(&ctx.paths, &query)))?;
    if answer != "allow" {
        let said = [("error", "access_denied"), ("error_description", "the buyer does not want it")];
        return Ok(lead_back(&answered(&asked.redirect_uri, &asked.state, &said)));
    }
    let code = allow(&ctx, client, &account.id, &asked, form_key.as_str()).await?;
    Ok(lead_back(&answered(&asked.redirect_uri, &asked.state, &[("code", &code)])))
}

/// `POST /account/link/end`: 303 back to the account.
async fn end(State(ctx): State<Context>, session: Session, SignedIn(account): SignedIn) -> Result<Redirect, PageError> {
    client(&ctx)?;
    unlink(&ctx, &account.id).await?;
    leave_notice(&session, "Alexa is not linked to your account any more.").await?;
    Ok(Redirect::to(&ctx.paths.account()))
}
