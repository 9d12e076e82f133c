//! An approval that is not needed any more is closed at the provider, so that nothing can be charged
//! under it later, by anyone.

use super::Context;
use crate::base::money::Money;
use crate::orders::agreement::Standing;
use crate::orders::operation::{Kind, Operation, Request, Subject};
use crate::orders::order::Order;
use crate::orders::state::State;
use crate::pay::Keeping;
use crate::store::{Result, Write};

/// The order came to nothing: lets go of the approval that it lives on, unless that stands for more
/// than this order. One that was to stand and was never charged ends with the order, or waits for
/// another try where the order was only declined. Writes nothing of the order itself.
pub async fn let_go(ctx: &Context, tx: &mut Write, order: &mut Order, provider: &str) -> Result<()> {
    let consent = order.consent.take();
    if let Some(id) = &order.agreement
        && let Some(mut agreement) = tx.agreement(id).await?
    {
        let stands = agreement.standing != Standing::Asked;
        if stands && agreement.consent == consent {
            return Ok(());
        }
        if !stands {
            agreement.consent = None;
            if order.state != State::Declined {
                agreement.end("Its first order came to nothing. Nothing was charged.");
            }
            tx.change_agreement(&mut agreement).await?;
        }
    }
    match consent {
        // what a buyer is charged under by voice stands for more than this order
        Some(consent) if tx.is_voice_agreement(&consent).await? => Ok(()),
        Some(consent) => want(ctx, tx, order, provider, &consent).await,
        None => Ok(()),
    }
}

/// Wants `consent` of `order` closed at `provider`, once, where it does not end by itself there.
pub async fn want(ctx: &Context, tx: &mut Write, order: &Order, provider: &str, consent: &str) -> Result<()> {
    let keeping = ctx.providers.get(provider).map_or(Keeping::No, |provider| provider.abilities().keeping);
    let request = Request::Withdraw { consent: consent.to_owned() };
    let earlier = tx.operations_of(order.id.as_str()).await?;
    match keeping {
        Keeping::No => return Ok(()),
        // What was asked for this order alone ends by itself.
        Keeping::ByRules if !earlier.iter().any(|operation| operation.request.asks_to_stand()) => return Ok(()),
        Keeping::ByRules | Keeping::OpenEnded => {}
    }
    if earlier.iter().any(|operation| operation.request == request) {
        return Ok(());
    }
    // Its neighbours may still live on it: it is let go with the last of them.
    if tx.is_basket_approval(provider, consent).await? {
        return Ok(());
    }
    let (subject, nothing) = (Subject::Order(order.id.clone()), Money::zero(order.total.currency));
    let now = ctx.clock.now();
    tx.want(Operation::wanted(subject, Kind::CancelAgreement, provider, request, nothing, now), now).await?;
    Ok(())
}
