//! What an account did and holds: `GetAccountActivity`, `GetAccountBalance`, `GetTransaction` in full.

use std::time::Duration;

use axum::http::StatusCode;

use crate::house::{Answer, House, pay};

/// Everything the caller took part in, with `more` parameters.
async fn activity(house: &House, more: &[(&str, &str)]) -> Answer {
    let since = house.clock.now().minus(Duration::from_secs(3600)).iso8601();
    let mut pairs = vec![("StartDate", since.as_str())];
    pairs.extend_from_slice(more);
    house.call("GetAccountActivity", &pairs).await
}

/// The texts of all elements called `name`.
fn all(answer: &Answer, name: &str) -> Vec<String> {
    let opening = format!("<{name}>");
    let parts = answer.body.split(&opening).skip(1);
    parts.map(|part| part.split_once(&format!("</{name}>")).unwrap().0.to_owned()).collect()
}

/// Payments of 1.00, 1.01, … dollars by balance, one second apart; their ids.
async fn payments(house: &House, count: usize) -> Vec<String> {
    let recipient = house.recipient("seller", "acc_wares").await.returned("tokenID");
    let mut ids = Vec::new();
    for number in 0..count {
        let (reference, amount) = (format!("p{number}"), format!("1.{number:02}"));
        let sender = house.approve(&reference, &recipient, &amount, "acc_bill", "ABT").await.returned("tokenID");
        ids.push(house.call("Pay", &pay(&reference, &recipient, &sender, &amount)).await.text("TransactionId"));
        house.later(Duration::from_secs(1)).await;
    }
    ids
}

#[tokio::test]
async fn activity_comes_in_batches_that_follow_one_another() {
    let house = House::open().await;
    let ids = payments(&house, 23).await;
    let newest = activity(&house, &[]).await;
    assert_eq!(newest.text("BatchSize"), "20");
    let newest_first: Vec<String> = ids.iter().rev().take(20).cloned().collect();
    assert_eq!(all(&newest, "TransactionId"), newest_first);
    let first = activity(&house, &[("SortOrderByDate", "Ascending")]).await;
    assert_eq!(all(&first, "TransactionId"), ids[..20]);
    let next = first.text("StartTimeForNextTransaction");
    let rest = [("StartDate", next.as_str()), ("SortOrderByDate", "Ascending")];
    let rest = house.call("GetAccountActivity", &rest).await;
    assert_eq!((rest.text("BatchSize"), all(&rest, "TransactionId")), ("3".to_owned(), ids[20..].to_vec()));
    assert!(!rest.body.contains("StartTimeForNextTransaction"));
    let whole = activity(&house, &[("MaxBatchSize", "200")]).await;
    assert_eq!(whole.text("BatchSize"), "23");
}

#[tokio::test]
async fn activity_is_filtered_by_everything_that_can_be_asked() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_clara", "CC").await;
    let id = house.call("Reserve", &pay("r1", &recipient, &sender, "20.00")).await.text("TransactionId");
    house.later(Duration::from_secs(1)).await;
    let paid = house.approve("o2", &recipient, "3.00", "acc_bill", "ABT").await.returned("tokenID");
    let paid = house.call("Pay", &pay("p1", &recipient, &paid, "3.00")).await.text("TransactionId");
    let refund = [("CallerReference", "f1"), ("TransactionId", paid.as_str())];
    let refund = house.call("Refund", &refund).await.text("TransactionId");
    for (name, value, expected) in [
        ("FPSOperation", "Reserve", vec![&id]),
        ("FPSOperation", "Pay", vec![&paid]),
        ("FPSOperation", "Refund", vec![&refund]),
        ("FPSOperation", "Settle", vec![]),
        ("PaymentMethod", "CC", vec![&id]),
        ("PaymentMethod", "ABT", vec![&refund, &paid]),
        ("Status", "Reserved", vec![&id]),
        ("Status", "Pending", vec![&refund]),
        ("Role", "Caller", vec![&refund, &paid, &id]),
        ("Role", "Recipient", vec![]),
        ("ResponseGroup", "Detail", vec![&refund, &paid, &id]),
    ] {
        let found = all(&activity(&house, &[(name, value)]).await, "TransactionId");
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{name}={value}");
    }
    let before = house.clock.now().minus(Duration::from_secs(60)).iso8601();
    assert_eq!(activity(&house, &[("EndDate", &before)]).await.text("BatchSize"), "0");
    let whole = activity(&house, &[("FPSOperation", "Refund")]).await;
    assert_eq!(
        (whole.text("OriginalTransactionId"), whole.text("SenderName")),
        (paid, "Tinker & Wares".replace('&', "&amp;"))
    );
}

#[tokio::test]
async fn a_range_that_cannot_be_is_refused() {
    let house = House::open().await;
    let (now, hour) = (house.clock.now(), Duration::from_secs(3600));
    let (past, older, future) = (now.minus(hour).iso8601(), now.minus(2 * hour).iso8601(), now.plus(hour).iso8601());
    assert_eq!(house.call("GetAccountActivity", &[("StartDate", &past)]).await.status, StatusCode::OK);
    for pairs in [vec![("StartDate", &future)], vec![("StartDate", &past), ("EndDate", &older)]] {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = house.call("GetAccountActivity", &pairs).await;
        assert_eq!(refused.text("Code"), "InvalidDateRange");
        let message = "The end date specified is before the start date or the start date is in the future.";
        assert_eq!(refused.text("Message"), message);
    }
    for (name, value) in [("MaxBatchSize", "19"), ("MaxBatchSize", "201"), ("Role", "Seller"), ("EndDate", "today")] {
        let refused = house.call("GetAccountActivity", &[("StartDate", &past), (name, value)]).await;
        assert_eq!(refused.text("Code"), "InvalidParams", "{name}={value}");
        assert!(refused.text("Message").contains(name));
    }
}

