//! The seller's side: what selling here means, the registration, and the desk.

mod disputes;
pub mod order;
pub mod order_acts;
pub mod orders;
pub mod overview;
mod paper;
pub mod pictures;
pub mod product_form;
pub mod products;
pub mod register;
pub mod statement;
mod statement_month;

use axum::Router;

use super::Site;
use super::error::PageError;
use crate::base::ids::OrderId;
use crate::flows::Context;
use crate::market::sellers::{Registration, Seller};
use crate::orders::order::Order;

/// Every page of the seller's side.
pub fn router() -> Router<Site> {
    Router::new()
        .merge(register::router())
        .merge(overview::router())
        .merge(products::router())
        .merge(orders::router())
        .merge(order::router())
        .merge(order_acts::router())
        .merge(paper::router())
        .merge(disputes::router())
        .merge(statement::router())
        .merge(statement_month::router())
}

/// The order, if it is this seller's. Others get the answer of an order that does not exist.
async fn own_order(ctx: &Context, seller: &Seller, id: &str) -> Result<Order, PageError> {
    let id: OrderId = super::desk::id(id)?;
    let order = ctx.store.order(&id).await?.filter(|order| order.seller == seller.id);
    order.ok_or(PageError::NotFound)
}

/// What every page of the desk says above all else while a stall may not sell.
fn standing(seller: &Seller) -> Option<Standing> {
    match seller.state {
        Registration::Registered => None,
        Registration::Applied | Registration::TermsAccepted => Some(Standing::Unfinished),
        Registration::Suspended => Some(Standing::Suspended),
    }
}

/// Why a stall may not sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The registration is not through: the payment service does not know the seller yet, where it has to.
    Unfinished,
    /// Closed by the market office.
    Suspended,
}
