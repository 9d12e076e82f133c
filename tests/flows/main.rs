//! Whole walks over HTTP, shop on one side, sandbox on the other.

#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

mod amazon_calls;
mod amazon_pay;
mod embedded;
mod news;
mod purchase;
mod refunds;

/// These walks run on SQLite; `tests/flows_postgres` runs the same on PostgreSQL.
async fn database() -> Option<market::Database> {
    Some(market::Database::Sqlite)
}
