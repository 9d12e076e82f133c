//! Orders and their lines.

mod rows;

use sqlx::AnyConnection;

use self::rows::LineRow;
pub(super) use self::rows::{OrderRow, orders, select_orders};
use super::{Result, Store, StoreError, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{BuyerId, CheckoutId, OrderId, SellerId};
use crate::orders::operation::Instrument;
use crate::orders::order::{Line, Order};

async fn order(connection: &mut AnyConnection, order: &OrderId) -> Result<Option<Order>> {
    let row: Option<OrderRow> =
        sqlx::query_as(select_orders!("WHERE id = $1")).bind(order.as_str()).fetch_optional(connection).await?;
    row.map(Order::try_from).transpose()
}

async fn lines(connection: &mut AnyConnection, order: &OrderId) -> Result<Vec<Line>> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "SELECT l.product_id, l.title, l.picture, l.quantity, l.unit_minor, o.currency
           FROM order_lines l JOIN orders o ON o.id = l.order_id
          WHERE l.order_id = $1 ORDER BY l.place",
    )
    .bind(order.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Line::try_from).collect()
}

async fn of_checkout(connection: &mut AnyConnection, id: &CheckoutId) -> Result<Vec<Order>> {
    let rows = sqlx::query_as(select_orders!("WHERE checkout_id = $1 ORDER BY id"))
        .bind(id.as_str())
        .fetch_all(connection)
        .await?;
    orders(rows)
}

impl Store {
    /// One order.
    pub async fn order(&self, id: &OrderId) -> Result<Option<Order>> {
        order(&mut *self.read().await?, id).await
    }

    /// Its lines.
    pub async fn order_lines(&self, id: &OrderId) -> Result<Vec<Line>> {
        lines(&mut *self.read().await?, id).await
    }

    /// The orders of one checkout, in the order in which they are approved.
    pub async fn orders_of_checkout(&self, id: &CheckoutId) -> Result<Vec<Order>> {
        of_checkout(&mut *self.read().await?, id).await
    }

    /// A buyer's orders, newest first, those before `before` (an order id, or "~" for the newest).
    pub async fn orders_of_buyer(&self, buyer: &BuyerId, before: &str, limit: i64) -> Result<Vec<Order>> {
        let rows = sqlx::query_as(select_orders!("WHERE buyer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"))
            .bind(buyer.as_str())
            .bind(before)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        orders(rows)
    }

    /// A seller's orders, newest first, those before `before` (an order id, or "~" for the newest).
    pub async fn orders_of_seller(&self, seller: &SellerId, before: &str, limit: i64) -> Result<Vec<Order>> {
        let rows = sqlx::query_as(select_orders!("WHERE seller_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"))
            .bind(seller.as_str())
            .bind(before)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        orders(rows)
    }

    /// All orders, newest first, those before `before` (an order id, or "~" for the newest).
    pub async fn all_orders(&self, before: &str, limit: i64) -> Result<Vec<Order>> {
        let rows = sqlx::query_as(select_orders!("WHERE id < $1 ORDER BY id DESC LIMIT $2"))
            .bind(before)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        orders(rows)
    }

    /// Orders whose waiting time (approval, hold) is over at `now`, the longest overdue first.
    pub async fn orders_due(&self, now: Millis, limit: i64) -> Result<Vec<Order>> {
        let rows = sqlx::query_as(select_orders!("WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at LIMIT $2"))
            .bind(now.0)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        orders(rows)
    }

    /// Orders whose hold ends between `from` and `until`, the next one first, of which no letter with a key that
    /// begins with `told` was written yet.
    pub async fn holds_ending(&self, from: Millis, until: Millis, told: &str, limit: i64) -> Result<Vec<OrderId>> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT o.id FROM orders o
              WHERE o.state = 'reserved' AND o.hold_until > $1 AND o.hold_until <= $2
                AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.unique_key = $3 || o.id || ':' || COALESCE(o.transaction_id, ''))
              ORDER BY o.hold_until LIMIT $4",
        )
        .bind(from.0)
        .bind(until.0)
        .bind(told)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.iter().map(|id| columns::id(id)).collect()
    }

    /// The order whose money the provider knows under `transaction`.
    pub async fn order_by_transaction(&self, provider: &str, transaction: &str) -> Result<Option<Order>> {
        let row: Option<OrderRow> = sqlx::query_as(select_orders!("WHERE provider = $1 AND transaction_id = $2"))
            .bind(provider)
            .bind(transaction)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.map(Order::try_from).transpose()
    }

    /// Other orders with the same seller, buyer and lines, placed since `since` and not given up.
    pub async fn twins(&self, order: &OrderId, since: Millis) -> Result<Vec<Order>> {
        let rows = sqlx::query_as(select_orders!(
            "WHERE fingerprint = (SELECT fingerprint FROM orders WHERE id = $1) AND placed_at >= $2 AND id <> $3
               AND state IN ('consented', 'reserved', 'paid', 'shipped') ORDER BY id"
        ))
        .bind(order.as_str())
        .bind(since.0)
        .bind(order.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?;
        orders(rows)
    }
}

async fn deliveries(connection: &mut AnyConnection, id: &OrderId) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query_as(
        "SELECT title, delivers FROM order_lines WHERE order_id = $1 AND delivers IS NOT NULL ORDER BY place",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await?)
}

