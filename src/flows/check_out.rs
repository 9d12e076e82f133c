//! From a basket to orders that wait for the buyer's approval.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::record_outcome::{LOST_RETURN, record_outcome};
use super::{ActError, Context};
use crate::base::clock::Millis;
use crate::base::ids::{self, BuyerId, CheckoutId, OrderId, SellerId};
use crate::base::money::Money;
use crate::market::sellers::Seller;
use crate::market::shipping::ShippingMethod;
use crate::orders::audit::Act;
use crate::orders::checkout::{Address, Checkout};
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::orders::order::{APPROVAL_WAIT, Line, Order, STOCK_HOLD, Totals};
use crate::orders::outcome::Outcome;
use crate::orders::state::State;
use crate::pay::{Answer, ConsentAsk, Provider, Redirect};
use crate::store::carts::CartLine;
use crate::store::{Result as StoreResult, Write, retried};

/// What the checkout form says, already checked field by field.
#[derive(Clone, Debug)]
pub struct CheckoutForm {
    /// The form's key: a second submit finds the first one's checkout.
    pub key: String,
    /// Which basket.
    pub cart: String,
    /// The account, if signed in.
    pub buyer: Option<BuyerId>,
    /// Where letters go.
    pub email: String,
    /// Where parcels go.
    pub address: Address,
    /// How they travel.
    pub shipping_method: ShippingMethod,
    /// Whether they are wrapped.
    pub is_gift: bool,
    /// The provider's name.
    pub provider: String,
}

/// One seller's part of a basket, priced.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Who sells.
    pub seller: SellerId,
    /// The seller's name.
    pub seller_name: String,
    /// The goods.
    pub lines: Vec<Line>,
    /// What they cost.
    pub totals: Totals,
    /// The sum of it.
    pub total: Money,
}

/// Prices a basket seller by seller, for the checkout page and for the orders themselves.
/// Errors: `BadField` naming what is sold out, no longer offered, or too dear to add up.
pub fn parcels(
    cart: &[CartLine],
    method: ShippingMethod,
    is_gift: bool,
    address: &Address,
) -> Result<Vec<Parcel>, ActError> {
    let mut by_seller: BTreeMap<&SellerId, Vec<&CartLine>> = BTreeMap::new();
    for line in cart {
        if !line.is_offered {
            return Err(cart_problem(format!("{} is no longer offered. Please take it out of your cart.", line.title)));
        }
        if line.available < line.quantity {
            let text = match line.available {
                0 => format!("{} is sold out. Please take it out of your cart.", line.title),
                left => format!("Only {left} of {} left. Please change the quantity.", line.title),
            };
            return Err(cart_problem(text));
        }
        by_seller.entry(&line.seller).or_default().push(line);
    }
    by_seller.into_values().map(|lines| parcel(&lines, method, is_gift, address)).collect()
}

fn parcel(cart: &[&CartLine], method: ShippingMethod, is_gift: bool, address: &Address) -> Result<Parcel, ActError> {
    let lines: Vec<Line> = cart
        .iter()
        .map(|line| Line {
            product: line.product.clone(),
            title: line.title.clone(),
            picture: line.picture.clone(),
            quantity: line.quantity,
            unit: line.unit,
        })
        .collect();
    let too_dear = |_| cart_problem("The cart is too large to add up. Please take something out.".to_owned());
    let totals = Totals::of(&lines, method, is_gift, &address.country, &address.state).map_err(too_dear)?;
    let total = totals.total().map_err(too_dear)?;
    Ok(Parcel { seller: cart[0].seller.clone(), seller_name: cart[0].seller_name.clone(), lines, totals, total })
}

fn cart_problem(message: String) -> ActError {
    ActError::BadField { field: "cart", message }
}

/// Freezes the basket into one order per seller, holds the stock, and asks for the buyer's approval
/// of each. The same form twice gives the same checkout. Nothing is charged.
pub async fn place(ctx: &Context, form: &CheckoutForm) -> Result<CheckoutId, ActError> {
    retried(|| place_once(ctx, form)).await
}

