//! Notifications (IPN v2): they name an object that changed, never its state or amount; the merchant reads it again.
//!
//! ```text
//! POST /ipn/amazon-pay  {"Type":"Notification","Message":"{\"ObjectType\":\"CHARGE\",\"ObjectId\":\"S01-…\",…}",…}
//! ```
//! Queued in the transaction that causes them; repeated hourly for three hours on a failure or silence.

use std::time::Duration;

use serde_json::{Value, json};

use super::sns;
use super::state::merchants::Account;
use super::state::notifications::Message;
use super::state::objects::{Charge, Permission, Refund};
use super::{PROVIDER, wire};
use crate::base::clock::{Millis, hours};
use crate::base::ids;
use crate::sandbox::Sandbox;
use crate::sandbox::amazon_pay::ops::disputes::Dispute;
use crate::sandbox::faults::Kind;
use crate::sandbox::state::{LogEntry, StateError, Tx};

/// Attempts after the first one, an hour apart.
const REPEATS: i64 = 3;
/// How long a receiver may take to answer, in real time.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a notification is held back so that the next one overtakes it (`reorder_notifications`).
const HELD_BACK: Duration = Duration::from_secs(5);

/// What changed.
pub struct News {
    merchant_id: String,
    object_type: &'static str,
    object_id: String,
    permission_id: String,
}

impl News {
    /// A charge has come to another state.
    pub fn charge(of: &Charge) -> News {
        News::new("CHARGE", &of.merchant_id, &of.id, &of.permission_id)
    }

    /// A permission has come to another state.
    pub fn permission(of: &Permission) -> News {
        News::new("CHARGE_PERMISSION", &of.merchant_id, &of.id, &of.id)
    }

    /// A refund has come to another state.
    pub fn refund(of: &Refund) -> News {
        News::new("REFUND", &of.merchant_id, &of.id, &of.permission_id)
    }

    /// A chargeback was opened or decided.
    pub fn dispute(of: &Dispute) -> News {
        News::new("CHARGEBACK", &of.merchant_id, &of.id, &of.permission_id)
    }

    fn new(object_type: &'static str, merchant_id: &str, object_id: &str, permission_id: &str) -> News {
        let (merchant_id, object_id) = (merchant_id.to_owned(), object_id.to_owned());
        News { merchant_id, object_type, object_id, permission_id: permission_id.to_owned() }
    }
}

/// Queues the notice that an object has changed its state.
pub async fn state_change(sandbox: &Sandbox, tx: &mut Tx, news: &News, now: Millis) -> Result<(), StateError> {
    let Some(account) = tx.merchant(&news.merchant_id).await? else { return Ok(()) };
    let message = json!({
        "MerchantID": news.merchant_id, "ObjectType": news.object_type, "ObjectId": news.object_id,
        "ChargePermissionId": news.permission_id, "NotificationType": "STATE_CHANGE",
        "NotificationId": wire::uuid(), "NotificationVersion": "V2",
    });
    let message = Message {
        kind: "Notification".to_owned(),
        object_type: news.object_type.to_owned(),
        object_id: news.object_id.clone(),
        message: message.to_string(),
        ..Message::default()
    };
    queue(sandbox, tx, &account, message, now).await
}

/// Asks an address to confirm that it wants to hear from us.
pub async fn ask_to_confirm(sandbox: &Sandbox, tx: &mut Tx, account: &Account, now: Millis) -> Result<(), StateError> {
    let topic = sns::topic(&account.id);
    let message = Message {
        kind: "SubscriptionConfirmation".to_owned(),
        object_type: "SUBSCRIPTION".to_owned(),
        message: format!(
            "You have chosen to subscribe to the topic {topic}.\nTo confirm the subscription, visit the SubscribeURL included in this message."
        ),
        token: format!("{}{}", ids::secret(), ids::secret()),
        ..Message::default()
    };
    queue(sandbox, tx, account, message, now).await
}

