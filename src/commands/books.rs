//! `pushcart books`: what the marketplace owes and is owed, and whether it adds up.

use std::process::ExitCode;

use pushcart::app;
use pushcart::config::Config;
use pushcart::flows::books;

/// Prints the books; fails when something in them is wrong.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let store = app::open_store(config).await?;
    store.migrate().await?;
    let mut books = books::read(&store).await?;
    // no money yet adds up to nothing, in the shop's currency
    books.ledger.sum_minor.entry(config.currency.code().to_owned()).or_insert(0);
    let text = if json { serde_json::to_string_pretty(&books)? + "\n" } else { books.for_people() };
    super::say(&text)?;
    for problem in &books.problems {
        eprintln!("pushcart: books: {problem}");
    }
    Ok(if books.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
