//! Standing approvals.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::AnyConnection;

use super::columns::id;
use super::orders::{OrderRow, orders, select_orders};
use super::{Result, Store, StoreError, Write, unreadable};
use crate::base::clock::Millis;
use crate::base::ids::{AgreementId, BuyerId};
use crate::orders::agreement::{Agreement, Known, Standing, Terms, Used};
use crate::orders::operation::Instrument;
use crate::orders::order::Order;
use crate::orders::state::State;

macro_rules! select_agreements {
    ($rest:literal) => {
        concat!(
            "SELECT id, buyer_id, provider, terms, state, consent, rules, method, instrument, message, started_at, period, next_at, ",
            "charged_at, trouble, known, version ",
            "FROM agreements ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct AgreementRow {
    id: String,
    buyer_id: String,
    provider: String,
    terms: String,
    state: String,
    consent: Option<String>,
    rules: String,
    method: Option<String>,
    instrument: Option<String>,
    message: Option<String>,
    started_at: i64,
    period: i64,
    next_at: Option<i64>,
    charged_at: Option<i64>,
    trouble: Option<String>,
    known: Option<String>,
    version: i64,
}

fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| unreadable(what, text))
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|why| StoreError::Unreadable(why.to_string()))
}

impl TryFrom<AgreementRow> for Agreement {
    type Error = StoreError;

    fn try_from(row: AgreementRow) -> Result<Agreement> {
        Ok(Agreement {
            id: id(&row.id)?,
            buyer: id(&row.buyer_id)?,
            provider: row.provider,
            terms: Terms::from_word(&row.terms).ok_or_else(|| unreadable("terms", &row.terms))?,
            standing: Standing::from_word(&row.state).ok_or_else(|| unreadable("standing", &row.state))?,
            consent: row.consent,
            rules: from_json("rules", &row.rules)?,
            method: row.method,
            instrument: match row.instrument {
                Some(word) => Some(Instrument::from_word(&word).ok_or_else(|| unreadable("instrument", &word))?),
                None => None,
            },
            message: row.message,
            started_at: Millis(row.started_at),
            period: row.period,
            next_at: row.next_at.map(Millis),
            charged_at: row.charged_at.map(Millis),
            trouble: row.trouble.map(|text| from_json("trouble", &text)).transpose()?,
            known: row.known.map(|text| from_json("known use", &text)).transpose()?,
            version: row.version,
        })
    }
}

fn agreements(rows: Vec<AgreementRow>) -> Result<Vec<Agreement>> {
    rows.into_iter().map(Agreement::try_from).collect()
}

async fn agreement(connection: &mut AnyConnection, id: &AgreementId) -> Result<Option<Agreement>> {
    let row: Option<AgreementRow> =
        sqlx::query_as(select_agreements!("WHERE id = $1")).bind(id.as_str()).fetch_optional(connection).await?;
    row.map(Agreement::try_from).transpose()
}

/// What counts against the limits of an agreement.
async fn used_under(
    connection: &mut AnyConnection,
    agreement: &AgreementId,
    month: Millis,
    day: Millis,
) -> Result<Used> {
    let (total_minor, month_minor, day_count): (i64, i64, i64) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(total_minor), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CASE WHEN placed_at >= $1 THEN total_minor ELSE 0 END), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CASE WHEN placed_at >= $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
               FROM orders
              WHERE agreement_id = $3 AND state IN ('consented', 'reserved', 'paid', 'shipped', 'refunded')",
    )
    .bind(month.0)
    .bind(day.0)
    .bind(agreement.as_str())
    .fetch_one(connection)
    .await?;
    Ok(Used { total_minor, month_minor, day_count })
}

impl Store {
    /// One agreement.
    pub async fn agreement(&self, id: &AgreementId) -> Result<Option<Agreement>> {
        agreement(&mut *self.read().await?, id).await
    }

    /// A buyer's agreements, those that stand first, then the newest; at most `limit`.
    pub async fn agreements_of(&self, buyer: &BuyerId, limit: i64) -> Result<Vec<Agreement>> {
        let rows = sqlx::query_as(select_agreements!(
            "WHERE buyer_id = $1 ORDER BY CASE WHEN state IN ('active', 'paused') THEN 0 ELSE 1 END, id DESC LIMIT $2"
        ))
        .bind(buyer.as_str())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        agreements(rows)
    }

    /// The agreement behind an approval at a provider.
    pub async fn agreement_by_consent(&self, provider: &str, consent: &str) -> Result<Option<Agreement>> {
        let row: Option<AgreementRow> =
            sqlx::query_as(select_agreements!("WHERE provider = $1 AND consent = $2 ORDER BY id DESC LIMIT 1"))
                .bind(provider)
                .bind(consent)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        row.map(Agreement::try_from).transpose()
    }

    /// What was charged, or is being charged, under an agreement: as in [`Write::used_under`].
    pub async fn used_under(&self, agreement: &AgreementId, month: Millis, day: Millis) -> Result<Used> {
        used_under(&mut *self.read().await?, agreement, month, day).await
    }

