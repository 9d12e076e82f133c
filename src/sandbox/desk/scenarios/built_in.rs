//! The scenarios everybody starts with: the ways in which payments go wrong that a shop has to survive.

use crate::sandbox::desk::armed::Armed;
use crate::sandbox::desk::clock::Jump;
use crate::sandbox::desk::faults::fault;
use crate::sandbox::faults::{Fault, Kind};
use crate::sandbox::{alexa, amazon_pay};

/// One of them.
pub struct Scenario {
    /// What the form sends.
    pub key: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it arms.
    pub arms: fn() -> Armed,
    /// What to do in the shop.
    pub act: &'static str,
    /// What can be seen then.
    pub see: &'static str,
    /// Why nobody loses money.
    pub safe: &'static str,
}

/// The calls that charge a buyer, at either provider.
const CHARGES: [(&str, &str); 3] =
    [("fps", "Pay"), ("fps", "Reserve"), (amazon_pay::PROVIDER, "CompleteCheckoutSession")];
const EVERYTHING: [(&str, &str); 2] = [("fps", "*"), (amazon_pay::PROVIDER, "*")];
/// For faults that strike as long as they last.
const ALWAYS: u32 = 1_000_000;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

fn each(places: &[(&str, &str)], kind: Kind, change: fn(&mut Fault)) -> Vec<Fault> {
    let made = places.iter().map(|(provider, operation)| {
        let mut own = fault(provider, operation, kind, 1);
        change(&mut own);
        own
    });
    made.collect()
}

fn faults(faults: Vec<Fault>) -> Armed {
    Armed { faults, ..Armed::default() }
}

fn during(fault: &mut Fault, seconds: u64) {
    (fault.times, fault.for_seconds) = (ALWAYS, Some(seconds));
}

