//! The steps of a visit: sign in, choose, review, confirm; or leave. Each is a form post that carries
//! the visit's id. A visit that has ended answers every step with the same way back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::finish::{self, Fields};
use super::views::{Choice, Frame, MethodChoice, Payment, Problem, Review, SignIn};
use super::{address, broken, payee, reason};
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::personas;
use crate::sandbox::fps::rules::cbui::{Pipeline, Request};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::ledger::{OPENING, balance_of};
use crate::sandbox::fps::state::sessions::Session;
use crate::sandbox::fps::wire::{percent_ppm, ppm_percent};
use crate::sandbox::state::{LogEntry, StateError, Tx};

type Form = axum::extract::Form<Vec<(String, String)>>;

/// What a new account gets to play with: 100.00 dollars.
const NEW_ACCOUNT_OPENING: i64 = 10_000;

/// A visit that goes on, with everything it was asked for.
struct Visit {
    tx: Tx,
    session: Session,
    request: Request,
    caller: Account,
    payee: Account,
    payee_takes: String,
}

enum Found {
    Open(Box<Visit>),
    Ended(Response),
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.trim())
}

async fn find(sandbox: &Sandbox, form: &[(String, String)]) -> Result<Found, StateError> {
    let gone = || {
        let page = Problem::plain("This visit is over", "Please go back to the shop and start again from there.");
        Ok(Found::Ended(desk::page(StatusCode::GONE, &page)))
    };
    let mut tx = sandbox.db().write().await?;
    let Some(session) = tx.session(value(form, "session")).await? else { return gone() };
    if !session.outcome.is_empty() {
        return Ok(Found::Ended(Redirect::to(&session.redirect).into_response()));
    }
    let pairs = serde_json::from_str(&session.parameters).map_err(|error| StateError::Decode(error.into()))?;
    let request = Request::new(pairs);
    let Some(caller) = tx.account(&session.caller_id).await? else { return gone() };
    let Some((payee, payee_takes)) = payee(&mut tx, &request, &caller).await? else { return gone() };
    Ok(Found::Open(Box::new(Visit { tx, session, request, caller, payee, payee_takes })))
}

impl Visit {
    fn frame(&self, step: usize) -> Frame {
        Frame::new(&self.session.id, &self.request, &self.caller, step)
    }

    fn is_seller(&self) -> bool {
        self.request.pipeline() == Some(Pipeline::Recipient)
    }

    /// What this account and the payee can both do, out of what the shop asked for.
    fn methods(&self, account: &Account) -> Vec<&'static str> {
        let takes = |method: &str| {
            self.payee_takes.split(',').any(|own| own == method) && (method != "CC" || self.payee.takes_cards())
        };
        self.request.methods().into_iter().filter(|method| account.has(method) && takes(method)).collect()
    }

    /// Why this account cannot go on: status and message.
    fn obstacle(&self, account: &Account) -> Option<(&'static str, &'static str)> {
        if account.state != "active" {
            return Some((
                "NP",
                "The account is suspended or closed. Payment instructions cannot be installed on this account.",
            ));
        }
        if account.email_verified == 0 {
            return Some(("NP", "The e-mail address of the account is not verified."));
        }
        let same = if self.is_seller() { &self.caller.id } else { &self.payee.id };
        if account.id == *same {
            return Some(("NP", "The sender and the recipient are the same."));
        }
        let wants_cards = self.request.methods().contains(&"CC");
        if self.is_seller() {
            let message =
                "The recipient account is a personal account, and therefore cannot accept credit card payments.";
            return (wants_cards && !account.takes_cards()).then_some(("NP", message));
        }
        if !self.methods(account).is_empty() {
            return None;
        }
        if wants_cards && account.has("CC") && !self.payee.takes_cards() {
            return Some((
                "NP",
                "The recipient account is a personal account, and therefore cannot accept credit card payments.",
            ));
        }
        Some(("PE", "Payment method mismatch: the account has none of the payment methods that were asked for."))
    }

    fn about(&self) -> String {
        self.request
            .amount("transactionAmount")
            .map_or_else(|| "Register to be paid".to_owned(), |amount| amount.to_string())
    }

    async fn end(mut self, sandbox: &Sandbox, status: &str, fields: Fields) -> Result<Response, StateError> {
        let mut entry = LogEntry::fps(sandbox.clock().now(), "page", self.request.text("pipelineName"));
        entry.reference = self.session.caller_reference.clone();
        entry.verdict = status.to_owned();
        entry.status = 303;
        entry.detail = format!("{} came to an end", self.session.account_id);
        let address = finish::end(sandbox, &mut self.tx, &mut self.session, &self.request, status, fields).await?;
        entry.address = format!("GET {address}");
        self.tx.log(entry).await?;
        self.tx.commit().await?;
        Ok(Redirect::to(&address).into_response())
    }
}

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
    let preferred = if is_seller { "acc_wares" } else { "acc_omni" };
    let accounts = visit.tx.accounts().await?;
    let choices = accounts
        .into_iter()
        .filter(|account| account.position > 0)
        .map(|account| Choice { is_checked: account.id == preferred, account })
        .collect();
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

