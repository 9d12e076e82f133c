//! Why a page could not be shown, and the page that says so.
//!
//! Handlers give a [`PageError`]; [`dress`] turns it, and every plain refusal of the framework,
//! into a page with the shop's frame. The log is written there, once, with the number that the
//! visitor sees.

use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::Site;
use super::page::{Chrome, page_with};
use super::requests::RequestId;
use crate::flows::ActError;
use crate::store::StoreError;

/// Why a page could not be shown.
#[derive(Debug)]
pub enum PageError {
    /// Nothing there, or not for this visitor.
    NotFound,
    /// Known, and not allowed.
    Forbidden,
    /// The request is not one that our pages make.
    BadRequest(&'static str),
    /// Understood, and not possible; the sentence is for the visitor.
    Unprocessable(String),
    /// The body is too large.
    TooLarge,
    /// Too often; how long to wait.
    TooMany(Duration),
    /// Whoever asks should sign in first: 303 to that address.
    SignInFirst(String),
    /// The database is locked or the disk is full: later it will work.
    Busy(StoreError),
    /// Our fault.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl PageError {
    /// Our fault, whatever it was.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PageError {
        PageError::Internal(error.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::Forbidden => StatusCode::FORBIDDEN,
            PageError::BadRequest(_) => StatusCode::BAD_REQUEST,
            PageError::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            PageError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            PageError::SignInFirst(_) => StatusCode::SEE_OTHER,
            PageError::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> PageError {
        match error {
            StoreError::Busy | StoreError::Full => PageError::Busy(error),
            other => PageError::internal(other),
        }
    }
}

impl From<ActError> for PageError {
    fn from(error: ActError) -> PageError {
        match error {
            ActError::NoSuchOrder => PageError::NotFound,
            ActError::NotNow(why) => PageError::Unprocessable(why.to_owned()),
            ActError::BadField { message, .. } => PageError::Unprocessable(message),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<tower_sessions::session::Error> for PageError {
    fn from(error: tower_sessions::session::Error) -> PageError {
        use tower_sessions::{session, session_store};
        if let session::Error::Store(session_store::Error::Backend(words)) = &error {
            for passing in [StoreError::Busy, StoreError::Full] {
                if *words == passing.to_string() {
                    return PageError::Busy(passing);
                }
            }
        }
        PageError::internal(error)
    }
}

/// What [`dress`] needs to know about a refusal.
#[derive(Clone, Debug)]
struct Note {
    /// For the visitor, where the status alone does not say it.
    words: Option<String>,
    /// For the log.
    cause: Option<String>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = self.status();
        let (words, cause) = match &self {
            PageError::SignInFirst(address) => return Redirect::to(address).into_response(),
            PageError::BadRequest(words) => (Some((*words).to_owned()), None),
            PageError::Unprocessable(words) => (Some(words.clone()), None),
            PageError::Busy(error) => (None, Some(error.to_string())),
            PageError::Internal(error) => (None, Some(error.to_string())),
            _ => (None, None),
        };
        let mut response = status.into_response();
        if let PageError::TooMany(wait) = self {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(Note { words, cause });
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    chrome: Chrome,
    title: &'static str,
    words: String,
    reference: Option<String>,
}

/// Gives every refusal the shop's frame, and writes the log line of those that are our fault.
pub async fn dress(State(site): State<Site>, request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().cloned();
    let cookies = request.headers().get(axum::http::header::COOKIE).cloned();
    let response = next.run(request).await;
    let status = response.status();
    let note = response.extensions().get::<Note>().cloned();
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !(status.is_client_error() || status.is_server_error()) || is_page {
        return response;
    }
    let is_ours = status.is_server_error();
    if let Some(cause) = note.as_ref().and_then(|note| note.cause.as_deref()) {
        tracing::error!(status = status.as_u16(), "a page could not be shown: {cause}");
    } else if is_ours {
        tracing::error!(status = status.as_u16(), "a page could not be shown");
    }
    let mut headers = HeaderMap::new();
    headers.extend(cookies.map(|value| (axum::http::header::COOKIE, value)));
    let (title, words) = wording(status);
    let dressed = page_with(
        status,
        &ErrorPage {
            chrome: Chrome::of(&site.ctx, &site.shop, &headers),
            title,
            words: note.and_then(|note| note.words).unwrap_or_else(|| words.to_owned()),
            reference: request_id.filter(|_| is_ours).map(|id| id.to_string()),
        },
    );
    keep_headers(response, dressed)
}

/// The dressed page with whatever else the refusal said: cookies, `Allow`, `Retry-After`.
fn keep_headers(refusal: Response, mut dressed: Response) -> Response {
    let (parts, _) = refusal.into_parts();
    for (name, value) in &parts.headers {
        if *name != CONTENT_TYPE && *name != CONTENT_LENGTH {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    dressed
}

fn wording(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("Not on this market", "There is nothing at this address, or it is not yours to see."),
        StatusCode::METHOD_NOT_ALLOWED => ("Not that way", "This address is not used like that."),
        StatusCode::FORBIDDEN => ("This door is closed", "You may not do that, or the form came from another site."),
        StatusCode::UNPROCESSABLE_ENTITY => ("That did not work", "Something in the form cannot be right."),
        StatusCode::PAYLOAD_TOO_LARGE => ("Too much at once", "What was sent is larger than this page takes."),
        StatusCode::TOO_MANY_REQUESTS => {
            ("One moment, please", "That was a little often. Wait a minute and try again; nothing is lost.")
        }
        StatusCode::SERVICE_UNAVAILABLE => (
            "The market is very busy",
            "We could not get to it this time. Nothing was charged and nothing is lost: please try again in a moment.",
        ),
        status if status.is_server_error() => (
            "Something broke on our side",
            "It is not your fault, and nothing was charged by this page. We have it in the log.",
        ),
        _ => ("We did not understand that", "The request is not one that our pages make."),
    }
}
