//! Buying by voice: the acts behind what the skill says.
//!
//! The charge of an order is an operation like any other, written before it is handed to Alexa and never
//! sent by the worker. Its answer comes with Alexa's next request, or as a notification when that is lost.

mod answer;
mod ask;
mod place;

use std::sync::Arc;

use super::{ActError, Context};
use crate::base::clock::Millis;
use crate::base::ids::{self, BuyerId, OrderId};
use crate::orders::order::Order;
use crate::pay::{Answer, Provider, Voice};
use crate::store::notifications::Heard;
use crate::store::voice::{VoiceAsk, VoiceUser, voice_key};
use crate::store::{Result, StoreError, Write, retried};

pub use answer::{Charged, charged, destination, flag, not_charged, unfit};
pub use ask::{Asked, ask_charge, ask_setup};
pub use place::{Purchase, place};

/// How many of somebody's orders are spoken of.
const RECENT: i64 = 5;

/// Whoever is paid by voice here. Errors: nobody is.
fn speaking(ctx: &Context) -> std::result::Result<(&Arc<dyn Provider>, &dyn Voice), ActError> {
    ctx.providers.speaking(ctx.shop.currency).ok_or(ActError::NotNow("Nobody can pay by voice here."))
}

/// Whoever has this user id at Amazon, with what is known of them. `talk` is what a first conversation
/// begins with. Where their account is linked, `linked` is it.
pub async fn user(ctx: &Context, user_id: &str, linked: Option<BuyerId>, talk: &str) -> Result<VoiceUser> {
    let key = voice_key(user_id);
    let known = match ctx.store.voice_user(&key).await? {
        Some(known) => known,
        None => begin(ctx, key, talk).await?,
    };
    match linked {
        Some(buyer) if known.buyer.as_ref() != Some(&buyer) => link(ctx, known, buyer).await,
        Some(_) => Ok(known),
        // unlinked since: what is in the account is not spoken of any more
        None => Ok(VoiceUser { buyer: None, ..known }),
    }
}

async fn begin(ctx: &Context, key: String, talk: &str) -> Result<VoiceUser> {
    let user = VoiceUser {
        key,
        cart: ids::secret(),
        buyer: None,
        agreement: None,
        address: None,
        email: String::new(),
        talk: talk.to_owned(),
        version: 1,
    };
    retried(async || {
        let mut tx = ctx.store.write_soon().await?;
        let is_new = tx.insert_voice_user(&user, ctx.clock.now()).await?;
        tx.commit().await?;
        if is_new { Ok(Some(user.clone())) } else { ctx.store.voice_user(&user.key).await }
    })
    .await?
    .ok_or_else(|| crate::store::StoreError::Unreadable("a voice user that was just written".to_owned()))
}

/// The buyer has linked their account: what they bought by voice so far is found there, too.
async fn link(ctx: &Context, user: VoiceUser, buyer: BuyerId) -> Result<VoiceUser> {
    let account = ctx.store.account(&buyer).await?;
    retried(async || {
        let mut linked = user.clone();
        linked.buyer = Some(buyer.clone());
        if let Some(account) = &account {
            linked.email.clone_from(&account.email);
        }
        let mut tx = ctx.store.write().await?;
        tx.change_voice_user(&mut linked, ctx.clock.now()).await?;
        tx.adopt_voice_orders(&linked.key, &buyer).await?;
        tx.commit().await?;
        Ok(linked)
    })
    .await
}

/// What else is true once an answer is given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// What is handed over with it.
    pub asks: Vec<VoiceAsk>,
    /// Which directive was answered, by its token's SHA-256, and what was said to that.
    pub answered: Option<(String, String)>,
    /// What Alexa said, for the desk.
    pub heard: Option<Heard>,
}

impl Given {
    /// Whether somebody acts on it who would not ask again: then it has to be on the disk before it is said.
    fn is_promised(&self) -> bool {
        !self.asks.is_empty()
    }
}

/// Keeps what is known of a user now, with whatever else the answer makes true, in one transaction: `begun`, which
/// has written something already, or one of its own.
pub async fn keep(ctx: &Context, begun: Option<Write>, user: &VoiceUser, given: &Given) -> Result<()> {
    let now = ctx.clock.now();
    let Some(tx) = begun else {
        return retried(async || {
            let tx = if given.is_promised() { ctx.store.write().await? } else { ctx.store.write_soon().await? };
            keep_in(tx, user.clone(), given, now).await
        })
        .await;
    };
    keep_in(tx, user.clone(), given, now).await?;
    if given.answered.is_some() {
        // what it came to may be for the worker: letters, a hold that is let go
        ctx.wake.notify_one();
    }
    Ok(())
}

