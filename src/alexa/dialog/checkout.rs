//! Checking out: an agreement with Amazon Pay, the order read back, one clear yes, and a charge for each seller.

use async_trait::async_trait;

use super::after::seller;
use super::basket::{empty, line_of};
use super::{Handler, Response, Trouble, Turn};
use crate::alexa::answer::Card;
use crate::alexa::talk::{Buying, Question, Share};
use crate::base::ids::{self, OrderId};
use crate::base::money::Money;
use crate::flows::parcels::{Parcel, parcels};
use crate::flows::voice::{self, Purchase};
use crate::flows::{ActError, check_out};
use crate::market::shipping::ShippingMethod;
use crate::orders::checkout::Address;
use crate::orders::operation::Operation;
use crate::orders::order::{Line, Order};
use crate::orders::state::State;
use crate::pay::voice::{VoiceAgreement, VoiceStanding};
use crate::store::carts::CartLine;

/// How voice orders travel.
const METHOD: ShippingMethod = ShippingMethod::Standard;

/// Checks out.
pub struct CheckOut;

#[async_trait]
impl Handler for CheckOut {
    fn concerns(&self, turn: &Turn<'_>) -> bool {
        turn.is_intent("CheckoutIntent")
    }

    async fn answer(&self, turn: &mut Turn<'_>) -> Result<Response, Trouble> {
        begin(turn).await
    }
}

/// Begins to check out. A charge that was never answered comes first: the buyer is asked whether to ask
/// for it again, before anything else is bought.
pub async fn begin(turn: &mut Turn<'_>) -> Result<Response, Trouble> {
    if let Some((order, charge)) = waiting_charge(turn).await? {
        let gaps = [("seller", seller(turn, &order).await?.into()), ("total", turn.words.money(order.total).into())];
        if charge.transaction.is_some() {
            let (text, again) = (turn.words.say("waiting-looking", &gaps), turn.plain("status-again"));
            return Ok(turn.ask(None, text, again));
        }
        let (text, again) = (turn.words.say("waiting-ask", &gaps), turn.plain("waiting-ask-again"));
        return Ok(turn.ask(Some(Question::AskAgain { order: order.id }), text, again));
    }
    if turn.ctx.store.cart_count(&turn.user.cart).await? == 0 {
        return Ok(empty(turn));
    }
    if turn.voice().is_none() {
        let text = turn.plain("no-voice-pay");
        let card = web_card(turn);
        return Ok(turn.tell(text).with_card(card));
    }
    if turn.must_ask_for_consent() && turn.consent() != Some(true) {
        let text = turn.plain("consent");
        return Ok(turn.tell(text).with_consent_card());
    }
    // nobody hears an address or a total before it is known that they may
    let is_ready = turn.user.agreement.is_some() && turn.user.address.is_some() && turn.consent() == Some(true);
    if is_ready { review(turn, Before::Nothing).await } else { set_up(turn, 1).await }
}

/// Asks Amazon Pay for something that can be charged.
pub async fn set_up(turn: &mut Turn<'_>, attempt: i64) -> Result<Response, Trouble> {
    let asked = voice::ask_setup(turn.ctx, &turn.user, turn.words.locale(), attempt).await?;
    Ok(turn.hand_over(asked))
}

/// An order of this very buyer, at this very account of Amazon's, whose charge nobody has answered.
async fn waiting_charge(turn: &Turn<'_>) -> Result<Option<(Order, Operation)>, Trouble> {
    for order in voice::spoken_orders(turn.ctx, &turn.user).await? {
        if order.state == State::Consented {
            let all = turn.ctx.store.operations_of(order.id.as_str()).await?;
            if let Some(open) = all.into_iter().find(|it| it.is_spoken() && it.progress.is_open()) {
                return Ok(Some((order, open)));
            }
        }
    }
    Ok(None)
}

/// Hands the charge of an order over again, with its own reference, so that it cannot be charged twice.
pub async fn ask_again(turn: &mut Turn<'_>, id: &OrderId) -> Result<Response, Trouble> {
    match waiting_charge(turn).await?.filter(|(order, _)| order.id == *id) {
        Some((order, charge)) => {
            let seller = seller(turn, &order).await?;
            hand_charge(turn, &charge, &order, &seller).await
        }
        // answered meanwhile
        None => begin(turn).await,
    }
}

/// Remembers what Amazon Pay gave, and where parcels go.
pub fn settle_agreement(turn: &mut Turn<'_>, agreement: &VoiceAgreement, address: Option<Address>) {
    turn.user.agreement = Some((agreement.id.clone(), agreement.standing == VoiceStanding::Suspended));
    if address.is_some() {
        turn.user.address = address;
    }
    voice::learn_email(turn.ctx, &turn.user, &agreement.id);
}

/// What comes before an order is read back.
pub enum Before {
    /// Nothing.
    Nothing,
    /// That the order that was said yes to is not the one that would be bought.
    Changed,
    /// What was bought already, and that the rest has changed.
    Bought(String),
}

