//! Everything FPS keeps, and all of its SQL: one file per subject, methods on [`Tx`].
//!
//! Flags are 0 or 1, empty text and 0 mean "none", instants are milliseconds of business time.

pub mod accounts;
pub mod activity;
pub mod claims;
pub mod ledger;
pub mod notifications;
pub mod people;
pub mod renewals;
pub mod sessions;
pub mod terms;
pub mod tokens;
pub mod transactions;

use crate::sandbox::state::{StateError, Tx};

impl Tx {
    /// Empties FPS entirely; the seeds are planted again afterwards.
    pub async fn clear_fps(&mut self) -> Result<(), StateError> {
        for statement in [
            "DELETE FROM fps_notifications",
            "DELETE FROM fps_requests",
            "DELETE FROM fps_postings",
            "DELETE FROM fps_history",
            "DELETE FROM fps_cases",
            "DELETE FROM fps_transactions",
            "DELETE FROM fps_sessions",
            "DELETE FROM fps_tokens",
            "DELETE FROM fps_account_terms",
            "DELETE FROM fps_credentials",
            "DELETE FROM fps_accounts",
        ] {
            sqlx::query(statement).execute(self.on()).await?;
        }
        Ok(())
    }
}
