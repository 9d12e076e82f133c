//! The books: entries that add up to zero, each fact once, and the running balances.

use super::{Result, Store, Write, columns};
use crate::base::clock::Millis;
use crate::base::ids::{self, OrderId, SellerId};
use crate::base::money::Money;
use crate::market::fees::ProviderFeeBy;
use crate::orders::ledger::{Account, Entry};

/// What an entry is about: together with the provider's object it can be booked only once.
#[derive(Clone, Debug)]
pub struct Booking<'a> {
    /// The order.
    pub order: &'a OrderId,
    /// The provider's name.
    pub provider: &'a str,
    /// The provider's transaction: a money fact without one is refused.
    pub object: &'a str,
    /// `held`, `released`, `taken`, `refunded`, `reversed` or `won_back`.
    pub fact: &'static str,
    /// How much moved.
    pub amount: Money,
    /// What of it is the marketplace's.
    pub fee: Money,
    /// What of it is the provider's.
    pub provider_fee: Money,
    /// Who bears that.
    pub provider_fee_by: ProviderFeeBy,
    /// When.
    pub at: Millis,
}

/// One line of the books about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The order.
    pub order: OrderId,
    /// `held`, `released`, `taken`, `refunded`, `reversed` or `won_back`.
    pub fact: String,
    /// The provider's transaction.
    pub object: String,
    /// How much moved.
    pub amount: Money,
    /// What of it is the marketplace's.
    pub fee: Money,
    /// What of it is the provider's.
    pub provider_fee: Money,
    /// What of that is the seller's to bear.
    pub seller_provider_fee: Money,
    /// When.
    pub at: Millis,
}

/// An order's money at one moment, from its bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// On hold.
    pub held: Money,
    /// Taken, all told.
    pub taken: Money,
    /// Given back, all told, less what was won back.
    pub refunded: Money,
    /// What the marketplace earned, less what it gave back.
    pub fee: Money,
    /// What the provider kept of the seller's, less what it gave back.
    pub seller_provider_fee: Money,
}

/// The holds that stand: neither taken nor let go, under the transaction that made them.
pub fn holds(bookings: &[Booked]) -> impl Iterator<Item = &Booked> {
    let is_over = |hold: &Booked| {
        bookings.iter().any(|it| matches!(it.fact.as_str(), "taken" | "released") && it.object == hold.object)
    };
    bookings.iter().filter(move |it| it.fact == "held" && !is_over(it))
}

impl Standing {
    /// Adds up `bookings` of one order in `currency`.
    pub fn of(bookings: &[Booked], zero: Money) -> Standing {
        let held = Money { minor: holds(bookings).map(|hold| hold.amount.minor).sum(), ..zero };
        let mut standing = Standing { held, taken: zero, refunded: zero, fee: zero, seller_provider_fee: zero };
        for booked in bookings {
            match booked.fact.as_str() {
                "held" | "released" => {}
                "taken" => {
                    standing.taken.minor += booked.amount.minor;
                    standing.fee.minor += booked.fee.minor;
                    standing.seller_provider_fee.minor += booked.seller_provider_fee.minor;
                }
                "won_back" => {
                    standing.refunded.minor -= booked.amount.minor;
                    standing.seller_provider_fee.minor += booked.seller_provider_fee.minor;
                }
                _ => {
                    standing.refunded.minor += booked.amount.minor;
                    standing.fee.minor -= booked.fee.minor;
                    standing.seller_provider_fee.minor -= booked.seller_provider_fee.minor;
                }
            }
        }
        standing
    }

    /// What can still be given back: never more than was taken, also where news of what was won back came before
    /// that of its loss.
    pub fn refundable(&self) -> Money {
        Money { minor: self.taken.minor - self.refunded.minor.max(0), ..self.taken }
    }
}

/// A balance of the books.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Balance {
    /// The account's name.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub balance_minor: i64,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    order_id: String,
    fact: String,
    provider_object: String,
    amount_minor: i64,
    fee_minor: i64,
    provider_fee_minor: i64,
    seller_provider_fee_minor: i64,
    currency: String,
    at: i64,
}

impl TryFrom<EntryRow> for Booked {
    type Error = super::StoreError;

    fn try_from(row: EntryRow) -> Result<Booked> {
        let currency = columns::currency(&row.currency)?;
        Ok(Booked {
            order: columns::id(&row.order_id)?,
            fact: row.fact,
            object: row.provider_object,
            amount: Money::new(row.amount_minor, currency),
            fee: Money::new(row.fee_minor, currency),
            provider_fee: Money::new(row.provider_fee_minor, currency),
            seller_provider_fee: Money::new(row.seller_provider_fee_minor, currency),
            at: Millis(row.at),
        })
    }
}

