//! Disputes, claims and chargebacks: entered from the payment service's letter or made by the money that it
//! moved, answered with what proves the sale, ended. A record moves no money: that is news of its own.

use super::{ActError, Actor, Context};
use crate::base::clock::Millis;
use crate::base::ids::{DisputeId, OrderId};
use crate::base::money::Money;
use crate::orders::audit::Act;
use crate::orders::dispute::{Dispute, Kind, State};
use crate::orders::order::Order;
use crate::store::ledger::Standing;
use crate::store::{Result, Write, retried};

/// The most characters of a reason, an answer or an outcome.
pub const LONGEST_TEXT: usize = 4000;

/// What the payment service's letter says.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What the buyer has begun.
    pub kind: Kind,
    /// How much it is about; none for all that is left of the sale.
    pub amount: Option<Money>,
    /// What the buyer says.
    pub reason: String,
    /// When it was begun.
    pub opened_at: Millis,
}

fn bad<T>(field: &'static str, message: impl Into<String>) -> std::result::Result<T, ActError> {
    Err(ActError::BadField { field, message: message.into() })
}

/// Enters a dispute about `order`. `key` is the form's: a second submit enters nothing more, nor does one of a
/// kind that is open already.
pub async fn open(
    ctx: &Context,
    order: &OrderId,
    actor: Actor,
    opening: &Opening,
    key: &str,
) -> std::result::Result<DisputeId, ActError> {
    retried(|| open_once(ctx, order, actor, opening, key)).await
}

async fn open_once(
    ctx: &Context,
    id: &OrderId,
    actor: Actor,
    opening: &Opening,
    key: &str,
) -> std::result::Result<DisputeId, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    let past = tx.disputes_of(id).await?;
    if let Some(open) = past.iter().find(|it| it.kind == opening.kind && it.state.is_open()) {
        return Ok(open.id.clone());
    }
    let standing = Standing::of(&tx.bookings(id).await?, Money::zero(order.total.currency));
    if !standing.taken.is_positive() {
        return Err(ActError::NotNow("Nothing was taken for this order, so nothing can be disputed."));
    }
    if let Some(why) = opening.kind.refused_for(&order, &past) {
        return bad("kind", why);
    }
    let left = standing.refundable();
    let amount = opening.amount.unwrap_or(if left.is_positive() { left } else { standing.taken });
    if !amount.is_positive() || amount.minor > standing.taken.minor {
        return bad("amount", format!("Please enter an amount up to {}.", standing.taken));
    }
    if opening.opened_at > now {
        return bad("opened_on", "It cannot have begun in the future.");
    }
    if opening.opened_at < order.placed_at.start_of_day() {
        return bad("opened_on", "It cannot have begun before the order.");
    }
    if opening.reason.chars().count() > LONGEST_TEXT {
        return bad("reason", "Please keep it under 4000 characters.");
    }
    if tx.use_form_key(key, id.as_str(), now).await?.is_some() {
        return Err(ActError::NotNow("It was entered already, and is over."));
    }
    let dispute = Dispute::begun(&order, opening.kind, amount, opening.reason.trim(), opening.opened_at);
    enter(ctx, &mut tx, &order, &dispute, actor.word()).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(dispute.id)
}

/// Writes a new record: its first line, the order's, the seller's letter and the audit link.
async fn enter(ctx: &Context, tx: &mut Write, order: &Order, dispute: &Dispute, who: &str) -> Result<()> {
    let now = ctx.clock.now();
    tx.insert_dispute(dispute).await?;
    let what = format!("{} of {}, begun on {}.", dispute.kind.label(), dispute.amount, dispute.opened_at.day());
    tx.note_dispute(&dispute.id, dispute.opened_at, "Opened", &dispute.reason).await?;
    tx.note(&order.id, now, dispute.kind.label(), &format!("Begun on {}.", dispute.opened_at.day())).await?;
    if dispute.state.is_open()
        && let Some(seller) = tx.seller(&order.seller).await?
    {
        let letter = ctx.letters().dispute_opened(&seller.email, order, dispute);
        tx.queue_letter(&letter, now).await?;
    }
    audit(ctx, tx, who, "dispute opened", dispute, &what).await
}

/// The seller says what proves the sale; the messages with the buyer count without being copied.
pub async fn answer(ctx: &Context, id: &DisputeId, text: &str, key: &str) -> std::result::Result<(), ActError> {
    let text = text.trim();
    if text.is_empty() {
        return bad("evidence", "Please write what you sent to the payment service.");
    }
    if text.chars().count() > LONGEST_TEXT {
        return bad("evidence", "Please keep it under 4000 characters.");
    }
    retried(|| answer_once(ctx, id, text, key)).await
}

