//! Every operation with every state.

use super::*;

const KNOWN: Circumstances =
    Circumstances { amount: Money::usd(100), provider_fee: Some(Money::usd(10)), hold_until: Millis(7) };

fn state(status: Status, code: Option<&str>) -> TransactionState {
    TransactionState {
        transaction: "T1".into(),
        status: status.word().into(),
        code: code.map(str::to_owned),
        message: Some("Said so.".into()),
    }
}

fn table(of: fn(Kind, Status) -> Meaning) -> String {
    let mut lines = String::new();
    for kind in Kind::ALL {
        lines.push_str(&format!("{:<17}", kind.word()));
        for status in Status::ALL {
            lines.push_str(&format!("{:<9}", format!("{:?}", of(kind, status))));
        }
        lines.truncate(lines.trim_end().len());
        lines.push('\n');
    }
    lines
}

#[test]
fn an_answer_means_for_each_operation() {
    //                Pending  Reserved Success  Failure  Cancelled
    let expected = "\
register         Odd      Odd      Odd      Odd      Odd
consent          Odd      Odd      Odd      Odd      Odd
pay              Pending  Odd      Taken    Refused  Gone
reserve          Pending  Held     Taken    Refused  Gone
settle           Pending  Odd      Taken    Refused  Gone
refund           Pending  Odd      Refunded Refused  Refused
cancel           Pending  Odd      Odd      Odd      Gone
change_agreement Odd      Odd      Odd      Odd      Odd
cancel_agreement Odd      Odd      Odd      Odd      Odd
";
    assert_eq!(table(answered), expected);
}

#[test]
fn a_later_look_means_for_each_operation() {
    //                Pending  Reserved Success  Failure  Cancelled
    let expected = "\
register         Odd      Odd      Odd      Odd      Odd
consent          Odd      Odd      Odd      Odd      Odd
pay              Pending  Odd      Taken    Refused  Gone
reserve          Pending  Held     Taken    Refused  Gone
settle           Pending  NotDone  Taken    Refused  Gone
refund           Pending  Odd      Refunded Refused  Refused
cancel           NotDone  NotDone  Refused  Gone     Gone
change_agreement Odd      Odd      Odd      Odd      Odd
cancel_agreement Odd      Odd      Odd      Odd      Odd
";
    assert_eq!(table(found), expected);
}

#[test]
fn only_a_reserve_is_held_and_nothing_but_success_moves_money() {
    for of in [answered, found] {
        for kind in Kind::ALL {
            for status in Status::ALL {
                let meaning = of(kind, status);
                assert!(meaning != Meaning::Held || (kind, status) == (Kind::Reserve, Status::Reserved));
                let moved = matches!(meaning, Meaning::Taken | Meaning::Refunded);
                assert!(!moved || status == Status::Success, "{kind:?} {status:?}");
            }
        }
    }
}

#[test]
fn the_same_status_code_is_a_hold_or_a_payment_by_the_state_beside_it() {
    let held = outcome(Kind::Reserve, Meaning::Held, &state(Status::Reserved, Some("Success")), KNOWN);
    assert_eq!(held, Outcome::Held { transaction: "T1".into(), until: Millis(7), is_suspect: false });
    let taken = outcome(Kind::Settle, Meaning::Taken, &state(Status::Success, Some("Success")), KNOWN);
    let amount = Money::usd(100);
    assert_eq!(
        taken,
        Outcome::Taken { transaction: "T1".into(), amount, provider_fee: Some(Money::usd(10)), is_suspect: false }
    );
}

#[test]
fn a_hold_that_ran_out_expired_and_one_that_was_cancelled_was_released() {
    let expired = outcome(Kind::Reserve, Meaning::Gone, &state(Status::Cancelled, Some("Expired")), KNOWN);
    assert_eq!(expired, Outcome::Expired { transaction: Some("T1".into()) });
    for code in [Some("Cancelled"), Some("Canceled"), None] {
        let released = outcome(Kind::Reserve, Meaning::Gone, &state(Status::Cancelled, code), KNOWN);
        assert_eq!(released, Outcome::Released { transaction: "T1".into() });
    }
}

#[test]
fn a_failure_is_a_refusal_whatever_explains_it() {
    for (kind, code, retry, reason) in [
        (Kind::Pay, Some("TransactionDenied"), Retry::NewConsent, Reason::PaymentMethod),
        (Kind::Pay, Some("Expired"), Retry::NewConsent, Reason::ConsentGone),
        (Kind::Pay, None, Retry::NewConsent, Reason::Denied),
        (Kind::Refund, Some("TransactionDenied"), Retry::Never, Reason::PaymentMethod),
    ] {
        let Outcome::Refused(refusal) = outcome(kind, Meaning::Refused, &state(Status::Failure, code), KNOWN) else {
            panic!("{kind:?} {code:?}")
        };
        assert_eq!((refusal.retry, refusal.reason, refusal.code.as_str()), (retry, reason, code.unwrap_or("Failure")));
        assert_eq!(refusal.message, "Said so.");
    }
    let late = outcome(Kind::Cancel, found(Kind::Cancel, Status::Success), &state(Status::Success, None), KNOWN);
    let Outcome::Refused(late) = late else { panic!() };
    assert_eq!((late.retry, late.reason), (Retry::Never, Reason::TransactionState));
}

#[test]
fn words_read_back_in_both_spellings() {
    for status in Status::ALL {
        assert_eq!(Status::from_word(status.word()), Some(status));
        assert_eq!(Status::from_word(&status.word().to_uppercase()), Some(status));
    }
    for word in ["INITIATED", "Canceled", ""] {
        assert_eq!(Status::from_word(word), None, "an unknown word is never a state");
    }
}
