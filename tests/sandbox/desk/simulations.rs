//! Every row of the guide's table of simulations has its button, and pressing it has its effect.

use std::time::Duration;

use super::{press, refused};
use crate::fps_tables_stage::{Stage, rows};
use crate::house::{House, pay};

const SIMULATIONS: &str = "/_sandbox/desk/simulations";
const TABLE: &str = include_str!("../../data/fps/fps-simulations.tsv");

async fn arm(stage: &Stage, value: &str) {
    let page = press(&stage.house, SIMULATIONS, &[("act", "arm"), ("value", value)]).await.body;
    assert!(page.contains("Take all back"), "{page}");
}

/// How a charge by `method` goes: a code at once, or the state it comes to.
async fn charge(stage: &Stage, action: &str, method: &str, amount: &str) -> String {
    let token = stage.token(amount, method).await;
    let answer = stage.call(action, &stage.charge(&token, amount)).await;
    if answer.status != 200 {
        return answer.text("Code");
    }
    stage.house.later(Duration::from_secs(2)).await;
    let id = answer.text("TransactionId");
    stage.house.call("GetTransactionStatus", &[("TransactionId", &id)]).await.text("TransactionStatus")
}

#[tokio::test]
async fn every_row_has_its_button_and_pressing_it_decides_the_next_charge() {
    let stage = Stage::open().await;
    let page = stage.house.get(SIMULATIONS).await.body;
    let mut walked = 0;
    for row in rows(TABLE) {
        let (kind, value, error) = (row[0], row[1], row[2]);
        let button = format!("name=\"value\" value=\"{value}\"");
        assert_eq!(page.matches(&button).count(), 1, "{value}");
        let role = if kind == "sender_token" { "Sender" } else { "Recipient" };
        let (by_balance, by_card, held) = match error {
            "closed account" | "suspended account" => {
                let code = format!("InvalidAccountState_{role}");
                (code.clone(), code.clone(), code)
            }
            "e-mail address not verified" => {
                let code = format!("UnverifiedEmailAddress_{role}");
                (code.clone(), code.clone(), code)
            }
            "no error" => ("Success".to_owned(), "Success".to_owned(), "Reserved".to_owned()),
            error if error.starts_with("temporary decline") => {
                ("InternalError".to_owned(), "Failure".to_owned(), "Failure".to_owned())
            }
            error if error.starts_with("payment error") => {
                ("InsufficientBalance".to_owned(), "Failure".to_owned(), "Failure".to_owned())
            }
            other => panic!("nobody tests {other}"),
        };
        // where the row says that nothing goes wrong, the charge itself would: .65 is a temporary decline
        let amount = if error == "no error" { "5.65" } else { "5.00" };
        for (action, method, expected) in [("Pay", "ABT", by_balance), ("Pay", "CC", by_card), ("Reserve", "CC", held)]
        {
            arm(&stage, value).await;
            assert_eq!(charge(&stage, action, method, amount).await, expected, "{action} by {method}: {value}");
        }
        walked += 1;
    }
    assert_eq!(walked, 14);
    assert_eq!(charge(&stage, "Pay", "ABT", "5.00").await, "Success", "each is for one charge");
    assert_eq!(charge(&stage, "Pay", "ABT", "5.65").await, "InternalError");
}

#[tokio::test]
async fn several_are_armed_in_their_order_and_taken_back_together() {
    let stage = Stage::open().await;
    arm(&stage, ".70-.89").await;
    arm(&stage, ".60-.69").await;
    assert_eq!(charge(&stage, "Pay", "ABT", "5.00").await, "InsufficientBalance");
    assert_eq!(charge(&stage, "Pay", "ABT", "5.00").await, "InternalError");
    arm(&stage, ".60-.69").await;
    let page = press(&stage.house, SIMULATIONS, &[("act", "clear")]).await.body;
    assert!(page.contains("Nothing is simulated"), "{page}");
    assert_eq!(charge(&stage, "Pay", "ABT", "5.00").await, "Success");
    for nonsense in [[("act", "arm"), ("value", ".99")], [("act", "explode"), ("value", "0.61")]] {
        refused(&stage.house, SIMULATIONS, &nonsense).await;
    }
}

#[tokio::test]
async fn made_up_tokens_are_taken_once_somebody_has_said_so() {
    let house = House::open().await;
    let numbers = |reference| pay(reference, "4111111111111111", "5500000000000004", "12.50");
    let code = async |reference| house.call("Reserve", &numbers(reference)).await.text("Code");
    assert_eq!(code("r1").await, "InvalidTokenId_Sender");
    assert!(house.get(SIMULATIONS).await.body.contains("Refused with InvalidTokenId_Sender"));
    press(&house, SIMULATIONS, &[("act", "accept")]).await;
    assert!(house.get(SIMULATIONS).await.body.contains("Refuse them"));
    let held = house.call("Reserve", &numbers("r2")).await;
    assert_eq!(held.text("TransactionStatus"), "Pending", "{}", held.body);
    house.later(Duration::from_secs(1)).await;
    let taken = house.call("Settle", &[("ReserveTransactionId", &held.text("TransactionId"))]).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    // what the guide publishes goes wrong all the same, and a number is good once
    let closed = "Z1LGRXR4HMDZBSFKXELA32KZASGWD8IHMHZCK4DETR784LDLD1GMFW4P3WT8VTGX";
    let published = house.call("Pay", &pay("r3", "4111111111111111", closed, "12.50")).await;
    assert_eq!(published.text("Code"), "InvalidAccountState_Sender");
    assert_eq!(code("r4").await, "TokenNotActive_Sender");
    // without a seller it is the caller who is paid
    let own: Vec<_> =
        pay("r5", "", "340000000000009", "3.00").into_iter().filter(|(_, value)| !value.is_empty()).collect();
    assert_eq!(house.call("Pay", &own).await.text("TransactionStatus"), "Pending");
    press(&house, SIMULATIONS, &[("act", "refuse")]).await;
    let other = house.call("Pay", &pay("r6", "4111111111111111", "6011000000000004", "12.50")).await;
    assert_eq!(other.text("Code"), "InvalidTokenId_Sender");
    let by_script = house.post_json("/_sandbox/fps/made-up-tokens", &serde_json::json!({ "accepted": true })).await;
    assert_eq!(by_script.json()["accepted"], true);
}
