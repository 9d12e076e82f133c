//! The published simulations, the printed messages, and who pays and gets back which fee.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::fps_tables_stage::{Stage, owned, rows, with, with_amount};
use crate::house::pay;

const SIMULATIONS: &str = include_str!("../data/fps/fps-simulations.tsv");
const MESSAGES: &str = include_str!("../data/fps/fps-messages.tsv");

/// What a published error means on the wire.
fn code(role: &str, error: &str) -> String {
    match error {
        "e-mail address not verified" => format!("UnverifiedEmailAddress_{role}"),
        "closed account" | "suspended account" => format!("InvalidAccountState_{role}"),
        other => panic!("nobody tests {other}"),
    }
}

/// Pays `sent`, approved as `approved`: by balance it is decided at once, by card a moment later.
async fn amount_goes(stage: &Stage, approved: &str, sent: &str, error: &str) {
    let token = stage.token(approved, "ABT").await;
    let by_balance = stage.call("Pay", &stage.charge(&token, sent)).await;
    let token = stage.token(approved, "CC").await;
    let by_card = stage.does("Pay", &stage.charge(&token, sent)).await;
    let token = stage.token(approved, "CC").await;
    let held = stage.does("Reserve", &stage.charge(&token, sent)).await;
    stage.house.later(Duration::from_secs(1)).await;
    let state = |id: String| async move {
        stage.house.call("GetTransactionStatus", &[("TransactionId", &id)]).await.text("TransactionStatus")
    };
    let (at_once, later) = match error {
        "no error" => (None, ("Success", "Reserved")),
        error if error.starts_with("temporary decline") => (Some("InternalError"), ("Failure", "Failure")),
        error if error.starts_with("payment error") => (Some("InsufficientBalance"), ("Failure", "Failure")),
        other => panic!("nobody tests {other}"),
    };
    match at_once {
        None => assert_eq!(by_balance.text("TransactionStatus"), "Success", "{sent}"),
        Some(code) => assert_eq!(by_balance.text("Code"), code, "{sent}"),
    }
    assert_eq!((state(by_card).await.as_str(), state(held).await.as_str()), later, "{sent}");
}

#[tokio::test]
async fn every_published_simulation_does_what_it_says() {
    let stage = Stage::open().await;
    for row in rows(SIMULATIONS) {
        let (kind, value, error) = (row[0], row[1], row[2]);
        match kind {
            "sender_token" | "recipient_token" => {
                let (parameter, role) = match kind {
                    "sender_token" => ("SenderTokenId", "Sender"),
                    _ => ("RecipientTokenId", "Recipient"),
                };
                for action in ["Pay", "Reserve"] {
                    let answer = stage.call(action, &with(stage.good(action).await, parameter, value)).await;
                    assert_eq!(answer.text("Code"), code(role, error), "{action} {value}");
                }
            }
            "amount_decimals" => {
                let (first, last) = value.split_once('-').unwrap();
                for cents in [first, last] {
                    amount_goes(&stage, &format!("2{cents}"), &format!("2{cents}"), error).await;
                }
            }
            "amount_example" => {
                let cents = value.find('.').unwrap() + 3;
                amount_goes(&stage, &value[..cents], value, error).await;
            }
            other => panic!("nobody tests {other}"),
        }
    }
    for beside in ["2.59", "2.90"] {
        amount_goes(&stage, beside, beside, "no error").await;
    }
}

#[tokio::test]
async fn every_printed_status_message_is_said_by_some_transaction() {
    let stage = Stage::open().await;
    let house = &stage.house;
    let mut ids = vec![stage.paid().await, stage.held().await];
    let failing = stage.token_of("acc_dee", "5.00", "CC").await;
    ids.push(stage.does("Pay", &stage.charge(&failing, "5.00")).await);
    let cancelled = stage.held().await;
    house.call("Cancel", &[("TransactionId", &cancelled)]).await;
    ids.push(cancelled);
    let flag_next = serde_json::json!({ "act": "flag_next" });
    house.post_json("/_sandbox/fps/investigate", &flag_next).await;
    let timed = with(stage.good("Pay").await, "TransactionTimeoutInMins", "1");
    ids.push(stage.does("Pay", &timed).await);
    house.later(Duration::from_secs(60)).await;
    let mut said = BTreeSet::new();
    let mut listen = async |ids: &[String]| {
        for id in ids {
            let answer = house.call("GetTransactionStatus", &[("TransactionId", id)]).await;
            said.insert((answer.text("StatusCode"), answer.text("StatusMessage")));
        }
    };
    listen(&ids).await;
    let lapsed = stage.held().await;
    house.later(pushcart::base::clock::days(7)).await;
    house.post_json("/_sandbox/fps/investigate", &flag_next).await;
    let flagged = stage.does("Pay", &stage.good("Pay").await).await;
    let pending = stage.does("Reserve", &stage.good("Reserve").await).await;
    listen(&[lapsed, flagged, pending]).await;
    let printed: BTreeSet<(String, String)> =
        rows(MESSAGES).filter(|row| row[0] == "status").map(|row| (row[1].to_owned(), row[2].to_owned())).collect();
    assert_eq!(said, printed);
}

