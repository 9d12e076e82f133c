//! After the sale: where it is, calling it off, money back.

use async_trait::async_trait;

use super::checkout::{finish_card, printed};
use super::coming::contact_card;
use super::{Handler, Response, Trouble, Turn};
use crate::alexa::answer::Card;
use crate::alexa::talk::Question;
use crate::base::ids::{self, OrderId};
use crate::flows::{self, ActError, Actor, voice, wish};
use crate::orders::order::{Line, Order};
use crate::orders::state::State;

/// Where the newest order is.
pub struct Status;
/// Calls an order off.
pub struct Cancel;
/// Gives its money back.
pub struct Refund;

#[async_trait]
impl Handler for Status {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("OrderStatusIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let Some(order) = voice::orders(turn.ctx, &turn.user).await?.into_iter().next() else {
            let (text, again) = (turn.plain("status-none"), turn.plain("welcome-again"));
            if turn.ctx.linking.is_some() && turn.user.buyer.is_none() {
                let text = format!("{} {text}", turn.plain("link-needed"));
                return Ok(turn.ask(None, text, again).with_card(Card::LinkAccount));
            }
            return Ok(turn.ask(None, text, again));
        };
        let state = turn.plain(state_word(&order));
        let text = turn.words.say(
            "status",
            &[
                ("seller", seller(turn, &order).await?.into()),
                ("date", turn.words.date(order.placed_at).into()),
                ("total", turn.words.money(order.total).into()),
                ("state", state.clone().into()),
            ],
        );
        let again = turn.plain("status-again");
        let card = order_card(turn, &order, &state).await?;
        Ok(turn.ask(None, text, again).with_card(card))
    }
}

fn state_word(order: &Order) -> &'static str {
    match order.state {
        State::Reserved if order.is_service => "state-service-held",
        State::Paid if order.is_service => "state-service-paid",
        State::Shipped if order.is_service => "state-done",
        State::Shipped if order.is_digital => "state-delivered",
        State::Placed => "state-placed",
        State::Consented => "state-consented",
        State::Reserved => "state-reserved",
        State::Paid => "state-paid",
        State::Shipped => "state-shipped",
        State::Refunded => "state-refunded",
        State::Cancelled => "state-cancelled",
        State::Declined => "state-declined",
        State::Expired => "state-expired",
    }
}

/// The seller's name.
pub async fn seller(turn: &Turn<'_>, order: &Order) -> Result<String, Trouble> {
    let seller = turn.ctx.store.seller(&order.seller).await?;
    Ok(seller.map(|seller| seller.name).unwrap_or_default())
}

async fn order_card(turn: &Turn<'_>, order: &Order, state: &str) -> Result<Card, Trouble> {
    let text = turn.words.say(
        "order-card",
        &[
            ("state", state.to_owned().into()),
            ("total", order.total.to_string().into()),
            ("seller", seller(turn, order).await?.into()),
            ("link", turn.order_link(order).into()),
        ],
    );
    Ok(Card::simple(&turn.words.say("order-card-title", &[("number", order.number.clone().into())]), &text))
}

/// What was bought.
pub fn bought_card(turn: &Turn<'_>, order: &Order, seller: &str, lines: &[Line]) -> Card {
    let lines: Vec<String> = lines.iter().map(printed).collect();
    let text = turn.words.say(
        "bought-card",
        &[
            ("lines", lines.join("\n").into()),
            ("total", order.total.to_string().into()),
            ("seller", seller.to_owned().into()),
            ("link", turn.order_link(order).into()),
        ],
    );
    Card::simple(&turn.words.say("bought-card-title", &[("number", order.number.clone().into())]), &text)
}

/// The way to pay an order on the web that was declined here.
pub fn order_web_card(turn: &Turn<'_>, order: &Order) -> Card {
    finish_card(turn, turn.order_link(order))
}

