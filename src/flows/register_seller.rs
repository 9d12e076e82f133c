//! A seller applies, agrees to the fee, and is made known to the provider that will pay them.

use super::record_outcome::LOST_RETURN;
use super::{ActError, Context};
use crate::base::ids::{BuyerId, SellerId};
use crate::base::money::Money;
use crate::market::catalog::slug;
use crate::market::fees::MarketplaceFee;
use crate::market::sellers::{Registration, Seller};
use crate::orders::audit::Act;
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::pay::{Answer, RegistrationAsk};
use crate::store::retried;

/// The marketplace's terms for new sellers: 5 % and 30 cents.
pub const FEE: MarketplaceFee = MarketplaceFee { fixed: Money::usd(30), variable_bp: 500 };

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

/// Writes or changes the application of `account` and wants the registration at `provider`. Gives
/// the address there. Coming again goes on where it stopped.
pub async fn register(
    ctx: &Context,
    account: &BuyerId,
    application: &Application,
    provider: &str,
) -> Result<String, ActError> {
    let operation = retried(|| apply(ctx, account, application, provider)).await?;
    let provider = ctx.providers.get(provider).ok_or(ActError::NotNow("This payment service is not offered here."))?;
    let return_url = ctx.paths.absolute(ctx.paths.sell_return());
    match provider.start_registration(&operation, RegistrationAsk { return_url: &return_url }).await {
        Answer::Done(redirect) => Ok(redirect.address),
        Answer::Refused(refusal) => Err(ActError::NotNow(refusal.reason.words().seller)),
        Answer::Silent(why) => {
            tracing::warn!(operation.id = %operation.id, "no way to the provider's pages: {why}");
            Err(ActError::NotNow("The payment service does not answer right now. Please try again in a moment."))
        }
    }
}

async fn apply(
    ctx: &Context,
    account: &BuyerId,
    application: &Application,
    provider: &str,
) -> Result<Operation, ActError> {
    let now = ctx.clock.now();
    let existing = ctx.store.seller_of(account).await?;
    if existing.as_ref().is_some_and(|seller| seller.state == Registration::Suspended) {
        return Err(ActError::NotNow("Your stall was closed by the market office. Please write to them."));
    }
    let mut tx = ctx.store.write_money().await?;
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
        fee: FEE,
        since: existing.as_ref().map_or(now, |seller| seller.since),
    };
    if existing.is_some() {
        tx.update_seller(&seller).await?;
    } else if seller.slug.is_empty() || !tx.insert_seller(&seller).await? {
        let message = "Another stall has this name already. Please choose a different one.".to_owned();
        return Err(ActError::BadField { field: "name", message });
    }
    let request = Request::Register { max_fixed_minor: FEE.fixed.minor, max_variable_bp: FEE.variable_bp };
    let subject = Subject::Registration(seller.id.clone());
    let mut operation =
        Operation::wanted(subject, Kind::Register, provider, request, Money::zero(ctx.shop.currency), now);
    // A person is on the way to the provider: the worker only looks whether they are lost.
    operation.progress = Progress::Pending;
    let operation = tx.want(operation, now.plus(LOST_RETURN)).await?;
    tx.audit(&Act {
        at: now,
        actor: "seller".to_owned(),
        act: "terms accepted".to_owned(),
        subject: seller.id.to_string(),
        detail: format!("up to {} and {}", FEE.fixed, FEE.percent()),
    })
    .await?;
    tx.commit().await?;
    Ok(operation)
}
