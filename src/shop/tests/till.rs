//! A payment provider that fits into a test: it believes every return, and holds what it is asked to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use crate::base::clock::{Millis, days};
use crate::base::money::Currency;
use crate::market::sellers::{Payee, PayeeStatus};
use crate::orders::checkout::Address;
use crate::orders::operation::{Instrument, Kind, Operation};
use crate::orders::outcome::{AbandonReason, Outcome};
use crate::orders::refusal::Words;
use crate::orders::words::{Meaning, ProviderWord, Rule};
use crate::pay::{
    Abilities, Activity, Answer, Button, Choice, ConsentAsk, Doubt, Express, Keeping, Movements, News, Place, Provider,
    RawNotification, Redirect, RegistrationAsk, ReturnNews, Returned, Said, Visit, VisitAsk,
};

/// The provider. A return is `reference=…&how=`: `card`, `bank`, `leave`, or anything else for a forged one.
pub struct Till {
    name: &'static str,
    /// Nobody answers.
    pub is_silent: AtomicBool,
    /// Takes calls and leaves them pending.
    pub is_slow: AtomicBool,
    /// How far the visits are that bring an address; all of them.
    pub visit: Mutex<Visit>,
}

impl Till {
    /// One that takes dollars and pays the sellers itself.
    pub fn called(name: &'static str) -> Till {
        let visit = Mutex::new(Visit::Chosen(Box::new(robin())));
        Till { name, is_silent: AtomicBool::new(false), is_slow: AtomicBool::new(false), visit }
    }

    /// The visits are this far from now on.
    pub fn set_visit(&self, visit: Visit) {
        *self.visit.lock().unwrap() = visit;
    }

    /// One that takes everything but dollars, for the marketplace.
    pub fn abroad() -> Till {
        Till::called("abroad")
    }

    fn takes_dollars(&self) -> bool {
        self.name != "abroad"
    }

    fn is_silent(&self) -> bool {
        self.is_silent.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Activity for Till {
    async fn movements(&self, _: Millis, _: Millis) -> Answer<Movements> {
        Answer::Done(Movements { movements: Vec::new(), next: None })
    }
}

#[async_trait]
impl Provider for Till {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        match self.name {
            "till" => "The till",
            "abroad" => "The till abroad",
            _ => "The other till",
        }
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            splits_fee: self.takes_dollars(),
            keeping: Keeping::No,
            payees_per_consent: 1,
            consent_lifetime: days(1),
            hold_lifetime: days(7),
            resend_window: days(7),
        }
    }

    fn takes(&self, currency: Currency) -> bool {
        (currency == Currency::USD) == self.takes_dollars()
    }

    fn activity(&self) -> Option<&dyn Activity> {
        (self.name == "till").then_some(self as &dyn Activity)
    }

