//! What the shop asks FPS, as parameters. One amount on the wire:
//!
//! ```text
//! TransactionAmount.CurrencyCode=USD&TransactionAmount.Value=25.01
//! ```
//!
//! Plain types and conversions that refuse what does not fit; keys, time stamp and signature are
//! added by the [client](super::client). The parameters of an operation depend on its row alone, so
//! that sending it again is "the exact same request" (the guide, "Resending Requests").
//! Source: the guide, "Amazon FPS API Reference".

use crate::base::clock::Millis;
use crate::base::money::{Currency, Money, MoneyError};
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::{Kind, Operation, Request, Statement};
use crate::pay::fps::sign::{Parameters, Verb};

/// How many transactions one answer about our account may have at most.
const LARGEST_BATCH: &str = "200";

/// Something that FPS cannot be told, or did not say in a way that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// FPS never took another currency.
    #[error("FPS takes U.S. dollars only, not {0}")]
    NotDollars(String),
    /// The operation's kind and its stored request do not belong together, or it needs a browser.
    #[error("a {0} cannot be sent with the request that is stored with it")]
    NotSendable(&'static str),
    /// "You must include the recipient token ID for the caller."
    #[error("a list of sellers has to name our own recipient token, and there is none")]
    NotAmongThem,
    /// No key pair is set.
    #[error("no key pair is set for FPS")]
    NoKeys,
    /// The setting holds no address.
    #[error("{0:?} is not an address")]
    NotAnAddress(String),
    /// An amount that is no amount in whole cents.
    #[error("{0:?} is not an amount in dollars and cents")]
    NotAnAmount(String),
    /// An answer that is no answer to the question.
    #[error("cannot read the answer: {0}")]
    NotUnderstood(String),
}

/// One call, before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Take the amount now.
    Pay(Take),
    /// Put the amount on hold, on a credit card, for seven days.
    Reserve(Take),
    /// Take what is on hold, whole or in part, once.
    Settle {
        /// The transaction that `Reserve` made.
        hold: String,
        /// How much of it.
        amount: Money,
    },
    /// Give back, whole or in part.
    Refund {
        /// Ours, a new one for every part.
        reference: String,
        /// The transaction that took the money.
        payment: String,
        /// How much.
        amount: Money,
        /// What the provider's pages show: our order.
        description: String,
    },
    /// Let a hold go.
    Cancel {
        /// The transaction that `Reserve` made.
        hold: String,
    },
    /// Stop everything that is charged with a token.
    CancelToken {
        /// A multi-use or recurring token.
        token: String,
        /// Why.
        reason: String,
    },
    /// What was used of a token's limits. The guide has its data type, but not the action.
    TokenUsage {
        /// The token.
        token: String,
    },
    /// Which token belongs to the reference that was sent to the pages.
    TokenByReference {
        /// Ours.
        reference: String,
    },
    /// A token by its id.
    TokenById {
        /// The token.
        token: String,
    },
    /// Our own tokens, newest first. The guide has their data type, but not the action.
    Tokens {
        /// Those that can be charged, or those that cannot any more; both where nothing is said.
        active: Option<bool>,
    },
    /// How far a transaction is.
    TransactionStatus {
        /// The transaction.
        transaction: String,
    },
    /// A transaction with amount and fees. The guide has its data types, but not the action.
    Transaction {
        /// The transaction.
        transaction: String,
    },
    /// What our account took part in, oldest first. The guide has its data types, but not the action.
    AccountActivity {
        /// From here on.
        from: Millis,
        /// Until here, which is not later than now; now where nothing is said.
        until: Option<Millis>,
    },
    /// What our account holds. The guide has its data type, but not the action.
    AccountBalance,
    /// Whether a seller can be paid.
    RecipientStatus {
        /// The seller's token.
        token: String,
    },
    /// Whether FPS signed what we received.
    VerifySignature {
        /// Our address that was called, without query.
        endpoint: String,
        /// The raw query or body.
        parameters: String,
    },
}

/// What `Pay` and `Reserve` need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// Ours; remembered for seven days.
    pub reference: String,
    /// The buyer's token.
    pub sender: String,
    /// The seller's token.
    pub recipient: String,
    /// How much.
    pub amount: Money,
    /// The marketplace's fixed fee.
    pub fee_fixed: Money,
    /// The marketplace's percentage, in hundredths of a percent.
    pub fee_variable_bp: i64,
    /// Who bears FPS' own fee, as the seller agreed to.
    pub provider_fee_by: ProviderFeeBy,
    /// What the provider's pages show: our order.
    pub description: String,
    /// What stands on the buyer's statement; none sends nothing about it.
    pub statement: Option<Statement>,
}

