//! GetTransaction: a transaction with its money.
//!
//! ```text
//! cargo run --example fps -- get-transaction TRANSACTION
//! ```
//!
//! Beside the amount it tells what the service kept for itself.

use anyhow::bail;
use pushcart::pay::fps::answers::TransactionAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-transaction TRANSACTION";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [transaction] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::Transaction { transaction: transaction.clone() };
    let TransactionAnswer { result } = caller.ask(&ask).await?;
    let found = result.transaction;
    println!("answered {}", found.status);
    for (name, amount) in [("TransactionAmount", found.amount), ("FPSFees", found.fees)] {
        if let Some(amount) = amount {
            println!("  {name} = {}", amount.money()?);
        }
    }
    Ok(())
}
