//! What is said to what a buyer wants.
//!
//! Each thing that can be wanted has a handler: whether it is concerned, and what it answers. A question
//! that was open is taken back before any of them hears the request, so that only the yes that follows it
//! at once can answer it: silence, another wish or something unclear never buys.

mod after;
mod basket;
mod browse;
mod checkout;
mod coming;
mod yes_no;

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::answer::{CONSENT, Response};
use super::envelope::{Envelope, Slot};
use super::talk::{Question, Said, Talk};
use crate::flows::voice::{Asked, Given};
use crate::flows::{ActError, Context, link_account, voice};
use crate::orders::order::Order;
use crate::pay::voice::Voice;
use crate::store::voice::VoiceUser;
use crate::store::{IsBusy, StoreError, Write, retried};
use crate::words::Words;

pub use after::{bought_card, order_web_card};
pub use checkout::{Before, go_on_buying, hand_charge, review, set_up, settle_agreement, web_card};
pub use coming::payment_card;

/// Why the skill could not do its part: the buyer hears that nothing was ordered.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A request that does not say who speaks.
    #[error("the request names no user")]
    Nobody,
    /// An act that should have been possible.
    #[error(transparent)]
    Act(#[from] ActError),
    /// Another writer was faster, and nothing of what was begun stands: the request may be heard again, whole.
    #[error("another writer was faster")]
    Overtaken,
}

impl Trouble {
    /// What an error inside the turn's own transaction means.
    pub fn inside(error: impl Into<ActError>) -> Trouble {
        let error = error.into();
        if error.is_busy() { Trouble::Overtaken } else { Trouble::Act(error) }
    }
}

impl IsBusy for Trouble {
    fn is_busy(&self) -> bool {
        matches!(self, Trouble::Overtaken)
    }
}

/// One request of one buyer.
pub struct Turn<'a> {
    /// The shop.
    pub ctx: &'a Context,
    /// What was said.
    pub envelope: &'a Envelope,
    /// Who speaks.
    pub user: VoiceUser,
    /// What was being spoken about.
    pub talk: Talk,
    /// The question that was open when the request came.
    pub question: Option<Question>,
    /// How it is said.
    pub words: Words,
    /// What else is kept along with the answer.
    pub given: Given,
    /// What was written for this request so far, and becomes true with its answer; none where nothing was. Nobody
    /// locks it: the mutex only lets a turn be lent to other threads.
    begun: Mutex<Option<Write>>,
}

/// Something that can be wanted.
#[async_trait]
trait Handler: Sync {
    /// Whether this request wants it.
    fn concerns(&self, turn: &Turn<'_>) -> bool;

    /// What is answered.
    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble>;
}

/// Asked in this order.
const HANDLERS: &[&dyn Handler] = &[
    &coming::Launch,
    &browse::Find,
    &browse::Details,
    &basket::Add,
    &basket::Remove,
    &basket::Show,
    &checkout::CheckOut,
    &after::Status,
    &after::Cancel,
    &after::Refund,
    &yes_no::Yes,
    &yes_no::No,
    &coming::Repeat,
    &coming::Help,
    &coming::PaymentHelp,
    &coming::Stop,
    &coming::Home,
    &coming::Fallback,
];

/// Hears a launch or an intent.
pub async fn answer(ctx: &Context, envelope: &Envelope) -> Result<Response, Trouble> {
    retried(|| once(ctx, envelope)).await
}

async fn once(ctx: &Context, envelope: &Envelope) -> Result<Response, Trouble> {
    let mut turn = Turn::begin(ctx, envelope).await?;
    let session = envelope.session.as_ref();
    if session.is_some_and(|session| session.new) {
        // a question belongs to its conversation
        turn.question = None;
        turn.talk.offered.clear();
        (turn.talk.last, turn.talk.code_tries) = (None, 0);
    }
    let handler = HANDLERS.iter().find(|handler| handler.concerns(&turn)).unwrap_or(&HANDLERS[HANDLERS.len() - 1]);
    let response = handler.answer(&mut turn).await?;
    turn.end(response).await
}

impl<'a> Turn<'a> {
    /// Reads who speaks and what about.
    pub async fn begin(ctx: &'a Context, envelope: &'a Envelope) -> Result<Turn<'a>, Trouble> {
        let said_by = envelope.user();
        if said_by.user_id.is_empty() {
            return Err(Trouble::Nobody);
        }
        let linked = match &said_by.access_token {
            Some(token) => link_account::buyer_of(ctx, token).await?,
            None => None,
        };
        let user = voice::user(ctx, &said_by.user_id, linked, &Talk::default().written()).await?;
        let mut talk = Talk::read(&user.talk);
        let question = talk.question.take();
        Ok(Turn {
            ctx,
            envelope,
            user,
            talk,
            question,
            words: Words::of(&envelope.request.locale),
            given: Given::default(),
            begun: Mutex::new(None),
        })
    }

