//! What the device keeps, and all of its SQL.

use super::people::Person;
use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// A row of the error table that a presenter has chosen for what comes next.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Chosen {
    /// Order of choosing.
    pub seq: i64,
    /// Whose next call it is.
    pub buyer_id: String,
    /// `Setup`, `PIN`, …
    #[serde(rename = "table")]
    pub error_table: String,
    /// `InvalidSellerId`, …
    pub code: String,
    /// Which of several rows with this code, from 1.
    pub alternative: i64,
    /// How often it still strikes.
    pub times: i64,
}

/// The first answer to a reference.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Charged {
    /// The payload, as JSON.
    pub request: String,
    /// The answer, as JSON.
    pub answer: String,
}

/// An account link that the person is on the way to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Linking {
    /// Who.
    pub buyer_id: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// Real time, milliseconds.
    pub expires_at: i64,
}

impl Tx {
    /// The person as they were kept; `None` for one nobody has changed yet.
    pub async fn person(&mut self, buyer_id: &str) -> Result<Option<Person>, StateError> {
        let document: Option<String> = sqlx::query_scalar("SELECT document FROM alexa_people WHERE buyer_id = $1")
            .bind(buyer_id)
            .fetch_optional(self.on())
            .await?;
        let read = |text: String| serde_json::from_str(&text).map_err(|error| StateError::Decode(error.into()));
        document.map(read).transpose()
    }

    /// Keeps a person.
    pub async fn keep_person(&mut self, person: &Person) -> Result<(), StateError> {
        let document = serde_json::to_string(person).map_err(|error| StateError::Encode(error.into()))?;
        sqlx::query(
            "INSERT INTO alexa_people (buyer_id, document) VALUES ($1, $2)
             ON CONFLICT (buyer_id) DO UPDATE SET document = excluded.document",
        )
        .bind(&person.buyer_id)
        .bind(document.replace("\\u0000", ""))
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Chooses what comes next for somebody.
    pub async fn choose_next(&mut self, chosen: &Chosen) -> Result<(), StateError> {
        let seq = self.next_number();
        sqlx::query(
            "INSERT INTO alexa_next (seq, buyer_id, error_table, code, alternative, times)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(seq)
        .bind(&chosen.buyer_id)
        .bind(&chosen.error_table)
        .bind(&chosen.code)
        .bind(chosen.alternative)
        .bind(chosen.times)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// What was chosen for somebody, oldest first.
    pub async fn chosen(&mut self, buyer_id: &str) -> Result<Vec<Chosen>, StateError> {
        sqlx::query_as("SELECT * FROM alexa_next WHERE buyer_id = $1 ORDER BY seq")
            .bind(buyer_id)
            .fetch_all(self.on())
            .await
    }

    /// Counts one down; it is gone after its last time.
    pub async fn strike_chosen(&mut self, seq: i64) -> Result<(), StateError> {
        sqlx::query("DELETE FROM alexa_next WHERE seq = $1 AND times <= 1").bind(seq).execute(self.on()).await?;
        sqlx::query("UPDATE alexa_next SET times = times - 1 WHERE seq = $1").bind(seq).execute(self.on()).await?;
        Ok(())
    }

    /// Forgets all that was chosen for somebody.
    pub async fn forget_chosen(&mut self, buyer_id: &str) -> Result<(), StateError> {
        sqlx::query("DELETE FROM alexa_next WHERE buyer_id = $1").bind(buyer_id).execute(self.on()).await?;
        Ok(())
    }

    /// What this merchant was answered to this reference first.
    pub async fn charged(&mut self, merchant_id: &str, reference: &str) -> Result<Option<Charged>, StateError> {
        sqlx::query_as("SELECT request, answer FROM alexa_references WHERE merchant_id = $1 AND reference = $2")
            .bind(merchant_id)
            .bind(reference)
            .fetch_optional(self.on())
            .await
    }

    /// Remembers the first answer to a reference.
    pub async fn remember_charge(
        &mut self,
        merchant_id: &str,
        reference: &str,
        charged: &Charged,
    ) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO alexa_references (merchant_id, reference, request, answer) VALUES ($1, $2, $3, $4)
             ON CONFLICT (merchant_id, reference) DO NOTHING",
        )
        .bind(merchant_id)
        .bind(reference)
        .bind(&charged.request)
        .bind(&charged.answer)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Gives out a token for the buyer API, and forgets those that have run out.
    pub async fn give_access(
        &mut self,
        token: &str,
        buyer_id: &str,
        now: Millis,
        until: Millis,
    ) -> Result<(), StateError> {
        sqlx::query("DELETE FROM alexa_access_tokens WHERE expires_at <= $1").bind(now.0).execute(self.on()).await?;
        sqlx::query("INSERT INTO alexa_access_tokens (token, buyer_id, expires_at) VALUES ($1, $2, $3)")
            .bind(token)
            .bind(buyer_id)
            .bind(until.0)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// Whom a token speaks for at `now`.
    pub async fn access(&mut self, token: &str, now: Millis) -> Result<Option<String>, StateError> {
        sqlx::query_scalar("SELECT buyer_id FROM alexa_access_tokens WHERE token = $1 AND expires_at > $2")
            .bind(token.replace('\0', ""))
            .bind(now.0)
            .fetch_optional(self.on())
            .await
    }

    /// Remembers an account link that begins.
    pub async fn begin_link(&mut self, state: &str, link: &Linking) -> Result<(), StateError> {
        sqlx::query("INSERT INTO alexa_links (state, buyer_id, verifier, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(state)
            .bind(&link.buyer_id)
            .bind(&link.verifier)
            .bind(link.expires_at)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// The account link with this state, once.
    pub async fn take_link(&mut self, state: &str, now: Millis) -> Result<Option<Linking>, StateError> {
        let taken: Option<Linking> =
            sqlx::query_as("DELETE FROM alexa_links WHERE state = $1 RETURNING buyer_id, verifier, expires_at")
                .bind(state.replace('\0', ""))
                .fetch_optional(self.on())
                .await?;
        sqlx::query("DELETE FROM alexa_links WHERE expires_at <= $1").bind(now.0).execute(self.on()).await?;
        Ok(taken.filter(|link| link.expires_at > now.0))
    }

    /// The highest number that the device's rows have taken from the common sequence.
    pub async fn highest_number_of_alexa(&mut self) -> Result<i64, StateError> {
        sqlx::query_scalar("SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM alexa_next").fetch_one(self.on()).await
    }

    /// Empties the device.
    pub async fn clear_alexa(&mut self) -> Result<(), StateError> {
        for statement in [
            "DELETE FROM alexa_people",
            "DELETE FROM alexa_next",
            "DELETE FROM alexa_references",
            "DELETE FROM alexa_access_tokens",
            "DELETE FROM alexa_links",
        ] {
            sqlx::query(statement).execute(self.on()).await?;
        }
        Ok(())
    }
}
