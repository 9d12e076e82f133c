use serde_json::Value;

use super::skill::{Stage, authorization, charge, error, setup};

fn rows() -> Vec<Vec<String>> {
    let published = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alexa/alexa-errors.tsv"));
    let text = published.unwrap();
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// What Alexa herself has said in a turn.
fn spoken(turn: &Value) -> Vec<String> {
    let said = turn["said"].as_array().unwrap().iter().filter(|one| one["by"] == "alexa");
    said.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

fn filled(prompt: &str) -> String {
    let marks = [
        ("[merchantName]", "Pushcart"),
        ("{merchant name}", "Pushcart"),
        ("${activeUser}", "Ana"),
        ("{activeUser}", "Ana"),
        ("{active user}", "Ana"),
        ("{AMAZON_URL}", "Amazon.com"),
    ];
    marks.iter().fold(prompt.to_owned(), |text, (mark, value)| text.replace(mark, value))
}

#[tokio::test]
async fn a_presenter_can_have_every_row_of_the_published_table() {
    let stage = Stage::open().await;
    let mut alternatives = std::collections::BTreeMap::new();
    let rows = rows();
    assert_eq!(rows.len(), 54);
    for (number, row) in rows.iter().enumerate() {
        let (table, status, code, prompt) = (row[0].as_str(), row[3].as_str(), row[4].as_str(), row[5].as_str());
        let alternative = alternatives.entry((table.to_owned(), code.to_owned())).or_insert(0);
        *alternative += 1;
        let agreement = stage.agreement().await;
        stage.choose(table, code, *alternative).await;
        if table == "BuyerId" {
            let setup = stage.ask("Setup", &setup()).await;
            assert!(setup["payload"]["billingAgreementDetails"]["destination"].is_null(), "the skill has to ask there");
            let token = stage.last()["context"]["System"]["apiAccessToken"].as_str().unwrap().to_owned();
            let answer = super::rules::buyer(&stage, "/live/v1/buyer/id", &token).await;
            assert_eq!((answer.status.as_str(), answer.json()["errorCode"].as_str()), (status, Some(code)));
            assert!(answer.json()["requestId"].is_string());
            assert_eq!(
                super::rules::buyer(&stage, "/live/v1/buyer/id", &token).await.status.as_u16(),
                200,
                "only once"
            );
            continue;
        }
        let is_setup = match table {
            "Permissions" | "PIN" => number % 2 == 0,
            table => table != "Charge" && table != "Decline",
        };
        let (name, payload) = match is_setup {
            true => ("Setup", setup()),
            false => ("Charge", charge(&agreement, &format!("opn_{number}"), "Authorize", "1.00")),
        };
        let (result, turn) = stage.ask_turn(name, &payload).await;
        assert_eq!(result["name"], name);
        assert_eq!(result["status"]["code"], status, "{table} {code}: {result}");
        match table {
            "Decline" => assert_eq!(authorization(&result), ("Declined".to_owned(), code.to_owned())),
            "BillingAgreementState" => {
                let state = &result["payload"]["billingAgreementDetails"]["billingAgreementStatus"];
                assert_eq!(state, code.to_uppercase().as_str());
            }
            _ => assert_eq!(error(&result), (status.to_owned(), code.to_owned())),
        }
        let card = "To continue, please allow Amazon Pay and voice purchasing. I sent a card to your Alexa app.";
        let expected = match (prompt, code) {
            ("", "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE") => vec![card.to_owned()],
            ("", _) => Vec::new(),
            (prompt, _) => vec![filled(prompt)],
        };
        assert_eq!(spoken(&turn), expected, "{table} {code}");
        let state = stage.shop.status(&format!("chargePermissions/{agreement}")).await;
        let after = match (table, code) {
            ("Decline", "AmazonRejected") => ("Closed", "AmazonCanceled"),
            ("Decline", "InvalidPaymentMethod") | (_, "Suspended") => ("NonChargeable", "PaymentMethodInvalid"),
            _ => ("Chargeable", ""),
        };
        if (table, code) == ("Decline", "InvalidPaymentMethod") {
            stage.choose("BillingAgreementState", "Open", 1).await;
        }
        assert_eq!(state, (after.0.to_owned(), after.1.to_owned()), "{table} {code}");
    }
}

#[tokio::test]
async fn a_row_can_come_several_times_and_states_of_the_published_types_can_be_chosen_too() {
    let stage = Stage::open().await;
    let body = serde_json::json!({ "persona": "ana", "table": "Setup", "code": "InternalServerError", "times": 2 });
    assert_eq!(stage.control("next", &body).await.status.as_u16(), 201);
    for expected in ["500", "500", "200"] {
        assert_eq!(stage.ask("Setup", &setup()).await["status"]["code"], expected);
    }
    for (code, told) in [("Canceled", "CANCELED"), ("Closed", "CLOSED")] {
        stage.choose("BillingAgreementState", code, 1).await;
        let details = stage.ask("Setup", &setup()).await["payload"]["billingAgreementDetails"].clone();
        assert_eq!(details["billingAgreementStatus"], told);
        let id = details["billingAgreementId"].as_str().unwrap();
        assert_eq!(stage.shop.status(&format!("chargePermissions/{id}")).await.0, "Closed");
    }
    let wrong = serde_json::json!({ "persona": "ana", "table": "Setup", "code": "NoSuchCode" });
    assert_eq!(stage.control("next", &wrong).await.status.as_u16(), 422);
}
