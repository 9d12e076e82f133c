//! `GetTransaction`: one transaction in full, the guide's type `TransactionDetail` with its sizes and conditions.

use super::settle::own;
use super::{Call, Trouble, refuse};
use crate::base::money::Money;
use crate::sandbox::fps::machine::Operation;
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::fps::wire::{Xml, date_time};
use crate::sandbox::state::Tx;

/// The longest name of a person or business ("Max size = 128 characters").
const LONGEST_NAME: usize = 128;

/// `GetTransaction`.
pub async fn transaction(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let Some(t) = own(call, tx, call.params.text("TransactionId")).await? else {
        return refuse("InvalidTransactionId");
    };
    let (paid, was_paid) = (tx.account(&t.sender_id).await?, tx.account(&t.recipient_id).await?);
    let (sender, recipient) = roles(&t, paid, was_paid);
    let mut inside = Xml::default()
        .leaf("TransactionId", &t.id)
        .leaf("CallerReference", &t.caller_reference)
        .leaf("CallerName", name(&call.caller.name))
        .some("CallerDescription", &t.reason)
        .some("SenderDescription", &t.sender_note)
        .leaf("DateReceived", &date_time(t.received_at));
    if t.completed_at > 0 {
        inside = inside.leaf("DateCompleted", &date_time(t.completed_at));
    }
    inside = inside
        .amount("TransactionAmount", t.current_amount())
        .amount("FPSFees", Money::usd(t.fee_minor))
        .leaf("FPSFeesPaidBy", &t.fee_payer);
    if !t.is_own_sale() {
        inside = inside.amount("MarketplaceFees", Money::usd(t.market_fee_minor));
    }
    inside = inside
        .leaf("FPSOperation", &t.operation)
        .leaf("PaymentMethod", &t.method)
        .leaf("TransactionStatus", &t.state)
        .leaf("StatusCode", &t.status_code)
        .leaf("StatusMessage", &t.status_message)
        .some("SenderTokenId", &t.sender_token)
        .some("RecipientTokenId", &t.recipient_token);
    if let Some(sender) = sender {
        inside = inside.leaf("SenderName", name(&sender.name));
        // "Returned only if the caller is also the recipient of this transaction."
        if recipient.as_ref().is_some_and(|recipient| recipient.id == call.caller.id) {
            inside = inside.leaf("SenderEmail", &sender.email);
        }
    }
    if let Some(recipient) = recipient {
        inside = inside.leaf("RecipientName", name(&recipient.name)).leaf("RecipientEmail", &recipient.email);
    }
    for (relation, id) in related(tx, &t).await? {
        inside =
            inside.nest("RelatedTransaction", Xml::default().leaf("RelationType", relation).leaf("TransactionId", &id));
    }
    for line in tx.history(&t.id).await? {
        let entry = Xml::default()
            .amount("Amount", Money::usd(line.amount_minor))
            .leaf("Date", &date_time(line.at))
            .leaf("StatusCode", &line.status_code)
            .leaf("TransactionStatus", &line.state);
        inside = inside.nest("StatusHistory", entry);
    }
    Ok(Xml::default().nest("Transaction", inside))
}

/// Sender and recipient of `t`. Who was paid is the sender of the refund: a refund's "sender … is … the
/// recipient of the original transaction".
pub fn roles<T>(t: &Transaction, paid: T, was_paid: T) -> (T, T) {
    if t.operation() == Operation::Refund { (was_paid, paid) } else { (paid, was_paid) }
}

/// A name, no longer than the types allow.
pub fn name(text: &str) -> &str {
    text.char_indices().nth(LONGEST_NAME).map_or(text, |(end, _)| &text[..end])
}

/// A refund names what it gives back, and what took it back again; a payment its refunds; a settle the hold it
/// took, which has the same id.
async fn related(tx: &mut Tx, t: &Transaction) -> Result<Vec<(&'static str, String)>, Trouble> {
    let parent = (!t.parent_id.is_empty()).then(|| ("Parent", t.parent_id.clone()));
    let hold = (t.operation() == Operation::Settle).then(|| ("Reserve", t.id.clone()));
    let relation = if t.operation() == Operation::Refund { "RefundReversal" } else { "Refund" };
    let children = tx.refunds_of(&t.id).await?.into_iter().map(|child| (relation, child.id));
    Ok(parent.into_iter().chain(hold).chain(children).collect())
}
