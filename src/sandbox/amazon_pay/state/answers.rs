//! Remembered answers: the first one to an idempotency key is repeated for ever. Source: Amazon Pay API v2,
//! "Idempotency".

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// What the first request under a key was, and what it was answered.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Answer {
    /// Method, path and the hash of the body.
    pub fingerprint: String,
    /// HTTP status.
    pub status: i64,
    /// The body, word for word.
    pub answer: String,
}

impl Tx {
    /// The answer that this key got.
    pub async fn answer(&mut self, merchant_id: &str, key: &str) -> Result<Option<Answer>, StateError> {
        sqlx::query_as(
            "SELECT fingerprint, status, answer FROM apay_answers WHERE merchant_id = $1 AND idempotency_key = $2",
        )
        .bind(merchant_id)
        .bind(key)
        .fetch_optional(self.on())
        .await
    }

    /// Remembers an answer.
    pub async fn keep_answer(
        &mut self,
        merchant_id: &str,
        key: &str,
        answer: &Answer,
        now: Millis,
    ) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO apay_answers (merchant_id, idempotency_key, fingerprint, status, answer, at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(merchant_id)
        .bind(key)
        .bind(&answer.fingerprint)
        .bind(answer.status)
        .bind(&answer.answer)
        .bind(now.0)
        .execute(self.on())
        .await?;
        Ok(())
    }
}
