//! One transaction as its buyer or its seller sees it, with what they may do about it: refund it, dispute it,
//! answer, withdraw. And the desk where a person decides what was filed.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::account::{Form, nobody, problem};
use super::broken;
use super::visit::value;
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::actions::claims::{self, Decision, No};
use crate::sandbox::fps::actions::{Trouble as Refusal, give_back};
use crate::sandbox::fps::claims::{Complaint, Goods, Kind, LONGEST_WORDS, Trouble};
use crate::sandbox::fps::machine::State as Progress;
use crate::sandbox::fps::state::claims::Case;
use crate::sandbox::fps::state::transactions::{HistoryLine, Transaction};
use crate::sandbox::fps::wire::Amount;
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// The pages and their buttons.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/accounts/cases", get(all))
        .route("/accounts/cases/{case}", post(decide))
        .route("/accounts/{id}/transactions/{transaction}", get(show))
        .route("/accounts/{id}/transactions/{transaction}/refund", post(refund))
        .route("/accounts/{id}/transactions/{transaction}/cases", post(file))
        .route("/accounts/{id}/cases/{case}", post(act))
}

/// A transaction that belongs to the payment on the page.
struct Related {
    id: String,
    what: &'static str,
    amount: Money,
    state: String,
}

#[derive(Template)]
#[template(path = "sandbox/transaction.html")]
struct TransactionPage {
    account: String,
    own: Transaction,
    sender: String,
    recipient: String,
    is_seller: bool,
    /// What is left to give back.
    left: Money,
    /// Whether it is a payment that went through.
    is_paid: bool,
    history: Vec<HistoryLine>,
    related: Vec<Related>,
    cases: Vec<Shown>,
    message: &'static str,
    longest: usize,
}

/// A case as a person sees it.
struct Shown {
    case: Case,
    /// What the words of its row mean.
    goods: &'static str,
    trouble: &'static str,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "sandbox/cases.html")]
struct CasesPage {
    cases: Vec<Shown>,
}

fn shown(case: Case) -> Shown {
    Shown {
        goods: Goods::from_word(&case.goods).map_or("", Goods::label),
        trouble: Trouble::from_word(&case.trouble).map_or("", Trouble::label),
        state: match case.state.as_str() {
            "open" => "waits for the seller's answer",
            "answered" => "the seller has answered; it waits for a decision",
            "granted" => "decided for the buyer",
            "denied" => "decided for the seller",
            "withdrawn" => "withdrawn by the buyer",
            "repaid" => "decided for the buyer, who has paid the money back",
            _ => "closed, because the bank began a chargeback",
        },
        case,
    }
}

impl Shown {
    fn opened(&self) -> String {
        Millis(self.case.opened_at).for_people()
    }

    fn answer_by(&self) -> String {
        Millis(self.case.answer_by).for_people()
    }

