//! What happens by itself as business time goes on: networks answer, holds lapse, chargebacks that nobody answered are the buyer's.

use super::actions::settle::step;
use super::actions::{book, claims};
use super::machine::{self, Event, Operation, State};
use super::state::transactions::Transaction;
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{StateError, Tx};

/// Does the oldest due thing, if it is a transaction's turn. True when something was done.
pub async fn fire(sandbox: &Sandbox) -> Result<bool, StateError> {
    let _alone = sandbox.fps_alone().await;
    let mut tx = sandbox.db().write().await?;
    let now = sandbox.clock().now();
    let transaction = tx.due_transaction(now).await?;
    let first = transaction.as_ref().map_or((i64::MAX, 0), |own| (own.due_at, own.seq));
    if let Some(case) = tx.due_case(now).await?.filter(|case| (case.due_at, case.seq) < first) {
        claims::lapse(&mut tx, case).await?;
        tx.commit().await?;
        return Ok(true);
    }
    let Some(transaction) = transaction else { return Ok(false) };
    let at = Millis(transaction.due_at);
    let event = match transaction.state() {
        State::Reserved => Event::HoldLapsed,
        State::Pending if transaction.is_flagged() => Event::TimedOut,
        _ => answer_of_network(&transaction),
    };
    conclude(sandbox, &mut tx, transaction, event, at).await?;
    tx.commit().await?;
    Ok(true)
}

/// What the network says once it is asked.
pub fn answer_of_network(transaction: &Transaction) -> Event {
    if transaction.outcome == "no" { Event::Declined } else { Event::Accepted }
}

/// Lets `event` happen, with what it means for the books, the token and the notification. Nothing where it cannot.
pub async fn conclude(
    sandbox: &Sandbox,
    tx: &mut Tx,
    mut transaction: Transaction,
    event: Event,
    at: Millis,
) -> Result<Option<Transaction>, StateError> {
    transaction.due_at = 0;
    let Some(explained) = machine::next(transaction.operation(), transaction.state(), event) else {
        tx.keep_transaction(&transaction).await?;
        return Ok(None);
    };
    take_effect(tx, &mut transaction, explained, at).await?;
    step(sandbox, tx, &mut transaction, explained, at).await?;
    Ok(Some(transaction))
}

/// Books what the new state means, before it is written down.
async fn take_effect(
    tx: &mut Tx,
    transaction: &mut Transaction,
    to: machine::Explained,
    at: Millis,
) -> Result<(), StateError> {
    let (operation, state, ..) = to;
    transaction.completed_at = if matches!(state, State::Reserved | State::Pending) { 0 } else { at.0 };
    match (operation, state) {
        (_, State::Pending) => transaction.due_at = transaction.times_out_at,
        (Operation::Reserve, State::Reserved) => {
            transaction.due_at = Millis(transaction.received_at).plus(machine::HOLD).0;
        }
        (Operation::Refund, State::Success) => {
            if let Some(mut payment) = tx.transaction(&transaction.parent_id).await? {
                book::refund(tx, transaction, &mut payment, at).await?;
                tx.keep_transaction(&payment).await?;
            }
        }
        (Operation::Refund, _) => {
            if let Some(mut payment) = tx.transaction(&transaction.parent_id).await? {
                payment.refunding_minor -= transaction.amount_minor;
                tx.keep_transaction(&payment).await?;
            }
        }
        (Operation::Pay, State::Success) if !transaction.parent_id.is_empty() => {
            book::give_again(tx, transaction, at).await?;
        }
        (_, State::Success) => book::charge(tx, transaction, at).await?,
        // A refused charge must not use up the buyer's consent; a refused settle has used it.
        (Operation::Pay | Operation::Reserve, State::Failure) => tx.give_token_back(&transaction.id).await?,
        _ => {}
    }
    Ok(())
}
