//! A subscription's next period: one order for each, charged under the standing approval.
//!
//! Periods that were missed, because nothing ran or because the clock was moved, are made up one by
//! one in their order; the unique pair of agreement and period keeps two workers from charging one twice.
//! An approval that allows one charge per period cannot make up: what was missed is left out.

use super::agreements::{self, note, payee_of, tell};
use super::{Actor, Context, cancel, sweep::ROUND};
use crate::base::clock::{Millis, minutes};
use crate::base::ids::{self, AgreementId, CheckoutId, OrderId};
use crate::market::sellers::Registration;
use crate::orders::agreement::{Agreement, Decline, Standing};
use crate::orders::checkout::Checkout;
use crate::orders::order::{APPROVAL_WAIT, Line, Order};
use crate::orders::state::State;
use crate::store::{Result, StoreError, Write, retried};

/// Deals with the subscriptions whose next period has begun. Says whether there was one.
pub async fn renew(ctx: &Context) -> Result<bool> {
    let (mut did, mut is_silent) = (false, false);
    for agreement in &ctx.store.agreements_due(ctx.clock.now(), ROUND).await? {
        let is_asked_about = agreement.standing == Standing::Paused || keeps_by_rules(ctx, agreement);
        // After one question without an answer no other is asked: that holds nobody else up for long.
        if is_asked_about && is_silent {
            continue;
        }
        // One that cannot be read must not keep the others from their turn.
        match one(ctx, agreement, is_asked_about).await {
            Ok(is_answered) => (did, is_silent) = (true, is_silent || !is_answered),
            Err(error) => tracing::error!(agreement.id = %agreement.id, %error, "a subscription could not be renewed"),
        }
    }
    if did {
        ctx.wake.notify_one();
    }
    Ok(did)
}

fn keeps_by_rules(ctx: &Context, agreement: &Agreement) -> bool {
    ctx.providers.get(&agreement.provider).is_some_and(|provider| provider.abilities().keeps_by_rules())
}

/// Says whether the provider answered, where it was asked.
async fn one(ctx: &Context, agreement: &Agreement, is_asked_about: bool) -> Result<bool> {
    // The notification that it was mended, or ended, may have been lost; without an answer the period waits.
    // What lasted as long as was agreed to may have ended there by itself.
    if !agreement.has_run_out() && is_asked_about && !agreements::ask(ctx, agreement).await? {
        retried(|| wait(ctx, &agreement.id, ctx.clock.now().plus(minutes(10)))).await?;
        return Ok(false);
    }
    let is_bound = keeps_by_rules(ctx, agreement);
    retried(|| renew_once(ctx, &agreement.id, is_bound)).await.map(|()| true)
}

async fn wait(ctx: &Context, id: &AgreementId, until: Millis) -> Result<()> {
    let mut tx = ctx.store.write().await?;
    if let Some(mut agreement) = tx.agreement(id).await?.filter(|it| it.next_at.is_some()) {
        agreement.next_at = Some(until);
        tx.change_agreement(&mut agreement).await?;
    }
    tx.commit().await
}

