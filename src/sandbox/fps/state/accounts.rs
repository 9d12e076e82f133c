//! Accounts of people and developers, and the key pairs of the latter.

use crate::sandbox::state::{StateError, Tx};

/// One account: of a buyer, a seller or a developer.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// `acc_…`, or a speaking name for the seeded ones.
    pub id: String,
    /// `personal`, `business` or `developer`; personal ones cannot take cards.
    pub kind: String,
    /// Shown to shops as `buyerName` or `recipientName`.
    pub name: String,
    /// Sign-in name, unique.
    pub email: String,
    /// Argon2 of the password, with its salt; empty where nobody signs in.
    pub password_hash: String,
    /// `active`, `suspended` or `closed`.
    pub state: String,
    /// 1 when the e-mail address is verified.
    pub email_verified: i64,
    /// `VerificationComplete`, `VerificationPending` or `VerificationCompleteNoLimits`.
    pub verification: String,
    /// What the account can pay with: a comma list out of CC, ACH, ABT.
    pub methods: String,
    /// 1 when its card is refused by the bank, after having been pending.
    pub card_declines: i64,
    /// For personas: what choosing this one causes.
    pub hint: String,
    /// Where notifications of its calls go; empty for none.
    pub ipn_url: String,
    /// 1 when registered as a marketplace application (else pipelines answer NM).
    pub marketplace: i64,
    /// Order on the sign-in page; 0 for accounts made by people and developers.
    pub position: i64,
}

impl Account {
    /// Whether the account has `method` to pay with.
    pub fn has(&self, method: &str) -> bool {
        self.methods.split(',').any(|own| own == method)
    }

    /// Whether it may take card payments.
    pub fn takes_cards(&self) -> bool {
        self.kind != "personal"
    }
}

/// A key pair of a developer's account. The secret never leaves through `Debug`.
#[derive(Clone, sqlx::FromRow)]
pub struct Credential {
    /// `AWSAccessKeyId` and `callerKey`.
    pub access_key: String,
    /// What requests are signed with.
    pub secret_key: String,
    /// Whose it is.
    pub account_id: String,
    /// `active` or `inactive`.
    pub status: String,
}

impl Tx {
    /// The account with this id.
    pub async fn account(&mut self, id: &str) -> Result<Option<Account>, StateError> {
        sqlx::query_as("SELECT * FROM fps_accounts WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// The account that signs in with this address.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>, StateError> {
        sqlx::query_as("SELECT * FROM fps_accounts WHERE email = $1").bind(email).fetch_optional(self.on()).await
    }

    /// All accounts, personas first in their order.
    pub async fn accounts(&mut self) -> Result<Vec<Account>, StateError> {
        sqlx::query_as("SELECT * FROM fps_accounts ORDER BY CASE WHEN position = 0 THEN 1 ELSE 0 END, position, id")
            .fetch_all(self.on())
            .await
    }

    /// Adds an account; an id or address that exists is left as it is. True when it was added.
    pub async fn add_account(&mut self, account: &Account) -> Result<bool, StateError> {
        let done = sqlx::query(
            "INSERT INTO fps_accounts (id, kind, name, email, password_hash, state, email_verified, verification,
                                       methods, card_declines, hint, ipn_url, marketplace, position)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
        )
        .bind(&account.id)
        .bind(&account.kind)
        .bind(&account.name)
        .bind(&account.email)
        .bind(&account.password_hash)
        .bind(&account.state)
        .bind(account.email_verified)
        .bind(&account.verification)
        .bind(&account.methods)
        .bind(account.card_declines)
        .bind(&account.hint)
        .bind(&account.ipn_url)
        .bind(account.marketplace)
        .bind(account.position)
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps what may change about an account: its state, what of it is verified, what it can pay with.
    pub async fn keep_account(&mut self, account: &Account) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE fps_accounts
                SET kind = $1, state = $2, email_verified = $3, verification = $4, methods = $5, card_declines = $6,
                    marketplace = $7
              WHERE id = $8",
        )
        .bind(&account.kind)
        .bind(&account.state)
        .bind(account.email_verified)
        .bind(&account.verification)
        .bind(&account.methods)
        .bind(account.card_declines)
        .bind(account.marketplace)
        .bind(&account.id)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Sets where notifications of the account's calls go.
    pub async fn set_ipn_url(&mut self, account: &str, url: &str) -> Result<(), StateError> {
        sqlx::query("UPDATE fps_accounts SET ipn_url = $1 WHERE id = $2")
            .bind(url)
            .bind(account)
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// The key pair with this access key.
    pub async fn credential(&mut self, access_key: &str) -> Result<Option<Credential>, StateError> {
        sqlx::query_as("SELECT * FROM fps_credentials WHERE access_key = $1")
            .bind(access_key)
            .fetch_optional(self.on())
            .await
    }

    /// All key pairs.
    pub async fn credentials(&mut self) -> Result<Vec<Credential>, StateError> {
        sqlx::query_as("SELECT * FROM fps_credentials ORDER BY account_id, access_key").fetch_all(self.on()).await
    }

    /// Adds a key pair, or changes the one with this access key.
    pub async fn keep_credential(&mut self, credential: &Credential) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO fps_credentials (access_key, secret_key, account_id, status) VALUES ($1, $2, $3, $4)
             ON CONFLICT (access_key) DO UPDATE
             SET secret_key = excluded.secret_key, account_id = excluded.account_id, status = excluded.status",
        )
        .bind(&credential.access_key)
        .bind(&credential.secret_key)
        .bind(&credential.account_id)
        .bind(&credential.status)
        .execute(self.on())
        .await?;
        Ok(())
    }
}
