//! What the marketplace's operators change: flags on orders, and who may sell. Every act is a link
//! of the audit chain with the operator's address.

use super::{ActError, Actor, Context};
use crate::base::ids::OrderId;
use crate::market::sellers::{Registration, Seller};
use crate::orders::audit::Act;
use crate::store::{Write, retried};

/// Somebody looked: takes the flag off an order. Doing it twice is harmless.
pub async fn clear_flag(ctx: &Context, operator: &str, order: &OrderId) -> Result<(), ActError> {
    retried(|| clear_flag_once(ctx, operator, order)).await
}

async fn clear_flag_once(ctx: &Context, operator: &str, id: &OrderId) -> Result<(), ActError> {
    let mut tx = ctx.store.write_money().await?;
    let order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    if !tx.clear_flag(id).await? {
        return Ok(());
    }
    let detail = format!("{operator}: {}", order.flag.unwrap_or_default());
    audit(ctx, &mut tx, "flag cleared", id.as_str(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Stops a registered seller: nothing of theirs is offered any more. Orders that were placed stay
/// theirs to ship or refund.
pub async fn suspend(ctx: &Context, operator: &str, seller: &Seller) -> Result<(), ActError> {
    retried(|| change(ctx, operator, seller, Registration::Registered, Registration::Suspended, "seller suspended"))
        .await
}

/// Lets a stopped seller sell again: as before where somebody can pay them, else from the registration on.
pub async fn reinstate(ctx: &Context, operator: &str, seller: &Seller) -> Result<(), ActError> {
    let mut to = match ctx.providers.paying_sellers(ctx.shop.currency) {
        Some(_) => Registration::TermsAccepted,
        None => Registration::Registered,
    };
    for provider in ctx.providers.iter() {
        if ctx.store.payee(&seller.id, provider.name()).await?.is_some() {
            to = Registration::Registered;
        }
    }
    retried(|| change(ctx, operator, seller, Registration::Suspended, to, "seller reinstated")).await
}

async fn change(
    ctx: &Context,
    operator: &str,
    seller: &Seller,
    from: Registration,
    to: Registration,
    act: &str,
) -> Result<(), ActError> {
    let mut tx = ctx.store.write_money().await?;
    if !tx.move_registration(&seller.id, from, to).await? {
        return Ok(());
    }
    tx.note_seller_change(&seller.id, ctx.clock.now()).await?;
    audit(ctx, &mut tx, act, seller.id.as_str(), operator.to_owned()).await?;
    tx.commit().await?;
    Ok(())
}

async fn audit(ctx: &Context, tx: &mut Write, act: &str, subject: &str, detail: String) -> Result<(), ActError> {
    tx.audit(&Act {
        at: ctx.clock.now(),
        actor: Actor::Operator.word().to_owned(),
        act: act.to_owned(),
        subject: subject.to_owned(),
        detail,
    })
    .await?;
    Ok(())
}
