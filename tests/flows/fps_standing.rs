//! Subscriptions by recurring tokens: one Pay per period, whatever day, downtime or accident.

use pushcart::base::clock::{Millis, days, minutes};
use pushcart::orders::agreement::{Agreement, Standing};
use pushcart::orders::operation::{Kind, Operation, Progress};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

/// Somebody with an account who has put `slug` into the basket.
pub async fn shopper(market: &Market, slug: &str) -> Visitor {
    let mut visitor = market.signed_in("ben@example.com").await;
    visitor.open(&market.at(&format!("/p/{slug}"))).await;
    visitor.submit("/cart/items", &[("quantity", "1")]).await;
    visitor
}

/// Subscribes to the bread club as the test person `persona`.
pub async fn subscribed(market: &Market, persona: &str, method: &str) -> (Visitor, Agreement) {
    let mut visitor = shopper(market, "bread-club").await;
    market.check_out(&mut visitor).await;
    market.approve(&mut visitor, persona, method).await;
    market.settle_down().await;
    let agreement = of_last_order(market).await;
    (visitor, agreement)
}

pub async fn of_last_order(market: &Market) -> Agreement {
    let id = market.last_order().await.agreement.expect("an order under an agreement");
    afresh(market, &id).await
}

pub async fn afresh(market: &Market, id: &pushcart::base::ids::AgreementId) -> Agreement {
    market.ctx().store.agreement(id).await.unwrap().unwrap()
}

/// All orders under it, the first one first.
pub async fn orders(market: &Market, agreement: &Agreement) -> Vec<Order> {
    let mut all = market.ctx().store.orders_under(&agreement.buyer, 100).await.unwrap();
    all.retain(|order| order.agreement.as_ref() == Some(&agreement.id));
    all.reverse();
    all
}

pub async fn operations(market: &Market, subject: &str, kind: Kind) -> Vec<Operation> {
    let all = market.ctx().store.operations_of(subject).await.unwrap();
    all.into_iter().filter(|operation| operation.kind == kind).collect()
}

/// Moves time to `at`, and lets everybody do what is due.
pub async fn reach(market: &Market, at: Millis) {
    let now = market.ctx().clock.now();
    market.later(at.since(now)).await;
    market.settle_down().await;
}

/// Moves time to a little after the next period has begun.
pub async fn next_period(market: &Market, agreement: &Agreement) {
    let next = afresh(market, &agreement.id).await.next_at.expect("it goes on");
    reach(market, next.plus(minutes(1))).await;
}

/// Whether the sandbox says that the approval stands.
pub async fn is_active(market: &Market, consent: &str) -> bool {
    use pushcart::orders::outcome::{Outcome, Validity};
    let provider = market.ctx().providers.get("fps").unwrap();
    match provider.read(&pushcart::pay::News::of_approval(consent)).await {
        Outcome::Approval { validity, .. } => validity == Validity::Chargeable,
        outcome => panic!("{outcome:?}"),
    }
}

/// Makes the next calls of `operation` fail with the provider's `error`.
pub async fn refuse(market: &Market, operation: &str, error: &str) {
    let body = serde_json::json!({ "provider": "fps", "operation": operation, "fault": "error", "error": error });
    market.control("POST", "faults", Some(body)).await;
}

