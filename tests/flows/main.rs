//! Whole walks over HTTP, shop on one side, sandbox on the other.

#[path = "../support/market.rs"]
mod market;
#[path = "../support/visitor.rs"]
mod visitor;

mod embedded;
mod news;
mod purchase;
mod refunds;
