//! Scripted faults as a form: every fault of the README, at every call, page and notification, with what it teaches.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Fields, broken, field, page};
use crate::sandbox::amazon_pay::operations::OPERATIONS;
use crate::sandbox::faults::{Fault, Faults, Kind, Pending};
use crate::sandbox::fps::rules::api;
use crate::sandbox::{Sandbox, alexa, amazon_pay};

const PLACE: &str = "/_sandbox/desk/faults#pending";

/// One fault of the README, for people.
pub struct Taught {
    kind: Kind,
    /// The word on the wire, also what the form sends.
    pub word: &'static str,
    title: &'static str,
    teaches: &'static str,
    /// What the field beside it means; empty where it means nothing.
    argument: &'static str,
}

const fn row(
    kind: Kind,
    word: &'static str,
    title: &'static str,
    teaches: &'static str,
    argument: &'static str,
) -> Taught {
    Taught { kind, word, title, teaches, argument }
}

/// All of them, in the order of [`Kind::ALL`].
pub const TAUGHT: [Taught; 10] = [
    row(
        Kind::DropRequest,
        "drop_request",
        "the request is lost",
        "Nothing was done, but the shop cannot know: it asks before it sends again.",
        "",
    ),
    row(
        Kind::DropResponse,
        "drop_response",
        "the answer is lost",
        "The work is done and nobody said so. Sending again under the same reference must not charge again.",
        "",
    ),
    row(
        Kind::Delay,
        "delay",
        "the answer is slow",
        "The work is done at once, the answer comes late: the notification may be there first.",
        "milliseconds, such as 3000",
    ),
    row(
        Kind::Status,
        "status",
        "an empty answer with an HTTP status",
        "A proxy says 502, and no word about the payment. That is silence, not a refusal.",
        "HTTP status, 200 to 599, such as 502",
    ),
    row(
        Kind::Throttle,
        "throttle",
        "too many requests",
        "Refused for now, before any work: the shop waits a little longer each time.",
        "",
    ),
    row(
        Kind::DuplicateNotification,
        "duplicate_notification",
        "the notification comes twice",
        "The same news twice is one event: nothing is booked twice.",
        "",
    ),
    row(
        Kind::ReorderNotifications,
        "reorder_notifications",
        "the next notification overtakes it",
        "Old news after new news: a late “pending” must not undo a payment.",
        "",
    ),
    row(
        Kind::LoseNotification,
        "lose_notification",
        "the notification is lost",
        "Nobody calls. The shop finds out by asking, a few minutes later.",
        "",
    ),
    row(
        Kind::CorruptNotificationSignature,
        "corrupt_notification_signature",
        "the notification's signature is damaged",
        "Whoever sends it, it is not believed; the shop asks instead.",
        "",
    ),
    row(
        Kind::Error,
        "error",
        "refused with an error code",
        "Any code of the provider's tables, by name, before any work.",
        "code, such as InsufficientBalance or TransactionDenied",
    ),
];

/// A choice of the field that says where a fault strikes: provider and operation in one.
struct Where {
    group: &'static str,
    places: Vec<Place>,
}

struct Place {
    value: String,
    label: String,
    is_chosen: bool,
}

/// What stands in the form.
struct Written {
    place: String,
    fault: String,
    times: String,
    argument: String,
    during: String,
}

impl Written {
    fn read(form: &[(String, String)]) -> Written {
        let text = |name: &str| field(form, name).to_owned();
        Written {
            place: text("where"),
            fault: text("fault"),
            times: text("times"),
            argument: text("argument"),
            during: text("for_seconds"),
        }
    }

    fn fresh() -> Written {
        Written {
            place: "fps Pay".to_owned(),
            fault: "drop_response".to_owned(),
            times: "1".to_owned(),
            argument: String::new(),
            during: String::new(),
        }
    }

    /// The fault that is meant. Errors: what is wrong.
    fn fault(&self) -> Result<Fault, &'static str> {
        let known = places(&self.place).iter().any(|group| group.places.iter().any(|place| place.is_chosen));
        let (provider, operation) =
            self.place.split_once(' ').filter(|_| known).ok_or("Choose where it strikes from the list.")?;
        let taught = TAUGHT.iter().find(|own| own.word == self.fault).ok_or("Choose one of the faults.")?;
        let times = self.times.parse().map_err(|_| "How often is a whole number of at least 1.")?;
        let seconds = match self.during.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| "Choose one of the times.")?),
        };
        let mut fault = fault(provider, operation, taught.kind, times);
        fault.for_seconds = seconds;
        match taught.kind {
            Kind::Delay => {
                let is_sane = |own: &u64| *own <= 60_000;
                let own = self.argument.parse().ok().filter(is_sane);
                fault.milliseconds = Some(own.ok_or("A delay needs its milliseconds, 60000 at most.")?);
            }
            Kind::Status => {
                fault.code = Some(self.argument.parse().map_err(|_| "A status needs its number, 200 to 599.")?);
            }
            Kind::Error => fault.error = Some(self.argument.clone()),
            _ => {}
        }
        Ok(fault)
    }
}

/// A fault without argument.
pub fn fault(provider: &str, operation: &str, kind: Kind, times: u32) -> Fault {
    let (provider, operation) = (provider.to_owned(), operation.to_owned());
    Fault { provider, operation, fault: kind, times, milliseconds: None, code: None, error: None, for_seconds: None }
}

