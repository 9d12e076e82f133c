//! The shop's memory. All SQL of the shop is here, one text for SQLite and PostgreSQL.
//!
//! Reads go through [`Store`] and never wait for a writer; writes go through one [`Write`]
//! transaction at a time on SQLite. No transaction is open while a provider is asked.

pub mod accounts;
pub mod agreements;
pub mod audit;
mod basket_approvals;
pub mod carts;
pub mod catalog;
mod checkouts;
mod columns;
mod currency;
pub mod desk;
pub mod desk_money;
pub mod disputes;
pub mod form_keys;
pub mod ledger;
pub mod letters;
pub mod notifications;
pub mod oauth;
pub mod operations;
pub mod orders;
pub mod rates;
pub mod reconcile;
pub mod sellers;
pub mod statement;
pub mod stock;
pub mod threads;
pub mod voice;
pub mod web_sessions;

use std::future::Future;
use std::time::{Duration, Instant};

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Transaction};

use crate::base::crash;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// What every SQLite connection is told first. FULL: a lost commit could mean a second charge. The worker carries
/// the log over into the database; only where none does, SQLite itself does so, every 64 MB.
const SQLITE_SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                            PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000;";

/// Pages that a connection keeps, in KiB: a large market's indexes do not fit SQLite's default of 2 MB.
const WRITER_CACHE: &str = "PRAGMA cache_size = -131072";
const READER_CACHE: &str = "PRAGMA cache_size = -16384";

/// Why the store could not do its part.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was faster, or the database is locked: the whole act may be tried again.
    #[error("the database is busy")]
    Busy,
    /// Nothing more fits on the disk.
    #[error("the disk is full")]
    Full,
    /// A row says something the program does not understand.
    #[error("unreadable row: {0}")]
    Unreadable(String),
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// The database cannot be brought to the current schema.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        let code = error.as_database_error().and_then(|e| e.code()).map(|code| code.into_owned());
        match (&error, code.as_deref()) {
            (sqlx::Error::PoolTimedOut, _) => StoreError::Busy,
            // PostgreSQL: serialisation failure, deadlock. SQLite: busy, locked, and busy with a stale snapshot.
            (_, Some("40001" | "40P01" | "5" | "6" | "261" | "262" | "517")) => StoreError::Busy,
            (_, Some("53100" | "13")) => StoreError::Full,
            _ => StoreError::Database(error),
        }
    }
}

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reads: AnyPool,
    writes: AnyPool,
    dialect: Dialect,
}

/// What the two databases do not say in the same words.
#[derive(Clone, Copy)]
struct Dialect {
    /// Begins a write whose commit is on the disk.
    begin: &'static str,
    /// Begins one whose commit the next such write takes along to the disk.
    begin_soon: &'static str,
    /// Puts two processes that do money acts one after the other, where beginning alone does not.
    line_up: Option<&'static str>,
    /// Carries the log over into the database, without getting in anybody's way.
    checkpoint: Option<&'static str>,
}

const SQLITE: Dialect = Dialect {
    begin: "PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
    begin_soon: "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
    line_up: None,
    checkpoint: Some("PRAGMA wal_checkpoint(PASSIVE)"),
};

const POSTGRES: Dialect = Dialect {
    begin: "BEGIN",
    begin_soon: "BEGIN; SET LOCAL synchronous_commit = off",
    line_up: Some("UPDATE audit_head SET place = place WHERE id = 1"),
    checkpoint: None,
};

