//! Settle: takes what Reserve put on hold, whole or in part, once.
//!
//! ```text
//! cargo run --example fps -- settle TRANSACTION AMOUNT
//! ```
//!
//! The transaction keeps its id. Settle has no reference: after a lost answer GetTransactionStatus tells whether it was
//! done.

use anyhow::bail;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::wire::Ask;

use crate::caller::{Caller, dollars};

pub const USAGE: &str = "settle TRANSACTION AMOUNT";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [hold, amount] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::Settle { hold: hold.clone(), amount: dollars(amount)? };
    let Moved { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    println!("  TransactionId = {}", result.transaction);
    Ok(())
}
