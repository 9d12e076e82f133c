//! Every command as a person runs it: a process of its own, in a folder of its own.

mod currency;
mod examples;
mod mail;
#[path = "../support/ports.rs"]
mod ports;
mod process;
mod skill;
mod soak;

use std::path::PathBuf;
use std::process::Command;

use ports::free_port;
use process::{Folder, get};
use serde_json::Value;

/// The program of `examples/`, built where it is not: only a whole `cargo test` builds examples.
fn built(example: &str) -> PathBuf {
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--example", example]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success());
    deps.parent().unwrap().join("examples").join(example)
}

#[test]
fn migrate_says_what_it_ran_and_then_that_there_is_nothing_to_do() {
    let folder = Folder::new();
    let first = folder.run(&["migrate"]).succeeds();
    assert!(first.starts_with("ran 0001 ") && first.lines().count() >= 5, "{first}");
    assert_eq!(folder.run(&["migrate"]).succeeds(), "nothing to do: the schema is current\n");
}

#[test]
fn seeding_twice_with_one_seed_adds_once_and_the_books_balance() {
    let folder = Folder::new();
    let seed = ["seed", "--sellers", "3", "--products", "700", "--orders", "250", "--rng-seed", "7"];
    assert!(folder.run(&seed).succeeds().contains("953 of 953"));
    let first: Value = serde_json::from_str(&folder.run(&["books", "--json"]).succeeds()).unwrap();
    folder.run(&seed).succeeds();
    let second: Value = serde_json::from_str(&folder.run(&["books", "--json"]).succeeds()).unwrap();
    assert_eq!(first, second);

    let orders = first["orders"].as_array().unwrap();
    assert_eq!(orders.len(), 250);
    for order in orders {
        let text = |field: &str| order[field].as_str().unwrap_or_else(|| panic!("{field}: {order}")).to_owned();
        assert!(text("order_id").starts_with("ord_") && text("number").starts_with("P-"));
        assert_eq!((text("currency"), text("channel")), ("USD".into(), "web".into()));
        assert!(["fps", "amazon_pay"].contains(&&*text("provider")));
        assert!(order["total_minor"].as_i64().unwrap() > 0);
        assert!(["shipped", "refunded", "cancelled", "declined", "expired"].contains(&&*text("state")));
        for operation in order["operations"].as_array().unwrap() {
            let is_refused = text("state") == "declined";
            assert!(operation["kind"].is_string() && operation["amount_minor"].is_i64(), "{operation}");
            assert_eq!(operation["state"], if is_refused { "failed" } else { "succeeded" }, "{operation}");
            assert!(operation["caller_reference"].as_str().unwrap().starts_with("opn_"), "{operation}");
            assert_eq!(operation["provider_transaction_id"].is_string(), !is_refused, "{operation}");
        }
    }
    assert_eq!(first["ledger"]["sum_minor"]["USD"], 0);
    let accounts = first["ledger"]["accounts"].as_array().unwrap();
    let names: Vec<&str> = accounts.iter().map(|line| line["account"].as_str().unwrap()).collect();
    for kind in ["buyer:", "held:", "seller:", "fee:marketplace", "fee:provider", "provider:fps", "provider:amazon_pay"]
    {
        assert!(names.iter().any(|name| name.starts_with(kind)), "no {kind}");
    }
    let none_waits = serde_json::json!({ "outbox_pending": 0, "outbox_failed": 0, "inbox_pending": 0 });
    assert_eq!(first["queues"], none_waits);
    folder.run_unread(&["books"]);
    let for_people = folder.run(&["books"]).succeeds();
    assert!(for_people.starts_with("250 orders\n") && for_people.contains("provider:fps"), "{for_people}");
}

#[test]
fn an_operator_gets_a_link_that_works_once() {
    let folder = Folder::new();
    let said = folder.run(&["operator", "add", "olga@example.com"]).succeeds();
    assert!(said.contains("http://localhost:3000/account/password/"), "{said}");
    assert!(folder.run(&["operator", "add", "olga"]).fails().contains("not an e-mail address"));
}

