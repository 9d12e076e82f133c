//! The desk as somebody without script uses it: forms, what they do, and what they say to nonsense.

mod clock;
mod faults;
mod notices;
mod scenarios;
mod simulations;

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::house::{Answer, HOST, House};

/// Every page of the desk.
const PAGES: [&str; 6] = [
    "/_sandbox/",
    "/_sandbox/desk/scenarios",
    "/_sandbox/desk/simulations",
    "/_sandbox/desk/faults",
    "/_sandbox/desk/notifications",
    "/_sandbox/desk/log",
];

/// A post that must go well: back to a page of the desk.
async fn press(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = house.post(path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} {fields:?}: {}", answer.body);
    assert!(answer.location.starts_with("/_sandbox/"), "{}", answer.location);
    house.get(answer.location.split('#').next().unwrap()).await
}

/// A post that makes no sense: 422 and a page that says so.
async fn refused(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = house.post(path, fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {fields:?}");
    assert!(answer.body.contains("class=\"problem\"") && answer.body.contains("<main"), "{}", answer.body);
    answer
}

#[tokio::test]
async fn every_tab_leads_to_every_other_and_says_where_one_is() {
    let house = House::open().await;
    for page in PAGES {
        let answer = house.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert!(PAGES.iter().all(|other| answer.body.contains(&format!("href=\"{other}\""))), "{page}");
        let here = format!("href=\"{page}\" aria-current=\"page\"");
        assert!(answer.body.contains(&here) && answer.body.matches("aria-current").count() == 1, "{page}");
        assert!(!answer.body.contains("<script") && !answer.body.contains("style="), "{page}");
    }
}

#[tokio::test]
async fn forms_of_other_sites_change_nothing_and_far_peers_read_nothing() {
    let house = House::open().await;
    let post = |path: &str, site: &str| {
        let request = Request::post(path).header("host", HOST).header("sec-fetch-site", site);
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("act=clear&by=week"))
            .unwrap()
    };
    for path in ["/_sandbox/desk/clock", "/_sandbox/desk/faults", "/_sandbox/desk/scenarios", "/_sandbox/desk/reset"] {
        assert_eq!(house.send(post(path, "cross-site")).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // a browser says "null" for a form of a page that sends no referrer, and for one in another site's frame
    let from_nowhere = |site: &str| {
        let mut request = post("/_sandbox/desk/clock", site);
        request.headers_mut().insert("origin", "null".parse().unwrap());
        request
    };
    for site in ["cross-site", "same-site", ""] {
        assert_eq!(house.send(from_nowhere(site)).await.status, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(house.clock.offset_ms(), 0);
    assert_eq!(house.send(from_nowhere("same-origin")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.send(post("/_sandbox/desk/clock", "same-origin")).await.status, StatusCode::SEE_OTHER);
    for page in &PAGES[1..] {
        let get = |name: &str, value: &str| {
            let host = if name == "host" { value } else { HOST };
            Request::get(*page).header("host", host).header(name, value).body(Body::empty()).unwrap()
        };
        let linked = house.send(get("sec-fetch-site", "cross-site")).await;
        assert_eq!(linked.status, StatusCode::OK, "a link of the shop may lead here: {page}");
        assert_eq!(house.send(get("host", "shop.example")).await.status, StatusCode::FORBIDDEN, "{page}");
    }
}
