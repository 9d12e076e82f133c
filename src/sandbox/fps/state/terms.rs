//! What an account may be told to be, beside its state: its bank, its limit, its line on statements.

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// The settings of one account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Terms {
    /// Whose.
    pub account_id: String,
    /// Its name on card statements; empty for the provider's own.
    pub statement_name: String,
    /// Its customer service number.
    pub service_phone: String,
    /// 1 when its bank account is verified.
    pub bank_verified: i64,
    /// Cents it may send, and receive, within 30 days; 0 for no limit.
    pub limit_minor: i64,
}

impl Terms {
    /// What holds for an account that was told nothing.
    pub fn usual(account: &str) -> Terms {
        Terms {
            account_id: account.to_owned(),
            statement_name: String::new(),
            service_phone: "1-866-216-1072".to_owned(),
            bank_verified: 1,
            limit_minor: 0,
        }
    }
}

/// What moved on one side of all payments since an instant.
macro_rules! moved {
    ($side:literal) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN settled_minor > 0 THEN settled_minor ELSE amount_minor END), 0) AS BIGINT)
               FROM fps_transactions
              WHERE ",
            $side,
            " = $1 AND received_at > $2 AND kind <> 'Refund' AND state IN ('Pending', 'Reserved', 'Success')"
        )
    };
}

impl Tx {
    /// The settings of an account.
    pub async fn terms(&mut self, account: &str) -> Result<Terms, StateError> {
        let row: Option<Terms> = sqlx::query_as("SELECT * FROM fps_account_terms WHERE account_id = $1")
            .bind(account)
            .fetch_optional(self.on())
            .await?;
        Ok(row.unwrap_or_else(|| Terms::usual(account)))
    }

    /// Keeps the settings of an account.
    pub async fn keep_terms(&mut self, terms: &Terms) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO fps_account_terms (account_id, statement_name, service_phone, bank_verified, limit_minor)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account_id) DO UPDATE
             SET statement_name = excluded.statement_name, service_phone = excluded.service_phone,
                 bank_verified = excluded.bank_verified, limit_minor = excluded.limit_minor",
        )
        .bind(&terms.account_id)
        .bind(&terms.statement_name)
        .bind(&terms.service_phone)
        .bind(terms.bank_verified)
        .bind(terms.limit_minor)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Cents that an account sent since an instant, held ones included.
    pub async fn sent_since(&mut self, account: &str, since: Millis) -> Result<i64, StateError> {
        self.moved_since(moved!("sender_id"), account, since).await
    }

    /// Cents that an account received since an instant, held ones included.
    pub async fn received_since(&mut self, account: &str, since: Millis) -> Result<i64, StateError> {
        self.moved_since(moved!("recipient_id"), account, since).await
    }

    async fn moved_since(&mut self, text: &'static str, account: &str, since: Millis) -> Result<i64, StateError> {
        sqlx::query_scalar(text).bind(account).bind(since.0).fetch_one(self.on()).await
    }
}
