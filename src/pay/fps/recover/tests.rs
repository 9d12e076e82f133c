//! Lost answers and lost returns.

use super::*;
use crate::base::clock::days;
use crate::pay::Provider;
use crate::pay::fps::canned::{Service, operation, refused, state, taken, token};

#[tokio::test]
async fn a_settle_whose_answer_was_lost_is_looked_for_and_not_repeated() {
    let (service, fps) = Service::open().await;
    let settle = operation(Kind::Settle);
    for (status, expected) in [
        ("Reserved", Outcome::NeverArrived),
        ("Pending", Outcome::Pending { transaction: Some("T1".into()) }),
        ("Success", taken(None)),
    ] {
        service.says("GetTransactionStatus", state("GetTransactionStatus", status, "Success"));
        assert_eq!(fps.find_outcome(&settle).await, expected, "{status}");
    }
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Cancelled", "Expired"));
    assert_eq!(fps.find_outcome(&settle).await, Outcome::Expired { transaction: Some("T1".into()) });
}

#[tokio::test]
async fn a_refused_question_is_not_a_refused_payment() {
    let (service, fps) = Service::open().await;
    let settle = operation(Kind::Settle);
    service.says("GetTransactionStatus", refused("InvalidTransactionId"));
    assert!(matches!(fps.find_outcome(&settle).await, Outcome::Silent { .. }));
    service.says("GetTransactionStatus", refused("SignatureDoesNotMatch"));
    let Outcome::Refused(refusal) = fps.find_outcome(&settle).await else { panic!() };
    assert_eq!((refusal.retry, refusal.reason), (Retry::Later, Reason::OurCredentials));
}

#[tokio::test]
async fn resending_is_safe_inside_the_window_only() {
    let (service, fps) = Service::open().await;
    let pay = operation(Kind::Pay);
    assert_eq!(fps.find_outcome(&pay).await, Outcome::NeverArrived);
    let long_ago = fps.clock.real_now().minus(days(7));
    let forgotten = Operation { first_sent_at: Some(long_ago), ..pay.clone() };
    assert!(matches!(fps.find_outcome(&forgotten).await, Outcome::Silent { .. }));
    fps.clock.advance(days(7));
    assert!(matches!(fps.find_outcome(&pay).await, Outcome::Silent { .. }), "the demo's clock was moved");
    assert!(service.actions().is_empty());
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Success", "Success"));
    let known = Operation { transaction: Some("T1".into()), ..pay };
    assert_eq!(fps.find_outcome(&known).await, taken(None), "with a transaction there is something to ask for");
}

#[tokio::test]
async fn a_lost_return_is_found_by_its_reference() {
    let (service, fps) = Service::open().await;
    let consent = operation(Kind::Consent);
    service.says("GetTokenByCaller", refused("InvalidCallerReference"));
    assert_eq!(fps.find_outcome(&consent).await, Outcome::NeverArrived);
    assert_eq!(fps.find_outcome(&operation(Kind::Register)).await, Outcome::NeverArrived);
    service.says("GetTokenByCaller", token("Active"));
    let consented = Outcome::Consented { consent: "TOKEN".into(), instrument: Instrument::Untold };
    assert_eq!(fps.find_outcome(&consent).await, consented);
    let registered = Outcome::Registered { payee: "TOKEN".into(), refund_token: Some("TOKEN".into()) };
    assert_eq!(fps.find_outcome(&operation(Kind::Register)).await, registered);
    service.says("GetTokenByCaller", token("Inactive"));
    assert_eq!(fps.find_outcome(&consent).await, Outcome::Expired { transaction: None });
    service.says("GetTokenByCaller", refused("InternalError"));
    assert!(matches!(fps.find_outcome(&consent).await, Outcome::Silent { .. }));
}

#[tokio::test]
async fn a_hold_that_is_found_late_is_not_taken_for_a_fresh_one() {
    let (service, fps) = Service::open().await;
    service.says("GetTransactionStatus", state("GetTransactionStatus", "Reserved", "Success"));
    let reserve = Operation { transaction: Some("T1".into()), ..operation(Kind::Reserve) };
    fps.clock.advance(days(2));
    let until = reserve.created_at.plus(HOLD);
    assert_eq!(fps.find_outcome(&reserve).await, Outcome::Held { transaction: "T1".into(), until, is_suspect: false });
}
