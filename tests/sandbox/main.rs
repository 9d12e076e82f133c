//! The payment sandbox through its own doors: signed API calls, the co-branded pages, control calls.
#![cfg(feature = "sandbox")]
#![allow(missing_docs)]

mod house;

mod alexa;
mod amazon_pay;
mod api;
mod control;
mod desk;
mod fps_tables_actions;
mod fps_tables_errors;
mod fps_tables_ipn;
mod fps_tables_pairs;
mod fps_tables_races;
mod fps_tables_reports;
mod fps_tables_rules;
mod fps_tables_stage;
mod fps_tables_types;
mod fps_tokens;
mod fps_tokens_edit;
mod fps_tokens_limits;
mod fps_tokens_pages;
mod gate;
mod pages;
mod tls;
mod wire;
