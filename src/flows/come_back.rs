//! A person comes back from a provider's pages. News with little authority: the provider has to
//! vouch for every byte, and what it is about comes from our own rows.

use super::record_outcome::record_outcome;
use super::{Context, run_operation};
use crate::base::ids::{OrderId, SellerId};
use crate::orders::operation::{Kind, Operation, Subject};
use crate::pay::{Answer, Returned};
use crate::store::Result;

/// What a return was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameBack {
    /// A buyer, for this order of ours. Recorded, whatever it said.
    Buyer(OrderId),
    /// A seller, for this registration of ours.
    Seller(SellerId),
    /// Forged, changed, or not for us: nothing changed.
    NotBelieved,
    /// The provider cannot vouch for it right now. Nothing is lost: the sweep asks again.
    Later,
}

/// A buyer or seller is back, on `local` (our own path that was called) with the raw query or body.
pub async fn came_back(ctx: &Context, provider: &str, local: &str, raw: &str) -> Result<CameBack> {
    let Some(provider) = ctx.providers.get(provider) else { return Ok(CameBack::NotBelieved) };
    let returned = Returned { endpoint: ctx.paths.absolute(local), raw: raw.to_owned() };
    let news = match provider.understand_return(&returned).await {
        Answer::Done(Ok(news)) => news,
        Answer::Done(Err(doubt)) => {
            tracing::warn!(provider = provider.name(), "a return that is not believed: {doubt:?}");
            return Ok(CameBack::NotBelieved);
        }
        Answer::Refused(refusal) => {
            tracing::warn!(provider = provider.name(), code = %refusal.code, "a return could not be verified");
            return Ok(CameBack::Later);
        }
        Answer::Silent(why) => {
            tracing::warn!(provider = provider.name(), "a return could not be verified: {why}");
            return Ok(CameBack::Later);
        }
    };
    let operation = ctx.store.operation(&news.reference).await?;
    let Some(operation) = operation.filter(|operation| is_ours(operation, provider.name())) else {
        tracing::warn!(provider = provider.name(), "a genuine return for nothing of ours");
        return Ok(CameBack::NotBelieved);
    };
    record_outcome(ctx, &operation.id, news.outcome).await?;
    Ok(match operation.subject {
        Subject::Order(order) => {
            take_now(ctx, &order).await?;
            CameBack::Buyer(order)
        }
        Subject::Registration(seller) => CameBack::Seller(seller),
        // Nobody is sent to a provider for one: an agreement is approved along with its first order.
        Subject::Agreement(_) => CameBack::NotBelieved,
    })
}

fn is_ours(operation: &Operation, provider: &str) -> bool {
    operation.needs_browser() && operation.provider == provider
}

/// Runs the reserve or pay that an approval made, while the buyer waits.
pub async fn take_now(ctx: &Context, order: &OrderId) -> Result<()> {
    let operations = ctx.store.operations_of(order.as_str()).await?;
    let take = operations.iter().find(|op| matches!(op.kind, Kind::Reserve | Kind::Pay) && op.progress.is_open());
    if let Some(take) = take {
        run_operation::run_inline(ctx, &take.id).await;
    }
    Ok(())
}
