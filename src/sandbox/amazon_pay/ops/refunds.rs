//! Refunds: always asynchronous, as many as fit into what was captured and a little more.

use serde_json::Value;

use super::Call;
use super::charges::{check_currency, find};
use crate::base::money::Money;
use crate::sandbox::amazon_pay::buyers::{self, Turn};
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::machine::{ChargeState, RefundState};
use crate::sandbox::amazon_pay::state::objects::{Permission, Refund};
use crate::sandbox::amazon_pay::{limits, notify, views, wire};
use crate::sandbox::state::Tx;

/// Create Refund.
pub async fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let charge = find(call, tx, call.text("chargeId")).await?;
    if charge.state != ChargeState::Captured {
        return refuse("InvalidChargeStatus", format!("The charge is {:?}; it cannot be refunded.", charge.state));
    }
    let amount = call.price("refundAmount").ok_or_else(|| ApiError::missing("refundAmount"))?;
    check_currency(amount, &charge.currency, "refundAmount")?;
    let earlier: Vec<Refund> = tx.children(&charge.id).await?;
    let back: i64 =
        earlier.iter().filter(|refund| refund.state != RefundState::Declined).map(|refund| refund.amount_minor).sum();
    let left = Money { minor: limits::refundable(charge.captured()).minor - back, ..charge.captured() };
    if amount > left {
        return refuse(
            "TransactionAmountExceeded",
            format!("At most {} {} can be refunded.", left.decimal(), left.currency),
        );
    }
    call.simulated()?;
    let permission: Option<Permission> = tx.object(&charge.permission_id).await?;
    let turn = permission.map_or(Turn::Passes, |own| buyers::turn(&own.buyer_id, &own.instrument_id));
    let refund = Refund {
        id: wire::child_id(&charge.id, 'R'),
        charge_id: charge.id,
        permission_id: charge.permission_id,
        merchant_id: charge.merchant_id,
        caller_reference: call.key.to_owned(),
        currency: charge.currency,
        amount_minor: amount.minor,
        soft_descriptor: call.text("softDescriptor").to_owned(),
        created_at: call.now.0,
        updated_at: call.now.0,
        due_at: call.now.plus(limits::REFUND_TAKES).0,
        outcome: if let Turn::RefundRefused(reason) = turn { reason.to_owned() } else { String::new() },
        ..Refund::default()
    };
    tx.add_object(&refund, call.now).await?;
    notify::state_change(call.sandbox, tx, &notify::News::refund(&refund), call.now).await?;
    Ok(views::refund(&refund))
}

/// Get Refund.
pub async fn show(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let refund: Refund = call.own(tx, call.id()).await?;
    Ok(views::refund(&refund))
}
