//! One file per command that does more than call the library.

mod books;
mod demo;
mod doctor;
mod operator;
mod reconcile;
mod seed;
mod serve;
mod skill;

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use clap::Subcommand;
use pushcart::app;
use pushcart::config::Config;

/// What to do.
#[derive(Subcommand, Default)]
pub enum Command {
    /// The whole thing in one process: shop, worker, sandbox (the default).
    #[default]
    Demo,
    /// The shop alone, against the providers that the settings name.
    Serve,
    /// The sandbox alone, with its own database.
    Sandbox,
    /// Brings the database to the current schema.
    Migrate,
    /// Adds demo data, the same for the same seed.
    Seed(seed::Arguments),
    /// The books: orders, payment operations, ledger balances, queue depths.
    Books {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Holds the books against what the payment services list, and prints what differs.
    Reconcile(reconcile::Arguments),
    /// The marketplace's operators.
    Operator {
        #[command(subcommand)]
        act: operator::Act,
    },
    /// Writes the Alexa skill's package: models of what the shop sells, manifest, account linking.
    Skill(skill::Arguments),
    /// Checks settings, keys, clock, database, providers and notification addresses, and says how to mend what is wrong.
    Doctor {
        /// Also goes through the launch checklist.
        #[arg(long)]
        live: bool,
    },
}

/// Runs one command.
pub async fn run(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo => demo::run(config).await,
        Command::Serve => serve::shop(config).await,
        Command::Sandbox => demo::sandbox(config).await,
        Command::Migrate => migrate(config).await,
        Command::Seed(arguments) => seed::run(config, &arguments).await,
        Command::Books { json } => books::run(config, json).await,
        Command::Reconcile(arguments) => reconcile::run(config, &arguments).await,
        Command::Operator { act } => operator::run(config, act).await,
        Command::Skill(arguments) => skill::run(config, &arguments).await,
        Command::Doctor { live } => doctor::run(config, live).await,
    }
}

async fn migrate(config: &Config) -> anyhow::Result<ExitCode> {
    let steps = app::open_store(config).await?.migrate().await?;
    for step in &steps {
        println!("ran {step}");
    }
    if steps.is_empty() {
        println!("nothing to do: the schema is current");
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to standard output at once. Whoever closed the other end (`| head`) has seen enough.
fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
