//! How sessions, permissions, charges and refunds live. Pure: no clock, no database.
//!
//! The names are those of the wire. What is not in these tables is refused.
//! Source: Amazon Pay API v2, "Checkout Session", "Charge Permission", "Charge", "Refund"; the published table of 75
//! statuses.

use serde::{Deserialize, Serialize};

/// `statusDetails.state` of a checkout session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionState {
    /// Goes on.
    #[default]
    Open,
    /// Completed by the merchant.
    Completed,
    /// Ended without success.
    Canceled,
}

/// `statusDetails.state` of a charge permission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PermissionState {
    /// New charges may be made.
    #[default]
    Chargeable,
    /// Something has to be repaired first.
    NonChargeable,
    /// Over.
    Closed,
}

/// `statusDetails.state` of a charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChargeState {
    /// The answer comes later.
    #[default]
    AuthorizationInitiated,
    /// Held.
    Authorized,
    /// Being taken.
    CaptureInitiated,
    /// Taken.
    Captured,
    /// Refused.
    Declined,
    /// Called off, or lapsed.
    Canceled,
}

/// `statusDetails.state` of a refund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefundState {
    /// On its way.
    #[default]
    RefundInitiated,
    /// Given back.
    Refunded,
    /// Refused.
    Declined,
}

/// What happens to a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeEvent {
    /// The network said yes.
    Approved,
    /// The network said no.
    Refused,
    /// The merchant takes the money within seven days.
    Capture,
    /// The merchant takes the money later.
    CaptureLate,
    /// Called off by somebody, or lapsed.
    CallOff,
}

/// What happens to a charge permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionEvent {
    /// The instrument is in trouble.
    Spoil,
    /// The buyer repaired it.
    Repair,
    /// Somebody ends it.
    Close,
}

/// The next state of a charge, or nothing where the event is not allowed.
pub fn charge(state: ChargeState, event: ChargeEvent) -> Option<ChargeState> {
    use {ChargeEvent as E, ChargeState as S};
    Some(match (state, event) {
        (S::AuthorizationInitiated, E::Approved) => S::Authorized,
        (S::CaptureInitiated, E::Approved) | (S::Authorized, E::Capture) => S::Captured,
        (S::AuthorizationInitiated | S::CaptureInitiated, E::Refused) => S::Declined,
        (S::Authorized, E::CaptureLate) => S::CaptureInitiated,
        (S::AuthorizationInitiated | S::Authorized, E::CallOff) => S::Canceled,
        _ => return None,
    })
}

/// The next state of a charge permission, or nothing where the event is not allowed.
pub fn permission(state: PermissionState, event: PermissionEvent) -> Option<PermissionState> {
    use {PermissionEvent as E, PermissionState as S};
    Some(match (state, event) {
        (S::Chargeable | S::NonChargeable, E::Spoil) => S::NonChargeable,
        (S::Chargeable | S::NonChargeable, E::Repair) => S::Chargeable,
        (S::Chargeable | S::NonChargeable, E::Close) => S::Closed,
        (S::Closed, _) => return None,
    })
}

/// The sentence that goes with a reason code in `reasonDescription`.
pub fn describe(reason_code: &str) -> &'static str {
    match reason_code {
        "BuyerCanceled" => "The buyer chose to go back; nothing was charged.",
        "Expired" => "The checkout session was not completed within 24 hours.",
        "AmazonCanceled" => "Amazon ended it.",
        "Declined" => "The payment was declined.",
        "SoftDeclined" => "The charge was refused for now; a later attempt may work.",
        "HardDeclined" => "The charge was refused for good; another payment method is needed.",
        "AmazonRejected" => "The charge was refused by risk rules; the charge permission is ended too.",
        "ProcessingFailure" => "The charge could not be processed because of an internal failure.",
        "TransactionTimedOut" => "The charge was not decided in time.",
        "StopShipmentAtypicalAuth" => "Unusual activity: do not ship before this was investigated.",
        "ExpiredUnused" => "The authorization was not captured within 30 days.",
        "MerchantCanceled" => "The merchant canceled the charge, or did not complete the checkout.",
        "ChargePermissionCanceled" => "The merchant closed the charge permission with its pending charges.",
        "MerchantClosed" => "The merchant closed the charge permission, or did not complete the checkout.",
        "BuyerClosed" => "The buyer ended the charge permission.",
        "AmazonClosed" => "Amazon ended the charge permission; nothing remains to be charged.",
        "ChargePermissionExpired" => "The charge permission has reached the end of its life.",
        "PaymentMethodInvalid" => "The last charge was refused; the buyer has to choose another payment method.",
        "PaymentMethodDeleted" => "The buyer removed the payment method.",
        "PaymentMethodExpired" => "The payment method has expired.",
        "PaymentMethodNotAllowed" => "The payment method is not allowed for this charge.",
        "PaymentMethodNotSet" => "No payment method is set.",
        "BillingAddressDeleted" => "The buyer removed the billing address of the payment method.",
        "MFAFailed" | "MFANotCompleted" => "The buyer has to verify the amount.",
        _ => "",
    }
}

/// Why a charge permission may be not chargeable.
pub const TROUBLES: [&str; 7] = [
    "PaymentMethodInvalid",
    "PaymentMethodDeleted",
    "PaymentMethodExpired",
    "PaymentMethodNotAllowed",
    "PaymentMethodNotSet",
    "BillingAddressDeleted",
    "MFAFailed",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charges_live_as_the_table_says() {
        use {ChargeEvent as E, ChargeState as S};
        let states =
            [S::AuthorizationInitiated, S::Authorized, S::CaptureInitiated, S::Captured, S::Declined, S::Canceled];
        let events = [E::Approved, E::Refused, E::Capture, E::CaptureLate, E::CallOff];
        let allowed: Vec<(S, E, S)> = states
            .iter()
            .flat_map(|state| events.iter().filter_map(|event| Some((*state, *event, charge(*state, *event)?))))
            .collect();
        let table = [
            (S::AuthorizationInitiated, E::Approved, S::Authorized),
            (S::AuthorizationInitiated, E::Refused, S::Declined),
            (S::AuthorizationInitiated, E::CallOff, S::Canceled),
            (S::Authorized, E::Capture, S::Captured),
            (S::Authorized, E::CaptureLate, S::CaptureInitiated),
            (S::Authorized, E::CallOff, S::Canceled),
            (S::CaptureInitiated, E::Approved, S::Captured),
            (S::CaptureInitiated, E::Refused, S::Declined),
        ];
        assert_eq!(allowed, table);
    }

    #[test]
    fn a_closed_permission_stays_closed() {
        use {PermissionEvent as E, PermissionState as S};
        assert_eq!(permission(S::NonChargeable, E::Repair), Some(S::Chargeable));
        for event in [E::Spoil, E::Repair, E::Close] {
            assert_eq!(permission(S::Closed, event), None);
            assert!(permission(S::Chargeable, event).is_some());
        }
    }

    #[test]
    fn every_reason_of_an_object_has_its_sentence() {
        let published = include_str!("../../../tests/data/amazon_pay/amazon-pay-statuses.tsv");
        for code in
            TROUBLES.iter().chain(&["BuyerCanceled", "Expired", "AmazonClosed", "ExpiredUnused", "MFANotCompleted"])
        {
            assert!(!describe(code).is_empty() && published.contains(&format!("\t{code}\t")), "{code}");
        }
    }
}
