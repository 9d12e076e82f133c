//! The button: settings and a signed payload arrive as a form. A wrong signature is a page of ours, and
//! never leads to an address out of the payload.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value};

use super::views::{Frame, SignIn};
use super::visit::{Form, value, with_parameter};
use super::{broken, problem};
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{self, BUYERS};
use crate::sandbox::amazon_pay::errors::{ApiError, Trouble};
use crate::sandbox::amazon_pay::ops::sessions::begin;
use crate::sandbox::amazon_pay::sign::{Algorithm, verifies};
use crate::sandbox::amazon_pay::state::merchants::Account;
use crate::sandbox::amazon_pay::state::objects::{BuyerToken, Session};
use crate::sandbox::amazon_pay::{PROVIDER, bodies, fields, gate, views};
use crate::sandbox::desk;
use crate::sandbox::state::LogEntry;

/// The button was pressed.
pub async fn press(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let mut entry = LogEntry::of(PROVIDER, sandbox.clock().now(), "page", "Button");
    entry.address = "POST /checkout".to_owned();
    if let Some(algorithm) = Algorithm::from_name(value(&form, "algorithm")) {
        entry.string_to_sign = algorithm.string_to_sign(raw(&form, "payloadJSON"));
    }
    let result = start(&sandbox, &form).await;
    (entry.verdict, entry.detail, entry.status) = match &result {
        Ok(response) => ("ok".to_owned(), String::new(), i64::from(response.status().as_u16())),
        Err(Trouble::Refused(error)) => {
            (error.reason_code.clone(), error.message.clone(), i64::from(error.status.as_u16()))
        }
        Err(Trouble::Broken(error)) => ("failed".to_owned(), error.to_string(), 500),
    };
    sandbox.log(entry).await;
    match result {
        Ok(response) => response,
        Err(Trouble::Refused(error)) => problem(
            error.status,
            "The shop's request is not right",
            &format!("{}: {}", error.reason_code, error.message),
        ),
        Err(Trouble::Broken(error)) => broken(&error),
    }
}

/// A field as it was posted: the payload is signed to the last space.
fn raw<'a>(form: &'a Form, name: &str) -> &'a str {
    form.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
}

async fn start(sandbox: &Sandbox, form: &Form) -> Result<Response, Trouble> {
    let (account, payload) = check_signature(sandbox, form).await?;
    if value(form, "sandbox").eq_ignore_ascii_case("false") {
        return Err(ApiError::new("InvalidAccountStatus", "This account has access to the sandbox only.").into());
    }
    let now = sandbox.clock().now();
    let mut tx = sandbox.db().write().await?;
    if value(form, "productType") == "SignIn" || payload.contains_key("signInReturnUrl") {
        fields::check(&payload, bodies::SIGN_IN, &["signInReturnUrl", "storeId"])?;
        let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let token = BuyerToken {
            id: format!("{}{}", ids::secret(), ids::secret()),
            merchant_id: account.id,
            scopes: views::scopes(payload.get("signInScopes").unwrap_or(&Value::Null)),
            return_url: text("signInReturnUrl"),
            visit: ids::secret(),
            ..BuyerToken::default()
        };
        tx.add_object(&token, now).await?;
        tx.commit().await?;
        return Ok(share_page(&token, ""));
    }
    fields::check(&payload, bodies::SESSION, &["webCheckoutDetails", "storeId"])?;
    let product_type = match value(form, "productType") {
        "" => "PayAndShip",
        known @ ("PayAndShip" | "PayOnly" | "PayAndShipMultiAddress") => known,
        _ => return Err(ApiError::value("productType", "it is not a product type").into()),
    };
    let (region, ledger_currency) = account_of(value(form, "ledgerCurrency"))?;
    let session = Session {
        region: region.to_owned(),
        ledger_currency: ledger_currency.to_owned(),
        request: payload,
        product_type: product_type.to_owned(),
        ..Session::default()
    };
    if session.is_one_trip() && session.is_shipped() && session.asked("addressDetails").is_null() {
        return Err(ApiError::missing("addressDetails").into());
    }
    let session = begin(&mut tx, &account, session, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/checkout?amazonCheckoutSessionId={}", session.id)).into_response())
}

/// The region that a button's ledger currency stands for, and that currency; dollars where it names none.
fn account_of(ledger_currency: &str) -> Result<(&'static str, &'static str), ApiError> {
    match ledger_currency {
        "" | "USD" => Ok(("na", "USD")),
        "EUR" => Ok(("eu", "EUR")),
        "GBP" => Ok(("eu", "GBP")),
        "JPY" => Ok(("jp", "JPY")),
        _ => Err(ApiError::value("ledgerCurrency", "it must be USD, EUR, GBP or JPY")),
    }
}

async fn check_signature(sandbox: &Sandbox, form: &Form) -> Result<(Account, Map<String, Value>), ApiError> {
    let (key, account) = gate::find(sandbox, value(form, "publicKeyId")).await?;
    let algorithm = match value(form, "algorithm") {
        "" => Algorithm::Pss,
        name => Algorithm::from_name(name).ok_or_else(|| ApiError::value("algorithm", "it is unknown"))?,
    };
    let payload = raw(form, "payloadJSON");
    if !verifies(&key, algorithm, payload, value(form, "signature")) {
        return Err(ApiError::new("InvalidRequestSignature", "The signature of the button's payload does not verify."));
    }
    if !matches!(value(form, "merchantId"), "") && value(form, "merchantId") != account.id {
        return Err(ApiError::value("merchantId", "it is not the merchant of this key"));
    }
    Ok((account, fields::parse(payload.as_bytes())?))
}

fn share_page(token: &BuyerToken, trouble: &str) -> Response {
    let page = SignIn {
        frame: Frame { session: format!("{}.{}", token.id, token.visit), shop: "the shop".to_owned(), leave: "" },
        action: "/checkout/share",
        about: "who you are".to_owned(),
        buyers: &BUYERS,
        problem: trouble.to_owned(),
    };
    desk::page(if trouble.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
}

/// A buyer signs in without paying: back to the shop with a token for Get Buyer.
pub async fn share(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let step = async {
        let (id, secret) = value(&form, "session").split_once('.').unwrap_or_default();
        let mut tx = sandbox.db().write().await?;
        let token = tx.object::<BuyerToken>(id).await?.filter(|own| !secret.is_empty() && own.visit == secret);
        let Some(mut token) = token else {
            let message = "Please go back to the shop and start again from there.";
            return Ok(problem(StatusCode::GONE, "This visit is over", message));
        };
        let Some(buyer) = buyers::find(value(&form, "persona")) else {
            return Ok(share_page(&token, "Please choose one of the test people."));
        };
        token.buyer_id = buyer.id.to_owned();
        tx.keep_object(&token).await?;
        tx.commit().await?;
        let address = with_parameter(&token.return_url, "buyerToken", &token.id).unwrap_or_default();
        Ok(Redirect::to(&address).into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}
