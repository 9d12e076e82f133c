//! Pay: takes an amount now, from a buyer for a seller.
//!
//! ```text
//! cargo run --example fps -- pay SENDER_TOKEN RECIPIENT_TOKEN REFERENCE AMOUNT
//! ```
//!
//! A balance answers at once; a card and a bank account answer `Pending`, and a notification tells the end. The same
//! line again is the same payment: FPS remembers a reference for seven days. Amounts that end in .60 to .89 are
//! refused, as the guide says.

use anyhow::bail;
use pushcart::base::money::Money;
use pushcart::market::fees::ProviderFeeBy;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::wire::{Ask, Take};

use crate::caller::{Caller, dollars};

pub const USAGE: &str = "pay SENDER_TOKEN RECIPIENT_TOKEN REFERENCE AMOUNT";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [sender, recipient, reference, amount] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::Pay(Take {
        reference: reference.clone(),
        sender: sender.clone(),
        recipient: recipient.clone(),
        amount: dollars(amount)?,
        // the marketplace's own part, within what the seller agreed to: nothing and 5 %
        fee_fixed: Money::usd(0),
        fee_variable_bp: 500,
        // who pays FPS: must be what the seller agreed to, as `recipientPaysFee`
        provider_fee_by: ProviderFeeBy::Seller,
        description: "A blue mug".to_owned(),
        statement: None,
    });
    let Moved { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    println!("  TransactionId = {}", result.transaction);
    Ok(())
}
