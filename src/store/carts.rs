//! Baskets, kept by an unguessable id in a cookie.

use super::{Result, Store, StoreError, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{ProductId, SellerId};
use crate::base::money::Money;
use crate::market::subscription::Period;

/// The most of one product in a basket.
pub const MOST: i64 = 99;

/// One line of a basket with what is true about its product right now.
#[derive(Clone, Debug)]
pub struct CartLine {
    /// Which product.
    pub product: ProductId,
    /// Its name in addresses.
    pub slug: String,
    /// What it is.
    pub title: String,
    /// Its picture.
    pub picture: String,
    /// Who sells it.
    pub seller: SellerId,
    /// The seller's name.
    pub seller_name: String,
    /// The seller's name in addresses.
    pub seller_slug: String,
    /// Where the seller's parcels come from.
    pub ships_from: String,
    /// The price of one.
    pub unit: Money,
    /// How often it comes; none for what is bought once.
    pub period: Option<Period>,
    /// Whether it is delivered at once, without a parcel.
    pub is_digital: bool,
    /// Whether it is a gift to the seller, on which no sales tax is added.
    pub is_donation: bool,
    /// Whether it is done for the buyer instead of being sent.
    pub is_service: bool,
    /// How many are wanted.
    pub quantity: i64,
    /// How many are on the shelf.
    pub available: i64,
    /// Whether it is still offered by a seller who may sell.
    pub is_offered: bool,
}

#[derive(sqlx::FromRow)]
struct CartRow {
    product_id: String,
    slug: String,
    title: String,
    picture: String,
    seller_id: String,
    seller_name: String,
    seller_slug: String,
    ships_from: String,
    price_minor: i64,
    currency: String,
    period: Option<String>,
    is_digital: i64,
    is_donation: i64,
    is_service: i64,
    quantity: i64,
    available: i64,
    is_offered: i64,
}

impl TryFrom<CartRow> for CartLine {
    type Error = StoreError;

    fn try_from(row: CartRow) -> Result<CartLine> {
        Ok(CartLine {
            product: columns::id(&row.product_id)?,
            slug: row.slug,
            title: row.title,
            picture: row.picture,
            seller: columns::id(&row.seller_id)?,
            seller_name: row.seller_name,
            seller_slug: row.seller_slug,
            ships_from: row.ships_from,
            unit: Money::new(row.price_minor, columns::currency(&row.currency)?),
            period: row.period.as_deref().and_then(Period::from_word),
            is_digital: row.is_digital != 0,
            is_donation: row.is_donation != 0,
            is_service: row.is_service != 0,
            quantity: row.quantity,
            available: row.available,
            is_offered: row.is_offered != 0,
        })
    }
}

macro_rules! select_lines {
    ($quantity:literal, $from:literal, $rest:literal) => {
        concat!(
            "SELECT p.id AS product_id, p.slug, p.title, p.picture, p.seller_id, s.name AS seller_name, ",
            "s.slug AS seller_slug, s.ships_from, p.price_minor, p.currency, p.period, p.is_donation, p.is_service, ",
            $quantity,
            " AS quantity, CASE WHEN p.delivers IS NULL THEN 0 ELSE 1 END AS is_digital, ",
            "COALESCE(k.available, 0) AS available, ",
            "CASE WHEN p.is_active = 1 AND s.state = 'registered' THEN 1 ELSE 0 END AS is_offered FROM ",
            $from,
            " JOIN sellers s ON s.id = p.seller_id LEFT JOIN stock k ON k.product_id = p.id ",
            $rest
        )
    };
}

async fn lines(connection: &mut sqlx::AnyConnection, cart: &str) -> Result<Vec<CartLine>> {
    let rows: Vec<CartRow> = sqlx::query_as(select_lines!(
        "c.quantity",
        "cart_items c JOIN products p ON p.id = c.product_id",
        "WHERE c.cart_id = $1 ORDER BY s.id, c.added_at, p.id"
    ))
    .bind(cart)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(CartLine::try_from).collect()
}

impl Store {
    /// What is in a basket, seller by seller.
    pub async fn cart_lines(&self, cart: &str) -> Result<Vec<CartLine>> {
        lines(&mut *self.read().await?, cart).await
    }

    /// One product as it would stand in a basket, by its slug; nothing where there is none.
    pub async fn cart_line_of(&self, slug: &str) -> Result<Option<CartLine>> {
        let row: Option<CartRow> =
            sqlx::query_as(select_lines!("CAST(1 AS BIGINT)", "products p", "WHERE p.slug = $1"))
                .bind(slug)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        row.map(CartLine::try_from).transpose()
    }

    /// How many things are in a basket.
    pub async fn cart_count(&self, cart: &str) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT CAST(COALESCE(SUM(quantity), 0) AS BIGINT) FROM cart_items WHERE cart_id = $1")
            .bind(cart)
            .fetch_one(&mut *self.read().await?)
            .await?)
    }
}

impl Write {
    /// What is in a basket, inside this transaction.
    pub async fn cart_lines(&mut self, cart: &str) -> Result<Vec<CartLine>> {
        lines(self.connection(), cart).await
    }

    /// Adds `quantity` of a product, up to the most one basket takes.
    pub async fn add_to_cart(&mut self, cart: &str, product: &ProductId, quantity: i64, now: Millis) -> Result<()> {
        sqlx::query(
            "INSERT INTO cart_items (cart_id, product_id, quantity, added_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (cart_id, product_id) DO UPDATE SET quantity =
                CASE WHEN cart_items.quantity + excluded.quantity > 99 THEN 99
                     ELSE cart_items.quantity + excluded.quantity END",
        )
        .bind(cart)
        .bind(product.as_str())
        .bind(quantity)
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Sets how many of a product are wanted; 0 removes it.
    pub async fn set_in_cart(&mut self, cart: &str, product: &ProductId, quantity: i64) -> Result<()> {
        if quantity == 0 {
            sqlx::query("DELETE FROM cart_items WHERE cart_id = $1 AND product_id = $2")
                .bind(cart)
                .bind(product.as_str())
                .execute(self.connection())
                .await?;
        } else {
            sqlx::query("UPDATE cart_items SET quantity = $1 WHERE cart_id = $2 AND product_id = $3")
                .bind(quantity)
                .bind(cart)
                .bind(product.as_str())
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Empties a basket.
    pub async fn empty_cart(&mut self, cart: &str) -> Result<()> {
        sqlx::query("DELETE FROM cart_items WHERE cart_id = $1").bind(cart).execute(self.connection()).await?;
        Ok(())
    }
}
