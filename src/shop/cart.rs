//! The basket: several sellers in one, kept by a cookie and read fresh every time.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Site;
use super::browse::product_page;
use super::error::PageError;
use super::extract::{Cart, CartCookie, FormKey, TextForm};
use super::page::{self, Chrome, page_with};
use crate::base::ids::ProductId;
use crate::base::money::Money;
use crate::base::paths::Paths;
use crate::flows::Context;
use crate::flows::express::{self, Offer, Place};
use crate::market::subscription::Period;
use crate::store::carts::{self, MOST};
use crate::store::{StoreError, retried};

/// What one seller's part of the basket shows.
pub struct CartGroup {
    seller_slug: String,
    seller_name: String,
    ships_from: String,
    lines: Vec<CartLine>,
    subtotal: Money,
}

/// One line of the basket.
pub struct CartLine {
    product_id: ProductId,
    slug: String,
    title: String,
    picture: String,
    price: Money,
    period: Option<Period>,
    /// As typed, where that could not be.
    quantity: String,
    max_quantity: i64,
    amount: Money,
    problem: Option<String>,
}

/// A change that could not be made.
struct Refused<'a> {
    product: &'a ProductId,
    typed: String,
    words: String,
}

#[derive(Template)]
#[template(path = "cart.html")]
struct CartPage {
    chrome: Chrome,
    groups: Vec<CartGroup>,
    total: Money,
    can_check_out: bool,
    /// The providers that bring the address.
    offers: Vec<Offer>,
    express_key: FormKey,
}

/// `GET /cart`.
pub async fn cart(
    State(site): State<Site>,
    chrome: Chrome,
    CartCookie(cart): CartCookie,
) -> Result<Response, PageError> {
    cart_page(&site, chrome, cart, StatusCode::OK, None).await
}

/// The basket, with why something about paying from it was not done: 422.
pub async fn refused(site: &Site, chrome: Chrome, cart: Option<Cart>, words: &str) -> Result<Response, PageError> {
    let chrome = Chrome { notice: Some(words.to_owned()), ..chrome };
    cart_page(site, chrome, cart, StatusCode::UNPROCESSABLE_ENTITY, None).await
}

/// The basket as it is now, with a message beside the line that could not be changed.
async fn cart_page(
    site: &Site,
    mut chrome: Chrome,
    cart: Option<Cart>,
    status: StatusCode,
    refused: Option<Refused<'_>>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let lines = match &cart {
        Some(cart) => ctx.store.cart_lines(&cart.id).await?,
        None => Vec::new(),
    };
    let nothing = Money::zero(ctx.shop.currency);
    let (mut groups, mut total, mut can_check_out) = (Vec::<CartGroup>::new(), nothing, true);
    let count = lines.iter().map(|line| line.quantity).sum();
    for line in lines {
        let refused = refused.as_ref().filter(|refused| *refused.product == line.product);
        let problem = refused.map_or_else(|| problem(&line), |refused| Some(refused.words.clone()));
        let typed = refused.map_or_else(|| line.quantity.to_string(), |refused| refused.typed.clone());
        can_check_out &= problem.is_none();
        let amount = line.unit.times(line.quantity).map_err(PageError::internal)?;
        total = total.plus(amount).map_err(PageError::internal)?;
        if groups.last().is_none_or(|group| group.seller_slug != line.seller_slug) {
            groups.push(CartGroup {
                seller_slug: line.seller_slug.clone(),
                seller_name: line.seller_name.clone(),
                ships_from: line.ships_from.clone(),
                lines: Vec::new(),
                subtotal: nothing,
            });
        }
        if let Some(group) = groups.last_mut() {
            group.subtotal = group.subtotal.plus(amount).map_err(PageError::internal)?;
            group.lines.push(shown(&ctx.paths, line, typed, amount, problem));
        }
    }
    chrome.cart_count = count;
    // the cookie's count may be old: a product left the market, or an order took everything
    let remember = cart.map(|cart| Cart { count, ..cart }.remember(&ctx.paths));
    let is_offered = can_check_out && !groups.is_empty();
    let offers = if is_offered { express::offers(ctx, Place::Cart) } else { Vec::new() };
    let page = CartPage { chrome, groups, total, can_check_out, offers, express_key: FormKey::fresh() };
    let has_button = !page.offers.is_empty();
    let page = page_with(status, &page);
    let page = if has_button { site.shop.with_buttons(page) } else { page };
    Ok(match remember {
        Some(cookie) => (cookie, page).into_response(),
        None => page,
    })
}

fn shown(paths: &Paths, line: carts::CartLine, typed: String, amount: Money, problem: Option<String>) -> CartLine {
    CartLine {
        product_id: line.product,
        slug: line.slug,
        title: line.title,
        picture: page::picture(paths, &line.picture),
        price: line.unit,
        period: line.period,
        quantity: typed,
        max_quantity: MOST.min(line.available.max(1)),
        amount,
        problem,
    }
}

fn problem(line: &carts::CartLine) -> Option<String> {
    match (line.is_offered, line.available) {
        (false, _) => Some("This is no longer offered. Please remove it.".to_owned()),
        (true, 0) => Some("Sold out. Please remove it.".to_owned()),
        (true, left) if left < line.quantity => Some(format!("Only {left} left. Please change the number.")),
        _ => None,
    }
}

