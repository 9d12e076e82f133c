//! Walking along the stalls: home, product and seller pages; [`search`] has its own file.

mod cards;
pub mod search;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::response::Response;

use super::Site;
use super::catalogue::{Kept, Scope};
use super::error::PageError;
use super::extract::{CartCookie, MaybeSignedIn};
use super::help::HelpPage;
use super::page::{self, Categories, Chrome};
use super::policies::PoliciesPage;
use super::privacy::PrivacyPage;
use super::tab::{self, OneClickView};
use crate::base::ids::ProductId;
use crate::base::money::{Currency, Money};
use crate::flows::tab::Click;
use crate::market::sellers::Registration;
use crate::market::subscription::Period;
use crate::store::accounts::Account;
use crate::store::carts::MOST;
use crate::store::catalog::Listed;
use crate::store::catalog::listing::{PAGE, Wanted};

use self::cards::cards;
pub use self::cards::{ProductCard, Stall};
use search::SearchPage;

/// The products that stand on the first page's counter, where the market has them.
const COUNTER: [&str; 5] = ["wildflower-honey", "pink-teapot", "forgetful-cactus", "student-violin", "bear-listener"];

/// How many products the first page shows besides.
const FEATURED: usize = 12;

/// How many stalls the first page shows.
const STALLS: i64 = 24;

/// The things that go wrong.
#[derive(Clone, Debug)]
pub struct Shelf {
    seller: Stall,
    words: &'static str,
    products: Vec<ProductCard>,
}

/// The first page.
#[derive(Clone, Template)]
#[template(path = "browse/home.html")]
pub struct HomePage {
    chrome: Chrome,
    counter: Vec<ProductCard>,
    categories: Categories,
    featured: Vec<ProductCard>,
    shelf: Option<Shelf>,
    stalls: Vec<Stall>,
}

/// What the product page says of its seller.
#[derive(Clone, Debug)]
pub struct Maker {
    slug: String,
    name: String,
    ships_from: String,
    picture: String,
    return_policy: String,
    shipping_policy: String,
}

/// What the product page says of the product.
#[derive(Clone, Debug)]
pub struct Offer {
    id: ProductId,
    slug: String,
    title: String,
    picture: String,
    price: Money,
    period: Option<Period>,
    is_digital: bool,
    is_donation: bool,
    is_service: bool,
    paragraphs: Vec<String>,
    category_slug: String,
    category_name: String,
    wonky: bool,
    sold_out: bool,
    max_quantity: i64,
}

/// One product.
#[derive(Clone, Template)]
#[template(path = "browse/product.html")]
pub struct ProductPage {
    /// The frame.
    pub chrome: Chrome,
    product: Offer,
    seller: Maker,
    more: Vec<ProductCard>,
    /// Whether a tab can be opened in this shop.
    tab_offered: bool,
    /// What the visitor's own tab does with it; none for everybody else.
    click: Option<OneClickView>,
    /// Why a click did not buy.
    problem: Option<String>,
    scope: Scope,
}

/// What the seller page says.
#[derive(Clone, Debug)]
pub struct Portrait {
    name: String,
    tagline: String,
    ships_from: String,
    picture: String,
    owner: String,
    return_policy: String,
    shipping_policy: String,
    paragraphs: Vec<String>,
}

/// One seller's stall.
#[derive(Clone, Template)]
#[template(path = "browse/seller.html")]
pub struct SellerPage {
    chrome: Chrome,
    seller: Portrait,
    products: Vec<ProductCard>,
    more: Option<String>,
    first: Option<String>,
    scope: Scope,
}

/// A page that the catalogue may keep.
#[derive(Clone)]
pub enum BrowsePage {
    /// The first page.
    Home(Box<HomePage>),
    /// Products found.
    Search(Box<SearchPage>),
    /// One product.
    Product(Box<ProductPage>),
    /// One seller.
    Seller(Box<SellerPage>),
    /// Codes of payment services.
    Help(Box<HelpPage>),
    /// The market's rules.
    Policies(Box<PoliciesPage>),
    /// What is kept of whom.
    Privacy(Box<PrivacyPage>),
}

