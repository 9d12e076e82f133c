//! Requests as they stand on the wire.

use super::*;
use crate::base::clock::Millis;
use crate::base::ids::OrderId;
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::Initiator;
use crate::orders::operation::Subject;

fn operation(kind: Kind, request: Request, amount: Money) -> Operation {
    Operation::wanted(Subject::Order(OrderId::fresh()), kind, "fps", request, amount, Millis(0))
}

fn take() -> Request {
    Request::Take {
        consent: "SENDER".into(),
        payee: "SELLER".into(),
        fee_fixed_minor: 30,
        fee_variable_bp: 250,
        provider_fee_by: ProviderFeeBy::Seller,
        initiator: Initiator::Approval,
        statement: Some(Statement::default()),
    }
}

fn value<'a>(parameters: &'a Parameters, name: &str) -> &'a str {
    parameters.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str()).unwrap_or("(absent)")
}

#[test]
fn a_reserve_names_both_tokens_the_fees_and_who_pays_the_service() {
    let operation = operation(Kind::Reserve, take(), Money::usd(2501));
    let ask = Ask::of(&operation).unwrap();
    let parameters = ask.parameters().unwrap();
    assert_eq!((ask.action(), ask.verb()), ("Reserve", Verb::Post));
    for (name, expected) in [
        ("CallerReference", operation.id.as_str()),
        ("CallerDescription", operation.subject.id()),
        ("SenderTokenId", "SENDER"),
        ("RecipientTokenId", "SELLER"),
        ("ChargeFeeTo", "Recipient"),
        ("TransactionAmount.Value", "25.01"),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("MarketplaceFixedFee.Value", "0.30"),
        ("MarketplaceFixedFee.CurrencyCode", "USD"),
        ("MarketplaceVariableFee", "2.5"),
        ("DescriptorPolicy.SoftDescriptorType", "Static"),
        ("DescriptorPolicy.CSOwner", "Recipient"),
        ("SenderDescription", "(absent)"),
    ] {
        assert_eq!(value(&parameters, name), expected, "{name}");
    }
    assert_eq!(parameters.len(), 12);
    assert_eq!(Ask::of(&operation).unwrap(), ask, "sent again, it is the exact same request");
}

#[test]
fn a_text_of_our_own_stands_on_the_statement_of_a_pay_as_of_a_reserve() {
    for kind in [Kind::Pay, Kind::Reserve] {
        let mut take = take();
        let Request::Take { statement, .. } = &mut take else { panic!() };
        *statement = Some(Statement { text: Some("Pushcart Market".into()), is_ours: true });
        let parameters = Ask::of(&operation(kind, take, Money::usd(2501))).unwrap().parameters().unwrap();
        assert_eq!(value(&parameters, "DescriptorPolicy.SoftDescriptorType"), "Dynamic");
        assert_eq!(value(&parameters, "DescriptorPolicy.CSOwner"), "Caller");
        assert_eq!(value(&parameters, "SenderDescription"), "Pushcart Market");
        assert_eq!(value(&parameters, "ChargeFeeTo"), "Recipient");
    }
}

#[test]
fn settle_refund_and_cancel_name_the_transaction() {
    let settle = operation(Kind::Settle, Request::Settle { hold: "T1".into() }, Money::usd(1000));
    let settle = Ask::of(&settle).unwrap().parameters().unwrap();
    assert_eq!(value(&settle, "ReserveTransactionId"), "T1");
    assert_eq!(value(&settle, "TransactionAmount.Value"), "10.00");
    let refund = operation(Kind::Refund, Request::Refund { payment: "T1".into() }, Money::usd(5));
    let refund = Ask::of(&refund).unwrap().parameters().unwrap();
    assert_eq!(value(&refund, "TransactionId"), "T1");
    assert_eq!(value(&refund, "RefundAmount.Value"), "0.05");
    assert_eq!(value(&refund, "MarketplaceRefundPolicy"), "MasterTxnOnly");
    let cancel = operation(Kind::Cancel, Request::Cancel { hold: "T1".into() }, Money::usd(0));
    assert_eq!(Ask::of(&cancel).unwrap().parameters().unwrap(), [("TransactionId".to_owned(), "T1".to_owned())]);
}

#[test]
fn only_dollars_and_only_fitting_requests_are_sent() {
    let euro = Money::new(100, Currency::from_code("EUR").unwrap());
    let asked = Ask::of(&operation(Kind::Pay, take(), euro)).unwrap();
    assert_eq!(asked.parameters(), Err(WireError::NotDollars("EUR".into())));
    for kind in [Kind::Register, Kind::Consent, Kind::Settle, Kind::Refund, Kind::Cancel] {
        assert_eq!(Ask::of(&operation(kind, take(), Money::usd(1))), Err(WireError::NotSendable(kind.word())));
    }
}

#[test]
fn questions_are_asked_with_get_and_the_signature_check_is_posted() {
    let question = Ask::TransactionStatus { transaction: "T1".into() };
    assert_eq!((question.verb(), question.changes_something()), (Verb::Get, false));
    let check = Ask::VerifySignature { endpoint: "http://shop.invalid/return".into(), parameters: "a=%20".into() };
    assert_eq!((check.verb(), check.changes_something()), (Verb::Post, false));
    assert_eq!(value(&check.parameters().unwrap(), "HttpParameters"), "a=%20", "raw, to be encoded once more");
}

#[test]
fn our_account_is_asked_for_from_one_instant_to_another_oldest_first() {
    let ask = Ask::AccountActivity { from: Millis(0), until: Some(Millis(86_400_007)) };
    let parameters = ask.parameters().unwrap();
    assert_eq!((ask.action(), ask.verb(), ask.changes_something()), ("GetAccountActivity", Verb::Get, false));
    for (name, expected) in [
        ("StartDate", "1970-01-01T00:00:00.000Z"),
        ("EndDate", "1970-01-02T00:00:00.007Z"),
        ("SortOrderByDate", "Ascending"),
        ("MaxBatchSize", "200"),
    ] {
        assert_eq!(value(&parameters, name), expected, "{name}");
    }
    let until_now = Ask::AccountActivity { from: Millis(0), until: None };
    assert_eq!(value(&until_now.parameters().unwrap(), "EndDate"), "(absent)");
    assert_eq!(Ask::AccountBalance.parameters(), Ok(Parameters::new()));
    for (active, said) in [(None, "(absent)"), (Some(true), "Active"), (Some(false), "Inactive")] {
        assert_eq!(value(&Ask::Tokens { active }.parameters().unwrap(), "TokenStatus"), said);
    }
}

#[test]
fn percentages_and_amounts_read_as_the_guide_writes_them() {
    for (hundredths, text) in [(500, "5"), (250, "2.5"), (25, "0.25"), (0, "0"), (10_000, "100"), (1000, "10")] {
        assert_eq!(percent(hundredths), text);
    }
    for (text, cents) in [("25.01", 2501), ("2500", 250_000), ("1.000000", 100), ("0.1", 10)] {
        assert_eq!(read_amount("USD", text), Ok(Money::usd(cents)), "{text}");
    }
    assert_eq!(read_amount("USD", "0.005"), Err(WireError::NotAnAmount("0.005".into())));
    assert_eq!(read_amount("USD", ""), Err(WireError::NotAnAmount(String::new())));
    assert_eq!(read_amount("EUR", "1"), Err(WireError::NotDollars("EUR".into())));
}
