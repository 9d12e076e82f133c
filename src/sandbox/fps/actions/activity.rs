//! `GetAccountActivity` and `GetAccountBalance`: the caller's own account, as Account Management answers it.
//!
//! ```xml
//! <BatchSize>1</BatchSize><Transaction>…</Transaction><StartTimeForNextTransaction>2009-10-07T…</…>
//! ```
//! Source: the types `Transaction`, `TransactionPart` and `AccountBalance`. Recorded answers write these amounts
//! with six decimals, and `SenderTokenId` where the guide's type prints `SenderTokenID`.

use sha2::Digest as _;

use super::report::{name, roles};
use super::{Call, Trouble, refuse};
use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::codes::ApiError;
use crate::sandbox::fps::machine::{self, Operation};
use crate::sandbox::fps::state::activity::{Activity, Asked};
use crate::sandbox::fps::state::ledger;
use crate::sandbox::fps::wire::{Xml, date_time, instant};
use crate::sandbox::state::Tx;

/// How many transactions one answer has when nothing is said.
const BATCH: i64 = 20;

/// `GetAccountActivity`: what the caller took part in, newest first unless asked otherwise.
pub async fn activity(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let from = date(call, "StartDate")?.ok_or_else(|| ApiError::params("StartDate is required"))?;
    let until = date(call, "EndDate")?.unwrap_or(call.now);
    if from > call.now || until < from {
        return refuse("InvalidDateRange");
    }
    let asked = Asked {
        account: &call.caller.id,
        role: call.params.text("Role"),
        operation: call.params.text("FPSOperation"),
        method: call.params.text("PaymentMethod"),
        status: call.params.text("Status"),
        from,
        until,
        is_ascending: call.params.text("SortOrderByDate") == "Ascending",
    };
    let most = call.params.get("MaxBatchSize").and_then(|size| size.parse().ok()).unwrap_or(BATCH);
    let mut found = tx.activity(&asked, most + 1).await?;
    let next =
        found.get(usize::try_from(most).unwrap_or_default()).map(|first_left| first_left.transaction.received_at);
    if let Some(next) = next {
        // The next question begins at an instant: what happened at the same one goes there with it.
        found.pop();
        if found.iter().any(|own| own.transaction.received_at != next) {
            found.retain(|own| own.transaction.received_at != next);
        }
    }
    let mut answer = Xml::default().leaf("BatchSize", &found.len().to_string());
    for own in &found {
        answer = answer.nest("Transaction", element(call, own));
    }
    Ok(match next {
        Some(at) => answer.leaf("StartTimeForNextTransaction", &date_time(at)),
        None => answer,
    })
}

fn date(call: &Call<'_>, parameter: &str) -> Result<Option<Millis>, ApiError> {
    let Some(text) = call.params.get(parameter) else { return Ok(None) };
    instant(text).map(Some).ok_or_else(|| ApiError::params(format!("{parameter} has an invalid value")))
}

