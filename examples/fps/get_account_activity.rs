//! GetAccountActivity: everything that the caller took part in during the last days, oldest first.
//!
//! ```text
//! cargo run --example fps -- get-account-activity DAYS
//! ```
//!
//! An answer holds at most 200 transactions, and says where the next question begins.

use anyhow::bail;
use pushcart::base::clock::{Clock, days};
use pushcart::pay::fps::answers::account::ActivityAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-account-activity DAYS";

pub async fn run(caller: &Caller, words: &[String]) -> anyhow::Result<()> {
    let [count] = words else { bail!("usage: {USAGE}") };
    let mut from = Some(Clock::new().real_now().minus(days(count.parse()?)));
    while let Some(start) = from {
        let ActivityAnswer { result } = caller.ask(&Ask::AccountActivity { from: start, until: None }).await?;
        println!("answered {} transactions", result.transactions.len());
        for own in &result.transactions {
            let (amount, reference) = (own.amount.money()?, own.reference().unwrap_or("none"));
            println!("  {} = {} {}, {amount}, {reference}", own.id, own.operation, own.status);
        }
        from = result.next_from()?;
    }
    Ok(())
}
