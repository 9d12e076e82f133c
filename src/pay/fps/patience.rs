//! For how long we wait for what a transaction cost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::base::clock::{Millis, minutes};

/// How long money that moved waits for its fees to be told, from when they are first asked for.
const FEES_WAIT: Duration = minutes(10);

/// The transactions whose fees are waited for, and since when. A restart begins to wait anew.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<HashMap<String, Millis>>);

impl Patience {
    /// FPS did not tell: whether to ask again, or to go on without.
    pub(super) fn lasts(&self, transaction: &str, now: Millis) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *waiting.entry(transaction.to_owned()).or_insert(now);
        let lasts = now.since(since) < FEES_WAIT;
        if !lasts {
            waiting.remove(transaction);
        }
        lasts
    }

    /// FPS told.
    pub(super) fn ends(&self, transaction: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(transaction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transaction_is_waited_for_ten_minutes_from_the_first_question_on() {
        let (patience, now) = (Patience::default(), Millis(1_700_000_000_000));
        assert!(patience.lasts("T1", now));
        assert!(patience.lasts("T1", now.plus(minutes(9))));
        assert!(patience.lasts("T2", now.plus(minutes(10))), "its own wait");
        assert!(!patience.lasts("T1", now.plus(minutes(10))));
        patience.ends("T2");
        assert!(patience.lasts("T2", now.plus(minutes(30))), "asked for anew");
    }
}
