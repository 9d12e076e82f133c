//! Accounts and the single-use links that set a password.

use sqlx::AnyConnection;

use super::{Result, Store, StoreError, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::BuyerId;

/// Someone who can sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: BuyerId,
    /// In lower case; unique.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// Argon2id in PHC form, or empty where no password was set yet.
    pub password_hash: String,
    /// Whether the admin desk is theirs.
    pub is_operator: bool,
    /// Counted up to sign out everywhere.
    pub session_epoch: i64,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: String,
    email: String,
    name: String,
    password_hash: String,
    is_operator: i64,
    session_epoch: i64,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Account> {
        Ok(Account {
            id: columns::id(&row.id)?,
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            is_operator: row.is_operator != 0,
            session_epoch: row.session_epoch,
        })
    }
}

async fn by_email(connection: &mut AnyConnection, email: &str) -> Result<Option<Account>> {
    let row: Option<AccountRow> = sqlx::query_as(
        "SELECT id, email, name, password_hash, is_operator, session_epoch FROM accounts WHERE email = $1",
    )
    .bind(email.to_lowercase())
    .fetch_optional(connection)
    .await?;
    row.map(Account::try_from).transpose()
}

impl Store {
    /// The account with this address.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>> {
        by_email(&mut *self.read().await?, email).await
    }

    /// One account.
    pub async fn account(&self, id: &BuyerId) -> Result<Option<Account>> {
        let row: Option<AccountRow> = sqlx::query_as(
            "SELECT id, email, name, password_hash, is_operator, session_epoch FROM accounts WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *self.read().await?)
        .await?;
        row.map(Account::try_from).transpose()
    }
}

impl Write {
    /// The account with this address, inside this transaction.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        by_email(self.connection(), email).await
    }

    /// Writes a new account; says whether the address was free.
    pub async fn insert_account(&mut self, account: &Account, now: Millis) -> Result<bool> {
        let written = sqlx::query(
            "INSERT INTO accounts (id, email, name, password_hash, is_operator, session_epoch, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email) DO NOTHING",
        )
        .bind(account.id.as_str())
        .bind(account.email.to_lowercase())
        .bind(&account.name)
        .bind(&account.password_hash)
        .bind(i64::from(account.is_operator))
        .bind(account.session_epoch)
        .bind(now.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(written == 1)
    }

    /// Sets a password and signs the account out everywhere.
    pub async fn set_password(&mut self, account: &BuyerId, password_hash: &str) -> Result<()> {
        sqlx::query("UPDATE accounts SET password_hash = $1, session_epoch = session_epoch + 1 WHERE id = $2")
            .bind(password_hash)
            .bind(account.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Keeps a newer hash of the same password: nobody is signed out.
    pub async fn renew_hash(&mut self, account: &BuyerId, password_hash: &str) -> Result<()> {
        sqlx::query("UPDATE accounts SET password_hash = $1 WHERE id = $2")
            .bind(password_hash)
            .bind(account.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Makes an account an operator's.
    pub async fn make_operator(&mut self, account: &BuyerId) -> Result<()> {
        sqlx::query("UPDATE accounts SET is_operator = 1 WHERE id = $1")
            .bind(account.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Remembers a link that may set a password once, by the hash of its token.
    pub async fn insert_password_link(
        &mut self,
        token_hash: &str,
        account: &BuyerId,
        expires_at: Millis,
    ) -> Result<()> {
        sqlx::query("INSERT INTO password_links (token_hash, account_id, expires_at) VALUES ($1, $2, $3)")
            .bind(token_hash)
            .bind(account.as_str())
            .bind(expires_at.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Uses up a link that is still good; gives the account it was for.
    pub async fn use_password_link(&mut self, token_hash: &str, now: Millis) -> Result<Option<BuyerId>> {
        let account: Option<String> = sqlx::query_scalar(
            "UPDATE password_links SET used_at = $1
              WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING account_id",
        )
        .bind(now.0)
        .bind(token_hash)
        .bind(now.0)
        .fetch_optional(self.connection())
        .await?;
        account.as_deref().map(columns::id).transpose()
    }
}
