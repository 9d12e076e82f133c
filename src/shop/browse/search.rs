//! `GET /search`: words and filters, page by page.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{BrowsePage, ProductCard, answer, cards, one_page};
use crate::base::ids::ProductId;
use crate::base::money::{Currency, Money, MoneyError};
use crate::base::paths::Paths;
use crate::market::catalog::search_terms;
use crate::shop::Site;
use crate::shop::error::PageError;
use crate::shop::extract::CartCookie;
use crate::shop::page::{Chrome, page_with};
use crate::store::catalog::listing::{PAGE, Sort, Wanted};

/// The most words of a search that count.
const MOST_TERMS: usize = 6;

/// How much of what was typed is looked at, in characters.
const MOST_TYPED: usize = 200;

/// How many sellers the choice offers.
const MOST_SELLERS: i64 = 200;

/// What was asked for, as typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    q: String,
    category: String,
    seller: String,
    min: String,
    max: String,
    sort: String,
    after: String,
}

impl Typed {
    fn shortened(mut self) -> Typed {
        for text in [&mut self.q, &mut self.category, &mut self.seller, &mut self.min, &mut self.max] {
            *text = text.trim().chars().take(MOST_TYPED).collect();
        }
        self.sort = Sort::from_word(&self.sort).unwrap_or_default().word().to_owned();
        self
    }

    /// The address of this search, going on behind `after`.
    fn address(&self, paths: &Paths, after: &str) -> String {
        let sort = if self.sort == Sort::default().word() { "" } else { &self.sort };
        let pairs = [
            ("q", self.q.as_str()),
            ("category", &self.category),
            ("seller", &self.seller),
            ("min", &self.min),
            ("max", &self.max),
            ("sort", sort),
            ("after", after),
        ];
        paths.with_query(&paths.search(), &pairs)
    }
}

/// A seller in the choice.
#[derive(Clone, Debug)]
pub struct Choice {
    slug: String,
    name: String,
}

/// The products that were found.
#[derive(Clone, Template)]
#[template(path = "browse/search.html")]
pub struct SearchPage {
    /// The frame.
    pub chrome: Chrome,
    heading: String,
    blurb: Option<String>,
    query: Typed,
    filters_open: bool,
    sellers: Vec<Choice>,
    min_error: Option<String>,
    max_error: Option<String>,
    results: Vec<ProductCard>,
    more: Option<String>,
    first: Option<String>,
}

/// `GET /search`. An amount that is none comes back beside the field, with 422.
pub async fn search(
    State(site): State<Site>,
    Query(typed): Query<Typed>,
    cart: CartCookie,
) -> Result<Response, PageError> {
    let typed = typed.shortened();
    let currency = site.ctx.shop.currency;
    let bounds = (bound(&typed.min, currency), bound(&typed.max, currency));
    if bounds.0.is_err() || bounds.1.is_err() {
        let mut page = search_page(&site, typed, [None, None]).await?;
        (page.min_error, page.max_error) = (bounds.0.err(), bounds.1.err());
        page.filters_open = true;
        page.chrome.cart_count = cart.0.map_or(0, |cart| cart.count);
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response());
    }
    let bounds = [bounds.0.unwrap_or_default(), bounds.1.unwrap_or_default()];
    let key = typed.address(&site.ctx.paths, &typed.after);
    let read = async || search_page(&site, typed, bounds).await.map(|page| BrowsePage::Search(Box::new(page)));
    let kept = site.shop.catalogue().page(key, read).await?;
    answer(&kept, &cart)
}

fn bound(typed: &str, currency: Currency) -> Result<Option<i64>, String> {
    if typed.is_empty() {
        return Ok(None);
    }
    Money::typed(typed, currency).map(|money| Some(money.minor)).map_err(|error| match error {
        MoneyError::Negative => "An amount of zero or more, please.".to_owned(),
        MoneyError::TooManyDecimals if currency.exponent() == 0 => {
            format!("{currency} has no decimals: a whole number, please, like {}.", currency.example())
        }
        MoneyError::TooManyDecimals => {
            format!("At most {} digits behind the point, like {}.", currency.exponent(), currency.example())
        }
        MoneyError::Overflow => "That is more than anything costs.".to_owned(),
        MoneyError::NotANumber | MoneyError::MixedCurrencies => {
            format!("Write it as a number, like {}.", currency.example())
        }
    })
}

async fn search_page(site: &Site, typed: Typed, bounds: [Option<i64>; 2]) -> Result<SearchPage, PageError> {
    let (store, paths) = (&site.ctx.store, &site.ctx.paths);
    site.shop.catalogue().know_categories(store).await?;
    let chrome = Chrome { category: typed.category.clone(), ..Chrome::plain(&site.ctx, &site.shop) };
    let mut terms = search_terms(&typed.q);
    terms.truncate(MOST_TERMS);
    let seller = match typed.seller.as_str() {
        "" => None,
        slug => store.seller_by_slug(slug).await?,
    };
    // words that fold to nothing, or a seller that is not here, find nothing rather than everything
    let is_hopeless = terms.is_empty() && !typed.q.is_empty() || seller.is_none() && !typed.seller.is_empty();
    let after: Option<ProductId> = typed.after.parse().ok();
    let wanted = Wanted {
        terms,
        category: (!typed.category.is_empty()).then(|| typed.category.clone()),
        seller: seller.as_ref().map(|seller| seller.id.clone()),
        min_minor: bounds[0],
        max_minor: bounds[1],
        sort: Sort::from_word(&typed.sort).unwrap_or_default(),
        after: after.clone(),
    };
    let found = if is_hopeless { Vec::new() } else { store.listing(&wanted, PAGE + 1).await? };
    let (found, next) = one_page(found);
    let category = chrome.categories.iter().find(|category| category.slug == typed.category).cloned();
    let heading = match (&typed.q[..], &category, &seller) {
        ("", Some(category), None) => category.name.clone(),
        ("", None, Some(seller)) => seller.name.clone(),
        ("", Some(category), Some(seller)) => format!("{} from {}", category.name, seller.name),
        ("", None, None) => "Everything on the market".to_owned(),
        (q, ..) => format!("“{q}”"),
    };
    Ok(SearchPage {
        chrome,
        heading,
        blurb: category.map(|category| category.blurb),
        filters_open: found.is_empty(),
        sellers: sellers(site, seller.map(|seller| (seller.slug, seller.name))).await?,
        min_error: None,
        max_error: None,
        results: cards(paths, found),
        more: next.map(|id| typed.address(paths, id.as_str())),
        first: after.map(|_| typed.address(paths, "")),
        query: typed,
    })
}

async fn sellers(site: &Site, chosen: Option<(String, String)>) -> Result<Vec<Choice>, PageError> {
    let mut names = site.ctx.store.seller_names(MOST_SELLERS).await?;
    if let Some(chosen) = chosen
        && !names.contains(&chosen)
    {
        names.insert(0, chosen);
    }
    Ok(names.into_iter().map(|(slug, name)| Choice { slug, name }).collect())
}
