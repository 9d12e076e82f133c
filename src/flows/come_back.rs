//! A person comes back from a provider's pages. News with little authority: the provider has to
//! vouch for every byte, and what it is about comes from our own rows.

use super::record_outcome::{Recorded, record_outcome};
use super::{Context, change_agreement, run_operation};
use crate::base::ids::{AgreementId, CheckoutId, OrderId, SellerId};
use crate::orders::operation::{Kind, Operation, Subject};
use crate::orders::outcome::{AbandonReason, Outcome};
use crate::orders::refusal::Retry;
use crate::pay::{Answer, Provider, Returned, Said};
use crate::store::Result;

/// What a return was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameBack {
    /// A buyer, for this order of ours. Recorded, whatever it said.
    Buyer(OrderId),
    /// A buyer, for the orders of this basket of ours. Recorded, whatever it said.
    Basket(CheckoutId),
    /// A seller, for this registration of ours.
    Seller(SellerId),
    /// A buyer, who went to change how an agreement is paid.
    Changed(AgreementId),
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
    let outcome = match news.said {
        Said::Outcome(outcome) => outcome,
        Said::Visit(visit) => match of_visit(ctx, provider.as_ref(), &operation, visit).await? {
            Some(outcome) => outcome,
            None => return Ok(CameBack::Later),
        },
    };
    let (outcome, is_gone) = match (&operation.subject, outcome) {
        (Subject::Agreement(_), gone @ Outcome::Abandoned { reason: AbandonReason::ConsentGone, .. }) => {
            // A second window says that the old approval is gone: perhaps because the first one has replaced it.
            match provider.find_outcome(&operation).await {
                made @ Outcome::Consented { .. } => (made, false),
                _ => (gone, true),
            }
        }
        (_, outcome) => (outcome, false),
    };
    let recorded = record_outcome(ctx, &operation.id, outcome).await?;
    if let Some(remark) = news.remark.filter(|_| recorded == Recorded::Changed) {
        remember_remark(ctx, &operation, &remark).await?;
    }
    Ok(match operation.subject {
        Subject::Checkout(checkout) => {
            take_all_now(ctx, &checkout).await?;
            CameBack::Basket(checkout)
        }
        Subject::Order(order) => {
            take_now(ctx, &order).await?;
            CameBack::Buyer(order)
        }
        Subject::Registration(seller) => CameBack::Seller(seller),
        Subject::Agreement(agreement) => {
            if is_gone {
                change_agreement::look(ctx, &agreement).await?;
            }
            CameBack::Changed(agreement)
        }
    })
}

/// The pages have said something besides: for the log, and for whoever looks at the order.
async fn remember_remark(ctx: &Context, operation: &Operation, remark: &str) -> Result<()> {
    tracing::warn!(operation.id = %operation.id, remark, "the provider's pages remark something");
    let Some(order) = operation.subject.order() else { return Ok(()) };
    let mut tx = ctx.store.write().await?;
    tx.note(order, ctx.clock.now(), "The payment service remarked", remark).await?;
    tx.commit().await
}

/// What came of a visit, which the provider says about the amount of our own row. Nothing: it
/// cannot say right now. An attempt that is over can still be approved, but no longer refused: the
/// order has gone on without it.
async fn of_visit(
    ctx: &Context,
    provider: &dyn Provider,
    operation: &Operation,
    visit: String,
) -> Result<Option<Outcome>> {
    if !operation.progress.is_open() && !still_waits(ctx, operation).await? {
        return Ok(Some(Outcome::NeverArrived));
    }
    let asked = Operation { transaction: Some(visit.clone()), ..operation.clone() };
    let outcome = match provider.find_outcome(&asked).await {
        Outcome::Silent { why } => return cannot_say(ctx, operation, visit, &why).await,
        Outcome::Refused(refusal) if refusal.retry == Retry::Later => {
            return cannot_say(ctx, operation, visit, &refusal.code).await;
        }
        // Back from the pages, and yet not through with them.
        Outcome::NeverArrived => Outcome::Abandoned { code: "left".to_owned(), reason: AbandonReason::Left },
        outcome => outcome,
    };
    let is_approval = matches!(outcome, Outcome::Consented { .. });
    Ok(Some(if operation.progress.is_open() || is_approval { outcome } else { Outcome::NeverArrived }))
}

/// The sweep asks again, by the visit: one that began at a button was not known before.
async fn cannot_say(ctx: &Context, operation: &Operation, visit: String, why: &str) -> Result<Option<Outcome>> {
    tracing::warn!(operation.id = %operation.id, "a return could not be verified: {why}");
    if operation.progress.is_open() {
        record_outcome(ctx, &operation.id, Outcome::Pending { transaction: Some(visit) }).await?;
    }
    Ok(None)
}

async fn still_waits(ctx: &Context, operation: &Operation) -> Result<bool> {
    if let Subject::Checkout(id) = &operation.subject {
        return Ok(ctx.store.orders_of_checkout(id).await?.iter().any(|order| order.state.waits_for_approval()));
    }
    let Some(order) = operation.subject.order() else { return Ok(false) };
    Ok(ctx.store.order(order).await?.is_some_and(|order| order.state.waits_for_approval()))
}

fn is_ours(operation: &Operation, provider: &str) -> bool {
    operation.needs_person() && operation.provider == provider
}

/// The same for all orders of a basket, side by side: a person waits for the slowest only.
async fn take_all_now(ctx: &Context, checkout: &CheckoutId) -> Result<()> {
    let mut takes = tokio::task::JoinSet::new();
    for order in ctx.store.orders_of_checkout(checkout).await? {
        let ctx = ctx.clone();
        takes.spawn(async move { take_now(&ctx, &order.id).await });
    }
    while let Some(taken) = takes.join_next().await {
        if let Ok(Err(error)) = taken {
            tracing::warn!(checkout.id = %checkout, %error, "left to the worker");
        }
    }
    Ok(())
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
