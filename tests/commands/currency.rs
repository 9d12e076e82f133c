//! The shop's currency as a setting: what starts, what does not, and what the one line says then.

use serde_json::{Value, json};

use super::free_port;
use super::process::{Folder, Ran, get};

fn one_line(run: Ran, words: &[&str]) {
    let said = run.fails();
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

fn kept_in(folder: &Folder, currency: &str) -> Folder {
    folder.with("PUSHCART_CURRENCY", currency).with("PUSHCART_LISTEN", &format!("127.0.0.1:{}", free_port()))
}

/// Settings that production accepts, but for those of the providers.
fn live(folder: &Folder, currency: &str) -> Folder {
    kept_in(folder, currency)
        .with("PUSHCART_ENVIRONMENT", "production")
        .with("PUSHCART_BASE_URL", "https://shop.example")
}

#[test]
fn a_currency_that_no_shop_is_kept_in_is_refused_with_those_that_are() {
    let ten = "USD, EUR, GBP, JPY, AUD, CAD, CHF, SEK, DKK, NOK";
    one_line(kept_in(&Folder::new(), "BRL").run(&["serve"]), &["PUSHCART_CURRENCY", "BRL", ten]);
}

#[test]
fn a_market_that_is_written_in_another_currency_does_not_start() {
    let folder = Folder::new();
    kept_in(&folder, "EUR").run(&["seed", "--orders", "20"]).succeeds();
    let words = ["PUSHCART_CURRENCY is JPY", "written in EUR", "PUSHCART_DATA_DIR"];
    for command in ["serve", "seed"] {
        one_line(kept_in(&folder, "JPY").run(&[command]), &words);
    }
    let doctor = kept_in(&folder, "JPY").run(&["doctor"]).fails();
    assert!(doctor.contains("WRONG currency") && doctor.contains("written in EUR"), "{doctor}");
    let books: Value = serde_json::from_str(&kept_in(&folder, "EUR").run(&["books", "--json"]).succeeds()).unwrap();
    assert_eq!(
        (books["orders"].as_array().map(Vec::len), &books["ledger"]["sum_minor"]),
        (Some(20), &json!({ "EUR": 0 }))
    );
    kept_in(&folder, "EUR").run(&["seed"]).succeeds();
}

#[test]
fn empty_books_are_in_the_shops_currency() {
    for currency in ["USD", "JPY"] {
        let said = kept_in(&Folder::new(), currency).run(&["books", "--json"]).succeeds();
        let books: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(books["ledger"]["sum_minor"], json!({ currency: 0 }));
    }
}

#[test]
fn a_shop_that_nobody_can_pay_does_not_start_and_says_what_to_change() {
    let folder = Folder::new();
    let elsewhere = |currency: &str, region| kept_in(&folder, currency).with("PUSHCART_AMAZON_PAY_REGION", region);
    one_line(elsewhere("CHF", "na").run(&["serve"]), &["CHF", "set PUSHCART_AMAZON_PAY_REGION=eu"]);
    one_line(elsewhere("JPY", "na").run(&["serve"]), &["JPY", "set PUSHCART_AMAZON_PAY_REGION=jp"]);
    one_line(kept_in(&folder, "EUR").run(&["serve"]), &["EUR", "start the sandbox once"]);
    one_line(live(&folder, "EUR").run(&["serve"]), &["EUR", "PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID"]);

    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/amazon_pay/test-key.pem");
    let account = live(&folder, "CHF")
        .with("PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID", "LIVE-AFTEST")
        .with("PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE", key)
        .with("PUSHCART_AMAZON_PAY_MERCHANT_ID", "A1TEST")
        .with("PUSHCART_AMAZON_PAY_STORE_ID", "amzn1.application-oa2-client.test");
    one_line(account.run(&["serve"]), &["CHF", "PUSHCART_AMAZON_PAY_MULTI_CURRENCY=true"]);
    let doctor = account.run(&["doctor"]).said;
    assert!(doctor.contains("WRONG currency") && doctor.contains("MULTI_CURRENCY=true"), "{doctor}");
    let allowed = account.with("PUSHCART_AMAZON_PAY_MULTI_CURRENCY", "true").run(&["doctor"]).said;
    assert!(allowed.contains("ok    currency     CHF") && !allowed.contains("FPS"), "{allowed}");
    assert!(allowed.contains("ok    keys         Amazon Pay key LIVE-AFTEST"), "{allowed}");
    let odd = elsewhere("USD", "na").with("PUSHCART_AMAZON_PAY_MULTI_CURRENCY", "true");
    one_line(odd.run(&["serve"]), &["PUSHCART_AMAZON_PAY_MULTI_CURRENCY", "REGION=eu"]);
}

#[tokio::test]
async fn the_demo_in_euros_just_works() {
    let (shop, sandbox) = (free_port(), free_port());
    let folder = kept_in(&Folder::new(), "EUR")
        .with("PUSHCART_LISTEN", &format!("127.0.0.1:{shop}"))
        .with("PUSHCART_SANDBOX_LISTEN", &format!("127.0.0.1:{sandbox}"));
    let demo = folder.start(&["demo"], &format!("http://127.0.0.1:{shop}/readyz")).await;
    let (_, page) = get(&format!("http://127.0.0.1:{shop}/p/wildflower-honey")).await;
    assert!(page.contains("€12.50") && !page.contains("$12.50"), "{page}");
    let (_, about) = get(&format!("http://127.0.0.1:{shop}/sell")).await;
    assert!(about.contains("We take the payment for you"), "{about}");
    let said = demo.said_when_stopped();
    assert!(said.contains("Ana") && !said.contains("acc_"), "{said}");
}
