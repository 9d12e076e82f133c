//! The walks of `tests/flows`, on PostgreSQL.

#[path = "../flows/embedded.rs"]
mod embedded;
#[path = "../support/market.rs"]
mod market;
#[path = "../flows/news.rs"]
mod news;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../flows/purchase.rs"]
mod purchase;
#[path = "../flows/refunds.rs"]
mod refunds;
#[path = "../support/visitor.rs"]
mod visitor;

/// A fresh database for every walk; none where PostgreSQL is not installed, which is said on the terminal.
async fn database() -> Option<market::Database> {
    Some(market::Database::At(postgres::Server::get().await?.fresh_database().await))
}
