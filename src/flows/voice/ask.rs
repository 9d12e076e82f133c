//! What is handed to Alexa, under a token that nobody can guess.

use serde_json::Value;

use crate::base::ids;
use crate::flows::{ActError, Context};
use crate::orders::operation::{Operation, Request};
use crate::orders::order::Order;
use crate::pay::voice::VoiceOrder;
use crate::store::Write;
use crate::store::voice::{VoiceAsk, VoiceUser, voice_key};

/// A question to Amazon Pay, ready to be handed over once it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// `Setup` or `Charge`.
    pub name: &'static str,
    /// With what.
    pub payload: Value,
    /// Comes back with the answer.
    pub token: String,
    /// What has to be kept before it is handed over: see [`super::keep`].
    pub ask: VoiceAsk,
}

/// Asks for something that a buyer who speaks `locale` can be charged under. `attempt` counts from 1.
pub async fn ask_setup(ctx: &Context, user: &VoiceUser, locale: &str, attempt: i64) -> Result<Asked, ActError> {
    let (_, voice) = super::speaking(ctx)?;
    let payload = voice.setup(ctx.shop.currency, locale, &ctx.shop.name);
    Ok(hand_over(ctx, user, "Setup", None, attempt, payload))
}

/// Hands the charge of `order` over, for the first time or again: always with the same reference, the operation's
/// id. `seller` is the name that the buyer is shown.
pub async fn ask_charge(
    ctx: &Context,
    tx: &mut Write,
    user: &VoiceUser,
    operation: &Operation,
    order: &Order,
    seller: &str,
) -> Result<Asked, ActError> {
    let (_, voice) = super::speaking(ctx)?;
    let Request::Take { consent, .. } = &operation.request else { return Err(ActError::NoSuchOrder) };
    let told = VoiceOrder { number: &order.number, seller, shop: &ctx.shop.name };
    let payload = voice.charge(operation, consent, told);
    let attempt = tx.voice_attempts(&operation.id).await? + 1;
    Ok(hand_over(ctx, user, "Charge", Some(operation), attempt, payload))
}

fn hand_over(
    ctx: &Context,
    user: &VoiceUser,
    name: &'static str,
    operation: Option<&Operation>,
    attempt: i64,
    payload: Value,
) -> Asked {
    let token = ids::secret();
    let ask = VoiceAsk {
        token_hash: voice_key(&token),
        user: user.key.clone(),
        name: name.to_owned(),
        operation: operation.map(|operation| operation.id.clone()),
        attempt,
        sent_at: ctx.clock.now(),
        answer: None,
    };
    Asked { name, payload, token, ask }
}
