//! The one-page checkout.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower_sessions::Session;

use super::Site;
use super::checkout_costs::{Costs, Sending};
use super::checkout_form::Fields;
use super::error::PageError;
use super::extract::{Cart, CartCookie, FormKey, MadeOn, MaybeSignedIn, TextForm, remember_order};
use super::limits::Client;
use super::page::{Chrome, Problems, leave_notice, page_with};
use crate::base::ids::CheckoutId;
use crate::flows::check_out::{self, CheckoutForm};
use crate::flows::come_back::take_now;
use crate::flows::express::{self, Offer, Place};
use crate::flows::limits::{self, Keepers};
use crate::flows::payees;
use crate::flows::{ActError, Context};
use crate::market::tax;
use crate::orders::state::State as OrderState;
use crate::store::accounts::Account;
use crate::store::carts::CartLine;

/// The most agreements of one account that are looked at.
const MOST_AGREEMENTS: i64 = 50;

/// The checkout, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/checkout", get(show).post(place))
}

/// A provider or a saved way to pay, as a line with a radio button.
struct Payment {
    word: String,
    called: String,
    about: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "checkout.html")]
struct CheckoutPage {
    chrome: Chrome,
    problems: Problems,
    typed: Fields,
    /// The state in the form that the table has.
    state: String,
    states: Vec<&'static str>,
    sending: Sending,
    payments: Vec<Payment>,
    /// Which are left out for what is in this basket, and why.
    left_out: Vec<String>,
    /// With whom a way to pay can be kept, and how: for people with an account.
    keepers: Option<Keepers>,
    /// Whether something in the basket comes again.
    is_subscription: bool,
    /// Whether something in the basket can only be bought by somebody who is signed in.
    needs_account: bool,
    costs: Costs,
    /// The providers that bring an address, so that none need be typed.
    offers: Vec<Offer>,
}

/// `GET /checkout`.
async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    CartCookie(cart): CartCookie,
    MaybeSignedIn(account): MaybeSignedIn,
) -> Result<Response, PageError> {
    let typed = first_values(&site.ctx, account.as_ref()).await?;
    form(&site, chrome, cart, account.as_ref(), typed, Problems::default(), StatusCode::OK).await
}

/// What stands in the fields at first: the last checkout's address, or in the demo a made-up one in
/// a state without sales tax.
async fn first_values(ctx: &Context, account: Option<&Account>) -> Result<Fields, PageError> {
    let last = match account {
        Some(account) => ctx.store.orders_of_buyer(&account.id, "~", 1).await?.pop(),
        None => None,
    };
    if let Some(order) = last
        && let Some(checkout) = ctx.store.checkout(&order.checkout).await?
    {
        return Ok(Fields::of(&checkout));
    }
    let email = account.map(|account| account.email.clone()).unwrap_or_default();
    let currency = ctx.shop.currency;
    Ok(if ctx.shop.is_demo { Fields::demo(currency, email) } else { Fields::empty(currency, email) })
}

async fn form(
    site: &Site,
    chrome: Chrome,
    cart: Option<Cart>,
    account: Option<&Account>,
    typed: Fields,
    mut problems: Problems,
    status: StatusCode,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let lines = match &cart {
        Some(cart) => ctx.store.cart_lines(&cart.id).await?,
        None => Vec::new(),
    };
    if lines.is_empty() && status == StatusCode::OK {
        return Ok(Redirect::to(&ctx.paths.cart()).into_response());
    }
    let address = typed.address();
    let costs = Costs::of(ctx, &lines, typed.method(), typed.is_gift(), &address)?.approved_together(ctx).await;
    if let Some(message) = costs.problem.clone().filter(|_| problems.of("cart").is_none()) {
        problems.add("cart", message);
    }
    let (payments, left_out) = payments(ctx, account, &typed, &lines, costs.has_subscription()).await?;
    let page = CheckoutPage {
        chrome,
        states: tax::states().collect(),
        sending: Sending::of(ctx.shop.currency, typed.method(), typed.is_gift()),
        keepers: account.and_then(|_| limits::keepers(ctx)),
        is_subscription: costs.has_subscription(),
        needs_account: costs.has_subscription() && account.is_none(),
        payments,
        left_out,
        offers: if costs.parcels.is_empty() { Vec::new() } else { express::offers(ctx, Place::Checkout) },
        costs,
        state: address.state,
        problems,
        typed,
    };
    let response = page_with(status, &page);
    Ok(if page.offers.is_empty() { response } else { site.shop.with_buttons(response) })
}

