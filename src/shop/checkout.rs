//! The one-page checkout.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower_sessions::Session;

use super::Site;
use super::checkout_form::Fields;
use super::error::PageError;
use super::extract::{Cart, CartCookie, FormKey, MaybeSignedIn, TextForm, remember_order};
use super::page::{Chrome, Problems, page_with};
use crate::base::ids::CheckoutId;
use crate::base::money::Money;
use crate::flows::check_out::{self, CheckoutForm, Parcel};
use crate::flows::{ActError, Context};
use crate::market::shipping::{GIFT_WRAP, ShippingMethod};
use crate::market::tax;
use crate::store::accounts::Account;

/// The checkout, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/checkout", get(show).post(place))
}

/// A way to send, as a line with a radio button.
struct Way {
    word: &'static str,
    called: &'static str,
    price: Money,
    is_chosen: bool,
}

/// A provider, as a line with a radio button.
struct Payment {
    word: &'static str,
    called: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "checkout.html")]
struct CheckoutPage {
    chrome: Chrome,
    problems: Problems,
    typed: Fields,
    states: Vec<&'static str>,
    ways: Vec<Way>,
    payments: Vec<Payment>,
    gift_wrap: Money,
    parcels: Vec<Parcel>,
    tax_percent: String,
    total: Money,
    /// In the demo: totals that the sandbox declines on purpose.
    warning: Option<String>,
}

/// `GET /checkout`.
async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    CartCookie(cart): CartCookie,
    MaybeSignedIn(account): MaybeSignedIn,
) -> Result<Response, PageError> {
    let typed = first_values(&site.ctx, account.as_ref()).await?;
    form(&site.ctx, chrome, cart, typed, Problems::default(), StatusCode::OK).await
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
    Ok(if ctx.shop.is_demo { Fields::demo(email) } else { Fields::empty(email) })
}

async fn form(
    ctx: &Context,
    chrome: Chrome,
    cart: Option<Cart>,
    typed: Fields,
    mut problems: Problems,
    status: StatusCode,
) -> Result<Response, PageError> {
    let lines = match &cart {
        Some(cart) => ctx.store.cart_lines(&cart.id).await?,
        None => Vec::new(),
    };
    if lines.is_empty() && status == StatusCode::OK {
        return Ok(Redirect::to(&ctx.paths.cart()).into_response());
    }
    let method = typed.method();
    let parcels = match check_out::parcels(&lines, method, typed.is_gift(), &typed.address()) {
        Ok(parcels) => parcels,
        Err(ActError::BadField { message, .. }) => {
            if problems.of("cart").is_none() {
                problems.add("cart", message);
            }
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let zero = Money::zero(ctx.shop.currency);
    let total = parcels.iter().try_fold(zero, |sum, parcel| sum.plus(parcel.total)).unwrap_or(zero);
    let rate = tax::rate_bp(&typed.country, &typed.state);
    let page = CheckoutPage {
        chrome,
        states: tax::states().collect(),
        ways: ShippingMethod::ALL
            .into_iter()
            .map(|way| Way { word: way.word(), called: way.label(), price: way.price(), is_chosen: way == method })
            .collect(),
        payments: payments(ctx, &typed),
        gift_wrap: GIFT_WRAP,
        warning: ctx.shop.is_demo.then(|| warning(&parcels)).flatten(),
        parcels,
        tax_percent: format!("{}.{:02} %", rate / 100, rate % 100),
        total,
        problems,
        typed,
    };
    Ok(page_with(status, &page))
}

fn payments(ctx: &Context, typed: &Fields) -> Vec<Payment> {
    let offered = ctx.providers.iter().filter(|provider| provider.takes(ctx.shop.currency));
    offered
        .enumerate()
        .map(|(place, provider)| Payment {
            word: provider.name(),
            called: provider.title(),
            is_chosen: typed.provider == provider.name() || typed.provider.is_empty() && place == 0,
        })
        .collect()
}

/// The demo's sandbox declines totals by their cents, so that declines can be shown.
fn warning(parcels: &[Parcel]) -> Option<String> {
    let magic = parcels.iter().find(|parcel| (60..=89).contains(&(parcel.total.minor % 100)))?;
    Some(format!(
        "The payment sandbox declines totals that end in .60 to .89, on purpose. {} at {} is one of them.",
        magic.total, magic.seller_name
    ))
}

/// `POST /checkout`: 303 to the provider, or to the order where the provider does not answer, or 422
/// with the form as it was typed. The same form twice leads to the same place.
async fn place(
    State(site): State<Site>,
    chrome: Chrome,
    session: Session,
    CartCookie(cart): CartCookie,
    MaybeSignedIn(account): MaybeSignedIn,
    parts: Parts,
    TextForm(typed): TextForm<Fields>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    site.shop.limits().checkout(site.shop.limits().client(&parts))?;
    let mut problems = typed.problems();
    if !problems.is_empty() || typed.intent == "update" {
        let status = if typed.intent == "update" { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        problems = if typed.intent == "update" { Problems::default() } else { problems };
        return form(ctx, chrome, cart, typed, problems, status).await;
    }
    let wanted = CheckoutForm {
        key: typed.form_key.as_str().to_owned(),
        cart: cart.as_ref().map(|cart| cart.id.clone()).unwrap_or_default(),
        buyer: account.map(|account| account.id),
        email: typed.email.trim().to_owned(),
        address: typed.address(),
        shipping_method: typed.method(),
        is_gift: typed.is_gift(),
        provider: typed.provider.clone(),
    };
    match check_out::place(ctx, &wanted).await {
        Ok(checkout) => lead_on(ctx, &session, &checkout).await,
        Err(ActError::BadField { field, message }) => {
            problems.add(field, message);
            form(ctx, chrome, cart, typed, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// To the provider for the first order, with the basket's cookie emptied.
async fn lead_on(ctx: &Context, session: &Session, checkout: &CheckoutId) -> Result<Response, PageError> {
    let orders = ctx.store.orders_of_checkout(checkout).await?;
    for order in &orders {
        remember_order(session, order).await?;
    }
    let first = orders.first().ok_or(PageError::NotFound)?;
    let address = match check_out::approval_address(ctx, &first.id).await {
        Ok(address) => address,
        // The order stands, and its page offers to go on.
        Err(ActError::NotNow(_)) => ctx.paths.order(&first.id),
        Err(error) => return Err(error.into()),
    };
    let emptied = Cart { id: String::new(), count: 0 }.remember(&ctx.paths);
    Ok((emptied, Redirect::to(&address)).into_response())
}

impl CheckoutPage {
    /// A fresh key for the form, or the one it came with.
    fn form_key(&self) -> &FormKey {
        &self.typed.form_key
    }
}
