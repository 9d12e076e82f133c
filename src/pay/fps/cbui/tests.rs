//! Addresses of the pages, and every status code that comes back from them.

use super::*;
use crate::base::clock::Millis;
use crate::base::ids::{OrderId, SellerId};
use crate::base::secret::Secret;
use crate::market::fees::ProviderFeeBy;
use crate::orders::agreement::Rules;
use crate::orders::checkout::Address;
use crate::orders::operation::Subject;
use crate::pay::fps::sign::{signature, string_to_sign};

fn settings() -> Settings {
    Settings {
        api_url: "https://fps.sandbox.amazonaws.com".into(),
        cbui_url: "http://127.0.0.1:3001/cobranded-ui/actions/start".into(),
        keys: vec![KeyPair { access: "AKIA".into(), secret: Secret::new("secret") }],
        ipn_url: None,
        cobranding_url: Some("https://shop.invalid/logo.png".into()),
    }
}

fn consent() -> Operation {
    let request = Request::Consent {
        payee: "SELLER".into(),
        items_minor: 2000,
        shipping_minor: 499,
        gift_wrap_minor: 0,
        tax_minor: 2,
        description: "Two books & a pen".into(),
        standing: None,
        rules: Rules::default(),
    };
    Operation::wanted(Subject::Order(OrderId::fresh()), Kind::Consent, "fps", request, Money::usd(2501), Millis(0))
}

fn registration() -> Operation {
    let request =
        Request::Register { max_fixed_minor: 30, max_variable_bp: 250, provider_fee_by: ProviderFeeBy::Seller };
    let subject = Subject::Registration(SellerId::fresh());
    Operation::wanted(subject, Kind::Register, "fps", request, Money::usd(0), Millis(0))
}

const CONSENT_ASK: ConsentAsk<'_> = ConsentAsk {
    return_url: "http://shop.invalid/return/fps?a=b",
    shop_name: "Pushcart",
    address: &Address::EMPTY,
    travels: true,
};

