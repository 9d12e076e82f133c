//! Every code of FPS for people: what happened in the guide's words, beside what it means here.
//!
//! The pages' codes, the transaction's states and the calls' errors are decided in [`cbui`],
//! [`status`](super::status) and [`codes`]; this adds what people read and the rule that follows.
//! Source: the guide, "Errors", "Status Codes", and the status codes of each pipeline.

use std::sync::LazyLock;

use super::cbui::{self, Ending};
use super::codes::{self, Verdict};
use super::status::Status;
use crate::orders::operation::{Instrument, Kind};
use crate::orders::outcome::{AbandonReason, Outcome, Validity};
use crate::orders::refusal::{Reason, Retry};
use crate::orders::words::{Meaning, ProviderWord, Rule};

/// Every code: of the pages, of a transaction, of a call.
pub fn words() -> &'static [ProviderWord] {
    static WORDS: LazyLock<Vec<ProviderWord>> = LazyLock::new(|| {
        let pages = cbui::STATUS.iter().map(|(code, ending)| of_ending(code, *ending));
        let states = Status::ALL.into_iter().map(of_status).chain(REASONS.iter().copied());
        pages.chain(states).chain(ERRORS.iter().filter_map(of_error)).collect()
    });
    &WORDS
}

/// The code behind an outcome, where the outcome alone tells it.
pub fn of_outcome(kind: Kind, outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Registered { .. } => Some("SR"),
        Outcome::Consented { instrument: Instrument::Balance, .. } => Some("SA"),
        Outcome::Consented { instrument: Instrument::Bank, .. } => Some("SB"),
        Outcome::Consented { instrument: Instrument::Card, .. } => Some("SC"),
        Outcome::Approval { validity: Validity::Chargeable, .. } if kind == Kind::ChangeAgreement => Some("SU"),
        Outcome::Held { .. } => Some(Status::Reserved.word()),
        Outcome::Taken { .. } | Outcome::Refunded { .. } => Some(Status::Success.word()),
        Outcome::Released { .. } => Some(Status::Cancelled.word()),
        Outcome::Expired { transaction: Some(_) } => Some("Expired"),
        Outcome::Pending { .. } if !matches!(kind, Kind::Register | Kind::Consent | Kind::ChangeAgreement) => {
            Some(Status::Pending.word())
        }
        _ => None,
    }
}

fn of_ending(code: &'static str, ending: Ending) -> ProviderWord {
    let left = |reason| Meaning::Abandoned(reason);
    let (title, said, meaning, rule, operator) = match ending {
        Ending::Approved(instrument) => {
            let (title, said) = match instrument {
                Instrument::Balance => ("Success, account balance", "Authorized; the payer uses the account balance."),
                Instrument::Bank => ("Success, bank account", "Authorized; the payer uses a bank account."),
                Instrument::Card | Instrument::Untold => {
                    ("Success, credit card", "Authorized; the payer uses a credit card.")
                }
            };
            (title, said, Meaning::Consented, Rule::Nothing, "The buyer approved; the payment follows by itself.")
        }
        Ending::Registered => (
            "Success, recipient",
            "The recipient token was created.",
            Meaning::Registered,
            Rule::Nothing,
            "The seller agreed to our fee and can be paid.",
        ),
        Ending::Unchanged => (
            "Not changed",
            "The token has not changed.",
            Meaning::NoNews,
            Rule::Nothing,
            "The buyer looked at how the approval is paid and left it as it is.",
        ),
        Ending::Abandoned(reason @ AbandonReason::ConsentGone) => (
            "Invalid token",
            "The token is invalid, expired, or cannot be modified.",
            left(reason),
            Rule::NewCheckout,
            "The approval is over at the provider; a new one is needed.",
        ),
        Ending::Abandoned(reason @ AbandonReason::NotTheirs) => (
            "Unauthorized access",
            "The token does not belong to the user.",
            left(reason),
            Rule::ContactBuyer,
            "Somebody signed in at the provider who did not give this approval. It stays as it was.",
        ),
        Ending::Abandoned(reason @ AbandonReason::NotPossible) if code == "NA" => (
            "No such account",
            "The user account does not exist.",
            left(reason),
            Rule::ContactBuyer,
            "The buyer's account at the provider does not exist; another account has to approve anew.",
        ),
        // No status code of the pages says that it was too late.
        Ending::Abandoned(reason @ (AbandonReason::Left | AbandonReason::TooLate)) => (
            "Aborted",
            "The person left the pipeline.",
            left(reason),
            Rule::NewCheckout,
            "The buyer turned back at the provider's pages. Nothing was charged.",
        ),
        Ending::Abandoned(reason @ AbandonReason::NoCommonMethod) => (
            "Payment method mismatch",
            "The payer has none of the payment methods that were asked for.",
            left(reason),
            Rule::NewMethod,
            "The buyer has no card, bank account or balance that this order can take.",
        ),
        Ending::Abandoned(reason @ AbandonReason::NotPossible) => (
            "Not possible",
            "Unverified e-mail address, sender equals recipient, a recipient account that cannot take cards, or a pipeline that was cancelled and started again.",
            left(reason),
            Rule::ContactBuyer,
            "The provider will not do it between these two accounts; another account of the buyer may pass.",
        ),
        Ending::Abandoned(reason @ AbandonReason::Temporary) => (
            "System error",
            "A temporary error of the system; the request may be sent again.",
            left(reason),
            Rule::Retry,
            "A passing fault of the provider's pages. The buyer can go there again at once.",
        ),
        Ending::Abandoned(reason @ AbandonReason::OurFault) if code == "NM" => (
            "Not registered",
            "The caller is not registered as a third-party caller for this transaction.",
            left(reason),
            Rule::MendKeys,
            "Our account is not registered as a marketplace for this. Mend the account.",
        ),
        Ending::Abandoned(reason @ AbandonReason::OurFault) => (
            "Caller exception",
            "The request itself is wrong; the error message names the parameters.",
            left(reason),
            Rule::MendRequest,
            "The pages do not accept our request: a bug to report.",
        ),
    };
    let words = meaning.words(operator);
    ProviderWord { group: "Status of the pages", code, title, said, meaning, rule, words }
}

