//! GetRecipientVerificationStatus: whether a seller can be paid.
//!
//! ```text
//! cargo run --example fps -- get-recipient-verification-status RECIPIENT_TOKEN
//! ```
//!
//! Asked before a shop offers the seller's goods: `VerificationPending` means that FPS limits what the seller may take.

use anyhow::bail;
use pushcart::pay::fps::answers::RecipientAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-recipient-verification-status RECIPIENT_TOKEN";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [token] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::RecipientStatus { token: token.clone() };
    let RecipientAnswer { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    Ok(())
}
