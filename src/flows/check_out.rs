//! From a basket to orders that wait for the buyer's approval.

use std::sync::Arc;

use super::basket::Waiting;
use super::freeze::{Bought, Frozen, freeze, payee};
use super::limits::{self, allowed, unpayable};
use super::parcels::{Parcel, cart_problem, parcels};
use super::{ActError, Context, agreements, basket, count, payees, visits};
use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId, CheckoutId, OrderId};
use crate::market::sellers::Seller;
use crate::market::shipping::{COUNTRIES, ShippingMethod};
use crate::market::tax;
use crate::orders::agreement::{Agreement, Rules, Standing, Terms};
use crate::orders::audit::Act;
use crate::orders::checkout::{Address, Checkout};
use crate::orders::device::Device;
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::orders::order::{Order, STOCK_HOLD};
use crate::orders::state::State;
use crate::pay::{ConsentAsk, Provider};
use crate::store::{Write, retried};

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
    /// The provider's name, or the id of a saved way to pay.
    pub provider: String,
    /// Whether the way to pay is kept for later purchases.
    pub is_kept: bool,
    /// The most that is taken with it in a month, in minor units, where the provider asks for a limit.
    pub month_minor: i64,
    /// How many periods a subscription lasts; none where it lasts until somebody ends it.
    pub times: Option<i64>,
    /// What the buyer was shown, in minor units, where nothing is asked again before it is charged.
    pub shown_minor: Option<i64>,
    /// What the form was filled in on.
    pub device: Device,
}

/// Whether parcels go there: the rule of the checkout form, for addresses that somebody else brings.
pub fn delivers_to(address: &Address) -> bool {
    let is_known = COUNTRIES.iter().any(|(code, _)| *code == address.country);
    is_known && (address.country != "US" || tax::states().any(|code| code == address.state))
}

/// Freezes the basket into one order per seller, holds the stock, and asks for the buyer's approval
/// of each. The same form twice gives the same checkout. Nothing is charged.
pub async fn place(ctx: &Context, form: &CheckoutForm) -> Result<CheckoutId, ActError> {
    let lines = ctx.store.cart_lines(&form.cart).await?;
    if let Some(provider) = paid_through(ctx, form).await?
        && let Some(why) = payees::cannot_pay(ctx, provider, &lines).await?
    {
        return Err(unpayable(why));
    }
    let sharing = ctx.providers.get(&form.provider).filter(|provider| provider.abilities().payees_per_consent > 1);
    let keeps = |provider: &dyn Provider| form.is_kept && form.buyer.is_some() && provider.abilities().keeps_by_rules();
    let most = match sharing {
        Some(provider) if keeps(provider.as_ref()) || lines.len() > 1 => basket::payees_now(provider.as_ref()).await,
        _ => 1,
    };
    if sharing.is_some_and(|provider| keeps(provider.as_ref())) && most < 2 {
        return Err(unpayable(
            "This way to pay cannot be kept right now: the market is not ready for it at the payment service. You can \
             pay with it once, without keeping it.",
        ));
    }
    retried(|| place_once(ctx, form, most)).await
}

/// The provider that is to charge it, chosen by its name or with a saved way to pay.
async fn paid_through<'a>(ctx: &'a Context, form: &CheckoutForm) -> Result<Option<&'a Arc<dyn Provider>>, ActError> {
    let saved = match form.provider.parse::<AgreementId>() {
        Ok(id) => ctx.store.agreement(&id).await?,
        Err(_) => None,
    };
    let provider = ctx.providers.get(saved.as_ref().map_or(&form.provider, |agreement| &agreement.provider));
    Ok(provider.filter(|provider| provider.takes(ctx.shop.currency)))
}

