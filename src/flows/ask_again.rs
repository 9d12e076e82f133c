//! The hold ran out before the parcel left: the seller asks the buyer to approve the same order once more.

use std::time::Duration;

use super::{ActError, Context};
use crate::base::clock::days;
use crate::base::ids::{OrderId, SellerId};
use crate::orders::audit::Act;
use crate::orders::state::{Change, Fact};
use crate::store::retried;

/// How long the buyer has for it; so long the goods are kept.
pub const ASKED_AGAIN_WAIT: Duration = days(3);

/// Turns an order whose hold ran out into one that waits for its approval, and writes to the buyer. A second click
/// finds it waiting already. Errors: not theirs, no hold ran out, or the goods were sold meanwhile.
pub async fn ask_again(ctx: &Context, seller: &SellerId, order: &OrderId) -> Result<(), ActError> {
    retried(|| once(ctx, seller, order)).await
}

async fn once(ctx: &Context, seller: &SellerId, id: &OrderId) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut order = tx.order(id).await?.filter(|order| order.seller == *seller).ok_or(ActError::NoSuchOrder)?;
    if order.is_asked_again() {
        return Ok(());
    }
    let Change::To(state) = order.state.after(Fact::AskedAgain) else {
        return Err(ActError::NotNow("No hold of this order has run out."));
    };
    if !order.can_be_asked_again() {
        return Err(ActError::NotNow("Nothing was ever on hold for this order. The buyer can order again."));
    }
    let (lines, until) = (tx.order_lines(id).await?, now.plus(ASKED_AGAIN_WAIT));
    if tx.hold_stock(id, &lines, Some(until), now).await?.is_err() {
        return Err(ActError::NotNow("Something in this order has been sold meanwhile. The buyer can order again."));
    }
    order.state = state;
    order.approve_by = until;
    (order.consent, order.instrument, order.transaction, order.hold_until) = (None, None, None, None);
    order.message = Some(format!(
        "The hold on your payment ran out before the parcel left, and nothing was charged. The goods are kept for you \
         until {}: please approve the payment once more.",
        until.day()
    ));
    tx.change_order(&mut order, Some(until)).await?;
    tx.note(id, now, "Approval asked for again", "The hold had run out.").await?;
    tx.audit(&Act {
        at: now,
        actor: "seller".to_owned(),
        act: "approval asked for again".to_owned(),
        subject: id.to_string(),
        detail: format!("{} · until {until}", order.total),
    })
    .await?;
    if let Some(checkout) = tx.checkout(&order.checkout).await? {
        tx.queue_letter(&ctx.letters().approve_again(&checkout.email, &order, until), now).await?;
    }
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}
