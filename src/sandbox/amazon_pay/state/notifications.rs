//! Notifications on their way to merchants.

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// One message: signed anew at every attempt, the same content each time.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Message {
    /// `ipn_…`.
    pub id: String,
    /// Order in which they were caused.
    pub seq: i64,
    /// Whose endpoint.
    pub merchant_id: String,
    /// `MessageId` of the envelope; copies share it.
    pub message_id: String,
    /// `Timestamp` of the envelope, in real time.
    pub stamped_at: i64,
    /// `Notification` or `SubscriptionConfirmation`.
    pub kind: String,
    /// `CHARGE`, `REFUND`, …
    pub object_type: String,
    /// The object concerned.
    pub object_id: String,
    /// Where it goes.
    pub address: String,
    /// The inner JSON text.
    pub message: String,
    /// Of a confirmation: what its `SubscribeURL` carries.
    pub token: String,
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
    /// Queues a message.
    pub async fn add_message(&mut self, m: &Message) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO apay_notifications (id, seq, merchant_id, message_id, stamped_at, kind, object_type, object_id,
                                             address, message, token, corrupt, state, attempts, created_at, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(&m.id)
        .bind(m.seq)
        .bind(&m.merchant_id)
        .bind(&m.message_id)
        .bind(m.stamped_at)
        .bind(&m.kind)
        .bind(&m.object_type)
        .bind(&m.object_id)
        .bind(&m.address)
        .bind(&m.message)
        .bind(&m.token)
        .bind(m.corrupt)
        .bind(&m.state)
        .bind(m.attempts)
        .bind(m.created_at)
        .bind(m.due_at)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// The message with this id.
    pub async fn message(&mut self, id: &str) -> Result<Option<Message>, StateError> {
        sqlx::query_as("SELECT * FROM apay_notifications WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// All messages, oldest first.
    pub async fn messages(&mut self) -> Result<Vec<Message>, StateError> {
        sqlx::query_as("SELECT * FROM apay_notifications ORDER BY seq").fetch_all(self.on()).await
    }

    /// The next message to send at or before `now`.
    pub async fn due_message(&mut self, now: Millis) -> Result<Option<Message>, StateError> {
        sqlx::query_as(
            "SELECT * FROM apay_notifications WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, seq LIMIT 1",
        )
        .bind(now.0)
        .fetch_optional(self.on())
        .await
    }

    /// Keeps how an attempt went, and when the next one is (0 for none).
    pub async fn keep_message(&mut self, id: &str, state: &str, attempts: i64, due_at: i64) -> Result<(), StateError> {
        sqlx::query("UPDATE apay_notifications SET state = $1, attempts = $2, due_at = $3 WHERE id = $4")
            .bind(state)
            .bind(attempts)
            .bind(due_at)
            .bind(id)
            .execute(self.on())
            .await?;
        Ok(())
    }
}
