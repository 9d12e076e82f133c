//! The sender's token in Pay and Reserve: is it the caller's, is it its time, and does the charge fit its rule.

use super::{Call, Trouble, refuse};
use crate::base::money::Money;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::machine::Operation;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::tokens::rule::Misfit;
use crate::sandbox::state::Tx;

/// The token behind `SenderTokenId`, if it can be charged at all.
pub async fn of_sender(call: &Call<'_>, tx: &mut Tx, operation: Operation) -> Result<Token, Trouble> {
    let Some(token) = tx.token(call.params.text("SenderTokenId")).await? else {
        return refuse("InvalidTokenId_Sender");
    };
    if token.caller_id != call.caller.id {
        return refuse("IncompatibleTokens");
    }
    if token.kind != "SingleUse" && !token.is_standing() {
        return refuse("InvalidTokenId_Sender");
    }
    if !token.spent_on.is_empty() {
        // Reserve does not list the code that says so directly.
        return refuse(if operation == Operation::Pay {
            "SameTokenIdUsedMultipleTimes"
        } else {
            "TokenNotActive_Sender"
        });
    }
    if token.status != "Active" {
        return refuse("TokenNotActive_Sender");
    }
    if token.is_out_of_time(call.now) {
        return refuse("IncompatibleTokens");
    }
    Ok(token)
}

/// Whether the token may pay this recipient: the one it was made for, or one of its list, which is of tokens.
/// The caller needs no token to be paid itself.
pub fn pays(token: &Token, recipient: &Account, agreed: Option<&Token>) -> bool {
    let takes_method = agreed.is_none_or(|agreed| agreed.methods.split(',').any(|method| method == token.methods));
    let is_meant = match agreed {
        Some(agreed) if token.kind == "MultiUse" && !token.recipients.is_empty() => {
            token.recipients.split(',').any(|listed| listed == agreed.id)
        }
        _ => token.recipient_id == recipient.id,
    };
    takes_method && is_meant
}

/// Whether the charge fits the token's rule, counting what was charged before; from here to the end of the
/// transaction nobody else charges the token. Nothing is used up until the transaction is written.
pub async fn check_rule(
    call: &Call<'_>,
    tx: &mut Tx,
    token: &Token,
    operation: Operation,
    amount: Money,
) -> Result<(), Trouble> {
    if !tx.hold_token(&token.id).await? {
        return refuse("TokenNotActive_Sender");
    }
    let uses = if token.is_standing() { tx.uses_of(&token.origin_id).await? } else { Vec::new() };
    match token.rule()?.admits(amount, &uses, crate::base::clock::Millis(token.starts_at), call.now) {
        Ok(()) => Ok(()),
        Err(Misfit::Amount) => refuse("IncompatibleTokens"),
        Err(Misfit::Usage) if operation == Operation::Pay => refuse("TokenUsageError"),
        // Reserve does not list that code: the nearest one it lists, with the sentence that tells the truth.
        Err(Misfit::Usage) => {
            let message = ApiError::of("TokenUsageError").message;
            Err(ApiError { code: "TransactionDenied".to_owned(), message }.into())
        }
    }
}
