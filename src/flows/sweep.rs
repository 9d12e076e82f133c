//! What nobody comes back for: lapsed stock holds, approvals and money holds that ran out, periods of
//! subscriptions that have begun, deadlines of disputes, old keys.

use std::time::Duration;

use super::record_outcome::{record_news, record_outcome};
use super::{Context, dispute, renew, retry};
use crate::base::clock::{days, hours, minutes};
use crate::base::ids::OrderId;
use crate::mail::HOLD_ENDS;
use crate::orders::operation::{Kind, Operation, Progress};
use crate::orders::order::Order;
use crate::orders::outcome::Outcome;
use crate::orders::state::State;
use crate::store::{Result, retried};

/// How long before the end of a hold its seller is told.
const HOLD_REMINDER: Duration = days(2);

/// How many rows one round takes.
pub(super) const ROUND: i64 = 50;

/// One round. Says whether anything was done.
pub async fn sweep(ctx: &Context) -> Result<bool> {
    let now = ctx.clock.now();
    let mut did = false;
    for id in ctx.store.lapsed_holds(now, ROUND).await? {
        retried(async || {
            let mut tx = ctx.store.write().await?;
            tx.release_stock(&id, now).await?;
            tx.commit().await
        })
        .await?;
        did = true;
    }
    for order in ctx.store.orders_due(now, ROUND).await? {
        run_out(ctx, &order).await?;
        did = true;
    }
    did |= retry::retry_due(ctx).await?;
    did |= dispute::sweep(ctx, ROUND).await?;
    did |= remind_of_holds(ctx).await?;
    Ok(renew::renew(ctx).await? || did)
}

/// Writes to sellers whose orders are on hold for two more days. Says whether anybody was written to.
async fn remind_of_holds(ctx: &Context) -> Result<bool> {
    let now = ctx.clock.now();
    let mut did = false;
    for id in ctx.store.holds_ending(now, now.plus(HOLD_REMINDER), HOLD_ENDS, ROUND).await? {
        did |= retried(|| remind_of_hold(ctx, &id)).await?;
    }
    Ok(did)
}

async fn remind_of_hold(ctx: &Context, id: &OrderId) -> Result<bool> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    let order = tx.order(id).await?.filter(|order| order.state == State::Reserved);
    let Some((order, until)) = order.and_then(|order| order.hold_until.map(|until| (order, until))) else {
        return Ok(false);
    };
    let Some(seller) = tx.seller(&order.seller).await?.filter(|seller| !seller.email.is_empty()) else {
        return Ok(false);
    };
    tx.queue_letter(&ctx.letters().hold_ends(&seller.email, &order, until), now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets what is too old to matter: form keys, answers of Alexa, requests that were not Alexa's, changes that every read model has seen, links, web
/// sessions.
pub async fn tidy(ctx: &Context) -> Result<()> {
    let mut tx = ctx.store.write().await?;
    tx.forget_form_keys(ctx.clock.now().minus(days(7))).await?;
    tx.forget_changes().await?;
    tx.forget_voice_asks(ctx.clock.now().minus(days(30))).await?;
    tx.forget_refused_requests(ctx.clock.now().minus(days(7))).await?;
    tx.forget_old_links(ctx.clock.real_now().minus(days(1))).await?;
    tx.commit().await?;
    ctx.store.forget_old_sessions().await
}

/// Before anything is given up, the provider is asked: the buyer may have been charged all the same.
async fn run_out(ctx: &Context, order: &Order) -> Result<()> {
    // What came before it in this turn took its time, or spoke for it as well.
    let is_stale = ctx.store.order(&order.id).await?.is_none_or(|fresh| fresh.version != order.version);
    if is_stale {
        return Ok(());
    }
    let operations = ctx.store.operations_about(order).await?;
    let Some(provider) = ctx.providers.get(&order.provider) else { return wait(ctx, order).await };
    let busy = operations.iter().any(|op| op.progress.is_open() && !op.needs_person());
    let is_unknown = |op: &Operation| op.progress == Progress::Unknown && op.is_charge();
    if order.state == State::Consented && operations.iter().any(is_unknown) {
        // nobody may be told that nothing was charged: a person finds out first
        return set_due(ctx, order, Some(ctx.clock.now().plus(hours(1)))).await;
    }
    let asked: Option<&Operation> = match order.state {
        _ if busy => return wait(ctx, order).await,
        // A basket's approval may have been given for the other orders alone.
        State::Placed => newest(&operations, Kind::Consent).filter(|asked| asked.progress.is_open()),
        // Of two holds, the one that the order lives on.
        State::Reserved => {
            let own = operations.iter().find(|op| op.kind == Kind::Reserve && op.transaction == order.transaction);
            own.or(newest(&operations, Kind::Reserve))
        }
        State::Consented => None,
        _ => return clear(ctx, order).await,
    };
    let Some(asked) = asked else { return expire(ctx, order, &operations).await };
    match provider.find_outcome(asked).await {
        // The provider's hold runs out by its own clock: look again.
        Outcome::Held { .. } | Outcome::Silent { .. } | Outcome::Pending { .. } => wait(ctx, order).await,
        Outcome::NeverArrived => expire(ctx, order, &operations).await,
        Outcome::Refused(_) if order.state == State::Placed => expire(ctx, order, &operations).await,
        outcome => record_outcome(ctx, &asked.id, outcome).await.map(|_| ()),
    }
}

fn newest(operations: &[Operation], kind: Kind) -> Option<&Operation> {
    operations.iter().rev().find(|op| op.kind == kind && op.progress != Progress::Failed)
}

async fn expire(ctx: &Context, order: &Order, operations: &[Operation]) -> Result<()> {
    // A visit to the provider's pages says something about an order that waits for it, and about no other; and of
    // one that was waiting, nothing else is said that could end it where it has moved on meanwhile.
    let said = |op: &&Operation| match order.state {
        State::Placed => op.kind == Kind::Consent || op.is_spoken(),
        _ => op.kind != Kind::Consent,
    };
    let last = operations.iter().rev().filter(said).find(|op| op.progress.is_open());
    let last = last.or(operations.iter().rev().find(said));
    match last {
        Some(operation) => record_outcome(ctx, &operation.id, Outcome::Expired { transaction: None }).await.map(|_| ()),
        // Nobody ever went to approve it.
        None if order.state == State::Placed => {
            record_news(ctx, &order.id, Outcome::Expired { transaction: None }).await.map(|_| ())
        }
        None => clear(ctx, order).await,
    }
}

async fn wait(ctx: &Context, order: &Order) -> Result<()> {
    set_due(ctx, order, Some(ctx.clock.now().plus(minutes(1)))).await
}

async fn clear(ctx: &Context, order: &Order) -> Result<()> {
    set_due(ctx, order, None).await
}

async fn set_due(ctx: &Context, order: &Order, due: Option<crate::base::clock::Millis>) -> Result<()> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        if let Some(mut fresh) = tx.order(&order.id).await?
            && fresh.version == order.version
        {
            tx.change_order(&mut fresh, due).await?;
        }
        tx.commit().await
    })
    .await
}
