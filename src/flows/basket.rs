//! One approval for the orders of a basket, where the provider lets one name several sellers.
//!
//! The approval is one operation of the checkout; what is taken by it is one operation of each order, as ever. An
//! order is approved by it once, while it is placed; whatever is declined afterwards is approved on its own. What
//! is left of the approval is let go when no order lives on it any more.

use std::time::Duration;

use super::record_outcome::Recorded;
use super::{Context, count, facts, visits};
use crate::base::clock::Millis;
use crate::base::ids::{CheckoutId, OrderId};
use crate::base::money::Money;
use crate::market::sellers::Seller;
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Progress, Request, Share, Subject};
use crate::orders::order::Order;
use crate::orders::outcome::{Outcome, Validity};
use crate::orders::refusal::Retry;
use crate::orders::state::State;
use crate::pay::Provider;
use crate::store::{Result, StoreError, Write};

/// How long a person waits to be told whether one approval is enough; without an answer each order has its own.
const PATIENCE: Duration = Duration::from_secs(2);

/// An order that waits for its approval, with who is paid for it.
pub(super) struct Waiting {
    pub(super) order: Order,
    /// The seller at the provider.
    pub(super) payee: String,
    pub(super) seller: Seller,
}

/// How many sellers one approval of `provider` can name right now. Asks the provider.
pub async fn payees_now(provider: &dyn Provider) -> usize {
    if provider.abilities().payees_per_consent < 2 {
        return 1;
    }
    tokio::time::timeout(PATIENCE, provider.payees_now()).await.unwrap_or(1)
}

/// The same for the approval of an order, at `with` or its own provider; asked only where another order of its
/// basket waits there.
pub(super) async fn payees_for(ctx: &Context, id: &OrderId, with: Option<&str>) -> Result<usize> {
    let Some(order) = ctx.store.order(id).await? else { return Ok(1) };
    let Some(provider) = ctx.providers.get(with.unwrap_or(&order.provider)) else { return Ok(1) };
    let orders = ctx.store.orders_of_checkout(&order.checkout).await?;
    let is_shared = orders.iter().any(|other| other.id != *id && can_share(other, provider.name()));
    Ok(if is_shared { payees_now(provider.as_ref()).await } else { 1 })
}

/// Whether an order may be approved together with the others of its basket.
fn can_share(order: &Order, provider: &str) -> bool {
    order.state == State::Placed && order.provider == provider && order.agreement.is_none()
}

/// The orders of a basket that `order` is approved with, itself among them; nothing where it has its own approval.
pub async fn together(ctx: &Context, orders: &[Order], order: &Order) -> Vec<Order> {
    let Some(provider) = ctx.providers.get(&order.provider) else { return Vec::new() };
    let all: Vec<Order> = orders.iter().filter(|other| can_share(other, &order.provider)).cloned().collect();
    let is_shared = all.len() > 1 && all.iter().any(|other| other.id == order.id);
    if is_shared && all.len() <= payees_now(provider.as_ref()).await { all } else { Vec::new() }
}

/// The same inside of a transaction, without asking; `most` is what was answered before.
pub(super) async fn waiting_with(tx: &mut Write, order: &Order, most: usize) -> Result<Vec<Order>> {
    let mut all = tx.orders_of_checkout(&order.checkout).await?;
    all.retain(|other| can_share(other, &order.provider));
    let is_shared = all.len() > 1 && all.len() <= most && all.iter().any(|other| other.id == order.id);
    Ok(if is_shared { all } else { Vec::new() })
}

/// Wants one approval for all of these. One that is open for other orders, because one was called off since, is
/// given up for it.
pub(super) async fn want_consent(
    tx: &mut Write,
    provider: &dyn Provider,
    mut all: Vec<Waiting>,
    now: Millis,
) -> Result<Operation> {
    // In one order always: what is asked for twice is one approval.
    all.sort_by(|one, other| one.order.id.cmp(&other.order.id));
    let first = all.first().ok_or_else(|| StoreError::Unreadable("an approval for nothing".to_owned()))?;
    let (checkout, currency) = (first.order.checkout.clone(), first.order.total.currency);
    let total = all.iter().try_fold(Money::zero(currency), |sum, one| sum.plus(one.order.total));
    let total = total.map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let shares: Vec<Share> = all
        .iter()
        .map(|one| Share { order: one.order.id.clone(), payee: one.payee.clone(), amount_minor: one.order.total.minor })
        .collect();
    let parts: Vec<String> = all.iter().map(|one| format!("{} at {}", one.order.number, one.seller.name)).collect();
    let approve_by = all.iter().map(|one| one.order.approve_by).max().unwrap_or(now);
    let request = Request::ConsentAll {
        description: format!("Orders {}", parts.join(", ")),
        until: approve_by.plus(provider.abilities().consent_lifetime),
        shares,
    };
    if let Some(open) = open_consent(tx, &checkout).await?.filter(|open| open.request != request) {
        tx.give_up(&open, now).await?;
    }
    for one in &all {
        // One that was asked for this order alone is not waited for any more.
        for own in tx.operations_of(one.order.id.as_str()).await? {
            if own.kind == Kind::Consent && own.progress.is_open() {
                tx.give_up(&own, now).await?;
            }
        }
    }
    let subject = Subject::Checkout(checkout);
    let operation = Operation::wanted(subject, Kind::Consent, provider.name(), request, total, now);
    visits::want(tx, operation, now).await
}

