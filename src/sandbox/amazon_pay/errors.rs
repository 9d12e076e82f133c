//! The error envelope and every reason code of the API with its status. Source: Amazon Pay API v2, "Manage errors";
//! the published table of 75 statuses.
//!
//! ```text
//! 422 {"reasonCode":"InvalidChargeStatus","message":"…"}
//! ```

use axum::http::StatusCode;

use crate::sandbox::state::StateError;

/// A refusal as the caller hears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// The provider's word.
    pub reason_code: String,
    /// A sentence for the developer.
    pub message: String,
}

/// Status and code, by status.
pub const CODES: [(u16, &str); 42] = [
    (400, "InvalidHeaderValue"),
    (400, "InvalidRequest"),
    (400, "InvalidParameterValue"),
    (400, "InvalidRequestFormat"),
    (400, "MissingHeader"),
    (400, "MissingHeaderValue"),
    (400, "MissingParameterValue"),
    (400, "UnrecognizedField"),
    (400, "InvalidSandboxSimulationSpecified"),
    (400, "DuplicateIdempotencyKey"),
    (400, "InvalidParameterCombination"),
    (400, "CurrencyMismatch"),
    (400, "InvalidAPIVersion"),
    (400, "TransactionAmountExceeded"),
    (400, "PeriodicAmountExceeded"),
    (401, "UnauthorizedAccess"),
    (403, "InvalidAuthentication"),
    (403, "InvalidAccountStatus"),
    (403, "InvalidRequestSignature"),
    (403, "InvalidAuthorizationToken"),
    (404, "ResourceNotFound"),
    (405, "UnsupportedOperation"),
    (405, "RequestNotSupported"),
    (408, "RequestTimeout"),
    (409, "AmountMismatch"),
    (422, "InvalidCheckoutSessionStatus"),
    (422, "CheckoutSessionCanceled"),
    (422, "InvalidChargePermissionStatus"),
    (422, "InvalidChargeStatus"),
    (422, "TransactionCountExceeded"),
    (422, "SoftDeclined"),
    (422, "HardDeclined"),
    (422, "PaymentMethodNotAllowed"),
    (422, "AmazonRejected"),
    (422, "MFANotCompleted"),
    (422, "TransactionTimedOut"),
    (425, "TransactionInProgress"),
    (426, "TLSVersionNotSupported"),
    (429, "TooManyRequests"),
    (500, "InternalServerError"),
    (500, "ProcessingFailure"),
    (503, "ServiceUnavailable"),
];

impl ApiError {
    /// A refusal with this code; one that is not in the list (from a scripted fault) is a 400.
    pub fn new(reason_code: &str, message: impl Into<String>) -> ApiError {
        let known = CODES.iter().find(|(_, code)| *code == reason_code);
        let status = known.and_then(|(status, _)| StatusCode::from_u16(*status).ok());
        ApiError {
            status: status.unwrap_or(StatusCode::BAD_REQUEST),
            reason_code: reason_code.to_owned(),
            message: message.into(),
        }
    }

    /// Whether the API has an error of this name.
    pub fn is_known(reason_code: &str) -> bool {
        CODES.iter().any(|(_, code)| *code == reason_code)
    }

    /// A parameter with a value that is not acceptable.
    pub fn value(name: &str, why: &str) -> ApiError {
        ApiError::new("InvalidParameterValue", format!("The value provided for '{name}' is invalid: {why}."))
    }

    /// A parameter that is absent.
    pub fn missing(name: &str) -> ApiError {
        ApiError::new("MissingParameterValue", format!("The parameter '{name}' is required."))
    }

    /// An object that is not there, or not this merchant's.
    pub fn not_found(id: &str) -> ApiError {
        ApiError::new("ResourceNotFound", format!("The requested resource '{id}' was not found."))
    }

    /// Whether a repeated request is to hear the same again: a refusal of the business, not of the request's form.
    pub fn is_final(&self) -> bool {
        let by_amount = ["CurrencyMismatch", "TransactionAmountExceeded", "PeriodicAmountExceeded"];
        matches!(self.status.as_u16(), 409 | 422) || by_amount.contains(&self.reason_code.as_str())
    }
}

/// Why an operation came to no good answer.
#[derive(Debug)]
pub enum Trouble {
    /// A normal refusal. What the operation wrote before it stays: checks come first.
    Refused(ApiError),
    /// Our own database failed: the caller hears `InternalServerError`, nothing is kept.
    Broken(StateError),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Trouble {
        Trouble::Refused(error)
    }
}

impl From<StateError> for Trouble {
    fn from(error: StateError) -> Trouble {
        Trouble::Broken(error)
    }
}

/// A refusal with a sentence.
pub fn refuse<T>(reason_code: &str, message: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Refused(ApiError::new(reason_code, message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_of_the_published_table_is_ours() {
        let table = include_str!("../../../tests/data/amazon_pay/amazon-pay-statuses.tsv");
        let mut checked = 0;
        for row in table.lines().skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            if !cells[7].is_empty() {
                assert_eq!(ApiError::new(cells[1], "").status.as_str(), cells[7], "{}", cells[1]);
                checked += 1;
            }
        }
        assert!(checked >= 30, "only {checked} rows have a status");
    }

    #[test]
    fn a_decline_is_repeated_and_an_outage_is_not() {
        for (code, is_final) in [
            ("HardDeclined", true),
            ("CurrencyMismatch", true),
            ("DuplicateIdempotencyKey", false),
            ("TransactionInProgress", false),
            ("ProcessingFailure", false),
            ("InvalidRequestSignature", false),
        ] {
            assert_eq!(ApiError::new(code, "").is_final(), is_final, "{code}");
        }
    }
}
