//! Amazon Pay, API v2 ("Checkout v2").
//!
//! Calls and buttons are signed ([`sign`]).

#[cfg(test)]
mod canned;
pub mod sign;
