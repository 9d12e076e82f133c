//! A tab: opened without buying, used by one click, refused when its limits are reached.

use std::time::Duration;

use pushcart::base::clock::{days, minutes};
use pushcart::orders::agreement::{Agreement, Standing};
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::state::State;

use crate::fps_standing::{afresh, is_active, operations, reach};
use crate::market::Market;
use crate::visitor::Visitor;

pub const LETTER: &str = "/p/sourdough-letter";

/// Somebody with an account on the provider's sign-in page, for a tab at the stall that sells the letter.
pub async fn asking(market: &Market, month: &str, day: &str) -> Visitor {
    let mut visitor = market.signed_in("ben@example.com").await;
    visitor.open(&market.at(LETTER)).await;
    visitor.page.says(200, "You have no tab that pays The Patient Loaf");
    visitor.open(&market.at("/account/approvals/new?seller=the-patient-loaf")).await;
    visitor.submit("/account/approvals/new", &[("month", month), ("day", day)]).await;
    visitor
}

pub async fn tab_of(market: &Market) -> Agreement {
    let ben = market.ctx().store.account_by_email("ben@example.com").await.unwrap().unwrap();
    market.ctx().store.agreements_of(&ben.id, 1).await.unwrap().remove(0)
}

/// Ben with a tab that was opened.
pub async fn with_tab(market: &Market, month: &str, day: &str) -> (Visitor, Agreement) {
    let mut visitor = asking(market, month, day).await;
    market.approve(&mut visitor, "acc_clara", "CC").await;
    market.settle_down().await;
    let tab = tab_of(market).await;
    (visitor, tab)
}

pub async fn press(market: &Market, visitor: &mut Visitor) {
    visitor.open(&market.at(LETTER)).await;
    visitor.submit("/buy", &[]).await;
    market.settle_down().await;
    let order = visitor.page.url.clone();
    visitor.open(&order).await;
}

#[tokio::test]
async fn a_tab_is_opened_without_buying_and_one_click_buys_until_its_limits_refuse() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, tab) = with_tab(&market, "3000", "3").await;
    visitor.page.says(200, "Your tab at The Patient Loaf");
    visitor.page.says(200, "at most $30.00 a month and $360.00 in all, at most 3 times a day");
    assert_eq!(tab.standing, Standing::Active);
    assert!(is_active(&market, tab.consent.as_deref().unwrap()).await);
    assert_eq!(market.transactions().await.len(), 0, "opening it charges nothing");

    visitor.open(&market.at(LETTER)).await;
    visitor.page.says(200, "Your tab has $30.00 this month, $360.00 in all, and 3 purchases today.");
    for left in ["$24.00 this month", "$18.00 this month"] {
        press(&market, &mut visitor).await;
        visitor.page.says(200, "Paid and delivered");
        visitor.open(&market.at(LETTER)).await;
        visitor.page.says(200, left);
    }
    press(&market, &mut visitor).await;
    assert_eq!(market.count("pay", "Success").await, 3);

    // the day is used up, and says so
    visitor.open(&market.at(LETTER)).await;
    visitor.page.says(200, "at most 3 purchases a day, and you have made them. It begins anew on");
    visitor.page.says(200, "Open another tab");
    assert!(!visitor.page.forms().iter().any(|form| form.action.ends_with("/buy")), "no button");

    // the next day two more, and then the month is used up
    reach(&market, market.ctx().clock.now().plus(days(1)).plus(minutes(1))).await;
    for _ in 0..2 {
        press(&market, &mut visitor).await;
    }
    visitor.open(&market.at(LETTER)).await;
    visitor.page.says(200, "Your tab takes at most $30.00 a month, and $0.00 of it are left");
    assert_eq!(market.count("pay", "Success").await, 5);

    // next month it begins anew
    reach(&market, tab.started_at.months_later(1).plus(minutes(1))).await;
    press(&market, &mut visitor).await;
    assert_eq!(market.count("pay", "Success").await, 6);
    assert_eq!(market.last_order().await.agreement, Some(tab.id.clone()));
    market.books().await;
}

#[tokio::test]
async fn a_click_that_comes_twice_is_one_purchase() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, _) = with_tab(&market, "3000", "3").await;
    visitor.open(&market.at(LETTER)).await;
    let form = visitor.page.form("/buy");
    visitor.send(&form).await;
    let first = visitor.page.url.clone();
    visitor.send(&form).await;
    assert_eq!(visitor.page.url, first, "the same order");
    visitor.open(&first).await;
    market.settle_down().await;
    assert_eq!(market.books().await.orders.len(), 1);
    assert_eq!(market.count("pay", "Success").await, 1);
}

