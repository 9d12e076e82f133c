//! Pages of products: by words, section, seller and price, in four orders, without ever counting.
//!
//! Every order ends in the product's id, so that a page goes on exactly behind the last product of
//! the one before. Words are looked up in `product_terms`, never with `LIKE`.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

use super::{Listed, ListedRow, select_listed};
use crate::base::ids::{ProductId, SellerId};
use crate::store::{Result, Store};

/// How many products a page shows; one more is read to know whether there is a next page.
pub const PAGE: usize = 24;

/// The order of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The cheapest first.
    PriceLow,
    /// The dearest first.
    PriceHigh,
    /// By title.
    Name,
}

impl Sort {
    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Newest => "newest",
            Sort::PriceLow => "price_low",
            Sort::PriceHigh => "price_high",
            Sort::Name => "name",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Sort> {
        [Sort::Newest, Sort::PriceLow, Sort::PriceHigh, Sort::Name].into_iter().find(|sort| sort.word() == word)
    }
}

/// What is asked for. Empty asks for everything that is offered.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words as [`crate::market::catalog::search_terms`] folds them; all must be there.
    pub terms: Vec<String>,
    /// A section's slug.
    pub category: Option<String>,
    /// One seller.
    pub seller: Option<SellerId>,
    /// The lowest price, in minor units.
    pub min_minor: Option<i64>,
    /// The highest price, in minor units.
    pub max_minor: Option<i64>,
    /// The order.
    pub sort: Sort,
    /// The last product of the page before.
    pub after: Option<ProductId>,
}

enum Value {
    Text(String),
    Number(i64),
}

/// The conditions of one statement and what they are compared with, in the order of `$1, $2, …`.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn text(&mut self, before: &str, text: &str, after: &str) {
        let place = self.bind(Value::Text(text.to_owned()));
        let _ = write!(self.sql, " AND {before}{place}{after}");
    }

    fn number(&mut self, before: &str, number: i64) {
        let place = self.bind(Value::Number(number));
        let _ = write!(self.sql, " AND {before}{place}");
    }

    fn behind(&mut self, sort: Sort, last: &Listed) {
        let (column, sign, key) = match sort {
            Sort::Newest => return self.text("p.id < ", last.product.id.as_str(), ""),
            Sort::PriceLow => ("p.price_minor", '>', Value::Number(last.product.price.minor)),
            Sort::PriceHigh => ("p.price_minor", '<', Value::Number(last.product.price.minor)),
            Sort::Name => ("p.title", '>', Value::Text(last.product.title.clone())),
        };
        let (key, id) = (self.bind(key), self.bind(Value::Text(last.product.id.to_string())));
        let _ = write!(self.sql, " AND ({column}, p.id) {sign} ({key}, {id})");
    }
}

fn conditions(wanted: &Wanted, last: Option<&Listed>) -> Conditions {
    let mut conditions = Conditions::default();
    for term in &wanted.terms {
        conditions.text("p.id IN (SELECT t.product_id FROM product_terms t WHERE t.term = ", term, ")");
    }
    if let Some(category) = &wanted.category {
        conditions.text("p.category = ", category, "");
    }
    if let Some(seller) = &wanted.seller {
        conditions.text("p.seller_id = ", seller.as_str(), "");
    }
    if let Some(min) = wanted.min_minor {
        conditions.number("p.price_minor >= ", min);
    }
    if let Some(max) = wanted.max_minor {
        conditions.number("p.price_minor <= ", max);
    }
    if let Some(last) = last {
        conditions.behind(wanted.sort, last);
    }
    conditions
}

impl Store {
    /// Up to `limit` products that are offered by sellers who may sell.
    pub async fn listing(&self, wanted: &Wanted, limit: usize) -> Result<Vec<Listed>> {
        let last = match &wanted.after {
            Some(id) => self.product(id).await?,
            None => None,
        };
        let mut conditions = conditions(wanted, last.as_ref());
        let order = match wanted.sort {
            Sort::Newest => "p.id DESC",
            Sort::PriceLow => "p.price_minor, p.id",
            Sort::PriceHigh => "p.price_minor DESC, p.id DESC",
            Sort::Name => "p.title, p.id",
        };
        let limit = conditions.bind(Value::Number(i64::try_from(limit).unwrap_or(i64::MAX)));
        let select = select_listed!("WHERE p.is_active = 1 AND s.state = 'registered'");
        // only our own words and placeholders are in this text; what people typed is bound
        let statement = format!("{select}{} ORDER BY {order} LIMIT {limit}", conditions.sql);
        let mut query = sqlx::query_as::<_, ListedRow>(AssertSqlSafe(statement));
        for value in conditions.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
            };
        }
        let rows = query.fetch_all(&mut *self.read().await?).await?;
        rows.into_iter().map(Listed::try_from).collect()
    }

    /// Products of the "things that go wrong" shelf, in the order they were put there.
    pub async fn shelf(&self, limit: i64) -> Result<Vec<Listed>> {
        let rows: Vec<ListedRow> = sqlx::query_as(select_listed!(
            "WHERE p.is_wonky = 1 AND p.is_active = 1 AND s.state = 'registered' ORDER BY p.id LIMIT $1"
        ))
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter().map(Listed::try_from).collect()
    }

    /// The products at these five addresses that are offered, in no order.
    pub async fn five(&self, slugs: [&str; 5]) -> Result<Vec<Listed>> {
        let mut query = sqlx::query_as::<_, ListedRow>(select_listed!(
            "WHERE p.slug IN ($1, $2, $3, $4, $5) AND p.is_active = 1 AND s.state = 'registered'"
        ));
        for slug in slugs {
            query = query.bind(slug);
        }
        let rows = query.fetch_all(&mut *self.read().await?).await?;
        rows.into_iter().map(Listed::try_from).collect()
    }
}
