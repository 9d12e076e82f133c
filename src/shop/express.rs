//! From the basket to a provider that brings the address, and the page on which the order is looked
//! over before it is placed. Address and email come from the provider alone, never from a form.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use super::Site;
use super::account::is_address;
use super::cart;
use super::checkout::lead_on;
use super::checkout_costs::{Costs, Sending};
use super::error::PageError;
use super::extract::{Cart, CartCookie, FormKey, MadeOn, MaybeSignedIn, TextForm, browser_secret, known_browser};
use super::page::{Chrome, Problems, page_with};
use crate::flows::check_out::{self, CheckoutForm};
use crate::flows::express::{self, Choice, Seen};
use crate::flows::{ActError, Context};
use crate::market::shipping::{COUNTRIES, ShippingMethod};
use crate::market::tax;
use crate::orders::agreement::rules;
use crate::orders::checkout::Address;
use crate::orders::device::Device;
use crate::store::accounts::Account;
use crate::store::carts::CartLine;

/// The ways out and back, inside the session layer.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/cart/express/{provider}", post(start))
        .route("/checkout/review/{provider}", get(review).post(place))
}

const NOTHING: &str = "Your cart is empty, so there is nothing to pay for. Nothing was charged.";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Begun {
    form_key: FormKey,
}

/// What the review posts. No address: that is read from the provider again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reviewed {
    form_key: FormKey,
    visit: String,
    shipping_method: String,
    gift_wrap: String,
    /// `update` only computes the totals anew.
    intent: String,
}

#[derive(Template)]
#[template(path = "checkout_review.html")]
struct ReviewPage {
    chrome: Chrome,
    problems: Problems,
    /// Where the form goes: the provider's name.
    provider: String,
    title: &'static str,
    form_key: FormKey,
    visit: String,
    choice: Box<Choice>,
    country: String,
    sending: Sending,
    costs: Costs,
}

/// Who pays from a basket: their session, their account, and what is in the basket now. Taken in no
/// more often than checkouts are, since the provider is asked.
struct Buyer {
    chrome: Chrome,
    session: Session,
    cart: Option<Cart>,
    account: Option<Account>,
    device: Device,
    lines: Vec<CartLine>,
}

impl FromRequestParts<Site> for Buyer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Buyer, PageError> {
        site.shop.limits().checkout(site.shop.limits().client(parts))?;
        let CartCookie(cart) = CartCookie::of(&parts.headers);
        let lines = match &cart {
            Some(cart) => site.ctx.store.cart_lines(&cart.id).await?,
            None => Vec::new(),
        };
        let MaybeSignedIn(account) = MaybeSignedIn::from_request_parts(parts, site).await?;
        let session = Session::from_request_parts(parts, site).await.map_err(|(_, why)| PageError::internal(why))?;
        let chrome = Chrome::from_request_parts(parts, site).await?;
        let Ok(MadeOn(device)) = MadeOn::from_request_parts(parts, site).await;
        Ok(Buyer { chrome, session, cart, account, device, lines })
    }
}

