//! What FPS tells us by itself: people who come back, and notifications.
//!
//! Nothing is believed before `VerifySignature` said Success over the raw bytes and our own address;
//! checking on our side was withdrawn on 10 February 2011. A notice is then a reason to look at the
//! transaction, and what is found there is the outcome. Source: the guide, "Verifying the ReturnURL
//! and IPN Notifications".

use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::orders::outcome::Outcome;
use crate::pay::fps::answers::{Moved, Transaction, TransactionState, VerifyAnswer};
use crate::pay::fps::client::Miss;
use crate::pay::fps::fields::Fields;
use crate::pay::fps::provider::{FpsProvider, fees, unanswered};
use crate::pay::fps::recover::not_told;
use crate::pay::fps::status::{self, Circumstances, Meaning, Status};
use crate::pay::fps::wire::Ask;
use crate::pay::fps::{cbui, notices, reversals};
use crate::pay::{Answer, Doubt, News, RawNotification, ReturnNews, Returned};

impl FpsProvider {
    pub(super) async fn read_return(&self, returned: &Returned) -> Answer<Result<ReturnNews, Doubt>> {
        self.if_genuine(&returned.endpoint, &returned.raw, cbui::read_return).await
    }

    pub(super) async fn read_notice(&self, notification: &RawNotification) -> Answer<Result<News, Doubt>> {
        match std::str::from_utf8(&notification.body) {
            Ok(body) => self.if_genuine(&notification.endpoint, body, notices::read).await,
            // A form is plain ASCII; other bytes cannot have been signed.
            Err(_) => Answer::Done(Err(Doubt::NotGenuine)),
        }
    }

    /// What `read` makes of `raw`, if FPS says that it signed exactly these bytes for `endpoint`.
    async fn if_genuine<T>(
        &self,
        endpoint: &str,
        raw: &str,
        read: fn(&Fields) -> Result<T, Doubt>,
    ) -> Answer<Result<T, Doubt>> {
        let fields = Fields::of(raw);
        if !fields.is_signed() {
            return Answer::Done(Err(Doubt::NotGenuine));
        }
        let ask = Ask::VerifySignature { endpoint: endpoint.to_owned(), parameters: raw.to_owned() };
        match self.fps.ask::<VerifyAnswer>(&ask).await {
            Ok(answer) => match answer.result.status.as_str() {
                "Success" => Answer::Done(read(&fields)),
                "Failure" => Answer::Done(Err(Doubt::NotGenuine)),
                other => Answer::Silent(format!("{other} is a verification status that nobody has decided")),
            },
            // A piece of the signature that is missing or malformed is an error, not a Failure.
            Err(Miss::Complaint(no)) if matches!(no.code.as_str(), "InvalidParam" | "InvalidParams") => {
                Answer::Done(Err(Doubt::NotGenuine))
            }
            Err(miss) => unanswered(miss),
        }
    }

    /// The transaction (or cancelled token) behind `news`, as FPS has it now.
    pub(super) async fn read_object(&self, news: &News) -> Outcome {
        match (news.kind, &news.transaction) {
            (Some(kind), Some(transaction)) => {
                let outcome = self.read_transaction(kind, transaction, news.amount).await;
                self.by_whom(news, outcome).await
            }
            (None, Some(token)) => self.look_at_token(token).await,
            (_, None) => Outcome::Silent { why: "the notice names no transaction".to_owned() },
        }
    }

    async fn read_transaction(&self, kind: Kind, transaction: &str, claimed: Option<Money>) -> Outcome {
        let ask = Ask::TransactionStatus { transaction: transaction.to_owned() };
        let state = match self.fps.ask::<Moved>(&ask).await {
            Ok(moved) => moved.result,
            Err(miss) => return not_told(miss),
        };
        let Some(status) = Status::from_word(&state.status) else {
            return Outcome::Silent { why: format!("{} is a state that nobody has decided", state.status) };
        };
        match status::found(kind, status) {
            // Old news of something that is under way, or that someone else asked for and did not get.
            Meaning::NotDone => Outcome::Pending { transaction: Some(state.transaction) },
            meaning @ (Meaning::Taken | Meaning::Refunded) => self.with_money(kind, meaning, &state, claimed).await,
            meaning => {
                let known = Circumstances {
                    amount: claimed.unwrap_or(Money::usd(0)),
                    provider_fee: None,
                    hold_until: self.hold_until(),
                };
                status::outcome(kind, meaning, &state, known)
            }
        }
    }

    /// Tells what the seller, or we, gave back from what was taken from the seller, and from what came again.
    async fn by_whom(&self, news: &News, outcome: Outcome) -> Outcome {
        match (outcome, &news.parent) {
            (Outcome::Refunded { transaction, amount, provider_fee }, _) if news.reference.is_none() => {
                let shown = match self.transaction(&transaction).await {
                    Ok(shown) => shown,
                    Err(why) => return Outcome::Silent { why },
                };
                match shown.as_ref().and_then(reversals::behind) {
                    Some(kind) => Outcome::Reversed { transaction, amount, provider_fee, kind },
                    None => Outcome::Refunded { transaction, amount, provider_fee },
                }
            }
            // Nothing but the reversal of a refund is taken and belongs to another transaction.
            (Outcome::Taken { transaction, amount, provider_fee, .. }, Some(reversal)) => {
                match self.transaction(&transaction).await {
                    Ok(shown) => {
                        let kind = shown.as_ref().and_then(reversals::behind);
                        Outcome::WonBack { transaction, reversal: reversal.clone(), amount, provider_fee, kind }
                    }
                    Err(why) => Outcome::Silent { why },
                }
            }
            (outcome, _) => outcome,
        }
    }

    /// The transaction that `transaction` belongs to, if FPS knows one.
    pub(super) async fn parent(&self, transaction: &str) -> Option<String> {
        reversals::parent(&self.transaction(transaction).await.ok().flatten()?)
    }

    /// How much moved, by the transaction; where FPS does not show it, by the notice it signed.
    async fn with_money(
        &self,
        kind: Kind,
        meaning: Meaning,
        state: &TransactionState,
        claimed: Option<Money>,
    ) -> Outcome {
        let transaction = match self.with_patience(&state.transaction).await {
            Ok(transaction) => transaction,
            Err(why) => return Outcome::Silent { why },
        };
        let Some(amount) = amount_moved(kind, claimed, transaction.as_ref()) else {
            return Outcome::Silent { why: format!("FPS does not say how much {} moved", state.transaction) };
        };
        let provider_fee = transaction.as_ref().and_then(fees);
        let known = Circumstances { amount, provider_fee, hold_until: self.hold_until() };
        status::outcome(kind, meaning, state, known)
    }
}

/// A settle keeps its reserve's transaction, whose amount may be the one that was held: for a
/// settle of less, the notice is more exact. The guide leaves it open.
fn amount_moved(kind: Kind, claimed: Option<Money>, transaction: Option<&Transaction>) -> Option<Money> {
    let shown = transaction.and_then(|it| it.amount.as_ref()?.money().ok());
    match (kind, claimed, shown) {
        (Kind::Settle, Some(claimed), Some(shown)) => Some(claimed.min(shown)),
        (_, claimed, shown) => shown.or(claimed),
    }
}

#[cfg(test)]
mod tests;
