//! Renewals that are declined, and every way in which they are mended.

use pushcart::base::clock::{days, minutes};
use pushcart::orders::agreement::{Decline, Standing};
use pushcart::orders::operation::{Instrument, Kind, Progress};
use pushcart::orders::state::State;

use crate::fps_standing::{
    afresh, is_active, next_period, of_last_order, operations, orders, reach, refuse, shopper, subscribed,
};
use crate::market::Market;
use crate::visitor::Visitor;

/// How many letters say `words`.
pub async fn letters(market: &Market, words: &str) -> usize {
    let all = market.ctx().store.letters(200).await.unwrap();
    all.iter().filter(|letter| letter.body_text.contains(words) || letter.subject.contains(words)).count()
}

#[tokio::test]
async fn a_declined_renewal_is_repaired_by_changing_the_method() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "ABT").await;
    refuse(&market, "Pay", "InsufficientBalance").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    assert_eq!((renewal.period, renewal.state), (Some(1), State::Declined));
    let paused = afresh(&market, &agreement.id).await;
    assert_eq!((paused.standing, paused.trouble.unwrap().decline), (Standing::Paused, Decline::Method));
    assert_eq!(letters(&market, "could not be charged").await, 1);

    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "Needs your attention");
    visitor.submit("/change", &[]).await;
    market.approve(&mut visitor, "acc_omni", "CC").await;
    visitor.page.says(200, "Credit card (Amazon Flexible Payments)");
    market.settle_down().await;
    let after = afresh(&market, &agreement.id).await;
    assert_eq!((after.standing, after.instrument), (Standing::Active, Some(Instrument::Card)));
    assert_ne!(after.consent, agreement.consent, "the new approval is followed");
    assert_eq!(market.order(&renewal.id).await.state, State::Paid);
    let pays = operations(&market, renewal.id.as_str(), Kind::Pay).await;
    assert_eq!(pays.iter().map(|pay| pay.progress).collect::<Vec<_>>(), [Progress::Failed, Progress::Succeeded]);
    next_period(&market, &agreement).await;
    assert_eq!(market.last_order().await.state, State::Paid);
    assert_eq!(market.count("pay", "Success").await, 3);
    assert_eq!(letters(&market, "could not be charged").await, 1, "one mail");
    market.books().await;
}

#[tokio::test]
async fn a_declined_renewal_is_tried_again_after_three_days_under_another_reference() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_bill", "ABT").await;
    refuse(&market, "Pay", "InsufficientBalance").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    reach(&market, market.ctx().clock.now().plus(days(2))).await;
    assert_eq!(market.order(&renewal.id).await.state, State::Declined);
    reach(&market, market.ctx().clock.now().plus(days(1)).plus(minutes(10))).await;
    assert_eq!(market.order(&renewal.id).await.state, State::Paid);
    assert_eq!(operations(&market, renewal.id.as_str(), Kind::Pay).await.len(), 2);
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Active);
    assert_eq!(market.count("pay", "Success").await, 2);
    market.books().await;
}

#[tokio::test]
async fn the_buyer_says_that_it_is_mended_and_it_is_charged_at_once() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_bill", "ABT").await;
    refuse(&market, "Pay", "InsufficientBalance").await;
    next_period(&market, &agreement).await;
    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit("/check", &[]).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Paid);
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Active);
    // the schedule does not charge it once more
    reach(&market, market.ctx().clock.now().plus(days(4))).await;
    assert_eq!(market.count("pay", "Success").await, 2);
    market.books().await;
}

#[tokio::test]
async fn a_period_that_was_never_paid_is_left_out_when_the_next_one_begins() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_bill", "ABT").await;
    for _ in 0..2 {
        refuse(&market, "Pay", "InsufficientBalance").await;
    }
    next_period(&market, &agreement).await;
    let unpaid = market.last_order().await;
    reach(&market, market.ctx().clock.now().plus(days(4))).await;
    assert_eq!(market.order(&unpaid.id).await.state, State::Declined, "refused twice");
    next_period(&market, &agreement).await;
    assert_eq!(market.order(&unpaid.id).await.state, State::Cancelled);
    let all = orders(&market, &agreement).await;
    assert_eq!(all.iter().map(|order| order.state).collect::<Vec<_>>(), [State::Paid, State::Cancelled, State::Paid]);
    assert_eq!(market.count("pay", "Success").await, 2);
    market.books().await;
}

#[tokio::test]
async fn an_approval_that_is_dead_is_not_tried_again_and_a_new_one_takes_its_place() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let old = agreement.consent.clone().unwrap();
    refuse(&market, "Pay", "IncompatibleTokens").await;
    next_period(&market, &agreement).await;
    let renewal = market.last_order().await;
    assert_eq!(afresh(&market, &agreement.id).await.trouble.unwrap().decline, Decline::Approval);
    assert_eq!(letters(&market, "could not be charged").await, 1);
    reach(&market, market.ctx().clock.now().plus(days(5))).await;
    assert_eq!(operations(&market, renewal.id.as_str(), Kind::Pay).await.len(), 1, "no other try");

    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "Approve it anew");
    visitor.submit(&format!("/orders/{}/pay", renewal.id), &[]).await;
    visitor.page.says(200, "Everything works");
    market.approve(&mut visitor, "acc_omni", "CC").await;
    market.settle_down().await;
    assert_eq!(market.order(&renewal.id).await.state, State::Paid);
    let after = afresh(&market, &agreement.id).await;
    assert_eq!(after.standing, Standing::Active);
    assert_ne!(after.consent.as_ref(), Some(&old));
    assert!(!is_active(&market, &old).await, "the old one is closed");
    next_period(&market, &agreement).await;
    assert_eq!(market.last_order().await.state, State::Paid, "charged by the new one");
    market.books().await;
}

