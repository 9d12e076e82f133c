//! Every way in which Amazon Pay can answer other than "done", with what follows: who speaks, what is
//! said, which card is sent, what becomes of the order, and who has to act.
//!
//! One row per row of Amazon's own tables ("Payment Declines and Processing Errors"); a test walks them.

use crate::orders::refusal::{Reason, Refusal, Retry};

/// Which of Amazon's tables a row is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Errors of a setup.
    Setup,
    /// Errors of permissions, of either request.
    Permissions,
    /// Errors of a charge.
    Charge,
    /// The voice code, of either request.
    Pin,
    /// Something is missing in the buyer's 1-Click settings.
    DeclineSetup,
    /// A charge that was declined: an answer, not an error.
    Decline,
    /// How an agreement stands.
    BillingAgreementState,
    /// The buyer's own interface, asked for the address.
    BuyerId,
}

impl Table {
    /// The name in Amazon's document.
    pub fn word(self) -> &'static str {
        match self {
            Table::Setup => "Setup",
            Table::Permissions => "Permissions",
            Table::Charge => "Charge",
            Table::Pin => "PIN",
            Table::DeclineSetup => "DeclineSetup",
            Table::Decline => "Decline",
            Table::BillingAgreementState => "BillingAgreementState",
            Table::BuyerId => "BuyerId",
        }
    }
}

/// Who tells the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// Amazon has, before the skill hears of it: nothing of it is repeated.
    ByAmazon,
    /// The skill has to.
    BySkill,
}

/// What is sent to the Alexa app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppCard {
    /// Nothing.
    Nothing,
    /// The question whether Amazon Pay is allowed.
    Consent,
    /// The way to buy on the web.
    Web,
    /// The way to the 1-Click settings.
    Settings,
}

/// What the skill does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Goes on: this is no error.
    GoOn,
    /// Says it, and leaves it there.
    Stop,
    /// Asks once whether to try again.
    OfferAgain,
    /// Hands the same request over again, a few times, under the same reference.
    Repeat,
    /// Asks for an agreement anew.
    SetUpAgain,
    /// Looks up what became of the first request with this reference.
    LookUp,
}

/// What becomes of the order that was being charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// There is none yet, or it is not touched.
    Untouched,
    /// Nothing was charged: declined, its stock goes back.
    Declined,
    /// It may have been charged: the order waits for the answer.
    Waits,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Whose table.
    pub table: Table,
    /// Amazon's code.
    pub code: &'static str,
    /// Who tells the buyer.
    pub spoken: Spoken,
    /// The message, in `locales/`.
    pub message: &'static str,
    /// What is sent to the Alexa app.
    pub send: AppCard,
    /// What the skill does.
    pub then: Then,
    /// What becomes of the order.
    pub order: Order,
    /// Why, in the shop's words.
    pub reason: Reason,
    /// Whom it is for to mend, and how.
    pub operator: &'static str,
}

impl Row {
    const fn amazon(table: Table, code: &'static str, message: &'static str, operator: &'static str) -> Row {
        let order = match table {
            Table::Setup | Table::DeclineSetup => Order::Untouched,
            _ => Order::Declined,
        };
        // whoever could not be charged finds the way to finish on the web; of that Amazon has not spoken
        let send = match order {
            Order::Declined => AppCard::Web,
            Order::Untouched | Order::Waits => AppCard::Nothing,
        };
        let (then, reason) = (Then::Stop, Reason::BuyerAccount);
        Row { table, code, spoken: Spoken::ByAmazon, message, send, then, order, reason, operator }
    }

    const fn ours(table: Table, code: &'static str, operator: &'static str) -> Row {
        let order = match table {
            Table::Charge | Table::Permissions => Order::Declined,
            _ => Order::Untouched,
        };
        let (message, send, then) = ("error-merchant", AppCard::Web, Then::Stop);
        Row { table, code, spoken: Spoken::BySkill, message, send, then, order, reason: Reason::OurRequest, operator }
    }

    const fn says(self, message: &'static str, send: AppCard) -> Row {
        Row { message, send, ..self }
    }

    const fn then(self, then: Then) -> Row {
        Row { then, ..self }
    }

