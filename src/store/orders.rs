//! Checkouts, orders and their lines.

use sqlx::AnyConnection;

use super::{Result, Store, StoreError, Write, unreadable};
use crate::base::clock::Millis;
use crate::base::ids::{BuyerId, CheckoutId, OrderId, ProductId, SellerId};
use crate::base::money::{Currency, Money};
use crate::market::fees::MarketplaceFee;
use crate::market::shipping::ShippingMethod;
use crate::orders::checkout::{Address, Checkout};
use crate::orders::operation::Instrument;
use crate::orders::order::{Line, Order, Totals};
use crate::orders::state::State;

macro_rules! select_orders {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, checkout_id, seller_id, buyer_id, channel, provider, currency, items_minor, ",
            "shipping_minor, gift_wrap_minor, tax_minor, total_minor, fee_fixed_minor, fee_variable_bp, state, version, ",
            "consent, instrument, transaction_id, hold_until, secret, message, flag, carrier, tracking_number, ",
            "promised_date, placed_at FROM orders ",
            $rest
        )
    };
}
pub(super) use select_orders;

#[derive(sqlx::FromRow)]
pub(super) struct OrderRow {
    id: String,
    number: String,
    checkout_id: String,
    seller_id: String,
    buyer_id: Option<String>,
    channel: String,
    provider: String,
    currency: String,
    items_minor: i64,
    shipping_minor: i64,
    gift_wrap_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    fee_fixed_minor: i64,
    fee_variable_bp: i64,
    state: String,
    version: i64,
    consent: Option<String>,
    instrument: Option<String>,
    transaction_id: Option<String>,
    hold_until: Option<i64>,
    secret: String,
    message: Option<String>,
    flag: Option<String>,
    carrier: Option<String>,
    tracking_number: Option<String>,
    promised_date: Option<String>,
    placed_at: i64,
}

impl TryFrom<OrderRow> for Order {
    type Error = StoreError;

