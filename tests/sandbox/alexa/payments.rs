use std::time::Duration;

use pushcart::base::clock::days;
use serde_json::{Value, json};

use super::skill::{Reply, Stage, authorization, charge, directive, error, setup};
use crate::amazon_pay::shop::MERCHANT;

fn is(status: &str, code: &str) -> (String, String) {
    (status.to_owned(), code.to_owned())
}

#[tokio::test]
async fn an_authorisation_is_captured_and_refunded_like_every_charge_of_amazon_pay() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    let result = stage.ask("Charge", &charge(&agreement, "opn_hold", "Authorize", "20.00")).await;
    assert_eq!(authorization(&result), is("Open", ""));
    assert_eq!(result["payload"]["authorizationDetails"]["idList"], json!([]));
    let id = result["payload"]["authorizationDetails"]["amazonAuthorizationId"].as_str().unwrap().replace("-A", "-C");
    assert_eq!(stage.shop.balance(&format!("held:{MERCHANT}")).await, 2000);
    assert!(stage.shop.capture(&id, "20.00").await.status.is_success());
    assert!(stage.shop.refund(&id, "5.00").await.status.is_success());
    stage.house().later(Duration::from_secs(5)).await;
    assert_eq!(stage.shop.balance(&format!("merchant:{MERCHANT}")).await, 1500);
    let ledger = stage.house().get("/_sandbox/ledger").await.json();
    let hold =
        ledger["transactions"].as_array().unwrap().iter().find(|line| line["kind"] == "reserve").unwrap().clone();
    assert_eq!((&hold["caller_reference"], &hold["transaction_id"]), (&json!("opn_hold"), &json!(id)));
}

#[tokio::test]
async fn an_agreement_that_stands_is_given_again_and_a_closed_one_is_not() {
    let stage = Stage::open().await;
    let first = stage.agreement().await;
    assert_eq!(stage.agreement().await, first);
    let act = json!({ "act": "buyer_closes", "id": first });
    stage.house().post_json("/_sandbox/amazon-pay/act", &act).await;
    let result = stage.ask("Charge", &charge(&first, "opn_late", "Authorize", "1.00")).await;
    assert_eq!(error(&result), is("400", "InvalidBillingAgreementStatus"));
    assert_ne!(stage.agreement().await, first);
    let result = stage.ask("Charge", &charge("C01-0000000-0000000", "opn_x", "Authorize", "1.00")).await;
    assert_eq!(error(&result), is("400", "InvalidBillingAgreementId"));
}

#[tokio::test]
async fn the_same_reference_charges_once_and_with_other_parameters_not_at_all() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    let payload = charge(&agreement, "opn_once", "AuthorizeAndCapture", "7.00");
    let first = stage.ask("Charge", &payload).await;
    assert_eq!(stage.ask("Charge", &payload).await["payload"], first["payload"]);
    assert_eq!(stage.shop.balance(&format!("merchant:{MERCHANT}")).await, 700);
    let other = stage.ask("Charge", &charge(&agreement, "opn_once", "AuthorizeAndCapture", "8.00")).await;
    assert_eq!(error(&other), is("400", "DuplicateRequest"));
    assert_eq!(stage.shop.balance(&format!("merchant:{MERCHANT}")).await, 700);
}

#[tokio::test]
async fn five_hundred_dollars_a_month_are_the_limit_and_a_new_month_is_a_new_one() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    for (reference, amount, expected) in
        [("opn_a", "499.00", "200"), ("opn_b", "1.01", "400"), ("opn_c", "1.00", "200"), ("opn_d", "0.01", "400")]
    {
        let result = stage.ask("Charge", &charge(&agreement, reference, "AuthorizeAndCapture", amount)).await;
        assert_eq!(result["status"]["code"], expected, "{amount}: {result}");
        if expected == "400" {
            assert_eq!(error(&result).1, "PeriodicAmountExceeded");
        }
    }
    stage.house().later(days(32)).await;
    let result = stage.ask("Charge", &charge(&agreement, "opn_e", "AuthorizeAndCapture", "500.00")).await;
    assert_eq!(result["status"]["code"], "200");
}

