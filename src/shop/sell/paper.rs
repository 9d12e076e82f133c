//! What a seller prints for an order: its invoice, and the slip that goes into the parcel.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;

use super::order::not_taken;
use super::own_order;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::orders::checkout::Checkout;
use crate::orders::order::{Line, Order};
use crate::shop::Site;
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::invoice::{self, Reader};
use crate::shop::page::{Chrome, page};

/// Both pages.
pub fn router() -> Router<Site> {
    Router::new().route("/sell/orders/{id}/invoice", get(invoice)).route("/sell/orders/{id}/slip", get(slip))
}

/// It names no price: a parcel may be a present.
#[derive(Template)]
#[template(path = "sell/slip.html")]
struct SlipPage {
    chrome: Chrome,
    seller: Seller,
    order: Order,
    checkout: Checkout,
    lines: Vec<Line>,
    /// Whether the parcel may be packed.
    is_packable: bool,
    /// Why the money on hold could not be taken the last time.
    not_taken: Option<&'static str>,
    contact: String,
}

impl SlipPage {
    fn pieces(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }
}

async fn invoice(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    invoice::invoice(&ctx, chrome, seller, order, Reader::Seller).await
}

async fn slip(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    Ok(page(&SlipPage {
        checkout: ctx.store.checkout(&order.checkout).await?.ok_or(PageError::NotFound)?,
        lines: ctx.store.order_lines(&order.id).await?,
        is_packable: order.is_packable(ctx.clock.now()),
        not_taken: not_taken(&order, &ctx.store.operations_of(order.id.as_str()).await?),
        contact: ctx.shop.contact.clone(),
        chrome,
        seller,
        order,
    }))
}