/// Where another request of theirs kept something meanwhile, this later word stands.
async fn keep_in(mut tx: Write, mut user: VoiceUser, given: &Given, now: Millis) -> Result<()> {
    if !tx.change_voice_user(&mut user, now).await? {
        let fresh = tx.voice_user(&user.key).await?;
        user.version = fresh.map_or(user.version, |fresh| fresh.version);
        if !tx.change_voice_user(&mut user, now).await? {
            return Err(StoreError::Busy);
        }
    }
    for ask in &given.asks {
        tx.insert_voice_ask(ask).await?;
    }
    if let Some((token_hash, answer)) = &given.answered {
        tx.answer_voice_ask(token_hash, answer, now).await?;
    }
    if let Some(heard) = &given.heard {
        tx.note_heard(heard, now).await?;
    }
    tx.commit().await
}

/// The newest orders of whoever speaks: those of their account, once that is linked, and those by voice.
pub async fn orders(ctx: &Context, user: &VoiceUser) -> Result<Vec<Order>> {
    let mut all = ctx.store.orders_of_voice(&user.key, RECENT).await?;
    if let Some(buyer) = &user.buyer {
        all.extend(ctx.store.orders_of_buyer(buyer, "~", RECENT).await?);
    }
    all.sort_by(|a, b| b.id.as_str().cmp(a.id.as_str()));
    all.dedup_by(|a, b| a.id == b.id);
    Ok(all)
}

/// The newest orders that were placed by voice, at this very account of Amazon's.
pub async fn spoken_orders(ctx: &Context, user: &VoiceUser) -> Result<Vec<Order>> {
    ctx.store.orders_of_voice(&user.key, RECENT).await
}

/// One of those orders; nobody else's.
pub async fn own_order(ctx: &Context, user: &VoiceUser, id: &OrderId) -> std::result::Result<Order, ActError> {
    let found = orders(ctx, user).await?.into_iter().find(|order| order.id == *id);
    found.ok_or(ActError::NoSuchOrder)
}

/// Puts a product into their basket.
pub async fn add(ctx: &Context, user: &VoiceUser, product: &crate::base::ids::ProductId, quantity: i64) -> Result<()> {
    retried(async || {
        let mut tx = ctx.store.write_soon().await?;
        tx.add_to_cart(&user.cart, product, quantity, ctx.clock.now()).await?;
        tx.commit().await
    })
    .await
}

/// Takes a product out of it.
pub async fn remove(ctx: &Context, user: &VoiceUser, product: &crate::base::ids::ProductId) -> Result<()> {
    retried(async || {
        let mut tx = ctx.store.write_soon().await?;
        tx.set_in_cart(&user.cart, product, 0).await?;
        tx.commit().await
    })
    .await
}

/// Asks the provider where the letters of a new agreement go, beside the conversation: nobody waits for it.
pub fn learn_email(ctx: &Context, user: &VoiceUser, agreement: &str) {
    if !user.email.is_empty() {
        return;
    }
    let (ctx, key, agreement) = (ctx.clone(), user.key.clone(), agreement.to_owned());
    tokio::spawn(async move {
        let Some((_, voice)) = ctx.providers.speaking(ctx.shop.currency) else { return };
        match voice.email(&agreement).await {
            Answer::Done(email) if email.contains('@') => {
                if let Err(error) = set_email(&ctx, &key, &email, ctx.clock.now()).await {
                    tracing::warn!(%error, "a voice buyer's address for letters could not be kept");
                }
            }
            Answer::Done(_) | Answer::Refused(_) => {}
            Answer::Silent(why) => tracing::warn!("nobody says where a voice buyer's letters go: {why}"),
        }
    });
}

async fn set_email(ctx: &Context, key: &str, email: &str, now: Millis) -> Result<()> {
    retried(async || {
        let mut tx = ctx.store.write().await?;
        tx.set_voice_email(key, email, now).await?;
        tx.commit().await
    })
    .await
}
