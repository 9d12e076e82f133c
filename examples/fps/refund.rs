//! Refund: gives a payment back, whole or in part.
//!
//! ```text
//! cargo run --example fps -- refund TRANSACTION REFERENCE AMOUNT
//! ```
//!
//! Every part has a reference of its own, and the refund is a transaction of its own.

use anyhow::bail;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::wire::Ask;

use crate::caller::{Caller, dollars};

pub const USAGE: &str = "refund TRANSACTION REFERENCE AMOUNT";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [payment, reference, amount] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::Refund {
        reference: reference.clone(),
        payment: payment.clone(),
        amount: dollars(amount)?,
        description: "The mug came broken".to_owned(),
    };
    let Moved { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    println!("  TransactionId = {}", result.transaction);
    Ok(())
}
