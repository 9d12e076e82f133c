//! The sandbox's own database: connections, the transaction everything runs in, and what all
//! emulated providers share (settings, the log). Each provider keeps its SQL in its own `state`.

pub mod scenarios;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::future::BoxFuture;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};

use crate::base::clock::Millis;
use crate::base::crash;

/// What can go wrong with the database; the caller can only report it.
pub type StateError = sqlx::Error;

/// The sandbox's database: SQLite with one writer, or PostgreSQL.
#[derive(Clone)]
pub struct Database {
    readers: AnyPool,
    writers: AnyPool,
    is_sqlite: bool,
    sequence: Arc<AtomicI64>,
}

/// One transaction. State modules add their questions and acts as methods.
pub struct Tx {
    inner: Transaction<'static, Any>,
    sequence: Arc<AtomicI64>,
}

/// One line of the log: a request that came in or a notification that went out.
#[derive(Clone, Debug, Default, serde::Serialize, sqlx::FromRow)]
pub struct LogEntry {
    /// Position in the log; ask for what comes `after` it.
    pub id: i64,
    /// Business time, milliseconds since 1970.
    pub at: i64,
    /// `fps`, `amazon_pay` or `alexa`.
    pub provider: String,
    /// `request`, `page`, `notification`, or `skill` for a request of a device to its skill.
    pub direction: String,
    /// The action, pipeline or notified operation.
    pub operation: String,
    /// Method and path that were called, or the address a notification went to.
    pub address: String,
    /// The caller's own reference, where there is one.
    pub reference: String,
    /// What was signed, line feeds kept; never the secret.
    pub string_to_sign: String,
    /// What became of it: `ok`, an error code, a CBUI status, `delivered`.
    pub verdict: String,
    /// HTTP status given or received; 0 when there was none.
    pub status: i64,
    /// A sentence for people.
    pub detail: String,
}

impl Database {
    /// Connects, sets SQLite up to be durable, and brings the tables to the current shape.
    pub async fn open(url: &str) -> Result<Database, StateError> {
        sqlx::any::install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        let url = if is_sqlite && !url.contains("mode=") {
            format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' })
        } else {
            url.to_owned()
        };
        let options =
            |connections| AnyPoolOptions::new().max_connections(connections).after_connect(prepare(is_sqlite));
        let writers = options(if is_sqlite { 1 } else { 4 }).connect(&url).await?;
        sqlx::migrate!("./migrations/sandbox").run(&writers).await?;
        let readers = if is_sqlite { options(4).connect_lazy(&url)? } else { writers.clone() };
        let database = Database { readers, writers, is_sqlite, sequence: Arc::default() };
        let mut tx = database.read().await?;
        let highest = tx.highest_sequence().await?.max(tx.highest_number_of_amazon_pay().await?);
        let highest = highest.max(tx.highest_number_of_alexa().await?);
        drop(tx);
        database.sequence.store(highest, Ordering::SeqCst);
        Ok(database)
    }

    /// Closes all connections, so that the file is whole.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }

    /// Starts a transaction that may write; on SQLite it takes the write lock at once.
    pub async fn write(&self) -> Result<Tx, StateError> {
        let inner = match self.is_sqlite {
            true => match self.writers.begin_with("BEGIN IMMEDIATE").await {
                // a full disk makes SQLite roll back by itself, and the driver loses count: a new connection
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    self.writers.acquire().await?.close().await?;
                    self.writers.begin_with("BEGIN IMMEDIATE").await?
                }
                begun => begun?,
            },
            false => self.writers.begin().await?,
        };
        Ok(Tx { inner, sequence: self.sequence.clone() })
    }

    /// Starts a transaction that only reads.
    pub async fn read(&self) -> Result<Tx, StateError> {
        Ok(Tx { inner: self.readers.begin().await?, sequence: self.sequence.clone() })
    }

    /// `sqlite` or `postgres`, for the health answer.
    pub fn kind(&self) -> &'static str {
        if self.is_sqlite { "sqlite" } else { "postgres" }
    }
}

type Prepare = fn(&mut AnyConnection, sqlx::pool::PoolConnectionMetadata) -> BoxFuture<'_, Result<(), StateError>>;

