//! Notifications with their state and a button, and the log with what was signed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;

use super::{press, refused};
use crate::house::{House, pay, sign};

/// A shop that counts what it is told, and answers with `status`.
async fn shop() -> (String, Arc<Mutex<(u32, u16)>>) {
    let state = Arc::new(Mutex::new((0, 200)));
    let kept = state.clone();
    let router = axum::Router::new().fallback(move || {
        let mut kept = kept.lock().unwrap();
        kept.0 += 1;
        let status = StatusCode::from_u16(kept.1).unwrap();
        async move { status }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/ipn", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, state)
}

#[tokio::test]
async fn each_notification_shows_what_became_of_it_and_can_be_sent_again() {
    let (address, state) = shop().await;
    let house = House::open_with(|settings| settings.ipn_url = Some(address)).await;
    let page = house.get("/_sandbox/desk/notifications").await.body;
    assert!(page.contains("None yet."), "{page}");
    let fault = [("act", "add"), ("where", "fps Pay"), ("fault", "lose_notification"), ("times", "1")];
    press(&house, "/_sandbox/desk/faults", &fault).await;
    state.lock().unwrap().1 = 503;
    for reference in ["o1", "o2"] {
        let (recipient, sender) = house.tokens(reference, "20.00", "acc_bill", "ABT").await;
        let answer = house.call("Pay", &pay(&format!("p-{reference}"), &recipient, &sender, "20.00")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        house.settle_down().await;
    }
    let page = house.get("/_sandbox/desk/notifications").await.body;
    assert!(page.find(">waiting<").unwrap() < page.find(">lost<").unwrap(), "the newest first: {page}");
    assert!(page.contains("<code>PAY SUCCESS</code>"), "{page}");
    assert!(page.contains("not sent yet") && page.contains("sent once, next "), "{page}");
    state.lock().unwrap().1 = 200;
    let ids: Vec<String> = page
        .split("action=\"/_sandbox/desk/notifications/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let before = state.lock().unwrap().0;
    for id in &ids {
        press(&house, &format!("/_sandbox/desk/notifications/{id}"), &[]).await;
    }
    assert_eq!(state.lock().unwrap().0, before + 2);
    let page = house.get("/_sandbox/desk/notifications").await.body;
    assert_eq!(page.matches(">delivered<").count(), 2, "{page}");
    house.later(Duration::from_secs(86_400)).await;
    assert_eq!(state.lock().unwrap().0, before + 2, "what was delivered is not repeated");
    let gone = house.post("/_sandbox/desk/notifications/ipn_nobody", &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_log_shows_what_was_signed_and_where_two_strings_part() {
    let house = House::open().await;
    let now = pushcart::base::clock::Clock::new().now().iso8601();
    let pairs = crate::house::call_pairs("GetTokenByCaller", &[("CallerReference", "a b")], &now);
    let mut sorted = pairs.clone();
    sorted.sort_unstable();
    let good = format!("GET\n{}\n/fps/\n{}", crate::house::HOST, crate::house::query(&sorted));
    // what a program signs that writes spaces as a plus
    let wrong = good.replace("%20", "+");
    let query = format!(
        "{}&Signature={}",
        crate::house::query(&pairs),
        crate::house::encode(&sign(crate::house::SECRET, &wrong))
    );
    assert_eq!(house.get(&format!("/fps/?{query}")).await.text("Code"), "SignatureDoesNotMatch");

    let page = house.get("/_sandbox/desk/log").await.body;
    assert!(page.contains("SignatureDoesNotMatch"), "{page}");
    let entry = page.split("href=\"/_sandbox/desk/log/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let address = format!("/_sandbox/desk/log/{entry}");
    let shown = house.get(&address).await.body;
    assert!(shown.contains("CallerReference=a%20b") && !shown.contains(crate::house::SECRET), "{shown}");
    let compare = |text: String| {
        let (house, address) = (&house, address.clone());
        async move { house.post(&address, &[("theirs", &text)]).await }
    };
    let parted = compare(wrong.replace('\n', "\r\n")).await;
    assert_eq!(parted.status, StatusCode::OK);
    assert!(
        parted.body.contains("They part at line 4") && parted.body.contains("A space is written %20"),
        "{}",
        parted.body
    );
    assert!(compare(good).await.body.contains("byte by byte"));
    refused(&house, &address, &[("theirs", "  ")]).await;
    assert_eq!(house.get("/_sandbox/desk/log/999999999").await.status, StatusCode::NOT_FOUND);
    let older = house.get("/_sandbox/desk/log?before=1").await;
    assert!(older.status == StatusCode::OK && older.body.contains("Nothing here."));
}
