//! Buyers who come back from the provider's pages without an approval, by every status there is: each reads why,
//! nothing is charged, and each pays after all.

use pushcart::base::clock::{days, minutes};
use pushcart::orders::agreement::Standing;
use pushcart::orders::operation::{Kind, Operation, Progress};
use pushcart::orders::state::State;
use serde_json::{Value, json};

use crate::fps_basket::basket;
use crate::fps_standing::{afresh, of_last_order, operations, orders, reach, shopper};
use crate::fps_tab;
use crate::market::Market;
use crate::not_taken::set_account;
use crate::purchase::stock;
use crate::visitor::Visitor;

/// Every status of the pages on which a buyer has not approved, and what they read then.
const NOES: [(&str, &str); 6] = [
    ("A", "You left the payment page before approving. Nothing was charged. You can go on whenever you like."),
    ("SE", "The payment service had a hiccup. Nothing was charged. Please try again in a moment."),
    ("PE", "None of your payment methods is accepted here. Nothing was charged."),
    ("NP", "The payment service could not offer this payment to your account. Nothing was charged."),
    ("CE", "Something went wrong on our side. Nothing was charged"),
    ("NM", "Something went wrong on our side. Nothing was charged"),
];

/// Leads somebody on the first of the provider's pages to this end, and back to the shop.
pub async fn come_back(market: &Market, visitor: &mut Visitor, status: &str) {
    let start = visitor.page.url.clone();
    assert!(start.contains("/cobranded-ui/actions/start?"), "{start}");
    match status {
        "A" => drop(visitor.submit("/leave", &[]).await),
        "SE" => drop(visitor.submit("/fail", &[]).await),
        "NP" => sign_in(visitor, "acc_una").await,
        "UT" => sign_in(visitor, "acc_clara").await,
        "PE" => {
            change(market, "acc_omni", json!({ "methods": "" })).await;
            sign_in(visitor, "acc_omni").await;
            change(market, "acc_omni", json!({ "methods": "CC,ACH,ABT" })).await;
        }
        "NA" => {
            change(market, "acc_omni", json!({ "state": "closed" })).await;
            sign_in(visitor, "acc_omni").await;
            change(market, "acc_omni", json!({ "state": "active" })).await;
        }
        "NM" => {
            change(market, "acc_marketplace", json!({ "marketplace": false })).await;
            let back = visitor.once("GET", &start, None).await.headers["location"].clone();
            change(market, "acc_marketplace", json!({ "marketplace": true })).await;
            visitor.open(&back).await;
        }
        // the address was damaged on its way
        "CE" => {
            visitor.open(&start.replace("&signature=", "&signature=x")).await;
            visitor.page.says(400, "The shop's request is not right");
            let back = visitor.page.links().into_iter().find(|link| link.contains("status=CE")).unwrap();
            visitor.open(&back).await;
        }
        _ => panic!("nobody comes back with {status}"),
    }
    assert!(visitor.page.url.starts_with(&market.shop_url), "{status}: {}", visitor.page.url);
}

async fn sign_in(visitor: &mut Visitor, persona: &str) {
    visitor.submit("/sign-in", &[("persona", persona), ("how", "persona")]).await;
}

/// Changes an account at the provider.
async fn change(market: &Market, account: &str, mut change: Value) {
    change["account_id"] = json!(account);
    let now = market.control("POST", "fps/accounts", Some(change)).await;
    assert_eq!(now["account_id"], account, "{now}");
}

/// How visits ended: how far each is, and what the provider said.
pub fn ends(visits: &[Operation]) -> Vec<(Progress, &str)> {
    visits.iter().map(|visit| (visit.progress, visit.said.as_deref().unwrap_or_default())).collect()
}

#[tokio::test]
async fn an_order_that_was_not_approved_says_why_waits_and_is_paid_after_all() {
    let Some(market) = Market::open().await else { return };
    for (turn, (status, words)) in NOES.into_iter().enumerate() {
        let before = stock(&market, "pretzel").await;
        let mut buyer = market.visitor_with("pretzel", "1").await;
        market.check_out(&mut buyer).await;
        come_back(&market, &mut buyer, status).await;
        let order = market.last_order().await;
        assert!(buyer.page.url.ends_with(order.id.as_str()), "{status}: {}", buyer.page.url);
        buyer.page.says(200, words);
        let visits = operations(&market, order.id.as_str(), Kind::Consent).await;
        assert_eq!(ends(&visits), [(Progress::Failed, status)]);
        assert_eq!(order.state, State::Placed, "{status}");
        assert_eq!(stock(&market, "pretzel").await, before - 1, "{status}: kept for a while");

        reach(&market, market.ctx().clock.now().plus(minutes(31))).await;
        assert_eq!(market.order(&order.id).await.state, State::Placed, "{status}");
        assert_eq!(stock(&market, "pretzel").await, before, "{status}: and then for everybody");
        assert_eq!(market.transactions().await.len(), turn, "{status}");

        buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
        buyer.submit("/pay", &[]).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        market.settle_down().await;
        let after = market.order(&order.id).await;
        assert_eq!((after.state, after.message), (State::Reserved, None), "{status}");
        assert_eq!(stock(&market, "pretzel").await, before - 1, "{status}");
        assert_eq!(market.count("reserve", "Reserved").await, turn + 1, "{status}");
        let visits = operations(&market, order.id.as_str(), Kind::Consent).await;
        assert_eq!(ends(&visits), [(Progress::Failed, status), (Progress::Succeeded, "SC")]);
    }
    assert_eq!(market.transactions().await.len(), NOES.len());
    market.books().await;
}

