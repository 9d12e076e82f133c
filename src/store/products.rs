//! Products as sellers write them, with the words they are found by.

use super::{Result, Store, StoreError, Write, orders};
use crate::base::clock::Millis;
use crate::base::ids::{ProductId, SellerId};
use crate::base::money::Money;
use crate::market::catalog::{Category, Product, search_terms};

macro_rules! select_products {
    ($rest:literal) => {
        concat!(
            "SELECT id, seller_id, slug, title, description, category, price_minor, currency, picture, is_active, is_wonky ",
            "FROM products ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct ProductRow {
    id: String,
    seller_id: String,
    slug: String,
    title: String,
    description: String,
    category: String,
    price_minor: i64,
    currency: String,
    picture: String,
    is_active: i64,
    is_wonky: i64,
}

impl TryFrom<ProductRow> for Product {
    type Error = StoreError;

    fn try_from(row: ProductRow) -> Result<Product> {
        Ok(Product {
            id: orders::id(&row.id)?,
            seller: orders::id(&row.seller_id)?,
            slug: row.slug,
            title: row.title,
            description: row.description,
            category: row.category,
            price: Money::new(row.price_minor, orders::currency(&row.currency)?),
            picture: row.picture,
            is_active: row.is_active != 0,
            is_wonky: row.is_wonky != 0,
        })
    }
}

impl Store {
    /// One product.
    pub async fn product(&self, id: &ProductId) -> Result<Option<Product>> {
        let row: Option<ProductRow> = sqlx::query_as(select_products!("WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.map(Product::try_from).transpose()
    }

    /// The product with this name in addresses.
    pub async fn product_by_slug(&self, slug: &str) -> Result<Option<Product>> {
        let row: Option<ProductRow> = sqlx::query_as(select_products!("WHERE slug = $1"))
            .bind(slug)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.map(Product::try_from).transpose()
    }

    /// A seller's own products, newest first, those before `before` (a product id, or "~" for the newest).
    pub async fn products_of_seller(&self, seller: &SellerId, before: &str, limit: i64) -> Result<Vec<Product>> {
        let rows: Vec<ProductRow> =
            sqlx::query_as(select_products!("WHERE seller_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"))
                .bind(seller.as_str())
                .bind(before)
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?;
        rows.into_iter().map(Product::try_from).collect()
    }
}

impl Write {
    /// Writes a section of the market; one that exists stays as it is.
    pub async fn insert_category(&mut self, category: &Category, place: i64) -> Result<()> {
        sqlx::query("INSERT INTO categories (slug, name, blurb, place) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(&category.slug)
            .bind(&category.name)
            .bind(&category.blurb)
            .bind(place)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes a new product with its words, and tells the read models; says whether its slug was free.
    pub async fn insert_product(&mut self, product: &Product, now: Millis) -> Result<bool> {
        let is_new = self.insert_bulk_product(product, now).await?;
        if is_new {
            self.note_product_change(&product.id, now).await?;
        }
        Ok(is_new)
    }

    /// The same without telling the read models: for bulk rows, which end with [`Write::note_everything_changed`].
    pub async fn insert_bulk_product(&mut self, product: &Product, now: Millis) -> Result<bool> {
        let written = sqlx::query(
            "INSERT INTO products (id, seller_id, slug, title, description, category, price_minor, currency, picture,
                                   is_active, is_wonky, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
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
        .bind(i64::from(product.is_active))
        .bind(i64::from(product.is_wonky))
        .bind(now.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        if written == 1 {
            self.write_terms(product).await?;
        }
        Ok(written == 1)
    }

    /// Changes a product of its seller, with its words, and tells the read models.
    pub async fn update_product(&mut self, product: &Product, now: Millis) -> Result<()> {
        sqlx::query(
            "UPDATE products SET title = $1, description = $2, category = $3, price_minor = $4, picture = $5,
                    is_active = $6 WHERE id = $7 AND seller_id = $8",
        )
        .bind(&product.title)
        .bind(&product.description)
        .bind(&product.category)
        .bind(product.price.minor)
        .bind(&product.picture)
        .bind(i64::from(product.is_active))
        .bind(product.id.as_str())
        .bind(product.seller.as_str())
        .execute(self.connection())
        .await?;
        sqlx::query("DELETE FROM product_terms WHERE product_id = $1")
            .bind(product.id.as_str())
            .execute(self.connection())
            .await?;
        self.write_terms(product).await?;
        self.note_product_change(&product.id, now).await
    }

    async fn write_terms(&mut self, product: &Product) -> Result<()> {
        for term in search_terms(&format!("{} {}", product.title, product.description)) {
            sqlx::query("INSERT INTO product_terms (term, product_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(term)
                .bind(product.id.as_str())
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Tells the read models that everything is stale.
    pub async fn note_everything_changed(&mut self, now: Millis) -> Result<()> {
        let seq: i64 =
            sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'product_change' RETURNING value")
                .fetch_one(self.connection())
                .await?;
        sqlx::query("INSERT INTO product_changes (seq, product_id, changed_at) VALUES ($1, '*', $2)")
            .bind(seq)
            .bind(now.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
