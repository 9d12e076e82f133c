//! `pushcart`: the commands. What each does is in `commands/`.

mod commands;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use pushcart::config::{Config, Written};
use tracing_subscriber::EnvFilter;

/// An embedded marketplace shop that shows how money moves through Amazon's payment services.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<commands::Command>,
    #[command(flatten)]
    settings: Written,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load(arguments.settings) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("pushcart: {error}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = start_log(&config) {
        eprintln!("pushcart: PUSHCART_LOG: {error}");
        return ExitCode::from(2);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("pushcart: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(arguments.command.unwrap_or_default(), &config)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pushcart: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)?;
    let stderr = std::io::stderr;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(stderr().is_terminal()).with_writer(stderr);
    if config.log_json {
        log.json().init();
    } else {
        log.init();
    }
    Ok(())
}
