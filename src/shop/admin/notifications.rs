//! The inbox: what providers told us, what became of it, and the bodies with their secrets shortened.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::base::clock::{Millis, days};
use crate::flows::Context;
use crate::orders::operation::Operation;
use crate::orders::order::Order;
use crate::shop::Site;
use crate::shop::desk::{PAGE, next_page};
use crate::shop::error::PageError;
use crate::shop::extract::SignedInOperator;
use crate::shop::page::{Chrome, page};
use crate::store::notifications::{Stored, Verdict};

/// The most of a body that is shown, in bytes.
const MOST_SHOWN: usize = 8 * 1024;

/// How many of the newest notifications are searched for those about one order.
const MOST_SEARCHED: i64 = 1000;

/// The list.
pub fn router() -> Router<Site> {
    Router::new().route("/admin/notifications", get(list))
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin/notifications.html")]
struct NotificationsPage {
    chrome: Chrome,
    arrived: Vec<Arrived>,
    more: Option<String>,
    first: Option<String>,
}

/// A notification as the office shows it.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Who sent it, or says so.
    pub provider: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The class of its badge.
    pub tone: &'static str,
    /// When.
    pub at: Millis,
    /// How often it was looked at.
    pub attempts: i64,
    /// Why.
    pub detail: String,
    /// The body, readable.
    pub body: String,
    /// What tells it from others: the first of its key.
    pub key: String,
}

impl Arrived {
    fn of(stored: &Stored) -> Arrived {
        Arrived {
            provider: stored.provider.clone(),
            verdict: stored.verdict,
            tone: tone(stored.verdict),
            at: stored.received_at,
            attempts: stored.attempts,
            detail: stored.detail.clone(),
            body: readable(&stored.body),
            key: stored.delivery_key.chars().take(12).collect(),
        }
    }
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Waiting => "pending",
        Verdict::Applied | Verdict::KnownAlready => "succeeded",
        Verdict::Unmatched | Verdict::Mismatch => "unknown",
        Verdict::Forged => "failed",
    }
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let before = place.before.map_or(Millis(i64::MAX), Millis);
    let mut stored = ctx.store.notifications(before, PAGE as i64 + 1).await?;
    let more = next_page(&mut stored, |stored| stored.received_at.0.to_string());
    let here = ctx.paths.admin_notifications();
    Ok(page(&NotificationsPage {
        chrome,
        arrived: stored.iter().map(Arrived::of).collect(),
        more: more.map(|last| ctx.paths.with_query(&here, &[("before", &last)])),
        first: place.before.is_some().then_some(here),
    }))
}

/// The notifications that mention an order's operations or transactions, newest first, among those
/// that arrived since it was placed.
pub async fn about(ctx: &Context, order: &Order, operations: &[Operation]) -> Result<Vec<Arrived>, PageError> {
    let mut marks: Vec<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    marks.extend(operations.iter().filter_map(|operation| operation.transaction.as_deref()));
    let stored = ctx.store.notifications(ctx.clock.now().plus(days(1)), MOST_SEARCHED).await?;
    let since = stored.iter().take_while(|stored| stored.received_at >= order.placed_at);
    let mentions = |stored: &&Stored| {
        let body = String::from_utf8_lossy(&stored.body);
        marks.iter().any(|mark| body.contains(mark))
    };
    Ok(since.filter(mentions).map(Arrived::of).collect())
}

/// A body for a person: a form one field a line, anything else as it is; secrets shortened.
fn readable(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(MOST_SHOWN)]);
    let is_form = text.contains('=') && !text.contains(char::is_whitespace) && !text.starts_with(['{', '<', '[']);
    let mut shown = if is_form {
        let lines = form_urlencoded::parse(text.as_bytes()).map(|(name, value)| {
            let value = if is_secret(&name) { shortened(&value) } else { value.into_owned() };
            format!("{name} = {value}")
        });
        lines.collect::<Vec<_>>().join("\n")
    } else {
        text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "+/=_-".contains(c)))
            .map(|word| if word.len() > 64 { shortened(word) } else { word.to_owned() })
            .collect()
    };
    if body.len() > MOST_SHOWN {
        shown.push_str(&format!("\n… and {} bytes more", body.len() - MOST_SHOWN));
    }
    shown
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    // where the certificate lies is no secret, and worth reading
    !name.ends_with("url")
        && ["signature", "token", "secret", "password"].iter().any(|word| name.contains(word))
        && !["version", "method"].iter().any(|word| name.contains(word))
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= 8 {
        return "…".to_owned();
    }
    let start: String = value.chars().take(6).collect();
    format!("{start}… ({} characters)", value.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_one_field_a_line_and_its_signature_is_shortened() {
        let body = b"transactionId=T1&buyerName=Ana+P&signature=abcdefghijklmnop&signatureVersion=2&certificateUrl=https%3A%2F%2Fx";
        let shown = readable(body);
        assert!(shown.contains("buyerName = Ana P\n") && shown.contains("signatureVersion = 2"), "{shown}");
        assert!(shown.contains("signature = abcdef… (16 characters)") && !shown.contains("ghijkl"), "{shown}");
        assert!(shown.contains("certificateUrl = https://x"), "{shown}");
    }

    #[test]
    fn other_bodies_keep_their_shape_without_long_secrets() {
        let secret = "A".repeat(200);
        let shown = readable(format!("{{\"note\": \"hello\", \"sig\": \"{secret}\"}}").as_bytes());
        assert!(shown.contains("\"note\": \"hello\"") && !shown.contains(&secret), "{shown}");
        assert!(readable(&[0xff, 0xfe, b'x']).ends_with('x'));
        assert!(readable(&vec![b'a'; MOST_SHOWN + 5]).ends_with("and 5 bytes more"));
    }
}