#[tokio::test]
async fn consent_and_voice_purchasing_come_before_money() {
    let stage = Stage::open().await;
    for (locale, consent, code) in [
        ("en-US", "not_asked", "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE"),
        ("de-DE", "denied", "MISSING_PERMISSIONS_TO_ACCESS_RESOURCE"),
        ("ja-JP", "not_asked", "ACCESS_NOT_REQUESTED"),
        ("ja-JP", "denied", "ACCESS_DENIED"),
    ] {
        stage.person(json!({ "consent": consent })).await;
        stage.will(Reply::Response(directive("Setup", &setup())));
        let open = if locale == "ja-JP" {
            "pushcart marketを開いて"
        } else if locale == "de-DE" {
            "öffne pushcart market"
        } else {
            "open pushcart market"
        };
        let turn = stage.say_in(locale, open).await;
        assert_eq!(error(&stage.last()["request"]), is("403", code), "{locale}");
        let cards = turn["cards"].as_array().unwrap();
        let sends = cards.iter().any(|own| own["by"] == "alexa" && own["card"]["type"] == "AskForPermissionsConsent");
        assert_eq!(sends, locale != "ja-JP", "{cards:?}");
        let scopes = &stage.last()["context"]["System"]["user"]["permissions"]["scopes"];
        assert_eq!(scopes.is_null(), consent == "not_asked");
    }
    stage.person(json!({ "consent": "granted", "voice_purchasing": false, "locale": "en-US" })).await;
    assert_eq!(error(&stage.ask("Setup", &setup()).await), is("403", "VoicePurchaseNotEnabled"));
    stage.person(json!({ "voice_purchasing": true })).await;
    assert_eq!(stage.ask("Setup", &setup()).await["status"]["code"], "200");
}

#[tokio::test]
async fn the_voice_code_is_asked_for_and_two_wrong_ones_are_a_refusal() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    stage.person(json!({ "voice_code": "2468" })).await;
    let ask = async |reference: &str| {
        stage.will(Reply::Response(directive("Charge", &charge(&agreement, reference, "Authorize", "3.00"))));
        let before = stage.heard().len();
        let turn = stage.say("open pushcart market").await;
        assert_eq!(stage.heard().len(), before + 1, "the skill hears nothing before the code is there");
        assert_eq!(turn["is_open"], true);
        assert!(turn["said"][1]["text"].as_str().unwrap().contains("voice code"), "{turn}");
    };
    ask("opn_right").await;
    stage.will_say("Done.", true);
    stage.say("two four six eight").await;
    assert_eq!(authorization(&stage.last()["request"]), is("Open", ""));
    ask("opn_second_try").await;
    stage.say("1111").await;
    stage.will_say("Done.", true);
    stage.say("2 4 6 8").await;
    assert_eq!(authorization(&stage.last()["request"]), is("Open", ""));
    for answers in [vec!["1111", "2222"], vec!["no"]] {
        ask("opn_wrong").await;
        stage.will_say("Sorry.", true);
        for answer in answers {
            stage.say(answer).await;
        }
        assert_eq!(error(&stage.last()["request"]), is("403", "CustomerApprovalFailure"));
    }
    ask("opn_silent").await;
    stage.will_say("Sorry.", true);
    stage.say_nothing().await;
    assert_eq!(error(&stage.last()["request"]), is("403", "CustomerApprovalFailure"));
}

#[tokio::test]
async fn what_is_missing_in_the_account_is_said_by_amazon_in_the_words_of_the_table() {
    let stage = Stage::open().await;
    for (change, back, code, words) in [
        (
            json!({ "has_address": false }),
            json!({ "has_address": true }),
            "InvalidShippingAddress",
            "create a default 1-Click setting for Ana’s",
        ),
        (
            json!({ "one_click": "outdated" }),
            json!({ "one_click": "ready" }),
            "InvalidPaymentMethod",
            "payment method needs updating",
        ),
        (
            json!({ "one_click": "no_billing_address" }),
            json!({ "one_click": "ready" }),
            "InvalidPaymentMethod",
            "billing address needs updating",
        ),
        (
            json!({ "one_click": "not_accepted" }),
            json!({ "one_click": "ready" }),
            "InvalidPaymentMethod",
            "doesn't accept your default",
        ),
        (
            json!({ "has_email": false }),
            json!({ "has_email": true }),
            "UnsupportedCustomerAccount",
            "on Amazon.com, in Login and Security",
        ),
    ] {
        stage.person(change).await;
        let (result, turn) = stage.ask_turn("Setup", &setup()).await;
        assert_eq!(error(&result), is("400", code));
        assert!(turn["said"][1]["text"].as_str().unwrap().contains(words), "{turn}");
        stage.person(back).await;
        assert_eq!(stage.ask("Setup", &setup()).await["status"]["code"], "200", "{code}");
    }
}

/// A charge of 1 dollar by this buyer; the result of Charge.
async fn of(stage: &Stage, persona: &str, reference: &str, change: impl FnOnce(&mut Value)) -> Value {
    let say = async |payload: Value, name: &str| {
        stage.will(Reply::Response(directive(name, &payload)));
        stage.will_say("Thank you.", true);
        stage.control("say", &json!({ "persona": persona, "text": "open pushcart market" })).await;
        stage.last()["request"].clone()
    };
    let agreement = say(setup(), "Setup").await;
    let id = agreement["payload"]["billingAgreementDetails"]["billingAgreementId"].as_str().unwrap_or_default();
    let mut payload = charge(id, reference, "Authorize", "1.00");
    change(&mut payload);
    say(payload, "Charge").await
}

