//! The MultiUse pipeline: a buyer approves many charges within limits.
//!
//! ```text
//! cargo run --example fps -- multi-use-pipeline RECIPIENT_TOKENS REFERENCE AMOUNT_IN_ALL
//! ```
//!
//! RECIPIENT_TOKENS is a list with commas. It has to name the caller's own recipient token too, which
//! `get-token-by-caller reference marketplace-recipient` finds in the sandbox. A token has at most three limits, one of
//! which is the amount in all.

use anyhow::bail;

use crate::caller::{Caller, dollars};
use crate::validate_return::genuine;

pub const USAGE: &str = "multi-use-pipeline RECIPIENT_TOKENS REFERENCE AMOUNT_IN_ALL";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [recipients, reference, amount] = words else { bail!("usage: {USAGE}") };
    let amount = dollars(amount)?.decimal();
    let own = [
        ("recipientTokenList", recipients.as_str()),
        ("globalAmountLimit", amount.as_str()),
        ("usageLimitType1", "Count"),
        ("usageLimitPeriod1", "1 Day"),
        ("usageLimitValue1", "5"),
        ("currencyCode", "USD"),
        ("paymentReason", "Whatever you like from the market"),
    ];
    let raw = caller.visit("MultiUse", reference, &own).await?;
    let said = genuine(caller, &caller.return_url(), &raw).await?;
    println!("answered status {}", said.get("status").unwrap_or("none"));
    println!("  tokenID = {}", said.get("tokenID").unwrap_or("none"));
    Ok(())
}
