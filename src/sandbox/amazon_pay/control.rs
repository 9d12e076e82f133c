//! What the control calls show and do for Amazon Pay: ledger lines, notifications, credentials, and acts of
//! buyers, banks and Amazon that no call of the API can do.

use serde_json::{Value, json};

use super::machine::{ChargeEvent, ChargeState, PermissionEvent, TROUBLES};
use super::ops::disputes::{self, FILING_REASONS};
use super::state::merchants::PublicKey;
use super::state::objects::{Charge, Permission, Refund};
use super::{PROVIDER, blank_account, keep, moves, sign};
use crate::sandbox::Sandbox;
use crate::sandbox::state::{StateError, Tx};

/// Every authorisation, capture and refund. A capture has a line of its own beside its authorisation, with
/// the same id and the authorisation's id as `parent_id`, as in the ledger of Flexible Payments.
pub async fn ledger_lines(tx: &mut Tx) -> Result<Vec<Value>, StateError> {
    let mut lines = Vec::new();
    for charge in tx.objects::<Charge>().await? {
        let state = if charge.is_taken() { "Authorized".to_owned() } else { format!("{:?}", charge.state) };
        let mut hold =
            line("reserve", &charge.caller_reference, &charge.id, &charge.permission_id, charge.amount_minor);
        finish(&mut hold, &charge.currency, &state, &charge.reason, charge.created_at);
        lines.push(hold);
        // A capture that was refused afterwards has a line too: its moment is known.
        if charge.captured_at > 0 {
            let mut taken = line("settle", &charge.capture_reference, &charge.id, &charge.id, charge.captured_minor);
            finish(&mut taken, &charge.currency, &format!("{:?}", charge.state), &charge.reason, charge.captured_at);
            lines.push(taken);
        }
    }
    for refund in tx.objects::<Refund>().await? {
        let mut back = line("refund", &refund.caller_reference, &refund.id, &refund.charge_id, refund.amount_minor);
        finish(&mut back, &refund.currency, &format!("{:?}", refund.state), &refund.reason, refund.created_at);
        lines.push(back);
    }
    Ok(lines)
}

fn line(kind: &str, reference: &str, id: &str, parent_id: &str, amount_minor: i64) -> Value {
    json!({
        "provider": PROVIDER, "kind": kind, "caller_reference": reference, "transaction_id": id,
        "parent_id": parent_id, "amount_minor": amount_minor,
    })
}

fn finish(line: &mut Value, currency: &str, state: &str, reason: &str, at: i64) {
    line["currency"] = currency.into();
    line["state"] = state.into();
    line["status_code"] = reason.into();
    line["at"] = at.into();
}

/// Every notification with what it says.
pub async fn notification_lines(tx: &mut Tx) -> Result<Vec<Value>, StateError> {
    let all = tx.messages().await?.into_iter().map(|own| {
        json!({
            "provider": PROVIDER, "id": own.id, "transaction_id": own.object_id, "operation": own.object_type,
            "address": own.address, "state": own.state, "attempts": own.attempts, "at": own.created_at,
            "due_at": own.due_at, "kind": own.kind,
            "fields": serde_json::from_str::<Value>(&own.message).unwrap_or(Value::String(own.message)),
        })
    });
    Ok(all.collect())
}

/// A public key and the account behind it, as a test registers them.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCredential {
    /// `amazon_pay`.
    pub provider: String,
    public_key_id: String,
    public_key_pem: String,
    merchant_id: String,
    store_id: Option<String>,
    notification_url: Option<String>,
    status: Option<String>,
    account_status: Option<String>,
    signature_version: Option<String>,
    confirm_subscription: Option<bool>,
}

