//! A tab: a saved way to pay that is opened without buying anything, and used by one click.
//!
//! It allows so much a month and so many purchases a day, at one stall or with the market. The shop counts what it
//! has charged and holds it against the limits, in the transaction that places the order; the provider has the
//! last word.

use super::check_out::{self, CheckoutForm};
use super::freeze::payee;
use super::limits::MOST_SELLERS;
use super::parcels::parcels;
use super::record_outcome::Recorded;
use super::{ActError, Context, agreements, basket, change_agreement, visits};
use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId, CheckoutId};
use crate::base::money::Money;
use crate::market::sellers::Seller;
use crate::market::shipping::ShippingMethod;
use crate::orders::agreement::rules::{Over, TAB_DAILY, TAB_MONTHLY};
use crate::orders::agreement::{Agreement, Limits, Rules, Standing, Terms};
use crate::orders::checkout::Address;
use crate::orders::device::Device;
use crate::orders::operation::{Kind, Operation, Request, Subject};
use crate::orders::outcome::Outcome;
use crate::pay::{ConsentAsk, Provider};
use crate::store::accounts::Account;
use crate::store::carts::CartLine;
use crate::store::{Result, Write, retried};

/// The most agreements of one account that are looked at.
const MOST_AGREEMENTS: i64 = 50;

/// Who wants a tab, for how much.
#[derive(Clone, Debug)]
pub struct TabForm {
    /// The form's key: a second submit finds the first one's tab.
    pub key: String,
    /// At most so much a month, in minor units.
    pub month_minor: i64,
    /// At most so often a day.
    pub day_count: i64,
    /// The stall that it is for; none for the market.
    pub seller: Option<Seller>,
}

/// With whom a tab can be opened in this shop; none where no provider keeps approvals by rules.
pub fn provider(ctx: &Context) -> Option<&std::sync::Arc<dyn Provider>> {
    ctx.providers.iter().find(|it| it.takes(ctx.shop.currency) && it.abilities().keeps_by_rules())
}

/// Asks for a tab and says where the buyer approves it. Nothing is charged. The same form twice is one tab.
pub async fn open(ctx: &Context, buyer: &BuyerId, form: &TabForm) -> std::result::Result<String, ActError> {
    let not_here = ActError::NotNow("No payment service here keeps a tab.");
    let Some(provider) = provider(ctx) else { return Err(not_here) };
    if basket::payees_now(provider.as_ref()).await < 2 {
        return Err(ActError::NotNow(
            "A tab cannot be opened right now: the market is not ready for it at the payment service. Please try \
             again later.",
        ));
    }
    let operation = retried(|| want(ctx, provider.as_ref(), buyer, form)).await?;
    let return_url = ctx.paths.absolute(ctx.paths.provider_return(provider.name()));
    let ask =
        ConsentAsk { return_url: &return_url, shop_name: &ctx.shop.name, address: &Address::EMPTY, travels: false };
    visits::lead(ctx, provider.as_ref(), &operation, ask).await
}

async fn want(
    ctx: &Context,
    provider: &dyn Provider,
    buyer: &BuyerId,
    form: &TabForm,
) -> std::result::Result<Operation, ActError> {
    let wrong = |field, message: &str| Err(ActError::BadField { field, message: message.to_owned() });
    if !TAB_MONTHLY.contains(&form.month_minor) {
        return wrong("month", "Please choose an amount from the list.");
    }
    if !TAB_DAILY.contains(&form.day_count) {
        return wrong("day", "Please choose how often from the list.");
    }
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let payees = match &form.seller {
        Some(seller) => payee(&mut tx, provider, &seller.id).await?.into_iter().collect(),
        None => tx.payee_tokens(provider.name(), buyer, MOST_SELLERS).await?,
    };
    let Some(first) = payees.first().cloned() else {
        return wrong("seller", "Nobody there can be paid this way right now. Please choose another stall.");
    };
    let only = form.seller.as_ref().map(|seller| seller.name.clone());
    let rules = Rules::tab(Limits::of(form.month_minor, form.day_count), payees, only.clone(), now);
    let mut asked = Agreement::asked(buyer.clone(), provider.name(), Terms::Saved, rules.clone(), now);
    asked.message = Some("It waits for your approval.".to_owned());
    if let Some(earlier) = tx.use_form_key(&form.key, asked.id.as_str(), now).await? {
        let all = tx.operations_of(&earlier).await?;
        let open = all.into_iter().find(|it| it.kind == Kind::Consent && it.progress.is_open());
        return open.ok_or(ActError::NotNow("This form was used before. Please look at your approvals."));
    }
    tx.insert_agreement(&asked).await?;
    let request = Request::Consent {
        payee: first,
        items_minor: 0,
        shipping_minor: 0,
        gift_wrap_minor: 0,
        tax_minor: 0,
        description: format!("A tab at {}", only.as_deref().unwrap_or(&ctx.shop.name)),
        standing: Some(Terms::Saved),
        rules,
    };
    let (subject, nothing) = (Subject::Agreement(asked.id.clone()), Money::zero(ctx.shop.currency));
    let operation = Operation::wanted(subject, Kind::Consent, provider.name(), request, nothing, now);
    let operation = visits::want(&mut tx, operation, now).await?;
    agreements::note(&mut tx, now, "buyer", "tab asked for", &asked, "").await?;
    tx.commit().await?;
    Ok(operation)
}

