//! What a seller earned, order by order and week by week, and whether the books add up.

use super::{Result, Store, columns};
use crate::base::clock::Millis;
use crate::base::ids::{OrderId, SellerId};
use crate::base::money::Money;
use crate::orders::ledger::Account;
use crate::orders::state::State;

/// One week, the bar of the statement's chart.
pub const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// One order of a seller's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earning {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// When it was placed.
    pub placed_at: Millis,
    /// When money was booked for it last: an event on its page.
    pub booked_at: Millis,
    /// What it earned.
    pub sums: Sums,
}

/// What was taken, kept and given back; of one order or of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Taken from buyers.
    pub taken: Money,
    /// The marketplace's fee.
    pub fee: Money,
    /// The payment service's fee, as far as it told us and the seller bears it.
    pub provider_fee: Money,
    /// Given back to buyers.
    pub refunded: Money,
    /// Taken by disputes, less what was won back.
    pub disputed: Money,
}

impl Sums {
    /// What is left for the seller.
    pub fn net(&self) -> Money {
        let gone = self.refunded.minor + self.disputed.minor;
        let minor = self.taken.minor - self.fee.minor - self.provider_fee.minor - gone;
        Money { minor, ..self.taken }
    }
}

#[derive(sqlx::FromRow)]
struct EarningRow {
    id: String,
    number: String,
    state: String,
    placed_at: i64,
    booked_at: i64,
    currency: String,
    taken: i64,
    fee: i64,
    provider_fee: i64,
    refunded: i64,
    disputed: i64,
}

#[derive(sqlx::FromRow)]
struct SumsRow {
    taken: i64,
    fee: i64,
    provider_fee: i64,
    refunded: i64,
    disputed: i64,
}

#[derive(sqlx::FromRow)]
struct WeekRow {
    week: i64,
    net: i64,
}

/// The sum of one currency over all accounts.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CurrencySum {
    /// ISO 4217.
    pub currency: String,
    /// 0, or the books are broken.
    pub sum_minor: i64,
}

impl Store {
    /// A seller's orders for which money was taken, newest first, those before `before` (an id, or "~").
    pub async fn earnings(&self, seller: &SellerId, before: &str, limit: i64) -> Result<Vec<Earning>> {
        let rows: Vec<EarningRow> = sqlx::query_as(
            "SELECT o.id, o.number, o.state, o.placed_at, CAST(MAX(e.at) AS BIGINT) AS booked_at, o.currency,
                    CAST(SUM(CASE WHEN e.fact = 'taken' THEN e.amount_minor ELSE 0 END) AS BIGINT) AS taken,
                    CAST(SUM(CASE WHEN e.fact IN ('taken', 'won_back') THEN e.fee_minor ELSE -e.fee_minor END) AS BIGINT) AS fee,
                    CAST(SUM(CASE WHEN e.fact IN ('taken', 'won_back') THEN e.seller_provider_fee_minor ELSE -e.seller_provider_fee_minor END) AS BIGINT) AS provider_fee,
                    CAST(SUM(CASE WHEN e.fact = 'refunded' THEN e.amount_minor ELSE 0 END) AS BIGINT) AS refunded,
                    CAST(SUM(CASE WHEN e.fact = 'reversed' THEN e.amount_minor WHEN e.fact = 'won_back' THEN -e.amount_minor ELSE 0 END) AS BIGINT) AS disputed
               FROM orders o JOIN entries e ON e.order_id = o.id
              WHERE o.seller_id = $1 AND o.id < $2 AND e.fact IN ('taken', 'refunded', 'reversed', 'won_back')
              GROUP BY o.id, o.number, o.state, o.placed_at, o.currency ORDER BY o.id DESC LIMIT $3",
        )
        .bind(seller.as_str())
        .bind(before)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter()
            .map(|row| {
                let currency = columns::currency(&row.currency)?;
                let money = |minor| Money::new(minor, currency);
                Ok(Earning {
                    order: columns::id(&row.id)?,
                    number: row.number,
                    state: State::from_word(&row.state).ok_or_else(|| super::unreadable("order state", &row.state))?,
                    placed_at: Millis(row.placed_at),
                    booked_at: Millis(row.booked_at),
                    sums: Sums {
                        taken: money(row.taken),
                        fee: money(row.fee),
                        provider_fee: money(row.provider_fee),
                        refunded: money(row.refunded),
                        disputed: money(row.disputed),
                    },
                })
            })
            .collect()
    }

