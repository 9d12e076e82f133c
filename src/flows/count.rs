//! Counts how payments end, in the transaction in which they do. What is counted: [`crate::orders::rates`].

use crate::base::clock::Millis;
use crate::orders::operation::{Kind, Operation};
use crate::orders::order::Order;
use crate::orders::rates::{Counted, Payment, band_of, ending};
use crate::store::{Result, StoreError, Write};

/// Counts an attempt that ended because `operation` was closed just now. `order` as it is after that.
pub(super) async fn attempt(tx: &mut Write, operation: &Operation, order: &Order, now: Millis) -> Result<()> {
    let Some(counted) = ending(operation, order.state) else { return Ok(()) };
    // what an earlier attempt was paid with says nothing about a visit that came to no choice
    let method = order.instrument.filter(|_| operation.kind != Kind::Consent);
    let payment = Payment { provider: operation.provider.clone(), method, ..payment(tx, order).await? };
    tx.count_payment(&payment, counted, now).await
}

/// Counts an order that was paid, or of which money went back, on the day of `at`.
pub(super) async fn order(tx: &mut Write, order: &Order, counted: Counted, at: Millis) -> Result<()> {
    let payment = payment(tx, order).await?;
    tx.count_payment(&payment, counted, at).await
}

async fn payment(tx: &mut Write, order: &Order) -> Result<Payment> {
    let checkout = tx.checkout(&order.checkout).await?;
    let checkout = checkout.ok_or_else(|| StoreError::Unreadable("order without checkout".into()))?;
    Ok(Payment {
        provider: order.provider.clone(),
        method: order.instrument,
        device: checkout.device,
        country: checkout.address.country,
        currency: order.total.currency,
        band: band_of(order.total),
    })
}
