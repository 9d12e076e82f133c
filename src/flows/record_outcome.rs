//! The one door: whatever a provider tells us about an operation or an order comes through here.
//!
//! One write transaction each: the operation's progress, the ledger, the order's state, what
//! follows, the timeline, the letters and the audit link become true together or not at all.

use std::time::Duration;

use super::{Context, agreements, basket, change_agreement, count, facts, run_operation, tab};
use crate::base::clock::Millis;
use crate::base::ids::{OperationId, OrderId};
use crate::market::sellers::{Payee, Registration};
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::orders::order::{APPROVAL_WAIT, Order};
use crate::orders::outcome::{AbandonReason, Outcome, Validity};
use crate::orders::refusal::Retry;
use crate::store::{Result, StoreError, Write, retried};

/// Whether the news changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Something is true now that was not before.
    Changed,
    /// We knew.
    KnownAlready,
}

/// Records what became of an operation of ours.
pub async fn record_outcome(ctx: &Context, id: &OperationId, outcome: Outcome) -> Result<Recorded> {
    let recorded = retried(|| once(ctx, id, &outcome)).await?;
    ctx.wake.notify_one();
    Ok(recorded)
}

/// What [`record_in`] came to.
pub(super) struct Applied {
    /// Whether it changed anything.
    pub(super) recorded: Recorded,
    /// The order that it is about, as it is now, where that was read to be counted.
    pub(super) order: Option<Order>,
}

/// Records what a provider did to an order without having been asked.
pub async fn record_news(ctx: &Context, order: &OrderId, outcome: Outcome) -> Result<Recorded> {
    let recorded = retried(|| news_once(ctx, order, &outcome)).await?;
    ctx.wake.notify_one();
    Ok(recorded)
}

async fn news_once(ctx: &Context, order: &OrderId, outcome: &Outcome) -> Result<Recorded> {
    let mut tx = ctx.store.write_money().await?;
    let recorded = facts::apply(ctx, &mut tx, order, None, outcome).await?;
    tx.commit().await?;
    Ok(recorded)
}

async fn once(ctx: &Context, id: &OperationId, outcome: &Outcome) -> Result<Recorded> {
    let mut tx = ctx.store.write_money().await?;
    let operation = tx.operation(id).await?.ok_or_else(|| StoreError::Unreadable(format!("no operation {id}")))?;
    let applied = record_in(ctx, &mut tx, operation, outcome).await?;
    tx.commit().await?;
    Ok(applied.recorded)
}

/// Records what became of `operation`, inside a transaction that takes money's place in the line.
pub(super) async fn record_in(
    ctx: &Context,
    tx: &mut Write,
    mut operation: Operation,
    outcome: &Outcome,
) -> Result<Applied> {
    let now = ctx.clock.now();
    let before = operation.progress;
    let was_open = before.is_open();
    if is_old_news(&operation, outcome) {
        return Ok(Applied { recorded: Recorded::KnownAlready, order: None });
    }
    if let Outcome::Abandoned { reason: AbandonReason::OurFault, code } = outcome {
        tracing::error!(operation.id = %operation.id, code, "a provider's pages did not accept our request");
    }
    let run_after = progress(&mut operation, outcome, now);
    let said = ctx.providers.said(&operation, outcome);
    operation.said = if operation.progress.is_open() { said.or(operation.said.take()) } else { said };
    let mut waited = Vec::new();
    let recorded = match &operation.subject {
        Subject::Checkout(id) => {
            let (recorded, orders) = basket::heard(ctx, tx, id, &operation, outcome).await?;
            waited = orders;
            recorded
        }
        Subject::Order(order) => facts::apply(ctx, tx, &order.clone(), Some(&operation), outcome).await?,
        Subject::Registration(_) if was_open => register(ctx, tx, &operation, outcome).await?,
        Subject::Registration(_) => Recorded::KnownAlready,
        Subject::Agreement(id) if operation.kind == Kind::ChangeAgreement => {
            change_agreement::changed(ctx, tx, id, outcome).await?
        }
        Subject::Agreement(id) if operation.kind == Kind::Consent => tab::answered(ctx, tx, id, outcome).await?,
        Subject::Agreement(id) => agreements::closed(ctx, tx, id, outcome).await?,
    };
    let has_worked = !was_open && before != Progress::Succeeded && operation.progress == Progress::Succeeded;
    if has_worked && recorded == Recorded::Changed {
        tx.correct_progress(&operation).await?;
    }
    let is_decided = before == Progress::Unknown && operation.progress == Progress::Failed;
    let written =
        was_open && tx.record_progress(&operation, run_after).await? || is_decided && tx.decide(&operation).await?;
    let is_closed = written && !operation.progress.is_open();
    if !is_closed {
        return Ok(Applied { recorded, order: None });
    }
    let order = match operation.subject.order() {
        Some(id) => tx.order(id).await?,
        None => None,
    };
    if let Some(order) = &order {
        count::attempt(tx, &operation, order, now).await?;
    }
    basket::count_each(tx, &operation, &waited, now).await?;
    Ok(Applied { recorded: Recorded::Changed, order })
}

