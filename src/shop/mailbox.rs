//! The demo's mailbox: every letter the shop wrote, for whoever shows the demo. There is no such
//! page outside of it.
//!
//! A letter's HTML is shown in a sandboxed frame, from an address of its own whose policy allows
//! the letter's inline styles and nothing else.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::desk::id;
use super::error::PageError;
use super::page::{Chrome, HTML, page};
use super::security::with_frames;
use crate::base::clock::Millis;
use crate::base::ids::LetterId;
use crate::flows::Context;
use crate::store::letters::Letter;

/// How many letters the list shows, newest first.
const NEWEST: i64 = 100;

/// What a letter may do: look as it was written, and lead somewhere when its reader clicks.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                             frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation";

/// The mailbox.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/mailbox", get(list))
        .route("/mailbox/{id}", get(show))
        .route("/mailbox/{id}/html", get(letter_page))
}

struct Row {
    id: String,
    recipient: String,
    subject: String,
    at: String,
    at_text: String,
    is_sent: bool,
}

impl Row {
    fn of(letter: &Letter) -> Row {
        Row {
            id: letter.id.clone(),
            recipient: letter.recipient.clone(),
            subject: letter.subject.clone(),
            at: Millis(letter.queued_at).iso8601(),
            at_text: Millis(letter.queued_at).for_people(),
            is_sent: letter.sent_at.is_some(),
        }
    }
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    chrome: Chrome,
    letters: Vec<Row>,
    newest: i64,
}

#[derive(Template)]
#[template(path = "letter_view.html")]
struct LetterView {
    chrome: Chrome,
    letter: Row,
    lines: Vec<Line>,
}

/// A line of a letter's text; the address at its end can be followed.
struct Line {
    words: String,
    address: Option<String>,
}

/// The lines of a text. Only our own addresses become links: letters quote what people wrote.
fn lines(text: &str, origin: &str) -> Vec<Line> {
    let line = |line: &str| match line.find(origin) {
        Some(at) => Line { words: line[..at].trim_end().to_owned(), address: Some(line[at..].trim().to_owned()) },
        None => Line { words: line.to_owned(), address: None },
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// `GET /mailbox`.
async fn list(State(ctx): State<Context>, chrome: Chrome) -> Result<Response, PageError> {
    only_in_the_demo(&ctx)?;
    let letters = ctx.store.letters(NEWEST).await?;
    Ok(page(&MailboxPage { chrome, letters: letters.iter().map(Row::of).collect(), newest: NEWEST }))
}

/// `GET /mailbox/{id}`: the text, and a frame for the HTML.
async fn show(State(site): State<Site>, chrome: Chrome, Path(name): Path<String>) -> Result<Response, PageError> {
    let letter = letter(&site.ctx, &name).await?;
    let shown_at = format!("{}/", site.ctx.paths.origin());
    let view = LetterView { chrome, letter: Row::of(&letter), lines: lines(&letter.body_text, &shown_at) };
    let policy = with_frames(&site.shop.inner.policy);
    Ok(([(CONTENT_SECURITY_POLICY, policy)], page(&view)).into_response())
}

/// `GET /mailbox/{id}/html`: the HTML alone. Its links open in the window around the frame.
async fn letter_page(State(ctx): State<Context>, Path(name): Path<String>) -> Result<Response, PageError> {
    let letter = letter(&ctx, &name).await?;
    let html = letter.body_html.replacen("<head>", "<head><base target=\"_top\">", 1);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(HTML)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(LETTER_POLICY)),
        (X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, html).into_response())
}

async fn letter(ctx: &Context, name: &str) -> Result<Letter, PageError> {
    only_in_the_demo(ctx)?;
    let id: LetterId = id(name)?;
    ctx.store.letter(&id).await?.ok_or(PageError::NotFound)
}

fn only_in_the_demo(ctx: &Context) -> Result<(), PageError> {
    if ctx.shop.is_demo { Ok(()) } else { Err(PageError::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_become_links() {
        let text = "Hello\n\nYour order: http://localhost:3000/orders/1?key=2\nhttps://evil.example/ look";
        let lines = lines(text, "http://localhost:3000/");
        let addresses: Vec<Option<&str>> = lines.iter().map(|line| line.address.as_deref()).collect();
        assert_eq!(addresses, [None, Some("http://localhost:3000/orders/1?key=2"), None]);
        assert_eq!(lines[1].words, "Your order:");
    }
}