async fn renew_once(ctx: &Context, id: &AgreementId, is_bound: bool) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let Some(mut agreement) = tx.agreement(id).await? else { return Ok(()) };
    if agreement.next_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let last = tx.newest_order_under(id).await?;
    let last = last.ok_or_else(|| StoreError::Unreadable(format!("{id} without an order")))?;
    if is_bound {
        if let Some(at) = agreement.not_before().filter(|at| *at > now) {
            agreement.next_at = Some(at);
            tx.change_agreement(&mut agreement).await?;
            return tx.commit().await;
        }
        // The last one is still being charged: two at once would be one too many for such an approval.
        if !tx.orders_under_in(id, State::Consented).await?.is_empty() {
            agreement.next_at = Some(now.plus(minutes(10)));
            tx.change_agreement(&mut agreement).await?;
            return tx.commit().await;
        }
        leave_out_missed(&mut tx, &mut agreement, now).await?;
    }
    let lines = tx.order_lines(&last.id).await?;
    let (title, is_offered) = goods(&mut tx, &lines).await?;
    if agreement.has_run_out() {
        let text = format!("Your subscription to {title} lasted as long as you agreed to. Nothing more is charged.");
        end(ctx, &mut tx, &mut agreement, "It lasted as long as you agreed to.", "ran out", &text).await?;
    } else if !is_offered {
        let text = format!("{title} is no longer offered, so your subscription has ended.");
        let why = "The seller no longer offers it. Nothing more is charged.";
        end(ctx, &mut tx, &mut agreement, why, "no longer offered", &text).await?;
    } else if !may_sell(&mut tx, &last).await? {
        agreement.go_on();
        note(&mut tx, now, "system", "period left out", &agreement, "the seller may not sell now").await?;
    } else if can_be_tried(&agreement) {
        begin_period(ctx, &mut tx, &mut agreement, is_bound).await?;
        if !order_again(ctx, &mut tx, &agreement, &last, &lines).await? {
            note(&mut tx, now, "system", "period left out", &agreement, "sold out").await?;
            let text = format!("{title} is sold out this time. Nothing was charged; it comes again next time.");
            tell(ctx, &mut tx, &agreement, &text).await?;
        }
    } else {
        agreement.go_on();
        note(&mut tx, now, "system", "period left out", &agreement, agreement.standing.word()).await?;
    }
    tx.change_agreement(&mut agreement).await?;
    tx.commit().await
}

/// One charge per period and not before a whole one has passed: what was missed is not made up.
async fn leave_out_missed(tx: &mut Write, agreement: &mut Agreement, now: Millis) -> Result<()> {
    let missed = agreement.leave_out_missed(now);
    if missed > 0 {
        tracing::warn!(agreement.id = %agreement.id, missed, "periods of a subscription were missed and are left out");
        note(tx, now, "system", "periods left out", agreement, &format!("{missed} missed")).await?;
    }
    Ok(())
}

async fn end(
    ctx: &Context,
    tx: &mut Write,
    agreement: &mut Agreement,
    why: &str,
    detail: &str,
    text: &str,
) -> Result<()> {
    agreement.end(why);
    agreements::want_closing(ctx, tx, agreement).await?;
    note(tx, ctx.clock.now(), "system", "agreement ended", agreement, detail).await?;
    tell(ctx, tx, agreement, text).await
}

/// Whether a charge may work: nothing stands against it, or something that may have passed since.
fn can_be_tried(agreement: &Agreement) -> bool {
    match (agreement.standing, agreement.trouble) {
        (Standing::Active, _) => true,
        (Standing::Paused, Some(trouble)) => trouble.decline != Decline::Approval,
        _ => false,
    }
}

/// An earlier period that was never paid is given up: nobody is charged for two at once.
async fn begin_period(ctx: &Context, tx: &mut Write, agreement: &mut Agreement, is_bound: bool) -> Result<()> {
    agreement.go_on();
    if agreement.standing != Standing::Active {
        agreement.resume();
    }
    if !is_bound {
        return Ok(());
    }
    for mut order in tx.orders_under_in(&agreement.id, State::Declined).await? {
        let operations = tx.operations_of(order.id.as_str()).await?;
        let given_up = cancel::withdraw(ctx, tx, &mut order, &operations, Actor::System).await;
        given_up.map_err(|why| StoreError::Unreadable(format!("{}: {why}", order.id)))?;
    }
    Ok(())
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
        approve_by: now.plus(APPROVAL_WAIT),
        ..last.clone()
    };
    let payee = payee_of(tx, last).await?;
    tx.insert_checkout(&checkout).await?;
    // A fingerprint of its own: the same goods again are no mistake here.
    tx.insert_order(&order, lines, order.id.as_str()).await?;
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