    fn words(&self) -> &'static [ProviderWord] {
        &WORDS
    }

    fn word_of(&self, _: Kind, _: &Outcome) -> Option<&'static str> {
        None
    }

    async fn start_registration(&self, _: &Operation, _: RegistrationAsk<'_>) -> Answer<Redirect> {
        Answer::Silent("nobody registers here".to_owned())
    }

    async fn start_consent(&self, operation: &Operation, _: ConsentAsk<'_>) -> Answer<Redirect> {
        if self.is_silent() {
            return Answer::Silent("nobody is there".to_owned());
        }
        Answer::Done(Redirect {
            address: format!("http://127.0.0.1:3001/approve?at={}&reference={}", self.name, operation.id),
            visit: None,
        })
    }

    async fn start_change(&self, operation: &Operation, _: &str) -> Answer<Redirect> {
        Answer::Done(Redirect {
            address: format!("http://127.0.0.1:3001/change?reference={}", operation.id),
            visit: None,
        })
    }

    async fn understand_return(&self, returned: &Returned) -> Answer<Result<ReturnNews, Doubt>> {
        if self.is_silent() {
            return Answer::Silent("nobody is there".to_owned());
        }
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(returned.raw.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
        let Ok(reference) = field("reference").parse() else { return Answer::Done(Err(Doubt::NotUnderstood)) };
        let consented = |instrument| Outcome::Consented { consent: "approval".to_owned(), instrument };
        let outcome = match field("how") {
            "card" => consented(Instrument::Card),
            "bank" => consented(Instrument::Bank),
            "leave" => Outcome::Abandoned { code: "left".to_owned(), reason: AbandonReason::Left },
            _ => return Answer::Done(Err(Doubt::NotGenuine)),
        };
        Answer::Done(Ok(ReturnNews { reference, said: Said::Outcome(outcome), remark: None }))
    }

    async fn send(&self, operation: &Operation) -> Outcome {
        let transaction = format!("T-{}", operation.id);
        match operation.kind {
            _ if self.is_silent() => Outcome::Silent { why: "nobody is there".to_owned() },
            _ if self.is_slow.load(Ordering::Relaxed) => Outcome::Pending { transaction: Some(transaction) },
            Kind::Reserve => Outcome::Held { transaction, until: Millis(i64::MAX / 2), is_suspect: false },
            Kind::Cancel => Outcome::Released { transaction },
            _ => Outcome::Taken { transaction, amount: operation.amount, provider_fee: None, is_suspect: false },
        }
    }

    async fn find_outcome(&self, operation: &Operation) -> Outcome {
        if operation.needs_person() { Outcome::NeverArrived } else { self.send(operation).await }
    }

    async fn payee_status(&self, _: &Payee) -> Answer<PayeeStatus> {
        Answer::Silent("not asked".to_owned())
    }

    async fn understand_notification(&self, _: &RawNotification) -> Answer<Result<News, Doubt>> {
        Answer::Done(Err(Doubt::NotUnderstood))
    }

    async fn read(&self, _: &News) -> Outcome {
        Outcome::NeverArrived
    }

    fn express(&self) -> Option<&dyn Express> {
        (self.name == "till").then_some(self)
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// All the till ever says.
const WORDS: [ProviderWord; 1] = [ProviderWord {
    group: "At the counter",
    code: "left",
    title: "Walked away",
    said: "The buyer put the purse back and walked away.",
    meaning: Meaning::Abandoned(AbandonReason::Left),
    rule: Rule::NewCheckout,
    words: Words { buyer: "You left.", seller: "The buyer left.", operator: "Nothing to do here." },
}];
/// What the till's buyers choose there.
pub fn robin() -> Choice {
    Choice {
        email: "robin@till.example".to_owned(),
        address: Address {
            name: "Robin Visitor".to_owned(),
            line1: "7 Till Street".to_owned(),
            city: "Sacramento".to_owned(),
            state: "CA".to_owned(),
            postal_code: "94203".to_owned(),
            country: "US".to_owned(),
            ..Address::EMPTY
        },
        instrument: "Purse ****7777".to_owned(),
        pages: "http://127.0.0.1:3001/choose?visit=v1".to_owned(),
        change: None,
    }
}

#[async_trait]
impl Express for Till {
    fn visit_button(&self, place: Place, ask: &VisitAsk) -> Option<Button> {
        let settings = format!("{{\"place\":\"{place:?}\",\"review\":\"{}\"}}", ask.review_url);
        Some(Button { module: "js/amazon-pay.js", script: "http://127.0.0.1:3002/button.js".to_owned(), settings })
    }

    fn approval_button(&self, _: Currency) -> Option<Button> {
        let script = "http://127.0.0.1:3002/button.js".to_owned();
        Some(Button { module: "js/amazon-pay.js", script, settings: "{}".to_owned() })
    }

    fn sign_approval(&self, operation: &Operation, ask: &ConsentAsk<'_>) -> Option<String> {
        Some(format!("{{\"reference\":\"{}\",\"city\":\"{}\"}}", operation.id, ask.address.city))
    }

    fn button_origins(&self) -> Vec<String> {
        vec!["http://127.0.0.1:3002".to_owned()]
    }

    async fn start_visit(&self, _: &str, ask: &VisitAsk) -> Answer<Redirect> {
        if self.is_silent() {
            return Answer::Silent("nobody is there".to_owned());
        }
        assert!(ask.ships_to.iter().any(|(country, states)| *country == "US" && states.contains(&"OR")));
        Answer::Done(Redirect { address: robin().pages, visit: Some("v1".to_owned()) })
    }

    fn visit_in(&self, query: &str) -> Option<String> {
        query.split_once("visit=").map(|(_, visit)| visit.to_owned())
    }

    async fn read_visit(&self, _: &str) -> Answer<Visit> {
        if self.is_silent() {
            return Answer::Silent("nobody is there".to_owned());
        }
        Answer::Done(self.visit.lock().unwrap().clone())
    }

    async fn approve_visit(&self, visit: &str, operation: &Operation, _: &ConsentAsk<'_>) -> Answer<Redirect> {
        self.set_visit(Visit::Spent(operation.id.to_string()));
        let address = format!("http://127.0.0.1:3001/approve?visit={visit}&reference={}", operation.id);
        Answer::Done(Redirect { address, visit: Some(visit.to_owned()) })
    }
}

/// How long a waiting page looks again, and a little more.
pub const LONG: Duration = Duration::from_secs(180);
