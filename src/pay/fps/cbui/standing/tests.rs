//! Addresses for what stands, parameter by parameter.

use super::*;
use crate::base::ids::{AgreementId, OrderId};
use crate::base::secret::Secret;
use crate::orders::checkout::Address;
use crate::orders::operation::Subject;
use crate::pay::ConsentAsk;
use crate::pay::fps::cbui::consent_address;

fn settings() -> Settings {
    Settings {
        api_url: "https://fps.sandbox.amazonaws.com".into(),
        cbui_url: "http://127.0.0.1:3001/cobranded-ui/actions/start".into(),
        keys: vec![KeyPair { access: "AKIA".into(), secret: Secret::new("secret") }],
        ipn_url: None,
        cobranding_url: None,
    }
}

fn consent(terms: Terms, rules: Rules) -> Operation {
    let request = Request::Consent {
        payee: "SELLER".into(),
        items_minor: 900,
        shipping_minor: 99,
        gift_wrap_minor: 0,
        tax_minor: 0,
        description: "A loaf".into(),
        standing: Some(terms),
        rules,
    };
    Operation::wanted(Subject::Order(OrderId::fresh()), Kind::Consent, "fps", request, Money::usd(999), Millis(0))
}

/// The parameters of the address, without those of every pipeline.
fn own(address: Result<String, WireError>) -> Vec<(String, String)> {
    const COMMON: [&str; 12] = [
        "callerKey",
        "callerReference",
        "returnURL",
        "version",
        "paymentMethod",
        "cobrandingStyle",
        "signatureMethod",
        "signatureVersion",
        "signature",
        "currencyCode",
        "paymentReason",
        "websiteDescription",
    ];
    let address = address.unwrap();
    let query = address.split_once('?').unwrap().1;
    let mut all: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    all.retain(|(name, _)| !COMMON.contains(&name.as_str()));
    all.sort();
    all
}

fn asked(operation: &Operation, own_recipient: Option<&str>) -> Vec<(String, String)> {
    let (settings, address) = (settings(), Address::EMPTY);
    let ask = ConsentAsk {
        return_url: "http://shop.invalid/return/fps",
        shop_name: "Pushcart",
        address: &address,
        travels: true,
    };
    own(consent_address(&settings, &settings.keys[0], operation, &ask, own_recipient))
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    all.sort();
    all
}

#[test]
fn a_subscription_is_one_amount_per_period_for_one_seller() {
    let forever = consent(Terms::Every(Period::Month), Rules::default());
    let expected = [
        ("pipelineName", "Recurring"),
        ("recipientToken", "SELLER"),
        ("recurringPeriod", "1 Month"),
        ("transactionAmount", "9.99"),
    ];
    assert_eq!(asked(&forever, Some("OWN")), pairs(&expected));

    let rules = Rules::subscription(Period::Week, Some(3), Millis(1_000_000));
    let three = asked(&consent(Terms::Every(Period::Week), rules), None);
    let until = ("validityExpiry".to_owned(), (1000 + (21 + 7) * 24 * 3600).to_string());
    assert!(three.contains(&until), "{three:?}");
    assert!(three.contains(&("recurringPeriod".to_owned(), "7 Days".to_owned())));
}

#[test]
fn every_period_has_a_form_that_the_guide_knows() {
    let all = Period::ALL.map(recurring_period);
    assert_eq!(all, ["12 Hours", "1 Day", "7 Days", "1 Month", "6 Months", "12 Months"]);
}

#[test]
fn what_is_kept_has_three_limits_and_names_us_and_every_seller() {
    let rules = Rules::saved(10_000, vec!["SELLER".into(), "OTHER".into()], Millis(0));
    let kept = consent(Terms::Saved, rules);
    let expected = [
        ("pipelineName", "MultiUse"),
        ("globalAmountLimit", "1200.00"),
        ("recipientTokenList", "OWN,SELLER,OTHER"),
        ("usageLimitPeriod1", "1 Month"),
        ("usageLimitPeriod2", "1 Day"),
        ("usageLimitType1", "Amount"),
        ("usageLimitType2", "Count"),
        ("usageLimitValue1", "100.00"),
        ("usageLimitValue2", "10"),
        ("validityExpiry", "31536000"),
    ];
    assert_eq!(asked(&kept, Some("OWN")), pairs(&expected));

    let (settings, address) = (settings(), Address::EMPTY);
    let ask =
        ConsentAsk { return_url: "http://shop.invalid/", shop_name: "Pushcart", address: &address, travels: true };
    let without_us = consent_address(&settings, &settings.keys[0], &kept, &ask, None);
    assert_eq!(without_us, Err(WireError::NotAmongThem));
    let unlimited = consent(Terms::Saved, Rules::default());
    let refused = consent_address(&settings, &settings.keys[0], &unlimited, &ask, None);
    assert_eq!(refused, Err(WireError::NotSendable("consent")), "FPS knows nothing without a limit");
}

#[test]
fn another_method_is_chosen_for_one_token() {
    let subject = Subject::Agreement(AgreementId::fresh());
    let request = Request::Change { consent: "TOKEN".into() };
    let change = Operation::wanted(subject, Kind::ChangeAgreement, "fps", request, Money::usd(0), Millis(0));
    let settings = settings();
    let address = change_address(&settings, &settings.keys[0], &change, "http://shop.invalid/return/fps").unwrap();
    assert!(address.contains(&format!("callerReference={}", change.id)), "{address}");
    assert_eq!(own(Ok(address)), pairs(&[("pipelineName", "EditToken"), ("tokenID", "TOKEN")]));
    let other = consent(Terms::Saved, Rules::default());
    let refused = change_address(&settings, &settings.keys[0], &other, "http://shop.invalid/");
    assert_eq!(refused, Err(WireError::NotSendable("consent")));
}
