//! People who speak to an Echo. Alexa signs what they say and brings it to the shop; where she has trouble, they say it
//! again, and what they have bought they know from their cart: it is empty once an order is placed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::pause;
use crate::stage::Stage;

/// What buying by voice is called in the report.
pub const CALLED: &str = "Alexa";

/// Test people whose first card works; Penny's takes half a minute, and nothing is given back to Rex and Ruth.
pub const PEOPLE: [&str; 5] = ["Ana", "Terry", "Penny", "Rex", "Ruth"];

/// How many conversations one purchase may take before its buyer is believed to be stuck.
const MOST_TALKS: usize = 300;

/// One person near an Echo.
struct Speaker {
    stage: Arc<Stage>,
    name: &'static str,
    rng: StdRng,
}

/// How often one person buys by voice: what an agreement allows in a month is reached a little later.
const MOST_BY_VOICE: usize = 20;

/// Buys by voice as often as is allowed, and then in a browser, until nothing is left to buy.
pub async fn shop(stage: Arc<Stage>, turn: usize) {
    let rng = stage.rng("speaker", turn);
    let mut speaker = Speaker { stage: stage.clone(), name: PEOPLE[turn], rng };
    for _ in 0..MOST_BY_VOICE {
        if !stage.take_ticket() {
            return;
        }
        let ended = speaker.buy().await;
        stage.over(CALLED, ended.map(|()| None));
    }
    crate::buyer::shop(stage, turn).await;
}

impl Speaker {
    /// One purchase, until the cart is empty again.
    async fn buy(&mut self) -> Result<(), String> {
        let (mut is_filled, mut last) = (false, String::new());
        for _ in 0..MOST_TALKS {
            match self.talk(&mut is_filled).await {
                Talked::Bought => return Ok(()),
                Talked::NotYet(said) => last = said,
            }
            self.stage.tally.repeats.fetch_add(1, Ordering::Relaxed);
            pause(self.rng.random_range(200..800)).await;
        }
        Err(format!("{} heard last: {last}", self.name))
    }

    /// One conversation, as far as it goes.
    async fn talk(&mut self, is_filled: &mut bool) -> Talked {
        let opened = self.says("open pushcart market").await;
        if !opened.contains("Welcome") {
            return Talked::NotYet(opened);
        }
        let has_cart = opened.contains("in your cart");
        match (*is_filled, has_cart) {
            (true, false) => return Talked::Bought,
            (false, false) => {
                let added = self.says("add wildflower honey to my cart").await;
                if !added.contains("in your cart") {
                    return Talked::NotYet(added);
                }
            }
            (_, true) => {}
        }
        *is_filled = true;
        let mut said = self.says("check out").await;
        for _ in 0..3 {
            let is_question = ["place the order?", "ask Amazon Pay again?"].iter().any(|end| said.ends_with(end));
            if !is_question {
                break;
            }
            said = self.says("yes").await;
        }
        // Whether that was all is known when the skill is opened again.
        Talked::NotYet(said)
    }

    /// A sentence, and the last thing that the skill said to it; empty where something broke.
    async fn says(&self, text: &str) -> String {
        let sentence = json!({ "persona": self.name, "locale": "en-US", "text": text });
        let Ok(turn) = self.stage.control("POST", "alexa/say", Some(sentence)).await else { return String::new() };
        let all = |name: &str| turn[name].as_array().cloned().unwrap_or_default();
        if !all("broken").is_empty() {
            return String::new();
        }
        let by_skill = |one: &&Value| one["by"] == "skill";
        all("said").iter().rev().find(by_skill).and_then(|one| one["text"].as_str()).unwrap_or_default().to_owned()
    }
}

/// What a conversation came to.
enum Talked {
    /// The cart is empty: it is ordered.
    Bought,
    /// The last words of the skill.
    NotYet(String),
}
