//! The outbox: what is asked of providers. Written before it is sent, claimed by one at a time.

mod claims;

use std::collections::HashMap;

use sqlx::AnyConnection;

use super::{Result, Store, StoreError, Write, columns, unreadable};
use crate::base::clock::Millis;
use crate::base::ids::{OperationId, OrderId, SellerId};
use crate::base::money::Money;
use crate::orders::operation::{Kind, Operation, Progress, Subject};
use crate::orders::order::Order;

pub use claims::Lease;

macro_rules! columns {
    () => {
        "id, subject, kind, provider, request, amount_minor, currency, state, attempts, first_sent_at, created_at, transaction_id, refusal, said"
    };
}
pub(super) use columns as operation_columns;

#[derive(sqlx::FromRow)]
pub(super) struct OperationRow {
    id: String,
    subject: String,
    kind: String,
    provider: String,
    request: String,
    amount_minor: i64,
    currency: String,
    state: String,
    attempts: i64,
    first_sent_at: Option<i64>,
    created_at: i64,
    transaction_id: Option<String>,
    refusal: Option<String>,
    said: Option<String>,
}

impl TryFrom<OperationRow> for Operation {
    type Error = StoreError;

    fn try_from(row: OperationRow) -> Result<Operation> {
        Ok(Operation {
            id: columns::id(&row.id)?,
            subject: Subject::from_id(&row.subject).ok_or_else(|| unreadable("subject", &row.subject))?,
            kind: Kind::from_word(&row.kind).ok_or_else(|| unreadable("operation kind", &row.kind))?,
            provider: row.provider,
            request: serde_json::from_str(&row.request).map_err(|_| unreadable("request", &row.request))?,
            amount: Money::new(row.amount_minor, columns::currency(&row.currency)?),
            progress: Progress::from_word(&row.state).ok_or_else(|| unreadable("progress", &row.state))?,
            attempts: row.attempts,
            first_sent_at: row.first_sent_at.map(Millis),
            created_at: Millis(row.created_at),
            transaction: row.transaction_id,
            refusal: match row.refusal {
                Some(text) => Some(serde_json::from_str(&text).map_err(|_| unreadable("refusal", &text))?),
                None => None,
            },
            said: row.said,
        })
    }
}

pub(super) fn operations(rows: Vec<OperationRow>) -> Result<Vec<Operation>> {
    rows.into_iter().map(Operation::try_from).collect()
}

async fn operation(connection: &mut AnyConnection, id: &OperationId) -> Result<Option<Operation>> {
    let row: Option<OperationRow> = sqlx::query_as(concat!("SELECT ", columns!(), " FROM operations WHERE id = $1"))
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(Operation::try_from).transpose()
}

async fn of_subject(connection: &mut AnyConnection, subject: &str) -> Result<Vec<Operation>> {
    let rows = sqlx::query_as(concat!("SELECT ", columns!(), " FROM operations WHERE subject = $1 ORDER BY id"))
        .bind(subject)
        .fetch_all(connection)
        .await?;
    operations(rows)
}

fn by_order(rows: Vec<OperationRow>) -> Result<HashMap<String, Vec<Operation>>> {
    let mut by_order: HashMap<String, Vec<Operation>> = HashMap::new();
    for operation in operations(rows)? {
        by_order.entry(operation.subject.id().to_owned()).or_default().push(operation);
    }
    Ok(by_order)
}

impl Store {
    /// One operation.
    pub async fn operation(&self, id: &OperationId) -> Result<Option<Operation>> {
        operation(&mut *self.read().await?, id).await
    }

    /// All operations about an order or a registration, oldest first.
    pub async fn operations_of(&self, subject: &str) -> Result<Vec<Operation>> {
        of_subject(&mut *self.read().await?, subject).await
    }

    /// All operations about an order, oldest first, and the approvals that were asked for its whole basket.
    pub async fn operations_about(&self, order: &Order) -> Result<Vec<Operation>> {
        let rows = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM operations WHERE subject = $1 OR (subject = $2 AND kind = 'consent') ORDER BY id"
        ))
        .bind(order.id.as_str())
        .bind(order.checkout.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?;
        let mut all = operations(rows)?;
        all.retain(|it| {
            it.subject.order().is_some() || it.provider == order.provider && it.request.payee_of(&order.id).is_some()
        });
        Ok(all)
    }

    /// The operations about all orders from `first` to `last` in id order, by order.
    pub async fn operations_between(&self, first: &OrderId, last: &OrderId) -> Result<HashMap<String, Vec<Operation>>> {
        let rows = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM operations WHERE subject >= $1 AND subject <= $2 ORDER BY id"
        ))
        .bind(first.as_str())
        .bind(last.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?;
        by_order(rows)
    }

    /// The operations about the orders of `seller` from `first` to `last` in id order, by order.
    pub async fn operations_of_seller(
        &self,
        seller: &SellerId,
        first: &OrderId,
        last: &OrderId,
    ) -> Result<HashMap<String, Vec<Operation>>> {
        let rows = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM operations
               WHERE subject IN (SELECT id FROM orders WHERE seller_id = $1 AND id >= $2 AND id <= $3) ORDER BY id"
        ))
        .bind(seller.as_str())
        .bind(first.as_str())
        .bind(last.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?;
        by_order(rows)
    }

    /// Operations in one state, newest first, those before `before` (an id, or "~").
    pub async fn operations_in(&self, progress: Progress, before: &str, limit: i64) -> Result<Vec<Operation>> {
        let rows = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM operations WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
        ))
        .bind(progress.word())
        .bind(before)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        operations(rows)
    }

    /// How many operations are in `progress`.
    pub async fn count_operations(&self, progress: Progress) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM operations WHERE state = $1")
            .bind(progress.word())
            .fetch_one(&mut *self.read().await?)
            .await?)
    }

    /// The operation that the provider knows under `transaction`, the newest if several.
    pub async fn operation_by_transaction(
        &self,
        provider: &str,
        transaction: &str,
        kind: Kind,
    ) -> Result<Option<Operation>> {
        let row: Option<OperationRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM operations WHERE provider = $1 AND transaction_id = $2 AND kind = $3 ORDER BY id DESC LIMIT 1"
        ))
        .bind(provider)
        .bind(transaction)
        .bind(kind.word())
        .fetch_optional(&mut *self.read().await?)
        .await?;
        row.map(Operation::try_from).transpose()
    }
}

