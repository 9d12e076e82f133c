//! The seller decides about a buyer's wish for a return or a refund.

use super::{ActError, Actor, Context, refund};
use crate::base::ids::{OrderId, RequestId};
use crate::base::money::Money;
use crate::orders::audit::Act;
use crate::store::retried;

/// What the seller decides.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Give money back: this much, or all that is left.
    Accept(Option<Money>),
    /// Keep it; the answer says why.
    Decline,
}

/// Answers a wish about `order`. Accepting begins the refund first, under the wish's own key, so
/// that a crash in between or a second click refunds nothing more. An answered wish stays answered.
pub async fn answer_wish(
    ctx: &Context,
    order: &OrderId,
    wish: &RequestId,
    decision: &Decision,
    answer: &str,
) -> Result<(), ActError> {
    let answer = answer.trim();
    match decision {
        Decision::Accept(amount) => give_back(ctx, order, wish, *amount).await?,
        Decision::Decline if answer.is_empty() => {
            let message = "Please tell the buyer why.".to_owned();
            return Err(ActError::BadField { field: "answer", message });
        }
        Decision::Decline => {}
    }
    let is_accepted = matches!(decision, Decision::Accept(_));
    retried(|| write_answer(ctx, order, wish, is_accepted, answer)).await
}

async fn give_back(ctx: &Context, id: &OrderId, wish: &RequestId, amount: Option<Money>) -> Result<(), ActError> {
    let is_open = ctx.store.wish(wish).await?.is_some_and(|(of, wish)| of == *id && wish.state == "open");
    if !is_open {
        return Ok(());
    }
    let order = ctx.store.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    let is_given_back = order.state.is_sold() && !refund::refundable(&ctx.store, &order).await?.is_positive();
    if is_given_back {
        return Ok(());
    }
    refund::refund(ctx, id, Actor::Seller, amount, wish.as_str()).await
}

async fn write_answer(
    ctx: &Context,
    id: &OrderId,
    wish: &RequestId,
    is_accepted: bool,
    answer: &str,
) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let word = if is_accepted { "accepted" } else { "declined" };
    let mut tx = ctx.store.write_money().await?;
    let order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    let email = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?.email;
    if !tx.answer_wish(wish, word, answer).await? {
        return Ok(());
    }
    tx.note(id, now, &format!("Request {word}"), answer).await?;
    let letter = ctx.letters().wish_answered(&email, &order, is_accepted, answer, wish.as_str());
    tx.queue_letter(&letter, now).await?;
    tx.audit(&Act {
        at: now,
        actor: Actor::Seller.word().to_owned(),
        act: format!("request {word}"),
        subject: id.to_string(),
        detail: wish.to_string(),
    })
    .await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}