#[tokio::test]
async fn pages_that_were_left_and_are_opened_again_undo_nothing_that_was_paid_meanwhile() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    let start = buyer.page.url.clone();
    come_back(&market, &mut buyer, "A").await;
    let (_, left) = NOES[0];
    let (_, not_possible) = NOES[3];
    buyer.page.says(200, left);
    buyer.open(&start).await;
    buyer.page.says(200, not_possible);
    buyer.submit("/pay", &[]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    let paid = market.last_order().await;
    assert_eq!(paid.state, State::Reserved);

    let back = buyer.once("GET", &start, None).await.headers["location"].clone();
    assert!(back.contains("status=NP"), "{back}");
    buyer.open(&back).await;
    buyer.page.says(200, "Payment on hold, charged when it ships");
    market.settle_down().await;
    let after = market.order(&paid.id).await;
    assert_eq!((after.state, after.message, after.transaction), (State::Reserved, None, paid.transaction));
    assert_eq!(market.transactions().await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn a_buyer_who_left_and_got_lost_on_the_way_back_is_let_in_at_the_second_try() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("pretzel", "1").await;
    market.check_out(&mut buyer).await;
    let leave = buyer.page.form("/leave");
    let lost = buyer.once("POST", &leave.action, Some(leave.body())).await.headers["location"].clone();
    assert!(lost.contains("status=A"), "{lost}");
    let order = market.last_order().await;
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    // the same visit, which is over there
    buyer.submit("/pay", &[]).await;
    buyer.page.says(200, "could not offer this payment to your account");
    buyer.submit("/pay", &[]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    // and here the first answer comes after all
    buyer.open(&lost).await;
    market.settle_down().await;
    let after = market.order(&order.id).await;
    assert_eq!((after.state, after.message), (State::Reserved, None));
    let visits = operations(&market, order.id.as_str(), Kind::Consent).await;
    assert_eq!(visits.iter().map(|it| it.progress).collect::<Vec<_>>(), [Progress::Failed, Progress::Succeeded]);
    assert_eq!(market.transactions().await.len(), 1);
    market.books().await;
}

/// Somebody on the provider's sign-in page for a basket from three sellers.
async fn with_basket(market: &Market) -> Visitor {
    let mut buyer = Visitor::new();
    for slug in ["pretzel", "hot-honey", "two-hand-mug"] {
        buyer.open(&market.at(&format!("/p/{slug}"))).await;
        buyer.submit("/cart/items", &[("quantity", "1")]).await;
    }
    market.check_out(&mut buyer).await;
    buyer
}

#[tokio::test]
async fn a_basket_that_was_not_approved_waits_whole_and_is_approved_at_once_after_all() {
    let Some(market) = Market::open().await else { return };
    for (turn, (status, words)) in NOES.into_iter().enumerate() {
        let before = stock(&market, "two-hand-mug").await;
        let mut buyer = with_basket(&market).await;
        come_back(&market, &mut buyer, status).await;
        buyer.page.says(200, "One approval to give");
        let orders = basket(&market).await;
        assert_eq!(orders.len(), 3);
        let visits = operations(&market, orders[0].checkout.as_str(), Kind::Consent).await;
        assert_eq!(ends(&visits), [(Progress::Failed, status)]);
        reach(&market, market.ctx().clock.now().plus(minutes(31))).await;
        assert_eq!(stock(&market, "two-hand-mug").await, before, "{status}");
        assert_eq!(market.transactions().await.len(), 3 * turn, "{status}");
        for order in &orders {
            assert_eq!(market.order(&order.id).await.state, State::Placed, "{status}");
            buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
            buyer.page.says(200, words);
        }

        buyer.open(&market.at(&format!("/checkout/{}/status", orders[0].checkout))).await;
        buyer.submit("/pay", &[]).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        market.settle_down().await;
        let after = basket(&market).await;
        assert!(after.iter().all(|order| order.state == State::Reserved && order.message.is_none()), "{after:?}");
        assert!(after.iter().all(|order| order.consent == after[0].consent), "{status}: one approval for all");
        assert_eq!(stock(&market, "two-hand-mug").await, before - 1, "{status}");
        assert_eq!(market.count("reserve", "Reserved").await, 3 * (turn + 1), "{status}");
        let visits = operations(&market, orders[0].checkout.as_str(), Kind::Consent).await;
        assert_eq!(ends(&visits), [(Progress::Failed, status), (Progress::Succeeded, "SC")]);
    }
    market.books().await;
}

#[tokio::test]
async fn a_basket_with_a_seller_whose_account_was_closed_is_approved_without_that_order() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = with_basket(&market).await;
    let orders = basket(&market).await;
    set_account(&market, &orders[1], "closed").await;
    sign_in(&mut buyer, "acc_clara").await;
    buyer.page.says(200, "One approval to give");
    let visits = operations(&market, orders[0].checkout.as_str(), Kind::Consent).await;
    assert_eq!(ends(&visits), [(Progress::Failed, "NP")]);
    assert_eq!(market.transactions().await.len(), 0);

    buyer.open(&market.at(&format!("/orders/{}", orders[1].id))).await;
    buyer.page.says(200, "could not offer this payment to your account");
    buyer.submit("/cancel", &[]).await;
    buyer.open(&market.at(&format!("/orders/{}", orders[0].id))).await;
    buyer.submit("/pay", &[]).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    let states: Vec<State> = basket(&market).await.into_iter().map(|order| order.state).collect();
    assert_eq!(states, [State::Reserved, State::Cancelled, State::Reserved]);
    assert_eq!(market.transactions().await.len(), 2);
    market.books().await;
}

#[tokio::test]
async fn a_subscription_that_was_not_approved_does_not_begin_until_it_is() {
    let Some(market) = Market::open().await else { return };
    for (turn, (status, words)) in NOES.into_iter().enumerate() {
        let before = stock(&market, "bread-club").await;
        let mut buyer = shopper(&market, "bread-club").await;
        market.check_out(&mut buyer).await;
        come_back(&market, &mut buyer, status).await;
        buyer.page.says(200, words);
        let order = market.last_order().await;
        let agreement = of_last_order(&market).await;
        assert_eq!((agreement.standing, agreement.next_at), (Standing::Asked, None), "{status}");
        assert_eq!(order.state, State::Placed, "{status}");
        reach(&market, market.ctx().clock.now().plus(minutes(31))).await;
        assert_eq!(stock(&market, "bread-club").await, before, "{status}");
        assert_eq!(market.transactions().await.len(), turn, "{status}");

        buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
        buyer.submit("/pay", &[]).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        market.settle_down().await;
        assert_eq!(market.order(&order.id).await.state, State::Paid, "{status}");
        let begun = afresh(&market, &agreement.id).await;
        assert_eq!((begun.standing, begun.period), (Standing::Active, 0), "{status}");
        assert_eq!(stock(&market, "bread-club").await, before - 1, "{status}");
        assert_eq!(market.count("pay", "Success").await, turn + 1, "{status}");
        let visits = operations(&market, order.id.as_str(), Kind::Consent).await;
        assert_eq!(ends(&visits), [(Progress::Failed, status), (Progress::Succeeded, "SC")]);
    }
    market.books().await;
}

#[tokio::test]
async fn a_subscription_that_nobody_approved_is_never_charged() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = shopper(&market, "bread-club").await;
    market.check_out(&mut buyer).await;
    come_back(&market, &mut buyer, "SE").await;
    let agreement = of_last_order(&market).await;
    reach(&market, market.ctx().clock.now().plus(days(2))).await;
    assert_eq!(market.last_order().await.state, State::Expired);
    reach(&market, market.ctx().clock.now().plus(days(40))).await;
    assert_eq!(orders(&market, &agreement).await.len(), 1);
    assert!(!afresh(&market, &agreement.id).await.standing.stands());
    assert_eq!(market.transactions().await.len(), 0);
    // and the next one does not stumble over it
    let mut buyer = shopper(&market, "bread-club").await;
    market.check_out(&mut buyer).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    assert_eq!(of_last_order(&market).await.standing, Standing::Active);
    assert_eq!(market.count("pay", "Success").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_tab_that_was_not_approved_is_none_whatever_the_pages_said_and_another_one_is_opened() {
    let Some(market) = Market::open().await else { return };
    for (status, words) in NOES {
        let mut buyer = fps_tab::asking(&market, "3000", "3").await;
        come_back(&market, &mut buyer, status).await;
        buyer.page.says(200, words);
        let tab = fps_tab::tab_of(&market).await;
        assert_eq!((tab.standing, tab.consent), (Standing::Ended, None), "{status}");
        let visits = operations(&market, tab.id.as_str(), Kind::Consent).await;
        assert_eq!(ends(&visits), [(Progress::Failed, status)]);
        buyer.open(&market.at(fps_tab::LETTER)).await;
        buyer.page.says(200, "You have no tab that pays The Patient Loaf");
    }
    let (mut buyer, tab) = fps_tab::with_tab(&market, "3000", "3").await;
    assert_eq!(tab.standing, Standing::Active);
    fps_tab::press(&market, &mut buyer).await;
    assert_eq!(market.last_order().await.agreement, Some(tab.id));
    assert_eq!((market.count("pay", "Success").await, market.transactions().await.len()), (1, 1));
    market.books().await;
}
