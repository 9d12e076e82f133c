//! `GetTokenUsage` and `GetTokens`: beyond the guide's actions, their types are in it.

use super::look::{date_time, described};
use super::{Call, Trouble, refuse};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::tokens::Measure;
use crate::sandbox::fps::wire::Xml;
use crate::sandbox::state::Tx;

/// `GetTokenUsage`: up to three limits, each with its latest window and the one before.
pub async fn usage(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let token = tx.token(call.params.text("TokenId")).await?.filter(|token| token.caller_id == call.caller.id);
    let Some(token) = token else { return refuse("InvalidTokenId") };
    if !token.is_standing() {
        return refuse("InvalidTokenType");
    }
    let uses = tx.uses_of(&token.origin_id).await?;
    let mut result = Xml::default();
    for (limit, usage) in token.rule()?.usage(&uses, Millis(token.starts_at), call.now) {
        let counted = match limit.measure {
            Measure::Amount => Xml::default()
                .amount("Amount", Money::usd(usage.now))
                .amount("LastResetAmount", Money::usd(usage.before)),
            Measure::Count => {
                Xml::default().leaf("Count", &usage.now.to_string()).leaf("LastResetCount", &usage.before.to_string())
            }
        };
        result = result.nest("TokenUsageLimits", counted.leaf("LastResetTimestamp", &date_time(usage.since.0)));
    }
    Ok(result)
}

/// `GetTokens`: the caller's tokens, newest first, of a reference, a status or a type.
pub async fn tokens(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let params = call.params;
    let tokens = tx.tokens_of_caller(&call.caller.id, params.text("CallerReference"), params.text("TokenType")).await?;
    let is_asked = |is_active: bool| match params.get("TokenStatus") {
        Some(status) => is_active == (status == "Active"),
        None => true,
    };
    let asked = tokens.iter().filter(|token| is_asked(token.is_active(call.now)));
    Ok(asked.fold(Xml::default(), |all, token| all.nest("Token", described(token, call.now))))
}
