//! Every row of the published error tables: who handles it, its status and code, what Amazon says aloud, and the
//! message that goes with it. A presenter can choose any of them.

/// A table of the error page, or of the lists beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Errors of Setup.
    Setup,
    /// Permissions, at Setup or Charge.
    Permissions,
    /// Errors of Charge.
    Charge,
    /// The voice code and voice purchasing, at Setup or Charge.
    Pin,
    /// 1-Click settings, at Setup.
    DeclineSetup,
    /// A charge that is not authorised.
    Decline,
    /// The state that Setup tells.
    BillingAgreementState,
    /// The buyer API.
    BuyerId,
}

impl Table {
    /// Its name in the source.
    pub fn name(self) -> &'static str {
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

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its table.
    pub table: Table,
    /// Its code.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What Amazon says; empty where the skill is the one to speak.
    pub prompt: &'static str,
    /// Which of the rows with the same table and code, from 1.
    pub alternative: i64,
}

const fn row(table: Table, status: u16, code: &'static str, prompt: &'static str) -> Row {
    Row { table, code, status, prompt, alternative: 1 }
}

const fn other(alternative: i64, of: Row) -> Row {
    Row { alternative, ..of }
}

const TRY_LATER: &str = "Sorry. Your payment can't be completed right now, but you can try later.";
const SOMETHING: &str = "Sorry. Something went wrong.";

/// All of them, in the order of the source.
pub const ROWS: [Row; 54] = [
    row(Table::Setup, 403, "UnsupportedClientPlatform", SOMETHING),
    row(
        Table::Setup,
        400,
        "InvalidShippingAddress",
        "There is a problem with the shipping address on your account. Please go to Amazon and update your shipping address.",
    ),
    row(Table::Setup, 403, "InvalidAccountStatus", "Sorry, I can't place orders with [merchantName] right now."),
    row(Table::Setup, 429, "RequestThrottled", "Sorry, something went wrong. Please try again."),
    row(Table::Setup, 400, "InvalidSellerId", ""),
    row(Table::Setup, 400, "UnsupportedCurrency", ""),
    row(Table::Setup, 400, "UnsupportedCountryOfEstablishment", ""),
    row(Table::Setup, 400, "InvalidParameterValue", ""),
    row(Table::Setup, 400, "BuyerEqualsSeller", ""),
    row(Table::Setup, 403, "UnauthorizedAccess", ""),
    row(Table::Setup, 403, "ReleaseEnvironmentNotAllowed", ""),
    row(Table::Setup, 400, "InvalidSandboxCustomerEmail", ""),
    row(Table::Setup, 500, "InternalServerError", ""),
    row(Table::Setup, 500, "ServiceUnavailable", ""),
    row(Table::Permissions, 403, "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE", ""),
    row(Table::Permissions, 403, "FORBIDDEN", ""),
    row(Table::Permissions, 403, "ACCESS_NOT_REQUESTED", ""),
    row(Table::Permissions, 403, "ACCESS_DENIED", ""),
    row(Table::Charge, 403, "UnsupportedClientPlatform", SOMETHING),
    row(
        Table::Charge,
        400,
        "InvalidPaymentMethod",
        "There's a problem with the payment method on your account. Please go to Amazon and update your payment method.",
    ),
    row(Table::Charge, 403, "InvalidAccountStatus", "Sorry. Orders can't be placed with {merchant name} right now."),
    row(Table::Charge, 429, "RequestThrottled", "Sorry. Something went wrong. Please try again later."),
    row(Table::Charge, 400, "InvalidSellerId", ""),
    row(Table::Charge, 400, "InvalidParameterValue", ""),
    row(Table::Charge, 403, "UnauthorizedAccess", ""),
    row(Table::Charge, 403, "ReleaseEnvironmentNotAllowed", ""),
    row(Table::Charge, 400, "InvalidBillingAgreementId", ""),
    row(Table::Charge, 400, "InvalidBillingAgreementStatus", ""),
    row(Table::Charge, 400, "InvalidPaymentAction", ""),
    row(Table::Charge, 400, "InvalidAuthorizationAmount", ""),
    row(Table::Charge, 400, "PeriodicAmountExceeded", ""),
    row(Table::Charge, 403, "ProviderNotAuthorized", ""),
    row(Table::Charge, 400, "DuplicateRequest", ""),
    row(Table::Charge, 500, "InternalServerError", ""),
    row(Table::Charge, 500, "ServiceUnavailable", ""),
    row(
        Table::Pin,
        403,
        "CustomerApprovalFailure",
        "Sorry, I am still having trouble. Visit {active user}'s Alexa app to view or reset the voice code for Voice Purchasing.",
    ),
    row(
        Table::Pin,
        403,
        "VoicePurchaseNotEnabled",
        "To continue, first go to Settings in {active user}'s Alexa App and turn on Voice Purchasing in Alexa Account.",
    ),
    row(
        Table::DeclineSetup,
        400,
        "InvalidShippingAddress",
        "To continue, create a default 1-Click setting for ${activeUser}’s Amazon account. To help, I sent a link to your Alexa app.",
    ),
    row(
        Table::DeclineSetup,
        400,
        "InvalidPaymentMethod",
        "Your default 1-Click payment method needs updating. To help, I sent a link to ${activeUser}’s Alexa app.",
    ),
    other(
        2,
        row(
            Table::DeclineSetup,
            400,
            "InvalidPaymentMethod",
            "Your 1-Click billing address needs updating. To help, I sent a link to ${activeUser}’s Alexa app.",
        ),
    ),
    other(
        3,
        row(
            Table::DeclineSetup,
            400,
            "InvalidPaymentMethod",
            "This organization doesn't accept your default 1-Click payment method. If you want to change your payment method, I sent a link to ${activeUser}’s Alexa app.",
        ),
    ),
    row(
        Table::DeclineSetup,
        400,
        "UnsupportedCustomerAccount",
        "To continue, you need to add an email address to ${activeUser}’s account on {AMAZON_URL}, in Login and Security.",
    ),
    row(
        Table::Decline,
        200,
        "InvalidPaymentMethod",
        "Your default 1-Click payment method needs updating. To help, I sent a link to {activeUser}'s Alexa app.",
    ),
    row(Table::Decline, 200, "TransactionTimedOut", TRY_LATER),
    row(Table::Decline, 200, "AmazonRejected", TRY_LATER),
    row(Table::Decline, 200, "ProcessingFailure", TRY_LATER),
    row(Table::BillingAgreementState, 200, "Open", ""),
    row(Table::BillingAgreementState, 200, "Suspended", ""),
    row(Table::BuyerId, 403, "Forbidden", ""),
    row(Table::BuyerId, 400, "InvalidRequest", ""),
    row(Table::BuyerId, 400, "InvalidToken", ""),
    row(Table::BuyerId, 400, "invalid_token", ""),
    row(Table::BuyerId, 401, "InsufficientScope", ""),
    row(Table::BuyerId, 500, "ServerError", ""),
];

