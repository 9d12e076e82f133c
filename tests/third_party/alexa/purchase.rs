//! virtual-alexa buys something, asks where it is, and calls it off.

use std::path::Path;
use std::process::Command;

use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::state::State;
use serde_json::{Value, json};

use super::clients;
use super::published_types::{Typed, fit};
use super::relay::{PERSONA, Relay};
use crate::market::Market;
use crate::repository;

const MODEL: &str = "skill/skill-package/interactionModels/custom/en-US.json";

#[tokio::test(flavor = "multi_thread")]
async fn virtual_alexa_buys_asks_and_cancels_and_both_books_agree() {
    let Some(clients) = clients() else { return };
    let market = Market::open().await.unwrap();
    let relay = Relay::open(&market).await;
    let granted = json!({ "persona": PERSONA, "consent": "granted", "locale": "en-US" });
    let person = market.control("POST", "alexa/person", Some(granted)).await;
    let user = person["user_id"].as_str().unwrap_or_else(|| panic!("{person}")).to_owned();

    talk(&clients, &relay, &user, "buy").await;
    let order = market.last_order().await;
    assert_eq!(
        (order.state, order.channel.as_str(), order.provider.as_str()),
        (State::Reserved, "alexa", "amazon_pay")
    );
    let store = &market.ctx().store;
    let lines = store.order_lines(&order.id).await.unwrap();
    assert_eq!((lines.len(), lines[0].quantity), (1, 1));
    assert_eq!(store.all_orders("~", 10).await.unwrap().len(), 1);
    let operations = store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!((operations.len(), operations[0].kind, operations[0].progress), (1, Kind::Reserve, Progress::Succeeded));
    let held = market.transactions().await;
    let held: Vec<_> = held.iter().filter(|it| it["caller_reference"] == operations[0].id.as_str()).collect();
    assert_eq!(held.len(), 1, "the sandbox's ledger has it once");
    assert_eq!((&held[0]["amount_minor"], &held[0]["state"]), (&json!(order.total.minor), &json!("Authorized")));
    market.books().await;

    talk(&clients, &relay, &user, "after").await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Cancelled);
    let gone = market.transactions().await;
    let gone: Vec<_> = gone.iter().filter(|it| it["caller_reference"] == operations[0].id.as_str()).collect();
    assert_eq!(gone[0]["state"], "Canceled", "{}", gone[0]);
    market.books().await;

    let exchanges = relay.exchanges();
    let of_payments = |it: &&Value| it["request"]["request"]["type"] == "Connections.Response";
    let payments: Vec<&Value> = exchanges.iter().filter(of_payments).map(|it| &it["request"]).collect();
    let names: Vec<_> = payments.iter().map(|it| it["request"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Setup", "Charge"], "Amazon told the skill of both");
    let answers = exchanges.iter().map(|it| Typed::answer("virtual-alexa", it["response"].clone()));
    let typed = answers.chain(payments.into_iter().flat_map(Typed::result)).collect();
    fit(&clients, typed);
}

async fn talk(clients: &Path, relay: &Relay, user: &str, part: &'static str) {
    let mut node = Command::new("node");
    node.arg(repository().join("tests/third_party/alexa/talk.cjs"))
        .arg(clients)
        .arg(&relay.url)
        .arg(repository().join(MODEL))
        .args([pushcart::sandbox::alexa::DEMO_APPLICATION_ID, user, part]);
    let done = tokio::task::spawn_blocking(move || node.output().unwrap()).await.unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let is_served = said.contains(&format!("virtual-alexa is served: {part}"));
    assert!(done.status.success() && is_served, "{said}\n{wrong}");
}
