//! A subscription's next period: one order for each, charged under the standing approval.
//!
//! Periods that were missed, because nothing ran or because the clock was moved, are made up one by
//! one in their order; the unique pair of agreement and period keeps two workers from charging one twice.

use super::agreements::{self, note, payee_of};
use super::{Context, sweep::ROUND};
use crate::base::clock::minutes;
use crate::base::ids::{self, AgreementId, CheckoutId, OrderId};
use crate::market::sellers::Registration;
use crate::orders::agreement::{Agreement, Standing};
use crate::orders::checkout::Checkout;
use crate::orders::order::{APPROVAL_WAIT, Line, Order};
use crate::orders::state::State;
use crate::store::{Result, StoreError, Write, retried};

/// Deals with the subscriptions whose next period has begun. Says whether there was one.
pub async fn renew(ctx: &Context) -> Result<bool> {
    let mut did = false;
    let mut has_asked = false;
    for agreement in &ctx.store.agreements_due(ctx.clock.now(), ROUND).await? {
        let is_paused = agreement.standing == Standing::Paused;
        // One question a round: a provider that does not answer holds nobody else up for long.
        if is_paused && std::mem::replace(&mut has_asked, true) {
            continue;
        }
        // One that cannot be read must not keep the others from their turn.
        match one(ctx, agreement, is_paused).await {
            Ok(()) => did = true,
            Err(error) => tracing::error!(agreement.id = %agreement.id, %error, "a subscription could not be renewed"),
        }
    }
    if did {
        ctx.wake.notify_one();
    }
    Ok(did)
}

async fn one(ctx: &Context, agreement: &Agreement, is_paused: bool) -> Result<()> {
    // The notification that it was mended may have been lost; without an answer the period waits.
    if is_paused && !agreements::ask(ctx, agreement).await? {
        return retried(|| wait(ctx, &agreement.id)).await;
    }
    retried(|| renew_once(ctx, &agreement.id)).await
}

async fn wait(ctx: &Context, id: &AgreementId) -> Result<()> {
    let mut tx = ctx.store.write().await?;
    if let Some(mut agreement) = tx.agreement(id).await?.filter(|it| it.next_at.is_some()) {
        agreement.next_at = Some(ctx.clock.now().plus(minutes(10)));
        tx.change_agreement(&mut agreement).await?;
    }
    tx.commit().await
}

async fn renew_once(ctx: &Context, id: &AgreementId) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let Some(mut agreement) = tx.agreement(id).await? else { return Ok(()) };
    if agreement.next_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let last = tx.newest_order_under(id).await?;
    let last = last.ok_or_else(|| StoreError::Unreadable(format!("{id} without an order")))?;
    let lines = tx.order_lines(&last.id).await?;
    let (title, is_offered) = goods(&mut tx, &lines).await?;
    if !is_offered {
        agreement.end("The seller no longer offers it. Nothing more is charged.");
        agreements::want_closing(ctx, &mut tx, &agreement).await?;
        note(&mut tx, now, "system", "agreement ended", &agreement, "no longer offered").await?;
        tell(
            ctx,
            &mut tx,
            &agreement,
            &last,
            &format!("{title} is no longer offered, so your subscription has ended."),
        )
        .await?;
    } else if !may_sell(&mut tx, &last).await? {
        agreement.go_on();
        note(&mut tx, now, "system", "period left out", &agreement, "the seller may not sell now").await?;
    } else if agreement.standing == Standing::Active {
        agreement.go_on();
        if !order_again(ctx, &mut tx, &agreement, &last, &lines).await? {
            note(&mut tx, now, "system", "period left out", &agreement, "sold out").await?;
            tell(
                ctx,
                &mut tx,
                &agreement,
                &last,
                &format!("{title} is sold out this time. Nothing was charged; it comes again next time."),
            )
            .await?;
        }
    } else {
        agreement.go_on();
        note(&mut tx, now, "system", "period left out", &agreement, agreement.standing.word()).await?;
    }
    tx.change_agreement(&mut agreement).await?;
    tx.commit().await
}

/// The same order once more. Gives false where something in it is sold out.
async fn order_again(
    ctx: &Context,
    tx: &mut Write,
    agreement: &Agreement,
    last: &Order,
    lines: &[Line],
) -> Result<bool> {
    let now = ctx.clock.now();
    let checkout = tx.checkout(&last.checkout).await?;
    let checkout = checkout.ok_or_else(|| StoreError::Unreadable(format!("{} without checkout", last.id)))?;
    let checkout =
        Checkout { id: CheckoutId::fresh(), placed_at: now, provider: agreement.provider.clone(), ..checkout };
    let mut order = Order {
        id: OrderId::fresh(),
        number: tx.next_order_number().await?,
        checkout: checkout.id.clone(),
        provider: agreement.provider.clone(),
        agreement: Some(agreement.id.clone()),
        period: Some(agreement.period),
        state: State::Placed,
        version: 1,
        consent: None,
        instrument: None,
        transaction: None,
        hold_until: None,
        secret: ids::secret(),
        message: None,
        flag: None,
        is_stopped: false,
        carrier: None,
        tracking_number: None,
        promised_date: None,
        placed_at: now,
        ..last.clone()
    };
    let payee = payee_of(tx, last).await?;
    tx.insert_checkout(&checkout).await?;
    // A fingerprint of its own: the same goods again are no mistake here.
    tx.insert_order(&order, lines, order.id.as_str(), now.plus(APPROVAL_WAIT)).await?;
    if tx.hold_stock(&order.id, lines, None, now).await?.is_err() {
        tx.release_stock(&order.id, now).await?;
        order.state = State::Cancelled;
        order.message = Some("Sold out this time. Nothing was charged.".to_owned());
        tx.change_order(&mut order, None).await?;
        return Ok(false);
    }
    tx.note(&order.id, now, "Order placed", "By your subscription.").await?;
    agreements::charge(ctx, tx, &mut order, agreement, &payee).await?;
    tracing::info!(order.id = %order.id, agreement.id = %agreement.id, period = agreement.period, "a subscription goes on");
    Ok(true)
}

/// What it is called, and whether all of it is still offered.
async fn goods(tx: &mut Write, lines: &[Line]) -> Result<(String, bool)> {
    let title = lines.first().map(|line| line.title.clone()).unwrap_or_default();
    for line in lines {
        let listed = tx.product(&line.product).await?;
        if !listed.is_some_and(|listed| listed.product.is_active) {
            return Ok((title, false));
        }
    }
    Ok((title, true))
}

/// Whether the stall is open; one that is closed for a while keeps its subscribers.
async fn may_sell(tx: &mut Write, last: &Order) -> Result<bool> {
    Ok(tx.seller(&last.seller).await?.is_some_and(|seller| seller.state == Registration::Registered))
}

async fn tell(ctx: &Context, tx: &mut Write, agreement: &Agreement, last: &Order, text: &str) -> Result<()> {
    let checkout = tx.checkout(&last.checkout).await?;
    let Some(checkout) = checkout else { return Ok(()) };
    let letter = ctx.letters().subscription_news(&checkout.email, agreement, text);
    tx.queue_letter(&letter, ctx.clock.now()).await
}
