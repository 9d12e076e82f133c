//! What FPS says no with, and what the shop does about it: one row per code, and no rule for the rest.
//!
//! A code that is not in the table is not guessed at: the call counts as unanswered until someone
//! decides the code. `retriable` of the guide is about the call; our [`Retry`] is about the order,
//! and where the two part, the row says why. Source: the guide, "Errors"; codes that third-party
//! clients met stand at the end.

use crate::orders::operation::Kind;
use crate::orders::outcome::Outcome;
use crate::orders::refusal::Reason::{
    Amount, BuyerAccount, ConsentGone, Denied, LimitReached, NeedsOtherMethod, OurCredentials, OurRequest,
    PaymentMethod, SellerAccount, TransactionState,
};
use crate::orders::refusal::Retry::{Later, Never, NewConsent};
use crate::orders::refusal::{Reason, Refusal, Retry};
use crate::pay::Answer;
use crate::pay::fps::answers::Complaint;

/// What a code asks us to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is a no.
    Refuse(Retry, Reason),
    /// A passing fault: ask again, with the same reference.
    AskAgain,
    /// It does not say whether our money moved: a person looks, unless the provider tells us first.
    Unclear,
}

use Verdict::{AskAgain, Refuse, Unclear};

/// Every known code.
pub const TABLE: [(&str, Verdict); 64] = [
    // "Account cannot be accessed" names nothing that anyone could mend: a passing fault.
    ("AccessFailure", AskAgain),
    // Retriable once the account is open again; until then another account or method is the way.
    ("AccountClosed", Refuse(NewConsent, BuyerAccount)),
    // Limits are raised by verifying a bank account, which takes days; an approval lives three hours.
    ("AccountLimitsExceeded", Refuse(NewConsent, BuyerAccount)),
    ("AmountOutOfRange", Refuse(Never, Amount)),
    ("AuthFailure", Refuse(Later, OurCredentials)),
    ("BadRule", Refuse(Never, OurRequest)),
    ("ConcurrentModification", AskAgain),
    // A different request with our reference exists (say, the notification address was changed
    // between two attempts). The first one may have moved money, so this is not a plain no.
    ("DuplicateRequest", Unclear),
    ("InactiveInstrument", Refuse(NewConsent, PaymentMethod)),
    // An expired token, another recipient or another amount than approved: a new approval mends all.
    ("IncompatibleTokens", Refuse(NewConsent, ConsentGone)),
    // Retriable after funding, which takes three to four business days; an approval lives three hours.
    ("InsufficientBalance", Refuse(NewConsent, PaymentMethod)),
    ("InternalError", AskAgain),
    ("InternalServerError", AskAgain),
    ("InvalidAccountState", Refuse(NewConsent, BuyerAccount)),
    // Our own account: not the order's fault, so the operation waits for the operator.
    ("InvalidAccountState_Caller", Refuse(Later, OurCredentials)),
    // Retriable once the seller has mended the account; the buyer is not kept waiting for that.
    ("InvalidAccountState_Recipient", Refuse(Never, SellerAccount)),
    ("InvalidAccountState_Sender", Refuse(NewConsent, BuyerAccount)),
    // No token for a reference: nobody approved. Looking for a token has its own reading of it.
    ("InvalidCallerReference", Refuse(NewConsent, ConsentGone)),
    ("InvalidClientTokenId", Refuse(Later, OurCredentials)),
    ("InvalidDateRange", Refuse(Never, OurRequest)),
    ("InvalidParam", Refuse(Never, OurRequest)),
    ("InvalidParams", Refuse(Never, OurRequest)),
    ("InvalidPaymentInstrument", Refuse(NewConsent, PaymentMethod)),
    ("InvalidPaymentMethod", Refuse(NewConsent, NeedsOtherMethod)),
    // The seller takes no cards: the buyer may still pay in another way.
    ("InvalidRecipientForCCTransaction", Refuse(NewConsent, NeedsOtherMethod)),
    ("InvalidSenderRoleForAccountType", Refuse(Never, OurRequest)),
    ("InvalidTokenId", Refuse(Never, OurRequest)),
    ("InvalidTokenId_Recipient", Refuse(Never, SellerAccount)),
    ("InvalidTokenId_Sender", Refuse(NewConsent, ConsentGone)),
    ("InvalidTokenType", Refuse(Never, OurRequest)),
    ("InvalidTransactionId", Refuse(Never, OurRequest)),
    // For a settle or cancel it may mean "done already"; the provider asks for the state before it believes this.
    ("InvalidTransactionState", Refuse(Never, TransactionState)),
    // Our registration as a marketplace is missing: the operation waits for the operator.
    ("NotMarketplaceApp", Refuse(Later, OurRequest)),
    ("OriginalTransactionFailed", Refuse(Never, TransactionState)),
    // The payment is still under way: the refund is asked for again when it is over.
    ("OriginalTransactionIncomplete", Refuse(Later, TransactionState)),
    ("PaymentInstrumentNotCC", Refuse(NewConsent, NeedsOtherMethod)),
    ("PaymentMethodNotDefined", Refuse(NewConsent, NeedsOtherMethod)),
    ("RefundAmountExceeded", Refuse(Never, Amount)),
    // The buyer is the seller: another account can buy it.
    ("SameSenderAndRecipient", Refuse(NewConsent, BuyerAccount)),
    ("SameTokenIdUsedMultipleTimes", Refuse(NewConsent, ConsentGone)),
    ("SenderNotOriginalRecipient", Refuse(Never, OurRequest)),
    ("SettleAmountGreaterThanDebt", Refuse(Never, Amount)),
    ("SettleAmountGreaterThanReserveAmount", Refuse(Never, Amount)),
    ("SignatureDoesNotMatch", Refuse(Later, OurCredentials)),
    ("TokenAccessDenied", Refuse(Never, OurRequest)),
    ("TokenNotActive", Refuse(NewConsent, ConsentGone)),
    ("TokenNotActive_Recipient", Refuse(Never, SellerAccount)),
    ("TokenNotActive_Sender", Refuse(NewConsent, ConsentGone)),
    // The token stays as it is: the next period, or an approval of its own, takes the same purchase.
    ("TokenUsageError", Refuse(NewConsent, LimitReached)),
    // "Check your credentials", says the guide, but also "denied after investigation" as a status:
    // about this buyer and this payment, so another approval may pass.
    ("TransactionDenied", Refuse(NewConsent, Denied)),
    ("TransactionFullyRefundedAlready", Refuse(Never, Amount)),
    ("TransactionTypeNotRefundable", Refuse(Never, TransactionState)),
    ("UnverifiedAccount_Recipient", Refuse(Never, SellerAccount)),
    ("UnverifiedAccount_Sender", Refuse(NewConsent, BuyerAccount)),
    ("UnverifiedBankAccount", Refuse(NewConsent, BuyerAccount)),
    // Not retriable as a call, but ours to mend: the operation waits for the operator.
    ("UnverifiedEmailAddress_Caller", Refuse(Later, OurCredentials)),
    ("UnverifiedEmailAddress_Recipient", Refuse(Never, SellerAccount)),
    ("UnverifiedEmailAddress_Sender", Refuse(NewConsent, BuyerAccount)),
    // Met by third-party clients, not in the guide.
    ("InstrumentAccessDenied", Refuse(Never, OurRequest)),
    ("InstrumentExpired", Refuse(NewConsent, PaymentMethod)),
    ("InvalidParameterValue", Refuse(Never, OurRequest)),
    ("InvalidSignature", Refuse(Later, OurCredentials)),
    // Retriable with a smaller amount in a prepaid instrument, which this shop does not use.
    ("PrepaidFundingLimitExceeded", Refuse(NewConsent, PaymentMethod)),
    // Our clock is wrong.
    ("RequestExpired", Refuse(Later, OurCredentials)),
];

