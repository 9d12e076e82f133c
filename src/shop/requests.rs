//! One request, from outside: its number, its line in the log, its place in the metrics.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::error::PageError;
use crate::base::ids;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The number of a request: in every line of its log, in its `x-request-id`, on its error page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RequestId {
    /// The next one: a random part per process and a count, so that it costs next to nothing.
    fn next() -> RequestId {
        static PROCESS: OnceLock<String> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let process = PROCESS.get_or_init(|| ids::secret()[..8].to_owned());
        RequestId(format!("{process}-{}", COUNT.fetch_add(1, Ordering::Relaxed)).into())
    }
}

/// Numbers the request, opens its span (never with the query, which may hold a secret), counts it.
/// Text that no database holds is refused here, once, for every address.
pub async fn number(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = RequestId::next();
    let span =
        tracing::info_span!("request", request.id = %id, method = %request.method(), path = request.uri().path());
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id.clone());
    let has_nul = request.uri().path().contains("%00") || request.uri().query().is_some_and(|q| q.contains("%00"));
    let mut response = if has_nul {
        PageError::BadRequest("The address holds a character that is not text.").into_response()
    } else {
        next.run(request).instrument(span.clone()).await
    };
    let status = response.status().as_u16();
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    metrics::counter!("pushcart_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("pushcart_request_seconds", "route" => route).record(begun.elapsed().as_secs_f64());
    span.in_scope(|| tracing::debug!(status, duration_us = begun.elapsed().as_micros() as u64, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
