//! A renewal that was refused: what kind of no it was, and when it is tried again.
//!
//! For providers that do not say by themselves when a payment method was mended. A try is always a
//! new reference, made only once the earlier one is known to have failed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{Millis, days, hours};
use crate::orders::refusal::{Reason, Refusal, Retry};

/// What kind of no it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    /// The approval does not allow it yet: its last charge is not a whole period old.
    TooEarly,
    /// Out of breath: nobody has to mend anything.
    Temporary,
    /// The card, the bank account or the balance: somebody has to mend it, or it fills up by itself.
    Method,
    /// The approval or the account behind it: nothing can be charged with it any more.
    Approval,
}

/// One row: after which pauses a renewal is tried again, and why so.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it was refused for.
    pub decline: Decline,
    /// Counted from each refusal; after the last one it waits for a person or for the next period.
    pub pauses: &'static [Duration],
    /// Why.
    pub why: &'static str,
}

/// The whole schedule.
pub const SCHEDULE: [Row; 4] = [
    Row {
        decline: Decline::TooEarly,
        pauses: &[hours(1), hours(6), days(1)],
        why: "The two clocks disagree about when a period is over, by minutes or by the day that a month end is.",
    },
    Row {
        decline: Decline::Temporary,
        pauses: &[hours(1), hours(6), days(1)],
        why: "A passing fault passes within hours; growing pauses leave it the time, and the period is not over.",
    },
    Row {
        decline: Decline::Method,
        pauses: &[days(3)],
        why: "Funding an account by bank takes three to four business days; a bank that said no says no again sooner.",
    },
    Row {
        decline: Decline::Approval,
        pauses: &[],
        why: "Nothing that time could mend: a cancelled or expired approval never comes back.",
    },
];

impl Decline {
    /// What kind of no this was; none where it was not about the buyer at all.
    pub fn of(refusal: &Refusal) -> Option<Decline> {
        match (refusal.reason, refusal.retry) {
            (_, Retry::Later) => None,
            (Reason::LimitReached, _) => Some(Decline::TooEarly),
            (Reason::Temporary, _) | (_, Retry::SameConsent) => Some(Decline::Temporary),
            (Reason::PaymentMethod | Reason::NeedsOtherMethod | Reason::Denied, _) => Some(Decline::Method),
            (Reason::ConsentGone | Reason::BuyerAccount, _) => Some(Decline::Approval),
            (
                Reason::SellerAccount
                | Reason::Amount
                | Reason::TransactionState
                | Reason::OurCredentials
                | Reason::OurAccount
                | Reason::OurRequest,
                _,
            ) => None,
        }
    }

    fn pauses(self) -> &'static [Duration] {
        SCHEDULE.iter().find(|row| row.decline == self).map_or(&[], |row| row.pauses)
    }

    /// What the buyer reads.
    pub fn for_buyer(self) -> &'static str {
        match self {
            Decline::TooEarly | Decline::Temporary => {
                "The payment service could not take it just now. Nothing was charged, and nothing is to be done."
            }
            Decline::Method => {
                "The payment method was declined, and nothing was charged. Change the payment method, or try again once \
                 it is mended."
            }
            Decline::Approval => {
                "The approval can no longer be charged, and nothing was charged. Approve it anew to go on."
            }
        }
    }

    /// Whether the buyer is asked to do something.
    pub fn needs_buyer(self) -> bool {
        matches!(self, Decline::Method | Decline::Approval)
    }
}

/// What stands against charging an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The last no.
    pub decline: Decline,
    /// How often the same kind was heard in a row.
    pub times: usize,
    /// When it is tried again by itself; none where it waits for a person or the next period.
    pub retry_at: Option<Millis>,
}

impl Trouble {
    /// After another no at `now`, while `before` stood; `next_at` is when the next period begins, and
    /// nothing of this one is tried after that.
    pub fn after(before: Option<Trouble>, decline: Decline, now: Millis, next_at: Option<Millis>) -> Trouble {
        let earlier = before.filter(|before| before.decline == decline).map_or(0, |before| before.times);
        let retry_at = decline.pauses().get(earlier).map(|pause| now.plus(*pause));
        let retry_at = retry_at.filter(|at| next_at.is_none_or(|next| *at < next));
        Trouble { decline, times: earlier + 1, retry_at }
    }

