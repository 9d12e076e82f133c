//! Looking for something, and hearing about it.

use async_trait::async_trait;

use super::{Handler, Response, Trouble, Turn};
use crate::alexa::answer::Card;
use crate::alexa::talk::Question;
use crate::market::catalog::{Product, search_terms};
use crate::store::catalog::Listed;
use crate::store::catalog::listing::Wanted;

/// How many are named when several fit.
const NAMED: usize = 3;

/// The most words of a wish that count.
const MOST_TERMS: usize = 6;

/// Looks for something.
pub struct Find;
/// Hears about something.
pub struct Details;

/// What a slot names: the product that Alexa takes it for, or what the words find here.
pub async fn products(turn: &Turn<'_>) -> Result<Vec<Listed>, Trouble> {
    let Some(slot) = turn.slot("product") else { return Ok(Vec::new()) };
    if let Some(id) = slot.id()
        && let Some(listed) = turn.ctx.store.product_by_slug(id).await?.filter(|it| it.product.is_active)
    {
        return Ok(vec![listed]);
    }
    let mut terms = search_terms(slot.spoken().unwrap_or_default());
    terms.truncate(MOST_TERMS);
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Wanted { terms, ..Wanted::default() };
    Ok(turn.ctx.store.listing(&wanted, NAMED).await?)
}

/// What was said, as it was heard.
pub fn spoken(turn: &Turn<'_>) -> Option<String> {
    turn.slot("product").and_then(|slot| slot.spoken().or(slot.id())).map(str::to_owned)
}

#[async_trait]
impl Handler for Find {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("FindProductIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let Some(words) = spoken(turn) else {
            let (text, again) = (turn.plain("which-find"), turn.plain("welcome-again"));
            return Ok(turn.ask(None, text, again));
        };
        let found = products(turn).await?;
        match found.as_slice() {
            [] => Ok(none(turn, &words)),
            [only] => Ok(one(turn, only)),
            several => Ok(some(turn, several)),
        }
    }
}

/// Nothing is called that.
pub fn none(turn: &mut Turn<'_>, words: &str) -> Response {
    let text = turn.words.say("found-none", &[("words", words.into())]);
    let again = turn.plain("found-none-again");
    turn.ask(None, text, again)
}

fn one(turn: &mut Turn<'_>, listed: &Listed) -> Response {
    if let Some(no) = unavailable(turn, listed) {
        return no;
    }
    let words = turn.words;
    let title = ("title", listed.product.title.clone().into());
    let text = words.say(
        "found-one",
        &[
            title.clone(),
            ("seller", listed.seller_name.clone().into()),
            ("price", words.money(listed.product.price).into()),
        ],
    );
    let again = words.say("found-one-again", &[title]);
    let card = product_card(turn, listed);
    turn.ask(Some(add(listed)), text, again).with_card(card)
}

/// Several fit: they are named, and one is asked for.
pub fn some(turn: &mut Turn<'_>, several: &[Listed]) -> Response {
    let words = turn.words;
    let named: Vec<String> = several
        .iter()
        .map(|it| {
            let price = words.money(it.product.price);
            words.say("found-item", &[("title", it.product.title.clone().into()), ("price", price.into())])
        })
        .collect();
    let text = words.say("found-some", &[("list", words.list(&named).into())]);
    let again = turn.plain("found-some-again");
    turn.ask(None, text, again)
}

fn add(listed: &Listed) -> Question {
    Question::Add { slug: listed.product.slug.clone(), quantity: 1, is_offer: false }
}

/// What to say of a thing that is not sold by voice: a subscription needs an account, and a service a date.
pub fn web_only(product: &Product) -> Option<&'static str> {
    match product {
        Product { period: Some(_), .. } => Some("subscription"),
        Product { is_service: true, .. } => Some("service"),
        Product { .. } => None,
    }
}

/// What cannot be bought here and now.
pub fn unavailable(turn: &mut Turn<'_>, listed: &Listed) -> Option<Response> {
    let id = if listed.available == 0 { "details-sold-out" } else { web_only(&listed.product)? };
    let text = turn.words.say(id, &[("title", listed.product.title.clone().into())]);
    let again = turn.plain("found-none-again");
    Some(turn.ask(None, text, again))
}

fn product_card(turn: &Turn<'_>, listed: &Listed) -> Card {
    let paths = &turn.ctx.paths;
    let link = paths.absolute(paths.product(&listed.product.slug));
    let text = format!("{}\n{}\n{link}", listed.product.price, listed.seller_name);
    let picture = paths.absolute(paths.asset(format!("pictures/{}", listed.product.picture)));
    Card::standard(&listed.product.title, &text, &picture)
}

#[async_trait]
impl Handler for Details {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("ProductDetailsIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let found = match (spoken(turn), &turn.question) {
            (Some(_), _) => products(turn).await?,
            // "tell me more", about what was just offered
            (None, Some(Question::Add { slug, .. })) => {
                turn.ctx.store.product_by_slug(&slug.clone()).await?.into_iter().collect()
            }
            (None, _) => {
                let (text, again) = (turn.plain("which-find"), turn.plain("welcome-again"));
                return Ok(turn.ask(None, text, again));
            }
        };
        let Some(listed) = found.first() else {
            let words = spoken(turn).unwrap_or_default();
            return Ok(none(turn, &words));
        };
        if let Some(no) = unavailable(turn, listed) {
            return Ok(no);
        }
        let words = turn.words;
        let title = ("title", listed.product.title.clone().into());
        let about = first_sentence(&listed.product.description);
        let text = words.say(
            "details",
            &[
                title.clone(),
                ("seller", listed.seller_name.clone().into()),
                ("price", words.money(listed.product.price).into()),
                ("about", about.into()),
                ("left", listed.available.into()),
            ],
        );
        let again = words.say("found-one-again", &[title]);
        let card = product_card(turn, listed);
        Ok(turn.ask(Some(add(listed)), text, again).with_card(card))
    }
}

fn first_sentence(text: &str) -> String {
    let text = text.trim();
    let end = text
        .find(['.', '!', '?', '。'])
        .map_or(text.len(), |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[..end].chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_description_is_not_read_out_in_full() {
        assert_eq!(super::first_sentence(" Made by bees. And by me."), "Made by bees.");
        assert_eq!(super::first_sentence("蜂蜜です。はい。"), "蜂蜜です。");
        assert_eq!(super::first_sentence("no end"), "no end");
    }
}
