//! What Amazon Pay itself says of each of its 75 statuses: where it is met, what it is called, what happened.
//! Source: the published table of statuses; in its order.

/// What is published about one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The part of the table: `Charge Status`.
    pub group: &'static str,
    /// Amazon Pay's word.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What happened.
    pub said: &'static str,
}

const fn row(group: &'static str, code: &'static str, title: &'static str, said: &'static str) -> Published {
    Published { group, code, title, said }
}

/// Every status.
#[rustfmt::skip]
pub const PUBLISHED: [Published; 75] = [
    row("Payment Status", "Open", "Checkout Session Open", "Session has just been created; buyer data can be read and payment data changed. Left unfinished for 24 hours it becomes Canceled."),
    row("Payment Status", "Canceled", "Checkout Session Canceled", "Session ended without success: buyer left, payment refused, 24 h ran out, or Complete Checkout Session never came. The reasonCode says which."),
    row("Payment Status", "Declined", "Payment Declined (Checkout)", "Catch-all session refusal (fraud check, MFA not done, instrument trouble). The Charge carries the precise reason."),
    row("Payment Status", "InvalidChargePermissionStatus", "Invalid Charge Permission Status", "Operation not permitted in the current state of the Charge Permission, for example charging one that is Closed."),
    row("Payment Status", "InvalidChargeStatus", "Invalid Charge Status", "Operation not permitted in the current state of the Charge, for example a second capture."),
    row("Payment Status", "InvalidCheckoutSessionStatus", "Invalid Checkout Session Status", "Operation not permitted in the current state of the session, for example an update after Completed or Canceled."),
    row("Payment Status", "InvalidAccountStatus", "Invalid Account Status", "Merchant or buyer account may not do this now (suspended, registration not finished); the merchant console has details."),
    row("Charge Status", "Authorized", "Charge Authorized", "Funds are held. Capture separately, otherwise the hold lapses after 30 days."),
    row("Charge Status", "Captured", "Charge Captured", "Money has been taken from the buyer; the Charge may now be refunded."),
    row("Charge Status", "ChargePermissionCanceled", "Charge Permission Canceled", "Charge ended because the merchant closed its Charge Permission with cancelPendingCharges=true."),
    row("Charge Status", "Chargeable", "Charge Permission Chargeable", "Charge Permission is active and unconstrained; new Charges may be created on it."),
    row("Charge Status", "NonChargeable", "Charge Permission Non-Chargeable", "Charge Permission cannot be charged at the moment (instrument expired, deleted, invalid ...); read the reasons list."),
    row("Charge Status", "MerchantClosed", "Charge Permission Merchant Closed", "Closed by the merchant through the close operation, or because Complete Checkout Session was never called."),
    row("Charge Status", "BuyerClosed", "Charge Permission Buyer Closed", "The buyer ended the Charge Permission in the Amazon account pages."),
    row("Charge Status", "AmazonClosed", "Charge Permission Amazon Closed", "Amazon ended the Charge Permission because nothing remains of amountBalance."),
    row("Charge Status", "ChargePermissionExpired", "Charge Permission Expired", "Lifetime over: 180 days for one-time, 13 months for recurring (each new Charge extends it). A new Charge Permission is needed."),
    row("Refund Status", "Refunded", "Refund Completed", "Refund done; the amount shows up in refundedAmount of the Charge."),
    row("Refund Status", "RefundPending", "Refund Pending", "Refund accepted but not processed yet; the outcome comes by IPN."),
    row("Refund Status", "RefundDeclined", "Refund Declined", "Refund refused; merchant support has to look into the cause."),
    row("Error Codes", "Completed", "Checkout Session Completed", "Checkout finalised by Complete Checkout Session; chargePermissionId and chargeId are returned for later use."),
    row("Error Codes", "BuyerCanceled", "Buyer Canceled Checkout", "Buyer chose the way back on the hosted page; nothing was charged."),
    row("Error Codes", "Expired", "Checkout Session Expired", "24 hours passed since creation without redirect, without payment by the buyer, or without Complete Checkout Session."),
    row("Error Codes", "AmazonCanceled", "Amazon Canceled Transaction", "Amazon cancelled because its service was not available, unrelated to the payment. Try again or call the buyer back."),
    row("Error Codes", "AuthorizationInitiated", "Authorization Pending (Async)", "Authorization runs asynchronously since canHandlePendingAuthorization was true; result by IPN or polling within 24 hours."),
    row("Error Codes", "CaptureInitiated", "Capture in Progress", "Capture is running and ends in Captured or Declined; seen when capturing later than 7 days after authorization."),
    row("Error Codes", "SoftDeclined", "Soft Decline", "Issuer or processor refused for now. Retrying may work; after several failures ask the buyer for another instrument."),
    row("Error Codes", "HardDeclined", "Hard Decline", "Refused for good; retries cannot work. Ask the buyer for another instrument at once; the Charge Permission may have been closed too."),
    row("Error Codes", "AmazonRejected", "Amazon Rejected", "Refused by risk or fraud rules; the Charge Permission is cancelled along with it. No retry; offer another payment method."),
    row("Error Codes", "ProcessingFailure", "Processing Failure", "Internal processing failure at Amazon. Retry only while the Charge Permission is Chargeable."),
    row("Error Codes", "TransactionTimedOut", "Transaction Timed Out", "Synchronous mode: the time limit ran out (15 s US/EU/UK, 30 s JP). Asynchronous mode: no decision within 24 h. Ask for another payment method."),
    row("Error Codes", "StopShipmentAtypicalAuth", "Stop Shipment - Atypical Authorization", "Unusual activity: do not ship. Occurs as reason code of Authorized, CaptureInitiated and Captured; investigate first."),
    row("Error Codes", "ExpiredUnused", "Authorization Expired Unused", "Authorized for 30 days without capture, hence expired. Create another Charge to collect."),
    row("Error Codes", "MerchantCanceled", "Merchant Canceled Charge", "Cancelled by the merchant through Cancel Charge, or closed since Complete Checkout Session was never called."),
    row("Error Codes", "PaymentMethodInvalid", "Payment Method Invalid", "The last charge was refused and spoiled the instrument. Recurring: run the decline flow; one-time: ask for another instrument."),
    row("Error Codes", "PaymentMethodDeleted", "Payment Method Deleted", "Buyer removed the chosen instrument from the account; get a new choice."),
    row("Error Codes", "BillingAddressDeleted", "Billing Address Deleted", "Buyer removed the billing address of the instrument; chargeable again once the buyer repairs it."),
    row("Error Codes", "PaymentMethodExpired", "Payment Method Expired", "The chosen instrument is past its expiry; the buyer must renew or replace it."),
    row("Error Codes", "PaymentMethodNotAllowed", "Payment Method Not Allowed", "The chosen kind of instrument is not accepted for this Charge or Charge Permission; another is needed."),
    row("Error Codes", "PaymentMethodNotSet", "Payment Method Not Set", "No instrument is attached to the Charge Permission; the buyer has to finish checkout with a valid one."),
    row("Error Codes", "TransactionAmountExceeded", "Transaction Amount Exceeded", "Amount is above what amountBalance still allows (one-time total or recurring month). Recurring room returns each calendar month."),
    row("Error Codes", "PeriodicAmountExceeded", "Periodic Amount Exceeded", "Monthly ceiling of a recurring Charge Permission passed; it starts over with each calendar month."),
    row("Error Codes", "TransactionCountExceeded", "Transaction Count Exceeded", "Number of successfully captured Charges reached the maximum for this Charge Permission (one per one-time permission)."),
    row("Error Codes", "MFAFailed", "MFA Failed (Charge Permission)", "Buyer did not pass multi-factor authentication for the Charge Permission; no charge until the buyer verifies the amount."),
    row("Error Codes", "MFANotCompleted", "MFA Not Completed (Charge)", "This transaction needs multi-factor authentication and the buyer did not do it."),
    row("Error Codes", "TransactionInProgress", "Transaction In Progress", "The same idempotency key, or a concurrent request on the same resource, is still being worked on. Wait the regional limit (15 s US/EU/UK, 30 s JP), then retry."),
    row("Error Codes", "CheckoutSessionCanceled", "Checkout Session Already Canceled", "Checkout failed (buyer cancelled or payment refused); the session is Canceled and cannot be used any more."),
    row("Error Codes", "AmountMismatch", "Amount Mismatch", "chargeAmount sent to Complete Checkout Session differs from the one stored on the session."),
    row("Error Codes", "CurrencyMismatch", "Currency Mismatch", "currencyCode in the Charge or Complete request is not the presentmentCurrency fixed at checkout."),
    row("Error Codes", "DuplicateIdempotencyKey", "Duplicate Idempotency Key", "The idempotency key was used before with a different request; make a fresh one."),
    row("Error Codes", "ResourceNotFound", "Resource Not Found", "No such session, charge or permission; objects are removed for good after 30 days."),
    row("Error Codes", "InvalidHeaderValue", "Invalid Header Value", "A request header holds a value that is not acceptable; message names it."),
    row("Error Codes", "InvalidRequest", "Invalid Request", "The request as a whole is not valid; message tells what."),
    row("Error Codes", "InvalidParameterValue", "Invalid Parameter Value", "A parameter holds a value that is not acceptable; message tells which."),
    row("Error Codes", "InvalidRequestFormat", "Invalid Request Format", "The body is not well-formed JSON."),
    row("Error Codes", "MissingHeader", "Missing Header", "A mandatory request header is absent; message names it."),
    row("Error Codes", "MissingParameterValue", "Missing Parameter Value", "A mandatory body or path parameter is absent; message names it."),
    row("Error Codes", "UnrecognizedField", "Unrecognized Field", "The body holds a field the operation does not know; drop it."),
    row("Error Codes", "InvalidSandboxSimulationSpecified", "Invalid Sandbox Simulation", "The sandbox does not know the simulation string, or not for this operation."),
    row("Error Codes", "InvalidParameterCombination", "Invalid Parameter Combination", "Parameters exclude each other, for example canHandlePendingAuthorization=true together with AuthorizeWithCapture."),
    row("Error Codes", "UnauthorizedAccess", "Unauthorized Access", "The merchant account has no right to do this, for example delegated authorization that was never granted."),
    row("Error Codes", "InvalidAuthentication", "Invalid Authentication", "Credentials were not accepted; check them in the merchant console."),
    row("Error Codes", "InvalidRequestSignature", "Invalid Request Signature", "The signature in the Authorization header does not verify; check signing steps, key and key id."),
    row("Error Codes", "InvalidAuthorizationToken", "Invalid Authorization Token", "The delegated authorization token is invalid or expired; obtain a new one."),
    row("Error Codes", "UnsupportedOperation", "Unsupported Operation", "The resource does not support this operation."),
    row("Error Codes", "RequestNotSupported", "HTTP Method Not Supported", "HTTP method not available on this endpoint; message lists the right ones."),
    row("Error Codes", "RequestTimeout", "Request Timeout", "The request took too long. Retry at once, success is not assured."),
    row("Error Codes", "TLSVersionNotSupported", "TLS Version Not Supported", "TLS version too old; 1.2 or newer is needed."),
    row("Error Codes", "TooManyRequests", "Too Many Requests", "Throttled. Back off exponentially, then retry."),
    row("Error Codes", "InternalServerError", "Internal Server Error", "Unknown fault at Amazon Pay. Back off exponentially, then retry."),
    row("Error Codes", "ServiceUnavailable", "Service Unavailable", "Overload or maintenance at Amazon Pay. Back off exponentially, then retry."),
    row("Error Codes", "CheckoutResultReturnUrlNotSet", "Constraint: Checkout Result URL Not Set", "Session constraint: checkoutResultReturnUrl is missing; set it before sending the buyer to amazonPayRedirectUrl."),
    row("Error Codes", "ChargeAmountNotSet", "Constraint: Charge Amount Not Set", "Session constraint: chargeAmount is missing; needed with Authorize and AuthorizeWithCapture."),
    row("Error Codes", "PaymentIntentNotSet", "Constraint: Payment Intent Not Set", "Session constraint: paymentIntent is missing; one of Confirm, Authorize, AuthorizeWithCapture."),
    row("Error Codes", "BuyerNotAssociated", "Constraint: Buyer Not Associated", "Session constraint: no buyer yet; hand checkoutSessionId to the button so that the buyer can sign in."),
    row("Error Codes", "RecurringFrequencyNotSet", "Constraint: Recurring Frequency Not Set", "Session constraint: recurringMetadata.frequency is missing on a recurring session."),
];
