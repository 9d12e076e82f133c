//! Subscriptions that come twice a day, every day and every six months: one Pay per period, never two.

use pushcart::base::clock::{Millis, days, hours, minutes};
use pushcart::market::subscription::Period;
use pushcart::orders::agreement::Agreement;
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::state::State;

use crate::fps_standing::{afresh, next_period, of_last_order, operations, orders, reach, shopper};
use crate::market::Market;

/// Subscribes to the bread club, which comes so often now; `asked` is how the provider is told.
async fn subscribed(market: &Market, period: Period, asked: &str) -> Agreement {
    let store = &market.ctx().store;
    let mut club = store.product_by_slug("bread-club").await.unwrap().unwrap();
    club.product.period = Some(period);
    let mut tx = store.write().await.unwrap();
    tx.update_product(&club.product, club.available, market.ctx().clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut visitor = shopper(market, "bread-club").await;
    market.check_out(&mut visitor).await;
    let start = url::Url::parse(&visitor.page.url).unwrap();
    let said: Vec<String> =
        start.query_pairs().filter(|(name, _)| name == "recurringPeriod").map(|(_, said)| said.into_owned()).collect();
    assert_eq!(said, [asked]);
    market.approve(&mut visitor, "acc_clara", "CC").await;
    market.settle_down().await;
    visitor.open(&market.at("/account/approvals")).await;
    visitor.page.says(200, period.label());
    let agreement = of_last_order(market).await;
    is_paid(market, &agreement, &[0]).await;
    agreement
}

/// These periods were ordered, in this order, each of them is paid, by one Pay at the first try, and nothing else is.
async fn is_paid(market: &Market, agreement: &Agreement, periods: &[i64]) {
    let all = orders(market, agreement).await;
    assert_eq!(all.iter().filter_map(|order| order.period).collect::<Vec<_>>(), periods);
    assert_eq!(all.len(), periods.len());
    for order in &all {
        assert_eq!(order.state, State::Paid, "period {:?}: {:?}", order.period, order.message);
        let pays = operations(market, order.id.as_str(), Kind::Pay).await;
        assert_eq!(pays.iter().map(|pay| pay.progress).collect::<Vec<_>>(), [Progress::Succeeded]);
    }
    assert_eq!(market.count("pay", "Success").await, periods.len());
    assert_eq!(market.transactions().await.len(), periods.len());
}

/// How many periods were left out, by the audit's word.
async fn left_out(market: &Market, agreement: &Agreement) -> Vec<String> {
    let acts = market.ctx().store.audit_of(agreement.id.as_str()).await.unwrap();
    acts.into_iter().filter(|act| act.act == "periods left out").map(|act| act.detail).collect()
}

/// Noon of tomorrow.
async fn noon(market: &Market) {
    reach(market, market.ctx().clock.now().start_of_day().plus(hours(36))).await;
}

/// The days on which its orders were placed: `08-31`.
async fn placed_on(market: &Market, agreement: &Agreement) -> Vec<String> {
    orders(market, agreement).await.iter().map(|order| order.placed_at.iso8601()[5..10].to_owned()).collect()
}

fn day_of(at: Millis) -> String {
    at.iso8601()[5..10].to_owned()
}

#[tokio::test]
async fn what_comes_every_day_is_paid_once_on_each_of_them() {
    let Some(market) = Market::open().await else { return };
    noon(&market).await;
    let agreement = subscribed(&market, Period::Day, "1 Day").await;
    let mut known = vec![0];
    let mut on = vec![day_of(agreement.started_at)];
    for day in 1..=5_u32 {
        // not at midnight, nor an hour before its time
        let at = agreement.started_at.plus(days(1) * day);
        for early in [at.start_of_day().plus(minutes(1)), at.minus(hours(1))] {
            reach(&market, early).await;
            is_paid(&market, &agreement, &known).await;
        }
        reach(&market, at.plus(minutes(1))).await;
        known.push(i64::from(day));
        on.push(day_of(at));
        is_paid(&market, &agreement, &known).await;
        // nothing more on that day, however often it is looked
        reach(&market, at.plus(hours(6))).await;
        market.settle_down().await;
        is_paid(&market, &agreement, &known).await;
    }
    assert_eq!(placed_on(&market, &agreement).await, on);
    assert!(left_out(&market, &agreement).await.is_empty());
    market.books().await;
}

#[tokio::test]
async fn of_three_days_without_a_shop_the_last_one_is_paid_and_the_others_are_left_out() {
    let Some(market) = Market::open().await else { return };
    noon(&market).await;
    let agreement = subscribed(&market, Period::Day, "1 Day").await;
    next_period(&market, &agreement).await;
    is_paid(&market, &agreement, &[0, 1]).await;
    // the days 2, 3 and 4 have begun when somebody looks again
    reach(&market, agreement.started_at.plus(days(4)).plus(hours(2))).await;
    is_paid(&market, &agreement, &[0, 1, 4]).await;
    let told = left_out(&market, &agreement).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("2 missed"), "{told:?}");
    // the next one comes on its own day again
    reach(&market, agreement.started_at.plus(days(5)).minus(minutes(5))).await;
    is_paid(&market, &agreement, &[0, 1, 4]).await;
    reach(&market, agreement.started_at.plus(days(5)).plus(minutes(1))).await;
    next_period(&market, &agreement).await;
    is_paid(&market, &agreement, &[0, 1, 4, 5, 6]).await;
    assert_eq!(left_out(&market, &agreement).await.len(), 1);
    market.books().await;
}

