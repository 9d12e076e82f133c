//! Pushcart: an embedded marketplace shop that shows how money moves through Amazon's payment services.

pub mod base;
pub mod market;
pub mod orders;
pub mod store;
pub mod flows;
pub mod mail;
pub mod pay;
pub mod config;
pub mod ipn;
pub mod worker;
