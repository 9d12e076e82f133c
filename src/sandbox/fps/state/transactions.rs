//! Transactions and their history.

use crate::base::clock::Millis;
use crate::base::money::Money;
use crate::sandbox::fps::machine::{FLAGGED_CODE, Operation, State};
use crate::sandbox::state::{StateError, Tx};

/// The setting that counts the charges that are to wait for a person.
const FLAGS: &str = "fps_flag_next";

/// One transaction: a payment, a reserve (and its settle, which keeps the id), or a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
pub struct Transaction {
    /// 35 characters.
    pub id: String,
    /// Order of arrival.
    pub seq: i64,
    /// The developer who asked for it.
    pub caller_id: String,
    /// `Pay`, `Reserve` or `Refund`: what it began as.
    pub kind: String,
    /// What it is doing now, see [`Operation`].
    pub operation: String,
    /// The request's reference.
    pub caller_reference: String,
    /// A refund's payment; empty otherwise.
    pub parent_id: String,
    /// Who pays (of a refund: who paid).
    pub sender_id: String,
    /// Who is paid (of a refund: who was paid).
    pub recipient_id: String,
    /// The sender's token.
    pub sender_token: String,
    /// The recipient's token; empty when the caller is the recipient.
    pub recipient_token: String,
    /// `CC`, `ACH` or `ABT`.
    pub method: String,
    /// Cents asked for.
    pub amount_minor: i64,
    /// Cents taken by the settle; 0 before.
    pub settled_minor: i64,
    /// Cents of refunds on their way.
    pub refunding_minor: i64,
    /// Cents given back.
    pub refunded_minor: i64,
    /// The provider's fee in cents (of a refund: the part given back).
    pub fee_minor: i64,
    /// How much of the provider's fee went back.
    pub fee_back_minor: i64,
    /// `Recipient` or `Caller`.
    pub fee_payer: String,
    /// The fixed marketplace fee in cents.
    pub fixed_minor: i64,
    /// The variable marketplace fee in millionths.
    pub variable_ppm: i64,
    /// The marketplace fee charged, in cents.
    pub market_fee_minor: i64,
    /// How much of the marketplace fee went back.
    pub market_back_minor: i64,
    /// A refund's `MarketplaceRefundPolicy`.
    pub refund_policy: String,
    /// The caller's description, else the token's payment reason.
    pub reason: String,
    /// The description meant for the sender.
    pub sender_note: String,
    /// Where its notifications go; empty for nowhere.
    pub ipn_url: String,
    /// See [`State`].
    pub state: String,
    /// `PendingNetworkResponse`, `Success`, …
    pub status_code: String,
    /// The sentence of the guide for it.
    pub status_message: String,
    /// How the network will answer: `yes` or `no`.
    pub outcome: String,
    /// The request's own `Timestamp`; empty for what began in the provider's pages.
    pub caller_date: String,
    /// What the card statement says, up to 19 characters.
    pub statement_line: String,
    /// `Recipient` or `Caller`: whose customer service number stands beside it.
    pub service_owner: String,
    /// When it fails unless it is over ("TransactionTimeoutInMins").
    pub times_out_at: i64,
    /// When it was asked for.
    pub received_at: i64,
    /// When it ended; 0 before.
    pub completed_at: i64,
    /// When something happens by itself next; 0 for never.
    pub due_at: i64,
}

impl Transaction {
    /// What it is doing now.
    pub fn operation(&self) -> Operation {
        Operation::from_word(&self.operation).unwrap_or(Operation::Pay)
    }

    /// Its current state.
    pub fn state(&self) -> State {
        State::from_word(&self.state).unwrap_or(State::Pending)
    }

    /// The amount its current operation is about: the settled part once there is one.
    pub fn current_amount(&self) -> Money {
        Money::usd(if self.settled_minor > 0 { self.settled_minor } else { self.amount_minor })
    }

    /// Whether it waits for a person to look at it.
    pub fn is_flagged(&self) -> bool {
        self.state() == State::Pending && self.status_code == FLAGGED_CODE
    }

    /// Whether the caller is also the recipient, so that nobody takes a marketplace fee.
    pub fn is_own_sale(&self) -> bool {
        self.caller_id == self.recipient_id
    }
}

/// One line of a transaction's past.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HistoryLine {
    /// Which transaction.
    pub transaction_id: String,
    /// When.
    pub at: i64,
    /// What it was doing then.
    pub operation: String,
    /// The state it came to.
    pub state: String,
    /// And its code.
    pub status_code: String,
    /// The amount concerned, in cents.
    pub amount_minor: i64,
}

impl Tx {
    /// The transaction with this id.
    pub async fn transaction(&mut self, id: &str) -> Result<Option<Transaction>, StateError> {
        sqlx::query_as("SELECT * FROM fps_transactions WHERE id = $1").bind(id).fetch_optional(self.on()).await
    }

    /// All transactions in the order they were asked for.
    pub async fn transactions(&mut self) -> Result<Vec<Transaction>, StateError> {
        sqlx::query_as("SELECT * FROM fps_transactions ORDER BY seq").fetch_all(self.on()).await
    }

    /// The transactions that wait for a person, oldest first.
    pub async fn flagged(&mut self) -> Result<Vec<Transaction>, StateError> {
        sqlx::query_as("SELECT * FROM fps_transactions WHERE state = 'Pending' AND status_code = $1 ORDER BY seq")
            .bind(FLAGGED_CODE)
            .fetch_all(self.on())
            .await
    }

    /// Whether the next charge is to wait for a person; asking uses it up.
    pub async fn take_flag(&mut self) -> Result<bool, StateError> {
        let left = self.flags().await?;
        if left > 0 {
            self.keep_setting(FLAGS, &(left - 1).to_string()).await?;
        }
        Ok(left > 0)
    }

