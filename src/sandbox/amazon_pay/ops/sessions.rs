//! Checkout sessions: create, read, update, and the rules for what they ask for.

use serde_json::Value;

use super::Call;
use crate::base::clock::Millis;
use crate::base::money::Currency;
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble, refuse};
use crate::sandbox::amazon_pay::fields::merge;
use crate::sandbox::amazon_pay::machine::{PermissionState, SessionState};
use crate::sandbox::amazon_pay::state::merchants::Account;
use crate::sandbox::amazon_pay::state::objects::{Permission, Session};
use crate::sandbox::amazon_pay::{limits, views, wire};
use crate::sandbox::state::Tx;

/// Create Checkout Session.
pub async fn create(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let session = Session {
        region: call.region.to_owned(),
        request: call.body.clone(),
        // The API has no product type; without an address there is nothing to ship in a single trip.
        product_type: "PayAndShip".to_owned(),
        caller_reference: call.key.to_owned(),
        ..Session::default()
    };
    let session = begin(tx, call.merchant, session, call.now).await?;
    Ok(views::session(&session, call.sandbox.base_url()))
}

/// Checks what a new session asks for and adds it. Also for buttons, which bring a product type.
pub async fn begin(tx: &mut Tx, merchant: &Account, mut session: Session, now: Millis) -> Result<Session, Trouble> {
    if session.is_one_trip() && session.asked("addressDetails").is_null() {
        session.product_type = "PayOnly".to_owned();
    }
    session.id = wire::uuid();
    session.merchant_id = merchant.id.clone();
    (session.created_at, session.updated_at) = (now.0, now.0);
    if let Some(address) = session.request.remove("addressDetails") {
        session.shipping_address = given_address(&address);
    }
    if let Some(Value::Object(web)) = session.request.get_mut("webCheckoutDetails") {
        web.remove("amazonPayRedirectUrl");
    }
    if !merchant.store_id.is_empty() && session.text("storeId") != merchant.store_id {
        return Err(ApiError::value("storeId", "it is not a store of this merchant").into());
    }
    check_addresses(&session)?;
    check_payment(&session)?;
    check_saved_wallet(tx, &session).await?;
    tx.add_object(&session, now).await?;
    Ok(session)
}

/// The address that the merchant collected, as the API shows it.
fn given_address(address: &Value) -> Value {
    let member = |name: &str| address.get(name).cloned().unwrap_or(Value::Null);
    serde_json::json!({
        "name": member("name"), "addressLine1": member("addressLine1"), "addressLine2": member("addressLine2"),
        "addressLine3": member("addressLine3"), "city": member("city"),
        "county": if member("county").is_null() { member("districtOrCounty") } else { member("county") },
        "district": member("district"), "stateOrRegion": member("stateOrRegion"),
        "postalCode": member("postalCode"), "countryCode": member("countryCode"), "phoneNumber": member("phoneNumber"),
    })
}

fn check_addresses(session: &Session) -> Result<(), ApiError> {
    let needed = if session.is_one_trip() { "checkoutResultReturnUrl" } else { "checkoutReviewReturnUrl" };
    let path = format!("webCheckoutDetails.{needed}");
    if session.asked(&path).is_null() { Err(ApiError::missing(&path)) } else { Ok(()) }
}

/// What fits together: intent and flags, currencies, amounts.
fn check_payment(session: &Session) -> Result<(), ApiError> {
    let combination = |message: &str| Err(ApiError::new("InvalidParameterCombination", message));
    let intent = session.text("paymentDetails.paymentIntent");
    if intent == "AuthorizeWithCapture" && session.is("paymentDetails.canHandlePendingAuthorization") {
        return combination(
            "canHandlePendingAuthorization cannot be true with the paymentIntent AuthorizeWithCapture.",
        );
    }
    if !session.text("paymentDetails.softDescriptor").is_empty() && intent != "AuthorizeWithCapture" {
        return combination("softDescriptor is for the paymentIntent AuthorizeWithCapture only.");
    }
    if session.is_setup_only() && session.permission_type() != "PaymentMethodOnFile" {
        return combination("setupOnly is for the chargePermissionType PaymentMethodOnFile only.");
    }
    let presentment = session.text("paymentDetails.presentmentCurrency");
    if !presentment.is_empty() && !takes(session, presentment) {
        return Err(ApiError::value("paymentDetails.presentmentCurrency", "the account cannot present it"));
    }
    let Some(amount) = session.charge_amount() else { return Ok(()) };
    if !limits::takes(&session.region, amount.currency) {
        return Err(ApiError::value("paymentDetails.chargeAmount.currencyCode", "the account cannot charge it"));
    }
    if !presentment.is_empty() && presentment != amount.currency.code() {
        return Err(ApiError::new("CurrencyMismatch", "chargeAmount is not in the presentmentCurrency."));
    }
    if amount.is_zero() && matches!(intent, "Authorize" | "AuthorizeWithCapture") {
        return Err(ApiError::value("paymentDetails.chargeAmount.amount", "it must be above zero"));
    }
    let ceiling = match session.permission_type() {
        "Recurring" => limits::monthly(amount.currency),
        "PaymentMethodOnFile" => limits::saved_wallet(amount.currency),
        _ => limits::most(amount.currency),
    };
    if amount > ceiling {
        return Err(ApiError::new("TransactionAmountExceeded", "chargeAmount is above the most that can be charged."));
    }
    match session.price("paymentDetails.totalOrderAmount") {
        Some(total) if total.currency != amount.currency => {
            Err(ApiError::new("CurrencyMismatch", "totalOrderAmount is in another currency than chargeAmount."))
        }
        Some(total) if total < amount => {
            Err(ApiError::value("paymentDetails.totalOrderAmount", "it is less than chargeAmount"))
        }
        _ => Ok(()),
    }
}

