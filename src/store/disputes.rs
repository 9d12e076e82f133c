//! Disputes, claims and chargebacks, and what happened in each.

use sqlx::AnyConnection;

use super::threads::Event;
use super::{Result, Store, StoreError, Write, columns, unreadable};
use crate::base::clock::Millis;
use crate::base::ids::{self, DisputeId, OrderId, SellerId};
use crate::base::money::Money;
use crate::orders::dispute::{Dispute, Kind, State};

macro_rules! columns {
    () => {
        "d.id, d.order_id, d.seller_id, d.kind, d.state, d.amount_minor, d.currency, d.reason, d.outcome, d.opened_at, d.answer_by, \
         d.answered_at, d.closed_at, d.due_at, d.provider, d.reversal, d.won_back"
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    order_id: String,
    seller_id: String,
    kind: String,
    state: String,
    amount_minor: i64,
    currency: String,
    reason: String,
    outcome: String,
    opened_at: i64,
    answer_by: i64,
    answered_at: Option<i64>,
    closed_at: Option<i64>,
    due_at: Option<i64>,
    provider: String,
    reversal: Option<String>,
    won_back: Option<String>,
}

impl TryFrom<Row> for Dispute {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Dispute> {
        Ok(Dispute {
            id: columns::id(&row.id)?,
            order: columns::id(&row.order_id)?,
            seller: columns::id(&row.seller_id)?,
            kind: Kind::from_word(&row.kind).ok_or_else(|| unreadable("kind of dispute", &row.kind))?,
            state: State::from_word(&row.state).ok_or_else(|| unreadable("state of a dispute", &row.state))?,
            amount: Money::new(row.amount_minor, columns::currency(&row.currency)?),
            reason: row.reason,
            outcome: row.outcome,
            opened_at: Millis(row.opened_at),
            answer_by: Millis(row.answer_by),
            answered_at: row.answered_at.map(Millis),
            closed_at: row.closed_at.map(Millis),
            due_at: row.due_at.map(Millis),
            provider: row.provider,
            reversal: row.reversal,
            won_back: row.won_back,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: Row,
    number: String,
    seller_name: String,
}

/// A dispute in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The dispute.
    pub dispute: Dispute,
    /// Its order's number.
    pub number: String,
    /// Who sold it.
    pub seller_name: String,
}

fn listed(rows: Vec<ListedRow>) -> Result<Vec<Listed>> {
    rows.into_iter()
        .map(|row| Ok(Listed { dispute: row.row.try_into()?, number: row.number, seller_name: row.seller_name }))
        .collect()
}

async fn one(connection: &mut AnyConnection, id: &DisputeId) -> Result<Option<Dispute>> {
    let row: Option<Row> = sqlx::query_as(concat!("SELECT ", columns!(), " FROM disputes d WHERE d.id = $1"))
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(Dispute::try_from).transpose()
}

async fn of_order(connection: &mut AnyConnection, order: &OrderId) -> Result<Vec<Dispute>> {
    let rows: Vec<Row> =
        sqlx::query_as(concat!("SELECT ", columns!(), " FROM disputes d WHERE d.order_id = $1 ORDER BY d.id"))
            .bind(order.as_str())
            .fetch_all(connection)
            .await?;
    rows.into_iter().map(Dispute::try_from).collect()
}

impl Store {
    /// One dispute.
    pub async fn dispute(&self, id: &DisputeId) -> Result<Option<Dispute>> {
        one(&mut *self.read().await?, id).await
    }

    /// The disputes about an order, oldest first.
    pub async fn disputes_of(&self, order: &OrderId) -> Result<Vec<Dispute>> {
        of_order(&mut *self.read().await?, order).await
    }

    /// Those that wait for an answer or a decision, the next deadline first; of one seller, or of all with none.
    pub async fn open_disputes(&self, seller: Option<&SellerId>, limit: i64) -> Result<Vec<Listed>> {
        let seller = seller.map_or("", SellerId::as_str);
        let rows: Vec<ListedRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            ", o.number, s.name AS seller_name
               FROM disputes d JOIN orders o ON o.id = d.order_id JOIN sellers s ON s.id = d.seller_id
              WHERE d.state IN ('open', 'answered') AND ($1 = '' OR d.seller_id = $2)
              ORDER BY d.answer_by, d.id LIMIT $3"
        ))
        .bind(seller)
        .bind(seller)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        listed(rows)
    }

    /// Those that are over, newest first, those before `before` (an id, or "~"); of one seller, or of all with none.
    pub async fn closed_disputes(&self, seller: Option<&SellerId>, before: &str, limit: i64) -> Result<Vec<Listed>> {
        let seller = seller.map_or("", SellerId::as_str);
        let rows: Vec<ListedRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            ", o.number, s.name AS seller_name
               FROM disputes d JOIN orders o ON o.id = d.order_id JOIN sellers s ON s.id = d.seller_id
              WHERE d.state IN ('won', 'lost', 'withdrawn') AND ($1 = '' OR d.seller_id = $2) AND d.id < $3
              ORDER BY d.id DESC LIMIT $4"
        ))
        .bind(seller)
        .bind(seller)
        .bind(before)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        listed(rows)
    }

    /// How many wait for an answer or a decision.
    pub async fn count_open_disputes(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM disputes WHERE state IN ('open', 'answered')")
            .fetch_one(&mut *self.read().await?)
            .await?)
    }

    /// Those that the program has to look at, the longest due first.
    pub async fn disputes_due(&self, now: Millis, limit: i64) -> Result<Vec<DisputeId>> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM disputes WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        )
        .bind(now.0)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.iter().map(|id| columns::id(id)).collect()
    }

    /// What happened in a dispute, oldest first.
    pub async fn dispute_events(&self, id: &DisputeId) -> Result<Vec<Event>> {
        Ok(sqlx::query_as("SELECT at, what, detail FROM dispute_events WHERE dispute_id = $1 ORDER BY id")
            .bind(id.as_str())
            .fetch_all(&mut *self.read().await?)
            .await?)
    }
}

