//! The steps of a visit: sign in, choose, review, confirm; or leave. Each is a form post that carries
//! the visit's id. A visit that has ended answers every step with the same way back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::finish::{self, Fields};
use super::mint::mint;
use super::people::who;
use super::review::{described, review_page};
use super::views::{Choice, MethodChoice, Payment, Problem, SignIn};
use super::visit::{Found, Visit, find, value};
use super::{address, broken};
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::rules::cbui::Request;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::sessions::Session;
use crate::sandbox::state::StateError;

type Form = axum::extract::Form<Vec<(String, String)>>;

/// The first page: who are you?
pub async fn show_sign_in(sandbox: &Sandbox, session: &Session, request: &Request) -> Response {
    let form = [("session".to_owned(), session.id.clone())];
    match find(sandbox, &form).await {
        Ok(Found::Open(visit)) => match sign_in_page(*visit, "").await {
            Ok(page) => desk::page(StatusCode::OK, &page),
            Err(error) => broken(&error),
        },
        Ok(Found::Ended(response)) => response,
        Err(error) => {
            tracing::error!(reference = request.text("callerReference"), "a visit could not begin");
            broken(&error)
        }
    }
}

async fn sign_in_page(mut visit: Visit, problem: &str) -> Result<SignIn, StateError> {
    let is_seller = visit.is_seller();
    let owner = visit.edited.as_ref().map(|token| token.account_id.clone());
    let preferred = owner.unwrap_or_else(|| if is_seller { "acc_wares" } else { "acc_omni" }.to_owned());
    let accounts = visit.tx.accounts().await?;
    let mut choices: Vec<Choice> = accounts
        .into_iter()
        .filter(|account| account.position > 0)
        .map(|account| Choice { is_checked: account.id == preferred, account })
        .collect();
    if is_seller {
        let hint = "The shop itself, to be paid like its sellers: a list of recipients must name it.".to_owned();
        choices.push(Choice { account: Account { hint, ..visit.caller.clone() }, is_checked: false });
    }
    Ok(SignIn { frame: visit.frame(0), choices, is_seller, about: visit.about(), problem: problem.to_owned() })
}

