//! Paying from the basket: the buyer leaves before there is an order, and brings the address back.
//!
//! Nothing is written before the buyer has looked it over but whose visit it is. The provider's id
//! of a visit travels in addresses and opens an address and a name, so a visit belongs to one
//! browser: the one that began it here or, where the provider's button began it without us, the
//! first one with a basket that comes back with it. Whoever comes later is told nothing.

pub use crate::pay::{Button, Choice, Place};

use super::{ActError, Context, check_out, visits};
use crate::base::ids::{OperationId, OrderId};
use crate::market::shipping::COUNTRIES;
use crate::market::tax;
use crate::orders::order::Order;
use crate::pay::{Answer, Express, Provider, Visit, VisitAsk};
use crate::store::retried;

/// A provider that the basket offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub provider: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Its own button, where it has one.
    pub button: Option<Button>,
}

/// A visit as its owner may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// To be looked over.
    Chosen(Box<Choice>),
    /// It has become the approval of this order.
    Ordered(OrderId),
}

/// The longest id of a visit that is looked at.
const LONGEST_VISIT: usize = 64;

/// Words for a visit that cannot be shown: unknown and somebody else's read the same.
const NOT_YOURS: ActError = ActError::NotNow(
    "That checkout was not begun in this browser, or it is long over. Nothing was charged. Please start it again.",
);

const NOT_CHOSEN: ActError = ActError::NotNow(
    "You have not chosen an address and a way to pay yet. Nothing was charged. You can start again whenever you like.",
);

const NO_ANSWER: ActError = ActError::NotNow(
    "The payment service does not answer right now. Nothing was charged. Please try again in a moment.",
);

/// The providers that bring an address, with their buttons for this place.
pub fn offers(ctx: &Context, place: Place) -> Vec<Offer> {
    let offer = |provider: &dyn Provider| {
        let express = provider.express().filter(|_| provider.takes(ctx.shop.currency))?;
        let button = express.visit_button(place, &visit_ask(ctx, provider.name()));
        Some(Offer { provider: provider.name(), title: provider.title(), button })
    };
    ctx.providers.iter().filter_map(|provider| offer(provider.as_ref())).collect()
}

/// Where the buttons of all providers come from.
pub fn button_origins(ctx: &Context) -> Vec<String> {
    ctx.providers.iter().filter_map(|provider| provider.express()).flat_map(Express::button_origins).collect()
}

/// What every visit at this provider is told.
fn visit_ask(ctx: &Context, provider: &str) -> VisitAsk {
    let states = |country: &str| if country == "US" { tax::states().collect() } else { Vec::new() };
    VisitAsk {
        review_url: ctx.paths.absolute(ctx.paths.checkout_review(provider)),
        shop_name: ctx.shop.name.clone(),
        currency: ctx.shop.currency,
        ships_to: COUNTRIES.iter().map(|(code, _)| (*code, states(code))).collect(),
    }
}

fn express<'a>(ctx: &'a Context, provider: &str) -> Result<&'a dyn Express, ActError> {
    let provider = ctx.providers.get(provider).filter(|provider| provider.takes(ctx.shop.currency));
    let message = "Please choose how to pay.".to_owned();
    provider.and_then(|provider| provider.express()).ok_or(ActError::BadField { field: "provider", message })
}

/// Begins a visit for the browser that keeps the secret `browser`, and says where it goes. The same
/// form twice is the same visit.
pub async fn start(ctx: &Context, provider: &str, form_key: &str, browser: &str) -> Result<String, ActError> {
    let redirect = done(express(ctx, provider)?.start_visit(form_key, &visit_ask(ctx, provider)).await)?;
    match redirect.visit {
        Some(visit) if !claim(ctx, provider, &visit, browser).await? => Err(NOT_YOURS),
        _ => Ok(redirect.address),
    }
}

/// The id of the visit that a buyer came back with. Errors: no such provider, or no id.
pub fn visit_in(ctx: &Context, provider: &str, query: &str) -> Result<String, ActError> {
    express(ctx, provider)?.visit_in(query).ok_or(NOT_YOURS)
}

