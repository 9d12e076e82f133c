//! What every page shares: the frame around it, and the answer it becomes.

use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;

use super::error::PageError;
use super::extract::{self, CartCookie};
use super::{Shop, Site};
use crate::base::paths::Paths;
use crate::flows::Context;
use crate::market::catalog::Category;

/// Where the one message waits that the next page shows.
const NOTICE: &str = "notice";

/// The sections of the market, shared by every page.
#[derive(Clone, Debug, Default)]
pub struct Categories(pub Arc<[Category]>);

impl Deref for Categories {
    type Target = [Category];

    fn deref(&self) -> &[Category] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Categories {
    type Item = &'a Category;
    type IntoIter = std::slice::Iter<'a, Category>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The frame around a page: everything `templates/layout.html` prints.
///
/// Handlers that take it as an extractor get the flash message with it, once. That reads the
/// session, but only for visitors who have one.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// All addresses.
    pub paths: Paths,
    /// The shop's name.
    pub shop_name: String,
    /// How many things are in the basket.
    pub cart_count: i64,
    /// One message from the page before.
    pub notice: Option<String>,
    /// Whether to show the way to the mailbox and the sandbox.
    pub demo: bool,
    /// The sandbox's desk.
    pub sandbox_url: Option<String>,
    /// The navigation.
    pub categories: Categories,
    /// The section that is being looked at, or nothing.
    pub category: String,
}

impl Chrome {
    /// The frame for a visitor with these headers. Asks neither database nor session.
    pub fn of(ctx: &Context, shop: &Shop, headers: &HeaderMap) -> Chrome {
        let cart_count = CartCookie::of(headers).0.map_or(0, |cart| cart.count);
        Chrome { cart_count, ..Chrome::plain(ctx, shop) }
    }

    /// The frame for a visitor without a basket.
    pub fn plain(ctx: &Context, shop: &Shop) -> Chrome {
        Chrome {
            paths: ctx.paths.clone(),
            shop_name: ctx.shop.name.clone(),
            cart_count: 0,
            notice: None,
            demo: ctx.shop.is_demo,
            sandbox_url: ctx.shop.sandbox_url.clone(),
            categories: shop.catalogue().categories(),
            category: String::new(),
        }
    }
}

impl FromRequestParts<Site> for Chrome {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Chrome, PageError> {
        site.shop.catalogue().know_categories(&site.ctx.store).await?;
        let mut chrome = Chrome::of(&site.ctx, &site.shop, &parts.headers);
        if let Ok(session) = Session::from_request_parts(parts, site).await
            && extract::has_session_cookie(&parts.headers)
        {
            chrome.notice = session.remove(NOTICE).await?;
        }
        Ok(chrome)
    }
}

/// Leaves a message for the next page that shows one.
pub async fn leave_notice(session: &Session, words: &str) -> Result<(), PageError> {
    Ok(session.insert(NOTICE, words).await?)
}

/// A page of one visitor: 200, not kept by any cache.
pub fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

/// The same with another status: 422 for a form that comes back with messages.
pub fn page_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(CONTENT_TYPE, HTML), (CACHE_CONTROL, "no-store")], html).into_response(),
        Err(error) => PageError::internal(error).into_response(),
    }
}

/// The content type of all pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// One message about one field of a form, for the list above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's name.
    pub field: String,
    /// What to do.
    pub message: String,
}

/// What is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(Problem { field: field.to_owned(), message: message.into() });
    }

    /// The first message about `field`, as the macros of `parts/field.html` take it.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// Whether the form is fine.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The address of a picture: the seed's drawings are files, uploads are rows.
pub fn picture(paths: &Paths, name: &str) -> String {
    match name {
        "" => paths.asset("pictures/no-picture.webp"),
        name if name.starts_with("pic_") => paths.picture(name),
        name => paths.asset(format_args!("pictures/{name}")),
    }
}

/// Splits a text at its blank lines.
pub fn paragraphs(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n")
        .split("\n\n")
        .map(|paragraph| paragraph.trim().to_owned())
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_and_drawings_have_different_addresses() {
        let paths = Paths::new("https://example.com/shop").unwrap();
        assert_eq!(picture(&paths, "honey.webp"), "/shop/assets/pictures/honey.webp");
        assert_eq!(picture(&paths, "pic_01"), "/shop/pictures/pic_01");
        assert_eq!(picture(&paths, ""), "/shop/assets/pictures/no-picture.webp");
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(paragraphs("\none\r\n\r\n\n\n two \n"), ["one", "two"]);
    }
}