#[async_trait]
impl Handler for Cancel {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("CancelOrderIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let orders = voice::orders(turn.ctx, &turn.user).await?;
        let card = contact_card(turn).await?;
        let Some(order) = orders.into_iter().find(is_under_way) else {
            let (text, again) = (turn.plain("cancel-none"), turn.plain("status-again"));
            return Ok(turn.ask(None, text, again).with_card(card));
        };
        let gaps = [("seller", seller(turn, &order).await?.into()), ("total", turn.words.money(order.total).into())];
        let (text, again) = (turn.words.say("cancel-ask", &gaps), turn.plain("cancel-ask-again"));
        Ok(turn.ask(Some(Question::Cancel { order: order.id }), text, again).with_card(card))
    }
}

/// What was declined is nothing that a buyer thinks of as ordered.
fn is_under_way(order: &Order) -> bool {
    matches!(order.state, State::Placed | State::Consented | State::Reserved)
}

/// Calls an order off, after a yes.
pub async fn cancel(turn: &mut Turn<'_>, id: &OrderId) -> Result<Response, Trouble> {
    let order = voice::own_order(turn.ctx, &turn.user, id).await?;
    match flows::cancel::want(turn.ctx, id, Actor::Buyer).await {
        Ok(()) => {
            let text = turn.words.say("cancelled", &[("seller", seller(turn, &order).await?.into())]);
            let again = turn.plain("status-again");
            let card = order_card(turn, &order, &turn.plain("state-cancelled")).await?;
            Ok(turn.ask(None, text, again).with_card(card))
        }
        Err(ActError::NotNow(_)) => {
            let key = ids::secret();
            let (text, again) = (turn.plain("cancel-too-late"), turn.plain("refund-ask-again"));
            Ok(turn.ask(Some(Question::Refund { order: id.clone(), key }), text, again))
        }
        Err(error) => Err(error.into()),
    }
}

#[async_trait]
impl Handler for Refund {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("RefundOrderIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let orders = voice::orders(turn.ctx, &turn.user).await?;
        let card = contact_card(turn).await?;
        if let Some(order) = orders.iter().find(|order| matches!(order.state, State::Paid | State::Shipped)) {
            let id = match (order.state, order.travels()) {
                (State::Paid, _) => "refund-ask",
                (_, true) => "refund-ask-shipped",
                (_, false) => "refund-ask-done",
            };
            let left = flows::refund::refundable(&turn.ctx.store, order).await?;
            if left.is_positive() {
                let gaps = [("seller", seller(turn, order).await?.into()), ("total", turn.words.money(left).into())];
                let (text, again) = (turn.words.say(id, &gaps), turn.plain("refund-ask-again"));
                let question = Question::Refund { order: order.id.clone(), key: ids::secret() };
                return Ok(turn.ask(Some(question), text, again).with_card(card));
            }
        }
        if let Some(order) = orders.iter().find(|order| order.state == State::Reserved) {
            let (text, again) = (turn.plain("refund-not-charged"), turn.plain("refund-not-charged-again"));
            return Ok(turn.ask(Some(Question::Cancel { order: order.id.clone() }), text, again).with_card(card));
        }
        let (text, again) = (turn.plain("refund-none"), turn.plain("status-again"));
        Ok(turn.ask(None, text, again).with_card(card))
    }
}

/// Gives an order's money back, after a yes: at once while the goods are still here, else the seller decides.
pub async fn refund(turn: &mut Turn<'_>, id: &OrderId, key: &str) -> Result<Response, Trouble> {
    let order = voice::own_order(turn.ctx, &turn.user, id).await?;
    let total = flows::refund::refundable(&turn.ctx.store, &order).await?;
    let name = seller(turn, &order).await?;
    let done = match order.state {
        State::Paid => flows::refund::want(turn.ctx, id, Actor::Buyer, key).await.map(|()| "refunded"),
        _ => {
            let reason = turn.plain("refund-reason");
            wish::wish(turn.ctx, id, "refund", &reason, key).await.map(|()| "refund-asked")
        }
    };
    let message = match done {
        Ok(message) => message,
        Err(ActError::NotNow(_)) if order.state == State::Shipped => "refund-asked-before",
        Err(ActError::NotNow(_)) => "refund-none",
        Err(error) => return Err(error.into()),
    };
    let text = turn.words.say(message, &[("total", turn.words.money(total).into()), ("seller", name.into())]);
    let again = turn.plain("status-again");
    let card = order_card(turn, &order, "").await?;
    Ok(turn.ask(None, text, again).with_card(card))
}
