//! How an order and its lines stand in the database.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::market::fees::MarketplaceFee;
use crate::orders::operation::Instrument;
use crate::orders::order::{Line, Order, Totals};
use crate::orders::state::State;
use crate::store::columns::{currency, id, provider_fee_by};
use crate::store::{Result, StoreError, unreadable};

/// `SELECT` of everything an [`OrderRow`] needs, followed by the rest of the statement.
macro_rules! select_orders {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, checkout_id, seller_id, buyer_id, channel, provider, currency, items_minor, ",
            "shipping_minor, gift_wrap_minor, tax_minor, total_minor, fee_fixed_minor, fee_variable_bp, ",
            "provider_fee_by, state, version, ",
            "consent, instrument, transaction_id, hold_until, secret, message, flag, is_stopped, carrier, tracking_number, ",
            "promised_date, agreement_id, period, is_digital, is_service, placed_at, approve_by FROM orders ",
            $rest
        )
    };
}
pub(in crate::store) use select_orders;

#[derive(sqlx::FromRow)]
pub(in crate::store) struct OrderRow {
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
    provider_fee_by: String,
    state: String,
    version: i64,
    consent: Option<String>,
    instrument: Option<String>,
    transaction_id: Option<String>,
    hold_until: Option<i64>,
    secret: String,
    message: Option<String>,
    flag: Option<String>,
    is_stopped: i64,
    carrier: Option<String>,
    tracking_number: Option<String>,
    promised_date: Option<String>,
    agreement_id: Option<String>,
    period: Option<i64>,
    is_digital: i64,
    is_service: i64,
    placed_at: i64,
    approve_by: i64,
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
            agreement: row.agreement_id.as_deref().map(id).transpose()?,
            period: row.period,
            is_digital: row.is_digital != 0,
            is_service: row.is_service != 0,
            totals: Totals {
                items: money(row.items_minor),
                shipping: money(row.shipping_minor),
                gift_wrap: money(row.gift_wrap_minor),
                tax: money(row.tax_minor),
            },
            total: money(row.total_minor),
            fee: MarketplaceFee {
                fixed: money(row.fee_fixed_minor),
                variable_bp: row.fee_variable_bp,
                provider_fee_by: provider_fee_by(&row.provider_fee_by)?,
            },
            state: State::from_word(&row.state).ok_or_else(|| unreadable("order state", &row.state))?,
            version: row.version,
            consent: row.consent,
            instrument: row.instrument.as_deref().and_then(Instrument::from_word),
            transaction: row.transaction_id,
            hold_until: row.hold_until.map(Millis),
            secret: row.secret,
            message: row.message,
            flag: row.flag,
            is_stopped: row.is_stopped != 0,
            carrier: row.carrier,
            tracking_number: row.tracking_number,
            promised_date: row.promised_date,
            placed_at: Millis(row.placed_at),
            approve_by: Millis(row.approve_by),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct LineRow {
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
            product: id(&row.product_id)?,
            title: row.title,
            picture: row.picture,
            quantity: row.quantity,
            unit: Money::new(row.unit_minor, currency(&row.currency)?),
        })
    }
}

/// Reads them all, or says which column is unreadable.
pub(in crate::store) fn orders(rows: Vec<OrderRow>) -> Result<Vec<Order>> {
    rows.into_iter().map(Order::try_from).collect()
}
