//! Objects as the API shows them: every key is always there, `null` when empty. Source: Amazon Pay API v2, the page of
//! each object; answers that integrators have published.

use serde_json::{Value, json};

use super::buyers;
use super::limits;
use super::machine::{SessionState, describe};
use super::state::objects::{Charge, Permission, Refund, Session};
use super::wire::{price, price_of, timestamp, timestamp_or_null};
use crate::base::clock::Millis;
use crate::base::money::Money;

fn text_or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

fn status(state: impl serde::Serialize, reason: &str, at: i64) -> Value {
    json!({
        "state": state, "reasonCode": text_or_null(reason), "reasonDescription": text_or_null(describe(reason)),
        "lastUpdatedTimestamp": timestamp(Millis(at)),
    })
}

/// The members of an object in the order of `names`; `null` for what is absent.
fn members(of: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), of.get(name).cloned().unwrap_or(Value::Null))).collect()
}

fn merchant_metadata(of: &Value) -> Value {
    members(of, &["merchantReferenceId", "merchantStoreName", "noteToBuyer", "customInformation"])
}

/// What still stands between an open session and its pay page, in alphabetical order.
pub fn constraints(session: &Session) -> Vec<&'static str> {
    let is_missing = |path: &str| session.asked(path).is_null();
    let mut all = Vec::new();
    if session.buyer_id.is_empty() {
        all.push("BuyerNotAssociated");
    }
    if is_missing("paymentDetails.chargeAmount") && !session.is_setup_only() {
        all.push("ChargeAmountNotSet");
    }
    if is_missing("webCheckoutDetails.checkoutResultReturnUrl") {
        all.push("CheckoutResultReturnUrlNotSet");
    }
    if is_missing("paymentDetails.paymentIntent") && !session.is_setup_only() {
        all.push("PaymentIntentNotSet");
    }
    if session.permission_type() == "Recurring" && is_missing("recurringMetadata.frequency.unit") {
        all.push("RecurringFrequencyNotSet");
    }
    all
}

/// One of [`constraints`] as the API shows it.
fn constraint(id: &str) -> Value {
    let description = match id {
        "BuyerNotAssociated" => {
            "There is no buyer associated with the Checkout Session. Return the checkout session id to the Amazon Pay Button to allow buyer to login."
        }
        "ChargeAmountNotSet" => "chargeAmount is not set.",
        "CheckoutResultReturnUrlNotSet" => "checkoutResultReturnUrl is not set.",
        "PaymentIntentNotSet" => "paymentIntent is not set.",
        _ => "recurringMetadata.frequency is not set.",
    };
    json!({ "constraintId": id, "description": description })
}

/// A checkout session. Buyer data is shown only while it is open.
pub fn session(session: &Session, base_url: &str) -> Value {
    let is_open = session.state == SessionState::Open;
    let constraints = if is_open { constraints(session) } else { Vec::new() };
    let redirect = (is_open && constraints.is_empty())
        .then(|| format!("{base_url}/checkout/processing?amazonCheckoutSessionId={}", session.id));
    let mut web = members(
        session.asked("webCheckoutDetails"),
        &["checkoutReviewReturnUrl", "checkoutResultReturnUrl", "checkoutCancelUrl", "checkoutMode"],
    );
    web["amazonPayRedirectUrl"] = redirect.into();
    let is_completed = session.state == SessionState::Completed;
    json!({
        "checkoutSessionId": session.id, "webCheckoutDetails": web, "productType": session.product_type,
        "paymentDetails": payment_details(session), "chargePermissionType": session.permission_type(),
        "recurringMetadata": recurring(session.asked("recurringMetadata")),
        "paymentMethodOnFileMetadata": session.asked("paymentMethodOnFileMetadata"),
        "merchantMetadata": merchant_metadata(session.asked("merchantMetadata")),
        "supplementaryData": session.asked("supplementaryData"),
        "buyer": shown_buyer(session), "billingAddress": billing(session),
        "paymentPreferences": preferences(session),
        "statusDetails": status(session.state, &session.reason, session.updated_at),
        "shippingAddress": if is_open { session.shipping_address.clone() } else { Value::Null },
        "shippingAddressList": address_list(session),
        "platformId": session.asked("platformId"),
        "chargePermissionId": if is_completed { text_or_null(&session.permission_id) } else { Value::Null },
        "chargeId": if is_completed { text_or_null(&session.charge_id) } else { Value::Null },
        "constraints": constraints.into_iter().map(constraint).collect::<Vec<_>>(),
        "creationTimestamp": timestamp(Millis(session.created_at)),
        "expirationTimestamp": timestamp(session.expires_at()),
        "storeId": session.asked("storeId"),
        "providerMetadata": members(session.asked("providerMetadata"), &["providerReferenceId"]),
        "releaseEnvironment": "Sandbox", "deliverySpecifications": session.asked("deliverySpecifications"),
    })
}