/// The seller and the service give back their parts, and the marketplace keeps its fee, as the published policies say.
/// Source: the guide, "Complex Data Types", `MarketplaceRefundPolicy`.
const REFUND_POLICY: &str = "MasterTxnOnly";

impl Ask {
    /// The call that a stored operation asks for.
    pub fn of(operation: &Operation) -> Result<Ask, WireError> {
        let reference = operation.id.to_string();
        let description = operation.subject.id().to_owned();
        let amount = operation.amount;
        match (operation.kind, &operation.request) {
            (
                Kind::Pay | Kind::Reserve,
                Request::Take { consent, payee, fee_fixed_minor, fee_variable_bp, provider_fee_by, statement, .. },
            ) => {
                let take = Take {
                    reference,
                    sender: consent.clone(),
                    recipient: payee.clone(),
                    amount,
                    fee_fixed: Money::new(*fee_fixed_minor, amount.currency),
                    fee_variable_bp: *fee_variable_bp,
                    provider_fee_by: *provider_fee_by,
                    description,
                    statement: statement.clone(),
                };
                Ok(if operation.kind == Kind::Pay { Ask::Pay(take) } else { Ask::Reserve(take) })
            }
            (Kind::Settle, Request::Settle { hold }) => Ok(Ask::Settle { hold: hold.clone(), amount }),
            (Kind::Refund, Request::Refund { payment }) => {
                Ok(Ask::Refund { reference, payment: payment.clone(), amount, description })
            }
            (Kind::Cancel, Request::Cancel { hold }) => Ok(Ask::Cancel { hold: hold.clone() }),
            (Kind::CancelAgreement, Request::Withdraw { consent }) => {
                Ok(Ask::CancelToken { token: consent.clone(), reason: description })
            }
            (kind, _) => Err(WireError::NotSendable(kind.word())),
        }
    }

    /// The name of the action.
    pub fn action(&self) -> &'static str {
        match self {
            Ask::Pay(_) => "Pay",
            Ask::Reserve(_) => "Reserve",
            Ask::Settle { .. } => "Settle",
            Ask::Refund { .. } => "Refund",
            Ask::Cancel { .. } => "Cancel",
            Ask::CancelToken { .. } => "CancelToken",
            Ask::TokenUsage { .. } => "GetTokenUsage",
            Ask::TokenByReference { .. } | Ask::TokenById { .. } => "GetTokenByCaller",
            Ask::Tokens { .. } => "GetTokens",
            Ask::AccountActivity { .. } => "GetAccountActivity",
            Ask::AccountBalance => "GetAccountBalance",
            Ask::TransactionStatus { .. } => "GetTransactionStatus",
            Ask::Transaction { .. } => "GetTransaction",
            Ask::RecipientStatus { .. } => "GetRecipientVerificationStatus",
            Ask::VerifySignature { .. } => "VerifySignature",
        }
    }

    /// Whether the call changes something, so that FPS sends a notification about it.
    pub fn changes_something(&self) -> bool {
        match self {
            Ask::Pay(_)
            | Ask::Reserve(_)
            | Ask::Settle { .. }
            | Ask::Refund { .. }
            | Ask::Cancel { .. }
            | Ask::CancelToken { .. } => true,
            Ask::TokenUsage { .. }
            | Ask::TokenByReference { .. }
            | Ask::TokenById { .. }
            | Ask::Tokens { .. }
            | Ask::AccountActivity { .. }
            | Ask::AccountBalance
            | Ask::TransactionStatus { .. }
            | Ask::Transaction { .. }
            | Ask::RecipientStatus { .. }
            | Ask::VerifySignature { .. } => false,
        }
    }

    /// What changes something is posted, so that nothing on the way repeats it; so is the signature
    /// check, whose parameters may be too long for an address. Questions are asked as the guide prints them.
    pub fn verb(&self) -> Verb {
        if self.changes_something() || matches!(self, Ask::VerifySignature { .. }) { Verb::Post } else { Verb::Get }
    }

    /// The action's own parameters.
    ///
    /// `Reserve` has no recipient and no fees in its table; the guide's text on marketplaces requires
    /// them, so they are sent as with `Pay`.
    pub fn parameters(&self) -> Result<Parameters, WireError> {
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Ok(match self {
            Ask::Pay(take) | Ask::Reserve(take) => take.parameters()?,
            Ask::Settle { hold, amount } => {
                let mut all = vec![named("ReserveTransactionId", hold)];
                all.extend(amount_parameters("TransactionAmount", *amount)?);
                all
            }
            Ask::Refund { reference, payment, amount, description } => {
                let mut all = vec![
                    named("CallerReference", reference),
                    named("TransactionId", payment),
                    named("CallerDescription", description),
                    named("MarketplaceRefundPolicy", REFUND_POLICY),
                ];
                all.extend(amount_parameters("RefundAmount", *amount)?);
                all
            }
            Ask::Cancel { hold } => vec![named("TransactionId", hold)],
            Ask::CancelToken { token, reason } => vec![named("TokenId", token), named("ReasonText", reason)],
            Ask::TokenUsage { token } => vec![named("TokenId", token)],
            Ask::TokenByReference { reference } => vec![named("CallerReference", reference)],
            Ask::TokenById { token } => vec![named("TokenId", token)],
            Ask::Tokens { active } => {
                active.iter().map(|is| named("TokenStatus", if *is { "Active" } else { "Inactive" })).collect()
            }
            Ask::AccountActivity { from, until } => {
                let mut all = vec![
                    named("StartDate", &instant(*from)),
                    named("SortOrderByDate", "Ascending"),
                    named("MaxBatchSize", LARGEST_BATCH),
                ];
                all.extend(until.map(|until| named("EndDate", &instant(until))));
                all
            }
            Ask::AccountBalance => Parameters::new(),
            Ask::TransactionStatus { transaction } | Ask::Transaction { transaction } => {
                vec![named("TransactionId", transaction)]
            }
            Ask::RecipientStatus { token } => vec![named("RecipientTokenId", token)],
            Ask::VerifySignature { endpoint, parameters } => {
                vec![named("UrlEndPoint", endpoint), named("HttpParameters", parameters)]
            }
        })
    }
}

