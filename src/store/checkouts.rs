//! Checkouts: who buys, where to, how it travels.

use sqlx::AnyConnection;

use super::columns::id;
use super::{Result, Store, StoreError, Write, unreadable};
use crate::base::clock::Millis;
use crate::base::ids::CheckoutId;
use crate::market::shipping::ShippingMethod;
use crate::orders::checkout::{Address, Checkout};
use crate::orders::device::Device;

#[derive(sqlx::FromRow)]
struct CheckoutRow {
    id: String,
    buyer_id: Option<String>,
    email: String,
    name: String,
    line1: String,
    line2: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
    phone: String,
    shipping_method: String,
    is_gift: i64,
    provider: String,
    device: String,
    placed_at: i64,
}

impl TryFrom<CheckoutRow> for Checkout {
    type Error = StoreError;

    fn try_from(row: CheckoutRow) -> Result<Checkout> {
        Ok(Checkout {
            id: id(&row.id)?,
            buyer: row.buyer_id.as_deref().map(id).transpose()?,
            email: row.email,
            address: Address {
                name: row.name,
                line1: row.line1,
                line2: row.line2,
                city: row.city,
                state: row.state,
                postal_code: row.postal_code,
                country: row.country,
                phone: row.phone,
            },
            shipping_method: ShippingMethod::from_word(&row.shipping_method)
                .ok_or_else(|| unreadable("shipping method", &row.shipping_method))?,
            is_gift: row.is_gift != 0,
            provider: row.provider,
            device: Device::from_word(&row.device).unwrap_or_default(),
            placed_at: Millis(row.placed_at),
        })
    }
}

async fn checkout(connection: &mut AnyConnection, checkout: &CheckoutId) -> Result<Option<Checkout>> {
    let row: Option<CheckoutRow> = sqlx::query_as(
        "SELECT id, buyer_id, email, name, line1, line2, city, state, postal_code, country, phone,
                shipping_method, is_gift, provider, device, placed_at
           FROM checkouts WHERE id = $1",
    )
    .bind(checkout.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(Checkout::try_from).transpose()
}

impl Store {
    /// One checkout.
    pub async fn checkout(&self, id: &CheckoutId) -> Result<Option<Checkout>> {
        checkout(&mut *self.read().await?, id).await
    }
}

impl Write {
    /// One checkout.
    pub async fn checkout(&mut self, id: &CheckoutId) -> Result<Option<Checkout>> {
        checkout(self.connection(), id).await
    }

    /// Writes a checkout.
    pub async fn insert_checkout(&mut self, checkout: &Checkout) -> Result<()> {
        let address = &checkout.address;
        sqlx::query(
            "INSERT INTO checkouts (id, buyer_id, email, name, line1, line2, city, state, postal_code, country, phone,
                                    shipping_method, is_gift, provider, device, placed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(checkout.id.as_str())
        .bind(checkout.buyer.as_ref().map(|buyer| buyer.as_str().to_owned()))
        .bind(&checkout.email)
        .bind(&address.name)
        .bind(&address.line1)
        .bind(&address.line2)
        .bind(&address.city)
        .bind(&address.state)
        .bind(&address.postal_code)
        .bind(&address.country)
        .bind(&address.phone)
        .bind(checkout.shipping_method.word())
        .bind(i64::from(checkout.is_gift))
        .bind(&checkout.provider)
        .bind(checkout.device.word())
        .bind(checkout.placed_at.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
