use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::base::ids::ProductId;
use crate::market::catalog::Product;
use crate::store::catalog::listing::{Sort, Wanted};

#[tokio::test]
async fn the_first_page_shows_the_market_and_is_the_same_for_everybody() {
    let market = Market::open().await;
    let page = market.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Quill &#38; Comb", "Things that go wrong", "9 makers", "/assets/pictures/honey.webp"] {
        assert!(page.body.contains(words), "{words}");
    }
    assert_eq!(page.body, market.get("/").await.body);
    assert!(page.headers.get(SET_COOKIE).is_none(), "a visitor who only looks gets no cookie");
}

#[tokio::test]
async fn products_are_found_by_word_section_seller_and_price() {
    let market = Market::open().await;
    let honey = market.get("/search?q=HONEYS").await;
    assert!(honey.body.contains("Wildflower honey") && !honey.body.contains("Garlic braid"));
    assert!(market.get("/search?category=music").await.body.contains("/assets/pictures/banjo.webp"));
    assert!(market.get("/search?seller=three-pots").await.body.contains("Three Pots"));
    let cheap = market.get("/search?q=honey&max=9").await;
    assert!(cheap.body.contains("Honey butter") && !cheap.body.contains("Wildflower honey"));
    for nothing in ["/search?q=zzzz", "/search?seller=nobody", "/search?q=%21%21", "/search?category=nothing"] {
        let page = market.get(nothing).await;
        assert_eq!(page.status, StatusCode::OK, "{nothing}");
        assert!(page.body.contains("Nothing on the tables for that"), "{nothing}");
    }
}

#[tokio::test]
async fn an_amount_that_is_none_comes_back_beside_its_field() {
    let market = Market::open().await;
    for bad in ["min=-1", "min=1.234", "max=ten", "max=99999999999999999999"] {
        let page = market.get(&format!("/search?{bad}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(page.body.contains("field__error"), "{bad}");
        assert!(page.body.contains(&format!("value=\"{}\"", &bad[4..])), "{bad}");
    }
}

#[tokio::test]
async fn every_order_shows_every_product_once_page_by_page() {
    let market = Market::open().await;
    for sort in [Sort::Newest, Sort::PriceLow, Sort::PriceHigh, Sort::Name] {
        let mut seen: Vec<Product> = Vec::new();
        let mut after: Option<ProductId> = None;
        loop {
            let wanted = Wanted { sort, after: after.clone(), ..Wanted::default() };
            let page = market.ctx.store.listing(&wanted, 24).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.product.id.clone());
            seen.extend(page.into_iter().map(|listed| listed.product));
        }
        assert_eq!(seen.len(), 105, "{sort:?}");
        let in_order = |pair: &[Product]| match sort {
            Sort::Newest => pair[0].id > pair[1].id,
            Sort::PriceLow => pair[0].price <= pair[1].price,
            Sort::PriceHigh => pair[0].price >= pair[1].price,
            Sort::Name => pair[0].title <= pair[1].title,
        };
        assert!(seen.windows(2).all(in_order), "{sort:?}");
    }
    let first = market.get("/search").await;
    assert!(first.body.contains("/search?after=prd_") && !first.body.contains("Back to the beginning"));
}

#[tokio::test]
async fn product_and_seller_pages_say_what_is_there() {
    let market = Market::open().await;
    let page = market.get("/p/wildflower-honey").await;
    assert!(page.body.contains("Wildflower honey, unfiltered") && page.body.contains("$12.50"));
    assert!(page.body.contains("name=\"product_id\""));
    let sold = market.get("/p/sold-unicorn").await;
    assert!(sold.body.contains("Sold out") && !sold.body.contains("name=\"product_id\""));
    assert!(market.get("/s/the-patient-loaf").await.body.contains("Bruno Castellane"));
    for nothing in ["/p/nothing", "/s/nobody", "/nowhere", "/pictures/pic_x"] {
        let page = market.get(nothing).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{nothing}");
        assert!(page.body.contains("Not on this market"), "{nothing}");
    }
}

#[tokio::test]
async fn a_warm_page_costs_no_database_and_a_change_shows_after_one_turn() {
    let market = Market::open().await;
    let catalogue = market.shop.catalogue();
    catalogue.turn(&market.ctx.store).await.unwrap();
    for path in ["/", "/p/wildflower-honey", "/s/quill-and-comb", "/search?q=honey"] {
        assert_eq!(market.get(path).await.status, StatusCode::OK);
    }
    let mut tx = market.ctx.store.write().await.unwrap();
    let id = market.product_id("wildflower-honey").await.parse().unwrap();
    let listed = tx.product(&id).await.unwrap().unwrap();
    let renamed = Product { title: "Honey of the roofs".to_owned(), ..listed.product };
    tx.update_product(&renamed, listed.available, market.ctx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!market.get("/p/wildflower-honey").await.body.contains("of the roofs"), "not read again before the turn");
    catalogue.turn(&market.ctx.store).await.unwrap();
    for path in ["/p/wildflower-honey", "/s/quill-and-comb", "/search?q=honey", "/search?q=roof"] {
        assert!(market.get(path).await.body.contains("Honey of the roofs"), "{path}");
    }
    for path in ["/", "/p/wildflower-honey", "/s/quill-and-comb", "/search?q=honey"] {
        market.get(path).await;
    }
    catalogue.turn(&market.ctx.store).await.unwrap();
    market.ctx.store.close().await;
    assert!(catalogue.page("home".to_owned(), async || unreachable!("it is warm")).await.is_ok());
    assert_eq!(market.get("/p/wildflower-honey").await.status, StatusCode::OK);
    // the log cannot be read any more: memory is not trusted
    assert!(catalogue.turn(&market.ctx.store).await.is_err());
    assert!(market.get("/").await.status.is_server_error());
}

#[tokio::test]
async fn following_the_log_shows_a_change_of_another_process_within_a_second() {
    let market = Market::open().await;
    let stop = CancellationToken::new();
    let follower = tokio::spawn({
        let (shop, ctx, stop) = (market.shop.clone(), market.ctx.clone(), stop.clone());
        async move { shop.follow(ctx, stop).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!market.get("/p/wildflower-honey").await.body.contains("Sold out"));
    let mut tx = market.ctx.store.write().await.unwrap();
    let id = market.product_id("wildflower-honey").await.parse().unwrap();
    let listed = tx.product(&id).await.unwrap().unwrap();
    tx.update_product(&listed.product, 0, market.ctx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(market.get("/p/wildflower-honey").await.body.contains("Sold out"));
    stop.cancel();
    follower.await.unwrap();
}
