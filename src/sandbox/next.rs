//! What is due next, over all emulated providers: one order of time, so that a journey of the clock meets
//! everything where it belongs.

use super::amazon_pay::state::notifications::Message;
use super::fps::state::notifications::Notification;
use super::state::{StateError, Tx};
use crate::base::clock::Millis;

/// When something is due, and its place among what is due at the same instant.
pub type Due = (i64, i64);

/// A step of an object's life.
pub struct Step {
    /// When.
    pub due: Due,
    /// Whose: Amazon Pay's, else Flexible Payments'.
    pub is_amazon_pay: bool,
}

/// A notification to send.
pub enum Delivery {
    /// One of Flexible Payments.
    Fps(Notification),
    /// One of Amazon Pay.
    AmazonPay(Message),
}

impl Delivery {
    /// When.
    pub fn due(&self) -> Due {
        match self {
            Delivery::Fps(own) => (own.due_at, own.seq),
            Delivery::AmazonPay(own) => (own.due_at, own.seq),
        }
    }
}

impl Tx {
    /// The next step at or before `now`.
    pub(super) async fn next_step(&mut self, now: Millis) -> Result<Option<Step>, StateError> {
        let fps = self.due_transaction(now).await?.map(|own| Step { due: (own.due_at, own.seq), is_amazon_pay: false });
        let other = self.due_object(now).await?.map(|own| Step { due: (own.due_at, own.seq), is_amazon_pay: true });
        let case = self.due_case(now).await?.map(|own| Step { due: (own.due_at, own.seq), is_amazon_pay: false });
        Ok([fps, case, other].into_iter().flatten().min_by_key(|step| step.due))
    }

    /// The next notification to send at or before `now`.
    pub(super) async fn next_delivery(&mut self, now: Millis) -> Result<Option<Delivery>, StateError> {
        let fps = self.due_notification(now).await?.map(Delivery::Fps);
        let other = self.due_message(now).await?.map(Delivery::AmazonPay);
        Ok([fps, other].into_iter().flatten().min_by_key(Delivery::due))
    }

    /// When the next thing happens by itself, whatever it is; `None` when nothing is to come.
    pub(super) async fn next_due(&mut self) -> Result<Option<Millis>, StateError> {
        let (fps, other) = (self.next_due_of_fps().await?, self.next_due_of_amazon_pay().await?);
        Ok([fps, other].into_iter().flatten().min())
    }
}
