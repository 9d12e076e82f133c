//! How payments ended, counted when they do: a page about a million orders reads a few thousand rows.

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::orders::device::Device;
use crate::orders::operation::Instrument;
use crate::orders::rates::{Counted, Payment, Tally};

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
    #[sqlx(flatten)]
    sums: SumsRow,
}

#[derive(sqlx::FromRow)]
struct SumsRow {
    approved: i64,
    declined: i64,
    abandoned: i64,
    paid: i64,
    refunded: i64,
}

impl From<SumsRow> for Tally {
    fn from(row: SumsRow) -> Tally {
        let mut tally = Tally::default();
        tally.add(Counted::Approved, row.approved);
        tally.add(Counted::Declined, row.declined);
        tally.add(Counted::Abandoned, row.abandoned);
        tally.add(Counted::Paid, row.paid);
        tally.add(Counted::Refunded, row.refunded);
        tally
    }
}

#[derive(sqlx::FromRow)]
struct TotalsRow {
    provider: String,
    #[sqlx(flatten)]
    sums: SumsRow,
}

macro_rules! sums {
    () => {
        "CAST(SUM(approved) AS BIGINT) AS approved, CAST(SUM(declined) AS BIGINT) AS declined,
                    CAST(SUM(abandoned) AS BIGINT) AS abandoned, CAST(SUM(paid) AS BIGINT) AS paid,
                    CAST(SUM(refunded) AS BIGINT) AS refunded"
    };
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
            Since::Day(at) => (at.start_of_day().0, i64::MAX),
        };
        let rows: Vec<CountRow> = sqlx::query_as(concat!(
            "SELECT provider, method, device, country, currency, band, ",
            sums!(),
            " FROM payment_counts WHERE day >= $1 AND day <= $2
              GROUP BY provider, method, device, country, currency, band
              ORDER BY provider, method, device, country, currency, band"
        ))
        .bind(first)
        .bind(last)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter()
            .map(|row| {
                let payment = Payment {
                    provider: row.provider,
                    method: Instrument::from_word(&row.method),
                    device: Device::from_word(&row.device).unwrap_or_default(),
                    country: row.country,
                    currency: columns::currency(&row.currency)?,
                    band: usize::try_from(row.band).unwrap_or(0),
                };
                Ok((payment, row.sums.into()))
            })
            .collect()
    }

    /// What was ever counted, by provider: for metrics.
    pub async fn payment_totals(&self) -> Result<Vec<(String, Tally)>> {
        let rows: Vec<TotalsRow> = sqlx::query_as(concat!(
            "SELECT provider, ",
            sums!(),
            " FROM payment_counts WHERE day = $1 GROUP BY provider ORDER BY provider"
        ))
        .bind(EVER)
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(rows.into_iter().map(|row| (row.provider, row.sums.into())).collect())
    }
}

impl Write {
    /// Counts one `payment` on the day of `at`, in the transaction of the fact, so that no fact is
    /// counted twice or not at all.
    pub async fn count_payment(&mut self, payment: &Payment, counted: Counted, at: Millis) -> Result<()> {
        let mut rows = sqlx::query(
            "INSERT INTO payment_counts (day, provider, method, device, country, currency, band,
                                         approved, declined, abandoned, paid, refunded)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12),
                    ($13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
             ON CONFLICT (day, provider, method, device, country, currency, band)
             DO UPDATE SET approved = payment_counts.approved + excluded.approved,
                           declined = payment_counts.declined + excluded.declined,
                           abandoned = payment_counts.abandoned + excluded.abandoned,
                           paid = payment_counts.paid + excluded.paid,
                           refunded = payment_counts.refunded + excluded.refunded",
        );
        for day in [EVER, at.start_of_day().0] {
            rows = rows
                .bind(day)
                .bind(&payment.provider)
                .bind(payment.method.map_or(NO_METHOD, Instrument::word))
                .bind(payment.device.word())
                .bind(&payment.country)
                .bind(payment.currency.code())
                .bind(i64::try_from(payment.band).unwrap_or(0));
            // in the order of the columns
            let one = Counted::ALL.map(|each| i64::from(each == counted));
            rows = one.into_iter().fold(rows, |rows, number| rows.bind(number));
        }
        rows.execute(self.connection()).await?;
        Ok(())
    }
}
