//! Who may come in: the headers that every request carries, the signature, the account and its environment.

use rsa::RsaPublicKey;

use super::api::Received;
use super::errors::ApiError;
use super::ops::small::Delegation;
use super::sign::{Authorization, Signed, read_key};
use super::state::merchants::{Account, PublicKey};
use super::wire::read_timestamp;
use crate::base::clock::minutes;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{LogEntry, StateError};

/// In a strict sandbox requests live for 15 minutes of real time either way; no window is documented.
const FRESH: std::time::Duration = minutes(15);

/// Who signed a request.
pub struct Caller {
    /// The merchant account behind the key.
    pub account: Account,
}

/// The region by the names that SDKs use, in any case.
pub fn region(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "na" | "us" => Some("na"),
        "eu" | "de" | "uk" => Some("eu"),
        "jp" => Some("jp"),
        _ => None,
    }
}

/// Checks the headers that every request carries; answers the region.
///
/// Errors: `MissingHeader`, `MissingHeaderValue`, `InvalidHeaderValue`.
pub fn check_headers(sandbox: &Sandbox, received: &Received<'_>) -> Result<&'static str, ApiError> {
    for name in ["authorization", "x-amz-pay-region", "x-amz-pay-date", "x-amz-pay-host"] {
        if !received.headers.contains_key(name) {
            return Err(ApiError::new("MissingHeader", format!("The header {name} is required.")));
        }
        if received.header(name).is_empty() {
            return Err(ApiError::new("MissingHeaderValue", format!("The header {name} has no value.")));
        }
    }
    let wrong = |message: &str| ApiError::new("InvalidHeaderValue", message);
    let at = read_timestamp(received.header("x-amz-pay-date"))
        .ok_or_else(|| wrong("x-amz-pay-date must be an ISO 8601 instant such as 20260102T030405Z."))?;
    let now = sandbox.clock().real_now();
    if sandbox.is_strict() && (now.since(at) > FRESH || at.since(now) > FRESH) {
        return Err(wrong("x-amz-pay-date is more than 15 minutes away."));
    }
    let content_type = received.header("content-type").split(';').next().unwrap_or_default().trim();
    if !received.body.is_empty() && !content_type.eq_ignore_ascii_case("application/json") {
        return Err(wrong("content-type must be application/json."));
    }
    region(received.header("x-amz-pay-region")).ok_or_else(|| wrong("x-amz-pay-region must be na, eu or jp."))
}

/// Checks signature, account, environment and a delegated token. `environment` is what the path names.
///
/// Errors: `InvalidHeaderValue`, `InvalidAuthentication`, `InvalidRequestSignature`, `InvalidAccountStatus`,
/// `InvalidAuthorizationToken`.
pub async fn authenticate(
    sandbox: &Sandbox,
    received: &Received<'_>,
    environment: &str,
    entry: &mut LogEntry,
) -> Result<Caller, ApiError> {
    let authorization = Authorization::parse(received.header("authorization")).ok_or_else(|| {
        let message = "authorization must read: ALGORITHM PublicKeyId=…, SignedHeaders=…, Signature=….";
        ApiError::new("InvalidHeaderValue", message)
    })?;
    let (key, account) = find(sandbox, &authorization.public_key_id).await?;
    let path = received.uri.path();
    let signed = Signed {
        method: received.method.as_str(),
        path,
        query: received.uri.query().unwrap_or_default(),
        headers: received.headers,
        body: received.body,
    };
    let verified = signed.verified(&authorization, &key);
    let canonical =
        verified.clone().unwrap_or_else(|| signed.canonical(path, signed.query, &authorization.signed_headers));
    entry.string_to_sign = authorization.algorithm.string_to_sign(&canonical);
    let is_bound =
        ["x-amz-pay-date", "x-amz-pay-region", "x-amz-pay-host"].iter().all(|name| authorization.signs(name));
    if verified.is_none() || !is_bound {
        let message = format!("The signature does not verify. The canonical request is:\n{canonical}");
        return Err(ApiError::new("InvalidRequestSignature", message));
    }
    let is_live = environment == "live" || authorization.public_key_id.to_ascii_uppercase().starts_with("LIVE");
    if is_live {
        let message = "This account has access to the sandbox only.";
        return Err(ApiError::new("InvalidAccountStatus", message));
    }
    if account.status != "active" {
        return Err(ApiError::new("InvalidAccountStatus", "The merchant account is suspended."));
    }
    check_delegation(sandbox, received, &account).await?;
    Ok(Caller { account })
}

/// The active key with this id, and whose it is.
///
/// Errors: `InvalidAuthentication`.
pub async fn find(sandbox: &Sandbox, public_key_id: &str) -> Result<(RsaPublicKey, Account), ApiError> {
    let lookup = async {
        let mut tx = sandbox.db().read().await?;
        let Some(key) = tx.public_key(public_key_id).await? else { return Ok(None) };
        let account = tx.merchant(&key.merchant_id).await?;
        Ok::<Option<(PublicKey, Account)>, StateError>(account.map(|account| (key, account)))
    };
    let found = lookup.await.map_err(|error| {
        tracing::error!(%error, "the sandbox's database failed");
        ApiError::new("InternalServerError", "An unknown error occurred.")
    })?;
    let unknown = || ApiError::new("InvalidAuthentication", "The public key id is unknown or not active.");
    let (key, account) = found.filter(|(key, _)| key.status == "active").ok_or_else(unknown)?;
    Ok((read_key(&key.public_key_pem).ok_or_else(unknown)?, account))
}

async fn check_delegation(sandbox: &Sandbox, received: &Received<'_>, account: &Account) -> Result<(), ApiError> {
    let token = received.header("x-amz-pay-authtoken");
    if token.is_empty() {
        return Ok(());
    }
    let known = async { sandbox.db().read().await?.object::<Delegation>(token).await };
    match known.await {
        Ok(Some(known)) if known.merchant_id == account.id => Ok(()),
        Ok(_) => Err(ApiError::new("InvalidAuthorizationToken", "The authorization token is not valid.")),
        Err(error) => {
            tracing::error!(%error, "the sandbox's database failed");
            Err(ApiError::new("InternalServerError", "An unknown error occurred."))
        }
    }
}