#[tokio::test]
async fn every_card_of_the_test_people_goes_its_own_way() {
    let stage = Stage::open().await;
    for (persona, state, reason) in [
        ("ana", "Open", ""),
        ("dora", "Declined", "InvalidPaymentMethod"),
        ("harry", "Declined", "InvalidPaymentMethod"),
        ("rita", "Declined", "AmazonRejected"),
        ("tim", "Declined", "TransactionTimedOut"),
        ("paula", "Declined", "ProcessingFailure"),
        ("ava", "Open", "StopShipmentAtypicalAuth"),
        ("penny", "Open", ""),
        ("pete", "Declined", "TransactionTimedOut"),
    ] {
        let result = of(&stage, persona, &format!("opn_{persona}"), |_| {}).await;
        assert_eq!(authorization(&result), is(state, reason), "{persona}");
    }
    assert_eq!(error(&of(&stage, "wally", "opn_wally", |_| {}).await), is("403", "CustomerApprovalFailure"));
    let result = of(&stage, "paula", "opn_paula_2", |_| {}).await;
    assert_eq!(authorization(&result), is("Open", ""), "the second attempt passes");
}

#[tokio::test]
async fn a_spoiled_agreement_opens_again_when_the_buyer_mends_the_card() {
    let stage = Stage::open().await;
    let refused = of(&stage, "harry", "opn_1", |_| {}).await;
    assert_eq!(authorization(&refused), is("Declined", "InvalidPaymentMethod"));
    assert_eq!(error(&of(&stage, "harry", "opn_2", |_| {}).await), is("400", "InvalidBillingAgreementStatus"));
    stage.person(json!({ "persona": "harry", "mends_payment": true })).await;
    let paid = of(&stage, "harry", "opn_3", |_| {}).await;
    assert_eq!(authorization(&paid), is("Open", ""));
}

#[tokio::test]
async fn whoever_waits_hears_of_a_pending_charge_and_the_rest_by_notification() {
    let stage = Stage::open().await;
    let waiting = |payload: &mut Value| payload["authorizeAttributes"]["transactionTimeout"] = 60.into();
    let result = of(&stage, "penny", "opn_pending", waiting).await;
    assert_eq!(authorization(&result), is("Pending", ""));
    let id = result["payload"]["authorizationDetails"]["amazonAuthorizationId"].as_str().unwrap().replace("-A", "-C");
    assert_eq!(stage.shop.status(&format!("charges/{id}")).await.0, "AuthorizationInitiated");
    stage.house().later(Duration::from_secs(31)).await;
    assert_eq!(stage.shop.status(&format!("charges/{id}")).await.0, "Authorized");
}

#[tokio::test]
async fn simulations_in_the_note_are_honoured_and_misplaced_ones_refused() {
    let stage = Stage::open().await;
    let agreement = stage.agreement().await;
    let simulate = async |reference: &str, note: &str| {
        let mut payload = charge(&agreement, reference, "Authorize", "1.00");
        payload["authorizeAttributes"]["sellerAuthorizationNote"] = note.into();
        stage.ask("Charge", &payload).await
    };
    let timed = r#"{"SandboxSimulation":{"State":"Declined","ReasonCode":"TransactionTimedOut"}}"#;
    assert_eq!(authorization(&simulate("opn_1", timed).await), is("Declined", "TransactionTimedOut"));
    let soft = r#"{"SandboxSimulation":{"State":"Declined","ReasonCode":"InvalidPaymentMethod","SoftDecline":"true"}}"#;
    let result = simulate("opn_2", soft).await;
    assert_eq!(authorization(&result), is("Declined", "InvalidPaymentMethod"));
    assert_eq!(result["payload"]["authorizationDetails"]["softDecline"], true);
    let closed = r#"{"SandboxSimulation":{"State":"Closed","ReasonCode":"AmazonClosed"}}"#;
    assert_eq!(authorization(&simulate("opn_3", closed).await), is("Closed", "AmazonClosed"));
    assert_eq!(stage.shop.balance(&format!("held:{MERCHANT}")).await, 0);
    let bad = r#"{"SandboxSimulation":{"State":"Declined","ReasonCode":"BadMood"}}"#;
    assert_eq!(error(&simulate("opn_4", bad).await), is("400", "InvalidSandboxSimulationSpecified"));
    assert_eq!(authorization(&simulate("opn_5", "for the honey").await), is("Open", ""));
}
