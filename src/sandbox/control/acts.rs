//! Key pairs, and what a recipient can do in the provider's own pages.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Refused, bad, read};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::{self, control};
use crate::sandbox::fps::actions::{Trouble, give_back, settle};
use crate::sandbox::fps::machine::{self, Event};
use crate::sandbox::fps::personas;
use crate::sandbox::fps::state::accounts::{Account, Credential};

/// Registered key pairs, without their secrets.
pub async fn show_credentials(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    let mut tx = sandbox.db().read().await?;
    let mut all = control::credential_lines(&mut tx).await?;
    let fps: Vec<Value> = tx
        .credentials()
        .await?
        .into_iter()
        .map(|own| json!({ "provider": "fps", "access_key": own.access_key, "account_id": own.account_id, "status": own.status }))
        .collect();
    all.splice(0..0, fps);
    Ok(Json(json!({ "credentials": all })))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCredential {
    provider: String,
    access_key: String,
    secret_key: String,
    account_id: Option<String>,
    #[serde(default)]
    status: Option<String>,
    notification_url: Option<String>,
}

/// Registers a key pair, or changes one; at most two per account.
pub async fn keep_credentials(
    State(sandbox): State<Sandbox>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let kind: Value = read(&body)?;
    if kind["provider"] == amazon_pay::PROVIDER {
        return keep_public_key(&sandbox, &body).await;
    }
    let new: NewCredential = read(&body)?;
    let status = new.status.unwrap_or_else(|| "active".to_owned());
    if new.provider != "fps"
        || new.access_key.is_empty()
        || new.secret_key.is_empty()
        || !matches!(status.as_str(), "active" | "inactive")
    {
        return Err(bad(
            "needs provider \"fps\" or \"amazon_pay\"; for fps: access_key, secret_key, and status active or inactive",
        ));
    }
    let account_id = new.account_id.filter(|id| !id.is_empty()).unwrap_or_else(|| personas::CALLER.to_owned());
    let mut tx = sandbox.db().write().await?;
    let taken = tx
        .credentials()
        .await?
        .iter()
        .filter(|own| own.account_id == account_id && own.access_key != new.access_key)
        .count();
    if taken >= 2 {
        return Err(bad("an account has two key pairs at most"));
    }
    let account = Account {
        id: account_id.clone(),
        kind: "developer".to_owned(),
        name: account_id.clone(),
        email: format!("{}@callers.example", account_id.to_lowercase()),
        marketplace: 1,
        ..personas::blank_account()
    };
    tx.add_account(&account).await?;
    if let Some(url) = new.notification_url {
        tx.set_ipn_url(&account_id, &url).await?;
    }
    tx.keep_credential(&Credential { access_key: new.access_key, secret_key: new.secret_key, account_id, status })
        .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, show_credentials(State(sandbox)).await?))
}

async fn keep_public_key(sandbox: &Sandbox, body: &Bytes) -> Result<(StatusCode, Json<Value>), Refused> {
    let mut tx = sandbox.db().write().await?;
    control::register(sandbox, &mut tx, read(body)?).await?.map_err(bad)?;
    tx.commit().await?;
    sandbox.wake();
    Ok((StatusCode::CREATED, show_credentials(State(sandbox.clone())).await?))
}

/// As if a buyer, a bank or Amazon did something to a permission or a charge of Amazon Pay.
pub async fn happen(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let _alone = sandbox.amazon_pay().alone().await;
    let mut tx = sandbox.db().write().await?;
    let done = control::act(&sandbox, &mut tx, &read(&body)?).await?.map_err(bad)?;
    tx.commit().await?;
    sandbox.wake();
    Ok(Json(done))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ByRecipient {
    transaction_id: String,
    amount_minor: Option<i64>,
}

/// As if the recipient gave money back in the provider's own pages.
pub async fn refund_as_recipient(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let act: ByRecipient = read(&body)?;
    let _alone = sandbox.fps_alone().await;
    let mut tx = sandbox.db().write().await?;
    let payment = tx.transaction(&act.transaction_id).await?.ok_or_else(|| bad("InvalidTransactionId"))?;
    let asked = give_back::Asked {
        amount_minor: act.amount_minor,
        reference: "",
        policy: "MasterTxnOnly",
        reason: "",
        date: "",
        ipn_url: None,
    };
    let refund = match give_back::start(&sandbox, &mut tx, payment, &asked, sandbox.clock().now()).await {
        Ok(refund) => refund,
        Err(Trouble::Refused(error)) => return Err(bad(error.code)),
        Err(Trouble::Broken(error)) => return Err(error.into()),
    };
    tx.commit().await?;
    sandbox.wake();
    Ok(Json(json!({ "transaction_id": refund.id, "parent_id": refund.parent_id, "state": refund.state })))
}

/// As if the recipient called the payment off in the provider's own pages.
pub async fn cancel_as_recipient(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let act: ByRecipient = read(&body)?;
    let now = sandbox.clock().now();
    let _alone = sandbox.fps_alone().await;
    let mut tx = sandbox.db().write().await?;
    let mut transaction = tx.transaction(&act.transaction_id).await?.ok_or_else(|| bad("InvalidTransactionId"))?;
    let cancelled = machine::next(transaction.operation(), transaction.state(), Event::Cancel)
        .ok_or_else(|| bad("InvalidTransactionState"))?;
    (transaction.due_at, transaction.completed_at) = (0, now.0);
    settle::step_as(&sandbox, &mut tx, &mut transaction, cancelled, now, "CANCEL_TRANSACTION").await?;
    tx.commit().await?;
    sandbox.wake();
    Ok(Json(json!({ "transaction_id": transaction.id, "state": transaction.state })))
}
