//! Web sessions on our own pool. Expiry runs on real time: a demo that jumps a week keeps its visitors signed in.

use async_trait::async_trait;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result as SessionResult, SessionStore};

use super::{Store, StoreError};

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

fn backend(error: impl Into<StoreError>) -> Error {
    Error::Backend(error.into().to_string())
}

fn encode(record: &Record) -> SessionResult<String> {
    serde_json::to_string(record).map_err(|e| Error::Encode(e.to_string()))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> SessionResult<()> {
        let mut write = self.write().await.map_err(backend)?;
        loop {
            let written = sqlx::query(
                "INSERT INTO web_sessions (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            )
            .bind(record.id.to_string())
            .bind(encode(record)?)
            .bind(record.expiry_date.unix_timestamp())
            .execute(write.connection())
            .await
            .map_err(backend)?
            .rows_affected();
            if written == 1 {
                return write.commit().await.map_err(backend);
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> SessionResult<()> {
        let mut write = self.write().await.map_err(backend)?;
        sqlx::query(
            "INSERT INTO web_sessions (id, data, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at",
        )
        .bind(record.id.to_string())
        .bind(encode(record)?)
        .bind(record.expiry_date.unix_timestamp())
        .execute(write.connection())
        .await
        .map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> SessionResult<Option<Record>> {
        let mut connection = self.read().await.map_err(backend)?;
        let data: Option<String> =
            sqlx::query_scalar("SELECT data FROM web_sessions WHERE id = $1 AND expires_at > $2")
                .bind(id.to_string())
                .bind(tower_sessions::cookie::time::OffsetDateTime::now_utc().unix_timestamp())
                .fetch_optional(&mut *connection)
                .await
                .map_err(backend)?;
        data.map(|data| serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))).transpose()
    }

    async fn delete(&self, id: &Id) -> SessionResult<()> {
        let mut write = self.write().await.map_err(backend)?;
        sqlx::query("DELETE FROM web_sessions WHERE id = $1")
            .bind(id.to_string())
            .execute(write.connection())
            .await
            .map_err(backend)?;
        write.commit().await.map_err(backend)
    }
}

impl Store {
    /// Deletes sessions that are over.
    pub async fn forget_old_sessions(&self) -> super::Result<()> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM web_sessions WHERE expires_at < $1")
            .bind(tower_sessions::cookie::time::OffsetDateTime::now_utc().unix_timestamp())
            .execute(write.connection())
            .await?;
        write.commit().await
    }
}
