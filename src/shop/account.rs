//! Sign up, in and out, and the page of an account.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::error::PageError;
use super::extract::{SignedIn, TextForm, sign_in};
use super::page::{Chrome, Problems, page, page_with};
use crate::base::clock::Millis;
use crate::base::ids::BuyerId;
use crate::base::paths::Paths;
use crate::flows::accounts;
use crate::orders::order::Order;
use crate::store::accounts::Account;

/// The account pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/signin", get(show_signin).post(signin))
        .route("/signup", get(show_signup).post(signup))
        .route("/signout", post(signout))
        .route("/account", get(account))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    name: String,
    email: String,
    password: String,
    next: String,
}

#[derive(Template)]
#[template(path = "account/signin.html")]
struct SigninPage {
    chrome: Chrome,
    problems: Problems,
    email: String,
    next: String,
}

#[derive(Template)]
#[template(path = "account/signup.html")]
struct SignupPage {
    chrome: Chrome,
    problems: Problems,
    /// The name that was typed; `name` is a word of the field macro.
    called: String,
    email: String,
    next: String,
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct AccountPage {
    chrome: Chrome,
    name: String,
    email: String,
    orders: Vec<Order>,
    has_stall: bool,
    is_operator: bool,
    /// Since when the Alexa skill is linked.
    linked_since: Option<Millis>,
}

/// Where to go after signing in: only to a path of ours. Browsers read `/\evil` as `//evil`, and
/// drop tabs before they look, so nothing but plain letters and signs may be in it.
fn after(paths: &Paths, next: &str) -> Redirect {
    let is_path = next.starts_with(&paths.local("/")) && !next.starts_with("//");
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_path && is_plain { Redirect::to(next) } else { Redirect::to(&paths.account()) }
}

async fn show_signin(chrome: Chrome, Query(fields): Query<Fields>) -> Response {
    page(&SigninPage { chrome, problems: Problems::default(), email: fields.email, next: fields.next })
}

/// Answers 303 to where the visitor wanted to go, or 422 with the form. An unknown address takes as
/// long as a wrong password and reads the same.
async fn signin(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    parts: Parts,
    TextForm(fields): TextForm<Fields>,
) -> Result<Response, PageError> {
    site.shop.limits().sign_in(site.shop.limits().client(&parts), &fields.email)?;
    let account = site.ctx.store.account_by_email(fields.email.trim()).await?;
    let hash = account.as_ref().map_or("", |account| &account.password_hash);
    let is_right = accounts::password_matches(&fields.password, hash).await;
    match account.filter(|_| is_right) {
        Some(account) => {
            if accounts::hash_is_old(&account.password_hash) {
                let hash = accounts::hash_password(&fields.password).await;
                let mut tx = site.ctx.store.write().await?;
                tx.renew_hash(&account.id, &hash).await?;
                tx.commit().await?;
            }
            sign_in(&site.ctx, &session, &account).await?;
            Ok(after(&site.ctx.paths, &fields.next).into_response())
        }
        None => {
            let mut problems = Problems::default();
            problems.add("email", "This address and password do not go together.");
            let form = SigninPage { chrome, problems, email: fields.email, next: fields.next };
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
    }
}

async fn show_signup(chrome: Chrome, Query(fields): Query<Fields>) -> Response {
    let Fields { name, email, next, .. } = fields;
    page(&SignupPage { chrome, problems: Problems::default(), called: name, email, next })
}

/// Answers 303 when the account was made, or 422 with the form.
async fn signup(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    parts: Parts,
    TextForm(fields): TextForm<Fields>,
) -> Result<Response, PageError> {
    site.shop.limits().sign_in(site.shop.limits().client(&parts), &fields.email)?;
    let mut problems = Problems::default();
    if fields.name.trim().is_empty() || fields.name.chars().count() > 80 {
        problems.add("name", "Please tell us what to call you, in at most 80 characters.");
    }
    if !is_address(&fields.email) {
        problems.add("email", "Please write an address like ana@example.com.");
    }
    check_password(&fields.password, &mut problems);
    if problems.is_empty() {
        let account = Account {
            id: BuyerId::fresh(),
            email: fields.email.trim().to_lowercase(),
            name: fields.name.trim().to_owned(),
            password_hash: accounts::hash_password(&fields.password).await,
            is_operator: false,
            session_epoch: 0,
        };
        let mut tx = site.ctx.store.write().await?;
        if tx.insert_account(&account, site.ctx.clock.now()).await? {
            tx.commit().await?;
            sign_in(&site.ctx, &session, &account).await?;
            return Ok(after(&site.ctx.paths, &fields.next).into_response());
        }
        problems.add("email", "There is an account with this address already. Sign in, or choose a new password.");
    }
    let Fields { name, email, next, .. } = fields;
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &SignupPage { chrome, problems, called: name, email, next }))
}

/// Whether a text looks like a mail address: something, an at sign, a host with a dot.
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    let host_has_dot = |host: &str| host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    let parts = text.split_once('@');
    text.len() <= 254
        && !text.contains(char::is_whitespace)
        && parts.is_some_and(|(name, host)| !name.is_empty() && !host.contains('@') && host_has_dot(host))
}

/// Adds what is wrong with a new password.
pub fn check_password(password: &str, problems: &mut Problems) {
    if password.chars().count() < 10 {
        problems.add("password", "Please use at least 10 characters.");
    } else if password.len() > 1000 {
        problems.add("password", "Please use at most 1,000 characters.");
    }
}

async fn signout(State(site): State<Site>, session: Session) -> Result<Redirect, PageError> {
    session.flush().await?;
    Ok(Redirect::to(&site.ctx.paths.home()))
}

async fn account(State(site): State<Site>, chrome: Chrome, SignedIn(account): SignedIn) -> Result<Response, PageError> {
    let orders = site.ctx.store.orders_of_buyer(&account.id, "~", 50).await?;
    let has_stall = site.ctx.store.seller_of(&account.id).await?.is_some();
    let linked_since = match site.ctx.linking {
        Some(_) => site.ctx.store.linked_since(&account.id).await?,
        None => None,
    };
    let Account { name, email, is_operator, .. } = account;
    Ok(page(&AccountPage { chrome, name, email, orders, has_stall, is_operator, linked_since }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_our_own_pages_only() {
        let paths = Paths::new("https://example.com/shop").unwrap();
        let leads_to = |next: &str| after(&paths, next).location().to_owned();
        assert_eq!(leads_to("/shop/sell/desk"), "/shop/sell/desk");
        for bad in
            ["https://evil.example", "//evil.example", "/shop/\\evil", "/\t/evil.example", "/elsewhere", "/shop/ü"]
        {
            assert_eq!(leads_to(bad), "/shop/account", "{bad}");
        }
    }

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for good in ["ana@example.com", " a.b+c@d.co "] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "ana", "@example.com", "ana@", "ana@localhost", "a b@example.com", "a@b@example.com"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
