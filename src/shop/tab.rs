//! A tab: the form that opens one, and the click that buys by it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::browse::{own_page, product_page};
use super::desk::problems;
use super::error::PageError;
use super::extract::{CartCookie, FormKey, MadeOn, SignedIn, TextForm, remember_order};
use super::limits::Client;
use super::page::{Chrome, Problems, page_with};
use crate::base::ids::CheckoutId;
use crate::base::money::Money;
use crate::flows::come_back::take_now;
use crate::flows::tab::{self, Click, OneClick, TabForm};
use crate::flows::{ActError, Context};
use crate::market::sellers::{Registration, Seller};
use crate::orders::agreement::rules::{TAB_DAILY, TAB_MONTHLY};
use crate::store::accounts::Account;

/// What is chosen where the buyer has chosen nothing.
const USUAL_MONTH: i64 = TAB_MONTHLY[1];

/// The pages, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new().route("/account/approvals/new", get(show).post(open)).route("/p/{slug}/buy", post(buy))
}

/// What one click does, on a product's page.
#[derive(Clone, Debug)]
pub struct OneClickView {
    /// Whether it buys, and if not, why.
    pub state: Click,
    /// Makes a second press harmless.
    pub form_key: FormKey,
}

/// What the tabs of `account` do with the product at `slug`; nothing where it cannot be bought now.
pub async fn view(ctx: &Context, account: &Account, slug: &str) -> Result<Option<OneClickView>, PageError> {
    let Some(line) = ctx.store.cart_line_of(slug).await? else { return Ok(None) };
    match tab::click(ctx, account, &line).await {
        Ok(state) => Ok(Some(OneClickView { state, form_key: FormKey::fresh() })),
        // Sold out, or no longer offered: the page says so itself.
        Err(ActError::BadField { .. } | ActError::NotNow(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The form's fields, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    form_key: FormKey,
    /// The most in a month, in minor units.
    month: String,
    /// The most purchases in a day.
    day: String,
    /// The stall's name in addresses; empty for the market.
    seller: String,
}

impl Fields {
    fn month_minor(&self) -> i64 {
        if self.month.is_empty() { USUAL_MONTH } else { self.month.parse().unwrap_or(0) }
    }

    fn day_count(&self) -> i64 {
        if self.day.is_empty() { TAB_DAILY[2] } else { self.day.parse().unwrap_or(0) }
    }
}

#[derive(Template)]
#[template(path = "account/tab.html")]
struct TabPage {
    chrome: Chrome,
    problems: Problems,
    typed: Fields,
    /// With which payment service; none where no tab can be opened here.
    provider: Option<&'static str>,
    /// The stall that it may be for.
    stall: Option<Seller>,
    months: Vec<Money>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    seller: String,
}

/// `GET /account/approvals/new`.
async fn show(
    State(ctx): State<Context>,
    chrome: Chrome,
    _: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let typed = Fields { seller: asked.seller, ..Fields::default() };
    form(&ctx, chrome, typed, Problems::default()).await
}

async fn form(ctx: &Context, chrome: Chrome, typed: Fields, problems: Problems) -> Result<Response, PageError> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = TabPage {
        chrome,
        problems,
        provider: tab::provider(ctx).map(|provider| provider.title()),
        stall: stall(ctx, &typed.seller).await?,
        months: TAB_MONTHLY.map(|minor| Money::new(minor, ctx.shop.currency)).to_vec(),
        typed,
    };
    Ok(page_with(status, &page))
}

async fn stall(ctx: &Context, slug: &str) -> Result<Option<Seller>, PageError> {
    let seller = if slug.is_empty() { None } else { ctx.store.seller_by_slug(slug).await? };
    Ok(seller.filter(|seller| seller.state == Registration::Registered))
}

/// `POST /account/approvals/new`: 303 to the provider, or the form with what stands against it.
async fn open(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedIn(account): SignedIn,
    TextForm(typed): TextForm<Fields>,
) -> Result<Response, PageError> {
    let seller = stall(&ctx, &typed.seller).await?;
    if seller.is_none() && !typed.seller.is_empty() {
        let mut wrong = Problems::default();
        wrong.add("seller", "There is no such stall. Please choose the market.");
        return form(&ctx, chrome, typed, wrong).await;
    }
    let wanted = TabForm {
        key: typed.form_key.as_str().to_owned(),
        month_minor: typed.month_minor(),
        day_count: typed.day_count(),
        seller,
    };
    match tab::open(&ctx, &account.id, &wanted).await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(error) => form(&ctx, chrome, typed, problems(error, "main")?).await,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pressed {
    form_key: FormKey,
    /// The tab's id.
    tab: String,
    /// What the button said, in minor units.
    total: String,
}

/// `POST /p/{slug}/buy`: 303 to the order, or the product's page with why not. The same press twice is one order.
async fn buy(
    State(site): State<Site>,
    session: Session,
    SignedIn(account): SignedIn,
    Path(slug): Path<String>,
    cart: CartCookie,
    (Client(client), MadeOn(device)): (Client, MadeOn),
    TextForm(pressed): TextForm<Pressed>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    site.shop.limits().checkout(client)?;
    let line = ctx.store.cart_line_of(&slug).await?.ok_or(PageError::NotFound)?;
    let bought = match pressed.tab.parse() {
        Ok(tab) => {
            let total_minor = pressed.total.parse().unwrap_or(0);
            let wanted = OneClick { key: pressed.form_key.as_str().to_owned(), tab, total_minor, device };
            tab::buy(ctx, &account, &line, &wanted).await
        }
        Err(_) => Err(ActError::NotNow("This tab cannot be used any more. Nothing was charged.")),
    };
    let why = match bought {
        Ok(checkout) => return lead_to(ctx, &session, &checkout).await,
        Err(ActError::NotNow(why)) => why.to_owned(),
        Err(ActError::BadField { message, .. }) => message,
        Err(error) => return Err(error.into()),
    };
    let page = own_page(&site, &product_page(&site, &slug).await?, &account, &cart, Some(why)).await?;
    Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// To the one order of the checkout, charged while the buyer waits.
async fn lead_to(ctx: &Context, session: &Session, checkout: &CheckoutId) -> Result<Response, PageError> {
    let orders = ctx.store.orders_of_checkout(checkout).await?;
    let order = orders.first().ok_or(PageError::NotFound)?;
    remember_order(session, order).await?;
    take_now(ctx, &order.id).await?;
    Ok(Redirect::to(&ctx.paths.order(&order.id)).into_response())
}
