//! Every dispute of the market, for its operators.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};

use super::order::any_order;
use crate::base::ids::DisputeId;
use crate::flows::Context;
use crate::orders::dispute::Dispute;
use crate::shop::Site;
use crate::shop::desk;
use crate::shop::disputes::{self, Desk, Entered, Place, Typed, take_ending};
use crate::shop::error::PageError;
use crate::shop::extract::{SignedInOperator, TextForm};
use crate::shop::page::{Chrome, Problems};

/// The pages and the operator's verbs.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/admin/disputes", get(list))
        .route("/admin/disputes/{id}", get(show))
        .route("/admin/disputes/{id}/end", post(end))
        .route("/admin/orders/{id}/dispute", get(form).post(enter))
}

async fn any(ctx: &Context, id: &str) -> Result<Dispute, PageError> {
    let id: DisputeId = desk::id(id)?;
    ctx.store.dispute(&id).await?.ok_or(PageError::NotFound)
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    disputes::list(&ctx, chrome, Desk::Office, place).await
}

async fn show(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let dispute = any(&ctx, &id).await?;
    disputes::show(&ctx, chrome, Desk::Office, dispute, Typed::default(), Problems::default()).await
}

async fn end(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
    TextForm(typed): TextForm<Typed>,
) -> Result<Response, PageError> {
    let dispute = any(&ctx, &id).await?;
    take_ending(&ctx, chrome, Desk::Office, dispute, typed).await
}

async fn form(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    Ok(disputes::form(&ctx, chrome, Desk::Office, order))
}

async fn enter(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
    TextForm(entered): TextForm<Entered>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    disputes::enter(&ctx, chrome, Desk::Office, order, entered).await
}
