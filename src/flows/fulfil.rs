//! The parcel is ready: money on hold is taken now, money taken before only needs the parcel.

use super::{ActError, Context, run_operation};
use crate::base::ids::{OperationId, OrderId, SellerId};
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Request, Subject};
use crate::orders::state::{Change, Fact, State};
use crate::store::retried;

/// What the seller says about the parcel.
#[derive(Clone, Debug, Default)]
pub struct Parcel {
    /// Who carries it; may be empty.
    pub carrier: String,
    /// Its number there; may be empty.
    pub tracking_number: String,
    /// The promised day, `2026-12-24`; may be empty.
    pub promised_date: String,
}

/// The seller ships: the settle is wanted and tried at once. Shipping twice is harmless: the second
/// click finds the settle already open, or the order already shipped.
pub async fn ship(ctx: &Context, seller: &SellerId, order: &OrderId, parcel: &Parcel) -> Result<(), ActError> {
    if let Some(settle) = retried(|| ship_once(ctx, seller, order, parcel)).await? {
        run_operation::run_inline(ctx, &settle).await;
    }
    Ok(())
}

async fn ship_once(
    ctx: &Context,
    seller: &SellerId,
    id: &OrderId,
    parcel: &Parcel,
) -> Result<Option<OperationId>, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut order = tx.order(id).await?.filter(|order| order.seller == *seller).ok_or(ActError::NoSuchOrder)?;
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = match order.state {
        State::Shipped => return Ok(None),
        _ if order.is_stopped => {
            return Err(ActError::NotNow(
                "Do not ship yet: the payment service warns of unusual activity. The market office looks at it first.",
            ));
        }
        State::Reserved if order.hold_lapsed(now) => {
            return Err(ActError::NotNow("The hold on the buyer's money has run out. Do not ship."));
        }
        State::Reserved => {
            let hold =
                order.transaction.clone().ok_or(ActError::NotNow("The hold is not known yet. Please try again."))?;
            let open = tx.operations_of(id.as_str()).await?;
            let is_let_go = |op: &&Operation| matches!(&op.request, Request::Cancel { hold: own } if *own == hold);
            if open.iter().filter(is_let_go).any(|op| op.progress.is_open()) {
                return Err(ActError::NotNow("This order is being called off. Do not ship."));
            }
            let subject = Subject::Order(id.clone());
            let settle =
                Operation::wanted(subject, Kind::Settle, &order.provider, Request::Settle { hold }, order.total, now);
            Some(tx.want(settle, now).await?.id)
        }
        State::Paid => None,
        _ => return Err(ActError::NotNow(order.for_seller())),
    };
    order.carrier = some(&parcel.carrier);
    order.tracking_number = some(&parcel.tracking_number);
    order.promised_date = some(&parcel.promised_date);
    if let (None, Change::To(state)) = (&wanted, order.state.after(Fact::Shipped)) {
        order.state = state;
        tx.sell_stock(id).await?;
        let email = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?.email;
        tx.queue_letter(&ctx.letters().shipped(&email, &order), now).await?;
        tx.note(id, now, "Shipped", order.carrier.as_deref().unwrap_or("")).await?;
    } else {
        tx.note(id, now, "Parcel ready", "The payment is being taken.").await?;
    }
    let due = order.hold_until;
    tx.change_order(&mut order, due).await?;
    tx.audit(&Act {
        at: now,
        actor: "seller".to_owned(),
        act: "ship".to_owned(),
        subject: id.to_string(),
        detail: wanted.as_ref().map_or_else(|| "paid before".to_owned(), |settle| format!("settle {settle}")),
    })
    .await?;
    tx.commit().await?;
    ctx.wake.notify_one();
    Ok(wanted)
}
