//! What a sender's token allows, as pure arithmetic: the amounts, the limits, the periods. What was
//! charged so far comes from the transactions themselves, so nothing is ever counted twice or forgotten.
//!
//! Source: Advanced Quick Start, "Multi-Use Payment Tokens", "Recurring Payment Tokens", and their APIs.

pub mod period;
pub mod rule;
pub mod words;

pub use period::Period;
pub use rule::{AmountType, Limit, Measure, Rule, Use};
