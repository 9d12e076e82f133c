//! Orders, what is asked of providers for them, and what that does to money.
//!
//! Pure: no SQL, no network, nothing `async`. An order holds facts, an operation holds an intent.

pub mod agreement;
pub mod audit;
pub mod checkout;
pub mod device;
pub mod dispute;
pub mod ledger;
pub mod operation;
pub mod order;
pub mod outcome;
pub mod rates;
pub mod reconcile;
pub mod refusal;
pub mod state;
pub mod words;
