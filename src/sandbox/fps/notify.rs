//! Instant Payment Notifications: what is said, how it is signed, when it is said again.
//!
//! ```text
//! POST /ipn/fps  transactionId=14G…&transactionStatus=SUCCESS&operation=PAY&…&signature=…
//! ```
//! Queued in the transaction that causes them, signed anew at every attempt, tried for one day.

use std::time::Duration;

use super::state::notifications::Notification;
use super::state::tokens::Token;
use super::state::transactions::Transaction;
use super::verify;
use crate::base::clock::{Millis, days, hours, minutes};
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::faults::Kind;
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// How long delivery is tried ("IPN retries: for one day").
const TRIED_FOR: Duration = days(1);
/// How long a receiver may take to answer, in real time.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a notification is held back so that the next one overtakes it (`reorder_notifications`).
const HELD_BACK: Duration = Duration::from_secs(5);
/// The most bytes of a name ("Size: 128 bytes").
const LONGEST_NAME: usize = 128;
/// The most bytes of an e-mail address ("Size: 65 bytes").
const LONGEST_EMAIL: usize = 65;
/// Growing pauses between attempts; the last one repeats until the day is over.
const PAUSES: [Duration; 8] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    minutes(2),
    minutes(10),
    minutes(30),
    hours(1),
    hours(3),
    hours(6),
];

/// Queues the notice about where a transaction is now.
pub async fn transaction(sandbox: &Sandbox, tx: &mut Tx, t: &Transaction, now: Millis) -> Result<(), StateError> {
    let operation = t.operation.to_uppercase();
    transaction_as(sandbox, tx, t, &operation, now).await
}

/// Queues the notice under another operation, such as `CANCEL_TRANSACTION` for a cancellation made by others.
pub async fn transaction_as(
    sandbox: &Sandbox,
    tx: &mut Tx,
    t: &Transaction,
    operation: &str,
    now: Millis,
) -> Result<(), StateError> {
    let sender = tx.account(&t.sender_id).await?;
    let recipient = tx.account(&t.recipient_id).await?;
    let mut fields = vec![
        ("notificationType", "TransactionStatus".to_owned()),
        ("transactionId", t.id.clone()),
        ("transactionDate", (t.received_at / 1000).to_string()),
        ("transactionStatus", t.state.to_uppercase()),
        ("statusCode", t.status_code.clone()),
        ("statusMessage", t.status_message.clone()),
        ("operation", operation.to_owned()),
        ("paymentMethod", t.method.clone()),
        ("transactionAmount", format!("USD {}", t.current_amount().decimal())),
        ("callerReference", t.caller_reference.clone()),
        ("paymentReason", t.reason.clone()),
        ("parentTransactionId", t.parent_id.clone()),
    ];
    if let Some(sender) = sender {
        fields.push(("buyerName", at_most(LONGEST_NAME, sender.name)));
        if t.is_own_sale() {
            fields.push(("buyerEmail", at_most(LONGEST_EMAIL, sender.email)));
        }
    }
    if let Some(recipient) = recipient {
        fields.push(("recipientName", at_most(LONGEST_NAME, recipient.name)));
        fields.push(("recipientEmail", at_most(LONGEST_EMAIL, recipient.email)));
    }
    if t.is_own_sale() {
        fields.extend(address(tx, t).await?);
    } else {
        // The marketplace table of the guide calls the same value `Status`.
        fields.push(("status", t.state.to_uppercase()));
    }
    queue(sandbox, tx, &t.id, operation, &t.ipn_url, fields, now).await
}

/// Where parcels go, if the buyer chose that in our pages: "returned only if the value has been updated with Amazon".
async fn address(tx: &mut Tx, t: &Transaction) -> Result<Vec<(&'static str, String)>, StateError> {
    let Some(token) = tx.token(&t.sender_token).await? else { return Ok(Vec::new()) };
    let visit = tx.ended_session(&token.caller_id, &token.caller_reference).await?;
    let kept = visit.map(|visit| visit.address).unwrap_or_default();
    let parts: Vec<(String, String)> = serde_json::from_str(&kept).unwrap_or_default();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let part = |name: &str| parts.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone()).unwrap_or_default();
    Ok(vec![
        ("addressFullName", part("addressName")),
        ("addressLine1", part("addressLine1")),
        ("addressLine2", part("addressLine2")),
        ("addressState", part("state")),
        ("addressZip", part("zip")),
        // The pages ask for American addresses only.
        ("addressCountry", "US".to_owned()),
        ("addressPhone", part("phoneNumber")),
        ("isShippingAddressProvided", "TRUE".to_owned()),
    ])
}

/// A text that fits its field, cut between two characters.
fn at_most(bytes: usize, mut text: String) -> String {
    text.truncate(text.floor_char_boundary(bytes));
    text
}