#[tokio::test]
async fn a_subscription_keeps_its_day_for_thirteen_months_and_is_paid_once_in_each() {
    let Some(market) = Market::open().await else { return };
    // the last day of the coming January, at noon
    let now = market.ctx().clock.now();
    let first = (0..13).map(|n| now.start_of_month().months_later(n)).find(|at| at.iso8601()[5..7] == *"01").unwrap();
    reach(&market, first.plus(days(30)).plus(minutes(720))).await;
    let (_, agreement) = subscribed(&market, "acc_clara", "CC").await;
    assert_eq!(agreement.standing, Standing::Active);
    assert_eq!(agreement.method.as_deref(), Some("Credit card (Amazon Flexible Payments)"));
    let first_order = market.last_order().await;
    assert_eq!(first_order.state, State::Paid, "what comes again is paid, not held");
    for _ in 0..13 {
        next_period(&market, &agreement).await;
    }
    let all = orders(&market, &agreement).await;
    let days: Vec<String> = all.iter().map(|order| order.placed_at.iso8601()[5..10].to_owned()).collect();
    let february = if first.iso8601()[..4].parse::<i64>().unwrap() % 4 == 0 { "02-29" } else { "02-28" };
    assert_eq!(days[0], "01-31");
    assert_eq!(days[1], february);
    assert_eq!(
        days[2..13],
        ["03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31", "01-31"]
    );
    assert_eq!(all.iter().map(|order| order.period).collect::<Vec<_>>(), (0..14).map(Some).collect::<Vec<_>>());
    assert!(all.iter().all(|order| order.state == State::Paid && order.total == first_order.total));
    assert_eq!(market.count("pay", "Success").await, 14, "one each, none twice");
    market.books().await;

    // goods that ship are shipped after they were paid
    let last = all.last().unwrap();
    let mut seller = market.seller_at(last).await;
    seller.submit("/ship", &[]).await;
    assert_eq!(market.order(&last.id).await.state, State::Shipped);
    assert_eq!(market.count("pay", "Success").await, 14);
}

#[tokio::test]
async fn after_three_months_without_a_shop_one_period_is_paid_and_the_missed_ones_are_not() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_bill", "ABT").await;
    reach(&market, agreement.started_at.months_later(3).plus(days(2))).await;
    market.settle_down().await;
    let all = orders(&market, &agreement).await;
    assert_eq!(all.iter().map(|order| order.period).collect::<Vec<_>>(), [Some(0), Some(3)]);
    assert!(all.iter().all(|order| order.state == State::Paid));
    assert_eq!(market.count("pay", "Success").await, 2);
    // the next one comes no sooner than a month after the last
    let next = afresh(&market, &agreement.id).await.next_at.unwrap();
    reach(&market, next.plus(minutes(1))).await;
    assert_eq!(market.count("pay", "Success").await, 2, "two days late, and so is the next");
    reach(&market, next.plus(days(3))).await;
    assert_eq!(orders(&market, &agreement).await.len(), 3);
    assert_eq!(market.count("pay", "Success").await, 3);
    market.books().await;
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_is_charged_once() {
    for fault in ["drop_response", "drop_request"] {
        let Some(market) = Market::open().await else { return };
        let (_, agreement) = subscribed(&market, "acc_bill", "ABT").await;
        crate::purchase::fault(&market, "Pay", fault).await;
        next_period(&market, &agreement).await;
        reach(&market, market.ctx().clock.now().plus(minutes(5))).await;
        let all = orders(&market, &agreement).await;
        assert_eq!(all[1].state, State::Paid, "{fault}");
        let pays = operations(&market, all[1].id.as_str(), Kind::Pay).await;
        assert_eq!(pays.len(), 1, "{fault}: the same reference again, not a new one");
        let waiting = market.control("GET", "faults", None).await;
        assert_eq!(waiting["faults"].as_array().map(Vec::len), Some(0), "{fault} struck");
        assert_eq!(market.count("pay", "Success").await, 2, "{fault}");
        market.books().await;
    }
}

#[tokio::test]
async fn a_subscription_for_three_times_ends_by_itself() {
    let Some(market) = Market::open().await else { return };
    let mut visitor = shopper(&market, "bread-club").await;
    visitor.open(&market.at("/checkout")).await;
    let form: Vec<_> = crate::market::ADDRESS.iter().copied().chain([("times", "3")]).collect();
    visitor.submit("/checkout", &form).await;
    market.approve(&mut visitor, "acc_clara", "CC").await;
    market.settle_down().await;
    let agreement = of_last_order(&market).await;
    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "every month, 3 times in all");
    for _ in 0..2 {
        next_period(&market, &agreement).await;
    }
    assert_eq!(orders(&market, &agreement).await.len(), 3);
    next_period(&market, &agreement).await;
    let after = afresh(&market, &agreement.id).await;
    assert_eq!((after.standing, after.next_at), (Standing::Ended, None));
    assert_eq!(orders(&market, &agreement).await.len(), 3);
    assert_eq!(market.count("pay", "Success").await, 3);
    let letters = market.ctx().store.letters(50).await.unwrap();
    assert!(letters.iter().any(|letter| letter.body_text.contains("lasted as long as you agreed to")));
    market.books().await;
}

