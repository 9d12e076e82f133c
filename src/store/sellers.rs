//! Sellers and where providers pay them.

use sqlx::AnyConnection;

use super::{Result, Store, StoreError, Write, columns, unreadable};
use crate::base::clock::{Clock, Millis};
use crate::base::ids::{BuyerId, SellerId};
use crate::base::money::Money;
use crate::market::fees::{MarketplaceFee, ProviderFeeBy};
use crate::market::sellers::{Payee, Registration, Seller};

macro_rules! select_sellers {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, slug, name, tagline, story, ships_from, picture, return_policy, shipping_policy, ",
            "email, state, currency, fee_fixed_minor, fee_variable_bp, provider_fee_by, created_at FROM sellers ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct SellerRow {
    id: String,
    account_id: String,
    slug: String,
    name: String,
    tagline: String,
    story: String,
    ships_from: String,
    picture: String,
    return_policy: String,
    shipping_policy: String,
    email: String,
    state: String,
    currency: String,
    fee_fixed_minor: i64,
    fee_variable_bp: i64,
    provider_fee_by: String,
    created_at: i64,
}

impl TryFrom<SellerRow> for Seller {
    type Error = StoreError;

    fn try_from(row: SellerRow) -> Result<Seller> {
        Ok(Seller {
            id: columns::id(&row.id)?,
            account: columns::id(&row.account_id)?,
            slug: row.slug,
            name: row.name,
            tagline: row.tagline,
            story: row.story,
            ships_from: row.ships_from,
            picture: row.picture,
            return_policy: row.return_policy,
            shipping_policy: row.shipping_policy,
            email: row.email,
            state: Registration::from_word(&row.state).ok_or_else(|| unreadable("registration", &row.state))?,
            fee: MarketplaceFee {
                fixed: Money::new(row.fee_fixed_minor, columns::currency(&row.currency)?),
                variable_bp: row.fee_variable_bp,
                provider_fee_by: columns::provider_fee_by(&row.provider_fee_by)?,
            },
            since: Millis(row.created_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct PayeeRow {
    seller_id: String,
    provider: String,
    token: String,
    refund_token: Option<String>,
    email: String,
}

async fn seller(connection: &mut AnyConnection, id: &SellerId) -> Result<Option<Seller>> {
    let row: Option<SellerRow> =
        sqlx::query_as(select_sellers!("WHERE id = $1")).bind(id.as_str()).fetch_optional(connection).await?;
    row.map(Seller::try_from).transpose()
}

async fn seller_of(connection: &mut AnyConnection, account: &BuyerId) -> Result<Option<Seller>> {
    let row: Option<SellerRow> = sqlx::query_as(select_sellers!("WHERE account_id = $1"))
        .bind(account.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(Seller::try_from).transpose()
}

async fn payee(connection: &mut AnyConnection, seller: &SellerId, provider: &str) -> Result<Option<Payee>> {
    let row: Option<PayeeRow> = sqlx::query_as(
        "SELECT seller_id, provider, token, refund_token, email FROM payees WHERE seller_id = $1 AND provider = $2",
    )
    .bind(seller.as_str())
    .bind(provider)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Payee {
            seller: columns::id(&row.seller_id)?,
            provider: row.provider,
            token: row.token,
            refund_token: row.refund_token,
            email: row.email,
        })
    })
    .transpose()
}

impl Store {
    /// One seller.
    pub async fn seller(&self, id: &SellerId) -> Result<Option<Seller>> {
        seller(&mut *self.read().await?, id).await
    }

    /// The seller with this name in addresses.
    pub async fn seller_by_slug(&self, slug: &str) -> Result<Option<Seller>> {
        let row: Option<SellerRow> = sqlx::query_as(select_sellers!("WHERE slug = $1"))
            .bind(slug)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.map(Seller::try_from).transpose()
    }

    /// The sellers who may sell, newest first.
    pub async fn open_stalls(&self, limit: i64) -> Result<Vec<Seller>> {
        let rows: Vec<SellerRow> =
            sqlx::query_as(select_sellers!("WHERE state = 'registered' ORDER BY id DESC LIMIT $1"))
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?;
        rows.into_iter().map(Seller::try_from).collect()
    }

    /// Address name and name of the sellers who may sell, by name, for a choice.
    pub async fn seller_names(&self, limit: i64) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query_as("SELECT slug, name FROM sellers WHERE state = 'registered' ORDER BY name LIMIT $1")
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?)
    }

    /// The seller that belongs to an account.
    pub async fn seller_of(&self, account: &BuyerId) -> Result<Option<Seller>> {
        seller_of(&mut *self.read().await?, account).await
    }

    /// Sellers in the order in which they came, those after `after` (a seller id, or "").
    pub async fn sellers(&self, after: &str, limit: i64) -> Result<Vec<Seller>> {
        let rows: Vec<SellerRow> = sqlx::query_as(select_sellers!("WHERE id > $1 ORDER BY id LIMIT $2"))
            .bind(after)
            .bind(limit)
            .fetch_all(&mut *self.read().await?)
            .await?;
        rows.into_iter().map(Seller::try_from).collect()
    }

    /// Registered sellers that `provider` cannot pay yet, in the order in which they came.
    pub async fn sellers_unknown_to(&self, provider: &str, limit: i64) -> Result<Vec<Seller>> {
        let rows: Vec<SellerRow> = sqlx::query_as(select_sellers!(
            "WHERE state = 'registered'
               AND NOT EXISTS (SELECT 1 FROM payees WHERE seller_id = sellers.id AND provider = $1)
             ORDER BY id LIMIT $2"
        ))
        .bind(provider)
        .bind(limit)
        .fetch_all(&mut *self.read().await?)
        .await?;
        rows.into_iter().map(Seller::try_from).collect()
    }

    /// Where `provider` pays a seller.
    pub async fn payee(&self, id: &SellerId, provider: &str) -> Result<Option<Payee>> {
        payee(&mut *self.read().await?, id, provider).await
    }
}

impl Write {
    /// One seller, inside this transaction.
    pub async fn seller(&mut self, id: &SellerId) -> Result<Option<Seller>> {
        seller(self.connection(), id).await
    }

