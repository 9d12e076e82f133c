//! What Alexa brings back: believed only where it fits what was handed over.

use std::time::Duration;

use serde_json::Value;

use crate::base::ids::{OperationId, OrderId};
use crate::flows::record_outcome::record_in;
use crate::flows::{ActError, Context};
use crate::orders::checkout::Address;
use crate::orders::operation::{Operation, Progress};
use crate::orders::order::Order;
use crate::orders::outcome::Outcome;
use crate::orders::refusal::Refusal;
use crate::pay::Answer;
use crate::pay::voice::{VoiceAccess, VoiceCharge};
use crate::store::{Result as StoreResult, Write};

/// How long a buyer waits in silence for their address to be looked up.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an answer to a charge came to.
#[derive(Clone, Debug)]
pub enum Charged {
    /// It was believed; the order as it is now, and the refusal if it was one.
    Known(Box<Order>, Option<Refusal>),
    /// It does not fit what was asked: nothing was believed, and the operator is told.
    DoesNotFit,
}

/// Reads the answer to a charge and records what it says.
pub async fn charged(ctx: &Context, tx: &mut Write, id: &OperationId, payload: &Value) -> Result<Charged, ActError> {
    let operation = tx.operation(id).await?.ok_or(ActError::NoSuchOrder)?;
    let (_, voice) = ctx.providers.speaking(ctx.shop.currency).ok_or(ActError::NoSuchOrder)?;
    match voice.charge_in(&operation, payload, ctx.clock.now()) {
        VoiceCharge::Says(outcome) => {
            let refusal = match &outcome {
                Outcome::Refused(refusal) => Some(refusal.clone()),
                _ => None,
            };
            Ok(Charged::Known(Box::new(record(ctx, tx, operation, &outcome).await?), refusal))
        }
        VoiceCharge::DoesNotFit(why) => {
            unfit(tx, &operation, &why).await?;
            Ok(Charged::DoesNotFit)
        }
    }
}

/// Alexa says that nothing was charged, and why.
pub async fn not_charged(ctx: &Context, tx: &mut Write, id: &OperationId, refusal: Refusal) -> Result<Order, ActError> {
    let operation = tx.operation(id).await?.ok_or(ActError::NoSuchOrder)?;
    record(ctx, tx, operation, &Outcome::Refused(refusal)).await
}

/// What a notification has told us before stands: only money that moved can add to it. Gives the order as it is then.
async fn record(ctx: &Context, tx: &mut Write, operation: Operation, outcome: &Outcome) -> Result<Order, ActError> {
    let moved = matches!(outcome, Outcome::Held { .. } | Outcome::Taken { .. });
    let counts = operation.progress.is_open() || moved && operation.progress != Progress::Succeeded;
    let id = operation.subject.order().ok_or(ActError::NoSuchOrder)?.clone();
    let counted = if counts { record_in(ctx, tx, operation, outcome).await?.order } else { None };
    match counted {
        Some(order) => Ok(order),
        None => tx.order(&id).await?.ok_or(ActError::NoSuchOrder),
    }
}

/// An answer that does not fit, or that nobody can act on: the order waits, and a person looks.
pub async fn unfit(tx: &mut Write, operation: &Operation, why: &str) -> Result<(), ActError> {
    tracing::error!(operation.id = %operation.id, "Alexa's answer to a charge is not believed: {why}");
    let id = operation.subject.order().ok_or(ActError::NoSuchOrder)?;
    flag(tx, id, &format!("Alexa's answer to the charge {} is not believed: {why}", operation.id)).await?;
    Ok(())
}

/// Calls a person to an order.
pub async fn flag(tx: &mut Write, id: &OrderId, why: &str) -> StoreResult<()> {
    if let Some(mut order) = tx.order(id).await? {
        order.flag = Some(why.to_owned());
        tx.flag_order(&order).await?;
    }
    Ok(())
}

/// Where the buyer's parcels go, asked of the provider because Alexa did not say. Once more where it
/// stumbles; nobody waits longer than two seconds.
pub async fn destination(ctx: &Context, api_endpoint: &str, token: &str) -> Answer<Option<Address>> {
    let Some((_, voice)) = ctx.providers.speaking(ctx.shop.currency) else {
        return Answer::Silent("nobody can pay by voice here".to_owned());
    };
    let access = VoiceAccess { api_endpoint, token };
    let look = async {
        match voice.address(access).await {
            Answer::Refused(refusal) if refusal.retry == crate::orders::refusal::Retry::Later => {
                voice.address(access).await
            }
            answer => answer,
        }
    };
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(answer) => answer,
        Err(_) => Answer::Silent("no answer within two seconds".to_owned()),
    }
}