/// What Complete answers: the two ids and the state, nearly everything else is `null`.
pub fn completed(session: &Session, base_url: &str) -> Value {
    let whole = self::session(session, base_url);
    let kept = [
        "checkoutSessionId",
        "statusDetails",
        "chargePermissionId",
        "chargeId",
        "creationTimestamp",
        "releaseEnvironment",
        "chargePermissionType",
    ];
    let Value::Object(members) = whole else { return whole };
    let all = members.into_iter().map(|(name, value)| {
        let value = match name.as_str() {
            "constraints" => json!([]),
            _ if kept.contains(&name.as_str()) => value,
            _ => Value::Null,
        };
        (name, value)
    });
    all.collect()
}

fn payment_details(session: &Session) -> Value {
    let mut details = members(
        session.asked("paymentDetails"),
        &[
            "paymentIntent",
            "canHandlePendingAuthorization",
            "chargeAmount",
            "totalOrderAmount",
            "estimateOrderTotal",
            "presentmentCurrency",
            "softDescriptor",
            "allowOvercharge",
            "extendExpiration",
        ],
    );
    for name in ["chargeAmount", "totalOrderAmount", "estimateOrderTotal"] {
        details[name] = session.price(&format!("paymentDetails.{name}")).map_or(Value::Null, price);
    }
    if details["canHandlePendingAuthorization"].is_null() {
        details["canHandlePendingAuthorization"] = false.into();
    }
    if let Some(amount) = session.charge_amount() {
        details["presentmentCurrency"] = amount.currency.code().into();
    }
    details["softDescriptor"] = soft_descriptor(session.text("paymentDetails.softDescriptor"));
    details
}

fn soft_descriptor(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { format!("AMZ*{text}").into() }
}

fn recurring(of: &Value) -> Value {
    if of.is_null() {
        return Value::Null;
    }
    json!({
        "frequency": members(of.get("frequency").unwrap_or(&Value::Null), &["unit", "value"]),
        "amount": of.get("amount").cloned().unwrap_or(Value::Null),
    })
}

