//! What is sent, and what its answer means.

use super::*;
use crate::base::clock::minutes;
use crate::base::ids::SellerId;
use crate::pay::fps::canned::{Service, operation, refused, result, state, taken, transaction};

#[tokio::test]
async fn a_settle_that_succeeds_tells_the_fees_where_they_are_shown() {
    let (service, fps) = Service::open().await;
    service.says("Settle", state("Settle", "Success", ""));
    assert_eq!(fps.send(&operation(Kind::Settle)).await, taken(None), "no fees, and no harm");
    service.says("GetTransaction", transaction("10.00", "0.59"));
    assert_eq!(fps.send(&operation(Kind::Settle)).await, taken(Some(Money::usd(59))));
    assert_eq!(service.actions(), ["Settle", "GetTransaction", "Settle", "GetTransaction"]);
}

#[tokio::test]
async fn a_settle_waits_a_while_for_fees_that_cannot_be_told_right_now() {
    let (service, fps) = Service::open().await;
    let settle = operation(Kind::Settle);
    service.says("Settle", state("Settle", "Success", ""));
    for passing in ["InternalError", "Throttling"] {
        service.says("GetTransaction", refused(passing));
        assert_eq!(fps.send(&settle).await, Outcome::Pending { transaction: Some("T1".into()) }, "{passing}");
    }
    service.says("GetTransaction", transaction("10.00", "0.59"));
    assert_eq!(fps.send(&settle).await, taken(Some(Money::usd(59))));
    service.says("GetTransaction", refused("InternalError"));
    fps.clock.advance(days(3));
    assert_eq!(fps.send(&settle).await, Outcome::Pending { transaction: Some("T1".into()) }, "from now on");
    fps.clock.advance(minutes(11));
    assert_eq!(fps.send(&settle).await, taken(None), "no longer than that");
}

#[tokio::test]
async fn a_reserve_is_held_for_seven_days_of_business_time() {
    let (service, fps) = Service::open().await;
    service.says("Reserve", state("Reserve", "Pending", ""));
    assert_eq!(fps.send(&operation(Kind::Reserve)).await, Outcome::Pending { transaction: Some("T1".into()) });
    service.says("Reserve", state("Reserve", "Reserved", ""));
    fps.clock.advance(days(30));
    let earliest = fps.clock.now().plus(days(7));
    let Outcome::Held { transaction, until, .. } = fps.send(&operation(Kind::Reserve)).await else { panic!() };
    assert!(transaction == "T1" && until >= earliest && until < earliest.plus(hours(1)));
}

#[tokio::test]
async fn a_settle_refused_because_it_was_done_already_is_taken() {
    let (service, fps) = Service::open().await;
    service.says("Settle", refused("InvalidTransactionState"));
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Success", "Success"));
    assert_eq!(fps.send(&operation(Kind::Settle)).await, taken(None));
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Reserved", "Success"));
    assert!(matches!(fps.send(&operation(Kind::Settle)).await, Outcome::Silent { .. }));
    service.says("Cancel", refused("InvalidTransactionState"));
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Cancelled", "Cancelled"));
    assert_eq!(fps.send(&operation(Kind::Cancel)).await, Outcome::Released { transaction: "T1".into() });
}

#[tokio::test]
async fn a_payment_that_fails_at_once_is_asked_for_the_reason() {
    let (service, fps) = Service::open().await;
    service.says("Pay", state("Pay", "Failure", ""));
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Failure", "TransactionDenied"));
    let Outcome::Refused(refusal) = fps.send(&operation(Kind::Pay)).await else { panic!() };
    assert_eq!((refusal.reason, refusal.code.as_str()), (Reason::PaymentMethod, "TransactionDenied"));
}

#[tokio::test]
async fn a_sellers_account_is_asked_for_before_a_payment_is_offered() {
    let (service, fps) = Service::open().await;
    let payee = Payee {
        seller: SellerId::fresh(),
        provider: "fps".into(),
        token: "SELLER".into(),
        refund_token: None,
        email: "seller@example.com".into(),
    };
    let action = "GetRecipientVerificationStatus";
    let word =
        |word: &str| result(action, &format!("<RecipientVerificationStatus>{word}</RecipientVerificationStatus>"));
    for (answer, status) in [
        (word("VerificationComplete"), PayeeStatus::Verified),
        (word("VerificationCompleteNoLimits"), PayeeStatus::Verified),
        (word("VerificationPending"), PayeeStatus::Pending),
        (refused("InvalidAccountState"), PayeeStatus::Restricted),
        (refused("TokenNotActive"), PayeeStatus::Closed),
        (refused("InvalidTokenId"), PayeeStatus::Closed),
    ] {
        service.says(action, answer);
        assert_eq!(fps.payee_status(&payee).await, Answer::Done(status));
    }
    for answer in [word("VerificationDanced"), refused("InternalError")] {
        service.says(action, answer);
        assert!(matches!(fps.payee_status(&payee).await, Answer::Silent(_)));
    }
}

#[tokio::test]
async fn the_doctor_hears_the_code_when_our_keys_are_refused() {
    let (service, fps) = Service::open().await;
    service.says("GetTokenByCaller", refused("InvalidCallerReference"));
    assert_eq!(fps.check().await, Ok(()));
    service.says("GetTokenByCaller", refused("InvalidClientTokenId"));
    assert_eq!(fps.check().await, Err("FPS refuses the key AKIA with InvalidClientTokenId: No.".into()));
}

#[test]
fn the_resend_window_stays_inside_what_the_service_remembers() {
    assert_eq!(RESEND_WINDOW, days(6) + hours(23));
    assert!(RESEND_WINDOW + http::TOTAL_TIMEOUT < days(7));
}
