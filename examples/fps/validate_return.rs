//! Validates a return: whether FPS itself sent somebody back, and what it says.
//!
//! ```text
//! cargo run --example fps -- validate-return 'http://localhost:3000/return/fps?tokenID=…&signature=…'
//! ```
//!
//! ADDRESS is what the browser's address line shows. Anybody can type such a line, so nothing in it is believed before
//! VerifySignature says Success about all of it.

use anyhow::{Context as _, bail, ensure};
use pushcart::pay::fps::answers::VerifyAnswer;
use pushcart::pay::fps::cbui;
use pushcart::pay::fps::fields::Fields;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "validate-return ADDRESS";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [address] = words else { bail!("usage: {USAGE}") };
    let (endpoint, raw) = address.split_once('?').context("the address has no query")?;
    let said = genuine(caller, endpoint, raw).await?;
    let status = said.get("status").context("it has no status")?;
    let (_, ending) = cbui::STATUS.iter().find(|(code, _)| *code == status).context("nobody knows this status")?;
    println!("answered genuine: {status} means {ending:?}");
    println!("  callerReference = {}", said.get("callerReference").unwrap_or("none"));
    println!("  tokenID = {}", said.get("tokenID").unwrap_or("none"));
    Ok(())
}

/// What `raw` says, once FPS has said that it signed these bytes for `endpoint`: our own address, never one from a
/// `Host` header.
pub async fn genuine(caller: &Caller, endpoint: &str, raw: &str) -> anyhow::Result<Fields> {
    let fields = Fields::of(raw);
    ensure!(fields.is_signed(), "not believed: it is not signed");
    let ask = Ask::VerifySignature { endpoint: endpoint.to_owned(), parameters: raw.to_owned() };
    let VerifyAnswer { result } = caller.ask(&ask).await?;
    ensure!(result.status == "Success", "not believed: the signature is not of FPS");
    Ok(fields)
}
