//! Two at once: one act after the other, whatever the database.

use std::time::Duration;

use crate::fps_tables_stage::{Stage, with, with_amount};

#[tokio::test]
async fn the_last_money_of_a_balance_is_spent_once() {
    let stage = Stage::open().await;
    stage.tell("acc_max", "fund_minor", 450.into()).await;
    let (one, two) = (stage.token_of("acc_max", "5.00", "ABT").await, stage.token_of("acc_max", "5.00", "ABT").await);
    let (one, two) = (stage.charge(&one, "5.00"), stage.charge(&two, "5.00"));
    let (first, second) = tokio::join!(stage.call("Pay", &one), stage.call("Pay", &two));
    let mut codes = [first.status.as_u16(), second.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 400], "{} {}", first.body, second.body);
}

#[tokio::test]
async fn a_hold_is_taken_once_and_a_payment_goes_back_once() {
    let stage = Stage::open().await;
    let settle = vec![("ReserveTransactionId".to_owned(), stage.held().await)];
    let (first, second) = tokio::join!(stage.call("Settle", &settle), stage.call("Settle", &settle));
    let bodies = format!("{} {}", first.body, second.body);
    assert!(bodies.contains("<SettleResult>") && bodies.contains("InvalidTransactionState"), "{bodies}");

    let payment = stage.paid().await;
    let (one, two) = (stage.refund_of(payment.clone()), stage.refund_of(payment));
    let (one, two) = (with_amount(one, "RefundAmount", "3.00"), with_amount(two, "RefundAmount", "3.00"));
    let (first, second) = tokio::join!(stage.call("Refund", &one), stage.call("Refund", &two));
    let bodies = format!("{} {}", first.body, second.body);
    assert!(bodies.contains("<RefundResult>") && bodies.contains("RefundAmountExceeded"), "{bodies}");
    stage.house.later(Duration::from_secs(1)).await;
    assert_eq!(stage.house.get("/_sandbox/ledger").await.json()["sum_minor"]["USD"], 0);
}

#[tokio::test]
async fn a_reference_that_comes_many_times_at_once_moves_money_once() {
    let stage = Stage::open().await;
    let pairs = with(stage.good("Pay").await, "CallerDescription", "impatient");
    let answers = futures_util::future::join_all((0..8).map(|_| stage.call("Pay", &pairs))).await;
    let first = answers[0].text("TransactionId");
    assert!(answers.iter().all(|answer| answer.text("TransactionId") == first));
    let ledger = stage.house.get("/_sandbox/ledger").await.json();
    assert_eq!(ledger["transactions"].as_array().unwrap().len(), 1);
}
