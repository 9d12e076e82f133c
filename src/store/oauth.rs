//! Links between an account and the Alexa skill, with the codes and tokens they gave: by their hashes alone.
//! Everything here runs on real time, like web sessions.

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{BuyerId, LinkId};

/// A code that was given, as it is exchanged.
#[derive(Clone, Debug)]
pub struct GivenCode {
    /// What it was given for.
    pub link: LinkId,
    /// To whom.
    pub client: String,
    /// What it allows.
    pub scope: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What its verifier hashes to.
    pub code_challenge: String,
    /// Until when it is good.
    pub expires_at: Millis,
    /// Whether it was exchanged already.
    pub is_used: bool,
    /// Whether its link has ended.
    pub is_ended: bool,
}

/// A refresh token that was given, as it is exchanged.
#[derive(Clone, Debug)]
pub struct GivenToken {
    /// What it was given for.
    pub link: LinkId,
    /// To whom.
    pub client: String,
    /// What it allows.
    pub scope: String,
    /// Until when it is good.
    pub expires_at: Millis,
    /// When another one was given in its place; none while it is fresh.
    pub used_at: Option<Millis>,
    /// Whether one that was given later was used, too.
    pub is_overtaken: bool,
    /// Whether its link has ended.
    pub is_ended: bool,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    link_id: String,
    client_id: String,
    scope: String,
    redirect_uri: String,
    code_challenge: String,
    expires_at: i64,
    is_used: i64,
    is_ended: i64,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    link_id: String,
    client_id: String,
    scope: String,
    expires_at: i64,
    used_at: Option<i64>,
    is_overtaken: i64,
    is_ended: i64,
}

/// The two kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Comes with every request of the skill.
    Access,
    /// Is exchanged for the next pair, once.
    Refresh,
}

impl TokenKind {
    fn word(self) -> &'static str {
        match self {
            TokenKind::Access => "access",
            TokenKind::Refresh => "refresh",
        }
    }
}

impl Store {
    /// Whose access token this is, while it is good and its link stands.
    pub async fn buyer_by_access_token(&self, token_hash: &str, now: Millis) -> Result<Option<BuyerId>> {
        let account: Option<String> = sqlx::query_scalar(
            "SELECT l.account_id FROM oauth_tokens t JOIN account_links l ON l.id = t.link_id
              WHERE t.token_hash = $1 AND t.kind = 'access' AND t.expires_at > $2 AND l.ended_at IS NULL",
        )
        .bind(token_hash)
        .bind(now.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        account.as_deref().map(columns::id).transpose()
    }

    /// Since when the skill is linked to this account; none where it is not.
    pub async fn linked_since(&self, account: &BuyerId) -> Result<Option<Millis>> {
        let since: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(linked_at) FROM account_links WHERE account_id = $1 AND linked_at IS NOT NULL AND ended_at IS NULL",
        )
        .bind(account.as_str())
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(since.map(Millis))
    }
}

