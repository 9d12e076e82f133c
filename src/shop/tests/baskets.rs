use super::*;
use crate::flows::voice;
use crate::store::voice::VoiceUser;

/// Somebody who has put two jars of honey into a basket by voice.
pub(super) async fn spoken_basket(market: &Market) -> VoiceUser {
    let user = voice::user(&market.ctx, "amzn1.ask.account.TEST", None, "{}").await.unwrap();
    let honey = market.product_id("wildflower-honey").await.parse().unwrap();
    voice::add(&market.ctx, &user, &honey, 2).await.unwrap();
    user
}

#[tokio::test]
async fn a_basket_filled_by_voice_goes_on_in_a_browser() {
    let market = Market::open().await;
    let user = spoken_basket(&market).await;
    let mut visitor = market.visitor();
    let page = visitor.get(&market.ctx.paths.voice_cart(&user.cart)).await;
    assert!(page.body.contains("Your cart from Alexa") && page.body.contains("2 × Wildflower honey"), "{}", page.body);
    assert!(visitor.cookies.is_empty(), "a look takes nothing");
    assert_eq!(visitor.post("/cart/voice", &[("key", &user.cart)]).await.leads_to(), "/cart");
    assert!(visitor.get("/cart").await.body.contains("$25.00"));
    // nobody opens another visitor's basket with it
    let other = crate::base::ids::secret();
    for key in [other.as_str(), "", "x", "'; drop"] {
        assert_eq!(visitor.get(&market.ctx.paths.voice_cart(key)).await.status, StatusCode::NOT_FOUND, "{key}");
        assert_eq!(visitor.post("/cart/voice", &[("key", key)]).await.status, StatusCode::NOT_FOUND, "{key}");
    }
}

#[tokio::test]
async fn a_basket_holds_several_sellers_and_is_counted_on_every_page() {
    let market = Market::open().await;
    let mut ana = market.visitor();
    let (honey, teapot) = (market.product_id("wildflower-honey").await, market.product_id("pink-teapot").await);
    let added = ana.post("/cart/items", &[("product_id", &honey), ("quantity", "2")]).await;
    assert_eq!((added.status, added.leads_to()), (StatusCode::SEE_OTHER, "/cart"));
    ana.post("/cart/items", &[("product_id", &teapot)]).await;
    let page = ana.get("/cart").await;
    assert!(page.body.contains("Quill &#38; Comb") && page.body.contains("Three Pots"), "{}", page.body);
    assert!(page.body.contains("$25.00") && page.body.contains("2 sellers, 2 parcels"));
    assert!(ana.get("/").await.body.contains("things in it: </span>3</span>"));
    assert!(!market.get("/").await.body.contains("things in it"), "others do not see it");
    let removed = ana.post(&format!("/cart/items/{teapot}"), &[("quantity", "0")]).await;
    assert_eq!(removed.leads_to(), "/cart");
    assert!(!ana.get("/cart").await.body.contains("Three Pots"));
    ana.post(&format!("/cart/items/{honey}"), &[("quantity", "0")]).await;
    assert!(ana.cookies.is_empty(), "an empty basket is forgotten");
    assert!(ana.get("/cart").await.body.contains("Nothing in it yet"));
}

#[tokio::test]
async fn a_quantity_that_cannot_be_is_refused_with_the_product_s_page() {
    let market = Market::open().await;
    let honey = market.product_id("wildflower-honey").await;
    for bad in ["-1", "0", "100", "1.5", "lots", "99999999999999999999999", ""] {
        let mut visitor = market.visitor();
        let answer = visitor.post("/cart/items", &[("product_id", &honey), ("quantity", bad)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(answer.body.contains("A whole number from 1 to 99"), "{bad}");
        assert!(visitor.cookies.is_empty(), "{bad}");
    }
}

#[tokio::test]
async fn what_is_sold_out_or_unknown_does_not_get_into_a_basket() {
    let market = Market::open().await;
    let mut visitor = market.visitor();
    let (sold, last) = (market.product_id("sold-unicorn").await, market.product_id("last-light-bulb").await);
    let answer = visitor.post("/cart/items", &[("product_id", &sold), ("quantity", "1")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Sold out."));
    let answer = visitor.post("/cart/items", &[("product_id", &last), ("quantity", "2")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("There is only one"), "{}", answer.body);
    for unknown in ["prd_00000000000000000000000000", "1", ""] {
        let answer = visitor.post("/cart/items", &[("product_id", unknown), ("quantity", "1")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{unknown}");
    }
    assert_eq!(visitor.post("/cart/items", &[("product_id", &last)]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_line_that_cannot_be_changed_says_so_and_keeps_its_number() {
    let market = Market::open().await;
    let mut visitor = market.visitor();
    let last = market.product_id("last-light-bulb").await;
    visitor.post("/cart/items", &[("product_id", &last)]).await;
    for bad in ["2", "-3", "many"] {
        let answer = visitor.post(&format!("/cart/items/{last}"), &[("quantity", bad)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(answer.body.contains("line__problem"), "{bad}");
        assert!(answer.body.contains(&format!("value=\"{bad}\"")), "what was typed is still there: {bad}");
    }
    assert!(visitor.get("/cart").await.body.contains("value=\"1\""));
}

#[tokio::test]
async fn a_product_that_sells_out_elsewhere_stops_the_checkout() {
    let market = Market::open().await;
    let mut visitor = market.visitor();
    let last = market.product_id("last-light-bulb").await;
    visitor.post("/cart/items", &[("product_id", &last)]).await;
    assert!(visitor.get("/cart").await.body.contains("Go to checkout"));
    let mut tx = market.ctx.store.write().await.unwrap();
    tx.set_stock(&last.parse().unwrap(), 0).await.unwrap();
    tx.commit().await.unwrap();
    let page = visitor.get("/cart").await;
    assert!(page.body.contains("Sold out. Please remove it.") && !page.body.contains("Go to checkout"));
}