/// The type `Transaction`.
fn element(call: &Call<'_>, own: &Activity) -> Xml {
    let t = &own.transaction;
    let (sender, recipient) = roles(
        t,
        (t.sender_id.as_str(), own.sender_name.as_str()),
        (t.recipient_id.as_str(), own.recipient_name.as_str()),
    );
    let mut inside = Xml::default()
        .leaf("TransactionId", &t.id)
        .some("CallerTransactionDate", &t.caller_date)
        .leaf("DateReceived", &date_time(t.received_at));
    if t.completed_at > 0 {
        inside = inside.leaf("DateCompleted", &date_time(t.completed_at));
    }
    inside = inside
        .long_amount("TransactionAmount", t.current_amount())
        .leaf("FPSOperation", &t.operation)
        .leaf("TransactionStatus", &t.state)
        .leaf("StatusMessage", &t.status_message)
        .leaf("StatusCode", &t.status_code)
        .some("OriginalTransactionId", &t.parent_id);
    // What a refund says of fees is what came back.
    let fees = if t.operation() == Operation::Refund { Money::usd(-t.fee_minor) } else { Money::usd(t.fee_minor) };
    let fee_payer = if t.fee_payer == "Caller" { t.caller_id.as_str() } else { t.recipient_id.as_str() };
    let parts = [
        ("Sender", sender.0, sender.1, &t.sender_note, ""),
        ("Recipient", recipient.0, recipient.1, &t.reason, ""),
        ("Caller", t.caller_id.as_str(), own.caller_name.as_str(), &t.reason, t.caller_reference.as_str()),
    ];
    for (role, account, called, description, reference) in parts {
        if account != call.caller.id.as_str() {
            continue;
        }
        let pays = account == fee_payer && (role == "Caller") == (t.fee_payer == "Caller");
        let part = Xml::default()
            .leaf("Role", role)
            .leaf("Name", name(called))
            .some("Reference", reference)
            .some("Description", description)
            .long_amount("FeesPaid", if pays { fees } else { Money::usd(0) })
            .leaf("InstrumentId", &instrument(account, if role == "Sender" { &t.method } else { "ABT" }));
        inside = inside.nest("TransactionPart", part);
    }
    inside
        .leaf("PaymentMethod", &t.method)
        .leaf("SenderName", name(sender.1))
        .leaf("CallerName", name(&own.caller_name))
        .leaf("RecipientName", name(recipient.1))
        .long_amount("FPSFees", fees)
        .some("SenderTokenId", &t.sender_token)
        .some("RecipientTokenId", &t.recipient_token)
}

/// The id of an account's card, bank account or balance: 64 characters, the same each time ("Max size = 64").
fn instrument(account: &str, method: &str) -> String {
    sha2::Sha256::digest(format!("{account} {method}")).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// `GetAccountBalance`: what the caller's account holds, what is on its way, and how much of it may leave or go back.
pub async fn balance(call: &Call<'_>, tx: &mut Tx) -> Result<Xml, Trouble> {
    let account = &call.caller.id;
    let total = tx.balance(&ledger::balance_of(account)).await?;
    let (mut comes, mut goes) = (0, 0);
    for t in tx.pending_of(account).await? {
        let amount = t.current_amount();
        let (fee, market) = match t.operation() {
            // Nothing is taken until it is settled.
            Operation::Reserve => continue,
            Operation::Refund => {
                goes += if t.recipient_id == *account { amount.minor } else { 0 };
                comes += if t.sender_id == *account && t.method == "ABT" { amount.minor } else { 0 };
                continue;
            }
            Operation::Pay | Operation::Settle if t.is_own_sale() => {
                (machine::provider_fee(&t.method, amount).minor, 0)
            }
            Operation::Pay | Operation::Settle => {
                let market = machine::fee(amount, t.fixed_minor, t.variable_ppm).minor;
                (machine::provider_fee(&t.method, amount).minor, market)
            }
        };
        let is_payer = if t.fee_payer == "Caller" { t.caller_id == *account } else { t.recipient_id == *account };
        goes += if is_payer { fee } else { 0 };
        if t.recipient_id == *account {
            (comes, goes) = (comes + amount.minor, goes + market);
        } else if t.caller_id == *account {
            comes += market;
        }
        goes += if t.sender_id == *account && t.method == "ABT" { amount.minor } else { 0 };
    }
    // What is about to leave is not free to be paid out, but it may still be given back.
    let available = Xml::default()
        .long_amount("DisburseBalance", Money::usd((total - goes).max(0)))
        .long_amount("RefundBalance", Money::usd(total.max(0)));
    let inside = Xml::default()
        .long_amount("TotalBalance", Money::usd(total))
        .long_amount("PendingInBalance", Money::usd(comes))
        .long_amount("PendingOutBalance", Money::usd(goes))
        .nest("AvailableBalances", available);
    Ok(Xml::default().nest("AccountBalance", inside))
}
