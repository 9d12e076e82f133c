//! Claims one operation, asks or sends, records. Handlers call it inline, the worker in turns.

use std::time::Duration;

use super::Context;
use super::record_outcome::{record_outcome, visit_is_over};
use crate::base::clock::Millis;
use crate::base::ids::OperationId;
use crate::orders::operation::{Kind, Operation, Progress};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Retry};
use crate::pay::Provider;
use crate::store::operations::Lease;
use crate::store::{Result, StoreError};

/// How long a claim lasts: longer than any call takes, short enough that a lost machine costs a minute.
pub const LEASE: Duration = Duration::from_secs(60);

/// How long a page waits for an answer before it says that we are still confirming.
pub const INLINE: Duration = Duration::from_secs(4);

/// How long to wait before looking again at something that began `age` ago: quick at first, ten
/// minutes in the end.
pub fn pause(age: Duration) -> Duration {
    let seconds = match age.as_secs() {
        ..10 => 1,
        10..60 => 3,
        60..600 => 15,
        600..3600 => 60,
        _ => 600,
    };
    Duration::from_secs(seconds)
}

/// When to look at `operation` again.
fn later(ctx: &Context, operation: &Operation) -> Millis {
    let now = ctx.clock.now();
    now.plus(pause(now.since(operation.created_at)))
}

fn lease(ctx: &Context) -> Lease<'_> {
    Lease { owner: &ctx.shop.instance, now: ctx.clock.now(), real_now: ctx.clock.real_now(), length: LEASE }
}

/// Runs the operation that is due the longest. Says whether there was one.
pub async fn run_next(ctx: &Context) -> Result<bool> {
    match ctx.store.claim_due(lease(ctx)).await? {
        Some(operation) => run_claimed(ctx, operation).await.map(|()| true),
        None => Ok(false),
    }
}

/// Runs this operation now, and again while the provider works on it, for at most [`INLINE`]. May
/// fail or be cut short: the worker has it.
pub async fn run_inline(ctx: &Context, id: &OperationId) {
    let (ctx, id) = (ctx.clone(), id.clone());
    // A task of its own: a browser that closes the connection must not stop it half-way.
    let run = tokio::spawn(async move {
        let until = tokio::time::Instant::now() + INLINE;
        loop {
            let claimed = ctx.store.claim(&id, lease(&ctx)).await;
            match claimed {
                Ok(Some(operation)) => {
                    if let Err(error) = run_claimed(&ctx, operation).await {
                        tracing::warn!(operation.id = %id, %error, "left to the worker");
                        return;
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(operation.id = %id, %error, "left to the worker");
                    return;
                }
            }
            let open = ctx.store.operation(&id).await.ok().flatten().is_some_and(|op| op.progress.is_open());
            if !open || tokio::time::Instant::now() >= until {
                return;
            }
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    });
    let _ = tokio::time::timeout(INLINE, run).await;
}

async fn run_claimed(ctx: &Context, operation: Operation) -> Result<()> {
    let Some(provider) = ctx.providers.get(&operation.provider) else {
        tracing::error!(operation.id = %operation.id, provider = %operation.provider, "no such provider is configured");
        return ctx.store.postpone(&operation, later(ctx, &operation)).await;
    };
    let outcome = ask_or_send(ctx, provider.as_ref(), &operation).await;
    match outcome {
        Outcome::NeverArrived if visit_is_over(&operation, ctx.clock.now()) => {
            record_outcome(ctx, &operation.id, Outcome::Expired { transaction: None }).await?;
        }
        Outcome::NeverArrived if operation.needs_person() => {
            ctx.store.postpone(&operation, ctx.clock.now().plus(super::record_outcome::LOST_RETURN)).await?;
        }
        Outcome::NeverArrived => ctx.store.postpone(&operation, ctx.clock.now()).await?,
        Outcome::Silent { why } => {
            tracing::warn!(operation.id = %operation.id, attempt = operation.attempts, "no answer: {why}");
            ctx.store.postpone(&operation, later(ctx, &operation)).await?;
        }
        Outcome::Held { .. } if operation.kind == Kind::Settle || operation.kind == Kind::Cancel => {
            ctx.store.postpone(&operation, later(ctx, &operation)).await?;
        }
        outcome => {
            record_outcome(ctx, &operation.id, outcome).await?;
        }
    }
    Ok(())
}

/// The rule that keeps a crash from charging twice: from the second attempt on, ask first.
async fn ask_or_send(ctx: &Context, provider: &dyn Provider, operation: &Operation) -> Outcome {
    if operation.needs_person() {
        return provider.find_outcome(operation).await;
    }
    if operation.attempts > 1 || operation.progress == Progress::Pending {
        let found = provider.find_outcome(operation).await;
        let is_untold = matches!(found, Outcome::NeverArrived | Outcome::Silent { .. });
        if is_untold && is_forgotten(ctx, provider, operation) {
            return give_to_a_person(ctx, operation).await;
        }
        if found != Outcome::NeverArrived {
            return found;
        }
    }
    let sent = provider.send(operation).await;
    // "Wrong state" often means that it worked before and we did not hear: look before believing it.
    if let Outcome::Refused(refusal) = &sent
        && refusal.reason == Reason::TransactionState
        && refusal.retry == Retry::Never
    {
        return match provider.find_outcome(operation).await {
            Outcome::NeverArrived | Outcome::Silent { .. } | Outcome::Held { .. } => sent,
            known => known,
        };
    }
    sent
}

/// Whether the provider may have forgotten the reference of a request that it never answered. What has a transaction can
/// be asked for by that, at any time.
fn is_forgotten(ctx: &Context, provider: &dyn Provider, operation: &Operation) -> bool {
    let has_reference = operation.is_charge() || operation.kind == Kind::Refund;
    let first_sent = operation.first_sent_at.unwrap_or(operation.created_at);
    let is_over = ctx.clock.now().since(first_sent) >= provider.abilities().resend_window;
    has_reference && operation.transaction.is_none() && is_over
}

/// Past the provider's memory of our reference the same request would charge anew: never resent.
async fn give_to_a_person(ctx: &Context, operation: &Operation) -> Outcome {
    let marked: Result<()> = async {
        let mut tx = ctx.store.write_money().await?;
        let mut unknown = operation.clone();
        unknown.progress = Progress::Unknown;
        tx.record_progress(&unknown, ctx.clock.now()).await?;
        if let Some(id) = operation.subject.order()
            && let Some(mut order) = tx.order(id).await?
        {
            order.flag = Some(format!(
                "Nobody can tell what became of the {} {}. Compare with the provider's record.",
                operation.kind.word(),
                operation.id
            ));
            tx.flag_order(&order).await?;
        }
        tx.commit().await
    }
    .await;
    match marked {
        Ok(()) => {
            tracing::error!(operation.id = %operation.id, "unknown for longer than it can be resent: a person decides")
        }
        Err(StoreError::Busy) => {}
        Err(error) => tracing::error!(operation.id = %operation.id, %error, "could not mark it unknown"),
    }
    Outcome::Silent { why: "past the resend window".to_owned() }
}
