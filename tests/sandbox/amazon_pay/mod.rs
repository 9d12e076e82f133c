//! The Amazon Pay emulator through its own doors: signed calls, hosted pages, notifications.

pub mod shop;

mod currencies;
mod declines;
mod flow;
mod gate;
mod life;
mod notices;
mod pages;
mod reports;
