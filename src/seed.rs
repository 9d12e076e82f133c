//! The demo market: sellers with stories, products with pictures, people to sign in as. And bulk
//! rows, where a market of a million products is wanted.

mod grow;
mod past;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Deserialize;

use crate::base::clock::{Clock, Millis};
use crate::base::ids::{BuyerId, ProductId, SellerId};
use crate::base::money::Currency;
use crate::flows::accounts::hash_password;
use crate::market::catalog::{Category, Named, Product};
use crate::market::fees::{MarketplaceFee, ProviderFeeBy};
use crate::market::prices::local;
use crate::market::sellers::{Registration, Seller};
use crate::market::subscription::Period;
use crate::store::accounts::Account;
use crate::store::{Result, Store, StoreError, Write};

pub use grow::{GrowBy, grow};
pub use past::past_orders;

/// The password of every seeded account.
pub const PASSWORD: &str = "market-morning";

/// Who to sign in as, for the demo's first words.
pub const SIGN_INS: &[&str] = &[
    "ana@example.com                      a buyer",
    "ada@quillandcomb.example.com         sells honey",
    "operator@example.com                 runs the marketplace",
];

const MARKET: &str = include_str!("../seed/market.toml");

#[derive(Deserialize)]
struct Market {
    category: Vec<CategoryRow>,
    seller: Vec<SellerRow>,
    product: Vec<ProductRow>,
}

#[derive(Deserialize)]
struct CategoryRow {
    slug: String,
    name: String,
    blurb: String,
}

#[derive(Deserialize)]
struct SellerRow {
    slug: String,
    name: String,
    tagline: String,
    story: String,
    /// In shops that FPS takes no part in, where no price makes anything go wrong.
    story_elsewhere: Option<String>,
    ships_from: String,
    email: String,
    owner: String,
    return_policy: String,
    shipping_policy: String,
    fixed_fee_minor: i64,
    variable_fee_bp: i64,
    picture: String,
}

#[derive(Deserialize)]
struct ProductRow {
    slug: String,
    seller: String,
    category: String,
    title: String,
    description: String,
    price_minor: i64,
    picture: String,
    stock: i64,
    period: Option<Period>,
    /// The text that a digital good delivers.
    delivers: Option<String>,
    #[serde(default)]
    donation: bool,
    #[serde(default)]
    service: bool,
    #[serde(default)]
    wonky: bool,
}

impl ProductRow {
    /// Whether its price is one that the sandbox of FPS fails on purpose. FPS takes dollars only, so in
    /// other shops these would be ordinary things with a description that is not true.
    fn is_magic(&self) -> bool {
        self.wonky && self.price_minor % 50 != 0
    }
}

/// The sections of the market, in a database that has none: sellers put their products into them. Which they are is
/// written in `seed/market.toml`.
pub async fn sections(store: &Store) -> Result<()> {
    if !store.categories().await?.is_empty() {
        return Ok(());
    }
    let mut tx = store.write().await?;
    for (place, row) in (1_i64..).zip(market()?.category) {
        tx.insert_category(&Category { slug: row.slug, name: row.name, blurb: row.blurb }, place).await?;
    }
    tx.commit().await
}

fn market() -> Result<Market> {
    toml::from_str(MARKET).map_err(|e| StoreError::Unreadable(e.message().to_owned()))
}

/// Plants the demo market in an empty database, priced in `currency`; does nothing where there is a
/// seller already. The sellers are registered, but no provider knows them yet: the demo makes them known to its sandbox.
pub async fn plant(store: &Store, clock: &Clock, currency: Currency) -> Result<()> {
    if !store.sellers("", 1).await?.is_empty() {
        return Ok(());
    }
    sections(store).await?;
    let market = market()?;
    let password = hash_password(PASSWORD).await;
    let now = clock.now();
    let mut tx = store.write().await?;
    for (email, name, is_operator) in [
        ("ana@example.com", "Ana Bell", false),
        ("ben@example.com", "Ben Okoro", false),
        ("operator@example.com", "Olga Perator", true),
    ] {
        plant_account(&mut tx, email, name, is_operator, &password, now).await?;
    }
    let mut sellers = Vec::with_capacity(market.seller.len());
    // the newest stand first on every page: the first stall of the file is the newest, and the
    // products of all sellers are mixed
    for (age, row) in (1_i64..).zip(market.seller) {
        let account = plant_account(&mut tx, &row.email, &row.owner, false, &password, now).await?;
        let id = grow::id_at("sel", now.0 - age, 1)?;
        sellers.push((row.slug.clone(), plant_seller(&mut tx, row, id, account, currency, now).await?));
    }
    let mut products = market.product;
    products.retain(|row| currency == Currency::USD || !row.is_magic());
    products.shuffle(&mut StdRng::seed_from_u64(7));
    for (age, row) in (1_i64..).zip(products) {
        let seller = sellers.iter().find(|(slug, _)| *slug == row.seller).map(|(_, id)| id.clone());
        let seller = seller.ok_or_else(|| StoreError::Unreadable(format!("{} has no seller", row.slug)))?;
        plant_product(&mut tx, row, grow::id_at("prd", now.0 - age, 1)?, seller, currency, now).await?;
    }
    tx.commit().await
}

