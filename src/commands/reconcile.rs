//! `pushcart reconcile`: our books held against what the payment services list, with what to do about each difference.

use std::process::ExitCode;

use clap::Args;
use pushcart::app::App;
use pushcart::base::clock::{Clock, Millis, days};
use pushcart::config::Config;
use pushcart::flows::reconcile;

/// The most differences that are printed.
const MOST: i64 = 1000;

/// Which days.
#[derive(Args)]
pub struct Arguments {
    /// The first day, like 2012-12-03. Without it: a week before the last.
    #[arg(long)]
    from: Option<String>,
    /// The last day, like 2012-12-10. Without it: today.
    #[arg(long)]
    until: Option<String>,
}

/// Compares and prints; fails when something differs or could not be compared.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let clock = Clock::new();
    if let Some(url) = &config.clock_url {
        super::serve::follow_clock(url, &clock).await;
    }
    let day = |text: &str| Millis::of_date(text).ok_or_else(|| anyhow::anyhow!("{text:?} is no day like 2012-12-10"));
    let until = arguments.until.as_deref().map(day).transpose()?.unwrap_or(clock.now());
    let from = arguments.from.as_deref().map(day).transpose()?.unwrap_or(until.minus(days(7)));
    anyhow::ensure!(from <= until, "the first day must not be after the last");
    anyhow::ensure!(until.since(from) <= reconcile::LONGEST, "at most a year can be compared at once");
    let app = App::open(config, clock).await?;
    let ctx = app.context();
    let mut is_good = true;
    for run in reconcile::compare_and_wait(ctx, "command line", from, until).await? {
        let (name, from, until) = (&run.provider, run.from.date(), run.until.date());
        if let Some(why) = &run.problem {
            eprintln!("pushcart: reconcile: {name}: not finished: {why}");
            is_good = false;
            continue;
        }
        super::say(&format!("{name}, {from} to {until}: {} compared, {} differ\n", run.compared, run.found))?;
    }
    for kept in ctx.store.open_differences("", MOST).await? {
        let difference = &kept.difference;
        let order = difference.order.as_ref().map_or("no order".to_owned(), ToString::to_string);
        super::say(&format!(
            "\n{} · {} · {order} · since {}\n  {}\n  {}\n",
            difference.what.title(),
            difference.object,
            kept.first_seen.date(),
            difference.what.means(),
            difference.what.advice(),
        ))?;
        is_good = false;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