async fn place_once(ctx: &Context, form: &CheckoutForm) -> Result<CheckoutId, ActError> {
    let now = ctx.clock.now();
    let provider = ctx.providers.get(&form.provider).filter(|provider| provider.takes(ctx.shop.currency));
    let Some(provider) = provider else {
        return Err(ActError::BadField { field: "provider", message: "Please choose how to pay.".to_owned() });
    };
    let mut tx = ctx.store.write_money().await?;
    let checkout = Checkout {
        id: CheckoutId::fresh(),
        buyer: form.buyer.clone(),
        email: form.email.clone(),
        address: form.address.clone(),
        shipping_method: form.shipping_method,
        is_gift: form.is_gift,
        provider: provider.name().to_owned(),
        placed_at: now,
    };
    if let Some(earlier) = tx.use_form_key(&form.key, checkout.id.as_str(), now).await? {
        return earlier
            .parse()
            .map_err(|_| ActError::NotNow("This form was used for something else. Please reload it."));
    }
    let cart = tx.cart_lines(&form.cart).await?;
    if cart.is_empty() {
        return Err(cart_problem("Your cart is empty.".to_owned()));
    }
    tx.insert_checkout(&checkout).await?;
    for parcel in parcels(&cart, form.shipping_method, form.is_gift, &form.address)? {
        place_order(&mut tx, provider.as_ref(), &checkout, parcel, now).await?;
    }
    tx.empty_cart(&form.cart).await?;
    tx.commit().await?;
    Ok(checkout.id)
}

/// Who is paid: a seller whom the provider knows, or, where it splits nothing, the marketplace for them.
async fn payee(tx: &mut Write, provider: &dyn Provider, seller: &SellerId) -> StoreResult<Option<String>> {
    if provider.abilities().splits_fee {
        Ok(tx.payee(seller, provider.name()).await?.map(|payee| payee.token))
    } else {
        Ok(Some(seller.to_string()))
    }
}

