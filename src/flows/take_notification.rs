//! A stored notification: verify, match, compare, re-read, and through the one door.

use std::time::Duration;

use super::record_outcome::{Recorded, record_news, record_outcome};
use super::{Context, agreements};
use crate::base::ids::OperationId;
use crate::orders::operation::{Kind, Operation};
use crate::orders::order::Order;
use crate::orders::outcome::Outcome;
use crate::pay::{Answer, Doubt, News, Provider, RawNotification};
use crate::store::Result;
use crate::store::notifications::{Stored, Verdict};

/// How long one look may take.
const LEASE: Duration = Duration::from_secs(60);

/// How often something that we do not know is looked at.
const ENOUGH: i64 = 4;

/// Deals with the notification that waits the longest. Says whether there was one.
pub async fn take_next(ctx: &Context) -> Result<bool> {
    let (now, real_now) = (ctx.clock.now(), ctx.clock.real_now());
    let Some(stored) = ctx.store.claim_notification(now, real_now, LEASE).await? else { return Ok(false) };
    match judge(ctx, &stored).await? {
        Judged::Verdict(verdict, detail) => {
            if matches!(verdict, Verdict::Forged | Verdict::Mismatch | Verdict::Unmatched) {
                tracing::warn!(provider = %stored.provider, verdict = verdict.word(), "notification: {detail}");
            }
            ctx.store.settle_notification(&stored, verdict, &detail, ctx.clock.now()).await?;
        }
        Judged::Later(why) => {
            let pause = super::run_operation::pause(now.since(stored.received_at));
            ctx.store.postpone_notification(&stored, now.plus(pause), &why).await?;
        }
    }
    Ok(true)
}

enum Judged {
    Verdict(Verdict, String),
    Later(String),
}

async fn judge(ctx: &Context, stored: &Stored) -> Result<Judged> {
    let Some(provider) = ctx.providers.get(&stored.provider) else {
        return Ok(Judged::Verdict(Verdict::Unmatched, "no such provider is configured".to_owned()));
    };
    let raw = RawNotification { endpoint: stored.endpoint.clone(), body: stored.body.clone() };
    let news = match provider.understand_notification(&raw).await {
        Answer::Done(Ok(news)) => news,
        Answer::Done(Err(Doubt::NotGenuine)) => {
            return Ok(Judged::Verdict(Verdict::Forged, "the provider does not vouch for it".to_owned()));
        }
        Answer::Done(Err(Doubt::NotUnderstood)) => {
            return Ok(Judged::Verdict(Verdict::Unmatched, "nothing in it that we know".to_owned()));
        }
        Answer::Done(Err(Doubt::OtherVersion(version))) => {
            return Ok(Judged::Verdict(Verdict::Unmatched, format!("of another version, not applied: {version:?}")));
        }
        Answer::Refused(refusal) => return Ok(Judged::Later(format!("not verified yet: {}", refusal.code))),
        Answer::Silent(why) => return Ok(Judged::Later(format!("not verified yet: {why}"))),
    };
    apply(ctx, provider.as_ref(), &news, stored.attempts).await
}

/// Looks at something that a provider lists as if it had just told us of it. Gives the verdict, none where the
/// provider does not answer, and the sentence of the desk.
pub(super) async fn look_again(
    ctx: &Context,
    provider: &dyn Provider,
    news: &News,
) -> Result<(Option<Verdict>, String)> {
    Ok(match apply(ctx, provider, news, ENOUGH).await? {
        Judged::Verdict(verdict, detail) => (Some(verdict), detail),
        Judged::Later(why) => (None, why),
    })
}

async fn apply(ctx: &Context, provider: &dyn Provider, news: &News, attempts: i64) -> Result<Judged> {
    let Some(kind) = news.kind else {
        return standing(ctx, provider, news).await;
    };
    let Some((order, operation)) = find(ctx, provider.name(), news, kind).await? else {
        // News may overtake our own answer by a moment.
        if attempts < ENOUGH {
            return Ok(Judged::Later("about nothing we know yet".to_owned()));
        }
        return Ok(Judged::Verdict(Verdict::Unmatched, format!("about nothing of ours: {}", news.claimed)));
    };
    if let Some(why) = mismatch(ctx, provider.name(), news, &order, operation.as_ref()).await? {
        flag(ctx, &order, &why).await?;
        return Ok(Judged::Verdict(Verdict::Mismatch, why));
    }
    let outcome = provider.read(news).await;
    let detail = format!("{} {}", kind.word(), news.claimed);
    match &outcome {
        Outcome::Silent { why } => return Ok(Judged::Later(format!("not re-read yet: {why}"))),
        Outcome::Pending { .. } | Outcome::NeverArrived => return Ok(Judged::Verdict(Verdict::KnownAlready, detail)),
        _ => {}
    }
    let recorded = match operation {
        Some(operation) => record_outcome(ctx, &operation.id, outcome).await?,
        None => record_news(ctx, &order.id, outcome).await?,
    };
    let verdict = if recorded == Recorded::Changed { Verdict::Applied } else { Verdict::KnownAlready };
    Ok(Judged::Verdict(verdict, detail))
}

