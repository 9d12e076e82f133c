//! GetTransactionStatus: how far a transaction is.
//!
//! ```text
//! cargo run --example fps -- get-transaction-status TRANSACTION
//! ```
//!
//! What a shop asks after a lost answer, and after every notification: only this is believed.

use anyhow::bail;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-transaction-status TRANSACTION";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [transaction] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::TransactionStatus { transaction: transaction.clone() };
    let Moved { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    println!("  StatusCode = {}", result.code.as_deref().unwrap_or("none"));
    println!("  StatusMessage = {}", result.message.as_deref().unwrap_or("none"));
    Ok(())
}