/// The saved ways to pay first, then the providers. A subscription needs an approval of its own, at a
/// provider that keeps them. What cannot pay one of the sellers is left out: that, and why, comes second.
async fn payments(
    ctx: &Context,
    account: Option<&Account>,
    typed: &Fields,
    lines: &[CartLine],
    is_subscription: bool,
) -> Result<(Vec<Payment>, Vec<String>), PageError> {
    let own = match account {
        Some(account) if !is_subscription => ctx.store.agreements_of(&account.id, MOST_AGREEMENTS).await?,
        Some(_) | None => Vec::new(),
    };
    let now = ctx.clock.now();
    let title = |name: &str| ctx.providers.get(name).map_or("A saved way to pay", |provider| provider.title());
    let (mut able, mut left_out) = (Vec::new(), Vec::new());
    for provider in ctx.providers.iter().filter(|provider| provider.takes(ctx.shop.currency)) {
        match payees::cannot_pay(ctx, provider, lines).await? {
            None => able.push(provider),
            Some(why) => left_out.push(why),
        }
    }
    let is_able = |name: &str| able.iter().any(|provider| provider.name() == name);
    let saved =
        own.into_iter().filter(|it| it.is_saved_method(now) && is_able(&it.provider)).map(|agreement| Payment {
            called: agreement.method.clone().unwrap_or_else(|| format!("{}, as saved", title(&agreement.provider))),
            word: agreement.id.to_string(),
            about: "Saved earlier: charged without leaving the shop.",
            is_chosen: false,
        });
    let offered = able.iter().filter(|provider| !is_subscription || provider.abilities().keeps_consents());
    let offered = offered.map(|provider| Payment {
        called: provider.title().to_owned(),
        word: provider.name().to_owned(),
        about: "You choose how to pay on their pages, approve, and come back here.",
        is_chosen: false,
    });
    let mut all: Vec<Payment> = saved.chain(offered).collect();
    let chosen = all.iter().position(|payment| payment.word == typed.provider);
    if let Some(payment) = all.get_mut(chosen.unwrap_or(0)).filter(|_| chosen.is_some() || typed.provider.is_empty()) {
        payment.is_chosen = true;
    }
    Ok((all, left_out))
}

/// `POST /checkout`: 303 to the provider, or to the order where the provider does not answer, or 422
/// with the form as it was typed. The same form twice leads to the same place.
async fn place(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    CartCookie(cart): CartCookie,
    MaybeSignedIn(account): MaybeSignedIn,
    (Client(client), MadeOn(device)): (Client, MadeOn),
    TextForm(typed): TextForm<Fields>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    if typed.intent == "update" {
        return form(&site, chrome, cart, account.as_ref(), typed, Problems::default(), StatusCode::OK).await;
    }
    site.shop.limits().checkout(client)?;
    let mut problems = typed.problems();
    if !problems.is_empty() {
        return form(&site, chrome, cart, account.as_ref(), typed, problems, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let wanted = CheckoutForm {
        key: typed.form_key.as_str().to_owned(),
        cart: cart.as_ref().map(|cart| cart.id.clone()).unwrap_or_default(),
        buyer: account.as_ref().map(|account| account.id.clone()),
        email: typed.email.trim().to_owned(),
        address: typed.address(),
        shipping_method: typed.method(),
        is_gift: typed.is_gift(),
        provider: typed.provider.clone(),
        is_kept: typed.is_kept(),
        month_minor: typed.month_minor(),
        times: typed.times(),
        shown_minor: None,
        device,
    };
    match check_out::place(ctx, &wanted).await {
        Ok(checkout) => lead_on(ctx, &session, &checkout, None).await,
        Err(ActError::BadField { field, message }) => {
            problems.add(field, message);
            form(&site, chrome, cart, account.as_ref(), typed, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// To the provider for the first order that waits for an approval, with the basket's cookie emptied.
/// A form that comes again after all is approved leads to where its orders stand. A visit that
/// brought the address becomes the first order's approval; the others have one of their own.
pub async fn lead_on(
    ctx: &Context,
    session: &Session,
    checkout: &CheckoutId,
    visit: Option<&str>,
) -> Result<Response, PageError> {
    let orders = ctx.store.orders_of_checkout(checkout).await?;
    for order in &orders {
        remember_order(session, order).await?;
        if order.state == OrderState::Consented {
            take_now(ctx, &order.id).await?;
        }
    }
    let emptied = Cart { id: String::new(), count: 0 }.remember(&ctx.paths);
    let place = orders.iter().position(|order| order.state == OrderState::Placed);
    let asked = match (place, visit) {
        (None, _) => Ok(ctx.paths.checkout_status(checkout)),
        (Some(0), Some(visit)) => express::approve(ctx, &orders[0].id, visit).await,
        (Some(place), _) => check_out::approval_address(ctx, &orders[place].id, None).await,
    };
    let address = match (asked, place) {
        (Ok(address), _) => address,
        // The order stands, and its page offers to go on.
        (Err(ActError::NotNow(why)), Some(place)) => {
            leave_notice(session, why).await?;
            ctx.paths.order(&orders[place].id)
        }
        (Err(error), _) => return Err(error.into()),
    };
    Ok((emptied, Redirect::to(&address)).into_response())
}

impl CheckoutPage {
    /// A fresh key for the form, or the one it came with.
    fn form_key(&self) -> &FormKey {
        &self.typed.form_key
    }
}
