//! Pushcart: an embedded marketplace shop that shows how money moves through Amazon's payment services.

pub mod base;
#[cfg(feature = "sandbox")]
pub mod sandbox;
