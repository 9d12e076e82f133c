//! What an account took part in: the transactions of a time, and those that are still to move its balance.

use super::transactions::Transaction;
use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// One transaction with the names of its three parties.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Activity {
    /// The transaction.
    #[sqlx(flatten)]
    pub transaction: Transaction,
    /// The developer who asked for it.
    pub caller_name: String,
    /// Who paid (of a refund: who had paid).
    pub sender_name: String,
    /// Who was paid (of a refund: who had been paid).
    pub recipient_name: String,
}

/// Which transactions of an account are asked for; empty words ask for all.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Whose.
    pub account: &'a str,
    /// `Caller`, `Sender` or `Recipient`: what the account was in them. Who gives a refund is its sender.
    pub role: &'a str,
    /// `Pay`, `Reserve`, `Settle` or `Refund`.
    pub operation: &'a str,
    /// `CC`, `ACH` or `ABT`.
    pub method: &'a str,
    /// A [`State`](crate::sandbox::fps::machine::State) by its word.
    pub status: &'a str,
    /// Received at or after this instant.
    pub from: Millis,
    /// Received at or before this instant.
    pub until: Millis,
    /// Whether the oldest come first.
    pub is_ascending: bool,
}

macro_rules! activity {
    ($direction:literal) => {
        concat!(
            "SELECT t.*, caller.name AS caller_name, sender.name AS sender_name, recipient.name AS recipient_name
               FROM fps_transactions t
               JOIN fps_accounts caller ON caller.id = t.caller_id
               JOIN fps_accounts sender ON sender.id = t.sender_id
               JOIN fps_accounts recipient ON recipient.id = t.recipient_id
              WHERE t.received_at >= $1 AND t.received_at <= $2
                AND (t.caller_id = $3 OR (t.sender_id = $4 AND t.kind <> 'Refund') OR (t.recipient_id = $5 AND t.kind = 'Refund')
                     OR (t.recipient_id = $6 AND t.kind <> 'Refund') OR (t.sender_id = $7 AND t.kind = 'Refund'))
                AND ($8 = '' OR t.operation = $9) AND ($10 = '' OR t.method = $11) AND ($12 = '' OR t.state = $13)
              ORDER BY t.received_at ",
            $direction,
            ", t.seq ",
            $direction,
            " LIMIT $14"
        )
    };
}

impl Tx {
    /// The transactions asked for, at most `limit`.
    pub async fn activity(&mut self, asked: &Asked<'_>, limit: i64) -> Result<Vec<Activity>, StateError> {
        let text = if asked.is_ascending { activity!("ASC") } else { activity!("DESC") };
        // No account has an empty id, so an empty one leaves a role out.
        let account_as = |role: &str| if asked.role.is_empty() || asked.role == role { asked.account } else { "" };
        sqlx::query_as(text)
            .bind(asked.from.0)
            .bind(asked.until.0)
            .bind(account_as("Caller"))
            .bind(account_as("Sender"))
            .bind(account_as("Sender"))
            .bind(account_as("Recipient"))
            .bind(account_as("Recipient"))
            .bind(asked.operation)
            .bind(asked.operation)
            .bind(asked.method)
            .bind(asked.method)
            .bind(asked.status)
            .bind(asked.status)
            .bind(limit)
            .fetch_all(self.on())
            .await
    }

    /// The transactions of an account that wait for a network or a person.
    pub async fn pending_of(&mut self, account: &str) -> Result<Vec<Transaction>, StateError> {
        sqlx::query_as(
            "SELECT * FROM fps_transactions
              WHERE state = 'Pending' AND (caller_id = $1 OR sender_id = $2 OR recipient_id = $3) ORDER BY seq",
        )
        .bind(account)
        .bind(account)
        .bind(account)
        .fetch_all(self.on())
        .await
    }
}
