//! A basket from several sellers is approved once, and becomes one charge for each of them.

use std::time::Duration;

use pushcart::base::clock::minutes;
use pushcart::orders::operation::{Kind, Operation, Progress, Request};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::fps_standing::{is_active, operations, refuse};
use crate::market::Market;
use crate::visitor::Visitor;

/// Somebody on the provider's sign-in page with these products, one of each, in the basket.
async fn shopper(market: &Market, slugs: &[&str]) -> Visitor {
    let mut visitor = filled(market, slugs).await;
    market.check_out(&mut visitor).await;
    visitor
}

async fn filled(market: &Market, slugs: &[&str]) -> Visitor {
    let mut visitor = Visitor::new();
    for slug in slugs {
        visitor.open(&market.at(&format!("/p/{slug}"))).await;
        visitor.submit("/cart/items", &[("quantity", "1")]).await;
    }
    visitor
}

/// The orders of the newest basket, in the order of their sellers' names in addresses.
pub async fn basket(market: &Market) -> Vec<Order> {
    let newest = market.last_order().await;
    market.ctx().store.orders_of_checkout(&newest.checkout).await.unwrap()
}

/// The order of the newest basket that costs so much.
async fn costing(market: &Market, minor: i64) -> Order {
    let all = basket(market).await;
    all.into_iter().find(|order| order.total.minor == minor).unwrap_or_else(|| panic!("nothing costs {minor}"))
}

async fn states(market: &Market) -> Vec<State> {
    basket(market).await.into_iter().map(|order| order.state).collect()
}

/// The approvals that were asked for the whole newest basket.
async fn asked(market: &Market) -> Vec<Operation> {
    operations(market, market.last_order().await.checkout.as_str(), Kind::Consent).await
}

/// What was let go of, and how far that is.
async fn let_go(market: &Market) -> Vec<(String, Progress)> {
    let all = operations(market, market.last_order().await.checkout.as_str(), Kind::CancelAgreement).await;
    let consent = |it: &Operation| match &it.request {
        Request::Withdraw { consent } => consent.clone(),
        other => panic!("{other:?}"),
    };
    all.iter().map(|it| (consent(it), it.progress)).collect()
}

async fn call_off(market: &Market, buyer: &mut Visitor, order: &Order) {
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/cancel", &[]).await;
    market.settle_down().await;
}

/// Approves at the provider; gives the way back without going it.
async fn approve_and_get_lost(visitor: &mut Visitor) -> String {
    visitor.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
    visitor.submit("/payment", &[("method", "CC")]).await;
    let confirm = visitor.page.form("/confirm");
    visitor.once("POST", &confirm.action, Some(confirm.body())).await.headers["location"].clone()
}

const THREE: [&str; 3] = ["pretzel", "hot-honey", "two-hand-mug"];

#[tokio::test]
async fn three_sellers_are_approved_once_and_shipped_one_by_one() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = filled(&market, &THREE).await;
    buyer.open(&market.at("/checkout")).await;
    buyer.page.says(200, "you approve $58.00 once");
    buyer.page.says(200, "shared among three sellers");
    market.check_out(&mut buyer).await;
    let way = buyer.page.url.clone();
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(states(&market).await, [State::Reserved; 3], "{way}");
    assert_eq!(market.count("reserve", "Reserved").await, 3);
    let orders = basket(&market).await;
    let consent = orders[0].consent.clone().unwrap();
    assert!(orders.iter().all(|order| order.consent.as_ref() == Some(&consent)), "one approval for all");
    assert_eq!(asked(&market).await.len(), 1);
    for order in &orders {
        assert!(operations(&market, order.id.as_str(), Kind::Consent).await.is_empty());
        let takes = operations(&market, order.id.as_str(), Kind::Reserve).await;
        assert_eq!((takes.len(), takes[0].amount), (1, order.total), "each by a reference of its own");
    }

    market.ship(&orders[0]).await;
    market.ship(&orders[1]).await;
    assert!(is_active(&market, &consent).await, "one order lives on it");
    call_off(&market, &mut buyer, &orders[2]).await;
    assert_eq!(states(&market).await, [State::Shipped, State::Shipped, State::Cancelled]);
    assert_eq!(let_go(&market).await, [(consent.clone(), Progress::Succeeded)]);
    assert!(!is_active(&market, &consent).await, "what was left of it is let go");
    assert_eq!((market.count("settle", "Success").await, market.count("reserve", "Cancelled").await), (2, 1));
    market.books().await;
}

