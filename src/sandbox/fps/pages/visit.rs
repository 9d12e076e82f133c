//! A visit that goes on: who asked for what, who is to be paid, and what stands in a person's way.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::finish::{self, Fields};
use super::payees::{self, Payee};
use super::views::{Frame, Problem};
use crate::sandbox::Sandbox;
use crate::sandbox::desk;
use crate::sandbox::fps::rules::cbui::{Pipeline, Request};
use crate::sandbox::fps::state::accounts::Account;
use crate::sandbox::fps::state::sessions::Session;
use crate::sandbox::fps::state::tokens::Token;
use crate::sandbox::fps::tokens::words;
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// A visit that goes on, with everything it was asked for.
pub struct Visit {
    /// The transaction the step runs in; dropped without a trace unless committed.
    pub tx: Tx,
    /// What is kept of the visit.
    pub session: Session,
    /// What the shop asked for.
    pub request: Request,
    /// The developer behind the shop.
    pub caller: Account,
    /// Who will be paid: at least one.
    pub payees: Vec<Payee>,
    /// The token that is to be edited.
    pub edited: Option<Token>,
}

const PERSONAL: &str = "The recipient account is a personal account, and therefore cannot accept credit card payments.";
const MISMATCH: &str = "Payment method mismatch: the account has none of the payment methods that were asked for.";

/// What a visit's id leads to.
pub enum Found {
    /// A visit that goes on.
    Open(Box<Visit>),
    /// One that is over, or never was: the answer.
    Ended(Response),
}

/// A field of a posted form without the spaces around it; empty when absent.
pub fn value<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    let found = form.iter().find(|(own, value)| own == name && !value.contains('\0'));
    found.map_or("", |(_, value)| value.trim())
}

/// Finds the visit that a form belongs to.
pub async fn find(sandbox: &Sandbox, form: &[(String, String)]) -> Result<Found, StateError> {
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
    let edited = payees::edited(&mut tx, &request, &caller, sandbox.clock().now()).await?;
    if edited.is_none() && request.pipeline() == Some(Pipeline::EditToken) {
        return gone();
    }
    let Some(payees) = payees::find(&mut tx, &request, &caller, edited.as_ref()).await? else { return gone() };
    Ok(Found::Open(Box::new(Visit { tx, session, request, caller, payees, edited })))
}

impl Visit {
    /// The frame of `step`, counted from 0.
    pub fn frame(&self, step: usize) -> Frame {
        Frame::new(&self.session, &self.request, self.shop(), self.is_recipients(), step)
    }

    /// What the shop calls itself; a recipient's branding is its name, since accounts here have no pictures.
    pub fn shop(&self) -> &str {
        let recipient = self.payees.iter().map(|payee| &payee.account).find(|account| account.id != self.caller.id);
        match recipient {
            Some(recipient) if self.is_recipients() => &recipient.name,
            _ => self.request.get("websiteDescription").unwrap_or(&self.caller.name),
        }
    }

    /// Whether the recipient's branding is asked for.
    fn is_recipients(&self) -> bool {
        self.request.is_true("isRecipientCobranding")
    }

    /// Whether a seller registers, rather than a buyer approving.
    pub fn is_seller(&self) -> bool {
        self.request.pipeline() == Some(Pipeline::Recipient)
    }

    /// What this account and everybody who will be paid can do, out of what the shop asked for.
    pub fn methods(&self, account: &Account) -> Vec<&'static str> {
        let takes = |method: &str| self.payees.iter().all(|payee| payee.can_take(method));
        self.request.methods().into_iter().filter(|method| account.has(method) && takes(method)).collect()
    }

    /// Why this account cannot go on: status and message.
    pub fn obstacle(&self, account: &Account) -> Option<(&'static str, &'static str)> {
        if let Some(token) = &self.edited {
            return self.obstacle_to_edit(account, token);
        }
        if account.state != "active" {
            return Some((
                "NP",
                "The account is suspended or closed. Payment instructions cannot be installed on this account.",
            ));
        }
        if account.email_verified == 0 {
            return Some(("NP", "The e-mail address of the account is not verified."));
        }
        let wants_cards = self.request.methods().contains(&"CC");
        if self.is_seller() {
            return (wants_cards && !account.takes_cards()).then_some(("NP", PERSONAL));
        }
        if self.payees.iter().any(|payee| payee.account.id == account.id) {
            return Some(("NP", "The sender and the recipient are the same."));
        }
        if self.is_multi_use() && self.payees.iter().any(|payee| payee.account.state == "closed") {
            return Some(("NP", "The account of one of the recipients is closed."));
        }
        if !self.methods(account).is_empty() {
            return None;
        }
        if wants_cards && account.has("CC") && self.payees.iter().any(|payee| !payee.account.takes_cards()) {
            return Some(("NP", PERSONAL));
        }
        Some(("PE", MISMATCH))
    }

    /// The same for an edit, whose table has other statuses.
    fn obstacle_to_edit(&self, account: &Account, token: &Token) -> Option<(&'static str, &'static str)> {
        if account.id != token.account_id {
            return Some(("UT", "The token does not belong to the user."));
        }
        if account.state != "active" {
            return Some(("NA", "The user account does not exist any more, or is suspended."));
        }
        self.methods(account).is_empty().then_some(("PE", MISMATCH))
    }

    fn is_multi_use(&self) -> bool {
        self.request.pipeline() == Some(Pipeline::MultiUse)
    }

    /// What it is about, in a few words: the amount, the rule, or the registration.
    pub fn about(&self) -> String {
        match (self.request.rule(), &self.edited) {
            (Some(rule), _) => words::headline(&rule),
            (None, Some(_)) => "another way to pay".to_owned(),
            (None, None) => "Register to be paid".to_owned(),
        }
    }

    /// Ends the visit and sends the browser back to the shop.
    pub async fn end(mut self, sandbox: &Sandbox, status: &str, fields: Fields) -> Result<Response, StateError> {
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
