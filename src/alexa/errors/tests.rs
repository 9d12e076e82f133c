//! The table against what Amazon published.

use super::*;
use crate::words::{LOCALES, Words};
use serde_json::json;

const PUBLISHED: &str = include_str!("../../../tests/data/alexa/alexa-errors.tsv");

struct Line {
    table: &'static str,
    by: &'static str,
    kind: &'static str,
    code: &'static str,
    prompt: &'static str,
}

fn published() -> Vec<Line> {
    let lines = PUBLISHED.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        Line { table: cells[0], by: cells[1], kind: cells[2], code: cells[4], prompt: cells[5] }
    });
    lines.collect()
}

#[test]
fn there_is_a_row_for_each_published_one_and_no_other() {
    let published = published();
    assert_eq!((published.len(), ROWS.len()), (54, 54));
    for (row, line) in ROWS.iter().zip(&published) {
        assert_eq!((row.table.word(), row.code), (line.table, line.code));
        let by = if row.spoken == Spoken::ByAmazon { "amazon" } else { "merchant" };
        assert_eq!(by, line.by, "{} {}", line.table, line.code);
        assert_eq!(row.spoken == Spoken::ByAmazon, !line.prompt.is_empty(), "{} {}", line.table, line.code);
        assert!(row.operator.ends_with('.'), "{} {}", line.table, line.code);
    }
}

#[test]
fn integration_errors_are_one_calm_sentence_and_the_operators_to_mend() {
    for (row, line) in ROWS.iter().zip(published()) {
        if matches!(line.kind, "Integration" | "Sandbox") && !matches!(row.message, "error-app" | "error-consent") {
            assert!(row.is_ours(), "{} {}", line.table, line.code);
            assert_eq!((row.message, row.then), ("error-merchant", Then::Stop), "{} {}", line.table, line.code);
        }
    }
}

#[test]
fn what_amazon_said_is_not_said_again_and_no_code_is_ever_spoken() {
    for (row, line) in ROWS.iter().zip(published()) {
        for locale in LOCALES {
            let said = Words::of(locale).say(row.message, &[]);
            assert!(!said.is_empty(), "{locale} {}", row.message);
            assert!(!said.contains(row.code) || row.code == "Open", "{locale}: {said}");
            assert!(line.prompt.is_empty() || !said.contains(line.prompt), "{locale}: {said}");
        }
    }
}

#[test]
fn a_charge_that_is_over_leaves_a_card_and_one_that_is_not_leaves_none() {
    for row in ROWS.iter().filter(|row| !matches!(row.table, Table::BillingAgreementState | Table::BuyerId)) {
        let row = find("Charge", row.code);
        let expected = match row.code {
            // Amazon sends its own
            "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE" => AppCard::Nothing,
            "ACCESS_NOT_REQUESTED" | "ACCESS_DENIED" => AppCard::Consent,
            "InvalidBillingAgreementId" | "InvalidBillingAgreementStatus" => AppCard::Settings,
            // nobody pays twice
            _ if row.order == Order::Waits => AppCard::Nothing,
            _ => AppCard::Web,
        };
        assert_eq!(row.send, expected, "{}", row.code);
        assert!(row.order != Order::Untouched, "{}", row.code);
    }
    for code in ["UnsupportedClientPlatform", "InvalidShippingAddress", "InvalidAccountStatus", "RequestThrottled"] {
        assert_eq!(find("Setup", code).send, AppCard::Nothing, "{code}: nothing was to be charged yet");
    }
    assert_eq!(find("Setup", "InternalServerError").send, AppCard::Web, "not reached, again and again");
}

#[test]
fn a_code_is_the_payloads_else_a_message_of_one_word() {
    assert_eq!(code(&json!({ "errorCode": "FORBIDDEN" }), "InvalidSellerId"), "FORBIDDEN");
    assert_eq!(code(&json!({ "errorCode": "" }), "InvalidSellerId"), "InvalidSellerId");
    assert_eq!(code(&json!(null), " InvalidSellerId "), "InvalidSellerId");
    assert_eq!(code(&json!(null), "Connections validation failed."), "");
    assert_eq!(code(&json!({ "errorCode": 7 }), ""), "");
}

#[test]
fn a_code_means_what_it_means_for_the_request_that_it_answers() {
    assert_eq!(find("Setup", "InvalidAccountStatus").order, Order::Untouched);
    assert_eq!(find("Charge", "InvalidAccountStatus").order, Order::Declined);
    assert_eq!(find("Setup", "CustomerApprovalFailure").order, Order::Untouched);
    assert_eq!(find("Charge", "ACCESS_DENIED").send, AppCard::Consent);
    assert_eq!(find("Charge", "UnsupportedCustomerAccount").order, Order::Declined);
    assert_eq!(find("Charge", "DuplicateRequest").order, Order::Waits);
    assert_eq!(
        (find("Charge", "NeverHeardOf").message, find("Charge", "NeverHeardOf").is_ours()),
        ("error-merchant", true)
    );
    assert_eq!(declined("SomethingNew").message, "declined");
}
