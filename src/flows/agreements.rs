//! Standing approvals: charged for what is bought under them, followed when the provider says how
//! they stand, and ended when the buyer says so.

use super::record_outcome::Recorded;
use super::{ActError, Actor, Context, cancel, change_agreement, count, retry};
use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId};
use crate::base::money::Money;
use crate::orders::agreement::{Agreement, Standing, Terms};
use crate::orders::audit::Act;
use crate::orders::operation::{Initiator, Instrument, Kind, Operation, Progress, Request, Subject};
use crate::orders::order::Order;
use crate::orders::outcome::{Outcome, Validity};
use crate::orders::refusal::Retry;
use crate::orders::state::{Change, Fact, State};
use crate::pay::News;
use crate::store::{Result, Write, retried};

/// Charges an order, fresh or declined before, under an agreement: nobody goes to the provider.
/// The order's stock is held already. Gives false where the order's state forbids it.
pub(super) async fn charge(
    ctx: &Context,
    tx: &mut Write,
    order: &mut Order,
    agreement: &Agreement,
    payee: &str,
) -> Result<bool> {
    let (Some(consent), Change::To(state)) = (&agreement.consent, order.state.after(Fact::Consented)) else {
        return Ok(false);
    };
    let now = ctx.clock.now();
    let initiator = match agreement.terms {
        Terms::Saved => Initiator::SavedMethod,
        Terms::Every(_) => Initiator::Subscription,
    };
    order.state = state;
    order.consent = Some(consent.clone());
    let instrument = agreement.instrument.unwrap_or(Instrument::Card);
    order.instrument = Some(instrument);
    order.message = None;
    let abilities = ctx.providers.get(&order.provider).map(|provider| provider.abilities());
    let kind = order.take_by(instrument, abilities.is_some_and(|abilities| abilities.keeps_by_rules()));
    tx.change_order(order, abilities.map(|abilities| now.plus(abilities.consent_lifetime))).await?;
    let request = Request::Take {
        consent: consent.clone(),
        payee: payee.to_owned(),
        fee_fixed_minor: order.fee.fixed.minor,
        fee_variable_bp: order.fee.variable_bp,
        provider_fee_by: order.fee.provider_fee_by,
        initiator,
        statement: Some(ctx.shop.statement.clone()),
    };
    let subject = Subject::Order(order.id.clone());
    tx.want(Operation::wanted(subject, kind, &order.provider, request, order.total, now), now).await?;
    let how = agreement.method.as_deref().unwrap_or("The approval that the buyer keeps here.");
    tx.note(&order.id, now, "Charged without another approval", how).await?;
    note(tx, now, "system", "charged under an agreement", agreement, &order.id.to_string()).await?;
    Ok(true)
}

/// The buyer ends an agreement: nothing is charged under it from now on, and the provider is told.
/// Doing it twice is harmless. Errors: not theirs.
pub async fn end(ctx: &Context, buyer: &BuyerId, id: &AgreementId) -> std::result::Result<(), ActError> {
    own(ctx, buyer, id).await?;
    end_by(ctx, Actor::Buyer, id).await
}

/// A buyer's own agreement. Errors: not theirs.
pub(super) async fn own(ctx: &Context, buyer: &BuyerId, id: &AgreementId) -> std::result::Result<Agreement, ActError> {
    let agreement = ctx.store.agreement(id).await?.filter(|agreement| agreement.buyer == *buyer);
    agreement.ok_or(ActError::NoSuchOrder)
}

/// The same for the seller of a subscription, or the operator, who were asked by the caller whether they
/// may; the buyer is told.
pub async fn end_by(ctx: &Context, actor: Actor, id: &AgreementId) -> std::result::Result<(), ActError> {
    retried(|| end_once(ctx, actor, id)).await?;
    ctx.wake.notify_one();
    Ok(())
}

/// The agreement of an order that `actor` may end: a seller their own subscriptions, the operator any. A way
/// to pay that a buyer keeps is for many sellers, and no single one's to end.
pub async fn endable(ctx: &Context, order: &Order, actor: Actor) -> Result<Option<Agreement>> {
    Ok(of_order(ctx, order).await?.filter(|agreement| may_end(agreement, actor)))
}

