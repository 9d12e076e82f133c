//! Merchant accounts and their public keys.

use crate::sandbox::state::{StateError, Tx};

/// One merchant account. It has access to the sandbox only: there is no live side here.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// `MerchantID` in notifications.
    pub id: String,
    /// The only store it may name; empty for any.
    pub store_id: String,
    /// `active` or `suspended`.
    pub status: String,
    /// Where notifications go; empty for nowhere.
    pub notification_url: String,
    /// `1` (SHA-1) or `2` (SHA-256).
    pub signature_version: String,
    /// `direct`, or `pending` until the address was confirmed, then `confirmed`.
    pub subscription: String,
}

/// One public key.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct PublicKey {
    /// `SANDBOX-…`.
    pub public_key_id: String,
    /// Whose it is.
    pub merchant_id: String,
    /// `-----BEGIN PUBLIC KEY-----`.
    pub public_key_pem: String,
    /// `active` or `inactive`.
    pub status: String,
}

impl Tx {
    /// The account with this id.
    pub async fn merchant(&mut self, id: &str) -> Result<Option<Account>, StateError> {
        sqlx::query_as("SELECT * FROM apay_merchants WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// Adds or changes an account.
    pub async fn keep_merchant(&mut self, account: &Account) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO apay_merchants (id, store_id, status, notification_url, signature_version, subscription)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET store_id = excluded.store_id, status = excluded.status,
                notification_url = excluded.notification_url, signature_version = excluded.signature_version,
                subscription = excluded.subscription",
        )
        .bind(&account.id)
        .bind(&account.store_id)
        .bind(&account.status)
        .bind(&account.notification_url)
        .bind(&account.signature_version)
        .bind(&account.subscription)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// The key with this id.
    pub async fn public_key(&mut self, id: &str) -> Result<Option<PublicKey>, StateError> {
        sqlx::query_as("SELECT * FROM apay_keys WHERE public_key_id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// All keys.
    pub async fn public_keys(&mut self) -> Result<Vec<PublicKey>, StateError> {
        sqlx::query_as("SELECT * FROM apay_keys ORDER BY public_key_id").fetch_all(self.on()).await
    }

    /// Adds or changes a key.
    pub async fn keep_public_key(&mut self, key: &PublicKey) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO apay_keys (public_key_id, merchant_id, public_key_pem, status) VALUES ($1, $2, $3, $4)
             ON CONFLICT (public_key_id) DO UPDATE SET merchant_id = excluded.merchant_id,
                public_key_pem = excluded.public_key_pem, status = excluded.status",
        )
        .bind(&key.public_key_id)
        .bind(&key.merchant_id)
        .bind(&key.public_key_pem)
        .bind(&key.status)
        .execute(self.on())
        .await?;
        Ok(())
    }
}
