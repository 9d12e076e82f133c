//! Holds that could not be taken when the parcel was ready: what can be mended is shipped once more, what cannot is
//! let go, and a refusal alone never means that the hold is gone.

use pushcart::flows::record_outcome::{Recorded, record_news};
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::order::Order;
use pushcart::orders::outcome::Outcome;
use pushcart::orders::state::State;
use serde_json::json;

use super::disputes::books_agree;
use crate::market::Market;

/// What our books say is on hold for an order.
async fn held(market: &Market, order: &Order) -> i64 {
    let balances = market.ctx().store.balances().await.unwrap();
    let account = format!("held:{}", order.id);
    balances.iter().find(|one| one.account == account).map_or(0, |one| one.balance_minor)
}

/// Sets the state of the seller's account at the payment service.
pub async fn set_account(market: &Market, order: &Order, state: &str) {
    let payee = market.ctx().store.payee(&order.seller, "fps").await.unwrap().unwrap();
    let all = market.control("GET", "fps/accounts", None).await;
    let own = all["accounts"].as_array().unwrap().iter().find(|one| one["email"] == payee.email.as_str()).unwrap();
    let change = json!({ "account_id": own["account_id"], "state": state });
    market.control("POST", "fps/accounts", Some(change)).await;
}

/// The order, after its seller has said that the parcel is ready.
async fn shipped(market: &Market, order: &Order) -> Order {
    market.ship(order).await;
    market.order(&order.id).await
}

#[tokio::test]
async fn a_seller_whose_account_is_stopped_mends_it_and_ships_once_more() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order) = market.buy("pretzel", "acc_clara", "CC").await;
    set_account(&market, &order, "suspended").await;
    for tries in 1..=2 {
        let after = shipped(&market, &order).await;
        assert_eq!((after.state, after.hold_until, after.flag), (State::Reserved, order.hold_until, None), "{tries}");
        assert_eq!(held(&market, &order).await, order.total.minor);
        let seller = market.seller_at(&order).await;
        seller.page.says(200, "Your payment account needs your attention");
        seller.page.says(200, "ship once more when this is mended");
    }
    let mut seller = market.seller_of(&order).await;
    for list in ["/sell/desk", "/sell/orders", "/sell/orders?show=all"] {
        seller.open(&market.at(list)).await;
        seller.page.says(200, "could not be taken: do not send it yet");
    }
    seller.open(&market.at(&format!("/sell/orders/{}/slip", order.id))).await;
    seller.page.says(200, "Do not send it yet");
    let letters = market.ctx().store.letters(200).await.unwrap();
    let told = letters.iter().filter(|letter| letter.subject.contains("the payment could not be taken")).count();
    assert_eq!(told, 2, "a letter for each try");
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.page.says(200, "Payment on hold, charged when it ships");

    set_account(&market, &order, "active").await;
    assert_eq!(shipped(&market, &order).await.state, State::Shipped);
    assert_eq!((market.count("settle", "Success").await, held(&market, &order).await), (1, 0));
    books_agree(&market).await;
}

#[tokio::test]
async fn an_order_that_is_called_off_instead_lets_its_hold_go() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("pretzel", "acc_clara", "CC").await;
    set_account(&market, &order, "suspended").await;
    shipped(&market, &order).await;
    market.seller_at(&order).await.submit("/cancel", &[]).await;
    market.settle_down().await;
    assert_eq!((market.order(&order.id).await.state, held(&market, &order).await), (State::Cancelled, 0));
    assert_eq!(market.count("reserve", "Cancelled").await, 1);
    books_agree(&market).await;
}

#[tokio::test]
async fn the_end_of_a_refused_hold_leaves_alone_a_buyer_who_pays_anew() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order) = market.buy("pretzel", "acc_clara", "CC").await;
    let hold = order.transaction.clone().unwrap();
    let fault = json!({ "provider": "fps", "operation": "Settle", "fault": "error", "error": "InvalidParams" });
    market.control("POST", "faults", Some(fault)).await;
    assert_eq!(shipped(&market, &order).await.state, State::Declined);
    assert_eq!((held(&market, &order).await, market.count("reserve", "Cancelled").await), (0, 1));
    // the second payment has not got through when the end of the first one is told once more
    let lost = json!({ "provider": "fps", "operation": "Pay", "fault": "drop_request", "times": 100 });
    market.control("POST", "faults", Some(lost)).await;
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/pay", &[("provider", "fps")]).await;
    market.approve(&mut buyer, "acc_bill", "ABT").await;
    assert_eq!(market.order(&order.id).await.state, State::Consented);
    for outcome in [Outcome::Released { transaction: hold.clone() }, Outcome::Expired { transaction: Some(hold) }] {
        assert_eq!(record_news(market.ctx(), &order.id, outcome).await.unwrap(), Recorded::KnownAlready);
        assert_eq!(market.order(&order.id).await.state, State::Consented);
    }
    market.control("DELETE", "faults", None).await;
    market.settle_down().await;
    let paid = market.order(&order.id).await;
    // the market office still has to find out why its request was not understood
    let flag = paid.flag.unwrap_or_default();
    assert_eq!(paid.state, State::Paid);
    assert!(flag.contains("a bug to report. InvalidParams"), "{flag}");
    assert_eq!(market.count("pay", "Success").await, 1);
    books_agree(&market).await;
}

#[tokio::test]
async fn a_hold_that_is_refused_for_the_buyers_sake_is_let_go_at_the_provider() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order) = market.buy("pretzel", "acc_clara", "CC").await;
    let fault = json!({ "provider": "fps", "operation": "Settle", "fault": "error", "error": "TransactionDenied" });
    market.control("POST", "faults", Some(fault)).await;
    let after = shipped(&market, &order).await;
    assert_eq!((after.state, held(&market, &order).await), (State::Declined, 0));
    assert_eq!(market.count("reserve", "Cancelled").await, 1, "it does not stand for a week");
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    let cancel = operations.iter().find(|operation| operation.kind == Kind::Cancel).unwrap();
    assert_eq!(cancel.progress, Progress::Succeeded);
    books_agree(&market).await;

    // and the buyer can pay once more
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/pay", &[("provider", "fps")]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(shipped(&market, &order).await.state, State::Shipped);
    assert_eq!(market.count("settle", "Success").await, 1);
    books_agree(&market).await;
}