/// The part of what was paid for `order` that is for a time to come, where its subscription has ended. At most `rest`,
/// what is left of the sale.
pub async fn unused(ctx: &Context, order: &Order, rest: Money) -> Result<Option<Money>> {
    let (Some(agreement), Some(period)) = (of_order(ctx, order).await?, order.period) else { return Ok(None) };
    let unused = agreement.unused(period, order.total, ctx.clock.now()).filter(|_| rest.is_positive());
    Ok(unused.map(|unused| Money { minor: unused.minor.min(rest.minor), ..unused }))
}

/// Ends what an order belongs to. Twice is once. Errors: it belongs to nothing that `actor` may end.
pub async fn end_of_order(ctx: &Context, order: &Order, actor: Actor) -> std::result::Result<(), ActError> {
    match of_order(ctx, order).await? {
        Some(agreement) if may_end(&agreement, actor) => end_by(ctx, actor, &agreement.id).await,
        Some(agreement) if agreement.standing == Standing::Ended => Ok(()),
        _ => Err(ActError::NotNow("There is no subscription to end.")),
    }
}

async fn of_order(ctx: &Context, order: &Order) -> Result<Option<Agreement>> {
    match &order.agreement {
        Some(id) => ctx.store.agreement(id).await,
        None => Ok(None),
    }
}

fn may_end(agreement: &Agreement, actor: Actor) -> bool {
    agreement.standing.stands() && (actor == Actor::Operator || agreement.terms != Terms::Saved)
}

async fn end_once(ctx: &Context, actor: Actor, id: &AgreementId) -> std::result::Result<(), ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut agreement = tx.agreement(id).await?.ok_or(ActError::NoSuchOrder)?;
    match agreement.standing {
        Standing::Ended => return Ok(()),
        Standing::Asked => {
            return Err(ActError::NotNow("Its first payment is still on the way. Cancel that order instead."));
        }
        Standing::Active | Standing::Paused => {}
    }
    let (why, is_told) = match actor {
        Actor::Buyer => ("You ended it.", false),
        Actor::Seller => ("The seller ended it. Nothing more is charged.", true),
        Actor::Operator | Actor::System => ("The marketplace ended it. Nothing more is charged.", true),
    };
    agreement.end(why);
    tx.change_agreement(&mut agreement).await?;
    want_closing(ctx, &mut tx, &agreement).await?;
    if is_told {
        tell(ctx, &mut tx, &agreement, why).await?;
    }
    for mut order in tx.orders_under_in(id, State::Consented).await? {
        let operations = tx.operations_of(order.id.as_str()).await?;
        let mut takes =
            operations.iter().filter(|it| matches!(it.kind, Kind::Reserve | Kind::Pay) && it.progress.is_open());
        if takes.all(|take| take.progress == Progress::Queued) {
            cancel::withdraw(ctx, &mut tx, &mut order, &operations, actor).await?;
        }
    }
    // A buyer may be on the way to approve one of these anew: that is not waited for any more.
    for mut order in tx.orders_under_in(id, State::Declined).await? {
        let operations = tx.operations_of(order.id.as_str()).await?;
        cancel::withdraw(ctx, &mut tx, &mut order, &operations, actor).await?;
    }
    note(&mut tx, now, actor.word(), "agreement ended", &agreement, "").await?;
    Ok(tx.commit().await?)
}

/// Wants an agreement that has ended closed at its provider, too.
pub(super) async fn want_closing(ctx: &Context, tx: &mut Write, agreement: &Agreement) -> Result<()> {
    match agreement.consent.clone() {
        Some(consent) => want_closed(ctx, tx, agreement, consent).await,
        None => Ok(()),
    }
}

/// The same for an approval that another one has replaced.
pub(super) async fn want_closed(ctx: &Context, tx: &mut Write, agreement: &Agreement, consent: String) -> Result<()> {
    let (now, nothing) = (ctx.clock.now(), Money::zero(ctx.shop.currency));
    let subject = Subject::Agreement(agreement.id.clone());
    let request = Request::Withdraw { consent };
    let closing = Operation::wanted(subject, Kind::CancelAgreement, &agreement.provider, request, nothing, now);
    tx.want(closing, now).await.map(|_| ())
}