#[tokio::test]
async fn bank_and_balance_pay_every_seller_at_once_and_leave_nothing_open() {
    for (persona, method) in [("acc_bonnie", "ACH"), ("acc_bill", "ABT")] {
        let Some(market) = Market::open().await else { return };
        let mut buyer = shopper(&market, &["sourdough-letter", "hot-honey", "pretzel"]).await;
        market.approve(&mut buyer, persona, method).await;
        market.settle_down().await;
        let mut all = states(&market).await;
        all.sort_by_key(|state| state.word());
        assert_eq!(all, [State::Paid, State::Paid, State::Shipped], "{method}: the text is delivered at once");
        assert_eq!(market.count("pay", "Success").await, 3, "{method}");
        assert_eq!(let_go(&market).await.len(), 1, "{method}");
        market.books().await;
    }
}

#[tokio::test]
async fn one_declined_order_leaves_the_others_and_is_paid_by_an_approval_of_its_own() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &["pretzel", "hot-honey", "almost-right-clock"]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    let declined = costing(&market, 3461).await;
    assert_eq!(declined.state, State::Declined);
    let held = [costing(&market, 800).await, costing(&market, 1900).await];
    assert!(held.iter().all(|order| order.state == State::Reserved), "{held:?}");
    let consent = held[0].consent.clone().unwrap();

    buyer.open(&market.at(&format!("/orders/{}", declined.id))).await;
    buyer.submit(&format!("/orders/{}/pay", declined.id), &[]).await;
    let own = operations(&market, declined.id.as_str(), Kind::Consent).await;
    assert!(matches!(&own[..], [Operation { request: Request::Consent { standing: None, .. }, .. }]), "{own:?}");
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    let takes = operations(&market, declined.id.as_str(), Kind::Reserve).await;
    assert_eq!(takes.len(), 2, "its own approval is tried, and never the basket's a second time");
    let by = |take: &Operation| matches!(&take.request, Request::Take { consent: used, .. } if *used == consent);
    assert_eq!(takes.iter().filter(|take| by(take)).count(), 1);
    for order in &held {
        market.ship(order).await;
    }
    assert_eq!(let_go(&market).await, [(consent, Progress::Succeeded)]);
    assert_eq!(market.count("settle", "Success").await, 2);
    market.books().await;
}

#[tokio::test]
async fn a_lost_return_is_found_and_every_order_charged_once() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &THREE).await;
    let back = approve_and_get_lost(&mut buyer).await;
    assert_eq!(states(&market).await, [State::Placed; 3]);
    market.later(Duration::from_secs(11 * 60)).await;
    market.settle_down().await;
    assert_eq!(states(&market).await, [State::Reserved; 3]);
    // and here it comes after all
    buyer.open(&back).await;
    market.settle_down().await;
    assert_eq!(states(&market).await, [State::Reserved; 3]);
    assert_eq!(market.transactions().await.len(), 3);
    market.books().await;
}

#[tokio::test]
async fn a_return_that_is_loaded_again_charges_nobody_twice() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &["pretzel", "hot-honey", "almost-right-clock"]).await;
    let back = approve_and_get_lost(&mut buyer).await;
    for _ in 0..2 {
        buyer.open(&back).await;
    }
    market.settle_down().await;
    buyer.open(&back).await;
    market.settle_down().await;
    assert_eq!(costing(&market, 3461).await.state, State::Declined, "not tried again by the same approval");
    assert_eq!(market.count("reserve", "Reserved").await, 2);
    assert_eq!(market.transactions().await.len(), 3);
    market.books().await;
}

#[tokio::test]
async fn a_lost_answer_to_one_reserve_holds_every_order_once() {
    for lost in ["drop_response", "drop_request"] {
        let Some(market) = Market::open().await else { return };
        let mut buyer = shopper(&market, &THREE).await;
        crate::purchase::fault(&market, "Reserve", lost).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        market.settle_down().await;
        assert_eq!(states(&market).await, [State::Reserved; 3], "{lost}");
        assert_eq!(market.transactions().await.len(), 3, "{lost}");
        market.books().await;
    }
}

#[tokio::test]
async fn an_order_that_is_called_off_before_the_approval_is_never_charged() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &THREE).await;
    let page = buyer.page.clone();
    // in another window
    let off = costing(&market, 800).await;
    call_off(&market, &mut buyer, &off).await;
    buyer.page = page;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(costing(&market, 800).await.state, State::Cancelled);
    let held = [costing(&market, 1900).await, costing(&market, 3100).await];
    assert!(held.iter().all(|order| order.state == State::Reserved), "{held:?}");
    assert_eq!(market.transactions().await.len(), 2);
    for order in &held {
        market.ship(order).await;
    }
    assert_eq!(let_go(&market).await.len(), 1, "with the part that nobody took");
    market.books().await;
}

