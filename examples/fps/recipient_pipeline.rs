//! The Recipient pipeline: a seller agrees to be paid, and to the largest fees that the marketplace may take.
//!
//! ```text
//! cargo run --example fps -- recipient-pipeline REFERENCE
//! ```
//!
//! It answers with two tokens: one to pay the seller with, one for refunds of what the seller sold. In the sandbox
//! *Tinker & Wares* may sell.

use anyhow::bail;

use crate::caller::Caller;
use crate::validate_return::genuine;

pub const USAGE: &str = "recipient-pipeline REFERENCE";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [reference] = words else { bail!("usage: {USAGE}") };
    let refund = format!("{reference}-refund");
    let own = [
        // the token for refunds is found by this one, should the seller not come back
        ("callerReferenceRefund", refund.as_str()),
        ("recipientPaysFee", "True"),
        ("maxFixedFee", "1.00"),
        // percent
        ("maxVariableFee", "10"),
    ];
    let raw = caller.visit("Recipient", reference, &own).await?;
    let said = genuine(caller, &caller.return_url(), &raw).await?;
    println!("answered status {}", said.get("status").unwrap_or("none"));
    println!("  tokenID = {}", said.get("tokenID").unwrap_or("none"));
    println!("  refundTokenID = {}", said.get("refundTokenID").unwrap_or("none"));
    Ok(())
}
