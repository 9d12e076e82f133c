//! What became of something whose answer was lost.
//!
//! Pay, Reserve and Refund carry a reference, so sending them again is safe for seven days; Settle
//! and Cancel carry none, so the transaction is asked for its state. Nothing that is said *about the
//! question* is taken for an answer about the money. Source: the guide, "Handling Transactions that
//! Don't Return".

use crate::orders::operation::{Instrument, Kind, Operation, Request};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Retry};
use crate::pay::fps::answers::{Moved, Token, TokenAnswer};
use crate::pay::fps::cbui::refund_reference;
use crate::pay::fps::client::Miss;
use crate::pay::fps::codes::{self, Verdict};
use crate::pay::fps::provider::{FpsProvider, HOLD, RESEND_WINDOW, not_sent};
use crate::pay::fps::status;
use crate::pay::fps::wire::Ask;

impl FpsProvider {
    /// What became of `operation`.
    pub(super) async fn look_again(&self, operation: &Operation) -> Outcome {
        match (&operation.request, &operation.transaction) {
            (Request::Consent { .. } | Request::ConsentAll { .. }, _) => self.look_for_consent(operation).await,
            (Request::Register { .. }, _) => self.look_for_payee(operation).await,
            (Request::Settle { hold } | Request::Cancel { hold }, _) => self.look_at(operation, hold).await,
            (Request::Take { .. } | Request::Refund { .. }, Some(transaction)) => {
                self.look_at(operation, transaction).await
            }
            (Request::Take { .. } | Request::Refund { .. }, None) => self.if_resending_is_safe(operation),
            (Request::Given { .. }, _) => Outcome::Silent { why: "nothing was asked: it began at FPS".to_owned() },
            (Request::Change { .. }, _) => self.look_for_consent(operation).await,
            (Request::Withdraw { consent }, _) => self.look_for_closure(consent).await,
        }
    }

    /// A settle or cancel was refused for the transaction's state: what that state says.
    /// "Not done" cannot be believed here, since FPS has just said that it cannot be done.
    pub(super) async fn done_already(&self, operation: &Operation) -> Outcome {
        match self.look_again(operation).await {
            Outcome::NeverArrived => Outcome::Silent {
                why: format!("FPS refuses the {} and shows no reason in the transaction", operation.kind.word()),
            },
            outcome => outcome,
        }
    }

    /// When a hold that is found only now began is not told, so it is counted from when it was
    /// wanted: rather too short than a parcel sent on a hold that has lapsed.
    async fn look_at(&self, operation: &Operation, transaction: &str) -> Outcome {
        let hold_until = operation.created_at.plus(HOLD);
        let ask = Ask::TransactionStatus { transaction: transaction.to_owned() };
        match self.fps.ask::<Moved>(&ask).await {
            Ok(moved) => self.conclude(operation, status::found, moved.result, hold_until).await,
            Err(miss) => not_told(miss),
        }
    }

    /// The window is measured in real and in business time, whichever is longer: a demo may have
    /// moved the provider's clock along with ours.
    fn if_resending_is_safe(&self, operation: &Operation) -> Outcome {
        let real = operation.first_sent_at.map(|sent| self.clock.real_now().since(sent)).unwrap_or_default();
        let business = self.clock.now().since(operation.first_sent_at.unwrap_or(operation.created_at));
        if real.max(business) < RESEND_WINDOW {
            Outcome::NeverArrived
        } else {
            let why = "FPS may have forgotten the reference, so sending it again could charge a second time";
            Outcome::Silent { why: why.to_owned() }
        }
    }

    /// A token for our reference means that the buyer agreed, an error that not.
    async fn look_for_consent(&self, operation: &Operation) -> Outcome {
        match self.token(&operation.id.to_string()).await {
            Ok(Some(token)) => match token.status.as_str() {
                "Active" => Outcome::Consented { consent: token.id, instrument: Instrument::Untold },
                "Inactive" => Outcome::Expired { transaction: None },
                other => undecided(other),
            },
            Ok(None) => Outcome::NeverArrived,
            Err(miss) => not_told(miss),
        }
    }

    /// The seller's token, and with it the one for refunds, which is not offered a second time.
    async fn look_for_payee(&self, operation: &Operation) -> Outcome {
        let payee = match self.token(&operation.id.to_string()).await {
            Ok(Some(token)) => token,
            Ok(None) => return Outcome::NeverArrived,
            Err(miss) => return not_told(miss),
        };
        match payee.status.as_str() {
            "Active" => {}
            "Inactive" => return Outcome::Expired { transaction: None },
            other => return undecided(other),
        }
        match self.token(&refund_reference(&operation.id)).await {
            Ok(refund) => Outcome::Registered { payee: payee.id, refund_token: refund.map(|token| token.id) },
            Err(miss) => not_told(miss),
        }
    }

    pub(super) async fn token(&self, reference: &str) -> Result<Option<Token>, Miss> {
        let ask = Ask::TokenByReference { reference: reference.to_owned() };
        found(self.fps.ask::<TokenAnswer>(&ask).await)
    }

    /// Asks for a token that nobody has, with each key pair: the right refusal proves address, clock and keys.
    pub(super) async fn check_keys(&self) -> Result<(), String> {
        let ask = Ask::TokenByReference { reference: "pushcart-doctor".to_owned() };
        for key in &self.fps.settings().keys {
            match found(self.fps.ask_with::<TokenAnswer>(&ask, key).await) {
                Ok(_) => {}
                Err(Miss::Complaint(no)) => {
                    return Err(format!("FPS refuses the key {} with {}: {}", key.access, no.code, no.message));
                }
                Err(Miss::Silent(why)) => {
                    return Err(format!("FPS does not answer at {}: {why}", self.fps.settings().api_url));
                }
                Err(Miss::NotSent(why)) => return Err(why.to_string()),
            }
        }
        Ok(())
    }
}

/// That nobody has this token is an answer, too.
fn found(heard: Result<TokenAnswer, Miss>) -> Result<Option<Token>, Miss> {
    match heard {
        Ok(answer) => Ok(Some(answer.result.token)),
        Err(Miss::Complaint(no)) if matches!(no.code.as_str(), "InvalidCallerReference" | "InvalidTokenId") => Ok(None),
        Err(miss) => Err(miss),
    }
}

/// A question about an operation went unanswered. A refusal of the question is not one of the
/// operation; only one of our credentials is passed on, so that the operator hears of it.
pub(super) fn not_told(miss: Miss) -> Outcome {
    match miss {
        Miss::Complaint(no) => match codes::verdict(&no.code) {
            Some(Verdict::Refuse(Retry::Later, Reason::OurCredentials)) => codes::outcome(Kind::Pay, &no),
            _ => Outcome::Silent { why: format!("the question was refused with {}: {}", no.code, no.message) },
        },
        Miss::Silent(why) => Outcome::Silent { why },
        Miss::NotSent(why) => Outcome::Refused(not_sent(&why)),
    }
}

pub(super) fn undecided(word: &str) -> Outcome {
    Outcome::Silent { why: format!("{word} is a state of a token that nobody has decided") }
}

#[cfg(test)]
mod tests;
