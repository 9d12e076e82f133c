//! GetAccountBalance: what the caller's account holds, what is on its way, and what may be done with it.
//!
//! ```text
//! cargo run --example fps -- get-account-balance
//! ```

use pushcart::pay::fps::answers::account::BalanceAnswer;
use pushcart::pay::fps::wire::Ask;

use crate::caller::Caller;

pub const USAGE: &str = "get-account-balance";

pub async fn run(caller: &Caller, _: &[String]) -> anyhow::Result<()> {
    let BalanceAnswer { result } = caller.ask(&Ask::AccountBalance).await?;
    let balance = result.balance;
    println!("answered");
    for (name, amount) in [
        ("TotalBalance", balance.total),
        ("PendingInBalance", balance.pending_in),
        ("PendingOutBalance", balance.pending_out),
        ("DisburseBalance", balance.available.disburse),
        ("RefundBalance", balance.available.refund),
    ] {
        println!("  {name} = {}", amount.signed_money()?);
    }
    Ok(())
}