const TRANSACTION: &str = "Status of a transaction";

fn of_status(status: Status) -> ProviderWord {
    let (title, said, meaning, rule, operator) = match status {
        Status::Pending => (
            "Pending",
            "The transaction is in progress.",
            Meaning::Pending,
            Rule::Wait,
            "The provider is working on it, or somebody there looks at it. It tells us when it is done.",
        ),
        Status::Reserved => (
            "Reserved",
            "The amount is reserved and can be settled.",
            Meaning::Held,
            Rule::Nothing,
            "The amount is held for seven days; settling takes it.",
        ),
        Status::Success => (
            "Success",
            "The transaction succeeded. You can fulfill the order for the customer.",
            Meaning::Taken,
            Rule::Nothing,
            "The money was taken, or for a refund went back.",
        ),
        Status::Failure => (
            "Failure",
            "The transaction failed: fraud, or a hard decline of the bank.",
            Meaning::Refused(Retry::NewConsent, Reason::Denied),
            Rule::NewMethod,
            "Refused without a code that tells more. Another method may pass.",
        ),
        Status::Cancelled => (
            "Cancelled",
            "The transaction was cancelled.",
            Meaning::Released,
            Rule::Nothing,
            "The hold was let go, by us or by the provider.",
        ),
    };
    let words = meaning.words(operator);
    ProviderWord { group: TRANSACTION, code: status.word(), title, said, meaning, rule, words }
}

/// Codes that explain a state. `Success` and `TransactionDenied` are in the other tables.
static REASONS: LazyLock<[ProviderWord; 4]> = LazyLock::new(|| {
    let waits = "Nothing to do; the provider tells us when it is decided.";
    [
        (
            "Canceled",
            "Canceled",
            "The transaction was cancelled.",
            Meaning::Released,
            Rule::Nothing,
            "The hold was let go, by us or by the provider.",
        ),
        (
            "Expired",
            "Expired",
            "Not settled, or not completed within the specified timeout.",
            Meaning::Expired,
            Rule::NewCheckout,
            "Time ran out before it was settled or completed. The buyer approves anew.",
        ),
        (
            "PendingNetworkResponse",
            "Pending network response",
            "Waiting for a response from the payment processor.",
            Meaning::Pending,
            Rule::Wait,
            waits,
        ),
        (
            "PendingVerification",
            "Pending verification",
            "The transaction is checked by hand.",
            Meaning::Pending,
            Rule::Wait,
            waits,
        ),
    ]
    .map(|(code, title, said, meaning, rule, operator)| {
        let words = meaning.words(operator);
        ProviderWord { group: TRANSACTION, code, title, said, meaning, rule, words }
    })
});

