//! The way of a payment as a drawing: skill, Alexa, buyer, and who says what to whom.

use crate::sandbox::alexa::people::{By, Entry};

/// How far apart the arrows are, and what stands above and below them.
const APART: usize = 46;
const ABOVE: usize = 72;

/// One arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it begins, in units of the drawing.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// How far down.
    pub y: usize,
    /// Where its words stand.
    pub middle: usize,
    /// Its words.
    pub label: String,
    /// Whether it points to the right.
    pub is_forward: bool,
}

/// The height of a drawing with so many arrows.
pub fn height(steps: usize) -> usize {
    ABOVE + steps * APART
}

/// The last payment's way through the conversation; nothing where there was none.
pub fn steps(entries: &[Entry]) -> Vec<Step> {
    let is_result = |entry: &Entry| match entry {
        Entry::Exchange(own) => own.request["request"]["type"] == "Connections.Response",
        _ => false,
    };
    let directive = |entry: &Entry| match entry {
        Entry::Exchange(own) => {
            let first = &own.response["response"]["directives"][0];
            (first["type"] == "Connections.SendRequest").then(|| first["name"].as_str().unwrap_or_default().to_owned())
        }
        _ => None,
    };
    let Some(start) = entries.iter().rposition(|entry| directive(entry).is_some()) else { return Vec::new() };
    let mut drawn = vec![(SKILL, ALEXA, directive(&entries[start]).unwrap_or_default())];
    for entry in &entries[start + 1..] {
        match entry {
            Entry::Said { by: By::Alexa, text } => drawn.push((ALEXA, BUYER, short(text))),
            Entry::Said { by: By::Buyer, text } => drawn.push((BUYER, ALEXA, short(text))),
            Entry::Card { by: By::Alexa, .. } => drawn.push((ALEXA, BUYER, "a card in the app".to_owned())),
            Entry::Exchange(own) if is_result(entry) => {
                let request = &own.request["request"];
                let state = &request["payload"]["authorizationDetails"]["authorizationStatus"]["state"];
                let agreement = &request["payload"]["billingAgreementDetails"]["billingAgreementStatus"];
                let words = [&request["status"]["code"], &request["status"]["message"], state, agreement];
                let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
                drawn.push((ALEXA, SKILL, short(&words.join(" "))));
                break;
            }
            _ => {}
        }
    }
    let place = |(number, (from, to, label)): (usize, (usize, usize, String))| Step {
        from,
        // The head of the arrow stops at the line.
        to: if to > from { to - 6 } else { to + 6 },
        y: ABOVE + number * APART,
        middle: usize::midpoint(from, to),
        label,
        is_forward: to > from,
    };
    drawn.into_iter().enumerate().map(place).collect()
}

const SKILL: usize = 90;
const ALEXA: usize = 320;
const BUYER: usize = 550;

fn short(text: &str) -> String {
    const LONGEST: usize = 30;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sandbox::alexa::people::Exchange;

    fn exchange(request: serde_json::Value, response: serde_json::Value) -> Entry {
        Entry::Exchange(Exchange {
            request: json!({ "request": request }),
            response: json!({ "response": response }),
            status: 200,
            milliseconds: 3,
            verdict: "ok".to_owned(),
            charge_id: String::new(),
        })
    }

    #[test]
    fn a_payment_goes_from_the_skill_over_the_buyer_back_to_the_skill() {
        let directive = json!({ "directives": [{ "type": "Connections.SendRequest", "name": "Charge" }] });
        let result = json!({ "type": "Connections.Response", "status": { "code": "200", "message": "OK" } });
        let entries = [
            exchange(json!({ "type": "IntentRequest" }), directive),
            Entry::Said { by: By::Alexa, text: "Your voice code?".to_owned() },
            Entry::Said { by: By::Buyer, text: "2468".to_owned() },
            exchange(result, json!({})),
            Entry::Said { by: By::Skill, text: "Thank you.".to_owned() },
        ];
        let labels: Vec<String> = steps(&entries).into_iter().map(|step| step.label).collect();
        assert_eq!(labels, ["Charge", "Your voice code?", "2468", "200 OK"]);
        assert!(steps(&entries[4..]).is_empty());
    }
}
