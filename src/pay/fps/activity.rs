//! `GetAccountActivity` as the shop's reconciliation reads it.
//!
//! ```text
//! Action=GetAccountActivity&StartDate=2012-12-10T08:30:00.000Z&EndDate=…&SortOrderByDate=Ascending&MaxBatchSize=200
//! ```
//!
//! No role is named, so what was done with our keys is listed as well as what others did with our account.

use async_trait::async_trait;

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::orders::operation::Kind;
use crate::orders::reconcile::{Movement, Stand};
use crate::pay::Answer;
use crate::pay::activity::{Activity, Movements};
use crate::pay::fps::answers::Amount;
use crate::pay::fps::answers::account::{ActivityAnswer, OwnTransaction};
use crate::pay::fps::provider::{FpsProvider, unanswered};
use crate::pay::fps::status::Status;
use crate::pay::fps::wire::{Ask, WireError};

#[async_trait]
impl Activity for FpsProvider {
    async fn movements(&self, from: Millis, until: Millis) -> Answer<Movements> {
        let answer = match self.fps.ask::<ActivityAnswer>(&Ask::AccountActivity { from, until: Some(until) }).await {
            Ok(answer) => answer.result,
            Err(miss) => return unanswered(miss),
        };
        let read = || -> Result<Movements, WireError> {
            let next = answer.next_from()?;
            let movements = answer.transactions.iter().map(movement).collect::<Result<_, _>>()?;
            Ok(Movements { movements, next })
        };
        match read() {
            // more at one instant than an answer holds: asking on would give the same answer for ever
            Ok(Movements { next: Some(next), .. }) if next <= from => {
                Answer::Silent(format!("FPS goes on at {next}, where the question began"))
            }
            Ok(read) => Answer::Done(read),
            Err(why) => Answer::Silent(why.to_string()),
        }
    }
}

fn movement(own: &OwnTransaction) -> Result<Movement, WireError> {
    let status = Status::from_word(&own.status)
        .ok_or_else(|| WireError::NotUnderstood(format!("{} is a state that nobody has decided", own.status)))?;
    let kind = match own.operation.as_str() {
        "Pay" => Some(Kind::Pay),
        "Reserve" => Some(Kind::Reserve),
        "Settle" => Some(Kind::Settle),
        "Refund" => Some(Kind::Refund),
        // the guide's type has more of them, none of which we ever ask for
        _ => None,
    };
    let at = own.received_at()?;
    Ok(Movement {
        transaction: own.id.clone(),
        reference: own.reference().map(str::to_owned),
        parent: own.original.clone(),
        kind,
        stand: stand(kind, status),
        amount: own.amount.money()?,
        fee: own.fees.as_ref().map(Amount::signed_money).transpose()?.map(size),
        at,
        changed_at: own.completed_at()?.unwrap_or(at).max(at),
    })
}

/// A fee that came back with a refund is listed below nothing; our books keep both as amounts.
fn size(fee: Money) -> Money {
    if fee.minor < 0 { fee.negated() } else { fee }
}

/// What a state says about the money.
fn stand(kind: Option<Kind>, status: Status) -> Stand {
    match (kind, status) {
        (_, Status::Pending) => Stand::Pending,
        (_, Status::Reserved) => Stand::Held,
        (Some(Kind::Refund), Status::Success) => Stand::GivenBack,
        (_, Status::Success) => Stand::Taken,
        (_, Status::Failure | Status::Cancelled) => Stand::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_says_where_the_money_is() {
        let table: Vec<String> = [Kind::Pay, Kind::Reserve, Kind::Settle, Kind::Refund]
            .into_iter()
            .map(|kind| {
                let stands = Status::ALL.map(|status| stand(Some(kind), status).word());
                format!("{}: {}", kind.word(), stands.join(" "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "pay: pending held taken nothing nothing",
                "reserve: pending held taken nothing nothing",
                "settle: pending held taken nothing nothing",
                "refund: pending held given_back nothing nothing",
            ]
        );
    }

    #[test]
    fn a_fee_that_came_back_is_an_amount() {
        assert_eq!([size(Money::usd(-10)), size(Money::usd(10))], [Money::usd(10), Money::usd(10)]);
    }
}
