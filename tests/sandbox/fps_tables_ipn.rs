//! Notifications: each event sends exactly the fields that the guide's tables give it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pushcart::base::clock::days;
use serde_json::json;

use crate::fps_tables_stage::{Stage, rows, with};
use crate::house::{House, pay};
use crate::wire::{Heard, shop};

const TABLE: &str = include_str!("../data/fps/fps-ipn-fields.tsv");

/// What a notification is about, as the conditions of the table tell events apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// The caller sells for somebody else.
    Marketplace,
    /// Money that goes back, in a marketplace.
    MarketplaceRefund,
    /// The caller is paid itself.
    OwnSale,
    /// The caller is paid itself and the buyer chose where parcels go at the provider.
    OwnSaleWithAddress,
    Token,
}

/// Whether a field belongs to an event, from the table's own words.
fn belongs(when: &str, about: About) -> bool {
    let is_own = matches!(about, About::OwnSale | About::OwnSaleWithAddress);
    match when {
        "always" | "always in the samples" => true,
        "transaction" | "transaction accepted" => about != About::Token,
        "caller is the recipient" => is_own,
        "refund" => about == About::MarketplaceRefund,
        "notificationType=TokenCancellation" | "token cancellation" => about == About::Token,
        "marketplace" => matches!(about, About::Marketplace | About::MarketplaceRefund),
        "shipping address updated at the provider"
        | "only when an address is sent"
        | "always possible (the guide states no condition)" => about == About::OwnSaleWithAddress,
        other => panic!("nobody tests {other}"),
    }
}

type Fields = BTreeMap<String, String>;

/// Everything that was heard since the last time.
fn take(heard: &Heard) -> Vec<Fields> {
    let bodies = std::mem::take(&mut *heard.lock().unwrap());
    bodies.iter().map(|body| form_urlencoded::parse(body.as_bytes()).into_owned().collect()).collect()
}

/// The notification has the fields of its event, no other, and none is longer than it may be.
fn check(fields: &Fields, about: About) {
    let mut expected = BTreeSet::new();
    for row in rows(TABLE) {
        let (name, most, when) = (row[0], row[2], row[3]);
        // Only buttons give one, and there are none here.
        if name == "referenceId" || !belongs(when, about) {
            continue;
        }
        expected.insert(name);
        if let (Ok(most), Some(value)) = (most.parse::<usize>(), fields.get(name)) {
            assert!(value.len() <= most, "{name} has {} bytes: {value}", value.len());
        }
    }
    let sent: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
    assert_eq!(sent, expected, "{about:?}: {fields:?}");
}

/// Everything that was heard is about `about`; operation, status and code of each.
async fn heard_about(house: &House, heard: &Heard, about: About) -> Vec<String> {
    house.settle_down().await;
    let all = take(heard);
    all.iter().for_each(|fields| check(fields, about));
    let text = |fields: &Fields, name: &str| fields.get(name).cloned().unwrap_or_default();
    all.iter()
        .map(|own| format!("{} {} {}", text(own, "operation"), text(own, "transactionStatus"), text(own, "statusCode")))
        .collect()
}

async fn listening() -> (Stage, Heard) {
    let (address, heard) = shop(0).await;
    let stage = Stage::open().await;
    let told = json!({ "provider": "fps", "access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": crate::house::SECRET,
        "account_id": "acc_marketplace", "notification_url": address });
    assert_eq!(stage.house.post_json("/_sandbox/credentials", &told).await.status, 201);
    (stage, heard)
}

