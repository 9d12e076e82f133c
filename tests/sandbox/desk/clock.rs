//! The clock's buttons.

use pushcart::base::clock::{days, hours};

use super::{press, refused};
use crate::fps_tokens::{code, recurring};
use crate::house::House;

const CLOCK: &str = "/_sandbox/desk/clock";

#[tokio::test]
async fn an_hour_a_day_and_a_week_go_by_and_both_times_are_shown() {
    let house = House::open().await;
    let mut expected = 0;
    for (word, by) in [("hour", hours(1)), ("day", days(1)), ("week", days(7))] {
        expected += i64::try_from(by.as_millis()).unwrap();
        let page = press(&house, CLOCK, &[("by", word)]).await.body;
        assert_eq!(house.clock.offset_ms(), expected);
        for time in [house.clock.now(), house.clock.real_now()] {
            assert!(page.contains(&time.day()), "{page}");
        }
    }
    assert!(house.get("/_sandbox/").await.body.contains("8 days, 1 hour"));
    refused(&house, CLOCK, &[("by", "century")]).await;
    assert_eq!(house.clock.offset_ms(), expected);
}

#[tokio::test]
async fn the_next_renewal_is_where_the_next_charge_is_allowed() {
    let house = House::open().await;
    refused(&house, CLOCK, &[("by", "renewal")]).await;
    assert!(!house.get("/_sandbox/").await.body.contains("To the next renewal"));
    let (token, recipient) = recurring(&house, "magazine", "ABT", "1 Month").await;
    for month in ["m1", "m2", "m3"] {
        assert_eq!(code(&house, "Pay", month, &recipient, &token, "9.99").await, "ok");
        let again = format!("{month}-again");
        assert_eq!(code(&house, "Pay", &again, &recipient, &token, "9.99").await, "TokenUsageError");
        assert!(house.get("/_sandbox/").await.body.contains("To the next renewal"));
        press(&house, CLOCK, &[("by", "renewal")]).await;
    }
    assert_eq!(code(&house, "Pay", "m4", &recipient, &token, "9.99").await, "ok");
}

#[tokio::test]
async fn the_sandbox_is_emptied_only_by_somebody_who_knows_what_that_means() {
    let house = House::open().await;
    press(&house, CLOCK, &[("by", "day")]).await;
    let armed = [("act", "arm"), ("scenario", "person-looks")];
    press(&house, "/_sandbox/desk/scenarios", &armed).await;
    press(&house, "/_sandbox/desk/scenarios", &[("act", "keep"), ("name", "Mine")]).await;
    refused(&house, "/_sandbox/desk/reset", &[]).await;
    assert!(house.clock.offset_ms() > 0);
    let page = press(&house, "/_sandbox/desk/reset", &[("sure", "yes")]).await.body;
    assert_eq!(house.clock.offset_ms(), 0);
    assert!(page.contains("Nothing: everything goes as it should."), "{page}");
    assert!(house.get("/_sandbox/desk/scenarios").await.body.contains("<h3>Mine</h3>"), "one's own stay");
}
