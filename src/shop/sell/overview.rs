//! The desk's first page: what waits, and how the month goes.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Standing, standing};
use crate::base::clock::{Millis, days};
use crate::base::money::Money;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::orders::order::Order;
use crate::shop::Site;
use crate::shop::desk::left;
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::page::{Chrome, page};
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
    waiting: Waiting,
    month: Sums,
    holds: Vec<Order>,
    paid: Vec<Order>,
    wishes: Vec<Wish>,
    has_products: bool,
    now: Millis,
}

impl DeskPage {
    fn left(&self, order: &Order) -> String {
        order.hold_until.map_or_else(String::new, |until| left(until, self.now))
    }
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
    Ok(page(&DeskPage {
        chrome,
        standing: standing(&seller),
        waiting: store.waiting_for(&seller.id, now.plus(days(2))).await?,
        month: store.earned_since(&seller.id, now.start_of_month(), zero).await?,
        holds: store.holds_ending_first(&seller.id, ROWS).await?,
        paid,
        wishes: store.open_wishes(&seller.id, ROWS).await?,
        has_products: !store.products_of(&seller.id, "~", 1).await?.is_empty(),
        seller,
        now,
    }))
}