#[tokio::test]
async fn every_event_of_a_marketplace_sends_the_marketplace_form() {
    let (stage, heard) = listening().await;
    let house = &stage.house;
    let market = About::Marketplace;
    let second = Duration::from_secs(1);

    let id = stage.does("Reserve", &stage.good("Reserve").await).await;
    assert_eq!(heard_about(house, &heard, market).await, ["RESERVE PENDING PendingNetworkResponse"]);
    house.later(second).await;
    assert_eq!(heard_about(house, &heard, market).await, ["RESERVE RESERVED Success"]);
    house.call("Settle", &[("ReserveTransactionId", &id)]).await;
    assert_eq!(heard_about(house, &heard, market).await, ["SETTLE PENDING PendingNetworkResponse"]);
    house.later(second).await;
    assert_eq!(heard_about(house, &heard, market).await, ["SETTLE SUCCESS Success"]);
    stage.does("Refund", &stage.refund_of(id)).await;
    let refund = About::MarketplaceRefund;
    assert_eq!(heard_about(house, &heard, refund).await, ["REFUND PENDING PendingNetworkResponse"]);
    house.later(second).await;
    assert_eq!(heard_about(house, &heard, refund).await, ["REFUND SUCCESS Success"]);

    stage.does("Pay", &stage.good("Pay").await).await;
    assert_eq!(heard_about(house, &heard, market).await, ["PAY SUCCESS Success"]);
    let token = stage.token_of("acc_dee", "5.00", "CC").await;
    stage.does("Pay", &stage.charge(&token, "5.00")).await;
    house.later(second).await;
    let failed = ["PAY PENDING PendingNetworkResponse", "PAY FAILURE TransactionDenied"];
    assert_eq!(heard_about(house, &heard, market).await, failed);

    let id = stage.held().await;
    heard_about(house, &heard, market).await;
    house.call("Cancel", &[("TransactionId", &id)]).await;
    assert_eq!(heard_about(house, &heard, market).await, ["RESERVE CANCELLED Cancelled"]);
    let id = stage.held().await;
    heard_about(house, &heard, market).await;
    house.post_json("/_sandbox/fps/cancel", &json!({ "transaction_id": id })).await;
    assert_eq!(heard_about(house, &heard, market).await, ["CANCEL_TRANSACTION CANCELLED Cancelled"]);
    stage.held().await;
    heard_about(house, &heard, market).await;
    house.later(days(7)).await;
    assert_eq!(heard_about(house, &heard, market).await, ["RESERVE CANCELLED Expired"]);

    let failing = stage.charge(&stage.token("5.65", "CC").await, "5.65");
    stage.does("Reserve", &failing).await;
    house.later(second).await;
    let failed = ["RESERVE PENDING PendingNetworkResponse", "RESERVE FAILURE TransactionDenied"];
    assert_eq!(heard_about(house, &heard, market).await, failed);
    let token = stage.token("9.00", "CC").await;
    let id = stage.does("Reserve", &stage.charge(&token, "9.00")).await;
    house.later(second).await;
    heard_about(house, &heard, market).await;
    let part = [
        ("ReserveTransactionId", id.as_str()),
        ("TransactionAmount.Value", "5.70"),
        ("TransactionAmount.CurrencyCode", "USD"),
    ];
    assert_eq!(house.call("Settle", &part).await.status, 200);
    house.later(second).await;
    let failed = ["SETTLE PENDING PendingNetworkResponse", "SETTLE FAILURE TransactionDenied"];
    assert_eq!(heard_about(house, &heard, market).await, failed);
}

#[tokio::test]
async fn a_caller_that_is_paid_itself_hears_who_paid_and_where_parcels_go() {
    let (address, heard) = shop(0).await;
    let house = House::open_with(|settings| settings.ipn_url = Some(address)).await;
    for (reference, collects, about) in [("o1", "False", About::OwnSale), ("o2", "True", About::OwnSaleWithAddress)] {
        let start = house
            .start(&[
                ("pipelineName", "SingleUse"),
                ("callerReference", reference),
                ("transactionAmount", "9.00"),
                ("paymentReason", "A mug"),
                ("collectShippingAddress", collects),
            ])
            .await;
        let session = start.session();
        house.choose(&session, "acc_bill").await;
        house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "ABT")]).await;
        let mut typed = vec![("session", session.as_str())];
        if collects == "True" {
            typed.extend([
                ("addressName", "Bill Balance"),
                ("addressLine1", "1 Main Street"),
                ("addressLine2", "Flat 2"),
                ("city", "Seattle"),
                ("state", "WA"),
                ("zip", "98101"),
                ("phoneNumber", "206-555-0100"),
            ]);
        }
        let token = house.post("/cobranded-ui/actions/confirm", &typed).await.returned("tokenID");
        assert_eq!(house.call("Pay", &pay(reference, "", &token, "9.00")).await.status, 200);
        house.settle_down().await;
        let all = take(&heard);
        assert_eq!(all.len(), 1);
        check(&all[0], about);
        assert_eq!(
            (all[0]["buyerEmail"].as_str(), all[0]["transactionAmount"].as_str()),
            ("bill@buyers.example", "USD 9.00")
        );
    }
}

#[tokio::test]
async fn a_cancelled_token_is_told_in_its_own_form() {
    let (stage, heard) = listening().await;
    let token = stage.good("CancelToken").await;
    assert_eq!(stage.call("CancelToken", &token).await.status, 200);
    stage.house.settle_down().await;
    let all = take(&heard);
    assert_eq!(all.len(), 1);
    check(&all[0], About::Token);
    assert_eq!((all[0]["notificationType"].as_str(), all[0]["tokenType"].as_str()), ("TokenCancellation", "SingleUse"));
    assert_eq!(stage.call("CancelToken", &token).await.status, 200, "a second time changes nothing");
    stage.house.settle_down().await;
    assert!(take(&heard).is_empty());
}

#[tokio::test]
async fn the_address_of_one_request_beats_that_of_the_account() {
    let (stage, heard) = listening().await;
    let (other, elsewhere) = shop(0).await;
    stage.does("Pay", &with(stage.good("Pay").await, "OverrideIPNURL", &other)).await;
    stage.house.settle_down().await;
    assert!(take(&heard).is_empty());
    let all = take(&elsewhere);
    assert_eq!(all.len(), 1);
    check(&all[0], About::Marketplace);
}

