//! Products as they are listed, found and written. What each listing reads is in [`listing`].

pub mod bulk;
pub mod changes;
pub mod listing;
pub mod pictures;

use sqlx::AnyConnection;

use super::{Result, Store, StoreError, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{ProductId, SellerId};
use crate::base::money::Money;
use crate::market::catalog::{Category, Named, Product, search_terms};
use crate::market::subscription::Period;

/// A product with what a card or a desk prints beside it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The product.
    pub product: Product,
    /// Its seller's name.
    pub seller_name: String,
    /// Its seller's name in addresses.
    pub seller_slug: String,
    /// How many are on the shelf.
    pub available: i64,
}

macro_rules! select_listed {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.seller_id, p.slug, p.title, p.description, p.category, p.price_minor, p.currency, ",
            "p.picture, p.period, p.delivers, p.is_donation, p.is_service, p.is_active, p.is_wonky, s.name AS seller_name, ",
            "s.slug AS seller_slug, ",
            "COALESCE(k.available, 0) AS available ",
            "FROM products p JOIN sellers s ON s.id = p.seller_id LEFT JOIN stock k ON k.product_id = p.id ",
            $rest
        )
    };
}
use select_listed;

#[derive(sqlx::FromRow)]
struct ListedRow {
    id: String,
    seller_id: String,
    slug: String,
    title: String,
    description: String,
    category: String,
    price_minor: i64,
    currency: String,
    picture: String,
    period: Option<String>,
    delivers: Option<String>,
    is_donation: i64,
    is_service: i64,
    is_active: i64,
    is_wonky: i64,
    seller_name: String,
    seller_slug: String,
    available: i64,
}

impl TryFrom<ListedRow> for Listed {
    type Error = StoreError;

    fn try_from(row: ListedRow) -> Result<Listed> {
        Ok(Listed {
            product: Product {
                id: columns::id(&row.id)?,
                seller: columns::id(&row.seller_id)?,
                slug: row.slug,
                title: row.title,
                description: row.description,
                category: row.category,
                price: Money::new(row.price_minor, columns::currency(&row.currency)?),
                picture: row.picture,
                period: row.period.as_deref().and_then(Period::from_word),
                delivers: row.delivers,
                is_donation: row.is_donation != 0,
                is_service: row.is_service != 0,
                is_active: row.is_active != 0,
                is_wonky: row.is_wonky != 0,
            },
            seller_name: row.seller_name,
            seller_slug: row.seller_slug,
            available: row.available,
        })
    }
}

#[derive(sqlx::FromRow)]
struct CategoryRow {
    slug: String,
    name: String,
    blurb: String,
}

async fn product(connection: &mut AnyConnection, id: &ProductId) -> Result<Option<Listed>> {
    let row: Option<ListedRow> =
        sqlx::query_as(select_listed!("WHERE p.id = $1")).bind(id.as_str()).fetch_optional(connection).await?;
    row.map(Listed::try_from).transpose()
}

impl Store {
    /// The sections of the market, in their order.
    pub async fn categories(&self) -> Result<Vec<Category>> {
        let rows: Vec<CategoryRow> = sqlx::query_as("SELECT slug, name, blurb FROM categories ORDER BY place, slug")
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows.into_iter().map(|row| Category { slug: row.slug, name: row.name, blurb: row.blurb }).collect())
    }

    /// One product, offered or not.
    pub async fn product(&self, id: &ProductId) -> Result<Option<Listed>> {
        product(&mut *self.read().await?, id).await
    }

    /// The product that is offered at this address, by a seller who may sell.
    pub async fn product_by_slug(&self, slug: &str) -> Result<Option<Listed>> {
        let row: Option<ListedRow> =
            sqlx::query_as(select_listed!("WHERE p.slug = $1 AND p.is_active = 1 AND s.state = 'registered'"))
                .bind(slug)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        row.map(Listed::try_from).transpose()
    }

    /// What is offered, by name, newest first, at most `limit`.
    pub async fn offered_names(&self, limit: i64) -> Result<Vec<Named>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT p.slug, p.title, s.name FROM products p JOIN sellers s ON s.id = p.seller_id
              WHERE p.is_active = 1 AND s.state = 'registered' ORDER BY p.id DESC LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|(slug, title, seller)| Named { slug, title, seller }).collect())
    }

    /// A seller's own products, newest first, offered or not: those before `before` (an id, or "~").
    pub async fn products_of(&self, seller: &SellerId, before: &str, limit: i64) -> Result<Vec<Listed>> {
        let rows: Vec<ListedRow> =
            sqlx::query_as(select_listed!("WHERE p.seller_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT $3"))
                .bind(seller.as_str())
                .bind(before)
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?;
        rows.into_iter().map(Listed::try_from).collect()
    }
}

