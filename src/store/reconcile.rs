//! Runs that hold our books against a provider's list: wanted, claimed by one at a time, finished with what they found.

pub mod differences;
pub mod sides;

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids;
use crate::base::money::Money;
use crate::orders::reconcile::Day;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id, `rec_…`.
    pub id: String,
    /// Whose list.
    pub provider: String,
    /// Whether it is the nightly one of its day.
    pub is_nightly: bool,
    /// Who wanted it.
    pub by: String,
    /// From when on.
    pub from: Millis,
    /// Until when.
    pub until: Millis,
    /// When it was wanted.
    pub wanted_at: Millis,
    /// When it was done or given up; none while it is not.
    pub finished_at: Option<Millis>,
    /// How many lines of the provider's list were compared.
    pub compared: i64,
    /// How many differences it found.
    pub found: i64,
    /// Why both sides could not be read to their end the last time it was tried.
    pub problem: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RunRow {
    id: String,
    provider: String,
    night: Option<i64>,
    by_whom: String,
    from_at: i64,
    until_at: i64,
    wanted_at: i64,
    finished_at: Option<i64>,
    compared: i64,
    found: i64,
    problem: Option<String>,
}

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Run {
        Run {
            id: row.id,
            provider: row.provider,
            is_nightly: row.night.is_some(),
            by: row.by_whom,
            from: Millis(row.from_at),
            until: Millis(row.until_at),
            wanted_at: Millis(row.wanted_at),
            finished_at: row.finished_at.map(Millis),
            compared: row.compared,
            found: row.found,
            problem: row.problem,
        }
    }
}

macro_rules! columns {
    () => {
        "id, provider, night, by_whom, from_at, until_at, wanted_at, finished_at, compared, found, problem"
    };
}

/// A run that somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Whose list.
    pub provider: &'a str,
    /// Who wants it.
    pub by: &'a str,
    /// The day whose nightly run it is.
    pub night: Option<Millis>,
    /// From when on.
    pub from: Millis,
    /// Until when.
    pub until: Millis,
}

/// A day of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOf {
    /// Whose list.
    pub provider: String,
    /// The first instant of it.
    pub day: Millis,
    /// What moved.
    pub moved: Day,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    provider: String,
    day: i64,
    currency: String,
    there_taken: i64,
    here_taken: i64,
    there_back: i64,
    here_back: i64,
}

impl Store {
    /// The newest runs.
    pub async fn reconciliations(&self, limit: i64) -> Result<Vec<Run>> {
        let rows: Vec<RunRow> =
            sqlx::query_as(concat!("SELECT ", columns!(), " FROM reconciliations ORDER BY id DESC LIMIT $1"))
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?;
        Ok(rows.into_iter().map(Run::from).collect())
    }

    /// One run.
    pub async fn reconciliation(&self, id: &str) -> Result<Option<Run>> {
        let row: Option<RunRow> = sqlx::query_as(concat!("SELECT ", columns!(), " FROM reconciliations WHERE id = $1"))
            .bind(id)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row.map(Run::from))
    }

    /// Whether the nightly run of the day `night` was wanted already.
    pub async fn has_night(&self, provider: &str, night: Millis) -> Result<bool> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT night FROM reconciliations WHERE provider = $1 AND night = $2")
                .bind(provider)
                .bind(night.0)
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(found.is_some())
    }

    /// Until when the newest nightly run that read both sides to their end had looked.
    pub async fn last_night(&self, provider: &str) -> Result<Option<Millis>> {
        let until: Option<i64> = sqlx::query_scalar(
            "SELECT until_at FROM reconciliations
              WHERE provider = $1 AND night IS NOT NULL AND finished_at IS NOT NULL AND problem IS NULL
              ORDER BY night DESC LIMIT 1",
        )
        .bind(provider)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(until.map(Millis))
    }

    /// Whether a run waits for somebody to take it.
    pub async fn has_reconciliation_to_run(&self, real_now: Millis) -> Result<bool> {
        let found: Option<String> = sqlx::query_scalar(
            "SELECT id FROM reconciliations WHERE finished_at IS NULL AND leased_until <= $1 LIMIT 1",
        )
        .bind(real_now.0)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        Ok(found.is_some())
    }

    /// Claims this run, or with none the one that waits the longest. Two workers never get the same one.
    pub async fn claim_reconciliation(&self, id: &str, real_now: Millis, until: Millis) -> Result<Option<Run>> {
        let mut write = self.write().await?;
        let row: Option<RunRow> = sqlx::query_as(concat!(
            "UPDATE reconciliations SET leased_until = $1
              WHERE id = (SELECT id FROM reconciliations
                           WHERE finished_at IS NULL AND leased_until <= $2 AND ($3 = '' OR id = $4)
                           ORDER BY leased_until, id LIMIT 1)
                AND finished_at IS NULL AND leased_until <= $5
          RETURNING ",
            columns!()
        ))
        .bind(until.0)
        .bind(real_now.0)
        .bind(id)
        .bind(id)
        .bind(real_now.0)
        .fetch_optional(write.connection())
        .await?;
        write.commit().await?;
        Ok(row.map(Run::from))
    }

    /// Both sides' totals of the newest days, newest first.
    pub async fn reconciled_days(&self, limit: i64) -> Result<Vec<DayOf>> {
        let rows: Vec<DayRow> = sqlx::query_as(
            "SELECT provider, day, currency, there_taken, here_taken, there_back, here_back
               FROM reconciliation_days ORDER BY day DESC, provider, currency LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter()
            .map(|row| {
                let currency = columns::currency(&row.currency)?;
                let money = |minor| Money::new(minor, currency);
                Ok(DayOf {
                    provider: row.provider,
                    day: Millis(row.day),
                    moved: Day {
                        there_taken: money(row.there_taken),
                        here_taken: money(row.here_taken),
                        there_back: money(row.there_back),
                        here_back: money(row.here_back),
                    },
                })
            })
            .collect()
    }
}

