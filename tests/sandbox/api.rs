//! Money through the API: payments, reserves, settles, refunds, and what is refused.

use std::time::Duration;

use axum::http::StatusCode;
use pushcart::base::clock::days;

use crate::house::{Answer, House, pay};

async fn status(house: &House, id: &str) -> Answer {
    house.call("GetTransactionStatus", &[("TransactionId", id)]).await
}

async fn sum_is_zero(house: &House) {
    assert_eq!(house.get("/_sandbox/ledger").await.json()["sum_minor"]["USD"], 0);
}

async fn balance(house: &House, account: &str) -> i64 {
    let ledger = house.get("/_sandbox/ledger").await.json();
    let accounts = ledger["accounts"].as_array().unwrap();
    accounts.iter().find(|own| own["account"] == account).map_or(0, |own| own["balance_minor"].as_i64().unwrap())
}

#[tokio::test]
async fn a_card_is_reserved_settled_once_and_refunded_in_parts() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_clara", "CC").await;
    let reserve = house.call("Reserve", &pay("r1", &recipient, &sender, "20.00")).await;
    assert_eq!((reserve.status, reserve.text("TransactionStatus")), (StatusCode::OK, "Pending".to_owned()));
    let id = reserve.text("TransactionId");
    assert_eq!(id.len(), 35);
    house.later(Duration::from_secs(1)).await;
    assert_eq!(status(&house, &id).await.text("TransactionStatus"), "Reserved");
    assert_eq!(balance(&house, "account:acc_wares").await, 20_000);

    let too_much = house
        .call(
            "Settle",
            &[
                ("ReserveTransactionId", &id),
                ("TransactionAmount.Value", "20.01"),
                ("TransactionAmount.CurrencyCode", "USD"),
            ],
        )
        .await;
    assert_eq!(too_much.text("Code"), "SettleAmountGreaterThanReserveAmount");
    let settle = house.call("Settle", &[("ReserveTransactionId", &id)]).await;
    assert_eq!((settle.text("TransactionId"), settle.text("TransactionStatus")), (id.clone(), "Pending".to_owned()));
    assert_eq!(house.call("Settle", &[("ReserveTransactionId", &id)]).await.text("Code"), "InvalidTransactionState");
    house.later(Duration::from_secs(1)).await;
    let done = status(&house, &id).await;
    assert_eq!(done.text("TransactionStatus"), "Success");
    assert_eq!(done.text("StatusMessage"), "The transaction was successful and the payment instrument was charged.");
    // 20.00 less the provider's 0.88 and the marketplace's 1.00 + 10 %.
    assert_eq!(balance(&house, "account:acc_wares").await, 20_000 + 2000 - 88 - 300);
    assert_eq!(balance(&house, "account:acc_marketplace").await, 100_000 + 300);

    for (reference, amount, code) in [
        ("f1", "5.00", ""),
        ("f2", "15.01", "RefundAmountExceeded"),
        ("f3", "15.00", ""),
        ("f4", "0.01", "TransactionFullyRefundedAlready"),
    ] {
        let refund = house
            .call(
                "Refund",
                &[
                    ("CallerReference", reference),
                    ("TransactionId", &id),
                    ("RefundAmount.Value", amount),
                    ("RefundAmount.CurrencyCode", "USD"),
                ],
            )
            .await;
        if code.is_empty() {
            assert_ne!(refund.text("TransactionId"), id);
            assert_eq!(refund.text("TransactionStatus"), "Pending");
        } else {
            assert_eq!(refund.text("Code"), code);
        }
    }
    house.later(Duration::from_secs(1)).await;
    assert_eq!(balance(&house, "account:acc_wares").await, 20_000 - 300);
    assert_eq!(balance(&house, "fee:fps").await, 0);
    sum_is_zero(&house).await;
    let ledger = house.get("/_sandbox/ledger").await.json();
    let kinds: Vec<_> = ledger["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["kind"].as_str().unwrap().to_owned(), line["state"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [("reserve", "Settled"), ("settle", "Success"), ("refund", "Success"), ("refund", "Success")];
    assert_eq!(kinds, expected.map(|(kind, state)| (kind.to_owned(), state.to_owned())));
    let detail = house.call("GetTransaction", &[("TransactionId", &id)]).await;
    assert!(detail.text("FPSFees").contains("<Value>0.88</Value>"), "{}", detail.body);
    assert!(detail.body.contains("<RelatedTransaction><RelationType>Refund</RelationType>"));
}

