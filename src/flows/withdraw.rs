//! An approval that is not needed any more is closed at the provider, so that nothing can be charged
//! under it later, by anyone.

use super::Context;
use crate::base::money::Money;
use crate::orders::operation::{Kind, Operation, Request, Subject};
use crate::orders::order::Order;
use crate::store::{Result, Write};

/// Wants `consent` of `order` closed at `provider`, once, unless it is a standing one or ends by itself there.
pub async fn want(ctx: &Context, tx: &mut Write, order: &Order, provider: &str, consent: &str) -> Result<()> {
    let keeps = |name: &str| ctx.providers.get(name).is_some_and(|it| it.abilities().standing_consents);
    if !keeps(provider) {
        return Ok(());
    }
    let request = Request::Withdraw { consent: consent.to_owned() };
    let earlier = tx.operations_of(order.id.as_str()).await?;
    if earlier.iter().any(|operation| operation.request == request) {
        return Ok(());
    }
    let (subject, nothing) = (Subject::Order(order.id.clone()), Money::zero(order.total.currency));
    let now = ctx.clock.now();
    tx.want(Operation::wanted(subject, Kind::CancelAgreement, provider, request, nothing, now), now).await?;
    Ok(())
}
