//! The demo market: sellers with stories, products with pictures, people to sign in as; the same for
//! the same seed. And bulk rows, where a market of a million products is wanted.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

use crate::base::clock::{Clock, Millis};
use crate::base::ids::{BuyerId, ProductId, SellerId};
use crate::base::money::Money;
use crate::flows::accounts::hash_password;
use crate::market::catalog::{Category, Product};
use crate::market::fees::MarketplaceFee;
use crate::market::sellers::{Registration, Seller};
use crate::store::accounts::Account;
use crate::store::catalog::changes::EVERYTHING;
use crate::store::{Result, Store, StoreError, Write};

/// The password of every seeded account.
pub const PASSWORD: &str = "market-morning";

/// Who to sign in as, for the demo's first words.
pub const SIGN_INS: &[&str] = &[
    "ana@example.com                      a buyer",
    "ada@quillandcomb.example.com         sells honey",
    "operator@example.com                 runs the marketplace",
];

const MARKET: &str = include_str!("../seed/market.toml");

/// How many rows one transaction of the bulk mode writes.
const BATCH: u64 = 2_000;

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
    #[serde(default)]
    wonky: bool,
}

/// How much to add to a market.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrowBy {
    /// Sellers, registered with nobody: their goods are for looking.
    pub sellers: u64,
    /// Products, spread over all sellers.
    pub products: u64,
    /// The same number gives the same data.
    pub rng_seed: u64,
}