/// States that the published types know and the error page does not.
pub const MORE_STATES: [Row; 2] =
    [row(Table::BillingAgreementState, 200, "Canceled", ""), row(Table::BillingAgreementState, 200, "Closed", "")];

/// The refusal of a simulation that does not fit; it stands in no table of the error page.
const BAD_SIMULATION: Row = row(Table::Charge, 400, "InvalidSandboxSimulationSpecified", "");

/// All rows that can be chosen.
pub fn all() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(&MORE_STATES)
}

/// The row with these names, which are compared exactly.
pub fn find(table: &str, code: &str, alternative: i64) -> Option<&'static Row> {
    all().find(|row| row.table.name() == table && row.code == code && row.alternative == alternative)
}

/// The row of a table with this code; the program names only codes that are there.
pub fn of(table: Table, code: &str) -> &'static Row {
    let is_it = |row: &&Row| row.table == table && row.code == code;
    ROWS.iter().find(is_it).unwrap_or(&BAD_SIMULATION)
}

impl Row {
    /// What Amazon says, with its placeholders filled: the merchant's name, the active user, Amazon's address.
    pub fn spoken(&self, merchant: &str, user: &str, amazon: &str) -> String {
        let fillings = [
            ("[merchantName]", merchant),
            ("{merchant name}", merchant),
            ("{active user}", user),
            ("${activeUser}", user),
            ("{activeUser}", user),
            ("{AMAZON_URL}", amazon),
        ];
        fillings.iter().fold(self.prompt.to_owned(), |text, (mark, value)| text.replace(mark, value))
    }

