//! Standing approvals with Amazon Pay: subscriptions and saved ways to pay.

use std::time::Duration;

use pushcart::orders::agreement::{Agreement, Standing};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;
use serde_json::json;

use crate::market::Market;
use crate::visitor::Visitor;

const ANA: &str = "amzn1.account.ANAALLGOOD";
const HARRY: &str = "amzn1.account.HARRYHARD";
const GOOD: &str = "1111";

/// Somebody with an account who has put `slug` into the basket.
async fn shopper(market: &Market, slug: &str) -> Visitor {
    let mut visitor = market.signed_in("ben@example.com").await;
    visitor.open(&market.at(&format!("/p/{slug}"))).await;
    visitor.submit("/cart/items", &[("quantity", "1")]).await;
    visitor
}

/// Subscribes to the bread club; its first order is on hold.
async fn subscribed(market: &Market, buyer: &str, card: &str) -> (Visitor, Agreement) {
    let mut visitor = shopper(market, "bread-club").await;
    market.check_out_with(&mut visitor, "amazon_pay").await;
    market.approve_at_amazon(&mut visitor, buyer, card).await;
    market.settle_down().await;
    let agreement = of_last_order(market).await;
    (visitor, agreement)
}

async fn of_last_order(market: &Market) -> Agreement {
    let id = market.last_order().await.agreement.expect("an order under an agreement");
    market.ctx().store.agreement(&id).await.unwrap().unwrap()
}

async fn orders(market: &Market, agreement: &Agreement) -> Vec<Order> {
    let mut all = market.ctx().store.orders_under(&agreement.buyer, 100).await.unwrap();
    all.retain(|order| order.agreement.as_ref() == Some(&agreement.id));
    all.reverse();
    all
}

async fn next_period(market: &Market) {
    market.later(Duration::from_secs(31 * 24 * 3600)).await;
    market.settle_down().await;
}

#[tokio::test]
async fn a_subscription_is_approved_once_and_charged_each_period_once() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, ANA, GOOD).await;
    assert_eq!(agreement.standing, Standing::Active);
    assert_eq!(agreement.method.as_deref(), Some("Visa ****1111 (Amazon Pay)"));
    // two months in which nobody ran the shop are made up one by one
    market.later(Duration::from_secs(62 * 24 * 3600)).await;
    market.settle_down().await;
    market.settle_down().await;
    let all = orders(&market, &agreement).await;
    assert_eq!(all.iter().map(|order| order.period).collect::<Vec<_>>(), [Some(0), Some(1), Some(2)]);
    assert!(all[1..].iter().all(|order| order.state == State::Reserved), "{:?}", all[1].state);
    assert_eq!(all[0].total, all[2].total);

    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "The bread club");
    visitor.page.says(200, "every month, until you end it");
    visitor.submit("/end", &[]).await;
    visitor.page.says(200, "You ended it");
    market.settle_down().await;
    assert_eq!(market.order(&all[2].id).await.state, State::Reserved, "what was ordered before stays ordered");
    next_period(&market).await;
    assert_eq!(orders(&market, &agreement).await.len(), 3, "nothing more is charged");
    let closing = market.ctx().store.operations_of(agreement.id.as_str()).await.unwrap();
    assert_eq!(closing[0].progress, pushcart::orders::operation::Progress::Succeeded);
    market.books().await;
}

/// On Amazon's page about the agreement: pays with `card` from now on.
async fn change_method(market: &Market, agreement: &Agreement, card: &str) {
    let provider = market.ctx().providers.get("amazon_pay").unwrap();
    let mut buyer = Visitor::new();
    buyer.open(&provider.mend_address(agreement.consent.as_deref().unwrap()).unwrap()).await;
    buyer.submit("/jr/your-account/ba", &[("instrument", card)]).await;
    market.settle_down().await;
}

#[tokio::test]
async fn a_declined_renewal_is_charged_once_the_buyer_has_mended_the_method() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, HARRY, GOOD).await;
    change_method(&market, &agreement, "5252").await;
    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "MasterCard ****5252");
    next_period(&market).await;
    let renewal = market.last_order().await;
    assert_eq!((renewal.period, renewal.state), (Some(1), State::Declined));
    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "Needs your attention");
    visitor.submit("/check", &[]).await;
    visitor.page.says(422, "still cannot charge it");
    // the next period passes without a charge
    next_period(&market).await;
    assert_eq!(orders(&market, &agreement).await.len(), 2);

    change_method(&market, &agreement, GOOD).await;
    let after = market.ctx().store.agreement(&agreement.id).await.unwrap().unwrap();
    assert_eq!((after.standing, after.period), (Standing::Active, 2));
    assert_eq!(market.order(&renewal.id).await.state, State::Reserved, "what was declined is made up for");
    next_period(&market).await;
    assert_eq!(market.last_order().await.period, Some(3));
    market.books().await;
}

