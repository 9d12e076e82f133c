//! A buyer's orders: the page one lands on after paying, and the page of one order.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::error::PageError;
use super::extract::{FormKey, MaybeSignedIn, TextForm, may_see_order, remember_order};
use super::page::{self, Chrome, Problems, page_with};
use crate::base::clock::Millis;
use crate::base::ids::{CheckoutId, OrderId};
use crate::base::money::Money;
use crate::flows::check_out::approval_address;
use crate::flows::{ActError, Actor, Context, cancel, say, wish};
use crate::orders::checkout::Checkout;
use crate::orders::operation::{Kind, Operation};
use crate::orders::order::Order;
use crate::orders::state::State as OrderState;
use crate::store::Store;
use crate::store::threads::{Message, Wish};

/// The order pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/checkout/{id}/status", get(status))
        .route("/orders/{id}", get(show))
        .route("/orders/{id}/pay", post(pay))
        .route("/orders/{id}/cancel", post(call_off))
        .route("/orders/{id}/messages", post(write))
        .route("/orders/{id}/requests", post(ask))
}

/// How often a waiting page looks again, in seconds.
const AGAIN: &str = "2";

/// One line of the timeline, as `parts/timeline.html` prints it.
pub struct TimelineEvent {
    tone: &'static str,
    title: String,
    at: String,
    at_text: String,
    detail: Option<String>,
}

/// The timeline of an order.
pub async fn timeline(store: &Store, order: &OrderId) -> Result<Vec<TimelineEvent>, PageError> {
    let events = store.events(order).await?;
    Ok(events
        .into_iter()
        .map(|event| TimelineEvent {
            tone: tone(&event.what),
            title: event.what,
            at: Millis(event.at).iso8601(),
            at_text: Millis(event.at).for_people(),
            detail: Some(event.detail).filter(|detail| !detail.is_empty()),
        })
        .collect())
}

/// Green only for money taken.
fn tone(what: &str) -> &'static str {
    match what {
        "Paid" | "Shipped" => "good",
        "Payment on hold" => "held",
        "Payment declined" | "Expired" | "Called off" | "Refused by the payment service" => "refused",
        "Order placed" | "Parcel ready" | "Refund begun" | "Being called off" => "waiting",
        _ => "",
    }
}

struct LineView {
    picture: String,
    title: String,
    quantity: i64,
    unit: Money,
    amount: Money,
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    chrome: Chrome,
    problems: Problems,
    order: Order,
    checkout: Checkout,
    seller_name: String,
    seller_slug: String,
    lines: Vec<LineView>,
    timeline: Vec<TimelineEvent>,
    messages: Vec<Message>,
    wishes: Vec<Wish>,
    is_waiting: bool,
    can_pay: bool,
    can_cancel: bool,
    can_wish: bool,
    typed: String,
    form_key: FormKey,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Key {
    key: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Words {
    form_key: FormKey,
    body: String,
    wish: String,
    reason: String,
}

/// The order, if this visitor may see it; the same answer for unknown and for somebody else's.
async fn theirs(
    ctx: &Context,
    session: &Session,
    account: &MaybeSignedIn,
    id: &str,
    key: Option<&str>,
) -> Result<Order, PageError> {
    let id: OrderId = id.parse().map_err(|_| PageError::NotFound)?;
    let order = ctx.store.order(&id).await?.ok_or(PageError::NotFound)?;
    if may_see_order(session, &order, account.0.as_ref(), key).await? { Ok(order) } else { Err(PageError::NotFound) }
}

/// `GET /orders/{id}`. A guest's secret in the address is taken into the session and out of the address.
async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    account: MaybeSignedIn,
    Path(id): Path<String>,
    Query(Key { key }): Query<Key>,
) -> Result<Response, PageError> {
    let order = theirs(&site.ctx, &session, &account, &id, key.as_deref()).await?;
    if key.is_some() {
        remember_order(&session, &order).await?;
        return Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response());
    }
    order_page(&site.ctx, chrome, order, Problems::default(), String::new(), StatusCode::OK).await
}

async fn order_page(
    ctx: &Context,
    chrome: Chrome,
    order: Order,
    problems: Problems,
    typed: String,
    status: StatusCode,
) -> Result<Response, PageError> {
    let store = &ctx.store;
    let operations = store.operations_of(order.id.as_str()).await?;
    let seller = store.seller(&order.seller).await?.ok_or(PageError::NotFound)?;
    let wishes = store.wishes(&order.id).await?;
    let lines = store.order_lines(&order.id).await?;
    let is_waiting = is_waiting(&operations);
    let is_settling = operations.iter().any(|op| op.kind == Kind::Settle && op.progress.is_open());
    let page = OrderPage {
        lines: lines
            .into_iter()
            .map(|line| LineView {
                picture: page::picture(&ctx.paths, &line.picture),
                amount: line.total().unwrap_or(line.unit),
                title: line.title,
                quantity: line.quantity,
                unit: line.unit,
            })
            .collect(),
        checkout: store.checkout(&order.checkout).await?.ok_or(PageError::NotFound)?,
        timeline: timeline(store, &order.id).await?,
        messages: store.messages(&order.id).await?,
        can_pay: matches!(order.state, OrderState::Placed | OrderState::Declined),
        can_cancel: !is_settling
            && matches!(
                order.state,
                OrderState::Placed | OrderState::Consented | OrderState::Reserved | OrderState::Declined
            ),
        can_wish: matches!(order.state, OrderState::Paid | OrderState::Shipped)
            && wishes.iter().all(|wish| wish.state != "open"),
        seller_name: seller.name,
        seller_slug: seller.slug,
        wishes,
        is_waiting,
        chrome,
        problems,
        order,
        typed,
        form_key: FormKey::fresh(),
    };
    let mut response = page_with(status, &page);
    if is_waiting && status == StatusCode::OK {
        response.headers_mut().insert("refresh", HeaderValue::from_static(AGAIN));
    }
    Ok(response)
}

