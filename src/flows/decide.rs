//! What a person found out about an operation of which nobody could tell what became of it.

use super::record_outcome::record_in;
use super::{ActError, Context};
use crate::base::ids::OperationId;
use crate::orders::audit::Act;
use crate::orders::operation::Progress;
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::store::retried;

/// The code of the refusal that [`never_happened`] records.
pub const NEVER_HAPPENED: &str = "NeverHappened";

/// The provider's own record shows nothing of an unknown operation: it is over, as if it had been refused. A second time
/// changes nothing. News that says otherwise is believed all the same, whenever it comes.
///
/// Errors: nobody knows this operation, or what became of it is known.
pub async fn never_happened(ctx: &Context, operator: &str, id: &OperationId) -> Result<(), ActError> {
    retried(|| once(ctx, operator, id)).await?;
    ctx.wake.notify_one();
    Ok(())
}

async fn once(ctx: &Context, operator: &str, id: &OperationId) -> Result<(), ActError> {
    let mut tx = ctx.store.write_money().await?;
    let operation = tx.operation(id).await?.ok_or(ActError::NoSuchOrder)?;
    if operation.refusal.as_ref().is_some_and(|refusal| refusal.code == NEVER_HAPPENED) {
        return Ok(());
    }
    if operation.progress != Progress::Unknown {
        return Err(ActError::NotNow("What became of this is known. Nothing was changed."));
    }
    let refusal = Refusal {
        retry: Retry::NewConsent,
        reason: Reason::Denied,
        code: NEVER_HAPPENED.to_owned(),
        message: "The payment service's own record shows nothing of it.".to_owned(),
    };
    let detail = format!("{} of {} never happened", operation.kind.word(), operation.amount);
    let applied = record_in(ctx, &mut tx, operation, &Outcome::Refused(refusal)).await?;
    if let Some(mut order) = applied.order {
        // that nobody could tell is settled
        order.flag = None;
        tx.flag_order(&order).await?;
        tx.note(&order.id, ctx.clock.now(), "Looked up by the market office", &format!("The {detail}.")).await?;
    }
    tx.audit(&Act {
        at: ctx.clock.now(),
        actor: operator.to_owned(),
        act: "never happened".to_owned(),
        subject: id.to_string(),
        detail,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}
