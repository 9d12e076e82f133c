//! All orders of an account, newest first.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::Site;
use super::desk::{PAGE, next_page};
use super::error::PageError;
use super::extract::SignedIn;
use super::page::{Chrome, page};
use crate::base::ids::OrderId;
use crate::flows::Context;
use crate::orders::order::Order;

/// The list, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/account/orders", get(list))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    /// The last order of the page before.
    from: String,
}

#[derive(Template)]
#[template(path = "orders/list.html")]
struct OrdersPage {
    chrome: Chrome,
    rows: Vec<Row>,
    more: Option<String>,
    first: Option<String>,
}

struct Row {
    order: Order,
    seller_name: String,
}

/// `GET /account/orders`, and `?from=` an order for those before it.
async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedIn(account): SignedIn,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let from: Option<OrderId> = place.from.parse().ok();
    let before = from.as_ref().map_or("~", OrderId::as_str);
    let mut orders = ctx.store.orders_of_buyer(&account.id, before, PAGE as i64 + 1).await?;
    let more = next_page(&mut orders, |order| order.id.to_string());
    let here = ctx.paths.account_orders();
    let mut rows = Vec::with_capacity(orders.len());
    for order in orders {
        let seller = ctx.store.seller(&order.seller).await?.ok_or(PageError::NotFound)?;
        rows.push(Row { order, seller_name: seller.name });
    }
    Ok(page(&OrdersPage {
        chrome,
        rows,
        more: more.map(|last| ctx.paths.with_query(&here, &[("from", &last)])),
        first: from.map(|_| here),
    }))
}
