//! The market office ends what stands: nothing more is charged, here and at the provider, and the buyer is told.

use pushcart::base::clock::{days, minutes};
use pushcart::orders::agreement::{Agreement, Standing};
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::fps_standing::{afresh, is_active, next_period, operations, orders, reach, refuse, subscribed};
use crate::fps_standing_repair::letters;
use crate::fps_tab;
use crate::market::Market;
use crate::visitor::{Form, Visitor};

const OFFICE: &str = "operator@example.com";
const ENDED: &str = "The marketplace ended it. Nothing more is charged.";

/// The office at the page of an order.
async fn office_at(market: &Market, order: &Order) -> Visitor {
    let mut office = market.signed_in(OFFICE).await;
    office.open(&market.at(&format!("/admin/orders/{}", order.id))).await;
    office
}

/// What ending it left behind: here, at the provider, and in letters.
async fn is_over(market: &Market, agreement: &Agreement) {
    let after = afresh(market, &agreement.id).await;
    assert_eq!((after.standing, after.next_at, after.message.as_deref()), (Standing::Ended, None, Some(ENDED)));
    assert!(!is_active(market, agreement.consent.as_deref().unwrap()).await, "cancelled at the provider");
    let closing = operations(market, agreement.id.as_str(), Kind::CancelAgreement).await;
    assert_eq!(closing.iter().map(|it| it.progress).collect::<Vec<_>>(), [Progress::Succeeded]);
    assert_eq!(letters(market, ENDED).await, 1, "one letter");
    let acts = market.ctx().store.audit_of(agreement.id.as_str()).await.unwrap();
    let ended: Vec<&str> =
        acts.iter().filter(|act| act.act == "agreement ended").map(|act| act.actor.as_str()).collect();
    assert_eq!(ended, ["operator"]);
}

#[tokio::test]
async fn the_office_ends_a_subscription_once_and_no_period_is_charged_any_more() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let order = market.last_order().await;
    let mut office = office_at(&market, &order).await;
    office.page.says(200, "Ending it charges nothing more, here and at the payment service; the buyer is told.");
    let end = office.page.form("/agreement/end");
    // the answer of the provider is lost on the way
    crate::purchase::fault(&market, "CancelToken", "drop_response").await;
    office.send(&end).await;
    assert_eq!(office.page.status, 200);
    assert!(!office.page.forms().iter().any(|form| form.action == end.action), "nothing is left to end");
    market.settle_down().await;
    is_over(&market, &agreement).await;
    let told = market.ctx().store.letters(50).await.unwrap();
    let told = told.iter().find(|letter| letter.body_text.contains(ENDED)).unwrap();
    let checkout = market.ctx().store.checkout(&order.checkout).await.unwrap().unwrap();
    assert_eq!((&told.recipient, told.subject.as_str()), (&checkout.email, "News of your subscription · Pushcart"));
    buyer.open(&market.at("/account/approvals")).await;
    buyer.page.says(200, "The bread club");
    buyer.page.says(200, ENDED);
    assert!(!buyer.page.forms().iter().any(|form| form.action.ends_with("/end")));

    // pressed once more, in a window that was left open
    office.send(&end).await;
    assert_eq!(office.page.status, 200, "{}", office.page.text());
    market.settle_down().await;
    is_over(&market, &agreement).await;

    for _ in 0..3 {
        reach(&market, market.ctx().clock.now().plus(days(31))).await;
    }
    assert_eq!(orders(&market, &agreement).await.len(), 1);
    assert_eq!(market.transactions().await.len(), 1, "the first period alone");
    assert_eq!(market.order(&order.id).await.state, State::Paid, "what was paid stays paid");
    market.books().await;
}

