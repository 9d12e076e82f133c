//! The page of one order, for its buyer: how far it is, what happened, what can be done.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::REFERRER_POLICY;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::checkout_status::approved_together;
use super::desk::{TimelineEvent, is_open, timeline};
use super::error::PageError;
use super::extract::{FormKey, MaybeSignedIn, may_see_order, remember_order};
use super::page::{self, Chrome, Problems, page_with};
use super::said::{self, Said};
use super::waiting::{Waiting, looking_again, waiting};
use crate::base::clock::Millis;
use crate::base::ids::OrderId;
use crate::base::money::Money;
use crate::flows::Context;
use crate::flows::express::{self, Button};
use crate::market::sellers::Registration;
use crate::orders::checkout::Checkout;
use crate::orders::operation::Kind;
use crate::orders::order::{Line, Order};
use crate::orders::state::State as OrderState;
use crate::store::threads::{Message, Wish};

/// The order page, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/orders/{id}", get(show))
}

/// What a form on the page had in it when it was refused.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// A message to the seller.
    pub body: String,
    /// `return` or `refund`.
    pub wish: String,
    /// Why.
    pub reason: String,
}

struct LineView {
    picture: String,
    title: String,
    quantity: i64,
    unit: Money,
    amount: Money,
}

struct MessageView {
    is_mine: bool,
    at: String,
    at_text: String,
    paragraphs: Vec<String>,
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    chrome: Chrome,
    problems: Problems,
    order: Order,
    next: &'static str,
    checkout: Checkout,
    provider: String,
    seller_name: String,
    seller_slug: String,
    /// Whether the seller's page, with the policies on it, can be seen.
    has_stall: bool,
    lines: Vec<LineView>,
    /// What was delivered at once: titles and paragraphs.
    deliveries: Vec<(String, Vec<String>)>,
    events: Vec<TimelineEvent>,
    messages: Vec<MessageView>,
    wishes: Vec<Wish>,
    waiting: Option<Waiting>,
    /// What the provider said when the last try came to nothing.
    trouble: Option<Said>,
    /// Whether the page looks again by itself; then it has no field to type in.
    is_looking: bool,
    can_pay: bool,
    /// What is approved along with this order, and for how many orders; none where it is approved on its own.
    together: Option<(Money, usize)>,
    /// The provider's own button for this order.
    button: Option<Button>,
    /// The ways to pay, this order's first; empty where there is nothing to choose.
    ways: Vec<(&'static str, &'static str)>,
    can_cancel: bool,
    can_wish: bool,
    typed: Typed,
    message_key: FormKey,
    wish_key: FormKey,
}

/// What the address of an order's pages may say besides.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A guest's secret.
    key: Option<String>,
    /// Asks for the page that does not look again, so that one can type.
    stay: Option<String>,
}

impl Asked {
    /// Whether a secret has to be taken out of the address.
    pub fn has_secret(&self) -> bool {
        self.key.is_some()
    }
}

/// The order that the address names, if this visitor may see it; the same answer for unknown and for
/// somebody else's.
pub struct TheirOrder(pub Order);

impl FromRequestParts<Site> for TheirOrder {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<TheirOrder, PageError> {
        let Path(id) = Path::<OrderId>::from_request_parts(parts, site).await.map_err(|_| PageError::NotFound)?;
        let Query(asked) = Query::<Asked>::from_request_parts(parts, site).await.map_err(|_| PageError::NotFound)?;
        let session = Session::from_request_parts(parts, site).await.map_err(|(_, why)| PageError::internal(why))?;
        let MaybeSignedIn(account) = MaybeSignedIn::from_request_parts(parts, site).await?;
        let order = site.ctx.store.order(&id).await?.ok_or(PageError::NotFound)?;
        let may_see = may_see_order(&session, &order, account.as_ref(), asked.key.as_deref()).await?;
        if may_see { Ok(TheirOrder(order)) } else { Err(PageError::NotFound) }
    }
}

