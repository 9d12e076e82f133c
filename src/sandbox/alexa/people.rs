//! The people who speak: the buyers of the Amazon Pay sandbox, each with an Echo, settings in the Alexa app, and the
//! conversation so far.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::locales::{self, Locale};
use super::payload::Asked;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{BUYERS, Buyer, Turn};
use crate::sandbox::state::StateError;

/// The scope that payments need.
pub const SCOPE: &str = "payments:autopay_consent";

/// What the person has said to the consent page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Never saw it.
    NotAsked,
    /// Yes.
    #[default]
    Granted,
    /// No.
    Denied,
}

/// The default 1-Click payment method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OneClick {
    /// There and usable.
    #[default]
    Ready,
    /// None, or out of date.
    Outdated,
    /// Its billing address is missing.
    NoBillingAddress,
    /// Of a kind that this seller does not take.
    NotAccepted,
}

/// The tokens of a linked shop account. They are sent to the skill and never shown.
#[derive(Clone, Serialize, Deserialize)]
pub struct Link {
    /// Sent as `user.accessToken`.
    pub access_token: String,
    /// For the next one.
    pub refresh_token: String,
    /// Real time, milliseconds.
    pub expires_at: i64,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link(until {})", self.expires_at)
    }
}

/// One person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Person {
    /// Who, as in Amazon Pay.
    pub buyer_id: String,
    /// How often they have come back as somebody whom the skill does not know.
    #[serde(default)]
    pub comebacks: u32,
    /// What they said to `payments:autopay_consent`.
    pub consent: Consent,
    /// The account setting Voice Purchasing.
    pub voice_purchasing: bool,
    /// Four digits; empty for none.
    pub voice_code: String,
    /// Whether there is a default 1-Click address.
    pub has_address: bool,
    /// The default 1-Click payment method.
    pub one_click: OneClick,
    /// The ending of the card behind it.
    pub instrument: String,
    /// When the card is mended by itself; 0 for never.
    #[serde(default)]
    pub mended_at: i64,
    /// Whether there is an e-mail address on the account.
    pub has_email: bool,
    /// Whether the Echo has a screen.
    pub has_screen: bool,
    /// The language it is set to, `en-US`.
    pub locale: String,
    /// The linked account of the shop.
    #[serde(default)]
    pub link: Option<Link>,
    /// The session with the skill that is open.
    #[serde(default)]
    pub session: Option<Session>,
    /// What Alexa herself is waiting for.
    #[serde(default)]
    pub waiting: Option<Waiting>,
    /// What was said, shown and sent, oldest first.
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// How many there ever were.
    #[serde(default)]
    pub entries_ever: usize,
    /// How many there were when the last sentence began.
    #[serde(default)]
    pub turn_begins_at: usize,
}

/// An open session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `amzn1.echo-api.session.…`
    pub id: String,
    /// Given back to the skill with the next request.
    pub attributes: Map<String, Value>,
    /// What is said into a silence; empty for nothing.
    pub reprompt: String,
    /// Whether it was said already.
    pub was_reprompted: bool,
    /// A dialog that waits for a slot or a confirmation.
    pub dialog: Option<Dialog>,
}

/// A dialog that the skill has handed to Alexa, or asked her to go on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dialog {
    /// The intent so far, as it is sent.
    pub intent: Value,
    /// What the next sentence fills or answers.
    pub wants: Wants,
}

/// What a dialog waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wants {
    /// The value of this slot.
    Slot(String),
    /// A yes or no to the value of this slot.
    SlotConfirmed(String),
    /// A yes or no to the whole.
    IntentConfirmed,
}

/// What Alexa waits for before she goes on with a directive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The charge that needs the voice code.
    pub asked: Asked,
    /// Wrong answers so far.
    pub wrong: u32,
}

/// Who speaks or shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The person.
    Buyer,
    /// Amazon.
    Alexa,
    /// The skill.
    Skill,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Somebody said something.
    Said {
        /// Who.
        by: By,
        /// What, as plain text.
        text: String,
    },
    /// A card came into the Alexa app.
    Card {
        /// From whom.
        by: By,
        /// As the skill wrote it.
        card: Value,
    },
    /// A request and its answer.
    Exchange(Exchange),
    /// The rules were broken, for the presenter.
    Broken(String),
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was sent.
    pub request: Value,
    /// What came back; text where it was no JSON, `null` for nothing.
    pub response: Value,
    /// HTTP status; 0 for none.
    pub status: u16,
    /// How long it took.
    pub milliseconds: u64,
    /// `ok`, or what is wrong with the answer.
    pub verdict: String,
    /// The authorisation that this result tells of, as the ledger's id; empty for none.
    #[serde(default)]
    pub charge_id: String,
}

/// How many entries are kept of a conversation.
const LONGEST: usize = 160;

impl Person {
    /// The person as nobody has changed them yet.
    pub fn fresh(buyer: &Buyer) -> Person {
        let asks_code = buyer.instruments.iter().find(|own| own.turn == Turn::AsksCode);
        Person {
            buyer_id: buyer.id.to_owned(),
            comebacks: 0,
            consent: Consent::Granted,
            voice_purchasing: true,
            voice_code: asks_code.map_or("", |own| own.ending).to_owned(),
            has_address: true,
            one_click: OneClick::Ready,
            instrument: buyer.instruments.first().map_or("", |own| own.ending).to_owned(),
            mended_at: 0,
            has_email: true,
            has_screen: true,
            locale: locales::ALL[0].tag.to_owned(),
            link: None,
            session: None,
            waiting: None,
            entries: Vec::new(),
            entries_ever: 0,
            turn_begins_at: 0,
        }
    }

