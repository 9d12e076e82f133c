//! What the desk keeps and lists: a person's own scenarios, the latest notifications, the end of the log.

use super::{LogEntry, StateError, Tx};

/// What somebody armed and kept under a name.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// What they call it.
    pub name: String,
    /// What it arms, as JSON.
    pub armed: String,
    /// When it was kept, in business time.
    pub kept_at: i64,
}

/// One notification, whoever sends it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Notice {
    /// `ipn_…`.
    pub id: String,
    /// Order in which they were caused.
    pub seq: i64,
    /// `fps` or `amazon_pay`.
    pub provider: String,
    /// `PAY`, `CHARGE`, …
    pub operation: String,
    /// The transaction, token or object concerned.
    pub subject: String,
    /// Where it goes.
    pub address: String,
    /// What it says, as JSON.
    pub said: String,
    /// 1 when its signature is damaged.
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
    /// Keeps a scenario; one of the same name is replaced.
    pub async fn keep_scenario(&mut self, kept: &Kept) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO sandbox_scenarios (name, armed, kept_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET armed = excluded.armed, kept_at = excluded.kept_at",
        )
        .bind(&kept.name)
        .bind(&kept.armed)
        .bind(kept.kept_at)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// All scenarios of one's own, by name.
    pub async fn kept_scenarios(&mut self) -> Result<Vec<Kept>, StateError> {
        sqlx::query_as("SELECT * FROM sandbox_scenarios ORDER BY name").fetch_all(self.on()).await
    }

    /// Forgets a scenario. False when there was none of that name.
    pub async fn forget_scenario(&mut self, name: &str) -> Result<bool, StateError> {
        let done = sqlx::query("DELETE FROM sandbox_scenarios WHERE name = $1").bind(name).execute(self.on()).await?;
        Ok(done.rows_affected() == 1)
    }

    /// The latest notifications of all providers, newest first.
    pub async fn latest_notices(&mut self, limit: i64) -> Result<Vec<Notice>, StateError> {
        let mut latest: Vec<Notice> = sqlx::query_as(
            "SELECT id, seq, 'fps' AS provider, operation, transaction_id AS subject, address, fields AS said, corrupt,
                    state, attempts, created_at, due_at
               FROM fps_notifications ORDER BY seq DESC LIMIT $1",
        )
        .bind(limit)
        .fetch_all(self.on())
        .await?;
        let others: Vec<Notice> = sqlx::query_as(
            "SELECT id, seq, 'amazon_pay' AS provider, object_type AS operation, object_id AS subject, address,
                    message AS said, corrupt, state, attempts, created_at, due_at
               FROM apay_notifications ORDER BY seq DESC LIMIT $1",
        )
        .bind(limit)
        .fetch_all(self.on())
        .await?;
        latest.extend(others);
        latest.sort_by_key(|own| std::cmp::Reverse(own.seq));
        latest.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(latest)
    }

    /// The lines of the log before entry `before`, newest first.
    pub async fn log_before(&mut self, before: i64, limit: i64) -> Result<Vec<LogEntry>, StateError> {
        sqlx::query_as("SELECT * FROM sandbox_log WHERE id < $1 ORDER BY id DESC LIMIT $2")
            .bind(before)
            .bind(limit)
            .fetch_all(self.on())
            .await
    }

    /// One line of the log.
    pub async fn log_entry(&mut self, id: i64) -> Result<Option<LogEntry>, StateError> {
        sqlx::query_as("SELECT * FROM sandbox_log WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }
}
