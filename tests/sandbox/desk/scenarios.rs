//! Scenarios: the built-in ones arm what they say, and one's own are kept, armed again and forgotten.

use axum::http::StatusCode;
use serde_json::Value;

use super::{press, refused};
use crate::fps_tokens::recurring;
use crate::house::House;

const SCENARIOS: &str = "/_sandbox/desk/scenarios";

fn keys(page: &str) -> Vec<String> {
    page.split("name=\"scenario\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// What the section about what is armed lists.
fn armed(page: &str) -> Vec<String> {
    let section = page.split("id=\"armed\"").nth(1).unwrap().split("</section>").next().unwrap();
    section.split("<li>").skip(1).map(|rest| rest.split("</li>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_built_in_scenario_arms_what_its_card_says_and_nothing_else() {
    let house = House::open().await;
    recurring(&house, "magazine", "ABT", "1 Month").await;
    let page = house.get(SCENARIOS).await.body;
    let keys = keys(&page);
    assert!(keys.len() >= 8, "{keys:?}");
    for key in keys {
        let card = page.split(&format!("id=\"{key}\"")).nth(1).unwrap().split("</article>").next().unwrap();
        for word in ["Do:", "See:", "Safe because:"] {
            assert!(card.contains(word), "{key}: {word}");
        }
        let says: Vec<&str> = card.split("<li>").skip(1).map(|rest| rest.split("</li>").next().unwrap()).collect();
        let before = house.clock.offset_ms();
        let after = press(&house, SCENARIOS, &[("act", "arm"), ("scenario", &key)]).await.body;
        let (jumps, stays): (Vec<&str>, Vec<&str>) = says.iter().partition(|line| line.contains("the clock goes"));
        assert_eq!(armed(&after), stays, "{key}");
        assert_eq!(house.clock.offset_ms() > before, !jumps.is_empty(), "{key}");
    }
    let after = press(&house, SCENARIOS, &[("act", "disarm")]).await.body;
    assert!(armed(&after).is_empty());
}

#[tokio::test]
async fn ones_own_is_kept_over_a_restart_armed_again_and_forgotten() {
    let house = House::open().await;
    refused(&house, SCENARIOS, &[("act", "keep"), ("name", "Nothing")]).await;
    let fault =
        [("act", "add"), ("where", "fps Refund"), ("fault", "error"), ("times", "2"), ("argument", "AccessFailure")];
    press(&house, "/_sandbox/desk/faults", &fault).await;
    press(&house, "/_sandbox/desk/simulations", &[("act", "arm"), ("value", "1.79")]).await;
    press(&house, "/_sandbox/desk/investigate", &[("act", "flag_next")]).await;
    let name = "Ana's <worst> day";
    let page = press(&house, SCENARIOS, &[("act", "keep"), ("name", name), ("jump", "hour")]).await.body;
    assert!(page.contains("Ana&#39;s &#60;worst&#62; day"), "{page}");
    let lines = armed(&page);
    assert_eq!(lines.len(), 3, "{lines:?}");

    let house = house.reopened().await;
    assert_eq!(armed(&house.get(SCENARIOS).await.body), lines, "what is armed stays so over a restart");
    press(&house, SCENARIOS, &[("act", "disarm")]).await;
    let again = house.reopened().await;
    assert!(armed(&again.get(SCENARIOS).await.body).is_empty());
    let page = press(&again, SCENARIOS, &[("act", "arm_own"), ("name", name)]).await.body;
    assert_eq!(armed(&page), lines);
    assert_eq!(again.clock.offset_ms(), 3_600_000, "and the clock goes an hour ahead");
    let faults = again.get("/_sandbox/faults").await.json();
    assert_eq!(faults["faults"][0]["error"], Value::from("AccessFailure"));
    let page = press(&again, SCENARIOS, &[("act", "forget"), ("name", name)]).await.body;
    assert!(!page.contains("worst"), "{page}");
    refused(&again, SCENARIOS, &[("act", "arm_own"), ("name", name)]).await;
}

#[tokio::test]
async fn nonsense_is_refused_and_the_form_kept() {
    let house = House::open().await;
    for fields in [
        vec![("act", "arm"), ("scenario", "meteor")],
        vec![("act", "forget"), ("name", "nobody's")],
        vec![("act", "explode")],
        vec![],
    ] {
        refused(&house, SCENARIOS, &fields).await;
    }
    press(&house, SCENARIOS, &[("act", "arm"), ("scenario", "person-looks")]).await;
    let long = "x".repeat(61);
    for (name, jump) in [("", "hour"), (long.as_str(), "hour"), ("Good", "century")] {
        let page = refused(&house, SCENARIOS, &[("act", "keep"), ("name", name), ("jump", jump)]).await.body;
        assert!(page.contains(&format!("value=\"{name}\"")), "{page}");
        assert_eq!(page.contains("value=\"hour\" selected"), jump == "hour");
    }
    assert_eq!(house.get("/_sandbox/clock").await.status, StatusCode::OK);
    // without a subscription there is no renewal to go to, and the page says so
    let page = refused(&house, SCENARIOS, &[("act", "arm"), ("scenario", "declined-renewal")]).await.body;
    assert!(page.contains("subscribe to something first"), "{page}");
}
