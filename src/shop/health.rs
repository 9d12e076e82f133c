//! For those who run the shop: is it up, can it work, what does it do.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use super::error::PageError;
use super::{Site, limits};
use crate::flows::Context;
use crate::orders::operation::Progress;
use crate::orders::rates::Counted;

/// The queues that are worth watching.
const QUEUES: [(Progress, &str); 4] = [
    (Progress::Queued, "queued"),
    (Progress::Sent, "sent"),
    (Progress::Pending, "pending"),
    (Progress::Unknown, "unknown"),
];

/// Where the histogram of answering times is cut.
const SECONDS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 8.0, 30.0];

/// Folds what was measured into the histograms until `stop`; without it they would grow.
pub async fn upkeep(stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Some(recorder) = recorder() {
            recorder.run_upkeep();
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// `GET /healthz`: the process is up.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database takes writes and the queue can be read.
pub async fn readyz(State(ctx): State<Context>) -> (StatusCode, &'static str) {
    let checked = async {
        ctx.store.ping().await?;
        ctx.store.waiting_notifications().await
    };
    match tokio::time::timeout(Duration::from_secs(5), checked).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not work\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// `GET /metrics` for Prometheus, on this machine only; what a proxy on this machine passes on is not.
pub async fn metrics(State(site): State<Site>, request: Request) -> Response {
    let is_passed_on = ["forwarded", "x-forwarded-for"].iter().any(|name| request.headers().contains_key(*name));
    match limits::peer(request.extensions()) {
        Some(peer) if peer.is_loopback() && !is_passed_on => render(&site.ctx).await,
        _ => PageError::NotFound.into_response(),
    }
}

/// `/metrics` alone, for a listener that only the right people can reach.
pub fn open_metrics(ctx: Context) -> Router {
    Router::new().route("/metrics", get(async |State(ctx): State<Context>| render(&ctx).await)).with_state(ctx)
}

/// The metrics as text.
async fn render(ctx: &Context) -> Response {
    for (state, word) in QUEUES {
        if let Ok(waiting) = ctx.store.count_operations(state).await {
            metrics::gauge!("pushcart_outbox", "state" => word).set(waiting as f64);
        }
    }
    if let Ok(waiting) = ctx.store.waiting_notifications().await {
        metrics::gauge!("pushcart_inbox_pending").set(waiting as f64);
    }
    // one row for each kind of payment, however many orders there are
    for (provider, tally) in ctx.store.payment_totals().await.unwrap_or_default() {
        for counted in Counted::ALL {
            let outcome = counted.word();
            let counter =
                metrics::counter!("pushcart_payments_total", "provider" => provider.clone(), "outcome" => outcome);
            counter.absolute(u64::try_from(tally.count(counted)).unwrap_or(0));
        }
    }
    let text = recorder().map(PrometheusHandle::render).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// The recorder of this process; none where the program that embeds us has its own.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().set_buckets(&SECONDS).ok()?.install_recorder().ok()).as_ref()
}
