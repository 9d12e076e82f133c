//! The SingleUse pipeline: a buyer approves one amount for one seller.
//!
//! ```text
//! cargo run --example fps -- single-use-pipeline RECIPIENT_TOKEN REFERENCE AMOUNT
//! ```
//!
//! It charges nobody: it answers with a token, which Reserve or Pay takes once, within three hours. The status says
//! what the buyer chose: `SC` a card, `SB` a bank account, `SA` the account's balance.

use anyhow::bail;

use crate::caller::{Caller, dollars};
use crate::validate_return::genuine;

pub const USAGE: &str = "single-use-pipeline RECIPIENT_TOKEN REFERENCE AMOUNT";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [recipient, reference, amount] = words else { bail!("usage: {USAGE}") };
    let amount = dollars(amount)?.decimal();
    let own = [
        ("recipientToken", recipient.as_str()),
        ("transactionAmount", amount.as_str()),
        // the amount may be put on hold before it is taken
        ("reserve", "True"),
        ("currencyCode", "USD"),
        ("paymentReason", "A blue mug"),
    ];
    let raw = caller.visit("SingleUse", reference, &own).await?;
    let said = genuine(caller, &caller.return_url(), &raw).await?;
    println!("answered status {}", said.get("status").unwrap_or("none"));
    println!("  tokenID = {}", said.get("tokenID").unwrap_or("none"));
    Ok(())
}
