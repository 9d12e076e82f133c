//! What selling here means, and the form that begins it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use tower_sessions::Session;

use crate::base::money::{Currency, Money};
use crate::flows::Context;
use crate::flows::register_seller::{self, Onward};
use crate::market::fees::{MarketplaceFee, ProviderFeeBy};
use crate::market::prices::local;
use crate::market::sellers::{Registration, Seller};
use crate::shop::Site;
use crate::shop::account::is_address;
use crate::shop::desk;
use crate::shop::error::PageError;
use crate::shop::extract::{MaybeSignedIn, SignedIn, TextForm};
use crate::shop::page::{Chrome, Problems, leave_notice, page, page_with};

/// The way in.
pub fn router() -> Router<Site> {
    Router::new().route("/sell", get(what_it_means)).route("/sell/register", get(form).post(register))
}

#[derive(Template)]
#[template(path = "sell/about.html")]
struct AboutPage {
    chrome: Chrome,
    is_signed_in: bool,
    seller: Option<Seller>,
    is_open: bool,
    example: Example,
    /// Whether the payment service pays sellers itself, and has to know them.
    pays_sellers: bool,
    /// How long money stays on hold, with whichever provider lets it go first.
    hold_days: u64,
    /// Where one makes an account, and comes back from.
    signup: String,
    /// Where one signs in, and comes back from.
    signin: String,
}

/// The fee on an order of twenty dollars or what that is elsewhere, in figures.
struct Example {
    terms: MarketplaceFee,
    total: Money,
    fee: Money,
    rest: Money,
}

impl Example {
    fn of(currency: Currency, provider_fee_by: ProviderFeeBy) -> Example {
        let terms = MarketplaceFee::house(currency, provider_fee_by);
        let total = local(2000, currency);
        let fee = terms.on(total).unwrap_or(total);
        Example { terms, total, fee, rest: total.minus(fee).unwrap_or(total) }
    }
}

async fn what_it_means(
    State(ctx): State<Context>,
    chrome: Chrome,
    MaybeSignedIn(account): MaybeSignedIn,
) -> Result<Response, PageError> {
    let seller = match &account {
        Some(account) => ctx.store.seller_of(&account.id).await?,
        None => None,
    };
    let back = ctx.paths.sell_register();
    Ok(page(&AboutPage {
        signup: ctx.paths.with_query(&ctx.paths.signup(), &[("next", &back)]),
        signin: ctx.paths.with_query(&ctx.paths.signin(), &[("next", &back)]),
        chrome,
        is_signed_in: account.is_some(),
        is_open: seller.as_ref().is_some_and(|seller| seller.state == Registration::Registered),
        seller,
        example: Example::of(ctx.shop.currency, ctx.shop.provider_fee_by),
        pays_sellers: pays_sellers(&ctx),
        hold_days: hold_days(&ctx),
    }))
}

fn pays_sellers(ctx: &Context) -> bool {
    ctx.providers.paying_sellers(ctx.shop.currency).is_some()
}

fn hold_days(ctx: &Context) -> u64 {
    let taking = ctx.providers.iter().filter(|provider| provider.takes(ctx.shop.currency));
    let holds = taking.map(|provider| provider.abilities().hold_lifetime.as_secs() / (24 * 60 * 60));
    holds.min().unwrap_or_default()
}

/// The registration form, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ApplicationForm {
    name: String,
    tagline: String,
    story: String,
    ships_from: String,
    email: String,
    return_policy: String,
    shipping_policy: String,
    accept_terms: String,
}

#[derive(Template)]
#[template(path = "sell/register.html")]
struct RegisterPage {
    chrome: Chrome,
    form: ApplicationForm,
    problems: Problems,
    example: Example,
    /// Whether the form was in before, and only the payment service is missing.
    is_pending: bool,
    /// Whether the payment service pays sellers itself, and has to know them.
    pays_sellers: bool,
}