/// Takes a guest's secret into the session and leads to `address`, which is without it.
pub async fn without_secret(session: &Session, order: &Order, address: &str) -> Result<Response, PageError> {
    remember_order(session, order).await?;
    let secretly = [(REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
    Ok((secretly, Redirect::to(address)).into_response())
}

/// `GET /orders/{id}`. A guest's secret in the address is taken into the session and out of the address.
async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    TheirOrder(order): TheirOrder,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    if asked.has_secret() {
        return without_secret(&session, &order, &ctx.paths.order(&order.id)).await;
    }
    let mut page = order_page(ctx, chrome, order).await?;
    page.is_looking = asked.stay.is_none() && page.waiting.as_ref().is_some_and(|waiting| waiting.is_fresh);
    let response = with_button(&site, &page, StatusCode::OK);
    Ok(if page.is_looking { looking_again(response) } else { response })
}

/// The page as it is now, with why an act was not begun and what was typed for it: 422.
pub async fn refused(
    site: &Site,
    chrome: Chrome,
    order: &OrderId,
    problems: Problems,
    typed: Typed,
) -> Result<Response, PageError> {
    let order = site.ctx.store.order(order).await?.ok_or(PageError::NotFound)?;
    let page = OrderPage { problems, typed, ..order_page(&site.ctx, chrome, order).await? };
    Ok(with_button(site, &page, StatusCode::UNPROCESSABLE_ENTITY))
}

fn with_button(site: &Site, page: &OrderPage, status: StatusCode) -> Response {
    let response = page_with(status, page);
    if page.button.is_some() { site.shop.with_buttons(response) } else { response }
}

async fn order_page(ctx: &Context, chrome: Chrome, order: Order) -> Result<OrderPage, PageError> {
    let store = &ctx.store;
    let operations = store.operations_about(&order).await?;
    let seller = store.seller(&order.seller).await?.ok_or(PageError::NotFound)?;
    let wishes = store.wishes(&order.id).await?;
    let lines = store.order_lines(&order.id).await?;
    let deliveries = match order.state {
        OrderState::Paid | OrderState::Shipped if order.is_digital => store.deliveries(&order.id).await?,
        _ => Vec::new(),
    };
    let deliveries = deliveries.into_iter().map(|(title, text)| (title, page::paragraphs(&text))).collect();
    let provider = ctx.providers.get(&order.provider).map_or(order.provider.as_str(), |provider| provider.title());
    let basket =
        if order.state == OrderState::Placed { store.orders_of_checkout(&order.checkout).await? } else { Vec::new() };
    Ok(OrderPage {
        together: approved_together(ctx, &basket, &order).await,
        next: order.next_for_buyer(),
        deliveries,
        checkout: store.checkout(&order.checkout).await?.ok_or(PageError::NotFound)?,
        provider: provider.to_owned(),
        has_stall: seller.state == Registration::Registered,
        seller_name: seller.name,
        seller_slug: seller.slug,
        lines: lines.into_iter().map(|line| line_view(ctx, line)).collect(),
        events: timeline(store.events(&order.id).await?),
        messages: store.messages(&order.id).await?.into_iter().map(message_view).collect(),
        waiting: waiting(&operations, ctx.clock.now()),
        trouble: said::trouble(ctx, &order, &operations),
        is_looking: false,
        can_pay: order.state.waits_for_approval(),
        button: express::approval_button(ctx, &order),
        ways: ways_to_pay(ctx, &order),
        can_cancel: order.state.can_be_called_off()
            && !is_open(&operations, Kind::Settle)
            && !is_open(&operations, Kind::Cancel),
        can_wish: matches!(order.state, OrderState::Paid | OrderState::Shipped)
            && wishes.iter().all(|wish| wish.state != "open"),
        wishes,
        chrome,
        problems: Problems::default(),
        order,
        typed: Typed::default(),
        message_key: FormKey::fresh(),
        wish_key: FormKey::fresh(),
    })
}

fn ways_to_pay(ctx: &Context, order: &Order) -> Vec<(&'static str, &'static str)> {
    let taking = ctx.providers.iter().filter(|provider| provider.takes(order.total.currency));
    let mut ways: Vec<_> = taking.map(|provider| (provider.name(), provider.title())).collect();
    ways.sort_by_key(|(name, _)| *name != order.provider);
    if ways.len() > 1 { ways } else { Vec::new() }
}

fn line_view(ctx: &Context, line: Line) -> LineView {
    LineView {
        picture: page::picture(&ctx.paths, &line.picture),
        amount: line.total().unwrap_or(line.unit),
        title: line.title,
        quantity: line.quantity,
        unit: line.unit,
    }
}

fn message_view(message: Message) -> MessageView {
    MessageView {
        is_mine: message.author == "buyer",
        at: Millis(message.at).iso8601(),
        at_text: Millis(message.at).for_people(),
        paragraphs: page::paragraphs(&message.body),
    }
}