async fn bookings(connection: &mut sqlx::AnyConnection, order: &OrderId) -> Result<Vec<Booked>> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT order_id, fact, provider_object, amount_minor, fee_minor, provider_fee_minor,
                seller_provider_fee_minor, currency, at
           FROM entries WHERE order_id = $1 ORDER BY id",
    )
    .bind(order.as_str())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Booked::try_from).collect()
}

impl Store {
    /// The bookings of one order, oldest first.
    pub async fn bookings(&self, order: &OrderId) -> Result<Vec<Booked>> {
        bookings(&mut *self.read().await?, order).await
    }

    /// The trial balance, by account.
    pub async fn balances(&self) -> Result<Vec<Balance>> {
        Ok(sqlx::query_as("SELECT account, currency, balance_minor FROM balances ORDER BY account, currency")
            .fetch_all(&mut *self.read().await?)
            .await?)
    }

    /// The balances that are not zero, and those of the fixed accounts.
    pub async fn open_balances(&self) -> Result<Vec<Balance>> {
        Ok(sqlx::query_as(
            "SELECT account, currency, balance_minor FROM balances
              WHERE balance_minor <> 0 OR account LIKE 'fee:%' OR account LIKE 'provider:%' ORDER BY account, currency",
        )
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// The balances as the postings say, computed afresh: for `books`, to hold against the running ones.
    pub async fn balances_from_postings(&self) -> Result<Vec<Balance>> {
        Ok(sqlx::query_as(
            "SELECT account, currency, CAST(SUM(amount_minor) AS BIGINT) AS balance_minor
               FROM postings GROUP BY account, currency ORDER BY account, currency",
        )
        .fetch_all(&mut *self.read().await?)
        .await?)
    }

    /// A seller's balance: what they were paid and keep, as a positive amount.
    pub async fn seller_balance(&self, seller: &SellerId, zero: Money) -> Result<Money> {
        let balance: Option<i64> =
            sqlx::query_scalar("SELECT balance_minor FROM balances WHERE account = $1 AND currency = $2")
                .bind(Account::Seller(seller.clone()).to_string())
                .bind(zero.currency.code())
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(Money { minor: -balance.unwrap_or(0), ..zero })
    }
}

impl Write {
    /// The bookings of one order, inside this transaction.
    pub async fn bookings(&mut self, order: &OrderId) -> Result<Vec<Booked>> {
        bookings(self.connection(), order).await
    }

    /// Books an entry once; says whether it was new. The same news a second time books nothing.
    pub async fn book(&mut self, booking: &Booking<'_>, entry: &Entry) -> Result<bool> {
        let id = ids::fresh("ent");
        let written = sqlx::query(
            "INSERT INTO entries (id, order_id, provider, provider_object, fact, amount_minor, fee_minor,
                                  provider_fee_minor, seller_provider_fee_minor, currency, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (provider, provider_object, fact) DO NOTHING",
        )
        .bind(&id)
        .bind(booking.order.as_str())
        .bind(booking.provider)
        .bind(booking.object)
        .bind(booking.fact)
        .bind(booking.amount.minor)
        .bind(booking.fee.minor)
        .bind(booking.provider_fee.minor)
        .bind(booking.provider_fee_by.of_seller(booking.provider_fee).minor)
        .bind(booking.amount.currency.code())
        .bind(booking.at.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        if written == 0 {
            return Ok(false);
        }
        for (account, money) in entry.postings() {
            self.post(&id, account, *money).await?;
        }
        Ok(true)
    }

    async fn post(&mut self, entry: &str, account: &Account, money: Money) -> Result<()> {
        let account = account.to_string();
        sqlx::query(
            "INSERT INTO postings (entry_id, account, currency, amount_minor) VALUES ($1, $2, $3, $4)
             ON CONFLICT (entry_id, account, currency) DO UPDATE SET amount_minor = postings.amount_minor + excluded.amount_minor",
        )
        .bind(entry)
        .bind(&account)
        .bind(money.currency.code())
        .bind(money.minor)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "INSERT INTO balances (account, currency, balance_minor) VALUES ($1, $2, $3)
             ON CONFLICT (account, currency) DO UPDATE SET balance_minor = balances.balance_minor + excluded.balance_minor",
        )
        .bind(&account)
        .bind(money.currency.code())
        .bind(money.minor)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
