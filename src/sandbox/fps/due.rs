//! What happens by itself as business time goes on: networks answer, holds lapse.

use super::actions::book;
use super::actions::settle::step;
use super::machine::{self, Event, Operation, State};
use super::state::transactions::Transaction;
use crate::base::clock::Millis;
use crate::sandbox::Sandbox;
use crate::sandbox::state::{StateError, Tx};

/// Does the oldest due thing, if it is a transaction's turn. True when something was done.
pub async fn fire(sandbox: &Sandbox) -> Result<bool, StateError> {
    let mut tx = sandbox.db().write().await?;
    let Some(mut transaction) = tx.due_transaction(sandbox.clock().now()).await? else { return Ok(false) };
    let at = Millis(transaction.due_at);
    transaction.due_at = 0;
    let event = match (transaction.state(), transaction.outcome.as_str()) {
        (State::Reserved, _) => Event::HoldLapsed,
        (_, "no") => Event::Declined,
        _ => Event::Accepted,
    };
    match machine::next(transaction.operation(), transaction.state(), event) {
        Some(explained) => {
            take_effect(&mut tx, &mut transaction, explained, at).await?;
            step(sandbox, &mut tx, &mut transaction, explained, at).await?;
        }
        None => tx.keep_transaction(&transaction).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Books what the new state means, before it is written down.
async fn take_effect(
    tx: &mut Tx,
    transaction: &mut Transaction,
    to: machine::Explained,
    at: Millis,
) -> Result<(), StateError> {
    let (operation, state, ..) = to;
    transaction.completed_at = if state == State::Reserved { 0 } else { at.0 };
    match (operation, state) {
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
        (_, State::Success) => book::charge(tx, transaction, at).await?,
        // A refused charge must not use up the buyer's consent; a refused settle has used it.
        (Operation::Pay | Operation::Reserve, State::Failure) => tx.give_token_back(&transaction.id).await?,
        _ => {}
    }
    Ok(())
}
