//! The walks of `tests/flows`, on PostgreSQL.

#[path = "../flows/embedded.rs"]
mod embedded;
#[path = "../support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../flows/news.rs"]
mod news;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod postgres;
#[path = "../flows/purchase.rs"]
mod purchase;
#[path = "../flows/refunds.rs"]
mod refunds;
mod server;
#[path = "../support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

/// A fresh database for every walk; none where PostgreSQL is not installed, which is said on the terminal.
async fn database() -> Option<market::Database> {
    Some(market::Database::At(postgres::Server::get().await?.fresh_database().await))
}