/// Reads the order back and asks for the yes.
pub async fn review(turn: &mut Turn<'_>, before: Before) -> Result<Response, Trouble> {
    let Some(address) = turn.user.address.clone() else { return set_up(turn, 1).await };
    if !check_out::delivers_to(&address) {
        let text = turn.plain("cannot-deliver");
        let card = web_card(turn);
        return Ok(turn.tell(text).with_card(card));
    }
    let cart = turn.ctx.store.cart_lines(&turn.user.cart).await?;
    if cart.is_empty() {
        return Ok(match before {
            Before::Bought(said) => turn.tell(said),
            Before::Nothing | Before::Changed => empty(turn),
        });
    }
    if let Some(line) = cart.iter().find(|line| line.period.is_some() || line.is_service) {
        // the basket is the browser's, too; subscriptions need an account, and services a date
        return Ok(ask_to_take_out(turn, line));
    }
    let parcels = match parcels(&cart, METHOD, false, &address) {
        Ok(parcels) => parcels,
        Err(error) => return trouble_in(turn, &cart, error),
    };
    let total = sum(&parcels, turn.ctx.shop.currency)?;
    let spoken: Vec<String> = parcels.iter().map(|parcel| spoken_parcel(turn, parcel)).collect();
    let is_digital = parcels.iter().all(|parcel| parcel.is_digital);
    let text = turn.words.say(
        if is_digital { "review-digital" } else { "review" },
        &[
            ("parcels", spoken.join(" ").into()),
            ("name", address.name.clone().into()),
            ("city", address.city.clone().into()),
            ("total", turn.words.money(total).into()),
        ],
    );
    let text = match before {
        Before::Nothing => text,
        Before::Changed => turn.words.say("changed", &[("review", text.into())]),
        Before::Bought(said) => turn.words.say("rest-changed", &[("said", said.into()), ("review", text.into())]),
    };
    let again = turn.plain("review-again");
    let card = review_card(turn, &parcels, &address, total);
    turn.talk.buying =
        Some(Buying { key: ids::secret(), approved: parcels.iter().map(share).collect(), place: place(&address) });
    Ok(turn.ask(Some(Question::Buy), text, again).with_card(card))
}

fn trouble_in(turn: &mut Turn<'_>, cart: &[CartLine], error: ActError) -> Result<Response, Trouble> {
    let ActError::BadField { .. } = &error else { return Err(error.into()) };
    let bad = cart.iter().find(|line| !line.is_offered || line.available < line.quantity).or(cart.first());
    let Some(line) = bad else { return Err(error.into()) };
    Ok(ask_to_take_out(turn, line))
}

fn ask_to_take_out(turn: &mut Turn<'_>, line: &CartLine) -> Response {
    let title = [("title", line.title.clone().into())];
    let (text, again) = (turn.words.say("cart-trouble", &title), turn.words.say("cart-trouble-again", &title));
    turn.ask(Some(Question::TakeOut { slug: line.slug.clone() }), text, again)
}

/// An address, to tell whether it is still the one that was read back.
fn place(address: &Address) -> String {
    serde_json::to_string(address).unwrap_or_default()
}

fn sum(parcels: &[Parcel], currency: crate::base::money::Currency) -> Result<Money, Trouble> {
    let all = parcels.iter().try_fold(Money::zero(currency), |sum, parcel| sum.plus(parcel.total));
    all.map_err(|_| Trouble::Act(ActError::NotNow("The cart is too large to add up.")))
}

fn spoken_parcel(turn: &Turn<'_>, parcel: &Parcel) -> String {
    let lines: Vec<String> = parcel.lines.iter().map(|line| line_of(turn, &line.title, line.quantity)).collect();
    let tax = if parcel.totals.tax.is_zero() { "none".to_owned() } else { turn.words.money(parcel.totals.tax) };
    turn.words.say(
        if parcel.is_digital { "review-parcel-digital" } else { "review-parcel" },
        &[
            ("seller", parcel.seller_name.clone().into()),
            ("list", turn.words.list(&lines).into()),
            ("total", turn.words.money(parcel.total).into()),
            ("delivery", turn.words.money(parcel.totals.shipping).into()),
            ("tax", tax.into()),
        ],
    )
}

fn review_card(turn: &Turn<'_>, parcels: &[Parcel], address: &Address, total: Money) -> Card {
    let zero = Money::zero(total.currency);
    let all = |part: fn(&Parcel) -> Money| parcels.iter().try_fold(zero, |sum, it| sum.plus(part(it))).unwrap_or(zero);
    let lines: Vec<String> = parcels.iter().flat_map(|parcel| &parcel.lines).map(printed).collect();
    let sellers: Vec<&str> = parcels.iter().map(|parcel| parcel.seller_name.as_str()).collect();
    let place = [
        &address.name,
        &address.line1,
        &address.line2,
        &address.city,
        &address.state,
        &address.postal_code,
        &address.country,
    ];
    let place: Vec<&str> = place.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let text = turn.words.say(
        "review-card",
        &[
            ("lines", lines.join("\n").into()),
            ("delivery", all(|parcel| parcel.totals.shipping).to_string().into()),
            ("tax", all(|parcel| parcel.totals.tax).to_string().into()),
            ("total", total.to_string().into()),
            ("seller", sellers.join(", ").into()),
            ("address", place.join(", ").into()),
        ],
    );
    Card::simple(&turn.words.say("review-card-title", &[("shop", turn.ctx.shop.name.clone().into())]), &text)
}

