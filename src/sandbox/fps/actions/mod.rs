//! What each API action does, once the request is known to be genuine and well formed.
//!
//! An action checks everything first and writes last, inside the transaction it is given; a refusal
//! therefore leaves nothing behind but the remembered answer.

pub mod activity;
pub mod book;
pub mod charge;
pub mod claims;
pub mod give_back;
pub mod look;
pub mod made_up;
pub mod report;
pub mod settle;
pub mod standing;
pub mod token;
pub mod usage;

use super::codes::ApiError;
use super::state::accounts::Account;
use super::wire::{Params, Xml};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{StateError, Tx};

/// One genuine, well-formed call.
pub struct Call<'a> {
    /// Where it arrived.
    pub sandbox: &'a Sandbox,
    /// The developer who signed it.
    pub caller: &'a Account,
    /// Its action.
    pub action: &'static str,
    /// Its parameters.
    pub params: &'a Params,
    /// Business time of its arrival.
    pub now: Millis,
}

impl Call<'_> {
    /// Where notifications about this request go: the address that it names, or else the account's. What an earlier
    /// request named was for that one.
    pub fn ipn_url(&self) -> String {
        self.params.get("OverrideIPNURL").unwrap_or(&self.caller.ipn_url).to_owned()
    }
}

/// Why an action came to no good answer.
#[derive(Debug)]
pub enum Trouble {
    /// A normal refusal: the caller hears the code.
    Refused(ApiError),
    /// Our own database failed: the caller hears `InternalError`, nothing is kept.
    Broken(StateError),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Trouble {
        Trouble::Refused(error)
    }
}

impl From<StateError> for Trouble {
    fn from(error: StateError) -> Trouble {
        Trouble::Broken(error)
    }
}

/// A refusal with the guide's own sentence.
pub fn refuse<T>(code: &str) -> Result<T, Trouble> {
    Err(Trouble::Refused(ApiError::of(code)))
}

/// Whether the action remembers its caller reference.
pub fn is_remembered(action: &str) -> bool {
    matches!(action, "Pay" | "Reserve" | "Refund")
}

/// Whether the action only reads.
pub fn only_reads(action: &str) -> bool {
    matches!(
        action,
        "GetTokenByCaller"
            | "GetTransactionStatus"
            | "GetTransaction"
            | "GetAccountActivity"
            | "GetAccountBalance"
            | "GetTokens"
            | "GetTokenUsage"
            | "GetRecipientVerificationStatus"
            | "VerifySignature"
    )
}

/// Does the action; the good answer is the inside of its result element.
pub async fn perform(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    match call.action {
        "Pay" | "Reserve" => charge::charge(call, tx).await,
        "Settle" => settle::settle(call, tx).await,
        "Cancel" => settle::cancel(call, tx).await,
        "Refund" => give_back::refund(call, tx).await,
        "CancelToken" => give_back::cancel_token(call, tx).await,
        "GetTokenByCaller" => look::token(call, tx).await,
        "GetTokens" => usage::tokens(call, tx).await,
        "GetTokenUsage" => usage::usage(call, tx).await,
        "GetTransactionStatus" => look::transaction_status(call, tx).await,
        "GetTransaction" => report::transaction(call, tx).await,
        "GetAccountActivity" => activity::activity(call, tx).await,
        "GetAccountBalance" => activity::balance(call, tx).await,
        "GetRecipientVerificationStatus" => look::recipient_verification(call, tx).await,
        "VerifySignature" => look::verify_signature(call),
        _ => refuse("InvalidAction"),
    }
}
