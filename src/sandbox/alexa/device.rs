//! The Echo: sentences and silences become requests, answers become speech, cards, dialogs and payments.
//!
//! A session lives from its first request until an answer ends it, a payment takes over, or nobody speaks. The result
//! of a payment opens a new one.

use serde_json::{Value, json};

use super::answer::{Answer, Directive};
use super::envelope::{self, Outgoing};
use super::model::{self, Model};
use super::pay::{self, Approval, Case, Played, Reply};
use super::payload::Asked;
use super::people::{By, Dialog, Entry, Person, SCOPE, Session, Waiting, Wants};
use super::understand::{self, Heard, Opening};
use super::{Skill, dialog};
use crate::sandbox::Sandbox;
use crate::sandbox::state::StateError;

/// How many requests one sentence may lead to; a skill that repeats a payment for ever is stopped.
const MOST_REQUESTS: usize = 8;

/// An Echo with somebody in front of it.
pub struct Device<'a> {
    /// Where it stands.
    pub sandbox: &'a Sandbox,
    /// The skill that is enabled on it.
    pub skill: &'a Skill,
    /// Who speaks.
    pub person: Person,
}

/// What comes after an answer.
enum Next {
    /// Somebody has to speak.
    Nothing,
    /// A request follows.
    Request(Box<Outgoing>),
}

