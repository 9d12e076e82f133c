//! What Amazon Pay answers to a setup or a charge. It begins a new conversation, so that everything it
//! is about is looked up by its token and by who speaks.
//!
//! An answer that nobody asked for changes nothing; one that comes twice is answered twice with the same words.

use serde_json::Value;

use super::answer::{Response, ResponseEnvelope};
use super::dialog::{Before, Trouble, Turn, go_on_buying, review, settle_agreement};
use super::dialog::{bought_card, hand_charge, order_web_card, payment_card, set_up, web_card};
use super::envelope::Envelope;
use super::errors::{self, AppCard, Order as Effect, Row, Table, Then};
use super::operator;
use super::talk::Question;
use crate::flows::voice::{self, Charged};
use crate::flows::{ActError, Context};
use crate::orders::operation::{Operation, Progress};
use crate::orders::order::Order;
use crate::orders::refusal::Refusal;
use crate::orders::state::State;
use crate::pay::Answer;
use crate::pay::voice::VoiceStanding;
use crate::store::notifications::Verdict;
use crate::store::retried;
use crate::store::voice::VoiceAsk;

/// How often the same request is handed over before the skill gives up for now.
const MOST_ATTEMPTS: i64 = 3;

/// How often in a row an agreement is asked for anew because the last one did not work.
const MOST_SETUPS: i64 = 1;

/// Hears an answer.
pub async fn answer(ctx: &Context, envelope: &Envelope, body: &[u8]) -> Result<Response, Trouble> {
    retried(|| once(ctx, envelope, body)).await
}

async fn once(ctx: &Context, envelope: &Envelope, body: &[u8]) -> Result<Response, Trouble> {
    let request = &envelope.request;
    let mut turn = Turn::begin(ctx, envelope).await?;
    let Some(ask) = asked_by(&mut turn).await?.filter(|ask| ask.name == request.name) else {
        turn.let_go();
        tracing::warn!(request.id = request.request_id, name = request.name, "an answer that nobody asked for");
        let heard =
            operator::heard(ctx, body, Verdict::Unmatched, "Nobody asked for it. It changed nothing.".to_owned());
        operator::note(ctx, &heard).await;
        return unasked(&mut turn);
    };
    if let Some(said) = ask.answer.as_deref().and_then(|text| serde_json::from_str::<ResponseEnvelope>(text).ok()) {
        turn.let_go();
        let words = "It was answered before, with the same words.".to_owned();
        operator::note(ctx, &operator::heard(ctx, body, Verdict::KnownAlready, words)).await;
        return Ok(said.response().clone());
    }
    let mut hearing = Hearing { turn: &mut turn, ask: &ask, detail: String::new() };
    let response = match (request.status.number(), ask.operation.clone()) {
        (200..300, None) => hearing.set_up().await?,
        (200..300, Some(charge)) => hearing.charged(&charge).await?,
        _ => hearing.refused().await?,
    };
    let detail = hearing.detail;
    let kept = serde_json::to_string(&ResponseEnvelope::from(response.clone())).unwrap_or_default();
    turn.given.answered = Some((ask.token_hash.clone(), kept));
    turn.given.heard = Some(operator::heard(ctx, body, Verdict::Applied, detail));
    turn.end(response).await
}

/// What this answers. What a charge came to is booked in the same transaction, so that an answer which comes twice
/// at once is answered one after the other.
async fn asked_by(turn: &mut Turn<'_>) -> Result<Option<VoiceAsk>, Trouble> {
    let (request, user) = (&turn.envelope.request, turn.user.key.clone());
    if request.name != "Charge" {
        return Ok(turn.ctx.store.voice_ask(&user, &request.token).await?);
    }
    turn.writing().await?.voice_ask(&user, &request.token).await.map_err(Trouble::inside)
}

struct Hearing<'t, 'a> {
    turn: &'t mut Turn<'a>,
    ask: &'t VoiceAsk,
    detail: String,
}