impl BrowsePage {
    /// The bytes for a visitor with this many things in the basket.
    pub fn render(&self, cart_count: i64) -> Result<Bytes, PageError> {
        let mut page = self.clone();
        let chrome = match &mut page {
            BrowsePage::Home(page) => &mut page.chrome,
            BrowsePage::Search(page) => &mut page.chrome,
            BrowsePage::Product(page) => &mut page.chrome,
            BrowsePage::Seller(page) => &mut page.chrome,
            BrowsePage::Help(page) => &mut page.chrome,
            BrowsePage::Policies(page) => &mut page.chrome,
            BrowsePage::Privacy(page) => &mut page.chrome,
        };
        chrome.cart_count = cart_count;
        let html = match &page {
            BrowsePage::Home(page) => page.render(),
            BrowsePage::Search(page) => page.render(),
            BrowsePage::Product(page) => page.render(),
            BrowsePage::Seller(page) => page.render(),
            BrowsePage::Help(page) => page.render(),
            BrowsePage::Policies(page) => page.render(),
            BrowsePage::Privacy(page) => page.render(),
        };
        html.map(Bytes::from).map_err(PageError::internal)
    }

    /// What makes it stale.
    pub fn scope(&self) -> Scope {
        match self {
            BrowsePage::Home(_)
            | BrowsePage::Search(_)
            | BrowsePage::Help(_)
            | BrowsePage::Policies(_)
            | BrowsePage::Privacy(_) => Scope::AnyChange,
            BrowsePage::Product(page) => page.scope.clone(),
            BrowsePage::Seller(page) => page.scope.clone(),
        }
    }
}

/// The answer with a page of the catalogue: asked for again each time, since the basket is on it.
pub(super) fn answer(kept: &Kept, cart: &CartCookie) -> Result<Response, PageError> {
    let bytes = kept.bytes(cart.0.as_ref().map_or(0, |cart| cart.count))?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page::HTML));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("cookie"));
    Ok(response)
}

/// `GET /`.
pub async fn home(State(site): State<Site>, cart: CartCookie) -> Result<Response, PageError> {
    let kept = site.shop.catalogue().page("home".to_owned(), async || home_page(&site).await).await?;
    answer(&kept, &cart)
}

async fn home_page(site: &Site) -> Result<BrowsePage, PageError> {
    let (store, paths) = (&site.ctx.store, &site.ctx.paths);
    site.shop.catalogue().know_categories(store).await?;
    let chrome = Chrome::plain(&site.ctx, &site.shop);
    let mut newest = store.listing(&Wanted::default(), 2 * PAGE).await?;
    newest.retain(|listed| !listed.product.is_wonky && !COUNTER.contains(&listed.product.slug.as_str()));
    let mut counter = store.five(COUNTER).await?;
    counter.sort_by_key(|listed| COUNTER.iter().position(|slug| *slug == listed.product.slug));
    let missing = (COUNTER.len() - counter.len()).min(newest.len());
    counter.extend(newest.drain(..missing));
    newest.truncate(FEATURED);
    let stalls = store.open_stalls(STALLS).await?;
    let page = HomePage {
        categories: chrome.categories.clone(),
        chrome,
        counter: cards(paths, counter),
        featured: cards(paths, newest),
        shelf: shelf(site).await?,
        stalls: stalls.into_iter().map(|seller| Stall::of(paths, seller)).collect(),
    };
    Ok(BrowsePage::Home(Box::new(page)))
}

async fn shelf(site: &Site) -> Result<Option<Shelf>, PageError> {
    let products = site.ctx.store.shelf(4).await?;
    let Some(first) = products.first() else { return Ok(None) };
    let paths = &site.ctx.paths;
    let Some(seller) = site.ctx.store.seller(&first.product.seller).await? else { return Ok(None) };
    // prices that a sandbox fails on purpose are those in dollars, for FPS
    let words = match first.product.price.currency == Currency::USD {
        true => "Declined cards, stumbling payments, the very last one.",
        false => "The one that is gone, the very last one, and what becomes of them.",
    };
    Ok(Some(Shelf { seller: Stall::of(paths, seller), words, products: cards(paths, products) }))
}

/// `GET /p/{slug}`. What is delivered at once shows those who are signed in what their tab does with it.
pub async fn product(
    State(site): State<Site>,
    Path(slug): Path<String>,
    cart: CartCookie,
    mut parts: Parts,
) -> Result<Response, PageError> {
    let read = async || product_page(&site, &slug).await.map(|page| BrowsePage::Product(Box::new(page)));
    let kept = site.shop.catalogue().page(format!("p/{slug}"), read).await?;
    if let BrowsePage::Product(page) = kept.page()
        && page.product.is_digital
        && page.tab_offered
        && let MaybeSignedIn(Some(account)) = MaybeSignedIn::from_request_parts(&mut parts, &site).await?
    {
        let own = own_page(&site, page, &account, &cart, None).await?;
        return Ok(page::page(&own));
    }
    answer(&kept, &cart)
}

/// The page for somebody who is signed in, with why a click did not buy.
pub async fn own_page(
    site: &Site,
    page: &ProductPage,
    account: &Account,
    cart: &CartCookie,
    problem: Option<String>,
) -> Result<ProductPage, PageError> {
    let mut own = page.clone();
    own.chrome.cart_count = cart.0.as_ref().map_or(0, |cart| cart.count);
    own.click = tab::view(&site.ctx, account, &page.product.slug).await?;
    own.problem = problem;
    Ok(own)
}