/// The scopes that a list in a request names.
pub fn scopes(of: &Value) -> Vec<String> {
    let list = of.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn shown_buyer(session: &Session) -> Value {
    let buyer = buyers::find(&session.buyer_id).filter(|_| session.state == SessionState::Open);
    buyer.map_or(Value::Null, |buyer| buyers::json(buyer, &scopes(session.asked("scopes"))))
}

fn billing(session: &Session) -> Value {
    let wanted = buyers::has(&scopes(session.asked("scopes")), "billingAddress") || !session.is_shipped();
    let buyer = buyers::find(&session.buyer_id).filter(|_| wanted && session.state == SessionState::Open);
    buyer.map_or(Value::Null, buyers::billing_address)
}

fn preferences(session: &Session) -> Value {
    match session.state {
        SessionState::Open => descriptors(&session.buyer_id, &session.instrument_id),
        _ => Value::Null,
    }
}

/// `[null]` before an instrument is known.
fn descriptors(buyer_id: &str, ending: &str) -> Value {
    let instrument = buyers::find(buyer_id).and_then(|buyer| buyer.instrument(ending));
    json!([instrument.map(|own| json!({ "paymentDescriptor": own.descriptor() }))])
}

/// Each element is a JSON text, which the SDKs parse by themselves.
fn address_list(session: &Session) -> Value {
    let Some(buyer) = buyers::find(&session.buyer_id) else { return Value::Null };
    if session.product_type != "PayAndShipMultiAddress" || session.state != SessionState::Open {
        return Value::Null;
    }
    let texts = buyers::ADDRESSES.iter().map(|address| {
        let mut json = address.json(buyer.name);
        json["addressId"] = address.id.into();
        json.to_string()
    });
    texts.collect()
}

/// A charge permission with what is left of it. Buyer data is shown for 30 days.
pub fn permission(permission: &Permission, balance: Money, now: Millis) -> Value {
    let is_shown = now.since(Millis(permission.created_at)) < limits::SESSION_KEPT;
    let buyer = buyers::find(&permission.buyer_id).filter(|_| is_shown);
    let reasons = json!([{ "reasonCode": permission.reason, "reasonDescription": describe(&permission.reason) }]);
    let wants_billing = buyers::has(&permission.scopes, "billingAddress") || permission.shipping_address.is_null();
    json!({
        "chargePermissionId": permission.id,
        "chargePermissionReferenceId": permission.merchant_metadata.get("merchantReferenceId"),
        "chargePermissionType": permission.kind,
        "recurringMetadata": if permission.is_recurring() { recurring(&permission.recurring_metadata) } else { Value::Null },
        "limits": { "amountLimit": price(permission.limit()), "amountBalance": price(balance) },
        "platformId": permission.platform_id,
        "buyer": buyer.map(|buyer| buyers::json(buyer, &permission.scopes)),
        "shippingAddress": if is_shown { permission.shipping_address.clone() } else { Value::Null },
        "billingAddress": buyer.filter(|_| wants_billing).map(buyers::billing_address),
        "paymentPreferences": descriptors(&permission.buyer_id, &permission.instrument_id),
        "statusDetails": {
            "state": permission.state,
            "reasons": if permission.reason.is_empty() { Value::Null } else { reasons },
            "lastUpdatedTimestamp": timestamp(Millis(permission.updated_at)),
        },
        "creationTimestamp": timestamp(Millis(permission.created_at)),
        "expirationTimestamp": timestamp_or_null(permission.expires_at),
        "merchantMetadata": merchant_metadata(&permission.merchant_metadata),
        "presentmentCurrency": permission.currency, "releaseEnvironment": "Sandbox",
    })
}

/// A charge.
pub fn charge(charge: &Charge) -> Value {
    let is_captured = charge.state == super::machine::ChargeState::Captured;
    json!({
        "chargeId": charge.id, "chargePermissionId": charge.permission_id, "chargeAmount": price(charge.amount()),
        "captureAmount": if is_captured { price(charge.captured()) } else { Value::Null },
        "refundedAmount": price_of(charge.refunded_minor, &charge.currency),
        "softDescriptor": soft_descriptor(&charge.soft_descriptor), "captureNow": charge.capture_now,
        "canHandlePendingAuthorization": charge.can_pend,
        "providerMetadata": members(&charge.provider_metadata, &["providerReferenceId"]),
        "convertedAmount": null, "conversionRate": null,
        "merchantMetadata": merchant_metadata(&charge.merchant_metadata), "platformId": charge.platform_id,
        "chargeInitiator": charge.initiator, "channel": charge.channel,
        "statusDetails": status(charge.state, &charge.reason, charge.updated_at),
        "creationTimestamp": timestamp(Millis(charge.created_at)),
        "expirationTimestamp": timestamp(charge.expires_at()), "releaseEnvironment": "Sandbox",
    })
}

/// A refund.
pub fn refund(refund: &Refund) -> Value {
    json!({
        "refundId": refund.id, "chargeId": refund.charge_id, "refundAmount": price(refund.amount()),
        "softDescriptor": soft_descriptor(&refund.soft_descriptor),
        "statusDetails": status(refund.state, &refund.reason, refund.updated_at),
        "creationTimestamp": timestamp(Millis(refund.created_at)), "releaseEnvironment": "Sandbox",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::amazon_pay::errors::ApiError;

    /// Every row of the published table is something that this emulator can say: a state, a reason, a
    /// constraint or an error. Two rows name refunds by the table's own words.
    #[test]
    fn all_rows_of_the_published_table_can_be_said() {
        const STATES: [&str; 12] = [
            "Open",
            "Canceled",
            "Completed",
            "Chargeable",
            "NonChargeable",
            "AuthorizationInitiated",
            "Authorized",
            "CaptureInitiated",
            "Captured",
            "Refunded",
            "RefundPending",
            "RefundDeclined",
        ];
        let bare = Session {
            request: serde_json::from_value(json!({ "chargePermissionType": "Recurring" })).unwrap(),
            ..Session::default()
        };
        let missing = constraints(&bare);
        assert_eq!(missing.len(), 5);
        let table = include_str!("../../../tests/data/amazon_pay/amazon-pay-statuses.tsv");
        let codes: Vec<&str> = table.lines().skip(1).filter_map(|row| row.split('\t').nth(1)).collect();
        assert_eq!(codes.len(), 75);
        for code in codes {
            let is_error = ApiError::is_known(code);
            let is_said = STATES.contains(&code) || missing.contains(&code) || !describe(code).is_empty() || is_error;
            assert!(is_said, "{code}");
        }
    }
}
