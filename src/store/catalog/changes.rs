//! The log that read models follow: which products changed, numbered without gaps.

use crate::base::clock::Millis;
use crate::store::{Result, Store, Write};

/// In place of a product's id: everything may have changed.
pub const EVERYTHING: &str = "*";

/// How many changes the log keeps; who is further behind starts anew.
const KEEP: i64 = 20_000;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Change {
    /// Its number; the next one has the next.
    pub seq: i64,
    /// The product, or a seller's id, or [`EVERYTHING`].
    pub product_id: String,
    /// Whose product it is, where it is one.
    pub seller_id: Option<String>,
}

impl Store {
    /// The number of the newest change.
    pub async fn last_change(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT value FROM counters WHERE name = 'product_change'")
            .fetch_one(&mut *self.read().await?)
            .await?)
    }

    /// The changes behind number `after`, oldest first.
    pub async fn changes_after(&self, after: i64, limit: i64) -> Result<Vec<Change>> {
        Ok(sqlx::query_as(
            "SELECT c.seq, c.product_id, p.seller_id
               FROM product_changes c LEFT JOIN products p ON p.id = c.product_id
              WHERE c.seq > $1 ORDER BY c.seq LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }
}

impl Write {
    /// Tells every read model that something other than one product changed: a seller by id, or
    /// [`EVERYTHING`]. Numbered like the changes of products.
    pub async fn note_change(&mut self, what: &str, now: Millis) -> Result<()> {
        let seq: i64 =
            sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'product_change' RETURNING value")
                .fetch_one(self.connection())
                .await?;
        sqlx::query("INSERT INTO product_changes (seq, product_id, changed_at) VALUES ($1, $2, $3)")
            .bind(seq)
            .bind(what)
            .bind(now.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Shortens the log to what a read model may still need.
    pub async fn forget_changes(&mut self) -> Result<()> {
        sqlx::query(
            "DELETE FROM product_changes
              WHERE seq <= (SELECT value FROM counters WHERE name = 'product_change') - $1",
        )
        .bind(KEEP)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