/// Plants the demo market in an empty database; does nothing where there is a seller already.
/// The sellers are registered, but no provider knows them yet: see `payees`.
pub async fn plant(store: &Store, clock: &Clock) -> Result<()> {
    if !store.sellers("", 1).await?.is_empty() {
        return Ok(());
    }
    let market: Market = toml::from_str(MARKET).map_err(|e| StoreError::Unreadable(e.message().to_owned()))?;
    let password = hash_password(PASSWORD).await;
    let now = clock.now();
    let mut tx = store.write().await?;
    for (place, row) in (1_i64..).zip(&market.category) {
        let category = Category { slug: row.slug.clone(), name: row.name.clone(), blurb: row.blurb.clone() };
        tx.insert_category(&category, place).await?;
    }
    for (email, name, is_operator) in [
        ("ana@example.com", "Ana Bell", false),
        ("ben@example.com", "Ben Okoro", false),
        ("operator@example.com", "Olga Perator", true),
    ] {
        plant_account(&mut tx, email, name, is_operator, &password, now).await?;
    }
    let mut sellers = Vec::with_capacity(market.seller.len());
    for row in market.seller {
        let account = plant_account(&mut tx, &row.email, &row.owner, false, &password, now).await?;
        sellers.push((row.slug.clone(), plant_seller(&mut tx, row, account, now).await?));
    }
    for row in market.product {
        let seller = sellers.iter().find(|(slug, _)| *slug == row.seller).map(|(_, id)| id.clone());
        let seller = seller.ok_or_else(|| StoreError::Unreadable(format!("{} has no seller", row.slug)))?;
        plant_product(&mut tx, row, seller, now).await?;
    }
    tx.commit().await
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

async fn plant_seller(tx: &mut Write, row: SellerRow, account: BuyerId, now: Millis) -> Result<SellerId> {
    let seller = Seller {
        id: SellerId::fresh(),
        account,
        slug: row.slug,
        name: row.name,
        tagline: row.tagline,
        story: row.story.trim().to_owned(),
        ships_from: row.ships_from,
        picture: row.picture,
        return_policy: row.return_policy,
        shipping_policy: row.shipping_policy,
        email: row.email,
        state: Registration::Registered,
        fee: MarketplaceFee { fixed: Money::usd(row.fixed_fee_minor), variable_bp: row.variable_fee_bp },
        since: now,
    };
    tx.insert_seller(&seller).await?;
    Ok(seller.id)
}

async fn plant_product(tx: &mut Write, row: ProductRow, seller: SellerId, now: Millis) -> Result<()> {
    let product = Product {
        id: ProductId::fresh(),
        seller,
        slug: row.slug,
        title: row.title,
        description: row.description.trim().to_owned(),
        category: row.category,
        price: Money::usd(row.price_minor),
        picture: row.picture,
        is_active: true,
        is_wonky: row.wonky,
    };
    tx.insert_product(&product, row.stock, now).await.map(|_| ())
}

/// Adds bulk rows in batches; `progress` hears how many of how many are done.
pub async fn grow(store: &Store, clock: &Clock, by: GrowBy, mut progress: impl FnMut(u64, u64)) -> Result<()> {
    let mut random = StdRng::seed_from_u64(by.rng_seed);
    let all = by.sellers + by.products;
    let password = hash_password(PASSWORD).await;
    let mut done = 0;
    while done < by.sellers {
        let batch = BATCH.min(by.sellers - done);
        let mut tx = store.write().await?;
        for number in done..done + batch {
            bulk_seller(&mut tx, by.rng_seed, number, &password, clock.now()).await?;
        }
        tx.commit().await?;
        done += batch;
        progress(done, all);
    }
    let sellers: Vec<SellerId> = store.sellers("", 100_000).await?.into_iter().map(|seller| seller.id).collect();
    let categories = store.categories().await?;
    let mut written = 0;
    while written < by.products {
        let batch = BATCH.min(by.products - written);
        let mut tx = store.write().await?;
        for number in written..written + batch {
            let seller = sellers[random.random_range(0..sellers.len())].clone();
            let category = &categories[random.random_range(0..categories.len())];
            let product = bulk_product(&mut random, by.rng_seed, number, seller, category);
            tx.insert_product(&product, random.random_range(0..500), clock.now()).await?;
        }
        tx.commit().await?;
        written += batch;
        progress(done + written, all);
    }
    let mut tx = store.write().await?;
    tx.note_change(EVERYTHING, clock.now()).await?;
    tx.commit().await
}

async fn bulk_seller(tx: &mut Write, seed: u64, number: u64, password: &str, now: Millis) -> Result<()> {
    let email = format!("seller-{seed}-{number}@example.com");
    let account = plant_account(tx, &email, &format!("Seller {number}"), false, password, now).await?;
    let row = SellerRow {
        slug: format!("stall-{seed}-{number}"),
        name: format!("Stall {number}"),
        tagline: "One of many".to_owned(),
        story: "Grown for a market that had to be large.".to_owned(),
        ships_from: "Portland, Oregon".to_owned(),
        email,
        owner: String::new(),
        return_policy: "Thirty days.".to_owned(),
        shipping_policy: "Within three days.".to_owned(),
        fixed_fee_minor: 30,
        variable_fee_bp: 500,
        picture: String::new(),
    };
    plant_seller(tx, row, account, now).await.map(|_| ())
}

fn bulk_product(random: &mut StdRng, seed: u64, number: u64, seller: SellerId, category: &Category) -> Product {
    const KINDS: [&str; 12] =
        ["mug", "lamp", "basket", "knife", "scarf", "clock", "kettle", "chair", "drum", "spade", "puzzle", "jar"];
    const TRAITS: [&str; 12] = [
        "patient",
        "blue",
        "sturdy",
        "second-hand",
        "cheerful",
        "quiet",
        "mended",
        "tall",
        "small",
        "striped",
        "honest",
        "round",
    ];
    let kind = KINDS[random.random_range(0..KINDS.len())];
    let with = TRAITS[random.random_range(0..TRAITS.len())];
    Product {
        id: ProductId::fresh(),
        seller,
        slug: format!("{with}-{kind}-{seed}-{number}"),
        title: format!("{}{} {kind} no. {number}", with[..1].to_uppercase(), &with[1..]),
        description: format!("A {with} {kind}. There are many like it, but this one is number {number}."),
        category: category.slug.clone(),
        // Whole and half dollars keep away from the sandbox's magic cents.
        price: Money::usd(random.random_range(6..900) * 50),
        picture: String::new(),
        is_active: true,
        is_wonky: false,
    }
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
}
