//! A forgotten password: a letter with a link that works once, and the page behind it.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::account::{check_password, is_address};
use super::error::PageError;
use super::extract::TextForm;
use super::page::{Chrome, Problems, leave_notice, page, page_with};
use crate::base::clock::hours;
use crate::base::ids;
use crate::flows::Context;
use crate::flows::accounts::{hash_password, password_link, token_hash};
use crate::store::StoreError;

/// How long the answer takes at least: longer than writing the letter, so that the time tells nobody
/// which addresses are known.
const FORGOT_TAKES: Duration = Duration::from_millis(200);

/// The password pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/account/password/forgot", get(show_forgot).post(forgot))
        .route("/account/password/{token}", get(show_choose).post(choose))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    email: String,
    password: String,
}

#[derive(Template)]
#[template(path = "account/forgot.html")]
struct ForgotPage {
    chrome: Chrome,
    problems: Problems,
    email: String,
    is_sent: bool,
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct ChoosePage {
    chrome: Chrome,
    problems: Problems,
    token: String,
}

async fn show_forgot(chrome: Chrome) -> Response {
    page(&ForgotPage { chrome, problems: Problems::default(), email: String::new(), is_sent: false })
}

/// Says the same whether the address is known or not.
async fn forgot(
    State(site): State<Site>,
    chrome: Chrome,
    parts: Parts,
    TextForm(fields): TextForm<Fields>,
) -> Result<Response, PageError> {
    let mut problems = Problems::default();
    if !is_address(&fields.email) {
        problems.add("email", "Please write an address like ana@example.com.");
        let form = ForgotPage { chrome, problems, email: fields.email, is_sent: false };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &form));
    }
    site.shop.limits().letter(site.shop.limits().client(&parts), &fields.email)?;
    let (written, ()) = tokio::join!(write_link(&site.ctx, fields.email.trim()), tokio::time::sleep(FORGOT_TAKES));
    written?;
    Ok(page(&ForgotPage { chrome, problems, email: fields.email, is_sent: true }))
}

/// Queues the letter with the link, where there is such an account.
async fn write_link(ctx: &Context, email: &str) -> Result<(), StoreError> {
    let Some(account) = ctx.store.account_by_email(email).await? else { return Ok(()) };
    let mut tx = ctx.store.write().await?;
    let token = password_link(&mut tx, &account.id, ctx.clock.real_now().plus(hours(1))).await?;
    let letter = ctx.letters().set_password(&account.email, &token, &ids::secret());
    tx.queue_letter(&letter, ctx.clock.now()).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}

async fn show_choose(chrome: Chrome, Path(token): Path<String>) -> Response {
    page(&ChoosePage { chrome, problems: Problems::default(), token })
}

/// Answers 303 to the sign-in page, or 422 with the form. Signs the account out everywhere.
async fn choose(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    Path(token): Path<String>,
    TextForm(fields): TextForm<Fields>,
) -> Result<Response, PageError> {
    let mut problems = Problems::default();
    check_password(&fields.password, &mut problems);
    if problems.is_empty() {
        let hash = hash_password(&fields.password).await;
        let mut tx = site.ctx.store.write().await?;
        if let Some(account) = tx.use_password_link(&token_hash(&token), site.ctx.clock.real_now()).await? {
            tx.set_password(&account, &hash).await?;
            tx.commit().await?;
            leave_notice(&session, "Your new password is kept. Sign in with it.").await?;
            return Ok(Redirect::to(&site.ctx.paths.signin()).into_response());
        }
        problems.add("password", "This link was used already or is too old. Please ask for a new one.");
    }
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &ChoosePage { chrome, problems, token }))
}