/// Nobody waits for it, so nothing is bought; but what went wrong is still put right.
fn unasked(turn: &mut Turn<'_>) -> Result<Response, Trouble> {
    let request = &turn.envelope.request;
    let (name, payload) = (request.name.clone(), request.payload.clone());
    if (200..300).contains(&request.status.number()) {
        let status = &payload["authorizationDetails"]["authorizationStatus"];
        if name == "Charge" && status["state"] == "Declined" {
            let row = errors::declined(status["reasonCode"].as_str().unwrap_or_default());
            return Ok(say(turn, &row));
        }
        let id = if name == "Charge" { "bought-elsewhere" } else { "setup-elsewhere" };
        let (text, again) = (turn.plain(id), turn.plain("help-again"));
        return Ok(turn.ask(None, text, again));
    }
    let row = errors::find(&name, errors::code(&payload, &request.status.message));
    Ok(say(turn, &row))
}

/// The words of a row, with its card.
fn say(turn: &mut Turn<'_>, row: &Row) -> Response {
    let text = turn.plain(row.message);
    let response = turn.tell(text);
    match row.send {
        AppCard::Nothing => response,
        AppCard::Consent => response.with_consent_card(),
        AppCard::Web => response.with_card(web_card(turn)),
        AppCard::Settings => response.with_card(payment_card(turn)),
    }
}

impl Hearing<'_, '_> {
    fn payload(&self) -> &Value {
        &self.turn.envelope.request.payload
    }

    /// There is an agreement: it is remembered, and the order is read back.
    async fn set_up(&mut self) -> Result<Response, Trouble> {
        let voice = self.turn.voice().ok_or(ActError::NotNow("Nobody can pay by voice here."))?;
        let Some(agreement) = voice.agreement_in(self.payload()) else {
            self.detail = "A setup without an agreement.".to_owned();
            return Ok(say(self.turn, &errors::find("Setup", "")));
        };
        self.detail = format!("{} is {:?}.", agreement.id, agreement.standing);
        if agreement.standing == VoiceStanding::Gone {
            return self.set_up_again().await;
        }
        let destination = match agreement.destination.clone() {
            Some(address) => Some(address),
            None => match self.look_up_address().await? {
                Ok(address) => address,
                Err(response) => {
                    settle_agreement(self.turn, &agreement, None);
                    return Ok(response);
                }
            },
        };
        settle_agreement(self.turn, &agreement, destination.clone());
        if destination.is_none() && self.turn.user.address.is_none() {
            let text = self.turn.plain("no-address");
            let card = payment_card(self.turn);
            return Ok(self.turn.tell(text).with_card(card));
        }
        if self.turn.ctx.store.cart_count(&self.turn.user.cart).await? == 0 {
            let (text, again) = (self.turn.plain("setup-elsewhere"), self.turn.plain("help-again"));
            return Ok(self.turn.ask(None, text, again));
        }
        review(self.turn, Before::Nothing).await
    }

    async fn look_up_address(&mut self) -> Result<Result<Option<crate::orders::checkout::Address>, Response>, Trouble> {
        let system = &self.turn.envelope.context.system;
        let token = system.api_access_token.clone().unwrap_or_default();
        let row = match voice::destination(self.turn.ctx, &system.api_endpoint, &token).await {
            Answer::Done(address) => return Ok(Ok(address)),
            Answer::Refused(refusal) => {
                self.detail = format!("{} No address: {}.", self.detail, refusal.code);
                errors::in_table(Table::BuyerId, &refusal.code).unwrap_or_else(|| errors::find("Setup", ""))
            }
            Answer::Silent(why) => {
                tracing::warn!("no address for a voice buyer: {why}");
                self.detail = format!("{} No address: no answer.", self.detail);
                errors::in_table(Table::BuyerId, "ServerError").unwrap_or_else(|| errors::find("Setup", ""))
            }
        };
        self.tell_operator(&row, None).await?;
        Ok(Err(say(self.turn, &row)))
    }

    /// The agreement does not work any more: another one is asked for, once in a row.
    async fn set_up_again(&mut self) -> Result<Response, Trouble> {
        self.turn.user.agreement = None;
        if self.turn.talk.setups >= MOST_SETUPS {
            self.turn.talk.setups = 0;
            let text = self.turn.plain("error-agreement");
            let card = payment_card(self.turn);
            return Ok(self.turn.tell(text).with_card(card));
        }
        self.turn.talk.setups += 1;
        set_up(self.turn, 1).await
    }

