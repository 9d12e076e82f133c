//! The audit chain: append-only, each link hashed over the one before.

use super::{Result, Store, Write};
use crate::base::clock::Millis;
use crate::orders::audit::{Act, Link, follows, hash};

#[derive(sqlx::FromRow)]
struct LinkRow {
    place: i64,
    at: i64,
    actor: String,
    act: String,
    subject: String,
    detail: String,
    previous: String,
    hash: String,
}

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Link {
        let act = Act { at: Millis(row.at), actor: row.actor, act: row.act, subject: row.subject, detail: row.detail };
        Link { place: row.place, act, previous: row.previous, hash: row.hash }
    }
}

impl Store {
    /// Walks the whole chain; gives the place of the first broken link, or nothing.
    pub async fn verify_audit(&self) -> Result<Option<i64>> {
        let (mut place, mut last) = (0, String::new());
        loop {
            let rows: Vec<LinkRow> = sqlx::query_as(
                "SELECT place, at, actor, act, subject, detail, previous, hash FROM audit_links
                  WHERE place > $1 ORDER BY place LIMIT 1000",
            )
            .bind(place)
            .fetch_all(&mut *self.read().await?)
            .await?;
            if rows.is_empty() {
                break;
            }
            for link in rows.into_iter().map(Link::from) {
                if !follows(&link, place, &last) {
                    return Ok(Some(place + 1));
                }
                (place, last) = (link.place, link.hash);
            }
        }
        let head: i64 =
            sqlx::query_scalar("SELECT place FROM audit_head WHERE id = 1").fetch_one(&mut *self.read().await?).await?;
        Ok((head != place).then_some(place + 1))
    }

    /// The newest links, newest first.
    pub async fn audit_tail(&self, limit: i64) -> Result<Vec<Link>> {
        let rows: Vec<LinkRow> = sqlx::query_as(
            "SELECT place, at, actor, act, subject, detail, previous, hash FROM audit_links ORDER BY place DESC LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(Link::from).collect())
    }
}

impl Write {
    /// Adds a link for `act`. The head's row is locked by the update, so no two links share a place.
    pub async fn audit(&mut self, act: &Act) -> Result<()> {
        let (place, previous): (i64, String) =
            sqlx::query_as("UPDATE audit_head SET place = place + 1 WHERE id = 1 RETURNING place, hash")
                .fetch_one(self.connection())
                .await?;
        let hash = hash(place, act, &previous);
        sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1").bind(&hash).execute(self.connection()).await?;
        sqlx::query(
            "INSERT INTO audit_links (place, at, actor, act, subject, detail, previous, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(place)
        .bind(act.at.0)
        .bind(&act.actor)
        .bind(&act.act)
        .bind(&act.subject)
        .bind(&act.detail)
        .bind(&previous)
        .bind(&hash)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
