//! A renewal that was refused is tried again: by the schedule, or because its buyer says so.
//!
//! A try is a new operation with a new reference, wanted in the transaction that finds the earlier one
//! known to have failed: its order is declined, and nothing of it is open.

use super::agreements::{self, note};
use super::{Context, sweep::ROUND};
use crate::base::ids::AgreementId;
use crate::orders::agreement::{Decline, Standing, Terms, Trouble};
use crate::store::{Result, retried};

/// Tries again what is due by the schedule. Says whether there was something.
pub async fn retry_due(ctx: &Context) -> Result<bool> {
    let due = ctx.store.agreements_to_retry(ctx.clock.now(), ROUND).await?;
    for agreement in &due {
        // One that cannot be read must not keep the others from their turn.
        if let Err(error) = retried(|| once(ctx, &agreement.id, Why::Due)).await {
            tracing::error!(agreement.id = %agreement.id, %error, "a renewal could not be tried again");
        }
    }
    Ok(!due.is_empty())
}

/// The buyer says that it is mended. Changes nothing where nothing stands against charging it, or
/// where only another approval can help.
pub(super) async fn try_again(ctx: &Context, id: &AgreementId) -> Result<()> {
    retried(|| once(ctx, id, Why::Mended)).await?;
    ctx.wake.notify_one();
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    Due,
    Mended,
}

async fn once(ctx: &Context, id: &AgreementId, why: Why) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let Some(mut agreement) = tx.agreement(id).await?.filter(|it| it.standing == Standing::Paused) else {
        return Ok(());
    };
    let Some(trouble) = agreement.trouble else { return Ok(()) };
    // What is not paid when the next period begins is given up then, and not tried once more before.
    let is_over = agreement.next_at.is_some_and(|at| at <= now);
    let is_due = !is_over && trouble.retry_at.is_some_and(|at| at <= now);
    let may_be = match why {
        Why::Due => is_due,
        Why::Mended => trouble.decline != Decline::Approval,
    };
    if !may_be {
        return Ok(());
    }
    agreement.trouble = Some(Trouble { retry_at: None, ..trouble });
    // What is under way already answers for itself.
    let is_charged = agreements::catch_up(ctx, &mut tx, &agreement).await? || is_under_way(&mut tx, id).await?;
    if !is_charged {
        agreement.resume();
    }
    tx.change_agreement(&mut agreement).await?;
    let (actor, act) = match why {
        Why::Due => ("system", "renewal tried again"),
        Why::Mended => {
            ("buyer", if agreement.terms == Terms::Saved { "agreement mended" } else { "renewal tried again" })
        }
    };
    note(&mut tx, now, actor, act, &agreement, "").await?;
    tx.commit().await
}

async fn is_under_way(tx: &mut crate::store::Write, id: &AgreementId) -> Result<bool> {
    Ok(!tx.orders_under_in(id, crate::orders::state::State::Consented).await?.is_empty())
}
