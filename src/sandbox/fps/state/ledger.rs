//! The provider's books: double entry, so that all balances together are 0 at every instant.
//!
//! Accounts are `account:{id}` (a balance held here), `fee:fps` (what the provider earned),
//! `world:cards`, `world:banks` and `world:opening` (where money comes from and goes to).

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// The provider's own earnings.
pub const FEES: &str = "fee:fps";
/// Where opening balances come from.
pub const OPENING: &str = "world:opening";
/// The banks behind recipients and bank buyers.
pub const BANKS: &str = "world:banks";

/// One account with its balance.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Balance {
    /// See the module.
    pub account: String,
    /// Cents; negative where money came from.
    pub balance_minor: i64,
}

/// The balance that an account holds here.
pub fn balance_of(account_id: &str) -> String {
    format!("account:{account_id}")
}

/// Where the money of a payment comes from, and a refund goes back to.
pub fn source(method: &str, sender_id: &str) -> String {
    match method {
        "CC" => "world:cards".to_owned(),
        "ACH" => BANKS.to_owned(),
        _ => balance_of(sender_id),
    }
}

impl Tx {
    /// Writes one entry: moves from one account to another; moves of 0 are left out.
    pub async fn post(&mut self, transaction: &str, at: Millis, moves: &[(&str, &str, i64)]) -> Result<(), StateError> {
        for (from, to, amount) in moves.iter().filter(|(.., amount)| *amount != 0) {
            self.posting(transaction, at, from, -amount).await?;
            self.posting(transaction, at, to, *amount).await?;
        }
        Ok(())
    }

    async fn posting(&mut self, transaction: &str, at: Millis, account: &str, amount: i64) -> Result<(), StateError> {
        let seq = self.next_number();
        sqlx::query(
            "INSERT INTO fps_postings (seq, at, transaction_id, account, amount_minor) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(seq)
        .bind(at.0)
        .bind(transaction)
        .bind(account)
        .bind(amount)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// What an account holds, in cents.
    pub async fn balance(&mut self, account: &str) -> Result<i64, StateError> {
        sqlx::query_scalar("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM fps_postings WHERE account = $1")
            .bind(account)
            .fetch_one(self.on())
            .await
    }

    /// All accounts that ever moved, with their balances.
    pub async fn balances(&mut self) -> Result<Vec<Balance>, StateError> {
        sqlx::query_as(
            "SELECT account, CAST(SUM(amount_minor) AS BIGINT) AS balance_minor FROM fps_postings GROUP BY account ORDER BY account",
        )
        .fetch_all(self.on())
        .await
    }
}
