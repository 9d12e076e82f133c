//! Who sends what: an operation is claimed for a while, so that no two workers send it at once.

use std::time::Duration;

use super::{OperationRow, operation_columns as columns};
use crate::base::clock::Millis;
use crate::base::ids::OperationId;
use crate::orders::operation::Operation;
use crate::store::{Result, Store, Write};

/// When a claim runs out, and in whose name it is held.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// The process's lasting name, so that its next life can free its own leases.
    pub owner: &'a str,
    /// Business time, which decides what is due and from when a reference is remembered.
    pub now: Millis,
    /// Real time, which no demo moves and leases run on.
    pub real_now: Millis,
    /// How long.
    pub length: Duration,
}

impl Store {
    /// Claims the operation that is due the longest, or nothing. Two workers never get the
    /// same one: the outer conditions are checked again after the row lock is granted.
    pub async fn claim_due(&self, lease: Lease<'_>) -> Result<Option<Operation>> {
        if !self.is_operation_due(lease).await? {
            return Ok(None);
        }
        let mut write = self.write().await?;
        let row: Option<OperationRow> = sqlx::query_as(concat!(
            "UPDATE operations
                SET state = CASE WHEN state = 'queued' THEN 'sent' ELSE state END, attempts = attempts + 1,
                    leased_until = $1, lease_owner = $2, first_sent_at = COALESCE(first_sent_at, $3)
              WHERE id = (SELECT id FROM operations
                           WHERE state IN ('queued', 'sent', 'pending') AND run_after <= $4 AND leased_until <= $5
                           ORDER BY run_after, id LIMIT 1)
                AND state IN ('queued', 'sent', 'pending') AND run_after <= $6 AND leased_until <= $7
          RETURNING ",
            columns!()
        ))
        .bind(lease.real_now.plus(lease.length).0)
        .bind(lease.owner)
        .bind(lease.now.0)
        .bind(lease.now.0)
        .bind(lease.real_now.0)
        .bind(lease.now.0)
        .bind(lease.real_now.0)
        .fetch_optional(write.connection())
        .await?;
        claimed(write, row).await
    }

    /// Whether there is one: asked first, so that a worker with nothing to do keeps no writer waiting.
    async fn is_operation_due(&self, lease: Lease<'_>) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT id FROM operations
              WHERE state IN ('queued', 'sent', 'pending') AND run_after <= $1 AND leased_until <= $2 LIMIT 1",
        )
        .bind(lease.now.0)
        .bind(lease.real_now.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.is_some())
    }

    /// Claims this one, unless it is closed or somebody else holds it.
    pub async fn claim(&self, id: &OperationId, lease: Lease<'_>) -> Result<Option<Operation>> {
        let mut write = self.write().await?;
        let row: Option<OperationRow> = sqlx::query_as(concat!(
            "UPDATE operations
                SET state = CASE WHEN state = 'queued' THEN 'sent' ELSE state END, attempts = attempts + 1,
                    leased_until = $1, lease_owner = $2, first_sent_at = COALESCE(first_sent_at, $3)
              WHERE id = $4 AND state IN ('queued', 'sent', 'pending') AND leased_until <= $5
          RETURNING ",
            columns!()
        ))
        .bind(lease.real_now.plus(lease.length).0)
        .bind(lease.owner)
        .bind(lease.now.0)
        .bind(id.as_str())
        .bind(lease.real_now.0)
        .fetch_optional(write.connection())
        .await?;
        claimed(write, row).await
    }

    /// Frees what this process held in its former life, so that a crash costs seconds.
    pub async fn free_own_leases(&self, owner: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE operations SET leased_until = 0 WHERE lease_owner = $1 AND leased_until > 0")
            .bind(owner)
            .execute(write.connection())
            .await?;
        sqlx::query("UPDATE notifications SET leased_until = 0 WHERE leased_until > 0 AND processed_at IS NULL")
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    /// Gives a claim back: try again at `run_after`. A claim that was lost meanwhile changes nothing.
    pub async fn postpone(&self, operation: &Operation, run_after: Millis) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE operations SET leased_until = 0, run_after = $1 WHERE id = $2 AND attempts = $3")
            .bind(run_after.0)
            .bind(operation.id.as_str())
            .bind(operation.attempts)
            .execute(write.connection())
            .await?;
        write.commit().await
    }
}

/// What was claimed is claimed from now on; where nothing was, nothing changes.
async fn claimed(write: Write, row: Option<OperationRow>) -> Result<Option<Operation>> {
    let Some(row) = row else { return Ok(None) };
    write.commit().await?;
    Operation::try_from(row).map(Some)
}
