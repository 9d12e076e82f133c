//! The desk's first page: what waits, and how the month goes.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::order::not_taken;
use super::orders::operations_of;
use super::{Standing, standing};
use crate::base::clock::days;
use crate::base::money::Money;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::orders::order::Order;
use crate::shop::Site;
use crate::shop::desk::left;
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::page::{Chrome, page};
use crate::shop::said::{Said, registration_trouble};
use crate::store::desk::Waiting;
use crate::store::desk_money::Sums;
use crate::store::threads::Wish;

/// How many rows each list on the page has.
const ROWS: i64 = 6;

/// The page.
pub fn router() -> Router<Site> {
    Router::new().route("/sell/desk", get(desk))
}

#[derive(Template)]
#[template(path = "sell/desk.html")]
struct DeskPage {
    chrome: Chrome,
    seller: Seller,
    standing: Option<Standing>,
    /// What the payment service said when a registration came to nothing.
    trouble: Option<Said>,
    waiting: Waiting,
    month: Sums,
    holds: Vec<Hold>,
    paid: Vec<Order>,
    wishes: Vec<Wish>,
    has_products: bool,
}

struct Hold {
    order: Order,
    /// What is left of it, in words.
    left: String,
    /// Whether the money could not be taken the last time.
    is_not_taken: bool,
}

async fn desk(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
) -> Result<Response, PageError> {
    let now = ctx.clock.now();
    let store = &ctx.store;
    let zero = Money::zero(ctx.shop.currency);
    let mut paid = store.orders_to_ship(&seller.id, "", ROWS).await?;
    paid.retain(|order| order.hold_until.is_none());
    let standing = standing(&seller);
    let trouble = match standing {
        Some(Standing::Unfinished) => registration_trouble(&ctx, &store.operations_of(seller.id.as_str()).await?),
        _ => None,
    };
    Ok(page(&DeskPage {
        chrome,
        standing,
        trouble,
        waiting: store.waiting_for(&seller.id, now.plus(days(2))).await?,
        month: store.earned_since(&seller.id, now.start_of_month(), zero).await?,
        holds: holds(&ctx, &seller).await?,
        paid,
        wishes: store.open_wishes(&seller.id, ROWS).await?,
        has_products: !store.products_of(&seller.id, "~", 1).await?.is_empty(),
        seller,
    }))
}

async fn holds(ctx: &Context, seller: &Seller) -> Result<Vec<Hold>, PageError> {
    let now = ctx.clock.now();
    let orders = ctx.store.holds_ending_first(&seller.id, ROWS).await?;
    let operations = operations_of(ctx, seller, &orders).await?;
    let hold = |order: Order| Hold {
        left: order.hold_until.map_or_else(String::new, |until| left(until, now)),
        is_not_taken: operations.get(order.id.as_str()).is_some_and(|own| not_taken(&order, own).is_some()),
        order,
    };
    Ok(orders.into_iter().map(hold).collect())
}
