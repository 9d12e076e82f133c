//! The marketplace's fee: a fixed part and a percentage, agreed by the seller at registration.

use serde::{Deserialize, Serialize};

use super::prices::local;
use crate::base::money::{Currency, Money, MoneyError};

/// Who bears what the provider charges for a payment: agreed when a seller registers, and the same ever after, since
/// FPS refuses a `ChargeFeeTo` that is not what the recipient token says. Source: FPS guide, "Marketplace Fees";
/// `recipientPaysFee` of the Recipient pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderFeeBy {
    /// The seller, out of what was taken.
    #[default]
    Seller,
    /// The marketplace, out of its own fee.
    Market,
}

impl ProviderFeeBy {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            ProviderFeeBy::Seller => "seller",
            ProviderFeeBy::Market => "market",
        }
    }

    /// Reads the stored word.
    pub fn from_word(word: &str) -> Option<ProviderFeeBy> {
        [ProviderFeeBy::Seller, ProviderFeeBy::Market].into_iter().find(|by| by.word() == word)
    }

    /// What of `fee` is the seller's.
    pub fn of_seller(self, fee: Money) -> Money {
        match self {
            ProviderFeeBy::Seller => fee,
            ProviderFeeBy::Market => Money::zero(fee.currency),
        }
    }
}

/// What the marketplace keeps of a sale. Source: FPS guide, "Marketplace Fees"; the seller agrees
/// to the maxima `maxFixedFee` and `maxVariableFee` in the Recipient pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketplaceFee {
    /// Taken once per order.
    pub fixed: Money,
    /// Hundredths of a percent of the order's total: 500 is 5 %.
    pub variable_bp: i64,
    /// Who bears the provider's own fee.
    pub provider_fee_by: ProviderFeeBy,
}

impl MarketplaceFee {
    /// The marketplace's terms for new sellers: 5 % and 30 cents, or what these are elsewhere.
    pub fn house(currency: Currency, provider_fee_by: ProviderFeeBy) -> MarketplaceFee {
        MarketplaceFee { fixed: local(30, currency), variable_bp: 500, provider_fee_by }
    }

    /// Whether the marketplace bears the provider's fee.
    pub fn includes_provider(&self) -> bool {
        self.provider_fee_by == ProviderFeeBy::Market
    }

    /// The fee on `total`, never more than the total itself.
    pub fn on(&self, total: Money) -> Result<Money, MoneyError> {
        let fee = total.share(self.variable_bp, 10_000)?.plus(self.fixed)?;
        Ok(if fee.minor > total.minor { total } else { fee })
    }

    /// The percentage for people: `5 %`, `2.5 %`.
    pub fn percent(&self) -> String {
        let (whole, rest) = (self.variable_bp / 100, self.variable_bp % 100);
        match rest {
            0 => format!("{whole} %"),
            _ => format!("{whole}.{} %", format!("{rest:02}").trim_end_matches('0')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_is_the_percentage_plus_the_fixed_part_and_never_above_the_total() {
        let fee = MarketplaceFee { fixed: Money::usd(30), variable_bp: 500, provider_fee_by: ProviderFeeBy::Seller };
        assert_eq!(fee.on(Money::usd(2000)), Ok(Money::usd(130)));
        assert_eq!(fee.on(Money::usd(10)), Ok(Money::usd(10)));
        assert_eq!(fee.percent(), "5 %");
        assert_eq!(MarketplaceFee { variable_bp: 250, ..fee }.percent(), "2.5 %");
    }
}