#[test]
fn wrong_settings_stop_the_start_with_one_line() {
    let folder = Folder::new();
    let line = |words: &str, run: process::Ran| {
        let said = run.fails();
        assert!(said.contains(words) && said.lines().count() == 1, "{said}");
    };
    line("PUSHCART_LISTN is set", folder.with("PUSHCART_LISTN", "x").run(&["books"]));
    line("PUSHCART_LISTEN is", folder.with("PUSHCART_LISTEN", "3000").run(&["serve"]));
    line("PUSHCART_LOG", folder.with("PUSHCART_LOG", "pushcart=loud").run(&["books"]));
    let live = folder
        .with("PUSHCART_ENVIRONMENT", "production")
        .with("PUSHCART_BASE_URL", "https://shop.example")
        .with("PUSHCART_FPS_API_URL", "https://fps.example/")
        .with("PUSHCART_FPS_CBUI_URL", "https://cbui.example/");
    line("example key", live.run(&["serve"]));
    let keys = ["--fps-access-key", "AKIAREAL", "--fps-secret-key", "real"];
    line("password everybody knows", live.run(&[&["seed"], &keys[..]].concat()));
    folder.write("pushcart.toml", "lisen = \"127.0.0.1:1\"");
    line("lisen", folder.run(&["books"]));
}

#[test]
fn flags_beat_variables_and_these_beat_the_file() {
    let folder = Folder::new();
    let shop = |run: process::Ran| {
        let said = run.said;
        said.lines().next().unwrap().split("shop at ").nth(1).unwrap().to_owned()
    };
    assert_eq!(shop(folder.run(&["doctor"])), "http://localhost:3000");
    folder.write("pushcart.toml", "base_url = \"http://file.example\"");
    assert_eq!(shop(folder.run(&["doctor"])), "http://file.example");
    let folder = folder.with("PUSHCART_BASE_URL", "http://variable.example");
    assert_eq!(shop(folder.run(&["doctor"])), "http://variable.example");
    assert_eq!(shop(folder.run(&["doctor", "--base-url", "http://flag.example"])), "http://flag.example");
}

#[tokio::test]
async fn doctor_says_what_is_wrong_and_how_to_mend_it() {
    let (port, shop_port) = (free_port(), free_port());
    let (url, shop_url) = (format!("http://127.0.0.1:{port}"), format!("http://localhost:{shop_port}"));
    let folder = Folder::new()
        .with("PUSHCART_SANDBOX_LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUSHCART_SANDBOX_URL", &url)
        .with("PUSHCART_LISTEN", &format!("127.0.0.1:{shop_port}"))
        .with("PUSHCART_BASE_URL", &shop_url);
    let ill = folder.run(&["doctor"]).fails();
    assert!(ill.contains("WRONG database") && ill.contains("pushcart migrate") && ill.contains("WRONG fps"), "{ill}");
    folder.run(&["migrate"]).succeeds();
    let _sandbox = folder.start(&["sandbox"], &url).await;
    let _shop = folder.start(&["serve"], &shop_url).await;
    let well = folder.run(&["doctor"]).succeeds();
    assert!(well.lines().all(|line| line.starts_with("ok ")) && well.lines().count() >= 7, "{well}");
    let launch = folder.run(&["doctor", "--live"]).fails();
    for line in [
        "WRONG live         the environment is the demo",
        "WRONG live         PUSHCART_FPS_API_URL is http://127.0.0.1",
        "WRONG live         PUSHCART_FPS_CBUI_URL is http://127.0.0.1",
        "WRONG live         notifications would come to http://localhost",
        "WRONG live         letters to buyers and sellers stay",
        "note  live         one FPS key pair",
        "WRONG live         the policies name help@pushcart.example",
        "ok    live         no order waits over an hour",
        "ok    live         silence is sent again under its reference for 167 hours",
        "ok    live         VerifySignature refuses what nobody signed",
        "note  look at      where the keys are. On servers alone",
        "ok    live         no operation waits for a person",
        "note  look at      the registration as a marketplace",
        "ok    live         Amazon Flexible Payments: one approval can cover several sellers",
    ] {
        assert!(launch.contains(line), "{line} in {launch}");
    }
    let named = folder.run(&["doctor", "--live", "--contact", "help@example.com"]).fails();
    assert!(named.contains("ok    live         people write to help@example.com"), "{named}");
    let deaf = folder.run(&["doctor", "--live", "--fps-api-url", "http://127.0.0.1:9/"]).fails();
    assert!(deaf.contains("WRONG live         VerifySignature does not answer"), "{deaf}");
    assert!(deaf.contains("nobody can open a tab. Go through its Recipient pipeline once"), "{deaf}");
    let two = folder.run(&["doctor", "--fps-access-key-2", "AKIANOTMADEYET", "--fps-secret-key-2", "none"]).fails();
    assert!(two.contains("WRONG fps") && two.contains("the key AKIANOTMADEYET"), "{two}");
    let other = folder.with("PUSHCART_FPS_ACCESS_KEY", "AKIAWRONG").with("PUSHCART_FPS_SECRET_KEY", "unlikely-secret");
    let ill = other.run(&["doctor"]).fails();
    assert!(ill.contains("WRONG fps") && ill.contains("keys") && !ill.contains("unlikely-secret"), "{ill}");
}

