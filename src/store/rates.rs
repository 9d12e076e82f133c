//! How payments ended, counted when they do: a page about a million orders reads a few thousand rows.

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::orders::device::Device;
use crate::orders::operation::Instrument;
use crate::orders::rates::{Counted, Payment, Tally, day_of};

/// The day that stands for all days together.
const EVER: i64 = -1;

/// The word of a method that nobody chose yet.
const NO_METHOD: &str = "none";

#[derive(sqlx::FromRow)]
struct CountRow {
    provider: String,
    method: String,
    device: String,
    country: String,
    currency: String,
    band: i64,
    outcome: String,
    counted: i64,
}

#[derive(sqlx::FromRow)]
struct EndingRow {
    provider: String,
    outcome: String,
    counted: i64,
}

/// From when counts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Everything that was ever counted.
    Ever,
    /// From the day of this instant on.
    Day(Millis),
}

impl Store {
    /// What was counted since then, summed up for each kind of payment.
    pub async fn payment_counts(&self, since: Since) -> Result<Vec<(Payment, Tally)>> {
        let (first, last) = match since {
            Since::Ever => (EVER, EVER),
            Since::Day(at) => (day_of(at).0, i64::MAX),
        };
        let rows: Vec<CountRow> = sqlx::query_as(
            "SELECT provider, method, device, country, currency, band, outcome, CAST(SUM(counted) AS BIGINT) AS counted
               FROM payment_counts WHERE day >= $1 AND day <= $2
              GROUP BY provider, method, device, country, currency, band, outcome
              ORDER BY provider, method, device, country, currency, band",
        )
        .bind(first)
        .bind(last)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let mut counts: Vec<(Payment, Tally)> = Vec::new();
        for row in rows {
            let Some(counted) = Counted::from_word(&row.outcome) else { continue };
            let payment = Payment {
                provider: row.provider,
                method: Instrument::from_word(&row.method),
                device: Device::from_word(&row.device).unwrap_or_default(),
                country: row.country,
                currency: columns::currency(&row.currency)?,
                band: usize::try_from(row.band).unwrap_or(0),
            };
            match counts.last_mut() {
                Some((last, tally)) if *last == payment => tally.add(counted, row.counted),
                _ => {
                    let mut tally = Tally::default();
                    tally.add(counted, row.counted);
                    counts.push((payment, tally));
                }
            }
        }
        Ok(counts)
    }

    /// How often payments ever ended in which way, by provider and the ending's word: for metrics.
    pub async fn payment_endings(&self) -> Result<Vec<(String, String, i64)>> {
        let rows: Vec<EndingRow> = sqlx::query_as(
            "SELECT provider, outcome, CAST(SUM(counted) AS BIGINT) AS counted
               FROM payment_counts WHERE day = $1 GROUP BY provider, outcome ORDER BY provider, outcome",
        )
        .bind(EVER)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|row| (row.provider, row.outcome, row.counted)).collect())
    }
}

impl Write {
    /// Counts one `payment` on the day of `at`, in the transaction of the fact, so that no fact is
    /// counted twice or not at all.
    pub async fn count_payment(&mut self, payment: &Payment, counted: Counted, at: Millis) -> Result<()> {
        for day in [EVER, day_of(at).0] {
            sqlx::query(
                "INSERT INTO payment_counts (day, provider, method, device, country, currency, band, outcome, counted)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
                 ON CONFLICT (day, provider, method, device, country, currency, band, outcome)
                 DO UPDATE SET counted = payment_counts.counted + 1",
            )
            .bind(day)
            .bind(&payment.provider)
            .bind(payment.method.map_or(NO_METHOD, Instrument::word))
            .bind(payment.device.word())
            .bind(&payment.country)
            .bind(payment.currency.code())
            .bind(i64::try_from(payment.band).unwrap_or(0))
            .bind(counted.word())
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}