    /// `errorMessage`, in the words of the source.
    pub fn message(&self) -> &'static str {
        match self.code {
            "UnsupportedClientPlatform" => "The Alexa device of the user is not supported.",
            "InvalidShippingAddress" => "The shipping address specified in the user's account is not valid.",
            "InvalidAccountStatus" => "Merchant account is not in an appropriate state to execute this request",
            "RequestThrottled" => {
                "Your request has been rejected because the request rate is higher than the allocated throttling limits for this service."
            }
            "InvalidSellerId" => "The seller ID is not valid.",
            "UnsupportedCurrency" => "The ledger currency that you provided is not supported.",
            "UnsupportedCountryOfEstablishment" => "The country of establishment that you provided is not supported.",
            "InvalidParameterValue" => {
                "1 parameter validation error has been detected; the value <'simulated'> at <sellerId> failed to satisfy constraint: <chosen by the presenter>."
            }
            "BuyerEqualsSeller" => "You can't use the specified account for this transaction.",
            "UnauthorizedAccess" => "The specified merchant account is not authorized for this request.",
            "ReleaseEnvironmentNotAllowed" => "Sandbox requests are only allowed in the Development stage.",
            "InvalidSandboxCustomerEmail" => "The SandboxCustomerEmailId parameter value is not valid.",
            "InternalServerError" => "There was an internal server error.",
            "ServiceUnavailable" => "The service is temporarily unavailable.",
            "FORBIDDEN" => "Access to this resource cannot be requested.",
            "ACCESS_NOT_REQUESTED" => "Access to this resource has not yet been requested.",
            "ACCESS_DENIED" => "Access to this resource has been denied.",
            "InvalidPaymentMethod" => "The payment method specified in the user's account is not valid.",
            "InvalidBillingAgreementId" => "The billing agreement ID that you submitted in this request is not valid.",
            "InvalidBillingAgreementStatus" => {
                "You have attempted an operation on a billing agreement object that is in a state where the operation is not allowed."
            }
            "InvalidPaymentAction" => "The payment action specified is not valid.",
            "InvalidAuthorizationAmount" => "The authorization amount or currency specified is not valid.",
            "PeriodicAmountExceeded" => {
                "Amazon imposes a $500 limit per calendar month on the amount of funds you can charge a buyer."
            }
            "ProviderNotAuthorized" => {
                "The provider ID specified is not authorized to participate in this transaction."
            }
            "DuplicateRequest" => {
                "A request with the specified AuthorizationReferenceId has already been processed with different parameters."
            }
            "CustomerApprovalFailure" => "The user did not provide a voice PIN to verify their approval.",
            "VoicePurchaseNotEnabled" => "The user has not enabled the voice purchasing feature.",
            "UnsupportedCustomerAccount" => "There is no email address associated with customer's account.",
            "InvalidSandboxSimulationSpecified" => "The sandbox simulation is not valid for this request.",
            "TransactionTimedOut" => "The charge was not decided in time.",
            "AmazonRejected" => "Amazon rejected the charge.",
            "ProcessingFailure" => "Amazon could not process the charge because of an internal failure.",
            "Forbidden" => "The specified merchant account isn't allowed for this request.",
            "InvalidRequest" => "The request is missing a required parameter or is otherwise malformed.",
            "InvalidToken" | "invalid_token" => {
                "The access token provided is expired, revoked, malformed, or invalid for other reasons."
            }
            "InsufficientScope" => "The access token provided doesn't have access to the required scope.",
            "ServerError" => "The server encountered a runtime error.",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in the code is the published one, row for row.
    #[test]
    fn the_rows_are_those_of_the_published_table() {
        let published = include_str!("../../../tests/data/alexa/alexa-errors.tsv");
        let rows: Vec<Vec<&str>> = published.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        assert_eq!(rows.len(), ROWS.len());
        for (own, row) in ROWS.iter().zip(rows) {
            let status = own.status.to_string();
            assert_eq!([own.table.name(), &status, own.code, own.prompt], [row[0], row[3], row[4], row[5]]);
            assert_eq!(row[1] == "amazon", !own.prompt.is_empty(), "{}", own.code);
            let alternative =
                if own.alternative > 1 { format!("Alternative {} of 3", own.alternative) } else { String::new() };
            assert!(row.get(7).unwrap_or(&"").contains(&alternative), "{}", own.code);
        }
    }

    #[test]
    fn no_placeholder_is_left_in_what_amazon_says() {
        for row in all() {
            let spoken = row.spoken("Pushcart Market", "Ana", "Amazon.com");
            assert!(!spoken.contains(['{', '[', '$']), "{spoken}");
        }
    }
}
