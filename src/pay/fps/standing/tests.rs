//! Tokens that stand, with canned answers.

use super::*;
use crate::base::money::Money;
use crate::orders::agreement::Rules;
use crate::orders::operation::{Instrument, Kind};
use crate::pay::fps::canned::{Service, cancelled, operation, refused, result, token, usage};
use crate::pay::{ConsentAsk, Provider};

fn closed(code: &str, token: &str) -> Outcome {
    Outcome::Approval { consent: token.into(), validity: Validity::Ended(code.into()), method: None }
}

#[tokio::test]
async fn a_token_is_cancelled_once_and_a_lost_answer_is_found() {
    let (service, fps) = Service::open().await;
    let closing = operation(Kind::CancelAgreement);
    service.says("CancelToken", cancelled());
    assert_eq!(fps.send(&closing).await, closed("CancelToken", "BUYER"));
    let sent = service.asked.lock().unwrap().pop().unwrap();
    assert!(sent.contains("TokenId=BUYER") && sent.contains("ReasonText=ord_"), "{sent}");

    service.says("GetTokenByCaller", token("Active"));
    assert_eq!(fps.find_outcome(&closing).await, Outcome::NeverArrived, "sent again, it does no harm");
    service.says("GetTokenByCaller", token("Inactive"));
    assert_eq!(fps.find_outcome(&closing).await, closed("Inactive", "TOKEN"));
}

#[tokio::test]
async fn no_means_no_only_while_the_token_lives() {
    let (service, fps) = Service::open().await;
    let closing = operation(Kind::CancelAgreement);
    for code in MAY_BE_OVER {
        service.says("CancelToken", refused(code));
        service.says("GetTokenByCaller", token("Inactive"));
        assert_eq!(fps.send(&closing).await, closed("Inactive", "TOKEN"), "{code}");
    }
    service.says("CancelToken", refused("TokenAccessDenied"));
    service.says("GetTokenByCaller", token("Active"));
    let Outcome::Refused(refusal) = fps.send(&closing).await else { panic!() };
    assert_eq!(refusal.code, "TokenAccessDenied");
    service.says("CancelToken", refused("InternalError"));
    assert!(matches!(fps.send(&closing).await, Outcome::Silent { .. }));
}

#[tokio::test]
async fn a_token_says_whether_it_stands_and_an_unknown_one_never_did() {
    let (service, fps) = Service::open().await;
    let stands = Outcome::Approval { consent: "TOKEN".into(), validity: Validity::Chargeable, method: None };
    service.says("GetTokenByCaller", token("Active"));
    assert_eq!(fps.look_at_token("TOKEN").await, stands);
    service.says("GetTokenByCaller", token("Inactive"));
    assert_eq!(fps.look_at_token("TOKEN").await, closed("Inactive", "TOKEN"));
    service.says("GetTokenByCaller", refused("InvalidTokenId"));
    assert_eq!(fps.look_at_token("TOKEN").await, closed("InvalidTokenId", "TOKEN"));
    for answer in [token("Asleep"), refused("InternalError"), refused("AccessFailure")] {
        service.says("GetTokenByCaller", answer);
        assert!(matches!(fps.look_at_token("TOKEN").await, Outcome::Silent { .. }));
    }
}

#[tokio::test]
async fn what_was_used_is_read_without_knowing_which_limit_is_which() {
    let (service, fps) = Service::open().await;
    for amounts in [["150.00", "12.500000"], ["12.5", "150"]] {
        service.says("GetTokenUsage", usage(&amounts, &[3]));
        let used = Used { total_minor: 15_000, month_minor: 1_250, day_count: 3 };
        assert_eq!(fps.agreement_use("TOKEN").await, Answer::Done(Some(used)));
    }
    service.says("GetTokenUsage", usage(&[], &[]));
    assert_eq!(fps.agreement_use("TOKEN").await, Answer::Done(None));
    for nonsense in
        [usage(&["1.005"], &[]), result("GetTokenUsage", "<TokenUsageLimits><Count>many</Count></TokenUsageLimits>")]
    {
        service.says("GetTokenUsage", nonsense);
        assert!(matches!(fps.agreement_use("TOKEN").await, Answer::Silent(_)));
    }
    service.says("GetTokenUsage", refused("InvalidTokenType"));
    assert!(matches!(fps.agreement_use("TOKEN").await, Answer::Refused(_)));
}

#[tokio::test]
async fn a_lost_change_is_found_by_its_reference() {
    let (service, fps) = Service::open().await;
    let change = operation(Kind::ChangeAgreement);
    service.says("GetTokenByCaller", token("Active"));
    let found = Outcome::Consented { consent: "TOKEN".into(), instrument: Instrument::Untold };
    assert_eq!(fps.find_outcome(&change).await, found);
    let sent = service.asked.lock().unwrap().pop().unwrap();
    assert!(sent.contains(&format!("CallerReference={}", change.id)), "{sent}");
    service.says("GetTokenByCaller", refused("InvalidCallerReference"));
    assert_eq!(fps.find_outcome(&change).await, Outcome::NeverArrived);
}

#[tokio::test]
async fn our_own_recipient_token_is_looked_for_once_and_only_for_a_list_of_sellers() {
    let (service, fps) = Service::open().await;
    let address = crate::orders::checkout::Address::EMPTY;
    let ask = || ConsentAsk {
        return_url: "http://shop.invalid/return/fps",
        shop_name: "Pushcart",
        address: &address,
        travels: true,
    };
    let mut once = operation(Kind::Consent);
    assert!(matches!(fps.start_consent(&once, ask()).await, Answer::Done(_)));
    assert!(service.actions().is_empty());

    let Request::Consent { standing, rules, .. } = &mut once.request else { panic!() };
    *standing = Some(Terms::Saved);
    *rules = Rules::saved(10_000, vec!["SELLER".into()], crate::base::clock::Millis(0));
    service.says("GetTokenByCaller", token("Active"));
    for _ in 0..2 {
        let Answer::Done(redirect) = fps.start_consent(&once, ask()).await else { panic!() };
        assert!(redirect.address.contains("recipientTokenList=TOKEN%2CSELLER"), "{}", redirect.address);
    }
    assert_eq!(service.actions(), ["GetTokenByCaller"]);
    assert_eq!(once.amount, Money::usd(1000));
}