impl Buyer {
    /// The visit, or why this browser is not shown it. Only one with something in the basket may claim it.
    async fn sees(&self, ctx: &Context, provider: &str, visit: &str) -> Result<Result<Seen, &'static str>, PageError> {
        let has_goods = !self.lines.is_empty();
        let session = &self.session;
        let browser = if has_goods { browser_secret(session).await? } else { known_browser(session).await? };
        match express::look(ctx, provider, visit, &browser, has_goods).await {
            Ok(Seen::Chosen(_)) | Err(ActError::NotNow(_)) if !has_goods => Ok(Err(NOTHING)),
            Ok(Seen::Chosen(choice)) => Ok(Ok(Seen::Chosen(with_email(choice, self.account.as_ref())))),
            Ok(seen) => Ok(Ok(seen)),
            Err(ActError::NotNow(why)) => Ok(Err(why)),
            // No provider that brings an address has this name.
            Err(ActError::BadField { .. }) => Err(PageError::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// The basket, with why nothing was begun or ordered.
    async fn refused(self, site: &Site, why: &str) -> Result<Response, PageError> {
        cart::refused(site, self.chrome, self.cart, why).await
    }

    fn page(
        self,
        site: &Site,
        provider: String,
        reviewed: Reviewed,
        choice: Box<Choice>,
        mut problems: Problems,
        status: StatusCode,
    ) -> Result<Response, PageError> {
        let ctx = &site.ctx;
        let (method, is_gift) = (reviewed.method(), reviewed.is_gift());
        let costs = Costs::of(ctx, &self.lines, method, is_gift, &choice.address)?;
        if let Some(message) = costs.problem.clone().filter(|_| problems.of("cart").is_none()) {
            problems.add("cart", message);
        }
        let page = ReviewPage {
            chrome: self.chrome,
            title: ctx.providers.get(&provider).ok_or(PageError::NotFound)?.title(),
            provider,
            form_key: reviewed.form_key,
            visit: reviewed.visit,
            country: country(&choice.address).map_or_else(|| choice.address.country.clone(), str::to_owned),
            sending: Sending::of(ctx.shop.currency, method, is_gift),
            costs,
            choice,
            problems,
        };
        let has_script = page.choice.change.is_some();
        let page = page_with(status, &page);
        Ok(if has_script { site.shop.with_buttons(page) } else { page })
    }
}

/// `POST /cart/express/{provider}`: 303 to the provider's pages, or the basket with what stands against it.
async fn start(
    State(site): State<Site>,
    buyer: Buyer,
    Path(provider): Path<String>,
    TextForm(begun): TextForm<Begun>,
) -> Result<Response, PageError> {
    if buyer.lines.is_empty() {
        return buyer.refused(&site, NOTHING).await;
    }
    let browser = browser_secret(&buyer.session).await?;
    match express::start(&site.ctx, &provider, begun.form_key.as_str(), &browser).await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(ActError::NotNow(why)) => buyer.refused(&site, why).await,
        Err(ActError::BadField { .. }) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// `GET /checkout/review/{provider}`: what the buyer chose at the provider, priced; or the basket
/// with why it is not shown.
async fn review(
    State(site): State<Site>,
    buyer: Buyer,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let visit = match express::visit_in(ctx, &provider, &query.unwrap_or_default()) {
        Ok(visit) => visit,
        Err(ActError::NotNow(why)) => return buyer.refused(&site, why).await,
        Err(_) => return Err(PageError::NotFound),
    };
    match buyer.sees(ctx, &provider, &visit).await? {
        Ok(Seen::Chosen(choice)) => {
            let problems = undeliverable(&choice);
            let reviewed = Reviewed { visit, ..Reviewed::default() };
            buyer.page(&site, provider, reviewed, choice, problems, StatusCode::OK)
        }
        Ok(Seen::Ordered(order)) => {
            let order = ctx.store.order(&order).await?.ok_or(PageError::NotFound)?;
            Ok(Redirect::to(&ctx.paths.checkout_status(&order.checkout)).into_response())
        }
        Err(why) => buyer.refused(&site, why).await,
    }
}

/// `POST /checkout/review/{provider}`: 303 to the provider, where the buyer approves, or 422 with
/// the page and what is wrong. The same form twice leads to the same place.
async fn place(
    State(site): State<Site>,
    buyer: Buyer,
    Path(provider): Path<String>,
    TextForm(reviewed): TextForm<Reviewed>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let choice = match buyer.sees(ctx, &provider, &reviewed.visit).await? {
        Ok(Seen::Chosen(choice)) => choice,
        Ok(Seen::Ordered(order)) => {
            let order = ctx.store.order(&order).await?.ok_or(PageError::NotFound)?;
            return lead_on(ctx, &buyer.session, &order.checkout, Some(&reviewed.visit)).await;
        }
        Err(why) => return buyer.refused(&site, why).await,
    };
    let mut problems = undeliverable(&choice);
    if reviewed.intent == "update" {
        return buyer.page(&site, provider, reviewed, choice, problems, StatusCode::OK);
    }
    if ShippingMethod::from_word(&reviewed.shipping_method).is_none() {
        problems.add("shipping_method", "Please choose how it should travel.");
    }
    if !problems.is_empty() {
        return buyer.page(&site, provider, reviewed, choice, problems, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let wanted = CheckoutForm {
        key: reviewed.form_key.as_str().to_owned(),
        cart: buyer.cart.as_ref().map(|cart| cart.id.clone()).unwrap_or_default(),
        buyer: buyer.account.as_ref().map(|account| account.id.clone()),
        email: choice.email.clone(),
        address: choice.address.clone(),
        shipping_method: reviewed.method(),
        is_gift: reviewed.is_gift(),
        provider: provider.clone(),
        is_kept: false,
        month_minor: rules::USUAL,
        times: None,
        shown_minor: None,
        device: buyer.device,
    };
    match check_out::place(ctx, &wanted).await {
        Ok(checkout) => lead_on(ctx, &buyer.session, &checkout, Some(&reviewed.visit)).await,
        Err(ActError::BadField { field, message }) => {
            problems.add(field, message);
            buyer.page(&site, provider, reviewed, choice, problems, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error.into()),
    }
}

impl Reviewed {
    fn method(&self) -> ShippingMethod {
        ShippingMethod::from_word(&self.shipping_method).unwrap_or(ShippingMethod::Standard)
    }

    fn is_gift(&self) -> bool {
        !self.gift_wrap.is_empty()
    }
}

fn country(address: &Address) -> Option<&'static str> {
    COUNTRIES.iter().find(|(code, _)| *code == address.country).map(|(_, called)| *called)
}

/// A provider that shares no email leaves the account's.
fn with_email(mut choice: Box<Choice>, account: Option<&Account>) -> Box<Choice> {
    if let Some(account) = account.filter(|_| !is_address(&choice.email)) {
        choice.email = account.email.clone();
    }
    choice
}

/// What stands against sending parcels and letters there; the buyer mends it at the provider.
fn undeliverable(choice: &Choice) -> Problems {
    let Choice { address, email, .. } = choice;
    let mut problems = Problems::default();
    let parts = [&address.name, &address.line1, &address.city, &address.postal_code];
    if country(address).is_none() {
        problems.add("address", "We do not send parcels to that country yet. Please choose another address.");
    } else if address.country == "US" && !tax::states().any(|code| code == address.state) {
        problems.add("address", "We do not send parcels to that part of the U.S. yet. Please choose another address.");
    } else if parts.into_iter().any(|part| part.is_empty()) {
        problems.add("address", "A part of the address is missing. Please choose another one.");
    }
    if !is_address(email) {
        problems.add("address", "We were not told where to write to you. Please sign in here first, then start again.");
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_no_parcel_can_go_to_is_named() {
        let text = str::to_owned;
        let address = Address {
            name: text("Ana"),
            line1: text("1 High Street"),
            city: text("Seattle"),
            state: text("WA"),
            postal_code: text("98101"),
            country: text("US"),
            ..Address::EMPTY
        };
        let good = Choice {
            email: text("a@b.example"),
            address,
            instrument: String::new(),
            pages: String::new(),
            change: None,
        };
        assert!(undeliverable(&good).is_empty());
        for (words, spoil) in [
            ("that country", (|choice: &mut Choice| choice.address.country = "BR".into()) as fn(&mut Choice)),
            ("part of the U.S.", |choice| choice.address.state = "PR".into()),
            ("is missing", |choice| choice.address.postal_code.clear()),
            ("write to you", |choice| choice.email.clear()),
        ] {
            let mut choice = good.clone();
            spoil(&mut choice);
            assert!(undeliverable(&choice).of("address").unwrap().contains(words), "{words}");
        }
    }
}
