//! A basket that was filled by voice, taken over into a browser: Alexa's card leads here when a purchase
//! cannot be finished aloud. Whoever has the card has the basket; both go on with the same one.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Site;
use super::error::PageError;
use super::extract::{Cart, CartCookie, TextForm};
use super::page::{Chrome, page};
use crate::base::money::Money;
use crate::words::Words;

/// The page and its button, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/cart/voice", get(show).post(take_over))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Key {
    key: String,
}

/// A line as it is shown.
struct Line {
    quantity: i64,
    title: String,
    amount: Money,
}

#[derive(Template)]
#[template(path = "voice_cart.html")]
struct VoiceCartPage {
    chrome: Chrome,
    key: String,
    lines: Vec<Line>,
    language: &'static str,
    title: String,
    words: String,
    button: String,
    /// Said where this browser has another basket, which is left behind.
    another: Option<String>,
}

/// `GET /cart/voice?key=…`: what is in it. 404 for an unknown or empty one.
async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    CartCookie(cart): CartCookie,
    headers: HeaderMap,
    Query(Key { key }): Query<Key>,
) -> Result<Response, PageError> {
    let lines = lines(&site, &key).await?;
    let has_another = cart.is_some_and(|cart| cart.id != key && cart.count > 0);
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let words = Words::for_browser(asked);
    Ok(page(&VoiceCartPage {
        chrome,
        key,
        lines,
        language: words.locale(),
        title: words.say("web-cart-title", &[]),
        words: words.say("web-cart", &[]),
        button: words.say("web-cart-button", &[]),
        another: has_another.then(|| words.say("web-cart-another", &[])),
    }))
}

/// `POST /cart/voice` (`key`): 303 to the basket, which is this one from now on.
async fn take_over(State(site): State<Site>, TextForm(Key { key }): TextForm<Key>) -> Result<Response, PageError> {
    let count = lines(&site, &key).await?.iter().map(|line| line.quantity).sum();
    let cart = Cart { id: key, count };
    Ok((cart.remember(&site.ctx.paths), Redirect::to(&site.ctx.paths.cart())).into_response())
}

async fn lines(site: &Site, key: &str) -> Result<Vec<Line>, PageError> {
    if !site.ctx.store.is_voice_cart(key).await? {
        return Err(PageError::NotFound);
    }
    let lines = site.ctx.store.cart_lines(key).await?;
    if lines.is_empty() {
        return Err(PageError::NotFound);
    }
    let shown = lines.into_iter().map(|line| {
        let amount = line.unit.times(line.quantity).unwrap_or(line.unit);
        Line { quantity: line.quantity, title: line.title, amount }
    });
    Ok(shown.collect())
}
