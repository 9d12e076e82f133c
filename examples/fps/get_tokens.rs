//! GetTokens: the caller's own tokens that can be charged, newest first.
//!
//! ```text
//! cargo run --example fps -- get-tokens
//! ```

use pushcart::pay::fps::answers::account::TokensAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-tokens";

pub async fn run(caller: &Caller, _: &[String]) -> anyhow::Result<()> {
    let TokensAnswer { result } = caller.ask(&Ask::Tokens { active: Some(true) }).await?;
    println!("answered {} tokens", result.tokens.len());
    for token in result.tokens {
        let (kind, reference) = (token.kind.unwrap_or_default(), token.reference.unwrap_or_default());
        println!("  {} = {kind}, {reference}", token.id);
    }
    Ok(())
}