impl Write {
    /// Wants a run; none comes back where that night's is wanted already.
    pub async fn want_reconciliation(&mut self, wanted: Wanted<'_>, now: Millis) -> Result<Option<String>> {
        let id = ids::fresh("rec");
        let written = sqlx::query(
            "INSERT INTO reconciliations (id, provider, night, by_whom, from_at, until_at, wanted_at, leased_until,
                                          compared, found)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0) ON CONFLICT DO NOTHING",
        )
        .bind(&id)
        .bind(wanted.provider)
        .bind(wanted.night.map(|night| night.0))
        .bind(wanted.by)
        .bind(wanted.from.0)
        .bind(wanted.until.0)
        .bind(now.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok((written == 1).then_some(id))
    }

    /// Writes what came of a run; says whether it was still unfinished.
    pub async fn finish_reconciliation(&mut self, run: &Run, at: Millis) -> Result<bool> {
        let changed = sqlx::query(
            "UPDATE reconciliations SET finished_at = $1, compared = $2, found = $3, problem = NULL
              WHERE id = $4 AND finished_at IS NULL",
        )
        .bind(at.0)
        .bind(run.compared)
        .bind(run.found)
        .bind(&run.id)
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(changed == 1)
    }

    /// Writes why a run could not read both sides to their end. It is tried again after `again_at`, in real time;
    /// with none it is given up.
    pub async fn put_off_reconciliation(
        &mut self,
        id: &str,
        why: &str,
        again_at: Option<Millis>,
        now: Millis,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE reconciliations SET problem = $1, leased_until = $2, finished_at = $3
              WHERE id = $4 AND finished_at IS NULL",
        )
        .bind(why)
        .bind(again_at.map_or(0, |at| at.0))
        .bind(again_at.is_none().then_some(now.0))
        .bind(id)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets the totals of the days that begin in this window: a run that saw them writes them anew.
    pub async fn forget_reconciled_days(&mut self, provider: &str, window: (Millis, Millis)) -> Result<()> {
        sqlx::query("DELETE FROM reconciliation_days WHERE provider = $1 AND day >= $2 AND day <= $3")
            .bind(provider)
            .bind(window.0.0)
            .bind(window.1.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes both sides' totals of a day in place of what an earlier run had seen of it.
    pub async fn set_reconciled_day(&mut self, provider: &str, day: Millis, moved: &Day) -> Result<()> {
        sqlx::query(
            "INSERT INTO reconciliation_days (provider, day, currency, there_taken, here_taken, there_back, here_back)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (provider, day, currency)
             DO UPDATE SET there_taken = excluded.there_taken, here_taken = excluded.here_taken,
                           there_back = excluded.there_back, here_back = excluded.here_back",
        )
        .bind(provider)
        .bind(day.0)
        .bind(moved.here_taken.currency.code())
        .bind(moved.there_taken.minor)
        .bind(moved.here_taken.minor)
        .bind(moved.there_back.minor)
        .bind(moved.here_back.minor)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