    /// How many of the next charges are to wait for a person.
    pub async fn flags(&mut self) -> Result<i64, StateError> {
        Ok(self.setting(FLAGS).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Lets one more of the next charges wait for a person.
    pub async fn add_flag(&mut self) -> Result<(), StateError> {
        let left = self.flags().await?;
        self.set_flags(left + 1).await
    }

    /// Says how many of the next charges wait for a person.
    pub async fn set_flags(&mut self, flags: i64) -> Result<(), StateError> {
        self.keep_setting(FLAGS, &flags.to_string()).await
    }

    /// The refunds of a payment.
    pub async fn refunds_of(&mut self, id: &str) -> Result<Vec<Transaction>, StateError> {
        sqlx::query_as("SELECT * FROM fps_transactions WHERE parent_id = $1 AND parent_id <> '' ORDER BY seq")
            .bind(id)
            .fetch_all(self.on())
            .await
    }

    /// The transaction that something happens to next by itself, at or before `now`.
    pub async fn due_transaction(&mut self, now: Millis) -> Result<Option<Transaction>, StateError> {
        sqlx::query_as("SELECT * FROM fps_transactions WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, seq LIMIT 1")
            .bind(now.0)
            .fetch_optional(self.on())
            .await
    }

    /// Adds a transaction and the first line of its history.
    pub async fn add_transaction(&mut self, t: &Transaction) -> Result<(), StateError> {
        sqlx::query(
            "INSERT INTO fps_transactions (id, seq, caller_id, kind, operation, caller_reference, parent_id, sender_id,
                recipient_id, sender_token, recipient_token, method, amount_minor, settled_minor, refunding_minor,
                refunded_minor, fee_minor, fee_back_minor, fee_payer, fixed_minor, variable_ppm, market_fee_minor,
                market_back_minor, refund_policy, reason, sender_note, ipn_url, state, status_code, status_message,
                outcome, caller_date, statement_line, service_owner, times_out_at, received_at, completed_at, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)",
        )
        .bind(&t.id)
        .bind(t.seq)
        .bind(&t.caller_id)
        .bind(&t.kind)
        .bind(&t.operation)
        .bind(&t.caller_reference)
        .bind(&t.parent_id)
        .bind(&t.sender_id)
        .bind(&t.recipient_id)
        .bind(&t.sender_token)
        .bind(&t.recipient_token)
        .bind(&t.method)
        .bind(t.amount_minor)
        .bind(t.settled_minor)
        .bind(t.refunding_minor)
        .bind(t.refunded_minor)
        .bind(t.fee_minor)
        .bind(t.fee_back_minor)
        .bind(&t.fee_payer)
        .bind(t.fixed_minor)
        .bind(t.variable_ppm)
        .bind(t.market_fee_minor)
        .bind(t.market_back_minor)
        .bind(&t.refund_policy)
        .bind(&t.reason)
        .bind(&t.sender_note)
        .bind(&t.ipn_url)
        .bind(&t.state)
        .bind(&t.status_code)
        .bind(&t.status_message)
        .bind(&t.outcome)
        .bind(&t.caller_date)
        .bind(&t.statement_line)
        .bind(&t.service_owner)
        .bind(t.times_out_at)
        .bind(t.received_at)
        .bind(t.completed_at)
        .bind(t.due_at)
        .execute(self.on())
        .await?;
        self.add_history(t, Millis(t.received_at)).await
    }

    /// Keeps what changes in a transaction's life. The state's history is written by [`Tx::add_history`].
    pub async fn keep_transaction(&mut self, t: &Transaction) -> Result<(), StateError> {
        sqlx::query(
            "UPDATE fps_transactions
                SET operation = $1, settled_minor = $2, refunding_minor = $3, refunded_minor = $4, fee_minor = $5,
                    fee_back_minor = $6, market_fee_minor = $7, market_back_minor = $8, ipn_url = $9, state = $10,
                    status_code = $11, status_message = $12, outcome = $13, completed_at = $14, due_at = $15,
                    times_out_at = $16
              WHERE id = $17",
        )
        .bind(&t.operation)
        .bind(t.settled_minor)
        .bind(t.refunding_minor)
        .bind(t.refunded_minor)
        .bind(t.fee_minor)
        .bind(t.fee_back_minor)
        .bind(t.market_fee_minor)
        .bind(t.market_back_minor)
        .bind(&t.ipn_url)
        .bind(&t.state)
        .bind(&t.status_code)
        .bind(&t.status_message)
        .bind(&t.outcome)
        .bind(t.completed_at)
        .bind(t.due_at)
        .bind(t.times_out_at)
        .bind(&t.id)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Writes down the state a transaction is in now.
    pub async fn add_history(&mut self, t: &Transaction, at: Millis) -> Result<(), StateError> {
        let seq = self.next_number();
        sqlx::query(
            "INSERT INTO fps_history (transaction_id, seq, at, operation, state, status_code, amount_minor)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&t.id)
        .bind(seq)
        .bind(at.0)
        .bind(&t.operation)
        .bind(&t.state)
        .bind(&t.status_code)
        .bind(t.current_amount().minor)
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// A transaction's past, oldest first.
    pub async fn history(&mut self, id: &str) -> Result<Vec<HistoryLine>, StateError> {
        sqlx::query_as(
            "SELECT transaction_id, at, operation, state, status_code, amount_minor FROM fps_history
              WHERE transaction_id = $1 ORDER BY seq",
        )
        .bind(id)
        .fetch_all(self.on())
        .await
    }
}