#[tokio::test]
async fn the_two_fee_messages_and_the_three_of_the_pages_are_word_for_word() {
    let stage = Stage::open().await;
    for row in rows(MESSAGES) {
        let (kind, name, printed) = (row[0], row[1], row[2]);
        let said = match (kind, name) {
            ("fee", "MarketplaceFixedFee") => {
                let pairs = with_amount(stage.good("Pay").await, name, "1.01");
                let printed = printed.replace("amount-specified", "1.01").replace("amount-agreed", "1.00");
                assert_eq!(stage.call("Pay", &pairs).await.text("Message"), printed);
                continue;
            }
            ("fee", _) => {
                let pairs = with(stage.good("Pay").await, name, "10.5");
                let printed = printed.replace("$amount-specified", "10.5").replace("$amount-agreed", "10");
                assert_eq!(stage.call("Pay", &pairs).await.text("Message"), printed);
                continue;
            }
            ("ce", "malformed") => ("recipientPaysFee", "perhaps"),
            ("ce", "invalid") => ("callerReference", ""),
            ("ce", "foreign") => ("recurringPeriod", "1 Month"),
            ("ce", other) => panic!("nobody tests {other}"),
            _ => continue,
        };
        let pairs = [
            ("pipelineName", "Recipient"),
            ("callerReference", if said.0 == "callerReference" { "" } else { "ce" }),
            ("recipientPaysFee", if said.0 == "recipientPaysFee" { said.1 } else { "True" }),
        ];
        let mut pairs = pairs.to_vec();
        if name == "foreign" {
            pairs.push(said);
        }
        let page = stage.house.start(&pairs).await;
        let printed = printed.replace("[comma-separated list of input parameters]", said.0);
        assert!(page.body.contains(&printed), "{printed}: {}", page.body);
    }
}

#[tokio::test]
async fn fees_follow_the_method_and_refunds_follow_their_policy() {
    let stage = Stage::open().await;
    let house = &stage.house;
    let balances = async || {
        let accounts = house.get("/_sandbox/fps/accounts").await.json();
        let of = |id: &str| {
            let all = accounts["accounts"].as_array().unwrap();
            all.iter().find(|own| own["account_id"] == id).unwrap()["balance_minor"].as_i64().unwrap()
        };
        [of("acc_omni"), of("acc_wares"), of("acc_marketplace")]
    };
    let moved = |before: [i64; 3], after: [i64; 3]| [0, 1, 2].map(|place| after[place] - before[place]);
    // 1.5 % + 0.01 of 20.00 is 0.31; the marketplace takes 1.00 + 10 %.
    for (policy, back) in [
        ("MasterTxnOnly", [2000, 31 - 2000, 0]),
        ("MasterAndMarketplaceTxn", [2000, 31 + 300 - 2000, -300]),
        ("MarketplaceTxnOnly", [0, 300, -300]),
    ] {
        let before = balances().await;
        let token = stage.token("20.00", "ABT").await;
        let id = stage.does("Pay", &stage.charge(&token, "20.00")).await;
        let paid = balances().await;
        assert_eq!(moved(before, paid), [-2000, 2000 - 31 - 300, 300]);
        stage.does("Refund", &with(stage.refund_of(id), "MarketplaceRefundPolicy", policy)).await;
        house.later(Duration::from_secs(1)).await;
        assert_eq!(moved(paid, balances().await), back, "{policy}");
    }
    let mut fees = Vec::new();
    for method in ["ABT", "ACH", "CC"] {
        let token = stage.token("20.00", method).await;
        let id = stage.does("Pay", &stage.charge(&token, "20.00")).await;
        house.later(Duration::from_secs(2)).await;
        fees.push(house.call("GetTransaction", &[("TransactionId", &id)]).await.text("FPSFees"));
    }
    let dollars = |fee: &str| fee.split_once("<Value>").unwrap().1.trim_end_matches("</Value>").to_owned();
    assert_eq!(fees.iter().map(|fee| dollars(fee)).collect::<Vec<_>>(), ["0.31", "0.45", "0.88"]);
}

#[tokio::test]
async fn the_party_that_was_agreed_on_pays_the_fee() {
    let stage = Stage::open().await;
    let start = [
        ("pipelineName", "Recipient"),
        ("callerReference", "market pays"),
        ("recipientPaysFee", "False"),
        ("paymentMethod", "CC,ACH,ABT"),
    ];
    let session = stage.house.start(&start).await.session();
    stage.house.choose(&session, "acc_wares").await;
    let recipient = stage.house.confirm(&session).await.returned("tokenID");
    let (before, token) = (stage.balance().await, stage.token("20.00", "ABT").await);
    let pairs =
        |reference: &str, payer: &str| with(owned(&pay(reference, &recipient, &token, "20.00")), "ChargeFeeTo", payer);
    for payer in ["", "Recipient"] {
        let refused = stage.call("Pay", &pairs(&stage.fresh(), payer)).await;
        assert!(refused.text("Message").contains("ChargeFeeTo must be Caller"), "{}", refused.body);
    }
    let id = stage.does("Pay", &pairs("by the caller", "Caller")).await;
    assert_eq!(stage.balance().await, before - 31, "no marketplace fee was agreed on");
    let whole = stage.house.call("GetTransaction", &[("TransactionId", &id)]).await;
    assert_eq!(whole.text("FPSFeesPaidBy"), "Caller");
    let all = stage.balance().await;
    stage.fund(-all).await;
    let (token, reference) = (stage.token("20.00", "ABT").await, stage.fresh());
    let poor = with(owned(&pay(&reference, &recipient, &token, "20.00")), "ChargeFeeTo", "Caller");
    assert_eq!(stage.call("Pay", &poor).await.text("Code"), "InsufficientBalance");
    stage.fund(all).await;
    assert_eq!(stage.call("Pay", &poor).await.status, 200, "it may be sent again");
}
