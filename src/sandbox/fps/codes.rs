//! Error codes: what each says, whether the same request may be sent again, its HTTP status, and which
//! action may answer with it.
//!
//! Source: Advanced Quick Start, "Errors" and the error list of every action; the HTTP statuses are our
//! choice where the guide contradicts itself. The tests walk the tables row by row.

use super::state::accounts::Account;

/// A refusal as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// `InvalidTokenId_Sender`.
    pub code: String,
    /// A sentence for the developer.
    pub message: String,
}

impl ApiError {
    /// The error with the guide's own sentence.
    pub fn of(code: &str) -> ApiError {
        let message = row(code).map_or("The request was refused.", |row| row.2);
        ApiError { code: code.to_owned(), message: message.to_owned() }
    }

    /// `InvalidParams` with a sentence that names what is wrong.
    pub fn params(message: impl Into<String>) -> ApiError {
        ApiError { code: "InvalidParams".to_owned(), message: message.into() }
    }

    /// Whether the guide says the same request may be sent again; such a refusal is not remembered.
    pub fn is_retriable(&self) -> bool {
        row(&self.code).is_some_and(|row| row.1)
    }

    /// Whether it is said at the door, before anything is asked: such a refusal is never remembered.
    pub fn is_of_the_door(&self) -> bool {
        const AT_THE_DOOR: [&str; 6] = [
            "InvalidAccountState_Caller",
            "InvalidAction",
            "InvalidParameterValue",
            "InvalidSignature",
            "RequestExpired",
            "UnverifiedEmailAddress_Caller",
        ];
        matches!(self.http_status(), 401 | 403) || AT_THE_DOOR.contains(&self.code.as_str())
    }

    /// What `action` says to a caller whose own account may not act: each page lists another word for it.
    pub fn of_caller(action: &str, account: &Account) -> Option<ApiError> {
        let words: &[&str] = match account.state.as_str() {
            "closed" => &["AccountClosed", "InvalidAccountState_Caller", "AccessFailure", "InvalidAccountState"],
            "suspended" => &["InvalidAccountState_Caller", "AccessFailure", "InvalidAccountState"],
            _ if account.email_verified == 0 => return Some(ApiError::of("UnverifiedEmailAddress_Caller")),
            _ => return None,
        };
        let word = words.iter().find(|word| lists(action, word)).unwrap_or(&"InvalidAccountState_Caller");
        Some(ApiError::of(word))
    }

    /// 403 for credentials, 401, 500 and 503 where clients look for them, 400 for the rest.
    pub fn http_status(&self) -> u16 {
        match self.code.as_str() {
            "InvalidClientTokenId" | "SignatureDoesNotMatch" => 403,
            "AuthFailure" => 401,
            "InternalError" | "InternalServerError" => 500,
            "Throttling" | "ServiceUnavailable" => 503,
            _ => 400,
        }
    }

    /// The error if `action` may answer with it, otherwise the nearest one that it may: without the
    /// role, or `InvalidParams`. Actions beyond the guide, and checks before any action, may answer all.
    pub fn fitting(self, action: &str) -> ApiError {
        if !ALLOWED.iter().any(|(name, _)| *name == action) {
            return self;
        }
        let allows = |code: &str| lists(action, code);
        if allows(&self.code) || !ALLOWED.iter().any(|(_, codes)| codes.split(' ').any(|word| word == self.code)) {
            return self;
        }
        let plain = self.code.split('_').next().unwrap_or_default().to_owned();
        let code = if allows(&plain) { plain } else { "InvalidParams".to_owned() };
        ApiError { code, ..self }
    }
}

/// Whether the page of `action` in the guide lists `code`.
pub fn lists(action: &str, code: &str) -> bool {
    ALLOWED.iter().any(|(name, codes)| *name == action && codes.split(' ').any(|word| word == code))
}

fn row(code: &str) -> Option<&'static (&'static str, bool, &'static str)> {
    CODES.iter().find(|row| row.0 == code)
}

