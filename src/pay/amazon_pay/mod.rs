//! Amazon Pay, API v2 ("Checkout v2"), in the order of a conversation.
//!
//! A buyer is sent to a session's pages ([`checkout`]), or starts there from the basket ([`express`]), and leaves a charge permission
//! ([`permissions`]); calls and buttons are signed ([`sign`]), typed
//! ([`wire`]), addressed ([`calls`]) and sent ([`client`]); notifications are read ([`notices`]);
//! skills speak ([`voice`]); [`statuses`] and [`outcomes`] say what the words mean in the shop, and [`provider`] puts it together.
//!
//! The sources named in these files are pages of "Amazon Pay API v2", "Amazon Pay Checkout" and "Amazon Pay for Alexa"
//! at developer.amazon.com; where those say nothing, the official SDKs and what integrators have published.

pub mod calls;
#[cfg(test)]
mod canned;
mod checkout;
pub mod client;
mod express;
mod listen;
pub mod notices;
pub mod outcomes;
mod permissions;
pub mod provider;
pub mod sign;
pub mod statuses;
pub mod voice;
pub mod wire;

pub use client::{Account, KeyPair, Region};
pub use provider::{AmazonPayProvider, Settings};