#[tokio::test]
async fn doctor_looks_where_notifications_arrive() {
    let (port, sandbox) = (free_port(), free_port());
    let (url, sandbox_url) = (format!("http://localhost:{port}"), format!("http://127.0.0.1:{sandbox}"));
    let folder = Folder::new()
        .with("PUSHCART_LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUSHCART_BASE_URL", &url)
        .with("PUSHCART_SANDBOX_LISTEN", &format!("127.0.0.1:{sandbox}"))
        .with("PUSHCART_SANDBOX_URL", &sandbox_url);
    folder.run(&["migrate"]).succeeds();
    let _sandbox = folder.start(&["sandbox"], &sandbox_url).await;
    let addresses = [("fps", format!("{url}/ipn/fps")), ("amazon_pay", format!("{url}/ipn/amazon-pay"))];

    // a shop that is not started yet is no fault
    let before = folder.run(&["doctor"]).succeeds();
    for (provider, address) in &addresses {
        assert!(
            before.contains(&format!("note  notification {provider}: register {address}, where nobody")),
            "{before}"
        );
    }
    assert!(before.contains("Start the shop"), "{before}");
    let _shop = folder.start(&["serve"], &url).await;
    let well = folder.run(&["doctor"]).succeeds();
    for (provider, address) in &addresses {
        assert!(well.contains(&format!("ok    notification {provider}: register {address}, which answers")), "{well}");
    }

    // the address of somebody else, and a sandbox that was told another one
    let astray = folder.with("PUSHCART_BASE_URL", &sandbox_url).run(&["doctor"]).fails();
    assert!(astray.contains("that is not this shop") && astray.contains("HTTP 404"), "{astray}");
    assert!(astray.contains("WRONG sandbox") && astray.contains(&addresses[1].1), "{astray}");
}

#[tokio::test]
async fn doctor_says_which_key_does_not_fit() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let folder =
        Folder::new().with("PUSHCART_SANDBOX_LISTEN", &format!("127.0.0.1:{port}")).with("PUSHCART_SANDBOX_URL", &url);
    folder.run(&["migrate"]).succeeds();
    let _sandbox = folder.start(&["sandbox"], &url).await;
    let well = folder.run(&["doctor"]).succeeds();
    assert!(well.contains("ok    keys         Amazon Pay key SANDBOX-") && well.contains("ok    amazon_pay"), "{well}");
    let live = folder
        .with("PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID", "LIVE-AF")
        .with("PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE", "data/keys/amazon-pay.pem");
    let ill = live.run(&["doctor"]).fails();
    assert!(ill.contains("LIVE-AF is not for this environment") && ill.contains("begins with SANDBOX-"), "{ill}");
    assert!(ill.contains("InvalidAuthentication") && ill.contains("does not know this public key id"), "{ill}");
    folder.write("other.pem", include_str!("../data/amazon_pay/test-key.pem"));
    let other = folder
        .with("PUSHCART_AMAZON_PAY_PUBLIC_KEY_ID", "SANDBOX-PUSHCARTDEMO")
        .with("PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE", "other.pem");
    let ill = other.run(&["doctor"]).fails();
    assert!(ill.contains("InvalidRequestSignature") && ill.contains("not the other half"), "{ill}");
    assert!(!ill.contains("PRIVATE KEY"), "{ill}");
}

#[tokio::test]
async fn doctor_looks_into_the_purse_from_which_the_market_pays_the_fees() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let folder = Folder::new()
        .with("PUSHCART_SANDBOX_LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUSHCART_SANDBOX_URL", &url)
        .with("PUSHCART_PROVIDER_FEE", "market");
    folder.run(&["migrate"]).succeeds();
    let _sandbox = folder.start(&["sandbox"], &url).await;
    let accounts = format!("{url}/_sandbox/fps/accounts");
    let all: Value = serde_json::from_str(&get(&accounts).await.1).unwrap();
    let own = all["accounts"].as_array().unwrap().iter().find(|one| one["marketplace"] == true).unwrap();
    let held = own["balance_minor"].as_i64().unwrap();
    for (holds, said) in
        [(5000, "ok    fps          the market's account holds $50.00"), (1, "note  fps"), (0, "WRONG fps")]
    {
        let now: Value = serde_json::from_str(&get(&accounts).await.1).unwrap();
        let all = now["accounts"].as_array().unwrap();
        let before = all.iter().find(|one| one["account_id"] == own["account_id"]).unwrap()["balance_minor"].as_i64();
        let body = serde_json::json!({ "account_id": own["account_id"], "fund_minor": holds - before.unwrap() });
        let sent = reqwest::Client::builder().no_proxy().build().unwrap().post(&accounts).json(&body).send().await;
        assert_eq!(sent.unwrap().status(), 200, "{held}");
        let doctor = folder.run(&["doctor"]).said;
        assert!(doctor.contains(said) && doctor.contains("and pays the fees"), "{doctor}");
    }
}