#[tokio::test]
async fn what_one_request_named_is_not_for_the_next() {
    let (stage, heard) = listening().await;
    let (other, elsewhere) = shop(0).await;
    let house = &stage.house;
    let second = Duration::from_secs(1);
    let held = stage.does("Reserve", &with(stage.good("Reserve").await, "OverrideIPNURL", &other)).await;
    house.later(second).await;
    house.settle_down().await;
    assert_eq!((take(&heard).len(), take(&elsewhere).len()), (0, 2), "pending, and held");
    stage.does("Settle", &vec![("ReserveTransactionId".to_owned(), held.clone())]).await;
    house.later(second).await;
    assert_eq!(heard_about(house, &heard, About::Marketplace).await.len(), 2, "pending, and taken");
    stage.does("Refund", &stage.refund_of(held)).await;
    house.later(second).await;
    assert_eq!(heard_about(house, &heard, About::MarketplaceRefund).await.len(), 2, "pending, and given back");
    assert!(take(&elsewhere).is_empty());
}

#[tokio::test]
async fn a_person_looks_at_a_payment_before_it_goes_on() {
    let (stage, heard) = listening().await;
    let house = &stage.house;
    let look = |act: &'static str, id: String| async move {
        house.post_json("/_sandbox/fps/investigate", &json!({ "act": act, "transaction_id": id })).await
    };
    for (act, ending) in [("pass", "RESERVE RESERVED Success"), ("deny", "RESERVE FAILURE TransactionDenied")] {
        assert_eq!(look("flag_next", String::new()).await.status, 200);
        let pairs = stage.good("Reserve").await;
        let id = stage.does("Reserve", &pairs).await;
        house.later(days(1)).await;
        assert_eq!(heard_about(house, &heard, About::Marketplace).await, ["RESERVE PENDING PendingVerification"]);
        let waiting = house.call("GetTransactionStatus", &[("TransactionId", &id)]).await;
        assert_eq!(waiting.text("StatusMessage"), "The transaction has been flagged for manual investigation");
        let settle = house.call("Settle", &[("ReserveTransactionId", &id)]).await;
        assert_eq!(settle.text("Code"), "InvalidTransactionState", "nothing is taken meanwhile");
        assert_eq!(look(act, id.clone()).await.status, 200);
        assert_eq!(heard_about(house, &heard, About::Marketplace).await, [ending]);
        assert_eq!(look(act, id).await.status, 422, "only once");
    }
}

#[tokio::test]
async fn a_pending_card_can_be_flagged_and_fails_when_its_time_is_over() {
    let (stage, heard) = listening().await;
    let house = &stage.house;
    let pairs = stage.charge(&stage.token("5.00", "CC").await, "5.00");
    let pairs = with(pairs, "TransactionTimeoutInMins", "90");
    let id = stage.does("Pay", &pairs).await;
    let flag = json!({ "act": "flag", "transaction_id": id });
    assert_eq!(
        house.post_json("/_sandbox/fps/investigate", &flag).await.json()["waiting"][0]["transaction_id"],
        id.as_str()
    );
    heard_about(house, &heard, About::Marketplace).await;
    house.later(Duration::from_secs(89 * 60)).await;
    assert!(heard_about(house, &heard, About::Marketplace).await.is_empty());
    house.later(Duration::from_secs(60)).await;
    assert_eq!(heard_about(house, &heard, About::Marketplace).await, ["PAY FAILURE Expired"]);
    let over = house.call("GetTransactionStatus", &[("TransactionId", &id)]).await;
    assert_eq!(over.text("StatusMessage"), "The transaction could not be completed within the specified timeout.");
    assert_eq!(house.get("/_sandbox/ledger").await.json()["sum_minor"]["USD"], 0);
}

#[tokio::test]
async fn the_desk_has_a_button_for_each_word_of_the_manual_check() {
    let stage = Stage::open().await;
    let house = &stage.house;
    let click = |act: &'static str, id: String| async move {
        house.post("/_sandbox/desk/investigate", &[("act", act), ("transaction_id", &id)]).await
    };
    assert_eq!(click("flag_next", String::new()).await.location, "/_sandbox/#manual-check");
    assert!(house.get("/_sandbox/").await.body.contains("The next payment will be held."));
    let id = stage.does("Pay", &stage.good("Pay").await).await;
    let page = house.get("/_sandbox/").await.body;
    assert!(page.contains(&id) && page.contains("Pay of $5.00"), "{page}");
    assert_eq!(click("deny", id.clone()).await.status, 303);
    assert_eq!(click("pass", id).await.status, 422, "it was decided");
    assert!(house.get("/_sandbox/").await.body.contains("Nothing waits for you."));
}
