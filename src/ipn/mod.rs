//! `POST /ipn/{provider}`: store the notification, answer 200. The worker does the rest.
//!
//! Mounted outside sessions and cross-site protection: providers carry neither.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::post;

use crate::flows::Context;

/// The most a notification may weigh.
const LIMIT: usize = 64 * 1024;

/// The notification routes.
pub fn router(ctx: Context) -> Router {
    Router::new().route("/ipn/{provider}", post(take)).layer(DefaultBodyLimit::max(LIMIT)).with_state(ctx)
}

/// Answers 200 once the bytes are stored, 404 for a provider that is not configured, 413 above
/// 64 KiB, 503 when they could not be stored, so that the provider comes again.
async fn take(
    State(ctx): State<Context>,
    Path(address): Path<String>,
    body: Bytes,
) -> Result<&'static str, (StatusCode, &'static str)> {
    // `/ipn/amazon-pay` is for `amazon_pay`
    let provider = address.replace('-', "_");
    if ctx.providers.get(&provider).is_none() {
        return Err((StatusCode::NOT_FOUND, "no such provider\n"));
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
