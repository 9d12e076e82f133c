//! FPS keys are replaced as docs/operations.md says, with buyers at every stage of a purchase meanwhile.

use pushcart::store::Store;
use serde_json::{Value, json};

use crate::agree::{self, Expected};
use crate::place::{Place, Template};
use crate::shop_process::ShopProcess;
use crate::visitor::Visitor;
use crate::walk::{Try, Walk};

const OLD: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
const NEW: (&str, &str) = ("AKIAROTATEDEXAMPLE00", "pN4xGm2Qk8vTz1LrYc6uWd0sEbHaJf5oXi3RqSgC");

/// Settings with `pair` first, and `other` beside it where there is one.
fn with_keys(
    settings: &[(&'static str, String)],
    pair: (&str, &str),
    other: Option<(&str, &str)>,
) -> Vec<(&'static str, String)> {
    let mut all = settings.to_vec();
    all.push(("PUSHCART_FPS_ACCESS_KEY", pair.0.to_owned()));
    all.push(("PUSHCART_FPS_SECRET_KEY", pair.1.to_owned()));
    if let Some(other) = other {
        all.push(("PUSHCART_FPS_ACCESS_KEY_2", other.0.to_owned()));
        all.push(("PUSHCART_FPS_SECRET_KEY_2", other.1.to_owned()));
    }
    all
}

/// Makes a pair at the provider, or changes what it is good for.
async fn set(walk: &Walk, place: &Place, pair: (&str, &str), status: &str) {
    let pair = json!({ "provider": "fps", "access_key": pair.0, "secret_key": pair.1, "status": status });
    let address = format!("{}/_sandbox/credentials", place.sandbox_url());
    let answer = walk.http.post(address).json(&pair).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

/// Rotates once; every order is sold, and the provider never refused a key.
pub async fn rotate(template: Template) {
    let place = Place::open(&template, 1).await;
    let plain = place.shops[0].clone();
    let shop = ShopProcess::start(with_keys(&plain, OLD, None), None, None).await;
    let store = Store::open(place.database_url()).await.unwrap();
    let mut walk = Walk::new(shop, &place);

    walk.buy(&place, &store, "1", &[Try::Fps]).await;
    let mut at_the_pages = Visitor::new();
    walk.check_out(&mut at_the_pages, "2", Try::Fps).await;

    // the new pair is made, and becomes the first one
    set(&walk, &place, NEW, "active").await;
    walk.shop.restart(with_keys(&plain, NEW, Some(OLD))).await;
    walk.approve(&mut at_the_pages, &place, &store).await;
    walk.buy(&place, &store, "3", &[Try::Fps]).await;
    let mut at_the_pages = Visitor::new();
    walk.check_out(&mut at_the_pages, "4", Try::Fps).await;

    // the old pair is good for nothing any more
    set(&walk, &place, OLD, "inactive").await;
    walk.approve(&mut at_the_pages, &place, &store).await;
    walk.buy(&place, &store, "5", &[Try::Fps]).await;
    walk.shop.restart(with_keys(&plain, NEW, None)).await;

    walk.ship(&place, &store).await;
    let books = walk.quiet_books(&place).await;
    assert_eq!(books["orders"].as_array().unwrap().len(), 5);
    agree::check(&books, &place.ledger(&walk.http).await, Expected { providers: 1, refusals: 0 });
    let address = format!("{}/_sandbox/log", place.sandbox_url());
    let log: Value = walk.http.get(address).send().await.unwrap().json().await.unwrap();
    let all = log["entries"].as_array().unwrap_or_else(|| panic!("{log}"));
    assert!(all.len() > 20, "{log}");
    for entry in all {
        let verdict = entry["verdict"].as_str().unwrap_or_default();
        assert!(!verdict.contains("InvalidClientTokenId") && !verdict.contains("SignatureDoesNotMatch"), "{entry}");
    }
}
