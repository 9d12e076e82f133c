//! What FPS answers about our own account: tokens, balance, and what the account took part in.
//!
//! ```text
//! <Transaction><TransactionId>14GK6B…</TransactionId><FPSOperation>Pay</FPSOperation>…</Transaction>
//! ```
//!
//! Source: the guide, "Complex Data Types": `AccountBalance`, `Transaction`, `TransactionPart`. It prints no
//! sample; recorded answers write these amounts with six decimals.

use serde::Deserialize;

use super::{Amount, Token, trimmed, trimmed_if_any};
use crate::base::clock::Millis;
use crate::pay::fps::wire::WireError;

/// The answer to `GetTokens`.
#[derive(Clone, Debug, Deserialize)]
pub struct TokensAnswer {
    /// The wrapper.
    #[serde(rename = "GetTokensResult")]
    pub result: TokensResult,
}

/// Inside the answer to `GetTokens`.
#[derive(Clone, Debug, Deserialize)]
pub struct TokensResult {
    /// Newest first; may be none.
    #[serde(rename = "Token", default)]
    pub tokens: Vec<Token>,
}

/// The answer to `GetAccountBalance`.
#[derive(Clone, Debug, Deserialize)]
pub struct BalanceAnswer {
    /// The wrapper.
    #[serde(rename = "GetAccountBalanceResult")]
    pub result: BalanceResult,
}

/// Inside the answer to `GetAccountBalance`.
#[derive(Clone, Debug, Deserialize)]
pub struct BalanceResult {
    /// The balance.
    #[serde(rename = "AccountBalance")]
    pub balance: AccountBalance,
}

/// What an account holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AccountBalance {
    /// All of it; what is on its way is not in it.
    #[serde(rename = "TotalBalance")]
    pub total: Amount,
    /// What is about to come.
    #[serde(rename = "PendingInBalance")]
    pub pending_in: Amount,
    /// What is about to leave.
    #[serde(rename = "PendingOutBalance")]
    pub pending_out: Amount,
    /// What may be done with it.
    #[serde(rename = "AvailableBalances")]
    pub available: AvailableBalances,
}

/// What may be done with a balance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AvailableBalances {
    /// How much may be paid out.
    #[serde(rename = "DisburseBalance")]
    pub disburse: Amount,
    /// How much may be given back to buyers.
    #[serde(rename = "RefundBalance")]
    pub refund: Amount,
}

/// The answer to `GetAccountActivity`.
#[derive(Clone, Debug, Deserialize)]
pub struct ActivityAnswer {
    /// The wrapper.
    #[serde(rename = "GetAccountActivityResult")]
    pub result: ActivityResult,
}

/// Inside the answer to `GetAccountActivity`.
#[derive(Clone, Debug, Deserialize)]
pub struct ActivityResult {
    /// In the order that was asked for; may be none.
    #[serde(rename = "Transaction", default)]
    pub transactions: Vec<OwnTransaction>,
    /// Where the next question begins, if this answer could not hold everything.
    #[serde(rename = "StartTimeForNextTransaction", default, deserialize_with = "trimmed_if_any")]
    pub next: Option<String>,
}

impl ActivityResult {
    /// Where the next question begins; none when this was all. Errors: it is not a date.
    pub fn next_from(&self) -> Result<Option<Millis>, WireError> {
        self.next.as_deref().map(instant).transpose()
    }
}

fn instant(text: &str) -> Result<Millis, WireError> {
    let at: jiff::Timestamp = text.parse().map_err(|_| WireError::NotUnderstood(format!("{text:?} is no date")))?;
    Ok(Millis(at.as_millisecond()))
}

/// A transaction as the account sees it that took part in it.
#[derive(Clone, Debug, Deserialize)]
pub struct OwnTransaction {
    /// Of a refund: the refund's own.
    #[serde(rename = "TransactionId", deserialize_with = "trimmed")]
    pub id: String,
    /// ISO 8601, when FPS received it.
    #[serde(rename = "DateReceived", deserialize_with = "trimmed")]
    pub received: String,
    /// ISO 8601, when it was over; missing before.
    #[serde(rename = "DateCompleted", default, deserialize_with = "trimmed_if_any")]
    pub completed: Option<String>,
    /// `Pay`, `Refund`, `Settle` or `Reserve`.
    #[serde(rename = "FPSOperation", deserialize_with = "trimmed")]
    pub operation: String,
    /// `Pending`, `Reserved`, `Success`, `Failure` or `Cancelled`.
    #[serde(rename = "TransactionStatus", deserialize_with = "trimmed")]
    pub status: String,
    /// Whole amount.
    #[serde(rename = "TransactionAmount")]
    pub amount: Amount,
    /// What the service kept for itself; below nothing where a refund brought it back.
    #[serde(rename = "FPSFees")]
    pub fees: Option<Amount>,
    /// Refunds: the transaction whose money went back.
    #[serde(rename = "OriginalTransactionId", default, deserialize_with = "trimmed_if_any")]
    pub original: Option<String>,
    /// As whom the account took part, once for each role.
    #[serde(rename = "TransactionPart", default)]
    pub parts: Vec<TransactionPart>,
}

