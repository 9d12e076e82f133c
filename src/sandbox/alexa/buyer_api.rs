//! The buyer API: who the person is for Amazon Pay, and where they live. The token is the one of the last request.
//!
//! ```text
//! GET /live/v1/buyer/id                        {"buyerId":"amzn1.account.…"}
//! GET /sandbox/v1/buyer/addresses?sellerId=A1  {"addresses":[{"addressType":"DefaultOneClickShippingAddress","address":{…}}]}
//! ```

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::pay::{address, next_of};
use super::people::{self, Consent, Person};
use super::rows::{self, Table};
use super::{PROVIDER, linking};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::BUYERS;
use crate::sandbox::amazon_pay::wire;
use crate::sandbox::state::{LogEntry, StateError};

/// The two calls, at the root or below a prefix.
pub fn router(prefix: &str) -> Router<Sandbox> {
    Router::new()
        .route(&format!("{prefix}/live/v1/buyer/id"), get(id))
        .route(&format!("{prefix}/sandbox/v1/buyer/id"), get(id))
        .route(&format!("{prefix}/live/v1/buyer/addresses"), get(addresses_live))
        .route(&format!("{prefix}/sandbox/v1/buyer/addresses"), get(addresses_sandbox))
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seller {
    seller_id: Option<String>,
}

/// A code of the table, or a failing database.
enum Refusal {
    Code(&'static str),
    Broken(StateError),
}

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Refusal {
        Refusal::Broken(error)
    }
}

async fn id(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    let found = async {
        let person = caller(&sandbox, &headers).await?;
        Ok(json!({ "buyerId": person.buyer_id }))
    };
    answer(&sandbox, "BuyerId", found.await).await
}

async fn addresses_live(sandbox: State<Sandbox>, headers: HeaderMap, seller: Query<Seller>) -> Response {
    addresses(&sandbox, &headers, seller.0, false).await
}

async fn addresses_sandbox(sandbox: State<Sandbox>, headers: HeaderMap, seller: Query<Seller>) -> Response {
    addresses(&sandbox, &headers, seller.0, true).await
}

async fn addresses(sandbox: &Sandbox, headers: &HeaderMap, seller: Seller, is_sandbox: bool) -> Response {
    let found = async {
        let person = caller(sandbox, headers).await?;
        let email = text(headers, "x-amz-pay-sandbox-email-id");
        if is_sandbox && BUYERS.iter().all(|buyer| buyer.email != email) {
            return Err(Refusal::Code("InvalidRequest"));
        }
        let seller_id = seller.seller_id.filter(|id| !id.is_empty() && !id.contains('\0'));
        let seller_id = seller_id.ok_or(Refusal::Code("InvalidRequest"))?;
        let account = sandbox.db().read().await?.merchant(&seller_id).await?;
        if account.is_none_or(|account| account.status != "active") {
            return Err(Refusal::Code("Forbidden"));
        }
        let home = json!({
            "addressType": "DefaultOneClickShippingAddress",
            "address": address(&person.locale().address(person.buyer().name)),
        });
        Ok(json!({ "addresses": if person.has_address { vec![home] } else { Vec::new() } }))
    };
    answer(sandbox, "BuyerAddresses", found.await).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whom the token speaks for, unless a presenter has chosen how this call ends.
async fn caller(sandbox: &Sandbox, headers: &HeaderMap) -> Result<Person, Refusal> {
    let token = text(headers, "authorization").strip_prefix("Bearer ").map(str::trim).unwrap_or_default();
    if token.is_empty() {
        return Err(Refusal::Code("InvalidRequest"));
    }
    let mut tx = sandbox.db().write().await?;
    let buyer_id = tx.access(token, sandbox.clock().real_now()).await?;
    let Some(buyer) = buyer_id.and_then(|id| people::buyer(&id)) else { return Err(Refusal::Code("InvalidToken")) };
    if let Some((chosen, row)) = next_of(&mut tx, buyer.id, &[Table::BuyerId]).await? {
        tx.strike_chosen(chosen.seq).await?;
        tx.commit().await?;
        return Err(Refusal::Code(row.code));
    }
    drop(tx);
    let person = sandbox.person(buyer).await?;
    if person.consent == Consent::Granted { Ok(person) } else { Err(Refusal::Code("InsufficientScope")) }
}

async fn answer(sandbox: &Sandbox, operation: &str, found: Result<Value, Refusal>) -> Response {
    let (status, verdict, body) = match found {
        Ok(body) => (StatusCode::OK, "ok", body),
        Err(Refusal::Code(code)) => {
            let row = rows::of(Table::BuyerId, code);
            let body = json!({ "errorCode": code, "errorMessage": row.message(), "requestId": wire::uuid() });
            (StatusCode::from_u16(row.status).unwrap_or(StatusCode::BAD_REQUEST), code, body)
        }
        Err(Refusal::Broken(error)) => return linking::broken(&error),
    };
    let mut entry = LogEntry::of(PROVIDER, sandbox.clock().now(), "request", operation);
    (entry.verdict, entry.status) = (verdict.to_owned(), i64::from(status.as_u16()));
    sandbox.log(entry).await;
    (status, Json(body)).into_response()
}