/// Asks the provider how an agreement stands: after the buyer has mended something there, or when no
/// notification came. Errors: not theirs, or no answer.
pub async fn look_again(ctx: &Context, buyer: &BuyerId, id: &AgreementId) -> std::result::Result<Standing, ActError> {
    let agreement = own(ctx, buyer, id).await?;
    if !ask(ctx, &agreement).await? {
        return Err(ActError::NotNow("The payment service does not answer right now. Please try again in a moment."));
    }
    retry::try_again(ctx, id).await?;
    let after = ctx.store.agreement(id).await?;
    Ok(after.map_or(Standing::Ended, |agreement| agreement.standing))
}

/// The same for the program. Says whether there was an answer.
pub(super) async fn ask(ctx: &Context, agreement: &Agreement) -> Result<bool> {
    let (Some(provider), Some(consent)) = (ctx.providers.get(&agreement.provider), &agreement.consent) else {
        return Ok(false);
    };
    // An approval that was replaced on the way is over, and what stands is the new one.
    if change_agreement::is_found(ctx, provider.as_ref(), agreement).await? {
        return Ok(true);
    }
    match provider.read(&News::of_approval(consent)).await {
        Outcome::Approval { validity, method, .. } => {
            Ok(told(ctx, agreement, &validity, method.as_deref()).await?.is_some())
        }
        outcome => {
            tracing::warn!(agreement.id = %agreement.id, "the provider does not say how it stands: {outcome:?}");
            Ok(false)
        }
    }
}

/// The provider said how an agreement stands. `seen` is the agreement as it was before the provider was
/// asked: where it has changed since, the answer may be older than what we know, and is none.
pub async fn told(
    ctx: &Context,
    seen: &Agreement,
    validity: &Validity,
    method: Option<&str>,
) -> Result<Option<Recorded>> {
    let recorded = retried(|| told_once(ctx, seen, validity, method)).await?;
    ctx.wake.notify_one();
    Ok(recorded)
}

async fn told_once(
    ctx: &Context,
    seen: &Agreement,
    validity: &Validity,
    method: Option<&str>,
) -> Result<Option<Recorded>> {
    let (now, id) = (ctx.clock.now(), &seen.id);
    let mut tx = ctx.store.write_money().await?;
    let fresh = tx.agreement(id).await?.filter(|agreement| agreement.version == seen.version);
    let Some(mut agreement) = fresh else { return Ok(None) };
    let before = agreement.clone();
    agreement.method = method.map(str::to_owned).or(agreement.method);
    match (validity, agreement.standing) {
        // Only where the provider had said that it cannot be charged; what was refused goes by the schedule.
        (Validity::Chargeable, Standing::Paused) if agreement.trouble.is_none() => {
            agreement.resume();
            catch_up(ctx, &mut tx, &agreement).await?;
        }
        (Validity::Paused(code), Standing::Active) => {
            tracing::info!(agreement.id = %id, code, "an agreement cannot be charged until the buyer mends it");
            agreement.pause("The payment method needs your attention before it can be charged again.");
        }
        (Validity::Ended(code), Standing::Active | Standing::Paused) => {
            tracing::info!(agreement.id = %id, code, "an agreement was ended at the provider");
            agreement.end("It was ended at the payment service. Nothing more is charged.");
            tell(ctx, &mut tx, &agreement, "It was ended at the payment service. Nothing more is charged.").await?;
        }
        _ => {}
    }
    if agreement == before {
        return Ok(Some(Recorded::KnownAlready));
    }
    tx.change_agreement(&mut agreement).await?;
    if agreement.standing != before.standing {
        let actor = format!("provider:{}", agreement.provider);
        note(&mut tx, now, &actor, "agreement changed", &agreement, agreement.standing.word()).await?;
    }
    tx.commit().await?;
    Ok(Some(Recorded::Changed))
}

