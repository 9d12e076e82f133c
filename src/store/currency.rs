//! The one currency that a market is written in.

use super::{Result, Store};
use crate::base::money::Currency;

impl Store {
    /// A currency other than `shop` in which a product, a seller's fee or an order is written down.
    /// Looks at the ends of three indexes, however large the market is.
    pub async fn other_currency(&self, shop: Currency) -> Result<Option<String>> {
        let found: Vec<Option<String>> = sqlx::query_scalar(
            "SELECT MIN(currency) FROM products UNION SELECT MAX(currency) FROM products
              UNION SELECT MIN(currency) FROM sellers UNION SELECT MAX(currency) FROM sellers
              UNION SELECT MIN(currency) FROM orders UNION SELECT MAX(currency) FROM orders",
        )
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(found.into_iter().flatten().find(|code| code != shop.code()))
    }
}
