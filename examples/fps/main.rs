//! Amazon FPS by itself, without the shop: one program for every pipeline, one for every action, and two that
//! check what FPS sends.
//!
//! ```text
//! cargo run -- sandbox                              # in one terminal: the other side
//! cargo run --example fps                           # in another: the list of programs
//! cargo run --example fps -- get-account-balance    # one of them
//! ```
//!
//! Every program stands in the file of its name and says at its top what it is for. The settings are the shop's:
//! the same variables, `pushcart.toml` and flags. Those that wait for FPS listen where the shop would, so beside a
//! running shop give them another `PUSHCART_LISTEN`.

mod caller;

mod cancel;
mod cancel_token;
mod edit_token_pipeline;
mod get_account_activity;
mod get_account_balance;
mod get_recipient_verification_status;
mod get_token_by_caller;
mod get_token_usage;
mod get_tokens;
mod get_transaction;
mod get_transaction_status;
mod multi_use_pipeline;
mod pay;
mod recipient_pipeline;
mod recurring_pipeline;
mod refund;
mod reserve;
mod settle;
mod single_use_pipeline;
mod validate_notification;
mod validate_return;
mod verify_signature;

use std::process::ExitCode;

use caller::Caller;
use clap::Parser;
use pushcart::config::{Config, Written};

/// Amazon FPS, one program per pipeline and per action.
#[derive(Parser)]
struct Arguments {
    /// Which program; without one, all of them are listed.
    program: Option<String>,
    /// What it needs, in the order of the list.
    words: Vec<String>,
    #[command(flatten)]
    settings: Written,
}

macro_rules! programs {
    ($($file:ident)+) => {
        /// The name of every program, with what it needs.
        const USAGES: &[&str] = &[$($file::USAGE),+];

        async fn run(program: &str, caller: &Caller, words: &[String]) -> anyhow::Result<()> {
            match program.replace('-', "_").as_str() {
                $(stringify!($file) => $file::run(caller, words).await,)+
                _ => anyhow::bail!("there is no program {program}"),
            }
        }
    };
}

programs! {
    recipient_pipeline single_use_pipeline multi_use_pipeline recurring_pipeline edit_token_pipeline
    pay reserve settle refund cancel cancel_token
    get_token_by_caller get_token_usage get_tokens
    get_transaction_status get_transaction get_account_activity get_account_balance
    get_recipient_verification_status verify_signature validate_return validate_notification
}

#[tokio::main]
async fn main() -> ExitCode {
    match begin(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fps: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn begin(arguments: Arguments) -> anyhow::Result<()> {
    let Some(program) = arguments.program else {
        println!("{}", USAGES.join("\n"));
        return Ok(());
    };
    let caller = Caller::new(&Config::load(arguments.settings)?)?;
    run(&program, &caller, &arguments.words).await
}
