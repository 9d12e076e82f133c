//! The waiting faults in the sandbox's database, so that a restart or a kill at any point forgets none of them.
//!
//! Memory is asked first: where no fault waits for an operation, no call looks into the database for one. A fault that
//! strikes inside a transaction is counted down in that very transaction: what it did and that it struck are one.

use super::{Fault, Faults, Kind, Waiting};
use crate::sandbox::Sandbox;
use crate::sandbox::state::{Database, StateError, Tx};

/// The setting that lists them, as JSON.
const WAITING: &str = "faults";

impl Sandbox {
    /// The oldest fault of one of `kinds` that strikes `operation`, counted down for good in a transaction of its own;
    /// never for callers that hold one, see [`Sandbox::strike_within`].
    pub(crate) async fn strike(&self, provider: &str, operation: &str, kinds: &[Kind]) -> Option<Fault> {
        if !self.faults().awaits(provider, operation, kinds) {
            return None;
        }
        match self.script(|faults| faults.strike(provider, operation, kinds)).await {
            Ok(struck) => struck,
            Err(error) => {
                tracing::error!(%error, "a scripted fault could not be counted down");
                None
            }
        }
    }

    /// The same for callers inside a transaction: it has struck once that is committed.
    pub(crate) async fn strike_within(
        &self,
        tx: &mut Tx,
        provider: &str,
        operation: &str,
        kinds: &[Kind],
    ) -> Result<Option<Fault>, StateError> {
        if !self.faults().awaits(provider, operation, kinds) {
            return Ok(None);
        }
        self.script_within(tx, |faults| faults.strike(provider, operation, kinds)).await
    }

    /// Whether a fault of exactly this kind strikes, for callers inside a transaction.
    pub(crate) async fn strikes_within(
        &self,
        tx: &mut Tx,
        provider: &str,
        operation: &str,
        kind: Kind,
    ) -> Result<bool, StateError> {
        Ok(self.strike_within(tx, provider, operation, &[kind]).await?.is_some())
    }

    /// Changes what is still to come, for good.
    pub(crate) async fn script<T>(&self, change: impl FnOnce(&Faults) -> T) -> Result<T, StateError> {
        let mut tx = self.db().write().await?;
        let done = self.script_within(&mut tx, change).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Changes what is still to come, for good once `tx` is committed.
    pub(crate) async fn script_within<T>(
        &self,
        tx: &mut Tx,
        change: impl FnOnce(&Faults) -> T,
    ) -> Result<T, StateError> {
        // The row's lock comes first: two changes are written in the order in which they were made.
        tx.hold_setting(WAITING).await?;
        let done = change(self.faults());
        tx.keep_faults(self.faults()).await?;
        Ok(done)
    }
}

impl Faults {
    /// What was still to come when the sandbox stopped.
    pub async fn load(db: &Database) -> Result<Faults, StateError> {
        let kept = db.read().await?.setting(WAITING).await?.filter(|text| !text.is_empty());
        let waiting: Waiting = match kept {
            Some(text) => serde_json::from_str(&text).map_err(|error| StateError::Decode(error.into()))?,
            None => Waiting::default(),
        };
        Ok(Faults { waiting: waiting.into() })
    }
}

impl Tx {
    async fn keep_faults(&mut self, faults: &Faults) -> Result<(), StateError> {
        let text = serde_json::to_string(&*faults.waiting()).map_err(|error| StateError::Encode(error.into()))?;
        self.keep_setting(WAITING, &text).await
    }
}
