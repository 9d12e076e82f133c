//! Disputes, claims and chargebacks.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::claims::Kind;
use crate::sandbox::state::{StateError, Tx};

/// How many a page shows.
const SHOWN: i64 = 50;

/// One dispute, claim or chargeback.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Case {
    /// Its id.
    pub id: String,
    /// Order of arrival.
    pub seq: i64,
    /// The payment it is about.
    pub transaction_id: String,
    /// Who filed it.
    pub buyer_id: String,
    /// Who was paid.
    pub seller_id: String,
    /// See [`Kind`].
    pub kind: String,
    /// What was bought, see [`Goods`](crate::sandbox::fps::claims::Goods).
    pub goods: String,
    /// What is wrong, see [`Trouble`](crate::sandbox::fps::claims::Trouble).
    pub trouble: String,
    /// In the buyer's words.
    pub words: String,
    /// Cents.
    pub amount_minor: i64,
    /// `open`, `answered`, `granted`, `denied`, `withdrawn`, `repaid` (granted, and paid back by the buyer), or
    /// `superseded` (the bank took the money first).
    pub state: String,
    /// What the seller sent.
    pub answer: String,
    /// When; 0 for never.
    pub answered_at: i64,
    /// When it was filed.
    pub opened_at: i64,
    /// Until when the seller may answer.
    pub answer_by: i64,
    /// When it ended; 0 before.
    pub closed_at: i64,
    /// The transaction that took the money back; empty for none.
    pub reversal_id: String,
    /// The transaction that gave it to the seller again; empty for none.
    pub return_id: String,
    /// When it is decided by itself; 0 for never.
    pub due_at: i64,
}

impl Case {
    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind::from_word(&self.kind).unwrap_or(Kind::Dispute)
    }

    /// Whether it waits for a decision.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "open" | "answered")
    }

    /// How much it is about.
    pub fn amount(&self) -> Money {
        Money::usd(self.amount_minor)
    }
}

impl Tx {
    /// One case.
    pub async fn case(&mut self, id: &str) -> Result<Option<Case>, StateError> {
        sqlx::query_as("SELECT * FROM fps_cases WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// The cases about a payment, oldest first.
    pub async fn cases_about(&mut self, transaction: &str) -> Result<Vec<Case>, StateError> {
        sqlx::query_as("SELECT * FROM fps_cases WHERE transaction_id = $1 ORDER BY seq")
            .bind(transaction)
            .fetch_all(self.on())
            .await
    }

    /// The latest cases in which an account buys or sells, newest first.
    pub async fn cases_of(&mut self, account: &str) -> Result<Vec<Case>, StateError> {
        sqlx::query_as("SELECT * FROM fps_cases WHERE buyer_id = $1 OR seller_id = $2 ORDER BY seq DESC LIMIT $3")
            .bind(account)
            .bind(account)
            .bind(SHOWN)
            .fetch_all(self.on())
            .await
    }

    /// The cases that wait for a decision, oldest first.
    pub async fn open_cases(&mut self) -> Result<Vec<Case>, StateError> {
        sqlx::query_as("SELECT * FROM fps_cases WHERE state IN ('open', 'answered') ORDER BY seq")
            .fetch_all(self.on())
            .await
    }

    /// The case that is decided by itself next, at or before `now`.
    pub async fn due_case(&mut self, now: Millis) -> Result<Option<Case>, StateError> {
        sqlx::query_as("SELECT * FROM fps_cases WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, seq LIMIT 1")
            .bind(now.0)
            .fetch_optional(self.on())
            .await
    }

    /// Adds a case.
    pub async fn add_case(&mut self, case: &Case) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO fps_cases (id, seq, transaction_id, buyer_id, seller_id, kind, goods, trouble, words, amount_minor,
                state, answer, answered_at, opened_at, answer_by, closed_at, reversal_id, return_id, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        )
        .bind(&case.id)
        .bind(case.seq)
        .bind(&case.transaction_id)
        .bind(&case.buyer_id)
        .bind(&case.seller_id)
        .bind(&case.kind)
        .bind(&case.goods)
        .bind(&case.trouble)
        .bind(&case.words)
        .bind(case.amount_minor)
        .bind(&case.state)
        .bind(&case.answer)
        .bind(case.answered_at)
        .bind(case.opened_at)
        .bind(case.answer_by)
        .bind(case.closed_at)
        .bind(&case.reversal_id)
        .bind(&case.return_id)
        .bind(case.due_at)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Keeps what changes in a case's life.
    pub async fn keep_case(&mut self, case: &Case) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE fps_cases SET state = $1, answer = $2, answered_at = $3, closed_at = $4, reversal_id = $5,
                    return_id = $6, due_at = $7 WHERE id = $8",
        )
        .bind(&case.state)
        .bind(&case.answer)
        .bind(case.answered_at)
        .bind(case.closed_at)
        .bind(&case.reversal_id)
        .bind(&case.return_id)
        .bind(case.due_at)
        .bind(&case.id)
        .execute(self.on())
        .await?;
        Ok(())
    }
}
