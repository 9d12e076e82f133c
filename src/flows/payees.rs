//! Whether the sellers of a basket can be paid with a provider, as it says itself: asked before the buyer is sent there.
//!
//! "Test that the intended recipient has a verified Amazon Payments account before you present the payment option for
//! that seller." Source: the guide, "GetRecipientVerificationStatus".

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use super::Context;
use crate::base::clock::{Millis, minutes};
use crate::base::ids::SellerId;
use crate::market::sellers::{Payee, PayeeStatus};
use crate::pay::{Answer, Provider};
use crate::store::Result;
use crate::store::carts::CartLine;

/// How long a page waits to be told. Where nobody answers, the charge itself says it.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a yes is good enough.
const YES_LASTS: Duration = minutes(10);

/// How long a no is: who is verified now wants to sell now.
const NO_LASTS: Duration = minutes(1);

/// What the providers said last, by token; for one process, and forgotten with it.
#[derive(Debug, Default)]
pub struct Standings(Mutex<HashMap<String, (PayeeStatus, Millis)>>);

impl Standings {
    fn all(&self) -> MutexGuard<'_, HashMap<String, (PayeeStatus, Millis)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at(&self, token: &str, now: Millis) -> Option<PayeeStatus> {
        let (status, at) = *self.all().get(token)?;
        let lasts = if status == PayeeStatus::Verified { YES_LASTS } else { NO_LASTS };
        (now.since(at) < lasts).then_some(status)
    }

    fn keep(&self, token: String, status: PayeeStatus, now: Millis) {
        self.all().insert(token, (status, now));
    }
}

/// Why this provider cannot be offered for these lines of a basket, for the buyer; none where it can, as far as anybody
/// says. Each seller is asked about once, all at the same time.
pub async fn cannot_pay(ctx: &Context, provider: &Arc<dyn Provider>, lines: &[CartLine]) -> Result<Option<String>> {
    if !provider.abilities().splits_fee {
        return Ok(None);
    }
    let now = ctx.clock.now();
    let mut asked = JoinSet::new();
    let mut known: Vec<(String, PayeeStatus)> = Vec::new();
    let sellers: BTreeMap<&SellerId, &String> = lines.iter().map(|line| (&line.seller, &line.seller_name)).collect();
    for (id, name) in sellers {
        let Some(payee) = ctx.store.payee(id, provider.name()).await? else {
            return Ok(Some(format!("{name} cannot be paid with {} yet.", provider.title())));
        };
        match ctx.standings.at(&payee.token, now) {
            Some(status) => known.push((name.clone(), status)),
            None => {
                let (provider, name) = (provider.clone(), name.clone());
                asked.spawn(async move { (name, ask(provider.as_ref(), &payee).await, payee.token) });
            }
        }
    }
    while let Some(answer) = asked.join_next().await {
        let Ok((name, Some(status), token)) = answer else { continue };
        ctx.standings.keep(token, status, now);
        known.push((name, status));
    }
    let refused = known.into_iter().find_map(|(name, status)| why(status).map(|why| format!("{name}’s account {why}")));
    Ok(refused.map(|why| format!("{} is not offered here: {why}.", provider.title())))
}

async fn ask(provider: &dyn Provider, payee: &Payee) -> Option<PayeeStatus> {
    match tokio::time::timeout(PATIENCE, provider.payee_status(payee)).await {
        Ok(Answer::Done(status)) => Some(status),
        Ok(Answer::Refused(_) | Answer::Silent(_)) | Err(_) => {
            tracing::info!(seller.id = %payee.seller, "a provider does not say whether a seller can be paid");
            None
        }
    }
}

fn why(status: PayeeStatus) -> Option<&'static str> {
    match status {
        PayeeStatus::Verified => None,
        PayeeStatus::Pending => Some("there is still being verified"),
        PayeeStatus::Restricted => Some("there is limited right now"),
        PayeeStatus::Closed => Some("there takes no payments from us any more"),
    }
}
