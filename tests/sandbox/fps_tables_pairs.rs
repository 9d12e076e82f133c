//! How each (action, error) pair of the guide comes about. A pair has a cause of its own wherever there is one; the
//! rest, which no caller can bring about, are scripted faults.

/// Who is told something.
pub const CALLER: &str = "acc_marketplace";
/// The buyer behind the sender token.
pub const SENDER: &str = "acc_omni";
/// The seller behind the recipient token.
pub const RECIPIENT: &str = "acc_wares";

/// What makes a good call go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The next call is told to fail so.
    Scripted,
    /// One account's setting changes: whose, which, to what.
    Told(&'static str, &'static str, &'static str),
    /// One parameter is another one.
    Given(&'static str, &'static str),
    /// An amount in dollars is given, or another one.
    Amount(&'static str, &'static str),
    /// Other keys sign.
    Key(Signer),
    /// Something was done before.
    Act(Deed),
}

/// Whose keys sign instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// Nobody's.
    Unknown,
    /// The right access key with a wrong secret.
    WrongSecret,
    /// A buyer's, who is no developer.
    NotADeveloper,
    /// Another developer's.
    SomebodyElses,
}

/// What was done before, or is done instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The reference was used for something else.
    Repeat,
    /// The same was done already.
    Twice,
    CancelRecipientToken,
    CancelSenderToken,
    SpentToken,
    UnknownTokenId,
    /// Approved and paid by balance.
    Amount(&'static str),
    /// Approved and paid by card.
    CardAmount(&'static str),
    ByBank,
    UnverifiedBank,
    EmptySender,
    /// The caller pays a fee, or gives one back, and has nothing.
    EmptyCaller,
    PaysItself,
    /// The seller takes cards no more.
    CardForPersonal,
    OfFailed,
    OfPending,
    OfRefund,
    OfRefunded,
    /// A standing approval has little left.
    OverLimit,
}

use self::Cause::{Act, Amount, Given, Key, Scripted, Told};
use self::Deed::{
    Amount as Paid, ByBank, CancelRecipientToken, CancelSenderToken, CardAmount, CardForPersonal, EmptyCaller,
    EmptySender, OfFailed, OfPending, OfRefund, OfRefunded, OverLimit, PaysItself, Repeat, SpentToken, Twice,
    UnknownTokenId, UnverifiedBank,
};
use self::Signer::{NotADeveloper, SomebodyElses, Unknown, WrongSecret};

/// Action, code, cause.
#[rustfmt::skip]
pub const PAIRS: &[(&str, &str, Cause)] = &[
    ("Cancel", "AccessFailure", Told(CALLER, "state", "suspended")),
    ("Cancel", "AccountClosed", Told(CALLER, "state", "closed")),
    ("Cancel", "AuthFailure", Key(NotADeveloper)),
    ("Cancel", "ConcurrentModification", Scripted),
    ("Cancel", "InternalError", Scripted),
    ("Cancel", "InvalidClientTokenId", Key(Unknown)),
    ("Cancel", "InvalidParams", Given("Colour", "blue")),
    ("Cancel", "InvalidTransactionState", Act(Twice)),
    ("Cancel", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("CancelToken", "AccessFailure", Told(CALLER, "state", "suspended")),
    ("CancelToken", "AccountClosed", Told(CALLER, "state", "closed")),
    ("CancelToken", "AuthFailure", Key(NotADeveloper)),
    ("CancelToken", "ConcurrentModification", Scripted),
    ("CancelToken", "DuplicateRequest", Scripted),
    ("CancelToken", "InternalError", Scripted),
    ("CancelToken", "InvalidClientTokenId", Key(Unknown)),
    ("CancelToken", "InvalidParams", Given("Colour", "blue")),
    ("CancelToken", "InvalidTokenId", Given("TokenId", "MADEUP")),
    ("CancelToken", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("CancelToken", "TokenAccessDenied", Key(SomebodyElses)),
    ("GetRecipientVerificationStatus", "InternalError", Scripted),
    ("GetRecipientVerificationStatus", "InvalidAccountState", Told(RECIPIENT, "state", "suspended")),
    ("GetRecipientVerificationStatus", "InvalidParams", Given("Colour", "blue")),
    ("GetRecipientVerificationStatus", "InvalidTokenId", Given("RecipientTokenId", "MADEUP")),
    ("GetRecipientVerificationStatus", "TokenNotActive", Act(CancelRecipientToken)),
    ("GetTokenByCaller", "AccessFailure", Told(CALLER, "state", "suspended")),
    ("GetTokenByCaller", "AccountClosed", Told(CALLER, "state", "closed")),
    ("GetTokenByCaller", "AuthFailure", Key(NotADeveloper)),
    ("GetTokenByCaller", "InternalError", Scripted),
    ("GetTokenByCaller", "InvalidCallerReference", Given("CallerReference", "never")),
    ("GetTokenByCaller", "InvalidClientTokenId", Key(Unknown)),
    ("GetTokenByCaller", "InvalidParams", Given("Colour", "blue")),
    ("GetTokenByCaller", "InvalidTokenId", Act(UnknownTokenId)),
    ("GetTokenByCaller", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("GetTransactionStatus", "AccessFailure", Told(CALLER, "state", "suspended")),
    ("GetTransactionStatus", "AuthFailure", Key(NotADeveloper)),
    ("GetTransactionStatus", "InternalError", Scripted),
    ("GetTransactionStatus", "InvalidClientTokenId", Key(Unknown)),
    ("GetTransactionStatus", "InvalidParams", Given("Colour", "blue")),
    ("GetTransactionStatus", "InvalidTransactionId", Given("TransactionId", "MADEUP")),
    ("GetTransactionStatus", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("Pay", "AccessFailure", Scripted),
    ("Pay", "AccountLimitsExceeded", Told(SENDER, "limit_minor", "1")),
    ("Pay", "AmountOutOfRange", Act(CardAmount("0.01"))),
    ("Pay", "AuthFailure", Key(NotADeveloper)),
    ("Pay", "BadRule", Scripted),
    ("Pay", "DuplicateRequest", Act(Repeat)),
    ("Pay", "IncompatibleTokens", Given("TransactionAmount.Value", "6.00")),
    ("Pay", "InsufficientBalance", Act(EmptySender)),
    ("Pay", "InternalError", Act(Paid("0.61"))),
    ("Pay", "InvalidAccountState_Caller", Told(CALLER, "state", "suspended")),
    ("Pay", "InvalidAccountState_Recipient", Told(RECIPIENT, "state", "closed")),
    ("Pay", "InvalidAccountState_Sender", Told(SENDER, "state", "suspended")),
    ("Pay", "InvalidClientTokenId", Key(Unknown)),
    ("Pay", "InvalidParams", Given("Colour", "blue")),
    ("Pay", "InvalidTokenId_Recipient", Given("RecipientTokenId", "MADEUP")),
    ("Pay", "InvalidTokenId_Sender", Given("SenderTokenId", "MADEUP")),
    ("Pay", "PaymentMethodNotDefined", Told(SENDER, "methods", "")),
    ("Pay", "SameSenderAndRecipient", Act(PaysItself)),
    ("Pay", "SameTokenIdUsedMultipleTimes", Act(SpentToken)),
    ("Pay", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("Pay", "TokenNotActive_Recipient", Act(CancelRecipientToken)),
    ("Pay", "TokenNotActive_Sender", Act(CancelSenderToken)),
    ("Pay", "TokenUsageError", Act(OverLimit)),
    ("Pay", "TransactionDenied", Act(CardForPersonal)),
    ("Pay", "UnverifiedAccount_Recipient", Told(RECIPIENT, "verification", "VerificationPending")),
    ("Pay", "UnverifiedAccount_Sender", Told(SENDER, "verification", "VerificationPending")),
    ("Pay", "UnverifiedBankAccount", Act(UnverifiedBank)),
    ("Pay", "UnverifiedEmailAddress_Caller", Told(CALLER, "email_verified", "false")),
    ("Pay", "UnverifiedEmailAddress_Recipient", Told(RECIPIENT, "email_verified", "false")),
    ("Pay", "UnverifiedEmailAddress_Sender", Told(SENDER, "email_verified", "false")),
    ("Refund", "AccessFailure", Scripted),
    ("Refund", "AmountOutOfRange", Amount("RefundAmount", "0.00")),
    ("Refund", "AuthFailure", Key(NotADeveloper)),
    ("Refund", "ConcurrentModification", Scripted),
    ("Refund", "DuplicateRequest", Act(Repeat)),
    ("Refund", "InternalError", Scripted),
    ("Refund", "InvalidAccountState_Caller", Told(CALLER, "state", "suspended")),
    ("Refund", "InvalidAccountState_Recipient", Told(SENDER, "state", "closed")),
    ("Refund", "InvalidAccountState_Sender", Told(RECIPIENT, "state", "suspended")),
    ("Refund", "InvalidClientTokenId", Key(Unknown)),
    ("Refund", "InvalidParams", Given("Colour", "blue")),
    ("Refund", "InvalidTransactionId", Given("TransactionId", "MADEUP")),
    ("Refund", "OriginalTransactionFailed", Act(OfFailed)),
    ("Refund", "OriginalTransactionIncomplete", Act(OfPending)),
    ("Refund", "RefundAmountExceeded", Amount("RefundAmount", "5.01")),
    ("Refund", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("Refund", "TransactionDenied", Act(EmptyCaller)),
    ("Refund", "TransactionFullyRefundedAlready", Act(OfRefunded)),
    ("Refund", "TransactionTypeNotRefundable", Act(OfRefund)),
    ("Refund", "UnverifiedEmailAddress_Caller", Told(CALLER, "email_verified", "false")),
    ("Refund", "UnverifiedEmailAddress_Sender", Told(RECIPIENT, "email_verified", "false")),
    ("Reserve", "AccessFailure", Scripted),
    ("Reserve", "AccountLimitsExceeded", Told(SENDER, "limit_minor", "1")),
    ("Reserve", "AmountOutOfRange", Act(CardAmount("0.01"))),
    ("Reserve", "AuthFailure", Key(NotADeveloper)),
    ("Reserve", "DuplicateRequest", Act(Repeat)),
    ("Reserve", "IncompatibleTokens", Given("TransactionAmount.Value", "6.00")),
    ("Reserve", "InternalError", Scripted),
    ("Reserve", "InvalidAccountState_Caller", Told(CALLER, "state", "suspended")),
    ("Reserve", "InvalidAccountState_Recipient", Told(RECIPIENT, "state", "closed")),
    ("Reserve", "InvalidAccountState_Sender", Told(SENDER, "state", "suspended")),
    ("Reserve", "InvalidClientTokenId", Key(Unknown)),
    ("Reserve", "InvalidParams", Given("Colour", "blue")),
    ("Reserve", "InvalidPaymentMethod", Told(SENDER, "methods", "")),
    ("Reserve", "InvalidRecipientForCCTransaction", Act(CardForPersonal)),
    ("Reserve", "InvalidTokenId_Sender", Given("SenderTokenId", "MADEUP")),
    ("Reserve", "PaymentInstrumentNotCC", Act(ByBank)),
    ("Reserve", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("Reserve", "TokenNotActive_Recipient", Act(CancelRecipientToken)),
    ("Reserve", "TokenNotActive_Sender", Act(CancelSenderToken)),
    ("Reserve", "TransactionDenied", Act(EmptyCaller)),
    ("Reserve", "UnverifiedAccount_Recipient", Told(RECIPIENT, "verification", "VerificationPending")),
    ("Reserve", "UnverifiedAccount_Sender", Told(SENDER, "verification", "VerificationPending")),
    ("Reserve", "UnverifiedEmailAddress_Caller", Told(CALLER, "email_verified", "false")),
    ("Reserve", "UnverifiedEmailAddress_Recipient", Told(RECIPIENT, "email_verified", "false")),
    ("Reserve", "UnverifiedEmailAddress_Sender", Told(SENDER, "email_verified", "false")),
    ("Settle", "AccessFailure", Scripted),
    ("Settle", "AccountClosed", Told(CALLER, "state", "closed")),
    ("Settle", "AmountOutOfRange", Amount("TransactionAmount", "0.01")),
    ("Settle", "AuthFailure", Key(NotADeveloper)),
    ("Settle", "ConcurrentModification", Scripted),
    ("Settle", "InternalError", Scripted),
    ("Settle", "InvalidAccountState_Caller", Told(CALLER, "state", "suspended")),
    ("Settle", "InvalidAccountState_Recipient", Told(RECIPIENT, "state", "closed")),
    ("Settle", "InvalidAccountState_Sender", Told(SENDER, "state", "suspended")),
    ("Settle", "InvalidClientTokenId", Key(Unknown)),
    ("Settle", "InvalidParams", Given("Colour", "blue")),
    ("Settle", "InvalidTransactionId", Given("ReserveTransactionId", "MADEUP")),
    ("Settle", "InvalidTransactionState", Act(Twice)),
    ("Settle", "SettleAmountGreaterThanReserveAmount", Amount("TransactionAmount", "5.01")),
    ("Settle", "SignatureDoesNotMatch", Key(WrongSecret)),
    ("Settle", "TransactionDenied", Act(EmptyCaller)),
    ("Settle", "UnverifiedAccount_Recipient", Told(RECIPIENT, "verification", "VerificationPending")),
    ("Settle", "UnverifiedEmailAddress_Caller", Told(CALLER, "email_verified", "false")),
    ("Settle", "UnverifiedEmailAddress_Recipient", Told(RECIPIENT, "email_verified", "false")),
    ("Settle", "UnverifiedEmailAddress_Sender", Told(SENDER, "email_verified", "false")),
    ("VerifySignature", "InternalServerError", Scripted),
    ("VerifySignature", "InvalidParam", Scripted),
];
