//! Who buys by voice, and what was handed to Alexa for them.

use sqlx::AnyConnection;

use super::columns::id;
use super::notifications::delivery_key;
use super::orders::{OrderRow, orders, select_orders};
use super::{Result, Store, StoreError, Write, unreadable};
use crate::base::clock::Millis;
use crate::base::ids::{BuyerId, OperationId, OrderId};
use crate::orders::checkout::Address;
use crate::orders::order::Order;

/// Somebody who speaks. Only the SHA-256 of Amazon's id for them is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceUser {
    /// SHA-256 of the user id, hex.
    pub key: String,
    /// Their basket.
    pub cart: String,
    /// Their account here, once they have linked it.
    pub buyer: Option<BuyerId>,
    /// What they can be charged under, and whether something is wrong with it.
    pub agreement: Option<(String, bool)>,
    /// Where their parcels go.
    pub address: Option<Address>,
    /// Where their letters go; empty where nobody has said.
    pub email: String,
    /// What is being spoken about, as JSON of the room that speaks.
    pub talk: String,
    /// Counts every change: compare-and-set.
    pub version: i64,
}

/// A directive that was handed to Alexa.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceAsk {
    /// SHA-256 of the token, hex.
    pub token_hash: String,
    /// Who was being spoken to.
    pub user: String,
    /// `Setup` or `Charge`.
    pub name: String,
    /// What it charges.
    pub operation: Option<OperationId>,
    /// Which try of the same question it is, the first being 1.
    pub attempt: i64,
    /// When it was handed over.
    pub sent_at: Millis,
    /// What was answered to what Alexa said, to be said again word by word.
    pub answer: Option<String>,
}

#[derive(sqlx::FromRow)]
struct UserRow {
    user_key: String,
    cart_id: String,
    buyer_id: Option<String>,
    agreement: Option<String>,
    agreement_state: String,
    address: Option<String>,
    email: String,
    talk: String,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct AskRow {
    token_hash: String,
    user_key: String,
    name: String,
    operation_id: Option<String>,
    attempt: i64,
    sent_at: i64,
    answer: Option<String>,
}

impl TryFrom<UserRow> for VoiceUser {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<VoiceUser> {
        let address = row.address.as_deref().map(serde_json::from_str).transpose();
        Ok(VoiceUser {
            key: row.user_key,
            cart: row.cart_id,
            buyer: row.buyer_id.as_deref().map(id).transpose()?,
            agreement: row.agreement.map(|agreement| (agreement, row.agreement_state == "suspended")),
            address: address.map_err(|_| unreadable("address of a voice user", ""))?,
            email: row.email,
            talk: row.talk,
            version: row.version,
        })
    }
}

impl TryFrom<AskRow> for VoiceAsk {
    type Error = StoreError;

    fn try_from(row: AskRow) -> Result<VoiceAsk> {
        Ok(VoiceAsk {
            token_hash: row.token_hash,
            user: row.user_key,
            name: row.name,
            operation: row.operation_id.as_deref().map(id).transpose()?,
            attempt: row.attempt,
            sent_at: Millis(row.sent_at),
            answer: row.answer,
        })
    }
}

/// Under what name a user id or token is kept.
pub fn voice_key(secret: &str) -> String {
    delivery_key(secret.as_bytes())
}

const SELECT_ASK: &str = "SELECT token_hash, user_key, name, operation_id, attempt, sent_at, answer FROM voice_asks
          WHERE token_hash = $1 AND user_key = $2";

async fn user(connection: &mut AnyConnection, key: &str) -> Result<Option<VoiceUser>> {
    let row: Option<UserRow> = sqlx::query_as(
        "SELECT user_key, cart_id, buyer_id, agreement, agreement_state, address, email, talk, version
           FROM voice_users WHERE user_key = $1",
    )
    .bind(key)
    .fetch_optional(connection)
    .await?;
    row.map(VoiceUser::try_from).transpose()
}

async fn ask(connection: &mut AnyConnection, user: &str, token: &str) -> Result<Option<VoiceAsk>> {
    let row: Option<AskRow> =
        sqlx::query_as(SELECT_ASK).bind(voice_key(token)).bind(user).fetch_optional(connection).await?;
    row.map(VoiceAsk::try_from).transpose()
}

async fn orders_of_voice(connection: &mut AnyConnection, user: &str, limit: i64) -> Result<Vec<Order>> {
    let rows: Vec<OrderRow> = sqlx::query_as(select_orders!(
        "WHERE id IN (SELECT order_id FROM voice_orders WHERE user_key = $1 ORDER BY order_id DESC LIMIT $2)
         ORDER BY id DESC"
    ))
    .bind(user)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    orders(rows)
}

impl Store {
    /// Who speaks; none where they never did.
    pub async fn voice_user(&self, key: &str) -> Result<Option<VoiceUser>> {
        user(&mut *self.read().await?, key).await
    }

