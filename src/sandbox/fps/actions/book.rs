//! The books behind a transaction: who gives, who gets, and the two fees.
//!
//! A charge: source → recipient; fee payer → provider; recipient → caller (marketplace fee).
//! A refund turns these round as its `MarketplaceRefundPolicy` says, the provider's fee in proportion.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::machine;
use crate::sandbox::fps::state::ledger::{BANKS, FEES, balance_of, source};
use crate::sandbox::fps::state::transactions::Transaction;
use crate::sandbox::state::{StateError, Tx};

/// Books a payment or a settle that went well and sets its fees.
pub async fn charge(tx: &mut Tx, transaction: &mut Transaction, at: Millis) -> Result<(), StateError> {
    let amount = transaction.current_amount();
    transaction.fee_minor = machine::provider_fee(&transaction.method, amount).minor;
    transaction.market_fee_minor = if transaction.is_own_sale() {
        0
    } else {
        machine::fee(amount, transaction.fixed_minor, transaction.variable_ppm).minor
    };
    let recipient = balance_of(&transaction.recipient_id);
    let caller = balance_of(&transaction.caller_id);
    let payer = if transaction.fee_payer == "Caller" { &caller } else { &recipient };
    tx.post(
        &transaction.id,
        at,
        &[
            (&source(&transaction.method, &transaction.sender_id), &recipient, amount.minor),
            (payer, FEES, transaction.fee_minor),
            (&recipient, &caller, transaction.market_fee_minor),
        ],
    )
    .await
}

/// Books a refund that went well, in `refund` and in the payment it belongs to. What the recipient's
/// balance does not cover is drawn from the recipient's bank.
pub async fn refund(
    tx: &mut Tx,
    refund: &mut Transaction,
    payment: &mut Transaction,
    at: Millis,
) -> Result<(), StateError> {
    let (amount, whole) = (refund.amount_minor, payment.current_amount().minor);
    let gives_master = refund.refund_policy != "MarketplaceTxnOnly";
    let recipient = balance_of(&payment.recipient_id);
    let caller = balance_of(&payment.caller_id);
    let mut moves: Vec<(String, String, i64)> = Vec::new();
    let part = market_part(payment, &refund.refund_policy, amount);
    payment.market_back_minor += part;
    refund.market_fee_minor = part;
    moves.push((caller.clone(), recipient.clone(), part));
    if gives_master {
        let after = payment.refunded_minor + amount;
        // Counted from what went back so far, which a reversal may have made less again.
        let fee = machine::fee_part(payment.fee_minor, 0, after, whole) - payment.fee_back_minor;
        payment.fee_back_minor += fee;
        payment.refunded_minor = after;
        refund.fee_minor = fee;
        let payer = if payment.fee_payer == "Caller" { &caller } else { &recipient };
        moves.push((FEES.to_owned(), payer.clone(), fee));
        let comes_in: i64 = moves.iter().filter(|(_, to, _)| *to == recipient).map(|(.., part)| part).sum();
        let short = amount - comes_in - tx.balance(&recipient).await?.max(0);
        moves.push((BANKS.to_owned(), recipient.clone(), short.max(0)));
        moves.push((recipient, source(&payment.method, &payment.sender_id), amount));
    }
    payment.refunding_minor -= amount;
    let moves: Vec<(&str, &str, i64)> =
        moves.iter().map(|(from, to, amount)| (from.as_str(), to.as_str(), *amount)).collect();
    tx.post(&refund.id, at, &moves).await
}

/// Books that what a refund took goes to the recipient again: the refund turned round, its fee included.
pub async fn give_again(tx: &mut Tx, again: &mut Transaction, at: Millis) -> Result<(), StateError> {
    let Some(refund) = tx.transaction(&again.parent_id).await? else { return Ok(()) };
    let Some(mut payment) = tx.transaction(&refund.parent_id).await? else { return Ok(()) };
    payment.refunded_minor -= again.amount_minor;
    payment.fee_back_minor -= refund.fee_minor;
    again.fee_minor = refund.fee_minor;
    tx.keep_transaction(&payment).await?;
    let recipient = balance_of(&payment.recipient_id);
    let caller = balance_of(&payment.caller_id);
    let payer = if payment.fee_payer == "Caller" { &caller } else { &recipient };
    let from = source(&payment.method, &payment.sender_id);
    tx.post(&again.id, at, &[(&from, &recipient, again.amount_minor), (payer, FEES, again.fee_minor)]).await
}

/// How much of the marketplace's fee a refund of `amount` gives back, as its policy says; the last part takes the rest.
pub fn market_part(payment: &Transaction, policy: &str, amount: i64) -> i64 {
    if policy == "MasterTxnOnly" {
        return 0;
    }
    let whole = payment.current_amount().minor;
    let part = Money::usd(payment.market_fee_minor).share(amount, whole.max(1)).map_or(0, |part| part.minor);
    let left = payment.market_fee_minor - payment.market_back_minor;
    if payment.refunded_minor + amount >= whole { left } else { part.min(left) }
}