/// The codes that another key pair may cure.
pub const ABOUT_KEYS: [&str; 4] = ["AuthFailure", "InvalidClientTokenId", "InvalidSignature", "SignatureDoesNotMatch"];

/// The row of `code`, if anyone has decided it.
pub fn verdict(code: &str) -> Option<Verdict> {
    TABLE.iter().find(|(known, _)| *known == code).map(|(_, verdict)| *verdict)
}

/// What a complaint means for an operation of `kind`.
pub fn outcome(kind: Kind, complaint: &Complaint) -> Outcome {
    match read(complaint) {
        Ok(refusal) => {
            let (retry, reason) = (retry_of(kind, refusal.retry), reason_of(kind, refusal.reason));
            Outcome::Refused(Refusal { retry, reason, ..refusal })
        }
        Err(why) => Outcome::Silent { why },
    }
}

/// What a complaint means for a question that is not an operation.
pub fn answer<T>(complaint: &Complaint) -> Answer<T> {
    match read(complaint) {
        Ok(refusal) => Answer::Refused(refusal),
        Err(why) => Answer::Silent(why),
    }
}

/// Nobody is sent to the provider's pages to approve a refund or the end of a hold.
pub fn retry_of(kind: Kind, retry: Retry) -> Retry {
    match (kind, retry) {
        (Kind::Refund | Kind::Cancel | Kind::CancelAgreement, Retry::NewConsent) => Retry::Never,
        (_, retry) => retry,
    }
}