/// Code, retriable, message. Codes that the guide does not flag count as not retriable.
const CODES: &[(&str, bool, &str)] = &[
    ("AccessFailure", true, "Account cannot be accessed."),
    ("AccountClosed", true, "Account is not active."),
    ("AccountLimitsExceeded", true, "The spending or receiving limit on the account is exceeded."),
    ("AmountOutOfRange", false, "The transaction amount is more than the allowed range."),
    ("AuthFailure", true, "AWS was not able to validate the provided access credentials."),
    ("BadRule", false, "The rule is not well formed."),
    (
        "ConcurrentModification",
        true,
        "A retriable error can happen when two processes try to modify the same data at the same time.",
    ),
    ("DuplicateRequest", false, "A different request associated with this caller reference already exists."),
    ("InactiveInstrument", false, "Payment instrument is inactive."),
    (
        "IncompatibleTokens",
        false,
        "The transaction could not be completed because the tokens have incompatible payment instructions.",
    ),
    (
        "InsufficientBalance",
        true,
        "The sender, caller, or recipient's account balance has insufficient funds to complete the transaction.",
    ),
    ("InternalError", true, "A retriable error that happens due to some transient problem in the system."),
    ("InternalServerError", false, "A retriable error that happens due to some transient problem in the system."),
    (
        "InvalidAccountState",
        true,
        "The account is either suspended or closed. Payment instructions cannot be installed on this account.",
    ),
    ("InvalidAccountState_Caller", true, "The developer account cannot participate in the transaction."),
    ("InvalidAccountState_Recipient", true, "Recipient account cannot participate in the transaction."),
    ("InvalidAccountState_Sender", true, "Sender account cannot participate in the transaction."),
    ("InvalidCallerReference", false, "The Caller Reference does not have a token associated with it."),
    ("InvalidClientTokenId", false, "The AWS Access Key Id you provided does not exist in our records."),
    ("InvalidDateRange", false, "The end date specified is before the start date or the start date is in the future."),
    ("InvalidParam", false, "One or more parameters in the request is invalid."),
    ("InvalidParams", false, "One or more parameters in the request is invalid."),
    ("InvalidPaymentInstrument", false, "The payment method used in the transaction is invalid."),
    ("InvalidPaymentMethod", false, "The payment method specified is invalid."),
    ("InvalidRecipientForCCTransaction", false, "This account cannot receive credit card payments."),
    ("InvalidSenderRoleForAccountType", false, "This token cannot be used for this operation."),
    ("InvalidTokenId", false, "You did not install the token that you are trying to cancel."),
    ("InvalidTokenId_Recipient", false, "You did not install the token that you are trying to cancel."),
    ("InvalidTokenId_Sender", false, "Sender token is not valid."),
    (
        "InvalidTokenType",
        false,
        "An invalid operation was performed on the token, for example, getting the token usage information on a single use token.",
    ),
    (
        "InvalidTransactionId",
        false,
        "The specified transaction could not be found or the caller did not execute the transaction or this is not a Pay or Reserve call.",
    ),
    ("InvalidTransactionState", false, "The transaction is not complete, or it has temporarily failed."),
    (
        "NotMarketplaceApp",
        true,
        "This is not an marketplace application or the caller does not match either the sender or the recipient.",
    ),
    ("OriginalTransactionFailed", false, "The original transaction has failed."),
    ("OriginalTransactionIncomplete", true, "The original transaction is still in progress."),
    (
        "PaymentInstrumentNotCC",
        false,
        "The payment method specified in the transaction is not a credit card. You can only use a credit card for this transaction.",
    ),
    ("PaymentMethodNotDefined", false, "Payment method is not defined in the transaction."),
    ("RefundAmountExceeded", false, "The refund amount is more than the refundable amount."),
    ("SameSenderAndRecipient", false, "The sender and receiver are identical, which is not allowed."),
    ("SameTokenIdUsedMultipleTimes", false, "This token is already used in earlier transactions."),
    (
        "SenderNotOriginalRecipient",
        false,
        "The sender in the refund transaction is not the recipient of the original transaction.",
    ),
    ("SettleAmountGreaterThanDebt", false, "The amount being settled or written off is greater than the current debt."),
    ("SettleAmountGreaterThanReserveAmount", false, "The amount being settled is greater than the reserved amount."),
    (
        "SignatureDoesNotMatch",
        false,
        "The request signature calculated by Amazon does not match the signature you provided.",
    ),
    ("TokenAccessDenied", false, "Permission is denied to cancel the token."),
    ("TokenNotActive", false, "The token is canceled."),
    ("TokenNotActive_Recipient", false, "The recipient token is canceled."),
    ("TokenNotActive_Sender", false, "The sender token is canceled."),
    ("TokenUsageError", false, "The token usage limit is exceeded."),
    ("TransactionDenied", false, "This transaction is not allowed."),
    ("TransactionFullyRefundedAlready", false, "This transaction has already been completely refunded."),
    ("TransactionTypeNotRefundable", false, "You cannot refund this transaction."),
    (
        "UnverifiedAccount_Recipient",
        false,
        "The recipient's account must have a verified bank account or a credit card before this transaction can be initiated.",
    ),
    (
        "UnverifiedAccount_Sender",
        false,
        "The sender's account must have a verified U.S. credit card or a verified U.S bank account before this transaction can be initiated.",
    ),
    ("UnverifiedBankAccount", false, "A verified bank account should be used for this transaction."),
    ("UnverifiedEmailAddress_Caller", false, "The caller account must have a verified email address."),
    (
        "UnverifiedEmailAddress_Recipient",
        false,
        "The recipient account must have a verified email address for receiving payments.",
    ),
    ("UnverifiedEmailAddress_Sender", false, "The sender account must have a verified email address for this payment"),
    ("InvalidSignature", false, "The signature is not valid."),
    ("InvalidParameterValue", false, "A parameter has an invalid value."),
    ("RequestExpired", false, "The request has expired."),
    ("InvalidAction", false, "The action is not valid for this web service."),
    ("Throttling", true, "Rate exceeded."),
    ("ServiceUnavailable", true, "The service is temporarily unable to handle the request."),
    ("InstrumentAccessDenied", false, "The caller is not the recipient of the instrument."),
    ("InstrumentExpired", false, "The instrument has expired."),
    ("PrepaidFundingLimitExceeded", true, "The prepaid instrument is funded above its limit."),
];