async fn answer_once(ctx: &Context, id: &DisputeId, text: &str, key: &str) -> std::result::Result<(), ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut dispute = tx.dispute(id).await?.ok_or(ActError::NoSuchOrder)?;
    if tx.use_form_key(key, id.as_str(), now).await?.is_some() {
        return Ok(());
    }
    if !dispute.state.is_open() {
        return Err(ActError::NotNow("It is decided already. Nothing more can be said."));
    }
    // The payment service takes no answer after the deadline; ours is kept as the seller's record all the same.
    let (title, words) = if dispute.answer_by <= now {
        ("Answered late", "After the deadline: the payment service may not have taken it.")
    } else {
        ("Answered", "")
    };
    dispute.state = State::Answered;
    dispute.answered_at = dispute.answered_at.or(Some(now));
    dispute.due_at = None;
    tx.change_dispute(&dispute).await?;
    tx.note_dispute(id, now, title, [words, text].join(" ").trim_start()).await?;
    tx.note(&dispute.order, now, "Dispute answered", dispute.kind.label()).await?;
    audit(ctx, &mut tx, Actor::Seller.word(), "dispute answered", &dispute, words).await?;
    tx.commit().await?;
    Ok(())
}

/// Enters how it ended, as the payment service writes it. Said twice, it is said once.
pub async fn end(
    ctx: &Context,
    id: &DisputeId,
    actor: Actor,
    ending: State,
    words: &str,
) -> std::result::Result<(), ActError> {
    if ending.is_open() {
        return bad("ending", "Please choose how it ended.");
    }
    // A seller cannot withdraw a case, nor say in the buyer's name that it was. Source: "Amazon A-z Guarantee".
    if ending == State::Withdrawn && actor == Actor::Seller {
        return bad("ending", "A seller cannot withdraw it, and the market office enters that the buyer did.");
    }
    if words.chars().count() > LONGEST_TEXT {
        return bad("outcome", "Please keep it under 4000 characters.");
    }
    retried(|| end_once(ctx, id, actor, ending, words.trim())).await
}

async fn end_once(
    ctx: &Context,
    id: &DisputeId,
    actor: Actor,
    ending: State,
    words: &str,
) -> std::result::Result<(), ActError> {
    let mut tx = ctx.store.write_money().await?;
    let mut dispute = tx.dispute(id).await?.ok_or(ActError::NoSuchOrder)?;
    if !dispute.state.is_open() {
        return if dispute.state == ending { Ok(()) } else { Err(ActError::NotNow("It ended already, otherwise.")) };
    }
    let order = tx.order(&dispute.order).await?.ok_or(ActError::NoSuchOrder)?;
    let outcome = if words.is_empty() { ending.label() } else { words };
    close(ctx, &mut tx, &order, &mut dispute, (ending, outcome), actor.word()).await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(())
}

async fn close(
    ctx: &Context,
    tx: &mut Write,
    order: &Order,
    dispute: &mut Dispute,
    (ending, outcome): (State, &str),
    who: &str,
) -> Result<()> {
    let now = ctx.clock.now();
    dispute.close(ending, outcome, now);
    tx.change_dispute(dispute).await?;
    tx.note_dispute(&dispute.id, now, ending.label(), outcome).await?;
    tx.note(&order.id, now, "Dispute ended", ending.label()).await?;
    if let Some(seller) = tx.seller(&order.seller).await? {
        let letter = ctx.letters().dispute_ended(&seller.email, order, dispute);
        tx.queue_letter(&letter, now).await?;
    }
    audit(ctx, tx, who, "dispute ended", dispute, outcome).await
}

/// The provider took money for it: the record that waits for this, or a new one.
pub(super) async fn money_taken(
    ctx: &Context,
    tx: &mut Write,
    order: &Order,
    kind: Kind,
    transaction: &str,
    amount: Money,
) -> Result<()> {
    let now = ctx.clock.now();
    let detail = format!("{amount} · {transaction}");
    let past = tx.disputes_of(&order.id).await?;
    if let Some(known) = past.iter().find(|it| it.reversal.as_deref() == Some(transaction)) {
        // The news that it was won back came first.
        return tx.note_dispute(&known.id, now, "Money taken", &detail).await;
    }
    let of_kind = || past.iter().rev().filter(|it| it.kind == kind);
    let waits = |it: &&Dispute| it.reversal.is_none() && it.state == State::Lost;
    let known = of_kind().find(|it| it.state.is_open()).or_else(|| of_kind().find(waits)).cloned();
    let is_new = known.is_none();
    let mut dispute = known.unwrap_or_else(|| Dispute::begun(order, kind, amount, "Told by the payment service.", now));
    // A second sum of the same case leaves the first one's number in its place.
    dispute.reversal = dispute.reversal.or(Some(transaction.to_owned()));
    if is_new {
        enter(ctx, tx, order, &dispute, &provider(order)).await?;
    } else {
        tx.change_dispute(&dispute).await?;
    }
    tx.note_dispute(&dispute.id, now, "Money taken", &detail).await?;
    if dispute.state.is_open() && !kind.takes_money_first() {
        let outcome = format!("The payment service decided for the buyer: {amount} went back.");
        close(ctx, tx, order, &mut dispute, (State::Lost, &outcome), &provider(order)).await?;
    }
    Ok(())
}

