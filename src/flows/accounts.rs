//! Accounts: operators, and links that set a password once.

use std::time::Duration;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::base::clock::{Clock, Millis, days};
use crate::base::ids::{self, BuyerId};
use crate::store::accounts::Account;
use crate::store::{Result, Store, Write};

/// How long an operator has to set the first password.
const OPERATOR_LINK: Duration = days(1);

/// What the database keeps of a link's token.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a link's token for `account`, good until `expires_at`; only its hash is kept.
pub async fn password_link(tx: &mut Write, account: &BuyerId, expires_at: Millis) -> Result<String> {
    let token = ids::secret();
    tx.insert_password_link(&token_hash(&token), account, expires_at).await?;
    Ok(token)
}

/// Makes `email` an operator, with an account where there is none; gives the token that sets a password.
pub async fn add_operator(store: &Store, clock: &Clock, email: &str) -> Result<String> {
    let now = clock.now();
    let mut tx = store.write().await?;
    let fresh = Account {
        id: BuyerId::fresh(),
        email: email.to_lowercase(),
        name: "Operator".to_owned(),
        password_hash: String::new(),
        is_operator: true,
        session_epoch: 0,
    };
    let account = match tx.account_by_email(email).await? {
        Some(existing) => existing,
        None => {
            tx.insert_account(&fresh, now).await?;
            fresh
        }
    };
    tx.make_operator(&account.id).await?;
    let token = password_link(&mut tx, &account.id, clock.real_now().plus(OPERATOR_LINK)).await?;
    tx.commit().await?;
    Ok(token)
}

/// At most this many passwords are hashed at once: each takes a core for a moment and 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Argon2id of a password, in PHC form, with the crate's present parameters.
pub async fn hash_password(password: &str) -> String {
    let _turn = HASHING.acquire().await;
    let password = password.to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    // An empty hash verifies no password: whoever has it sets a new one by mail.
    hashed.await.ok().and_then(|hashed| hashed.ok()).unwrap_or_default()
}

/// Whether a hash was made with other parameters than the present ones, and should be made again.
pub fn hash_is_old(hash: &str) -> bool {
    let present = argon2::Params::default();
    let made_with = PasswordHash::new(hash).ok().and_then(|hash| argon2::Params::try_from(&hash).ok());
    made_with.is_none_or(|made_with| {
        (made_with.m_cost(), made_with.t_cost(), made_with.p_cost())
            != (present.m_cost(), present.t_cost(), present.p_cost())
    })
}

/// Whether `password` is the one behind `hash`. An empty or unreadable hash takes as long and is no match.
pub async fn password_matches(password: &str, hash: &str) -> bool {
    let _turn = HASHING.acquire().await;
    let (password, hash) = (password.to_owned(), hash.to_owned());
    let verified = tokio::task::spawn_blocking(move || match PasswordHash::new(&hash) {
        Ok(hash) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        Err(_) => {
            let _ = Argon2::default().hash_password(password.as_bytes());
            false
        }
    });
    verified.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_fresh_hash_only() {
        let hash = hash_password("market-morning").await;
        assert!(password_matches("market-morning", &hash).await);
        assert!(!password_matches("market-evening", &hash).await);
        assert!(!password_matches("", "").await);
        assert!(!hash_is_old(&hash));
        assert!(hash_is_old(&hash.replace("m=19456", "m=4096")));
    }
}
