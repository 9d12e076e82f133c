//! Notifications on their way to shops.

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// One notification: signed anew at every attempt, the same fields each time.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Notification {
    /// `ipn_…`.
    pub id: String,
    /// Order in which they were caused.
    pub seq: i64,
    /// The transaction or token concerned.
    pub transaction_id: String,
    /// `PAY`, `RESERVE`, … or `TokenCancellation`.
    pub operation: String,
    /// Where it goes.
    pub address: String,
    /// Unsigned fields as JSON pairs.
    pub fields: String,
    /// 1 when its signature is to be damaged.
    pub corrupt: i64,
    /// `due`, `delivered`, `lost` or `given up`.
    pub state: String,
    /// How often it was sent.
    pub attempts: i64,
    /// When it was caused.
    pub created_at: i64,
    /// When it is sent (again); 0 for never.
    pub due_at: i64,
}

impl Tx {
    /// Queues a notification.
    pub async fn add_notification(&mut self, n: &Notification) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO fps_notifications (id, seq, transaction_id, operation, address, fields, corrupt, state, attempts,
                                            created_at, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&n.id)
        .bind(n.seq)
        .bind(&n.transaction_id)
        .bind(&n.operation)
        .bind(&n.address)
        .bind(&n.fields)
        .bind(n.corrupt)
        .bind(&n.state)
        .bind(n.attempts)
        .bind(n.created_at)
        .bind(n.due_at)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// The notification with this id.
    pub async fn notification(&mut self, id: &str) -> Result<Option<Notification>, StateError> {
        sqlx::query_as("SELECT * FROM fps_notifications WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// All notifications, oldest first.
    pub async fn notifications(&mut self) -> Result<Vec<Notification>, StateError> {
        sqlx::query_as("SELECT * FROM fps_notifications ORDER BY seq").fetch_all(self.on()).await
    }

    /// The next notification to send at or before `now`.
    pub async fn due_notification(&mut self, now: Millis) -> Result<Option<Notification>, StateError> {
        sqlx::query_as("SELECT * FROM fps_notifications WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, seq LIMIT 1")
            .bind(now.0)
            .fetch_optional(self.on())
            .await
    }

    /// Keeps how an attempt went, and when the next one is (0 for none).
    pub async fn keep_attempt(&mut self, id: &str, state: &str, attempts: i64, due_at: i64) -> Result<(), StateError> {
        sqlx::query("UPDATE fps_notifications SET state = $1, attempts = $2, due_at = $3 WHERE id = $4")
            .bind(state)
            .bind(attempts)
            .bind(due_at)
            .bind(id)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// When the next thing of FPS happens by itself; `None` when nothing is to come.
    pub async fn next_due_of_fps(&mut self) -> Result<Option<Millis>, StateError> {
        let at: i64 = sqlx::query_scalar(
            "SELECT CAST(COALESCE(MIN(due_at), 0) AS BIGINT) FROM (
                SELECT MIN(due_at) AS due_at FROM fps_notifications WHERE due_at > 0 UNION ALL
                SELECT MIN(due_at) FROM fps_cases WHERE due_at > 0 UNION ALL
                SELECT MIN(due_at) FROM fps_transactions WHERE due_at > 0) AS dues",
        )
        .fetch_one(self.on())
        .await?;
        Ok((at > 0).then_some(Millis(at)))
    }
}
