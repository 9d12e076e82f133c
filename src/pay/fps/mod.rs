//! Amazon Flexible Payments (FPS), API 2010-08-28, in the order of a conversation.
//!
//! People are sent to signed pages ([`cbui`]), calls are signed ([`sign`]), written ([`wire`]),
//! sent ([`client`]) and read ([`answers`], [`fields`], [`notices`]); [`codes`] and [`status`] say what the
//! words mean in the shop, and [`provider`] puts it together. Source: the guide "Amazon FPS
//! Advanced Quick Start", last updated 10 December 2012; "the guide" below.

mod activity;
pub mod answers;
#[cfg(test)]
mod canned;
pub mod cbui;
pub mod client;
pub mod codes;
pub mod fields;
mod listen;
pub mod notices;
mod patience;
pub mod provider;
mod purse;
mod recover;
mod reversals;
pub mod sign;
mod standing;
pub mod status;
pub mod wire;
pub mod words;

pub use client::{KeyPair, Settings};
pub use provider::FpsProvider;
