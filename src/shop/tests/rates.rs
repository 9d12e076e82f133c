//! The page that explains codes, and the page that counts how payments end.

use super::office::OLGA;
use super::*;
use crate::base::clock::days;
use crate::base::money::Money;
use crate::orders::device::Device;
use crate::orders::operation::Instrument;
use crate::orders::rates::{Counted, Payment, band_of};

fn payment(provider: &str, cents: i64) -> Payment {
    let amount = Money::usd(cents);
    Payment {
        provider: provider.to_owned(),
        method: Some(Instrument::Card),
        device: Device::Phone,
        country: "DE".to_owned(),
        currency: amount.currency,
        band: band_of(amount),
    }
}

#[tokio::test]
async fn codes_are_found_by_name_and_by_sentence_and_by_nothing_else() {
    let market = Market::open().await;
    let all = market.get("/help/payments").await;
    assert_eq!(all.status, StatusCode::OK);
    assert!(all.headers.get(SET_COOKIE).is_none() && all.body == market.get("/help/payments").await.body);
    assert!(all.body.contains("id=\"till-left\"") && all.body.contains("id=\"counter-left\""));
    for found in ["q=LEFT", "q=purse", "q=the+TILL+walked", "provider=till", "q=new+checkout&provider=till"] {
        let page = market.get(&format!("/help/payments?{found}")).await;
        assert!(page.body.contains("id=\"till-left\" open"), "{found}");
    }
    assert!(!market.get("/help/payments?provider=counter").await.body.contains("till-left"));
    for nothing in ["q=lefty", "q=left+right", "provider=nobody", "q=%22%3E%3Cscript%3Ealert"] {
        let page = market.get(&format!("/help/payments?{nothing}")).await;
        assert_eq!(page.status, StatusCode::OK, "{nothing}");
        assert!(page.body.contains("Nobody says that") && !page.body.contains("<script"), "{nothing}");
    }
}

#[tokio::test]
async fn the_rates_say_what_was_counted_in_the_days_that_were_asked_for() {
    let market = Market::open().await;
    let mut olga = Visitor::signed_in(&market, OLGA).await;
    let page = olga.get("/admin/rates").await;
    assert!(page.body.contains("Nothing to count yet") && page.body.contains("What is meant"));

    let now = market.ctx.clock.now();
    let mut tx = market.ctx.store.write().await.unwrap();
    for (counted, ago) in [
        (Counted::Approved, 0),
        (Counted::Approved, 29),
        (Counted::Declined, 29),
        (Counted::Abandoned, 30),
        (Counted::Paid, 0),
    ] {
        tx.count_payment(&payment("till", 1500), counted, now.minus(days(ago))).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (days, approval) in [("7", "1 of 1"), ("30", "2 of 3"), ("", "2 of 3"), ("90", "2 of 4"), ("all", "2 of 4")] {
        let page = olga.get(&format!("/admin/rates?days={days}")).await;
        assert!(page.body.contains(&format!("<small>{approval} attempts")), "{days}: {}", page.body);
        for words in ["The till", "credit card", "phone", "Germany", "$10 to $25"] {
            assert!(page.body.contains(words), "{days}: {words}");
        }
        assert!(!page.body.contains("style=") && !page.body.contains("<script"));
    }
}

#[tokio::test]
async fn quiet_days_lead_to_all_days() {
    let market = Market::open().await;
    let mut tx = market.ctx.store.write().await.unwrap();
    let long_ago = market.ctx.clock.now().minus(days(400));
    tx.count_payment(&payment("till", 100), Counted::Declined, long_ago).await.unwrap();
    tx.commit().await.unwrap();
    let mut olga = Visitor::signed_in(&market, OLGA).await;
    assert!(olga.get("/admin/rates").await.body.contains("<small>1 of 1 attempts"));
    let page = olga.get("/admin/rates?days=30").await;
    assert!(page.body.contains("No payment ended in the last 30 days") && page.body.contains("days=all"));
}
