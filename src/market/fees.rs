//! The marketplace's fee: a fixed part and a percentage, agreed by the seller at registration.

use super::prices::local;
use crate::base::money::{Currency, Money, MoneyError};

/// What the marketplace keeps of a sale. Source: FPS guide, "Marketplace Fees"; the seller agrees
/// to the maxima `maxFixedFee` and `maxVariableFee` in the Recipient pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketplaceFee {
    /// Taken once per order.
    pub fixed: Money,
    /// Hundredths of a percent of the order's total: 500 is 5 %.
    pub variable_bp: i64,
}

impl MarketplaceFee {
    /// The marketplace's terms for new sellers: 5 % and 30 cents, or what these are elsewhere.
    pub fn house(currency: Currency) -> MarketplaceFee {
        MarketplaceFee { fixed: local(30, currency), variable_bp: 500 }
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
        let fee = MarketplaceFee { fixed: Money::usd(30), variable_bp: 500 };
        assert_eq!(fee.on(Money::usd(2000)), Ok(Money::usd(130)));
        assert_eq!(fee.on(Money::usd(10)), Ok(Money::usd(10)));
        assert_eq!(fee.percent(), "5 %");
        assert_eq!(MarketplaceFee { variable_bp: 250, ..fee }.percent(), "2.5 %");
    }
}
