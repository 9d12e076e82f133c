//! Links an account to the Alexa skill: our own OAuth 2 authorisation code grant with PKCE.
//!
//! One act of the buyer is one link. Codes and tokens belong to it, so that ending it ends them all. A code or a
//! refresh token that comes a second time was copied by somebody: the link ends. Real time throughout. Only a refresh
//! token whose answer was lost may come again, soon.
//!
//! Sources: RFC 6749, sections 4.1 and 6; RFC 7636; RFC 9700, section 4.14.

pub mod request;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::request::{Asked, SCOPE};
use super::Context;
use super::accounts::token_hash;
use crate::base::clock::{Millis, days, hours, minutes};
use crate::base::ids::{self, BuyerId, LinkId};
use crate::base::secret::Secret;
use crate::store::oauth::TokenKind;
use crate::store::{Result, Write, retried};

/// How long a code can be exchanged. Source: RFC 6749, section 4.1.2.
pub const CODE_LIVES: Duration = minutes(10);

/// How long an access token is good.
pub const ACCESS_LIVES: Duration = hours(1);

/// How long a refresh token waits to be used.
const REFRESH_LIVES: Duration = days(365);

/// How long the same refresh token is taken again, where the refresh token that was given for it was not used: an
/// answer of ours was lost on its way. Source: RFC 9700, section 4.14.2, which leaves it to the server. Both pairs are good then, and whoever
/// copied the token has as long to use it: the price of not unlinking people whose network failed.
const LOST_ANSWER: Duration = minutes(1);

/// Who may ask for a link: Amazon, as the settings name it.
#[derive(Clone, Debug)]
pub struct Client {
    /// What it calls itself.
    pub id: String,
    /// What it proves that with.
    pub secret: Secret,
    /// Where the answer may go: one of them, to the letter.
    pub redirect_urls: Vec<String>,
}

impl Client {
    /// Whether id and secret are this client's. Takes as long for a wrong one.
    pub fn is(&self, id: &str, secret: &str) -> bool {
        let same = |a: &str, b: &str| Sha256::digest(a).as_slice().ct_eq(Sha256::digest(b).as_slice());
        bool::from(same(id, &self.id) & same(secret, self.secret.reveal()))
    }
}

/// What a client brings to the exchange.
#[derive(Clone, Copy, Debug)]
pub enum Grant<'a> {
    /// The code that the buyer's browser carried.
    Code {
        /// The code.
        code: &'a str,
        /// The address it was sent to.
        redirect_uri: &'a str,
        /// What hashes to the challenge.
        code_verifier: &'a str,
    },
    /// The token that came with the last pair.
    Refresh {
        /// The token.
        token: &'a str,
    },
}

/// What a client gets for it.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Good for an hour.
    pub access: Secret,
    /// Good for the next exchange.
    pub refresh: Secret,
    /// What they allow.
    pub scope: String,
}

/// The buyer allows a link. Gives the code that goes to the client. `key` is the form's: a second submit is the
/// same link, with a code of its own, because the first code is kept by nobody.
pub async fn allow(ctx: &Context, client: &Client, buyer: &BuyerId, asked: &Asked, key: &str) -> Result<String> {
    retried(async || {
        let now = ctx.clock.real_now();
        let (mut tx, fresh, code) = (ctx.store.write().await?, LinkId::fresh(), ids::token());
        let first = tx.use_form_key(key, fresh.as_str(), ctx.clock.now()).await?.and_then(|id| id.parse().ok());
        let link = match first {
            Some(first) if tx.stands_for(&first, buyer).await? => first,
            _ => {
                tx.insert_link(&fresh, buyer, &client.id, SCOPE, now).await?;
                fresh
            }
        };
        let expires_at = now.plus(CODE_LIVES);
        tx.insert_code(&token_hash(&code), &link, &asked.redirect_uri, &asked.code_challenge, expires_at).await?;
        tx.commit().await?;
        Ok(code)
    })
    .await
}

/// Exchanges a code or a refresh token for a pair of tokens; none where it is not good for one.
pub async fn exchange(ctx: &Context, client: &Client, grant: Grant<'_>) -> Result<Option<Tokens>> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        let now = ctx.clock.real_now();
        let given = match grant {
            Grant::Code { code, redirect_uri, code_verifier } => {
                let hash = token_hash(code);
                by_code(&mut tx, client, &hash, redirect_uri, code_verifier, now).await?
            }
            Grant::Refresh { token } => by_refresh_token(&mut tx, client, &token_hash(token), now).await?,
        };
        let tokens = match given {
            Given::Nothing => return Ok(None),
            Given::Twice(link) => {
                tracing::warn!(%link, "a code or refresh token came a second time: the account is unlinked");
                tx.end_link(&link, now).await?;
                None
            }
            Given::Good(link, scope) => Some(give(&mut tx, &link, scope, now).await?),
        };
        tx.commit().await?;
        Ok(tokens)
    })
    .await
}