impl Device<'_> {
    fn model(&self) -> &'static Model {
        model::of(self.person.locale())
    }

    /// Somebody says something.
    pub async fn say(&mut self, text: &str) -> Result<(), StateError> {
        let locale = self.person.locale();
        self.person.hear(By::Buyer, text);
        if let Some(waiting) = self.person.waiting.take() {
            return self.hear_code(waiting, text).await;
        }
        let Some(session) = self.person.session.clone() else {
            return match understand::opening(self.model(), locale, text) {
                Opening::Launch => self.deliver(Outgoing::opening(json!({ "type": "LaunchRequest" }))).await,
                Opening::Ask(heard) => {
                    let session = Session { id: envelope::session_id(), ..Session::default() };
                    self.begin(session, true, heard).await
                }
                Opening::Elsewhere => {
                    self.person.hear(By::Alexa, locale.unknown);
                    Ok(())
                }
            };
        };
        if understand::is_exit(locale, text) {
            return self.end(&session, json!({ "type": "SessionEndedRequest", "reason": "USER_INITIATED" })).await;
        }
        if let Some(dialog) = session.dialog.clone()
            && let Some(intent) = dialog::hear(self.model(), locale, &dialog, text)
        {
            return self.go_on(session, intent).await;
        }
        // The skill's name within its own session is a new beginning.
        match understand::opening(self.model(), locale, text) {
            Opening::Launch => {
                let request = json!({ "type": "LaunchRequest" });
                self.person.session = None;
                self.deliver(Outgoing::opening(request)).await
            }
            Opening::Ask(heard) => self.begin(session, false, heard).await,
            Opening::Elsewhere => {
                let heard = understand::sentence(self.model(), locale, text);
                self.begin(session, false, heard).await
            }
        }
    }

    /// Nobody says anything for eight seconds.
    pub async fn say_nothing(&mut self) -> Result<(), StateError> {
        if let Some(waiting) = self.person.waiting.take() {
            return self.resume(&waiting.asked, Approval::Failed).await;
        }
        let Some(mut session) = self.person.session.clone() else { return Ok(()) };
        if session.reprompt.is_empty() || session.was_reprompted {
            let request = json!({ "type": "SessionEndedRequest", "reason": "EXCEEDED_MAX_REPROMPTS" });
            return self.end(&session, request).await;
        }
        session.was_reprompted = true;
        self.person.hear(By::Skill, &session.reprompt);
        self.person.session = Some(session);
        Ok(())
    }

    /// An intent was understood; Alexa may have to fill its slots first.
    async fn begin(&mut self, session: Session, is_new: bool, heard: Heard) -> Result<(), StateError> {
        let (model, locale) = (self.model(), self.person.locale());
        let slots = model.intent(&heard.intent).map(|own| understand::slots(model, locale, own, &heard.slots));
        let mut intent = json!({ "name": heard.intent, "confirmationStatus": "NONE" });
        if let Some(slots) = slots.filter(|slots| !slots.is_empty()) {
            intent["slots"] = Value::Object(slots);
        }
        let state = dialog::first_state(model, &intent);
        let is_hers = model.dialog(&heard.intent).is_some_and(|own| model.delegates_always(own));
        if is_hers && let Some((slot, prompt)) = dialog::missing(model, &intent) {
            self.ask_for(Session { dialog: None, ..session }, intent, slot, &prompt);
            return Ok(());
        }
        self.send_intent(session, is_new, intent, state).await
    }

    /// The dialog's intent after a sentence.
    async fn go_on(&mut self, session: Session, intent: Value) -> Result<(), StateError> {
        let model = self.model();
        let is_done = dialog::missing(model, &intent).is_none();
        let state = if is_done { "COMPLETED" } else { "IN_PROGRESS" };
        let name = intent["name"].as_str().unwrap_or_default();
        let is_hers = model.dialog(name).is_some_and(|own| model.delegates_always(own));
        if is_hers && let Some((slot, prompt)) = dialog::missing(model, &intent) {
            self.ask_for(session, intent, slot, &prompt);
            return Ok(());
        }
        self.send_intent(session, false, intent, Some(state)).await
    }

    async fn send_intent(
        &mut self,
        session: Session,
        is_new: bool,
        intent: Value,
        state: Option<&'static str>,
    ) -> Result<(), StateError> {
        let mut request = json!({ "type": "IntentRequest", "intent": intent });
        if let Some(state) = state {
            request["dialogState"] = state.into();
        }
        let outgoing = Outgoing {
            request,
            session_id: session.id.clone(),
            is_new,
            attributes: session.attributes.clone(),
            charge_id: String::new(),
        };
        self.deliver(outgoing).await
    }

    /// Alexa asks for a slot with the model's own prompt.
    fn ask_for(&mut self, session: Session, intent: Value, slot: String, prompt: &str) {
        self.person.hear(By::Alexa, prompt);
        let dialog = Some(Dialog { intent, wants: Wants::Slot(slot) });
        self.person.session = Some(Session { dialog, reprompt: prompt.to_owned(), was_reprompted: false, ..session });
    }

    /// The session ends without being asked; the skill hears of it and may say nothing.
    async fn end(&mut self, session: &Session, request: Value) -> Result<(), StateError> {
        let outgoing = Outgoing {
            request,
            session_id: session.id.clone(),
            is_new: false,
            attributes: session.attributes.clone(),
            charge_id: String::new(),
        };
        self.deliver(outgoing).await
    }

    /// Sends a request, and what follows from its answer, until somebody has to speak.
    async fn deliver(&mut self, first: Outgoing) -> Result<(), StateError> {
        let mut next = Next::Request(Box::new(first));
        for _ in 0..MOST_REQUESTS {
            let Next::Request(outgoing) = next else { return Ok(()) };
            next = self.exchange(*outgoing).await?;
        }
        if matches!(next, Next::Request(_)) {
            self.person.note(Entry::Broken(format!("more than {MOST_REQUESTS} requests for one sentence")));
            self.person.hear(By::Alexa, self.person.locale().trouble);
        }
        Ok(())
    }

    async fn exchange(&mut self, outgoing: Outgoing) -> Result<Next, StateError> {
        let body = envelope::write(self.sandbox, self.skill, &mut self.person, &outgoing).await?;
        let mut sent = envelope::send(self.sandbox, self.skill, &body).await?;
        sent.exchange.charge_id = outgoing.charge_id.clone();
        self.person.note(Entry::Exchange(sent.exchange));
        self.person.session = None;
        let is_ended = outgoing.request["type"] == "SessionEndedRequest";
        match sent.answer {
            Ok(answer) if is_ended && !answer.is_silent() => {
                self.person.note(Entry::Broken("nothing may be said after the end of a session".to_owned()));
                Ok(Next::Nothing)
            }
            Ok(_) if is_ended => Ok(Next::Nothing),
            Ok(answer) => self.take(&outgoing, answer).await,
            Err((_, problem)) if is_ended => {
                self.person.note(Entry::Broken(problem));
                Ok(Next::Nothing)
            }
            Err((kind, problem)) => {
                self.person.note(Entry::Broken(problem.clone()));
                self.person.hear(By::Alexa, self.person.locale().trouble);
                let error = json!({ "type": kind, "message": problem });
                let request = json!({ "type": "SessionEndedRequest", "reason": "ERROR", "error": error });
                let attributes = outgoing.attributes;
                Ok(Next::Request(Box::new(Outgoing { request, is_new: false, attributes, ..outgoing })))
            }
        }
    }

    /// Speech, card, and what Alexa is to do.
    async fn take(&mut self, outgoing: &Outgoing, answer: Answer) -> Result<Next, StateError> {
        self.person.hear(By::Skill, &answer.speech);
        if let Some(card) = answer.card.clone() {
            self.person.note(Entry::Card { by: By::Skill, card });
        }
        let session = Session {
            id: outgoing.session_id.clone(),
            attributes: answer.attributes,
            reprompt: answer.reprompt,
            was_reprompted: false,
            dialog: None,
        };
        match answer.directive {
            Some(Directive::Pay(asked)) => self.pay(&asked, Approval::NotAsked).await,
            Some(directive) => Ok(self.play_dialog(outgoing, session, directive)),
            None => {
                let stays =
                    answer.ends_session == Some(false) || answer.ends_session.is_none() && !session.reprompt.is_empty();
                self.person.session = stays.then_some(session);
                Ok(Next::Nothing)
            }
        }
    }

    fn play_dialog(&mut self, outgoing: &Outgoing, session: Session, directive: Directive) -> Next {
        let of_request = outgoing.request.get("intent").cloned();
        let (wants, updated) = match directive {
            Directive::ElicitSlot(slot, updated) => (Some(Wants::Slot(slot)), updated),
            Directive::ConfirmSlot(slot, updated) => (Some(Wants::SlotConfirmed(slot)), updated),
            Directive::ConfirmIntent(updated) => (Some(Wants::IntentConfirmed), updated),
            Directive::Delegate(updated) => (None, updated),
            Directive::Pay(_) => return Next::Nothing,
        };
        let Some(intent) = updated.or(of_request) else {
            self.person.note(Entry::Broken("a dialog directive needs an intent to go on with".to_owned()));
            return Next::Nothing;
        };
        let model = self.model();
        let Some(wants) = wants else {
            return match dialog::missing(model, &intent) {
                Some((slot, prompt)) => {
                    self.ask_for(session, intent, slot, &prompt);
                    Next::Nothing
                }
                None => {
                    let request = json!({ "type": "IntentRequest", "intent": intent, "dialogState": "COMPLETED" });
                    Next::Request(Box::new(Outgoing {
                        request,
                        session_id: session.id,
                        is_new: false,
                        attributes: session.attributes,
                        charge_id: String::new(),
                    }))
                }
            };
        };
        self.person.session = Some(Session { dialog: Some(Dialog { intent, wants }), ..session });
        Next::Nothing
    }

    /// A payment: the session is over, Amazon plays her part, and the skill hears of it in a new session.
    async fn pay(&mut self, asked: &Asked, approval: Approval) -> Result<Next, StateError> {
        let (skill, now) = (self.model().title(), self.sandbox.clock().now());
        let mut case = Case { sandbox: self.sandbox, person: &mut self.person, asked, skill, now };
        match pay::play(&mut case, approval).await? {
            Played::NeedsCode => {
                self.person.hear(By::Alexa, self.person.locale().ask_code);
                self.person.waiting = Some(Waiting { asked: asked.clone(), wrong: 0 });
                Ok(Next::Nothing)
            }
            Played::Reply(reply) => Ok(Next::Request(Box::new(self.tell(asked, *reply)))),
        }
    }

    /// What Amazon says and sends, and the request that tells the skill.
    fn tell(&mut self, asked: &Asked, reply: Reply) -> Outgoing {
        self.person.hear(By::Alexa, &reply.spoken);
        if reply.sends_consent_card {
            self.person.hear(By::Alexa, self.person.locale().consent);
            let card = json!({ "type": "AskForPermissionsConsent", "permissions": [SCOPE] });
            self.person.note(Entry::Card { by: By::Alexa, card });
        }
        let mut request = json!({
            "type": "Connections.Response", "name": asked.name.text(), "token": asked.token,
            "status": { "code": reply.status.to_string(), "message": reply.message },
        });
        if let Some(payload) = reply.payload {
            request["payload"] = payload;
        }
        Outgoing { charge_id: reply.charge_id, ..Outgoing::opening(request) }
    }

    /// The answer to the question for the voice code. Two wrong ones are a refusal.
    async fn hear_code(&mut self, waiting: Waiting, text: &str) -> Result<(), StateError> {
        let locale = self.person.locale();
        let digits = understand::digits(locale, text);
        if digits == self.person.voice_code {
            return self.resume(&waiting.asked, Approval::Given).await;
        }
        if digits.is_empty() && understand::agreement(locale, text) == Some(false) || waiting.wrong >= 1 {
            return self.resume(&waiting.asked, Approval::Failed).await;
        }
        self.person.hear(By::Alexa, locale.wrong_code);
        self.person.waiting = Some(Waiting { wrong: waiting.wrong + 1, ..waiting });
        Ok(())
    }

    async fn resume(&mut self, asked: &Asked, approval: Approval) -> Result<(), StateError> {
        match self.pay(asked, approval).await? {
            Next::Request(outgoing) => self.deliver(*outgoing).await,
            Next::Nothing => Ok(()),
        }
    }

    /// Sends a request of the caller's own, with the person's session and context around it.
    pub async fn send(&mut self, request: Value, session: Option<&Value>) -> Result<(), StateError> {
        let known = self.person.session.clone();
        let given = |name: &str| session.and_then(|session| session.get(name));
        let id = given("sessionId").and_then(Value::as_str).map(str::to_owned);
        let id = id.or_else(|| known.as_ref().map(|own| own.id.clone()));
        let attributes = given("attributes").and_then(Value::as_object).cloned();
        let outgoing = Outgoing {
            request,
            is_new: given("new").and_then(Value::as_bool).unwrap_or(known.is_none()),
            session_id: id.unwrap_or_else(envelope::session_id),
            attributes: attributes.or(known.map(|own| own.attributes)).unwrap_or_default(),
            charge_id: String::new(),
        };
        self.deliver(outgoing).await
    }

    /// Sends a whole envelope as it is, signed: for clients that write their own. Nothing follows from the answer
    /// but, on demand, the payment that it asks for.
    pub async fn send_whole(&mut self, envelope: &Value, plays_payment: bool) -> Result<(), StateError> {
        let sent = envelope::send(self.sandbox, self.skill, envelope).await?;
        self.person.note(Entry::Exchange(sent.exchange));
        match sent.answer {
            Ok(Answer { directive: Some(Directive::Pay(asked)), .. }) if plays_payment => {
                self.resume(&asked, Approval::NotAsked).await
            }
            _ => Ok(()),
        }
    }
}