/// Goes to the provider's pages to change how the newest agreement is paid.
pub async fn go_to_change(market: &Market, visitor: &mut Visitor) {
    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit("/change", &[]).await;
}

#[tokio::test]
async fn a_change_whose_return_is_lost_is_found() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "CC").await;
    go_to_change(&market, &mut visitor).await;
    visitor.submit("/sign-in", &[("persona", "acc_omni"), ("how", "persona")]).await;
    visitor.submit("/payment", &[("method", "ACH")]).await;
    let confirm = visitor.page.form("/confirm");
    visitor.once("POST", &confirm.action, Some(confirm.body())).await;
    assert_eq!(afresh(&market, &agreement.id).await.consent, agreement.consent);
    reach(&market, market.ctx().clock.now().plus(minutes(11))).await;
    let after = afresh(&market, &agreement.id).await;
    assert_ne!(after.consent, agreement.consent);
    next_period(&market, &agreement).await;
    assert_eq!(market.last_order().await.state, State::Paid);
    market.books().await;
}

#[tokio::test]
async fn leaving_the_page_or_signing_in_as_somebody_else_changes_nothing() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_omni", "CC").await;
    go_to_change(&market, &mut visitor).await;
    visitor.submit("/leave", &[]).await;
    visitor.page.says(200, "It is paid the way it was before");
    go_to_change(&market, &mut visitor).await;
    visitor.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
    visitor.page.says(200, "belongs to another account");
    let after = afresh(&market, &agreement.id).await;
    assert_eq!((after.consent, after.standing), (agreement.consent.clone(), Standing::Active));
    next_period(&market, &agreement).await;
    assert_eq!(market.last_order().await.state, State::Paid);
}

/// Keeps FPS as a way to pay, at most $50 a month, with a first purchase of honey.
async fn kept(market: &Market) -> Visitor {
    let mut visitor = shopper(market, "wildflower-honey").await;
    visitor.open(&market.at("/checkout")).await;
    visitor.page.says(200, "at most 10 times a day");
    let form: Vec<_> = crate::market::ADDRESS.iter().copied().chain([("keep", "on"), ("month", "5000")]).collect();
    visitor.submit("/checkout", &form).await;
    market.approve(&mut visitor, "acc_omni", "CC").await;
    market.settle_down().await;
    visitor
}

#[tokio::test]
async fn a_way_to_pay_that_is_kept_pays_by_one_click_until_its_limit() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = kept(&market).await;
    let saved = of_last_order(&market).await;
    assert!(saved.is_saved_method(market.ctx().clock.now()), "{saved:?}");
    let first = market.last_order().await;
    assert_eq!(first.state, State::Reserved, "goods are held on a card until they ship");

    let again = |id: &str| {
        let mut form: Vec<(&'static str, String)> =
            crate::market::ADDRESS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        form.retain(|(name, _)| *name != "provider");
        form.push(("provider", id.to_owned()));
        form
    };
    let form = again(saved.id.as_str());
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.open(&market.at("/p/hot-honey")).await;
    visitor.submit("/cart/items", &[("quantity", "1")]).await;
    visitor.open(&market.at("/checkout")).await;
    visitor.page.says(200, "Credit card (Amazon Flexible Payments)");
    visitor.submit("/checkout", &form).await;
    market.settle_down().await;
    let second = market.last_order().await;
    assert_eq!((second.state, second.consent), (State::Reserved, saved.consent.clone()));

    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "at most $50.00 a month and $600.00 in all, at most 10 times a day");
    let left = pushcart::base::money::Money::usd(5000 - first.total.minor - second.total.minor);
    visitor.page.says(200, &format!("{left} this month"));
    visitor.page.says(200, &first.number);

    // too much: said why, and nothing is placed
    visitor.open(&market.at("/p/wildflower-honey")).await;
    visitor.submit("/cart/items", &[("quantity", "3")]).await;
    visitor.open(&market.at("/checkout")).await;
    visitor.submit("/checkout", &form).await;
    visitor.page.says(422, "You allowed $50.00 a month with this way to pay");
    visitor.page.says(422, &format!("{left} of it are left this month"));
    assert_eq!(market.last_order().await.id, second.id);
    // a month later there is room again
    reach(&market, saved.started_at.months_later(1).plus(days(1))).await;
    visitor.open(&market.at("/checkout")).await;
    visitor.submit("/checkout", &form).await;
    market.settle_down().await;
    assert_eq!(market.last_order().await.state, State::Reserved);
    market.books().await;
}

#[tokio::test]
async fn a_first_order_above_the_limit_keeps_nothing_and_says_so() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = shopper(&market, "student-violin").await;
    visitor.open(&market.at("/checkout")).await;
    let form: Vec<_> = crate::market::ADDRESS.iter().copied().chain([("keep", "on"), ("month", "5000")]).collect();
    visitor.submit("/checkout", &form).await;
    visitor.page.says(422, "more than $50.00 a month");
    let nonsense: Vec<_> = crate::market::ADDRESS.iter().copied().chain([("keep", "on"), ("month", "5001")]).collect();
    visitor.submit("/checkout", &nonsense).await;
    visitor.page.says(422, "Please choose a limit from the list");
    assert_eq!(market.ctx().store.all_orders("~", 10).await.unwrap().len(), 0);
}
