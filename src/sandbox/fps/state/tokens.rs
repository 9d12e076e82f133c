//! Tokens: what buyers and sellers agreed to in the co-branded pages.

use crate::base::clock::Millis;
use crate::sandbox::state::{StateError, Tx};

/// One token. At most one per caller and caller reference of the pages.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// 64 characters `A-Z0-9`.
    pub id: String,
    /// The developer it was made for.
    pub caller_id: String,
    /// The buyer or seller who agreed.
    pub account_id: String,
    /// `SingleUse`, or `Unrestricted` for recipient and refund tokens.
    pub kind: String,
    /// The reference of the request that made it.
    pub caller_reference: String,
    /// `Friendly` and ten digits, as in the sample.
    pub friendly_name: String,
    /// `Active` or `Inactive`.
    pub status: String,
    /// When it was made.
    pub installed_at: i64,
    /// From when it may be used.
    pub starts_at: i64,
    /// Until when; 0 for no end.
    pub expires_at: i64,
    /// The chosen method of a sender, or the comma list a recipient takes.
    pub methods: String,
    /// The one amount of a single-use token, in cents; 0 otherwise.
    pub amount_minor: i64,
    /// Whom a sender token may pay; the caller itself when no recipient was named.
    pub recipient_id: String,
    /// What the buyer was told it is for.
    pub payment_reason: String,
    /// Recipient tokens: the largest fixed marketplace fee agreed to, in cents.
    pub max_fixed_minor: i64,
    /// Recipient tokens: the largest variable marketplace fee, in millionths.
    pub max_variable_ppm: i64,
    /// Recipient tokens: 1 when the recipient pays the provider's fee.
    pub recipient_pays: i64,
    /// The transaction a single-use token was used for; empty while unused.
    pub spent_on: String,
}

impl Token {
    /// Whether its time is over (or has not come) at `now`.
    pub fn is_out_of_time(&self, now: Millis) -> bool {
        now.0 < self.starts_at || (self.expires_at > 0 && now.0 >= self.expires_at)
    }
}

impl Tx {
    /// The token with this id.
    pub async fn token(&mut self, id: &str) -> Result<Option<Token>, StateError> {
        sqlx::query_as("SELECT * FROM fps_tokens WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// The token that a caller's request to the pages made.
    pub async fn token_by_reference(&mut self, caller: &str, reference: &str) -> Result<Option<Token>, StateError> {
        sqlx::query_as("SELECT * FROM fps_tokens WHERE caller_id = $1 AND caller_reference = $2")
            .bind(caller)
            .bind(reference)
            .fetch_optional(self.on())
            .await
    }

    /// Adds a token. False when the caller's reference already has one.
    pub async fn add_token(&mut self, token: &Token) -> Result<bool, StateError> {
        let done = sqlx::query(
            "INSERT INTO fps_tokens (id, caller_id, account_id, kind, caller_reference, friendly_name, status, installed_at,
                                     starts_at, expires_at, methods, amount_minor, recipient_id, payment_reason,
                                     max_fixed_minor, max_variable_ppm, recipient_pays, spent_on)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT DO NOTHING",
        )
        .bind(&token.id)
        .bind(&token.caller_id)
        .bind(&token.account_id)
        .bind(&token.kind)
        .bind(&token.caller_reference)
        .bind(&token.friendly_name)
        .bind(&token.status)
        .bind(token.installed_at)
        .bind(token.starts_at)
        .bind(token.expires_at)
        .bind(&token.methods)
        .bind(token.amount_minor)
        .bind(&token.recipient_id)
        .bind(&token.payment_reason)
        .bind(token.max_fixed_minor)
        .bind(token.max_variable_ppm)
        .bind(token.recipient_pays)
        .bind(&token.spent_on)
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Spends a single-use token on a transaction. False when it was spent already.
    pub async fn spend_token(&mut self, id: &str, transaction: &str) -> Result<bool, StateError> {
        let done = sqlx::query(
            "UPDATE fps_tokens SET status = 'Inactive', spent_on = $1 WHERE id = $2 AND spent_on = '' AND status = 'Active'",
        )
        .bind(transaction)
        .bind(id)
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a single-use token back after the charge it was spent on was refused.
    pub async fn give_token_back(&mut self, transaction: &str) -> Result<(), StateError> {
        sqlx::query("UPDATE fps_tokens SET status = 'Active', spent_on = '' WHERE spent_on = $1")
            .bind(transaction)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// Ends a token for good.
    pub async fn cancel_token(&mut self, id: &str) -> Result<bool, StateError> {
        let done = sqlx::query("UPDATE fps_tokens SET status = 'Inactive' WHERE id = $1 AND status = 'Active'")
            .bind(id)
            .execute(self.on())
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
