//! What buyer and seller say to each other about an order, and what the buyer asks for.

use super::{ActError, Actor, Context};
use crate::base::ids::OrderId;
use crate::orders::state::State;

/// The most a message holds, in characters.
const MOST: usize = 2000;

/// Adds a message to the order's thread and writes the other side a letter. Whether `actor` may
/// do so was checked by the caller.
pub async fn say(ctx: &Context, order: &OrderId, actor: Actor, body: &str) -> Result<(), ActError> {
    let body = checked("body", body)?;
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    let order = tx.order(order).await?.ok_or(ActError::NoSuchOrder)?;
    tx.insert_message(&order.id, actor.word(), body, now).await?;
    let seller = tx.seller(&order.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let letters = ctx.letters();
    let letter = if actor == Actor::Seller {
        let checkout = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?;
        letters.message_to_buyer(&checkout.email, &order, &seller.name, body)
    } else {
        letters.message_to_seller(&seller.email, &order, body)
    };
    tx.queue_letter(&letter, now).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}

/// The buyer asks for a `return` or a `refund`; the seller decides. One wish at a time.
pub async fn wish(ctx: &Context, order: &OrderId, wish: &str, reason: &str) -> Result<(), ActError> {
    if !matches!(wish, "return" | "refund") {
        return Err(ActError::BadField { field: "wish", message: "Please choose a return or a refund.".to_owned() });
    }
    let reason = checked("reason", reason)?;
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    let order = tx.order(order).await?.ok_or(ActError::NoSuchOrder)?;
    if !matches!(order.state, State::Paid | State::Shipped) {
        return Err(ActError::NotNow("There is nothing to return or refund yet."));
    }
    if !tx.insert_wish(&order.id, wish, reason, now).await? {
        return Err(ActError::NotNow("The seller has your request already and will answer it."));
    }
    tx.note(&order.id, now, &format!("The buyer asks for a {wish}"), reason).await?;
    let seller = tx.seller(&order.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let letter = ctx.letters().message_to_seller(&seller.email, &order, &format!("Asks for a {wish}: {reason}"));
    tx.queue_letter(&letter, now).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}

fn checked<'a>(field: &'static str, text: &'a str) -> Result<&'a str, ActError> {
    let text = text.trim();
    let message = match text.chars().count() {
        0 => "Please write a few words.",
        1..=MOST => return Ok(text),
        _ => "Please use at most 2,000 characters.",
    };
    Err(ActError::BadField { field, message: message.to_owned() })
}
