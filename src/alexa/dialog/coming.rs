//! Coming, going, and everything that is asked in between about the skill itself.

use async_trait::async_trait;

use super::{Handler, Response, Trouble, Turn};
use crate::alexa::answer::Card;
use crate::alexa::talk::Question;
use crate::flows::voice;

/// The skill is opened.
pub struct Launch;
/// What was said last is said again.
pub struct Repeat;
/// What can be said here.
pub struct Help;
/// How the means of payment is changed.
pub struct PaymentHelp;
/// Enough.
pub struct Stop;
/// The screen's home button: nobody listens any more.
pub struct Home;
/// Nothing that was understood.
pub struct Fallback;

#[async_trait]
impl Handler for Launch {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.envelope.request.kind == "LaunchRequest"
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let shop = turn.ctx.shop.name.clone();
        let shop = [("shop", shop.into())];
        if turn.must_ask_for_consent() && turn.consent() != Some(true) {
            let (text, again) = (turn.words.say("consent-early", &shop), turn.plain("welcome-again"));
            return Ok(turn.ask(None, text, again).with_consent_card());
        }
        let count = turn.ctx.store.cart_count(&turn.user.cart).await?;
        if count == 0 {
            let (text, again) = (turn.words.say("welcome", &shop), turn.plain("welcome-again"));
            return Ok(turn.ask(None, text, again));
        }
        let text = turn.words.say("welcome-cart", &[shop[0].clone(), ("count", count.into())]);
        let again = turn.plain("welcome-cart-again");
        Ok(turn.ask(Some(Question::CheckOut), text, again))
    }
}

#[async_trait]
impl Handler for Repeat {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AMAZON.RepeatIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let Some(last) = turn.talk.last.clone() else {
            let (text, again) = (turn.plain("nothing-to-repeat"), turn.plain("welcome-again"));
            return Ok(turn.ask(None, text, again));
        };
        // the question is open again only if it still was
        let question = last.question.filter(|asked| turn.question.as_ref() == Some(asked));
        let again = if last.reprompt.is_empty() { turn.plain("help-again") } else { last.reprompt };
        Ok(turn.ask(question, last.text, again))
    }
}

#[async_trait]
impl Handler for Help {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AMAZON.HelpIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let (text, again) = (turn.plain("help"), turn.plain("help-again"));
        let card = payment_card(turn);
        Ok(turn.ask(None, text, again).with_card(card))
    }
}

#[async_trait]
impl Handler for PaymentHelp {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("PaymentHelpIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let (text, again) = (turn.plain("payment-help"), turn.plain("status-again"));
        let card = payment_card(turn);
        Ok(turn.ask(None, text, again).with_card(card))
    }
}

/// The way to the settings that Amazon Pay charges by.
pub fn payment_card(turn: &Turn<'_>) -> Card {
    let host = match turn.words.locale() {
        "en-GB" => "www.amazon.co.uk",
        "de-DE" => "www.amazon.de",
        "fr-FR" => "www.amazon.fr",
        "it-IT" => "www.amazon.it",
        "es-ES" => "www.amazon.es",
        "ja-JP" => "www.amazon.co.jp",
        _ => "www.amazon.com",
    };
    let link = format!("https://{host}/cpe/yourpayments/settings/manageoneclick");
    let text = turn.words.say("payment-help-card", &[("link", link.into())]);
    Card::simple(&turn.plain("payment-help-card-title"), &text)
}

#[async_trait]
impl Handler for Stop {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AMAZON.StopIntent") || turn.is_intent("AMAZON.CancelIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let has_cart = turn.ctx.store.cart_count(&turn.user.cart).await? > 0;
        let text = turn.plain(if has_cart { "stop-cart" } else { "stop" });
        Ok(turn.tell(text))
    }
}

#[async_trait]
impl Handler for Home {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AMAZON.NavigateHomeIntent")
    }

    async fn answer(&self, _turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        Ok(Response { should_end_session: Some(true), ..Response::default() })
    }
}

#[async_trait]
impl Handler for Fallback {
    fn concerns(&self, _turn: &Turn<'_>) -> bool {
        true
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let (text, again) = (turn.plain("fallback"), turn.plain("fallback-again"));
        Ok(turn.ask(None, text, again))
    }
}

/// The way to everything about orders.
pub async fn contact_card(turn: &Turn<'_>) -> Result<Card, Trouble> {
    let newest = voice::orders(turn.ctx, &turn.user).await?.into_iter().next();
    let paths = &turn.ctx.paths;
    let link = match newest {
        Some(order) => turn.order_link(&order),
        None => paths.absolute(paths.account_orders()),
    };
    let text = turn.words.say("contact-card", &[("link", link.into())]);
    Ok(Card::simple(&turn.plain("contact-card-title"), &text))
}
