//! Where a buyer lands after a provider's pages: what we wait for, and the next seller to approve.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower_sessions::Session;

use super::Site;
use super::error::PageError;
use super::extract::{MaybeSignedIn, may_see_order};
use super::page::{Chrome, page};
use super::waiting::{Waiting, looking_again, waiting};
use crate::base::ids::CheckoutId;
use crate::base::money::Money;
use crate::flows::Context;
use crate::flows::basket;
use crate::flows::express::{self, Button};
use crate::orders::order::Order;
use crate::orders::state::State as OrderState;

/// The status page, inside the session layer, though it shows nothing personal without a session.
pub fn router() -> Router<Site> {
    Router::new().route("/checkout/{id}/status", get(status))
}

struct Step {
    order: Order,
    seller_name: String,
    /// Approved, and not given up since.
    is_done: bool,
    /// The first that still waits for an approval.
    is_now: bool,
    /// The provider's own button, where it is approved next.
    button: Option<Button>,
}

#[derive(Template)]
#[template(path = "checkout_status.html")]
struct StatusPage {
    chrome: Chrome,
    /// The orders that the visitor may see; empty for strangers.
    steps: Vec<Step>,
    /// How many of them wait for an approval.
    left: usize,
    /// What is approved at once, and how many orders it is for.
    together: Option<(Money, usize)>,
    waiting: Option<Waiting>,
}

/// `GET /checkout/{id}/status`. Leads to the order where there is one only; tells strangers no more
/// than whether we wait.
async fn status(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    account: MaybeSignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let id: CheckoutId = id.parse().map_err(|_| PageError::NotFound)?;
    let orders = ctx.store.orders_of_checkout(&id).await?;
    let is_single = orders.len() == 1;
    let waiting = waits(ctx, &orders).await?;
    let mut theirs = Vec::new();
    for order in orders {
        if may_see_order(&session, &order, account.0.as_ref(), None).await? {
            theirs.push(order);
        } else if is_single {
            break;
        }
    }
    if let [only] = &theirs[..]
        && is_single
    {
        return Ok(Redirect::to(&ctx.paths.order(&only.id)).into_response());
    }
    let left = theirs.iter().filter(|order| order.state.waits_for_approval()).count();
    let is_looking = waiting.as_ref().is_some_and(|waiting| waiting.is_fresh);
    let together = match next(&theirs) {
        Some(place) => approved_together(ctx, &theirs, &theirs[place]).await,
        None => None,
    };
    let steps = steps(ctx, theirs).await?;
    let has_button = steps.iter().any(|step| step.button.is_some());
    let response = page(&StatusPage { chrome, steps, left, together, waiting });
    let response = if has_button { site.shop.with_buttons(response) } else { response };
    Ok(if is_looking { looking_again(response) } else { response })
}

async fn waits(ctx: &Context, orders: &[Order]) -> Result<Option<Waiting>, PageError> {
    if orders.is_empty() {
        return Err(PageError::NotFound);
    }
    let mut operations = Vec::new();
    for order in orders {
        operations.extend(ctx.store.operations_of(order.id.as_str()).await?);
    }
    Ok(waiting(&operations, ctx.clock.now()))
}

/// What is approved along with `order`.
pub async fn approved_together(ctx: &Context, orders: &[Order], order: &Order) -> Option<(Money, usize)> {
    let all = basket::together(ctx, orders, order).await;
    let sum = all.iter().try_fold(Money::zero(order.total.currency), |sum, one| sum.plus(one.total)).ok()?;
    (!all.is_empty()).then_some((sum, all.len()))
}

/// The order that is approved next: first those that were never tried.
fn next(orders: &[Order]) -> Option<usize> {
    let placed = orders.iter().position(|order| order.state == OrderState::Placed);
    placed.or_else(|| orders.iter().position(|order| order.state.waits_for_approval()))
}

async fn steps(ctx: &Context, orders: Vec<Order>) -> Result<Vec<Step>, PageError> {
    let next = next(&orders);
    let mut steps = Vec::with_capacity(orders.len());
    for (place, order) in orders.into_iter().enumerate() {
        let seller = ctx.store.seller(&order.seller).await?.ok_or(PageError::NotFound)?;
        let is_done = order.state != OrderState::Placed && !order.state.is_given_up();
        let is_now = next == Some(place);
        let button = if is_now { express::approval_button(ctx, &order) } else { None };
        steps.push(Step { order, seller_name: seller.name, is_done, is_now, button });
    }
    Ok(steps)
}