    /// The buyer behind the person.
    pub fn buyer(&self) -> &'static Buyer {
        BUYERS.iter().find(|own| own.id == self.buyer_id).unwrap_or(&BUYERS[0])
    }

    /// The language their Echo is set to.
    pub fn locale(&self) -> &'static Locale {
        locales::find(&self.locale).unwrap_or(&locales::ALL[0])
    }

    /// The same buyer as a skill meets them that was disabled and enabled again: under another user id, so that nothing
    /// it keeps is about them. Settings, agreements and the conversation are as nobody has changed them; the language
    /// stays.
    pub fn come_back(&self) -> Person {
        Person { comebacks: self.comebacks + 1, locale: self.locale.clone(), ..Person::fresh(self.buyer()) }
    }

    /// `amzn1.ask.account.…`, other than the buyer id, and the same until they come back.
    pub fn user_id(&self) -> String {
        format!("amzn1.ask.account.AH{}", self.mark())
    }

    /// `amzn1.ask.device.…`
    pub fn device_id(&self) -> String {
        format!("amzn1.ask.device.AE{}", self.mark())
    }

    fn mark(&self) -> String {
        let own = self.buyer_id.rsplit('.').next().unwrap_or_default();
        match self.comebacks {
            0 => own.to_owned(),
            times => format!("{own}{times}"),
        }
    }

    /// Adds what happened; the oldest is forgotten.
    pub fn note(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.entries_ever += 1;
        let surplus = self.entries.len().saturating_sub(LONGEST);
        self.entries.drain(..surplus);
    }

    /// What happened since the last sentence began.
    pub fn last_turn(&self) -> &[Entry] {
        let count = self.entries_ever.saturating_sub(self.turn_begins_at).min(self.entries.len());
        &self.entries[self.entries.len() - count..]
    }

    /// Somebody says something; nothing is said where there is nothing.
    pub fn hear(&mut self, by: By, text: &str) {
        if !text.trim().is_empty() {
            self.note(Entry::Said { by, text: text.trim().to_owned() });
        }
    }

    /// Whether the microphone is open.
    pub fn is_open(&self) -> bool {
        self.session.is_some() || self.waiting.is_some()
    }

    /// Begins from the start: the conversation is forgotten, settings stay.
    pub fn hush(&mut self) {
        (self.session, self.waiting) = (None, None);
        self.entries.clear();
        self.turn_begins_at = self.entries_ever;
    }

    /// The person mends the way to pay: a card of theirs that works, else a new one.
    pub fn mend_payment(&mut self) {
        let good = self.buyer().instruments.iter().find(|own| own.turn == Turn::Passes);
        self.instrument = good.map_or("1111", |own| own.ending).to_owned();
        (self.one_click, self.mended_at) = (OneClick::Ready, 0);
    }
}

/// The buyer by id or e-mail address, or by the first name in small letters (`ana`).
pub fn buyer(name: &str) -> Option<&'static Buyer> {
    let is_meant = |own: &&Buyer| {
        own.id == name || own.email == name || own.email.split('@').next() == Some(name.to_lowercase().as_str())
    };
    BUYERS.iter().find(is_meant)
}

impl Sandbox {
    /// The person behind a buyer.
    pub(super) async fn person(&self, buyer: &Buyer) -> Result<Person, StateError> {
        let kept = self.db().read().await?.person(buyer.id).await?;
        Ok(kept.unwrap_or_else(|| Person::fresh(buyer)))
    }

    /// Keeps a person.
    pub(super) async fn keep_person(&self, person: &Person) -> Result<(), StateError> {
        let mut tx = self.db().write().await?;
        tx.keep_person(person).await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_by_id_address_or_first_name() {
        for name in ["amzn1.account.ANAALLGOOD", "ana@amazon-buyers.example", "ana", "Ana"] {
            assert_eq!(buyer(name).map(|own| own.name), Some("Ana Allgood"), "{name}");
        }
        assert_eq!(buyer("nobody"), None);
    }

    #[test]
    fn whoever_comes_back_is_somebody_new_to_the_skill_and_the_same_buyer_to_amazon() {
        let ana = Person { consent: Consent::Denied, locale: "de-DE".to_owned(), ..Person::fresh(&BUYERS[0]) };
        let (again, once_more) = (ana.come_back(), ana.come_back().come_back());
        let all = [&ana, &again, &once_more];
        let users: std::collections::BTreeSet<String> = all.iter().map(|person| person.user_id()).collect();
        let devices: std::collections::BTreeSet<String> = all.iter().map(|person| person.device_id()).collect();
        assert_eq!((users.len(), devices.len()), (3, 3));
        assert_eq!((again.buyer_id.as_str(), again.locale.as_str()), (ana.buyer_id.as_str(), "de-DE"));
        assert_eq!(again.consent, Consent::Granted);
    }

    #[test]
    fn whoever_mends_the_way_to_pay_has_a_card_that_works() {
        for own in &BUYERS {
            let mut person = Person { one_click: OneClick::Outdated, ..Person::fresh(own) };
            person.mend_payment();
            let turn = crate::sandbox::amazon_pay::buyers::turn(own.id, &person.instrument);
            assert_eq!((turn, person.one_click), (Turn::Passes, OneClick::Ready), "{}", own.name);
        }
    }
}
