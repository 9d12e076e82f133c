//! The buyer asks for a return or a refund; the seller decides.

use super::{ActError, Context, say};
use crate::base::ids::OrderId;
use crate::orders::state::State;
use crate::store::retried;

/// The buyer asks for a `return` or a `refund`; the seller decides. One wish at a time. `key` is the
/// form's: a second submit asks nothing twice.
pub async fn wish(ctx: &Context, order: &OrderId, wish: &str, reason: &str, key: &str) -> Result<(), ActError> {
    if !matches!(wish, "return" | "refund") {
        return Err(ActError::BadField { field: "wish", message: "Please choose a return or a refund.".to_owned() });
    }
    let reason = checked("reason", reason)?;
    retried(|| wish_once(ctx, order, wish, reason, key)).await
}

async fn wish_once(ctx: &Context, order: &OrderId, wish: &str, reason: &str, key: &str) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    let order = tx.order(order).await?.ok_or(ActError::NoSuchOrder)?;
    if tx.use_form_key(key, order.id.as_str(), now).await?.is_some() {
        return Ok(());
    }
    if !matches!(order.state, State::Paid | State::Shipped) {
        return Err(ActError::NotNow("There is nothing to return or refund yet."));
    }
    if !order.travels() && wish == "return" {
        let message = "Nothing was sent, so nothing can be sent back. Ask for a refund instead.".to_owned();
        return Err(ActError::BadField { field: "wish", message });
    }
    if !tx.insert_wish(&order.id, wish, reason, now).await? {
        return Err(ActError::NotNow("The seller has your request already and will answer it."));
    }
    tx.note(&order.id, now, &format!("The buyer asks for a {wish}"), reason).await?;
    let seller = tx.seller(&order.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let letter = ctx.letters().message_to_seller(&seller.email, &order, &format!("Asks for a {wish}: {reason}"), key);
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