fn takes(session: &Session, code: &str) -> bool {
    Currency::from_code(code).is_some_and(|currency| limits::takes(&session.region, currency))
}

/// A session over a saved wallet names a permission of that kind which can be charged.
async fn check_saved_wallet(tx: &mut Tx, session: &Session) -> Result<(), Trouble> {
    let id = session.text("chargePermissionId");
    if id.is_empty() {
        return Ok(());
    }
    let found: Option<Permission> = tx.object(id).await?;
    let found = found.filter(|own| own.merchant_id == session.merchant_id && own.is_confirmed);
    match found {
        None => Err(ApiError::not_found(id).into()),
        Some(own) if own.kind != "PaymentMethodOnFile" => {
            refuse("InvalidParameterCombination", "chargePermissionId must be a saved payment method.")
        }
        Some(own) if own.state != PermissionState::Chargeable => {
            refuse("InvalidChargePermissionStatus", "The saved payment method cannot be charged now.")
        }
        Some(_) => Ok(()),
    }
}

/// Get Checkout Session.
pub async fn show(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let session = find(call, tx).await?;
    Ok(views::session(&session, call.sandbox.base_url()))
}

/// The session of the path; one that is older than 30 days is gone.
pub async fn find(call: &Call<'_>, tx: &mut Tx) -> Result<Session, Trouble> {
    let session: Session = call.own(tx, call.id()).await?;
    if call.now.since(Millis(session.created_at)) >= limits::SESSION_KEPT {
        return Err(ApiError::not_found(call.id()).into());
    }
    Ok(session)
}

/// Update Checkout Session: members merge, omitted ones stay; only while the buyer has not paid.
pub async fn update(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let mut session = find(call, tx).await?;
    if session.state != SessionState::Open || session.is_paid {
        return refuse(
            "InvalidCheckoutSessionStatus",
            format!("The checkout session is {:?}{}; it cannot be updated.", session.state, paid(&session)),
        );
    }
    let before = session.charge_amount().map(|amount| amount.currency.code().to_owned());
    let before = before.unwrap_or_else(|| session.text("paymentDetails.presentmentCurrency").to_owned());
    let asked = call.body.get("paymentDetails").and_then(|details| details.get("presentmentCurrency"));
    if asked.and_then(Value::as_str).is_some_and(|asked| !before.is_empty() && asked != before) {
        let why = "it cannot be changed; change chargeAmount.currencyCode instead";
        return Err(ApiError::value("paymentDetails.presentmentCurrency", why).into());
    }
    merge(&mut session.request, call.body);
    if let Some(amount) = session.charge_amount()
        && let Some(Value::Object(details)) = session.request.get_mut("paymentDetails")
    {
        // The currency of the amount is the currency that is presented.
        details.insert("presentmentCurrency".to_owned(), amount.currency.code().into());
    }
    if let Some(Value::Object(web)) = session.request.get_mut("webCheckoutDetails") {
        web.remove("amazonPayRedirectUrl");
    }
    check_addresses(&session)?;
    check_payment(&session)?;
    session.updated_at = call.now.0;
    tx.keep_object(&session).await?;
    Ok(views::session(&session, call.sandbox.base_url()))
}

fn paid(session: &Session) -> &'static str {
    if session.is_paid { ", and the buyer has paid" } else { "" }
}
