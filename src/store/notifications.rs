//! The inbox: what providers told us, stored before it is acted on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::time::Duration;

use super::{Result, Store, StoreError, Write, unreadable};
use crate::base::clock::Millis;

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not looked at yet, or the provider could not vouch for it yet.
    Waiting,
    /// Genuine, and it changed something.
    Applied,
    /// Genuine, and we knew already.
    KnownAlready,
    /// Genuine, but about nothing of ours: a person looks.
    Unmatched,
    /// Genuine, but its amount or payee is not what we expected: a person looks.
    Mismatch,
    /// The provider does not vouch for it.
    Forged,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 6] = [
        Verdict::Waiting,
        Verdict::Applied,
        Verdict::KnownAlready,
        Verdict::Unmatched,
        Verdict::Mismatch,
        Verdict::Forged,
    ];

    /// The word of rows and pages.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Waiting => "waiting",
            Verdict::Applied => "applied",
            Verdict::KnownAlready => "known already",
            Verdict::Unmatched => "unmatched",
            Verdict::Mismatch => "mismatch",
            Verdict::Forged => "forged",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// A stored notification.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Who sent it, or says so.
    pub provider: String,
    /// SHA-256 of the body, hex.
    pub delivery_key: String,
    /// Our address that was called.
    pub endpoint: String,
    /// The body exactly as received.
    pub body: Vec<u8>,
    /// When.
    pub received_at: Millis,
    /// How often it was looked at.
    pub attempts: i64,
    /// When it was dealt with.
    pub processed_at: Option<Millis>,
    /// What became of it.
    pub verdict: Verdict,
    /// For the desk.
    pub detail: String,
}

/// What somebody said who is answered at once, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Who.
    pub service: &'static str,
    /// Our address that was called.
    pub endpoint: String,
    /// What was said, without what opens anything.
    pub body: Vec<u8>,
    /// What became of it.
    pub verdict: Verdict,
    /// For the desk.
    pub detail: String,
}

#[derive(sqlx::FromRow)]
struct NotificationRow {
    provider: String,
    delivery_key: String,
    endpoint: String,
    body_base64: String,
    received_at: i64,
    attempts: i64,
    processed_at: Option<i64>,
    verdict: String,
    detail: String,
}

impl TryFrom<NotificationRow> for Stored {
    type Error = StoreError;

    fn try_from(row: NotificationRow) -> Result<Stored> {
        Ok(Stored {
            provider: row.provider,
            delivery_key: row.delivery_key,
            endpoint: row.endpoint,
            body: STANDARD.decode(&row.body_base64).map_err(|_| unreadable("notification body", ""))?,
            received_at: Millis(row.received_at),
            attempts: row.attempts,
            processed_at: row.processed_at.map(Millis),
            verdict: Verdict::from_word(&row.verdict).ok_or_else(|| unreadable("verdict", &row.verdict))?,
            detail: row.detail,
        })
    }
}

