//! A seller's orders: those to ship, oldest first, and all of them, newest first.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::order::not_taken;
use super::{Standing, standing};
use crate::base::clock::Millis;
use crate::flows::Context;
use crate::market::sellers::Seller;
use crate::orders::operation::Operation;
use crate::orders::order::Order;
use crate::shop::Site;
use crate::shop::desk::{PAGE, left, next_page, settling};
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::page::{Chrome, page};

/// The list.
pub fn router() -> Router<Site> {
    Router::new().route("/sell/orders", get(list))
}

/// Which orders, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    show: String,
    from: String,
}

#[derive(Template)]
#[template(path = "sell/orders.html")]
struct OrdersPage {
    chrome: Chrome,
    seller: Seller,
    standing: Option<Standing>,
    shows_all: bool,
    rows: Vec<Row>,
    all: String,
    more: Option<String>,
    first: Option<String>,
}

struct Row {
    order: Order,
    recipient: String,
    /// What is going on beside the state.
    doing: Option<&'static str>,
    /// Whether the money on hold could not be taken the last time.
    is_not_taken: bool,
    /// What is left of the hold.
    left: Option<String>,
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let shows_all = place.show == "all";
    let here = ctx.paths.with_query(&ctx.paths.sell_orders(), &[("show", if shows_all { "all" } else { "" })]);
    let limit = PAGE as i64 + 1;
    let mut orders = if shows_all {
        let before = if place.from.is_empty() { "~" } else { &place.from };
        ctx.store.orders_of_seller(&seller.id, before, limit).await?
    } else {
        ctx.store.orders_to_ship(&seller.id, &place.from, limit).await?
    };
    let more = next_page(&mut orders, |order| order.id.to_string());
    let show = if shows_all { "all" } else { "" };
    Ok(page(&OrdersPage {
        chrome,
        standing: standing(&seller),
        rows: rows(&ctx, &seller, orders).await?,
        seller,
        shows_all,
        all: ctx.paths.with_query(&ctx.paths.sell_orders(), &[("show", "all")]),
        more: more.map(|last| ctx.paths.with_query(&ctx.paths.sell_orders(), &[("show", show), ("from", &last)])),
        first: (!place.from.is_empty()).then_some(here),
    }))
}

async fn rows(ctx: &Context, seller: &Seller, orders: Vec<Order>) -> Result<Vec<Row>, PageError> {
    let now = ctx.clock.now();
    let mut names: HashMap<String, String> = ctx.store.recipients(&seller.id, &orders).await?;
    let mut operations = operations_of(ctx, seller, &orders).await?;
    let row = |order: Order| {
        let own = operations.remove(order.id.as_str()).unwrap_or_default();
        Row {
            recipient: names.remove(order.id.as_str()).unwrap_or_default(),
            doing: settling(&own).first().map(|open| open.words),
            is_not_taken: not_taken(&order, &own).is_some(),
            left: rest_of_hold(&order, now),
            order,
        }
    };
    Ok(orders.into_iter().map(row).collect())
}

/// What is going on and went on about some of a seller's orders, by order.
pub(super) async fn operations_of(
    ctx: &Context,
    seller: &Seller,
    orders: &[Order],
) -> Result<HashMap<String, Vec<Operation>>, PageError> {
    let ids = orders.iter().map(|order| &order.id);
    Ok(match (ids.clone().min(), ids.max()) {
        (Some(first), Some(last)) => ctx.store.operations_of_seller(&seller.id, first, last).await?,
        _ => HashMap::new(),
    })
}

/// What is left of an order's hold, in words.
pub(super) fn rest_of_hold(order: &Order, now: Millis) -> Option<String> {
    order.hold_until.filter(|_| order.state.is_ready_to_ship()).map(|until| left(until, now))
}
