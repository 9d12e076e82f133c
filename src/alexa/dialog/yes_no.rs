//! Yes and no, to the question that was asked just before. Without one they buy nothing.

use async_trait::async_trait;

use super::basket::{ask_check_out, put_in, take_out};
use super::{Handler, Response, Trouble, Turn, after, checkout};
use crate::alexa::talk::Question;

/// Yes.
pub struct Yes;
/// No.
pub struct No;

#[async_trait]
impl Handler for Yes {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AMAZON.YesIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        match turn.question.take() {
            Some(Question::Add { slug, quantity, is_offer }) => match turn.ctx.store.product_by_slug(&slug).await? {
                Some(listed) => put_in(turn, &listed, quantity, is_offer).await,
                None => Ok(nothing_asked(turn)),
            },
            Some(Question::CheckOut) => checkout::begin(turn).await,
            Some(Question::Buy) => checkout::buy(turn).await,
            Some(Question::TryAgain) => checkout::try_again(turn).await,
            Some(Question::TakeOut { slug }) => {
                let cart = turn.ctx.store.cart_lines(&turn.user.cart).await?;
                match cart.into_iter().find(|line| line.slug == slug) {
                    Some(line) => take_out(turn, &line).await,
                    None => Ok(nothing_asked(turn)),
                }
            }
            Some(Question::AskAgain { order }) => checkout::ask_again(turn, &order).await,
            Some(Question::Cancel { order }) => after::cancel(turn, &order).await,
            Some(Question::Refund { order, key }) => after::refund(turn, &order, &key).await,
            None => Ok(nothing_asked(turn)),
        }
    }
}

#[async_trait]
impl Handler for No {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AMAZON.NoIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        match turn.question.take() {
            Some(Question::Add { is_offer: true, .. }) => {
                let all_right = turn.plain("all-right");
                Ok(ask_check_out(turn, &all_right))
            }
            Some(Question::Buy | Question::TryAgain) => {
                turn.talk.buying = None;
                let (text, again) = (turn.plain("not-ordered"), turn.plain("help-again"));
                Ok(turn.ask(None, text, again))
            }
            Some(Question::Add { .. }) => {
                let text = format!("{} {}", turn.plain("all-right"), turn.plain("found-none-again"));
                let again = turn.plain("found-none-again");
                Ok(turn.ask(None, text, again))
            }
            // not wanted any more: what was charged after all is let go when it is heard of
            Some(Question::AskAgain { order }) => after::cancel(turn, &order).await,
            Some(Question::CheckOut | Question::TakeOut { .. } | Question::Cancel { .. } | Question::Refund { .. }) => {
                let (text, again) = (turn.plain("left-alone"), turn.plain("status-again"));
                Ok(turn.ask(None, text, again))
            }
            None => Ok(nothing_asked(turn)),
        }
    }
}

fn nothing_asked(turn: &mut Turn<'_>) -> Response {
    let (text, again) = (turn.plain("nothing-asked"), turn.plain("help-again"));
    turn.ask(None, text, again)
}
