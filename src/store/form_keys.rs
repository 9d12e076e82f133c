//! Form keys: a hidden field minted when a form is rendered makes its second submit harmless.

use super::{Result, Store, Write};
use crate::base::clock::Millis;

impl Store {
    /// The result of the submit that used `key`, if there was one.
    pub async fn form_key(&self, key: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar("SELECT result FROM form_keys WHERE form_key = $1")
            .bind(key)
            .fetch_optional(&mut *self.read().await?)
            .await?)
    }
}

impl Write {
    /// Uses `key` for a submit whose result is `result` (an id or address). The first time, nothing
    /// comes back and the act goes on; later the first submit's result does, and nothing is done again.
    pub async fn use_form_key(&mut self, key: &str, result: &str, now: Millis) -> Result<Option<String>> {
        let fresh = sqlx::query(
            "INSERT INTO form_keys (form_key, result, used_at) VALUES ($1, $2, $3) ON CONFLICT (form_key) DO NOTHING",
        )
        .bind(key)
        .bind(result)
        .bind(now.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        if fresh == 1 {
            return Ok(None);
        }
        let earlier = sqlx::query_scalar("SELECT result FROM form_keys WHERE form_key = $1")
            .bind(key)
            .fetch_one(self.connection())
            .await?;
        Ok(Some(earlier))
    }

    /// Forgets keys used before `before`.
    pub async fn forget_form_keys(&mut self, before: Millis) -> Result<()> {
        sqlx::query("DELETE FROM form_keys WHERE used_at < $1").bind(before.0).execute(self.connection()).await?;
        Ok(())
    }
}