/// All of them, in the order of the page.
pub static SCENARIOS: [Scenario; 14] = [
    Scenario {
        key: "answer-lost",
        title: "The answer is lost after the charge",
        arms: || faults(each(&CHARGES, Kind::DropResponse, |_| {})),
        act: "Buy something, with either provider.",
        see: "The order says that we are still asking. A moment later it is paid for, or on hold, once.",
        safe: "The wish was written down with its reference before the call. The shop asks what became of it, and the same reference never charges twice.",
    },
    Scenario {
        key: "request-lost",
        title: "The request never arrives",
        arms: || faults(each(&CHARGES, Kind::DropRequest, |_| {})),
        act: "Buy something, with either provider.",
        see: "The same wait as with a lost answer: from outside, both are silence.",
        safe: "Silence is neither a yes nor a no. The shop asks, hears that nothing arrived, and sends it again under the same reference.",
    },
    Scenario {
        key: "notification-first",
        title: "The notification comes before the return",
        arms: || faults(each(&CHARGES, Kind::Delay, |own| own.milliseconds = Some(4_000))),
        act: "Buy something, and watch the browser wait four seconds on its way back.",
        see: "The order is paid for, or on hold, before the browser is back.",
        safe: "Answers, returns and notifications go through one door, which takes news in any order and each of them once.",
    },
    Scenario {
        key: "two-answers",
        title: "Two answers for one charge",
        arms: || {
            let twice = [("fps", "PAY"), ("fps", "RESERVE"), (amazon_pay::PROVIDER, "CHARGE")];
            let mut all = each(&CHARGES, Kind::DropResponse, |_| {});
            all.extend(each(&twice, Kind::DuplicateNotification, |own| own.times = 2));
            faults(all)
        },
        act: "Buy something, with either provider.",
        see: "The shop hears of one charge by its own question and by notifications that come twice. The order's history has it once.",
        safe: "News names its transaction. What is known already changes nothing and books nothing.",
    },
    Scenario {
        key: "out-of-order",
        title: "The notifications come in the wrong order",
        arms: || faults(each(&EVERYTHING, Kind::ReorderNotifications, |_| {})),
        act: "Buy something by card.",
        see: "“Pending” arrives seconds after the good news, and the order stays where it is.",
        safe: "No state goes back: the state table has no way from paid or held to waiting.",
    },
    Scenario {
        key: "deaf-for-a-day",
        title: "Every notification is lost for a day",
        arms: || faults(each(&EVERYTHING, Kind::LoseNotification, |own| during(own, DAY))),
        act: "Buy, ship, refund; then move the clock by a day.",
        see: "Everything still happens, a few minutes later each time.",
        safe: "Notifications only make it quicker. Whatever is open is asked about until it has ended.",
    },
    Scenario {
        key: "forged",
        title: "A notification with a damaged signature",
        arms: || faults(each(&EVERYTHING, Kind::CorruptNotificationSignature, |own| own.times = 2)),
        act: "Buy something, and look at the notifications here.",
        see: "The shop takes the message in and believes nothing of it. The order goes on once the provider itself was asked.",
        safe: "Only a signature that the provider confirms makes a message news.",
    },
    Scenario {
        key: "provider-away",
        title: "The providers are away for an hour",
        arms: || {
            faults(each(&EVERYTHING, Kind::Status, |own| {
                own.code = Some(503);
                during(own, HOUR);
            }))
        },
        act: "Ship or refund an order, then move the clock by an hour.",
        see: "The act waits, with growing pauses, and is done once they are back. Nobody presses anything again.",
        safe: "The wish is a row in the database. It is tried again under its one reference.",
    },
    Scenario {
        key: "throttled",
        title: "Too many requests",
        arms: || faults(each(&EVERYTHING, Kind::Throttle, |own| own.times = 3)),
        act: "Ship or refund an order.",
        see: "It takes a few tries, with pauses that grow.",
        safe: "A throttled call was never worked on, so that sending it again is safe.",
    },
    Scenario {
        key: "person-looks",
        title: "A person at the provider looks at the payment first",
        arms: || Armed { flags: 1, ..Armed::default() },
        act: "Buy something with Flexible Payments, then decide in the manual check on the first page.",
        see: "The order waits and the seller cannot ship. Your word ends it, either way.",
        safe: "PendingVerification is not a yes: nothing is sent before the money is held.",
    },
    Scenario {
        key: "seller-closed",
        title: "The seller's account is closed while a parcel waits",
        arms: || {
            let mut closed = fault("fps", "Settle", Kind::Error, 1);
            closed.error = Some("InvalidAccountState_Recipient".to_owned());
            faults(vec![closed])
        },
        act: "Buy with Flexible Payments by card; arm this; then, as the seller, mark the parcel as shipped.",
        see: "The order is not shipped, and the seller reads why and gets a letter. The money stays on hold: shipping once more takes it, and where nobody does, the hold ends by itself after seven days.",
        safe: "A parcel only counts as sent once its money was taken, and what the seller can mend costs no sale.",
    },
    Scenario {
        key: "declined-renewal",
        title: "The card declines at renewal",
        arms: || {
            let simulations = vec![".70-.89".to_owned()];
            Armed { simulations, jump: Some(Jump::Renewal), ..Armed::default() }
        },
        act: "Subscribe to something with Flexible Payments, then arm this.",
        see: "The clock goes to the next period. Its charge is declined, the buyer gets a letter with a way to mend it, and it is tried again by schedule.",
        safe: "One order for each period: a second try pays the same one, never another.",
    },
    Scenario {
        key: "nobody-ships",
        title: "Nobody ships until the hold has ended",
        arms: || Armed { jump: Some(Jump::PastTheHold), ..Armed::default() },
        act: "Buy by card, then arm this: the clock goes eight days ahead.",
        see: "The hold is over, the seller cannot ship any more, and the buyer was not charged.",
        safe: "The shop knows how long a hold lasts, and stops a parcel that nobody would pay for.",
    },
    Scenario {
        key: "voice-lost",
        title: "The skill never hears of its charge",
        arms: || faults(vec![fault(alexa::PROVIDER, "Charge", Kind::DropRequest, 1)]),
        act: "Order by voice on the page /alexa.",
        see: "The device says that something went wrong. The order is on hold all the same, once the notification was there.",
        safe: "The charge belongs to an order that was written down before it was asked for; the notification finds it.",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::clock::Millis;
    use crate::sandbox::faults::Faults;
    use crate::sandbox::fps::simulations::Simulation;

    #[test]
    fn every_scenario_arms_something_that_can_strike_and_says_what_to_do() {
        let keys: BTreeSet<&str> = SCENARIOS.iter().map(|own| own.key).collect();
        assert_eq!(keys.len(), SCENARIOS.len());
        for own in &SCENARIOS {
            let armed = (own.arms)();
            assert!(!armed.is_nothing() && !armed.lines().is_empty(), "{}", own.key);
            for fault in armed.faults {
                Faults::default().add(fault, Millis(0)).unwrap();
            }
            assert!(armed.simulations.iter().all(|value| Simulation::of(value).is_some()), "{}", own.key);
            for text in [own.act, own.see, own.safe] {
                assert!(text.ends_with('.'), "{text}");
            }
        }
    }
}
