//! Refund (whole or in parts, up to what was taken) and CancelToken.

use super::charge::answer;
use super::settle::own;
use super::{Call, Trouble, book, claims, refuse};
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::machine::{self, Operation, State};
use crate::sandbox::fps::state::ledger;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::fps::wire::Xml;
use crate::sandbox::fps::{notify, provider_id};
use crate::sandbox::state::{StateError, Tx};

/// What a refund is asked to be.
pub struct Asked<'a> {
    /// Cents; `None` for all that is left.
    pub amount_minor: Option<i64>,
    /// The request's reference; empty for one that the recipient makes in the provider's own pages.
    pub reference: &'a str,
    /// `MarketplaceRefundPolicy`.
    pub policy: &'a str,
    /// A description; empty for the payment's own.
    pub reason: &'a str,
    /// The request's `Timestamp`; empty in the provider's own pages.
    pub date: &'a str,
    /// Where notifications go; `None` for where those of the caller's account do.
    pub ipn_url: Option<String>,
}

/// `Refund`.
pub async fn refund(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let Some(payment) = own(call, tx, call.params.text("TransactionId")).await? else {
        return refuse("InvalidTransactionId");
    };
    let amount = call.params.amount("RefundAmount")?;
    if amount.is_some_and(|amount| !amount.is_exact) {
        return Err(ApiError::params("RefundAmount.Value has more than two decimals").into());
    }
    let asked = Asked {
        amount_minor: amount.map(|amount| amount.money.minor),
        reference: call.params.text("CallerReference"),
        policy: call.params.get("MarketplaceRefundPolicy").unwrap_or("MasterTxnOnly"),
        reason: call.params.text("CallerDescription"),
        date: call.params.text("Timestamp"),
        ipn_url: Some(call.ipn_url()),
    };
    let refund = start(call.sandbox, tx, payment, &asked, call.now).await?;
    Ok(answer(&refund))
}

/// Starts a refund of `payment`: from here on its amount counts against what is left.
pub async fn start(
    sandbox: &Sandbox,
    tx: &mut Tx,
    payment: Transaction,
    asked: &Asked<'_>,
    now: Millis,
) -> Result<Transaction, Trouble> {
    claims::check_refundable(&payment)?;
    match payment.state() {
        State::Success => {}
        State::Pending | State::Reserved => return refuse("OriginalTransactionIncomplete"),
        State::Failure | State::Cancelled => return refuse("OriginalTransactionFailed"),
    }
    let whole = payment.current_amount().minor;
    let left = whole - payment.refunded_minor - payment.refunding_minor;
    if left <= 0 {
        return refuse("TransactionFullyRefundedAlready");
    }
    let amount = asked.amount_minor.unwrap_or(left);
    if amount <= 0 {
        return refuse("AmountOutOfRange");
    }
    if amount > left {
        return refuse("RefundAmountExceeded");
    }
    check_parties(tx, &payment).await?;
    let market = book::market_part(&payment, asked.policy, amount);
    if tx.balance(&ledger::balance_of(&payment.caller_id)).await? < market {
        return refuse("TransactionDenied");
    }
    Ok(begin(sandbox, tx, payment, asked, amount, now).await?)
}

/// Begins a refund that nobody can refuse any more, such as one that the bank makes.
pub async fn begin(
    sandbox: &Sandbox,
    tx: &mut Tx,
    mut payment: Transaction,
    asked: &Asked<'_>,
    amount: i64,
    now: Millis,
) -> Result<Transaction, StateError> {
    payment.refunding_minor += amount;
    tx.keep_transaction(&payment).await?;
    let ipn_url = match &asked.ipn_url {
        Some(own) => own.clone(),
        None => tx.account(&payment.caller_id).await?.map(|caller| caller.ipn_url).unwrap_or_default(),
    };
    let (operation, state, status_code, status_message) = machine::start(Operation::Refund, &payment.method);
    let refund = Transaction {
        id: provider_id(35),
        seq: tx.next_number(),
        kind: "Refund".to_owned(),
        operation: operation.as_str().to_owned(),
        caller_reference: asked.reference.to_owned(),
        parent_id: payment.id.clone(),
        amount_minor: amount,
        settled_minor: 0,
        refunding_minor: 0,
        refunded_minor: 0,
        fee_minor: 0,
        fee_back_minor: 0,
        market_fee_minor: 0,
        market_back_minor: 0,
        refund_policy: asked.policy.to_owned(),
        reason: if asked.reason.is_empty() { payment.reason.clone() } else { asked.reason.to_owned() },
        ipn_url,
        state: state.as_str().to_owned(),
        status_code: status_code.to_owned(),
        status_message: status_message.to_owned(),
        outcome: "yes".to_owned(),
        caller_date: asked.date.to_owned(),
        times_out_at: now.plus(machine::PATIENCE).0,
        received_at: now.0,
        completed_at: 0,
        due_at: now.plus(machine::delay(&payment.method)).0,
        ..payment
    };
    tx.add_transaction(&refund).await?;
    notify::transaction(sandbox, tx, &refund, now).await?;
    Ok(refund)
}

/// Both accounts must still be able to give and take. The sender of a refund is the recipient of the original
/// transaction: "SenderNotOriginalRecipient".
async fn check_parties(tx: &mut Tx, payment: &Transaction) -> Result<(), Trouble> {
    for (id, role) in [(&payment.recipient_id, "Sender"), (&payment.sender_id, "Recipient")] {
        let Some(account) = tx.account(id).await?.filter(|account| account.state == "active") else {
            return refuse(&format!("InvalidAccountState_{role}"));
        };
        // The page of Refund lists this code for the sender alone.
        if role == "Sender" && account.email_verified == 0 {
            return refuse("UnverifiedEmailAddress_Sender");
        }
    }
    Ok(())
}

/// `CancelToken`: for good; a second time changes nothing.
pub async fn cancel_token(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let Some(token) = tx.token(call.params.text("TokenId")).await? else { return refuse("InvalidTokenId") };
    if token.caller_id != call.caller.id {
        return refuse("TokenAccessDenied");
    }
    if tx.end_token(&token.id, "caller", call.now).await? {
        notify::token_cancellation(call.sandbox, tx, &token, &call.ipn_url(), call.now).await?;
    }
    Ok(Xml::default())
}
