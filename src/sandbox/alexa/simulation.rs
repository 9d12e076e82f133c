//! Sandbox simulations in `sellerAuthorizationNote`, as JSON text.
//!
//! ```text
//! {"SandboxSimulation":{"State":"Declined","ReasonCode":"InvalidPaymentMethod","PaymentMethodUpdateTimeInMins":1}}
//! ```

use serde::Deserialize;
use serde_json::Value;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simulation {
    /// The authorisation is refused.
    Declined {
        /// `InvalidPaymentMethod`, …
        reason: &'static str,
        /// Another attempt may work.
        is_soft: bool,
        /// Minutes until the way to pay is mended.
        mended_after: Option<u64>,
    },
    /// It is authorised and lapses after so many minutes.
    ExpiresAfter(u64),
    /// It is authorised, and Amazon closes it at once.
    AmazonCloses,
}

/// A simulation that does not fit: `InvalidSandboxSimulationSpecified`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misplaced;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Note {
    sandbox_simulation: Wish,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Wish {
    state: String,
    reason_code: String,
    payment_method_update_time_in_mins: Option<u64>,
    soft_decline: Option<Value>,
    expiration_time_in_mins: Option<u64>,
}

/// The most minutes that a simulation may take.
const LONGEST: u64 = 240;

/// Reads a note; one that is no JSON object asks for nothing. `can_pend`: the answer may come later.
pub fn read(note: &str, can_pend: bool) -> Result<Option<Simulation>, Misplaced> {
    if !note.trim_start().starts_with('{') || !note.contains("SandboxSimulation") {
        return Ok(None);
    }
    let wish = serde_json::from_str::<Note>(note).map_err(|_| Misplaced)?.sandbox_simulation;
    let is_soft = match &wish.soft_decline {
        None => false,
        Some(Value::Bool(soft)) => *soft,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        Some(_) => return Err(Misplaced),
    };
    let minutes = [wish.payment_method_update_time_in_mins, wish.expiration_time_in_mins];
    if minutes.into_iter().flatten().any(|minutes| !(1..=LONGEST).contains(&minutes)) {
        return Err(Misplaced);
    }
    let is_plain = wish.soft_decline.is_none() && wish.payment_method_update_time_in_mins.is_none();
    let found = match (wish.state.as_str(), wish.reason_code.as_str()) {
        ("Declined", "InvalidPaymentMethod") if wish.expiration_time_in_mins.is_none() => {
            // An update is only seen by whoever waits for it.
            if wish.payment_method_update_time_in_mins.is_some() && !can_pend {
                return Err(Misplaced);
            }
            let mended_after = wish.payment_method_update_time_in_mins;
            Simulation::Declined { reason: "InvalidPaymentMethod", is_soft, mended_after }
        }
        ("Declined", "AmazonRejected") if is_plain && wish.expiration_time_in_mins.is_none() => {
            Simulation::Declined { reason: "AmazonRejected", is_soft, mended_after: None }
        }
        ("Declined", "TransactionTimedOut") if is_plain && wish.expiration_time_in_mins.is_none() => {
            Simulation::Declined { reason: "TransactionTimedOut", is_soft, mended_after: None }
        }
        ("Closed", "ExpiredUnused") if is_plain => Simulation::ExpiresAfter(wish.expiration_time_in_mins.unwrap_or(1)),
        ("Closed", "AmazonClosed") if is_plain && wish.expiration_time_in_mins.is_none() => Simulation::AmazonCloses,
        _ => return Err(Misplaced),
    };
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_for_people_simulates_nothing() {
        assert_eq!(read("For the blue mug", false), Ok(None));
        assert_eq!(read("", false), Ok(None));
    }

    #[test]
    fn known_simulations_are_read_and_others_are_misplaced() {
        let wish = |inner: &str| read(&format!("{{\"SandboxSimulation\":{{{inner}}}}}"), false);
        let declined = |reason, is_soft| Ok(Some(Simulation::Declined { reason, is_soft, mended_after: None }));
        assert_eq!(wish(r#""State":"Declined","ReasonCode":"AmazonRejected""#), declined("AmazonRejected", false));
        let soft = r#""State":"Declined","ReasonCode":"InvalidPaymentMethod","SoftDecline":"true""#;
        assert_eq!(wish(soft), declined("InvalidPaymentMethod", true));
        assert_eq!(wish(r#""State":"Closed","ReasonCode":"AmazonClosed""#), Ok(Some(Simulation::AmazonCloses)));
        let later = r#""State":"Declined","ReasonCode":"InvalidPaymentMethod","PaymentMethodUpdateTimeInMins":1"#;
        assert_eq!(wish(later), Err(Misplaced), "nobody waits for it");
        assert!(read(&format!("{{\"SandboxSimulation\":{{{later}}}}}"), true).is_ok());
        for bad in [
            r#""State":"Declined","ReasonCode":"Whatever""#,
            r#""State":"Open","ReasonCode":"AmazonRejected""#,
            r#""State":"Declined""#,
            r#""State":"Closed","ReasonCode":"ExpiredUnused","ExpirationTimeInMins":0"#,
            r#""State":"Closed","ReasonCode":"ExpiredUnused","Colour":1"#,
        ] {
            assert_eq!(wish(bad), Err(Misplaced), "{bad}");
        }
    }
}
