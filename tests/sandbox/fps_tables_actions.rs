//! Every parameter of the guide: missing, accepted, too long, of the wrong kind.

use std::time::Duration;

use crate::fps_tables_stage::{Pairs, Stage, borrowed, owned, rows, with};
use crate::house::{Answer, call_pairs, signed};

const TABLE: &str = include_str!("../data/fps/fps-actions.tsv");

/// The columns that are tested: action, parameter, whether it is required, its type, its size.
fn table() -> impl Iterator<Item = [&'static str; 5]> {
    rows(TABLE).map(|row| {
        let column = |place: usize| row.get(place).copied().unwrap_or_default();
        [column(0).trim_end_matches(" (beyond the seed)"), column(1), column(2), column(3), column(4)]
    })
}

/// A good value for an optional parameter, with what has to come along.
fn sample(action: &str, parameter: &'static str, stage: &Stage) -> Pairs {
    let dollars =
        |name: &str, value: &str| owned(&[(&format!("{name}.Value"), value), (&format!("{name}.CurrencyCode"), "USD")]);
    let value = match (action, parameter) {
        (_, "MarketplaceFixedFee.Value" | "MarketplaceFixedFee.CurrencyCode") => {
            return dollars("MarketplaceFixedFee", "0.10");
        }
        (_, "RefundAmount.Value" | "RefundAmount.CurrencyCode") => return dollars("RefundAmount", "1.00"),
        (_, "TransactionAmount.Value" | "TransactionAmount.CurrencyCode") => {
            return dollars("TransactionAmount", "4.00");
        }
        (_, "RecipientTokenId") | ("GetTokenByCaller", "TokenId") => stage.recipient.clone(),
        (_, "EndDate") => stage.house.clock.now().iso8601(),
        (_, "OverrideIPNURL") => "http://127.0.0.1:9/ipn".to_owned(),
        (_, "ChargeFeeTo" | "Role") => "Recipient".to_owned(),
        (_, "DescriptorPolicy.SoftDescriptorType") => "Static".to_owned(),
        (_, "DescriptorPolicy.CSOwner") => "Caller".to_owned(),
        (_, "MarketplaceVariableFee") => "2.5".to_owned(),
        (_, "TransactionTimeoutInMins") => "60".to_owned(),
        (_, "MarketplaceRefundPolicy") => "MasterAndMarketplaceTxn".to_owned(),
        (_, "MaxBatchSize") => "200".to_owned(),
        (_, "FPSOperation") => "Pay".to_owned(),
        (_, "PaymentMethod") => "ABT".to_owned(),
        (_, "Status") => "Success".to_owned(),
        (_, "SortOrderByDate") => "Ascending".to_owned(),
        (_, "ResponseGroup") => "Detail".to_owned(),
        (_, "TokenStatus") => "Active".to_owned(),
        (_, "TokenType") => "SingleUse".to_owned(),
        (_, "CallerReference") => "seller".to_owned(),
        _ => "A mug & more".to_owned(),
    };
    vec![(parameter.to_owned(), value)]
}

/// A value that is not of this type; nothing where any text will do.
fn wrong(kind: &str) -> &'static str {
    match kind {
        "USD" => "EUR",
        kind if kind.starts_with("Amount") => "five",
        kind if kind.starts_with("Decimal") => "a lot",
        "Integer 20..200" => "19",
        kind if kind.starts_with("Integer") => "soon",
        kind if kind.starts_with("dateTime") => "yesterday",
        kind if kind.starts_with("String (URL)") => "no address",
        kind if kind.contains('|') || matches!(kind, "FPSOperation" | "TransactionStatus") => "Neither",
        // A bell is no text.
        _ => "\u{7}",
    }
}

fn names_it(answer: &Answer, parameter: &str, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.body);
    assert_eq!(answer.text("Code"), "InvalidParams", "{what}: {}", answer.body);
    assert!(answer.text("Message").contains(parameter), "{what}: {}", answer.body);
}