fn share(parcel: &Parcel) -> Share {
    let goods = parcel.lines.iter().map(|line| (line.product.to_string(), line.quantity)).collect();
    Share { seller: parcel.seller.to_string(), goods, total_minor: parcel.total.minor }
}

/// The yes to what was read back: nothing else is bought than that.
pub async fn buy(turn: &mut Turn<'_>) -> Result<Response, Trouble> {
    let Some(buying) = turn.talk.buying.clone() else { return review(turn, Before::Nothing).await };
    let now = parcels_now(turn).await?;
    let shares: Vec<Share> = now.iter().map(share).collect();
    if shares != buying.approved || turn.user.address.as_ref().map(place) != Some(buying.place) {
        turn.let_go();
        return review(turn, Before::Changed).await;
    }
    charge_next(turn, now, None).await
}

/// Another try, with the same words of approval and another key.
pub async fn try_again(turn: &mut Turn<'_>) -> Result<Response, Trouble> {
    if let Some(buying) = &mut turn.talk.buying {
        buying.key = ids::secret();
    }
    if turn.talk.buying.is_none() { review(turn, Before::Nothing).await } else { go_on_buying(turn, None).await }
}

/// What would be bought now, read in the transaction in which it is.
async fn parcels_now(turn: &mut Turn<'_>) -> Result<Vec<Parcel>, Trouble> {
    let (Some(address), cart) = (turn.user.address.clone(), turn.user.cart.clone()) else { return Ok(Vec::new()) };
    let cart = turn.writing().await?.cart_lines(&cart).await.map_err(Trouble::inside)?;
    Ok(parcels(&cart, METHOD, false, &address).unwrap_or_default())
}

/// Charges the next seller's part that was approved; `said` is spoken before Amazon takes over.
pub async fn go_on_buying(turn: &mut Turn<'_>, said: Option<String>) -> Result<Response, Trouble> {
    let parcels = parcels_now(turn).await?;
    charge_next(turn, parcels, said).await
}

/// Hands the charge of `order` over, for the first time or again.
pub async fn hand_charge(
    turn: &mut Turn<'_>,
    charge: &Operation,
    order: &Order,
    seller: &str,
) -> Result<Response, Trouble> {
    let user = turn.user.clone();
    let asked = voice::ask_charge(turn.ctx, turn.writing().await?, &user, charge, order, seller).await;
    Ok(turn.hand_over(asked.map_err(Trouble::inside)?))
}

async fn charge_next(turn: &mut Turn<'_>, parcels: Vec<Parcel>, said: Option<String>) -> Result<Response, Trouble> {
    let (Some(buying), Some((agreement, _)), Some(address)) =
        (turn.talk.buying.clone(), turn.user.agreement.clone(), turn.user.address.clone())
    else {
        turn.let_go();
        return begin(turn).await;
    };
    let changed = || said.clone().map_or(Before::Changed, Before::Bought);
    let is_there = place(&address) == buying.place;
    let Some(parcel) = parcels.into_iter().find(|parcel| is_there && buying.approved.contains(&share(parcel))) else {
        turn.let_go();
        return review(turn, changed()).await;
    };
    let seller = parcel.seller_name.clone();
    let purchase =
        Purchase { key: format!("{}:{}", buying.key, parcel.seller), parcel, address, method: METHOD, agreement };
    let user = turn.user.clone();
    let (order, charge) = match voice::place(turn.ctx, turn.writing().await?, &user, &purchase).await {
        Ok(placed) => placed,
        Err(ActError::BadField { .. } | ActError::NotNow(_)) => {
            turn.let_go();
            return review(turn, changed()).await;
        }
        Err(error) => return Err(Trouble::inside(error)),
    };
    let output_speech = said.and_then(|text| Response::tell(&text).output_speech);
    Ok(Response { output_speech, ..hand_charge(turn, &charge, &order, &seller).await? })
}

/// The way to the same basket in a browser.
pub fn web_card(turn: &Turn<'_>) -> Card {
    finish_card(turn, turn.web_cart())
}

/// The way to where a purchase can be finished with another way to pay.
pub fn finish_card(turn: &Turn<'_>, link: String) -> Card {
    let text = turn.words.say("finish-card", &[("link", link.into())]);
    Card::simple(&turn.plain("finish-card-title"), &text)
}

/// A line of goods as cards have it.
pub fn printed(line: &Line) -> String {
    format!("{} × {}: {}", line.quantity, line.title, line.unit)
}