#[tokio::test]
async fn the_parts_of_a_transaction_are_those_that_the_caller_played() {
    let house = House::open().await;
    payments(&house, 1).await;
    let market = activity(&house, &[]).await;
    assert_eq!(all(&market, "Role"), ["Caller"]);
    assert_eq!((market.text("Reference"), market.text("Name")), ("p0".to_owned(), "Pushcart Marketplace".to_owned()));
    assert!(market.text("FeesPaid").contains("<Value>0.000000</Value>"), "the seller pays it");
    assert!(market.text("TransactionAmount").contains("<Value>1.000000</Value>"));
    for name in ["CallerTransactionDate", "DateReceived", "DateCompleted", "SenderTokenId", "RecipientTokenId"] {
        assert!(!market.text(name).is_empty(), "{name}");
    }

    let own = House::open().await;
    let start =
        own.start(&[("pipelineName", "SingleUse"), ("callerReference", "own"), ("transactionAmount", "9.00")]).await;
    own.choose(&start.session(), "acc_bill").await;
    own.post("/cobranded-ui/actions/payment", &[("session", &start.session()), ("method", "ABT")]).await;
    let sender = own.confirm(&start.session()).await.returned("tokenID");
    own.call("Pay", &pay("own", "", &sender, "9.00")).await;
    let sale = activity(&own, &[]).await;
    assert_eq!(all(&sale, "Role"), ["Recipient", "Caller"]);
    assert_eq!(all(&sale, "FeesPaid").len(), 2);
    assert!(all(&sale, "FeesPaid")[0].contains("0.150000") && all(&sale, "FeesPaid")[1].contains("0.000000"));
}

#[tokio::test]
async fn a_balance_says_what_is_here_on_its_way_and_free() {
    let house = House::open().await;
    let amounts = |answer: &Answer| {
        ["TotalBalance", "PendingInBalance", "PendingOutBalance", "DisburseBalance", "RefundBalance"].map(|name| {
            let inside = answer.text(name);
            assert!(inside.starts_with("<CurrencyCode>USD</CurrencyCode><Value>"), "{inside}");
            inside.replace("<CurrencyCode>USD</CurrencyCode><Value>", "").replace("</Value>", "")
        })
    };
    let balance = house.call("GetAccountBalance", &[]).await;
    assert_eq!(amounts(&balance), ["1000.000000", "0.000000", "0.000000", "1000.000000", "1000.000000"]);
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_clara", "CC").await;
    house.call("Pay", &pay("p1", &recipient, &sender, "20.00")).await;
    let pending = house.call("GetAccountBalance", &[]).await;
    assert_eq!(amounts(&pending)[..2], ["1000.000000", "3.000000"], "1.00 and 10 % of 20.00");
    house.later(Duration::from_secs(1)).await;
    let done = house.call("GetAccountBalance", &[]).await;
    assert_eq!(amounts(&done)[..2], ["1003.000000", "0.000000"]);
}

#[tokio::test]
async fn a_transaction_shows_what_its_type_has_and_what_its_conditions_allow() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_clara", "CC").await;
    let mut pairs = pay("r1", &recipient, &sender, "20.00");
    pairs.extend([("CallerDescription", "for us"), ("SenderDescription", "for you")]);
    let id = house.call("Reserve", &pairs).await.text("TransactionId");
    let held = house.call("GetTransaction", &[("TransactionId", &id)]).await;
    assert!(!held.body.contains("DateCompleted"), "it is not over");
    house.later(Duration::from_secs(1)).await;
    house.call("Settle", &[("ReserveTransactionId", &id)]).await;
    house.later(Duration::from_secs(1)).await;
    let whole = house.call("GetTransaction", &[("TransactionId", &id)]).await;
    for (name, text) in [
        ("CallerName", "Pushcart Marketplace"),
        ("CallerReference", "r1"),
        ("CallerDescription", "for us"),
        ("SenderDescription", "for you"),
        ("FPSFeesPaidBy", "Recipient"),
        ("FPSOperation", "Settle"),
        ("PaymentMethod", "CC"),
        ("SenderName", "Clara Cardwell"),
        ("RecipientEmail", "tinker@sellers.example"),
        ("SenderTokenId", &sender),
        ("RecipientTokenId", &recipient),
    ] {
        assert_eq!(whole.text(name), text);
    }
    assert!(whole.text("MarketplaceFees").contains("<Value>3.00</Value>"));
    assert!(!whole.body.contains("SenderEmail"), "only if the caller is also the recipient");
    let relation = format!("<RelationType>Reserve</RelationType><TransactionId>{id}</TransactionId>");
    assert!(whole.text("RelatedTransaction").contains(&relation));
    let states: Vec<String> =
        all(&whole, "StatusHistory").iter().map(|line| line.replace(['<', '>', '/'], " ")).collect();
    assert_eq!(states.len(), 4, "pending, reserved, pending, done: {states:?}");
    let refund = house.call("Refund", &[("CallerReference", "f1"), ("TransactionId", &id)]).await.text("TransactionId");
    let back = house.call("GetTransaction", &[("TransactionId", &refund)]).await;
    assert!(back.text("RelatedTransaction").contains("<RelationType>Parent</RelationType>"));
    assert_eq!(
        (back.text("SenderName"), back.text("RecipientName")),
        ("Tinker &amp; Wares".to_owned(), "Clara Cardwell".to_owned())
    );
}
