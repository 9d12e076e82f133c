//! Returns and notifications: vouched for, then looked up.

use super::*;
use crate::base::ids::OperationId;
use crate::orders::operation::Instrument;
use crate::orders::outcome::Validity;
use crate::pay::Provider;
use crate::pay::fps::answers::Amount;
use crate::pay::fps::canned::{SIGNED, Service, refused, state, taken, token, transaction, verified};

fn shows(value: &str) -> Transaction {
    let amount = Some(Amount { currency: "USD".into(), value: value.into() });
    Transaction {
        status: "Success".into(),
        amount,
        fees: None,
        fees_paid_by: None,
        description: None,
        reference: None,
        related: Vec::new(),
        completed: None,
    }
}

#[test]
fn the_transaction_says_how_much_moved_and_a_settle_of_less_is_told_by_its_notice() {
    let (five, ten) = (Some(Money::usd(500)), Some(Money::usd(1000)));
    assert_eq!(amount_moved(Kind::Pay, five, Some(&shows("10.00"))), ten);
    assert_eq!(amount_moved(Kind::Settle, five, Some(&shows("10.00"))), five);
    assert_eq!(amount_moved(Kind::Settle, None, Some(&shows("10.00"))), ten);
    assert_eq!(amount_moved(Kind::Refund, five, None), five);
    assert_eq!(amount_moved(Kind::Refund, None, None), None);
}

#[tokio::test]
async fn a_return_is_believed_only_after_the_service_vouched_for_every_byte() {
    let (service, fps) = Service::open().await;
    let reference = OperationId::fresh();
    let raw = format!("{SIGNED}&tokenID=TOKEN&status=SC&callerReference={reference}&expiry=10%2F2013");
    let returned = |raw: &str| Returned { endpoint: "http://shop.invalid/return/fps".into(), raw: raw.to_owned() };

    service.says("VerifySignature", verified("Success"));
    let Answer::Done(Ok(news)) = fps.understand_return(&returned(&raw)).await else { panic!() };
    let consented = Outcome::Consented { consent: "TOKEN".into(), instrument: Instrument::Card };
    assert_eq!((news.reference, news.said), (reference, crate::pay::Said::Outcome(consented)));
    let sent = service.asked.lock().unwrap().pop().unwrap();
    assert_eq!(Fields::of(&sent).get("HttpParameters"), Some(raw.as_str()));
    assert_eq!(Fields::of(&sent).get("UrlEndPoint"), Some("http://shop.invalid/return/fps"));

    for answer in [verified("Failure"), refused("InvalidParams")] {
        service.says("VerifySignature", answer);
        assert_eq!(fps.understand_return(&returned(&raw)).await, Answer::Done(Err(Doubt::NotGenuine)));
    }
    service.says("VerifySignature", refused("InternalServerError"));
    assert!(matches!(fps.understand_return(&returned(&raw)).await, Answer::Silent(_)));
    service.actions();
    let unsigned = raw.replace("signature=a%2Bb&", "");
    assert_eq!(fps.understand_return(&returned(&unsigned)).await, Answer::Done(Err(Doubt::NotGenuine)));
    assert!(service.actions().is_empty(), "nothing to verify, nothing asked");
}

#[tokio::test]
async fn a_notice_is_verified_and_its_transaction_is_read_again() {
    let (service, fps) = Service::open().await;
    let body = format!(
        "{SIGNED}&notificationType=TransactionStatus&operation=RESERVE&transactionStatus=CANCELLED&transactionId=T1"
    );
    let notification = |body: Vec<u8>| RawNotification { endpoint: "http://shop.invalid/ipn/fps".into(), body };
    service.says("VerifySignature", verified("Failure"));
    let doubted = fps.understand_notification(&notification(body.clone().into_bytes())).await;
    assert_eq!(doubted, Answer::Done(Err(Doubt::NotGenuine)));
    service.says("VerifySignature", verified("Success"));
    let Answer::Done(Ok(news)) = fps.understand_notification(&notification(body.into_bytes())).await else { panic!() };
    assert_eq!((news.kind, news.claimed.as_str()), (Some(Kind::Reserve), "CANCELLED"));
    let broken = fps.understand_notification(&notification(b"signature=\xff".to_vec())).await;
    assert_eq!(broken, Answer::Done(Err(Doubt::NotGenuine)));

    for (code, expected) in [
        ("Cancelled", Outcome::Released { transaction: "T1".into() }),
        ("Expired", Outcome::Expired { transaction: Some("T1".into()) }),
    ] {
        service.says("GetTransactionStatus", state("GetTransactionStatus", "Cancelled", code));
        assert_eq!(fps.read(&news).await, expected);
    }
    // A late notice about a settle: what counts is what the transaction says now, and how much.
    let settle = News { kind: Some(Kind::Settle), amount: None, ..news };
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Reserved", "Success"));
    assert_eq!(fps.read(&settle).await, Outcome::Pending { transaction: Some("T1".into()) });
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Success", "Success"));
    assert!(matches!(fps.read(&settle).await, Outcome::Silent { .. }), "nobody says how much");
    service.says("GetTransaction", transaction("10.000000", "0.59"));
    assert_eq!(fps.read(&settle).await, taken(Some(Money::usd(59))));
}

#[tokio::test]
async fn a_cancelled_token_is_read_again_too() {
    let (service, fps) = Service::open().await;
    let news = News {
        kind: None,
        transaction: Some("TOKEN".into()),
        parent: None,
        reference: None,
        amount: None,
        payee_email: None,
        claimed: "TokenCancellation".into(),
    };
    service.says("GetTokenByCaller", token("Active"));
    let approval = |validity| Outcome::Approval { consent: "TOKEN".into(), validity, method: None };
    assert_eq!(fps.read(&news).await, approval(Validity::Chargeable));
    service.says("GetTokenByCaller", token("Inactive"));
    assert_eq!(fps.read(&news).await, approval(Validity::Ended("Inactive".into())));
}
