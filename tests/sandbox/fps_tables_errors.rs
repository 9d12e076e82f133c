//! Every (action, error) pair of the guide is brought about and read from the wire; so is every code.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fps_tables_pairs::{CALLER, Cause, Deed, PAIRS, RECIPIENT, SENDER, Signer};
use crate::fps_tables_stage::{Pairs, Stage, printed, rows, with, with_amount};
use crate::house::Answer;

const TABLE: &str = include_str!("../data/fps/fps-action-errors.tsv");
const CODES: &str = include_str!("../data/fps/fps-errors.tsv");

/// Makes `action` go wrong for this cause, and puts right again what it was.
async fn spoil(stage: &Stage, action: &str, code: &str, cause: Cause) -> Answer {
    match cause {
        Cause::Scripted => {
            let pairs = stage.good(action).await;
            stage.script(action, code).await;
            stage.call(action, &pairs).await
        }
        Cause::Told(who, what, value) => {
            let pairs = stage.good(action).await;
            while_told(stage, who, what, value, action, &pairs).await
        }
        Cause::Given(name, value) => stage.call(action, &with(stage.good(action).await, name, value)).await,
        Cause::Amount(name, value) => stage.call(action, &with_amount(stage.good(action).await, name, value)).await,
        Cause::Key(signer) => {
            let pairs = stage.good(action).await;
            let (key, secret) = match signer {
                Signer::Unknown => ("AKIANOBODY".to_owned(), "nothing".to_owned()),
                Signer::WrongSecret => Stage::wrong_keys(),
                Signer::NotADeveloper => stage.keys_of("acc_clara").await,
                Signer::SomebodyElses => stage.keys_of("acc_other").await,
            };
            stage.call_as(&key, &secret, action, &pairs).await
        }
        Cause::Act(deed) => after(stage, action, deed).await,
    }
}

async fn while_told(stage: &Stage, who: &str, what: &str, value: &str, action: &str, pairs: &Pairs) -> Answer {
    let value = match value {
        "" => json!(""),
        other => serde_json::from_str(other).unwrap_or_else(|_| json!(other)),
    };
    let before = stage.tell(who, what, value).await;
    let answer = stage.call(action, pairs).await;
    stage.tell(who, what, before).await;
    answer
}

async fn after(stage: &Stage, action: &str, deed: Deed) -> Answer {
    let pairs = match deed {
        Deed::Repeat => {
            let pairs = stage.good(action).await;
            stage.does(action, &pairs).await;
            with(pairs, "CallerDescription", "something else")
        }
        Deed::Twice => {
            let pairs = stage.good(action).await;
            stage.does(action, &pairs).await;
            pairs
        }
        Deed::CancelRecipientToken => {
            let own = stage.house.recipient(&stage.fresh(), RECIPIENT).await.returned("tokenID");
            let pairs = with(stage.good(action).await, "RecipientTokenId", &own);
            cancel_token(stage, &own).await;
            pairs
        }
        Deed::CancelSenderToken => {
            let pairs = stage.good(action).await;
            cancel_token(stage, value(&pairs, "SenderTokenId")).await;
            pairs
        }
        Deed::SpentToken => {
            let pairs = stage.good(action).await;
            stage.does(action, &pairs).await;
            with(pairs, "CallerReference", &stage.fresh())
        }
        Deed::UnknownTokenId => vec![("TokenId".to_owned(), "MADEUP".to_owned())],
        Deed::Amount(amount) => stage.charge(&stage.token(amount, "ABT").await, amount),
        Deed::CardAmount(amount) => stage.charge(&stage.token(amount, "CC").await, amount),
        Deed::ByBank => stage.charge(&stage.token("5.00", "ACH").await, "5.00"),
        Deed::UnverifiedBank => {
            let pairs = stage.charge(&stage.token("5.00", "ACH").await, "5.00");
            return while_told(stage, SENDER, "bank_verified", "false", action, &pairs).await;
        }
        Deed::EmptySender => stage.charge(&stage.token_of("acc_max", "5.00", "ABT").await, "5.00"),
        Deed::EmptyCaller => return without_money(stage, action).await,
        Deed::PaysItself => paying_itself(stage).await,
        Deed::CardForPersonal => {
            let pairs = stage.charge(&stage.token("5.00", "CC").await, "5.00");
            return while_told(stage, RECIPIENT, "kind", "personal", action, &pairs).await;
        }
        Deed::OverLimit => {
            let (token, seller) = stage.standing("10").await;
            let pairs = || with(stage.charge(&token, "6.00"), "RecipientTokenId", &seller);
            stage.does(action, &pairs()).await;
            pairs()
        }
        Deed::OfFailed | Deed::OfPending => {
            let token = stage.token_of("acc_dee", "5.00", "CC").await;
            let id = stage.does("Pay", &stage.charge(&token, "5.00")).await;
            if deed == Deed::OfFailed {
                stage.house.later(Duration::from_secs(1)).await;
            }
            stage.refund_of(id)
        }
        Deed::OfRefund | Deed::OfRefunded => {
            let payment = stage.paid().await;
            let refund = stage.does("Refund", &stage.refund_of(payment.clone())).await;
            stage.refund_of(if deed == Deed::OfRefund { refund } else { payment })
        }
    };
    stage.call(action, &pairs).await
}