async fn place_order(
    tx: &mut Write,
    provider: &dyn Provider,
    checkout: &Checkout,
    parcel: Parcel,
    now: Millis,
) -> Result<(), ActError> {
    let seller = tx.seller(&parcel.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let Some(payee) = payee(tx, provider, &parcel.seller).await? else {
        let message = format!("{} cannot be paid this way. Please choose another one.", seller.name);
        return Err(ActError::BadField { field: "provider", message });
    };
    let order = Order {
        id: OrderId::fresh(),
        number: tx.next_order_number().await?,
        checkout: checkout.id.clone(),
        seller: parcel.seller.clone(),
        buyer: checkout.buyer.clone(),
        channel: "web".to_owned(),
        provider: checkout.provider.clone(),
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
    };
    let print = fingerprint(&order, &parcel.lines, &checkout.email);
    tx.insert_order(&order, &parcel.lines, &print, now.plus(APPROVAL_WAIT)).await?;
    if let Err(gone) = tx.hold_stock(&order.id, &parcel.lines, Some(now.plus(STOCK_HOLD)), now).await? {
        let line = parcel.lines.iter().find(|line| line.product == gone.product);
        let title = line.map_or("Something in your cart", |line| &line.title);
        return Err(cart_problem(format!("{title} was just sold to somebody else. Please change your cart.")));
    }
    want_consent(tx, &order, &payee, &seller, now).await?;
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
    Ok(())
}

/// The same goods for the same person: two such orders within a day are shown to the seller.
fn fingerprint(order: &Order, lines: &[Line], email: &str) -> String {
    let mut digest = Sha256::new();
    let mut goods: Vec<String> = lines.iter().map(|line| format!("{}×{}", line.product, line.quantity)).collect();
    goods.sort();
    digest.update(format!("{}\n{}\n{}", order.seller, email.to_lowercase(), goods.join("\n")));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn want_consent(
    tx: &mut Write,
    order: &Order,
    payee: &str,
    seller: &Seller,
    now: Millis,
) -> Result<Operation, ActError> {
    let request = Request::Consent {
        payee: payee.to_owned(),
        items_minor: order.totals.items.minor,
        shipping_minor: order.totals.shipping.minor,
        gift_wrap_minor: order.totals.gift_wrap.minor,
        tax_minor: order.totals.tax.minor,
        description: format!("Order {} at {}", order.number, seller.name),
    };
    let subject = Subject::Order(order.id.clone());
    let mut operation = Operation::wanted(subject, Kind::Consent, &order.provider, request, order.total, now);
    // A person is on the way to the provider: the worker only looks whether they are lost.
    operation.progress = Progress::Pending;
    Ok(tx.want(operation, now.plus(LOST_RETURN)).await?)
}

/// The address at the provider where the buyer approves this order: for the first time, again after
/// coming back without approving, or with another method after a decline. Holds the stock again.
/// `with` names another provider than the order's; the attempt at the old one is closed first.
pub async fn approval_address(ctx: &Context, order: &OrderId, with: Option<&str>) -> Result<String, ActError> {
    let approval = approval(ctx, order, with).await?;
    let provider = ctx.providers.get(&approval.operation.provider);
    let provider = provider.ok_or(ActError::NotNow("This way to pay is no longer offered."))?;
    match provider.start_consent(&approval.operation, approval.ask(ctx)).await {
        Answer::Done(redirect) => remember_visit(ctx, &approval.operation, redirect).await,
        Answer::Refused(refusal) => Err(ActError::NotNow(refusal.reason.words().buyer)),
        Answer::Silent(why) => {
            tracing::warn!(operation.id = %approval.operation.id, "no way to the provider's pages: {why}");
            Err(ActError::NotNow(
                "The payment service does not answer right now. Nothing was charged. Please try again in a moment.",
            ))
        }
    }
}

/// An approval that is wanted of a buyer, and what the buyer sees at the provider.
pub(super) struct Approval {
    /// Of kind `consent`.
    pub(super) operation: Operation,
    address: Address,
    return_url: String,
}

impl Approval {
    pub(super) fn ask<'a>(&'a self, ctx: &'a Context) -> ConsentAsk<'a> {
        ConsentAsk { return_url: &self.return_url, shop_name: &ctx.shop.name, address: &self.address }
    }
}

/// Keeps the visit before anyone is sent there: the sweep asks by it for a buyer who never comes back.
pub(super) async fn remember_visit(
    ctx: &Context,
    operation: &Operation,
    redirect: Redirect,
) -> Result<String, ActError> {
    if let Some(visit) = redirect.visit {
        record_outcome(ctx, &operation.id, Outcome::Pending { transaction: Some(visit) }).await?;
    }
    Ok(redirect.address)
}

/// Wants the buyer's approval of an order and holds its stock again. `with` as above.
pub(super) async fn approval(ctx: &Context, id: &OrderId, with: Option<&str>) -> Result<Approval, ActError> {
    retried(|| approval_once(ctx, id, with)).await
}

async fn approval_once(ctx: &Context, id: &OrderId, with: Option<&str>) -> Result<Approval, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let mut order = tx.order(id).await?.ok_or(ActError::NoSuchOrder)?;
    if !matches!(order.state, State::Placed | State::Declined) {
        return Err(ActError::NotNow("This order does not wait for a payment."));
    }
    let is_elsewhere = with.is_some_and(|name| name != order.provider);
    if let Some(name) = with.filter(|_| is_elsewhere) {
        move_to(ctx, &mut tx, &mut order, name).await?;
    }
    let lines = tx.order_lines(id).await?;
    if tx.hold_stock(id, &lines, Some(now.plus(STOCK_HOLD)), now).await?.is_err() {
        return Err(ActError::NotNow("Something in this order has been sold meanwhile. Please order again."));
    }
    let seller = tx.seller(&order.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let provider = ctx.providers.get(&order.provider);
    let provider = provider.ok_or(ActError::NotNow("This way to pay is no longer offered."))?;
    let payee = payee(&mut tx, provider.as_ref(), &order.seller).await?;
    let payee = payee.ok_or(ActError::NotNow("This seller cannot be paid this way any more."))?;
    let operation = want_consent(&mut tx, &order, &payee, &seller, now).await?;
    if order.message.take().is_some() || is_elsewhere {
        let due = (order.state == State::Placed).then(|| order.placed_at.plus(APPROVAL_WAIT));
        tx.change_order(&mut order, due).await?;
    }
    let checkout = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?;
    tx.commit().await?;
    let return_url = ctx.paths.absolute(ctx.paths.provider_return(&operation.provider));
    Ok(Approval { operation, address: checkout.address, return_url })
}

/// Turns an order to another provider. Nothing is held or taken in the states that allow it; an
/// approval that still arrives from the old one finds its operation closed and is never charged.
async fn move_to(ctx: &Context, tx: &mut Write, order: &mut Order, name: &str) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let provider = ctx.providers.get(name).filter(|provider| provider.takes(order.total.currency));
    let message = "Please choose one of the ways to pay.".to_owned();
    let provider = provider.ok_or(ActError::BadField { field: "provider", message })?;
    for operation in tx.operations_of(order.id.as_str()).await? {
        if operation.kind == Kind::Consent && operation.progress.is_open() {
            tx.record_progress(&Operation { progress: Progress::Failed, ..operation }, now).await?;
        }
    }
    order.provider = provider.name().to_owned();
    (order.consent, order.instrument, order.transaction) = (None, None, None);
    tx.note(&order.id, now, "Another way to pay", provider.title()).await?;
    tx.audit(&Act {
        at: now,
        actor: "buyer".to_owned(),
        act: "provider changed".to_owned(),
        subject: order.id.to_string(),
        detail: name.to_owned(),
    })
    .await?;
    Ok(())
}