    /// The charge was tried.
    async fn charged(&mut self, charge: &crate::base::ids::OperationId) -> Result<Response, Trouble> {
        let (ctx, payload) = (self.turn.ctx, &self.turn.envelope.request.payload);
        let heard = voice::charged(ctx, self.turn.writing().await?, charge, payload).await;
        match heard.map_err(Trouble::inside)? {
            Charged::Known(order, refusal) => self.say_how_it_ended(&order, refusal).await,
            Charged::DoesNotFit => {
                self.detail = "It does not fit what was asked for, so it was not believed.".to_owned();
                let text = self.turn.plain("error-unclear");
                Ok(self.turn.tell(text))
            }
        }
    }

    async fn say_how_it_ended(&mut self, order: &Order, refusal: Option<Refusal>) -> Result<Response, Trouble> {
        self.detail = format!("{} is {}.", order.number, order.state);
        let message = match (order.state, refusal) {
            (State::Reserved, _) => "bought",
            (State::Shipped, _) if order.is_digital => "bought-delivered",
            (State::Paid | State::Shipped | State::Refunded, _) => "bought-paid",
            (_, Some(refusal)) => {
                self.detail = format!("{} Declined: {}.", self.detail, refusal.code);
                if refusal.code == "AmazonRejected" {
                    // that ends the agreement, too
                    self.turn.user.agreement = None;
                }
                return self.declined(&errors::declined(&refusal.code), order).await;
            }
            (State::Consented | State::Placed, None) => "bought-looking",
            (State::Cancelled | State::Declined | State::Expired, None) => "bought-too-late",
        };
        let seller = self.seller_of(order).await?;
        let lines = self.turn.writing().await?.order_lines(&order.id).await.map_err(Trouble::inside)?;
        let total = self.turn.words.money(order.total);
        let text = self.turn.words.say(message, &[("seller", seller.clone().into()), ("total", total.into())]);
        if message == "bought-too-late" {
            let again = self.turn.plain("ask-checkout-again");
            return Ok(self.turn.ask(Some(Question::CheckOut), text, again));
        }
        (self.turn.talk.setups, self.turn.talk.code_tries) = (0, 0);
        let card = bought_card(self.turn, order, &seller, &lines);
        if self.has_more(order) {
            // what was bought stands, whatever becomes of the rest
            self.turn.settle().await?;
            let next = go_on_buying(self.turn, Some(text)).await?;
            return Ok(if next.card.is_none() { next.with_card(card) } else { next });
        }
        self.turn.talk.buying = None;
        Ok(self.turn.tell(text).with_card(card))
    }

    /// Takes the seller's part off the list. Whether another one is left of what was approved.
    fn has_more(&mut self, order: &Order) -> bool {
        let Some(buying) = &mut self.turn.talk.buying else { return false };
        buying.approved.retain(|share| share.seller != order.seller.as_str());
        !buying.approved.is_empty()
    }

    /// Nothing was charged: the cart is kept, and the order can be paid on the web.
    async fn declined(&mut self, row: &Row, order: &Order) -> Result<Response, Trouble> {
        self.turn.talk.buying = None;
        let text = self.turn.plain(row.message);
        let card = order_web_card(self.turn, order);
        Ok(self.turn.tell(text).with_card(card))
    }

    /// Amazon Pay says no.
    async fn refused(&mut self) -> Result<Response, Trouble> {
        let request = &self.turn.envelope.request;
        let said = errors::code(&request.payload, &request.status.message).to_owned();
        let (name, number) = (request.name.clone(), request.status.number());
        let message = request.payload["errorMessage"].as_str().unwrap_or(&request.status.message).to_owned();
        let mut row = errors::find(&name, &said);
        if row.code.is_empty() && (number == 0 || number >= 500) && name == "Charge" {
            // nobody knows this word, and nobody knows whether it was charged
            (row.order, row.message, row.send) = (Effect::Waits, "error-unclear", AppCard::Nothing);
        }
        self.detail = format!("{name} {number} {said}: {message} {}", row.operator);
        tracing::warn!(request.id = request.request_id, name, code = said, "Amazon Pay says no: {message}");
        let charge = self.charge().await?;
        self.tell_operator(&row, charge.as_ref()).await?;
        if row.then == Then::Repeat && self.ask.attempt < MOST_ATTEMPTS {
            return self.repeat(charge.as_ref()).await;
        }
        let order = match (&charge, row.order) {
            (Some(charge), Effect::Declined) => Some(self.not_charged(charge, row.refusal(&message)).await?),
            (Some(charge), Effect::Waits) if row.then == Then::LookUp => return self.look_up(charge, &row).await,
            _ => None,
        };
        if let Some(order) = order.filter(|order| order.state.is_sold() || order.state == State::Reserved) {
            // a notification told us meanwhile that it worked
            return self.say_how_it_ended(&order, None).await;
        }
        if row.code == "InvalidBillingAgreementStatus" {
            // suspended or closed: the next setup says which, and gives one that can be charged
            self.turn.user.agreement = None;
        }
        match row.then {
            Then::SetUpAgain => self.set_up_again().await,
            Then::OfferAgain => self.offer_again(&row),
            _ => Ok(say(self.turn, &row)),
        }
    }

