//! The payment sandbox through its own doors: signed API calls, the co-branded pages, control calls.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

mod house;

mod alexa;
mod amazon_pay;
mod api;
mod control;
mod fps_tokens;
mod fps_tokens_edit;
mod fps_tokens_limits;
mod fps_tokens_pages;
mod gate;
mod pages;
mod tls;
mod wire;
