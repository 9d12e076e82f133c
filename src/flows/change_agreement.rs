//! Another payment method for what stands: the buyer chooses it at the provider, which answers with a
//! new approval in place of the old one. The agreement follows it.

use super::agreements::{self, catch_up, note, want_closed};
use super::record_outcome::{Recorded, record_outcome};
use super::{ActError, Context, visits};
use crate::base::ids::{AgreementId, BuyerId};
use crate::base::money::Money;
use crate::orders::agreement::{Agreement, Standing};
use crate::orders::operation::{Instrument, Kind, Operation, Request, Subject};
use crate::orders::outcome::{Outcome, Validity};
use crate::pay::{Answer, Provider};
use crate::store::{Result, Write, retried};

/// The address at the provider where the buyer changes how an agreement is paid. One who was there and got
/// lost on the way back is not sent again: what was chosen is found, and the address is the list of approvals.
/// Errors: not theirs, over, or no answer.
pub async fn change_address(ctx: &Context, buyer: &BuyerId, id: &AgreementId) -> std::result::Result<String, ActError> {
    let agreement = agreements::own(ctx, buyer, id).await?;
    let (provider, consent) = changeable(ctx, &agreement)?;
    if let Some(address) = provider.mend_address(&consent) {
        return Ok(address);
    }
    if is_found(ctx, provider, &agreement).await? {
        return Ok(ctx.paths.account_agreements());
    }
    let operation = retried(|| want(ctx, id)).await?;
    let return_url = ctx.paths.absolute(ctx.paths.provider_return(&operation.provider));
    match provider.start_change(&operation, &return_url).await {
        Answer::Done(redirect) => Ok(redirect.address),
        Answer::Refused(refusal) => Err(ActError::NotNow(refusal.reason.words().buyer)),
        Answer::Silent(why) => {
            tracing::warn!(operation.id = %operation.id, "no way to the provider's pages: {why}");
            Err(ActError::NotNow(
                "The payment service does not answer right now. Nothing was changed. Please try again in a moment.",
            ))
        }
    }
}

fn changeable<'a>(
    ctx: &'a Context,
    agreement: &Agreement,
) -> std::result::Result<(&'a dyn Provider, String), ActError> {
    let provider = ctx.providers.get(&agreement.provider);
    match (provider, agreement.consent.clone().filter(|_| agreement.standing.stands())) {
        (Some(provider), Some(consent)) => Ok((provider.as_ref(), consent)),
        _ => Err(ActError::NotNow("There is nothing to change: it is over, or waits for its first payment.")),
    }
}

/// Whether an earlier visit, whose return was lost, had changed it: then that is recorded.
pub(super) async fn is_found(ctx: &Context, provider: &dyn Provider, agreement: &Agreement) -> Result<bool> {
    let operations = ctx.store.operations_of(agreement.id.as_str()).await?;
    let Some(open) = operations.into_iter().find(is_open_change) else { return Ok(false) };
    match provider.find_outcome(&open).await {
        outcome @ Outcome::Consented { .. } => {
            record_outcome(ctx, &open.id, outcome).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn is_open_change(operation: &Operation) -> bool {
    operation.kind == Kind::ChangeAgreement && operation.progress.is_open()
}

/// The visit that is open already, if it is about the approval of today; else a new one.
async fn want(ctx: &Context, id: &AgreementId) -> std::result::Result<Operation, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    let agreement = tx.agreement(id).await?.ok_or(ActError::NoSuchOrder)?;
    let (_, consent) = changeable(ctx, &agreement)?;
    let request = Request::Change { consent };
    for stale in tx.operations_of(id.as_str()).await? {
        if is_open_change(&stale) && stale.request != request {
            tx.give_up(&stale, now).await?;
        }
    }
    let (subject, nothing) = (Subject::Agreement(id.clone()), Money::zero(ctx.shop.currency));
    let operation = Operation::wanted(subject, Kind::ChangeAgreement, &agreement.provider, request, nothing, now);
    let operation = visits::want(&mut tx, operation, now).await?;
    tx.commit().await?;
    Ok(operation)
}

/// What became of a visit.
pub(super) async fn changed(ctx: &Context, tx: &mut Write, id: &AgreementId, outcome: &Outcome) -> Result<Recorded> {
    let Some(mut agreement) = tx.agreement(id).await? else { return Ok(Recorded::KnownAlready) };
    match outcome {
        Outcome::Consented { consent, .. } if agreement.consent.as_ref() == Some(consent) => {
            return Ok(Recorded::KnownAlready);
        }
        Outcome::Consented { consent, instrument } => {
            return follow(ctx, tx, agreement, consent, *instrument).await;
        }
        Outcome::Approval { validity: Validity::Chargeable, .. } if agreement.standing == Standing::Active => {
            agreement.message = Some("You left the payment method as it was.".to_owned());
        }
        Outcome::Abandoned { reason, .. } => {
            let trouble = agreement.trouble.map_or("", |trouble| trouble.decline.for_buyer());
            agreement.message = Some(format!("{} {trouble}", reason.for_change()).trim().to_owned());
        }
        _ => return Ok(Recorded::KnownAlready),
    }
    if agreement.standing == Standing::Ended {
        return Ok(Recorded::KnownAlready);
    }
    tx.change_agreement(&mut agreement).await?;
    Ok(Recorded::Changed)
}

/// The old approval is over at the provider; whatever was declined under it is charged after all.
async fn follow(
    ctx: &Context,
    tx: &mut Write,
    mut agreement: Agreement,
    consent: &str,
    instrument: Instrument,
) -> Result<Recorded> {
    if agreement.standing == Standing::Ended {
        // Ended while the buyer was choosing: the new approval must not outlive that.
        want_closed(ctx, tx, &agreement, consent.to_owned()).await?;
        return Ok(Recorded::Changed);
    }
    let method = method(ctx, &agreement.provider, instrument);
    agreement.follow(consent, instrument, method);
    let was_paused = agreement.standing == Standing::Paused;
    if was_paused {
        agreement.resume();
        catch_up(ctx, tx, &agreement).await?;
    }
    agreement.message = None;
    tx.change_agreement(&mut agreement).await?;
    let actor = format!("provider:{}", agreement.provider);
    note(tx, ctx.clock.now(), &actor, "payment method changed", &agreement, instrument.label()).await?;
    Ok(Recorded::Changed)
}

/// How it is paid, for people: `Credit card (Amazon Flexible Payments)`.
pub(super) fn method(ctx: &Context, provider: &str, instrument: Instrument) -> String {
    let title = ctx.providers.get(provider).map_or(provider, |provider| provider.title());
    match instrument {
        Instrument::Untold => title.to_owned(),
        Instrument::Card => format!("Credit card ({title})"),
        Instrument::Bank => format!("Bank account ({title})"),
        Instrument::Balance => format!("Account balance ({title})"),
    }
}

/// A visit ended with the news that there is nothing to change any more: the provider is asked how it stands.
pub(super) async fn look(ctx: &Context, id: &AgreementId) -> Result<()> {
    if let Some(agreement) = ctx.store.agreement(id).await? {
        agreements::ask(ctx, &agreement).await?;
    }
    Ok(())
}
