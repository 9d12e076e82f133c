//! Recipients that are there without a walk through the pages: the sellers of a seeded market.

use super::personas::{CALLER, PASSWORD, blank_account, hash};
use super::provider_id;
use super::state::accounts::Account;
use super::state::tokens::Token;
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
}

impl Sandbox {
    /// Makes the account and its recipient token for the marketplace, and gives the token's id.
    pub async fn plant_recipient(&self, recipient: &Recipient) -> Result<String, StateError> {
        let mut tx = self.db().write().await?;
        if let Some(token) = tx.token_by_reference(CALLER, &recipient.caller_reference).await? {
            return Ok(token.id);
        }
        let account = Account {
            id: ids::fresh("acc"),
            kind: "business".to_owned(),
            name: recipient.name.clone(),
            email: recipient.email.clone(),
            password_hash: hash(PASSWORD),
            methods: "ACH,ABT".to_owned(),
            ..blank_account()
        };
        let account = match tx.account_by_email(&recipient.email).await? {
            Some(existing) => existing,
            None => {
                tx.add_account(&account).await?;
                account
            }
        };
        let token = Token {
            id: provider_id(64),
            caller_id: CALLER.to_owned(),
            account_id: account.id,
            kind: "Unrestricted".to_owned(),
            caller_reference: recipient.caller_reference.clone(),
            friendly_name: format!("Friendly{}", 1_000_000_000 + u64::from(rand::random::<u32>())),
            status: "Active".to_owned(),
            installed_at: self.clock().now().0,
            starts_at: 0,
            expires_at: 0,
            methods: "CC,ACH,ABT".to_owned(),
            amount_minor: 0,
            recipient_id: String::new(),
            payment_reason: String::new(),
            max_fixed_minor: recipient.max_fixed_minor,
            max_variable_ppm: recipient.max_variable_bp * 100,
            recipient_pays: 1,
            spent_on: String::new(),
        };
        tx.add_token(&token).await?;
        tx.commit().await?;
        Ok(token.id)
    }
}
