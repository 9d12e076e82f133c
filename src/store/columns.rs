//! Columns that several tables have, read back into their types.

use super::{Result, unreadable};
use crate::base::money::Currency;
use crate::market::fees::ProviderFeeBy;

/// Reads an id that the database holds.
pub(super) fn id<I: std::str::FromStr>(text: &str) -> Result<I> {
    text.parse().map_err(|_| unreadable("id", text))
}

/// Reads who bears the provider's fee.
pub(super) fn provider_fee_by(word: &str) -> Result<ProviderFeeBy> {
    ProviderFeeBy::from_word(word).ok_or_else(|| unreadable("bearer of the provider's fee", word))
}

/// Reads a currency that the database holds.
pub(super) fn currency(code: &str) -> Result<Currency> {
    Currency::from_code(code).ok_or_else(|| unreadable("currency", code))
}