async fn who(
    sandbox: &Sandbox,
    visit: &mut Visit,
    form: &[(String, String)],
) -> Result<Result<Account, &'static str>, StateError> {
    let email = value(form, "email").to_lowercase();
    match value(form, "how") {
        "persona" => {
            let account = visit.tx.account(value(form, "persona")).await?.filter(|account| account.position > 0);
            Ok(account.ok_or("Please choose one of the test people."))
        }
        "password" => {
            let account = visit.tx.account_by_email(&email).await?;
            let account = account.filter(|account| personas::matches(value(form, "password"), &account.password_hash));
            Ok(account.ok_or("The e-mail address or the password is not right."))
        }
        "new" => new_account(sandbox, visit, form, email).await,
        _ => Ok(Err("Please choose how to sign in.")),
    }
}

async fn new_account(
    sandbox: &Sandbox,
    visit: &mut Visit,
    form: &[(String, String)],
    email: String,
) -> Result<Result<Account, &'static str>, StateError> {
    let (name, password) = (value(form, "name"), value(form, "password"));
    let is_address =
        email.len() <= 65 && email.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    if name.is_empty() || name.len() > 128 || !is_address || password.is_empty() || password.len() > 256 {
        return Ok(Err("A new account needs a name, an e-mail address and a password."));
    }
    let account = Account {
        id: ids::fresh("acc"),
        kind: if value(form, "kind") == "business" { "business" } else { "personal" }.to_owned(),
        name: name.to_owned(),
        email,
        password_hash: personas::hash(password),
        methods: "CC,ACH,ABT".to_owned(),
        ..personas::blank_account()
    };
    if !visit.tx.add_account(&account).await? {
        return Ok(Err("There is an account with this e-mail address; sign in with its password."));
    }
    visit.tx.post("", sandbox.clock().now(), &[(OPENING, &balance_of(&account.id), NEW_ACCOUNT_OPENING)]).await?;
    Ok(Ok(account))
}

fn payment_page(visit: &Visit, account: Account) -> Payment {
    let methods = visit
        .methods(&account)
        .into_iter()
        .enumerate()
        .map(|(position, code)| {
            let (label, detail) = described(code);
            MethodChoice { code, label, detail, is_checked: position == 0 }
        })
        .collect();
    Payment { frame: visit.frame(1), methods, account, about: visit.about() }
}

fn described(method: &str) -> (&'static str, &'static str) {
    match method {
        "CC" => ("Credit card", "Test card ending in 1111. Can be reserved and charged later."),
        "ACH" => ("Bank account", "Checking account ending in 6789. Charged at once, confirmed a little later."),
        _ => ("Account balance", "Money held in this account. Moves at once."),
    }
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

fn review_page(visit: &Visit, account: Account, problem: &str) -> Review {
    let request = &visit.request;
    let mut lines = Vec::new();
    let mut line = |label: &str, value: String| lines.push((label.to_owned(), value));
    if visit.is_seller() {
        line("Paid to", format!("{} ({})", account.name, account.email));
        line("Methods you accept", request.methods().join(", "));
        line(
            "Fixed fee per sale, at most",
            request.amount("maxFixedFee").map_or_else(|| "none".to_owned(), |fee| fee.to_string()),
        );
        let variable = request.get("maxVariableFee").and_then(percent_ppm);
        line(
            "Share of each sale, at most",
            variable.map_or_else(|| "none".to_owned(), |ppm| format!("{} %", ppm_percent(ppm))),
        );
        line(
            "Payment service fee paid by",
            if request.is_true("recipientPaysFee") { "you" } else { "the marketplace" }.to_owned(),
        );
    } else {
        line("Pay with", described(&visit.session.method).0.to_owned());
        line("Paid to", visit.payee.name.clone());
        for (name, label) in [
            ("itemTotal", "Items"),
            ("shipping", "Shipping"),
            ("handling", "Handling"),
            ("giftWrapping", "Gift wrapping"),
            ("discount", "Discount"),
            ("tax", "Tax"),
        ] {
            if let Some(amount) = request.amount(name) {
                line(label, amount.to_string());
            }
        }
        line("Total", visit.about());
    }
    Review {
        frame: visit.frame(if visit.is_seller() { 1 } else { 2 }),
        lines,
        reason_html: reason::html(request.text("paymentReason")),
        address: address::sent_lines(request),
        fields: Review::address_fields(request, &account),
        is_seller: visit.is_seller(),
        problem: problem.to_owned(),
        account,
    }
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
        let payee = visit.payee.id.clone();
        let minted =
            finish::mint(&mut visit.tx, &visit.session, &visit.request, &account, &payee, sandbox.clock().now())
                .await?;
        match minted {
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