/// Whether `outcome` comes after one that it can add nothing to.
fn is_old_news(operation: &Operation, outcome: &Outcome) -> bool {
    match (operation.progress, outcome) {
        // an approval is used once: its return, loaded again, does not charge again what was refused
        (Progress::Succeeded, Outcome::Consented { .. }) => true,
        // handed over twice under one reference, and one of them worked
        (Progress::Succeeded, Outcome::Refused(_)) => operation.is_spoken(),
        // refused before: the order may be charged anew since
        (Progress::Failed, Outcome::Refused(_)) => operation.refusal.is_some(),
        _ => false,
    }
}

/// Sets how far the operation is after `outcome`; gives the time to look again.
fn progress(operation: &mut Operation, outcome: &Outcome, now: Millis) -> Millis {
    let later = now.plus(run_operation::pause(now.since(operation.created_at)));
    let transaction = match outcome {
        Outcome::Held { transaction, .. }
        | Outcome::Taken { transaction, .. }
        | Outcome::Refunded { transaction, .. }
        | Outcome::Reversed { transaction, .. }
        | Outcome::WonBack { transaction, .. }
        | Outcome::Released { transaction } => Some(transaction.clone()),
        Outcome::Pending { transaction } | Outcome::Expired { transaction } => transaction.clone(),
        _ => None,
    };
    operation.transaction = transaction.or(operation.transaction.take());
    operation.progress = match outcome {
        Outcome::Registered { .. } | Outcome::Consented { .. } | Outcome::Taken { .. } | Outcome::Refunded { .. } => {
            Progress::Succeeded
        }
        Outcome::Reversed { .. } | Outcome::WonBack { .. } => Progress::Succeeded,
        Outcome::Held { .. } if operation.kind == Kind::Reserve => Progress::Succeeded,
        // Still on hold: a settle or cancel has not arrived.
        Outcome::Held { .. } => operation.progress,
        Outcome::Released { .. } if operation.kind == Kind::Cancel => Progress::Succeeded,
        Outcome::Expired { .. } if operation.kind == Kind::Cancel => Progress::Succeeded,
        // Someone else let the hold go, or it ran out: a reserve had worked, a settle never will.
        Outcome::Released { .. } | Outcome::Expired { .. } | Outcome::Abandoned { .. } => Progress::Failed,
        Outcome::Pending { .. } => Progress::Pending,
        Outcome::Refused(refusal) if refusal.retry == Retry::Later => {
            operation.refusal = Some(refusal.clone());
            operation.progress
        }
        Outcome::Refused(refusal) => {
            operation.refusal = Some(refusal.clone());
            Progress::Failed
        }
        Outcome::Approval { validity: Validity::Ended(_), .. } if operation.kind == Kind::CancelAgreement => {
            Progress::Succeeded
        }
        // Looked at, and left as it was.
        Outcome::Approval { validity: Validity::Chargeable, .. } if operation.kind == Kind::ChangeAgreement => {
            Progress::Succeeded
        }
        Outcome::Approval { .. } | Outcome::NeverArrived | Outcome::Silent { .. } => operation.progress,
    };
    if operation.needs_person() { now.plus(LOST_RETURN) } else { later }
}

/// How often the sweep asks what became of someone who never came back: most FPS tokens are kept
/// for three hours. Source: FPS guide, "Recovering from a lost redirect".
pub const LOST_RETURN: Duration = Duration::from_secs(10 * 60);

/// Whether a visit to the provider's pages is given up.
pub(super) fn visit_is_over(operation: &Operation, now: Millis) -> bool {
    operation.needs_person() && operation.created_at.plus(APPROVAL_WAIT) <= now
}

async fn register(ctx: &Context, tx: &mut Write, operation: &Operation, outcome: &Outcome) -> Result<Recorded> {
    let Subject::Registration(id) = &operation.subject else { return Ok(Recorded::KnownAlready) };
    let now = ctx.clock.now();
    let Outcome::Registered { payee, refund_token } = outcome else { return Ok(Recorded::KnownAlready) };
    let Some(seller) = tx.seller(id).await? else { return Ok(Recorded::KnownAlready) };
    tx.set_payee(&Payee {
        seller: id.clone(),
        provider: operation.provider.clone(),
        token: payee.clone(),
        refund_token: refund_token.clone(),
        email: seller.email.clone(),
    })
    .await?;
    if let Request::Register { provider_fee_by, .. } = &operation.request {
        tx.set_provider_fee_by(id, *provider_fee_by).await?;
    }
    if seller.state != Registration::Suspended {
        tx.set_registration(id, Registration::Registered).await?;
    }
    tx.queue_letter(&ctx.letters().seller_registered(&seller.email, &seller.name, operation.id.as_str()), now).await?;
    tx.audit(&Act {
        at: now,
        actor: format!("provider:{}", operation.provider),
        act: "seller registered".to_owned(),
        subject: id.to_string(),
        detail: format!("fee up to {} and {}", seller.fee.fixed, seller.fee.percent()),
    })
    .await?;
    Ok(Recorded::Changed)
}
