//! Pushcart: an embedded marketplace shop that shows how money moves through Amazon's payment services.
//!
//! ```text
//! base  <-  market  <-  orders  <-  store  <-  mail  <-  flows  <-  shop, ipn, alexa, worker  <-  app  <-  main
//!                         ^--  pay (uses orders' words)  --^
//! sandbox: another party, uses base only
//! ```
//!
//! `docs/architecture.md` says what each room is for and who may import whom; a test holds the
//! code against it.

pub mod alexa;
pub mod app;
pub mod base;
pub mod config;
pub mod flows;
pub mod ipn;
pub mod mail;
pub mod market;
pub mod orders;
pub mod pay;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod seed;
pub mod shop;
pub mod skill;
pub mod store;
pub mod words;
pub mod worker;
