//! Everything Amazon Pay keeps, and all of its SQL.
//!
//! An object of the API is one row: its id, whose it is, when something happens to it next, and what it
//! says as JSON text. `objects` has the shapes, the other files have a table each.

pub mod answers;
pub mod ledger;
pub mod merchants;
pub mod notifications;
pub mod objects;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// One kind of object.
pub trait Kept: Serialize + DeserializeOwned {
    /// `session`, `charge`, …
    const KIND: &'static str;
    /// Its id.
    fn id(&self) -> &str;
    /// The object it belongs to; empty for none.
    fn parent_id(&self) -> &str {
        ""
    }
    /// Whose it is.
    fn merchant_id(&self) -> &str;
    /// When something happens to it by itself next; 0 for never.
    fn due_at(&self) -> i64 {
        0
    }
}

/// An object that something happens to next.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// When.
    pub due_at: i64,
    /// Order of arrival.
    pub seq: i64,
}

fn read<T: Kept>(document: &str) -> Result<T, StateError> {
    serde_json::from_str(document).map_err(|error| StateError::Decode(error.into()))
}

fn write<T: Kept>(object: &T) -> Result<String, StateError> {
    serde_json::to_string(object).map_err(|error| StateError::Encode(error.into()))
}

impl Tx {
    /// The object with this id, if it is of this kind.
    pub async fn object<T: Kept>(&mut self, id: &str) -> Result<Option<T>, StateError> {
        let document: Option<String> =
            sqlx::query_scalar("SELECT document FROM apay_objects WHERE id = $1 AND kind = $2")
                .bind(id)
                .bind(T::KIND)
                .fetch_optional(self.on())
                .await?;
        document.map(|document| read(&document)).transpose()
    }

    /// All objects of a kind, oldest first.
    pub async fn objects<T: Kept>(&mut self) -> Result<Vec<T>, StateError> {
        let documents: Vec<String> =
            sqlx::query_scalar("SELECT document FROM apay_objects WHERE kind = $1 ORDER BY seq")
                .bind(T::KIND)
                .fetch_all(self.on())
                .await?;
        documents.iter().map(|document| read(document)).collect()
    }

    /// The objects of a kind below another, oldest first.
    pub async fn children<T: Kept>(&mut self, parent_id: &str) -> Result<Vec<T>, StateError> {
        let documents: Vec<String> = sqlx::query_scalar(
            "SELECT document FROM apay_objects WHERE parent_id = $1 AND parent_id <> '' AND kind = $2 ORDER BY seq",
        )
        .bind(parent_id)
        .bind(T::KIND)
        .fetch_all(self.on())
        .await?;
        documents.iter().map(|document| read(document)).collect()
    }

    /// Adds an object.
    pub async fn add_object<T: Kept>(&mut self, object: &T, now: Millis) -> Result<(), StateError> {
        let seq = self.next_number();
        sqlx::query(
            "INSERT INTO apay_objects (id, kind, parent_id, merchant_id, seq, created_at, due_at, document)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(object.id())
        .bind(T::KIND)
        .bind(object.parent_id())
        .bind(object.merchant_id())
        .bind(seq)
        .bind(now.0)
        .bind(object.due_at())
        .bind(write(object)?)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Keeps what became of an object.
    pub async fn keep_object<T: Kept>(&mut self, object: &T) -> Result<(), StateError> {
        sqlx::query("UPDATE apay_objects SET due_at = $1, document = $2 WHERE id = $3 AND kind = $4")
            .bind(object.due_at())
            .bind(write(object)?)
            .bind(object.id())
            .bind(T::KIND)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// The object that something happens to next by itself, at or before `now`.
    pub async fn due_object(&mut self, now: Millis) -> Result<Option<Due>, StateError> {
        sqlx::query_as(
            "SELECT kind, id, due_at, seq FROM apay_objects WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, seq LIMIT 1",
        )
        .bind(now.0)
        .fetch_optional(self.on())
        .await
    }

    /// When the next thing of Amazon Pay happens by itself; `None` when nothing is to come.
    pub async fn next_due_of_amazon_pay(&mut self) -> Result<Option<Millis>, StateError> {
        let at: i64 = sqlx::query_scalar(
            "SELECT CAST(COALESCE(MIN(due_at), 0) AS BIGINT) FROM (
                SELECT MIN(due_at) AS due_at FROM apay_notifications WHERE due_at > 0 UNION ALL
                SELECT MIN(due_at) FROM apay_objects WHERE due_at > 0) AS dues",
        )
        .fetch_one(self.on())
        .await?;
        Ok((at > 0).then_some(Millis(at)))
    }

    /// The highest number that Amazon Pay's rows have taken from the common sequence.
    pub async fn highest_number_of_amazon_pay(&mut self) -> Result<i64, StateError> {
        sqlx::query_scalar(
            "SELECT CAST(COALESCE(MAX(n), 0) AS BIGINT) FROM (
                SELECT MAX(seq) AS n FROM apay_objects UNION ALL SELECT MAX(seq) FROM apay_postings UNION ALL
                SELECT MAX(seq) FROM apay_notifications) AS numbers",
        )
        .fetch_one(self.on())
        .await
    }

    /// Empties Amazon Pay entirely; the configured account is planted again afterwards.
    pub async fn clear_amazon_pay(&mut self) -> Result<(), StateError> {
        for statement in [
            "DELETE FROM apay_notifications",
            "DELETE FROM apay_answers",
            "DELETE FROM apay_postings",
            "DELETE FROM apay_objects",
            "DELETE FROM apay_keys",
            "DELETE FROM apay_merchants",
        ] {
            sqlx::query(statement).execute(self.on()).await?;
        }
        Ok(())
    }
}
