//! The provider's books for this product: double entry, so that all balances of a currency are 0 together.
//!
//! Accounts are `world:buyers` (where money comes from), `held:{merchant}` (authorised, not taken) and
//! `merchant:{merchant}` (captured less refunds). The provider's fees are settled outside of these books.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::state::{StateError, Tx};

/// Where the buyers' money comes from and goes back to.
pub const BUYERS: &str = "world:buyers";

/// What is held for a merchant.
pub fn held(merchant_id: &str) -> String {
    format!("held:{merchant_id}")
}

/// What a merchant has.
pub fn earned(merchant_id: &str) -> String {
    format!("merchant:{merchant_id}")
}

/// One account with its balance in one currency.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Holding {
    /// See the module.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor units; negative where money came from.
    pub balance_minor: i64,
}

impl Tx {
    /// Moves an amount from one account to another; 0 is left out.
    pub async fn transfer(
        &mut self,
        object_id: &str,
        at: Millis,
        from: &str,
        to: &str,
        amount: Money,
    ) -> Result<(), StateError> {
        let sides = [(from, -amount.minor), (to, amount.minor)];
        for (account, minor) in sides.into_iter().filter(|(_, minor)| *minor != 0) {
            let seq = self.next_number();
            sqlx::query(
                "INSERT INTO apay_postings (seq, at, object_id, account, currency, amount_minor)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(seq)
            .bind(at.0)
            .bind(object_id)
            .bind(account)
            .bind(amount.currency.code())
            .bind(minor)
            .execute(self.on())
            .await?;
        }
        Ok(())
    }

    /// All accounts that ever moved, with their balances.
    pub async fn holdings(&mut self) -> Result<Vec<Holding>, StateError> {
        sqlx::query_as(
            "SELECT account, currency, CAST(SUM(amount_minor) AS BIGINT) AS balance_minor FROM apay_postings
              GROUP BY account, currency ORDER BY account, currency",
        )
        .fetch_all(self.on())
        .await
    }
}