impl Take {
    /// Who pays the provider is what sellers agree to when they register: `recipientPaysFee`. Both fees are always sent, zero too: without either, FPS would take the agreed maxima.
    fn parameters(&self) -> Result<Parameters, WireError> {
        let mut all: Parameters = [
            ("CallerReference", self.reference.as_str()),
            ("SenderTokenId", self.sender.as_str()),
            ("RecipientTokenId", self.recipient.as_str()),
            ("ChargeFeeTo", if self.provider_fee_by == ProviderFeeBy::Seller { "Recipient" } else { "Caller" }),
            ("CallerDescription", self.description.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        all.push(("MarketplaceVariableFee".to_owned(), percent(self.fee_variable_bp)));
        all.extend(amount_parameters("MarketplaceFixedFee", self.fee_fixed)?);
        all.extend(amount_parameters("TransactionAmount", self.amount)?);
        all.extend(self.statement.as_ref().map(descriptor).unwrap_or_default());
        Ok(all)
    }
}

/// The line on the buyer's statement, and whose customer service it names. A text of our own travels in
/// `SenderDescription`. Source: the guide, "Soft Descriptor Customization".
fn descriptor(statement: &Statement) -> Parameters {
    let kind = if statement.text.is_some() { "Dynamic" } else { "Static" };
    let owner = if statement.is_ours { "Caller" } else { "Recipient" };
    let mut all: Parameters = [("DescriptorPolicy.SoftDescriptorType", kind), ("DescriptorPolicy.CSOwner", owner)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    all.extend(statement.text.clone().map(|text| ("SenderDescription".to_owned(), text)));
    all
}

/// Amount and currency as FPS writes them: `TransactionAmount.Value=25.01`, `…CurrencyCode=USD`.
///
/// Errors: `NotDollars` for any other currency, since FPS never took one.
pub fn amount_parameters(name: &str, amount: Money) -> Result<[(String, String); 2], WireError> {
    Ok([(format!("{name}.CurrencyCode"), "USD".to_owned()), (format!("{name}.Value"), dollars(amount)?)])
}

/// An instant to the millisecond: what is asked for from where an answer broke off must not repeat a second.
fn instant(at: Millis) -> String {
    format!("{}.{:03}Z", at.iso8601().trim_end_matches('Z'), at.0.rem_euclid(1000))
}

/// The plain decimal, `25.01`, that the pages take too.
pub fn dollars(amount: Money) -> Result<String, WireError> {
    match amount.currency {
        Currency::USD => Ok(amount.decimal()),
        other => Err(WireError::NotDollars(other.to_string())),
    }
}

/// Hundredths of a percent as a decimal: 500 is `5`, 25 is `0.25`.
pub fn percent(hundredths: i64) -> String {
    let decimal = Money::usd(hundredths).decimal();
    decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads an amount of an answer. The guide allows up to two decimals; recorded answers have six,
/// of which the last four are zero.
pub fn read_amount(currency: &str, value: &str) -> Result<Money, WireError> {
    if currency != "USD" {
        return Err(WireError::NotDollars(currency.to_owned()));
    }
    let (whole, decimals) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let cents = decimals.trim_end_matches('0');
    Money::parse(&format!("{whole}.{cents}"), Currency::USD)
        .map_err(|_: MoneyError| WireError::NotAnAmount(value.to_owned()))
}

#[cfg(test)]
mod tests;
