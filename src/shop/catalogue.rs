//! The read model: pages of the catalogue in memory, kept true by the log of changes.
//!
//! A visitor without a basket gets the same bytes as every other and costs no database when the
//! page is warm. [`Catalogue::follow`] reads the log every 300 ms; while that does not work, or
//! nobody does it, nothing is served from memory. Stock is not in it, only "sold out", which
//! writes a change when it begins or ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio_util::sync::CancellationToken;

use super::browse::BrowsePage;
use super::error::PageError;
use super::page::Categories;
use crate::store::catalog::changes::{Change, EVERYTHING};
use crate::store::{Result, Store};

/// How often the log is read.
const TURN: Duration = Duration::from_millis(300);

/// How long after the log was last read pages may come from memory: with the turn before it, a
/// change elsewhere shows within a second.
const TRUST: Duration = Duration::from_millis(900);

/// How much memory the pages may take, in bytes.
const ROOM: u64 = 64 * 1024 * 1024;

/// How many sellers' changes are told apart; beyond that everything counts as changed.
const MOST_SELLERS: usize = 20_000;

/// How many changes are read at once.
const BATCH: i64 = 1000;

/// What makes a page stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Any change of any product or seller.
    AnyChange,
    /// A change of this seller or one of their products.
    Seller(String),
}

/// A page in memory.
pub struct Kept {
    page: BrowsePage,
    /// For visitors without a basket.
    bytes: Bytes,
    scope: Scope,
    /// The newest change that was known before the page's data was read.
    read_at: i64,
}

impl Kept {
    /// The page itself, for visitors who get more than everybody.
    pub fn page(&self) -> &BrowsePage {
        &self.page
    }

    /// The bytes for a visitor with this many things in the basket.
    pub fn bytes(&self, cart_count: i64) -> std::result::Result<Bytes, PageError> {
        if cart_count == 0 { Ok(self.bytes.clone()) } else { self.page.render(cart_count) }
    }
}

/// When what changed last, in numbers of the log.
#[derive(Default)]
struct News {
    /// The newest change that was read; none before the first turn.
    seen: Option<i64>,
    everything: i64,
    anything: i64,
    sellers: HashMap<String, i64>,
}

impl News {
    fn is_good(&self, kept: &Kept) -> bool {
        let changed_at = match &kept.scope {
            Scope::AnyChange => self.anything,
            Scope::Seller(seller) => self.sellers.get(seller).copied().unwrap_or(0),
        };
        kept.read_at >= self.everything.max(changed_at)
    }

    fn everything_changed(&mut self, seq: i64) {
        self.seen = Some(seq);
        self.everything = seq;
        self.sellers.clear();
    }

    fn take(&mut self, change: &Change) {
        let is_next = self.seen.is_some_and(|seen| seen + 1 == change.seq);
        if !is_next || change.product_id == EVERYTHING || self.sellers.len() > MOST_SELLERS {
            return self.everything_changed(change.seq);
        }
        self.seen = Some(change.seq);
        self.anything = change.seq;
        let seller = change.seller_id.as_ref().unwrap_or(&change.product_id);
        self.sellers.insert(seller.clone(), change.seq);
    }
}

/// The catalogue in memory.
pub struct Catalogue {
    categories: RwLock<Option<Categories>>,
    pages: moka::sync::Cache<String, Arc<Kept>>,
    news: RwLock<News>,
    begun: Instant,
    /// Until when memory may be trusted, in milliseconds since `begun`.
    trusted_until: AtomicU64,
}

impl Default for Catalogue {
    fn default() -> Catalogue {
        let weight = |key: &String, kept: &Arc<Kept>| {
            // the bytes, about as much again for the data they were made of, and the key
            u32::try_from(key.len() + 2 * kept.bytes.len() + 512).unwrap_or(u32::MAX)
        };
        Catalogue {
            categories: RwLock::default(),
            pages: moka::sync::Cache::builder().max_capacity(ROOM).weigher(weight).build(),
            news: RwLock::default(),
            begun: Instant::now(),
            trusted_until: AtomicU64::new(0),
        }
    }
}

