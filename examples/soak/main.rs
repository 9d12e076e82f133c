//! A market day that goes wrong all the time: thousands of purchases by many people at once, while the shop and the
//! payment sandbox are killed again and again and a fifth of what they say to each other is lost, late or damaged.
//!
//! ```sh
//! cargo run --release --example soak
//! ```
//!
//! Both run as processes of their own, in a folder that is gone afterwards. In the end everything is quiet, and what the
//! shop's books say is held against the sandbox's ledger, reference by reference: nobody was charged twice, and
//! nothing that somebody was told is missing. What is wrong is printed, and the program ends with 1.

mod buyer;
mod check;
mod judge;
mod kills;
mod party;
#[path = "../../tests/support/ports.rs"]
mod ports;
mod report;
mod seller;
mod speaker;
mod stage;
mod trouble;
#[path = "../../tests/support/visitor.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod visitor;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::task::JoinSet;

use report::Report;
use stage::Stage;

/// Buys a lot while everything breaks, and checks every cent afterwards.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// How many purchases are made.
    #[arg(long, default_value_t = judge::WHOLE_DAY)]
    purchases: usize,
    /// How many people buy at the same time; one in eight speaks.
    #[arg(long, default_value_t = 50)]
    buyers: usize,
    /// How often the shop or the sandbox is killed.
    #[arg(long, default_value_t = 110)]
    kills: usize,
    /// Decides who buys what, what breaks, and when. Printed, so that a bad day can be had again.
    #[arg(long)]
    seed: Option<u64>,
    /// A short day: 60 purchases by 10 people, 6 kills.
    #[arg(long)]
    for_ci: bool,
    /// The `pushcart` to run; built first where it is not given.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Leaves the folder with databases and logs where it is.
    #[arg(long)]
    keep: bool,
}

impl Arguments {
    fn read() -> Arguments {
        let mut read = Arguments::parse();
        if read.for_ci {
            (read.purchases, read.buyers, read.kills) = (60, 10, 6);
        }
        read.seed.get_or_insert_with(rand::random);
        read
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::read();
    let binary = match arguments.binary.clone().map_or_else(party::build, Ok) {
        Ok(binary) => binary,
        Err(why) => {
            eprintln!("soak: {why}");
            return ExitCode::FAILURE;
        }
    };
    let begun = Instant::now();
    println!(
        "soak: {} purchases, {} buyers, {} kills, seed {}",
        arguments.purchases,
        arguments.buyers,
        arguments.kills,
        arguments.seed.unwrap_or_default()
    );
    let stage = Arc::new(Stage::open(binary, &arguments).await);
    let report = day(&stage, begun).await;
    println!("{report}");
    let folder = stage.close(arguments.keep || !report.is_good());
    if let Some(folder) = folder {
        println!("Databases and logs are in {}.", folder.display());
    }
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Opens the market, lets everybody do their worst, and closes the books.
async fn day(stage: &Arc<Stage>, begun: Instant) -> Report {
    let mut buyers = JoinSet::new();
    for number in 0..stage.arguments.buyers {
        match number / 8 {
            turn if number % 8 == 7 && turn < speaker::PEOPLE.len() => buyers.spawn(speaker::shop(stage.clone(), turn)),
            _ => buyers.spawn(buyer::shop(stage.clone(), number)),
        };
    }
    let mut sellers = JoinSet::new();
    for owner in stage.owners.clone() {
        sellers.spawn(seller::pack(stage.clone(), owner));
    }
    let told = tokio::spawn(report::tell(stage.clone(), begun));
    let mut trouble = JoinSet::new();
    trouble.spawn(trouble::make(stage.clone()));
    trouble.spawn(trouble::hurry(stage.clone()));
    let kills = tokio::spawn(kills::kill(stage.clone()));
    while let Some(ended) = buyers.join_next().await {
        if let Err(error) = ended {
            stage.complain(format!("a buyer could not go on: {error}"));
        }
    }
    // Deaths that are still to come are not given up: nobody is left behind dead.
    let _ = kills.await;
    trouble.shutdown().await;
    let bought_in = begun.elapsed();
    stage.calm_down().await;
    // Sellers put down what is in their hands, and what they began last comes to its end.
    stage.tally.is_evening.store(true, Ordering::SeqCst);
    while sellers.join_next().await.is_some() {}
    stage.wait_until_quiet(Duration::from_secs(120)).await;
    told.abort();
    Report::of(stage, check::all(stage).await, bought_in, begun.elapsed())
}

/// Sleeps this many milliseconds.
async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