#[tokio::test]
async fn a_button_that_is_older_than_the_limits_or_the_price_is_refused_in_words() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, _) = with_tab(&market, "1000", "3").await;
    visitor.open(&market.at(LETTER)).await;
    let old = visitor.page.form("/buy").fill(&[("form_key", "01ARZ3NDEKTSV4RRFFQ69G5FAV")]);
    let dearer = visitor.page.form("/buy").fill(&[("total", "599"), ("form_key", "01ARZ3NDEKTSV4RRFFQ69G5FAX")]);
    visitor.send(&dearer).await;
    visitor.page.says(422, "The price has changed. Nothing was charged.");
    press(&market, &mut visitor).await;
    assert_eq!(market.last_order().await.state, State::Shipped);
    visitor.send(&old).await;
    visitor.page.says(422, "You allowed $10.00 a month with this way to pay, and $4.00 of it are left");
    // somebody else's tab is nobody's
    let mut ana = market.signed_in("ana@example.com").await;
    ana.send(&old).await;
    ana.page.says(422, "cannot be used any more");
    assert_eq!(market.books().await.orders.len(), 1);
    assert_eq!(market.transactions().await.len(), 1);
}

#[tokio::test]
async fn a_tab_that_was_not_approved_is_none_and_a_lost_approval_is_found() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = asking(&market, "3000", "3").await;
    visitor.submit("/leave", &[]).await;
    visitor.page.says(200, "You left the payment page before approving");
    assert_eq!(tab_of(&market).await.standing, Standing::Ended);

    let mut visitor = asking(&market, "5000", "10").await;
    visitor.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
    visitor.submit("/payment", &[("method", "CC")]).await;
    let confirm = visitor.page.form("/confirm");
    visitor.once("POST", &confirm.action, Some(confirm.body())).await;
    assert_eq!(tab_of(&market).await.standing, Standing::Asked);
    market.later(Duration::from_secs(11 * 60)).await;
    market.settle_down().await;
    assert_eq!(tab_of(&market).await.standing, Standing::Active);
    press(&market, &mut visitor).await;
    assert_eq!(market.count("pay", "Success").await, 1);
    market.books().await;
}

#[tokio::test]
async fn a_tab_that_is_ended_is_cancelled_at_the_provider_and_buys_nothing() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, tab) = with_tab(&market, "3000", "3").await;
    visitor.open(&market.at(LETTER)).await;
    let form = visitor.page.form("/buy");
    visitor.open(&market.at("/account/approvals")).await;
    visitor.submit("/end", &[]).await;
    market.settle_down().await;
    assert!(!is_active(&market, tab.consent.as_deref().unwrap()).await);
    let closing = operations(&market, tab.id.as_str(), Kind::CancelAgreement).await;
    assert_eq!(closing[0].progress, Progress::Succeeded);
    assert_eq!(afresh(&market, &tab.id).await.standing, Standing::Ended);
    visitor.send(&form).await;
    visitor.page.says(422, "cannot be used any more");
    assert_eq!(market.transactions().await.len(), 0);
}

#[tokio::test]
async fn a_tab_takes_only_what_the_form_offers() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = market.signed_in("ben@example.com").await;
    for (field, value) in [("month", "999999999"), ("day", "1000"), ("seller", "nobody")] {
        visitor.open(&market.at("/account/approvals/new")).await;
        visitor.submit("/account/approvals/new", &[(field, value)]).await;
        assert_eq!(visitor.page.status, 422, "{field}: {}", visitor.page.text());
    }
    // with the market: whoever is here today
    visitor.open(&market.at("/account/approvals/new")).await;
    visitor.submit("/account/approvals/new", &[]).await;
    market.approve(&mut visitor, "acc_clara", "CC").await;
    market.settle_down().await;
    let tab = tab_of(&market).await;
    assert!(tab.rules.payees.len() > 3 && tab.rules.only.is_none(), "{:?}", tab.rules);
    visitor.page.says(200, "Your tab with the market");
    press(&market, &mut visitor).await;
    assert_eq!(market.count("pay", "Success").await, 1);
    market.books().await;
}