/// What became of a grant.
enum Given {
    /// Unknown, too old, of another client, or its link has ended.
    Nothing,
    /// It was exchanged before.
    Twice(LinkId),
    /// Good for tokens of this link and scope.
    Good(LinkId, String),
}

async fn by_code(
    tx: &mut Write,
    client: &Client,
    hash: &str,
    redirect_uri: &str,
    verifier: &str,
    now: Millis,
) -> Result<Given> {
    let Some(code) = tx.given_code(hash).await? else { return Ok(Given::Nothing) };
    let is_theirs = code.client == client.id && code.redirect_uri == redirect_uri;
    if !is_theirs || code.is_ended || !matches_challenge(verifier, &code.code_challenge) {
        return Ok(Given::Nothing);
    }
    if code.is_used {
        return Ok(Given::Twice(code.link));
    }
    if code.expires_at <= now {
        return Ok(Given::Nothing);
    }
    let is_first = tx.use_code(hash, now).await?;
    Ok(if is_first { Given::Good(code.link, code.scope) } else { Given::Twice(code.link) })
}

async fn by_refresh_token(tx: &mut Write, client: &Client, hash: &str, now: Millis) -> Result<Given> {
    let Some(token) = tx.given_refresh_token(hash).await? else { return Ok(Given::Nothing) };
    if token.client != client.id || token.is_ended {
        return Ok(Given::Nothing);
    }
    if let Some(used_at) = token.used_at {
        let was_lost = !token.is_overtaken && now.since(used_at) < LOST_ANSWER;
        return Ok(if was_lost { Given::Good(token.link, token.scope) } else { Given::Twice(token.link) });
    }
    if token.expires_at <= now {
        return Ok(Given::Nothing);
    }
    let is_first = tx.use_refresh_token(hash, now).await?;
    Ok(if is_first { Given::Good(token.link, token.scope) } else { Given::Twice(token.link) })
}

async fn give(tx: &mut Write, link: &LinkId, scope: String, now: Millis) -> Result<Tokens> {
    let (access, refresh) = (ids::token(), ids::token());
    for (token, kind, lives) in
        [(&access, TokenKind::Access, ACCESS_LIVES), (&refresh, TokenKind::Refresh, REFRESH_LIVES)]
    {
        tx.insert_token(&token_hash(token), link, kind, now, now.plus(lives)).await?;
    }
    Ok(Tokens { access: Secret::new(access), refresh: Secret::new(refresh), scope })
}

/// RFC 7636, section 4.6; a verifier is 43 to 128 plain characters.
fn matches_challenge(verifier: &str, challenge: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let is_verifier = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_plain);
    is_verifier && bool::from(hashed.as_bytes().ct_eq(challenge.as_bytes()))
}

/// Whose access token this is; none where it is unknown, too old or revoked.
pub async fn buyer_of(ctx: &Context, access_token: &str) -> Result<Option<BuyerId>> {
    ctx.store.buyer_by_access_token(&token_hash(access_token), ctx.clock.real_now()).await
}

/// The buyer ends all links of the account: no token is good any more. Harmless where there is none.
pub async fn unlink(ctx: &Context, buyer: &BuyerId) -> Result<()> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        tx.end_links_of(buyer, ctx.clock.real_now()).await?;
        tx.commit().await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_matches_its_own_challenge_only() {
        // the example of RFC 7636, appendix B
        let (verifier, challenge) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(matches_challenge(verifier, challenge));
        assert!(!matches_challenge(&verifier.replace('d', "e"), challenge));
        assert!(!matches_challenge(challenge, challenge));
        let short = "a".repeat(42);
        assert!(!matches_challenge(&short, &URL_SAFE_NO_PAD.encode(Sha256::digest(&short))));
    }

    #[test]
    fn a_client_is_known_by_id_and_secret_together() {
        let client = Client { id: "alexa".into(), secret: Secret::new("right"), redirect_urls: Vec::new() };
        assert!(client.is("alexa", "right"));
        for (id, secret) in [("alexa", "wrong"), ("other", "right"), ("", ""), ("alexa", "")] {
            assert!(!client.is(id, secret), "{id} {secret}");
        }
        assert!(!format!("{client:?}").contains("right"));
    }
}
