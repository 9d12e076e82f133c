//! Validates a notification (IPN): waits for the next one, checks it, and looks at what it is about.
//!
//! ```text
//! cargo run --example fps -- validate-notification       # in one terminal
//! cargo run --example fps -- pay …                       # in another
//! ```
//!
//! Notifications come late, twice and out of order. So a genuine one is only a reason to look: what counts is what
//! GetTransactionStatus says.

use anyhow::bail;
use pushcart::pay::fps::answers::Moved;
use pushcart::pay::fps::notices;
use pushcart::pay::fps::wire::Ask;

use crate::caller::{Caller, next_request};
use crate::validate_return::genuine;

pub const USAGE: &str = "validate-notification";

pub async fn run(caller: &Caller, _: &[String]) -> anyhow::Result<()> {
    let listener = caller.listen().await?;
    println!("waiting at {}", caller.ipn_url());
    let raw = next_request(listener, &caller.ipn_url()).await?;
    let fields = genuine(caller, &caller.ipn_url(), &raw).await?;
    let Ok(news) = notices::read(&fields) else { bail!("genuine, but not about anything that we do") };
    println!("answered genuine: it claims {}", news.claimed);
    if let (Some(_), Some(transaction)) = (news.kind, news.transaction) {
        let Moved { result } = caller.ask(&Ask::TransactionStatus { transaction }).await?;
        println!("answered {}", result.status);
        println!("  TransactionId = {}", result.transaction);
    }
    Ok(())
}