    fn can_be_repaid(&self) -> bool {
        self.case.state == "granted" && !self.case.reversal_id.is_empty()
    }
}

async fn show(State(sandbox): State<Sandbox>, Path((id, transaction)): Path<(String, String)>) -> Response {
    let step = async {
        let mut tx = sandbox.db().read().await?;
        page(&mut tx, &id, &transaction, StatusCode::OK, "").await
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// A transaction of this account.
async fn own(tx: &mut Tx, account: &str, id: &str) -> Result<Option<Transaction>, StateError> {
    if account.contains('\0') || id.contains('\0') {
        return Ok(None);
    }
    Ok(tx.transaction(id).await?.filter(|own| own.sender_id == account || own.recipient_id == account))
}

async fn page(
    tx: &mut Tx,
    account: &str,
    id: &str,
    status: StatusCode,
    message: &'static str,
) -> Result<Response, StateError> {
    let Some(own) = own(tx, account, id).await? else { return Ok(nobody()) };
    let mut related = Vec::new();
    if let Some(parent) = tx.transaction(&own.parent_id).await? {
        related.push(line(&parent));
    }
    for refund in tx.refunds_of(&own.id).await? {
        related.push(line(&refund));
        related.extend(tx.refunds_of(&refund.id).await?.iter().map(line));
    }
    let left = own.current_amount().minor - own.refunded_minor - own.refunding_minor;
    let name = |found: Option<crate::sandbox::fps::state::accounts::Account>| found.map_or(String::new(), |it| it.name);
    let page = TransactionPage {
        account: account.to_owned(),
        sender: name(tx.account(&own.sender_id).await?),
        recipient: name(tx.account(&own.recipient_id).await?),
        is_seller: own.recipient_id == account,
        left: Money::usd(left.max(0)),
        is_paid: own.kind != "Refund" && own.parent_id.is_empty() && own.state() == Progress::Success,
        history: tx.history(&own.id).await?,
        related,
        cases: tx.cases_about(&own.id).await?.into_iter().map(shown).collect(),
        message,
        longest: LONGEST_WORDS,
        own,
    };
    Ok(desk::page(status, &page))
}

fn line(own: &Transaction) -> Related {
    let what = match (own.kind.as_str(), own.parent_id.is_empty()) {
        ("Refund", _) => "Refund",
        (_, false) => "Reversal of a refund",
        _ => "Payment",
    };
    let what = if own.kind == "Refund" && own.caller_reference.is_empty() {
        Kind::ALL.into_iter().map(Kind::label).find(|label| own.reason == *label).unwrap_or("Refund made here")
    } else {
        what
    };
    Related { id: own.id.clone(), what, amount: own.current_amount(), state: own.state.clone() }
}

impl TransactionPage {
    fn amount(&self) -> Money {
        self.own.current_amount()
    }

    fn at(&self, at: &i64) -> String {
        Millis(*at).for_people()
    }

    fn fee(&self) -> Money {
        Money::usd(self.own.fee_minor)
    }

    fn goods(&self) -> [Goods; 4] {
        Goods::ALL
    }

    fn troubles(&self) -> [Trouble; 4] {
        Trouble::ALL
    }
}

/// The recipient gives money back without asking the shop.
async fn refund(
    State(sandbox): State<Sandbox>,
    Path((id, transaction)): Path<(String, String)>,
    axum::extract::Form(form): Form,
) -> Response {
    let step = async {
        let _alone = sandbox.fps_alone().await;
        let mut tx = sandbox.db().write().await?;
        let found = own(&mut tx, &id, &transaction).await?.filter(|own| own.recipient_id == id);
        let Some(payment) = found else { return Ok(nobody()) };
        let typed = value(&form, "amount");
        let amount = Amount::parse(typed).filter(|own| own.is_exact && own.money.is_positive());
        if !typed.is_empty() && amount.is_none() {
            let sentence = "Please write an amount such as 25.00, or nothing for all that is left.";
            return page(&mut tx, &id, &transaction, StatusCode::UNPROCESSABLE_ENTITY, sentence).await;
        }
        let asked = give_back::Asked {
            amount_minor: amount.map(|own| own.money.minor),
            reference: "",
            policy: "MasterTxnOnly",
            reason: "",
            date: "",
            ipn_url: None,
        };
        let now = sandbox.clock().now();
        match give_back::start(&sandbox, &mut tx, payment, &asked, now).await {
            Ok(_) => {}
            Err(Refusal::Broken(error)) => return Err(error),
            Err(Refusal::Refused(error)) => {
                let sentence = match error.code.as_str() {
                    "RefundAmountExceeded" => "That is more than is left of the payment.",
                    "TransactionFullyRefundedAlready" => "All of it was given back already.",
                    "OriginalTransactionIncomplete" | "OriginalTransactionFailed" => "No money was taken by it.",
                    _ => "That cannot be given back now.",
                };
                drop(tx);
                let mut tx = sandbox.db().read().await?;
                return page(&mut tx, &id, &transaction, StatusCode::UNPROCESSABLE_ENTITY, sentence).await;
            }
        }
        done(&sandbox, tx, "Refund", &id, &transaction).await
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// The sender files a dispute, a claim or a chargeback.
async fn file(
    State(sandbox): State<Sandbox>,
    Path((id, transaction)): Path<(String, String)>,
    axum::extract::Form(form): Form,
) -> Response {
    let step = async {
        let _alone = sandbox.fps_alone().await;
        let mut tx = sandbox.db().write().await?;
        let found = own(&mut tx, &id, &transaction).await?.filter(|own| own.sender_id == id);
        let Some(payment) = found else { return Ok(nobody()) };
        let kind = Kind::from_word(value(&form, "kind"));
        let (goods, trouble) = (Goods::from_word(value(&form, "goods")), Trouble::from_word(value(&form, "trouble")));
        let words = value(&form, "words");
        let (Some(kind), Some(goods), Some(trouble)) = (kind, goods, trouble) else {
            let sentence = "Please choose what to file, what you bought and what is wrong.";
            return page(&mut tx, &id, &transaction, StatusCode::UNPROCESSABLE_ENTITY, sentence).await;
        };
        if words.chars().count() > LONGEST_WORDS {
            let sentence = "Please say it in fewer words.";
            return page(&mut tx, &id, &transaction, StatusCode::UNPROCESSABLE_ENTITY, sentence).await;
        }
        let complaint = Complaint { kind, goods, trouble };
        let opened = claims::open(&sandbox, &mut tx, payment, complaint, words, sandbox.clock().now()).await;
        answered(&sandbox, tx, opened.map(|_| ()), kind.label(), &id, &transaction).await
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// What either side does about a case of theirs.
async fn act(
    State(sandbox): State<Sandbox>,
    Path((id, case)): Path<(String, String)>,
    axum::extract::Form(form): Form,
) -> Response {
    let step = async {
        let _alone = sandbox.fps_alone().await;
        let mut tx = sandbox.db().write().await?;
        let found = if case.contains('\0') { None } else { tx.case(&case).await? };
        let Some(case) = found else { return Ok(nobody()) };
        let (now, transaction) = (sandbox.clock().now(), case.transaction_id.clone());
        let (is_buyer, is_seller) = (case.buyer_id == id, case.seller_id == id);
        let words = value(&form, "words");
        let acted = match value(&form, "act") {
            "answer" if is_seller && (words.is_empty() || words.chars().count() > LONGEST_WORDS) => {
                Err(No::Rule("Please write what proves that it was delivered, in up to 2000 characters."))
            }
            "answer" if is_seller => claims::answer(&mut tx, case, words, now).await,
            "withdraw" if is_buyer => claims::withdraw(&sandbox, &mut tx, case, now).await,
            "repay" if is_buyer => claims::repay(&sandbox, &mut tx, case, now).await,
            "withdraw" | "repay" => {
                let message = "A seller cannot withdraw what a buyer filed. Ask the buyer to do it.";
                return Ok(problem(StatusCode::FORBIDDEN, "That is the buyer's to do", message));
            }
            _ => return Ok(nobody()),
        };
        answered(&sandbox, tx, acted, "Case", &id, &transaction).await
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// The way back to the page, or the page with what was wrong: then nothing was changed.
async fn answered(
    sandbox: &Sandbox,
    tx: Tx,
    acted: Result<(), No>,
    what: &str,
    account: &str,
    transaction: &str,
) -> Result<Response, StateError> {
    match acted {
        Ok(()) => done(sandbox, tx, what, account, transaction).await,
        Err(No::Broken(error)) => Err(error),
        Err(No::Rule(sentence)) => {
            drop(tx);
            let mut tx = sandbox.db().read().await?;
            page(&mut tx, account, transaction, StatusCode::UNPROCESSABLE_ENTITY, sentence).await
        }
    }
}

async fn done(
    sandbox: &Sandbox,
    mut tx: Tx,
    what: &str,
    account: &str,
    transaction: &str,
) -> Result<Response, StateError> {
    note(sandbox, &mut tx, what, account, transaction).await?;
    tx.commit().await?;
    sandbox.wake();
    Ok(Redirect::to(&format!("/accounts/{account}/transactions/{transaction}")).into_response())
}

async fn note(sandbox: &Sandbox, tx: &mut Tx, what: &str, who: &str, transaction: &str) -> Result<(), StateError> {
    let mut entry = LogEntry::fps(sandbox.clock().now(), "page", what);
    entry.reference = transaction.to_owned();
    entry.verdict = "ok".to_owned();
    entry.detail = format!("by {who}");
    tx.log(entry).await
}

/// Everything that waits for a decision.
async fn all(State(sandbox): State<Sandbox>) -> Response {
    let step = async {
        let mut tx = sandbox.db().read().await?;
        let cases = tx.open_cases().await?.into_iter().map(shown).collect();
        Ok::<Response, StateError>(desk::page(StatusCode::OK, &CasesPage { cases }))
    };
    step.await.unwrap_or_else(|error| broken(&error))
}

/// A person at the desk decides for one side.
async fn decide(State(sandbox): State<Sandbox>, Path(case): Path<String>, axum::extract::Form(form): Form) -> Response {
    let step = async {
        let _alone = sandbox.fps_alone().await;
        let mut tx = sandbox.db().write().await?;
        let found = if case.contains('\0') { None } else { tx.case(&case).await? };
        let Some(case) = found else { return Ok(nobody()) };
        let transaction = case.transaction_id.clone();
        let decision = match value(&form, "act") {
            "grant" => Decision::Grant,
            "deny" => Decision::Deny,
            _ => return Ok(nobody()),
        };
        match claims::decide(&sandbox, &mut tx, case, decision, sandbox.clock().now()).await {
            Ok(()) => {}
            Err(No::Broken(error)) => return Err(error),
            Err(No::Rule(sentence)) => {
                return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "That did not work", sentence));
            }
        }
        note(&sandbox, &mut tx, "Decision", "the desk", &transaction).await?;
        tx.commit().await?;
        sandbox.wake();
        Ok::<Response, StateError>(Redirect::to("/accounts/cases").into_response())
    };
    step.await.unwrap_or_else(|error| broken(&error))
}