#[tokio::test]
async fn news_that_the_method_was_deleted_pauses_it_before_anything_is_declined() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, ANA, GOOD).await;
    let spoil = json!({ "act": "spoil", "reason": "PaymentMethodDeleted", "id": agreement.consent });
    let answer = market.control("POST", "amazon-pay/act", Some(spoil)).await;
    market.settle_down().await;
    let after = market.ctx().store.agreement(&agreement.id).await.unwrap().unwrap();
    assert_eq!(after.standing, Standing::Paused, "{answer}");
    // the news that it was mended is lost: the next period asks
    market
        .control(
            "POST",
            "faults",
            Some(json!({ "provider": "amazon_pay", "operation": "*", "fault": "lose_notification", "times": 1 })),
        )
        .await;
    let repair = json!({ "act": "repair", "id": agreement.consent });
    market.control("POST", "amazon-pay/act", Some(repair)).await;
    next_period(&market).await;
    assert_eq!(orders(&market, &agreement).await.len(), 2);
    market.books().await;
}

#[tokio::test]
async fn a_buyer_who_ends_it_at_amazon_is_heard() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, ANA, GOOD).await;
    let act = json!({ "act": "buyer_closes", "id": agreement.consent });
    let answer = market.control("POST", "amazon-pay/act", Some(act)).await;
    market.settle_down().await;
    let after = market.ctx().store.agreement(&agreement.id).await.unwrap().unwrap();
    assert_eq!(after.standing, Standing::Ended, "{answer}");
    next_period(&market).await;
    assert_eq!(orders(&market, &agreement).await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn what_is_no_longer_offered_ends_its_subscriptions_here_and_at_amazon() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, ANA, GOOD).await;
    let mut tx = market.ctx().store.write().await.unwrap();
    let line = market.ctx().store.order_lines(&market.last_order().await.id).await.unwrap().remove(0);
    let mut listed = tx.product(&line.product).await.unwrap().unwrap();
    listed.product.is_active = false;
    tx.update_product(&listed.product, listed.available, market.ctx().clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    next_period(&market).await;
    let after = market.ctx().store.agreement(&agreement.id).await.unwrap().unwrap();
    assert_eq!(after.standing, Standing::Ended);
    assert_eq!(orders(&market, &agreement).await.len(), 1);
    let closing = market.ctx().store.operations_of(agreement.id.as_str()).await.unwrap();
    assert_eq!(closing[0].progress, pushcart::orders::operation::Progress::Succeeded);
    market.books().await;
}

#[tokio::test]
async fn a_subscription_needs_an_account() {
    let Some(market) = Market::open().await else { return };
    for provider in ["amazon_pay", "fps"] {
        let mut guest = market.visitor_with("bread-club", "1").await;
        market.check_out_with(&mut guest, provider).await;
        guest.page.says(422, "sign in to subscribe");
    }
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_way_to_pay_that_is_kept_is_charged_without_leaving_the_shop() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = shopper(&market, "wildflower-honey").await;
    visitor.open(&market.at("/checkout")).await;
    let mut form = crate::market::ADDRESS.to_vec();
    form.retain(|(name, _)| *name != "provider");
    let first: Vec<_> = form.iter().copied().chain([("provider", "amazon_pay"), ("keep", "on")]).collect();
    visitor.submit("/checkout", &first).await;
    market.approve_at_amazon(&mut visitor, ANA, GOOD).await;
    market.settle_down().await;
    let saved = of_last_order(&market).await;
    assert!(saved.is_saved_method(market.ctx().clock.now()), "{saved:?}");

    visitor.open(&market.at("/p/wildflower-honey")).await;
    visitor.submit("/cart/items", &[("quantity", "2")]).await;
    visitor.open(&market.at("/checkout")).await;
    visitor.page.says(200, "Visa ****1111");
    let again: Vec<_> = form.iter().copied().chain([("provider", saved.id.as_str())]).collect();
    visitor.submit("/checkout", &again).await;
    visitor.page.says(200, "on hold");
    let order = market.last_order().await;
    assert_eq!((order.state, order.consent), (State::Reserved, saved.consent.clone()));
    assert_eq!(market.count("reserve", "Authorized").await, 2);
    market.books().await;

    // somebody else's saved way is nobody's
    let mut stranger = market.visitor_with("wildflower-honey", "1").await;
    stranger.open(&market.at("/checkout")).await;
    stranger.submit("/checkout", &again).await;
    stranger.page.says(422, "cannot be used any more");
}

#[tokio::test]
async fn a_first_payment_that_is_declined_leaves_nothing_standing() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = shopper(&market, "bread-club").await;
    market.check_out_with(&mut visitor, "amazon_pay").await;
    market.approve_at_amazon(&mut visitor, "amzn1.account.RITAREJECTED", "5353").await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Declined);
    assert_eq!(of_last_order(&market).await.standing, Standing::Asked);
    // another card, and it stands
    visitor.open(&market.at(&format!("/orders/{}", order.id))).await;
    visitor.submit("/pay", &[]).await;
    market.approve_at_amazon(&mut visitor, ANA, GOOD).await;
    market.settle_down().await;
    assert_eq!(of_last_order(&market).await.standing, Standing::Active);
    market.books().await;
}
