//! Before a buyer is sent to pay, the payment service is asked whether the sellers can be paid at all.

use pushcart::base::clock::minutes;
use serde_json::json;

use crate::market::{ADDRESS, Market};
use crate::purchase::{fault, fault_times};

/// What the account of the seller of honey is told.
async fn tell(market: &Market, what: &str, value: &str) {
    market.control("POST", "fps/accounts", Some(json!({ "account_id": account(market).await, what: value }))).await;
}

/// The account at the payment service of who sells honey.
async fn account(market: &Market) -> String {
    let all = market.control("GET", "fps/accounts", None).await;
    let seller = market.ctx().store.product_by_slug("hot-honey").await.unwrap().unwrap().product.seller;
    let payee = market.ctx().store.payee(&seller, "fps").await.unwrap().unwrap();
    let own = all["accounts"].as_array().unwrap().iter().find(|one| one["email"] == payee.email.as_str());
    own.unwrap_or_else(|| panic!("{} in {all}", payee.email))["account_id"].as_str().unwrap().to_owned()
}

const FPS: &str = r#"name="provider" value="fps""#;

#[tokio::test]
async fn who_cannot_be_paid_there_is_not_paid_for_there() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("hot-honey", "1").await;
    for (what, value, said) in [
        ("verification", "VerificationPending", "is still being verified"),
        ("state", "suspended", "is limited right now"),
    ] {
        tell(&market, what, value).await;
        market.later(minutes(10)).await;
        buyer.open(&market.at("/checkout")).await;
        buyer.page.says(200, said);
        assert!(!buyer.page.html.contains(FPS), "{what}");
        buyer.submit("/checkout", &[&ADDRESS[..], &[("provider", "fps")]].concat()).await;
        buyer.page.says(422, said);
        tell(&market, what, if what == "state" { "active" } else { "VerificationComplete" }).await;
        market.later(minutes(1)).await;
        buyer.open(&market.at("/checkout")).await;
        assert!(buyer.page.html.contains(FPS) && !buyer.page.text().contains(said), "{what} is mended");
    }
    // silence stands against nobody
    market.later(minutes(10)).await;
    fault_times(&market, "GetRecipientVerificationStatus", "drop_request", 20).await;
    buyer.open(&market.at("/checkout")).await;
    assert!(buyer.page.html.contains(FPS));
    market.control("DELETE", "faults", None).await;
    market.check_out(&mut buyer).await;
    market.approve(&mut buyer, "acc_bill", "ABT").await;
    market.settle_down().await;
    assert_eq!(market.count("pay", "Success").await, 1);
}

#[tokio::test]
async fn a_way_to_pay_is_kept_only_where_the_list_can_name_ourselves() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = crate::fps_standing::shopper(&market, "hot-honey").await;
    fault(&market, "GetTokenByCaller", "drop_request").await;
    buyer.open(&market.at("/checkout")).await;
    buyer.submit("/checkout", &[&ADDRESS[..], &[("keep", "on")]].concat()).await;
    buyer.page.says(422, "cannot be kept right now");
    assert!(market.ctx().store.all_orders("~", 10).await.unwrap().is_empty());
    buyer.submit("/checkout", &[&ADDRESS[..], &[("keep", "on")]].concat()).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    let order = market.last_order().await;
    let kept = market.ctx().store.agreements_of(order.buyer.as_ref().unwrap(), 10).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn what_the_pages_remark_is_kept_with_the_order() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("hot-honey", "1").await;
    buyer.open(&market.at("/checkout")).await;
    buyer.submit("/checkout", &[&ADDRESS[..], &[("postal_code", "NONE")]].concat()).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    let order = market.last_order().await;
    let seller = market.seller_at(&order).await;
    seller.page.says(200, "The payment service remarked");
    seller.page.says(200, "invalidShippingAddress: The shipping address is not valid.");
}
