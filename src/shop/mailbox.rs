//! The demo's mailbox: every letter the shop wrote, for whoever plays buyer and seller at once.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Site;
use super::error::PageError;
use super::page::{Chrome, HTML, page};
use crate::base::clock::Millis;
use crate::base::ids::LetterId;
use crate::store::letters::Letter;

/// How many letters are listed.
const NEWEST: i64 = 100;

/// A letter's own page: its own styles are inline, as mail demands; nothing else is loaded or run.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation";

/// The mailbox, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/mailbox", get(list)).route("/mailbox/{id}", get(show)).route("/mailbox/{id}/html", get(html))
}

struct Row {
    id: String,
    recipient: String,
    subject: String,
    queued_at: String,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    chrome: Chrome,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "letter_view.html")]
struct LetterPage {
    chrome: Chrome,
    letter: Letter,
    queued_at: String,
    paragraphs: Vec<Paragraph>,
}

/// One line of a letter's text; an address stands alone, so that it can be followed.
struct Paragraph {
    text: String,
    is_link: bool,
}

/// The lines of a text, with what ends in an address split into words and address.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    let plain = |text: &str| Paragraph { text: text.trim().to_owned(), is_link: false };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .flat_map(|line| match line.find("http://").or_else(|| line.find("https://")) {
            Some(at) => vec![plain(&line[..at]), Paragraph { text: line[at..].trim().to_owned(), is_link: true }],
            None => vec![plain(line)],
        })
        .collect()
}

async fn list(State(site): State<Site>, chrome: Chrome) -> Result<Response, PageError> {
    only_in_the_demo(&site)?;
    let letters = site.ctx.store.letters(NEWEST).await?;
    let rows = letters
        .into_iter()
        .map(|letter| Row {
            queued_at: Millis(letter.queued_at).for_people(),
            id: letter.id,
            recipient: letter.recipient,
            subject: letter.subject,
        })
        .collect();
    Ok(page(&MailboxPage { chrome, rows }))
}

async fn show(State(site): State<Site>, chrome: Chrome, Path(id): Path<String>) -> Result<Response, PageError> {
    let letter = letter(&site, &id).await?;
    let queued_at = Millis(letter.queued_at).for_people();
    let paragraphs = paragraphs(&letter.body_text);
    Ok(page(&LetterPage { chrome, letter, queued_at, paragraphs }))
}

async fn html(State(site): State<Site>, Path(id): Path<String>) -> Result<Response, PageError> {
    let letter = letter(&site, &id).await?;
    Ok(([(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, LETTER_POLICY)], letter.body_html).into_response())
}

async fn letter(site: &Site, id: &str) -> Result<Letter, PageError> {
    only_in_the_demo(site)?;
    let id: LetterId = id.parse().map_err(|_| PageError::NotFound)?;
    site.ctx.store.letter(&id).await?.ok_or(PageError::NotFound)
}

/// Elsewhere letters hold secret links and are nobody's business.
fn only_in_the_demo(site: &Site) -> Result<(), PageError> {
    if site.ctx.shop.is_demo { Ok(()) } else { Err(PageError::NotFound) }
}