    /// The same request once more, under the same reference.
    async fn repeat(&mut self, charge: Option<&Operation>) -> Result<Response, Trouble> {
        match charge {
            Some(charge) if charge.progress.is_open() => {
                let order = self.order_of(charge).await?;
                let seller = self.seller_of(&order).await?;
                hand_charge(self.turn, charge, &order, &seller).await
            }
            Some(charge) => self.how_it_ended_before(charge).await,
            None => set_up(self.turn, self.ask.attempt + 1).await,
        }
    }

    /// The first request with this reference had a result: it is looked up, and nothing is sent anew.
    async fn look_up(&mut self, charge: &Operation, row: &Row) -> Result<Response, Trouble> {
        if charge.progress.is_open() || charge.progress == Progress::Unknown {
            voice::unfit(self.turn.writing().await?, charge, row.operator).await.map_err(Trouble::inside)?;
            return Ok(say(self.turn, row));
        }
        self.how_it_ended_before(charge).await
    }

    /// What is being charged; none in a setup.
    async fn charge(&mut self) -> Result<Option<Operation>, Trouble> {
        let Some(id) = &self.ask.operation else { return Ok(None) };
        self.turn.writing().await?.operation(id).await.map_err(Trouble::inside)
    }

    async fn not_charged(&mut self, charge: &Operation, refusal: Refusal) -> Result<Order, Trouble> {
        let ctx = self.turn.ctx;
        voice::not_charged(ctx, self.turn.writing().await?, &charge.id, refusal).await.map_err(Trouble::inside)
    }

    async fn order_of(&mut self, charge: &Operation) -> Result<Order, Trouble> {
        let id = charge.subject.order().ok_or(ActError::NoSuchOrder)?;
        let order = self.turn.writing().await?.order(id).await.map_err(Trouble::inside)?;
        Ok(order.ok_or(ActError::NoSuchOrder)?)
    }

    async fn seller_of(&mut self, order: &Order) -> Result<String, Trouble> {
        let seller = self.turn.writing().await?.seller(&order.seller).await.map_err(Trouble::inside)?;
        Ok(seller.map(|seller| seller.name).unwrap_or_default())
    }

    async fn how_it_ended_before(&mut self, charge: &Operation) -> Result<Response, Trouble> {
        let order = self.order_of(charge).await?;
        self.say_how_it_ended(&order, charge.refusal.clone()).await
    }

    /// The buyer is asked once whether to try again.
    fn offer_again(&mut self, row: &Row) -> Result<Response, Trouble> {
        if self.turn.talk.code_tries > 0 {
            (self.turn.talk.buying, self.turn.talk.code_tries) = (None, 0);
            return Ok(say(self.turn, &Row { message: "error-app", ..*row }));
        }
        self.turn.talk.code_tries += 1;
        let (text, again) = (self.turn.plain(row.message), self.turn.plain("error-try-code-again"));
        let question = if self.ask.operation.is_some() { Question::TryAgain } else { Question::CheckOut };
        Ok(self.turn.ask(Some(question), text, again))
    }

    /// What is ours to mend stands on the order, too.
    async fn tell_operator(&mut self, row: &Row, charge: Option<&Operation>) -> Result<(), Trouble> {
        if !row.is_ours() {
            return Ok(());
        }
        tracing::error!(code = row.code, table = row.table.word(), "for the operator: {}", row.operator);
        if let Some(id) = charge.and_then(|charge| charge.subject.order()) {
            let code = if row.code.is_empty() { "an unknown code" } else { row.code };
            let why = format!("Alexa could not charge it: {code}. {}", row.operator);
            voice::flag(self.turn.writing().await?, id, &why).await.map_err(Trouble::inside)?;
        }
        Ok(())
    }
}