#[tokio::test]
async fn a_day_that_is_charged_on_the_morning_after_is_the_only_one_of_that_day() {
    let Some(market) = Market::open().await else { return };
    noon(&market).await;
    let agreement = subscribed(&market, Period::Day, "1 Day").await;
    // due at noon, found at eight the next morning, four hours before the next one
    let late = agreement.started_at.plus(days(1)).plus(hours(20));
    reach(&market, late).await;
    is_paid(&market, &agreement, &[0, 1]).await;
    let noon = agreement.started_at.plus(days(2));
    reach(&market, noon.plus(minutes(1))).await;
    is_paid(&market, &agreement, &[0, 1]).await;
    let midnight = late.start_of_day().plus(days(1));
    assert_eq!(afresh(&market, &agreement.id).await.next_at, Some(midnight), "the provider takes one a day");
    reach(&market, midnight.minus(minutes(1))).await;
    is_paid(&market, &agreement, &[0, 1]).await;
    reach(&market, midnight.plus(minutes(1))).await;
    is_paid(&market, &agreement, &[0, 1, 2]).await;
    let on: Vec<String> = [agreement.started_at, late, midnight].map(day_of).to_vec();
    assert_eq!(placed_on(&market, &agreement).await, on);
    market.books().await;
}

#[tokio::test]
async fn what_comes_twice_a_day_is_paid_after_twelve_hours_and_not_before() {
    let Some(market) = Market::open().await else { return };
    let agreement = subscribed(&market, Period::HalfDay, "12 Hours").await;
    let mut known = vec![0];
    for half in 1..=4_i64 {
        // hours are counted from the last charge, which comes a little after its time
        let last = afresh(&market, &agreement.id).await.charged_at.unwrap();
        reach(&market, last.plus(hours(12)).minus(minutes(2))).await;
        is_paid(&market, &agreement, &known).await;
        reach(&market, last.plus(hours(12)).plus(minutes(1))).await;
        known.push(half);
        is_paid(&market, &agreement, &known).await;
    }
    assert!(left_out(&market, &agreement).await.is_empty());
    market.books().await;
}

#[tokio::test]
async fn what_comes_every_six_months_from_a_31st_of_august_keeps_to_the_ends_of_months() {
    let Some(market) = Market::open().await else { return };
    // the last day of the coming August, at noon
    let now = market.ctx().clock.now();
    let first = (0..13).map(|n| now.start_of_month().months_later(n)).find(|at| at.iso8601()[5..7] == *"08").unwrap();
    reach(&market, first.plus(days(30)).plus(hours(12))).await;
    let agreement = subscribed(&market, Period::HalfYear, "6 Months").await;
    let mut known = vec![0];
    for half in 1..=4_i64 {
        // the day before it is not due
        let next = afresh(&market, &agreement.id).await.next_at.unwrap();
        reach(&market, next.minus(days(1))).await;
        is_paid(&market, &agreement, &known).await;
        reach(&market, next.plus(minutes(1))).await;
        known.push(half);
        is_paid(&market, &agreement, &known).await;
    }
    let year: i64 = first.iso8601()[..4].parse().unwrap();
    let february = |year: i64| if year % 4 == 0 { "02-29" } else { "02-28" };
    let days = ["08-31", february(year + 1), "08-31", february(year + 2), "08-31"];
    assert_eq!(placed_on(&market, &agreement).await, days);
    assert!(left_out(&market, &agreement).await.is_empty());
    market.books().await;
}

#[tokio::test]
async fn half_years_that_were_missed_are_not_made_up_and_the_next_one_is_a_whole_one_later() {
    let Some(market) = Market::open().await else { return };
    let agreement = subscribed(&market, Period::HalfYear, "6 Months").await;
    // two have begun, the second of them a month ago
    let late = agreement.started_at.months_later(13);
    reach(&market, late).await;
    is_paid(&market, &agreement, &[0, 2]).await;
    let told = left_out(&market, &agreement).await;
    assert!(told.len() == 1 && told[0].ends_with("1 missed"), "{told:?}");
    // its own day comes five months later, which is too early for the provider
    reach(&market, agreement.started_at.months_later(18).plus(minutes(1))).await;
    is_paid(&market, &agreement, &[0, 2]).await;
    reach(&market, late.months_later(6).plus(minutes(1))).await;
    is_paid(&market, &agreement, &[0, 2, 3]).await;
    market.books().await;
}
