//! Scripted faults: what a test wants to go wrong next, on the wire or with notifications.
//!
//! Each names a provider, an operation (`Pay`, a pipeline such as `SingleUse`, `CreateCharge`, a notified object such
//! as `CHARGE`, or `*`) and how many
//! times it strikes. A restart forgets none of them, see `kept`.

mod kept;

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;

use super::{alexa, amazon_pay};
use crate::base::clock::Millis;

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
    /// `fps`, `amazon_pay` or `alexa`.
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
    /// For so much business time alone; without it, until it has struck as often as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_seconds: Option<u64>,
}

/// A fault that is still to come.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pending {
    /// Its number, to take it back by; never used again.
    pub number: u64,
    /// What it is, with how often it still strikes.
    pub fault: Fault,
    /// When it is over even if it has not struck.
    pub until: Option<Millis>,
}

fn any_operation() -> String {
    "*".to_owned()
}

fn once() -> u32 {
    1
}

impl Kind {
    /// Every one.
    pub const ALL: [Kind; 10] = [
        Kind::DropRequest,
        Kind::DropResponse,
        Kind::Delay,
        Kind::Status,
        Kind::Throttle,
        Kind::DuplicateNotification,
        Kind::ReorderNotifications,
        Kind::LoseNotification,
        Kind::CorruptNotificationSignature,
        Kind::Error,
    ];

    /// Whether it can happen there: a device that asks a skill has no throttle and sends no notifications.
    pub fn is_known_to(self, provider: &str) -> bool {
        match provider {
            "fps" | amazon_pay::PROVIDER => true,
            alexa::PROVIDER => matches!(self, Kind::DropRequest | Kind::DropResponse | Kind::Delay),
            _ => false,
        }
    }
}

impl Fault {
    fn strikes(&self, provider: &str, operation: &str, kinds: &[Kind]) -> bool {
        self.provider == provider
            && kinds.contains(&self.fault)
            && (matches!(self.operation.as_str(), "*" | "") || self.operation.eq_ignore_ascii_case(operation))
    }

    /// Says what it lacks, if it lacks something.
    fn check(&self) -> Result<(), &'static str> {
        if !["fps", amazon_pay::PROVIDER, alexa::PROVIDER].contains(&self.provider.as_str()) {
            return Err("provider must be \"fps\", \"amazon_pay\" or \"alexa\"");
        }
        if !self.fault.is_known_to(&self.provider) {
            return Err("with alexa there are drop_request, drop_response and delay");
        }
        match self.fault {
            Kind::Delay if self.milliseconds.is_none() => Err("delay needs \"milliseconds\""),
            Kind::Status if !self.code.is_some_and(|code| (200..=599).contains(&code)) => {
                Err("status needs \"code\", 200 to 599")
            }
            Kind::Error if self.error.as_deref().unwrap_or_default().is_empty() => {
                Err("error needs \"error\", a code by name")
            }
            _ if self.times == 0 => Err("\"times\" must be at least 1"),
            _ if self.for_seconds == Some(0) => Err("\"for_seconds\" must be at least 1"),
            _ => Ok(()),
        }
    }
}

/// All faults that are still to come.
#[derive(Debug, Default)]
pub struct Faults {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Waiting {
    /// In the order in which they were asked for.
    faults: Vec<Pending>,
    numbers_used: u64,
}

impl Faults {
    /// Adds one at `now`. Errors: a sentence about what it lacks.
    pub fn add(&self, fault: Fault, now: Millis) -> Result<(), &'static str> {
        fault.check()?;
        let until = fault.for_seconds.map(|seconds| now.plus(Duration::from_secs(seconds)));
        let mut waiting = self.waiting();
        waiting.numbers_used += 1;
        let number = waiting.numbers_used;
        waiting.faults.push(Pending { number, fault, until });
        Ok(())
    }

    /// What is still to come.
    pub fn all(&self) -> Vec<Pending> {
        self.waiting().faults.clone()
    }

    /// Takes one back. False when it is over already.
    pub fn remove(&self, number: u64) -> bool {
        let mut waiting = self.waiting();
        let before = waiting.faults.len();
        waiting.faults.retain(|own| own.number != number);
        waiting.faults.len() < before
    }

