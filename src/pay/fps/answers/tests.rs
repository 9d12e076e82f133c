//! The samples of the guide (line breaks inside tags mended, nothing else), and a transaction put
//! together from its data types.

use super::*;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/fps/answers/", $name, ".xml"))
    };
}

#[test]
fn what_moves_money_answers_with_transaction_and_status() {
    for (xml, transaction, status) in [
        (sample!("pay"), "14GK6BGKA7U6OU6SUTNLBI5SBBV9PGDJ6UL", "Pending"),
        (sample!("reserve"), "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22", "Pending"),
        (sample!("settle"), "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22", "Pending"),
        (sample!("refund"), "14GK6F2QU755ODS27SGHEURLKPG72Z54KMF", "Pending"),
        (sample!("cancel"), "14GKI1SKSR1V6DO1RCCB32RBR6KLODMGQUD", "Cancelled"),
    ] {
        let answer: Moved = read(xml).unwrap();
        assert_eq!((answer.result.transaction.as_str(), answer.result.status.as_str()), (transaction, status));
        assert_eq!((answer.result.code, answer.result.message), (None, None));
        assert_eq!(complaint(xml), None);
    }
    assert_eq!(request_id(sample!("pay")).as_deref(), Some("c21e7735-9c08-4cd8-99bf-535a848c79b4:0"));
}

#[test]
fn a_status_comes_with_its_reason() {
    let state = read::<Moved>(sample!("status")).unwrap().result;
    assert_eq!(state.transaction, "14GKE3B85HCMF1BTSH5C4PD2IHZL95RJ2LM");
    assert_eq!((state.status.as_str(), state.code.as_deref()), ("Success", Some("Success")));
    let sentence = "The transaction was successful and the payment instrument was charged.";
    assert_eq!(state.message.as_deref(), Some(sentence));
}

#[test]
fn a_transaction_tells_amount_and_fees_and_its_history_is_not_mistaken_for_its_state() {
    let transaction = read::<TransactionAnswer>(sample!("transaction")).unwrap().result.transaction;
    assert_eq!(transaction.status, "Success");
    assert_eq!(transaction.amount.unwrap().money(), Ok(Money::usd(100)));
    assert_eq!(transaction.fees.unwrap().money(), Ok(Money::usd(10)));
    assert_eq!(transaction.completed.as_deref(), Some("2009-10-06T00:53:12.000-07:00"));
}

#[test]
fn token_seller_and_signature_answers_are_read() {
    let token = read::<TokenAnswer>(sample!("token")).unwrap().result.token;
    assert_eq!(token.id, "543IJMECGZZ3J4K1F7BJ3TMNXFBQU9VXNT7RRCTNAJDJ8X36L1ZRKSUUPPIBTTIK");
    assert_eq!(token.status, "Active");
    let guide = sample!("recipient");
    let wsdl = guide.replace("VerificationRes", "VerificationStatusRes");
    for xml in [guide, &wsdl] {
        assert_eq!(read::<RecipientAnswer>(xml).unwrap().result.status, "VerificationComplete");
    }
    assert_eq!(read::<VerifyAnswer>(sample!("verify")).unwrap().result.status, "Success");
}

#[test]
fn both_shapes_of_an_error_are_read() {
    let guide = complaint(sample!("error")).unwrap();
    assert_eq!((guide.code.as_str(), guide.message.as_str()), ("InvalidTokenId_Sender", "Sender token is not valid."));
    assert_eq!(guide.request_id, "67679d8a-fd87-4e44-b063-32a69bfc3c8b");
    let wsdl = complaint(sample!("error_wsdl")).unwrap();
    assert_eq!((wsdl.code.as_str(), wsdl.request_id.as_str()), ("TokenNotActive_Sender", "2e7c3f5a-0001:0"));
}

#[test]
fn an_answer_to_another_question_is_not_understood() {
    assert!(read::<Moved>(sample!("token")).is_err());
    assert!(read::<TokenAnswer>(sample!("pay")).is_err());
    for broken in ["", "<html><body>Bad Gateway</body></html>", "<PayResponse><PayResult>", "{}"] {
        assert!(read::<Moved>(broken).is_err(), "{broken}");
        assert_eq!(complaint(broken), None, "{broken}");
    }
}