/// No money moved: it may be about a standing approval, which is looked at again.
async fn standing(ctx: &Context, provider: &dyn Provider, news: &News) -> Result<Judged> {
    let known = Judged::Verdict(Verdict::KnownAlready, format!("no money moved: {}", news.claimed));
    let Some(consent) = &news.transaction else { return Ok(known) };
    let Some(agreement) = ctx.store.agreement_by_consent(provider.name(), consent).await? else { return Ok(known) };
    match provider.read(news).await {
        Outcome::Approval { validity, method, .. } => {
            let recorded = agreements::told(ctx, &agreement, &validity, method.as_deref()).await?;
            let Some(recorded) = recorded else { return Ok(Judged::Later("it changed meanwhile".to_owned())) };
            let verdict = if recorded == Recorded::Changed { Verdict::Applied } else { Verdict::KnownAlready };
            Ok(Judged::Verdict(verdict, format!("{} of {}", news.claimed, agreement.id)))
        }
        Outcome::Silent { why } => Ok(Judged::Later(format!("not re-read yet: {why}"))),
        _ => Ok(known),
    }
}

/// Which order it is about, and which operation of ours it answers, if any.
async fn find(ctx: &Context, provider: &str, news: &News, kind: Kind) -> Result<Option<(Order, Option<Operation>)>> {
    let reference = news.reference.as_deref().and_then(|text| text.parse::<OperationId>().ok());
    let referred = match reference {
        Some(id) => ctx.store.operation(&id).await?.filter(|operation| operation.provider == provider),
        None => None,
    };
    let order = match referred.as_ref().and_then(|operation| operation.subject.order()) {
        Some(id) => ctx.store.order(id).await?,
        None => match news.parent.as_ref().or(news.transaction.as_ref()) {
            Some(transaction) => order_behind(ctx, provider, transaction).await?,
            None => None,
        },
    };
    let Some(order) = order else { return Ok(None) };
    if let Some(operation) = referred.filter(|operation| operation.kind == kind) {
        return Ok(Some((order, Some(operation))));
    }
    let operations = ctx.store.operations_of(order.id.as_str()).await?;
    let known = |op: &&Operation| op.kind == kind && op.transaction.is_some() && op.transaction == news.transaction;
    // A settle has no reference and no transaction of its own: it is the open one of its order.
    let open_settle = |op: &&Operation| op.kind == kind && kind == Kind::Settle && op.progress.is_open();
    let operation = operations.iter().find(known).or_else(|| operations.iter().find(open_settle)).cloned();
    Ok(Some((order, operation)))
}

/// The order that a payment or a refund of ours is for; else that of the payment which the provider says it
/// belongs to, for news of a refund's end may overtake those of its beginning.
async fn order_behind(ctx: &Context, provider: &str, transaction: &str) -> Result<Option<Order>> {
    if let Some(order) = ctx.store.order_by_transaction(provider, transaction).await? {
        return Ok(Some(order));
    }
    let refund = ctx.store.operation_by_transaction(provider, transaction, Kind::Refund).await?;
    if let Some(order) = refund.as_ref().and_then(|refund| refund.subject.order()) {
        return ctx.store.order(order).await;
    }
    // A charge that came too late is in the books, and not the order's payment.
    if let Some(line) = ctx.store.lines_about(provider, &[transaction]).await?.first() {
        return ctx.store.order(&line.order).await;
    }
    let Some(asked) = ctx.providers.get(provider) else { return Ok(None) };
    match asked.parent_of(transaction).await {
        Some(payment) => ctx.store.order_by_transaction(provider, &payment).await,
        None => Ok(None),
    }
}

async fn mismatch(
    ctx: &Context,
    provider: &str,
    news: &News,
    order: &Order,
    operation: Option<&Operation>,
) -> Result<Option<String>> {
    if let (Some(amount), Some(operation)) = (news.amount, operation)
        && amount != operation.amount
    {
        return Ok(Some(format!("it says {amount}, we asked for {}", operation.amount)));
    }
    let payee = ctx.store.payee(&order.seller, provider).await?;
    if let (Some(said), Some(payee)) = (&news.payee_email, payee)
        && !said.eq_ignore_ascii_case(&payee.email)
    {
        return Ok(Some("it names another payee than the seller".to_owned()));
    }
    Ok(None)
}

async fn flag(ctx: &Context, order: &Order, why: &str) -> Result<()> {
    let mut tx = ctx.store.write_money().await?;
    if let Some(mut order) = tx.order(&order.id).await? {
        order.flag = Some(format!("A notification does not fit: {why}."));
        tx.flag_order(&order).await?;
    }
    tx.commit().await
}