/// `most` is how many sellers one approval can name.
async fn place_once(ctx: &Context, form: &CheckoutForm, most: usize) -> Result<CheckoutId, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let saved = saved_method(&mut tx, form, now).await?;
    let name = saved.as_ref().map_or(&form.provider, |agreement| &agreement.provider);
    let provider = ctx.providers.get(name).filter(|provider| provider.takes(ctx.shop.currency));
    let provider = provider.ok_or_else(|| unpayable("Please choose how to pay."))?;
    let checkout = Checkout {
        id: CheckoutId::fresh(),
        buyer: form.buyer.clone(),
        email: form.email.clone(),
        address: form.address.clone(),
        shipping_method: form.shipping_method,
        is_gift: form.is_gift,
        provider: provider.name().to_owned(),
        device: form.device,
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
    let mut keeps = form.is_kept && saved.is_none() && form.buyer.is_some() && provider.abilities().keeps_consents();
    let mut waiting = Vec::new();
    let parcels = parcels(&cart, form.shipping_method, form.is_gift, &form.address)?;
    let total: i64 = parcels.iter().map(|parcel| parcel.total.minor).sum();
    if form.shown_minor.is_some_and(|shown| shown != total) {
        return Err(ActError::NotNow("The price has changed. Nothing was charged. Please look at it again."));
    }
    for parcel in parcels {
        let under = under(&mut tx, provider.as_ref(), form, &parcel, saved.as_ref(), &mut keeps, now).await?;
        waiting.extend(place_order(ctx, &mut tx, provider.as_ref(), &checkout, parcel, under).await?);
    }
    if waiting.len() > 1 && waiting.len() <= most {
        basket::want_consent(&mut tx, provider.as_ref(), waiting, now).await?;
    } else {
        for one in &waiting {
            want_consent(&mut tx, &one.order, &one.payee, &one.seller, None, now).await?;
        }
    }
    tx.empty_cart(&form.cart).await?;
    tx.commit().await?;
    Ok(checkout.id)
}

/// The buyer's own saved way to pay, where one was chosen.
async fn saved_method(tx: &mut Write, form: &CheckoutForm, now: Millis) -> Result<Option<Agreement>, ActError> {
    let Ok(id) = form.provider.parse::<AgreementId>() else { return Ok(None) };
    let own = tx.agreement(&id).await?.filter(|it| Some(&it.buyer) == form.buyer.as_ref() && it.is_saved_method(now));
    own.map(Some).ok_or_else(|| unpayable("This way to pay cannot be used any more. Please choose another one."))
}

/// The agreement that an order begins or is charged under, if any. Of one basket, one order at most
/// keeps its way to pay.
async fn under(
    tx: &mut Write,
    provider: &dyn Provider,
    form: &CheckoutForm,
    parcel: &Parcel,
    saved: Option<&Agreement>,
    keeps: &mut bool,
    now: Millis,
) -> Result<Option<Agreement>, ActError> {
    let (terms, rules) = match (parcel.period, saved) {
        (Some(period), _) => (Terms::Every(period), Rules::subscription(period, form.times, now)),
        (None, Some(saved)) => return allowed(tx, provider, parcel, saved, now).await.map(Some),
        (None, None) if std::mem::take(keeps) => {
            (Terms::Saved, limits::of_kept(tx, provider, form, parcel, now).await?)
        }
        (None, None) => return Ok(None),
    };
    let Some(buyer) = form.buyer.clone() else {
        return Err(cart_problem(
            "Please sign in to subscribe: your account is where a subscription is ended.".to_owned(),
        ));
    };
    if !provider.abilities().keeps_consents() {
        let message = format!(
            "{} cannot be charged again by itself. Please choose another one for the subscription.",
            provider.title()
        );
        return Err(unpayable(message));
    }
    let asked = Agreement::asked(buyer, provider.name(), terms, rules, now);
    tx.insert_agreement(&asked).await?;
    Ok(Some(asked))
}

