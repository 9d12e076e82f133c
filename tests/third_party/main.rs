//! Clients that nobody here wrote, against `pushcart sandbox` and the shop's Alexa skill.
//!
//! They come from their registries into `target`, once. Where there is no Python or Node, or no way to
//! the registry, that is said on the terminal and the test ends early; with `REQUIRE_BOTO=1` or
//! `REQUIRE_NODE=1` it fails.

#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../support/speaker.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod speaker;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

mod alexa;
mod boto;
mod node_sdk;
mod npm;
#[path = "../support/ports.rs"]
mod ports;
mod sandbox;

use std::io::Write as _;
use std::path::Path;

/// Says that `what` is missing; fails when `variable` demands it.
fn leave_out(variable: &str, what: &str, why: &str) {
    assert!(!std::env::var(variable).is_ok_and(|value| value == "1"), "{variable}=1, but {why}");
    // Past the test runner, which keeps what a test prints.
    let _ = writeln!(std::io::stderr(), "No third-party {what} here ({why}): its test is left out.");
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `Market::open` uses.
async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}
