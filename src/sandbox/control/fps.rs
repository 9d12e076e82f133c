//! FPS from the inside: what an account may be told to be, and the person who looks at flagged transactions.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Refused, bad, read};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::fps::due;
use crate::sandbox::fps::machine::Event;
use crate::sandbox::fps::rules::statement;
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::ledger::{OPENING, balance_of};
use crate::sandbox::fps::state::terms::Terms;
use crate::sandbox::state::Tx;

/// Every account with its settings and its balance.
pub async fn accounts(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    let mut tx = sandbox.db().read().await?;
    let mut lines = Vec::new();
    for account in tx.accounts().await? {
        lines.push(line(&mut tx, &account).await?);
    }
    Ok(Json(json!({ "accounts": lines })))
}

async fn line(tx: &mut Tx, account: &Account) -> Result<Value, Refused> {
    let terms = tx.terms(&account.id).await?;
    Ok(json!({
        "account_id": account.id, "kind": account.kind, "name": account.name, "email": account.email,
        "state": account.state, "email_verified": account.email_verified == 1, "verification": account.verification,
        "methods": account.methods, "card_declines": account.card_declines == 1, "marketplace": account.marketplace == 1,
        "bank_verified": terms.bank_verified == 1, "limit_minor": terms.limit_minor,
        "statement_name": terms.statement_name, "service_phone": terms.service_phone,
        "balance_minor": tx.balance(&balance_of(&account.id)).await?,
    }))
}

/// What an account is told to be; what is not named stays.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Whose.
    pub account_id: String,
    /// `personal`, `business` or `developer`.
    pub kind: Option<String>,
    /// `active`, `suspended` or `closed`.
    pub state: Option<String>,
    /// Whether the e-mail address is confirmed.
    pub email_verified: Option<bool>,
    /// `VerificationComplete`, `VerificationPending` or `VerificationCompleteNoLimits`.
    pub verification: Option<String>,
    /// A comma list out of CC, ACH, ABT.
    pub methods: Option<String>,
    /// Whether the card is refused by its bank.
    pub card_declines: Option<bool>,
    /// Whether it is registered as a marketplace.
    pub marketplace: Option<bool>,
    /// Whether its bank account is verified.
    pub bank_verified: Option<bool>,
    /// Cents that it may send, and receive, within 30 days; 0 for no limit.
    pub limit_minor: Option<i64>,
    /// Its name on card statements.
    pub statement_name: Option<String>,
    /// Its customer service number.
    pub service_phone: Option<String>,
    /// Cents from a bank, or to it when negative.
    pub fund_minor: Option<i64>,
}

impl Change {
    fn check(&self) -> Result<(), Refused> {
        let is_one_of = |value: &Option<String>, words: &str| {
            value.as_deref().is_none_or(|value| words.split('|').any(|word| word == value))
        };
        let are_methods =
            |value: &str| value.is_empty() || value.split(',').all(|word| matches!(word, "CC" | "ACH" | "ABT"));
        if !is_one_of(&self.kind, "personal|business|developer") {
            return Err(bad("kind is personal, business or developer"));
        }
        if !is_one_of(&self.state, "active|suspended|closed") {
            return Err(bad("state is active, suspended or closed"));
        }
        if !is_one_of(&self.verification, "VerificationComplete|VerificationPending|VerificationCompleteNoLimits") {
            return Err(bad(
                "verification is VerificationComplete, VerificationPending or VerificationCompleteNoLimits",
            ));
        }
        if !self.methods.as_deref().is_none_or(are_methods) {
            return Err(bad("methods is a comma list out of CC, ACH, ABT"));
        }
        if !self.statement_name.as_deref().is_none_or(statement::is_good) {
            return Err(bad("statement_name takes letters, digits and spaces, with no space at either end"));
        }
        if self.limit_minor.is_some_and(|limit| limit < 0) {
            return Err(bad("limit_minor is 0 for no limit, or cents"));
        }
        Ok(())
    }

    fn apply(self, account: &mut Account, terms: &mut Terms) {
        let flag = |value: Option<bool>, own: i64| value.map_or(own, i64::from);
        account.email_verified = flag(self.email_verified, account.email_verified);
        account.card_declines = flag(self.card_declines, account.card_declines);
        account.marketplace = flag(self.marketplace, account.marketplace);
        terms.bank_verified = flag(self.bank_verified, terms.bank_verified);
        terms.limit_minor = self.limit_minor.unwrap_or(terms.limit_minor);
        for (value, own) in [
            (self.kind, &mut account.kind),
            (self.state, &mut account.state),
            (self.verification, &mut account.verification),
            (self.methods, &mut account.methods),
            (self.statement_name, &mut terms.statement_name),
            (self.service_phone, &mut terms.service_phone),
        ] {
            if let Some(value) = value {
                *own = value;
            }
        }
    }
}

