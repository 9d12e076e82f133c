//! Tokens that stand: whether they can be charged, what was used of them, and how they end.
//!
//! ```text
//! <TokenUsageLimits><Amount><CurrencyCode>USD</CurrencyCode><Value>12.50</Value></Amount>…</TokenUsageLimits>
//! ```
//!
//! A token says only that it is `Active` or `Inactive`, and never comes back: whether its card is any
//! good shows when it is charged. Source: the guide, "CancelToken", "Complex Data Types".

use crate::base::money::Money;
use crate::orders::agreement::{Terms, Used};
use crate::orders::operation::{Operation, Request};
use crate::orders::outcome::{Outcome, Validity};
use crate::pay::Answer;
use crate::pay::fps::answers::{Acknowledged, Token, TokenAnswer, UsageAnswer, UsageResult};
use crate::pay::fps::client::Miss;
use crate::pay::fps::provider::{FpsProvider, missed, not_sent, unanswered};
use crate::pay::fps::recover::{not_told, undecided};
use crate::pay::fps::wire::{Ask, WireError};

/// The reference of our own recipient token, which every list of sellers has to include. The
/// marketplace goes through the Recipient pipeline once with it.
/// Source: the guide, "Multi-Use Token API", `recipientTokenList`.
pub const OWN_RECIPIENT: &str = "marketplace-recipient";

/// Refusals of `CancelToken` that may mean that it is cancelled already.
const MAY_BE_OVER: [&str; 4] = ["InvalidTokenId", "TokenNotActive", "TokenAccessDenied", "DuplicateRequest"];

impl FpsProvider {
    /// Our own recipient token, where the approval that `operation` asks for names a list of sellers.
    pub(super) async fn own_recipient_for(&self, operation: &Operation) -> Result<Option<String>, Miss> {
        match operation.request {
            Request::Consent { standing: Some(Terms::Saved), .. } | Request::ConsentAll { .. } => {
                self.own_recipient().await
            }
            _ => Ok(None),
        }
    }

    /// Our own recipient token, where the marketplace has gone through the Recipient pipeline.
    pub(super) async fn own_recipient(&self) -> Result<Option<String>, Miss> {
        if let Some(known) = self.own_recipient.get() {
            return Ok(Some(known.clone()));
        }
        let found = self.token(OWN_RECIPIENT).await?.filter(|token| token.status == "Active");
        Ok(found.map(|token| self.own_recipient.get_or_init(|| token.id).clone()))
    }

    /// A token as it is now.
    pub(super) async fn look_at_token(&self, token: &str) -> Outcome {
        let ask = Ask::TokenById { token: token.to_owned() };
        match self.fps.ask::<TokenAnswer>(&ask).await {
            Ok(answer) => approval(answer.result.token),
            Err(Miss::Complaint(no)) if no.code == "InvalidTokenId" => ended(token, no.code),
            Err(miss) => not_told(miss),
        }
    }

    /// Cancels the token. "No" may mean that an earlier call did it, or the buyer: the token says so.
    pub(super) async fn cancel_token(&self, operation: &Operation) -> Outcome {
        let (ask, Request::Withdraw { consent }) = (Ask::of(operation), &operation.request) else {
            return Outcome::Refused(not_sent(&WireError::NotSendable(operation.kind.word())));
        };
        let ask = match ask {
            Ok(ask) => ask,
            Err(why) => return Outcome::Refused(not_sent(&why)),
        };
        match self.fps.ask::<Acknowledged>(&ask).await {
            Ok(_) => ended(consent, "CancelToken".to_owned()),
            Err(Miss::Complaint(no)) if MAY_BE_OVER.contains(&no.code.as_str()) => {
                match self.look_at_token(consent).await {
                    over @ Outcome::Approval { validity: Validity::Ended(_), .. } => over,
                    _ => missed(operation.kind, Miss::Complaint(no)),
                }
            }
            Err(miss) => missed(operation.kind, miss),
        }
    }

    /// What became of a cancellation whose answer was lost.
    pub(super) async fn look_for_closure(&self, consent: &str) -> Outcome {
        match self.look_at_token(consent).await {
            Outcome::Approval { validity: Validity::Chargeable | Validity::Paused(_), .. } => Outcome::NeverArrived,
            outcome => outcome,
        }
    }

    /// What was used of a token's limits.
    pub(super) async fn usage(&self, token: &str) -> Answer<Option<Used>> {
        let ask = Ask::TokenUsage { token: token.to_owned() };
        match self.fps.ask::<UsageAnswer>(&ask).await {
            Ok(answer) => match used(&answer.result) {
                Ok(used) => Answer::Done(used),
                Err(why) => Answer::Silent(why.to_string()),
            },
            Err(miss) => unanswered(miss),
        }
    }
}

fn ended(token: &str, code: String) -> Outcome {
    Outcome::Approval { consent: token.to_owned(), validity: Validity::Ended(code), method: None }
}

fn approval(token: Token) -> Outcome {
    match token.status.as_str() {
        "Active" => Outcome::Approval { consent: token.id, validity: Validity::Chargeable, method: None },
        "Inactive" => ended(&token.id, token.status),
        other => undecided(other),
    }
}

/// The limits have no names. Of two by amount, the one for the token's whole life can never show less
/// than the one that begins anew each month.
fn used(result: &UsageResult) -> Result<Option<Used>, WireError> {
    let amounts: Vec<Money> = result
        .limits
        .iter()
        .filter_map(|limit| limit.amount.as_ref())
        .map(|it| it.money())
        .collect::<Result<_, _>>()?;
    let counts: Vec<i64> = result
        .limits
        .iter()
        .filter_map(|limit| limit.count.as_ref())
        .map(|text| text.parse().map_err(|_| WireError::NotUnderstood(format!("{text:?} is no count"))))
        .collect::<Result<_, _>>()?;
    let (Some(total), Some(month)) = (amounts.iter().max(), amounts.iter().min()) else { return Ok(None) };
    let day_count = counts.into_iter().max().unwrap_or(0);
    Ok(Some(Used { total_minor: total.minor, month_minor: month.minor, day_count }))
}

#[cfg(test)]
mod tests;
