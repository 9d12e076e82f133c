//! `pushcart operator add EMAIL`: the first (or another) operator of the admin desk.

use std::process::ExitCode;

use clap::Subcommand;
use pushcart::app;
use pushcart::base::clock::Clock;
use pushcart::base::paths::Paths;
use pushcart::config::Config;
use pushcart::flows::accounts;

/// What to do about operators.
#[derive(Subcommand)]
pub enum Act {
    /// Makes an operator and prints a single-use link to set a password.
    Add {
        /// The address to sign in with.
        email: String,
    },
}

/// Does it.
pub async fn run(config: &Config, act: Act) -> anyhow::Result<ExitCode> {
    let Act::Add { email } = act;
    anyhow::ensure!(email.contains('@'), "{email:?} is not an e-mail address");
    let store = app::open_store(config).await?;
    store.migrate().await?;
    let token = accounts::add_operator(&store, &Clock::new(), &email).await?;
    let paths = Paths::new(&config.base_url)?;
    println!("{email} is an operator. Set a password within a day, once, at");
    println!("  {}", paths.absolute(paths.set_password(token)));
    Ok(ExitCode::SUCCESS)
}
