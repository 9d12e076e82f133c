//! GetTokenUsage: what was used of the limits of a multi-use or recurring token.
//!
//! ```text
//! cargo run --example fps -- get-token-usage TOKEN
//! ```
//!
//! FPS does not say which limit is which; they come in the order in which they were asked for.

use anyhow::bail;
use pushcart::pay::fps::answers::UsageAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-token-usage TOKEN";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [token] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::TokenUsage { token: token.clone() };
    let UsageAnswer { result } = caller.ask(&ask).await?;
    println!("answered {} limits", result.limits.len());
    for limit in result.limits {
        match (limit.amount, limit.count) {
            (Some(amount), _) => println!("  Amount = {}", amount.money()?),
            (None, count) => println!("  Count = {}", count.as_deref().unwrap_or("none")),
        }
    }
    Ok(())
}