#[tokio::test]
async fn the_same_reference_moves_money_once_for_seven_days() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "12.00", "acc_bill", "ABT").await;
    let first = house.call("Pay", &pay("p1", &recipient, &sender, "12.00")).await;
    assert_eq!(first.text("TransactionStatus"), "Success");
    let again = house.call("Pay", &pay("p1", &recipient, &sender, "12.00")).await;
    assert_eq!(again.text("TransactionId"), first.text("TransactionId"));
    let mut other = pay("p1", &recipient, &sender, "12.00");
    other.push(("CallerDescription", "something else"));
    assert_eq!(house.call("Pay", &other).await.text("Code"), "DuplicateRequest");
    assert_eq!(balance(&house, "account:acc_bill").await, 500_000 - 1200);
    house.later(days(7)).await;
    let forgotten = house.call("Pay", &pay("p1", &recipient, &sender, "12.00")).await;
    assert_eq!(forgotten.text("Code"), "SameTokenIdUsedMultipleTimes");
    sum_is_zero(&house).await;
}

#[tokio::test]
async fn a_reference_stays_taken_after_a_refusal() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "12.00", "acc_clara", "CC").await;
    assert_eq!(house.call("Pay", &pay("p1", &recipient, &sender, "11.00")).await.text("Code"), "IncompatibleTokens");
    assert_eq!(house.call("Pay", &pay("p1", &recipient, &sender, "11.00")).await.text("Code"), "IncompatibleTokens");
    assert_eq!(house.call("Pay", &pay("p1", &recipient, &sender, "12.00")).await.text("Code"), "DuplicateRequest");
    assert_eq!(house.call("Pay", &pay("p2", &recipient, &sender, "12.00")).await.text("TransactionStatus"), "Pending");
}

#[tokio::test]
async fn a_hold_lapses_after_seven_days() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_omni", "CC").await;
    let id = house.call("Reserve", &pay("r1", &recipient, &sender, "20.00")).await.text("TransactionId");
    house.later(Duration::from_secs(2)).await;
    house.later(days(7)).await;
    let gone = status(&house, &id).await;
    assert_eq!(
        (gone.text("TransactionStatus"), gone.text("StatusCode")),
        ("Cancelled".to_owned(), "Expired".to_owned())
    );
    assert_eq!(house.call("Settle", &[("ReserveTransactionId", &id)]).await.text("Code"), "InvalidTransactionState");
    sum_is_zero(&house).await;
}

#[tokio::test]
async fn a_held_amount_can_be_let_go_but_a_done_payment_cannot() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_omni", "CC").await;
    let id = house.call("Reserve", &pay("r1", &recipient, &sender, "20.00")).await.text("TransactionId");
    house.later(Duration::from_secs(1)).await;
    assert_eq!(house.call("Cancel", &[("TransactionId", &id)]).await.text("TransactionStatus"), "Cancelled");
    assert_eq!(house.call("Cancel", &[("TransactionId", &id)]).await.text("Code"), "InvalidTransactionState");
    let sender = house.approve("o2", &recipient, "3.00", "acc_bill", "ABT").await.returned("tokenID");
    let paid = house.call("Pay", &pay("p1", &recipient, &sender, "3.00")).await.text("TransactionId");
    assert_eq!(house.call("Cancel", &[("TransactionId", &paid)]).await.text("Code"), "InvalidTransactionState");
}

#[tokio::test]
async fn a_refused_charge_gives_the_consent_back() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_dee", "CC").await;
    let id = house.call("Pay", &pay("p1", &recipient, &sender, "20.00")).await.text("TransactionId");
    house.later(Duration::from_secs(1)).await;
    assert_eq!(status(&house, &id).await.text("StatusCode"), "TransactionDenied");
    assert_eq!(house.call("Pay", &pay("p2", &recipient, &sender, "20.00")).await.text("TransactionStatus"), "Pending");
}

#[tokio::test]
async fn marketplace_fees_never_exceed_what_the_seller_agreed_to() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_omni", "CC").await;
    let with = |reference: &'static str, more: Vec<(&'static str, &'static str)>| {
        let mut all: Vec<(String, String)> = pay(reference, &recipient, &sender, "20.00")
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        all.extend(more.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())));
        all
    };
    for (reference, more, message) in [
        (
            "a",
            vec![("MarketplaceFixedFee.Value", "1.01"), ("MarketplaceFixedFee.CurrencyCode", "USD")],
            "The MarketPlaceFixedFee ($1.01) specified is greater than the maximum fixed fee ($1.00) agreed by the recipient.",
        ),
        (
            "b",
            vec![("MarketplaceVariableFee", "10.5")],
            "The MarketPlaceVariableFee (10.5) specified is greater than the maximum variable fee (10) agreed by the recipient.",
        ),
        (
            "c",
            vec![("ChargeFeeTo", "Caller")],
            "ChargeFeeTo must be Recipient, as agreed by the recipient in recipientPaysFee",
        ),
    ] {
        let pairs = with(reference, more);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = house.call("Pay", &pairs).await;
        assert_eq!((answer.text("Code").as_str(), answer.text("Message").as_str()), ("InvalidParams", message));
    }
}

