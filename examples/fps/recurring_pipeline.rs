//! The Recurring pipeline: a buyer approves one amount for every month.
//!
//! ```text
//! cargo run --example fps -- recurring-pipeline RECIPIENT_TOKEN REFERENCE AMOUNT
//! ```
//!
//! FPS charges nothing by itself: Pay is sent for every month, with a reference of its own, and always with this
//! amount. Pay too early is refused with `TokenUsageError`.

use anyhow::bail;

use crate::caller::{Caller, dollars};
use crate::validate_return::genuine;

pub const USAGE: &str = "recurring-pipeline RECIPIENT_TOKEN REFERENCE AMOUNT";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [recipient, reference, amount] = words else { bail!("usage: {USAGE}") };
    let amount = dollars(amount)?.decimal();
    let own = [
        ("recipientToken", recipient.as_str()),
        ("transactionAmount", amount.as_str()),
        ("recurringPeriod", "1 Month"),
        ("currencyCode", "USD"),
        ("paymentReason", "The bread club"),
    ];
    let raw = caller.visit("Recurring", reference, &own).await?;
    let said = genuine(caller, &caller.return_url(), &raw).await?;
    println!("answered status {}", said.get("status").unwrap_or("none"));
    println!("  tokenID = {}", said.get("tokenID").unwrap_or("none"));
    Ok(())
}