    /// Adds all of `faults` at `now` in place of what is still to come, or changes nothing. Errors: a sentence about
    /// what one of them lacks.
    pub fn replace(&self, faults: &[Fault], now: Millis) -> Result<(), &'static str> {
        faults.iter().try_for_each(Fault::check)?;
        self.clear();
        faults.iter().try_for_each(|fault| self.add(fault.clone(), now))
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.waiting().faults.clear();
    }

    /// Forgets those whose time is over.
    pub fn pass_time(&self, now: Millis) {
        self.waiting().faults.retain(|own| own.until.is_none_or(|until| now < until));
    }

    /// Whether a fault of one of `kinds` waits for `operation`.
    pub fn awaits(&self, provider: &str, operation: &str, kinds: &[Kind]) -> bool {
        self.waiting().faults.iter().any(|own| own.fault.strikes(provider, operation, kinds))
    }

    /// The oldest fault of one of `kinds` that strikes `operation`, counted down.
    pub fn strike(&self, provider: &str, operation: &str, kinds: &[Kind]) -> Option<Fault> {
        let mut waiting = self.waiting();
        let faults = &mut waiting.faults;
        let place = faults.iter().position(|own| own.fault.strikes(provider, operation, kinds))?;
        faults[place].fault.times -= 1;
        let fault = faults[place].fault.clone();
        if fault.times == 0 {
            faults.remove(place);
        }
        Some(fault)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
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

    const NOON: Millis = Millis(43_200_000);

    #[test]
    fn a_fault_strikes_its_operation_as_often_as_it_says() {
        let faults = Faults::default();
        let twice = r#"{"provider":"fps","operation":"Pay","fault":"drop_response","times":2}"#;
        faults.add(fault(twice), NOON).unwrap();
        let strikes = |operation, kind| {
            let awaits = faults.awaits("fps", operation, &[kind]);
            assert_eq!(faults.strike("fps", operation, &[kind]).is_some(), awaits);
            awaits
        };
        assert!(!strikes("Refund", Kind::DropResponse));
        assert!(!strikes("Pay", Kind::Throttle));
        assert!(strikes("Pay", Kind::DropResponse));
        assert!(strikes("PAY", Kind::DropResponse));
        assert!(!strikes("Pay", Kind::DropResponse));
    }

    #[test]
    fn a_fault_that_lacks_its_figure_is_refused() {
        let faults = Faults::default();
        assert!(faults.add(fault(r#"{"provider":"fps","fault":"delay","milliseconds":5}"#), NOON).is_ok());
        for bad in [
            r#"{"provider":"fps","fault":"delay"}"#,
            r#"{"provider":"fps","fault":"status"}"#,
            r#"{"provider":"fps","fault":"error"}"#,
            r#"{"provider":"fps","fault":"throttle","times":0}"#,
            r#"{"provider":"fps","fault":"throttle","for_seconds":0}"#,
            r#"{"provider":"alexa","fault":"throttle"}"#,
            r#"{"provider":"nobody","fault":"throttle"}"#,
        ] {
            assert!(faults.add(fault(bad), NOON).is_err(), "{bad}");
        }
        assert_eq!(faults.all().len(), 1);
    }

    #[test]
    fn a_fault_is_taken_back_or_over_with_its_time() {
        let faults = Faults::default();
        faults.add(fault(r#"{"provider":"fps","fault":"throttle","for_seconds":60}"#), NOON).unwrap();
        faults.add(fault(r#"{"provider":"fps","fault":"throttle"}"#), NOON).unwrap();
        faults.pass_time(Millis(NOON.0 + 59_999));
        let numbers: Vec<u64> = faults.all().iter().map(|own| own.number).collect();
        assert_eq!(numbers, [1, 2]);
        faults.pass_time(Millis(NOON.0 + 60_000));
        assert_eq!((faults.all().len(), faults.remove(1), faults.remove(2)), (1, false, true));
        assert!(faults.all().is_empty());
    }

    #[test]
    fn every_word_of_the_readme_is_a_kind() {
        let words: Vec<String> =
            Kind::ALL.iter().map(|kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()).collect();
        let readme = "drop_request drop_response delay status throttle duplicate_notification reorder_notifications \
                      lose_notification corrupt_notification_signature error";
        assert_eq!(words, readme.split(' ').collect::<Vec<_>>());
    }
}
