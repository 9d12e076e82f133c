//! The outbox: what is asked of providers, those nobody can tell about first.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::flows::{Context, decide};
use crate::orders::operation::Progress;
use crate::shop::Site;
use crate::shop::desk::{PAGE, id as id_of, next_page};
use crate::shop::error::PageError;
use crate::shop::extract::SignedInOperator;
use crate::shop::page::{Chrome, page};
use crate::shop::said::{Asked, Reader, asked};

/// In the order in which an operator should look.
const TABS: [Progress; 6] =
    [Progress::Unknown, Progress::Queued, Progress::Sent, Progress::Pending, Progress::Failed, Progress::Succeeded];

/// The list.
pub fn router() -> Router<Site> {
    Router::new().route("/admin/operations", get(list)).route("/admin/operations/{id}/never", post(never))
}

/// The operator found nothing of it in the provider's own record. Leads back to the list, or to what it was about.
async fn never(
    State(ctx): State<Context>,
    SignedInOperator(operator): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    decide::never_happened(&ctx, &operator.email, &id_of(&id)?).await.map_err(PageError::from)?;
    let list = ctx.paths.with_query(&ctx.paths.admin_operations(), &[("state", Progress::Unknown.word())]);
    Ok(Redirect::to(&list).into_response())
}

/// Which state, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    state: String,
    before: String,
}

#[derive(Template)]
#[template(path = "admin/operations.html")]
struct OperationsPage {
    chrome: Chrome,
    tabs: Vec<Tab>,
    shown: Progress,
    operations: Vec<Asked>,
    more: Option<String>,
    first: Option<String>,
}

struct Tab {
    progress: Progress,
    count: i64,
    address: String,
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let here = ctx.paths.admin_operations();
    let mut tabs = Vec::with_capacity(TABS.len());
    for progress in TABS {
        let address = ctx.paths.with_query(&here, &[("state", progress.word())]);
        tabs.push(Tab { progress, count: ctx.store.count_operations(progress).await?, address });
    }
    let first_filled = tabs.iter().find(|tab| tab.count > 0).map_or(Progress::Unknown, |tab| tab.progress);
    let shown = Progress::from_word(&place.state).unwrap_or(first_filled);
    let before = if place.before.is_empty() { "~" } else { &place.before };
    let mut operations = ctx.store.operations_in(shown, before, PAGE as i64 + 1).await?;
    let more = next_page(&mut operations, |operation| operation.id.to_string());
    let at = |before: &str| ctx.paths.with_query(&here, &[("state", shown.word()), ("before", before)]);
    Ok(page(&OperationsPage {
        chrome,
        tabs,
        shown,
        operations: asked(&ctx, operations, Reader::Operator),
        more: more.map(|last| at(&last)),
        first: (before != "~").then(|| at("")),
    }))
}