impl Store {
    /// Opens `sqlite://path` (made when missing) or `postgres://…`. Does not migrate.
    pub async fn open(url: &str) -> Result<Store> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            let separator = if url.contains('?') { '&' } else { '?' };
            let url = if url.contains("mode=") { url.to_owned() } else { format!("{url}{separator}mode=rwc") };
            let writes = sqlite_pool(1, WRITER_CACHE).connect(&url).await?;
            let reads = sqlite_pool(8, READER_CACHE).connect(&url).await?;
            Ok(Store { reads, writes, dialect: SQLITE })
        } else {
            let pool = AnyPoolOptions::new().max_connections(16).acquire_timeout(WAIT).connect(url).await?;
            Ok(Store { reads: pool.clone(), writes: pool, dialect: POSTGRES })
        }
    }

    /// Brings the schema up to date and names the steps that ran.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        let before = self.applied().await.unwrap_or_default();
        MIGRATIONS.run(&self.writes).await?;
        let after = self.applied().await?;
        Ok(MIGRATIONS
            .iter()
            .filter(|step| after.contains(&step.version) && !before.contains(&step.version))
            .map(|step| format!("{:04} {}", step.version, step.description))
            .collect())
    }

    /// The steps that [`Store::migrate`] would run.
    pub async fn missing_steps(&self) -> Vec<String> {
        let applied = self.applied().await.unwrap_or_default();
        let missing = MIGRATIONS.iter().filter(|step| !applied.contains(&step.version));
        missing.map(|step| format!("{:04} {}", step.version, step.description)).collect()
    }

    async fn applied(&self) -> Result<Vec<i64>> {
        Ok(sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(&self.writes).await?)
    }

    /// Begins the one way to change anything: immediate on SQLite, plain on PostgreSQL.
    pub async fn write(&self) -> Result<Write> {
        self.begin(self.dialect.begin).await
    }

    /// Begins a change whose commit does not wait for the disk. It is seen at once, outlives the program, and is on
    /// the disk before any later commit of [`Store::write`] is; the power may take it as if it had come too late.
    /// For what nobody was promised.
    pub async fn write_soon(&self) -> Result<Write> {
        self.begin(self.dialect.begin_soon).await
    }

    async fn begin(&self, begin: &'static str) -> Result<Write> {
        let tx = match self.writes.begin_with(begin).await {
            // a full disk makes SQLite roll back by itself; the driver still counts the transaction, so
            // that the connection is of no more use
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writes.acquire().await?.close().await?;
                self.writes.begin_with(begin).await?
            }
            begun => begun?,
        };
        Ok(Write { tx })
    }

    /// Begins a change that touches money. Takes the head of the audit chain first, so that two
    /// processes on PostgreSQL do these one after the other, as SQLite does with every write.
    pub async fn write_money(&self) -> Result<Write> {
        self.first_in_line(self.write().await?).await
    }

    /// The same for a change of which nobody hears before a later commit of [`Store::write`].
    pub async fn write_money_soon(&self) -> Result<Write> {
        self.first_in_line(self.write_soon().await?).await
    }

    async fn first_in_line(&self, mut write: Write) -> Result<Write> {
        if let Some(line_up) = self.dialect.line_up {
            sqlx::query(line_up).execute(&mut *write.tx).await?;
        }
        Ok(write)
    }

    /// Carries what was written over into the database file, so that no visitor waits for that.
    pub async fn checkpoint(&self) -> Result<()> {
        if let Some(checkpoint) = self.dialect.checkpoint {
            sqlx::query(checkpoint).execute(&mut *self.read().await?).await?;
        }
        Ok(())
    }

    /// Whether the database answers, for `/readyz`.
    pub async fn ping(&self) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("SELECT value FROM counters WHERE name = 'order_number'").execute(&mut *write.tx).await?;
        Ok(())
    }

    async fn read(&self) -> Result<PoolConnection<Any>> {
        Ok(self.reads.acquire().await?)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

#[cfg(test)]
impl Store {
    /// Tells SQLite's one writing connection something, for tests that want trouble.
    pub async fn tell_writer(&self, pragma: &'static str) {
        sqlx::raw_sql(pragma).execute(&self.writes).await.unwrap();
    }
}

/// How long an act is tried again while other writers are faster.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long anyone waits for a connection before the page says that the shop is busy.
const WAIT: Duration = Duration::from_secs(8);

fn sqlite_pool(size: u32, cache: &'static str) -> AnyPoolOptions {
    // a connection to a file does not break while it is not used
    let options = AnyPoolOptions::new().max_connections(size).acquire_timeout(WAIT).test_before_acquire(false);
    options.after_connect(move |connection, _| {
        Box::pin(async move {
            sqlx::raw_sql(SQLITE_SETUP).execute(&mut *connection).await?;
            sqlx::raw_sql(cache).execute(connection).await?;
            Ok(())
        })
    })
}

/// A write transaction. Dropped without [`Write::commit`], it changes nothing.
pub struct Write {
    tx: Transaction<'static, Any>,
}

impl Write {
    /// Makes it all true at once.
    pub async fn commit(self) -> Result<()> {
        crash::point("before commit");
        self.tx.commit().await?;
        crash::point("after commit");
        Ok(())
    }

    fn connection(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}

/// Does `act` again, whole, while another writer was faster; gives up after a few tries.
pub async fn retried<T, E, F>(mut act: impl FnMut() -> F) -> std::result::Result<T, E>
where
    F: Future<Output = std::result::Result<T, E>>,
    E: IsBusy,
{
    let since = Instant::now();
    for pause_ms in [5, 20, 80, 320] {
        match act().await {
            // a lock that was waited for in vain is not tried again: somebody watches the page load
            Err(error) if error.is_busy() && since.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            }
            done => return done,
        }
    }
    act().await
}

/// Errors that may mean "another writer was faster".
pub trait IsBusy {
    /// Whether the whole act may be tried again.
    fn is_busy(&self) -> bool;
}

impl IsBusy for StoreError {
    fn is_busy(&self) -> bool {
        matches!(self, StoreError::Busy)
    }
}

/// Makes `Unreadable` from a row's odd value.
fn unreadable(what: &str, value: &str) -> StoreError {
    StoreError::Unreadable(format!("{what} {value:?}"))
}
