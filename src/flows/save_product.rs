//! A seller lists a product, or changes one.

use super::{ActError, Context};
use crate::base::clock::Millis;
use crate::base::ids::{PictureId, ProductId, SellerId, secret};
use crate::base::money::Money;
use crate::market::catalog::{Product, slug};
use crate::market::subscription::Period;
use crate::store::catalog::pictures::Picture;
use crate::store::{Write, retried};

/// What the form says, already checked field by field.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is.
    pub title: String,
    /// Paragraphs.
    pub description: String,
    /// The category's slug.
    pub category: String,
    /// The price of one.
    pub price: Money,
    /// How often it comes; none for what is bought once.
    pub period: Option<Period>,
    /// The text that it delivers; none for what is sent in a parcel.
    pub delivers: Option<String>,
    /// Whether it is a gift, and what it delivers a word of thanks.
    pub is_donation: bool,
    /// Whether it is done for the buyer instead of being sent.
    pub is_service: bool,
    /// How many are on the shelf.
    pub stock: i64,
    /// How many were there when the form was shown; sales since then stay sold.
    pub stock_seen: i64,
    /// Whether it is offered.
    pub is_active: bool,
    /// A new picture, already made small.
    pub picture: Option<Picture>,
}

/// Writes a new product. `key` is the form's: a second submit gives the product of the first.
pub async fn list(ctx: &Context, seller: &SellerId, wanted: &Wanted, key: &str) -> Result<ProductId, ActError> {
    retried(|| list_once(ctx, seller, wanted, key)).await
}

async fn list_once(ctx: &Context, seller: &SellerId, wanted: &Wanted, key: &str) -> Result<ProductId, ActError> {
    let now = ctx.clock.now();
    let id = ProductId::fresh();
    let mut tx = ctx.store.write().await?;
    if let Some(earlier) = tx.use_form_key(key, id.as_str(), now).await? {
        return Ok(earlier.parse().unwrap_or(id));
    }
    let picture = keep_picture(&mut tx, seller, wanted, now).await?.unwrap_or_default();
    let mut product = Product {
        id: id.clone(),
        seller: seller.clone(),
        slug: slug(&wanted.title),
        title: wanted.title.clone(),
        description: wanted.description.clone(),
        category: wanted.category.clone(),
        price: wanted.price,
        picture,
        period: wanted.period,
        delivers: wanted.delivers.clone(),
        is_donation: wanted.is_donation,
        is_service: wanted.is_service,
        is_active: wanted.is_active,
        is_wonky: false,
    };
    if product.slug.is_empty() || !tx.insert_product(&product, wanted.stock, now).await? {
        let stem = product.slug.get(..50).unwrap_or(&product.slug);
        product.slug = format!("{stem}-{}", &secret()[..8]).trim_start_matches('-').to_owned();
        tx.insert_product(&product, wanted.stock, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Changes a product of `seller`. Gives false where it is not theirs.
pub async fn change(ctx: &Context, seller: &SellerId, id: &ProductId, wanted: &Wanted) -> Result<bool, ActError> {
    retried(|| change_once(ctx, seller, id, wanted)).await
}

async fn change_once(ctx: &Context, seller: &SellerId, id: &ProductId, wanted: &Wanted) -> Result<bool, ActError> {
    let now = ctx.clock.now();
    let mut tx = ctx.store.write().await?;
    tx.lock_shelf(id).await?;
    let Some(listed) = tx.product(id).await?.filter(|listed| listed.product.seller == *seller) else {
        return Ok(false);
    };
    let available = shelf(listed.available, wanted)?;
    let picture = keep_picture(&mut tx, seller, wanted, now).await?;
    let product = Product {
        title: wanted.title.clone(),
        description: wanted.description.clone(),
        category: wanted.category.clone(),
        price: wanted.price,
        picture: picture.unwrap_or_else(|| listed.product.picture.clone()),
        period: wanted.period,
        delivers: wanted.delivers.clone(),
        is_donation: wanted.is_donation,
        is_service: wanted.is_service,
        is_active: wanted.is_active,
        ..listed.product
    };
    tx.update_product(&product, available, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The number on the shelf after the form: what was typed, less what was sold since it was shown.
fn shelf(available: i64, wanted: &Wanted) -> Result<i64, ActError> {
    let after = available + wanted.stock - wanted.stock_seen;
    if after >= 0 {
        return Ok(after);
    }
    let message = format!("Some were sold meanwhile: {available} are left on the shelf now.");
    Err(ActError::BadField { field: "stock", message })
}

async fn keep_picture(
    tx: &mut Write,
    seller: &SellerId,
    wanted: &Wanted,
    now: Millis,
) -> Result<Option<String>, ActError> {
    let Some(picture) = &wanted.picture else { return Ok(None) };
    let id = PictureId::fresh();
    tx.insert_picture(&id, seller, picture, now).await?;
    Ok(Some(id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_between_showing_and_saving_the_form_stays_sold() {
        let mut wanted = Wanted {
            period: None,
            delivers: None,
            is_donation: false,
            is_service: false,
            title: String::new(),
            description: String::new(),
            category: String::new(),
            price: Money::usd(100),
            stock: 12,
            stock_seen: 10,
            is_active: true,
            picture: None,
        };
        assert_eq!(shelf(9, &wanted).ok(), Some(11));
        wanted.stock = 0;
        assert!(matches!(shelf(9, &wanted), Err(ActError::BadField { field: "stock", .. })));
        assert_eq!(shelf(10, &wanted).ok(), Some(0));
    }
}
