//! Tokens: what buyers and sellers agreed to in the co-branded pages.

use crate::base::clock::Millis;
use crate::sandbox::fps::provider_id;
use crate::sandbox::fps::tokens::{Rule, Use};
use crate::sandbox::state::{StateError, Tx};

/// One token. At most one per caller and caller reference of the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Token {
    /// 64 characters `A-Z0-9`.
    pub id: String,
    /// The developer it was made for.
    pub caller_id: String,
    /// The buyer or seller who agreed.
    pub account_id: String,
    /// `SingleUse`, `MultiUse`, `Recurring`, or `Unrestricted` for recipient and refund tokens.
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
    /// The one amount of a single-use or recurring token, in cents; 0 otherwise.
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
    /// The [`Rule`] of a multi-use or recurring token as JSON; empty for the others.
    pub rule: String,
    /// The recipient tokens named when it was made, a comma list; empty when none was.
    pub recipients: String,
    /// The first of the tokens that took each other's place; its own id when it took nobody's.
    pub origin_id: String,
    /// The token it took the place of; its own id when it took nobody's.
    pub old_token_id: String,
    /// `caller`, `payer`, or `edit` when another one took its place; empty while it was not ended.
    pub ended_by: String,
    /// When; 0 while it was not.
    pub ended_at: i64,
}

impl Token {
    /// A new token without rules, active from `now` on.
    pub fn fresh(caller_id: &str, account_id: &str, kind: &str, caller_reference: &str, now: Millis) -> Token {
        let id = provider_id(64);
        Token {
            caller_id: caller_id.to_owned(),
            account_id: account_id.to_owned(),
            kind: kind.to_owned(),
            caller_reference: caller_reference.to_owned(),
            friendly_name: friendly_name(),
            status: "Active".to_owned(),
            installed_at: now.0,
            starts_at: now.0,
            origin_id: id.clone(),
            old_token_id: id.clone(),
            id,
            ..Token::default()
        }
    }

    /// The token that takes this one's place, paying by another method under another reference.
    pub fn edited(&self, caller_reference: &str, method: &str, now: Millis) -> Token {
        Token {
            id: provider_id(64),
            caller_reference: caller_reference.to_owned(),
            friendly_name: friendly_name(),
            installed_at: now.0,
            methods: method.to_owned(),
            old_token_id: self.id.clone(),
            ..self.clone()
        }
    }

    /// Whether it stands for more than one charge, so that it can be edited.
    pub fn is_standing(&self) -> bool {
        matches!(self.kind.as_str(), "MultiUse" | "Recurring")
    }

    /// What it allows.
    pub fn rule(&self) -> Result<Rule, StateError> {
        if !self.is_standing() {
            return Ok(Rule::Once { amount_minor: self.amount_minor });
        }
        serde_json::from_str(&self.rule).map_err(|error| StateError::Decode(error.into()))
    }

    /// Whether it can still be charged at `now`, or later: not cancelled, spent or expired.
    pub fn is_active(&self, now: Millis) -> bool {
        self.status == "Active" && !(self.expires_at > 0 && now.0 >= self.expires_at)
    }

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
                                     max_fixed_minor, max_variable_ppm, recipient_pays, spent_on, rule, recipients,
                                     origin_id, old_token_id, ended_by, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                     $22, '', 0)
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
        .bind(&token.rule)
        .bind(&token.recipients)
        .bind(&token.origin_id)
        .bind(&token.old_token_id)
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

    /// Holds an active token until the transaction ends, so that charges of it are counted one after the other.
    /// False when it is not active any more.
    pub async fn hold_token(&mut self, id: &str) -> Result<bool, StateError> {
        let done = sqlx::query("UPDATE fps_tokens SET status = status WHERE id = $1 AND status = 'Active'")
            .bind(id)
            .execute(self.on())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// What counts against the limits of a token and of those whose place it took: everything but what was
    /// refused or let go, and of a settled reserve what was taken.
    pub async fn uses_of(&mut self, origin: &str) -> Result<Vec<Use>, StateError> {
        sqlx::query_as(
            "SELECT received_at AS at, CASE WHEN settled_minor > 0 THEN settled_minor ELSE amount_minor END AS amount_minor
               FROM fps_transactions
              WHERE sender_token IN (SELECT id FROM fps_tokens WHERE origin_id = $1)
                AND kind <> 'Refund' AND state NOT IN ('Failure', 'Cancelled')
              ORDER BY received_at",
        )
        .bind(origin)
        .fetch_all(self.on())
        .await
    }

    /// Ends a token for good, with who did it. False when it was not active any more.
    pub async fn end_token(&mut self, id: &str, by: &str, now: Millis) -> Result<bool, StateError> {
        let done = sqlx::query(
            "UPDATE fps_tokens SET status = 'Inactive', ended_by = $1, ended_at = $2 WHERE id = $3 AND status = 'Active'",
        )
        .bind(by)
        .bind(now.0)
        .bind(id)
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The tokens of a caller, newest first: of one reference, of one type, or all; empty texts ask for all.
    pub async fn tokens_of_caller(
        &mut self,
        caller: &str,
        reference: &str,
        kind: &str,
    ) -> Result<Vec<Token>, StateError> {
        sqlx::query_as(
            "SELECT * FROM fps_tokens
              WHERE caller_id = $1 AND ($2 = '' OR caller_reference = $3) AND ($4 = '' OR kind = $5)
              ORDER BY installed_at DESC, id",
        )
        .bind(caller)
        .bind(reference)
        .bind(reference)
        .bind(kind)
        .bind(kind)
        .fetch_all(self.on())
        .await
    }
}

/// `Friendly` and ten digits, as in the sample.
fn friendly_name() -> String {
    format!("Friendly{}", 1_000_000_000 + u64::from(rand::random::<u32>()))
}