/// The page of the product at `slug`, straight from the database.
pub async fn product_page(site: &Site, slug: &str) -> Result<ProductPage, PageError> {
    let (store, paths) = (&site.ctx.store, &site.ctx.paths);
    site.shop.catalogue().know_categories(store).await?;
    let Listed { product, available, .. } = store.product_by_slug(slug).await?.ok_or(PageError::NotFound)?;
    let seller = store.seller(&product.seller).await?.ok_or(PageError::NotFound)?;
    let wanted = Wanted { seller: Some(seller.id.clone()), ..Wanted::default() };
    let mut more = store.listing(&wanted, 5).await?;
    more.retain(|listed| listed.product.id != product.id);
    more.truncate(4);
    let product_is_digital = product.delivers.is_some() && product.period.is_none();
    let chrome = Chrome::plain(&site.ctx, &site.shop);
    let category = chrome.categories.iter().find(|category| category.slug == product.category);
    Ok(ProductPage {
        scope: Scope::Seller(seller.id.to_string()),
        product: Offer {
            picture: page::picture(paths, &product.picture),
            paragraphs: page::paragraphs(&product.description),
            category_name: category.map_or_else(|| product.category.clone(), |category| category.name.clone()),
            id: product.id,
            slug: product.slug,
            title: product.title,
            price: product.price,
            period: product.period,
            is_digital: product.delivers.is_some(),
            is_donation: product.is_donation,
            is_service: product.is_service,
            category_slug: product.category,
            wonky: product.is_wonky,
            sold_out: available == 0,
            // stock is not in the catalogue: the basket and the checkout say how many there are
            max_quantity: MOST,
        },
        seller: Maker {
            picture: page::picture(paths, &seller.picture),
            slug: seller.slug,
            name: seller.name,
            ships_from: seller.ships_from,
            return_policy: seller.return_policy,
            shipping_policy: seller.shipping_policy,
        },
        more: cards(paths, more),
        tab_offered: product_is_digital && crate::flows::tab::provider(&site.ctx).is_some(),
        click: None,
        problem: None,
        chrome,
    })
}

/// Where a page of a listing goes on.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

/// `GET /s/{seller}`.
pub async fn seller(
    State(site): State<Site>,
    Path(slug): Path<String>,
    Query(After { after }): Query<After>,
    cart: CartCookie,
) -> Result<Response, PageError> {
    let read = async || seller_page(&site, &slug, &after).await;
    let kept = site.shop.catalogue().page(format!("s/{slug}?{after}"), read).await?;
    answer(&kept, &cart)
}

async fn seller_page(site: &Site, slug: &str, after: &str) -> Result<BrowsePage, PageError> {
    let (store, paths) = (&site.ctx.store, &site.ctx.paths);
    site.shop.catalogue().know_categories(store).await?;
    let seller = store.seller_by_slug(slug).await?.ok_or(PageError::NotFound)?;
    if seller.state != Registration::Registered {
        return Err(PageError::NotFound);
    }
    let owner = store.account(&seller.account).await?.map(|account| account.name).unwrap_or_default();
    let after: Option<ProductId> = after.parse().ok();
    let wanted = Wanted { seller: Some(seller.id.clone()), after: after.clone(), ..Wanted::default() };
    let here = paths.seller(&seller.slug);
    let (products, next) = one_page(store.listing(&wanted, PAGE + 1).await?);
    let page = SellerPage {
        chrome: Chrome::plain(&site.ctx, &site.shop),
        scope: Scope::Seller(seller.id.to_string()),
        products: cards(paths, products),
        more: next.map(|id| paths.with_query(&here, &[("after", id.as_str())])),
        first: after.map(|_| here),
        seller: Portrait {
            picture: page::picture(paths, &seller.picture),
            paragraphs: page::paragraphs(&seller.story),
            name: seller.name,
            tagline: seller.tagline,
            ships_from: seller.ships_from,
            owner,
            return_policy: seller.return_policy,
            shipping_policy: seller.shipping_policy,
        },
    };
    Ok(BrowsePage::Seller(Box::new(page)))
}

/// Cuts a listing that was read one too far to a page, and says behind which product the next begins.
fn one_page(mut products: Vec<Listed>) -> (Vec<Listed>, Option<ProductId>) {
    let has_more = products.len() > PAGE;
    products.truncate(PAGE);
    let last = products.last().map(|listed| listed.product.id.clone());
    (products, last.filter(|_| has_more))
}