/// The sender of a refund is who was paid.
fn reason_of(kind: Kind, reason: Reason) -> Reason {
    match (kind, reason) {
        (Kind::Refund, BuyerAccount) => SellerAccount,
        (Kind::Refund, SellerAccount) => BuyerAccount,
        (_, reason) => reason,
    }
}

fn read(complaint: &Complaint) -> Result<Refusal, String> {
    let Complaint { code, message, request_id } = complaint;
    match verdict(code) {
        Some(Refuse(retry, reason)) => {
            let message = format!("{message} (request {request_id})");
            Ok(Refusal { retry, reason, code: code.clone(), message })
        }
        Some(AskAgain) => Err(format!("{code}: {message} (request {request_id})")),
        Some(Unclear) => Err(format!("{code}, so it is not known what became of it: {message} (request {request_id})")),
        None => Err(format!("{code}, a code that nobody has decided: {message} (request {request_id})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code, retriable, audience of every row.
    fn rows() -> Vec<[&'static str; 3]> {
        let lines = include_str!("../../../tests/data/fps/fps-errors.tsv").lines().skip(1);
        lines
            .map(|line| {
                let columns: Vec<_> = line.split('\t').collect();
                [columns[0], columns[2], columns[3]]
            })
            .collect()
    }

    fn complaint(code: &str) -> Complaint {
        Complaint { code: code.into(), message: "No.".into(), request_id: "r:0".into() }
    }

    #[test]
    fn every_code_of_the_guide_is_decided_once() {
        for [code, ..] in rows() {
            assert!(verdict(code).is_some(), "{code} has no row");
        }
        for line in include_str!("../../../tests/data/fps/fps-action-errors.tsv").lines().skip(1) {
            let code = line.split('\t').nth(1).unwrap();
            assert!(verdict(code).is_some(), "{code} has no row");
        }
        for (code, _) in TABLE {
            assert_eq!(TABLE.iter().filter(|(other, _)| *other == code).count(), 1, "{code}");
        }
    }

    #[test]
    fn what_a_developer_may_retry_is_retried_and_what_a_person_must_mend_is_not_retried_blindly() {
        for [code, retriable, audience] in rows() {
            let verdict = verdict(code).unwrap();
            let retried = matches!(verdict, AskAgain | Refuse(Later, _));
            match (retriable, audience) {
                ("yes", "developer" | "caller") => assert!(retried, "{code}"),
                ("yes", "sender") if code == "AccessFailure" => assert!(retried, "{code}"),
                ("yes", "sender" | "recipient") => assert!(!retried, "{code}: waits for a person"),
                ("no", "sender" | "recipient") => assert!(!retried, "{code}"),
                // our own keys and account: the operation waits, the order is not refused
                ("no" | "unknown", _) if retried => {
                    assert!(matches!(verdict, AskAgain | Refuse(Later, OurCredentials)), "{code}")
                }
                ("no" | "unknown", _) => {}
                other => panic!("{code}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_code_about_keys_is_never_the_orders_fault() {
        for code in ABOUT_KEYS {
            assert_eq!(verdict(code), Some(Refuse(Later, OurCredentials)), "{code}");
        }
    }

    #[test]
    fn an_undecided_code_is_no_answer() {
        assert!(matches!(outcome(Kind::Pay, &complaint("TokenNotActive_Sender")), Outcome::Refused(_)));
        for code in ["TokenNotActive_Cousin", "", "InternalError", "DuplicateRequest"] {
            assert!(matches!(outcome(Kind::Pay, &complaint(code)), Outcome::Silent { .. }), "{code}");
            assert!(matches!(answer::<()>(&complaint(code)), Answer::Silent(_)), "{code}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_providers_words_and_a_refund_asks_for_no_new_approval() {
        let code = "InvalidAccountState_Sender";
        let Outcome::Refused(pay) = outcome(Kind::Pay, &complaint(code)) else { panic!() };
        assert_eq!((pay.retry, pay.code.as_str(), pay.message.as_str()), (NewConsent, code, "No. (request r:0)"));
        let Outcome::Refused(refund) = outcome(Kind::Refund, &complaint(code)) else { panic!() };
        assert_eq!((refund.retry, refund.reason), (Never, SellerAccount), "the sender of a refund is who was paid");
        let Outcome::Refused(refund) = outcome(Kind::Refund, &complaint("InvalidAccountState_Recipient")) else {
            panic!()
        };
        assert_eq!(refund.reason, BuyerAccount);
    }
}