/// The caller pays the provider's fee, or is to give its own fee back, and its balance is empty.
async fn without_money(stage: &Stage, action: &str) -> Answer {
    let pairs = if action == "Refund" {
        with(stage.good("Refund").await, "MarketplaceRefundPolicy", "MasterAndMarketplaceTxn")
    } else {
        let start = [
            ("pipelineName", "Recipient"),
            ("callerReference", &stage.fresh()),
            ("recipientPaysFee", "False"),
            ("paymentMethod", "CC,ACH,ABT"),
        ];
        let session = stage.house.start(&start).await.session();
        stage.house.choose(&session, RECIPIENT).await;
        let recipient = stage.house.confirm(&session).await.returned("tokenID");
        let reserve = with(stage.good("Reserve").await, "RecipientTokenId", &recipient);
        let reserve = with(reserve, "ChargeFeeTo", "Caller");
        if action == "Settle" {
            let id = stage.does("Reserve", &reserve).await;
            stage.house.later(Duration::from_secs(1)).await;
            vec![("ReserveTransactionId".to_owned(), id)]
        } else {
            reserve
        }
    };
    let all = stage.balance().await;
    stage.fund(-all).await;
    let answer = stage.call(action, &pairs).await;
    stage.fund(all).await;
    answer
}

/// The seller approves a payment to the caller, which is then sent to the seller.
async fn paying_itself(stage: &Stage) -> Pairs {
    let start = [
        ("pipelineName", "SingleUse"),
        ("callerReference", &stage.fresh()),
        ("transactionAmount", "5.00"),
        ("paymentMethod", "ABT"),
    ];
    let session = stage.house.start(&start).await.session();
    stage.house.choose(&session, RECIPIENT).await;
    stage.house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "ABT")]).await;
    let token = stage.house.confirm(&session).await.returned("tokenID");
    stage.charge(&token, "5.00")
}

async fn cancel_token(stage: &Stage, token: &str) {
    assert_eq!(stage.house.call("CancelToken", &[("TokenId", token)]).await.status, 200);
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    &pairs.iter().find(|pair| pair.0 == name).unwrap().1
}

/// What clients look for: 403 for credentials, 401, 500, else 400.
fn status(code: &str) -> u16 {
    match code {
        "InvalidClientTokenId" | "SignatureDoesNotMatch" => 403,
        "AuthFailure" => 401,
        "InternalError" | "InternalServerError" => 500,
        _ => 400,
    }
}

fn is_a_refusal(answer: &Answer, code: &str, what: &str) {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>";
    assert!(answer.body.starts_with(head), "{what}: {}", answer.body);
    assert_eq!(answer.text("Code"), code, "{what}: {}", answer.body);
    assert_eq!(answer.status.as_u16(), status(code), "{what}");
    assert_eq!(answer.text("RequestID").len(), 36, "{what}");
    let message = answer.text("Message").replace("&apos;", "'");
    match printed("error", code) {
        // It names the parameter instead.
        Some(_) if code == "InvalidParams" => assert!(!message.is_empty(), "{what}"),
        Some(text) => assert_eq!(message, text, "{what}"),
        None => assert!(!message.is_empty(), "{what}"),
    }
}

#[tokio::test]
async fn every_pair_of_the_guide_is_brought_about() {
    let stage = Stage::open().await;
    let (mut natural, mut scripted, mut last) = (0, 0, "");
    for row in rows(TABLE) {
        let (action, code) = (row[0], row[1]);
        if action != last {
            let good = stage.call(action, &stage.good(action).await).await;
            assert_eq!(good.status, 200, "{action} goes well when nothing is wrong: {}", good.body);
            last = action;
        }
        let found = PAIRS.iter().find(|pair| (pair.0, pair.1) == (action, code));
        let (_, _, cause) = found.unwrap_or_else(|| panic!("nobody says how {action} comes to {code}"));
        let answer = spoil(&stage, action, code, *cause).await;
        is_a_refusal(&answer, code, &format!("{action} {code}"));
        if *cause == Cause::Scripted { scripted += 1 } else { natural += 1 }
    }
    assert_eq!((natural, scripted), (119, 20), "of {}", PAIRS.len());
    assert_eq!(PAIRS.len(), natural + scripted, "a pair that the guide does not have");
    assert_eq!(stage.house.get("/_sandbox/ledger").await.json()["sum_minor"]["USD"], 0);
    stage.tell(CALLER, "state", Value::from("active")).await;
}

#[tokio::test]
async fn every_code_says_what_is_printed_and_may_be_sent_again_if_the_guide_says_so() {
    let stage = Stage::open().await;
    // Said before anybody looks at the reference, so that it is free afterwards whatever the flag.
    let at_the_door = [
        "AuthFailure",
        "InvalidAccountState_Caller",
        "InvalidClientTokenId",
        "InvalidParameterValue",
        "InvalidSignature",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnverifiedEmailAddress_Caller",
    ];
    for row in rows(CODES) {
        let (code, is_retriable) = (row[0], row[2] == "yes");
        let pairs = stage.good("Pay").await;
        stage.script("Pay", code).await;
        is_a_refusal(&stage.call("Pay", &pairs).await, code, code);
        if !row[1].is_empty() {
            assert_eq!(status(code).to_string(), row[1], "{code}");
        }
        let again = stage.call("Pay", &pairs).await;
        if is_retriable || at_the_door.contains(&code) {
            assert_eq!(again.status, 200, "{code} may be sent again: {}", again.body);
        } else {
            is_a_refusal(&again, code, code);
        }
    }
}
