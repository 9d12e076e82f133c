//! Our own account, from which FPS takes its fee where the marketplace bears it. Where it is short, a payment is refused
//! in the words for a buyer without money: "Sender, caller or recipient balance too low".

use super::answers::account::BalanceAnswer;
use super::answers::{Complaint, Moved};
use super::client::Miss;
use super::provider::{FpsProvider, missed, unanswered};
use super::status;
use super::wire::Ask;
use crate::base::money::Money;
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::{Operation, Request};
use crate::orders::outcome::Outcome;
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::Answer;

/// The most that FPS takes of a payment: 2.9% of it, in basis points, and 30 cents, for cards. The guide names no price.
const MOST_BP: i64 = 290;
const MOST_FIXED_MINOR: i64 = 30;

impl FpsProvider {
    /// What our account at FPS holds.
    pub(super) async fn held(&self) -> Answer<Option<Money>> {
        match self.fps.ask::<BalanceAnswer>(&Ask::AccountBalance).await {
            Ok(answer) => match answer.result.balance.total.signed_money() {
                Ok(held) => Answer::Done(Some(held)),
                Err(why) => Answer::Silent(why.to_string()),
            },
            Err(miss) => unanswered(miss),
        }
    }

    /// What `no` says of `operation`. Where we bear the fee and cannot pay it, the operation waits until we can.
    pub(super) async fn refused(&self, operation: &Operation, ask: &Ask, no: Complaint) -> Outcome {
        let may_be_ours = matches!(no.code.as_str(), "InsufficientBalance" | "TransactionDenied");
        if !may_be_ours || !self.fee_is_ours(operation).await {
            return missed(operation.kind, Miss::Complaint(no));
        }
        // FPS keeps this answer for the charge's reference, and would only repeat it
        let is_kept = no.code == "TransactionDenied" && operation.is_charge();
        let most = operation.amount.minor * MOST_BP / 10_000 + MOST_FIXED_MINOR;
        match self.held().await {
            Answer::Done(Some(held)) if held.minor < most => Outcome::Refused(Refusal {
                retry: if is_kept { Retry::SameConsent } else { Retry::Later },
                reason: Reason::OurAccount,
                code: no.code.clone(),
                message: format!("our account at FPS holds {held}: {}", no.message),
            }),
            // it may have been funded since: what is refused now is not for want of it
            Answer::Done(_) if !is_kept => match self.fps.ask::<Moved>(ask).await {
                Ok(moved) => self.conclude(operation, status::answered, moved.result, self.hold_until()).await,
                Err(miss) => missed(operation.kind, miss),
            },
            _ => missed(operation.kind, Miss::Complaint(no)),
        }
    }

    async fn fee_is_ours(&self, operation: &Operation) -> bool {
        match &operation.request {
            Request::Take { provider_fee_by, .. } => *provider_fee_by == ProviderFeeBy::Market,
            // agreed when it was put on hold
            Request::Settle { hold } => {
                let shown = self.transaction(hold).await.ok().flatten();
                shown.is_some_and(|shown| shown.fees_paid_by.as_deref() == Some("Caller"))
            }
            _ => false,
        }
    }
}