#[tokio::test]
async fn what_is_required_is_missed_by_its_name_and_what_is_optional_is_not() {
    let stage = Stage::open().await;
    for [action, parameter, required, ..] in table() {
        if action == "(common)" || parameter == "(none)" {
            continue;
        }
        let good = stage.good(action).await;
        if required.starts_with("yes") {
            names_it(
                &stage.call(action, &with(good, parameter, "")).await,
                parameter,
                &format!("{action} {parameter}"),
            );
            continue;
        }
        let given =
            sample(action, parameter, &stage).iter().fold(good, |pairs, (name, value)| with(pairs, name, value));
        let answer = stage.call(action, &given).await;
        assert_eq!(answer.status, 200, "{action} takes {parameter}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_is_required_under_a_condition_is_missed_when_it_holds() {
    let stage = Stage::open().await;
    for [action, parameter, required, ..] in table() {
        let Some(condition) = required.strip_prefix("conditional") else { continue };
        let good = stage.good(action).await;
        let what = format!("{action} {parameter}{condition}");
        match condition {
            ": with .Value" => {
                let value = parameter.replace("CurrencyCode", "Value");
                names_it(&stage.call(action, &with(good, &value, "1.00")).await, parameter, &what);
            }
            ": dynamic soft descriptor" => {
                let dynamic = with(good, "DescriptorPolicy.SoftDescriptorType", "Dynamic");
                names_it(&stage.call(action, &dynamic).await, parameter, &what);
            }
            ": TokenId absent" | ": CallerReference absent" => {
                names_it(&stage.call(action, &Pairs::new()).await, parameter, &what);
            }
            // Without it the caller is paid, whom the buyer's token does not name.
            ": marketplace transaction" => {
                let refused = stage.call(action, &with(good, parameter, "")).await;
                assert_eq!(refused.text("Code"), "IncompatibleTokens", "{what}");
            }
            // The guide asks for it there and calls it optional in the same row; its sender twin is the one that is used.
            " (dynamic soft descriptor)" => {
                let dynamic = with(good, "DescriptorPolicy.SoftDescriptorType", "Dynamic");
                let dynamic = with(dynamic, "SenderDescription", "A mug");
                assert_eq!(stage.call(action, &dynamic).await.status, 200, "{what}");
            }
            other => panic!("nobody tests {action} {parameter}{other}"),
        }
    }
}

#[tokio::test]
async fn what_is_too_long_or_of_the_wrong_kind_is_refused_by_its_name() {
    let stage = Stage::open().await;
    let mut sizes = 0;
    for [action, parameter, _, kind, size] in table() {
        if action == "(common)" || parameter == "(none)" {
            continue;
        }
        let mut good = stage.good(action).await;
        if let Some(value) = parameter.strip_suffix(".CurrencyCode") {
            good = with(good, &format!("{value}.Value"), "1.00");
        } else if let Some(value) = parameter.strip_suffix(".Value") {
            good = with(good, &format!("{value}.CurrencyCode"), "USD");
        }
        let what = format!("{action} {parameter} as {kind}");
        names_it(&stage.call(action, &with(good.clone(), parameter, wrong(kind))).await, parameter, &what);
        if let Ok(most) = size.parse::<usize>() {
            sizes += 1;
            let long = with(good, parameter, &"x".repeat(most + 1));
            names_it(&stage.call(action, &long).await, parameter, &format!("{what} of {} characters", most + 1));
        }
    }
    assert_eq!(sizes, 23, "as many as the table has");
}

#[tokio::test]
async fn parameters_of_every_request_are_missed_too() {
    let stage = Stage::open().await;
    let now = stage.house.clock.real_now().iso8601();
    let good = owned(&call_pairs("GetAccountBalance", &[], &now));
    let send = |pairs: Pairs| {
        let house = &stage.house;
        async move { house.get(&format!("/fps/?{}", signed("GET", "/fps/", &borrowed(&pairs)))).await }
    };
    assert_eq!(send(good.clone()).await.status, 200);
    for [action, parameter, ..] in table() {
        if action != "(common)" {
            continue;
        }
        if parameter == "Signature" {
            let unsigned = stage.house.get(&format!("/fps/?{}", crate::house::query(&borrowed(&good)))).await;
            names_it(&unsigned, parameter, parameter);
            continue;
        }
        names_it(&send(with(good.clone(), parameter, "")).await, parameter, parameter);
        let (value, code) = match parameter {
            "Action" => ("GetEverything", "InvalidAction"),
            "AWSAccessKeyId" => ("AKIANOBODY", "InvalidClientTokenId"),
            "SignatureVersion" => ("1", "InvalidParams"),
            "SignatureMethod" => ("HmacMD5", "InvalidParams"),
            "Timestamp" => ("yesterday", "InvalidParameterValue"),
            "Version" => ("2007-01-08", "InvalidParams"),
            other => panic!("nobody tests {other}"),
        };
        assert_eq!(send(with(good.clone(), parameter, value)).await.text("Code"), code, "{parameter}={value}");
    }
    for version in ["2008-09-17", "2010-08-28", "2011-09-20"] {
        assert_eq!(send(with(good.clone(), "Version", version)).await.status, 200, "{version}");
    }
}

#[tokio::test]
async fn a_statement_says_what_the_seller_or_the_caller_chose() {
    let stage = Stage::open().await;
    let shown = |id: String| {
        let house = &stage.house;
        async move {
            let ledger = house.get("/_sandbox/ledger").await.json();
            let lines = ledger["transactions"].as_array().unwrap();
            let line = lines.iter().find(|line| line["transaction_id"] == id.as_str()).unwrap().clone();
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            (text("statement_line"), text("service_owner"))
        }
    };
    let usual = stage.paid().await;
    assert_eq!(shown(usual).await, ("Amazon Payments".to_owned(), "Recipient".to_owned()));
    stage.tell("acc_wares", "statement_name", "Tinker Wares and more".into()).await;
    let of_account = stage.paid().await;
    assert_eq!(shown(of_account).await.0, "ASI*TINKER WARES AN");
    let own = with(stage.good("Reserve").await, "DescriptorPolicy.SoftDescriptorType", "Dynamic");
    let own = with(with(own, "SenderDescription", "Amazon FPS gift for you"), "DescriptorPolicy.CSOwner", "Caller");
    let id = stage.does("Reserve", &own).await;
    assert_eq!(shown(id.clone()).await, ("ASI*AMAZON FPS GIFT".to_owned(), "Caller".to_owned()));
    stage.house.later(Duration::from_secs(1)).await;
    stage.house.call("Settle", &[("ReserveTransactionId", &id)]).await;
    stage.house.later(Duration::from_secs(1)).await;
    let refund = stage.does("Refund", &stage.refund_of(id)).await;
    assert_eq!(shown(refund).await.0, "ASI*AMAZON FPS GIFT", "a refund has its payment's");
}