/// An order is approved on its own after all: an approval that is open for its basket is given up. What still waits
/// is asked for anew.
pub(super) async fn approve_alone(tx: &mut Write, order: &Order, now: Millis) -> Result<()> {
    if let Some(open) = open_consent(tx, &order.checkout).await?
        && open.request.payee_of(&order.id).is_some()
    {
        tx.give_up(&open, now).await?;
    }
    Ok(())
}

async fn open_consent(tx: &mut Write, checkout: &CheckoutId) -> Result<Option<Operation>> {
    let all = tx.operations_of(checkout.as_str()).await?;
    Ok(all.into_iter().find(|it| it.kind == Kind::Consent && it.progress.is_open()))
}

/// An order is called off, or turns to another provider, while its basket waits for one approval: the others go
/// on waiting for it; with the last one it is given up.
pub(super) async fn leave(tx: &mut Write, order: &Order, now: Millis) -> Result<()> {
    let Some(open) = open_consent(tx, &order.checkout).await? else { return Ok(()) };
    if order.state != State::Placed || open.request.payee_of(&order.id).is_none() {
        return Ok(());
    }
    let given_up = Operation { progress: Progress::Failed, ..open };
    count::attempt(tx, &given_up, order, now).await?;
    let others = waiting_on(tx, &given_up).await?;
    if others.iter().all(|other| other.id == order.id) {
        tx.record_progress(&given_up, now).await?;
    }
    Ok(())
}

/// The orders that still wait for this approval.
async fn waiting_on(tx: &mut Write, operation: &Operation) -> Result<Vec<Order>> {
    let (Subject::Checkout(checkout), Request::ConsentAll { .. }) = (&operation.subject, &operation.request) else {
        return Ok(Vec::new());
    };
    let mut all = tx.orders_of_checkout(checkout).await?;
    all.retain(|order| can_share(order, &operation.provider) && operation.request.payee_of(&order.id).is_some());
    Ok(all)
}

/// What became of an operation of a basket. Gives the orders that waited for it until now as well.
pub(super) async fn heard(
    ctx: &Context,
    tx: &mut Write,
    checkout: &CheckoutId,
    operation: &Operation,
    outcome: &Outcome,
) -> Result<(Recorded, Vec<OrderId>)> {
    if operation.kind == Kind::CancelAgreement {
        return Ok((closed(ctx, tx, checkout, operation, outcome).await?, Vec::new()));
    }
    let now = ctx.clock.now();
    if let Outcome::Consented { consent, .. } = outcome {
        tx.keep_basket_approval(&operation.provider, consent, checkout, now).await?;
    }
    let mut recorded = Recorded::KnownAlready;
    let mut waited = Vec::new();
    for order in waiting_on(tx, operation).await? {
        // What a basket did not get says nothing about an order that is being approved on its own since.
        if !matches!(outcome, Outcome::Consented { .. }) && has_own_approval(tx, &order).await? {
            continue;
        }
        if facts::apply(ctx, tx, &order.id, Some(operation), outcome).await? == Recorded::Changed {
            recorded = Recorded::Changed;
        }
        waited.push(order.id);
    }
    if matches!(outcome, Outcome::Consented { .. }) {
        let_go(ctx, tx, checkout).await?;
    }
    Ok((recorded, waited))
}

async fn has_own_approval(tx: &mut Write, order: &Order) -> Result<bool> {
    let all = tx.operations_of(order.id.as_str()).await?;
    Ok(all.iter().any(|own| own.kind == Kind::Consent && own.progress.is_open()))
}

/// Counts that the approval came to nothing, for each order that waited for it.
pub(super) async fn count_each(tx: &mut Write, operation: &Operation, waited: &[OrderId], now: Millis) -> Result<()> {
    for id in waited {
        if let Some(order) = tx.order(id).await? {
            count::attempt(tx, operation, &order, now).await?;
        }
    }
    Ok(())
}

/// Lets go of what no order of the basket lives on any more: nothing else is ever charged by it.
pub(super) async fn let_go(ctx: &Context, tx: &mut Write, checkout: &CheckoutId) -> Result<()> {
    let now = ctx.clock.now();
    for (provider, consent) in tx.spent_basket_approvals(checkout, now).await? {
        let (subject, nothing) = (Subject::Checkout(checkout.clone()), Money::zero(ctx.shop.currency));
        let request = Request::Withdraw { consent };
        tx.want(Operation::wanted(subject, Kind::CancelAgreement, &provider, request, nothing, now), now).await?;
    }
    Ok(())
}

/// What became of letting go.
async fn closed(
    ctx: &Context,
    tx: &mut Write,
    checkout: &CheckoutId,
    operation: &Operation,
    outcome: &Outcome,
) -> Result<Recorded> {
    let (now, orders) = (ctx.clock.now(), tx.orders_of_checkout(checkout).await?);
    match outcome {
        Outcome::Approval { validity: Validity::Ended(_), .. } => {
            for order in orders.iter().filter(|order| order.provider == operation.provider) {
                tx.note(&order.id, now, "Approval closed", "Nothing more can be charged with it.").await?;
            }
            tx.audit(&Act {
                at: now,
                actor: format!("provider:{}", operation.provider),
                act: "basket's approval closed".to_owned(),
                subject: checkout.to_string(),
                detail: operation.id.to_string(),
            })
            .await?;
            Ok(Recorded::Changed)
        }
        Outcome::Refused(refusal) if refusal.retry != Retry::Later => {
            let Some(mut first) = orders.into_iter().next() else { return Ok(Recorded::KnownAlready) };
            first.flag = Some(format!("The approval of a basket could not be closed: {}", refusal.code));
            tx.flag_order(&first).await?;
            Ok(Recorded::Changed)
        }
        _ => Ok(Recorded::KnownAlready),
    }
}
