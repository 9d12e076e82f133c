//! Calling an order off before money is taken.

use super::{ActError, Actor, Context, basket, count, run_operation, withdraw as withdraw_approval};
use crate::base::ids::{OperationId, OrderId};
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::orders::order::Order;
use crate::orders::refusal::Retry;
use crate::orders::state::{Change, Fact, State};
use crate::store::{Write, retried};

/// Calls an order off. Without money on hold it ends at once; a hold is let go by the provider
/// first. Doing it twice is harmless. Whether `actor` may do so was checked by the caller.
pub async fn cancel(ctx: &Context, order: &OrderId, actor: Actor) -> Result<(), ActError> {
    if let Some(operation) = retried(|| cancel_once(ctx, order, actor)).await? {
        run_operation::run_inline(ctx, &operation).await;
    }
    Ok(())
}

/// The same for those who do not wait for the provider: the worker lets the hold go.
pub async fn want(ctx: &Context, order: &OrderId, actor: Actor) -> Result<(), ActError> {
    retried(|| cancel_once(ctx, order, actor)).await.map(|_| ())
}

async fn cancel_once(ctx: &Context, id: &OrderId, actor: Actor) -> Result<Option<OperationId>, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    let operations = tx.operations_of(id.as_str()).await?;
    let open = |kind: Kind| operations.iter().find(|op| op.kind == kind && op.progress.is_open());
    let wanted = match order.state {
        State::Cancelled => return Ok(None),
        State::Reserved if open(Kind::Settle).is_some() => {
            return Err(ActError::NotNow(
                "The parcel is being shipped and paid for right now. Ask for a refund instead.",
            ));
        }
        State::Reserved => {
            let hold = order.transaction.clone().ok_or(ActError::NoSuchOrder)?;
            let wanted = Request::Cancel { hold: hold.clone() };
            if let Some(known) = operations.iter().find(|op| op.progress.is_open() && op.request == wanted) {
                return Ok(Some(known.id.clone()));
            }
            let subject = Subject::Order(id.clone());
            let cancel =
                Operation::wanted(subject, Kind::Cancel, &order.provider, Request::Cancel { hold }, order.total, now);
            tx.note(id, now, "Being called off", "The hold on the money is let go.").await?;
            Some(tx.want(cancel, now).await?.id)
        }
        State::Placed | State::Consented | State::Declined => {
            withdraw(ctx, &mut tx, &mut order, &operations, actor).await?;
            None
        }
        State::Expired => return Err(ActError::NotNow("This order has expired already. Nothing was charged.")),
        State::Paid | State::Shipped | State::Refunded => {
            return Err(ActError::NotNow("This order is paid already. Ask for a refund instead."));
        }
    };
    tx.audit(&Act {
        at: now,
        actor: actor.word().to_owned(),
        act: "cancel".to_owned(),
        subject: id.to_string(),
        detail: order.state.word().to_owned(),
    })
    .await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(wanted)
}

/// No money is held. What was not sent yet is recalled; what is on its way is let go or refunded
/// by `facts` as soon as its outcome is known.
pub(super) async fn withdraw(
    ctx: &Context,
    tx: &mut Write,
    order: &mut Order,
    operations: &[Operation],
    actor: Actor,
) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let Change::To(state) = order.state.after(Fact::Withdrawn) else {
        return Err(ActError::NotNow("This order can no longer be called off."));
    };
    for operation in operations.iter().filter(|op| can_be_recalled(op)) {
        let recalled = Operation { progress: Progress::Failed, ..operation.clone() };
        if tx.record_progress(&recalled, now).await? {
            count::attempt(tx, &recalled, order, now).await?;
        }
    }
    basket::leave(tx, order, now).await?;
    order.state = state;
    let provider = order.provider.clone();
    withdraw_approval::let_go(ctx, tx, order, &provider).await?;
    let is_sent = |op: &Operation| op.is_charge() && op.progress != Progress::Failed && !can_be_recalled(op);
    let text = if operations.iter().any(is_sent) {
        "The order was called off. Should the payment have gone through all the same, it goes back to you by itself."
    } else {
        "The order was called off. Nothing was charged."
    };
    order.message = Some(text.to_owned());
    tx.release_stock(&order.id, now).await?;
    tx.change_order(order, None).await?;
    basket::let_go(ctx, tx, &order.checkout).await?;
    tx.note(&order.id, now, "Called off", &format!("By the {}.", actor.word())).await?;
    let email = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?.email;
    let letter = ctx.letters().given_up(&email, order, text);
    tx.queue_letter(&letter, now).await?;
    Ok(())
}

/// Whether nothing can have come of it yet: it was not sent, or waits for the buyer, or was refused and only waits to be
/// sent again. One that is being sent again just now, and works, is heard of and refunded.
fn can_be_recalled(operation: &Operation) -> bool {
    let was_refused = operation.refusal.as_ref().is_some_and(|refusal| refusal.retry == Retry::Later);
    operation.progress == Progress::Queued
        || operation.kind == Kind::Consent && operation.progress.is_open()
        || operation.is_charge() && operation.progress.is_open() && operation.transaction.is_none() && was_refused
}
