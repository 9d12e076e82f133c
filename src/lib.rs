//! Pushcart: an embedded marketplace shop that shows how money moves through Amazon's payment services.

pub mod base;
pub mod market;
pub mod orders;
pub mod pay;
