//! What a saved way to pay allows: chosen at the checkout that keeps it, held against every later one.
//!
//! The provider has the last word. What is refused here would be refused there, with an order that came
//! to nothing and no word about what is left.

use std::time::Duration;

use super::check_out::CheckoutForm;
use super::freeze::payee;
use super::parcels::Parcel;
use super::{ActError, Context};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::orders::agreement::rules::MONTHLY;
use crate::orders::agreement::{Agreement, Known, Rules, Standing};
use crate::pay::{Answer, Provider};
use crate::store::{Result, Write};

/// Who keeps a way to pay, for the checkout's form.
#[derive(Clone, Debug)]
pub struct Keepers {
    /// The providers, for people: `Amazon Flexible Payments or Amazon Pay`.
    pub titles: String,
    /// The one whose kept way to pay has limits, if any.
    pub limited: Option<&'static str>,
    /// The monthly limits that one may choose from.
    pub months: Vec<Money>,
}

/// The providers that keep a way to pay in the shop's currency; nothing where none does.
pub fn keepers(ctx: &Context) -> Option<Keepers> {
    let keeping = || ctx.providers.iter().filter(|it| it.takes(ctx.shop.currency) && it.abilities().keeps_consents());
    let titles: Vec<_> = keeping().map(|provider| provider.title()).collect();
    (!titles.is_empty()).then(|| Keepers {
        titles: titles.join(" or "),
        limited: keeping().find(|it| it.abilities().keeps_by_rules()).map(|it| it.title()),
        months: MONTHLY.map(|minor| Money::new(minor, ctx.shop.currency)).to_vec(),
    })
}

/// How long a page waits to be told what was used; it shows what was said last where nobody answers.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long what was said last is good enough.
const FRESH: Duration = Duration::from_secs(60);

/// How many approvals of one account are asked about.
const MOST_ASKED: usize = 5;

/// Asks the providers what was used of the limits of these approvals, all at once, and keeps the answers.
pub async fn ask_use(ctx: &Context, agreements: &mut [Agreement]) -> Result<()> {
    let now = ctx.clock.now();
    let is_asked = |agreement: &&mut Agreement| {
        let is_fresh = agreement.known.is_some_and(|known| now.since(known.at) < FRESH);
        agreement.rules.limits.is_some() && agreement.standing == Standing::Active && !is_fresh
    };
    let mut asked = tokio::task::JoinSet::new();
    for agreement in agreements.iter_mut().filter(is_asked).take(MOST_ASKED) {
        let provider = ctx.providers.get(&agreement.provider).cloned();
        let (Some(provider), Some(consent)) = (provider, agreement.consent.clone()) else { continue };
        let id = agreement.id.clone();
        asked.spawn(async move {
            let answer = tokio::time::timeout(PATIENCE, provider.agreement_use(&consent)).await;
            (id, consent, answer)
        });
    }
    while let Some(answer) = asked.join_next().await {
        let Ok((id, consent, answer)) = answer else { continue };
        let Ok(Answer::Done(Some(used))) = answer else {
            tracing::info!(agreement.id = %id, "a provider does not say what was used of an approval");
            continue;
        };
        let known = Known { used, at: now };
        ctx.store.remember_use(&id, &consent, &known).await?;
        if let Some(agreement) = agreements.iter_mut().find(|agreement| agreement.id == id) {
            agreement.known = Some(known);
        }
    }
    Ok(())
}

/// How many sellers one approval names: the list travels in an address.
pub(super) const MOST_SELLERS: i64 = 20;

/// This way to pay cannot be chosen.
pub(super) fn unpayable(message: impl Into<String>) -> ActError {
    ActError::BadField { field: "provider", message: message.into() }
}

/// The rules of what is kept with this parcel's order: this seller, and those who are here today.
pub(super) async fn of_kept(
    tx: &mut Write,
    provider: &dyn Provider,
    form: &CheckoutForm,
    parcel: &Parcel,
    now: Millis,
) -> std::result::Result<Rules, ActError> {
    let Some(buyer) = form.buyer.as_ref().filter(|_| provider.abilities().keeps_by_rules()) else {
        return Ok(Rules::default());
    };
    if !MONTHLY.contains(&form.month_minor) {
        return Err(ActError::BadField { field: "month", message: "Please choose a limit from the list.".to_owned() });
    }
    if parcel.total.minor > form.month_minor {
        let limit = Money::new(form.month_minor, parcel.total.currency);
        let message = format!(
            "This order alone is {}, more than {limit} a month. Please choose a higher limit, or do not keep this way \
             to pay.",
            parcel.total
        );
        return Err(ActError::BadField { field: "month", message });
    }
    let own = payee(tx, provider, &parcel.seller).await?;
    let others = tx.payee_tokens(provider.name(), buyer, MOST_SELLERS).await?;
    let mut payees: Vec<String> = own.into_iter().collect();
    for token in others {
        if !payees.contains(&token) && payees.len() < usize::try_from(MOST_SELLERS).unwrap_or(1) {
            payees.push(token);
        }
    }
    Ok(Rules::saved(form.month_minor, payees, now))
}

/// The saved way to pay, if it allows this parcel. Errors: the seller is not among those it names, or it
/// would be too much, with what is left.
pub(super) async fn allowed(
    tx: &mut Write,
    provider: &dyn Provider,
    parcel: &Parcel,
    saved: &Agreement,
    now: Millis,
) -> std::result::Result<Agreement, ActError> {
    if let Some(payee) = payee(tx, provider, &parcel.seller).await?
        && !saved.rules.covers(&payee)
    {
        return Err(unpayable(format!(
            "{} was not among the sellers when you saved this way to pay. Please choose another one.",
            parcel.seller_name
        )));
    }
    if let Some(limits) = saved.rules.limits {
        let (month, day) = saved.windows(now);
        let used = tx.used_under(&saved.id, month, day).await?;
        if let Some(over) = limits.broken_by(parcel.total, used) {
            return Err(unpayable(over.for_buyer(limits)));
        }
    }
    Ok(saved.clone())
}