    /// The directive with this token, if it was handed over for this user.
    pub async fn voice_ask(&self, user: &str, token: &str) -> Result<Option<VoiceAsk>> {
        ask(&mut *self.read().await?, user, token).await
    }

    /// The newest orders of a voice user, at most `limit`.
    pub async fn orders_of_voice(&self, user: &str, limit: i64) -> Result<Vec<Order>> {
        orders_of_voice(&mut *self.read().await?, user, limit).await
    }

    /// Whether somebody fills this basket by voice.
    pub async fn is_voice_cart(&self, cart: &str) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar("SELECT user_key FROM voice_users WHERE cart_id = $1")
            .bind(cart)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(found.is_some())
    }
}

impl Write {
    /// Who speaks, inside this transaction.
    pub async fn voice_user(&mut self, key: &str) -> Result<Option<VoiceUser>> {
        user(self.connection(), key).await
    }

    /// The directive with this token, inside this transaction.
    pub async fn voice_ask(&mut self, user: &str, token: &str) -> Result<Option<VoiceAsk>> {
        ask(self.connection(), user, token).await
    }

    /// How often the question of `operation` was handed over.
    pub async fn voice_attempts(&mut self, operation: &OperationId) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM voice_asks WHERE operation_id = $1")
            .bind(operation.as_str())
            .fetch_one(self.connection())
            .await?)
    }

    /// The newest orders of a voice user, at most `limit`, inside this transaction.
    pub async fn orders_of_voice(&mut self, user: &str, limit: i64) -> Result<Vec<Order>> {
        orders_of_voice(self.connection(), user, limit).await
    }

    /// Writes a user who speaks for the first time; false where they are known.
    pub async fn insert_voice_user(&mut self, user: &VoiceUser, now: Millis) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO voice_users (user_key, cart_id, agreement_state, email, talk, version, seen_at)
             VALUES ($1, $2, 'none', '', $3, 1, $4) ON CONFLICT (user_key) DO NOTHING",
        )
        .bind(&user.key)
        .bind(&user.cart)
        .bind(&user.talk)
        .bind(now.0)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes what is known of a user now; false where somebody else did meanwhile.
    pub async fn change_voice_user(&mut self, user: &mut VoiceUser, now: Millis) -> Result<bool> {
        let state = match &user.agreement {
            None => "none",
            Some((_, false)) => "open",
            Some((_, true)) => "suspended",
        };
        let address = user.address.as_ref().map(serde_json::to_string).transpose();
        let address = address.map_err(|_| unreadable("address of a voice user", ""))?;
        let done = sqlx::query(
            "UPDATE voice_users SET buyer_id = $1, agreement = $2, agreement_state = $3, address = $4,
                    email = CASE WHEN $5 = '' THEN email ELSE $6 END, talk = $7, version = version + 1, seen_at = $8
              WHERE user_key = $9 AND version = $10",
        )
        .bind(user.buyer.as_ref().map(|buyer| buyer.as_str().to_owned()))
        .bind(user.agreement.as_ref().map(|(agreement, _)| agreement.clone()))
        .bind(state)
        .bind(address)
        .bind(&user.email)
        .bind(&user.email)
        .bind(&user.talk)
        .bind(now.0)
        .bind(&user.key)
        .bind(user.version)
        .execute(self.connection())
        .await?;
        user.version += i64::from(done.rows_affected() == 1);
        Ok(done.rows_affected() == 1)
    }

    /// Where a user's letters go, where nobody has said so before.
    pub async fn set_voice_email(&mut self, key: &str, email: &str, now: Millis) -> Result<()> {
        sqlx::query("UPDATE voice_users SET email = $1, seen_at = $2 WHERE user_key = $3 AND email = ''")
            .bind(email)
            .bind(now.0)
            .bind(key)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Remembers a directive before it is handed over.
    pub async fn insert_voice_ask(&mut self, ask: &VoiceAsk) -> Result<()> {
        sqlx::query(
            "INSERT INTO voice_asks (token_hash, user_key, name, operation_id, attempt, sent_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&ask.token_hash)
        .bind(&ask.user)
        .bind(&ask.name)
        .bind(ask.operation.as_ref().map(|operation| operation.as_str().to_owned()))
        .bind(ask.attempt)
        .bind(ask.sent_at.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Keeps what was answered; false where it was answered before.
    pub async fn answer_voice_ask(&mut self, token_hash: &str, answer: &str, now: Millis) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE voice_asks SET answered_at = $1, answer = $2 WHERE token_hash = $3 AND answered_at IS NULL",
        )
        .bind(now.0)
        .bind(answer)
        .bind(token_hash)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets what was handed over before `before` and needs no second answer any more.
    pub async fn forget_voice_asks(&mut self, before: Millis) -> Result<()> {
        sqlx::query("DELETE FROM voice_asks WHERE sent_at < $1").bind(before.0).execute(self.connection()).await?;
        Ok(())
    }

    /// Forgets requests to the skill that were refused before `before`: anybody can send them.
    pub async fn forget_refused_requests(&mut self, before: Millis) -> Result<()> {
        sqlx::query("DELETE FROM notifications WHERE provider = 'alexa' AND verdict = 'forged' AND received_at < $1")
            .bind(before.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Whose order it is.
    pub async fn insert_voice_order(&mut self, order: &OrderId, user: &str) -> Result<()> {
        sqlx::query("INSERT INTO voice_orders (order_id, user_key) VALUES ($1, $2)")
            .bind(order.as_str())
            .bind(user)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Takes what an order bought out of the basket of whoever ordered it by voice.
    pub async fn take_from_voice_cart(&mut self, order: &OrderId) -> Result<()> {
        sqlx::query(
            "DELETE FROM cart_items
              WHERE cart_id = (SELECT u.cart_id FROM voice_orders o JOIN voice_users u ON u.user_key = o.user_key
                                WHERE o.order_id = $1)
                AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = $2 AND l.product_id = cart_items.product_id
                                                          AND l.quantity >= cart_items.quantity)",
        )
        .bind(order.as_str())
        .bind(order.as_str())
        .execute(self.connection())
        .await?;
        // what is left there is wanted beyond what was bought
        sqlx::query(
            "UPDATE cart_items
                SET quantity = quantity - (SELECT l.quantity FROM order_lines l
                                            WHERE l.order_id = $1 AND l.product_id = cart_items.product_id)
              WHERE cart_id = (SELECT u.cart_id FROM voice_orders o JOIN voice_users u ON u.user_key = o.user_key
                                WHERE o.order_id = $2)
                AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = $3 AND l.product_id = cart_items.product_id
                                                          AND l.quantity < cart_items.quantity)",
        )
        .bind(order.as_str())
        .bind(order.as_str())
        .bind(order.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Whether `consent` is what somebody is charged under by voice: it stands for more than one order.
    pub async fn is_voice_agreement(&mut self, consent: &str) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar("SELECT user_key FROM voice_users WHERE agreement = $1 LIMIT 1")
            .bind(consent)
            .fetch_optional(self.connection())
            .await?;
        Ok(found.is_some())
    }

    /// What was bought by voice before the account was linked is found on the web from now on.
    pub async fn adopt_voice_orders(&mut self, user: &str, buyer: &BuyerId) -> Result<()> {
        for table in [
            "UPDATE orders SET buyer_id = $1 WHERE buyer_id IS NULL
                AND id IN (SELECT order_id FROM voice_orders WHERE user_key = $2)",
            "UPDATE checkouts SET buyer_id = $1 WHERE buyer_id IS NULL
                AND id IN (SELECT checkout_id FROM orders WHERE id IN (SELECT order_id FROM voice_orders WHERE user_key = $2))",
        ] {
            sqlx::query(table).bind(buyer.as_str()).bind(user).execute(self.connection()).await?;
        }
        Ok(())
    }
}
