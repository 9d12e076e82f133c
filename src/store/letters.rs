//! Letters: queued in the transaction of the fact they tell, sent once.

use super::{Result, Store, Write};
use crate::base::clock::Millis;
use crate::base::ids::LetterId;

/// A letter to be sent.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Letter {
    /// Its id.
    pub id: String,
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// The plain part.
    pub body_text: String,
    /// The HTML part.
    pub body_html: String,
    /// When it was queued.
    pub queued_at: i64,
    /// When it was sent, or put into the demo's mailbox.
    pub sent_at: Option<i64>,
    /// How often sending was tried.
    pub attempts: i64,
}

/// A letter as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What makes it unique: kind and object, `placed:ord_…`. A second one is dropped.
    pub unique_key: String,
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Store {
    /// The letters that are due and not yet sent.
    pub async fn letters_due(&self, now: Millis, limit: i64) -> Result<Vec<Letter>> {
        Ok(sqlx::query_as(
            "SELECT id, recipient, subject, body_text, body_html, queued_at, sent_at, attempts
               FROM letters WHERE sent_at IS NULL AND run_after <= $1 ORDER BY run_after, id LIMIT $2",
        )
        .bind(now.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// The newest letters, for the demo's mailbox.
    pub async fn letters(&self, limit: i64) -> Result<Vec<Letter>> {
        Ok(sqlx::query_as(
            "SELECT id, recipient, subject, body_text, body_html, queued_at, sent_at, attempts
               FROM letters ORDER BY id DESC LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// One letter.
    pub async fn letter(&self, id: &LetterId) -> Result<Option<Letter>> {
        Ok(sqlx::query_as(
            "SELECT id, recipient, subject, body_text, body_html, queued_at, sent_at, attempts FROM letters WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *self.read().await?)
        .await?)
    }

    /// Takes a letter to send it; false when somebody else did. A crash between this and the
    /// handing over loses the letter rather than sending it twice.
    pub async fn mark_sent(&self, id: &str, now: Millis) -> Result<bool> {
        let mut write = self.write().await?;
        let taken =
            sqlx::query("UPDATE letters SET sent_at = $1, attempts = attempts + 1 WHERE id = $2 AND sent_at IS NULL")
                .bind(now.0)
                .bind(id)
                .execute(write.connection())
                .await?
                .rows_affected();
        write.commit().await?;
        Ok(taken == 1)
    }

    /// The mail server said no: try again at `run_after`.
    pub async fn unmark_sent(&self, id: &str, run_after: Millis) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE letters SET sent_at = NULL, run_after = $1 WHERE id = $2")
            .bind(run_after.0)
            .bind(id)
            .execute(write.connection())
            .await?;
        write.commit().await
    }
}

impl Write {
    /// Queues a letter, once per unique key. One to nobody is not written: who buys by voice may not have
    /// said where letters go.
    pub async fn queue_letter(&mut self, draft: &Draft, now: Millis) -> Result<()> {
        if draft.recipient.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO letters (id, unique_key, recipient, subject, body_text, body_html, queued_at, attempts, run_after)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT (unique_key) DO NOTHING",
        )
        .bind(LetterId::fresh().as_str())
        .bind(&draft.unique_key)
        .bind(&draft.recipient)
        .bind(&draft.subject)
        .bind(&draft.text)
        .bind(&draft.html)
        .bind(now.0)
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
