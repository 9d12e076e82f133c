//! Columns that several tables have, read back into their types.

use super::{Result, unreadable};
use crate::base::money::Currency;

/// Reads an id that the database holds.
pub(super) fn id<I: std::str::FromStr>(text: &str) -> Result<I> {
    text.parse().map_err(|_| unreadable("id", text))
}

/// Reads a currency that the database holds.
pub(super) fn currency(code: &str) -> Result<Currency> {
    Currency::from_code(code).ok_or_else(|| unreadable("currency", code))
}