async fn form(State(ctx): State<Context>, chrome: Chrome, SignedIn(account): SignedIn) -> Result<Response, PageError> {
    let seller = ctx.store.seller_of(&account.id).await?;
    if seller.as_ref().is_some_and(|seller| matches!(seller.state, Registration::Registered | Registration::Suspended))
    {
        return Ok(Redirect::to(&ctx.paths.sell_desk()).into_response());
    }
    let pays_sellers = pays_sellers(&ctx);
    let is_pending = seller.is_some() && pays_sellers;
    let form = match seller {
        Some(seller) => ApplicationForm {
            name: seller.name,
            tagline: seller.tagline,
            story: seller.story,
            ships_from: seller.ships_from,
            email: seller.email,
            return_policy: seller.return_policy,
            shipping_policy: seller.shipping_policy,
            accept_terms: "yes".to_owned(),
        },
        None => ApplicationForm { email: account.email, ..ApplicationForm::default() },
    };
    let example = Example::of(ctx.shop.currency, ctx.shop.provider_fee_by);
    Ok(page(&RegisterPage { chrome, form, problems: Problems::default(), example, is_pending, pays_sellers }))
}

/// Takes the form. Answers 303 to the payment service or, where nobody else pays sellers, to the desk
/// of the open stall; or 422 with what was typed.
async fn register(
    State(ctx): State<Context>,
    chrome: Chrome,
    session: Session,
    SignedIn(account): SignedIn,
    TextForm(form): TextForm<ApplicationForm>,
) -> Result<Response, PageError> {
    let mut problems = check(&form);
    if problems.is_empty() {
        match register_seller::register(&ctx, &account.id, &application(&form)).await {
            Ok(Onward::ToProvider(address)) => return Ok(Redirect::to(&address).into_response()),
            Ok(Onward::Open) => {
                leave_notice(&session, "Your stall is open. What will stand on the table?").await?;
                return Ok(Redirect::to(&ctx.paths.sell_desk()).into_response());
            }
            Err(error) => problems = desk::problems(error, "name")?,
        }
    }
    let pays_sellers = pays_sellers(&ctx);
    let is_pending = pays_sellers && ctx.store.seller_of(&account.id).await?.is_some();
    let example = Example::of(ctx.shop.currency, ctx.shop.provider_fee_by);
    let again = RegisterPage { chrome, form, problems, example, is_pending, pays_sellers };
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &again))
}

fn check(form: &ApplicationForm) -> Problems {
    let mut problems = Problems::default();
    let wanted = [
        ("name", &form.name, 60, "Please give your stall a name."),
        ("tagline", &form.tagline, 120, "Please say in one line what you make."),
        ("story", &form.story, 4000, "Please tell a little about yourself."),
        ("ships_from", &form.ships_from, 80, "Please say where your parcels come from."),
        ("email", &form.email, 120, "Please give an email address."),
        (
            "return_policy",
            &form.return_policy,
            2000,
            "Please say what happens when somebody wants to return something.",
        ),
        ("shipping_policy", &form.shipping_policy, 2000, "Please say when and how you ship."),
    ];
    for (field, value, longest, missing) in wanted {
        if value.trim().is_empty() {
            problems.add(field, missing);
        } else if value.chars().count() > longest {
            problems.add(field, format!("Please keep this under {longest} characters."));
        }
    }
    if problems.of("email").is_none() && !is_address(&form.email) {
        problems.add("email", "That is not an email address, like ada@example.com.");
    }
    if form.accept_terms.is_empty() {
        problems.add("accept_terms", "Without your agreement to the fee we cannot open the stall.");
    }
    problems
}

fn application(form: &ApplicationForm) -> register_seller::Application {
    let trimmed = |text: &str| text.trim().to_owned();
    register_seller::Application {
        name: trimmed(&form.name),
        tagline: trimmed(&form.tagline),
        story: trimmed(&form.story),
        ships_from: trimmed(&form.ships_from),
        email: trimmed(&form.email),
        return_policy: trimmed(&form.return_policy),
        shipping_policy: trimmed(&form.shipping_policy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_everything_that_is_missing_at_once() {
        let problems = check(&ApplicationForm { email: "ada".into(), ..ApplicationForm::default() });
        assert_eq!(problems.0.len(), 8);
        assert!(problems.of("email").is_some_and(|words| words.contains("not an email")));
        assert!(problems.of("accept_terms").is_some());
    }

    #[test]
    fn the_fee_has_an_example() {
        let example = Example::of(Currency::USD, ProviderFeeBy::Seller);
        assert_eq!((example.total, example.fee, example.rest), (Money::usd(2000), Money::usd(130), Money::usd(1870)));
        let yen = Example::of(Currency::from_code("JPY").unwrap(), ProviderFeeBy::Seller);
        assert_eq!([yen.total, yen.fee, yen.rest].map(|money| money.minor), [2000, 130, 1870]);
    }
}