/// A visit as the provider knows it now, if it is this browser's. `may_claim`: whether it may become so.
pub async fn look(
    ctx: &Context,
    provider: &str,
    visit: &str,
    browser: &str,
    may_claim: bool,
) -> Result<Seen, ActError> {
    let express = express(ctx, provider)?;
    let is_id = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    if visit.is_empty() || visit.len() > LONGEST_VISIT || !visit.bytes().all(is_id) {
        return Err(NOT_YOURS);
    }
    let owner = ctx.store.form_key(&name_of(provider, visit)).await?;
    if owner.as_ref().map_or(!may_claim, |owner| owner != browser) {
        return Err(NOT_YOURS);
    }
    match done(express.read_visit(visit).await)? {
        Visit::Unknown => Err(NOT_YOURS),
        Visit::Begun => Err(NOT_CHOSEN),
        Visit::Over(reason) => Err(ActError::NotNow(reason.for_buyer())),
        // An ordinary order's session has an id, too, and nobody ever claimed that one.
        Visit::Spent(reference) if owner.is_some() => ordered(ctx, &reference, provider, visit).await,
        Visit::Spent(_) => Err(NOT_YOURS),
        // Only now: a made-up id leaves no row.
        Visit::Chosen(choice) if owner.is_some() || claim(ctx, provider, visit, browser).await? => {
            Ok(Seen::Chosen(choice))
        }
        Visit::Chosen(_) => Err(NOT_YOURS),
    }
}

/// The order whose approval the visit is, by the operation that it names.
async fn ordered(ctx: &Context, reference: &str, provider: &str, visit: &str) -> Result<Seen, ActError> {
    let operation = match reference.parse::<OperationId>() {
        Ok(id) => ctx.store.operation(&id).await?,
        Err(_) => None,
    };
    let operation = operation.filter(|own| own.provider == provider && own.transaction.as_deref() == Some(visit));
    let order = operation.and_then(|operation| operation.subject.order().cloned());
    order.map(Seen::Ordered).ok_or(NOT_YOURS)
}

/// Makes the visit the approval of `order` and says where the buyer approves it. Where the visit is
/// no good any more, the order stands, and its page offers to go on.
pub async fn approve(ctx: &Context, order: &OrderId, visit: &str) -> Result<String, ActError> {
    let asked = check_out::approval(ctx, order, None, 1).await?;
    let express = express(ctx, &asked.operation.provider)?;
    let redirect = done(express.approve_visit(visit, &asked.operation, &asked.ask(ctx)).await)?;
    visits::remember(ctx, &asked.operation, redirect).await
}

/// The button on the page of an order that waits for approval.
pub fn approval_button(ctx: &Context, order: &Order) -> Option<Button> {
    let provider = ctx.providers.get(&order.provider)?;
    provider.express().filter(|_| order.state.waits_for_approval())?.approval_button(order.total.currency)
}

/// What the script of a pressed button is told, as JSON. Like going to the provider's pages it holds
/// the stock again and wants an approval; the session's id is not known before the buyer is back, so
/// nobody finds a buyer who is lost on this way. Nothing is charged for them.
pub async fn sign_approval(ctx: &Context, order: &OrderId) -> Result<String, ActError> {
    let asked = check_out::approval(ctx, order, None, 1).await?;
    let express = express(ctx, &asked.operation.provider)?;
    express.sign_approval(&asked.operation, &asked.ask(ctx)).ok_or(NO_ANSWER)
}

fn done<T>(answer: Answer<T>) -> Result<T, ActError> {
    match answer {
        Answer::Done(it) => Ok(it),
        Answer::Refused(refusal) => {
            tracing::warn!(code = %refusal.code, "an express checkout was refused: {}", refusal.message);
            Err(ActError::NotNow(refusal.reason.words().buyer))
        }
        Answer::Silent(why) => {
            tracing::warn!("an express checkout has no answer: {why}");
            Err(NO_ANSWER)
        }
    }
}

/// Gives the visit to this browser, unless it has another owner. Says whose it is then.
async fn claim(ctx: &Context, provider: &str, visit: &str, browser: &str) -> Result<bool, ActError> {
    let name = name_of(provider, visit);
    retried(async || {
        let mut tx = ctx.store.write().await?;
        let owner = tx.use_form_key(&name, browser, ctx.clock.now()).await?;
        tx.commit().await?;
        Ok(owner.is_none_or(|owner| owner == browser))
    })
    .await
}

/// No form's key looks like this.
fn name_of(provider: &str, visit: &str) -> String {
    format!("visit:{provider}:{visit}")
}
