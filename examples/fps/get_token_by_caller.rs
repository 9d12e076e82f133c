//! GetTokenByCaller: the token behind a reference that was sent to the pages, or a token by its id.
//!
//! ```text
//! cargo run --example fps -- get-token-by-caller reference|token VALUE
//! ```
//!
//! By reference it tells what became of a buyer who never came back: a token means that they agreed,
//! `InvalidCallerReference` that they did not.

use anyhow::bail;
use pushcart::pay::fps::answers::TokenAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-token-by-caller reference|token VALUE";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [by, value] = words else { bail!("usage: {USAGE}") };
    let ask = match by.as_str() {
        "reference" => Ask::TokenByReference { reference: value.clone() },
        "token" => Ask::TokenById { token: value.clone() },
        _ => bail!("usage: {USAGE}"),
    };
    let TokenAnswer { result } = caller.ask(&ask).await?;
    println!("answered {}", result.token.status);
    println!("  TokenId = {}", result.token.id);
    println!("  TokenType = {}", result.token.kind.as_deref().unwrap_or("none"));
    Ok(())
}
