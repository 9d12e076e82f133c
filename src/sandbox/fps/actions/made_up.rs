//! Tokens that nobody installed: "The sandbox accepts any random number as a credit card and token ID in Pay and Reserve
//! requests." Off until somebody switches it on: with it a wrong token goes unnoticed.
//!
//! Source: the guide, "Error Simulation".

use super::{Call, Trouble};
use crate::sandbox::fps::machine;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::state::{StateError, Tx};

/// The setting that says whether they are accepted.
const ACCEPTED: &str = "fps_made_up_tokens";

/// Whose card pays with a made-up sender token.
const PAYER: &str = "acc_clara";

/// Who is paid with a made-up recipient token.
const PAYEE: &str = "acc_wares";

/// The largest variable fee that a made-up seller has agreed to: all of it, in millionths.
const ALL_PPM: i64 = 1_000_000;

impl Tx {
    /// Whether made-up tokens are accepted.
    pub async fn accepts_made_up(&mut self) -> Result<bool, StateError> {
        Ok(self.setting(ACCEPTED).await?.is_some_and(|value| value == "yes"))
    }

    /// Says whether they are.
    pub async fn accept_made_up(&mut self, accepted: bool) -> Result<(), StateError> {
        self.keep_setting(ACCEPTED, if accepted { "yes" } else { "" }).await
    }
}

/// Installs the tokens of a charge that nobody has, where made-up ones are accepted: a card that is good for this
/// amount, and a business that agrees to every fee.
pub async fn install(call: &Call<'_>, tx: &mut Tx, amount_minor: i64) -> Result<(), Trouble> {
    if !tx.accepts_made_up().await? {
        return Ok(());
    }
    let mut recipient = call.caller.id.clone();
    if let Some(id) = call.params.get("RecipientTokenId") {
        recipient = match known(tx, id).await? {
            Known::No => {
                let token = Token {
                    methods: "CC,ACH,ABT".to_owned(),
                    max_fixed_minor: machine::LARGEST,
                    max_variable_ppm: ALL_PPM,
                    recipient_pays: i64::from(call.params.get("ChargeFeeTo") != Some("Caller")),
                    ..made_up(call, PAYEE, "Unrestricted", id)
                };
                tx.add_token(&token).await?;
                PAYEE.to_owned()
            }
            Known::Of(account) => account,
        };
    }
    let id = call.params.text("SenderTokenId");
    if matches!(known(tx, id).await?, Known::No) {
        let token = Token {
            methods: "CC".to_owned(),
            amount_minor,
            recipient_id: recipient,
            ..made_up(call, PAYER, "SingleUse", id)
        };
        tx.add_token(&token).await?;
    }
    Ok(())
}

enum Known {
    /// Nobody has it.
    No,
    /// Somebody's, or published as one that goes wrong, which is nobody's.
    Of(String),
}

async fn known(tx: &mut Tx, id: &str) -> Result<Known, StateError> {
    if machine::simulated_by_token(id).is_some() {
        return Ok(Known::Of(String::new()));
    }
    Ok(tx.token(id).await?.map_or(Known::No, |token| Known::Of(token.account_id)))
}

fn made_up(call: &Call<'_>, account: &str, kind: &str, id: &str) -> Token {
    let reference = format!("made up {id}");
    Token {
        id: id.to_owned(),
        origin_id: id.to_owned(),
        old_token_id: id.to_owned(),
        payment_reason: "A made-up token".to_owned(),
        ..Token::fresh(&call.caller.id, account, kind, &reference, call.now)
    }
}