impl Store {
    /// What an order delivers at once: titles and texts, as they were when it was placed.
    pub async fn deliveries(&self, id: &OrderId) -> Result<Vec<(String, String)>> {
        deliveries(&mut *self.read().await?, id).await
    }
}

impl Write {
    /// The same, inside this transaction.
    pub async fn deliveries(&mut self, id: &OrderId) -> Result<Vec<(String, String)>> {
        deliveries(self.connection(), id).await
    }

    /// One order, inside this transaction.
    pub async fn order(&mut self, id: &OrderId) -> Result<Option<Order>> {
        order(self.connection(), id).await
    }

    /// The orders of one checkout, in the order in which they are approved.
    pub async fn orders_of_checkout(&mut self, id: &CheckoutId) -> Result<Vec<Order>> {
        of_checkout(self.connection(), id).await
    }

    /// Its lines.
    pub async fn order_lines(&mut self, id: &OrderId) -> Result<Vec<Line>> {
        lines(self.connection(), id).await
    }

    /// The next number that people use: `P-1001`.
    pub async fn next_order_number(&mut self) -> Result<String> {
        let number: i64 =
            sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'order_number' RETURNING value")
                .fetch_one(self.connection())
                .await?;
        Ok(format!("P-{number}"))
    }

    /// Writes a new order with its lines; it is looked at again when its approval is given up.
    pub async fn insert_order(&mut self, order: &Order, lines: &[Line], fingerprint: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO orders (id, number, checkout_id, seller_id, buyer_id, channel, provider, currency, items_minor,
                                 shipping_minor, gift_wrap_minor, tax_minor, total_minor, fee_fixed_minor,
                                 fee_variable_bp, provider_fee_by, state, version, due_at, secret, fingerprint, agreement_id, period,
                                 is_digital, is_service, placed_at, approve_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22, $23, $24, $25, $26, $27)",
        )
        .bind(order.id.as_str())
        .bind(&order.number)
        .bind(order.checkout.as_str())
        .bind(order.seller.as_str())
        .bind(order.buyer.as_ref().map(|buyer| buyer.as_str().to_owned()))
        .bind(&order.channel)
        .bind(&order.provider)
        .bind(order.total.currency.code())
        .bind(order.totals.items.minor)
        .bind(order.totals.shipping.minor)
        .bind(order.totals.gift_wrap.minor)
        .bind(order.totals.tax.minor)
        .bind(order.total.minor)
        .bind(order.fee.fixed.minor)
        .bind(order.fee.variable_bp)
        .bind(order.fee.provider_fee_by.word())
        .bind(order.state.word())
        .bind(order.version)
        .bind(order.approve_by.0)
        .bind(&order.secret)
        .bind(fingerprint)
        .bind(order.agreement.as_ref().map(|agreement| agreement.as_str().to_owned()))
        .bind(order.period)
        .bind(i64::from(order.is_digital))
        .bind(i64::from(order.is_service))
        .bind(order.placed_at.0)
        .bind(order.approve_by.0)
        .execute(self.connection())
        .await?;
        for (place, line) in (1_i64..).zip(lines) {
            sqlx::query(
                "INSERT INTO order_lines (order_id, place, product_id, title, picture, quantity, unit_minor, delivers)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT delivers FROM products WHERE id = $8))",
            )
            .bind(order.id.as_str())
            .bind(place)
            .bind(line.product.as_str())
            .bind(&line.title)
            .bind(&line.picture)
            .bind(line.quantity)
            .bind(line.unit.minor)
            .bind(line.product.as_str())
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Writes what may change of an order, if nobody else changed it since it was read; counts its
    /// version up. Errors: `Busy` when somebody did.
    pub async fn change_order(&mut self, order: &mut Order, due_at: Option<Millis>) -> Result<()> {
        let changed = sqlx::query(
            "UPDATE orders SET state = $1, consent = $2, instrument = $3, transaction_id = $4, hold_until = $5,
                    due_at = $6, message = $7, flag = $8, carrier = $9, tracking_number = $10, promised_date = $11,
                    provider = $12, is_stopped = $13, agreement_id = $14, approve_by = $15, version = version + 1
              WHERE id = $16 AND version = $17",
        )
        .bind(order.state.word())
        .bind(order.consent.clone())
        .bind(order.instrument.map(Instrument::word))
        .bind(order.transaction.clone())
        .bind(order.hold_until.map(|until| until.0))
        .bind(due_at.map(|due| due.0))
        .bind(order.message.clone())
        .bind(order.flag.clone())
        .bind(order.carrier.clone())
        .bind(order.tracking_number.clone())
        .bind(order.promised_date.clone())
        .bind(&order.provider)
        .bind(i64::from(order.is_stopped))
        .bind(order.agreement.as_ref().map(|agreement| agreement.as_str().to_owned()))
        .bind(order.approve_by.0)
        .bind(order.id.as_str())
        .bind(order.version)
        .execute(self.connection())
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Busy);
        }
        order.version += 1;
        Ok(())
    }

    /// Writes only the order's flag: something for an operator to look at. States and dates stay.
    pub async fn flag_order(&mut self, order: &Order) -> Result<()> {
        sqlx::query("UPDATE orders SET flag = $1, version = version + 1 WHERE id = $2")
            .bind(order.flag.clone())
            .bind(order.id.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