fn parameters(address: &str) -> Parameters {
    form_urlencoded::parse(address.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
}

fn expect(address: &str, expected: &[(&str, &str)]) {
    let mut signed = parameters(address);
    let (name, sent) = signed.pop().unwrap();
    let endpoint = Endpoint { host: "127.0.0.1:3001".into(), path: "/cobranded-ui/actions/start".into() };
    let text = string_to_sign(Verb::Get, &endpoint, &signed);
    assert_eq!((name.as_str(), sent), ("signature", signature(Hash::HmacSha256, &Secret::new("secret"), &text)));
    let mut expected: Vec<_> = expected.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    expected.sort();
    assert_eq!(signed, expected);
}

#[test]
fn a_buyer_is_sent_to_approve_one_order() {
    let operation = consent();
    let settings = settings();
    let address = consent_address(&settings, &settings.keys[0], &operation, &CONSENT_ASK, None).unwrap();
    expect(
        &address,
        &[
            ("callerKey", "AKIA"),
            ("callerReference", operation.id.as_str()),
            ("cobrandingStyle", "logo"),
            ("cobrandingUrl", "https://shop.invalid/logo.png"),
            ("currencyCode", "USD"),
            ("giftWrapping", "0.00"),
            ("itemTotal", "20.00"),
            ("paymentMethod", "CC,ACH,ABT"),
            ("paymentReason", "Two books & a pen"),
            ("pipelineName", "SingleUse"),
            ("recipientToken", "SELLER"),
            ("reserve", "True"),
            ("returnURL", "http://shop.invalid/return/fps?a=b"),
            ("shipping", "4.99"),
            ("signatureMethod", "HmacSHA256"),
            ("signatureVersion", "2"),
            ("tax", "0.02"),
            ("transactionAmount", "25.01"),
            ("version", "2009-01-09"),
            ("websiteDescription", "Pushcart"),
        ],
    );
}

#[test]
fn where_it_is_sent_is_told_and_what_is_empty_is_not() {
    let home = Address {
        name: "Ana Gomez".into(),
        line1: "12 Orchard Lane".into(),
        city: "Portland".into(),
        state: "OR".into(),
        postal_code: "97201".into(),
        country: "US".into(),
        ..Address::EMPTY
    };
    let settings = settings();
    let ask = ConsentAsk { address: &home, ..CONSENT_ASK };
    let address = consent_address(&settings, &settings.keys[0], &consent(), &ask, None).unwrap();
    let without = consent_address(&settings, &settings.keys[0], &consent(), &CONSENT_ASK, None).unwrap();
    let before: Vec<String> = parameters(&without).into_iter().map(|(name, _)| name).collect();
    let mut told = parameters(&address);
    told.retain(|(name, _)| !before.contains(name));
    let told: Vec<_> = told.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [
        ("addressLine1", "12 Orchard Lane"),
        ("addressName", "Ana Gomez"),
        ("city", "Portland"),
        ("country", "US"),
        ("state", "OR"),
        ("zip", "97201"),
    ];
    assert_eq!(told, expected);
    // what is not sent goes nowhere
    let here = ConsentAsk { travels: false, ..ask };
    assert_eq!(
        consent_address(&settings, &settings.keys[0], &consent(), &here, None).unwrap().matches("zip=").count(),
        0
    );
}

#[test]
fn a_seller_is_sent_to_agree_to_the_largest_fees() {
    let operation = registration();
    let settings = Settings { cobranding_url: None, ..settings() };
    let ask = RegistrationAsk { return_url: "http://shop.invalid/sell/return" };
    let address = registration_address(&settings, &settings.keys[0], &operation, &ask).unwrap();
    expect(
        &address,
        &[
            ("callerKey", "AKIA"),
            ("callerReference", operation.id.as_str()),
            ("callerReferenceRefund", &format!("{}-r", operation.id)),
            ("cobrandingStyle", "logo"),
            ("maxFixedFee", "0.30"),
            ("maxVariableFee", "2.5"),
            ("paymentMethod", "CC,ACH,ABT"),
            ("pipelineName", "Recipient"),
            ("recipientPaysFee", "True"),
            ("returnURL", "http://shop.invalid/sell/return"),
            ("signatureMethod", "HmacSHA256"),
            ("signatureVersion", "2"),
            ("version", "2009-01-09"),
        ],
    );
}

#[test]
fn only_fitting_operations_in_dollars_become_an_address() {
    let settings = settings();
    let address = |operation: &Operation| consent_address(&settings, &settings.keys[0], operation, &CONSENT_ASK, None);
    assert!(address(&consent()).is_ok());
    assert_eq!(address(&registration()), Err(WireError::NotSendable("register")));
    let yen = crate::base::money::Currency::from_code("JPY").unwrap();
    let abroad = Operation { amount: Money::new(2501, yen), ..consent() };
    assert_eq!(address(&abroad), Err(WireError::NotDollars("JPY".into())));
}

fn returned(query: &str) -> Result<ReturnNews, Doubt> {
    read_return(&Fields::of(query))
}

#[test]
fn every_status_of_our_pipelines_is_read() {
    let reference = OperationId::fresh();
    let mut seen = 0;
    for line in include_str!("../../../../tests/data/fps/fps-cbui-status.tsv").lines().skip(1) {
        let columns: Vec<_> = line.split('\t').collect();
        let (pipeline, status, success) = (columns[0], columns[1], columns[3] == "yes");
        let news = returned(&format!("tokenID=T1&status={status}&callerReference={reference}")).unwrap();
        assert_eq!(news.reference, reference);
        let Said::Outcome(outcome) = news.said else { panic!() };
        let agreed = match &outcome {
            Outcome::Consented { consent, .. } => consent == "T1" && pipeline != "Recipient",
            Outcome::Approval { consent, validity: Validity::Chargeable, .. } => consent == "T1" && status == "SU",
            Outcome::Registered { payee, .. } => payee == "T1" && pipeline == "Recipient",
            Outcome::Abandoned { code, .. } => code != status,
            other => panic!("{other:?}"),
        };
        assert_eq!(agreed, success, "{pipeline} {status}: {outcome:?}");
        seen += 1;
    }
    assert_eq!(seen, 43);
}

#[test]
fn the_status_tells_how_the_buyer_pays_or_why_not() {
    let reference = OperationId::fresh();
    let outcome = |status: &str| {
        let news = returned(&format!("tokenID=T1&status={status}&callerReference={reference}")).unwrap();
        let Said::Outcome(outcome) = news.said else { panic!() };
        outcome
    };
    for (status, instrument) in [("SA", Instrument::Balance), ("SB", Instrument::Bank), ("SC", Instrument::Card)] {
        assert_eq!(outcome(status), Outcome::Consented { consent: "T1".into(), instrument });
    }
    for (status, reason) in [
        ("A", AbandonReason::Left),
        ("PE", AbandonReason::NoCommonMethod),
        ("NP", AbandonReason::NotPossible),
        ("SE", AbandonReason::Temporary),
        ("CE", AbandonReason::OurFault),
        ("NM", AbandonReason::OurFault),
        ("IT", AbandonReason::ConsentGone),
        ("UT", AbandonReason::NotTheirs),
        ("NA", AbandonReason::NotPossible),
    ] {
        assert_eq!(outcome(status), Outcome::Abandoned { code: status.into(), reason });
    }
}

#[test]
fn a_registration_may_bring_the_token_for_refunds() {
    let reference = OperationId::fresh();
    let query = format!("refundTokenID=R1&tokenID=T1&status=SR&callerReference={reference}");
    let registered = Outcome::Registered { payee: "T1".into(), refund_token: Some("R1".into()) };
    assert_eq!(returned(&query), Ok(ReturnNews { reference, said: Said::Outcome(registered), remark: None }));
}

#[test]
fn what_we_could_not_have_asked_for_is_not_understood() {
    let reference = OperationId::fresh();
    assert!(returned(&format!("tokenID=T1&status=SC&callerReference={reference}")).is_ok());
    for query in [
        format!("tokenID=T1&status=SX&callerReference={reference}"),
        format!("tokenID=T1&callerReference={reference}"),
        format!("status=SC&callerReference={reference}"),
        format!("tokenID=&status=SR&callerReference={reference}"),
        "tokenID=T1&status=SC&callerReference=order-1".to_owned(),
        "tokenID=T1&status=SC".to_owned(),
        String::new(),
    ] {
        assert_eq!(returned(&query), Err(Doubt::NotUnderstood), "{query}");
    }
}