/// Gives the order back where its approval is still to be asked for.
async fn place_order(
    ctx: &Context,
    tx: &mut Write,
    provider: &dyn Provider,
    checkout: &Checkout,
    parcel: Parcel,
    under: Option<Agreement>,
) -> Result<Option<Waiting>, ActError> {
    let now = ctx.clock.now();
    let saved = under.as_ref().filter(|agreement| agreement.is_saved_method(now));
    let until = saved.is_none().then(|| now.plus(STOCK_HOLD));
    let Frozen { mut order, payee, seller } =
        freeze(ctx, tx, provider, &Bought { id: OrderId::fresh(), checkout, under: under.as_ref(), until }, parcel)
            .await?;
    match (saved, &under) {
        (Some(saved), _) => {
            agreements::charge(ctx, tx, &mut order, saved, &payee).await?;
        }
        (None, Some(under)) => {
            want_consent(tx, &order, &payee, &seller, Some(under), now).await?;
        }
        (None, None) => return Ok(Some(Waiting { order, payee, seller })),
    }
    Ok(None)
}

async fn want_consent(
    tx: &mut Write,
    order: &Order,
    payee: &str,
    seller: &Seller,
    standing: Option<&Agreement>,
    now: Millis,
) -> Result<Operation, ActError> {
    let request = Request::Consent {
        payee: payee.to_owned(),
        items_minor: order.totals.items.minor,
        shipping_minor: order.totals.shipping.minor,
        gift_wrap_minor: order.totals.gift_wrap.minor,
        tax_minor: order.totals.tax.minor,
        description: format!("Order {} at {}", order.number, seller.name),
        standing: standing.map(|agreement| agreement.terms),
        rules: standing.map(|agreement| agreement.rules.clone()).unwrap_or_default(),
    };
    let subject = Subject::Order(order.id.clone());
    let operation = Operation::wanted(subject, Kind::Consent, &order.provider, request, order.total, now);
    Ok(visits::want(tx, operation, now).await?)
}

/// The address at the provider where the buyer approves this order: for the first time, again after
/// coming back without approving, or with another method after a decline. Holds the stock again.
/// `with` names another provider than the order's; the attempt at the old one is closed first.
pub async fn approval_address(ctx: &Context, order: &OrderId, with: Option<&str>) -> Result<String, ActError> {
    let most = basket::payees_for(ctx, order, with).await?;
    let approval = approval(ctx, order, with, most).await?;
    let provider = ctx.providers.get(&approval.operation.provider);
    let provider = provider.ok_or(ActError::NotNow("This way to pay is no longer offered."))?;
    visits::lead(ctx, provider.as_ref(), &approval.operation, approval.ask(ctx)).await
}

/// An approval that is wanted of a buyer, and what the buyer sees at the provider.
pub(super) struct Approval {
    /// Of kind `consent`.
    pub(super) operation: Operation,
    address: Address,
    travels: bool,
    return_url: String,
}

impl Approval {
    pub(super) fn ask<'a>(&'a self, ctx: &'a Context) -> ConsentAsk<'a> {
        ConsentAsk {
            return_url: &self.return_url,
            shop_name: &ctx.shop.name,
            address: &self.address,
            travels: self.travels,
        }
    }
}

/// Wants the buyer's approval of an order, and of those that are approved with it, and holds their stock again.
/// `with` as above; `most` is how many sellers one approval can name.
pub(super) async fn approval(
    ctx: &Context,
    id: &OrderId,
    with: Option<&str>,
    most: usize,
) -> Result<Approval, ActError> {
    retried(|| approval_once(ctx, id, with, most)).await
}

