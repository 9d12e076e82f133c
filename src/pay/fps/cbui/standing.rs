//! The pages for approvals that stand: recurring and multi-use tokens, and what such a token is paid with.
//!
//! ```text
//! pipelineName=Recurring&recurringPeriod=1+Month&transactionAmount=9.99&recipientToken=…
//! pipelineName=MultiUse&globalAmountLimit=1200.00&usageLimitType1=Amount&usageLimitPeriod1=1+Month&…
//! pipelineName=EditToken&tokenID=…
//! ```
//!
//! Source: the guide, "Recurring-Use Token API", "Multi-Use Token API", "Edit Token API".

use super::{Parameter, address, common};
use crate::base::clock::Millis;
use crate::base::money::{Currency, Money};
use crate::market::subscription::{Every, Period};
use crate::orders::agreement::{Rules, Terms};
use crate::orders::operation::{Kind, Operation, Request};
use crate::pay::fps::client::{KeyPair, Settings};
use crate::pay::fps::wire::{WireError, dollars};

/// What the pages call an approval of these terms.
pub fn pipeline(terms: Terms) -> &'static str {
    match terms {
        Terms::Saved => "MultiUse",
        Terms::Every(_) => "Recurring",
    }
}

/// A period as the pages read it: a number, a space, and `Hours`, `Days` or `Months`.
pub fn recurring_period(period: Period) -> String {
    let (count, unit) = match period.every() {
        Every::Hours(count) => (count, "Hour"),
        Every::Days(count) => (count, "Day"),
        Every::Months(count) => (count, "Month"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The parameters that say what stands. `own` is our own recipient token, which a list of sellers has to
/// include.
pub(super) fn rules(
    operation: &Operation,
    terms: Terms,
    rules: &Rules,
    payee: &str,
    own: Option<&str>,
) -> Result<Vec<Parameter>, WireError> {
    let mut all = match terms {
        Terms::Every(period) => vec![
            ("transactionAmount", dollars(operation.amount)?),
            ("recurringPeriod", recurring_period(period)),
            ("recipientToken", payee.to_owned()),
        ],
        Terms::Saved => multi_use(rules, payee, own)?,
    };
    all.extend(rules.until.map(|until| ("validityExpiry", seconds(until))));
    Ok(all)
}

/// Limits in all, per month and per day. No rule about single amounts: what is bought differs.
fn multi_use(rules: &Rules, payee: &str, own: Option<&str>) -> Result<Vec<Parameter>, WireError> {
    let limits = rules.limits.ok_or(WireError::NotSendable(Kind::Consent.word()))?;
    let amount = |minor| dollars(Money::new(minor, Currency::USD));
    let mut recipients = vec![own.ok_or(WireError::NotAmongThem)?];
    if rules.payees.is_empty() {
        recipients.push(payee);
    }
    recipients.extend(rules.payees.iter().map(String::as_str));
    Ok(vec![
        ("globalAmountLimit", amount(limits.total_minor)?),
        ("usageLimitType1", "Amount".to_owned()),
        ("usageLimitPeriod1", "1 Month".to_owned()),
        ("usageLimitValue1", amount(limits.month_minor)?),
        ("usageLimitType2", "Count".to_owned()),
        ("usageLimitPeriod2", "1 Day".to_owned()),
        ("usageLimitValue2", limits.day_count.to_string()),
        ("recipientTokenList", recipients.join(",")),
    ])
}

/// Where a buyer chooses another method for a token that stands.
pub fn change_address(
    settings: &Settings,
    key: &KeyPair,
    operation: &Operation,
    return_url: &str,
) -> Result<String, WireError> {
    let (Kind::ChangeAgreement, Request::Change { consent }) = (operation.kind, &operation.request) else {
        return Err(WireError::NotSendable(operation.kind.word()));
    };
    let mut own: Vec<Parameter> = vec![("tokenID", consent.clone())];
    own.extend(common("EditToken", operation, return_url, settings, key));
    address(settings, key, own)
}

/// Instants are whole seconds on the pages.
pub(super) fn seconds(at: Millis) -> String {
    at.0.div_euclid(1000).to_string()
}

#[cfg(test)]
mod tests;