#[tokio::test]
async fn a_subscription_that_ends_in_the_shop_is_cancelled_at_the_provider() {
    let Some(market) = Market::open().await else { return };
    let (mut visitor, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let consent = agreement.consent.clone().unwrap();
    assert!(is_active(&market, &consent).await);
    crate::purchase::fault(&market, "CancelToken", "drop_response").await;
    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, "The bread club");
    visitor.page.says(200, "Charged so far");
    visitor.submit("/end", &[]).await;
    visitor.page.says(200, "You ended it");
    market.settle_down().await;
    assert!(!is_active(&market, &consent).await);
    let closing = operations(&market, agreement.id.as_str(), Kind::CancelAgreement).await;
    assert_eq!((closing.len(), closing[0].progress), (1, Progress::Succeeded));
    reach(&market, agreement.next_at.unwrap().plus(days(1))).await;
    assert_eq!(orders(&market, &agreement).await.len(), 1, "nothing more is charged");
    // the part of the period that is not used goes back like any order's money
    let order = market.last_order().await;
    let mut seller = market.seller_at(&order).await;
    seller.submit("/refund", &[("amount", "5")]).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Success").await, 1);
    market.books().await;
}

#[tokio::test]
async fn the_seller_ends_a_subscription_and_the_buyer_is_told() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let order = market.last_order().await;
    reach(&market, order.placed_at.plus(days(15))).await;
    let mut seller = market.seller_at(&order).await;
    assert!(!seller.page.text().contains("Its subscription has ended"));
    seller.submit("/subscription/end", &[]).await;
    market.settle_down().await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Ended);
    assert!(!is_active(&market, agreement.consent.as_deref().unwrap()).await);
    let letters = market.ctx().store.letters(50).await.unwrap();
    assert!(letters.iter().any(|letter| letter.body_text.contains("The seller ended it")));
    // half of the month is to come, and is what the form proposes to give back
    seller.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    seller.page.says(200, "Its subscription has ended");
    seller.submit("/refund", &[]).await;
    market.settle_down().await;
    let back = operations(&market, order.id.as_str(), Kind::Refund).await.pop().unwrap().amount;
    assert!((order.total.minor * 2 / 5..order.total.minor * 3 / 5).contains(&back.minor), "{back} of {}", order.total);
    market.books().await;
}

/// The payer cancels the approval on the provider's own page.
pub async fn cancel_at_the_provider(market: &Market, persona: &str) {
    let mut payer = Visitor::new();
    payer.open(&format!("{}/accounts/{persona}", market.sandbox_url)).await;
    payer.submit("/tokens/", &[]).await;
}

#[tokio::test]
async fn a_buyer_who_cancels_at_the_provider_is_heard_once_even_if_twice_told() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let twice = serde_json::json!({ "provider": "fps", "operation": "*", "fault": "duplicate_notification" });
    market.control("POST", "faults", Some(twice)).await;
    cancel_at_the_provider(&market, "acc_clara").await;
    market.settle_down().await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Ended);
    let letters = market.ctx().store.letters(50).await.unwrap();
    let told = letters.iter().filter(|letter| letter.body_text.contains("It was ended at the payment service"));
    assert_eq!(told.count(), 1);
    reach(&market, agreement.next_at.unwrap().plus(days(1))).await;
    assert_eq!(orders(&market, &agreement).await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn a_cancellation_that_nobody_told_us_of_is_found_before_the_next_charge() {
    let Some(market) = Market::open().await else { return };
    let (_, agreement) = subscribed(&market, "acc_clara", "CC").await;
    let lost = serde_json::json!({ "provider": "fps", "operation": "*", "fault": "lose_notification" });
    market.control("POST", "faults", Some(lost)).await;
    cancel_at_the_provider(&market, "acc_clara").await;
    market.settle_down().await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Active, "nobody told us");
    reach(&market, agreement.next_at.unwrap().plus(days(1))).await;
    assert_eq!(afresh(&market, &agreement.id).await.standing, Standing::Ended);
    assert_eq!(orders(&market, &agreement).await.len(), 1, "not even tried");
    market.books().await;
}
