use super::*;

fn charge(state: &str, reason: &str) -> Charge {
    let reason_code = (!reason.is_empty()).then(|| reason.to_owned());
    Charge {
        charge_id: "C1".into(),
        charge_amount: Some(Price::of(Money::usd(1000))),
        status_details: StatusDetails { state: state.into(), reason_code, ..StatusDetails::default() },
        ..Charge::default()
    }
}

fn later(kind: Kind, state: &str, reason: &str) -> Outcome {
    of_charge(kind, &charge(state, reason), Seen::Later, Millis(0))
}

#[test]
fn an_authorized_charge_is_a_hold_or_a_call_that_never_arrived() {
    let held = Outcome::Held { transaction: "C1".into(), until: Millis(0).plus(HOLD), is_suspect: false };
    assert_eq!(later(Kind::Reserve, "Authorized", ""), held);
    assert_eq!(later(Kind::Settle, "Authorized", ""), Outcome::NeverArrived);
    assert_eq!(later(Kind::Cancel, "Authorized", ""), Outcome::NeverArrived);
    assert_eq!(later(Kind::Pay, "Authorized", ""), Outcome::NeverArrived);
    let answered = of_charge(Kind::Settle, &charge("Authorized", ""), Seen::Answered, Millis(0));
    assert!(matches!(answered, Outcome::Silent { .. }));
}

#[test]
fn what_is_under_way_is_neither_success_nor_failure() {
    for kind in [Kind::Pay, Kind::Reserve, Kind::Settle] {
        for state in ["AuthorizationInitiated", "CaptureInitiated"] {
            assert_eq!(later(kind, state, ""), Outcome::Pending { transaction: Some("C1".into()) });
        }
        assert!(matches!(later(kind, "SomethingNew", ""), Outcome::Silent { .. }));
    }
}

#[test]
fn a_capture_says_how_much_was_really_taken() {
    let mut part = charge("Captured", "");
    part.capture_amount = Some(Price::of(Money::usd(700)));
    let taken =
        Outcome::Taken { transaction: "C1".into(), amount: Money::usd(700), provider_fee: None, is_suspect: false };
    assert_eq!(of_charge(Kind::Settle, &part, Seen::Answered, Millis(0)), taken);
    let Outcome::Refused(refusal) = later(Kind::Cancel, "Captured", "") else { panic!() };
    assert_eq!((refusal.retry, refusal.reason), (Retry::Never, Reason::TransactionState));
}

#[test]
fn a_cancelled_charge_ran_out_or_was_let_go() {
    let expired = Outcome::Expired { transaction: Some("C1".into()) };
    assert_eq!(later(Kind::Settle, "Canceled", "ExpiredUnused"), expired);
    for reason in ["MerchantCanceled", "BuyerCanceled", "AmazonCanceled", "ChargePermissionCanceled"] {
        assert_eq!(later(Kind::Reserve, "Canceled", reason), Outcome::Released { transaction: "C1".into() });
    }
}

#[test]
fn a_declined_charge_is_over_whatever_the_reason() {
    for reason in ["SoftDeclined", "HardDeclined", "AmazonRejected", "ProcessingFailure", "TransactionTimedOut", ""] {
        let Outcome::Refused(refusal) = later(Kind::Settle, "Declined", reason) else { panic!("{reason}") };
        assert_eq!(refusal.retry, Retry::NewConsent, "{reason}");
    }
}

#[test]
fn a_refused_refund_sends_nobody_to_approve_anything() {
    let mut refund = Refund { refund_id: "R1".into(), ..Refund::default() };
    refund.status_details.state = "RefundInitiated".into();
    assert_eq!(of_refund(&refund, None), Outcome::Pending { transaction: Some("R1".into()) });
    refund.status_details.state = "Declined".into();
    let Outcome::Refused(refusal) = of_refund(&refund, None) else { panic!() };
    assert_eq!((refusal.retry, refusal.code.as_str()), (Retry::Never, "RefundDeclined"));
}

#[test]
fn an_error_is_read_by_the_table_and_an_unknown_one_is_silence() {
    let complaint = |code: &str| Miss::Complaint(Complaint { reason_code: code.into(), ..Complaint::default() });
    let Outcome::Refused(refusal) = missed(Kind::Reserve, complaint("HardDeclined")) else { panic!() };
    assert_eq!((refusal.retry, refusal.reason), (Retry::NewConsent, Reason::PaymentMethod));
    for code in ["TransactionInProgress", "ProcessingFailure", "DuplicateIdempotencyKey", "NobodyDecidedThis"] {
        assert!(matches!(missed(Kind::Reserve, complaint(code)), Outcome::Silent { .. }), "{code}");
    }
    assert!(matches!(not_told(complaint("ResourceNotFound")), Outcome::Silent { .. }));
    assert!(matches!(not_told(complaint("InvalidAuthentication")), Outcome::Refused(_)));
}
