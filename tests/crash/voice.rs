//! A purchase by somebody who speaks and does not give up: where the Echo has trouble, everything is said again.

use pushcart::orders::state::State;
use pushcart::store::Store;
use serde_json::{Value, json};

use crate::place::Place;
use crate::walk::Walk;

/// How often a life may begin again; it is cut short once.
const ROUNDS: usize = 4;

/// Buys one jar of honey by voice, until it is on hold.
pub async fn buy(walk: &mut Walk, place: &Place, store: &Store) {
    for _ in 0..ROUNDS {
        if talk(walk, place).await.is_none() {
            walk.revive().await;
        }
        walk.wait_until_quiet(place, store).await;
        let orders = store.all_orders("~", 10).await.unwrap();
        assert!(orders.len() <= 1, "bought once, by one yes: {orders:?}");
        if let Some(order) = orders.first().filter(|order| order.state == State::Reserved) {
            assert_eq!(order.channel, "alexa");
            walk.orders.push(order.id.clone());
            return;
        }
    }
    panic!("nothing was bought: {:?}", store.all_orders("~", 10).await.unwrap());
}

/// One conversation. None where it broke off.
async fn talk(walk: &Walk, place: &Place) -> Option<()> {
    let opened = says(walk, place, "open pushcart market").await?;
    if !opened.contains("in your cart") {
        says(walk, place, "add wildflower honey to my cart").await?;
    }
    says(walk, place, "check out").await?;
    says(walk, place, "yes").await?;
    Some(())
}

/// A sentence of Ana's, and the last thing that the skill said to it.
async fn says(walk: &Walk, place: &Place, text: &str) -> Option<String> {
    let sentence = json!({ "persona": "Ana", "locale": "en-US", "text": text });
    let address = format!("{}/_sandbox/alexa/say", place.sandbox_url());
    let turn: Value = walk.http.post(address).json(&sentence).send().await.unwrap().json().await.unwrap();
    let is_whole = turn["broken"].as_array().unwrap().is_empty();
    let said = turn["said"].as_array().unwrap().iter().rev().find(|one| one["by"] == "skill");
    is_whole.then(|| said.map_or_else(String::new, |one| one["text"].as_str().unwrap().to_owned()))
}
