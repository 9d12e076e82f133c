//! Who is going to be paid: behind the recipient tokens that the request names, behind those of the token
//! that is edited, or the caller itself.

use crate::base::clock::Millis;
use crate::sandbox::fps::rules::cbui::{Pipeline, Request};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::state::{StateError, Tx};

/// One account that will be paid.
pub struct Payee {
    /// Whose it is.
    pub account: Account,
    /// The methods it takes, a comma list.
    pub takes: String,
}

impl Payee {
    /// Whether it can be paid by `method`.
    pub fn can_take(&self, method: &str) -> bool {
        self.takes.split(',').any(|own| own == method) && (method != "CC" || self.account.takes_cards())
    }
}

/// The token that an EditToken request names, if it is one of the caller's that can be edited.
pub async fn edited(
    tx: &mut Tx,
    request: &Request,
    caller: &Account,
    now: Millis,
) -> Result<Option<Token>, StateError> {
    if request.pipeline() != Some(Pipeline::EditToken) {
        return Ok(None);
    }
    let token = tx.token(request.text("tokenID")).await?;
    Ok(token.filter(|token| token.caller_id == caller.id && token.is_standing() && token.is_active(now)))
}

/// Everybody who will be paid, at least one; `None` when a token among them is none of the caller's, or
/// when a list leaves out the caller's own.
pub async fn find(
    tx: &mut Tx,
    request: &Request,
    caller: &Account,
    edited: Option<&Token>,
) -> Result<Option<Vec<Payee>>, StateError> {
    let named = match edited {
        Some(token) => token.recipients.split(',').filter(|id| !id.is_empty()).collect(),
        None => request.recipient_tokens(),
    };
    if named.is_empty() {
        return Ok(Some(vec![Payee { account: caller.clone(), takes: "CC,ACH,ABT".to_owned() }]));
    }
    let mut payees = Vec::with_capacity(named.len());
    for id in named {
        let token = tx.token(id).await?.filter(|token| {
            token.caller_id == caller.id
                && token.kind == "Unrestricted"
                && (token.status == "Active" || edited.is_some())
                && !token.methods.is_empty()
        });
        let Some(token) = token else { return Ok(None) };
        let Some(account) = tx.account(&token.account_id).await? else { return Ok(None) };
        payees.push(Payee { account, takes: token.methods });
    }
    let must_be_in = request.pipeline() == Some(Pipeline::MultiUse);
    let is_whole = !must_be_in || payees.iter().any(|payee| payee.account.id == caller.id);
    Ok(is_whole.then_some(payees))
}
