//! The read model.

use std::sync::{Arc, RwLock};

use super::page::Categories;
use crate::store::{Result, Store};

/// The catalogue in memory.
#[derive(Default)]
pub struct Catalogue {
    categories: RwLock<Option<Categories>>,
}

impl Catalogue {
    /// The sections of the market as last read.
    pub fn categories(&self) -> Categories {
        self.categories.read().map(|known| known.clone().unwrap_or_default()).unwrap_or_default()
    }

    /// Reads them when they are not known yet.
    pub async fn know_categories(&self, store: &Store) -> Result<()> {
        if self.categories.read().is_ok_and(|known| known.is_none()) {
            let read = Categories(Arc::from(store.categories().await?));
            if !read.is_empty()
                && let Ok(mut known) = self.categories.write()
            {
                *known = Some(read);
            }
        }
        Ok(())
    }
}
