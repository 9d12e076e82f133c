//! One order at the seller's desk: what to pack, for whom, what it earns, and what can be done now.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::own_order;
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::flows::{Actor, Context, agreements, refund};
use crate::market::sellers::Seller;
use crate::orders::checkout::Checkout;
use crate::orders::dispute::Dispute;
use crate::orders::operation::{Kind, Operation, Progress};
use crate::orders::order::{Line, Order, TWIN_WINDOW};
use crate::orders::state::State as OrderState;
use crate::shop::Site;
use crate::shop::desk::{Settling, TimelineEvent, is_open, is_unknown, left, refreshing, settling, timeline};
use crate::shop::error::PageError;
use crate::shop::extract::{FormKey, SignedInSeller};
use crate::shop::page::{Chrome, Problems, page_with, picture};
use crate::shop::said::{Asked, Reader, asked};
use crate::store::ledger::Standing as MoneyStanding;
use crate::store::threads::{Message, Wish};

/// The page.
pub fn router() -> Router<Site> {
    Router::new().route("/sell/orders/{id}", get(order))
}

/// What was typed into one of the page's forms that came back with messages.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Who carries the parcel.
    pub carrier: String,
    /// Its number there.
    pub tracking_number: String,
    /// The promised day.
    pub promised_date: String,
    /// How much to give back.
    pub amount: String,
    /// A message to the buyer.
    pub body: String,
    /// The wish that is answered.
    pub wish: String,
    /// The answer to it.
    pub answer: String,
    /// How much to give back with it.
    pub wish_amount: String,
}

#[derive(Template)]
#[template(path = "sell/order.html")]
struct OrderPage {
    chrome: Chrome,
    seller: Seller,
    order: Order,
    lines: Vec<Line>,
    checkout: Checkout,
    events: Vec<TimelineEvent>,
    messages: Vec<Message>,
    wishes: Vec<Wish>,
    settling: Vec<Settling>,
    /// What was asked of the payment service, and what it said.
    asked: Vec<Asked>,
    /// Nobody can tell what became of something that was asked.
    is_unknown: bool,
    /// Why the money on hold could not be taken the last time.
    not_taken: Option<&'static str>,
    twins: Vec<Order>,
    money: MoneyStanding,
    /// The marketplace's fee on the whole order.
    fee: Money,
    /// What can still be given back.
    rest: Money,
    /// What of it is for a time to come, of a subscription that has ended.
    unused: Option<Money>,
    disputes: Vec<Dispute>,
    hold: Option<Hold>,
    can_ship: bool,
    can_cancel: bool,
    /// Whether it belongs to a subscription that goes on.
    is_subscription: bool,
    has_label: bool,
    has_slip: bool,
    typed: Typed,
    problems: Problems,
    refund_key: FormKey,
    message_key: FormKey,
}

/// Money on hold, and for how long.
struct Hold {
    until: Millis,
    left: String,
    is_over: bool,
}

impl OrderPage {
    fn picture(&self, line: &Line) -> String {
        picture(&self.chrome.paths, &line.picture)
    }

    fn line_total(&self, line: &Line) -> Money {
        line.total().unwrap_or(line.unit)
    }

    fn is_answering(&self, wish: &Wish) -> bool {
        self.typed.wish == wish.id
    }

    /// What is left of the sale for the seller, as far as money moved.
    fn net(&self) -> Money {
        let money = &self.money;
        let minor = money.taken.minor - money.refunded.minor - money.fee.minor - money.seller_provider_fee.minor;
        Money { minor, ..money.taken }
    }
}

/// Why the money on hold could not be taken the last time, where it still is.
pub(super) fn not_taken(order: &Order, operations: &[Operation]) -> Option<&'static str> {
    let last = operations.iter().rev().find(|operation| operation.kind == Kind::Settle)?;
    let refusal = last.refusal.as_ref().filter(|_| last.progress == Progress::Failed)?;
    (order.state == OrderState::Reserved).then(|| refusal.reason.words().seller)
}

async fn order(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    show(&ctx, chrome, seller, order, Typed::default(), Problems::default()).await
}

/// The page; with problems it is a refused form's, and stays still so that nothing typed is lost.
pub(super) async fn show(
    ctx: &Context,
    chrome: Chrome,
    seller: Seller,
    order: Order,
    mut typed: Typed,
    problems: Problems,
) -> Result<Response, PageError> {
    let now = ctx.clock.now();
    let store = &ctx.store;
    let operations = store.operations_about(&order).await?;
    let money = MoneyStanding::of(&store.bookings(&order.id).await?, Money::zero(order.total.currency));
    let is_refused = !problems.is_empty();
    let twins =
        if order.state.is_ready_to_ship() { store.twins(&order.id, now.minus(TWIN_WINDOW)).await? } else { Vec::new() };
    let is_settling = is_open(&operations, Kind::Settle) || is_open(&operations, Kind::Cancel);
    let is_over = order.hold_lapsed(now);
    let rest = refund::refundable(store, &order).await?;
    let unused = agreements::unused(ctx, &order, rest).await?;
    if let Some(unused) = unused.filter(|_| !is_refused) {
        typed.amount = unused.decimal();
    }
    let page = OrderPage {
        lines: store.order_lines(&order.id).await?,
        checkout: store.checkout(&order.checkout).await?.ok_or(PageError::NotFound)?,
        events: timeline(store.events(&order.id).await?),
        messages: store.messages(&order.id).await?,
        wishes: store.wishes(&order.id).await?,
        settling: settling(&operations),
        is_unknown: is_unknown(&operations),
        not_taken: not_taken(&order, &operations),
        twins,
        disputes: store.disputes_of(&order.id).await?,
        money,
        fee: order.fee_on(order.total).unwrap_or(order.total),
        rest,
        unused,
        asked: asked(ctx, operations, Reader::Seller),
        hold: order.hold_until.filter(|_| order.state.is_ready_to_ship()).map(|until| Hold {
            until,
            left: left(until, now),
            is_over,
        }),
        can_ship: order.state.is_ready_to_ship() && !is_settling && !is_over,
        is_subscription: agreements::endable(ctx, &order, Actor::Seller).await?.is_some(),
        can_cancel: order.state.can_be_called_off() && !is_settling,
        has_label: order.state == OrderState::Shipped,
        has_slip: order.is_packable(now),
        typed,
        problems,
        refund_key: FormKey::fresh(),
        message_key: FormKey::fresh(),
        chrome,
        seller,
        order,
    };
    if is_refused {
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    Ok(refreshing(page_with(StatusCode::OK, &page), &page.settling, now))
}