impl OwnTransaction {
    /// When FPS received it. Errors: it is not a date.
    pub fn received_at(&self) -> Result<Millis, WireError> {
        instant(&self.received)
    }

    /// When it was over, as far as it is. Errors: it is not a date.
    pub fn completed_at(&self) -> Result<Option<Millis>, WireError> {
        self.completed.as_deref().map(instant).transpose()
    }

    /// Our reference, where the account made the call.
    pub fn reference(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| part.reference.as_deref())
    }
}

/// As whom an account took part.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TransactionPart {
    /// `Caller`, `Recipient` or `Sender`.
    #[serde(rename = "Role", deserialize_with = "trimmed")]
    pub role: String,
    /// The caller's reference; only the caller reads it.
    #[serde(rename = "Reference", default, deserialize_with = "trimmed_if_any")]
    pub reference: Option<String>,
    /// What this role paid of the fees.
    #[serde(rename = "FeesPaid")]
    pub fees_paid: Option<Amount>,
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::base::money::Money;

    fn amount(name: &str, value: &str) -> String {
        format!("<{name}><CurrencyCode>USD</CurrencyCode><Value>{value}</Value></{name}>")
    }

    #[test]
    fn a_balance_is_read_with_six_decimals_and_below_nothing() {
        let inside = [
            amount("TotalBalance", "-1.500000"),
            amount("PendingInBalance", "7.400000"),
            amount("PendingOutBalance", "0.000000"),
            format!(
                "<AvailableBalances>{}{}</AvailableBalances>",
                amount("DisburseBalance", "0.000000"),
                amount("RefundBalance", "2.000000")
            ),
        ];
        let xml = format!(
            "<R><GetAccountBalanceResult><AccountBalance>{}</AccountBalance></GetAccountBalanceResult></R>",
            inside.concat()
        );
        let balance = read::<BalanceAnswer>(&xml).unwrap().result.balance;
        assert_eq!(balance.total.signed_money(), Ok(Money::usd(-150)));
        assert!(balance.total.money().is_err(), "an amount that is paid is never below nothing");
        assert_eq!(balance.pending_in.signed_money(), Ok(Money::usd(740)));
        assert_eq!(balance.pending_out.money(), Ok(Money::usd(0)));
        assert_eq!(balance.available.disburse.money(), Ok(Money::usd(0)));
        assert_eq!(balance.available.refund.money(), Ok(Money::usd(200)));
    }

    #[test]
    fn activity_tells_our_reference_and_where_to_go_on() {
        let part = |role: &str, rest: &str| format!("<TransactionPart><Role>{role}</Role>{rest}</TransactionPart>");
        let refund = [
            "<TransactionId>R1</TransactionId><DateReceived>2009-10-06T00:53:12.000-07:00</DateReceived>".to_owned(),
            amount("TransactionAmount", "1.000000"),
            "<FPSOperation>Refund</FPSOperation><TransactionStatus>Success</TransactionStatus>".to_owned(),
            "<OriginalTransactionId>T1</OriginalTransactionId>".to_owned(),
            part("Sender", ""),
            part("Caller", &format!("<Reference>opn_1</Reference>{}", amount("FeesPaid", "-0.100000"))),
            amount("FPSFees", "-0.100000"),
        ];
        let xml = |transactions: &str, rest: &str| {
            format!("<R><GetAccountActivityResult>{transactions}{rest}</GetAccountActivityResult></R>")
        };
        let one = format!("<Transaction>{}</Transaction>", refund.concat());
        let next = "<StartTimeForNextTransaction>2009-10-07T00:00:00.000-07:00</StartTimeForNextTransaction>";
        let read_one = read::<ActivityAnswer>(&xml(&one, next)).unwrap().result;
        assert_eq!(read_one.next_from().unwrap().unwrap().iso8601(), "2009-10-07T07:00:00Z");
        let broken = ActivityResult { next: Some("soon".to_owned()), ..read_one.clone() };
        assert!(broken.next_from().is_err());
        let [own] = &read_one.transactions[..] else { panic!("{read_one:?}") };
        assert_eq!((own.id.as_str(), own.original.as_deref(), own.reference()), ("R1", Some("T1"), Some("opn_1")));
        assert_eq!(own.amount.money(), Ok(Money::usd(100)));
        assert_eq!(own.fees.as_ref().unwrap().signed_money(), Ok(Money::usd(-10)));
        assert_eq!(own.parts.len(), 2);
        let none = read::<ActivityAnswer>(&xml("", "")).unwrap().result;
        assert!(none.transactions.is_empty() && none.next_from() == Ok(None));
    }

    #[test]
    fn tokens_are_read_none_one_or_many() {
        let token =
            "<Token><TokenId>T</TokenId><TokenStatus>Active</TokenStatus><TokenType>MultiUse</TokenType></Token>";
        for count in [0, 1, 3] {
            let xml = format!("<R><GetTokensResult>{}</GetTokensResult></R>", token.repeat(count));
            let tokens = read::<TokensAnswer>(&xml).unwrap().result.tokens;
            assert_eq!(tokens.len(), count);
            assert!(tokens.iter().all(|token| token.kind.as_deref() == Some("MultiUse")));
        }
    }
}
