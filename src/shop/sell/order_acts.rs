//! What a seller does about an order: ship it, call it off, give money back, answer the buyer.
//!
//! Every act answers 303 to the order's page; one that was not begun, 422 with the page as it was typed.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use super::order::{Typed, show};
use super::own_order;
use crate::base::ids::RequestId;
use crate::base::money::Currency;
use crate::flows::answer_wish::{Decision, answer_wish};
use crate::flows::ask_again::ask_again;
use crate::flows::fulfil::{Parcel, ship};
use crate::flows::say::say;
use crate::flows::{ActError, Actor, Context, agreements, cancel, refund};
use crate::market::sellers::Seller;
use crate::orders::order::Order;
use crate::shop::Site;
use crate::shop::desk::{self, problems, typed_or_all};
use crate::shop::error::PageError;
use crate::shop::extract::{FormKey, SignedInSeller, TextForm};
use crate::shop::page::Chrome;

/// The seller's verbs.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/sell/orders/{id}/ship", post(ship_parcel))
        .route("/sell/orders/{id}/cancel", post(call_off))
        .route("/sell/orders/{id}/ask-again", post(ask_once_more))
        .route("/sell/orders/{id}/subscription/end", post(end_subscription))
        .route("/sell/orders/{id}/refund", post(give_back))
        .route("/sell/orders/{id}/messages", post(write))
        .route("/sell/requests/{id}", post(decide))
}

/// The way back to the order's page, or the page with what was wrong; `about` is the form's first field.
async fn done(
    ctx: &Context,
    chrome: Chrome,
    seller: Seller,
    order: Order,
    acted: Result<(), ActError>,
    typed: Typed,
    about: &str,
) -> Result<Response, PageError> {
    match acted {
        Ok(()) => Ok(Redirect::to(&ctx.paths.sell_order(&order.id)).into_response()),
        Err(error) => {
            let problems = problems(error, about)?;
            let order = ctx.store.order(&order.id).await?.ok_or(PageError::NotFound)?;
            show(ctx, chrome, seller, order, typed, problems).await
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ShipForm {
    carrier: String,
    tracking_number: String,
    promised_date: String,
}

impl ShipForm {
    fn check(&self) -> Result<Parcel, ActError> {
        let bad = |field, message: &str| ActError::BadField { field, message: message.to_owned() };
        if self.carrier.chars().count() > 60 {
            return Err(bad("carrier", "Please keep the carrier's name under 60 characters."));
        }
        if self.tracking_number.chars().count() > 60 {
            return Err(bad("tracking_number", "No carrier's number is longer than 60 characters."));
        }
        let date = self.promised_date.trim();
        if !date.is_empty() && date.parse::<jiff::civil::Date>().is_err() {
            return Err(bad("promised_date", "Please write the day like 2026-12-24."));
        }
        Ok(Parcel {
            carrier: self.carrier.clone(),
            tracking_number: self.tracking_number.clone(),
            promised_date: self.promised_date.clone(),
        })
    }
}

/// The parcel is ready: money on hold is taken. A second click finds it shipped or being so.
async fn ship_parcel(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(form): TextForm<ShipForm>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    let acted = match form.check() {
        Ok(parcel) => ship(&ctx, &seller.id, &order.id, &parcel).await,
        Err(error) => Err(error),
    };
    let ShipForm { carrier, tracking_number, promised_date } = form;
    let typed = Typed { carrier, tracking_number, promised_date, ..Typed::default() };
    done(&ctx, chrome, seller, order, acted, typed, "carrier").await
}

/// The order comes to nothing; a hold is let go.
async fn call_off(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    let acted = cancel::cancel(&ctx, &order.id, Actor::Seller).await;
    done(&ctx, chrome, seller, order, acted, Typed::default(), "cancel").await
}

/// The hold has run out: the buyer is asked to approve once more.
async fn ask_once_more(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    let acted = ask_again(&ctx, &seller.id, &order.id).await;
    done(&ctx, chrome, seller, order, acted, Typed::default(), "hold").await
}

/// Nothing more is charged for the subscription; what was paid can be given back like any order.
async fn end_subscription(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    let acted = agreements::end_of_order(&ctx, &order, Actor::Seller).await;
    done(&ctx, chrome, seller, order, acted, Typed::default(), "subscription").await
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
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(form): TextForm<RefundForm>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    let acted = match typed_or_all(&form.amount, order.total.currency) {
        Ok(amount) => refund::refund(&ctx, &order.id, Actor::Seller, amount, form.form_key.as_str()).await,
        Err(error) => Err(error),
    };
    let typed = Typed { amount: form.amount, ..Typed::default() };
    done(&ctx, chrome, seller, order, acted, typed, "amount").await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MessageForm {
    body: String,
    form_key: FormKey,
}

/// A word to the buyer.
async fn write(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(form): TextForm<MessageForm>,
) -> Result<Response, PageError> {
    let order = own_order(&ctx, &seller, &id).await?;
    let acted = say(&ctx, &order.id, Actor::Seller, &form.body, form.form_key.as_str()).await;
    let typed = Typed { body: form.body, ..Typed::default() };
    done(&ctx, chrome, seller, order, acted, typed, "body").await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DecisionForm {
    decision: String,
    answer: String,
    wish_amount: String,
}

impl DecisionForm {
    fn check(&self, currency: Currency) -> Result<Decision, ActError> {
        match self.decision.as_str() {
            "accept" => Ok(Decision::Accept(typed_or_all(&self.wish_amount, currency)?)),
            "decline" => Ok(Decision::Decline),
            _ => Err(ActError::NotNow("Please choose whether you accept or decline.")),
        }
    }
}

/// The answer to a buyer's wish. The wish itself is the key: it is answered once.
async fn decide(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    TextForm(form): TextForm<DecisionForm>,
) -> Result<Response, PageError> {
    let wish: RequestId = desk::id(&id)?;
    let (about, _) = ctx.store.wish(&wish).await?.ok_or(PageError::NotFound)?;
    let order = own_order(&ctx, &seller, about.as_str()).await?;
    let acted = match form.check(order.total.currency) {
        Ok(decision) => answer_wish(&ctx, &order.id, &wish, &decision, &form.answer).await,
        Err(error) => Err(error),
    };
    // the page has another field called `amount`: a problem of this one belongs to the wish
    let acted = acted.map_err(|error| match error {
        ActError::BadField { field: "amount", message } => ActError::BadField { field: "wish_amount", message },
        other => other,
    });
    let typed = Typed { wish: id, answer: form.answer, wish_amount: form.wish_amount, ..Typed::default() };
    done(&ctx, chrome, seller, order, acted, typed, "answer").await
}
