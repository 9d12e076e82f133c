//! The buyer asks for a return or a refund; the seller decides.

use super::{ActError, Context, say};
use crate::base::ids::{self, OrderId};
use crate::orders::state::State;

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
    let letter =
        ctx.letters().message_to_seller(&seller.email, &order, &format!("Asks for a {wish}: {reason}"), &ids::secret());
    tx.queue_letter(&letter, now).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}

fn checked<'a>(field: &'static str, text: &'a str) -> Result<&'a str, ActError> {
    let text = text.trim();
    let message = match text.chars().count() {
        0 => "Please write a few words.",
        1..=say::LONGEST => return Ok(text),
        _ => "Please use at most 2,000 characters.",
    };
    Err(ActError::BadField { field, message: message.to_owned() })
}
