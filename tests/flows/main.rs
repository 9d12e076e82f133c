//! Whole walks over HTTP, shop on one side, sandbox on the other.

#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

#[path = "../support/speaker.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod speaker;

mod agreements;
mod amazon_calls;
mod amazon_pay;
mod approvals;
mod currencies;
mod digital;
mod embedded;
mod express;
mod fps_standing;
mod fps_standing_lost;
mod fps_standing_repair;
mod help;
mod news;
mod purchase;
mod rates;
mod reconcile;
mod refunds;
mod voice;
mod voice_device;
mod voice_errors;

/// These walks run on SQLite; `tests/flows_postgres` runs the same on PostgreSQL.
async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}
