//! The pages for one approval of several orders: a multi-use token that pays each of them once.
//!
//! ```text
//! pipelineName=MultiUse&globalAmountLimit=84.20&amountType=Maximum&transactionAmount=40.00&usageLimitType1=Count&…
//! ```
//!
//! Source: the guide, "Multi-Use Token API".

use super::Parameter;
use super::standing::seconds;
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::orders::operation::{Operation, Share};
use crate::pay::fps::wire::{WireError, dollars};

/// As much as all orders cost and no more, in as many charges as there are orders, none larger than the largest
/// order. `own` is our own recipient token, which a list of sellers has to include.
pub(super) fn rules(
    operation: &Operation,
    shares: &[Share],
    until: Millis,
    own: Option<&str>,
) -> Result<Vec<Parameter>, WireError> {
    let largest = shares.iter().map(|share| share.amount_minor).max().unwrap_or_default();
    let mut recipients = vec![own.ok_or(WireError::NotAmongThem)?];
    for share in shares {
        if !recipients.contains(&share.payee.as_str()) {
            recipients.push(&share.payee);
        }
    }
    Ok(vec![
        ("globalAmountLimit", dollars(operation.amount)?),
        ("transactionAmount", dollars(Money::new(largest, operation.amount.currency))?),
        ("amountType", "Maximum".to_owned()),
        ("usageLimitType1", "Count".to_owned()),
        ("usageLimitValue1", shares.len().to_string()),
        ("recipientTokenList", recipients.join(",")),
        ("validityExpiry", seconds(until)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{CheckoutId, OrderId};
    use crate::orders::operation::{Kind, Request, Subject};

    #[test]
    fn a_basket_is_one_token_over_its_total_for_its_sellers_and_ourselves() {
        let share = |payee: &str, amount_minor| Share { order: OrderId::fresh(), payee: payee.into(), amount_minor };
        let shares = vec![share("A1", 2500), share("B2", 4000), share("A1", 1920)];
        let until = Millis(1_801_389_600_999);
        let request = Request::ConsentAll { shares: shares.clone(), description: "Orders".into(), until };
        let (subject, total) = (Subject::Checkout(CheckoutId::fresh()), Money::usd(8420));
        let operation = Operation::wanted(subject, Kind::Consent, "fps", request, total, Millis(0));
        let all = rules(&operation, &shares, until, Some("OWN")).unwrap();
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(
            all,
            [
                ("globalAmountLimit", "84.20"),
                ("transactionAmount", "40.00"),
                ("amountType", "Maximum"),
                ("usageLimitType1", "Count"),
                ("usageLimitValue1", "3"),
                ("recipientTokenList", "OWN,A1,B2"),
                ("validityExpiry", "1801389600"),
            ]
        );
    }
}
