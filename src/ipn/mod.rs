//! `POST /ipn/{provider}`: store the notification, answer 200. The worker does the rest.
//!
//! `GET` says whose address this is and stores nothing: `pushcart doctor` looks that way whether a
//! provider would find us. Mounted outside sessions and cross-site protection: providers carry neither.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::get;

use crate::flows::Context;

/// The most a notification may weigh.
const LIMIT: usize = 64 * 1024;

/// The notification routes.
pub fn router(ctx: Context) -> Router {
    Router::new().route("/ipn/{provider}", get(greet).post(take)).layer(DefaultBodyLimit::max(LIMIT)).with_state(ctx)
}

/// The last part of the address of `provider`: `/ipn/amazon-pay` is for `amazon_pay`.
pub fn address(provider: &str) -> String {
    provider.replace('_', "-")
}

/// What a GET answers.
pub fn greeting(provider: &str) -> String {
    format!("Pushcart takes notifications of {provider} here, by POST.\n")
}

async fn greet(State(ctx): State<Context>, Path(address): Path<String>) -> Result<String, (StatusCode, &'static str)> {
    let provider = known(&ctx, &address)?;
    Ok(greeting(&provider))
}

fn known(ctx: &Context, address: &str) -> Result<String, (StatusCode, &'static str)> {
    let provider = address.replace('-', "_");
    let is_known = ctx.providers.get(&provider).is_some();
    if is_known { Ok(provider) } else { Err((StatusCode::NOT_FOUND, "no such provider\n")) }
}

/// Answers 200 once the bytes are stored, 404 for a provider that is not configured, 400
/// for nothing at all, 413 above 64 KiB, 503 when they could not be stored, so that the provider comes again.
async fn take(
    State(ctx): State<Context>,
    Path(address): Path<String>,
    body: Bytes,
) -> Result<&'static str, (StatusCode, &'static str)> {
    let provider = known(&ctx, &address)?;
    if body.is_empty() {
        return Err((StatusCode::BAD_REQUEST, "nothing in it\n"));
    }
    let endpoint = ctx.paths.absolute(ctx.paths.ipn(&address));
    match ctx.store.take_in(&provider, &endpoint, &body, ctx.clock.now()).await {
        Ok(()) => {
            ctx.wake.notify_one();
            Ok("stored\n")
        }
        Err(error) => {
            tracing::error!(provider, %error, "a notification could not be stored");
            Err((StatusCode::SERVICE_UNAVAILABLE, "not stored, please send it again\n"))
        }
    }
}