#[tokio::test]
async fn published_simulations_fail_as_published() {
    let house = House::open().await;
    let recipient = house.recipient("s1", "acc_wares").await.returned("tokenID");
    let card = house.approve("o1", &recipient, "123.65", "acc_clara", "CC").await.returned("tokenID");
    let id = house.call("Pay", &pay("p1", &recipient, &card, "123.6522")).await.text("TransactionId");
    house.later(Duration::from_secs(1)).await;
    assert_eq!(status(&house, &id).await.text("TransactionStatus"), "Failure");
    for (reference, amount, code) in [("o2", "1.79", "InsufficientBalance"), ("o3", "0.61", "InternalError")] {
        let balance = house.approve(reference, &recipient, amount, "acc_bill", "ABT").await.returned("tokenID");
        assert_eq!(house.call("Pay", &pay(reference, &recipient, &balance, amount)).await.text("Code"), code);
    }
    let closed = "Z1LGRXR4HMDZBSFKXELA32KZASGWD8IHMHZCK4DETR784LDLD1GMFW4P3WT8VTGX";
    assert_eq!(
        house.call("Pay", &pay("p4", &recipient, closed, "5.00")).await.text("Code"),
        "InvalidAccountState_Sender"
    );
    let unverified = "C4LGSEMXN11FTUXZ2X2C7QVFHN5DVBGQJNF17AIQXXXQSX4DRG4KJFCN2KRFUUZI";
    assert_eq!(
        house.call("Reserve", &pay("p5", unverified, &card, "5.00")).await.text("Code"),
        "UnverifiedEmailAddress_Recipient"
    );
}

#[tokio::test]
async fn tokens_that_do_not_fit_are_refused() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_bonnie", "ACH").await;
    let other = house.recipient("s2", "acc_patience").await.returned("tokenID");
    assert_eq!(house.call("Pay", &pay("a", &other, &sender, "20.00")).await.text("Code"), "IncompatibleTokens");
    assert_eq!(
        house.call("Reserve", &pay("b", &recipient, &sender, "20.00")).await.text("Code"),
        "PaymentInstrumentNotCC"
    );
    assert_eq!(house.call("Pay", &pay("c", &recipient, "MADEUP", "20.00")).await.text("Code"), "InvalidTokenId_Sender");
    assert_eq!(house.call("Pay", &pay("d", "MADEUP", &sender, "20.00")).await.text("Code"), "InvalidTokenId_Recipient");
    assert_eq!(house.call("Pay", &pay("e", &recipient, &sender, "20.001")).await.text("Code"), "InvalidParams");
    assert_eq!(
        house
            .call("GetRecipientVerificationStatus", &[("RecipientTokenId", &other)])
            .await
            .text("RecipientVerificationStatus"),
        "VerificationPending"
    );
    house.later(Duration::from_secs(3 * 60 * 60)).await;
    assert_eq!(house.call("Pay", &pay("f", &recipient, &sender, "20.00")).await.text("Code"), "IncompatibleTokens");
    assert_eq!(house.call("GetTokenByCaller", &[("CallerReference", "o1")]).await.text("TokenStatus"), "Inactive");
    assert_eq!(
        house.call("GetTokenByCaller", &[("CallerReference", "never")]).await.text("Code"),
        "InvalidCallerReference"
    );
}

#[tokio::test]
async fn a_caller_that_is_the_recipient_needs_no_recipient_token() {
    let house = House::open().await;
    let start =
        house.start(&[("pipelineName", "SingleUse"), ("callerReference", "own"), ("transactionAmount", "9.00")]).await;
    let session = start.session();
    house.choose(&session, "acc_bill").await;
    house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "ABT")]).await;
    let sender = house.confirm(&session).await.returned("tokenID");
    let pairs = [
        ("CallerReference", "own"),
        ("SenderTokenId", sender.as_str()),
        ("TransactionAmount.Value", "9"),
        ("TransactionAmount.CurrencyCode", "USD"),
    ];
    assert_eq!(house.call("Pay", &pairs).await.text("TransactionStatus"), "Success");
    assert_eq!(house.call("CancelToken", &[("TokenId", &sender)]).await.status, StatusCode::OK);
    sum_is_zero(&house).await;
}

#[tokio::test]
async fn two_clicks_at_once_pay_once() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "12.00", "acc_bill", "ABT").await;
    let pairs = pay("p1", &recipient, &sender, "12.00");
    let (one, two) = tokio::join!(house.call("Pay", &pairs), house.call("Pay", &pairs));
    assert_eq!(one.text("TransactionId"), two.text("TransactionId"));
    assert_eq!(balance(&house, "account:acc_bill").await, 500_000 - 1200);
}

#[tokio::test]
async fn an_empty_balance_refuses_and_the_same_request_may_be_tried_again() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "12.00", "acc_max", "ABT").await;
    for _ in 0..2 {
        assert_eq!(
            house.call("Pay", &pay("p1", &recipient, &sender, "12.00")).await.text("Code"),
            "InsufficientBalance"
        );
    }
    assert_eq!(house.call("Pay", &pay("p1", &recipient, &sender, "13.00")).await.text("Code"), "DuplicateRequest");
    sum_is_zero(&house).await;
}
