//! What goes wrong between shop and sandbox: a fifth of all calls, pages and notifications meets a scripted fault, and
//! every kind of fault has its turn. Meanwhile business time runs faster than the clock on the wall.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::pause;
use crate::stage::Stage;

/// Of the calls that are made: a fifth, and a little more, since some faults still wait when the day ends.
const SHARE: f64 = 0.24;

/// What strikes a call, each as often as it stands here. All but `error` strike whatever comes next.
const OF_CALLS: [&str; 7] = ["drop_request", "drop_response", "drop_response", "delay", "status", "throttle", "error"];

/// What strikes a notification.
const OF_NEWS: [&str; 4] =
    ["duplicate_notification", "reorder_notifications", "lose_notification", "corrupt_notification_signature"];

/// What befalls the requests of an Echo.
const OF_TALK: [&str; 3] = ["drop_request", "drop_response", "delay"];

/// Refusals that are true when nothing was done: provider, operation, code. None of them lies about money.
const REFUSALS: [(&str, &str, &str); 12] = [
    ("fps", "*", "InternalError"),
    ("fps", "*", "InternalError"),
    ("fps", "Reserve", "InsufficientBalance"),
    ("fps", "Pay", "InsufficientBalance"),
    ("fps", "Reserve", "InvalidPaymentInstrument"),
    ("fps", "Settle", "ConcurrentModification"),
    ("fps", "Refund", "ConcurrentModification"),
    ("amazon_pay", "*", "InternalServerError"),
    ("amazon_pay", "*", "ServiceUnavailable"),
    ("amazon_pay", "CreateCharge", "SoftDeclined"),
    ("amazon_pay", "CreateCharge", "HardDeclined"),
    ("amazon_pay", "*", "TransactionInProgress"),
];

/// Faults that wait for a call, and what the log has told so far.
struct Villain {
    stage: Arc<Stage>,
    rng: StdRng,
    after: i64,
    waiting: BTreeMap<String, usize>,
}

/// Makes trouble until the day is over.
pub async fn make(stage: Arc<Stage>) {
    let rng = stage.rng("trouble", 0);
    let mut villain = Villain { stage, rng, after: 0, waiting: BTreeMap::new() };
    loop {
        pause(40).await;
        // A sandbox that is dead right now needs no faults.
        let _ = villain.strike_back().await;
    }
}

/// Lets business time run four times as fast as the clock on the wall.
pub async fn hurry(stage: Arc<Stage>) {
    loop {
        pause(1000).await;
        stage.later(Duration::from_secs(3)).await;
    }
}

impl Villain {
    /// One fault for every fifth thing that has happened since the last look.
    async fn strike_back(&mut self) -> Result<(), String> {
        let log = self.stage.control("GET", &format!("log?after={}", self.after), None).await?;
        self.count(self.stage.control("GET", "faults", None).await?);
        self.after = log["next_after"].as_i64().unwrap_or(self.after);
        for entry in log["entries"].as_array().into_iter().flatten() {
            self.stage.tally.calls.fetch_add(1, Ordering::Relaxed);
            if self.rng.random_bool(SHARE) {
                let fault = self.fault(entry);
                let kind = fault["fault"].as_str().unwrap_or_default().to_owned();
                let waiting = self.stage.control("POST", "faults", Some(fault)).await?;
                *self.waiting.entry(kind).or_insert(0) += 1;
                self.count(waiting);
            }
        }
        Ok(())
    }

    /// What waited before and does not any more has struck: a sandbox that is killed forgets none.
    fn count(&mut self, now: Value) {
        let now = by_kind(&now);
        let mut struck = self.stage.tally.faults.lock().unwrap();
        for (kind, before) in &self.waiting {
            let left = now.get(kind).copied().unwrap_or(0);
            *struck.entry(kind.clone()).or_insert(0) += before.saturating_sub(left);
        }
        drop(struck);
        self.waiting = now;
    }

    fn fault(&mut self, entry: &Value) -> Value {
        let provider = entry["provider"].as_str().unwrap_or("fps");
        let kinds: &[&str] = match (provider, entry["direction"].as_str().unwrap_or_default()) {
            ("alexa", _) => &OF_TALK,
            (_, "notification") => &OF_NEWS,
            _ => &OF_CALLS,
        };
        let kind = kinds[self.rng.random_range(0..kinds.len())];
        let mut fault = json!({ "provider": provider, "fault": kind });
        match kind {
            "delay" => fault["milliseconds"] = self.rng.random_range(50..900).into(),
            "status" => fault["code"] = [500, 502, 503, 504][self.rng.random_range(0..4)].into(),
            "error" => {
                let fitting: Vec<_> = REFUSALS.iter().filter(|(of, ..)| *of == provider).collect();
                let (_, operation, code) = fitting[self.rng.random_range(0..fitting.len())];
                fault["operation"] = (*operation).into();
                fault["error"] = (*code).into();
            }
            _ => {}
        }
        if provider == "alexa" {
            let operations = ["LaunchRequest", "IntentRequest", "Setup", "Charge"];
            fault["operation"] = operations[self.rng.random_range(0..operations.len())].into();
        }
        fault
    }
}

/// Every kind there is, each once.
pub fn kinds() -> Vec<&'static str> {
    let mut kinds = [&OF_CALLS[..], &OF_NEWS[..], &OF_TALK[..]].concat();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn by_kind(answer: &Value) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for fault in answer["faults"].as_array().into_iter().flatten() {
        let kind = fault["fault"].as_str().unwrap_or_default().to_owned();
        *all.entry(kind).or_insert(0) += usize::try_from(fault["times"].as_u64().unwrap_or(1)).unwrap_or(1);
    }
    all
}