    /// Whether the buyer is told now: once for each kind that they can mend, and when waiting was in vain.
    pub fn is_told(&self) -> bool {
        if self.decline.needs_buyer() { self.times == 1 } else { self.retry_at.is_none() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(retry: Retry, reason: Reason) -> Refusal {
        Refusal { retry, reason, code: "No".into(), message: "No.".into() }
    }

    /// All tries of one kind, in hours after the first refusal, in a period of `period` hours.
    fn tries(decline: Decline, period: u64) -> Vec<u64> {
        let (mut now, mut trouble, mut all) = (Millis(0), None, Vec::new());
        loop {
            let next = Trouble::after(trouble, decline, now, Some(Millis(0).plus(hours(period))));
            let Some(at) = next.retry_at else { return all };
            all.push(at.since(Millis(0)).as_secs() / 3600);
            (now, trouble) = (at, Some(next));
        }
    }

    #[test]
    fn the_schedule_has_every_kind_once_with_its_reason_and_pauses_only_grow() {
        for decline in [Decline::TooEarly, Decline::Temporary, Decline::Method, Decline::Approval] {
            let rows: Vec<_> = SCHEDULE.iter().filter(|row| row.decline == decline).collect();
            assert_eq!(rows.len(), 1, "{decline:?}");
            assert!(rows[0].why.ends_with('.') && rows[0].pauses.is_sorted(), "{decline:?}");
            assert!(decline.for_buyer().contains("othing was charged"), "{decline:?}");
        }
    }

    #[test]
    fn a_passing_fault_is_tried_three_times_a_declined_card_once_and_a_dead_approval_never() {
        let month = 30 * 24;
        assert_eq!(tries(Decline::Temporary, month), [1, 7, 31]);
        assert_eq!(tries(Decline::Method, month), [72]);
        assert_eq!(tries(Decline::Approval, month), [0; 0]);
    }

    #[test]
    fn nothing_is_tried_after_the_next_period_has_begun() {
        assert_eq!(tries(Decline::Temporary, 12), [1, 7]);
        assert_eq!(tries(Decline::Temporary, 1), [0; 0]);
        assert_eq!(tries(Decline::Method, 72), [0; 0]);
        assert_eq!(tries(Decline::Method, 73), [72]);
    }

    #[test]
    fn another_kind_of_no_begins_anew_and_the_buyer_is_told_once() {
        let (now, next) = (Millis(0), Some(Millis(0).plus(days(30))));
        let card = Trouble::after(None, Decline::Method, now, next);
        assert!(card.is_told());
        let busy = Trouble::after(Some(card), Decline::Temporary, now, next);
        assert_eq!((busy.times, busy.is_told()), (1, false));
        let again = Trouble::after(Some(card), Decline::Method, now, next);
        assert_eq!((again.times, again.retry_at, again.is_told()), (2, None, false));
        let short = Trouble::after(None, Decline::Temporary, now, Some(now.plus(hours(1))));
        assert!(short.is_told(), "nothing is left to wait for");
        assert!(Trouble::after(None, Decline::Approval, now, next).is_told());
    }

    #[test]
    fn every_reason_is_one_kind_of_no_or_none_of_the_buyers() {
        for reason in Reason::ALL {
            assert_eq!(Decline::of(&refusal(Retry::Later, reason)), None, "{reason:?} waits by itself");
        }
        for (reason, decline) in [
            (Reason::PaymentMethod, Some(Decline::Method)),
            (Reason::Denied, Some(Decline::Method)),
            (Reason::ConsentGone, Some(Decline::Approval)),
            (Reason::BuyerAccount, Some(Decline::Approval)),
            (Reason::LimitReached, Some(Decline::TooEarly)),
            (Reason::Temporary, Some(Decline::Temporary)),
            (Reason::SellerAccount, None),
            (Reason::OurRequest, None),
        ] {
            assert_eq!(Decline::of(&refusal(Retry::NewConsent, reason)), decline, "{reason:?}");
        }
        assert_eq!(Decline::of(&refusal(Retry::SameConsent, Reason::PaymentMethod)), Some(Decline::Temporary));
    }
}
