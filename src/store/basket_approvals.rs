//! Approvals for the orders of one basket together, and whether an order still lives on one.

use super::{Result, Write};
use crate::base::clock::Millis;
use crate::base::ids::CheckoutId;

impl Write {
    /// Keeps that `consent` was given for the orders of `checkout`. The same twice is kept once.
    pub async fn keep_basket_approval(
        &mut self,
        provider: &str,
        consent: &str,
        checkout: &CheckoutId,
        now: Millis,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO basket_approvals (provider, consent, checkout_id, given_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(provider)
        .bind(consent)
        .bind(checkout.as_str())
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Whether `consent` was given for the orders of a basket together.
    pub async fn is_basket_approval(&mut self, provider: &str, consent: &str) -> Result<bool> {
        let found: Option<String> =
            sqlx::query_scalar("SELECT checkout_id FROM basket_approvals WHERE provider = $1 AND consent = $2 LIMIT 1")
                .bind(provider)
                .bind(consent)
                .fetch_optional(self.connection())
                .await?;
        Ok(found.is_some())
    }

    /// Marks the approvals of `checkout` on which no order lives any more, each once: provider and approval. An
    /// order lives on it until its money was taken or will never be.
    pub async fn spent_basket_approvals(
        &mut self,
        checkout: &CheckoutId,
        now: Millis,
    ) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query_as(
            "UPDATE basket_approvals SET let_go_at = $1
              WHERE checkout_id = $2 AND let_go_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM orders o
                                 WHERE o.checkout_id = basket_approvals.checkout_id
                                   AND o.consent = basket_approvals.consent AND o.state IN ('consented', 'reserved'))
          RETURNING provider, consent",
        )
        .bind(now.0)
        .bind(checkout.as_str())
        .fetch_all(self.connection())
        .await?)
    }
}