    /// What a seller earned since `since`, all told, in the currency of `zero`.
    pub async fn earned_since(&self, seller: &SellerId, since: Millis, zero: Money) -> Result<Sums> {
        self.earned_between(seller, since, Millis(i64::MAX), zero).await
    }

    /// What a seller earned from `from` until just before `until`, all told, in the currency of `zero`.
    pub async fn earned_between(&self, seller: &SellerId, from: Millis, until: Millis, zero: Money) -> Result<Sums> {
        let row: SumsRow = sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(CASE WHEN e.fact = 'taken' THEN e.amount_minor ELSE 0 END), 0) AS BIGINT) AS taken,
                    CAST(COALESCE(SUM(CASE WHEN e.fact IN ('taken', 'won_back') THEN e.fee_minor ELSE -e.fee_minor END), 0) AS BIGINT) AS fee,
                    CAST(COALESCE(SUM(CASE WHEN e.fact IN ('taken', 'won_back') THEN e.seller_provider_fee_minor ELSE -e.seller_provider_fee_minor END), 0) AS BIGINT) AS provider_fee,
                    CAST(COALESCE(SUM(CASE WHEN e.fact = 'refunded' THEN e.amount_minor ELSE 0 END), 0) AS BIGINT) AS refunded,
                    CAST(COALESCE(SUM(CASE WHEN e.fact = 'reversed' THEN e.amount_minor WHEN e.fact = 'won_back' THEN -e.amount_minor ELSE 0 END), 0) AS BIGINT) AS disputed
               FROM postings p JOIN entries e ON e.id = p.entry_id
              WHERE p.account = $1 AND p.currency = $2 AND e.at >= $3 AND e.at < $4",
        )
        .bind(Account::Seller(seller.clone()).to_string())
        .bind(zero.currency.code())
        .bind(from.0)
        .bind(until.0)
        .fetch_one(&mut *self.read().await?)
        .await?;
        let money = |minor| Money { minor, ..zero };
        Ok(Sums {
            taken: money(row.taken),
            fee: money(row.fee),
            provider_fee: money(row.provider_fee),
            refunded: money(row.refunded),
            disputed: money(row.disputed),
        })
    }

    /// A seller's net in each of the `weeks` weeks that begin at `since`; weeks without money are zero.
    pub async fn net_by_week(&self, seller: &SellerId, since: Millis, weeks: usize, zero: Money) -> Result<Vec<Money>> {
        let rows: Vec<WeekRow> = sqlx::query_as(
            "SELECT (e.at - $1) / $2 AS week, CAST(SUM(-p.amount_minor) AS BIGINT) AS net
               FROM postings p JOIN entries e ON e.id = p.entry_id
              WHERE p.account = $3 AND p.currency = $4 AND e.at >= $5 GROUP BY 1 ORDER BY 1",
        )
        .bind(since.0)
        .bind(WEEK_MS)
        .bind(Account::Seller(seller.clone()).to_string())
        .bind(zero.currency.code())
        .bind(since.0)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let mut nets = vec![zero; weeks];
        for row in rows {
            if let Some(net) = usize::try_from(row.week).ok().and_then(|week| nets.get_mut(week)) {
                net.minor = row.net;
            }
        }
        Ok(nets)
    }

    /// What all balances add up to, by currency.
    pub async fn balance_sums(&self) -> Result<Vec<CurrencySum>> {
        Ok(sqlx::query_as(
            "SELECT currency, CAST(SUM(balance_minor) AS BIGINT) AS sum_minor
               FROM balances GROUP BY currency ORDER BY currency",
        )
        .fetch_all(&mut *self.read().await?)
        .await?)
    }
}