/// What each action may answer, from the "Errors" list on its page of the guide.
const ALLOWED: &[(&str, &str)] = &[
    (
        "Cancel",
        "AccessFailure AccountClosed AuthFailure ConcurrentModification InternalError InvalidClientTokenId InvalidParams InvalidTransactionState SignatureDoesNotMatch",
    ),
    (
        "CancelToken",
        "AccessFailure AccountClosed AuthFailure ConcurrentModification DuplicateRequest InternalError InvalidClientTokenId InvalidParams InvalidTokenId SignatureDoesNotMatch TokenAccessDenied",
    ),
    ("GetRecipientVerificationStatus", "InternalError InvalidAccountState InvalidParams InvalidTokenId TokenNotActive"),
    (
        "GetTokenByCaller",
        "AccessFailure AccountClosed AuthFailure InternalError InvalidCallerReference InvalidClientTokenId InvalidParams InvalidTokenId SignatureDoesNotMatch",
    ),
    (
        "GetTransactionStatus",
        "AccessFailure AuthFailure InternalError InvalidClientTokenId InvalidParams InvalidTransactionId SignatureDoesNotMatch",
    ),
    (
        "Pay",
        "AccessFailure AccountLimitsExceeded AmountOutOfRange AuthFailure BadRule DuplicateRequest IncompatibleTokens InsufficientBalance InternalError InvalidAccountState_Caller InvalidAccountState_Recipient InvalidAccountState_Sender InvalidClientTokenId InvalidParams InvalidTokenId_Recipient InvalidTokenId_Sender PaymentMethodNotDefined SameSenderAndRecipient SameTokenIdUsedMultipleTimes SignatureDoesNotMatch TokenNotActive_Recipient TokenNotActive_Sender TokenUsageError TransactionDenied UnverifiedAccount_Recipient UnverifiedAccount_Sender UnverifiedBankAccount UnverifiedEmailAddress_Caller UnverifiedEmailAddress_Recipient UnverifiedEmailAddress_Sender",
    ),
    (
        "Refund",
        "AccessFailure AmountOutOfRange AuthFailure ConcurrentModification DuplicateRequest InternalError InvalidAccountState_Caller InvalidAccountState_Recipient InvalidAccountState_Sender InvalidClientTokenId InvalidParams InvalidTransactionId OriginalTransactionFailed OriginalTransactionIncomplete RefundAmountExceeded SignatureDoesNotMatch TransactionDenied TransactionFullyRefundedAlready TransactionTypeNotRefundable UnverifiedEmailAddress_Caller UnverifiedEmailAddress_Sender",
    ),
    (
        "Reserve",
        "AccessFailure AccountLimitsExceeded AmountOutOfRange AuthFailure DuplicateRequest IncompatibleTokens InternalError InvalidAccountState_Caller InvalidAccountState_Recipient InvalidAccountState_Sender InvalidClientTokenId InvalidParams InvalidPaymentMethod InvalidRecipientForCCTransaction InvalidTokenId_Sender PaymentInstrumentNotCC SignatureDoesNotMatch TokenNotActive_Recipient TokenNotActive_Sender TransactionDenied UnverifiedAccount_Recipient UnverifiedAccount_Sender UnverifiedEmailAddress_Caller UnverifiedEmailAddress_Recipient UnverifiedEmailAddress_Sender",
    ),
    (
        "Settle",
        "AccessFailure AccountClosed AmountOutOfRange AuthFailure ConcurrentModification InternalError InvalidAccountState_Caller InvalidAccountState_Recipient InvalidAccountState_Sender InvalidClientTokenId InvalidParams InvalidTransactionId InvalidTransactionState SettleAmountGreaterThanReserveAmount SignatureDoesNotMatch TransactionDenied UnverifiedAccount_Recipient UnverifiedEmailAddress_Caller UnverifiedEmailAddress_Recipient UnverifiedEmailAddress_Sender",
    ),
    ("VerifySignature", "InternalServerError InvalidParam"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_guide_is_known_with_its_retriable_flag() {
        for line in include_str!("../../../tests/data/fps/fps-errors.tsv").lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let row = row(columns[0]).unwrap_or_else(|| panic!("{} is missing", columns[0]));
            assert_eq!(row.1, columns[2] == "yes", "{}", columns[0]);
        }
    }

    #[test]
    fn every_action_may_answer_exactly_what_its_page_lists() {
        let mut rows = 0;
        for line in include_str!("../../../tests/data/fps/fps-action-errors.tsv").lines().skip(1) {
            let (action, code) = line.split_once('\t').unwrap();
            assert_eq!(ApiError::of(code).fitting(action).code, code, "{action}");
            rows += 1;
        }
        assert_eq!(rows, ALLOWED.iter().map(|(_, codes)| codes.split(' ').count()).sum::<usize>());
    }

    #[test]
    fn a_code_foreign_to_an_action_becomes_the_nearest_one() {
        assert_eq!(
            ApiError::of("TokenNotActive_Recipient").fitting("GetRecipientVerificationStatus").code,
            "TokenNotActive"
        );
        assert_eq!(ApiError::of("InvalidTransactionId").fitting("Cancel").code, "InvalidParams");
        assert_eq!(ApiError::of("RequestExpired").fitting("Pay").code, "RequestExpired");
    }

    #[test]
    fn http_statuses_follow_what_clients_expect() {
        for (code, status) in [
            ("InvalidTokenId_Sender", 400),
            ("SignatureDoesNotMatch", 403),
            ("AuthFailure", 401),
            ("InternalError", 500),
        ] {
            assert_eq!(ApiError::of(code).http_status(), status);
        }
    }
}