    const fn leaves(self, order: Order) -> Row {
        Row { order, ..self }
    }

    const fn because(self, reason: Reason) -> Row {
        Row { reason, ..self }
    }

    /// Whether somebody of ours has to mend it.
    pub fn is_ours(&self) -> bool {
        matches!(self.reason, Reason::OurRequest | Reason::OurCredentials | Reason::SellerAccount)
    }

    /// The same for the order. `message` is Amazon's own, for the operator.
    pub fn refusal(&self, message: &str) -> Refusal {
        Refusal {
            retry: Retry::NewConsent,
            reason: self.reason,
            code: self.code.to_owned(),
            message: message.to_owned(),
        }
    }
}

use self::AppCard::{Consent, Nothing, Settings, Web};

const SPOKEN: &str = "error-amazon-spoke";
const SPOKEN_LATER: &str = "error-amazon-spoke-later";

/// All rows, in the order of Amazon's document.
pub const ROWS: &[Row] = &[
    Row::amazon(Table::Setup, "UnsupportedClientPlatform", SPOKEN, "Nothing. The buyer updates the software of the device."),
    Row::amazon(Table::Setup, "InvalidShippingAddress", SPOKEN, "Nothing. The buyer corrects the shipping address at Amazon."),
    Row::amazon(Table::Setup, "InvalidAccountStatus", SPOKEN, "Your merchant account is suspended or not fully registered: contact Amazon Pay.").because(Reason::SellerAccount),
    Row::amazon(Table::Setup, "RequestThrottled", SPOKEN_LATER, "More requests than Amazon Pay takes. If it goes on, ask for a higher quota.").because(Reason::Temporary),
    Row::ours(Table::Setup, "InvalidSellerId", "Set PUSHCART_AMAZON_PAY_MERCHANT_ID to your merchant id."),
    Row::ours(Table::Setup, "UnsupportedCurrency", "Amazon Pay keeps books in USD, EUR, GBP and JPY only: check PUSHCART_CURRENCY."),
    Row::ours(Table::Setup, "UnsupportedCountryOfEstablishment", "Set PUSHCART_ALEXA_COUNTRY_OF_ESTABLISHMENT to the country you registered in."),
    Row::ours(Table::Setup, "InvalidParameterValue", "A value that Pushcart sent is wrong: a bug to report, with Amazon's message."),
    Row::ours(Table::Setup, "BuyerEqualsSeller", "You tested with your own merchant account. Use a test buyer."),
    Row::ours(Table::Setup, "UnauthorizedAccess", "Your merchant account may not do this: contact Amazon Pay.").because(Reason::OurCredentials),
    Row::ours(Table::Setup, "ReleaseEnvironmentNotAllowed", "Sandbox requests are for the development stage of the skill; use live keys for a published one."),
    Row::ours(Table::Setup, "InvalidSandboxCustomerEmail", "Set PUSHCART_ALEXA_SANDBOX_CUSTOMER_EMAIL to a test account of Seller Central."),
    Row::ours(Table::Setup, "InternalServerError", "A fault of Amazon Pay. Tried again by itself.").says("error-again-later", Web).then(Then::Repeat).because(Reason::Temporary),
    Row::ours(Table::Setup, "ServiceUnavailable", "A fault of Amazon Pay. Tried again by itself.").says("error-again-later", Web).then(Then::Repeat).because(Reason::Temporary),
    Row::ours(Table::Permissions, "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE", "Nothing. Amazon Pay has sent the cards for both permissions.").says("error-app", Nothing).because(Reason::BuyerAccount),
    Row::ours(Table::Permissions, "FORBIDDEN", "The skill's manifest does not declare payments:autopay_consent. Deploy skill/ again."),
    Row::ours(Table::Permissions, "ACCESS_NOT_REQUESTED", "Nothing. The buyer was asked for the permission.").says("error-consent", Consent).because(Reason::BuyerAccount),
    Row::ours(Table::Permissions, "ACCESS_DENIED", "Nothing. The buyer was asked for the permission again.").says("error-consent", Consent).because(Reason::BuyerAccount),
    Row::amazon(Table::Charge, "UnsupportedClientPlatform", SPOKEN, "Nothing. The buyer updates the software of the device."),
    Row::amazon(Table::Charge, "InvalidPaymentMethod", SPOKEN, "Nothing. The buyer corrects the payment method at Amazon.").because(Reason::PaymentMethod),
    Row::amazon(Table::Charge, "InvalidAccountStatus", SPOKEN, "Your merchant account is suspended or not fully registered: contact Amazon Pay.").because(Reason::SellerAccount),
    Row::amazon(Table::Charge, "RequestThrottled", SPOKEN_LATER, "More requests than Amazon Pay takes. If it goes on, ask for a higher quota.").because(Reason::Temporary),
    Row::ours(Table::Charge, "InvalidSellerId", "Set PUSHCART_AMAZON_PAY_MERCHANT_ID to your merchant id."),
    Row::ours(Table::Charge, "InvalidParameterValue", "A value that Pushcart sent is wrong: a bug to report, with Amazon's message."),
    Row::ours(Table::Charge, "UnauthorizedAccess", "Your merchant account may not do this: contact Amazon Pay.").because(Reason::OurCredentials),
    Row::ours(Table::Charge, "ReleaseEnvironmentNotAllowed", "Sandbox requests are for the development stage of the skill; use live keys for a published one."),
    Row::ours(Table::Charge, "InvalidBillingAgreementId", "Nothing. The buyer was asked for a new agreement.").says("error-agreement", Settings).then(Then::SetUpAgain).because(Reason::ConsentGone),
    Row::ours(Table::Charge, "InvalidBillingAgreementStatus", "Nothing. The buyer mends the payment method at Amazon.").says("error-agreement", Settings).because(Reason::PaymentMethod),
    Row::ours(Table::Charge, "InvalidPaymentAction", "Pushcart asked for something else than Authorize or AuthorizeAndCapture: a bug to report."),
    Row::ours(Table::Charge, "InvalidAuthorizationAmount", "Amazon Pay takes neither this amount nor this currency: compare the order with your account.").because(Reason::OurRequest),
    Row::ours(Table::Charge, "PeriodicAmountExceeded", "More than 500 USD in a calendar month for this buyer. Ask Amazon Pay for a higher limit.").says("error-limit", Web).because(Reason::Amount),
    Row::ours(Table::Charge, "ProviderNotAuthorized", "The solution provider's id may not take part: check your account."),
    Row::ours(Table::Charge, "DuplicateRequest", "This reference was used with other parameters. Compare the order with Amazon Pay's record; nothing is sent under another one.").says("error-asked-before", Nothing).then(Then::LookUp).leaves(Order::Waits),
    Row::ours(Table::Charge, "InternalServerError", "A fault of Amazon Pay. Tried again by itself.").says("error-unclear", Nothing).then(Then::Repeat).leaves(Order::Waits).because(Reason::Temporary),
    Row::ours(Table::Charge, "ServiceUnavailable", "A fault of Amazon Pay. Tried again by itself.").says("error-unclear", Nothing).then(Then::Repeat).leaves(Order::Waits).because(Reason::Temporary),
    Row::amazon(Table::Pin, "CustomerApprovalFailure", "error-try-code", "Nothing. The buyer gave no valid voice code and was asked whether to try again.").then(Then::OfferAgain),
    Row::amazon(Table::Pin, "VoicePurchaseNotEnabled", "error-app", "Nothing. The buyer turns on voice purchasing in the Alexa app."),
    Row::amazon(Table::DeclineSetup, "InvalidShippingAddress", SPOKEN, "Nothing. The buyer has no default 1-Click settings; Amazon has sent a link."),
    Row::amazon(Table::DeclineSetup, "InvalidPaymentMethod", SPOKEN, "Nothing. The buyer's default payment method needs updating; Amazon has sent a link.").because(Reason::PaymentMethod),
    Row::amazon(Table::DeclineSetup, "InvalidPaymentMethod", SPOKEN, "Nothing. The buyer's billing address needs updating; Amazon has sent a link.").because(Reason::PaymentMethod),
    Row::amazon(Table::DeclineSetup, "InvalidPaymentMethod", SPOKEN, "Nothing. The buyer's default payment method is not accepted here; Amazon has sent a link.").because(Reason::NeedsOtherMethod),
    Row::amazon(Table::DeclineSetup, "UnsupportedCustomerAccount", SPOKEN, "Nothing. The buyer's account has no e-mail address; Amazon has said so."),
    Row::amazon(Table::Decline, "InvalidPaymentMethod", "declined-method", "Nothing. The buyer updates the payment method; the cart is kept.").because(Reason::PaymentMethod),
    Row::amazon(Table::Decline, "TransactionTimedOut", "declined-later", "Nothing. Amazon Pay could not decide in time; the cart is kept.").because(Reason::Denied),
    Row::amazon(Table::Decline, "AmazonRejected", "declined", "Nothing. Amazon Pay does not take this order; it is not tried again by itself.").because(Reason::Denied),
    Row::amazon(Table::Decline, "ProcessingFailure", "declined-later", "Nothing. A fault at Amazon Pay; the cart is kept.").because(Reason::Denied),
    Row::ours(Table::BillingAgreementState, "Open", "Nothing. It can be charged.").says("setup-elsewhere", Nothing).then(Then::GoOn).because(Reason::Temporary),
    Row::ours(Table::BillingAgreementState, "Suspended", "Nothing. It is charged all the same, which picks up a mended payment method.").says("setup-elsewhere", Nothing).then(Then::GoOn).because(Reason::PaymentMethod),
    Row::ours(Table::BuyerId, "Forbidden", "Your merchant account may not ask for buyers' addresses: contact Amazon Pay."),
    Row::ours(Table::BuyerId, "InvalidRequest", "Pushcart's question for the address is wrong: a bug to report."),
    Row::ours(Table::BuyerId, "InvalidToken", "Nothing. The access token of the request had run out; the next request has a new one.").says("address-unreachable", Web).because(Reason::Temporary),
    Row::ours(Table::BuyerId, "invalid_token", "Nothing. The access token of the request had run out; the next request has a new one.").says("address-unreachable", Web).because(Reason::Temporary),
    Row::ours(Table::BuyerId, "InsufficientScope", "Nothing. The buyer was asked for the permission.").says("error-consent", Consent).because(Reason::BuyerAccount),
    Row::ours(Table::BuyerId, "ServerError", "A fault of Amazon Pay. Tried again once.").says("address-unreachable", Web).because(Reason::Temporary),
];