impl Write {
    /// Writes what a buyer has allowed; it is a link from the first exchange on.
    pub async fn insert_link(
        &mut self,
        link: &LinkId,
        account: &BuyerId,
        client: &str,
        scope: &str,
        now: Millis,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO account_links (id, account_id, client_id, scope, allowed_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(link.as_str())
        .bind(account.as_str())
        .bind(client)
        .bind(scope)
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Whether a link is this account's and has not ended.
    pub async fn stands_for(&mut self, link: &LinkId, account: &BuyerId) -> Result<bool> {
        let there: Option<String> =
            sqlx::query_scalar("SELECT id FROM account_links WHERE id = $1 AND account_id = $2 AND ended_at IS NULL")
                .bind(link.as_str())
                .bind(account.as_str())
                .fetch_optional(self.connection())
                .await?;
        Ok(there.is_some())
    }

    /// Writes a code by its hash.
    pub async fn insert_code(
        &mut self,
        code_hash: &str,
        link: &LinkId,
        redirect_uri: &str,
        code_challenge: &str,
        expires_at: Millis,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO oauth_codes (code_hash, link_id, redirect_uri, code_challenge, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(code_hash)
        .bind(link.as_str())
        .bind(redirect_uri)
        .bind(code_challenge)
        .bind(expires_at.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A code by its hash, whatever became of it.
    pub async fn given_code(&mut self, code_hash: &str) -> Result<Option<GivenCode>> {
        let row: Option<CodeRow> = sqlx::query_as(
            "SELECT c.link_id, l.client_id, l.scope, c.redirect_uri, c.code_challenge, c.expires_at,
                    CASE WHEN c.used_at IS NULL THEN 0 ELSE 1 END AS is_used,
                    CASE WHEN l.ended_at IS NULL THEN 0 ELSE 1 END AS is_ended
               FROM oauth_codes c JOIN account_links l ON l.id = c.link_id WHERE c.code_hash = $1",
        )
        .bind(code_hash)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(GivenCode {
            link: columns::id(&row.link_id)?,
            client: row.client_id,
            scope: row.scope,
            redirect_uri: row.redirect_uri,
            code_challenge: row.code_challenge,
            expires_at: Millis(row.expires_at),
            is_used: row.is_used != 0,
            is_ended: row.is_ended != 0,
        }))
    }

    /// A refresh token by its hash, whatever became of it.
    pub async fn given_refresh_token(&mut self, token_hash: &str) -> Result<Option<GivenToken>> {
        let row: Option<TokenRow> = sqlx::query_as(
            "SELECT t.link_id, l.client_id, l.scope, t.expires_at, t.used_at,
                    (SELECT COUNT(*) FROM oauth_tokens n WHERE n.link_id = t.link_id AND n.kind = 'refresh'
                        AND n.token_hash <> t.token_hash AND n.used_at >= t.used_at) AS is_overtaken,
                    CASE WHEN l.ended_at IS NULL THEN 0 ELSE 1 END AS is_ended
               FROM oauth_tokens t JOIN account_links l ON l.id = t.link_id
              WHERE t.token_hash = $1 AND t.kind = 'refresh'",
        )
        .bind(token_hash)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(GivenToken {
            link: columns::id(&row.link_id)?,
            client: row.client_id,
            scope: row.scope,
            expires_at: Millis(row.expires_at),
            used_at: row.used_at.map(Millis),
            is_overtaken: row.is_overtaken != 0,
            is_ended: row.is_ended != 0,
        }))
    }

    /// Uses up a code; says whether it was still fresh, so that of two at once only one is served.
    pub async fn use_code(&mut self, code_hash: &str, now: Millis) -> Result<bool> {
        let used = sqlx::query("UPDATE oauth_codes SET used_at = $1 WHERE code_hash = $2 AND used_at IS NULL")
            .bind(now.0)
            .bind(code_hash)
            .execute(self.connection())
            .await?;
        Ok(used.rows_affected() == 1)
    }

    /// The same for a refresh token.
    pub async fn use_refresh_token(&mut self, token_hash: &str, now: Millis) -> Result<bool> {
        let used = sqlx::query("UPDATE oauth_tokens SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL")
            .bind(now.0)
            .bind(token_hash)
            .execute(self.connection())
            .await?;
        Ok(used.rows_affected() == 1)
    }

    /// Writes a token by its hash. From the first one on, the link counts as made.
    pub async fn insert_token(
        &mut self,
        token_hash: &str,
        link: &LinkId,
        kind: TokenKind,
        now: Millis,
        expires_at: Millis,
    ) -> Result<()> {
        sqlx::query("INSERT INTO oauth_tokens (token_hash, link_id, kind, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(token_hash)
            .bind(link.as_str())
            .bind(kind.word())
            .bind(expires_at.0)
            .execute(self.connection())
            .await?;
        sqlx::query("UPDATE account_links SET linked_at = $1 WHERE id = $2 AND linked_at IS NULL")
            .bind(now.0)
            .bind(link.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Ends one link: none of its codes and tokens is good any more.
    pub async fn end_link(&mut self, link: &LinkId, now: Millis) -> Result<()> {
        sqlx::query("UPDATE account_links SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL")
            .bind(now.0)
            .bind(link.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Ends all links of an account.
    pub async fn end_links_of(&mut self, account: &BuyerId, now: Millis) -> Result<()> {
        sqlx::query("UPDATE account_links SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL")
            .bind(now.0)
            .bind(account.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes codes and tokens that expired before `before`, and the links that nothing is left of.
    pub async fn forget_old_links(&mut self, before: Millis) -> Result<()> {
        sqlx::query("DELETE FROM oauth_codes WHERE expires_at < $1").bind(before.0).execute(self.connection()).await?;
        sqlx::query("DELETE FROM oauth_tokens WHERE expires_at < $1").bind(before.0).execute(self.connection()).await?;
        sqlx::query(
            "DELETE FROM account_links
              WHERE allowed_at < $1
                AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c.link_id = account_links.id)
                AND NOT EXISTS (SELECT 1 FROM oauth_tokens t WHERE t.link_id = account_links.id)",
        )
        .bind(before.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
