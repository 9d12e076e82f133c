//! Cancel: lets a hold, or a payment that is still pending, go.
//!
//! ```text
//! cargo run --example fps -- cancel TRANSACTION
//! ```
//!
//! What is paid is not cancelled but refunded.

use anyhow::bail;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "cancel TRANSACTION";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [hold] = words else { bail!("usage: {USAGE}") };
    let ask = Ask::Cancel { hold: hold.clone() };
    let Moved { result } = caller.ask(&ask).await?;
    println!("answered {}", result.status);
    println!("  TransactionId = {}", result.transaction);
    Ok(())
}