/// Registers or changes a key; at most two per account. What is not given stays as it is.
///
/// Errors: a sentence about what is wrong.
pub async fn register(
    sandbox: &Sandbox,
    tx: &mut Tx,
    new: NewCredential,
) -> Result<Result<(), &'static str>, StateError> {
    let status = new.status.unwrap_or_else(|| "active".to_owned());
    let is_one_of = |value: &Option<String>, of: [&str; 2]| value.as_deref().is_none_or(|value| of.contains(&value));
    if new.public_key_id.is_empty() || new.merchant_id.is_empty() || sign::read_key(&new.public_key_pem).is_none() {
        return Ok(Err("needs public_key_id, merchant_id and public_key_pem (-----BEGIN PUBLIC KEY-----)"));
    }
    if !matches!(status.as_str(), "active" | "inactive")
        || !is_one_of(&new.account_status, ["active", "suspended"])
        || !is_one_of(&new.signature_version, ["1", "2"])
    {
        return Ok(Err(
            "status is active or inactive, account_status active or suspended, signature_version \"1\" or \"2\"",
        ));
    }
    let keys = tx.public_keys().await?;
    let others = keys.iter().filter(|own| own.merchant_id == new.merchant_id && own.public_key_id != new.public_key_id);
    if others.count() >= 2 {
        return Ok(Err("an account has two keys at most"));
    }
    let before = tx.merchant(&new.merchant_id).await?;
    let mut account = before.unwrap_or_else(|| blank_account(&new.merchant_id));
    let address_before = account.notification_url.clone();
    account.store_id = new.store_id.unwrap_or(account.store_id);
    account.notification_url = new.notification_url.unwrap_or(account.notification_url);
    account.status = new.account_status.unwrap_or(account.status);
    account.signature_version = new.signature_version.unwrap_or(account.signature_version);
    match new.confirm_subscription {
        Some(true) if account.subscription == "direct" => account.subscription = "pending".to_owned(),
        Some(false) => account.subscription = "direct".to_owned(),
        _ => {}
    }
    if account.subscription == "confirmed" && account.notification_url != address_before {
        account.subscription = "pending".to_owned();
    }
    keep(sandbox, tx, &account, sandbox.clock().now()).await?;
    let (merchant_id, public_key_pem) = (new.merchant_id, new.public_key_pem);
    tx.keep_public_key(&PublicKey { public_key_id: new.public_key_id, merchant_id, public_key_pem, status }).await?;
    Ok(Ok(()))
}

/// Registered keys with their accounts.
pub async fn credential_lines(tx: &mut Tx) -> Result<Vec<Value>, StateError> {
    let mut lines = Vec::new();
    for key in tx.public_keys().await? {
        let account = tx.merchant(&key.merchant_id).await?.unwrap_or_default();
        lines.push(json!({
            "provider": PROVIDER, "public_key_id": key.public_key_id, "merchant_id": key.merchant_id,
            "status": key.status, "store_id": account.store_id, "notification_url": account.notification_url,
            "account_status": account.status,
            "signature_version": account.signature_version, "subscription": account.subscription,
        }));
    }
    Ok(lines)
}

/// Something that happens on the other side: `act` is `spoil`, `repair`, `buyer_closes`, `amazon_closes` (a
/// permission), `buyer_cancels`, `amazon_cancels` or `charge_back` (a charge).
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    act: String,
    /// A permission or a charge.
    id: String,
    #[serde(default)]
    reason: String,
}

/// Lets it happen. Errors: a sentence about what is wrong.
pub async fn act(sandbox: &Sandbox, tx: &mut Tx, act: &Act) -> Result<Result<Value, &'static str>, StateError> {
    let now = sandbox.clock().now();
    let done = |was_possible: bool| {
        if was_possible { Ok(json!({ "id": act.id })) } else { Err("its state does not allow that") }
    };
    if let Some(mut own) = tx.object::<Permission>(&act.id).await? {
        let (event, reason) = match act.act.as_str() {
            "spoil" if TROUBLES.contains(&act.reason.as_str()) => (PermissionEvent::Spoil, act.reason.as_str()),
            "spoil" => return Ok(Err("reason must be one of the reasons of NonChargeable")),
            "repair" => (PermissionEvent::Repair, ""),
            "buyer_closes" => (PermissionEvent::Close, "BuyerClosed"),
            "amazon_closes" => (PermissionEvent::Close, "AmazonClosed"),
            _ => return Ok(Err("act must be spoil, repair, buyer_closes or amazon_closes")),
        };
        return Ok(done(moves::permission(sandbox, tx, &mut own, event, reason, now).await?));
    }
    let Some(mut own) = tx.object::<Charge>(&act.id).await? else { return Ok(Err("no such permission or charge")) };
    let reason = match act.act.as_str() {
        "buyer_cancels" => "BuyerCanceled",
        "amazon_cancels" => "AmazonCanceled",
        "charge_back" if own.state != ChargeState::Captured => return Ok(Err("its state does not allow that")),
        "charge_back" => {
            let reason = if act.reason.is_empty() { "ProductNotReceived" } else { &act.reason };
            if !FILING_REASONS.contains(&reason) {
                return Ok(Err("reason must be a filing reason"));
            }
            let dispute = disputes::open(sandbox, tx, &own, reason, now).await?;
            return Ok(Ok(json!({ "id": dispute.id })));
        }
        _ => return Ok(Err("act must be buyer_cancels, amazon_cancels or charge_back")),
    };
    Ok(done(moves::charge(sandbox, tx, &mut own, ChargeEvent::CallOff, reason, now).await?))
}
