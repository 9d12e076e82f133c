//! The page that explains codes, and the page that counts how payments end.

use axum::http::header::USER_AGENT;

use super::buying::ADDRESS;
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

/// One attempt that the till declined, long ago.
pub(super) async fn count_one(market: &Market) {
    let mut tx = market.ctx.store.write().await.unwrap();
    let long_ago = market.ctx.clock.now().minus(days(400));
    tx.count_payment(&payment("till", 100), Counted::Declined, long_ago).await.unwrap();
    tx.commit().await.unwrap();
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
async fn a_checkout_keeps_the_kind_of_device_and_not_the_browsers_name() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&ADDRESS).finish();
    let request = Request::post("/checkout")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(USER_AGENT, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Pretzelfox/9");
    let sent = guest.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let order = market.orders().await.remove(0);
    let checkout = market.ctx.store.checkout(&order.checkout).await.unwrap().unwrap();
    assert_eq!(checkout.device, Device::Phone);
    assert!(!format!("{checkout:?} {order:?}").contains("Pretzelfox"));
}

#[tokio::test]
async fn a_buyer_who_left_reads_the_services_code_and_where_it_is_explained() {
    let market = Market::with_till().await;
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let sent = guest.post("/checkout", &ADDRESS).await;
    let reference = sent.leads_to().split_once("reference=").unwrap().1.to_owned();
    let order = market.orders().await.remove(0);
    let page = format!("/orders/{}", order.id);
    assert!(!guest.get(&page).await.body.contains("says <span"), "nothing was said yet");
    // twice the same return: one attempt that was abandoned
    for _ in 0..2 {
        market.get(&format!("/return/till?reference={reference}&how=leave")).await;
    }
    let shown = guest.get(&page).await;
    assert!(shown.body.contains("The till says <span class=\"code\">left</span>: Walked away."), "{}", shown.body);
    assert!(shown.body.contains("/help/payments?q=left&#38;provider=till#till-left"));
    let totals = market.ctx.store.payment_totals().await.unwrap();
    assert_eq!(Counted::ALL.map(|counted| totals[0].1.count(counted)), [0, 0, 1, 0, 0]);
    // and a new try takes it away again
    guest.post(&format!("{page}/pay"), &[]).await;
    assert!(!guest.get(&page).await.body.contains("says <span"));
}

#[tokio::test]
async fn quiet_days_lead_to_all_days() {
    let market = Market::open().await;
    count_one(&market).await;
    let mut olga = Visitor::signed_in(&market, OLGA).await;
    assert!(olga.get("/admin/rates").await.body.contains("<small>1 of 1 attempts"));
    let page = olga.get("/admin/rates?days=30").await;
    assert!(page.body.contains("No payment ended in the last 30 days") && page.body.contains("days=all"));
}
