//! The steps of a checkout: sign in, choose, review and pay, the code, the way back.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::views::{Choice, Choose, Code, Frame, Pay, SignIn, instruments};
use super::visit::{Form, Found, Visit, by_form, by_id, result_url, review_url, value};
use super::{broken, problem};
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::buyers::{self, Buyer};
use crate::sandbox::amazon_pay::ops::approve::{self, Paid};
use crate::sandbox::amazon_pay::views::constraints;
use crate::sandbox::desk;
use crate::sandbox::state::StateError;

/// The code of the multi-factor step, shown on the page.
const CODE: &str = "123456";

/// Which session an address is about.
#[derive(serde::Deserialize)]
pub struct Which {
    #[serde(rename = "amazonCheckoutSessionId", default)]
    id: String,
}

type Outcome = Result<Response, StateError>;

fn shown(outcome: Outcome) -> Response {
    outcome.unwrap_or_else(|error| broken(&error))
}

/// The first page: sign in, or change what was chosen before.
pub async fn start(State(sandbox): State<Sandbox>, Query(which): Query<Which>) -> Response {
    shown(begin(&sandbox, &which.id, false).await)
}

/// The page behind `amazonPayRedirectUrl`: review and pay.
pub async fn processing(State(sandbox): State<Sandbox>, Query(which): Query<Which>) -> Response {
    shown(begin(&sandbox, &which.id, true).await)
}

async fn begin(sandbox: &Sandbox, id: &str, is_paying: bool) -> Outcome {
    let visit = match by_id(sandbox, id).await? {
        Found::Open(visit) => *visit,
        Found::Ended(response) => return Ok(response),
    };
    let page = match visit.buyer() {
        None => desk::page(StatusCode::OK, &SignIn::of(&visit, "")),
        Some(buyer) if is_paying => pay_page(&visit, buyer, StatusCode::OK, ""),
        Some(buyer) => choose_page(&visit, buyer, StatusCode::OK, ""),
    };
    visit.tx.commit().await?;
    Ok(page)
}