#[tokio::test]
async fn nobody_but_the_office_ends_by_the_offices_button() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let order = market.last_order().await;
    let action = market.at(&format!("/admin/orders/{}/agreement/end", order.id));
    let end = Form { action: action.clone(), is_post: true, fields: Vec::new() };
    let guest = Visitor::new().once("POST", &action, Some(String::new())).await;
    assert_eq!(guest.status, 303, "{}", guest.text());
    assert!(guest.headers["location"].contains("/signin"), "{:?}", guest.headers);
    // the buyer, the seller, and somebody else
    for mut person in [
        market.signed_in("ben@example.com").await,
        market.seller_of(&order).await,
        market.signed_in("ana@example.com").await,
    ] {
        person.send(&end).await;
        assert_eq!(person.page.status, 404, "{}", person.page.text());
        person.open(&market.at(&format!("/admin/orders/{}", order.id))).await;
        assert_eq!(person.page.status, 404);
    }
    market.settle_down().await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Active);
    assert!(operations(&market, agreement.id.as_str(), Kind::CancelAgreement).await.is_empty());
    assert_eq!(letters(&market, ENDED).await, 0);
    next_period(&market, &agreement).await;
    assert_eq!(market.count("pay", "Success").await, 2, "it goes on");
    // and it is the office's to end, indeed
    office_at(&market, &order).await.send(&end).await;
    market.settle_down().await;
    is_over(&market, &agreement).await;
}

#[tokio::test]
async fn the_office_ends_a_tab_which_its_seller_may_not() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, tab) = fps_tab::with_tab(&market, "3000", "3").await;
    fps_tab::press(&market, &mut buyer).await;
    let order = market.last_order().await;
    buyer.open(&market.at(fps_tab::LETTER)).await;
    let click = buyer.page.form("/buy");

    let mut seller = market.seller_at(&order).await;
    let action = market.at(&format!("/sell/orders/{}/subscription/end", order.id));
    assert!(!seller.page.forms().iter().any(|form| form.action == action));
    seller.send(&Form { action, is_post: true, fields: Vec::new() }).await;
    seller.page.says(422, "There is no subscription to end.");
    assert!(is_active(&market, tab.consent.as_deref().unwrap()).await);

    office_at(&market, &order).await.submit("/agreement/end", &[]).await;
    market.settle_down().await;
    is_over(&market, &tab).await;
    let told = market.ctx().store.letters(50).await.unwrap();
    let told = told.iter().find(|letter| letter.body_text.contains(ENDED)).unwrap();
    assert_eq!(told.subject, "News of your saved way to pay · Pushcart");
    buyer.send(&click).await;
    buyer.page.says(422, "cannot be used any more");
    buyer.open(&market.at(fps_tab::LETTER)).await;
    buyer.page.says(200, "You have no tab that pays The Patient Loaf");
    buyer.open(&market.at("/account/approvals")).await;
    buyer.page.says(200, ENDED);
    assert_eq!(market.transactions().await.len(), 1);

    // the buyer may open another
    let (mut buyer, another) = fps_tab::with_tab(&market, "3000", "3").await;
    fps_tab::press(&market, &mut buyer).await;
    assert_eq!(market.last_order().await.agreement, Some(another.id));
    assert_eq!(market.count("pay", "Success").await, 2);
    market.books().await;
}

#[tokio::test]
async fn a_renewal_that_waits_to_be_tried_again_is_given_up_when_the_office_ends_it() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, agreement) = subscribed(&market, "acc_bill", "ABT").await;
    refuse(&market, "Pay", "InsufficientBalance").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    assert_eq!(renewal.state, State::Declined);
    assert!(afresh(&market, &agreement.id).await.trouble.unwrap().retry_at.is_some());
    office_at(&market, &renewal).await.submit("/agreement/end", &[]).await;
    assert_eq!(market.order(&renewal.id).await.state, State::Cancelled);
    market.settle_down().await;
    is_over(&market, &agreement).await;
    reach(&market, market.ctx().clock.now().plus(days(3)).plus(minutes(10))).await;
    reach(&market, market.ctx().clock.now().plus(days(40))).await;
    assert_eq!(operations(&market, renewal.id.as_str(), Kind::Pay).await.len(), 1, "no other try");
    assert_eq!(orders(&market, &agreement).await.len(), 2);
    assert_eq!(market.count("pay", "Success").await, 1);
    buyer.open(&market.at("/account/approvals")).await;
    buyer.page.says(200, ENDED);
    market.books().await;
}
