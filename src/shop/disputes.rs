//! What seller and operator see of disputes alike: the list, one dispute, and the form that enters one from the
//! payment service's letter. `sell/disputes.rs` and `admin/disputes.rs` decide who may.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::desk::{PAGE, TimelineEvent, left, next_page, problems, timeline, typed_or_all};
use super::error::PageError;
use super::extract::FormKey;
use super::page::{Chrome, Problems, page, page_with};
use crate::base::clock::Millis;
use crate::base::ids::DisputeId;
use crate::base::paths::Paths;
use crate::flows::dispute::{Opening, end, open};
use crate::flows::{ActError, Actor, Context};
use crate::market::sellers::Seller;
use crate::orders::checkout::Checkout;
use crate::orders::dispute::{ANSWER_DAYS, Dispute, Kind, State};
use crate::orders::order::{Line, Order};
use crate::store::disputes::Listed;
use crate::store::ledger::Booked;
use crate::store::threads::Message;

/// Whose desk it is.
pub enum Desk {
    /// The seller's own.
    Seller(Box<Seller>),
    /// The market office.
    Office,
}

impl Desk {
    fn is_office(&self) -> bool {
        matches!(self, Desk::Office)
    }

    fn seller(&self) -> Option<&Seller> {
        match self {
            Desk::Seller(seller) => Some(seller),
            Desk::Office => None,
        }
    }

    fn name(&self) -> &str {
        self.seller().map_or("", |seller| &seller.name)
    }

    fn actor(&self) -> Actor {
        if self.is_office() { Actor::Operator } else { Actor::Seller }
    }

    fn list(&self, paths: &Paths) -> String {
        if self.is_office() { paths.admin_disputes() } else { paths.sell_disputes() }
    }

    fn one(&self, paths: &Paths, id: &DisputeId) -> String {
        if self.is_office() { paths.admin_dispute(id) } else { paths.sell_dispute(id) }
    }

    fn end(&self, paths: &Paths, id: &DisputeId) -> String {
        if self.is_office() { paths.admin_dispute_end(id) } else { paths.sell_dispute_end(id) }
    }

    fn order(&self, paths: &Paths, order: &Order) -> String {
        if self.is_office() { paths.admin_order(&order.id) } else { paths.sell_order(&order.id) }
    }

    fn enter(&self, paths: &Paths, order: &Order) -> String {
        if self.is_office() { paths.admin_order_dispute(&order.id) } else { paths.sell_order_dispute(&order.id) }
    }
}

/// What is left of the time for an answer, as it is drawn: five boxes, one for each business day.
pub struct Deadline {
    /// When it is.
    at: Millis,
    /// How many business days are left.
    days: u64,
    /// The same in words.
    words: String,
    is_overdue: bool,
    is_awaited: bool,
    /// Whether the answer came after it.
    is_late: bool,
}

impl Deadline {
    fn of(dispute: &Dispute, now: Millis) -> Deadline {
        let is_overdue = dispute.is_overdue(now);
        Deadline {
            at: dispute.answer_by,
            days: dispute.days_left(now),
            words: match dispute.state {
                State::Open if is_overdue => "overdue".to_owned(),
                State::Open => format!("{} left", left(dispute.answer_by, now)),
                State::Answered if dispute.is_answered_late() => "answered after the deadline".to_owned(),
                State::Answered => "answered".to_owned(),
                State::Won | State::Lost | State::Withdrawn => "over".to_owned(),
            },
            is_overdue,
            is_awaited: dispute.state == State::Open,
            is_late: dispute.is_answered_late(),
        }
    }

    /// Each box with its place, and whether its day is left.
    fn boxes(&self) -> Vec<(u64, bool)> {
        (0..ANSWER_DAYS).map(|n| (n * 14, n < self.days)).collect()
    }
}

/// A dispute in a list.
struct Row {
    dispute: Dispute,
    number: String,
    seller_name: String,
    link: String,
    deadline: Deadline,
}

#[derive(Template)]
#[template(path = "disputes/list.html")]
struct ListPage {
    chrome: Chrome,
    desk: Desk,
    open: Vec<Row>,
    closed: Vec<Row>,
    more: Option<String>,
    first: Option<String>,
}

/// Where the list of those that are over goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    before: String,
}

/// The list: open ones with the next deadline first, then those that are over, newest first.
pub async fn list(ctx: &Context, chrome: Chrome, desk: Desk, place: Place) -> Result<Response, PageError> {
    let now = ctx.clock.now();
    let seller = desk.seller().map(|seller| seller.id.clone());
    let before = if place.before.is_empty() { "~" } else { &place.before };
    let open = match before {
        "~" => ctx.store.open_disputes(seller.as_ref(), 500).await?,
        _ => Vec::new(),
    };
    let mut closed = ctx.store.closed_disputes(seller.as_ref(), before, PAGE as i64 + 1).await?;
    let more = next_page(&mut closed, |listed| listed.dispute.id.to_string());
    let row = |listed: Listed| Row {
        link: desk.one(&ctx.paths, &listed.dispute.id),
        deadline: Deadline::of(&listed.dispute, now),
        dispute: listed.dispute,
        number: listed.number,
        seller_name: listed.seller_name,
    };
    let here = desk.list(&ctx.paths);
    Ok(page(&ListPage {
        open: open.into_iter().map(row).collect(),
        closed: closed.into_iter().map(row).collect(),
        more: more.map(|last| ctx.paths.with_query(&here, &[("before", &last)])),
        first: (before != "~").then_some(here),
        chrome,
        desk,
    }))
}