async fn queue(
    sandbox: &Sandbox,
    tx: &mut Tx,
    account: &Account,
    message: Message,
    now: Millis,
) -> Result<(), StateError> {
    let is_unconfirmed = account.subscription == "pending" && message.kind == "Notification";
    if account.notification_url.is_empty() {
        return Ok(());
    }
    let object = &message.object_type;
    let is_lost = is_unconfirmed || sandbox.strikes_within(tx, PROVIDER, object, Kind::LoseNotification).await?;
    let is_held_back = sandbox.strikes_within(tx, PROVIDER, object, Kind::ReorderNotifications).await?;
    let due_at = if is_held_back { now.plus(HELD_BACK) } else { now };
    let corrupt = i64::from(sandbox.strikes_within(tx, PROVIDER, object, Kind::CorruptNotificationSignature).await?);
    let copies = if sandbox.strikes_within(tx, PROVIDER, object, Kind::DuplicateNotification).await? { 2 } else { 1 };
    let message_id = wire::uuid();
    for _ in 0..copies {
        let copy = Message {
            id: ids::fresh("ipn"),
            seq: tx.next_number(),
            merchant_id: account.id.clone(),
            message_id: message_id.clone(),
            stamped_at: sandbox.clock().real_now().0,
            address: account.notification_url.clone(),
            corrupt,
            state: if is_lost { "lost" } else { "due" }.to_owned(),
            created_at: now.0,
            due_at: if is_lost { 0 } else { due_at.0 },
            ..message.clone()
        };
        tx.add_message(&copy).await?;
    }
    Ok(())
}

/// Sends one message and keeps how it went.
pub async fn deliver(sandbox: &Sandbox, message: &Message) -> Result<(), StateError> {
    let account = sandbox.db().read().await?.merchant(&message.merchant_id).await?;
    let version = account.map_or_else(|| "1".to_owned(), |account| account.signature_version);
    let signed = match sandbox.amazon_pay().signer(sandbox).await {
        Ok(signer) => sns::envelope(signer, message, &version, sandbox.base_url()).map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    let (mut envelope, text) = signed.map_err(|error| StateError::Protocol(error.to_string()))?;
    if message.corrupt == 1 {
        let damaged: String = envelope["Signature"].as_str().unwrap_or_default().chars().rev().collect();
        envelope["Signature"] = damaged.into();
    }
    let (status, trouble) = send(sandbox, message, &envelope).await;
    let is_delivered = (200..300).contains(&status);
    let attempts = message.attempts + 1;
    let is_worth_repeating = status == 0 || status == 408 || status >= 500;
    let (state, due_at) = match is_delivered {
        true => ("delivered", 0),
        false if is_worth_repeating && attempts <= REPEATS => {
            ("due", Millis(message.due_at.max(message.created_at)).plus(hours(1)).0)
        }
        false => ("given up", 0),
    };
    let mut tx = sandbox.db().write().await?;
    tx.keep_message(&message.id, state, attempts, due_at).await?;
    let mut entry = LogEntry::of(PROVIDER, sandbox.clock().now(), "notification", &message.object_type);
    entry.address = format!("POST {}", message.address);
    entry.reference = message.id.clone();
    entry.string_to_sign = text;
    entry.verdict = if is_delivered { "delivered" } else { "not delivered" }.to_owned();
    (entry.status, entry.detail) = (status, trouble);
    tx.log(entry).await?;
    tx.commit().await
}

/// The status the receiver answered, 0 for none, and what went wrong.
async fn send(sandbox: &Sandbox, message: &Message, envelope: &Value) -> (i64, String) {
    let sent = sandbox
        .http()
        .post(&message.address)
        .timeout(PATIENCE)
        .header("content-type", "text/plain; charset=UTF-8")
        .header("x-amz-sns-message-type", &message.kind)
        .header("x-amz-sns-message-id", &message.message_id)
        .header("x-amz-sns-topic-arn", sns::topic(&message.merchant_id))
        .body(envelope.to_string())
        .send()
        .await;
    match sent {
        Ok(response) => (i64::from(response.status().as_u16()), String::new()),
        Err(error) => (0, error.without_url().to_string()),
    }
}
