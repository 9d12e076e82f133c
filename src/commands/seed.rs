//! `pushcart seed`: as much demo data as wanted, the same for the same seed.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use pushcart::app;
use pushcart::base::clock::Clock;
use pushcart::config::Config;
use pushcart::seed::{self, GrowBy};

/// How much to add.
#[derive(Args)]
pub struct Arguments {
    /// How many sellers to add.
    #[arg(long, default_value_t = 0)]
    sellers: u64,
    /// How many products to add.
    #[arg(long, default_value_t = 0)]
    products: u64,
    /// How many past orders to add.
    #[arg(long, default_value_t = 0)]
    orders: u64,
    /// The same number gives the same data.
    #[arg(long, default_value_t = 1)]
    rng_seed: u64,
}

/// Plants the demo market in an empty database, then adds what is asked for.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        config.is_demo(),
        "seeding makes accounts whose password everybody knows; it is refused in production"
    );
    let store = app::open_store(config).await?;
    store.migrate().await?;
    app::currency::is_that_of_the_market(config, &store).await?;
    let (clock, currency) = (Clock::new(), config.currency);
    seed::plant(&store, &clock, currency).await?;
    let by = GrowBy { sellers: arguments.sellers, products: arguments.products, rng_seed: arguments.rng_seed };
    let rows = by.sellers + by.products;
    let all = rows + arguments.orders;
    seed::grow(&store, &clock, currency, by, |done| show(done, all)).await?;
    seed::past_orders(&store, currency, arguments.orders, arguments.rng_seed, |done| show(rows + done, all)).await?;
    println!();
    Ok(ExitCode::SUCCESS)
}

/// A bar of 40 characters on one line.
fn show(done: u64, all: u64) {
    let filled = usize::try_from(done.saturating_mul(40) / all.max(1)).unwrap_or(40).min(40);
    print!("\r[{}{}] {done} of {all}", "#".repeat(filled), ".".repeat(40 - filled));
    let _ = std::io::stdout().flush();
}
