//! CancelToken: ends a multi-use or recurring token, for good.
//!
//! ```text
//! cargo run --example fps -- cancel-token TOKEN
//! ```
//!
//! The answer holds nothing but the request's id; the buyer gets a letter from FPS.

use anyhow::bail;
use pushcart::pay::fps::answers::Acknowledged;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "cancel-token TOKEN";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [token] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::CancelToken { token: token.clone(), reason: "The bread club has closed".to_owned() };
    let Acknowledged { metadata } = caller.ask(&ask).await?;
    println!("answered");
    println!("  RequestId = {}", metadata.request_id);
    Ok(())
}