impl Write {
    /// One operation, inside this transaction.
    pub async fn operation(&mut self, id: &OperationId) -> Result<Option<Operation>> {
        operation(self.connection(), id).await
    }

    /// All operations about an order or a registration, oldest first.
    pub async fn operations_of(&mut self, subject: &str) -> Result<Vec<Operation>> {
        of_subject(self.connection(), subject).await
    }

    /// Writes an operation, to be run at `run_after`. Where one of its kind is already open for its
    /// subject, nothing is written and that one comes back.
    pub async fn want(&mut self, operation: Operation, run_after: Millis) -> Result<Operation> {
        if self.insert(&operation, run_after).await? {
            return Ok(operation);
        }
        let open = of_subject(self.connection(), operation.subject.id()).await?;
        open.into_iter().find(|other| other.kind == operation.kind && other.progress.is_open()).ok_or(StoreError::Busy)
    }

    /// Writes an operation that began at the provider and is done: nothing is sent for it.
    pub async fn insert_given(&mut self, operation: &Operation) -> Result<()> {
        if self.insert(operation, Millis(0)).await? { Ok(()) } else { Err(StoreError::Busy) }
    }

    /// Says whether it was written: another one of its kind may be open.
    async fn insert(&mut self, operation: &Operation, run_after: Millis) -> Result<bool> {
        let request = serde_json::to_string(&operation.request).map_err(|e| StoreError::Unreadable(e.to_string()))?;
        let written = sqlx::query(
            "INSERT INTO operations (id, subject, kind, provider, request, amount_minor, currency, state, attempts,
                                     run_after, leased_until, lease_owner, transaction_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, '', $10, $11) ON CONFLICT DO NOTHING",
        )
        .bind(operation.id.as_str())
        .bind(operation.subject.id())
        .bind(operation.kind.word())
        .bind(&operation.provider)
        .bind(request)
        .bind(operation.amount.minor)
        .bind(operation.amount.currency.code())
        .bind(operation.progress.word())
        .bind(run_after.0)
        .bind(operation.transaction.clone())
        .bind(operation.created_at.0)
        .execute(self.connection())
        .await?;
        Ok(written.rows_affected() == 1)
    }

    /// Writes how far an operation is, with its transaction and what was said of it, and gives the claim back.
    /// Only an open operation changes: a closed one is never opened again. Says whether it did.
    pub async fn record_progress(&mut self, operation: &Operation, run_after: Millis) -> Result<bool> {
        let refusal = operation.refusal.as_ref().map(serde_json::to_string).transpose();
        let refusal = refusal.map_err(|e| StoreError::Unreadable(e.to_string()))?;
        let changed = sqlx::query(
            "UPDATE operations
                SET state = $1, transaction_id = COALESCE($2, transaction_id), refusal = $3, said = $4, run_after = $5,
                    leased_until = 0
              WHERE id = $6 AND state IN ('queued', 'sent', 'pending')",
        )
        .bind(operation.progress.word())
        .bind(operation.transaction.clone())
        .bind(refusal)
        .bind(operation.said.clone())
        .bind(run_after.0)
        .bind(operation.id.as_str())
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(changed == 1)
    }

    /// Writes that nobody waits for an operation any more. Says whether it was open.
    pub async fn give_up(&mut self, operation: &Operation, now: Millis) -> Result<bool> {
        self.record_progress(&Operation { progress: Progress::Failed, ..operation.clone() }, now).await
    }

    /// Writes that an operation which was lost sight of has not worked. Says whether it was.
    pub async fn decide(&mut self, operation: &Operation) -> Result<bool> {
        let refusal = operation.refusal.as_ref().map(serde_json::to_string).transpose();
        let refusal = refusal.map_err(|e| StoreError::Unreadable(e.to_string()))?;
        let done = sqlx::query(
            "UPDATE operations SET state = $1, refusal = $2, said = $3 WHERE id = $4 AND state = 'unknown'",
        )
        .bind(operation.progress.word())
        .bind(refusal)
        .bind(operation.said.clone())
        .bind(operation.id.as_str())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes that an operation which was given up, refused or lost sight of has worked all the same.
    pub async fn correct_progress(&mut self, operation: &Operation) -> Result<()> {
        sqlx::query(
            "UPDATE operations
                SET state = $1, transaction_id = COALESCE($2, transaction_id), refusal = NULL, said = $3
              WHERE id = $4 AND state IN ('failed', 'unknown')",
        )
        .bind(Progress::Succeeded.word())
        .bind(operation.transaction.clone())
        .bind(operation.said.clone())
        .bind(operation.id.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
