//! A database that is locked or full: a calm answer, nothing changed, and the same form works later.

use super::buying::{ADDRESS, but};
use super::desks::{ADA, picture};
use super::*;

/// The database's own sentence, that a page must not show.
const INSIDE: &str = "database";

fn is_calm(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    assert!(answer.body.contains("nothing is lost") && !answer.body.contains(INSIDE), "{}", answer.body);
}

#[tokio::test]
async fn a_locked_database_answers_calmly_and_the_same_form_works_afterwards() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    market.ctx.store.tell_writer("PRAGMA busy_timeout = 20").await;
    let url = format!("sqlite://{}", market.folder.path().join("shop.db").display());
    let other = Store::open(&url).await.unwrap();
    let lock = other.write().await.unwrap();

    is_calm(&guest.post("/checkout", &ADDRESS).await);
    let honey = market.product_id("wildflower-honey").await;
    is_calm(&guest.post("/cart/items", &[("product_id", &honey)]).await);
    for page in ["/", "/p/pretzel", "/search?q=honey", "/cart", "/checkout"] {
        assert_eq!(guest.get(page).await.status, StatusCode::OK, "{page} is read while somebody writes");
    }
    assert_eq!(market.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(market.orders().await.is_empty());

    drop(lock);
    let sent = guest.post("/checkout", &ADDRESS).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(market.orders().await.len(), 1);
    assert_eq!(market.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_full_disk_loses_no_order_and_no_piece_of_stock() {
    let market = Market::with_till().await;
    market.ctx.store.tell_writer("PRAGMA max_page_count = 1").await; // as large as it is now
    let bagel = market.ctx.store.product_by_slug("pretzel").await.unwrap().unwrap();
    let mut placed = 0;
    let mut guest = loop {
        let mut guest = market.visitor();
        let added = guest.post("/cart/items", &[("product_id", bagel.product.id.as_str())]).await;
        if added.status != StatusCode::SEE_OTHER {
            is_calm(&added);
            market.ctx.store.tell_writer("PRAGMA max_page_count = 100000").await;
            guest.post("/cart/items", &[("product_id", bagel.product.id.as_str())]).await;
            market.ctx.store.tell_writer("PRAGMA max_page_count = 1").await;
        }
        let line = format!("{} Orchard Lane", "1".repeat(80));
        let sent = guest.post("/checkout", &but("line1", &line)).await;
        if sent.status != StatusCode::SEE_OTHER {
            is_calm(&sent);
            break guest;
        }
        placed += 1;
        assert!(placed < 200, "the disk never fills up");
    };
    assert_eq!(market.ctx.store.all_orders("~", 300).await.unwrap().len(), placed);
    let left = market.ctx.store.available(&bagel.product.id).await.unwrap();
    assert_eq!(left, bagel.available - i64::try_from(placed).unwrap());
    assert!(guest.get("/cart").await.body.contains("Pretzel") || guest.get("/cart").await.body.contains("pretzel"));

    market.ctx.store.tell_writer("PRAGMA max_page_count = 100000").await;
    assert_eq!(guest.post("/checkout", &ADDRESS).await.status, StatusCode::SEE_OTHER);
    assert_eq!(market.ctx.store.all_orders("~", 300).await.unwrap().len(), placed + 1);
    assert_eq!(crate::flows::books::read(&market.ctx.store).await.unwrap().problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_that_does_not_fit_on_the_disk_lists_nothing() {
    let market = Market::open().await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    market.ctx.store.tell_writer("PRAGMA max_page_count = 1").await;
    is_calm(&ada.post_product("/sell/products/new", &super::desks::FIELDS, &picture()).await);
    assert!(market.ctx.store.product_by_slug("a-script-alert-1-script-mug").await.unwrap().is_none());
    market.ctx.store.tell_writer("PRAGMA max_page_count = 100000").await;
    let listed = ada.post_product("/sell/products/new", &super::desks::FIELDS, &picture()).await;
    assert_eq!(listed.status, StatusCode::SEE_OTHER, "{}", listed.body);
}