/// What was declined while the agreement was paused is charged after all.
/// Says whether anything was.
pub(super) async fn catch_up(ctx: &Context, tx: &mut Write, agreement: &Agreement) -> Result<bool> {
    let mut did = false;
    if agreement.terms == Terms::Saved {
        return Ok(did);
    }
    for order in tx.orders_under_in(&agreement.id, State::Declined).await? {
        charge_after_all(ctx, tx, agreement, order).await?;
        did = true;
    }
    Ok(did)
}

async fn charge_after_all(ctx: &Context, tx: &mut Write, agreement: &Agreement, mut order: Order) -> Result<()> {
    let lines = tx.order_lines(&order.id).await?;
    let now = ctx.clock.now();
    for operation in tx.operations_of(order.id.as_str()).await? {
        if operation.kind == Kind::Consent && operation.progress.is_open() {
            // The buyer was also asked to pay this one by hand: that approval is not waited for any more.
            let given_up = Operation { progress: Progress::Failed, ..operation };
            if tx.record_progress(&given_up, now).await? {
                count::attempt(tx, &given_up, &order, now).await?;
            }
        }
    }
    if tx.hold_stock(&order.id, &lines, None, now).await?.is_ok() {
        order.provider.clone_from(&agreement.provider);
        let payee = payee_of(tx, &order).await?;
        charge(ctx, tx, &mut order, agreement, &payee).await?;
    } else {
        tx.release_stock(&order.id, now).await?;
    }
    Ok(())
}

/// Whom the earlier take of this order was for.
pub(super) async fn payee_of(tx: &mut Write, order: &Order) -> Result<String> {
    let earlier = tx.operations_of(order.id.as_str()).await?;
    let payee = earlier.into_iter().rev().find_map(|operation| match operation.request {
        Request::Take { payee, .. } | Request::Consent { payee, .. } => Some(payee),
        _ => None,
    });
    Ok(payee.unwrap_or_else(|| order.seller.to_string()))
}

/// What became of the operation that closes an agreement.
pub(super) async fn closed(ctx: &Context, tx: &mut Write, id: &AgreementId, outcome: &Outcome) -> Result<Recorded> {
    let Some(mut agreement) = tx.agreement(id).await? else { return Ok(Recorded::KnownAlready) };
    match outcome {
        Outcome::Approval { validity: Validity::Ended(_), .. } => {
            let actor = format!("provider:{}", agreement.provider);
            note(tx, ctx.clock.now(), &actor, "approval closed", &agreement, "").await?;
            Ok(Recorded::Changed)
        }
        Outcome::Refused(refusal) => {
            tracing::error!(agreement.id = %id, code = %refusal.code, "an approval could not be closed at the provider");
            // One that was replaced goes on here; one that is tried again may still be closed.
            if agreement.standing != Standing::Ended || refusal.retry == Retry::Later {
                return Ok(Recorded::KnownAlready);
            }
            let text = "It is ended here, but the payment service did not close it. Please end it there, too.";
            agreement.message = Some(text.to_owned());
            tx.change_agreement(&mut agreement).await?;
            Ok(Recorded::Changed)
        }
        _ => Ok(Recorded::KnownAlready),
    }
}

/// Tells the buyer something about an agreement that is no news of an order. Who never ordered is told nothing.
pub(super) async fn tell(ctx: &Context, tx: &mut Write, agreement: &Agreement, text: &str) -> Result<()> {
    let Some(last) = tx.newest_order_under(&agreement.id).await? else { return Ok(()) };
    let Some(checkout) = tx.checkout(&last.checkout).await? else { return Ok(()) };
    let letter = ctx.letters().agreement_news(&checkout.email, agreement, text);
    tx.queue_letter(&letter, ctx.clock.now()).await
}

pub(super) async fn note(
    tx: &mut Write,
    at: Millis,
    actor: &str,
    act: &str,
    agreement: &Agreement,
    detail: &str,
) -> Result<()> {
    tx.audit(&Act {
        at,
        actor: actor.to_owned(),
        act: act.to_owned(),
        subject: agreement.id.to_string(),
        detail: format!("{} · {detail}", agreement.terms.word()),
    })
    .await?;
    Ok(())
}
