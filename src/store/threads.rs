//! What is said about an order: its timeline, the messages between buyer and seller, and the
//! buyer's wishes for a return or refund.

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{self, MessageId, OrderId, RequestId};

/// One line of an order's timeline.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Event {
    /// When, ms.
    pub at: i64,
    /// A short headline.
    pub what: String,
    /// The rest; may be empty.
    pub detail: String,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Message {
    /// `buyer` or `seller`.
    pub author: String,
    /// Plain text.
    pub body: String,
    /// When, ms.
    pub at: i64,
}

/// A buyer's wish.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Wish {
    /// Its id.
    pub id: String,
    /// The order.
    pub order_id: String,
    /// `return` or `refund`.
    pub wish: String,
    /// In the buyer's words.
    pub reason: String,
    /// `open`, `accepted` or `declined`.
    pub state: String,
    /// In the seller's words.
    pub answer: String,
    /// When, ms.
    pub at: i64,
}

impl Message {
    /// When it was written.
    pub fn when(&self) -> Millis {
        Millis(self.at)
    }
}

impl Wish {
    /// When it was said.
    pub fn when(&self) -> Millis {
        Millis(self.at)
    }
}

impl Store {
    /// The timeline, oldest first.
    pub async fn events(&self, order: &OrderId) -> Result<Vec<Event>> {
        Ok(sqlx::query_as("SELECT at, what, detail FROM order_events WHERE order_id = $1 ORDER BY id")
            .bind(order.as_str())
            .fetch_all(&mut *self.read().await?)
            .await?)
    }

    /// The messages, oldest first.
    pub async fn messages(&self, order: &OrderId) -> Result<Vec<Message>> {
        Ok(sqlx::query_as("SELECT author, body, at FROM order_messages WHERE order_id = $1 ORDER BY id")
            .bind(order.as_str())
            .fetch_all(&mut *self.read().await?)
            .await?)
    }

    /// The buyer's wishes, oldest first.
    pub async fn wishes(&self, order: &OrderId) -> Result<Vec<Wish>> {
        Ok(sqlx::query_as(
            "SELECT id, order_id, wish, reason, state, answer, at FROM order_requests WHERE order_id = $1 ORDER BY id",
        )
        .bind(order.as_str())
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// One wish, and the order it is about.
    pub async fn wish(&self, id: &RequestId) -> Result<Option<(OrderId, Wish)>> {
        let wish: Option<Wish> =
            sqlx::query_as("SELECT id, order_id, wish, reason, state, answer, at FROM order_requests WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *self.read().await?)
                .await?;
        wish.map(|wish| Ok((columns::id(&wish.order_id)?, wish))).transpose()
    }
}

impl Write {
    /// Adds a line to the timeline.
    pub async fn note(&mut self, order: &OrderId, at: Millis, what: &str, detail: &str) -> Result<()> {
        sqlx::query("INSERT INTO order_events (order_id, id, at, what, detail) VALUES ($1, $2, $3, $4, $5)")
            .bind(order.as_str())
            .bind(ids::fresh("evt"))
            .bind(at.0)
            .bind(what)
            .bind(detail)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Adds a message; `author` is `buyer` or `seller`.
    pub async fn insert_message(&mut self, order: &OrderId, author: &str, body: &str, at: Millis) -> Result<()> {
        sqlx::query("INSERT INTO order_messages (id, order_id, author, body, at) VALUES ($1, $2, $3, $4, $5)")
            .bind(MessageId::fresh().as_str())
            .bind(order.as_str())
            .bind(author)
            .bind(body)
            .bind(at.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Adds a wish; says whether none was open before.
    pub async fn insert_wish(&mut self, order: &OrderId, wish: &str, reason: &str, at: Millis) -> Result<bool> {
        let written = sqlx::query(
            "INSERT INTO order_requests (id, order_id, wish, reason, state, answer, at)
             VALUES ($1, $2, $3, $4, 'open', '', $5) ON CONFLICT DO NOTHING",
        )
        .bind(RequestId::fresh().as_str())
        .bind(order.as_str())
        .bind(wish)
        .bind(reason)
        .bind(at.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(written == 1)
    }

    /// Answers an open wish; says whether it was still open. `state` is `accepted` or `declined`.
    pub async fn answer_wish(&mut self, id: &RequestId, state: &str, answer: &str) -> Result<bool> {
        let changed = sqlx::query("UPDATE order_requests SET state = $1, answer = $2 WHERE id = $3 AND state = 'open'")
            .bind(state)
            .bind(answer)
            .bind(id.as_str())
            .execute(self.connection())
            .await?
            .rows_affected();
        Ok(changed == 1)
    }
}
