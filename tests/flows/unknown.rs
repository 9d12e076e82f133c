//! Charges and refunds of which nobody can tell what became of them, after a week without an answer: nothing is sent
//! again, nobody is told that nothing was charged, and a person finds out.

use pushcart::base::clock::days;
use pushcart::base::ids::OrderId;
use pushcart::flows::refund::refundable;
use pushcart::orders::operation::{Kind, Operation, Progress};
use pushcart::orders::state::State;

use crate::fps_standing::{operations, reach};
use crate::market::Market;
use crate::purchase::{fault_times, stock};
use crate::visitor::Visitor;

const OFFICE: &str = "operator@example.com";

/// Scripts a fault that lasts until [`heal`].
async fn suffer(market: &Market, operation: &str, fault: &str) {
    fault_times(market, operation, fault, 1_000_000).await;
}

async fn heal(market: &Market) {
    market.control("DELETE", "faults", None).await;
}

async fn last(market: &Market, order: &OrderId, kind: Kind) -> Operation {
    operations(market, order.as_str(), kind).await.pop().unwrap()
}

/// An order for honey whose charge FPS never answered for eight days, in which no shop ran.
async fn unanswered(market: &Market, fault: &str) -> (Visitor, OrderId) {
    suffer(market, "Pay", fault).await;
    suffer(market, "*", "lose_notification").await;
    let mut buyer = market.visitor_with("hot-honey", "1").await;
    market.check_out(&mut buyer).await;
    market.approve(&mut buyer, "acc_bill", "ABT").await;
    let order = market.last_order().await.id;
    assert_eq!(market.order(&order).await.state, State::Consented);
    reach(market, market.ctx().clock.now().plus(days(8))).await;
    heal(market).await;
    let charge = last(market, &order, Kind::Pay).await;
    assert_eq!((charge.progress, charge.transaction), (Progress::Unknown, None));
    (buyer, order)
}

#[tokio::test]
async fn a_charge_that_never_arrived_is_for_a_person_and_its_buyer_pays_anew() {
    let Some(market) = Market::open().await else { return };
    let before = stock(&market, "hot-honey").await;
    let (mut buyer, id) = unanswered(&market, "drop_request").await;
    let calls = last(&market, &id, Kind::Pay).await.attempts;
    // weeks go by, and nobody is told what nobody knows
    for _ in 0..3 {
        reach(&market, market.ctx().clock.now().plus(days(10))).await;
    }
    let order = market.order(&id).await;
    assert_eq!((order.state, stock(&market, "hot-honey").await), (State::Consented, before - 1));
    assert!(order.flag.as_ref().is_some_and(|flag| flag.contains("Nobody can tell")), "{:?}", order.flag);
    assert_eq!(last(&market, &id, Kind::Pay).await.attempts, calls, "nothing is sent or asked any more");
    buyer.open(&market.at(&format!("/orders/{id}"))).await;
    assert!(!buyer.page.text().contains("othing was charged"), "{}", buyer.page.text());
    let letters = market.ctx().store.letters(50).await.unwrap();
    assert!(!letters.iter().any(|letter| letter.body_text.contains("othing was charged")));

    let mut office = market.signed_in(OFFICE).await;
    office.open(&market.at("/admin/operations")).await;
    office.page.says(200, "asking again could charge twice");
    let never = office.page.form("/never");
    for _ in 0..2 {
        office.send(&never).await;
        office.page.says(200, "No operation is unknown.");
    }
    let order = market.order(&id).await;
    assert_eq!((order.state, order.flag, stock(&market, "hot-honey").await), (State::Declined, None, before));
    assert_eq!(last(&market, &id, Kind::Pay).await.progress, Progress::Failed);
    let acts = market.ctx().store.audit_of(last(&market, &id, Kind::Pay).await.id.as_str()).await.unwrap();
    assert_eq!(acts.iter().filter(|act| act.act == "never happened" && act.actor == OFFICE).count(), 1);

    buyer.open(&market.at(&format!("/orders/{id}"))).await;
    buyer.submit("/pay", &[]).await;
    market.approve(&mut buyer, "acc_bill", "ABT").await;
    market.settle_down().await;
    assert_eq!(market.order(&id).await.state, State::Paid);
    assert_eq!(market.transactions().await.len(), 1);
    market.books().await;
    // what is known is nothing to decide about
    office.open(&market.at("/admin/operations?state=succeeded")).await;
    assert!(!office.page.forms().iter().any(|form| form.action.ends_with("/never")));
    let known = last(&market, &id, Kind::Pay).await.id;
    let action = market.at(&format!("/admin/operations/{known}/never"));
    assert_eq!(office.once("POST", &action, Some(String::new())).await.status, 422);
    assert_eq!(market.signed_in("ana@example.com").await.once("POST", &action, Some(String::new())).await.status, 404);
    assert_eq!(market.order(&id).await.state, State::Paid);
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_for_a_week_is_found_by_the_nightly_comparison() {
    let Some(market) = Market::open().await else { return };
    let (_, id) = unanswered(&market, "drop_response").await;
    assert_eq!(market.transactions().await.len(), 1, "one charge, and it worked");
    let mut office = market.signed_in(OFFICE).await;
    office.open(&market.at("/admin/reconciliation")).await;
    let today = market.ctx().clock.now().date();
    let long_ago = market.ctx().clock.now().minus(days(10)).date();
    office.submit("/admin/reconciliation", &[("from", long_ago.as_str()), ("until", today.as_str())]).await;
    market.settle_down().await;
    office.open(&market.at("/admin/reconciliation")).await;
    office.submit("/ask", &[]).await;
    market.settle_down().await;
    let order = market.order(&id).await;
    assert_eq!((order.state, last(&market, &id, Kind::Pay).await.progress), (State::Paid, Progress::Succeeded));
    assert_eq!(market.transactions().await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn a_refund_of_which_nobody_can_tell_is_not_made_a_second_time_before_somebody_has_looked() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    suffer(&market, "Refund", "drop_request").await;
    let mut seller = market.seller_at(&order).await;
    seller.submit("/refund", &[("amount", "5.00")]).await;
    reach(&market, market.ctx().clock.now().plus(days(8))).await;
    heal(&market).await;
    assert_eq!(last(&market, &order.id, Kind::Refund).await.progress, Progress::Unknown);
    let store = &market.ctx().store;
    let left = refundable(store, &market.order(&order.id).await).await.unwrap();
    assert_eq!(left.minor, order.total.minor - 500, "it may have gone back");

    let mut office = market.signed_in(OFFICE).await;
    office.open(&market.at("/admin/operations")).await;
    office.submit("/never", &[]).await;
    let after = market.order(&order.id).await;
    assert_eq!((after.state, after.flag.as_ref()), (State::Paid, None));
    assert_eq!(refundable(store, &after).await.unwrap(), order.total);
    let mut seller = market.seller_at(&order).await;
    seller.submit("/refund", &[("amount", "5.00")]).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Success").await, 1);
    assert_eq!(refundable(store, &market.order(&order.id).await).await.unwrap().minor, order.total.minor - 500);
    market.books().await;
}
