//! The invoice of an order, on a page that prints as one sheet: the same for its buyer and for its seller's desk.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use tower_sessions::Session;

use super::Site;
use super::error::PageError;
use super::order_page::{Asked, TheirOrder, without_secret};
use super::page::{Chrome, page};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::orders::checkout::Checkout;
use crate::orders::order::{Line, Order};
use crate::store::ledger::{Booked, Standing};

/// The buyer's, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/orders/{id}/invoice", get(show))
}

/// Who reads it: decides where its links lead, not what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Whoever may see the order.
    Buyer,
    /// Whoever sold it.
    Seller,
}

/// What was paid, as the books have it: an order without it has no invoice.
struct Paid {
    /// When money was first taken.
    at: Millis,
    /// The payment service's number of that.
    transaction: String,
    /// All that was taken.
    taken: Money,
    /// What went back, and what came again, oldest first.
    refunds: Vec<Booked>,
    /// What is left of it.
    rest: Money,
}

impl Paid {
    fn of(bookings: Vec<Booked>, zero: Money) -> Option<Paid> {
        let standing = Standing::of(&bookings, zero);
        let first = bookings.iter().find(|booked| booked.fact == "taken")?;
        let (at, transaction) = (first.at, first.object.clone());
        let refunds =
            bookings.into_iter().filter(|it| matches!(it.fact.as_str(), "refunded" | "reversed" | "won_back"));
        let refunds = refunds.collect();
        Some(Paid { at, transaction, taken: standing.taken, refunds, rest: standing.refundable() })
    }
}

#[derive(Template)]
#[template(path = "orders/invoice.html")]
struct InvoicePage {
    chrome: Chrome,
    order: Order,
    seller: Seller,
    checkout: Checkout,
    lines: Vec<Line>,
    provider: String,
    paid: Option<Paid>,
    contact: String,
    /// The order's page.
    back: String,
}

impl InvoicePage {
    fn line_total(&self, line: &Line) -> Money {
        line.total().unwrap_or(line.unit)
    }
}

/// `GET /orders/{id}/invoice`.
async fn show(
    State(ctx): State<Context>,
    chrome: Chrome,
    session: Session,
    TheirOrder(order): TheirOrder,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if asked.has_secret() {
        return without_secret(&session, &order, &ctx.paths.order_invoice(&order.id)).await;
    }
    let seller = ctx.store.seller(&order.seller).await?.ok_or(PageError::NotFound)?;
    invoice(&ctx, chrome, seller, order, Reader::Buyer).await
}

/// The page, or a sentence that there is none yet. Whether `reader` may see it was checked by the caller.
pub async fn invoice(
    ctx: &Context,
    chrome: Chrome,
    seller: Seller,
    order: Order,
    reader: Reader,
) -> Result<Response, PageError> {
    let store = &ctx.store;
    let provider = ctx.providers.get(&order.provider).map_or(order.provider.as_str(), |provider| provider.title());
    Ok(page(&InvoicePage {
        provider: provider.to_owned(),
        lines: store.order_lines(&order.id).await?,
        checkout: store.checkout(&order.checkout).await?.ok_or(PageError::NotFound)?,
        paid: Paid::of(store.bookings(&order.id).await?, Money::zero(order.total.currency)),
        contact: ctx.shop.contact.clone(),
        back: match reader {
            Reader::Buyer => ctx.paths.order(&order.id),
            Reader::Seller => ctx.paths.sell_order(&order.id),
        },
        chrome,
        seller,
        order,
    }))
}