/// What was typed into one of a dispute's forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// What proves the sale.
    pub evidence: String,
    /// How it ended.
    pub ending: String,
    /// The same in words.
    pub outcome: String,
    /// The form's key.
    pub form_key: FormKey,
}

#[derive(Template)]
#[template(path = "disputes/one.html")]
struct DisputePage {
    chrome: Chrome,
    desk: Desk,
    dispute: Dispute,
    order: Order,
    checkout: Option<Checkout>,
    lines: Vec<Line>,
    messages: Vec<Message>,
    events: Vec<TimelineEvent>,
    /// What it moved, oldest first.
    moved: Vec<Booked>,
    deadline: Deadline,
    typed: Typed,
    problems: Problems,
    form_key: FormKey,
}

/// One dispute; with problems it is a refused form's.
pub async fn show(
    ctx: &Context,
    chrome: Chrome,
    desk: Desk,
    dispute: Dispute,
    typed: Typed,
    problems: Problems,
) -> Result<Response, PageError> {
    let store = &ctx.store;
    let order = store.order(&dispute.order).await?.ok_or(PageError::NotFound)?;
    let moved = store.bookings(&order.id).await?.into_iter().filter(|booked| {
        let object = Some(&booked.object);
        matches!(booked.fact.as_str(), "reversed" | "won_back")
            && (object == dispute.reversal.as_ref() || object == dispute.won_back.as_ref())
    });
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = DisputePage {
        checkout: store.checkout(&order.checkout).await?,
        lines: store.order_lines(&order.id).await?,
        messages: store.messages(&order.id).await?,
        events: timeline(store.dispute_events(&dispute.id).await?),
        moved: moved.collect(),
        deadline: Deadline::of(&dispute, ctx.clock.now()),
        form_key: FormKey::fresh(),
        chrome,
        desk,
        dispute,
        order,
        typed,
        problems,
    };
    Ok(page_with(status, &page))
}

/// The way back to a dispute, or its page with what was wrong.
pub async fn done(
    ctx: &Context,
    chrome: Chrome,
    desk: Desk,
    dispute: Dispute,
    acted: Result<(), ActError>,
    (typed, about): (Typed, &str),
) -> Result<Response, PageError> {
    match acted {
        Ok(()) => Ok(Redirect::to(&desk.one(&ctx.paths, &dispute.id)).into_response()),
        Err(error) => show(ctx, chrome, desk, dispute, typed, problems(error, about)?).await,
    }
}

/// Enters how a dispute ended.
pub async fn take_ending(
    ctx: &Context,
    chrome: Chrome,
    desk: Desk,
    dispute: Dispute,
    typed: Typed,
) -> Result<Response, PageError> {
    let acted = match State::from_word(&typed.ending) {
        Some(ending) => end(ctx, &dispute.id, desk.actor(), ending, &typed.outcome).await,
        None => Err(ActError::BadField { field: "ending", message: "Please choose how it ended.".to_owned() }),
    };
    done(ctx, chrome, desk, dispute, acted, (typed, "ending")).await
}

/// What the payment service's letter says, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    kind: String,
    amount: String,
    opened_on: String,
    reason: String,
    form_key: FormKey,
}

#[derive(Template)]
#[template(path = "disputes/new.html")]
struct NewPage {
    chrome: Chrome,
    desk: Desk,
    order: Order,
    entered: Entered,
    problems: Problems,
    form_key: FormKey,
}

impl NewPage {
    fn kinds(&self) -> [Kind; 3] {
        Kind::ALL
    }
}

/// The empty form.
pub fn form(ctx: &Context, chrome: Chrome, desk: Desk, order: Order) -> Response {
    let entered = Entered { opened_on: ctx.clock.now().date(), ..Entered::default() };
    new_page(StatusCode::OK, chrome, desk, order, entered, Problems::default())
}

fn new_page(
    status: StatusCode,
    chrome: Chrome,
    desk: Desk,
    order: Order,
    entered: Entered,
    problems: Problems,
) -> Response {
    page_with(status, &NewPage { chrome, desk, order, entered, problems, form_key: FormKey::fresh() })
}

/// Enters it: leads to the dispute, or back to the form with what was wrong.
pub async fn enter(
    ctx: &Context,
    chrome: Chrome,
    desk: Desk,
    order: Order,
    entered: Entered,
) -> Result<Response, PageError> {
    let acted = match read(&entered, &order, ctx.clock.now()) {
        Ok(opening) => open(ctx, &order.id, desk.actor(), &opening, entered.form_key.as_str()).await,
        Err(error) => Err(error),
    };
    match acted {
        Ok(id) => Ok(Redirect::to(&desk.one(&ctx.paths, &id)).into_response()),
        Err(error) => {
            let problems = problems(error, "kind")?;
            Ok(new_page(StatusCode::UNPROCESSABLE_ENTITY, chrome, desk, order, entered, problems))
        }
    }
}

fn read(entered: &Entered, order: &Order, now: Millis) -> Result<Opening, ActError> {
    let bad = |field, message: &str| ActError::BadField { field, message: message.to_owned() };
    let kind = Kind::from_word(&entered.kind).ok_or_else(|| bad("kind", "Please choose what the buyer has begun."))?;
    let amount = typed_or_all(&entered.amount, order.total.currency)?;
    let day = entered.opened_on.trim();
    // Today's day means now; another one counts from its beginning, so that the deadline is rather too early.
    let opened_at = match day == now.date() {
        true => now,
        false => Millis::of_date(day).ok_or_else(|| bad("opened_on", "Please write the day like 2026-12-24."))?,
    };
    Ok(Opening { kind, amount, reason: entered.reason.clone(), opened_at })
}