/// Whether something is on its way that needs no person.
pub fn is_waiting(operations: &[Operation]) -> bool {
    operations.iter().any(|operation| operation.progress.is_open() && !operation.needs_browser())
}

/// `POST /orders/{id}/pay`: 303 to the provider, or the order page with what stands against it.
async fn pay(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    account: MaybeSignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = theirs(&site.ctx, &session, &account, &id, None).await?;
    match approval_address(&site.ctx, &order.id).await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(error) => refused(&site.ctx, chrome, order, error, String::new()).await,
    }
}

/// `POST /orders/{id}/cancel`: 303 to the order page.
async fn call_off(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    account: MaybeSignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = theirs(&site.ctx, &session, &account, &id, None).await?;
    match cancel::cancel(&site.ctx, &order.id, Actor::Buyer).await {
        Ok(()) => Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response()),
        Err(error) => refused(&site.ctx, chrome, order, error, String::new()).await,
    }
}

/// `POST /orders/{id}/messages`: 303 to the order page, or 422 with what was typed.
async fn write(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    account: MaybeSignedIn,
    Path(id): Path<String>,
    TextForm(words): TextForm<Words>,
) -> Result<Response, PageError> {
    let order = theirs(&site.ctx, &session, &account, &id, None).await?;
    match say::say(&site.ctx, &order.id, Actor::Buyer, &words.body, words.form_key.as_str()).await {
        Ok(()) => Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response()),
        Err(error) => refused(&site.ctx, chrome, order, error, words.body).await,
    }
}

/// `POST /orders/{id}/requests`: 303 to the order page, or 422 with what was typed.
async fn ask(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    account: MaybeSignedIn,
    Path(id): Path<String>,
    TextForm(words): TextForm<Words>,
) -> Result<Response, PageError> {
    let order = theirs(&site.ctx, &session, &account, &id, None).await?;
    match wish::wish(&site.ctx, &order.id, &words.wish, &words.reason).await {
        Ok(()) => Ok(Redirect::to(&site.ctx.paths.order(&order.id)).into_response()),
        Err(error) => refused(&site.ctx, chrome, order, error, words.reason).await,
    }
}

/// The order page as it is now, with why the act was not begun.
async fn refused(
    ctx: &Context,
    chrome: Chrome,
    order: Order,
    error: ActError,
    typed: String,
) -> Result<Response, PageError> {
    let mut problems = Problems::default();
    match error {
        ActError::NotNow(words) => problems.add("main", words),
        ActError::BadField { field, message } => problems.add(field, message),
        other => return Err(other.into()),
    }
    let order = ctx.store.order(&order.id).await?.ok_or(PageError::NotFound)?;
    order_page(ctx, chrome, order, problems, typed, StatusCode::UNPROCESSABLE_ENTITY).await
}

struct Step {
    order: Order,
    seller_name: String,
    is_done: bool,
    is_now: bool,
}

#[derive(Template)]
#[template(path = "checkout_status.html")]
struct StatusPage {
    chrome: Chrome,
    /// The orders, for visitors who may see them; empty for all others.
    steps: Vec<Step>,
    is_waiting: bool,
}

/// `GET /checkout/{id}/status`: where a buyer lands. Shows nothing personal to strangers; leads the
/// buyer to the order, or to the next seller's approval.
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
    let first = orders.first().ok_or(PageError::NotFound)?;
    let may_see = may_see_order(&session, first, account.0.as_ref(), None).await?;
    if may_see && orders.len() == 1 {
        return Ok(Redirect::to(&ctx.paths.order(&first.id)).into_response());
    }
    let mut waiting = false;
    for order in &orders {
        waiting |= is_waiting(&ctx.store.operations_of(order.id.as_str()).await?);
    }
    let mut steps = Vec::new();
    if may_see {
        let next = orders.iter().position(|order| order.state == OrderState::Placed);
        for (place, order) in orders.into_iter().enumerate() {
            let seller = ctx.store.seller(&order.seller).await?.ok_or(PageError::NotFound)?;
            let is_done = order.state != OrderState::Placed;
            steps.push(Step { order, seller_name: seller.name, is_done, is_now: next == Some(place) });
        }
    }
    let mut response = page_with(StatusCode::OK, &StatusPage { chrome, steps, is_waiting: waiting });
    if waiting {
        response.headers_mut().insert("refresh", HeaderValue::from_static(AGAIN));
    }
    Ok(response)
}
