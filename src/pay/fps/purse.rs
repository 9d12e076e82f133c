//! Our own account, from which FPS takes its fee where the marketplace bears it. Where it is short, a payment is refused
//! in the words for a buyer without money: "Sender, caller or recipient balance too low".

use super::answers::Complaint;
use super::answers::account::BalanceAnswer;
use super::client::Miss;
use super::provider::{ASIDE, FpsProvider, does_not_show, missed, unanswered};
use super::wire::{Ask, WireError};
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
    /// What our account at FPS holds, as it says.
    async fn balance(&self) -> Result<Result<Money, WireError>, Miss> {
        let answer = self.fps.ask::<BalanceAnswer>(&Ask::AccountBalance).await?;
        Ok(answer.result.balance.total.signed_money())
    }

    /// What our account at FPS holds.
    pub(super) async fn held(&self) -> Answer<Option<Money>> {
        match self.balance().await {
            Ok(Ok(held)) => Answer::Done(Some(held)),
            Ok(Err(why)) => Answer::Silent(why.to_string()),
            Err(miss) => unanswered(miss),
        }
    }

    /// What `no` says of `operation`. Where we bear the fee and cannot pay it, a charge is tried again under another
    /// reference, since FPS may keep its answer for this one, and a settle as it is.
    pub(super) async fn refused(&self, operation: &Operation, no: Complaint) -> Outcome {
        let may_be_ours = matches!(no.code.as_str(), "InsufficientBalance" | "TransactionDenied");
        if !may_be_ours || !self.fee_is_ours(operation).await {
            return missed(operation.kind, Miss::Complaint(no));
        }
        let most = operation.amount.minor * MOST_BP / 10_000 + MOST_FIXED_MINOR;
        match tokio::time::timeout(ASIDE, self.balance()).await {
            Ok(Ok(Ok(held))) if held.minor < most => Outcome::Refused(Refusal {
                retry: if operation.is_charge() { Retry::SameConsent } else { Retry::Later },
                reason: Reason::OurAccount,
                code: no.code.clone(),
                message: format!("our account at FPS holds {held}: {}", no.message),
            }),
            Ok(Ok(_)) => missed(operation.kind, Miss::Complaint(no)),
            // an FPS that does not tell balances never will
            Ok(Err(Miss::Complaint(asked))) if does_not_show(&asked) => missed(operation.kind, Miss::Complaint(no)),
            Ok(Err(_)) | Err(_) => {
                Outcome::Silent { why: format!("{}, and FPS does not tell what our account holds", no.code) }
            }
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
