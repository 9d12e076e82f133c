//! The words everything else is built from: money, ids, time, addresses.
//!
//! Knows nothing of the web, of SQL or of any provider.

pub mod clock;
pub mod crash;
pub mod ids;
pub mod money;
pub mod paths;
pub mod secret;
