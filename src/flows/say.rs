//! Buyer and seller write to each other about an order.

use super::{ActError, Actor, Context};
use crate::base::ids::OrderId;
use crate::store::retried;

/// The longest message, in characters.
pub const LONGEST: usize = 2000;

/// Adds a message to the order's thread and writes a letter to the other side. `key` is the form's:
/// a second submit says nothing twice. Whether `author` may do so was checked by the caller.
pub async fn say(ctx: &Context, order: &OrderId, author: Actor, body: &str, key: &str) -> Result<(), ActError> {
    let body = body.trim();
    if body.is_empty() {
        return Err(bad("Please write something first."));
    }
    if body.chars().count() > LONGEST {
        return Err(bad("That is a long letter. Please keep it under 2,000 characters."));
    }
    retried(|| say_once(ctx, order, author, body, key)).await
}

fn bad(message: &str) -> ActError {
    ActError::BadField { field: "body", message: message.to_owned() }
}

async fn say_once(ctx: &Context, id: &OrderId, author: Actor, body: &str, key: &str) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    let order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    if tx.use_form_key(key, id.as_str(), now).await?.is_some() {
        return Ok(());
    }
    let letters = ctx.letters();
    let letter = if author == Actor::Buyer {
        let seller = tx.seller(&order.seller).await?.ok_or(ActError::NoSuchOrder)?;
        letters.message_to_seller(&seller.email, &order, body, key)
    } else {
        let checkout = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?;
        letters.message_to_buyer(&checkout.email, &order, body, key)
    };
    let who = if author == Actor::Buyer { "buyer" } else { "seller" };
    tx.insert_message(id, who, body, now).await?;
    tx.note(id, now, &format!("Message from the {who}"), "").await?;
    tx.queue_letter(&letter, now).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}