    fn try_from(row: OrderRow) -> Result<Order> {
        let currency = currency(&row.currency)?;
        let money = |minor| Money::new(minor, currency);
        Ok(Order {
            id: id(&row.id)?,
            number: row.number,
            checkout: id(&row.checkout_id)?,
            seller: id(&row.seller_id)?,
            buyer: row.buyer_id.as_deref().map(id).transpose()?,
            channel: row.channel,
            provider: row.provider,
            totals: Totals {
                items: money(row.items_minor),
                shipping: money(row.shipping_minor),
                gift_wrap: money(row.gift_wrap_minor),
                tax: money(row.tax_minor),
            },
            total: money(row.total_minor),
            fee: MarketplaceFee { fixed: money(row.fee_fixed_minor), variable_bp: row.fee_variable_bp },
            state: State::from_word(&row.state).ok_or_else(|| unreadable("order state", &row.state))?,
            version: row.version,
            consent: row.consent,
            instrument: row.instrument.as_deref().and_then(Instrument::from_word),
            transaction: row.transaction_id,
            hold_until: row.hold_until.map(Millis),
            secret: row.secret,
            message: row.message,
            flag: row.flag,
            carrier: row.carrier,
            tracking_number: row.tracking_number,
            promised_date: row.promised_date,
            placed_at: Millis(row.placed_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct LineRow {
    product_id: String,
    title: String,
    picture: String,
    quantity: i64,
    unit_minor: i64,
    currency: String,
}

impl TryFrom<LineRow> for Line {
    type Error = StoreError;

    fn try_from(row: LineRow) -> Result<Line> {
        Ok(Line {
            product: id::<ProductId>(&row.product_id)?,
            title: row.title,
            picture: row.picture,
            quantity: row.quantity,
            unit: Money::new(row.unit_minor, currency(&row.currency)?),
        })
    }
}

#[derive(sqlx::FromRow)]
struct CheckoutRow {
    id: String,
    buyer_id: Option<String>,
    email: String,
    name: String,
    line1: String,
    line2: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
    phone: String,
    shipping_method: String,
    is_gift: i64,
    provider: String,
    placed_at: i64,
}

impl TryFrom<CheckoutRow> for Checkout {
    type Error = StoreError;

    fn try_from(row: CheckoutRow) -> Result<Checkout> {
        Ok(Checkout {
            id: id(&row.id)?,
            buyer: row.buyer_id.as_deref().map(id).transpose()?,
            email: row.email,
            address: Address {
                name: row.name,
                line1: row.line1,
                line2: row.line2,
                city: row.city,
                state: row.state,
                postal_code: row.postal_code,
                country: row.country,
                phone: row.phone,
            },
            shipping_method: ShippingMethod::from_word(&row.shipping_method)
                .ok_or_else(|| unreadable("shipping method", &row.shipping_method))?,
            is_gift: row.is_gift != 0,
            provider: row.provider,
            placed_at: Millis(row.placed_at),
        })
    }
}

/// Reads an id that the database holds.
pub(super) fn id<I: std::str::FromStr>(text: &str) -> Result<I> {
    text.parse().map_err(|_| unreadable("id", text))
}

/// Reads a currency that the database holds.
pub(super) fn currency(code: &str) -> Result<Currency> {
    Currency::from_code(code).ok_or_else(|| unreadable("currency", code))
}

pub(super) fn orders(rows: Vec<OrderRow>) -> Result<Vec<Order>> {
    rows.into_iter().map(Order::try_from).collect()
}

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

async fn checkout(connection: &mut AnyConnection, checkout: &CheckoutId) -> Result<Option<Checkout>> {
    let row: Option<CheckoutRow> = sqlx::query_as(
        "SELECT id, buyer_id, email, name, line1, line2, city, state, postal_code, country, phone,
                shipping_method, is_gift, provider, placed_at
           FROM checkouts WHERE id = $1",
    )
    .bind(checkout.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(Checkout::try_from).transpose()
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

    /// One checkout.
    pub async fn checkout(&self, id: &CheckoutId) -> Result<Option<Checkout>> {
        checkout(&mut *self.read().await?, id).await
    }

    /// The orders of one checkout, in the order in which they are approved.
    pub async fn orders_of_checkout(&self, id: &CheckoutId) -> Result<Vec<Order>> {
        let rows = sqlx::query_as(select_orders!("WHERE checkout_id = $1 ORDER BY id"))
            .bind(id.as_str())
            .fetch_all(&mut *self.read().await?)
            .await?;
        orders(rows)
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

impl Write {
    /// One order, inside this transaction.
    pub async fn order(&mut self, id: &OrderId) -> Result<Option<Order>> {
        order(self.connection(), id).await
    }

    /// Its lines.
    pub async fn order_lines(&mut self, id: &OrderId) -> Result<Vec<Line>> {
        lines(self.connection(), id).await
    }

    /// One checkout.
    pub async fn checkout(&mut self, id: &CheckoutId) -> Result<Option<Checkout>> {
        checkout(self.connection(), id).await
    }

    /// The next number that people use: `P-1001`.
    pub async fn next_order_number(&mut self) -> Result<String> {
        let number: i64 =
            sqlx::query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'order_number' RETURNING value")
                .fetch_one(self.connection())
                .await?;
        Ok(format!("P-{number}"))
    }

    /// Writes a checkout.
    pub async fn insert_checkout(&mut self, checkout: &Checkout) -> Result<()> {
        let address = &checkout.address;
        sqlx::query(
            "INSERT INTO checkouts (id, buyer_id, email, name, line1, line2, city, state, postal_code, country, phone,
                                    shipping_method, is_gift, provider, placed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(checkout.id.as_str())
        .bind(checkout.buyer.as_ref().map(|buyer| buyer.as_str().to_owned()))
        .bind(&checkout.email)
        .bind(&address.name)
        .bind(&address.line1)
        .bind(&address.line2)
        .bind(&address.city)
        .bind(&address.state)
        .bind(&address.postal_code)
        .bind(&address.country)
        .bind(&address.phone)
        .bind(checkout.shipping_method.word())
        .bind(i64::from(checkout.is_gift))
        .bind(&checkout.provider)
        .bind(checkout.placed_at.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Writes a new order with its lines; `due_at` is when its approval is given up.
    pub async fn insert_order(
        &mut self,
        order: &Order,
        lines: &[Line],
        fingerprint: &str,
        due_at: Millis,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO orders (id, number, checkout_id, seller_id, buyer_id, channel, provider, currency, items_minor,
                                 shipping_minor, gift_wrap_minor, tax_minor, total_minor, fee_fixed_minor,
                                 fee_variable_bp, state, version, due_at, secret, fingerprint, placed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
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
        .bind(order.state.word())
        .bind(order.version)
        .bind(due_at.0)
        .bind(&order.secret)
        .bind(fingerprint)
        .bind(order.placed_at.0)
        .execute(self.connection())
        .await?;
        for (place, line) in (1_i64..).zip(lines) {
            sqlx::query(
                "INSERT INTO order_lines (order_id, place, product_id, title, picture, quantity, unit_minor)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(order.id.as_str())
            .bind(place)
            .bind(line.product.as_str())
            .bind(&line.title)
            .bind(&line.picture)
            .bind(line.quantity)
            .bind(line.unit.minor)
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
                    provider = $12, version = version + 1
              WHERE id = $13 AND version = $14",
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
}

impl Write {
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
