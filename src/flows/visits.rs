//! People on their way to the provider's pages: what is wanted of them there, and the address.

use super::record_outcome::{LOST_RETURN, record_outcome};
use super::{ActError, Context};
use crate::base::clock::Millis;
use crate::orders::operation::{Operation, Progress};
use crate::orders::outcome::Outcome;
use crate::pay::{Answer, ConsentAsk, Provider, Redirect};
use crate::store::{Result, Write};

/// Wants something of a person at the provider's pages: the worker only looks whether they are lost.
pub(super) async fn want(tx: &mut Write, operation: Operation, now: Millis) -> Result<Operation> {
    tx.want(Operation { progress: Progress::Pending, ..operation }, now.plus(LOST_RETURN)).await
}

/// The address at the provider where the buyer approves `operation`. Errors: the provider refuses, or does not answer.
pub(super) async fn lead(
    ctx: &Context,
    provider: &dyn Provider,
    operation: &Operation,
    ask: ConsentAsk<'_>,
) -> std::result::Result<String, ActError> {
    match provider.start_consent(operation, ask).await {
        Answer::Done(redirect) => remember(ctx, operation, redirect).await,
        Answer::Refused(refusal) => Err(ActError::NotNow(refusal.reason.words().buyer)),
        Answer::Silent(why) => {
            tracing::warn!(operation.id = %operation.id, "no way to the provider's pages: {why}");
            Err(ActError::NotNow(
                "The payment service does not answer right now. Nothing was charged. Please try again in a moment.",
            ))
        }
    }
}

/// Keeps the visit before anyone is sent there: the sweep asks by it for a buyer who never comes back.
pub(super) async fn remember(
    ctx: &Context,
    operation: &Operation,
    redirect: Redirect,
) -> std::result::Result<String, ActError> {
    if let Some(visit) = redirect.visit {
        record_outcome(ctx, &operation.id, Outcome::Pending { transaction: Some(visit) }).await?;
    }
    Ok(redirect.address)
}
