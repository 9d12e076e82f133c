//! The ledger and the notifications as the control calls show them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Refused;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::{self, control};
use crate::sandbox::fps::state::transactions::{HistoryLine, Transaction};
use crate::sandbox::state::Tx;

/// Every transaction and every balance. A settle has a line of its own beside its reserve, with the
/// same id and the reserve's id as `parent_id`; a reserve that was settled is shown as `Settled`.
pub async fn show(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    let mut tx = sandbox.db().read().await?;
    let mut lines = Vec::new();
    for transaction in tx.transactions().await? {
        lines.extend(lines_of(&mut tx, &transaction).await?);
    }
    lines.extend(control::ledger_lines(&mut tx).await?);
    let mut accounts = Vec::new();
    let mut sums = BTreeMap::from([("USD".to_owned(), 0)]);
    let mut add = |provider: &str, account: String, currency: String, balance_minor: i64| {
        accounts.push(
            json!({ "provider": provider, "account": account, "currency": currency, "balance_minor": balance_minor }),
        );
        *sums.entry(currency).or_insert(0) += balance_minor;
    };
    for own in tx.balances().await? {
        add("fps", own.account, "USD".to_owned(), own.balance_minor);
    }
    for own in tx.holdings().await? {
        add(amazon_pay::PROVIDER, own.account, own.currency, own.balance_minor);
    }
    Ok(Json(json!({ "transactions": lines, "accounts": accounts, "sum_minor": sums })))
}

async fn lines_of(tx: &mut Tx, t: &Transaction) -> Result<Vec<Value>, Refused> {
    let settle: Option<HistoryLine> = match t.kind.as_str() {
        "Reserve" => tx.history(&t.id).await?.into_iter().find(|line| line.operation == "Settle"),
        _ => None,
    };
    let Some(settle) = settle else {
        return Ok(vec![line(t, &t.kind.to_lowercase(), &t.parent_id, t.amount_minor, &t.state, t.received_at)]);
    };
    let held = if t.state == "Pending" { "Reserved" } else { "Settled" };
    Ok(vec![
        line(t, "reserve", "", t.amount_minor, held, t.received_at),
        line(t, "settle", &t.id, t.settled_minor, &t.state, settle.at),
    ])
}

fn line(t: &Transaction, kind: &str, parent_id: &str, amount_minor: i64, state: &str, at: i64) -> Value {
    json!({
        "provider": "fps", "kind": kind, "caller_reference": t.caller_reference, "transaction_id": t.id,
        "parent_id": if parent_id.is_empty() { Value::Null } else { parent_id.into() },
        "amount_minor": amount_minor, "currency": "USD", "state": state, "at": at,
        "caller": t.caller_id, "sender": t.sender_id, "recipient": t.recipient_id, "payment_method": t.method,
        "provider_fee_minor": t.fee_minor, "fee_payer": t.fee_payer, "marketplace_fee_minor": t.market_fee_minor,
        "refunded_minor": t.refunded_minor, "status_code": t.status_code,
        "statement_line": t.statement_line, "service_owner": t.service_owner,
    })
}

/// Every notification with its fields, so that one can be picked and sent again.
pub async fn notifications(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    let mut tx = sandbox.db().read().await?;
    let fps = tx.notifications().await?.into_iter().map(|own| {
        json!({
            "provider": "fps", "id": own.id, "transaction_id": own.transaction_id, "operation": own.operation,
            "address": own.address, "state": own.state, "attempts": own.attempts, "at": own.created_at,
            "due_at": own.due_at, "fields": serde_json::from_str::<Value>(&own.fields).unwrap_or_default(),
        })
    });
    let mut all: Vec<Value> = fps.collect();
    all.extend(control::notification_lines(&mut tx).await?);
    Ok(Json(json!({ "notifications": all })))
}
