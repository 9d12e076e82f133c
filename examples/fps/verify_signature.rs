//! VerifySignature: whether FPS signed what was received.
//!
//! ```text
//! cargo run --example fps -- verify-signature ENDPOINT PARAMETERS
//! ```
//!
//! ENDPOINT is the address that was called, without its query; PARAMETERS is the query or body exactly as received.
//! One byte more or less and the answer is `Failure`.

use anyhow::bail;
use pushcart::pay::fps::answers::VerifyAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "verify-signature ENDPOINT PARAMETERS";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [endpoint, parameters] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::VerifySignature { endpoint: endpoint.clone(), parameters: parameters.clone() };
    let VerifyAnswer { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    Ok(())
}