/// Somebody signs in as one of the test buyers.
pub async fn sign_in(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let step = async {
        let mut visit = match by_form(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let Some(buyer) = buyers::find(value(&form, "persona")) else {
            let page = SignIn::of(&visit, "Please choose one of the test people.");
            return Ok(desk::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
        };
        visit.session.buyer_id = buyer.id.to_owned();
        visit.session.instrument_id = buyer.instruments[0].ending.to_owned();
        if takes_address(&visit) {
            let first = visit.addresses().first().map(|address| address.json(buyer.name));
            visit.session.shipping_address = first.unwrap_or_default();
        }
        let page = choose_page(&visit, buyer, StatusCode::OK, "");
        visit.keep().await?;
        Ok(page)
    };
    shown(step.await)
}

/// Whether the address is chosen here: something is shipped and the shop did not bring the address.
fn takes_address(visit: &Visit) -> bool {
    visit.session.is_shipped() && !visit.session.is_one_trip()
}

fn choose_page(visit: &Visit, buyer: &'static Buyer, status: StatusCode, problem: &str) -> Response {
    let chosen = &visit.session.shipping_address;
    let addresses = if takes_address(visit) { visit.addresses() } else { Vec::new() };
    let addresses: Vec<Choice> = addresses
        .into_iter()
        .map(|address| Choice {
            value: address.id.to_owned(),
            name: address.line(),
            hint: address.country().to_owned(),
            is_checked: address.json(buyer.name) == *chosen,
        })
        .collect();
    let problem = match problem {
        "" if takes_address(visit) && addresses.is_empty() => "The shop delivers to none of your addresses.",
        problem => problem,
    };
    let page = Choose {
        frame: Frame::of(visit),
        buyer,
        addresses,
        instruments: instruments(buyer, &visit.session.instrument_id, &visit.session.refused),
        problem: problem.to_owned(),
    };
    desk::page(status, &page)
}

/// Address and method are chosen: back to the shop for a review, or on to pay in a single trip.
pub async fn choose(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let step = async {
        let mut visit = match by_form(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let Some(buyer) = visit.buyer() else {
            return Ok(desk::page(StatusCode::OK, &SignIn::of(&visit, "Please sign in first.")));
        };
        let refused = |visit: &Visit, why: &str| Ok(choose_page(visit, buyer, StatusCode::UNPROCESSABLE_ENTITY, why));
        if takes_address(&visit) {
            let address = visit.addresses().into_iter().find(|address| address.id == value(&form, "address"));
            let Some(address) = address else { return refused(&visit, "Please choose where it should go.") };
            visit.session.shipping_address = address.json(buyer.name);
        }
        let Some(instrument) = buyer.instrument(value(&form, "instrument")) else {
            return refused(&visit, "Please choose how to pay.");
        };
        visit.session.instrument_id = instrument.ending.to_owned();
        visit.tx.keep_object(&visit.session).await?;
        let review = review_url(&visit.session).filter(|_| !visit.session.is_one_trip());
        if review.is_some() {
            return visit.leave_to(&sandbox, "reviewed", review).await;
        }
        let page = pay_page(&visit, buyer, StatusCode::OK, "");
        visit.tx.commit().await?;
        Ok(page)
    };
    shown(step.await)
}

fn pay_page(visit: &Visit, buyer: &'static Buyer, status: StatusCode, trouble: &str) -> Response {
    let missing = constraints(&visit.session);
    if !missing.is_empty() {
        let message = format!("The shop has to say more before anything can be paid: {}.", missing.join(", "));
        return problem(StatusCode::CONFLICT, "The shop is not ready", &message);
    }
    let session = &visit.session;
    let mut lines = Vec::new();
    let mut line = |label: &str, value: String| lines.push((label.to_owned(), value));
    line("Paid to", visit.shop());
    if let Some(order) = Some(session.text("merchantMetadata.merchantReferenceId")).filter(|order| !order.is_empty()) {
        line("Order", order.to_owned());
    }
    if let Some(note) = Some(session.text("merchantMetadata.noteToBuyer")).filter(|note| !note.is_empty()) {
        line("Note", note.to_owned());
    }
    let address = &session.shipping_address;
    if !address.is_null() {
        let part = |name: &str| address[name].as_str().unwrap_or_default().to_owned();
        let parts = ["name", "addressLine1", "city", "postalCode", "countryCode"].map(part);
        line("Ships to", parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    }
    if session.permission_type() == "Recurring" {
        let often = |name: &str| session.text(&format!("recurringMetadata.frequency.{name}")).to_owned();
        line("Again every", format!("{} {}", often("value"), often("unit").to_lowercase()));
    }
    if let Some(total) = session.price("paymentDetails.totalOrderAmount") {
        line("Order in all", total.to_string());
    }
    line("Amount", session.charge_amount().map_or_else(|| "nothing now".to_owned(), |amount| amount.to_string()));
    let page = Pay {
        frame: Frame::of(visit),
        buyer,
        lines,
        instruments: instruments(buyer, &session.instrument_id, &session.refused),
        button: if session.is_setup_only() { "Save this payment method" } else { "Pay now" },
        problem: trouble.to_owned(),
    };
    desk::page(status, &page)
}

/// The click on Pay.
pub async fn pay(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let step = async {
        let mut visit = match by_form(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let Some(buyer) = visit.buyer() else {
            return Ok(desk::page(StatusCode::OK, &SignIn::of(&visit, "Please sign in first.")));
        };
        if let Some(instrument) = buyer.instrument(value(&form, "instrument")) {
            visit.session.instrument_id = instrument.ending.to_owned();
        }
        settle(&sandbox, visit, buyer).await
    };
    shown(step.await)
}

/// Pays with what is chosen, and shows what came of it.
async fn settle(sandbox: &Sandbox, mut visit: Visit, buyer: &'static Buyer) -> Outcome {
    if !constraints(&visit.session).is_empty() {
        return Ok(pay_page(&visit, buyer, StatusCode::OK, ""));
    }
    let now = sandbox.clock().now();
    let paid = approve::pay(sandbox, &mut visit.tx, &mut visit.session, now).await?;
    let page = match paid {
        Paid::Yes => {
            let address = result_url(&visit.session);
            return visit.leave_to(sandbox, "paid", address).await;
        }
        Paid::TurnedBack => return visit.cancel(sandbox, "BuyerCanceled").await,
        Paid::NeedsCode => code_page(&visit, ""),
        Paid::Refused => {
            let why = "Your payment method was declined. Please choose another one; nothing was charged.";
            pay_page(&visit, buyer, StatusCode::UNPROCESSABLE_ENTITY, why)
        }
        Paid::CannotPend => {
            let why = "This method answers later, and the shop cannot wait: it works with Authorize and canHandlePendingAuthorization only.";
            pay_page(&visit, buyer, StatusCode::UNPROCESSABLE_ENTITY, why)
        }
    };
    visit.keep().await?;
    Ok(page)
}

fn code_page(visit: &Visit, problem: &str) -> Response {
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    desk::page(status, &Code { frame: Frame::of(visit), code: CODE, problem: problem.to_owned() })
}

/// The multi-factor step: the right code pays, giving up ends the checkout.
pub async fn code(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let step = async {
        let mut visit = match by_form(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let Some(buyer) = visit.buyer() else {
            return Ok(desk::page(StatusCode::OK, &SignIn::of(&visit, "Please sign in first.")));
        };
        if value(&form, "how") == "give-up" {
            return visit.cancel(&sandbox, "Declined").await;
        }
        if value(&form, "code") != CODE {
            return Ok(code_page(&visit, "That is not the code."));
        }
        visit.session.has_code = true;
        settle(&sandbox, visit, buyer).await
    };
    shown(step.await)
}

/// Back to the shop without paying: `Declined` after a refusal, else `BuyerCanceled`.
pub async fn leave(State(sandbox): State<Sandbox>, axum::extract::Form(form): axum::extract::Form<Form>) -> Response {
    let step = async {
        match by_form(&sandbox, &form).await? {
            Found::Open(visit) => {
                let reason = if visit.session.refused.is_empty() { "BuyerCanceled" } else { "Declined" };
                visit.cancel(&sandbox, reason).await
            }
            Found::Ended(response) => Ok(response),
        }
    };
    shown(step.await)
}
