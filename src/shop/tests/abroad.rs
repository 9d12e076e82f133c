//! Shops that are kept in another currency than dollars.

use super::desks::{ADA, FIELDS};
use super::*;
use crate::market::sellers::Registration;

const HONEY: &str = "wildflower-honey";

#[tokio::test]
async fn a_shop_in_yen_shows_whole_yen_from_the_shelf_to_the_checkout() {
    let market = Market::kept_in("JPY").await;
    let home = market.get("/").await;
    assert!(home.body.contains('¥') && !home.body.contains('$') && !home.body.contains('€'), "{}", home.body);
    let product = market.get(&format!("/p/{HONEY}")).await;
    assert!(product.body.contains("¥1,250") && !product.body.contains("1,250.00"));

    let mut guest = market.visitor();
    let id = market.product_id(HONEY).await;
    guest.post("/cart/items", &[("product_id", &id), ("quantity", "2")]).await;
    assert!(guest.get("/cart").await.body.contains("¥2,500"));
    let checkout = guest.get("/checkout").await;
    // the goods, the standard parcel, gift wrap as a choice, and no sales tax anywhere
    for words in ["¥2,500", "¥500", "¥1,200", "¥300", "¥3,000", "Kyoto", "no tax is added here"] {
        assert!(checkout.body.contains(words), "{words}: {}", checkout.body);
    }
    for words in ["Sales tax", "payment sandbox declines", "$"] {
        assert!(!checkout.body.contains(words), "{words}");
    }
    assert_eq!(checkout.body.matches("name=\"provider\"").count(), 1, "who cannot take yen is not offered");
    assert!(checkout.body.contains("The till abroad"));
}

#[tokio::test]
async fn who_cannot_take_the_currency_cannot_be_chosen_either() {
    let market = Market::kept_in("EUR").await;
    let mut guest = market.visitor();
    let id = market.product_id(HONEY).await;
    guest.post("/cart/items", &[("product_id", &id), ("quantity", "1")]).await;
    let mut form = vec![
        ("form_key", "0123456789abcdef0123456789abcdef"),
        ("email", "ana@example.com"),
        ("name", "Ana Bell"),
        ("line1", "12 Orchard Lane"),
        ("city", "Leipzig"),
        ("postal_code", "04109"),
        ("country", "DE"),
        ("shipping_method", "standard"),
        ("provider", "till"),
    ];
    let refused = guest.post("/checkout", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Please choose how to pay."));
    form[8].1 = "abroad";
    let sent = guest.post("/checkout", &form).await;
    assert!(sent.leads_to().contains("/approve?at=abroad"), "{}", sent.body);
    let order = market.ctx.store.all_orders("~", 1).await.unwrap().remove(0);
    assert_eq!(order.total.to_string(), "€17.50");
    let page = guest.get(&format!("/orders/{}", order.id)).await;
    assert!(page.body.contains("€12.50") && !page.body.contains("Sales tax"));
}

#[tokio::test]
async fn a_price_in_yen_is_typed_without_decimals() {
    let market = Market::kept_in("JPY").await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    assert!(ada.get("/sell/products/new").await.body.contains("In JPY, like 1250, without shipping."));
    let mut form = FIELDS.to_vec();
    let refused = ada.post_product("/sell/products/new", &form, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("JPY has no decimals. Please write a whole number."));
    assert!(refused.body.contains("value=\"12.50\""), "what was typed is kept");
    form[4].1 = "¥1,450";
    let listed = ada.post_product("/sell/products/new", &form, &[]).await;
    assert_eq!(listed.status, StatusCode::SEE_OTHER, "{}", listed.body);
    assert!(ada.get(listed.leads_to()).await.body.contains("value=\"1450\""));

    let found = market.get("/search?min=1450&max=%C2%A51,450").await;
    assert!(found.status == StatusCode::OK && found.body.contains("alert(1)"));
    let odd = market.get("/search?min=14.50").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.body.contains("JPY has no decimals: a whole number, please, like 1250."), "{}", odd.body);
}

#[tokio::test]
async fn where_the_market_pays_the_sellers_one_form_opens_a_stall() {
    let market = Market::kept_in("EUR").await;
    let about = market.get("/sell").await;
    assert!(about.body.contains("€0.30") && about.body.contains("We take the payment for you"));
    assert!(!about.body.contains("The payment service pays you"));

    let mut ana = Visitor::signed_in(&market, "ana@example.com").await;
    let form = ana.get("/sell/register").await;
    assert!(form.body.contains("Open the stall") && !form.body.contains("at the payment service"), "{}", form.body);
    let form = [
        ("name", "Ana's Ants"),
        ("tagline", "Small and many"),
        ("story", "They walk in line."),
        ("ships_from", "Leipzig"),
        ("email", "ana@example.com"),
        ("return_policy", "Thirty days."),
        ("shipping_policy", "Tomorrow."),
        ("accept_terms", "yes"),
    ];
    for _ in 0..2 {
        assert_eq!(ana.post("/sell/register", &form).await.leads_to(), "/sell/desk");
    }
    let desk = ana.get("/sell/desk").await;
    assert!(desk.body.contains("Your stall is open.") && desk.body.contains("€0.00"), "{}", desk.body);
    assert!(!desk.body.contains("not open yet"));

    let ants = market.ctx.store.seller_by_slug("ana-s-ants").await.unwrap().unwrap();
    assert_eq!((ants.state, ants.fee.fixed.to_string()), (Registration::Registered, "€0.30".to_owned()));
    let operations = market.ctx.store.operations_of(ants.id.as_str()).await.unwrap();
    assert!(operations.is_empty(), "nobody else is asked: {operations:?}");
    let acts = market.ctx.store.audit_of(ants.id.as_str()).await.unwrap();
    assert_eq!(acts.iter().filter(|act| act.act == "seller registered").count(), 1);
    let letters = market.get("/mailbox").await;
    assert_eq!(letters.body.matches("is open for business").count(), 1);

    // what is listed now can be bought
    let mut product = FIELDS.to_vec();
    product[1].1 = "An ant";
    let listed = ana.post_product("/sell/products/new", &product, &[]).await;
    assert_eq!(listed.status, StatusCode::SEE_OTHER, "{}", listed.body);
    assert!(market.get("/p/an-ant").await.body.contains("€12.50"));
}

#[tokio::test]
async fn a_stall_that_was_closed_opens_again_where_nobody_registers_sellers() {
    let market = Market::kept_in("EUR").await;
    let ada = market.ctx.store.seller_by_slug("quill-and-comb").await.unwrap().unwrap();
    let mut olga = Visitor::signed_in(&market, "operator@example.com").await;
    let desk = format!("/admin/sellers/{}", ada.id);
    olga.post(&desk, &[("decision", "suspend")]).await;
    assert_eq!(market.get(&format!("/p/{HONEY}")).await.status, StatusCode::NOT_FOUND);
    olga.post(&desk, &[("decision", "reinstate")]).await;
    assert_eq!(market.get(&format!("/p/{HONEY}")).await.status, StatusCode::OK);
}