async fn approval_once(ctx: &Context, id: &OrderId, with: Option<&str>, most: usize) -> Result<Approval, ActError> {
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
    let provider = ctx.providers.get(&order.provider);
    let provider = provider.ok_or(ActError::NotNow("This way to pay is no longer offered."))?;
    let own = waiting(&mut tx, provider.as_ref(), order.clone(), now).await?;
    let others = basket::waiting_with(&mut tx, &order, most).await?;
    let asked = match &order.agreement {
        Some(id) => tx.agreement(id).await?.filter(|agreement| is_asked_for(agreement, &order)),
        None => None,
    };
    let mut all = Vec::new();
    for other in others.into_iter().filter(|other| other.id != *id) {
        // What was sold meanwhile does not keep the rest from being approved.
        all.extend(waiting(&mut tx, provider.as_ref(), other, now).await.ok());
    }
    let travels = order.travels() || all.iter().any(|one| one.order.travels());
    let operation = if all.is_empty() {
        basket::approve_alone(&mut tx, &order, now).await?;
        want_consent(&mut tx, &order, &own.payee, &own.seller, asked.as_ref(), now).await?
    } else {
        all.push(own);
        basket::want_consent(&mut tx, provider.as_ref(), all, now).await?
    };
    if order.message.take().is_some() || is_elsewhere {
        let due = (order.state == State::Placed).then_some(order.approve_by);
        tx.change_order(&mut order, due).await?;
    }
    let checkout = tx.checkout(&order.checkout).await?.ok_or(ActError::NoSuchOrder)?;
    tx.commit().await?;
    let return_url = ctx.paths.absolute(ctx.paths.provider_return(&operation.provider));
    Ok(Approval { operation, address: checkout.address, travels, return_url })
}

/// An order with who is paid for it, its stock held again.
async fn waiting(tx: &mut Write, provider: &dyn Provider, order: Order, now: Millis) -> Result<Waiting, ActError> {
    let lines = tx.order_lines(&order.id).await?;
    let promised = if order.is_asked_again() { order.approve_by } else { now };
    if tx.hold_stock(&order.id, &lines, Some(promised.max(now.plus(STOCK_HOLD))), now).await?.is_err() {
        return Err(ActError::NotNow("Something in this order has been sold meanwhile. Please order again."));
    }
    let seller = tx.seller(&order.seller).await?.ok_or(ActError::NoSuchOrder)?;
    let payee = payee(tx, provider, &order.seller).await?;
    let payee = payee.ok_or(ActError::NotNow("This seller cannot be paid this way any more."))?;
    Ok(Waiting { order, payee, seller })
}

/// Whether the approval of this order is to stand: from its first order on, or again where a subscription's
/// own cannot be charged any more.
fn is_asked_for(agreement: &Agreement, order: &Order) -> bool {
    let is_here = agreement.provider == order.provider;
    agreement.standing == Standing::Asked
        || is_here && agreement.terms != Terms::Saved && agreement.can_be_approved_anew()
}

/// Turns an order to another provider. Nothing is held or taken in the states that allow it; an
/// approval that still arrives from the old one finds its operation closed and is never charged.
async fn move_to(ctx: &Context, tx: &mut Write, order: &mut Order, name: &str) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let provider = ctx.providers.get(name).filter(|provider| provider.takes(order.total.currency));
    let message = "Please choose one of the ways to pay.".to_owned();
    let provider = provider.ok_or(ActError::BadField { field: "provider", message })?;
    basket::leave(tx, order, now).await?;
    for operation in tx.operations_of(order.id.as_str()).await? {
        if operation.kind == Kind::Consent && operation.progress.is_open() {
            let given_up = Operation { progress: Progress::Failed, ..operation };
            if tx.record_progress(&given_up, now).await? {
                count::attempt(tx, &given_up, order, now).await?;
            }
        }
    }
    if let Some(id) = &order.agreement
        && let Some(mut agreement) = tx.agreement(id).await?.filter(|it| it.standing == Standing::Asked)
    {
        match (provider.abilities().keeps_consents(), agreement.terms) {
            (true, Terms::Saved) if provider.abilities().keeps_by_rules() && agreement.rules.limits.is_none() => {
                // Its limits were never chosen: what is kept there is asked for at another checkout.
                agreement.end("The order was paid another way.");
                order.agreement = None;
            }
            (true, terms) => {
                agreement.provider = provider.name().to_owned();
                if terms == Terms::Saved && !provider.abilities().keeps_by_rules() {
                    agreement.rules = Rules::default();
                }
            }
            (false, Terms::Every(_)) => {
                return Err(unpayable("This way to pay cannot be charged again by itself, as a subscription is."));
            }
            (false, Terms::Saved) => {
                agreement.end("The order was paid another way.");
                order.agreement = None;
            }
        }
        tx.change_agreement(&mut agreement).await?;
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
