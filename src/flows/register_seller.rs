//! A seller applies, agrees to the fee, and is made known to the provider that will pay them, where there is one.

use super::{ActError, Context, visits};
use crate::base::ids::{BuyerId, SellerId};
use crate::base::money::Money;
use crate::market::catalog::slug;
use crate::market::fees::MarketplaceFee;
use crate::market::sellers::{Registration, Seller};
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Request, Subject};
use crate::pay::{Answer, RegistrationAsk};
use crate::store::{Write, retried};

/// What the registration form says, already checked field by field.
#[derive(Clone, Debug)]
pub struct Application {
    /// The name on the awning.
    pub name: String,
    /// One line.
    pub tagline: String,
    /// Paragraphs.
    pub story: String,
    /// Where parcels come from.
    pub ships_from: String,
    /// The seller's address at the provider.
    pub email: String,
    /// In the seller's own words.
    pub return_policy: String,
    /// In the seller's own words.
    pub shipping_policy: String,
}

/// Where a seller goes on behind the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onward {
    /// To this address at the provider that pays sellers, who has to know whom.
    ToProvider(String),
    /// Nowhere: the marketplace takes the payments itself, and the stall is open.
    Open,
}

/// Writes or changes the application of `account`. Where a provider pays the sellers, wants the
/// registration there and gives its address; coming again goes on where it stopped.
pub async fn register(ctx: &Context, account: &BuyerId, application: &Application) -> Result<Onward, ActError> {
    let Some(provider) = ctx.providers.paying_sellers(ctx.shop.currency) else {
        retried(|| open_stall(ctx, account, application)).await?;
        return Ok(Onward::Open);
    };
    let operation = retried(|| want_registration(ctx, account, application, provider.name())).await?;
    let return_url = ctx.paths.absolute(ctx.paths.sell_return());
    match provider.start_registration(&operation, RegistrationAsk { return_url: &return_url }).await {
        Answer::Done(redirect) => Ok(Onward::ToProvider(redirect.address)),
        Answer::Refused(refusal) => Err(ActError::NotNow(refusal.reason.words().seller)),
        Answer::Silent(why) => {
            tracing::warn!(operation.id = %operation.id, "no way to the provider's pages: {why}");
            Err(ActError::NotNow("The payment service does not answer right now. Please try again in a moment."))
        }
    }
}

async fn open_stall(ctx: &Context, account: &BuyerId, application: &Application) -> Result<(), ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let seller = apply(ctx, &mut tx, account, application).await?;
    if seller.state != Registration::Registered {
        tx.set_registration(&seller.id, Registration::Registered).await?;
        tx.queue_letter(&ctx.letters().seller_registered(&seller.email, &seller.name, seller.id.as_str()), now).await?;
        tx.audit(&act(ctx, "seller registered", &seller)).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn want_registration(
    ctx: &Context,
    account: &BuyerId,
    application: &Application,
    provider: &str,
) -> Result<Operation, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write_money().await?;
    let seller = apply(ctx, &mut tx, account, application).await?;
    let request = Request::Register {
        max_fixed_minor: seller.fee.fixed.minor,
        max_variable_bp: seller.fee.variable_bp,
        provider_fee_by: seller.fee.provider_fee_by,
    };
    let subject = Subject::Registration(seller.id.clone());
    // a visit that was begun under other terms would come back with those
    for begun in tx.operations_of(subject.id()).await? {
        if begun.kind == Kind::Register && begun.progress.is_open() && begun.request != request {
            tx.give_up(&begun, now).await?;
        }
    }
    let operation = Operation::wanted(subject, Kind::Register, provider, request, Money::zero(ctx.shop.currency), now);
    let operation = visits::want(&mut tx, operation, now).await?;
    tx.commit().await?;
    Ok(operation)
}

/// Writes the application and the agreement to the fee.
async fn apply(
    ctx: &Context,
    tx: &mut Write,
    account: &BuyerId,
    application: &Application,
) -> Result<Seller, ActError> {
    let existing = tx.seller_of(account).await?;
    if existing.as_ref().is_some_and(|seller| seller.state == Registration::Suspended) {
        return Err(ActError::NotNow("Your stall was closed by the market office. Please write to them."));
    }
    // Who was registered once keeps this, since approvals that stand name the old token.
    let kept = existing.as_ref().filter(|seller| seller.state == Registration::Registered);
    let provider_fee_by = kept.map_or(ctx.shop.provider_fee_by, |seller| seller.fee.provider_fee_by);
    let seller = Seller {
        id: existing.as_ref().map_or_else(SellerId::fresh, |seller| seller.id.clone()),
        account: account.clone(),
        slug: existing.as_ref().map_or_else(|| slug(&application.name), |seller| seller.slug.clone()),
        name: application.name.clone(),
        tagline: application.tagline.clone(),
        story: application.story.clone(),
        ships_from: application.ships_from.clone(),
        picture: existing.as_ref().map_or_else(String::new, |seller| seller.picture.clone()),
        return_policy: application.return_policy.clone(),
        shipping_policy: application.shipping_policy.clone(),
        email: application.email.clone(),
        state: existing.as_ref().map_or(Registration::TermsAccepted, |seller| seller.state),
        fee: MarketplaceFee::house(ctx.shop.currency, provider_fee_by),
        since: existing.as_ref().map_or(ctx.clock.now(), |seller| seller.since),
    };
    if existing.is_some() {
        tx.update_seller(&seller).await?;
    } else if seller.slug.is_empty() || !tx.insert_seller(&seller).await? {
        let message = "Another stall has this name already. Please choose a different one.".to_owned();
        return Err(ActError::BadField { field: "name", message });
    }
    tx.audit(&act(ctx, "terms accepted", &seller)).await?;
    Ok(seller)
}

fn act(ctx: &Context, act: &str, seller: &Seller) -> Act {
    Act {
        at: ctx.clock.now(),
        actor: "seller".to_owned(),
        act: act.to_owned(),
        subject: seller.id.to_string(),
        detail: format!("up to {} and {}", seller.fee.fixed, seller.fee.percent()),
    }
}
