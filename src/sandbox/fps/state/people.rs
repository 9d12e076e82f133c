//! What a person sees of an account: the tokens it gave, what was charged to them, what it took part in.

use crate::base::clock::Millis;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::tokens::Use;
use crate::sandbox::state::{StateError, Tx};

/// How many lines of the past a page shows.
const SHOWN: i64 = 50;

/// One token that stands, with who charges it and who is paid.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Given {
    /// The token.
    #[sqlx(flatten)]
    pub token: Token,
    /// The shop that may charge it.
    pub caller_name: String,
    /// Who is paid; of a list, the shop itself.
    pub recipient_name: String,
}

/// One transaction with the names of both sides.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Of a refund, its payment; of the reversal of a refund, that refund; else empty.
    pub parent_id: String,
    /// `Pay`, `Reserve` or `Refund`.
    pub kind: String,
    /// See [`machine::State`](crate::sandbox::fps::machine::State).
    pub state: String,
    /// `CC`, `ACH` or `ABT`.
    pub method: String,
    /// Cents; of a settled reserve, what was taken.
    pub amount_minor: i64,
    /// The token that was charged.
    pub sender_token: String,
    /// Who pays; of a refund, who had paid.
    pub sender_id: String,
    /// The same by name.
    pub sender_name: String,
    /// Who is paid, by name.
    pub recipient_name: String,
    /// What it is for.
    pub reason: String,
    /// When it was asked for.
    pub received_at: i64,
    /// When it ended; 0 before.
    pub completed_at: i64,
}

#[derive(sqlx::FromRow)]
struct Charged {
    origin_id: String,
    at: i64,
    amount_minor: i64,
}

impl Tx {
    /// The tokens that an account gave for more than one charge, newest first.
    pub async fn given_tokens(&mut self, account: &str) -> Result<Vec<Given>, StateError> {
        sqlx::query_as(
            "SELECT t.*, caller.name AS caller_name, recipient.name AS recipient_name
               FROM fps_tokens t
               JOIN fps_accounts caller ON caller.id = t.caller_id
               JOIN fps_accounts recipient ON recipient.id = t.recipient_id
              WHERE t.account_id = $1 AND t.kind IN ('MultiUse', 'Recurring')
              ORDER BY CASE WHEN t.status = 'Active' THEN 0 ELSE 1 END, t.installed_at DESC, t.id LIMIT $2",
        )
        .bind(account)
        .bind(SHOWN)
        .fetch_all(self.on())
        .await
    }

    /// What counts against the limits of all the tokens an account gave, by the first of those that took each
    /// other's place.
    pub async fn uses_of_account(&mut self, account: &str) -> Result<Vec<(String, Use)>, StateError> {
        let charged: Vec<Charged> = sqlx::query_as(
            "SELECT t.origin_id, x.received_at AS at,
                    CASE WHEN x.settled_minor > 0 THEN x.settled_minor ELSE x.amount_minor END AS amount_minor
               FROM fps_tokens t JOIN fps_transactions x ON x.sender_token = t.id
              WHERE t.account_id = $1 AND t.kind IN ('MultiUse', 'Recurring')
                AND x.kind <> 'Refund' AND x.state NOT IN ('Failure', 'Cancelled')",
        )
        .bind(account)
        .fetch_all(self.on())
        .await?;
        let pair = |own: Charged| (own.origin_id, Use { at: own.at, amount_minor: own.amount_minor });
        Ok(charged.into_iter().map(pair).collect())
    }

    /// The latest transactions in which an account pays or is paid, newest first.
    pub async fn latest_of(&mut self, account: &str) -> Result<Vec<Line>, StateError> {
        sqlx::query_as(
            "SELECT x.id, x.parent_id, x.kind, x.state, x.method,
                    CASE WHEN x.settled_minor > 0 THEN x.settled_minor ELSE x.amount_minor END AS amount_minor,
                    x.sender_token, x.sender_id, sender.name AS sender_name, recipient.name AS recipient_name, x.reason,
                    x.received_at, x.completed_at
               FROM fps_transactions x
               JOIN fps_accounts sender ON sender.id = x.sender_id
               JOIN fps_accounts recipient ON recipient.id = x.recipient_id
              WHERE x.sender_id = $1 OR x.recipient_id = $2
              ORDER BY x.received_at DESC, x.seq DESC LIMIT $3",
        )
        .bind(account)
        .bind(account)
        .bind(SHOWN)
        .fetch_all(self.on())
        .await
    }

    /// Opens, suspends or closes an account. False when there is none.
    pub async fn put_account_in_state(&mut self, account: &str, state: &str) -> Result<bool, StateError> {
        let done = sqlx::query("UPDATE fps_accounts SET state = $1 WHERE id = $2")
            .bind(state)
            .bind(account)
            .execute(self.on())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Registers a developer's account as a marketplace, or strikes it off. False when there is none.
    pub async fn register_marketplace(&mut self, account: &str, is: bool) -> Result<bool, StateError> {
        let done = sqlx::query("UPDATE fps_accounts SET marketplace = $1 WHERE id = $2 AND kind = 'developer'")
            .bind(i64::from(is))
            .bind(account)
            .execute(self.on())
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

impl Line {
    /// When it came to where it is now.
    pub fn at(&self) -> Millis {
        Millis(if self.completed_at > 0 { self.completed_at } else { self.received_at })
    }
}
