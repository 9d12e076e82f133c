//! All orders, newest first, or only those that somebody must look at.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::flows::Context;
use crate::orders::order::Order;
use crate::shop::Site;
use crate::shop::desk::{PAGE, next_page};
use crate::shop::error::PageError;
use crate::shop::extract::SignedInOperator;
use crate::shop::page::{Chrome, page};

/// The list.
pub fn router() -> Router<Site> {
    Router::new().route("/admin/orders", get(list))
}

/// Which orders, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    show: String,
    before: String,
}

#[derive(Template)]
#[template(path = "admin/orders.html")]
struct OrdersPage {
    chrome: Chrome,
    orders: Vec<Order>,
    shows_flagged: bool,
    flagged: String,
    more: Option<String>,
    first: Option<String>,
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let shows_flagged = place.show == "flagged";
    let before = if place.before.is_empty() { "~" } else { &place.before };
    let limit = PAGE as i64 + 1;
    let mut orders = if shows_flagged {
        ctx.store.flagged_orders(before, limit).await?
    } else {
        ctx.store.all_orders(before, limit).await?
    };
    let more = next_page(&mut orders, |order| order.id.to_string());
    let here = ctx.paths.admin_orders();
    let show = if shows_flagged { "flagged" } else { "" };
    Ok(page(&OrdersPage {
        chrome,
        orders,
        shows_flagged,
        flagged: ctx.paths.with_query(&here, &[("show", "flagged")]),
        more: more.map(|last| ctx.paths.with_query(&here, &[("show", show), ("before", &last)])),
        first: (before != "~").then(|| ctx.paths.with_query(&here, &[("show", show)])),
    }))
}
