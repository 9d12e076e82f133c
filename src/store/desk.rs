//! What the desks of sellers and of the marketplace ask: counts, queues, orders by what is to be done.

use std::collections::{BTreeMap, HashMap};

use super::orders::{OrderRow, select_orders};
use super::threads::Wish;
use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{OrderId, ProductId, SellerId};
use crate::market::sellers::Registration;
use crate::orders::audit::Act;
use crate::orders::order::Order;

/// What waits for a seller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// Orders whose parcel may go out.
    pub to_ship: i64,
    /// Of those, orders whose hold ends soon.
    pub running_out: i64,
    /// Wishes of buyers without an answer.
    pub wishes: i64,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    word: String,
    count: i64,
}

#[derive(sqlx::FromRow)]
struct NameRow {
    id: String,
    name: String,
}

#[derive(sqlx::FromRow)]
struct ActRow {
    at: i64,
    actor: String,
    act: String,
    subject: String,
    detail: String,
}

impl Store {
    /// What waits for `seller`; holds that end before `soon` count as running out.
    pub async fn waiting_for(&self, seller: &SellerId, soon: Millis) -> Result<Waiting> {
        Ok(sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM orders WHERE seller_id = $1 AND state IN ('reserved', 'paid')) AS to_ship,
                    (SELECT COUNT(*) FROM orders WHERE seller_id = $2 AND state = 'reserved' AND hold_until <= $3) AS running_out,
                    (SELECT COUNT(*) FROM order_requests r JOIN orders o ON o.id = r.order_id
                      WHERE r.state = 'open' AND o.seller_id = $4) AS wishes",
        )
        .bind(seller.as_str())
        .bind(seller.as_str())
        .bind(soon.0)
        .bind(seller.as_str())
        .fetch_one(&mut *self.read().await?)
        .await?)
    }

    /// A seller's orders whose parcel may go out, oldest first, those after `after` (an id, or "").
    pub async fn orders_to_ship(&self, seller: &SellerId, after: &str, limit: i64) -> Result<Vec<Order>> {
        let rows: Vec<OrderRow> = sqlx::query_as(select_orders!(
            "WHERE seller_id = $1 AND state IN ('reserved', 'paid') AND id > $2 ORDER BY id LIMIT $3"
        ))
        .bind(seller.as_str())
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        super::orders::orders(rows)
    }

    /// A seller's orders on hold, the one whose hold ends first in front.
    pub async fn holds_ending_first(&self, seller: &SellerId, limit: i64) -> Result<Vec<Order>> {
        let rows: Vec<OrderRow> = sqlx::query_as(select_orders!(
            "WHERE seller_id = $1 AND state = 'reserved' ORDER BY hold_until, id LIMIT $2"
        ))
        .bind(seller.as_str())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        super::orders::orders(rows)
    }

    /// Orders that an operator must look at, newest first, those before `before` (an id, or "~").
    pub async fn flagged_orders(&self, before: &str, limit: i64) -> Result<Vec<Order>> {
        let rows: Vec<OrderRow> =
            sqlx::query_as(select_orders!("WHERE flag IS NOT NULL AND id < $1 ORDER BY id DESC LIMIT $2"))
                .bind(before)
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?;
        super::orders::orders(rows)
    }

    /// How many orders an operator must look at.
    pub async fn count_flagged(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM orders WHERE flag IS NOT NULL")
            .fetch_one(&mut *self.read().await?)
            .await?)
    }

    /// How many orders are in each state, by its word.
    pub async fn orders_by_state(&self) -> Result<BTreeMap<String, i64>> {
        let rows: Vec<CountRow> = sqlx::query_as("SELECT state AS word, COUNT(*) AS count FROM orders GROUP BY state")
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows.into_iter().map(|row| (row.word, row.count)).collect())
    }

    /// How many sellers are in each state of registration, by its word.
    pub async fn sellers_by_state(&self) -> Result<BTreeMap<String, i64>> {
        let rows: Vec<CountRow> = sqlx::query_as("SELECT state AS word, COUNT(*) AS count FROM sellers GROUP BY state")
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows.into_iter().map(|row| (row.word, row.count)).collect())
    }

    /// Who the parcels of `orders` go to, all of them `seller`'s, by order id.
    pub async fn recipients(&self, seller: &SellerId, orders: &[Order]) -> Result<HashMap<String, String>> {
        let ids = orders.iter().map(|order| order.id.as_str());
        let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else { return Ok(HashMap::new()) };
        let rows: Vec<NameRow> = sqlx::query_as(
            "SELECT o.id, c.name FROM orders o JOIN checkouts c ON c.id = o.checkout_id
              WHERE o.seller_id = $1 AND o.id >= $2 AND o.id <= $3",
        )
        .bind(seller.as_str())
        .bind(first)
        .bind(last)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
    }

    /// The wishes to a seller that have no answer yet, oldest first.
    pub async fn open_wishes(&self, seller: &SellerId, limit: i64) -> Result<Vec<Wish>> {
        Ok(sqlx::query_as(
            "SELECT r.id, r.order_id, r.wish, r.reason, r.state, r.answer, r.at
               FROM order_requests r JOIN orders o ON o.id = r.order_id
              WHERE r.state = 'open' AND o.seller_id = $1 ORDER BY r.id LIMIT $2",
        )
        .bind(seller.as_str())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// What the audit chain says about an order or a seller, oldest first.
    pub async fn audit_of(&self, subject: &str) -> Result<Vec<Act>> {
        let rows: Vec<ActRow> =
            sqlx::query_as("SELECT at, actor, act, subject, detail FROM audit_links WHERE subject = $1 ORDER BY place")
                .bind(subject)
                .fetch_all(&mut *self.read().await?)
                .await?;
        Ok(rows
            .into_iter()
            .map(|row| Act {
                at: Millis(row.at),
                actor: row.actor,
                act: row.act,
                subject: row.subject,
                detail: row.detail,
            })
            .collect())
    }
}

impl Write {
    /// Takes an order's flag away, and what kept it from being shipped; says whether there was one.
    pub async fn clear_flag(&mut self, order: &OrderId) -> Result<bool> {
        let changed = sqlx::query(
            "UPDATE orders SET flag = NULL, is_stopped = 0, version = version + 1 WHERE id = $1 AND flag IS NOT NULL",
        )
        .bind(order.as_str())
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(changed == 1)
    }

    /// Moves a seller from one state of registration to another; says whether it was in the first.
    pub async fn move_registration(&mut self, seller: &SellerId, from: Registration, to: Registration) -> Result<bool> {
        let changed = sqlx::query("UPDATE sellers SET state = $1 WHERE id = $2 AND state = $3")
            .bind(to.word())
            .bind(seller.as_str())
            .bind(from.word())
            .execute(self.connection())
            .await?
            .rows_affected();
        Ok(changed == 1)
    }

    /// Locks a product's shelf until this transaction ends, so that no sale slips between reading and setting it.
    pub async fn lock_shelf(&mut self, product: &ProductId) -> Result<()> {
        sqlx::query("UPDATE stock SET available = available WHERE product_id = $1")
            .bind(product.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Tells every process's read model that all pages about a seller's products are stale.
    pub async fn note_seller_change(&mut self, seller: &SellerId, now: Millis) -> Result<()> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM products WHERE seller_id = $1 ORDER BY id")
            .bind(seller.as_str())
            .fetch_all(self.connection())
            .await?;
        for id in ids {
            self.note_product_change(&columns::id::<ProductId>(&id)?, now).await?;
        }
        Ok(())
    }
}