/// What nobody has decided about: like an integration error.
const UNKNOWN: Row = Row::ours(
    Table::Charge,
    "",
    "A code that Amazon's document does not know. Compare the order with Amazon Pay's record.",
);

/// The row of `code` in the answer to `name` (`Setup` or `Charge`).
pub fn find(name: &str, code: &str) -> Row {
    let first = if name == "Charge" { Table::Charge } else { Table::Setup };
    let tables = [first, Table::Permissions, Table::Pin, Table::DeclineSetup];
    let found = tables.iter().find_map(|table| in_table(*table, code));
    let order = if name == "Charge" { Order::Declined } else { Order::Untouched };
    match found {
        // a setup has no order yet
        Some(row) if first == Table::Setup => row.leaves(Order::Untouched),
        Some(row) if row.table == Table::DeclineSetup => row.says(row.message, Web).leaves(order),
        Some(row) => row,
        None => UNKNOWN.leaves(order),
    }
}

/// The row of `code` in one table.
pub fn in_table(table: Table, code: &str) -> Option<Row> {
    ROWS.iter().find(|row| row.table == table && row.code == code).copied()
}

/// The row of a charge that was declined with `code`.
pub fn declined(code: &str) -> Row {
    in_table(Table::Decline, code).unwrap_or_else(|| {
        let otherwise = Row::amazon(Table::Decline, "", "declined", "Nothing. The cart is kept.");
        otherwise.because(Reason::Denied)
    })
}

/// The code of an answer that is not "done": the payload's, else a message that is a single word.
pub fn code<'a>(payload: &'a serde_json::Value, message: &'a str) -> &'a str {
    match payload["errorCode"].as_str().map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) => code,
        None if message.split_whitespace().count() == 1 => message.trim(),
        None => "",
    }
}

#[cfg(test)]
mod tests;
