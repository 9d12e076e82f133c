//! Recipients that are there without a walk through the pages: the sellers of a seeded market.

use super::personas::{CALLER, PASSWORD, blank_account, hash};
use super::state::accounts::Account;
use super::state::tokens::Token;
use crate::base::clock::Millis;
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::state::StateError;

/// A business that has agreed to be paid through the marketplace.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The business.
    pub name: String,
    /// Its sign-in; an existing account of this address is taken as it is.
    pub email: String,
    /// The reference of the agreement: the same one gives the same token.
    pub caller_reference: String,
    /// The largest fixed marketplace fee agreed to, in cents.
    pub max_fixed_minor: i64,
    /// The largest variable fee, in hundredths of a percent.
    pub max_variable_bp: i64,
    /// Whether the seller pays the service's fee: `recipientPaysFee`.
    pub pays_fee: bool,
}

impl Sandbox {
    /// Makes the accounts and their recipient tokens for the marketplace, all or none, and gives the
    /// tokens' ids in the same order.
    pub async fn plant_recipients(&self, recipients: &[Recipient]) -> Result<Vec<String>, StateError> {
        let password_hash = hash(PASSWORD);
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        let mut tokens = Vec::with_capacity(recipients.len());
        for recipient in recipients {
            if let Some(token) = tx.token_by_reference(CALLER, &recipient.caller_reference).await? {
                tokens.push(token.id);
                continue;
            }
            let account = match tx.account_by_email(&recipient.email).await? {
                Some(existing) => existing.id,
                None => {
                    let account = recipient.account(&password_hash);
                    tx.add_account(&account).await?;
                    account.id
                }
            };
            let token = recipient.token(&account, now);
            tx.add_token(&token).await?;
            tokens.push(token.id);
        }
        tx.commit().await?;
        Ok(tokens)
    }
}

impl Recipient {
    fn account(&self, password_hash: &str) -> Account {
        Account {
            id: ids::fresh("acc"),
            kind: "business".to_owned(),
            name: self.name.clone(),
            email: self.email.clone(),
            password_hash: password_hash.to_owned(),
            methods: "ACH,ABT".to_owned(),
            ..blank_account()
        }
    }

    fn token(&self, account_id: &str, now: Millis) -> Token {
        Token {
            starts_at: 0,
            methods: "CC,ACH,ABT".to_owned(),
            max_fixed_minor: self.max_fixed_minor,
            max_variable_ppm: self.max_variable_bp * 100,
            recipient_pays: i64::from(self.pays_fee),
            ..Token::fresh(CALLER, account_id, "Unrestricted", &self.caller_reference, now)
        }
    }
}
