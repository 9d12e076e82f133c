//! What a buyer does on the page of an order: pay, call off, write, ask for money back.
//!
//! Paying and calling off need no form key: the order's own state makes a second press harmless.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use super::Site;
use super::desk::problems;
use super::error::PageError;
use super::extract::{FormKey, TextForm};
use super::order_page::{TheirOrder, Typed, refused};
use super::page::Chrome;
use crate::flows::check_out::approval_address;
use crate::flows::{Actor, cancel, express, say, wish};

/// The acts, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/orders/{id}/pay", post(pay))
        .route("/orders/{id}/pay/button", post(press))
        .route("/orders/{id}/cancel", post(call_off))
        .route("/orders/{id}/messages", post(write))
        .route("/orders/{id}/requests", post(ask))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    /// Another provider than the order's; empty for the same one.
    provider: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    form_key: FormKey,
    body: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    form_key: FormKey,
    wish: String,
    reason: String,
}

/// `POST /orders/{id}/pay`: 303 to the provider, or the order page with what stands against it.
async fn pay(
    State(site): State<Site>,
    chrome: Chrome,
    TheirOrder(order): TheirOrder,
    TextForm(chosen): TextForm<Chosen>,
) -> Result<Response, PageError> {
    let with = Some(chosen.provider.as_str()).filter(|name| !name.is_empty());
    match approval_address(&site.ctx, &order.id, with).await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(error) => refused(&site, chrome, &order.id, problems(error, "main")?, Typed::default()).await,
    }
}

/// `POST /orders/{id}/pay/button`: what the script of the provider's own button is told, as JSON. Its
/// module turns to the plain way when this is refused, and that one says why.
async fn press(State(site): State<Site>, TheirOrder(order): TheirOrder) -> Result<Response, PageError> {
    let settings = express::sign_approval(&site.ctx, &order.id).await?;
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], settings).into_response())
}

/// `POST /orders/{id}/cancel`: 303 to the order page.
async fn call_off(
    State(site): State<Site>,
    chrome: Chrome,
    TheirOrder(order): TheirOrder,
) -> Result<Response, PageError> {
    match cancel::cancel(&site.ctx, &order.id, Actor::Buyer).await {
        Ok(()) => Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response()),
        Err(error) => refused(&site, chrome, &order.id, problems(error, "main")?, Typed::default()).await,
    }
}

/// `POST /orders/{id}/messages`: 303 to the order page, or 422 with what was typed.
async fn write(
    State(site): State<Site>,
    chrome: Chrome,
    TheirOrder(order): TheirOrder,
    TextForm(said): TextForm<Said>,
) -> Result<Response, PageError> {
    match say::say(&site.ctx, &order.id, Actor::Buyer, &said.body, said.form_key.as_str()).await {
        Ok(()) => Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response()),
        Err(error) => {
            let typed = Typed { body: said.body, ..Typed::default() };
            refused(&site, chrome, &order.id, problems(error, "body")?, typed).await
        }
    }
}

/// `POST /orders/{id}/requests`: 303 to the order page, or 422 with what was typed.
async fn ask(
    State(site): State<Site>,
    chrome: Chrome,
    TheirOrder(order): TheirOrder,
    TextForm(asked): TextForm<Asked>,
) -> Result<Response, PageError> {
    match wish::wish(&site.ctx, &order.id, &asked.wish, &asked.reason, asked.form_key.as_str()).await {
        Ok(()) => Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response()),
        Err(error) => {
            let typed = Typed { wish: asked.wish, reason: asked.reason, ..Typed::default() };
            refused(&site, chrome, &order.id, problems(error, "reason")?, typed).await
        }
    }
}
