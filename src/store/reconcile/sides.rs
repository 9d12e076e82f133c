//! What a run reads of our side: lines of the books and operations by the ids that a provider's list names, many at a
//! time, and what our books have in a window of time.

use super::super::operations::{OperationRow, operation_columns, operations};
use super::super::{Result, Store, columns};
use crate::base::clock::Millis;
use crate::base::ids::OperationId;
use crate::base::money::Money;
use crate::orders::operation::Operation;
use crate::orders::reconcile::{Fact, Line};

/// How many ids one question names.
const AT_ONCE: usize = 50;

#[derive(sqlx::FromRow)]
struct LineRow {
    id: String,
    order_id: String,
    fact: String,
    provider_object: String,
    amount_minor: i64,
    provider_fee_minor: i64,
    currency: String,
    at: i64,
}

/// Entries about anything else than a transaction of a provider's list are left out.
fn line(row: LineRow) -> Result<Option<Line>> {
    let Some(fact) = Fact::from_word(&row.fact) else { return Ok(None) };
    let currency = columns::currency(&row.currency)?;
    Ok(Some(Line {
        order: columns::id(&row.order_id)?,
        object: row.provider_object,
        fact,
        amount: Money::new(row.amount_minor, currency),
        provider_fee: Money::new(row.provider_fee_minor, currency),
        at: Millis(row.at),
    }))
}

/// Exactly as many ids as the question has places.
fn padded<'a>(ids: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    ids.iter().copied().chain(std::iter::repeat("")).take(AT_ONCE)
}

/// The next lines of our books in a window of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinesPage {
    /// Oldest first.
    pub lines: Vec<Line>,
    /// Behind which entry the next page begins; none when this was all.
    pub next: Option<(Millis, String)>,
}

impl Store {
    /// The lines of our books about these transactions, oldest first.
    pub async fn lines_about(&self, provider: &str, objects: &[&str]) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut read = self.read().await?;
        for some in objects.chunks(AT_ONCE) {
            let question = sqlx::query_as(
                "SELECT id, order_id, fact, provider_object, amount_minor, provider_fee_minor, currency, at FROM entries
                  WHERE provider = $1 AND provider_object IN (
                    $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42,
                    $43, $44, $45, $46, $47, $48, $49, $50, $51)
                  ORDER BY id",
            );
            let question = padded(some).fold(question.bind(provider), |question, id| question.bind(id));
            let rows: Vec<LineRow> = question.fetch_all(&mut *read).await?;
            lines.extend(rows.into_iter().filter_map(|row| line(row).transpose()).collect::<Result<Vec<_>>>()?);
        }
        Ok(lines)
    }

    /// These operations, as far as there are such.
    pub async fn operations_named(&self, ids: &[&str]) -> Result<Vec<Operation>> {
        let mut found = Vec::new();
        let mut read = self.read().await?;
        for some in ids.chunks(AT_ONCE) {
            let question = sqlx::query_as(concat!(
                "SELECT ",
                operation_columns!(),
                " FROM operations WHERE id IN (
                    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42,
                    $43, $44, $45, $46, $47, $48, $49, $50)"
            ));
            let rows: Vec<OperationRow> =
                padded(some).fold(question, |question, id| question.bind(id)).fetch_all(&mut *read).await?;
            found.extend(operations(rows)?);
        }
        Ok(found)
    }

    /// Our books about `provider` from `after` (an instant and an entry) until `until`, oldest first.
    pub async fn lines_between(
        &self,
        provider: &str,
        after: (Millis, &str),
        until: Millis,
        limit: i64,
    ) -> Result<LinesPage> {
        let rows: Vec<LineRow> = sqlx::query_as(
            "SELECT id, order_id, fact, provider_object, amount_minor, provider_fee_minor, currency, at FROM entries
              WHERE provider = $1 AND at >= $2 AND at <= $3 AND (at > $4 OR id > $5) ORDER BY at, id LIMIT $6",
        )
        .bind(provider)
        .bind(after.0.0)
        .bind(until.0)
        .bind(after.0.0)
        .bind(after.1)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let last = rows.last().filter(|_| i64::try_from(rows.len()).unwrap_or(0) == limit);
        let next = last.map(|row| (Millis(row.at), row.id.clone()));
        let lines = rows.into_iter().filter_map(|row| line(row).transpose()).collect::<Result<_>>()?;
        Ok(LinesPage { lines, next })
    }

    /// Whether our books have anything of `provider` before this instant.
    pub async fn has_lines_before(&self, provider: &str, before: Millis) -> Result<bool> {
        let found: Option<String> =
            sqlx::query_scalar("SELECT id FROM entries WHERE provider = $1 AND at < $2 ORDER BY at LIMIT 1")
                .bind(provider)
                .bind(before.0)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(found.is_some())
    }

    /// Payments and refunds wanted in a window of time of which nobody knows yet whether they arrived, after `after`.
    pub async fn unheard_operations(
        &self,
        provider: &str,
        window: (Millis, Millis),
        after: &str,
        limit: i64,
    ) -> Result<Vec<Operation>> {
        let rows: Vec<OperationRow> = sqlx::query_as(concat!(
            "SELECT ",
            operation_columns!(),
            " FROM operations
              WHERE state IN ('sent', 'pending', 'unknown') AND id > $1 AND kind IN ('pay', 'reserve', 'refund')
                AND provider = $2 AND created_at >= $3 AND created_at <= $4 ORDER BY id LIMIT $5"
        ))
        .bind(after)
        .bind(provider)
        .bind(window.0.0)
        .bind(window.1.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        operations(rows)
    }

    /// The operation that asked for it, whoever remembers its id.
    pub async fn operation_named(&self, id: &str) -> Result<Option<Operation>> {
        match id.parse::<OperationId>() {
            Ok(id) => self.operation(&id).await,
            Err(_) => Ok(None),
        }
    }
}
