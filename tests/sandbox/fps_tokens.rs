//! Tokens that stand for more than one charge: made by the pages, charged by Pay and Reserve inside their rules.

use std::time::Duration;

use axum::http::StatusCode;
use pushcart::base::clock::days;

use crate::house::{Answer, House, pay};

/// Walks a buyer's pipeline to its end.
pub async fn walk(house: &House, wanted: &[(&str, &str)], persona: &str, method: &str) -> Answer {
    let start = house.start(wanted).await;
    if start.status == StatusCode::SEE_OTHER {
        return start;
    }
    let session = start.session();
    let next = house.choose(&session, persona).await;
    if next.status == StatusCode::SEE_OTHER {
        return next;
    }
    house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", method)]).await;
    house.confirm(&session).await
}

/// The marketplace's own recipient token.
pub async fn own_recipient(house: &House) -> String {
    house.call("GetTokenByCaller", &[("CallerReference", "marketplace-recipient")]).await.text("TokenId")
}

/// A multi-use token for the marketplace and two sellers; the sellers' recipient tokens.
pub async fn multi_use(house: &House, reference: &str, method: &str, rules: &[(&str, &str)]) -> (Answer, Vec<String>) {
    let mut recipients = vec![own_recipient(house).await];
    for (number, seller) in [("1", "acc_wares"), ("2", "acc_patience")] {
        recipients.push(house.recipient(&format!("{reference}-seller-{number}"), seller).await.returned("tokenID"));
    }
    let list = recipients.join(",");
    let mut wanted = vec![
        ("pipelineName", "MultiUse"),
        ("callerReference", reference),
        ("recipientTokenList", list.as_str()),
        ("paymentMethod", "CC,ACH,ABT"),
        ("paymentReason", "A tab"),
    ];
    wanted.extend_from_slice(rules);
    let back = walk(house, &wanted, "acc_omni", method).await;
    (back, recipients.split_off(1))
}

/// A recurring token of 9.99 for a seller, by card: the token and the recipient's.
pub async fn recurring(house: &House, reference: &str, method: &str, period: &str) -> (String, String) {
    let recipient = house.recipient(&format!("{reference}-seller"), "acc_wares").await.returned("tokenID");
    let wanted = [
        ("pipelineName", "Recurring"),
        ("callerReference", reference),
        ("recipientToken", recipient.as_str()),
        ("transactionAmount", "9.99"),
        ("recurringPeriod", period),
        ("paymentMethod", "CC,ACH,ABT"),
    ];
    let token = walk(house, &wanted, "acc_omni", method).await.returned("tokenID");
    (token, recipient)
}

pub async fn code(house: &House, action: &str, reference: &str, recipient: &str, sender: &str, amount: &str) -> String {
    let answer = house.call(action, &pay(reference, recipient, sender, amount)).await;
    if answer.status == StatusCode::OK { "ok".to_owned() } else { answer.text("Code") }
}

#[tokio::test]
async fn one_approval_pays_several_sellers_until_it_is_used_up() {
    let house = House::open().await;
    let (back, sellers) = multi_use(&house, "tab", "CC", &[("globalAmountLimit", "50")]).await;
    assert_eq!((back.returned("status"), back.returned("expiry").len()), ("SC".to_owned(), 7));
    let token = back.returned("tokenID");
    let own = own_recipient(&house).await;
    assert_eq!(code(&house, "Reserve", "r1", &sellers[0], &token, "20.00").await, "ok");
    assert_eq!(code(&house, "Pay", "p1", &sellers[1], &token, "19.00").await, "ok");
    assert_eq!(code(&house, "Pay", "p2", &own, &token, "1.00").await, "ok");
    // Nobody named is the marketplace itself, which stands on the list.
    let unnamed: Vec<_> = pay("p3", "", &token, "5.00").into_iter().filter(|pair| !pair.1.is_empty()).collect();
    assert_eq!(house.call("Pay", &unnamed).await.status, StatusCode::OK);
    assert_eq!(code(&house, "Pay", "p4", &sellers[0], &token, "5.01").await, "TokenUsageError");
    assert_eq!(code(&house, "Reserve", "p5", &sellers[0], &token, "5.01").await, "TransactionDenied");
    assert_eq!(code(&house, "Pay", "p6", &sellers[0], &token, "5.00").await, "ok");
    let stranger = house.recipient("elsewhere", "acc_wares").await.returned("tokenID");
    assert_eq!(code(&house, "Pay", "p7", &stranger, &token, "0.10").await, "IncompatibleTokens");
}

#[tokio::test]
async fn a_subscription_is_charged_once_in_every_period() {
    let house = House::open().await;
    let (token, recipient) = recurring(&house, "magazine", "ABT", "1 Month").await;
    assert_eq!(code(&house, "Pay", "m1", &recipient, &token, "9.98").await, "IncompatibleTokens");
    assert_eq!(code(&house, "Pay", "m2", &recipient, &token, "9.99").await, "ok");
    house.later(days(27)).await;
    assert_eq!(code(&house, "Pay", "m3", &recipient, &token, "9.99").await, "TokenUsageError");
    house.later(days(4)).await;
    assert_eq!(code(&house, "Pay", "m4", &recipient, &token, "9.99").await, "ok");
    let other = house.recipient("other", "acc_patience").await.returned("tokenID");
    house.later(days(31)).await;
    assert_eq!(code(&house, "Pay", "m5", &other, &token, "9.99").await, "IncompatibleTokens");
    assert_eq!(code(&house, "Pay", "m6", &recipient, &token, "9.99").await, "ok");
}

#[tokio::test]
async fn a_charge_that_comes_to_nothing_gives_its_part_back() {
    let house = House::open().await;
    let (back, sellers) = multi_use(&house, "tab", "CC", &[("globalAmountLimit", "30")]).await;
    let (token, seller) = (back.returned("tokenID"), &sellers[0]);
    // .65 is declined by the network a moment later.
    assert_eq!(code(&house, "Pay", "p1", seller, &token, "20.65").await, "ok");
    assert_eq!(code(&house, "Pay", "p2", seller, &token, "20.00").await, "TokenUsageError");
    house.later(Duration::from_secs(2)).await;
    let reserve = house.call("Reserve", &pay("r1", seller, &token, "30.00")).await.text("TransactionId");
    house.later(Duration::from_secs(2)).await;
    assert_eq!(code(&house, "Pay", "p3", seller, &token, "0.50").await, "TokenUsageError");
    let part = [
        ("ReserveTransactionId", reserve.as_str()),
        ("TransactionAmount.Value", "10.00"),
        ("TransactionAmount.CurrencyCode", "USD"),
    ];
    assert_eq!(house.call("Settle", &part).await.status, StatusCode::OK);
    house.later(Duration::from_secs(2)).await;
    let second = house.call("Reserve", &pay("r2", seller, &token, "20.00")).await.text("TransactionId");
    house.later(Duration::from_secs(2)).await;
    assert_eq!(code(&house, "Pay", "p4", seller, &token, "0.50").await, "TokenUsageError");
    assert_eq!(house.call("Cancel", &[("TransactionId", &second)]).await.status, StatusCode::OK);
    assert_eq!(code(&house, "Pay", "p5", seller, &token, "20.00").await, "ok");
}