/// What became of the visit that was to open a tab.
pub(super) async fn answered(ctx: &Context, tx: &mut Write, id: &AgreementId, outcome: &Outcome) -> Result<Recorded> {
    let Some(mut agreement) = tx.agreement(id).await? else { return Ok(Recorded::KnownAlready) };
    let (now, actor) = (ctx.clock.now(), format!("provider:{}", agreement.provider));
    match outcome {
        Outcome::Consented { consent, .. } if agreement.consent.as_ref() == Some(consent) => {
            return Ok(Recorded::KnownAlready);
        }
        Outcome::Consented { consent, instrument } if agreement.standing == Standing::Asked => {
            let method = change_agreement::method(ctx, &agreement.provider, *instrument);
            agreement.follow(consent, *instrument, method);
            agreement.open(now);
            agreements::note(tx, now, &actor, "tab opened", &agreement, instrument.label()).await?;
        }
        // It was given up meanwhile, or is open by another approval: this one must not outlive that.
        Outcome::Consented { consent, .. } => {
            agreements::want_closed(ctx, tx, &agreement, consent.clone()).await?;
            return Ok(Recorded::Changed);
        }
        Outcome::Abandoned { reason, .. } if agreement.standing == Standing::Asked => {
            agreement.end(reason.for_buyer());
        }
        Outcome::Expired { .. } if agreement.standing == Standing::Asked => {
            agreement.end("It was not approved in time. Nothing was charged.");
        }
        _ => return Ok(Recorded::KnownAlready),
    }
    tx.change_agreement(&mut agreement).await?;
    Ok(Recorded::Changed)
}

/// What one click can do for a buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Click {
    /// It buys.
    Ready {
        /// By this tab.
        tab: AgreementId,
        /// For so much, tax included.
        total: Money,
        /// What is left of the tab, in words.
        left: String,
    },
    /// The limits do not allow it now.
    Over {
        /// Why.
        why: String,
        /// From when on they do again; none where they never will.
        until: Option<Millis>,
    },
    /// There is no tab that pays this seller.
    NoTab,
}

/// What one click on this line would do, by the shop's own count. Asks no provider.
pub async fn click(ctx: &Context, account: &Account, line: &CartLine) -> std::result::Result<Click, ActError> {
    let now = ctx.clock.now();
    let (_, address) = whither(ctx, account).await?;
    let parcel = parcels(std::slice::from_ref(line), ShippingMethod::Pickup, false, &address)?.remove(0);
    let mut over = None;
    for tab in ctx.store.agreements_of(&account.id, MOST_AGREEMENTS).await? {
        let Some(limits) = tab.rules.limits.filter(|_| tab.is_saved_method(now)) else { continue };
        let payee = ctx.store.payee(&line.seller, &tab.provider).await?;
        if !payee.is_some_and(|payee| tab.rules.covers(&payee.token)) {
            continue;
        }
        let (month, day) = tab.windows(now);
        let used = ctx.store.used_under(&tab.id, month, day).await?;
        match limits.broken_by(parcel.total, used) {
            None => {
                let left = limits.left(used, parcel.total.currency);
                return Ok(Click::Ready { tab: tab.id, total: parcel.total, left });
            }
            Some(broken) => {
                let (month, day) = tab.windows_end(now);
                let until = match broken {
                    Over::Total(_) => None,
                    Over::Month(_) => Some(month),
                    Over::Day(_) => Some(day),
                };
                over.get_or_insert(Click::Over { why: broken.for_tab(limits), until });
            }
        }
    }
    Ok(over.unwrap_or(Click::NoTab))
}

/// Where letters go, and by which address tax is told: those of the last order.
async fn whither(ctx: &Context, account: &Account) -> Result<(String, Address)> {
    let last = ctx.store.orders_of_buyer(&account.id, "~", 1).await?.pop();
    let checkout = match last {
        Some(order) => ctx.store.checkout(&order.checkout).await?,
        None => None,
    };
    let unknown = Address { name: account.name.clone(), country: "US".to_owned(), ..Address::EMPTY };
    Ok(checkout.map_or((account.email.clone(), unknown), |checkout| (checkout.email, checkout.address)))
}

/// One click that buys.
#[derive(Clone, Debug)]
pub struct OneClick {
    /// The form's key: a page that is sent again finds the first one's order.
    pub key: String,
    /// By which tab.
    pub tab: AgreementId,
    /// What the button said it costs, tax included, in minor units.
    pub total_minor: i64,
    /// What it was pressed on.
    pub device: Device,
}

/// Buys one of `line` by a tab: no basket, no form, no visit. The same click twice is one order.
pub async fn buy(
    ctx: &Context,
    account: &Account,
    line: &CartLine,
    wanted: &OneClick,
) -> std::result::Result<CheckoutId, ActError> {
    let (email, address) = whither(ctx, account).await?;
    if ctx.store.form_key(&wanted.key).await?.is_none() && (!line.is_digital || line.period.is_some()) {
        return Err(ActError::NotNow("Only what is delivered at once is bought with one click."));
    }
    // A basket of its own, which nobody else can name; it is empty again afterwards.
    let cart = format!("click-{}", wanted.key);
    let form = CheckoutForm {
        key: wanted.key.clone(),
        cart: cart.clone(),
        buyer: Some(account.id.clone()),
        email,
        address,
        shipping_method: ShippingMethod::Pickup,
        is_gift: false,
        provider: wanted.tab.to_string(),
        is_kept: false,
        month_minor: 0,
        times: None,
        shown_minor: Some(wanted.total_minor),
        device: wanted.device,
    };
    fill(ctx, &cart, Some(line)).await?;
    let placed = check_out::place(ctx, &form).await;
    fill(ctx, &cart, None).await?;
    placed
}

/// Puts one of it into the basket, or empties it.
async fn fill(ctx: &Context, cart: &str, line: Option<&CartLine>) -> Result<()> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        tx.empty_cart(cart).await?;
        if let Some(line) = line {
            tx.add_to_cart(cart, &line.product, 1, ctx.clock.now()).await?;
        }
        tx.commit().await
    })
    .await
}