/// What the demo market sells in dollars, by name, in the order of its file.
pub fn catalogue() -> Result<Vec<Named>> {
    let market: Market = toml::from_str(MARKET).map_err(|e| StoreError::Unreadable(e.message().to_owned()))?;
    let seller = |slug: &str| market.seller.iter().find(|row| row.slug == slug).map(|row| row.name.clone());
    let named = |row: &ProductRow| Named {
        slug: row.slug.clone(),
        title: row.title.clone(),
        seller: seller(&row.seller).unwrap_or_default(),
    };
    Ok(market.product.iter().map(named).collect())
}

async fn plant_account(
    tx: &mut Write,
    email: &str,
    name: &str,
    is_operator: bool,
    password_hash: &str,
    now: Millis,
) -> Result<BuyerId> {
    let account = Account {
        id: BuyerId::fresh(),
        email: email.to_owned(),
        name: name.to_owned(),
        password_hash: password_hash.to_owned(),
        is_operator,
        session_epoch: 0,
    };
    tx.insert_account(&account, now).await?;
    Ok(account.id)
}

async fn plant_seller(
    tx: &mut Write,
    row: SellerRow,
    id: SellerId,
    account: BuyerId,
    currency: Currency,
    now: Millis,
) -> Result<SellerId> {
    let story = match row.story_elsewhere {
        Some(story) if currency != Currency::USD => story,
        _ => row.story,
    };
    let seller = Seller {
        id,
        account,
        slug: row.slug,
        name: row.name,
        tagline: row.tagline,
        story: story.trim().to_owned(),
        ships_from: row.ships_from,
        picture: row.picture,
        return_policy: row.return_policy,
        shipping_policy: row.shipping_policy,
        email: row.email,
        state: Registration::Registered,
        fee: MarketplaceFee {
            fixed: local(row.fixed_fee_minor, currency),
            variable_bp: row.variable_fee_bp,
            provider_fee_by: ProviderFeeBy::Seller,
        },
        since: now,
    };
    tx.insert_seller(&seller).await?;
    Ok(seller.id)
}

async fn plant_product(
    tx: &mut Write,
    row: ProductRow,
    id: ProductId,
    seller: SellerId,
    currency: Currency,
    now: Millis,
) -> Result<()> {
    let product = Product {
        id,
        seller,
        slug: row.slug,
        title: row.title,
        description: row.description.trim().to_owned(),
        category: row.category,
        price: local(row.price_minor, currency),
        picture: row.picture,
        period: row.period,
        delivers: row.delivers.map(|text| text.trim().to_owned()),
        is_donation: row.donation,
        is_service: row.service,
        is_active: true,
        is_wonky: row.wonky,
    };
    tx.insert_product(&product, row.stock, now).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_market_has_sellers_products_and_no_accidental_magic_cents() {
        let market: Market = toml::from_str(MARKET).unwrap();
        assert!(market.seller.len() >= 6 && market.product.len() >= 60);
        for product in &market.product {
            assert!(market.seller.iter().any(|seller| seller.slug == product.seller), "{}", product.slug);
            assert!(market.category.iter().any(|category| category.slug == product.category), "{}", product.slug);
            let picture = format!("{}/static/pictures/{}", env!("CARGO_MANIFEST_DIR"), product.picture);
            assert!(std::path::Path::new(&picture).exists(), "{picture}");
            assert!(product.wonky || product.price_minor % 50 == 0, "{}", product.slug);
        }
    }

    #[tokio::test]
    async fn a_market_elsewhere_has_its_own_prices_and_nothing_that_only_fps_fails() {
        let yen = Currency::from_code("JPY").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/shop.db", dir.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        assert_eq!(store.other_currency(yen).await.unwrap(), None, "an empty market is in any currency");
        plant(&store, &Clock::new(), yen).await.unwrap();
        assert_eq!(store.other_currency(yen).await.unwrap(), None);
        assert_eq!(store.other_currency(Currency::USD).await.unwrap().as_deref(), Some("JPY"));
        let honey = store.product_by_slug("wildflower-honey").await.unwrap().unwrap();
        assert_eq!(honey.product.price.to_string(), "¥1,250");
        assert!(store.product_by_slug("second-mousetrap").await.unwrap().is_none());
        assert!(store.product_by_slug("last-light-bulb").await.unwrap().is_some());
        let shelf = store.seller_by_slug("the-crooked-shelf").await.unwrap().unwrap();
        assert!(shelf.story.contains("Dora Declined") && !shelf.story.contains("digits"), "{}", shelf.story);
    }
}