/// The provider gave the seller again what `reversal` had taken, by `transaction`.
pub(super) async fn money_won(
    ctx: &Context,
    tx: &mut Write,
    order: &Order,
    kind: Option<Kind>,
    (reversal, transaction): (&str, &str),
    amount: Money,
) -> Result<()> {
    let now = ctx.clock.now();
    let past = tx.disputes_of(&order.id).await?;
    // The news of the loss may still be on its way to a record that was entered by hand.
    let waits = |it: &&Dispute| it.reversal.is_none() && it.state.is_open() && kind.is_none_or(|kind| kind == it.kind);
    let own = past.iter().find(|it| it.reversal.as_deref() == Some(reversal));
    let known = own.or_else(|| past.iter().rev().find(waits)).cloned();
    let is_new = known.is_none();
    let reason = "Told by the payment service.";
    let mut dispute =
        known.unwrap_or_else(|| Dispute::begun(order, kind.unwrap_or(Kind::Dispute), amount, reason, now));
    dispute.reversal = Some(reversal.to_owned());
    dispute.won_back = Some(transaction.to_owned());
    if is_new {
        dispute.close(State::Won, "", now);
        enter(ctx, tx, order, &dispute, &provider(order)).await?;
    }
    tx.note_dispute(&dispute.id, now, "Money won back", &format!("{amount} · {transaction}")).await?;
    let outcome = format!("{amount} is the seller's again.");
    // What was withdrawn stays so; what had been lost was repaid.
    let ending = if dispute.state == State::Withdrawn { State::Withdrawn } else { State::Won };
    close(ctx, tx, order, &mut dispute, (ending, &outcome), &provider(order)).await
}

/// Reminds of deadlines, and closes what nobody answered. Says whether anything was done.
pub(super) async fn sweep(ctx: &Context, limit: i64) -> Result<bool> {
    let due = ctx.store.disputes_due(ctx.clock.now(), limit).await?;
    for id in &due {
        retried(|| look(ctx, id)).await?;
    }
    Ok(!due.is_empty())
}

async fn look(ctx: &Context, id: &DisputeId) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let Some(mut dispute) = tx.dispute(id).await?.filter(|it| it.due_at.is_some_and(|due| due <= now)) else {
        return Ok(());
    };
    let Some(order) = tx.order(&dispute.order).await? else { return Ok(()) };
    if dispute.state != State::Open {
        dispute.due_at = None;
        tx.change_dispute(&dispute).await?;
    } else if now < dispute.answer_by {
        dispute.due_at = Some(dispute.answer_by);
        tx.change_dispute(&dispute).await?;
        tx.note_dispute(id, now, "Reminded", "Two days are left.").await?;
        if let Some(seller) = tx.seller(&order.seller).await? {
            let letter = ctx.letters().dispute_due(&seller.email, &order, &dispute);
            tx.queue_letter(&letter, now).await?;
        }
    } else if dispute.kind.takes_money_first() {
        let outcome = "Nobody answered within five business days, so the money stays with the buyer.";
        close(ctx, &mut tx, &order, &mut dispute, (State::Lost, outcome), Actor::System.word()).await?;
    } else {
        dispute.due_at = None;
        tx.change_dispute(&dispute).await?;
        tx.note_dispute(id, now, "Deadline missed", "Nobody answered; the payment service decides without us.").await?;
    }
    tx.commit().await
}

fn provider(order: &Order) -> String {
    format!("provider:{}", order.provider)
}

async fn audit(ctx: &Context, tx: &mut Write, who: &str, act: &str, dispute: &Dispute, detail: &str) -> Result<()> {
    tx.audit(&Act {
        at: ctx.clock.now(),
        actor: who.to_owned(),
        act: act.to_owned(),
        subject: dispute.order.to_string(),
        detail: format!("{} · {} · {detail}", dispute.id, dispute.state.word()),
    })
    .await
}