#[test]
fn doctor_refuses_an_address_in_production_that_nobody_else_can_reach() {
    let folder = Folder::new();
    let live = |base_url: &str| {
        let keys = [("PUSHCART_FPS_ACCESS_KEY", "AKIAREAL"), ("PUSHCART_FPS_SECRET_KEY", "real")];
        let folder = keys.iter().fold(folder.with("PUSHCART_ENVIRONMENT", "production"), |it, (k, v)| it.with(k, v));
        folder
            .with("PUSHCART_BASE_URL", base_url)
            .with("PUSHCART_FPS_API_URL", "https://fps.invalid/")
            .with("PUSHCART_FPS_CBUI_URL", "https://cbui.invalid/")
            .run(&["doctor"])
            .fails()
    };
    let here = live("https://localhost");
    assert!(here.contains("WRONG notification fps cannot reach https://localhost/ipn/fps"), "{here}");
    let there = live("https://shop.invalid");
    assert!(there.contains("note  notification fps: register https://shop.invalid/ipn/fps"), "{there}");
}

#[tokio::test]
async fn serve_answers_health_and_metrics_and_stops_when_asked() {
    let (port, metrics) = (free_port(), free_port());
    let url = format!("http://127.0.0.1:{port}");
    let folder = Folder::new()
        .with("PUSHCART_LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUSHCART_BASE_URL", &url)
        .with("PUSHCART_METRICS_LISTEN", &format!("127.0.0.1:{metrics}"));
    let shop = folder.start(&["serve"], &url).await;
    assert_eq!(get(&format!("{url}/healthz")).await, (200, "ok\n".to_owned()));
    assert_eq!(get(&format!("{url}/readyz")).await, (200, "ready\n".to_owned()));
    let (status, body) = get(&format!("http://127.0.0.1:{metrics}/metrics")).await;
    assert!(status == 200 && body.contains("pushcart_outbox"), "{body}");
    assert_eq!(get(&format!("http://127.0.0.1:{metrics}/")).await.0, 404);
    let taken = folder.run(&["serve"]).fails();
    assert!(taken.contains("PUSHCART_LISTEN") && taken.contains("another pushcart"), "{taken}");
    assert!(shop.stop().success(), "asked to stop, it ends well");
}

#[tokio::test]
async fn the_demo_prints_where_everything_is() {
    let (port, sandbox) = (free_port(), free_port());
    let (url, sandbox_url) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{sandbox}"));
    let folder = Folder::new()
        .with("PUSHCART_LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUSHCART_BASE_URL", &url)
        .with("PUSHCART_SANDBOX_LISTEN", &format!("127.0.0.1:{sandbox}"))
        .with("PUSHCART_SANDBOX_URL", &sandbox_url);
    let demo = folder.start(&[], &url).await;
    assert_eq!(get(&format!("{sandbox_url}/_sandbox/health")).await.0, 200);
    assert!(get(&url).await.1.contains("Wildflower"));
    let well = folder.run(&["doctor"]).succeeds();
    assert!(well.contains("ok    fps"), "{well}");
    let said = demo.said_when_stopped();
    for words in [&*url, &*sandbox_url, "market-morning", "ana@example.com", "Ctrl-C"] {
        assert!(said.contains(words), "{words} is missing from: {said}");
    }
}

#[tokio::test]
async fn a_letter_reaches_the_mail_server() {
    let server = mail::Server::start();
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let folder = Folder::new()
        .with("PUSHCART_LISTEN", &format!("127.0.0.1:{port}"))
        .with("PUSHCART_BASE_URL", &url)
        .with("PUSHCART_SMTP_URL", &server.url())
        .with("PUSHCART_MAIL_FROM", "Pushcart <market@example.com>");
    folder.run(&["operator", "add", "olga@example.com"]).succeeds();
    let _shop = folder.start(&["serve"], &url).await;
    let form = format!("{url}/account/password/forgot");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(http.post(form).form(&[("email", "olga@example.com")]).send().await.unwrap().status(), 200);
    let letter = server.next_letter().await;
    assert!(
        letter.contains("To: olga@example.com") && letter.contains("From: Pushcart <market@example.com>"),
        "{letter}"
    );
    assert!(
        letter.contains("text/plain") && letter.contains("text/html") && letter.contains("Message-ID:"),
        "{letter}"
    );
}