#[tokio::test]
async fn an_approval_for_orders_that_were_all_called_off_is_let_go_at_once() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &["pretzel", "hot-honey"]).await;
    let back = approve_and_get_lost(&mut buyer).await;
    for order in basket(&market).await {
        call_off(&market, &mut buyer, &order).await;
    }
    assert_eq!(asked(&market).await[0].progress, Progress::Failed, "nobody waits for it any more");
    buyer.open(&back).await;
    market.settle_down().await;
    let closed = let_go(&market).await;
    assert_eq!(closed.len(), 1);
    assert!(!is_active(&market, &closed[0].0).await);
    assert_eq!(market.transactions().await.len(), 0);
    assert_eq!(states(&market).await, [State::Cancelled; 2]);
    market.books().await;
}

#[tokio::test]
async fn leaving_the_pages_charges_nothing_and_what_still_waits_is_approved_together_later() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &THREE).await;
    buyer.submit("/leave", &[]).await;
    buyer.page.says(200, "One approval to give");
    buyer.page.says(200, "You approve $58.00 once");
    let status = buyer.page.url.clone();
    let off = costing(&market, 3100).await;
    call_off(&market, &mut buyer, &off).await;
    buyer.open(&status).await;
    buyer.submit("/pay", &[]).await;
    let all = asked(&market).await;
    assert_eq!(all.iter().map(|it| it.progress).collect::<Vec<_>>(), [Progress::Failed, Progress::Pending]);
    assert_eq!(all[1].amount.minor, 2700, "only for what still waits");
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(market.count("reserve", "Reserved").await, 2);
    market.books().await;
}

#[tokio::test]
async fn an_older_approval_that_arrives_late_is_used_or_let_go_and_never_both() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &THREE).await;
    let back = approve_and_get_lost(&mut buyer).await;
    let off = costing(&market, 3100).await;
    call_off(&market, &mut buyer, &off).await;
    // a new approval for the two that are left, and then the first one's return
    buyer.open(&market.at(&format!("/orders/{}", costing(&market, 800).await.id))).await;
    buyer.submit("/pay", &[]).await;
    let again = approve_and_get_lost(&mut buyer).await;
    buyer.open(&back).await;
    buyer.open(&again).await;
    market.settle_down().await;
    assert_eq!(market.count("reserve", "Reserved").await, 2);
    assert_eq!(market.transactions().await.len(), 2);
    let closed = let_go(&market).await;
    assert_eq!(closed.len(), 1, "the one of the two that nobody needs");
    assert_ne!(Some(&closed[0].0), costing(&market, 800).await.consent.as_ref());
    market.books().await;
}

#[tokio::test]
async fn one_order_that_turns_to_another_way_to_pay_leaves_the_approval_to_the_others() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, &THREE).await;
    let page = buyer.page.clone();
    let away = costing(&market, 800).await;
    buyer.open(&market.at(&format!("/orders/{}", away.id))).await;
    buyer.submit(&format!("/orders/{}/pay", away.id), &[("provider", "amazon_pay")]).await;
    let elsewhere = buyer.page.clone();
    buyer.page = page;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(costing(&market, 800).await.state, State::Placed, "approved elsewhere, or not at all");
    buyer.page = elsewhere;
    market.approve_at_amazon(&mut buyer, "amzn1.account.ANAALLGOOD", "1111").await;
    market.settle_down().await;
    assert_eq!(states(&market).await, [State::Reserved; 3]);
    assert_eq!(market.count("reserve", "Reserved").await, 2);
    market.books().await;
}

#[tokio::test]
async fn a_marketplace_without_its_own_recipient_token_asks_for_each_seller() {
    let Some(market) = Market::open().await else { return };
    // asked by the checkout's page and by its form, each time before it leads on
    for _ in 0..4 {
        refuse(&market, "GetTokenByCaller", "InvalidCallerReference").await;
    }
    let mut buyer = filled(&market, &["pretzel", "hot-honey"]).await;
    buyer.open(&market.at("/checkout")).await;
    buyer.page.says(200, "You approve 2 payments");
    market.check_out(&mut buyer).await;
    assert!(asked(&market).await.is_empty());
    for order in basket(&market).await {
        assert_eq!(operations(&market, order.id.as_str(), Kind::Consent).await.len(), 1);
    }
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(market.count("reserve", "Reserved").await, 1, "the other seller's order waits for its own approval");
    market.books().await;
}

#[tokio::test]
async fn an_approval_that_nobody_gives_runs_out_with_its_orders() {
    let Some(market) = Market::open().await else { return };
    let _ = shopper(&market, &["pretzel", "hot-honey"]).await;
    market.later(Duration::from_secs(24 * 3600) + minutes(11)).await;
    market.settle_down().await;
    assert_eq!(states(&market).await, [State::Expired; 2]);
    assert_eq!(asked(&market).await[0].progress, Progress::Failed);
    market.books().await;
}