/// Queues the notice that a token was cancelled.
pub async fn token_cancellation(
    sandbox: &Sandbox,
    tx: &mut Tx,
    token: &Token,
    address: &str,
    now: Millis,
) -> Result<(), StateError> {
    let owner = tx.account(&token.account_id).await?;
    let mut fields = vec![
        ("notificationType", "TokenCancellation".to_owned()),
        ("tokenId", token.id.clone()),
        ("tokenType", token.kind.clone()),
        ("callerReference", token.caller_reference.clone()),
        ("dateInstalled", sample_date(token.installed_at)),
    ];
    if let Some(owner) = owner {
        fields.push(("customerEmail", at_most(LONGEST_EMAIL, owner.email)));
        fields.push(("customerName", at_most(LONGEST_NAME, owner.name)));
    }
    queue(sandbox, tx, &token.id, "TokenCancellation", address, fields, now).await
}

/// The sample's form: `Oct 8, 2009`.
fn sample_date(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime("%b %-d, %Y").to_string()
}

async fn queue(
    sandbox: &Sandbox,
    tx: &mut Tx,
    subject: &str,
    operation: &str,
    address: &str,
    fields: Vec<(&str, String)>,
    now: Millis,
) -> Result<(), StateError> {
    if address.is_empty() {
        return Ok(());
    }
    let fields: Vec<(&str, String)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let is_lost = sandbox.strikes_within(tx, "fps", operation, Kind::LoseNotification).await?;
    let is_held_back = sandbox.strikes_within(tx, "fps", operation, Kind::ReorderNotifications).await?;
    let due_at = if is_held_back { now.plus(HELD_BACK) } else { now };
    let corrupt = i64::from(sandbox.strikes_within(tx, "fps", operation, Kind::CorruptNotificationSignature).await?);
    let copies = if sandbox.strikes_within(tx, "fps", operation, Kind::DuplicateNotification).await? { 2 } else { 1 };
    for _ in 0..copies {
        let notification = Notification {
            id: ids::fresh("ipn"),
            seq: tx.next_number(),
            transaction_id: subject.to_owned(),
            operation: operation.to_owned(),
            address: address.to_owned(),
            fields: serde_json::to_string(&fields).map_err(|error| StateError::Encode(error.into()))?,
            corrupt,
            state: if is_lost { "lost" } else { "due" }.to_owned(),
            attempts: 0,
            created_at: now.0,
            due_at: if is_lost { 0 } else { due_at.0 },
        };
        tx.add_notification(&notification).await?;
    }
    Ok(())
}

/// Sends one notification and keeps how it went.
pub async fn deliver(sandbox: &Sandbox, notification: &Notification) -> Result<(), StateError> {
    let mut fields: Vec<(String, String)> =
        serde_json::from_str(&notification.fields).map_err(|error| StateError::Decode(error.into()))?;
    let text =
        verify::sign_outbound(sandbox.key(), &sandbox.certificate_url(), "POST", &notification.address, &mut fields);
    if notification.corrupt == 1
        && let Some((_, signature)) = fields.last_mut()
    {
        *signature = signature.chars().rev().collect();
    }
    let sent = sandbox.http().post(&notification.address).timeout(PATIENCE).form(&fields).send().await;
    let status = sent.as_ref().map_or(0, |response| i64::from(response.status().as_u16()));
    let is_delivered = (200..300).contains(&status);
    let attempts = notification.attempts + 1;
    let next = next_attempt(
        Millis(notification.created_at),
        Millis(notification.due_at).max(Millis(notification.created_at)),
        attempts,
    );
    let (state, due_at) = match (is_delivered, next) {
        (true, _) => ("delivered", 0),
        (false, Some(at)) => ("due", at.0),
        (false, None) => ("given up", 0),
    };
    let mut tx = sandbox.db().write().await?;
    tx.keep_attempt(&notification.id, state, attempts, due_at).await?;
    let mut entry = LogEntry::fps(sandbox.clock().now(), "notification", &notification.operation);
    entry.address = format!("POST {}", notification.address);
    entry.reference = notification.id.clone();
    entry.string_to_sign = text.unwrap_or_default();
    entry.verdict = if is_delivered { "delivered" } else { "not delivered" }.to_owned();
    entry.status = status;
    entry.detail = sent.err().map(|error| error.without_url().to_string()).unwrap_or_default();
    tx.log(entry).await?;
    tx.commit().await
}

/// When attempt number `made` + 1 is due, or `None` once the day is over.
fn next_attempt(caused_at: Millis, tried_at: Millis, made: i64) -> Option<Millis> {
    let place = usize::try_from(made - 1).unwrap_or(0).min(PAUSES.len() - 1);
    let at = tried_at.plus(PAUSES[place]);
    (at.since(caused_at) <= TRIED_FOR).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_a_day() {
        let (mut at, mut made) = (Millis(0), 0);
        while let Some(next) = next_attempt(Millis(0), at, made + 1) {
            assert!(next > at);
            (at, made) = (next, made + 1);
        }
        assert!((8..20).contains(&made), "{made} attempts");
        assert!(at.0 > hours(12).as_millis() as i64 && at.0 <= days(1).as_millis() as i64);
    }

    #[test]
    fn a_long_name_is_cut_between_two_characters() {
        assert_eq!(at_most(4, "Ænnä".to_owned()), "Ænn");
        assert_eq!(at_most(128, "Clara".to_owned()), "Clara");
    }

    #[test]
    fn token_dates_look_like_the_sample() {
        assert_eq!(sample_date(1_255_000_000_000), "Oct 8, 2009");
    }
}