/// Takes the answer: a persona, an address with its password, or a new account.
pub async fn sign_in(State(sandbox): State<Sandbox>, axum::extract::Form(form): Form) -> Response {
    let result = async {
        let mut visit = match find(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let account = match who(&sandbox, &mut visit, &form).await? {
            Ok(account) => account,
            Err(problem) => {
                return Ok(desk::page(StatusCode::UNPROCESSABLE_ENTITY, &sign_in_page(visit, problem).await?));
            }
        };
        visit.session.account_id = account.id.clone();
        if let Some((status, message)) = visit.obstacle(&account) {
            return visit.end(&sandbox, status, vec![("errorMessage".to_owned(), message.to_owned())]).await;
        }
        visit.tx.keep_session(&visit.session).await?;
        let response = if visit.is_seller() {
            desk::page(StatusCode::OK, &review_page(&visit, account, ""))
        } else {
            desk::page(StatusCode::OK, &payment_page(&visit, account))
        };
        visit.tx.commit().await?;
        Ok(response)
    };
    result.await.unwrap_or_else(|error: StateError| broken(&error))
}

fn payment_page(visit: &Visit, account: Account) -> Payment {
    let offered = visit.methods(&account);
    let current = visit.edited.as_ref().and_then(|token| offered.iter().position(|code| *code == token.methods));
    let methods = offered
        .into_iter()
        .enumerate()
        .map(|(position, code)| {
            let (label, detail) = described(code);
            let is_current = current == Some(position);
            MethodChoice { code, label, detail, is_checked: position == current.unwrap_or(0), is_current }
        })
        .collect();
    Payment { frame: visit.frame(1), methods, account, about: visit.about(), is_edit: visit.edited.is_some() }
}

/// Takes the choice of method and shows the review.
pub async fn payment(State(sandbox): State<Sandbox>, axum::extract::Form(form): Form) -> Response {
    let result = async {
        let mut visit = match find(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let Some(account) = visit.tx.account(&visit.session.account_id).await? else {
            return Ok(desk::page(StatusCode::OK, &sign_in_page(visit, "Please sign in first.").await?));
        };
        let method = value(&form, "method");
        if !visit.methods(&account).contains(&method) {
            return Ok(desk::page(StatusCode::UNPROCESSABLE_ENTITY, &payment_page(&visit, account)));
        }
        visit.session.method = method.to_owned();
        visit.tx.keep_session(&visit.session).await?;
        let page = desk::page(StatusCode::OK, &review_page(&visit, account, ""));
        visit.tx.commit().await?;
        Ok(page)
    };
    result.await.unwrap_or_else(|error: StateError| broken(&error))
}

/// The last click: makes the token and sends the browser back. A second click gets the same answer.
pub async fn confirm(State(sandbox): State<Sandbox>, axum::extract::Form(form): Form) -> Response {
    let result = async {
        let mut visit = match find(&sandbox, &form).await? {
            Found::Open(visit) => *visit,
            Found::Ended(response) => return Ok(response),
        };
        let Some(account) = visit.tx.account(&visit.session.account_id).await? else {
            return Ok(desk::page(StatusCode::OK, &sign_in_page(visit, "Please sign in first.").await?));
        };
        if !visit.is_seller() && !visit.methods(&account).contains(&visit.session.method.as_str()) {
            return Ok(desk::page(StatusCode::OK, &payment_page(&visit, account)));
        }
        if visit.request.is_true("collectShippingAddress") {
            match address::collected(&form) {
                Ok(address) => visit.session.address = address,
                Err(problem) => {
                    return Ok(desk::page(StatusCode::UNPROCESSABLE_ENTITY, &review_page(&visit, account, &problem)));
                }
            }
        }
        match mint(&mut visit, &account, sandbox.clock().now()).await? {
            Some((status, fields)) => visit.end(&sandbox, status, fields).await,
            None => finished_elsewhere(visit).await,
        }
    };
    result.await.unwrap_or_else(|error: StateError| broken(&error))
}

/// Another visit under the same reference was quicker: its answer is the answer.
async fn finished_elsewhere(mut visit: Visit) -> Result<Response, StateError> {
    let ended = visit.tx.ended_session(&visit.session.caller_id, &visit.session.caller_reference).await?;
    let ended =
        ended.filter(|ended| finish::is_success(&ended.outcome) && ended.fingerprint == visit.session.fingerprint);
    let problem = || {
        Problem::plain(
            "This was approved before",
            "The shop's reference is in use; please go back to the shop and start again.",
        )
    };
    Ok(ended.map_or_else(
        || desk::page(StatusCode::CONFLICT, &problem()),
        |ended| Redirect::to(&ended.redirect).into_response(),
    ))
}

/// Leaves without agreeing: status A.
pub async fn leave(State(sandbox): State<Sandbox>, axum::extract::Form(form): Form) -> Response {
    let result = async {
        match find(&sandbox, &form).await? {
            Found::Open(visit) => visit.end(&sandbox, "A", Fields::new()).await,
            Found::Ended(response) => Ok(response),
        }
    };
    result.await.unwrap_or_else(|error: StateError| broken(&error))
}

/// The button that makes the system fail: status SE, where the pipeline's table has it.
pub async fn fail(State(sandbox): State<Sandbox>, axum::extract::Form(form): Form) -> Response {
    let result = async {
        match find(&sandbox, &form).await? {
            Found::Open(visit) if visit.is_seller() => Ok(desk::page(StatusCode::OK, &sign_in_page(*visit, "").await?)),
            Found::Open(visit) => {
                let message = "The request has temporarily failed; it may be sent again.".to_owned();
                visit.end(&sandbox, "SE", vec![("errorMessage".to_owned(), message)]).await
            }
            Found::Ended(response) => Ok(response),
        }
    };
    result.await.unwrap_or_else(|error: StateError| broken(&error))
}
