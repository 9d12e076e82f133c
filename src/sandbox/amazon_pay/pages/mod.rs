//! The hosted pages: a buyer signs in, chooses address and method, reviews and pays. No script, no cookie.
//!
//! ```text
//! GET /checkout?amazonCheckoutSessionId=ID             → checkoutReviewReturnUrl?amazonCheckoutSessionId=ID
//! GET /checkout/processing?amazonCheckoutSessionId=ID  → checkoutResultReturnUrl?amazonCheckoutSessionId=ID
//! ```

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};

use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::ops::disputes;
use crate::sandbox::amazon_pay::ops::reports::Report;
use crate::sandbox::amazon_pay::state::merchants::Account;
use crate::sandbox::desk;
use crate::sandbox::fps::pages::Problem;
use crate::sandbox::state::StateError;

mod agreement;
mod button;
mod steps;
mod views;
mod visit;

/// The button's script: it posts the button's settings to our own `/checkout`.
const SCRIPT: &str = include_str!("../../../../static/sandbox/checkout.js");

/// The pages below the address that a client is configured with, at the root or below a prefix.
pub fn checkout(prefix: &str) -> Router<Sandbox> {
    let at = |path: &str| format!("{prefix}{path}");
    Router::new()
        .route(&at("/checkout"), get(steps::start).post(button::press))
        .route(&at("/checkout/processing"), get(steps::processing))
        .route(&at("/checkout/sign-in"), post(steps::sign_in))
        .route(&at("/checkout/choose"), post(steps::choose))
        .route(&at("/checkout/pay"), post(steps::pay))
        .route(&at("/checkout/code"), post(steps::code))
        .route(&at("/checkout/leave"), post(steps::leave))
        .route(&at("/checkout/share"), post(button::share))
        .route(&at("/checkout.js"), get(script))
        .route(&at("/jr/your-account/ba/{id}"), get(agreement::show).post(agreement::change))
}

/// What only we point to: certificates, confirmations, files of reports.
pub fn aside() -> Router<Sandbox> {
    Router::new()
        .route("/certs/sandbox-root.pem", get(root))
        .route("/amazon-pay/sns", get(topic))
        .route("/amazon-pay/sns/{file}", get(certificate))
        .route("/amazon-pay/report-files/{id}", get(report))
        .route("/amazon-pay/files/{file}", put(file))
}

async fn script() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, SCRIPT).into_response()
}

async fn root(State(sandbox): State<Sandbox>) -> Response {
    pem(sandbox.root().certificate_pem())
}

fn pem(text: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/x-pem-file")], text.to_owned()).into_response()
}

async fn certificate(State(sandbox): State<Sandbox>, Path(file): Path<String>) -> Response {
    match sandbox.amazon_pay().signer(&sandbox).await {
        Ok(signer) if signer.file_name() == file => pem(signer.certificate_pem()),
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "the key of notifications could not be opened");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Topic {
    action: String,
    topic_arn: String,
    #[serde(default)]
    token: String,
}

/// A receiver follows its `SubscribeURL`. The way out is the merchant's console, not a link in a message.
async fn topic(State(sandbox): State<Sandbox>, Query(asked): Query<Topic>) -> Response {
    let confirm = async {
        let mut tx = sandbox.db().write().await?;
        let message = tx.messages().await?.into_iter().find(|own| !own.token.is_empty() && own.token == asked.token);
        let Some(message) = message else { return Ok(false) };
        let Some(account) = tx.merchant(&message.merchant_id).await? else { return Ok(false) };
        let is_current =
            account.notification_url == message.address && asked.topic_arn == super::sns::topic(&account.id);
        if is_current {
            tx.keep_merchant(&Account { subscription: "confirmed".to_owned(), ..account }).await?;
            tx.commit().await?;
        }
        Ok::<bool, StateError>(is_current)
    };
    if asked.action != "ConfirmSubscription" {
        return (StatusCode::FORBIDDEN, "The address of notifications is changed in the merchant's console.")
            .into_response();
    }
    match confirm.await {
        Ok(true) => {
            let arn = &asked.topic_arn;
            let body = format!(
                "<ConfirmSubscriptionResponse><ConfirmSubscriptionResult><SubscriptionArn>{}</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>",
                escape(arn)
            );
            ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response()
        }
        Ok(false) => (StatusCode::BAD_REQUEST, "The token is not valid.").into_response(),
        Err(error) => broken(&error),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn report(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let found = async { sandbox.db().read().await?.object::<Report>(&id).await };
    match found.await {
        Ok(Some(report)) if report.status == "COMPLETED" => {
            ([(header::CONTENT_TYPE, "text/tab-separated-values; charset=utf-8")], report.text).into_response()
        }
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => broken(&error),
    }
}

/// A file of evidence, put to the address that Upload File has named.
async fn file(State(sandbox): State<Sandbox>, Path(name): Path<String>, body: Bytes) -> Response {
    let id = name.split('.').next().unwrap_or_default();
    let keep = async {
        let mut tx = sandbox.db().write().await?;
        let is_known = disputes::receive(&mut tx, id, body.len()).await?;
        tx.commit().await?;
        Ok::<bool, StateError>(is_known)
    };
    match keep.await {
        Ok(true) => StatusCode::OK.into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => broken(&error),
    }
}

/// A page that says what is wrong and leads nowhere.
fn problem(status: StatusCode, title: &str, message: &str) -> Response {
    desk::page(status, &Problem::plain(title, message))
}

/// The page for a failure of our own.
fn broken(error: &StateError) -> Response {
    tracing::error!(%error, "a hosted page could not be served");
    problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something failed here",
        "The sandbox could not do this. Please try again in a moment.",
    )
}
