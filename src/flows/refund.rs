//! Giving money back, whole or in part, never more than is left.

use super::{ActError, Actor, Context, run_operation};
use crate::base::ids::{OperationId, OrderId};
use crate::base::money::Money;
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::orders::order::Order;
use crate::store::ledger::Standing;
use crate::store::{Store, Write, retried};

/// What can still be refunded of `order`: taken, less refunded, less what is on its way back.
pub async fn refundable(store: &Store, order: &Order) -> Result<Money, ActError> {
    let bookings = store.bookings(&order.id).await?;
    let operations = store.operations_of(order.id.as_str()).await?;
    Ok(left(order, &Standing::of(&bookings, Money::zero(order.total.currency)), &operations))
}

fn left(order: &Order, standing: &Standing, operations: &[Operation]) -> Money {
    let may_have_gone = |op: &&Operation| op.progress.is_open() || op.progress == Progress::Unknown;
    let refunds = operations.iter().filter(|op| op.kind == Kind::Refund);
    let on_its_way: i64 = refunds.filter(may_have_gone).map(|op| op.amount.minor).sum();
    Money { minor: standing.refundable().minor - on_its_way, ..order.total }
}

/// Refunds `amount`, or all that is left with none. `key` is the form's: a second submit refunds
/// nothing more. Whether `actor` may do so was checked by the caller.
pub async fn refund(
    ctx: &Context,
    order: &OrderId,
    actor: Actor,
    amount: Option<Money>,
    key: &str,
) -> Result<(), ActError> {
    if let Some(operation) = retried(|| refund_once(ctx, order, actor, amount, key)).await? {
        run_operation::run_inline(ctx, &operation).await;
    }
    Ok(())
}

/// The same, of all that is left, for those who do not wait for the provider: the worker does it.
pub async fn want(ctx: &Context, order: &OrderId, actor: Actor, key: &str) -> Result<(), ActError> {
    retried(|| refund_once(ctx, order, actor, None, key)).await.map(|_| ())
}

async fn refund_once(
    ctx: &Context,
    id: &OrderId,
    actor: Actor,
    amount: Option<Money>,
    key: &str,
) -> Result<Option<OperationId>, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    // Before the check: the second submit of a full refund finds nothing left, and is harmless all the same.
    if tx.use_form_key(key, id.as_str(), now).await?.is_some() {
        return Ok(None);
    }
    // Bumped first: two refunds of one order cannot both read the same rest.
    let due = order.hold_until;
    tx.change_order(&mut order, due).await?;
    let (amount, payment) = check(&mut tx, &order, amount).await?;
    let subject = Subject::Order(id.clone());
    let refund = Operation::wanted(subject, Kind::Refund, &order.provider, Request::Refund { payment }, amount, now);
    let refund = tx.want(refund, now).await?;
    tx.note(id, now, "Refund begun", &format!("{amount} by the {}.", actor.word())).await?;
    tx.audit(&Act {
        at: now,
        actor: actor.word().to_owned(),
        act: "refund".to_owned(),
        subject: id.to_string(),
        detail: format!("{amount} · {}", refund.id),
    })
    .await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(Some(refund.id))
}

async fn check(tx: &mut Write, order: &Order, amount: Option<Money>) -> Result<(Money, String), ActError> {
    let bookings = tx.bookings(&order.id).await?;
    // What came too late and went back at once is no payment of this order, though it may stand before it.
    let is_payment = |object: &str| order.transaction.as_deref() == Some(object);
    let taken = || bookings.iter().filter(|booked| booked.fact == "taken");
    let taken = taken().find(|booked| is_payment(&booked.object)).or_else(|| taken().next());
    let payment = taken.ok_or(ActError::NotNow("Nothing was taken for this order, so nothing can be refunded."))?;
    let standing = Standing::of(&bookings, Money::zero(order.total.currency));
    let left = left(order, &standing, &tx.operations_of(order.id.as_str()).await?);
    let amount = amount.unwrap_or(left);
    if !left.is_positive() {
        return Err(ActError::NotNow("Everything was refunded already, or is on its way back."));
    }
    if !amount.is_positive() || amount.minor > left.minor || amount.currency != left.currency {
        let message = format!("Please enter an amount between {} and {left}.", Money { minor: 1, ..left });
        return Err(ActError::BadField { field: "amount", message });
    }
    Ok((amount, payment.object.clone()))
}