impl Catalogue {
    /// The sections of the market as last read.
    pub fn categories(&self) -> Categories {
        self.categories.read().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }

    /// Reads them when they are not known yet.
    pub async fn know_categories(&self, store: &Store) -> Result<()> {
        if self.categories.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        self.read_categories(store).await
    }

    async fn read_categories(&self, store: &Store) -> Result<()> {
        let read = Categories(Arc::from(store.categories().await?));
        let known = (!read.is_empty()).then_some(read);
        *self.categories.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// The page under `key`, from memory when it is there and true, else made by `read`.
    pub async fn page(
        &self,
        key: String,
        read: impl AsyncFnOnce() -> std::result::Result<BrowsePage, PageError>,
    ) -> std::result::Result<Arc<Kept>, PageError> {
        let trusted = self.is_trusted();
        if trusted
            && let Some(kept) = self.pages.get(&key)
            && self.news.read().unwrap_or_else(PoisonError::into_inner).is_good(&kept)
        {
            return Ok(kept);
        }
        let read_at = self.news.read().unwrap_or_else(PoisonError::into_inner).seen;
        let page = read().await?;
        let kept = Kept { bytes: page.render(0)?, scope: page.scope(), page, read_at: read_at.unwrap_or(0) };
        let kept = Arc::new(kept);
        if trusted && read_at.is_some() {
            self.pages.insert(key, kept.clone());
        }
        Ok(kept)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_trusted(&self) -> bool {
        self.now_ms() < self.trusted_until.load(Ordering::Acquire)
    }

    /// Reads the log until `stop`.
    pub async fn follow(&self, store: &Store, stop: CancellationToken) {
        let mut works = true;
        while !stop.is_cancelled() {
            let turned = self.turn(store).await;
            match &turned {
                Err(error) if works => {
                    tracing::warn!(%error, "cannot read the catalogue's changes; pages come from the database");
                }
                Ok(()) if !works => tracing::info!("the catalogue's changes can be read again"),
                _ => {}
            }
            works = turned.is_ok();
            tokio::select! {
                () = tokio::time::sleep(TURN) => {}
                () = stop.cancelled() => {}
            }
        }
        self.trusted_until.store(0, Ordering::Release);
    }

    /// One turn: what changed since the last one. Public for tests, which turn by hand.
    pub async fn turn(&self, store: &Store) -> Result<()> {
        let asked_at = self.now_ms();
        let caught_up = self.catch_up(store).await;
        let until = if caught_up.is_ok() { asked_at + TRUST.as_millis() as u64 } else { 0 };
        self.trusted_until.store(until, Ordering::Release);
        caught_up
    }

    async fn catch_up(&self, store: &Store) -> Result<()> {
        let seen = self.news.read().unwrap_or_else(PoisonError::into_inner).seen;
        let Some(mut seen) = seen else {
            let last = store.last_change().await?;
            self.read_categories(store).await?;
            self.news.write().unwrap_or_else(PoisonError::into_inner).everything_changed(last);
            return Ok(());
        };
        loop {
            let changes = store.changes_after(seen, BATCH).await?;
            let Some(last) = changes.last() else { return Ok(()) };
            seen = last.seq;
            if changes.iter().any(|change| change.product_id == EVERYTHING) {
                self.read_categories(store).await?;
            }
            let mut news = self.news.write().unwrap_or_else(PoisonError::into_inner);
            changes.iter().for_each(|change| news.take(change));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(seq: i64, product: &str, seller: Option<&str>) -> Change {
        Change { seq, product_id: product.to_owned(), seller_id: seller.map(str::to_owned) }
    }

    #[test]
    fn a_gap_in_the_log_means_that_everything_changed() {
        let mut news = News::default();
        news.everything_changed(5);
        news.take(&change(6, "prd_a", Some("sel_a")));
        assert_eq!((news.everything, news.anything, news.sellers.get("sel_a")), (5, 6, Some(&6)));
        news.take(&change(9, "prd_b", Some("sel_b")));
        assert_eq!((news.seen, news.everything), (Some(9), 9));
    }
}
