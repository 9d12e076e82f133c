//! The small operations: who signed in, parcels on their way, delegated tokens, what was paid out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Call;
use crate::base::clock::Millis;
use crate::sandbox::amazon_pay::buyers;
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble};
use crate::sandbox::amazon_pay::machine::{ChargeState, RefundState};
use crate::sandbox::amazon_pay::state::Kept;
use crate::sandbox::amazon_pay::state::objects::{BuyerToken, Charge, Permission, Refund};
use crate::sandbox::amazon_pay::wire::{price_of, read_timestamp, timestamp};
use crate::sandbox::state::Tx;

/// A delegated token, as Get Authorization Token gives it to solution providers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Delegation {
    /// The token.
    pub id: String,
    /// Who may use it.
    pub merchant_id: String,
}

impl Kept for Delegation {
    const KIND: &'static str = "delegation";
    fn id(&self) -> &str {
        &self.id
    }
    fn merchant_id(&self) -> &str {
        &self.merchant_id
    }
}

/// Get Buyer: only what the scopes of the sign-in button asked for.
pub async fn buyer(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let token: BuyerToken = call.own(tx, call.id()).await?;
    let buyer = buyers::find(&token.buyer_id).ok_or_else(|| ApiError::not_found(call.id()))?;
    let has = |scope: &str| buyers::has(&token.scopes, scope);
    let home = buyers::ADDRESSES[0];
    let mut shown = buyers::json(buyer, &token.scopes);
    shown["postalCode"] = if has("postalCode") { home.postal_code().into() } else { Value::Null };
    shown["countryCode"] = if has("postalCode") { home.country().into() } else { Value::Null };
    shown["shippingAddress"] = if has("shippingAddress") { home.json(buyer.name) } else { Value::Null };
    shown["billingAddress"] = if has("billingAddress") { buyers::billing_address(buyer) } else { Value::Null };
    Ok(shown)
}

/// Create Delivery Tracker: echoed back.
pub async fn delivery_tracker(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let details = call.member("deliveryDetails");
    for (place, item) in details.as_array().into_iter().flatten().enumerate() {
        for name in ["trackingNumber", "carrierCode"] {
            if item.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
                return Err(ApiError::missing(&format!("deliveryDetails[{place}].{name}")).into());
            }
        }
    }
    let id = [call.text("chargePermissionId"), call.text("amazonOrderReferenceId")].concat();
    if id.is_empty() {
        return Err(ApiError::missing("chargePermissionId").into());
    }
    call.own::<Permission>(tx, &id).await?;
    Ok(json!({
        "chargePermissionId": call.member("chargePermissionId"),
        "amazonOrderReferenceId": call.member("amazonOrderReferenceId"), "deliveryDetails": details,
    }))
}

/// Get Authorization Token: a delegated token for the merchant that the query names.
pub async fn authorization_token(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let merchant_id = call.parameter("merchantId");
    if merchant_id.is_empty() {
        return Err(ApiError::missing("merchantId").into());
    }
    if merchant_id != call.merchant.id {
        let message = "This account has no delegated authorization for that merchant.";
        return Err(ApiError::new("UnauthorizedAccess", message).into());
    }
    let token =
        Delegation { id: format!("AuthToken.{merchant_id}.{}", call.id()), merchant_id: merchant_id.to_owned() };
    if tx.object::<Delegation>(&token.id).await?.is_none() {
        tx.add_object(&token, call.now).await?;
    }
    Ok(json!({ "authorizationToken": token.id }))
}

/// Get Disbursements: one for every day and currency on which something was captured or given back.
pub async fn disbursements(call: &Call<'_>, tx: &mut Tx) -> Result<Value, Trouble> {
    let bound = |name: &str, otherwise: Millis| match call.parameter(name) {
        "" => Ok(otherwise),
        text => read_timestamp(text).ok_or_else(|| ApiError::value(name, "it is not an ISO 8601 instant")),
    };
    let (from, to) = (bound("startTime", Millis(0))?, bound("endTime", call.now)?);
    let is_within = |at: i64| at >= from.0 && at <= to.0;
    let mut days: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut add = |at: i64, currency: &str, minor: i64| {
        *days.entry((Millis(at).iso8601()[..10].to_owned(), currency.to_owned())).or_default() += minor;
    };
    for charge in tx.objects::<Charge>().await? {
        if charge.merchant_id == call.merchant.id
            && charge.state == ChargeState::Captured
            && is_within(charge.updated_at)
        {
            add(charge.updated_at, &charge.currency, charge.captured_minor);
        }
    }
    for refund in tx.objects::<Refund>().await? {
        if refund.merchant_id == call.merchant.id
            && refund.state == RefundState::Refunded
            && is_within(refund.updated_at)
        {
            add(refund.updated_at, &refund.currency, -refund.amount_minor);
        }
    }
    let all: Vec<Value> = days
        .into_iter()
        .map(|((day, currency), minor)| {
            let minus = if minor < 0 { "-" } else { "" };
            let mut amount = price_of(minor.abs(), &currency);
            amount["amount"] = format!("{minus}{}", amount["amount"].as_str().unwrap_or_default()).into();
            let at = read_timestamp(&format!("{day}T00:00:00Z")).unwrap_or(call.now);
            json!({ "disbursementId": format!("{day}-{currency}"), "settlementDate": timestamp(at), "amount": amount, "status": "Completed" })
        })
        .collect();
    Ok(json!({ "disbursements": all, "nextToken": null }))
}
