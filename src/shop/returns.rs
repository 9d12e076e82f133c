//! Where providers send people back. Outside sessions and cross-site protection: such a request may
//! be a cross-site post that carries no cookie, and shows nothing personal.
//!
//! A GET is verified over its raw query, a POST over its raw body (at most 64 KiB). What a POST has
//! in its query as well is left aside: nobody vouches for it, and nothing is read from it.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use super::page::{Chrome, page, page_with};
use crate::flows::come_back::{CameBack, came_back};

/// The return addresses.
pub fn router() -> Router<Site> {
    Router::new().route("/return/{provider}", get(buyer).post(buyer)).route("/sell/return", get(seller).post(seller))
}

#[derive(Template)]
#[template(path = "returned.html")]
struct ReturnedPage {
    chrome: Chrome,
    title: &'static str,
    words: &'static str,
    /// Whose page it goes on at: the buyer's account or the seller's desk.
    next: String,
    next_label: &'static str,
}

/// Who is sent back to an address.
#[derive(Clone, Copy)]
enum Who {
    Buyer,
    Seller,
}

/// What was brought back: the raw query of a GET, the raw body of a POST.
fn raw(method: &Method, query: Option<String>, body: &Bytes) -> Option<String> {
    match *method {
        Method::POST => String::from_utf8(body.to_vec()).ok(),
        _ => Some(query.unwrap_or_default()),
    }
}

async fn buyer(
    State(site): State<Site>,
    Path(provider): Path<String>,
    method: Method,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, PageError> {
    if site.ctx.providers.get(&provider).is_none() {
        return Err(PageError::NotFound);
    }
    let local = site.ctx.paths.provider_return(&provider);
    answer(&site, Who::Buyer, &provider, &local, raw(&method, query, &body)).await
}

/// Sellers come back to one address whatever the provider: at most one registers them.
async fn seller(
    State(site): State<Site>,
    method: Method,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, PageError> {
    let provider = site.ctx.providers.paying_sellers(site.ctx.shop.currency);
    let provider = provider.ok_or(PageError::NotFound)?.name();
    let local = site.ctx.paths.sell_return();
    answer(&site, Who::Seller, provider, &local, raw(&method, query, &body)).await
}

async fn answer(
    site: &Site,
    who: Who,
    provider: &str,
    local: &str,
    raw: Option<String>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let back = match raw {
        Some(raw) => came_back(ctx, provider, local, &raw).await?,
        None => CameBack::NotBelieved,
    };
    Ok(match back {
        CameBack::Buyer(order) => {
            let order = ctx.store.order(&order).await?.ok_or(PageError::NotFound)?;
            Redirect::to(&ctx.paths.checkout_status(&order.checkout)).into_response()
        }
        CameBack::Basket(checkout) => Redirect::to(&ctx.paths.checkout_status(&checkout)).into_response(),
        CameBack::Changed(agreement) => Redirect::to(&ctx.paths.agreement(agreement)).into_response(),
        CameBack::Seller(_) => Redirect::to(&ctx.paths.sell_desk()).into_response(),
        CameBack::NotBelieved => page_with(StatusCode::BAD_REQUEST, &not_believed(site, who)),
        CameBack::Later => page(&later(site, who)),
    })
}

fn not_believed(site: &Site, who: Who) -> ReturnedPage {
    let words = match who {
        Who::Buyer => {
            "The payment service does not vouch for what your browser brought back, so nothing was changed and \
             nothing was charged by it. If you were paying, your order's page knows how far it is."
        }
        Who::Seller => {
            "The payment service does not vouch for what your browser brought back, so nothing was changed. \
             If you were registering, please start again from your desk."
        }
    };
    returned(site, who, "We could not make sense of that", words)
}

fn later(site: &Site, who: Who) -> ReturnedPage {
    let words = "The payment service does not answer right now. Nothing is lost: we keep asking, and write to you as \
                 soon as we know. Closing this page is safe.";
    let title = match who {
        Who::Buyer => "We are confirming your payment",
        Who::Seller => "We are confirming your registration",
    };
    returned(site, who, title, words)
}

fn returned(site: &Site, who: Who, title: &'static str, words: &'static str) -> ReturnedPage {
    let paths = &site.ctx.paths;
    let (next, next_label) = match who {
        Who::Buyer => (paths.account_orders(), "Your orders"),
        Who::Seller => (paths.sell_desk(), "Your desk"),
    };
    ReturnedPage { chrome: Chrome::plain(&site.ctx, &site.shop), title, words, next, next_label }
}
