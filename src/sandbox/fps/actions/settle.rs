//! Settle (take what is held, once) and Cancel (let it go).

use super::charge::answer;
use super::{Call, Trouble, refuse, standing};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::Sandbox;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::machine::{self, Event};
use crate::sandbox::fps::notify;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::fps::wire::Xml;
use crate::sandbox::state::{StateError, Tx};

/// `Settle`: charges a reserve, whole or in part, never more, once; keeps its id.
pub async fn settle(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let mut transaction = own(call, tx, call.params.text("ReserveTransactionId"))
        .await?
        .ok_or_else(|| ApiError::of("InvalidTransactionId"))?;
    if transaction.kind != "Reserve" {
        return refuse("InvalidTransactionId");
    }
    let asked = call.params.amount("TransactionAmount")?;
    let amount = asked.map_or(Money::usd(transaction.amount_minor), |amount| amount.money);
    let simulated = asked.and_then(|amount| machine::simulated_by_amount(amount.money.minor % 100));
    if asked.is_some_and(|amount| !amount.is_exact) && simulated.is_none() {
        return Err(ApiError::params("TransactionAmount.Value has more than two decimals").into());
    }
    let Some(settling) = machine::next(transaction.operation(), transaction.state(), Event::Settle) else {
        return refuse("InvalidTransactionState");
    };
    if amount.minor > transaction.amount_minor {
        return refuse("SettleAmountGreaterThanReserveAmount");
    }
    if amount.minor < 2 {
        return refuse("AmountOutOfRange");
    }
    check_parties(call, tx, &transaction, amount).await?;
    transaction.settled_minor = amount.minor;
    transaction.outcome = if simulated.is_some() { "no" } else { "yes" }.to_owned();
    transaction.due_at = call.now.plus(machine::delay(&transaction.method)).0;
    transaction.times_out_at = call.now.plus(machine::PATIENCE).0;
    transaction.ipn_url = call.ipn_url();
    step(call.sandbox, tx, &mut transaction, settling, call.now).await?;
    Ok(answer(&transaction))
}

/// The hold was good when it was made; since then either account may have changed.
async fn check_parties(call: &Call<'_>, tx: &mut Tx, transaction: &Transaction, amount: Money) -> Result<(), Trouble> {
    for (id, role) in [(&transaction.sender_id, "Sender"), (&transaction.recipient_id, "Recipient")] {
        match tx.account(id).await? {
            Some(account) if account.state == "active" => {
                if account.email_verified == 0 {
                    return refuse(&format!("UnverifiedEmailAddress_{role}"));
                }
                if role == "Recipient" {
                    standing::check_verified(&account, role)?;
                }
            }
            _ => return refuse(&format!("InvalidAccountState_{role}")),
        }
    }
    if standing::can_pay_fee(call, tx, &transaction.fee_payer, &transaction.method, amount).await? {
        return Ok(());
    }
    refuse("TransactionDenied")
}

/// `Cancel`: a pending payment, or a reserve that is pending or held.
pub async fn cancel(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let Some(mut transaction) = own(call, tx, call.params.text("TransactionId")).await? else {
        return Err(ApiError::params("TransactionId names no transaction of this caller").into());
    };
    let next = machine::next(transaction.operation(), transaction.state(), Event::Cancel);
    // What reverses a refund was decided here, not asked for by the caller.
    let Some(cancelled) = next.filter(|_| transaction.parent_id.is_empty()) else {
        return refuse("InvalidTransactionState");
    };
    transaction.ipn_url = call.ipn_url();
    transaction.due_at = 0;
    transaction.completed_at = call.now.0;
    step(call.sandbox, tx, &mut transaction, cancelled, call.now).await?;
    Ok(answer(&transaction))
}

/// The transaction, if it is one of the caller's.
pub async fn own(call: &Call<'_>, tx: &mut Tx, id: &str) -> Result<Option<Transaction>, StateError> {
    Ok(tx.transaction(id).await?.filter(|transaction| transaction.caller_id == call.caller.id))
}

/// Brings a transaction to its next state, writes it down and tells the caller.
pub async fn step(
    sandbox: &Sandbox,
    tx: &mut Tx,
    transaction: &mut Transaction,
    to: machine::Explained,
    at: Millis,
) -> Result<(), StateError> {
    step_as(sandbox, tx, transaction, to, at, &to.0.as_str().to_uppercase()).await
}

/// The same, with the operation that the notification names.
pub async fn step_as(
    sandbox: &Sandbox,
    tx: &mut Tx,
    transaction: &mut Transaction,
    to: machine::Explained,
    at: Millis,
    notified_as: &str,
) -> Result<(), StateError> {
    let (operation, state, code, message) = to;
    transaction.operation = operation.as_str().to_owned();
    transaction.state = state.as_str().to_owned();
    transaction.status_code = code.to_owned();
    transaction.status_message = message.to_owned();
    tx.keep_transaction(transaction).await?;
    tx.add_history(transaction, at).await?;
    notify::transaction_as(sandbox, tx, transaction, notified_as, at).await
}
