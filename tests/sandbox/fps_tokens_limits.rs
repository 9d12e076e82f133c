//! The limits of tokens over business time: windows, validity, what GetTokenUsage says, and many charges at once.

use std::time::Duration;

use axum::http::StatusCode;
use pushcart::base::clock::{days, hours};

use crate::fps_tokens::{code, multi_use, recurring, walk};
use crate::house::{House, pay};

/// Amounts and counts of every limit: now and in the window before, in the order of the answer.
async fn usage(house: &House, token: &str) -> Vec<(String, String)> {
    let answer = house.call("GetTokenUsage", &[("TokenId", token)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let inside = |text: &str, name: &str| -> String {
        let (_, rest) = text.split_once(&format!("<{name}>")).unwrap();
        let value = rest.split_once(&format!("</{name}>")).unwrap().0;
        value.split_once("<Value>").map_or(value, |(_, value)| value.split_once('<').unwrap().0).to_owned()
    };
    let limits = answer.body.split("<TokenUsageLimits>").skip(1);
    let of = |text: &str| {
        let kind = if text.contains("<Amount>") { "Amount" } else { "Count" };
        assert!(text.contains("<LastResetTimestamp>"), "{text}");
        (inside(text, kind), inside(text, &format!("LastReset{kind}")))
    };
    limits.map(of).collect()
}

fn pair(now: &str, before: &str) -> (String, String) {
    (now.to_owned(), before.to_owned())
}

#[tokio::test]
async fn ten_times_a_day_for_thirty_dollars_a_month() {
    let house = House::open().await;
    let rules = [
        ("globalAmountLimit", "100"),
        ("usageLimitType1", "Amount"),
        ("usageLimitValue1", "30"),
        ("usageLimitPeriod1", "1 Month"),
        ("usageLimitType2", "Count"),
        ("usageLimitValue2", "2"),
        ("usageLimitPeriod2", "1 Day"),
    ];
    let (back, sellers) = multi_use(&house, "tab", "ABT", &rules).await;
    let (token, seller) = (back.returned("tokenID"), &sellers[0]);
    assert_eq!(usage(&house, &token).await, [pair("0.00", "0.00"), pair("0.00", "0.00"), pair("0", "0")]);
    for reference in ["a", "b"] {
        assert_eq!(code(&house, "Pay", reference, seller, &token, "10.00").await, "ok");
    }
    assert_eq!(code(&house, "Pay", "c", seller, &token, "1.00").await, "TokenUsageError");
    assert_eq!(usage(&house, &token).await, [pair("20.00", "0.00"), pair("20.00", "0.00"), pair("2", "0")]);
    house.later(days(1)).await;
    assert_eq!(code(&house, "Pay", "d", seller, &token, "10.01").await, "TokenUsageError");
    assert_eq!(code(&house, "Pay", "e", seller, &token, "10.00").await, "ok");
    assert_eq!(usage(&house, &token).await, [pair("30.00", "0.00"), pair("30.00", "0.00"), pair("1", "2")]);
    house.later(days(31)).await;
    assert_eq!(usage(&house, &token).await, [pair("30.00", "0.00"), pair("0.00", "30.00"), pair("0", "0")]);
    assert_eq!(code(&house, "Pay", "f", seller, &token, "30.00").await, "ok");
}

#[tokio::test]
async fn each_charge_keeps_to_its_amount() {
    let house = House::open().await;
    for (kind, good, bad) in
        [("", "5.00", "4.99"), ("Exact", "5.00", "5.01"), ("Maximum", "0.50", "5.01"), ("Minimum", "6.00", "4.99")]
    {
        let mut rules = vec![("globalAmountLimit", "100"), ("transactionAmount", "5.00")];
        if !kind.is_empty() {
            rules.push(("amountType", kind));
        }
        let (back, sellers) = multi_use(&house, &format!("tab-{kind}"), "ABT", &rules).await;
        let token = back.returned("tokenID");
        let bad_reference = format!("{kind}-bad");
        assert_eq!(code(&house, "Pay", &bad_reference, &sellers[0], &token, bad).await, "IncompatibleTokens", "{kind}");
        assert_eq!(code(&house, "Pay", &format!("{kind}-good"), &sellers[0], &token, good).await, "ok", "{kind}");
    }
}

#[tokio::test]
async fn a_token_has_its_time() {
    let house = House::open().await;
    let second = |by: Duration| (house.clock.now().plus(by).0 / 1000).to_string();
    let (start, end) = (second(days(10)), second(days(20)));
    let rules = [("globalAmountLimit", "100"), ("validityStart", start.as_str()), ("validityExpiry", end.as_str())];
    let (back, sellers) = multi_use(&house, "later", "ABT", &rules).await;
    let token = back.returned("tokenID");
    assert_eq!(code(&house, "Pay", "a", &sellers[0], &token, "1.00").await, "IncompatibleTokens");
    house.later(days(10)).await;
    assert_eq!(code(&house, "Pay", "b", &sellers[0], &token, "1.00").await, "ok");
    house.later(days(10)).await;
    assert_eq!(code(&house, "Pay", "c", &sellers[0], &token, "1.00").await, "IncompatibleTokens");
    let seen = house.call("GetTokenByCaller", &[("TokenId", &token)]).await;
    assert_eq!(seen.text("TokenStatus"), "Inactive");

    // Without an end a multi-use token lasts a year, a recurring one for ever.
    let (back, sellers) = multi_use(&house, "year", "ABT", &[("globalAmountLimit", "100")]).await;
    let year = back.returned("tokenID");
    let (forever, recipient) = recurring(&house, "forever", "ABT", "6 Months").await;
    house.later(days(364)).await;
    assert_eq!(code(&house, "Pay", "d", &sellers[0], &year, "1.00").await, "ok");
    house.later(days(3)).await;
    assert_eq!(code(&house, "Pay", "e", &sellers[0], &year, "1.00").await, "IncompatibleTokens");
    house.later(days(3650)).await;
    assert_eq!(code(&house, "Pay", "f", &recipient, &forever, "9.99").await, "ok");
}

#[tokio::test]
async fn many_charges_at_once_cannot_pass_a_limit() {
    let house = House::open().await;
    let rules = [("globalAmountLimit", "100"), ("usageLimitType1", "Count"), ("usageLimitValue1", "3")];
    let (back, sellers) = multi_use(&house, "tab", "ABT", &rules).await;
    let token = back.returned("tokenID");
    let references: Vec<String> = (0..12).map(|number| format!("c{number}")).collect();
    let charges = references.iter().map(|reference| code(&house, "Pay", reference, &sellers[0], &token, "1.00"));
    let answers = futures_util::future::join_all(charges).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "ok").count(), 3, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == "TokenUsageError").count(), 9, "{answers:?}");
    assert_eq!(usage(&house, &token).await, [pair("3.00", "0.00"), pair("3", "0")]);

    let (token, recipient) = recurring(&house, "magazine", "ABT", "12 Hours").await;
    let references: Vec<String> = (0..6).map(|number| format!("m{number}")).collect();
    let charges = references.iter().map(|reference| code(&house, "Pay", reference, &recipient, &token, "9.99"));
    let answers = futures_util::future::join_all(charges).await;
    assert_eq!(answers.iter().filter(|answer| *answer == "ok").count(), 1, "{answers:?}");
    assert_eq!(usage(&house, &token).await, [pair("1", "0")]);
    house.later(hours(11)).await;
    assert_eq!(code(&house, "Pay", "early", &recipient, &token, "9.99").await, "TokenUsageError");
    house.later(hours(1)).await;
    assert_eq!(code(&house, "Pay", "due", &recipient, &token, "9.99").await, "ok");
    assert_eq!(usage(&house, &token).await, [pair("1", "1")]);
}

