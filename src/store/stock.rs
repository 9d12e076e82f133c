//! What is on the shelf, and what was taken off it for an order. Never sold twice: the update is
//! conditional and the database refuses a negative shelf. Rows are touched in product id order.

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{OrderId, ProductId};
use crate::orders::order::Line;

/// A product that somebody else bought first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldOut {
    /// Which.
    pub product: ProductId,
}

#[derive(sqlx::FromRow)]
struct HoldRow {
    product_id: String,
    quantity: i64,
}

impl Store {
    /// How many of each product are on the shelf.
    pub async fn available(&self, product: &ProductId) -> Result<i64> {
        let available: Option<i64> = sqlx::query_scalar("SELECT available FROM stock WHERE product_id = $1")
            .bind(product.as_str())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(available.unwrap_or(0))
    }

    /// Orders whose stock hold is over at `now`.
    pub async fn lapsed_holds(&self, now: Millis, limit: i64) -> Result<Vec<OrderId>> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT order_id FROM stock_holds WHERE expires_at IS NOT NULL AND expires_at <= $1 LIMIT $2",
        )
        .bind(now.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.iter().map(|id| columns::id(id)).collect()
    }
}

impl Write {
    /// Takes the lines of `order` off the shelf until `expires_at`, or for good with none. What is
    /// already held for it stays held. Says which product is sold out: nothing is held of that one,
    /// while those before it are, until they are released or nothing is committed.
    pub async fn hold_stock(
        &mut self,
        order: &OrderId,
        lines: &[Line],
        expires_at: Option<Millis>,
        now: Millis,
    ) -> Result<std::result::Result<(), SoldOut>> {
        let mut wanted: Vec<(&ProductId, i64)> = lines.iter().map(|line| (&line.product, line.quantity)).collect();
        wanted.sort();
        for (product, quantity) in wanted {
            let fresh = sqlx::query(
                "INSERT INTO stock_holds (order_id, product_id, quantity, expires_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (order_id, product_id) DO NOTHING",
            )
            .bind(order.as_str())
            .bind(product.as_str())
            .bind(quantity)
            .bind(expires_at.map(|at| at.0))
            .execute(self.connection())
            .await?
            .rows_affected();
            if fresh == 0 {
                self.keep_hold(order, product, expires_at).await?;
            } else if !self.take_from_shelf(product, quantity, now).await? {
                sqlx::query("DELETE FROM stock_holds WHERE order_id = $1 AND product_id = $2")
                    .bind(order.as_str())
                    .bind(product.as_str())
                    .execute(self.connection())
                    .await?;
                return Ok(Err(SoldOut { product: product.clone() }));
            }
        }
        Ok(Ok(()))
    }

    async fn keep_hold(&mut self, order: &OrderId, product: &ProductId, expires_at: Option<Millis>) -> Result<()> {
        sqlx::query("UPDATE stock_holds SET expires_at = $1 WHERE order_id = $2 AND product_id = $3")
            .bind(expires_at.map(|at| at.0))
            .bind(order.as_str())
            .bind(product.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn take_from_shelf(&mut self, product: &ProductId, quantity: i64, now: Millis) -> Result<bool> {
        let left: Option<i64> = sqlx::query_scalar(
            "UPDATE stock SET available = available - $1 WHERE product_id = $2 AND available >= $3 RETURNING available",
        )
        .bind(quantity)
        .bind(product.as_str())
        .bind(quantity)
        .fetch_optional(self.connection())
        .await?;
        if left == Some(0) {
            self.note_product_change(product, now).await?;
        }
        Ok(left.is_some())
    }

    /// Puts what is held for `order` back on the shelf. Harmless when nothing is held.
    pub async fn release_stock(&mut self, order: &OrderId, now: Millis) -> Result<()> {
        let rows: Vec<HoldRow> =
            sqlx::query_as("DELETE FROM stock_holds WHERE order_id = $1 RETURNING product_id, quantity")
                .bind(order.as_str())
                .fetch_all(self.connection())
                .await?;
        let mut held: Vec<(ProductId, i64)> = Vec::with_capacity(rows.len());
        for row in rows {
            held.push((columns::id(&row.product_id)?, row.quantity));
        }
        held.sort();
        for (product, quantity) in held {
            let available: Option<i64> = sqlx::query_scalar(
                "UPDATE stock SET available = available + $1 WHERE product_id = $2 RETURNING available",
            )
            .bind(quantity)
            .bind(product.as_str())
            .fetch_optional(self.connection())
            .await?;
            if available == Some(quantity) {
                self.note_product_change(&product, now).await?;
            }
        }
        Ok(())
    }

    /// The goods are sold: what was held is gone for good.
    pub async fn sell_stock(&mut self, order: &OrderId) -> Result<()> {
        sqlx::query("DELETE FROM stock_holds WHERE order_id = $1")
            .bind(order.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Sets how many are on the shelf.
    pub async fn set_stock(&mut self, product: &ProductId, available: i64) -> Result<()> {
        sqlx::query(
            "INSERT INTO stock (product_id, available) VALUES ($1, $2)
             ON CONFLICT (product_id) DO UPDATE SET available = excluded.available",
        )
        .bind(product.as_str())
        .bind(available)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Tells every process's read model that pages about `product` are stale. Numbered in commit
    /// order: the counter's row is locked until this transaction ends.
    pub async fn note_product_change(&mut self, product: &ProductId, now: Millis) -> Result<()> {
        self.note_change(product.as_str(), now).await
    }
}