/// Where faults can strike; `chosen` is the value that is chosen.
fn places(chosen: &str) -> Vec<Where> {
    let group = |group: &'static str, provider: &str, names: Vec<&str>| {
        let place = |name: &&str| {
            let value = format!("{provider} {name}");
            let label = if *name == "*" { "Every call, page and notification".to_owned() } else { (*name).to_owned() };
            Place { is_chosen: value == chosen, value, label }
        };
        Where { group, places: names.iter().map(place).collect() }
    };
    let calls: Vec<&str> = ["*"].into_iter().chain(api::names()).collect();
    let pages = vec!["SingleUse", "MultiUse", "Recurring", "Recipient", "EditToken"];
    let operations = ["*"].into_iter().chain(OPERATIONS.iter().filter(|own| !own.is_for_partners).map(|own| own.name));
    vec![
        group("Flexible Payments: calls, and what is told about them", "fps", calls),
        group("Flexible Payments: pages", "fps", pages),
        group("Flexible Payments: other notifications", "fps", vec!["CANCEL_TRANSACTION", "TokenCancellation"]),
        group("Amazon Pay: calls", amazon_pay::PROVIDER, operations.collect()),
        group(
            "Amazon Pay: notifications",
            amazon_pay::PROVIDER,
            vec!["CHARGE", "CHARGE_PERMISSION", "REFUND", "CHARGEBACK"],
        ),
        group(
            "Alexa: requests to the skill",
            alexa::PROVIDER,
            vec!["*", "LaunchRequest", "IntentRequest", "SessionEndedRequest", "Setup", "Charge"],
        ),
    ]
}

/// A fault in a sentence.
pub fn words(fault: &Fault) -> String {
    let provider = match fault.provider.as_str() {
        amazon_pay::PROVIDER => "Amazon Pay",
        alexa::PROVIDER => "Alexa",
        _ => "Flexible Payments",
    };
    let place = match fault.operation.as_str() {
        "*" | "" => "everything",
        own => own,
    };
    let title = TAUGHT.iter().find(|own| own.kind == fault.fault).map_or("", |own| own.title);
    let argument = match (fault.milliseconds, fault.code, &fault.error) {
        (Some(milliseconds), ..) => format!(" by {milliseconds} ms"),
        (_, Some(code), _) => format!(" {code}"),
        (.., Some(error)) => format!(" {error}"),
        _ => String::new(),
    };
    let times = match (fault.times, fault.for_seconds) {
        (_, Some(3600)) => ", for an hour of business time".to_owned(),
        (_, Some(seconds)) => format!(", for {} hours of business time", seconds.div_ceil(3600)),
        (1, None) => ", once".to_owned(),
        (times, None) => format!(", {times} times"),
    };
    format!("{provider}, {place}: {title}{argument}{times}")
}

/// One that is still to come.
struct Line {
    number: u64,
    words: String,
    until: String,
}

impl Line {
    fn of(own: &Pending) -> Line {
        let until = own.until.map_or_else(String::new, |until| until.for_people());
        Line { number: own.number, words: words(&own.fault), until }
    }
}

#[derive(Template)]
#[template(path = "sandbox/desk/faults.html")]
struct FaultsPage {
    tab: &'static str,
    pending: Vec<Line>,
    places: Vec<Where>,
    taught: &'static [Taught],
    written: Written,
    problem: String,
}

fn rendered(sandbox: &Sandbox, status: StatusCode, written: Written, problem: &str) -> Response {
    let shown = FaultsPage {
        tab: "faults",
        pending: sandbox.faults().all().iter().map(Line::of).collect(),
        places: places(&written.place),
        taught: &TAUGHT,
        written,
        problem: problem.to_owned(),
    };
    page(status, &shown)
}

/// Shows the page.
pub async fn show(State(sandbox): State<Sandbox>) -> Response {
    rendered(&sandbox, StatusCode::OK, Written::fresh(), "")
}

/// Adds one, takes one back, or takes all back; answers 303 to the list.
pub async fn act(State(sandbox): State<Sandbox>, Form(form): Fields) -> Response {
    let written = Written::read(&form);
    let now = sandbox.clock().now();
    let change = |faults: &Faults| match field(&form, "act") {
        "add" => written.fault().and_then(|fault| faults.add(fault, now)),
        "remove" => match field(&form, "number").parse() {
            // One that has struck meanwhile is gone, which is what was wanted.
            Ok(number) => {
                faults.remove(number);
                Ok(())
            }
            Err(_) => Err("There is no such fault."),
        },
        "clear" => {
            faults.clear();
            Ok(())
        }
        _ => Err("There is no such button."),
    };
    match sandbox.script(change).await {
        Ok(Ok(())) => Redirect::to(PLACE).into_response(),
        Ok(Err(problem)) => rendered(&sandbox, StatusCode::UNPROCESSABLE_ENTITY, written, problem),
        Err(error) => broken(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_readme_is_taught_under_its_own_word() {
        let words: Vec<String> =
            Kind::ALL.iter().map(|kind| serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()).collect();
        assert_eq!(TAUGHT.iter().map(|own| own.word).collect::<Vec<_>>(), words);
        for (kind, own) in Kind::ALL.iter().zip(&TAUGHT) {
            assert_eq!(own.kind, *kind);
            assert!(own.teaches.ends_with('.') && !own.title.ends_with('.'), "{}", own.word);
        }
    }

    #[test]
    fn a_fault_reads_as_a_sentence() {
        let mut own = fault("fps", "Pay", Kind::Error, 2);
        own.error = Some("InsufficientBalance".to_owned());
        assert_eq!(words(&own), "Flexible Payments, Pay: refused with an error code InsufficientBalance, 2 times");
        own = fault("amazon_pay", "*", Kind::LoseNotification, 1000);
        own.for_seconds = Some(86_400);
        assert_eq!(words(&own), "Amazon Pay, everything: the notification is lost, for 24 hours of business time");
    }
}
