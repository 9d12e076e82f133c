//! What differs, from the run that saw it first to the one that did not see it any more.

use super::super::{Result, Store, Write, columns, unreadable};
use crate::base::clock::Millis;
use crate::base::ids;
use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::orders::reconcile::{Difference, Side, Stand, What};

/// A difference with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id, `dif_…`.
    pub id: String,
    /// Whose list.
    pub provider: String,
    /// What differs.
    pub difference: Difference,
    /// When it was seen first.
    pub first_seen: Millis,
    /// When it was seen last.
    pub last_seen: Millis,
    /// When it was found to be gone.
    pub closed_at: Option<Millis>,
    /// When the provider was asked again.
    pub asked_at: Option<Millis>,
    /// What came of that.
    pub answer: Option<String>,
}

#[derive(sqlx::FromRow)]
struct DifferenceRow {
    id: String,
    provider: String,
    object: String,
    what: String,
    order_id: Option<String>,
    reference: Option<String>,
    parent: Option<String>,
    kind: Option<String>,
    there: Option<String>,
    there_minor: Option<i64>,
    here: Option<String>,
    here_minor: Option<i64>,
    currency: String,
    at: i64,
    first_seen: i64,
    last_seen: i64,
    closed_at: Option<i64>,
    asked_at: Option<i64>,
    answer: Option<String>,
}

fn kept(row: DifferenceRow) -> Result<Kept> {
    let currency = columns::currency(&row.currency)?;
    let side = |word: Option<String>, minor: Option<i64>| -> Result<Option<Side>> {
        let (Some(word), Some(minor)) = (word, minor) else { return Ok(None) };
        let stand = Stand::from_word(&word).ok_or_else(|| unreadable("stand", &word))?;
        Ok(Some(Side { stand, amount: Money::new(minor, currency) }))
    };
    Ok(Kept {
        difference: Difference {
            what: What::from_word(&row.what).ok_or_else(|| unreadable("difference", &row.what))?,
            object: row.object,
            order: row.order_id.as_deref().map(columns::id).transpose()?,
            reference: row.reference,
            parent: row.parent,
            kind: row.kind.as_deref().and_then(Kind::from_word),
            there: side(row.there, row.there_minor)?,
            here: side(row.here, row.here_minor)?,
            at: Millis(row.at),
        },
        id: row.id,
        provider: row.provider,
        first_seen: Millis(row.first_seen),
        last_seen: Millis(row.last_seen),
        closed_at: row.closed_at.map(Millis),
        asked_at: row.asked_at.map(Millis),
        answer: row.answer,
    })
}

macro_rules! columns {
    () => {
        "id, provider, object, what, order_id, reference, parent, kind, there, there_minor, here, here_minor, currency,
         at, first_seen, last_seen, closed_at, asked_at, answer"
    };
}

impl Store {
    /// The differences that are still there, oldest first, those after `after` (an id, or "").
    pub async fn open_differences(&self, after: &str, limit: i64) -> Result<Vec<Kept>> {
        let rows: Vec<DifferenceRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM reconciliation_differences WHERE closed_at IS NULL AND id > $1 ORDER BY id LIMIT $2"
        ))
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter().map(kept).collect()
    }

    /// The differences that were gone last, newest first.
    pub async fn closed_differences(&self, limit: i64) -> Result<Vec<Kept>> {
        let rows: Vec<DifferenceRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM reconciliation_differences WHERE closed_at IS NOT NULL ORDER BY closed_at DESC, id LIMIT $1"
        ))
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter().map(kept).collect()
    }

    /// One difference.
    pub async fn difference(&self, id: &str) -> Result<Option<Kept>> {
        let row: Option<DifferenceRow> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM reconciliation_differences WHERE id = $1"))
                .bind(id)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        row.map(kept).transpose()
    }

    /// How many differences are still there.
    pub async fn count_differences(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM reconciliation_differences WHERE closed_at IS NULL")
            .fetch_one(&mut *self.read().await?)
            .await?)
    }

    /// When the oldest difference of `provider` that is still there happened.
    pub async fn oldest_difference(&self, provider: &str) -> Result<Option<Millis>> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT at FROM reconciliation_differences WHERE provider = $1 AND closed_at IS NULL ORDER BY at LIMIT 1",
        )
        .bind(provider)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(at.map(Millis))
    }
}

impl Write {
    /// Keeps a difference that a run sees now: the one that is known already with its age, one that was gone anew.
    pub async fn keep_difference(&mut self, provider: &str, difference: &Difference, now: Millis) -> Result<()> {
        let money = difference.there.or(difference.here).map(|side| side.amount);
        let currency = money.map_or("USD", |money| money.currency.code());
        sqlx::query(
            "INSERT INTO reconciliation_differences (id, provider, object, what, order_id, reference, parent, kind, there,
                                      there_minor, here, here_minor, currency, at, first_seen, last_seen)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (provider, object, what)
             DO UPDATE SET order_id = excluded.order_id, there = excluded.there, there_minor = excluded.there_minor,
                    here = excluded.here, here_minor = excluded.here_minor, kind = excluded.kind, at = excluded.at,
                    last_seen = excluded.last_seen,
                    first_seen = CASE WHEN reconciliation_differences.closed_at IS NULL
                                      THEN reconciliation_differences.first_seen ELSE excluded.first_seen END,
                    asked_at = CASE WHEN reconciliation_differences.closed_at IS NULL
                                    THEN reconciliation_differences.asked_at ELSE NULL END,
                    closed_at = NULL",
        )
        .bind(ids::fresh("dif"))
        .bind(provider)
        .bind(&difference.object)
        .bind(difference.what.word())
        .bind(difference.order.as_ref().map(|order| order.as_str().to_owned()))
        .bind(difference.reference.clone())
        .bind(difference.parent.clone())
        .bind(difference.kind.map(|kind| kind.word().to_owned()))
        .bind(difference.there.map(|side| side.stand.word().to_owned()))
        .bind(difference.there.map(|side| side.amount.minor))
        .bind(difference.here.map(|side| side.stand.word().to_owned()))
        .bind(difference.here.map(|side| side.amount.minor))
        .bind(currency)
        .bind(difference.at.0)
        .bind(now.0)
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Closes what happened in this window and was not seen any more since `seen_since`.
    pub async fn close_differences(
        &mut self,
        provider: &str,
        window: (Millis, Millis),
        seen_since: Millis,
        now: Millis,
    ) -> Result<u64> {
        Ok(sqlx::query(
            "UPDATE reconciliation_differences SET closed_at = $1
              WHERE provider = $2 AND closed_at IS NULL AND at >= $3 AND at <= $4 AND last_seen < $5",
        )
        .bind(now.0)
        .bind(provider)
        .bind(window.0.0)
        .bind(window.1.0)
        .bind(seen_since.0)
        .execute(self.connection())
        .await?
        .rows_affected())
    }

    /// Writes what came of asking the provider again.
    pub async fn note_answer(&mut self, id: &str, answer: &str, now: Millis) -> Result<()> {
        sqlx::query("UPDATE reconciliation_differences SET asked_at = $1, answer = $2 WHERE id = $3")
            .bind(now.0)
            .bind(answer)
            .bind(id)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