/// Reads how many are wanted: a whole number from `least` to the most a basket takes.
fn quantity(typed: &str, least: i64) -> Result<i64, String> {
    let quantity: Option<i64> = typed.trim().parse().ok();
    quantity
        .filter(|quantity| (least..=MOST).contains(quantity))
        .ok_or_else(|| format!("How many? A whole number from {least} to {MOST}, please."))
}

/// What the product page posts.
#[derive(Debug, serde::Deserialize)]
pub struct AddForm {
    #[serde(default)]
    product_id: String,
    #[serde(default = "one")]
    quantity: String,
}

fn one() -> String {
    "1".to_owned()
}

/// `POST /cart/items`. Answers 303 to the basket, or 422 with the product's page and what is wrong.
pub async fn add(
    State(site): State<Site>,
    chrome: Chrome,
    CartCookie(cart): CartCookie,
    TextForm(form): TextForm<AddForm>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let unknown = || PageError::Unprocessable("That product is not on the market (any more).".to_owned());
    let product: ProductId = form.product_id.parse().map_err(|_| unknown())?;
    let listed = ctx.store.product(&product).await?.ok_or_else(unknown)?;
    let cart = cart.unwrap_or_else(Cart::fresh);
    let added = match quantity(&form.quantity, 1) {
        Ok(quantity) => add_to(ctx, &cart, &product, quantity).await?,
        Err(words) => Err(words),
    };
    match added {
        Ok(count) => {
            let cart = Cart { count, ..cart };
            Ok((cart.remember(&ctx.paths), Redirect::to(&ctx.paths.cart())).into_response())
        }
        Err(words) => {
            let mut page = product_page(&site, &listed.product.slug).await.map_err(|error| match error {
                PageError::NotFound => unknown(),
                other => other,
            })?;
            page.chrome = Chrome { notice: Some(words), ..chrome };
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// Adds, and counts what is then in the basket; or says why not.
async fn add_to(
    ctx: &Context,
    cart: &Cart,
    product: &ProductId,
    quantity: i64,
) -> Result<Result<i64, String>, StoreError> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        tx.add_to_cart(&cart.id, product, quantity, ctx.clock.now()).await?;
        let lines = tx.cart_lines(&cart.id).await?;
        let line = lines.iter().find(|line| line.product == *product);
        if let Some(words) = line.and_then(|line| cannot_add(line, quantity)) {
            return Ok(Err(words));
        }
        tx.commit().await?;
        Ok(Ok(lines.iter().map(|line| line.quantity).sum()))
    })
    .await
}

/// Why a line that `quantity` was just added to cannot stay.
fn cannot_add(line: &carts::CartLine, quantity: i64) -> Option<String> {
    let had = line.quantity - quantity;
    match (line.is_offered, line.available) {
        (false, _) => Some("This is no longer offered.".to_owned()),
        (true, 0) => Some("Sold out. Somebody was faster.".to_owned()),
        (true, left) if left >= line.quantity => None,
        (true, 1) if had == 0 => Some("There is only one.".to_owned()),
        (true, left) if had == 0 => Some(format!("There are only {left}.")),
        (true, left) => Some(format!("There are only {left}, and {had} of them in your cart already.")),
    }
}

/// What a line of the basket posts.
#[derive(Debug, serde::Deserialize)]
pub struct ChangeForm {
    #[serde(default)]
    quantity: String,
}

/// `POST /cart/items/{product_id}`; 0 removes. Answers 303 to the basket, or 422 with the basket and
/// a message beside the line.
pub async fn change(
    State(site): State<Site>,
    Path(product): Path<String>,
    chrome: Chrome,
    CartCookie(cart): CartCookie,
    TextForm(form): TextForm<ChangeForm>,
) -> Result<Response, PageError> {
    let ctx = &site.ctx;
    let product: ProductId = product.parse().map_err(|_| PageError::NotFound)?;
    let Some(cart) = cart else { return Ok(Redirect::to(&ctx.paths.cart()).into_response()) };
    let changed = match quantity(&form.quantity, 0) {
        Ok(quantity) => change_in(ctx, &cart, &product, quantity).await?,
        Err(words) => Err(words),
    };
    match changed {
        Ok(count) => {
            let cart = Cart { count, ..cart };
            Ok((cart.remember(&ctx.paths), Redirect::to(&ctx.paths.cart())).into_response())
        }
        Err(words) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let refused = Refused { product: &product, typed: form.quantity, words };
            cart_page(&site, chrome, Some(cart), status, Some(refused)).await
        }
    }
}

async fn change_in(
    ctx: &Context,
    cart: &Cart,
    product: &ProductId,
    quantity: i64,
) -> Result<Result<i64, String>, StoreError> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        tx.set_in_cart(&cart.id, product, quantity).await?;
        let lines = tx.cart_lines(&cart.id).await?;
        let line = lines.iter().find(|line| line.product == *product);
        if let Some(words) = line.and_then(problem) {
            return Ok(Err(words));
        }
        tx.commit().await?;
        Ok(Ok(lines.iter().map(|line| line.quantity).sum()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_that_fit_a_basket_are_quantities() {
        assert_eq!(quantity(" 3 ", 1), Ok(3));
        assert_eq!(quantity("0", 0), Ok(0));
        for bad in ["0", "-1", "100", "1.5", "two", "", "99999999999999999999", "1e1"] {
            assert!(quantity(bad, 1).is_err(), "{bad}");
        }
    }
}