impl Write {
    /// One dispute, inside this transaction.
    pub async fn dispute(&mut self, id: &DisputeId) -> Result<Option<Dispute>> {
        one(self.connection(), id).await
    }

    /// The disputes about an order, oldest first.
    pub async fn disputes_of(&mut self, order: &OrderId) -> Result<Vec<Dispute>> {
        of_order(self.connection(), order).await
    }

    /// Adds a dispute. False where one of its kind is open about the order.
    pub async fn insert_dispute(&mut self, dispute: &Dispute) -> Result<bool> {
        let written = sqlx::query(
            "INSERT INTO disputes (id, order_id, seller_id, kind, state, amount_minor, currency, reason, outcome,
                                   opened_at, answer_by, answered_at, closed_at, due_at, provider, reversal, won_back)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING",
        )
        .bind(dispute.id.as_str())
        .bind(dispute.order.as_str())
        .bind(dispute.seller.as_str())
        .bind(dispute.kind.word())
        .bind(dispute.state.word())
        .bind(dispute.amount.minor)
        .bind(dispute.amount.currency.code())
        .bind(&dispute.reason)
        .bind(&dispute.outcome)
        .bind(dispute.opened_at.0)
        .bind(dispute.answer_by.0)
        .bind(dispute.answered_at.map(|at| at.0))
        .bind(dispute.closed_at.map(|at| at.0))
        .bind(dispute.due_at.map(|at| at.0))
        .bind(&dispute.provider)
        .bind(dispute.reversal.clone())
        .bind(dispute.won_back.clone())
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(written == 1)
    }

    /// Writes how a dispute stands.
    pub async fn change_dispute(&mut self, dispute: &Dispute) -> Result<()> {
        sqlx::query(
            "UPDATE disputes SET state = $1, outcome = $2, answered_at = $3, closed_at = $4, due_at = $5, reversal = $6,
                    won_back = $7 WHERE id = $8",
        )
        .bind(dispute.state.word())
        .bind(&dispute.outcome)
        .bind(dispute.answered_at.map(|at| at.0))
        .bind(dispute.closed_at.map(|at| at.0))
        .bind(dispute.due_at.map(|at| at.0))
        .bind(dispute.reversal.clone())
        .bind(dispute.won_back.clone())
        .bind(dispute.id.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Adds a line to what happened in a dispute.
    pub async fn note_dispute(&mut self, id: &DisputeId, at: Millis, what: &str, detail: &str) -> Result<()> {
        sqlx::query("INSERT INTO dispute_events (dispute_id, id, at, what, detail) VALUES ($1, $2, $3, $4, $5)")
            .bind(id.as_str())
            .bind(ids::fresh("evt"))
            .bind(at.0)
            .bind(what)
            .bind(detail)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Whether an order's goods ever left.
    pub async fn was_sent(&mut self, order: &OrderId) -> Result<bool> {
        let times: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM order_events WHERE order_id = $1 AND what IN ('Shipped', 'Paid and delivered')",
        )
        .bind(order.as_str())
        .fetch_one(self.connection())
        .await?;
        Ok(times > 0)
    }
}