fn of_error((code, title, said): &(&'static str, &'static str, &'static str)) -> Option<ProviderWord> {
    let verdict = codes::verdict(code)?;
    let (meaning, operator) = match verdict {
        Verdict::Refuse(retry, reason) => (Meaning::Refused(retry, reason), reason.words().operator),
        Verdict::AskAgain => (Meaning::AskAgain, Reason::Temporary.words().operator),
        Verdict::Unclear => {
            (Meaning::Unclear, "It is not known whether money moved. Compare with the provider's own record.")
        }
    };
    let words = meaning.words(operator);
    Some(ProviderWord { group: "Errors of a call", code, title, said, meaning, rule: rule(verdict), words })
}

/// What follows from a verdict. Exhaustive, so that a new reason has a rule.
fn rule(verdict: Verdict) -> Rule {
    let (retry, reason) = match verdict {
        Verdict::AskAgain => return Rule::BackOff,
        Verdict::Unclear => return Rule::StopShipment,
        Verdict::Refuse(retry, reason) => (retry, reason),
    };
    match (reason, retry) {
        (Reason::OurCredentials, _) | (Reason::OurRequest, Retry::Later) => Rule::MendKeys,
        (Reason::OurRequest | Reason::Amount, _) => Rule::MendRequest,
        (Reason::SellerAccount, _) => Rule::ContactSeller,
        (Reason::Temporary, _) => Rule::BackOff,
        // told from the others by what our account holds, never by a code alone
        (Reason::OurAccount, _) | (_, Retry::Later) => Rule::Wait,
        (Reason::TransactionState, _) => Rule::Nothing,
        (Reason::ConsentGone | Reason::LimitReached, _) => Rule::NewCheckout,
        (Reason::BuyerAccount, _) => Rule::ContactBuyer,
        (Reason::PaymentMethod | Reason::NeedsOtherMethod | Reason::Denied, _) => Rule::NewMethod,
    }
}

/// Every error: code, title, and what the guide says happened.
#[rustfmt::skip]
const ERRORS: [(&str, &str, &str); 64] = [
    ("AccessFailure", "Account not reachable", "Account cannot be accessed. The guide lets a shop say: “Your account cannot be accessed.”"),
    ("AccountClosed", "Account closed", "Account is not active. The guide lets a shop say: “Your account is closed.”"),
    ("AccountLimitsExceeded", "Account limits exceeded", "Spending or receiving limit of the account reached; also raised while the named bank account is still unverified. The guide lets a shop say: “You have exceeded your spending or receiving limits. You can view your current limits at http://payments.amazon.com/sdui/sdui/viewlimits. You can upgrade these limits by adding and verifying a bank account as a payment method. Please visit Adding and Verifying Bank Accounts to learn how to add and instantly verify a bank account.”"),
    ("AmountOutOfRange", "Amount out of range", "Amount outside the allowed range. A card or bank Pay must be more than 0.01 USD."),
    ("AuthFailure", "Authentication failure", "Credentials could not be validated; check that the developer account is signed up for the service."),
    ("BadRule", "Bad rule", "A rule of the payment instruction is malformed."),
    ("ConcurrentModification", "Concurrent modification", "Two writers touched the same record; retry the same request."),
    ("DuplicateRequest", "Duplicate request", "Caller reference already used by a different request. Use a fresh reference for every new request, even after an error."),
    ("InactiveInstrument", "Inactive instrument", "Payment instrument no longer active, for example an expired card."),
    ("IncompatibleTokens", "Incompatible tokens", "Payment instructions of the tokens disagree: a token expired, another recipient than the token names, an amount rule broken, or the token was installed for another application."),
    ("InsufficientBalance", "Insufficient balance", "Sender, caller or recipient balance too low (also when the party that pays the service fee is short). Ask for funding and retry; funding by bank transfer takes three to four business days."),
    ("InternalError", "Internal error", "Transient fault of the service; retry the call."),
    ("InternalServerError", "Internal server error", "Transient fault of the service; retry the call."),
    ("InvalidAccountState", "Invalid account state", "Account suspended or closed, instructions cannot be installed on it; a closed account needs a new account."),
    ("InvalidAccountState_Caller", "Invalid account state: marketplace", "Developer account may not take part in the transaction (not active)."),
    ("InvalidAccountState_Recipient", "Invalid account state: seller", "Recipient account may not take part in the transaction. The guide lets a shop say: “Your Amazon Payments account is not active. Please visit http://payments.amazon.com for more details.”"),
    ("InvalidAccountState_Sender", "Invalid account state: buyer", "Sender account may not take part in the transaction. The guide lets a shop say: “Your Amazon Payments account is not active. Please visit http://payments.amazon.com for more details.”"),
    ("InvalidCallerReference", "Invalid caller reference", "No token belongs to this caller reference; use the one sent to the CBUI pipeline (or to InstallPaymentInstruction)."),
    ("InvalidClientTokenId", "Invalid client token id", "Access key id unknown."),
    ("InvalidDateRange", "Invalid date range", "End date before start date, or start date in the future."),
    ("InvalidParam", "Invalid parameter", "At least one parameter is invalid."),
    ("InvalidParams", "Invalid parameters", "At least one parameter is invalid. API parameter names are case sensitive."),
    ("InvalidPaymentInstrument", "Invalid payment instrument", "Payment method of the transaction is invalid."),
    ("InvalidPaymentMethod", "Invalid payment method", "Cause depends on the action; for InstallPaymentInstruction the payment method in the rule text is wrong."),
    ("InvalidRecipientForCCTransaction", "Invalid recipient for credit card transaction", "Recipient account cannot receive credit card payments. The guide lets a shop say: “You cannot receive credit card payment. Please visit http://payments.amazon.com to update your account to receive credit card payments.”"),
    ("InvalidSenderRoleForAccountType", "Invalid sender role for account type", "Token not usable for this operation; the account must be the one of the original transaction (a refund must be paid by the original recipient)."),
    ("InvalidTokenId", "Invalid token id", "Caller did not install the token it wants to cancel; only own tokens can be cancelled."),
    ("InvalidTokenId_Recipient", "Invalid token id: seller", "Recipient token invalid or cancelled."),
    ("InvalidTokenId_Sender", "Invalid token id: buyer", "Sender token invalid, cancelled or not active; ask for a new authorization."),
    ("InvalidTokenType", "Invalid token type", "Operation does not fit the token type, for example usage of a single-use token."),
    ("InvalidTransactionId", "Invalid transaction id", "Transaction not found, not made by this caller, or not a Pay or Reserve."),
    ("InvalidTransactionState", "Invalid transaction state", "Transaction not complete or temporarily failed."),
    ("NotMarketplaceApp", "Not a marketplace application", "Not a marketplace application, or caller is neither sender nor recipient; check the tokens."),
    ("OriginalTransactionFailed", "Original transaction failed", "Original transaction failed, so it cannot be refunded."),
    ("OriginalTransactionIncomplete", "Original transaction incomplete", "Original transaction still in progress; retry once it is complete."),
    ("PaymentInstrumentNotCC", "Payment instrument not credit card", "Only a credit card may be used for this transaction."),
    ("PaymentMethodNotDefined", "Payment method not defined", "No payment method defined; set it in the sender token."),
    ("RefundAmountExceeded", "Refund amount exceeded", "Refund larger than what is still refundable of the original amount."),
    ("SameSenderAndRecipient", "Same sender and recipient", "Sender and recipient are the same account."),
    ("SameTokenIdUsedMultipleTimes", "Same token id used multiple times", "Token already used earlier; tokens of a transaction must be unique."),
    ("SenderNotOriginalRecipient", "Sender not original recipient", "Refund sender token does not belong to the recipient of the original transaction."),
    ("SettleAmountGreaterThanDebt", "Settle amount greater than debt", "Amount settled or written off exceeds the current debt."),
    ("SettleAmountGreaterThanReserveAmount", "Settle amount greater than reserve amount", "Settle amount exceeds the reserved amount."),
    ("SignatureDoesNotMatch", "Signature does not match", "Computed signature differs; check secret key and signing method."),
    ("TokenAccessDenied", "Token access denied", "Not allowed to cancel this token."),
    ("TokenNotActive", "Token not active", "Token cancelled; a new one is needed."),
    ("TokenNotActive_Recipient", "Token not active: seller", "Recipient token cancelled; send the recipient through the recipient pipeline again."),
    ("TokenNotActive_Sender", "Token not active: buyer", "Sender token cancelled; ask for a new authorization."),
    ("TokenUsageError", "Token usage error", "Token usage limit exceeded: wait for the next period, or ask for a new authorization when the limit covers the whole life of the token."),
    ("TransactionDenied", "Transaction denied", "The transaction was denied after investigation. As the answer to a call: not allowed; check credentials."),
    ("TransactionFullyRefundedAlready", "Transaction fully refunded already", "Transaction already refunded in full."),
    ("TransactionTypeNotRefundable", "Transaction type not refundable", "Only a payment can be refunded."),
    ("UnverifiedAccount_Recipient", "Unverified account: seller", "Recipient needs a verified bank account or a credit card first. The guide lets a shop say: “Your Amazon Payments account is not active. Please visit http://payments.amazon.com for more details.”"),
    ("UnverifiedAccount_Sender", "Unverified account: buyer", "Sender needs a verified U.S. card or bank account first. The guide lets a shop say: “Please add a U.S. credit card or U.S. bank account and verify your bank account before making this payment.”"),
    ("UnverifiedBankAccount", "Unverified bank account", "A verified bank account is required; it is verified on the account site."),
    ("UnverifiedEmailAddress_Caller", "Unverified e-mail address: marketplace", "Caller must verify the e-mail address before any web service call."),
    ("UnverifiedEmailAddress_Recipient", "Unverified e-mail address: seller", "Recipient e-mail address not verified. The guide lets a shop say: “You cannot receive payments. Please verify your email address. Go to http://payments.amazon.com to verify your account and receive payments.”"),
    ("UnverifiedEmailAddress_Sender", "Unverified e-mail address: buyer", "Sender e-mail address not verified. The guide lets a shop say: “You cannot make payments. Please verify your email address. Go to http://payments.amazon.com to verify your account and make payments.”"),
    ("InstrumentAccessDenied", "Instrument access denied", "Caller is not the recipient of the prepaid or postpaid instrument."),
    ("InstrumentExpired", "Instrument expired", "Prepaid or postpaid instrument expired."),
    ("InvalidParameterValue", "Invalid parameter value", "A parameter has a value that is not acceptable, for example a time stamp in another form."),
    ("InvalidSignature", "Invalid signature", "The signature of the request does not verify."),
    ("PrepaidFundingLimitExceeded", "Prepaid funding limit exceeded", "Prepaid instrument funded above its recharge limit."),
    ("RequestExpired", "Request expired", "The request's time stamp is too old."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Millis;

    #[test]
    fn every_code_that_is_decided_is_explained_once() {
        let codes: Vec<&str> = words().iter().map(|word| word.code).collect();
        let pages = cbui::STATUS.iter().map(|(code, _)| *code);
        let states = Status::ALL.into_iter().map(Status::word);
        for code in pages.chain(states).chain(codes::TABLE.iter().map(|(code, _)| *code)) {
            assert_eq!(codes.iter().filter(|other| **other == code).count(), 1, "{code}");
        }
        assert_eq!(codes.len(), cbui::STATUS.len() + Status::ALL.len() + REASONS.len() + codes::TABLE.len());
    }

    #[test]
    fn each_code_has_a_sentence_for_each_of_the_three_readers() {
        for word in words() {
            for text in [word.said, word.words.buyer, word.words.seller, word.words.operator] {
                assert!(text.ends_with(['.', '”']) && text.len() > 15, "{}: {text}", word.code);
            }
            assert!(!word.title.is_empty(), "{}", word.code);
        }
    }

    #[test]
    fn what_an_outcome_is_called_is_in_the_list() {
        let (transaction, amount) = (String::new(), crate::base::money::Money::usd(1));
        let consented = |instrument| Outcome::Consented { consent: String::new(), instrument };
        let outcomes = [
            Outcome::Registered { payee: String::new(), refund_token: None },
            consented(Instrument::Card),
            consented(Instrument::Bank),
            consented(Instrument::Balance),
            Outcome::Held { transaction: transaction.clone(), until: Millis(0), is_suspect: false },
            Outcome::Refunded { transaction: transaction.clone(), amount, provider_fee: None },
            Outcome::Released { transaction: transaction.clone() },
            Outcome::Expired { transaction: Some(transaction) },
            Outcome::Pending { transaction: None },
        ];
        for outcome in outcomes {
            let code = of_outcome(Kind::Pay, &outcome).unwrap();
            assert!(words().iter().any(|word| word.code == code), "{code}");
        }
        // our own conclusion, and a browser that was lost: FPS said neither
        assert_eq!(of_outcome(Kind::Consent, &Outcome::Expired { transaction: None }), None);
        assert_eq!(of_outcome(Kind::Consent, &consented(Instrument::Untold)), None);
    }

    #[test]
    fn who_must_act_is_who_the_guide_names() {
        let rule_of = |code| words().iter().find(|word| word.code == code).unwrap().rule;
        for (code, rule) in [
            ("TokenNotActive_Sender", Rule::NewCheckout),
            ("InsufficientBalance", Rule::NewMethod),
            ("UnverifiedAccount_Sender", Rule::ContactBuyer),
            ("UnverifiedAccount_Recipient", Rule::ContactSeller),
            ("SignatureDoesNotMatch", Rule::MendKeys),
            ("InternalError", Rule::BackOff),
            ("OriginalTransactionIncomplete", Rule::Wait),
            ("DuplicateRequest", Rule::StopShipment),
        ] {
            assert_eq!(rule_of(code), rule, "{code}");
        }
    }
}
