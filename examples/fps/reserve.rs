//! Reserve: puts an amount on hold on a buyer's card, for seven days.
//!
//! ```text
//! cargo run --example fps -- reserve SENDER_TOKEN RECIPIENT_TOKEN REFERENCE AMOUNT
//! ```
//!
//! A shop reserves at the checkout and settles when the parcel leaves. Where the token is of a bank account or a
//! balance, only Pay works.

use anyhow::bail;
use pushcart::base::money::Money;
use pushcart::market::fees::ProviderFeeBy;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::wire::{Ask, Take};

use crate::caller::{Caller, dollars};

pub const USAGE: &str = "reserve SENDER_TOKEN RECIPIENT_TOKEN REFERENCE AMOUNT";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [sender, recipient, reference, amount] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::Reserve(Take {
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