fn prepare(is_sqlite: bool) -> Prepare {
    if !is_sqlite {
        return |_, _| Box::pin(async { Ok(()) });
    }
    |connection, _| {
        Box::pin(async move {
            connection.execute("PRAGMA busy_timeout = 5000").await?;
            connection.execute("PRAGMA journal_mode = WAL").await?;
            connection.execute("PRAGMA synchronous = FULL").await?;
            connection.execute("PRAGMA foreign_keys = ON").await?;
            Ok(())
        })
    }
}

impl Tx {
    /// The connection, for the state modules' statements.
    pub fn on(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// Makes everything since the start last.
    pub async fn commit(self) -> Result<(), StateError> {
        crash::point("sandbox before commit");
        self.inner.commit().await?;
        crash::point("sandbox after commit");
        Ok(())
    }

    /// The next number of the one sequence that orders rows: log, postings, transactions, notifications.
    pub fn next_number(&self) -> i64 {
        self.sequence.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn highest_sequence(&mut self) -> Result<i64, StateError> {
        sqlx::query_scalar(
            "SELECT CAST(COALESCE(MAX(n), 0) AS BIGINT) FROM (
                SELECT MAX(id) AS n FROM sandbox_log UNION ALL SELECT MAX(seq) FROM fps_postings UNION ALL
                SELECT MAX(seq) FROM fps_transactions UNION ALL SELECT MAX(seq) FROM fps_history UNION ALL
                SELECT MAX(seq) FROM fps_notifications) AS numbers",
        )
        .fetch_one(self.on())
        .await
    }

    /// A small setting by name, such as `clock_offset_ms`.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, StateError> {
        sqlx::query_scalar("SELECT value FROM sandbox_settings WHERE name = $1")
            .bind(name)
            .fetch_optional(self.on())
            .await
    }

    /// Keeps everybody else from writing a setting until this transaction ends; empty text where there is none.
    pub async fn hold_setting(&mut self, name: &str) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO sandbox_settings (name, value) VALUES ($1, '')
             ON CONFLICT (name) DO UPDATE SET value = sandbox_settings.value",
        )
        .bind(name)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Keeps a small setting.
    pub async fn keep_setting(&mut self, name: &str, value: &str) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO sandbox_settings (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Appends to the log; `entry.id` is given here.
    pub async fn log(&mut self, entry: LogEntry) -> Result<(), StateError> {
        let id = self.next_number();
        let clean = |text: String| text.replace('\0', "");
        sqlx::query(
            "INSERT INTO sandbox_log
               (id, at, provider, direction, operation, address, reference, string_to_sign, verdict, status, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(id)
        .bind(entry.at)
        .bind(entry.provider)
        .bind(entry.direction)
        .bind(clean(entry.operation))
        .bind(clean(entry.address))
        .bind(clean(entry.reference))
        .bind(entry.string_to_sign)
        .bind(entry.verdict)
        .bind(entry.status)
        .bind(clean(entry.detail))
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// The log after entry `after`, oldest first, at most `limit` lines.
    pub async fn log_after(&mut self, after: i64, limit: i64) -> Result<Vec<LogEntry>, StateError> {
        sqlx::query_as("SELECT * FROM sandbox_log WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(after)
            .bind(limit)
            .fetch_all(self.on())
            .await
    }

    /// Empties what all providers share.
    pub async fn clear_common(&mut self) -> Result<(), StateError> {
        sqlx::query("DELETE FROM sandbox_log").execute(self.on()).await?;
        sqlx::query("DELETE FROM sandbox_settings").execute(self.on()).await?;
        Ok(())
    }
}

impl LogEntry {
    /// An entry of FPS at `at`, to be filled in.
    pub fn fps(at: Millis, direction: &str, operation: &str) -> LogEntry {
        LogEntry::of("fps", at, direction, operation)
    }

    /// An entry of `provider` at `at`, to be filled in.
    pub fn of(provider: &str, at: Millis, direction: &str, operation: &str) -> LogEntry {
        LogEntry {
            at: at.0,
            provider: provider.to_owned(),
            direction: direction.to_owned(),
            operation: operation.to_owned(),
            ..LogEntry::default()
        }
    }
}