    /// Subscriptions whose next period has begun at `now`, the longest overdue first.
    pub async fn agreements_due(&self, now: Millis, limit: i64) -> Result<Vec<Agreement>> {
        let rows = sqlx::query_as(select_agreements!(
            "WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at, id LIMIT $2"
        ))
        .bind(now.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        agreements(rows)
    }

    /// Agreements whose last charge was refused and is to be tried again at `now`, the longest overdue first.
    pub async fn agreements_to_retry(&self, now: Millis, limit: i64) -> Result<Vec<Agreement>> {
        let rows = sqlx::query_as(select_agreements!(
            "WHERE retry_at IS NOT NULL AND retry_at <= $1 ORDER BY retry_at, id LIMIT $2"
        ))
        .bind(now.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        agreements(rows)
    }

    /// Keeps what a provider said was used of an approval's limits. No change of the agreement: its version stays.
    pub async fn remember_use(&self, agreement: &AgreementId, consent: &str, known: &Known) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE agreements SET known = $1 WHERE id = $2 AND consent = $3")
            .bind(to_json(known)?)
            .bind(agreement.as_str())
            .bind(consent)
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    /// What each subscription of a buyer is called: the title of its first order's first line.
    pub async fn subscription_titles(&self, buyer: &BuyerId) -> Result<HashMap<String, String>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT o.agreement_id, l.title FROM agreements a
               JOIN orders o ON o.agreement_id = a.id AND o.period = 0
               JOIN order_lines l ON l.order_id = o.id AND l.place = 1
              WHERE a.buyer_id = $1",
        )
        .bind(buyer.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// What was bought under each of these agreements, newest first, at most `limit` orders in all.
    pub async fn orders_under(&self, buyer: &BuyerId, limit: i64) -> Result<Vec<Order>> {
        let rows: Vec<OrderRow> = sqlx::query_as(select_orders!(
            "WHERE agreement_id IN (SELECT a.id FROM agreements a WHERE a.buyer_id = $1) ORDER BY id DESC LIMIT $2"
        ))
        .bind(buyer.as_str())
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        orders(rows)
    }
}

impl Write {
    /// One agreement, inside this transaction.
    pub async fn agreement(&mut self, id: &AgreementId) -> Result<Option<Agreement>> {
        agreement(self.connection(), id).await
    }

    /// The newest order under an agreement.
    pub async fn newest_order_under(&mut self, agreement: &AgreementId) -> Result<Option<Order>> {
        let row: Option<OrderRow> = sqlx::query_as(select_orders!("WHERE agreement_id = $1 ORDER BY id DESC LIMIT 1"))
            .bind(agreement.as_str())
            .fetch_optional(self.connection())
            .await?;
        row.map(Order::try_from).transpose()
    }

    /// What was charged, or is being charged, under an agreement: in all, since `month`, and how often since `day`.
    /// What was given back counts all the same: no provider gives a limit back.
    pub async fn used_under(&mut self, agreement: &AgreementId, month: Millis, day: Millis) -> Result<Used> {
        used_under(self.connection(), agreement, month, day).await
    }

    /// The orders under an agreement that are in `state`, oldest first.
    pub async fn orders_under_in(&mut self, agreement: &AgreementId, state: State) -> Result<Vec<Order>> {
        let rows: Vec<OrderRow> = sqlx::query_as(select_orders!("WHERE agreement_id = $1 AND state = $2 ORDER BY id"))
            .bind(agreement.as_str())
            .bind(state.word())
            .fetch_all(self.connection())
            .await?;
        orders(rows)
    }

    /// Writes a new agreement.
    pub async fn insert_agreement(&mut self, agreement: &Agreement) -> Result<()> {
        sqlx::query(
            "INSERT INTO agreements (id, buyer_id, provider, terms, state, consent, rules, method, instrument, message,
                                     started_at, period, next_at, charged_at, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(agreement.id.as_str())
        .bind(agreement.buyer.as_str())
        .bind(&agreement.provider)
        .bind(agreement.terms.word())
        .bind(agreement.standing.word())
        .bind(agreement.consent.clone())
        .bind(to_json(&agreement.rules)?)
        .bind(agreement.method.clone())
        .bind(agreement.instrument.map(Instrument::word))
        .bind(agreement.message.clone())
        .bind(agreement.started_at.0)
        .bind(agreement.period)
        .bind(agreement.next_at.map(|at| at.0))
        .bind(agreement.charged_at.map(|at| at.0))
        .bind(agreement.started_at.0)
        .bind(agreement.version)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Writes what may change of an agreement, if nobody else changed it since it was read; counts
    /// its version up. Errors: `Busy` when somebody did.
    pub async fn change_agreement(&mut self, agreement: &mut Agreement) -> Result<()> {
        let changed = sqlx::query(
            "UPDATE agreements SET provider = $1, state = $2, consent = $3, rules = $4, method = $5, instrument = $6,
                    message = $7, started_at = $8, period = $9, next_at = $10, charged_at = $11, trouble = $12,
                    retry_at = $13, known = $14, version = version + 1
              WHERE id = $15 AND version = $16",
        )
        .bind(&agreement.provider)
        .bind(agreement.standing.word())
        .bind(agreement.consent.clone())
        .bind(to_json(&agreement.rules)?)
        .bind(agreement.method.clone())
        .bind(agreement.instrument.map(Instrument::word))
        .bind(agreement.message.clone())
        .bind(agreement.started_at.0)
        .bind(agreement.period)
        .bind(agreement.next_at.map(|at| at.0))
        .bind(agreement.charged_at.map(|at| at.0))
        .bind(agreement.trouble.as_ref().map(to_json).transpose()?)
        .bind(agreement.trouble.and_then(|trouble| trouble.retry_at).map(|at| at.0))
        .bind(agreement.known.as_ref().map(to_json).transpose()?)
        .bind(agreement.id.as_str())
        .bind(agreement.version)
        .execute(self.connection())
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Busy);
        }
        agreement.version += 1;
        Ok(())
    }
}