impl Write {
    /// One product, inside this transaction.
    pub async fn product(&mut self, id: &ProductId) -> Result<Option<Listed>> {
        product(self.connection(), id).await
    }

    /// Writes a section of the market.
    pub async fn insert_category(&mut self, category: &Category, place: i64) -> Result<()> {
        sqlx::query(
            "INSERT INTO categories (slug, name, blurb, place) VALUES ($1, $2, $3, $4) ON CONFLICT (slug) DO NOTHING",
        )
        .bind(&category.slug)
        .bind(&category.name)
        .bind(&category.blurb)
        .bind(place)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Writes a new product with its shelf and the words it is found by; says whether the slug was free.
    pub async fn insert_product(&mut self, product: &Product, available: i64, now: Millis) -> Result<bool> {
        let written = sqlx::query(
            "INSERT INTO products (id, seller_id, slug, title, description, category, price_minor, currency, picture,
                                   period, delivers, is_donation, is_service, is_active, is_wonky, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (slug) DO NOTHING",
        )
        .bind(product.id.as_str())
        .bind(product.seller.as_str())
        .bind(&product.slug)
        .bind(&product.title)
        .bind(&product.description)
        .bind(&product.category)
        .bind(product.price.minor)
        .bind(product.price.currency.code())
        .bind(&product.picture)
        .bind(product.period.map(Period::word))
        .bind(&product.delivers)
        .bind(i64::from(product.is_donation))
        .bind(i64::from(product.is_service))
        .bind(i64::from(product.is_active))
        .bind(i64::from(product.is_wonky))
        .bind(now.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        if written == 0 {
            return Ok(false);
        }
        self.set_stock(&product.id, available).await?;
        self.write_terms(product).await?;
        self.note_product_change(&product.id, now).await?;
        Ok(true)
    }

    /// Writes what a seller may change about a product. The address stays, so that links live.
    pub async fn update_product(&mut self, product: &Product, available: i64, now: Millis) -> Result<()> {
        sqlx::query(
            "UPDATE products SET title = $1, description = $2, category = $3, price_minor = $4, currency = $5,
                    picture = $6, period = $7, delivers = $8, is_donation = $9, is_service = $10,
                    is_active = $11 WHERE id = $12",
        )
        .bind(&product.title)
        .bind(&product.description)
        .bind(&product.category)
        .bind(product.price.minor)
        .bind(product.price.currency.code())
        .bind(&product.picture)
        .bind(product.period.map(Period::word))
        .bind(&product.delivers)
        .bind(i64::from(product.is_donation))
        .bind(i64::from(product.is_service))
        .bind(i64::from(product.is_active))
        .bind(product.id.as_str())
        .execute(self.connection())
        .await?;
        self.set_stock(&product.id, available).await?;
        sqlx::query("DELETE FROM product_terms WHERE product_id = $1")
            .bind(product.id.as_str())
            .execute(self.connection())
            .await?;
        self.write_terms(product).await?;
        self.note_product_change(&product.id, now).await
    }

    async fn write_terms(&mut self, product: &Product) -> Result<()> {
        for term in terms_of(product) {
            sqlx::query("INSERT INTO product_terms (term, product_id) VALUES ($1, $2)")
                .bind(term)
                .bind(product.id.as_str())
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}

/// The words a product is found by: those of its title, its category and its description.
pub fn terms_of(product: &Product) -> Vec<String> {
    let mut terms = search_terms(&format!("{} {} {}", product.title, product.category, product.description));
    terms.retain(|term| term.chars().count() <= 40);
    terms
}
