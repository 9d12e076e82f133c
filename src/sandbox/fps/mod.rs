//! Flexible Payments, played from the provider's side (API 2010-08-28, CBUI 2009-01-09).
//!
//! Read in this order: `rules` (what a request must look like), `verify` (who signed it), `machine`
//! (how a transaction lives), `claims` (what a buyer may say of it afterwards), `actions` (what each call does), `due` (what happens by itself),
//! `notify` (what shops are told), `tokens` (what a buyer allowed), `pages` (what buyers and sellers see), `state` (what is kept).

pub mod actions;
pub mod api;
pub mod claims;
pub mod codes;
pub mod due;
pub mod machine;
pub mod notify;
pub mod pages;
pub mod personas;
pub mod recipients;
pub mod rules;
pub mod simulations;
pub mod state;
pub mod tokens;
pub mod verify;
pub mod wire;

use rand::RngExt as _;

/// An id in the provider's alphabet: `length` characters out of `A-Z0-9`. Tokens have 64, transactions 35.
pub fn provider_id(length: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut random = rand::rng();
    (0..length).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect()
}
