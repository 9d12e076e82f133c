//! The EditToken pipeline: a buyer chooses what a multi-use or recurring token is paid with.
//!
//! ```text
//! cargo run --example fps -- edit-token-pipeline TOKEN REFERENCE
//! ```
//!
//! It answers with a new token, which takes the old one's place and keeps its rules; with `SU` nothing was changed.

use anyhow::bail;

use crate::caller::Caller;
use crate::validate_return::genuine;

pub const USAGE: &str = "edit-token-pipeline TOKEN REFERENCE";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [token, reference] = words else { bail!("usage: {USAGE}") };
    let own = [("tokenID", token.as_str())];
    let raw = caller.visit("EditToken", reference, &own).await?;
    let said = genuine(caller, &caller.return_url(), &raw).await?;
    println!("answered status {}", said.get("status").unwrap_or("none"));
    println!("  tokenID = {}", said.get("tokenID").unwrap_or("none"));
    Ok(())
}
