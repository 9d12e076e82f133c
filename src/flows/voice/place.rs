//! From a spoken yes to an order whose charge waits to be handed to Alexa.

use crate::base::ids::{CheckoutId, OrderId};
use crate::base::money::Money;
use crate::flows::freeze::{Bought, Frozen, freeze};
use crate::flows::parcels::Parcel;
use crate::flows::record_outcome::LOST_RETURN;
use crate::flows::{ActError, Context, agreements};
use crate::market::shipping::ShippingMethod;
use crate::orders::checkout::{Address, Checkout};
use crate::orders::device::Device;
use crate::orders::operation::{Initiator, Instrument, Operation, Progress, Request, Subject};
use crate::orders::order::{APPROVAL_WAIT, Order};
use crate::orders::state::{Change, Fact, State};
use crate::store::Write;
use crate::store::voice::VoiceUser;

/// What was said yes to: one seller's part of the basket.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// The question's key: a second yes to the same question finds the first one's order.
    pub key: String,
    /// What is bought.
    pub parcel: Parcel,
    /// Where it goes.
    pub address: Address,
    /// How it travels.
    pub method: ShippingMethod,
    /// What it is charged under.
    pub agreement: String,
}

/// Writes the order, holds its stock and wants its charge. An earlier order for the same things that was declined
/// is charged again instead of ordering twice. After an error, nothing of `tx` may be committed.
pub async fn place(
    ctx: &Context,
    tx: &mut Write,
    user: &VoiceUser,
    purchase: &Purchase,
) -> Result<(Order, Operation), ActError> {
    let now = ctx.clock.now();
    let (provider, _) = super::speaking(ctx)?;
    let earlier = declined_before(tx, user, purchase, provider.name()).await?;
    let checkout = checkout_of(ctx, user, purchase, provider.name());
    let id = earlier.as_ref().map_or_else(OrderId::fresh, |order| order.id.clone());
    if let Some(first) = tx.use_form_key(&purchase.key, id.as_str(), now).await? {
        return again(tx, &first).await;
    }
    let (mut order, payee) = match earlier {
        Some(order) => {
            let lines = tx.order_lines(&order.id).await?;
            if tx.hold_stock(&order.id, &lines, None, now).await?.is_err() {
                return Err(ActError::NotNow("Something in this order has been sold meanwhile. Please order again."));
            }
            let payee = agreements::payee_of(tx, &order).await?;
            (order, payee)
        }
        None => {
            tx.insert_checkout(&checkout).await?;
            let bought = Bought { id, checkout: &checkout, under: None, until: None };
            let Frozen { order, payee, .. } =
                freeze(ctx, tx, provider.as_ref(), &bought, purchase.parcel.clone()).await?;
            tx.insert_voice_order(&order.id, &user.key).await?;
            (order, payee)
        }
    };
    let operation = want_charge(tx, &mut order, &purchase.agreement, payee, now).await?;
    Ok((order, operation))
}

fn checkout_of(ctx: &Context, user: &VoiceUser, purchase: &Purchase, provider: &str) -> Checkout {
    Checkout {
        id: CheckoutId::fresh(),
        buyer: user.buyer.clone(),
        email: user.email.clone(),
        address: purchase.address.clone(),
        shipping_method: purchase.method,
        is_gift: false,
        provider: provider.to_owned(),
        device: Device::Speaker,
        placed_at: ctx.clock.now(),
    }
}

/// The yes was heard before.
async fn again(tx: &mut Write, first: &str) -> Result<(Order, Operation), ActError> {
    let id: OrderId = first.parse().map_err(|_| ActError::NoSuchOrder)?;
    let order = tx.order(&id).await?.ok_or(ActError::NoSuchOrder)?;
    let charge = tx.operations_of(order.id.as_str()).await?.into_iter().rev().find(Operation::is_spoken);
    Ok((order, charge.ok_or(ActError::NoSuchOrder)?))
}

/// An order of the same things to the same place that was declined, and that was not turned to another
/// provider since: it is charged again.
async fn declined_before(
    tx: &mut Write,
    user: &VoiceUser,
    purchase: &Purchase,
    provider: &str,
) -> Result<Option<Order>, ActError> {
    for order in tx.orders_of_voice(&user.key, super::RECENT).await? {
        let is_alike = order.state == State::Declined
            && order.provider == provider
            && order.seller == purchase.parcel.seller
            && order.total == purchase.parcel.total
            && order.totals == purchase.parcel.totals;
        if is_alike && tx.order_lines(&order.id).await? == purchase.parcel.lines {
            let checkout = tx.checkout(&order.checkout).await?;
            if checkout.is_some_and(|it| it.address == purchase.address && it.shipping_method == purchase.method) {
                return Ok(Some(order));
            }
        }
    }
    Ok(None)
}

/// The buyer's yes is their approval; the agreement is what it is charged under.
async fn want_charge(
    tx: &mut Write,
    order: &mut Order,
    agreement: &str,
    payee: String,
    now: crate::base::clock::Millis,
) -> Result<Operation, ActError> {
    let Change::To(state) = order.state.after(Fact::Consented) else {
        return Err(ActError::NotNow("This order does not wait for a payment."));
    };
    order.state = state;
    order.consent = Some(agreement.to_owned());
    order.instrument = Some(Instrument::Card);
    order.message = None;
    tx.change_order(order, Some(now.plus(APPROVAL_WAIT))).await?;
    let request = Request::Take {
        consent: agreement.to_owned(),
        payee,
        fee_fixed_minor: order.fee.fixed.minor,
        fee_variable_bp: order.fee.variable_bp,
        provider_fee_by: order.fee.provider_fee_by,
        initiator: Initiator::Voice,
        statement: None,
    };
    let (subject, amount): (_, Money) = (Subject::Order(order.id.clone()), order.total);
    let mut charge = Operation::wanted(subject, order.take(), &order.provider, request, amount, now);
    // Alexa carries it: the worker only looks whether its answer was lost.
    charge.progress = Progress::Pending;
    let charge = tx.want(charge, now.plus(LOST_RETURN)).await?;
    tx.note(&order.id, now, "Approved by voice", "Alexa asks Amazon Pay for the money.").await?;
    Ok(charge)
}
