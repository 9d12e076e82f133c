//! One seller's part of a basket becomes an order: prices, fee and address are frozen, its stock is held.

use sha2::{Digest, Sha256};

use super::parcels::{Parcel, cart_problem};
use super::{ActError, Context};
use crate::base::clock::Millis;
use crate::base::ids::{self, OrderId, SellerId};
use crate::market::sellers::Seller;
use crate::orders::agreement::Agreement;
use crate::orders::audit::Act;
use crate::orders::checkout::Checkout;
use crate::orders::device::Device;
use crate::orders::order::{APPROVAL_WAIT, Line, Order};
use crate::orders::state::State;
use crate::pay::Provider;
use crate::store::{Result as StoreResult, Write};

/// What an order comes from.
pub(super) struct Bought<'a> {
    /// The order's id.
    pub(super) id: OrderId,
    /// Of which basket.
    pub(super) checkout: &'a Checkout,
    /// What it begins, or is charged under.
    pub(super) under: Option<&'a Agreement>,
    /// Until when its stock is held; none for as long as it takes.
    pub(super) until: Option<Millis>,
}

/// An order that was just written, and who sells.
pub(super) struct Frozen {
    pub(super) order: Order,
    /// The seller at the provider.
    pub(super) payee: String,
    pub(super) seller: Seller,
}

/// Writes an order with its lines and holds its stock. Nothing is asked of anyone yet.
pub(super) async fn freeze(
    ctx: &Context,
    tx: &mut Write,
    provider: &dyn Provider,
    bought: &Bought<'_>,
    parcel: Parcel,
) -> Result<Frozen, ActError> {
    let Bought { id, checkout, under, until } = bought;
    let now = ctx.clock.now();
    let seller = tx.seller(&parcel.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let Some(payee) = payee(tx, provider, &parcel.seller).await? else {
        let message = format!("{} cannot be paid this way. Please choose another one.", seller.name);
        return Err(ActError::BadField { field: "provider", message });
    };
    let is_spoken = checkout.device == Device::Speaker;
    let order = Order {
        id: id.clone(),
        number: tx.next_order_number().await?,
        checkout: checkout.id.clone(),
        seller: parcel.seller.clone(),
        buyer: checkout.buyer.clone(),
        channel: if is_spoken { "alexa" } else { "web" }.to_owned(),
        provider: checkout.provider.clone(),
        agreement: under.map(|agreement| agreement.id.clone()),
        period: parcel.period.map(|_| 0),
        is_digital: parcel.is_digital,
        is_service: parcel.is_service,
        totals: parcel.totals,
        total: parcel.total,
        fee: seller.fee,
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
    };
    let print = fingerprint(&order, &parcel.lines, &checkout.email);
    tx.insert_order(&order, &parcel.lines, &print).await?;
    if let Err(gone) = tx.hold_stock(&order.id, &parcel.lines, *until, now).await? {
        let line = parcel.lines.iter().find(|line| line.product == gone.product);
        let title = line.map_or("Something in your cart", |line| &line.title);
        return Err(cart_problem(format!("{title} was just sold to somebody else. Please change your cart.")));
    }
    tx.note(&order.id, now, "Order placed", &format!("{} at {}.", order.total, seller.name)).await?;
    tx.audit(&Act {
        at: now,
        actor: "buyer".to_owned(),
        act: "order placed".to_owned(),
        subject: order.id.to_string(),
        detail: format!("{} · {} · fee {} + {}", order.number, order.total, seller.fee.fixed, seller.fee.percent()),
    })
    .await?;
    tracing::info!(order.id = %order.id, provider = %order.provider, "order placed");
    Ok(Frozen { order, payee, seller })
}

/// The same goods for the same person: two such orders within a day are shown to the seller.
fn fingerprint(order: &Order, lines: &[Line], email: &str) -> String {
    let mut digest = Sha256::new();
    let mut goods: Vec<String> = lines.iter().map(|line| format!("{}×{}", line.product, line.quantity)).collect();
    goods.sort();
    digest.update(format!("{}\n{}\n{}", order.seller, email.to_lowercase(), goods.join("\n")));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who is paid: a seller whom the provider knows, or, where it splits nothing, the marketplace for them.
pub(super) async fn payee(tx: &mut Write, provider: &dyn Provider, seller: &SellerId) -> StoreResult<Option<String>> {
    if provider.abilities().splits_fee {
        Ok(tx.payee(seller, provider.name()).await?.map(|payee| payee.token))
    } else {
        Ok(Some(seller.to_string()))
    }
}
