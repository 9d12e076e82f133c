//! Time travel: business time jumps, and what became due on the way happens one by one, in order.
//!
//! The offset is kept in the database after every step, restored at the start, and goes back only by
//! a reset. Real time (signature time stamps, TLS) is never moved.

use std::time::Duration;

use super::Sandbox;
use super::faults::Faults;
use super::state::StateError;

const OFFSET: &str = "clock_offset_ms";

impl Sandbox {
    /// Moves business time forward by `by`, stopping at everything that becomes due on the way.
    pub(crate) async fn advance(&self, by: Duration) -> anyhow::Result<()> {
        let _one_at_a_time = self.inner.advancing.lock().await;
        let clock = self.clock();
        let target_offset = clock.offset_ms().saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
        let mut idle_turns = 0;
        loop {
            let next = self.db().read().await?.next_due().await?;
            let Some(at) = next else { break };
            let ahead = i64::try_from(at.since(clock.now()).as_millis()).unwrap_or(i64::MAX);
            if clock.offset_ms().saturating_add(ahead) > target_offset {
                break;
            }
            self.move_to_offset(clock.offset_ms() + ahead).await?;
            // The worker may have been quicker; that is fine, but not for ever.
            idle_turns = if self.turn().await? { 0 } else { idle_turns + 1 };
            anyhow::ensure!(idle_turns < 1000, "something due at {at} could not be done");
            if idle_turns > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        self.move_to_offset(target_offset).await?;
        self.wake();
        Ok(())
    }

    async fn move_to_offset(&self, offset_ms: i64) -> Result<(), StateError> {
        if offset_ms <= self.clock().offset_ms() {
            return Ok(());
        }
        let mut tx = self.db().write().await?;
        tx.keep_setting(OFFSET, &offset_ms.to_string()).await?;
        tx.commit().await?;
        self.clock().set_offset_ms(offset_ms);
        Ok(())
    }

    /// Brings the clock to where it was moved before the last stop; never back.
    pub(crate) async fn restore_clock(&self) -> Result<(), StateError> {
        let kept = self.db().read().await?.setting(OFFSET).await?;
        let kept = kept.and_then(|text| text.parse().ok()).unwrap_or(0);
        self.clock().set_offset_ms(self.clock().offset_ms().max(kept));
        Ok(())
    }

    /// Empties the sandbox: real time again, only personas and the configured keys remain.
    pub(crate) async fn reset(&self) -> Result<(), StateError> {
        let _no_journey = self.inner.advancing.lock().await;
        let _no_step = self.inner.stepping.lock().await;
        let _no_delivery = self.inner.delivering.lock().await;
        let mut tx = self.db().write().await?;
        tx.clear_fps().await?;
        tx.clear_amazon_pay().await?;
        tx.clear_alexa().await?;
        tx.clear_common().await?;
        self.script_within(&mut tx, Faults::clear).await?;
        tx.commit().await?;
        self.clock().set_offset_ms(0);
        self.plant().await
    }
}