    /// The seller that belongs to an account, inside this transaction.
    pub async fn seller_of(&mut self, account: &BuyerId) -> Result<Option<Seller>> {
        seller_of(self.connection(), account).await
    }

    /// Where `provider` pays a seller, inside this transaction.
    pub async fn payee(&mut self, id: &SellerId, provider: &str) -> Result<Option<Payee>> {
        payee(self.connection(), id, provider).await
    }

    /// Whom `buyer` can pay by `provider`, as it knows them; those who were here first, at most `limit`.
    pub async fn payee_tokens(&mut self, provider: &str, buyer: &BuyerId, limit: i64) -> Result<Vec<String>> {
        let text = "SELECT p.token FROM payees p JOIN sellers s ON s.id = p.seller_id
                     WHERE p.provider = $1 AND s.state = 'registered' AND s.account_id <> $2
                     ORDER BY p.seller_id LIMIT $3";
        Ok(sqlx::query_scalar(text)
            .bind(provider)
            .bind(buyer.as_str())
            .bind(limit)
            .fetch_all(self.connection())
            .await?)
    }

    /// Writes a new seller; says whether the slug and the account were free.
    pub async fn insert_seller(&mut self, seller: &Seller) -> Result<bool> {
        let written = sqlx::query(
            "INSERT INTO sellers (id, account_id, slug, name, tagline, story, ships_from, picture, return_policy,
                                  shipping_policy, email, state, currency, fee_fixed_minor, fee_variable_bp,
                                  provider_fee_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING",
        )
        .bind(seller.id.as_str())
        .bind(seller.account.as_str())
        .bind(&seller.slug)
        .bind(&seller.name)
        .bind(&seller.tagline)
        .bind(&seller.story)
        .bind(&seller.ships_from)
        .bind(&seller.picture)
        .bind(&seller.return_policy)
        .bind(&seller.shipping_policy)
        .bind(&seller.email)
        .bind(seller.state.word())
        .bind(seller.fee.fixed.currency.code())
        .bind(seller.fee.fixed.minor)
        .bind(seller.fee.variable_bp)
        .bind(seller.fee.provider_fee_by.word())
        .bind(seller.since.0)
        .execute(self.connection())
        .await?
        .rows_affected();
        Ok(written == 1)
    }

    /// Writes what a seller may change about themselves before and after registration.
    pub async fn update_seller(&mut self, seller: &Seller) -> Result<()> {
        sqlx::query(
            "UPDATE sellers SET name = $1, tagline = $2, story = $3, ships_from = $4, picture = $5, return_policy = $6,
                    shipping_policy = $7, email = $8, state = $9, fee_fixed_minor = $10, fee_variable_bp = $11,
                    provider_fee_by = $12
              WHERE id = $13",
        )
        .bind(&seller.name)
        .bind(&seller.tagline)
        .bind(&seller.story)
        .bind(&seller.ships_from)
        .bind(&seller.picture)
        .bind(&seller.return_policy)
        .bind(&seller.shipping_policy)
        .bind(&seller.email)
        .bind(seller.state.word())
        .bind(seller.fee.fixed.minor)
        .bind(seller.fee.variable_bp)
        .bind(seller.fee.provider_fee_by.word())
        .bind(seller.id.as_str())
        .execute(self.connection())
        .await?;
        self.note_change(seller.id.as_str(), Clock::new().real_now()).await
    }

    /// Sets who bears the provider's fee, as the seller has agreed to there.
    pub async fn set_provider_fee_by(&mut self, seller: &SellerId, by: ProviderFeeBy) -> Result<()> {
        sqlx::query("UPDATE sellers SET provider_fee_by = $1 WHERE id = $2")
            .bind(by.word())
            .bind(seller.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Sets how far a registration is.
    pub async fn set_registration(&mut self, seller: &SellerId, state: Registration) -> Result<()> {
        sqlx::query("UPDATE sellers SET state = $1 WHERE id = $2")
            .bind(state.word())
            .bind(seller.as_str())
            .execute(self.connection())
            .await?;
        self.note_change(seller.as_str(), Clock::new().real_now()).await
    }

    /// Writes where a provider pays a seller; a newer registration replaces an older one.
    pub async fn set_payee(&mut self, payee: &Payee) -> Result<()> {
        sqlx::query(
            "INSERT INTO payees (seller_id, provider, token, refund_token, email) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (seller_id, provider) DO UPDATE
                SET token = excluded.token, refund_token = excluded.refund_token, email = excluded.email",
        )
        .bind(payee.seller.as_str())
        .bind(&payee.provider)
        .bind(&payee.token)
        .bind(payee.refund_token.clone())
        .bind(&payee.email)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