/// The key of a delivery: SHA-256 of its bytes, signature included, so that only an exact copy is one.
pub fn delivery_key(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Stores a notification. A copy of one that was found genuine changes nothing; a copy of any
    /// other is looked at again. Errors: the sender must not be told 200.
    pub async fn take_in(&self, provider: &str, endpoint: &str, body: &[u8], now: Millis) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO notifications (provider, delivery_key, endpoint, body_base64, received_at, attempts, run_after,
                                        leased_until, verdict, detail)
             VALUES ($1, $2, $3, $4, $5, 0, $6, 0, 'waiting', '')
             ON CONFLICT (provider, delivery_key) DO UPDATE SET processed_at = NULL, verdict = 'waiting', run_after = excluded.run_after
              WHERE notifications.verdict IN ('forged', 'unmatched')",
        )
        .bind(provider)
        .bind(delivery_key(body))
        .bind(endpoint)
        .bind(STANDARD.encode(body))
        .bind(now.0)
        .bind(now.0)
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// Keeps for the desk what somebody said.
    pub async fn note_heard(&self, heard: &Heard, now: Millis) -> Result<()> {
        let mut write = self.write().await?;
        write.note_heard(heard, now).await?;
        write.commit().await
    }

    /// Whether one waits: asked first, so that a worker with nothing to do keeps no writer waiting.
    async fn is_notification_due(&self, now: Millis, real_now: Millis) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT delivery_key FROM notifications
              WHERE processed_at IS NULL AND run_after <= $1 AND leased_until <= $2 LIMIT 1",
        )
        .bind(now.0)
        .bind(real_now.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.is_some())
    }

    /// Claims the notification that waits the longest, or nothing.
    pub async fn claim_notification(&self, now: Millis, real_now: Millis, lease: Duration) -> Result<Option<Stored>> {
        if !self.is_notification_due(now, real_now).await? {
            return Ok(None);
        }
        let mut write = self.write().await?;
        let row: Option<NotificationRow> = sqlx::query_as(
            "UPDATE notifications SET attempts = attempts + 1, leased_until = $1
              WHERE (provider, delivery_key) = (SELECT provider, delivery_key FROM notifications
                           WHERE processed_at IS NULL AND run_after <= $2 AND leased_until <= $3
                           ORDER BY run_after, received_at LIMIT 1)
                AND processed_at IS NULL AND run_after <= $4 AND leased_until <= $5
          RETURNING provider, delivery_key, endpoint, body_base64, received_at, attempts, processed_at, verdict, detail",
        )
        .bind(real_now.plus(lease).0)
        .bind(now.0)
        .bind(real_now.0)
        .bind(now.0)
        .bind(real_now.0)
        .fetch_optional(write.connection())
        .await?;
        match row {
            Some(row) => {
                write.commit().await?;
                Stored::try_from(row).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Writes what became of a notification.
    pub async fn settle_notification(
        &self,
        stored: &Stored,
        verdict: Verdict,
        detail: &str,
        now: Millis,
    ) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE notifications SET processed_at = $1, verdict = $2, detail = $3, leased_until = 0
              WHERE provider = $4 AND delivery_key = $5",
        )
        .bind(now.0)
        .bind(verdict.word())
        .bind(detail)
        .bind(&stored.provider)
        .bind(&stored.delivery_key)
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// Gives a notification back: look again at `run_after`.
    pub async fn postpone_notification(&self, stored: &Stored, run_after: Millis, detail: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE notifications SET run_after = $1, detail = $2, leased_until = 0
              WHERE provider = $3 AND delivery_key = $4",
        )
        .bind(run_after.0)
        .bind(detail)
        .bind(&stored.provider)
        .bind(&stored.delivery_key)
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// The newest notifications that arrived before `before`.
    pub async fn notifications(&self, before: Millis, limit: i64) -> Result<Vec<Stored>> {
        let rows: Vec<NotificationRow> = sqlx::query_as(
            "SELECT provider, delivery_key, endpoint, body_base64, received_at, attempts, processed_at, verdict, detail
               FROM notifications WHERE received_at < $1 ORDER BY received_at DESC LIMIT $2",
        )
        .bind(before.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// How many notifications wait.
    pub async fn waiting_notifications(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM notifications WHERE processed_at IS NULL")
            .fetch_one(&mut *self.read().await?)
            .await?)
    }
}

impl Write {
    /// Keeps for the desk what somebody said, inside this transaction; the same bytes again only count.
    pub async fn note_heard(&mut self, heard: &Heard, now: Millis) -> Result<()> {
        sqlx::query(
            "INSERT INTO notifications (provider, delivery_key, endpoint, body_base64, received_at, attempts, run_after,
                                        leased_until, processed_at, verdict, detail)
             VALUES ($1, $2, $3, $4, $5, 1, $6, 0, $7, $8, $9)
             ON CONFLICT (provider, delivery_key) DO UPDATE SET attempts = notifications.attempts + 1",
        )
        .bind(heard.service)
        .bind(delivery_key(&heard.body))
        .bind(&heard.endpoint)
        .bind(STANDARD.encode(&heard.body))
        .bind(now.0)
        .bind(now.0)
        .bind(now.0)
        .bind(heard.verdict.word())
        .bind(&heard.detail)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