    /// The turn's transaction, begun now if it was not. While it is open, nothing else may be written.
    pub async fn writing(&mut self) -> Result<&mut Write, Trouble> {
        let ctx = self.ctx;
        let begun = self.begun();
        let tx = match begun.take() {
            Some(tx) => tx,
            None => ctx.store.write_money().await?,
        };
        Ok(begun.insert(tx))
    }

    /// Lets go of what was written so far.
    pub fn let_go(&mut self) {
        *self.begun() = None;
    }

    fn begun(&mut self) -> &mut Option<Write> {
        self.begun.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes true what was written so far, before more is.
    pub async fn settle(&mut self) -> Result<(), Trouble> {
        if let Some(begun) = self.begun().take() {
            begun.commit().await.map_err(Trouble::inside)?;
            self.ctx.wake.notify_one();
        }
        Ok(())
    }

    /// Keeps what is being spoken about now. Two requests of one buyer at once are both answered, and the
    /// later word stands.
    pub async fn end(mut self, response: Response) -> Result<Response, Trouble> {
        self.user.talk = self.talk.written();
        let begun = self.begun().take();
        let was_begun = begun.is_some();
        let kept = voice::keep(self.ctx, begun, &self.user, &self.given).await;
        kept.map_err(|error| if was_begun { Trouble::inside(error) } else { error.into() })?;
        Ok(response)
    }

    /// Whether this is the intent `name`.
    pub fn is_intent(&self, name: &str) -> bool {
        self.envelope.request.kind == "IntentRequest" && self.envelope.request.intent.name == name
    }

    /// What was said for a slot.
    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.envelope.request.intent.slots.get(name)
    }

    /// Says `text`, asks `question`, and waits.
    pub fn ask(&mut self, question: Option<Question>, text: String, reprompt: String) -> Response {
        let response = Response::ask(&text, &reprompt);
        self.talk.question.clone_from(&question);
        self.talk.last = Some(Said { text, reprompt, question });
        response
    }

    /// Says `text` and stops talking.
    pub fn tell(&mut self, text: String) -> Response {
        self.talk.last = Some(Said { text: text.clone(), reprompt: String::new(), question: None });
        Response::tell(&text)
    }

    /// Hands a question over to Amazon Pay; it is kept before the answer leaves.
    pub fn hand_over(&mut self, asked: Asked) -> Response {
        self.given.asks.push(asked.ask);
        Response::connect(asked.name, asked.payload, asked.token)
    }

    /// A message without gaps.
    pub fn plain(&self, id: &str) -> String {
        self.words.say(id, &[])
    }

    /// Whoever is paid by voice here; none where nobody is.
    pub fn voice(&self) -> Option<&dyn Voice> {
        self.ctx.providers.speaking(self.ctx.shop.currency).map(|(_, voice)| voice)
    }

    /// Whether the buyer has allowed Amazon Pay; none where they were not asked.
    pub fn consent(&self) -> Option<bool> {
        self.envelope.permission(CONSENT).map(|status| status == "GRANTED")
    }

    /// Whether the skill has to ask for that itself: elsewhere Amazon does.
    /// Source: Amazon Pay for Alexa, "Integrate your Skill with Amazon Pay".
    pub fn must_ask_for_consent(&self) -> bool {
        self.words.locale() == "ja-JP"
    }

    /// Where an order is read on the web, by whoever has the link.
    pub fn order_link(&self, order: &Order) -> String {
        self.ctx.paths.absolute(self.ctx.paths.order_with_secret(&order.id, &order.secret))
    }

    /// Where the buyer goes on in a browser with the same basket.
    pub fn web_cart(&self) -> String {
        self.ctx.paths.absolute(self.ctx.paths.voice_cart(&self.user.cart))
    }
}
