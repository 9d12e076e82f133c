//! All that is known about one order, and what an operator may do about it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::notifications::{Arrived, about};
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::flows::{ActError, Actor, Context, agreements, cancel, refund, supervise};
use crate::market::sellers::Seller;
use crate::orders::agreement::Agreement;
use crate::orders::audit::Act;
use crate::orders::checkout::Checkout;
use crate::orders::dispute::Dispute;
use crate::orders::operation::Kind;
use crate::orders::order::{Line, Order};
use crate::shop::Site;
use crate::shop::desk::{
    self, Settling, TimelineEvent, is_open, problems, refreshing, settling, timeline, typed_or_all,
};
use crate::shop::error::PageError;
use crate::shop::extract::{FormKey, SignedInOperator, TextForm};
use crate::shop::page::{Chrome, Problems, page_with};
use crate::shop::said::{Asked, Reader, asked};
use crate::store::ledger::Booked;

/// The page and the operator's verbs.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/admin/orders/{id}", get(order))
        .route("/admin/orders/{id}/flag", post(clear_flag))
        .route("/admin/orders/{id}/cancel", post(call_off))
        .route("/admin/orders/{id}/agreement/end", post(end_agreement))
        .route("/admin/orders/{id}/refund", post(give_back))
}

#[derive(Template)]
#[template(path = "admin/order.html")]
struct OrderPage {
    chrome: Chrome,
    order: Order,
    seller: Option<Seller>,
    checkout: Option<Checkout>,
    lines: Vec<Line>,
    events: Vec<TimelineEvent>,
    operations: Vec<Asked>,
    bookings: Vec<Booked>,
    disputes: Vec<Dispute>,
    acts: Vec<Act>,
    arrived: Vec<Arrived>,
    settling: Vec<Settling>,
    rest: Money,
    /// What of it is for a time to come, of a subscription that has ended.
    unused: Option<Money>,
    can_cancel: bool,
    /// The standing approval that it belongs to, where that can be ended.
    agreement: Option<Agreement>,
    amount: String,
    problems: Problems,
    refund_key: FormKey,
}

impl OrderPage {
    fn line_total(&self, line: &Line) -> Money {
        line.total().unwrap_or(line.unit)
    }
}

pub(super) async fn any_order(ctx: &Context, id: &str) -> Result<Order, PageError> {
    let id: OrderId = desk::id(id)?;
    ctx.store.order(&id).await?.ok_or(PageError::NotFound)
}

async fn order(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    show(&ctx, chrome, order, String::new(), Problems::default()).await
}

async fn show(
    ctx: &Context,
    chrome: Chrome,
    order: Order,
    amount: String,
    problems: Problems,
) -> Result<Response, PageError> {
    let store = &ctx.store;
    let operations = store.operations_about(&order).await?;
    let rest = refund::refundable(store, &order).await?;
    let unused = agreements::unused(ctx, &order, rest).await?;
    let proposed = unused.filter(|_| problems.is_empty()).map(|unused| unused.decimal());
    let page = OrderPage {
        seller: store.seller(&order.seller).await?,
        checkout: store.checkout(&order.checkout).await?,
        lines: store.order_lines(&order.id).await?,
        events: timeline(store.events(&order.id).await?),
        bookings: store.bookings(&order.id).await?,
        disputes: store.disputes_of(&order.id).await?,
        acts: store.audit_of(order.id.as_str()).await?,
        arrived: about(ctx, &order, &operations).await?,
        settling: settling(&operations),
        rest,
        unused,
        agreement: agreements::endable(ctx, &order, Actor::Operator).await?,
        can_cancel: order.state.can_be_called_off() && !is_open(&operations, Kind::Settle),
        operations: asked(ctx, operations, Reader::Operator),
        amount: proposed.unwrap_or(amount),
        refund_key: FormKey::fresh(),
        chrome,
        order,
        problems,
    };
    if !page.problems.is_empty() {
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    Ok(refreshing(page_with(StatusCode::OK, &page), &page.settling, ctx.clock.now()))
}

/// The way back to the page, or the page with what was wrong.
async fn done(
    ctx: &Context,
    chrome: Chrome,
    order: Order,
    acted: Result<(), ActError>,
    amount: String,
) -> Result<Response, PageError> {
    match acted {
        Ok(()) => Ok(Redirect::to(&ctx.paths.admin_order(&order.id)).into_response()),
        Err(error) => show(ctx, chrome, order, amount, problems(error, "amount")?).await,
    }
}

/// Somebody looked at it.
async fn clear_flag(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(operator): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    let acted = supervise::clear_flag(&ctx, &operator.email, &order.id).await;
    done(&ctx, chrome, order, acted, String::new()).await
}

/// The order comes to nothing; a hold is let go.
async fn call_off(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    let acted = cancel::cancel(&ctx, &order.id, Actor::Operator).await;
    done(&ctx, chrome, order, acted, String::new()).await
}

/// Nothing more is charged under the approval that the order belongs to.
async fn end_agreement(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    let acted = agreements::end_of_order(&ctx, &order, Actor::Operator).await;
    done(&ctx, chrome, order, acted, String::new()).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RefundForm {
    amount: String,
    form_key: FormKey,
}

/// Money goes back, whole or in part.
async fn give_back(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInOperator(_): SignedInOperator,
    Path(id): Path<String>,
    TextForm(form): TextForm<RefundForm>,
) -> Result<Response, PageError> {
    let order = any_order(&ctx, &id).await?;
    let acted = match typed_or_all(&form.amount, order.total.currency) {
        Ok(amount) => refund::refund(&ctx, &order.id, Actor::Operator, amount, form.form_key.as_str()).await,
        Err(error) => Err(error),
    };
    done(&ctx, chrome, order, acted, form.amount).await
}
