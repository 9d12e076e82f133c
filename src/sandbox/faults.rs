//! Scripted faults: what a test wants to go wrong next, on the wire or with notifications.
//!
//! Each names a provider, an operation (`Pay`, a pipeline such as `SingleUse`, `CreateCharge`, a notified object such
//! as `CHARGE`, or `*`) and how many
//! times it strikes. They live in memory: a restart forgets them.

use std::sync::{Mutex, MutexGuard};

use axum::body::Body;
use axum::response::Response;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The connection is closed before anything is done.
    DropRequest,
    /// The work is done, then the connection is closed without an answer.
    DropResponse,
    /// The answer takes `milliseconds` longer, in real time.
    Delay,
    /// An empty answer with HTTP status `code`, before any work.
    Status,
    /// Throttled, before any work: 503 `Throttling`, or 429 `TooManyRequests`.
    Throttle,
    /// The notification is sent twice.
    DuplicateNotification,
    /// The notification is held back, so that the next one overtakes it.
    ReorderNotifications,
    /// The notification is never sent.
    LoseNotification,
    /// The notification's signature is damaged.
    CorruptNotificationSignature,
    /// A refusal with the provider's code `error`, before any work.
    Error,
}

/// One scripted fault.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `fps` or `amazon_pay`.
    pub provider: String,
    /// Which operation it strikes, in any case; `*` or nothing for every one.
    #[serde(default = "any_operation")]
    pub operation: String,
    /// What happens.
    pub fault: Kind,
    /// How often it still strikes.
    #[serde(default = "once")]
    pub times: u32,
    /// For `delay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// For `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// For `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

fn any_operation() -> String {
    "*".to_owned()
}

fn once() -> u32 {
    1
}

/// All faults that are still to come.
#[derive(Debug, Default)]
pub struct Faults {
    waiting: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Adds one. Errors: a sentence about what it lacks.
    pub fn add(&self, fault: Fault) -> Result<(), &'static str> {
        match fault.fault {
            Kind::Delay if fault.milliseconds.is_none() => return Err("delay needs \"milliseconds\""),
            Kind::Status if !fault.code.is_some_and(|code| (200..=599).contains(&code)) => {
                return Err("status needs \"code\", 200 to 599");
            }
            Kind::Error if fault.error.as_deref().unwrap_or_default().is_empty() => {
                return Err("error needs \"error\", a code by name");
            }
            _ if fault.times == 0 => return Err("\"times\" must be at least 1"),
            _ => {}
        }
        self.waiting().push(fault);
        Ok(())
    }

    /// What is still to come.
    pub fn all(&self) -> Vec<Fault> {
        self.waiting().clone()
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.waiting().clear();
    }

    /// The oldest fault of one of `kinds` that strikes `operation`, counted down.
    pub fn strike(&self, provider: &str, operation: &str, kinds: &[Kind]) -> Option<Fault> {
        let mut waiting = self.waiting();
        let place = waiting.iter().position(|fault| {
            fault.provider == provider
                && kinds.contains(&fault.fault)
                && (matches!(fault.operation.as_str(), "*" | "") || fault.operation.eq_ignore_ascii_case(operation))
        })?;
        waiting[place].times -= 1;
        let fault = waiting[place].clone();
        if fault.times == 0 {
            waiting.remove(place);
        }
        Some(fault)
    }

    /// The oldest fault of exactly this kind, counted down; true when there was one.
    pub fn strikes(&self, provider: &str, operation: &str, kind: Kind) -> bool {
        self.strike(provider, operation, &[kind]).is_some()
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// An answer that is never sent: its body fails before the head is flushed, so hyper closes the
/// connection and the client sees it cut.
pub fn cut_connection() -> Response {
    let broken = futures_util::stream::once(async {
        Err::<&[u8], _>(std::io::Error::other("connection cut by a scripted fault"))
    });
    Response::new(Body::from_stream(broken))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_fault_strikes_its_operation_as_often_as_it_says() {
        let faults = Faults::default();
        faults.add(fault(r#"{"provider":"fps","operation":"Pay","fault":"drop_response","times":2}"#)).unwrap();
        assert!(!faults.strikes("fps", "Refund", Kind::DropResponse));
        assert!(!faults.strikes("fps", "Pay", Kind::Throttle));
        assert!(faults.strikes("fps", "Pay", Kind::DropResponse));
        assert!(faults.strikes("fps", "PAY", Kind::DropResponse));
        assert!(!faults.strikes("fps", "Pay", Kind::DropResponse));
    }

    #[test]
    fn a_fault_that_lacks_its_figure_is_refused() {
        let faults = Faults::default();
        assert!(faults.add(fault(r#"{"provider":"fps","fault":"delay","milliseconds":5}"#)).is_ok());
        for bad in [
            r#"{"provider":"fps","fault":"delay"}"#,
            r#"{"provider":"fps","fault":"status"}"#,
            r#"{"provider":"fps","fault":"error"}"#,
        ] {
            assert!(faults.add(fault(bad)).is_err(), "{bad}");
        }
        assert_eq!(faults.all().len(), 1);
    }
}