#[tokio::test]
async fn a_refused_renewal_leaves_the_period_open() {
    let house = House::open().await;
    let recipient = house.recipient("seller", "acc_wares").await.returned("tokenID");
    let wanted = [
        ("pipelineName", "Recurring"),
        ("callerReference", "magazine"),
        ("recipientToken", recipient.as_str()),
        ("transactionAmount", "9.99"),
        ("recurringPeriod", "1 Month"),
        ("paymentMethod", "CC"),
    ];
    let token = walk(&house, &wanted, "acc_dee", "CC").await.returned("tokenID");
    for reference in ["first", "second"] {
        let answer = house.call("Pay", &pay(reference, &recipient, &token, "9.99")).await;
        assert_eq!(answer.text("TransactionStatus"), "Pending");
        assert_eq!(
            code(&house, "Pay", &format!("{reference}-twice"), &recipient, &token, "9.99").await,
            "TokenUsageError"
        );
        house.later(Duration::from_secs(2)).await;
        let id = answer.text("TransactionId");
        let status = house.call("GetTransactionStatus", &[("TransactionId", &id)]).await;
        assert_eq!(status.text("TransactionStatus"), "Failure");
    }
}

#[tokio::test]
async fn usage_is_told_of_the_callers_standing_tokens_only() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("once", "5.00", "acc_bill", "ABT").await;
    for (token, refusal) in [
        (sender.as_str(), "InvalidTokenType"),
        (recipient.as_str(), "InvalidTokenType"),
        ("NOSUCHTOKEN", "InvalidTokenId"),
        ("", "InvalidParams"),
    ] {
        assert_eq!(house.call("GetTokenUsage", &[("TokenId", token)]).await.text("Code"), refusal, "{token}");
    }
}
