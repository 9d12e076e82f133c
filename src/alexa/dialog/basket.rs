//! The cart: something in, something out, what is in it.

use async_trait::async_trait;

use super::browse::{none, products, some, spoken, unavailable, web_only};
use super::{Handler, Response, Trouble, Turn};
use crate::alexa::talk::Question;
use crate::base::money::Money;
use crate::flows::voice;
use crate::store::carts::{CartLine, MOST};
use crate::store::catalog::Listed;
use crate::store::catalog::listing::Wanted;

/// How many lines are read out.
const READ_OUT: usize = 5;

/// Puts something into the cart.
pub struct Add;
/// Takes something out of it.
pub struct Remove;
/// What is in it.
pub struct Show;

#[async_trait]
impl Handler for Add {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("AddToCartIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let quantity = turn.slot("quantity").and_then(|slot| slot.spoken()).map_or(Some(1), |text| text.parse().ok());
        let quantity: i64 = quantity.unwrap_or(1);
        let found = match (spoken(turn), &turn.question) {
            (Some(_), _) => products(turn).await?,
            // "put two of them in", about what was just offered
            (None, Some(Question::Add { slug, .. })) => {
                turn.ctx.store.product_by_slug(&slug.clone()).await?.into_iter().collect()
            }
            (None, _) => {
                let (text, again) = (turn.plain("which-product"), turn.plain("which-product-again"));
                return Ok(turn.ask(None, text, again).eliciting("product"));
            }
        };
        match found.as_slice() {
            [] => {
                let words = spoken(turn).unwrap_or_default();
                Ok(none(turn, &words))
            }
            [only] => put_in(turn, only, quantity, false).await,
            several => Ok(some(turn, several)),
        }
    }
}

/// Puts `quantity` of a product into the cart, offers something beside it once, or asks what comes next.
pub async fn put_in(turn: &mut Turn<'_>, listed: &Listed, quantity: i64, is_offer: bool) -> Result<Response, Trouble> {
    if let Some(no) = unavailable(turn, listed) {
        return Ok(no);
    }
    if !(1..=MOST).contains(&quantity) {
        let text = turn.words.say("too-many", &[("most", MOST.into())]);
        let again = turn.plain("which-product-again");
        return Ok(turn.ask(None, text, again));
    }
    let cart = turn.ctx.store.cart_lines(&turn.user.cart).await?;
    let has = cart.iter().find(|line| line.product == listed.product.id).map_or(0, |line| line.quantity);
    let title = ("title", listed.product.title.clone().into());
    if has + quantity > listed.available.min(MOST) {
        let text = turn.words.say("only-left", &[title, ("left", listed.available.into())]);
        let again = turn.plain("found-none-again");
        return Ok(turn.ask(None, text, again));
    }
    voice::add(turn.ctx, &turn.user, &listed.product.id, quantity).await?;
    let added = turn.words.say("added", &[title, ("quantity", quantity.into())]);
    if !is_offer && let Some(offer) = offer_beside(turn, listed, &cart).await? {
        let gaps = [
            ("title", offer.product.title.clone().into()),
            ("seller", offer.seller_name.clone().into()),
            ("price", turn.words.money(offer.product.price).into()),
        ];
        let text = format!("{added} {}", turn.words.say("upsell", &gaps));
        let again = turn.words.say("upsell-again", &gaps[..1]);
        turn.talk.offered.push(offer.product.slug.clone());
        let question = Question::Add { slug: offer.product.slug, quantity: 1, is_offer: true };
        return Ok(turn.ask(Some(question), text, again));
    }
    Ok(ask_check_out(turn, &added))
}

/// Says `before` and asks whether that is all.
pub fn ask_check_out(turn: &mut Turn<'_>, before: &str) -> Response {
    let text = format!("{before} {}", turn.plain("ask-checkout"));
    let again = turn.plain("ask-checkout-again");
    turn.ask(Some(Question::CheckOut), text, again)
}

/// One thing of the same seller and section that was neither bought nor offered: once in a conversation.
async fn offer_beside(turn: &Turn<'_>, bought: &Listed, cart: &[CartLine]) -> Result<Option<Listed>, Trouble> {
    if !turn.talk.offered.is_empty() {
        return Ok(None);
    }
    let wanted = Wanted {
        category: Some(bought.product.category.clone()),
        seller: Some(bought.product.seller.clone()),
        ..Wanted::default()
    };
    let beside = turn.ctx.store.listing(&wanted, cart.len() + 4).await?;
    Ok(beside.into_iter().find(|it| {
        let is_bought = it.product.id == bought.product.id || cart.iter().any(|line| line.product == it.product.id);
        !is_bought && it.available > 0 && web_only(&it.product).is_none() && !it.product.is_wonky
    }))
}

#[async_trait]
impl Handler for Remove {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("RemoveFromCartIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let Some(words) = spoken(turn) else {
            let (text, again) = (turn.plain("which-remove"), turn.plain("which-product-again"));
            return Ok(turn.ask(None, text, again));
        };
        let found = products(turn).await?;
        let cart = turn.ctx.store.cart_lines(&turn.user.cart).await?;
        match cart.iter().find(|line| found.iter().any(|it| it.product.id == line.product)) {
            Some(line) => take_out(turn, &line.clone()).await,
            None => {
                let text = turn.words.say("not-in-cart", &[("title", words.into())]);
                let again = turn.plain("help-again");
                Ok(turn.ask(None, text, again))
            }
        }
    }
}

/// Takes a line out of the cart.
pub async fn take_out(turn: &mut Turn<'_>, line: &CartLine) -> Result<Response, Trouble> {
    voice::remove(turn.ctx, &turn.user, &line.product).await?;
    let title = ("title", line.title.clone().into());
    if turn.ctx.store.cart_count(&turn.user.cart).await? == 0 {
        let text = turn.words.say("removed-empty", &[title]);
        let again = turn.plain("cart-empty-again");
        return Ok(turn.ask(None, text, again));
    }
    let removed = turn.words.say("removed", &[title]);
    Ok(ask_check_out(turn, &removed))
}

#[async_trait]
impl Handler for Show {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("ShowCartIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        let cart = turn.ctx.store.cart_lines(&turn.user.cart).await?;
        if cart.is_empty() {
            return Ok(empty(turn));
        }
        let lines: Vec<String> =
            cart.iter().take(READ_OUT).map(|line| line_of(turn, &line.title, line.quantity)).collect();
        let mut list = turn.words.list(&lines);
        if cart.len() > READ_OUT {
            list = turn.words.say("cart-more", &[("list", list.into())]);
        }
        let zero = Money::zero(turn.ctx.shop.currency);
        let total = cart.iter().try_fold(zero, |sum, line| sum.plus(line.unit.times(line.quantity)?));
        let total = total.map(|total| turn.words.money(total)).unwrap_or_default();
        let count: i64 = cart.iter().map(|line| line.quantity).sum();
        let text = turn.words.say("cart", &[("list", list.into()), ("total", total.into()), ("count", count.into())]);
        let again = turn.plain("ask-checkout-again");
        Ok(turn.ask(Some(Question::CheckOut), text, again))
    }
}

/// Nothing in it.
pub fn empty(turn: &mut Turn<'_>) -> Response {
    let (text, again) = (turn.plain("cart-empty"), turn.plain("cart-empty-again"));
    turn.ask(None, text, again)
}

/// A product and how many of it.
pub fn line_of(turn: &Turn<'_>, title: &str, quantity: i64) -> String {
    turn.words.say("cart-line", &[("title", title.to_owned().into()), ("quantity", quantity.into())])
}
