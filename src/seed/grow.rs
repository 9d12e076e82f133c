//! Bulk rows: sellers and products by the hundred thousand, the same for the same seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::PASSWORD;
use crate::base::clock::{Clock, Millis};
use crate::base::ids::{BuyerId, ProductId, SellerId};
use crate::base::money::Currency;
use crate::flows::accounts::hash_password;
use crate::market::catalog::{Category, Product};
use crate::market::fees::{MarketplaceFee, ProviderFeeBy};
use crate::market::prices::local;
use crate::market::sellers::{Registration, Seller};
use crate::store::accounts::Account;
use crate::store::catalog::bulk::ROWS;
use crate::store::catalog::changes::EVERYTHING;
use crate::store::{Result, Store, StoreError};

/// How many statements of products one transaction holds.
const STATEMENTS: u64 = 10;

/// Bulk rows are older than anything that is listed by hand, so that the first page keeps its face.
pub(super) const LONG_AGO: Millis = Millis(1_600_000_000_000);

const KINDS: [&str; 16] = [
    "mug", "lamp", "basket", "knife", "scarf", "clock", "kettle", "chair", "drum", "spade", "puzzle", "jar", "teapot",
    "hammer", "hat", "whistle",
];
const TRAITS: [&str; 16] = [
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
    "wooden",
    "stubborn",
    "borrowed",
    "unhurried",
];

/// How much to add to a market.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrowBy {
    /// Sellers that no provider pays: their goods are for looking.
    pub sellers: u64,
    /// Products, spread over all sellers.
    pub products: u64,
    /// The same number gives the same data.
    pub rng_seed: u64,
}

/// An id that depends on its arguments and on nothing else; later times come later in order.
pub(super) fn id_at<T: std::str::FromStr>(prefix: &str, at_ms: i64, low: u128) -> Result<T> {
    let at_ms = u64::try_from(at_ms).unwrap_or(0);
    let text = format!("{prefix}_{}", ulid::Ulid::from_parts(at_ms, low).to_string().to_lowercase());
    text.parse().map_err(|_| StoreError::Unreadable(text))
}

pub(super) fn id<T: std::str::FromStr>(prefix: &str, seed: u64, number: u64) -> Result<T> {
    id_at(prefix, LONG_AGO.0 + i64::try_from(number).unwrap_or(0), u128::from(seed))
}

/// Adds bulk rows, priced in `currency`; `progress` hears how many are done. Doing it again adds nothing.
pub async fn grow(
    store: &Store,
    clock: &Clock,
    currency: Currency,
    by: GrowBy,
    mut progress: impl FnMut(u64),
) -> Result<()> {
    let now = clock.now();
    let password = if by.sellers > 0 { hash_password(PASSWORD).await } else { String::new() };
    let per_transaction = STATEMENTS * ROWS as u64;
    let mut sellers = 0;
    while sellers < by.sellers {
        let until = by.sellers.min(sellers + per_transaction);
        let mut tx = store.write().await?;
        for number in sellers..until {
            let (account, seller) = seller(by.rng_seed, number, currency, &password)?;
            tx.insert_account(&account, now).await?;
            tx.insert_seller(&seller).await?;
        }
        tx.commit().await?;
        sellers = until;
        progress(sellers);
    }
    let owners: Vec<SellerId> = store.sellers("", 100_000).await?.into_iter().map(|seller| seller.id).collect();
    let categories = store.categories().await?;
    if by.products > 0 && (owners.is_empty() || categories.is_empty()) {
        return Err(StoreError::Unreadable("no sellers or categories to grow products for".to_owned()));
    }
    let mut random = StdRng::seed_from_u64(by.rng_seed);
    let mut products = 0;
    while products < by.products {
        let mut tx = store.write().await?;
        for _ in 0..STATEMENTS {
            let until = by.products.min(products + ROWS as u64);
            let rows: Result<Vec<(Product, i64)>> = (products..until)
                .map(|number| {
                    let owner = owners[random.random_range(0..owners.len())].clone();
                    let category = &categories[random.random_range(0..categories.len())];
                    let product = product(&mut random, by.rng_seed, number, owner, category, currency)?;
                    Ok((product, random.random_range(0..500)))
                })
                .collect();
            if until > products {
                tx.insert_products(&rows?, now).await?;
            }
            products = until;
        }
        tx.commit().await?;
        progress(sellers + products);
    }
    let mut tx = store.write().await?;
    tx.note_change(EVERYTHING, now).await?;
    tx.commit().await
}

fn seller(seed: u64, number: u64, currency: Currency, password_hash: &str) -> Result<(Account, Seller)> {
    let account: BuyerId = id("buy", seed, number)?;
    let email = format!("seller-{seed}-{number}@example.com");
    let seller = Seller {
        id: id("sel", seed, number)?,
        account: account.clone(),
        slug: format!("stall-{seed}-{number}"),
        name: format!("Stall {number}"),
        tagline: "One of many".to_owned(),
        story: "Grown for a market that had to be large.".to_owned(),
        ships_from: "Portland, Oregon".to_owned(),
        picture: String::new(),
        return_policy: "Thirty days.".to_owned(),
        shipping_policy: "Within three days.".to_owned(),
        email: email.clone(),
        state: Registration::Registered,
        fee: MarketplaceFee::house(currency, ProviderFeeBy::Seller),
        since: LONG_AGO,
    };
    let account = Account {
        id: account,
        email,
        name: format!("Seller {number}"),
        password_hash: password_hash.to_owned(),
        is_operator: false,
        session_epoch: 0,
    };
    Ok((account, seller))
}

fn product(
    random: &mut StdRng,
    seed: u64,
    number: u64,
    seller: SellerId,
    category: &Category,
    currency: Currency,
) -> Result<Product> {
    let kind = KINDS[random.random_range(0..KINDS.len())];
    let with = TRAITS[random.random_range(0..TRAITS.len())];
    Ok(Product {
        id: id::<ProductId>("prd", seed, number)?,
        seller,
        slug: format!("{with}-{kind}-{seed}-{number}"),
        title: format!("{}{} {kind} no. {number}", with[..1].to_uppercase(), &with[1..]),
        // few words: each one is a row of its own
        description: format!("A {with} {kind}."),
        category: category.slug.clone(),
        // whole and half dollars keep away from the sandbox's magic cents
        price: local(random.random_range(6..900) * 50, currency),
        picture: String::new(),
        period: None,
        delivers: None,
        is_service: false,
        is_donation: false,
        is_active: true,
        is_wonky: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_product() {
        let category = Category { slug: "table".into(), name: "Table".into(), blurb: String::new() };
        let one = |seed| {
            let seller = SellerId::try_from("sel_01jd0000000000000000000000".to_owned()).unwrap();
            let product = product(&mut StdRng::seed_from_u64(seed), seed, 7, seller, &category, Currency::USD).unwrap();
            format!("{product:?}")
        };
        assert_eq!(one(1), one(1));
        assert_ne!(one(1), one(2));
        assert_ne!(id::<BuyerId>("buy", 1, 2).unwrap(), id::<BuyerId>("buy", 1, 3).unwrap());
    }
}
