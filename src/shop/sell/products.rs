//! A seller's products: the list, and the form that makes or changes one.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;
use tower_sessions::Session;

use super::product_form::{BODY_LIMIT, ProductForm};
use super::{Standing, standing};
use crate::base::ids::ProductId;
use crate::base::money::Currency;
use crate::flows::{Context, save_product};
use crate::market::catalog::Category;
use crate::market::sellers::Seller;
use crate::market::tax;
use crate::shop::Site;
use crate::shop::desk::{self, PAGE, next_page};
use crate::shop::error::PageError;
use crate::shop::extract::SignedInSeller;
use crate::shop::page::{Chrome, Problems, leave_notice, page, page_with, picture};
use crate::store::catalog::Listed;

/// The list and the form.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/sell/products", get(list))
        .route("/sell/products/new", get(new).post(create))
        .route("/sell/products/{id}", get(edit).post(change))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    before: String,
}

#[derive(Template)]
#[template(path = "sell/products.html")]
struct ProductsPage {
    chrome: Chrome,
    seller: Seller,
    standing: Option<Standing>,
    products: Vec<Listed>,
    categories: Vec<Category>,
    more: Option<String>,
    first: Option<String>,
}

impl ProductsPage {
    fn picture(&self, listed: &Listed) -> String {
        picture(&self.chrome.paths, &listed.product.picture)
    }

    fn section<'a>(&'a self, listed: &'a Listed) -> &'a str {
        let slug = &listed.product.category;
        self.categories.iter().find(|category| category.slug == *slug).map_or(slug, |category| &category.name)
    }
}

async fn list(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Query(place): Query<Place>,
) -> Result<Response, PageError> {
    let before = if place.before.is_empty() { "~" } else { &place.before };
    let mut products = ctx.store.products_of(&seller.id, before, PAGE as i64 + 1).await?;
    let here = ctx.paths.sell_products();
    let more = next_page(&mut products, |listed| listed.product.id.to_string());
    Ok(page(&ProductsPage {
        chrome,
        standing: standing(&seller),
        seller,
        products,
        categories: ctx.store.categories().await?,
        more: more.map(|last| ctx.paths.with_query(&here, &[("before", &last)])),
        first: (before != "~").then_some(here),
    }))
}

#[derive(Template)]
#[template(path = "sell/product.html")]
struct ProductPage {
    chrome: Chrome,
    seller: Seller,
    standing: Option<Standing>,
    categories: Vec<Category>,
    form: ProductForm,
    problems: Problems,
    /// None for a new one.
    listed: Option<Listed>,
    action: String,
    picture: String,
    currency: Currency,
}

impl ProductPage {
    /// What a price is in, and what comes on top of it.
    fn price_hint(&self) -> String {
        let added = if tax::is_added(self.currency) { "tax and shipping" } else { "shipping" };
        format!("In {}, like {}, without {added}.", self.currency, self.currency.example())
    }
}

async fn form_page(
    ctx: &Context,
    chrome: Chrome,
    seller: Seller,
    listed: Option<Listed>,
    form: ProductForm,
    problems: Problems,
) -> Result<ProductPage, PageError> {
    let paths = &ctx.paths;
    Ok(ProductPage {
        currency: ctx.shop.currency,
        standing: standing(&seller),
        categories: ctx.store.categories().await?,
        action: listed.as_ref().map_or_else(|| paths.sell_new_product(), |l| paths.sell_product(&l.product.id)),
        picture: picture(paths, listed.as_ref().map_or("", |listed| &listed.product.picture)),
        chrome,
        seller,
        form,
        problems,
        listed,
    })
}

async fn new(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
) -> Result<Response, PageError> {
    Ok(page(&form_page(&ctx, chrome, seller, None, ProductForm::blank(), Problems::default()).await?))
}

/// Lists a product. Answers 303 to its form, or 422 or 413 with what was typed.
async fn create(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    session: Session,
    sent: Multipart,
) -> Result<Response, PageError> {
    let mut form = ProductForm::read(sent).await?;
    let problems = match form.check(&ctx.store.categories().await?, ctx.shop.currency).await {
        Ok(wanted) => match save_product::list(&ctx, &seller.id, &wanted, form.form_key.as_str()).await {
            Ok(id) => return saved(&ctx, &session, &id, "Listed.").await,
            Err(error) => desk::problems(error, "title")?,
        },
        Err(problems) => problems,
    };
    let status = form.refused_as();
    Ok(page_with(status, &form_page(&ctx, chrome, seller, None, form, problems).await?))
}

async fn own_product(ctx: &Context, seller: &Seller, id: &str) -> Result<Listed, PageError> {
    let id: ProductId = desk::id(id)?;
    let listed = ctx.store.product(&id).await?.filter(|listed| listed.product.seller == seller.id);
    listed.ok_or(PageError::NotFound)
}

async fn edit(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let listed = own_product(&ctx, &seller, &id).await?;
    let form = ProductForm::of(&listed.product, listed.available);
    Ok(page(&form_page(&ctx, chrome, seller, Some(listed), form, Problems::default()).await?))
}

/// Changes a product. Answers 303 to its form, or 422 or 413 with what was typed.
async fn change(
    State(ctx): State<Context>,
    chrome: Chrome,
    SignedInSeller { seller, .. }: SignedInSeller,
    Path(id): Path<String>,
    session: Session,
    sent: Multipart,
) -> Result<Response, PageError> {
    let listed = own_product(&ctx, &seller, &id).await?;
    let mut form = ProductForm::read(sent).await?;
    let problems = match form.check(&ctx.store.categories().await?, ctx.shop.currency).await {
        Ok(wanted) => match save_product::change(&ctx, &seller.id, &listed.product.id, &wanted).await {
            Ok(true) => return saved(&ctx, &session, &listed.product.id, "Saved.").await,
            Ok(false) => return Err(PageError::NotFound),
            Err(error) => desk::problems(error, "title")?,
        },
        Err(problems) => problems,
    };
    let status = form.refused_as();
    Ok(page_with(status, &form_page(&ctx, chrome, seller, Some(listed), form, problems).await?))
}

async fn saved(ctx: &Context, session: &Session, id: &ProductId, words: &str) -> Result<Response, PageError> {
    leave_notice(session, words).await?;
    Ok(Redirect::to(&ctx.paths.sell_product(id)).into_response())
}
