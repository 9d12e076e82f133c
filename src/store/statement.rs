//! A seller's account in the books, line by line, for a span of time.

use super::{Result, Store, columns};
use crate::base::clock::Millis;
use crate::base::ids::{OrderId, SellerId};
use crate::base::money::Money;
use crate::orders::ledger::Account;

/// One entry of a seller's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entry's id; together with `at` the place from which a list goes on.
    pub entry: String,
    /// When it was booked, business time.
    pub at: Millis,
    /// The order that it belongs to.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// `taken`, `refunded`, `reversed` by a dispute, or `won_back`.
    pub fact: String,
    /// The payment service.
    pub provider: String,
    /// Its transaction.
    pub transaction: String,
    /// What moved between buyer and seller; less than zero where it went back.
    pub amount: Money,
    /// The marketplace's part of it, with the same sign.
    pub fee: Money,
    /// The payment service's part of it, as far as the seller bears it, with the same sign.
    pub provider_fee: Money,
    /// What it changed for the seller.
    pub net: Money,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: String,
    at: i64,
    order_id: String,
    number: String,
    fact: String,
    provider: String,
    provider_object: String,
    amount_minor: i64,
    fee_minor: i64,
    seller_provider_fee_minor: i64,
    net_minor: i64,
    currency: String,
}

impl TryFrom<LineRow> for Line {
    type Error = super::StoreError;

    fn try_from(row: LineRow) -> Result<Line> {
        let currency = columns::currency(&row.currency)?;
        let sign = if matches!(row.fact.as_str(), "taken" | "won_back") { 1 } else { -1 };
        let signed = |minor: i64| Money::new(sign * minor, currency);
        Ok(Line {
            entry: row.id,
            at: Millis(row.at),
            order: columns::id(&row.order_id)?,
            number: row.number,
            fact: row.fact,
            provider: row.provider,
            transaction: row.provider_object,
            amount: signed(row.amount_minor),
            fee: signed(row.fee_minor),
            provider_fee: signed(row.seller_provider_fee_minor),
            net: Money::new(row.net_minor, currency),
        })
    }
}

impl Store {
    /// What was booked to a seller from `from` until just before `until`, oldest first: at most `limit` lines behind
    /// the one at `after`, which is a line's instant and entry, or `from` and the empty word.
    pub async fn statement(
        &self,
        seller: &SellerId,
        after: (Millis, &str),
        until: Millis,
        zero: Money,
        limit: i64,
    ) -> Result<Vec<Line>> {
        let rows: Vec<LineRow> = sqlx::query_as(
            "SELECT e.id, e.at, e.order_id, o.number, e.fact, e.provider, e.provider_object, e.amount_minor, e.fee_minor,
                    e.seller_provider_fee_minor, -p.amount_minor AS net_minor, e.currency
               FROM postings p JOIN entries e ON e.id = p.entry_id JOIN orders o ON o.id = e.order_id
              WHERE p.account = $1 AND p.currency = $2 AND e.at < $3 AND (e.at > $4 OR (e.at = $5 AND e.id > $6))
              ORDER BY e.at, e.id LIMIT $7",
        )
        .bind(Account::Seller(seller.clone()).to_string())
        .bind(zero.currency.code())
        .bind(until.0)
        .bind(after.0.0)
        .bind(after.0.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter().map(Line::try_from).collect()
    }

    /// A seller's balance just before `at`, as the postings say: what they were paid and kept.
    pub async fn seller_balance_before(&self, seller: &SellerId, at: Millis, zero: Money) -> Result<Money> {
        let minor: i64 = sqlx::query_scalar(
            "SELECT CAST(COALESCE(SUM(-p.amount_minor), 0) AS BIGINT)
               FROM postings p JOIN entries e ON e.id = p.entry_id
              WHERE p.account = $1 AND p.currency = $2 AND e.at < $3",
        )
        .bind(Account::Seller(seller.clone()).to_string())
        .bind(zero.currency.code())
        .bind(at.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(Money { minor, ..zero })
    }

    /// When the first money of a seller was booked; none where none was.
    pub async fn first_booking(&self, seller: &SellerId) -> Result<Option<Millis>> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(e.at) FROM postings p JOIN entries e ON e.id = p.entry_id WHERE p.account = $1",
        )
        .bind(Account::Seller(seller.clone()).to_string())
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(at.map(Millis))
    }
}
