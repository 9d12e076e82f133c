//! What a provider lists of its own accord: every movement of money it knows under our account.

use async_trait::async_trait;

use super::Answer;
use crate::base::clock::Millis;
use crate::orders::reconcile::Movement;

/// One answer: as many movements as the provider lists at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movements {
    /// Oldest first.
    pub movements: Vec<Movement>,
    /// Where the next question begins, later than this one began; none when this was all.
    pub next: Option<Millis>,
}

/// A provider that can list what happened under our account.
#[async_trait]
pub trait Activity: Send + Sync {
    /// What it received at or after `from` and at or before `until`, which is not in the future.
    async fn movements(&self, from: Millis, until: Millis) -> Answer<Movements>;
}
