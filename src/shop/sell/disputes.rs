//! The seller's disputes: what buyers and banks have begun, until when to answer, and what was said.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};

use super::own_order;
use crate::base::ids::DisputeId;
use crate::flows::Context;
use crate::flows::dispute::answer;
use crate::market::sellers::Seller;
use crate::orders::dispute::Dispute;
use crate::shop::Site;
use crate::shop::desk;
use crate::shop::disputes::{self, Desk, Entered, Place, Typed, done, take_ending};
use crate::shop::error::PageError;
use crate::shop::extract::{SignedInSeller, TextForm};
use crate::shop::page::{Chrome, Problems};

/// The pages and the seller's verbs.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/sell/disputes", get(list))
        .route("/sell/disputes/{id}", get(show))
        .route("/sell/disputes/{id}/evidence", post(prove))
        .route("/sell/disputes/{id}/end", post(end))
        .route("/sell/orders/{id}/dispute", get(form).post(enter))
}

async fn own(ctx: &Context, seller: &Seller, id: &str) -> Result<Dispute, PageError> {
    let id: DisputeId = desk::id(id)?;
    let dispute = ctx.store.dispute(&id).await?.filter(|dispute| dispute.seller == seller.id);
    dispute.ok_or(PageError::NotFound)
}

fn own_desk(seller: Seller) -> Desk {
    Desk::Seller(Box::new(seller))
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    disputes::list(&ctx, chrome, own_desk(seller), place).await
}

async fn show(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let dispute = own(&ctx, &seller, &id).await?;
    disputes::show(&ctx, chrome, own_desk(seller), dispute, Typed::default(), Problems::default()).await
}

/// What the seller has sent to the payment service.
async fn prove(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(typed): TextForm<Typed>,
) -> Result<Response, PageError> {
    let dispute = own(&ctx, &seller, &id).await?;
    let acted = answer(&ctx, &dispute.id, &typed.evidence, typed.form_key.as_str()).await;
    done(&ctx, chrome, own_desk(seller), dispute, acted, (typed, "evidence")).await
}

async fn end(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(typed): TextForm<Typed>,
) -> Result<Response, PageError> {
    let dispute = own(&ctx, &seller, &id).await?;
    take_ending(&ctx, chrome, own_desk(seller), dispute, typed).await
}

async fn form(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    Ok(disputes::form(&ctx, chrome, own_desk(seller), order))
}

async fn enter(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(entered): TextForm<Entered>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    disputes::enter(&ctx, chrome, own_desk(seller), order, entered).await
}
