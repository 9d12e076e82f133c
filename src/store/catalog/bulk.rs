//! Many rows at once, for markets that have to be large. Nothing here tells the read models: who is
//! done calls [`Write::note_change`] with [`super::changes::EVERYTHING`].

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use super::terms_of;
use crate::base::clock::Millis;
use crate::market::catalog::Product;
use crate::market::subscription::Period;
use crate::store::{Result, Write};

/// The most products of one statement: with 12 values each, far below what SQLite binds (32,766).
pub const ROWS: usize = 500;

/// The most words of one statement.
const TERMS: usize = 4000;

/// `($1, $2), ($3, $4)` for two rows of two values.
fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

fn insert(into: &str, rows: usize, columns: usize) -> Query<'static, Any, AnyArguments> {
    // our own words and placeholders only
    sqlx::query(AssertSqlSafe(format!("INSERT INTO {into} VALUES {} ON CONFLICT DO NOTHING", places(rows, columns))))
}

impl Write {
    /// Writes up to [`ROWS`] products with their shelves and words. Those that are there stay as they are.
    pub async fn insert_products(&mut self, products: &[(Product, i64)], now: Millis) -> Result<()> {
        let columns = "products (id, seller_id, slug, title, description, category, price_minor, currency, picture, \
                       period, is_active, is_wonky, created_at)";
        let mut query = insert(columns, products.len(), 13);
        for (product, _) in products {
            query = query
                .bind(product.id.to_string())
                .bind(product.seller.to_string())
                .bind(product.slug.clone())
                .bind(product.title.clone())
                .bind(product.description.clone())
                .bind(product.category.clone())
                .bind(product.price.minor)
                .bind(product.price.currency.code())
                .bind(product.picture.clone())
                .bind(product.period.map(Period::word))
                .bind(i64::from(product.is_active))
                .bind(i64::from(product.is_wonky))
                .bind(now.0);
        }
        query.execute(self.connection()).await?;
        let mut shelves = insert("stock (product_id, available)", products.len(), 2);
        for (product, available) in products {
            shelves = shelves.bind(product.id.to_string()).bind(*available);
        }
        shelves.execute(self.connection()).await?;
        let of_one = |(product, _): &(Product, i64)| {
            let id = product.id.to_string();
            terms_of(product).into_iter().map(move |term| (term, id.clone())).collect::<Vec<_>>()
        };
        let terms: Vec<(String, String)> = products.iter().flat_map(of_one).collect();
        for terms in terms.chunks(TERMS) {
            let mut query = insert("product_terms (term, product_id)", terms.len(), 2);
            for (term, id) in terms {
                query = query.bind(term.clone()).bind(id.clone());
            }
            query.execute(self.connection()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_on_from_row_to_row() {
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
    }
}