/// As if a person or the provider changed an account; `fund_minor` brings money from a bank, or takes it there when negative.
pub async fn change_account(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    keep_change(&sandbox, read(&body)?).await.map(Json)
}

/// Changes an account, for scripts and for the form on its page; what it is afterwards.
pub async fn keep_change(sandbox: &Sandbox, change: Change) -> Result<Value, Refused> {
    change.check()?;
    let _alone = sandbox.fps_alone().await;
    let mut tx = sandbox.db().write().await?;
    let mut account = tx.account(&change.account_id).await?.ok_or_else(|| bad("no such account"))?;
    let mut terms = tx.terms(&account.id).await?;
    let funds = change.fund_minor.unwrap_or(0);
    change.apply(&mut account, &mut terms);
    tx.keep_account(&account).await?;
    tx.keep_terms(&terms).await?;
    let own = balance_of(&account.id);
    if tx.balance(&own).await? + funds < 0 {
        return Err(bad("the balance does not cover that"));
    }
    tx.post("", sandbox.clock().now(), &[(OPENING, &own, funds)]).await?;
    let line = line(&mut tx, &account).await?;
    tx.commit().await?;
    Ok(line)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct MadeUp {
    accepted: bool,
}

/// Whether Pay and Reserve accept tokens that nobody installed.
pub async fn made_up(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    Ok(Json(json!({ "accepted": sandbox.db().read().await?.accepts_made_up().await? })))
}

/// Switches that on or off.
pub async fn accept_made_up(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let asked: MadeUp = read(&body)?;
    let mut tx = sandbox.db().write().await?;
    tx.accept_made_up(asked.accepted).await?;
    tx.commit().await?;
    made_up(State(sandbox)).await
}

/// What a person does about a transaction that may be fraud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// The next charge waits for a person from the start.
    FlagNext,
    /// This pending one waits for a person from now on.
    Flag,
    /// Nothing wrong: it goes on as its means of payment would have.
    Pass,
    /// It is denied.
    Deny,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Investigation {
    act: Look,
    #[serde(default)]
    transaction_id: String,
}

/// What waits for a person, and how many of the next charges will.
pub async fn flagged(State(sandbox): State<Sandbox>) -> Result<Json<Value>, Refused> {
    let mut tx = sandbox.db().read().await?;
    let next = tx.flags().await?;
    let waiting: Vec<Value> = tx
        .flagged()
        .await?
        .into_iter()
        .map(|own| json!({ "transaction_id": own.id, "operation": own.operation, "amount_minor": own.amount_minor, "ends_at": Millis(own.due_at).iso8601() }))
        .collect();
    Ok(Json(json!({ "flag_next": next, "waiting": waiting })))
}

/// The manual check, by script.
pub async fn investigate(State(sandbox): State<Sandbox>, body: Bytes) -> Result<Json<Value>, Refused> {
    let asked: Investigation = read(&body)?;
    look(&sandbox, asked.act, &asked.transaction_id).await?;
    flagged(State(sandbox)).await
}

/// The manual check, for scripts and for the desk's buttons.
pub async fn look(sandbox: &Sandbox, act: Look, transaction_id: &str) -> Result<(), Refused> {
    let _alone = sandbox.fps_alone().await;
    let mut tx = sandbox.db().write().await?;
    if act == Look::FlagNext {
        tx.add_flag().await?;
        tx.commit().await?;
        return Ok(());
    }
    let transaction = tx.transaction(transaction_id).await?.ok_or_else(|| bad("InvalidTransactionId"))?;
    let event = match (act, transaction.is_flagged()) {
        (Look::Flag, false) => Event::Flagged,
        (Look::Pass, true) => due::answer_of_network(&transaction),
        (Look::Deny, true) => Event::Declined,
        _ => return Err(bad("InvalidTransactionState")),
    };
    let done = due::conclude(sandbox, &mut tx, transaction, event, sandbox.clock().now()).await?;
    if done.is_none() {
        return Err(bad("InvalidTransactionState"));
    }
    tx.commit().await?;
    sandbox.wake();
    Ok(())
}
