//! The guide's complex data types, row by row: every field of each is answered where its condition holds and nowhere
//! else, and is no longer than it may be.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::fps_tables_stage::{Pairs, Stage, owned, rows, with, with_amount};
use crate::house::{Answer, pay};

const TYPES: &str = include_str!("../data/fps/fps-datatypes.tsv");

/// One element of a type, as some call answered it.
struct Seen {
    of: &'static str,
    /// Which conditions of the table hold for it.
    holds: Vec<&'static str>,
    /// Its own children: name and content.
    children: Vec<(String, String)>,
}

const OWN: &str = "caller is also the recipient";
const OTHERS: &str = "caller and recipient are different people";

/// The children of an element, not their children.
fn children(mut inside: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((_, rest)) = inside.split_once('<') {
        let (name, rest) = rest.split_once('>').unwrap();
        let (content, rest) = rest.split_once(&format!("</{name}>")).unwrap_or_else(|| panic!("{name} in {inside}"));
        found.push((name.to_owned(), content.to_owned()));
        inside = rest;
    }
    found
}

/// Every element called `name` in an answer.
fn elements(answer: &Answer, name: &str) -> Vec<String> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    answer.body.split(&begin).skip(1).map(|rest| rest.split(&end).next().unwrap().to_owned()).collect()
}

fn see(seen: &mut Vec<Seen>, answer: &Answer, of: &'static str, element: &str, holds: &[&'static str]) {
    let all = elements(answer, element);
    assert!(!all.is_empty(), "no {element} in {}", answer.body);
    seen.extend(all.iter().map(|inside| Seen { of, holds: holds.to_vec(), children: children(inside) }));
}

/// What both sides may say about a charge, as long as it may be.
fn described(pairs: Pairs) -> Pairs {
    let pairs = with(pairs, "CallerDescription", &"c".repeat(160));
    with(pairs, "SenderDescription", &"s".repeat(160))
}

async fn detail(stage: &Stage, id: &str) -> Answer {
    stage.house.call("GetTransaction", &[("TransactionId", id)]).await
}

/// A payment for the caller itself, so that nobody else is paid.
async fn own_sale(stage: &Stage) -> String {
    let wanted = [
        ("pipelineName", "SingleUse"),
        ("callerReference", "own-sale"),
        ("transactionAmount", "5.00"),
        ("paymentMethod", "ABT"),
    ];
    let token = crate::fps_tokens::walk(&stage.house, &wanted, "acc_bill", "ABT").await.returned("tokenID");
    stage.does("Pay", &described(with(owned(&pay("own", "", &token, "5.00")), "RecipientTokenId", ""))).await
}

async fn everything(stage: &Stage) -> Vec<Seen> {
    let house = &stage.house;
    let mut seen = Vec::new();
    let paid = stage.does("Pay", &described(stage.good("Pay").await)).await;
    let waiting = stage.does("Pay", &described(stage.charge(&stage.token("5.00", "CC").await, "5.00"))).await;
    see(
        &mut seen,
        &detail(stage, &paid).await,
        "TransactionDetail",
        "Transaction",
        &[OTHERS, "completed", "given by that party"],
    );
    see(
        &mut seen,
        &detail(stage, &waiting).await,
        "TransactionDetail",
        "Transaction",
        &[OTHERS, "given by that party"],
    );
    let own = detail(stage, &own_sale(stage).await).await;
    see(&mut seen, &own, "TransactionDetail", "Transaction", &[OWN, "completed", "given by that party"]);
    see(&mut seen, &own, "Amount", "TransactionAmount", &[]);
    see(&mut seen, &own, "StatusHistory", "StatusHistory", &[]);
    house.later(Duration::from_secs(2)).await;
    let refund = stage.does("Refund", &stage.refund_of(paid.clone())).await;
    house.later(Duration::from_secs(2)).await;
    let refunded = detail(stage, &refund).await;
    see(&mut seen, &refunded, "TransactionDetail", "Transaction", &[OTHERS, "completed", "refund"]);
    see(&mut seen, &refunded, "RelatedTransaction", "RelatedTransaction", &[]);

    let since = house.clock.now().minus(Duration::from_secs(600)).iso8601();
    let activity = house.call("GetAccountActivity", &[("StartDate", &since)]).await;
    for inside in elements(&activity, "Transaction") {
        let children = children(&inside);
        let text = |name: &str| children.iter().find(|own| own.0 == name).map_or("", |own| own.1.as_str());
        let mut holds = vec!["completed"];
        holds.push(if text("RecipientName") == text("CallerName") { OWN } else { OTHERS });
        holds.extend((text("FPSOperation") == "Refund").then_some("refund"));
        for (_, part) in children.iter().filter(|own| own.0 == "TransactionPart") {
            let is_callers = part.contains("<Role>Caller</Role>");
            let holds = if is_callers { vec!["given by that party"] } else { Vec::new() };
            seen.push(Seen { of: "TransactionPart", holds, children: self::children(part) });
        }
        seen.push(Seen { of: "Transaction", holds, children });
    }
    let balance = house.call("GetAccountBalance", &[]).await;
    see(&mut seen, &balance, "AccountBalance", "AccountBalance", &[]);
    see(&mut seen, &balance, "AvailableBalances", "AvailableBalances", &[]);

    let rules = [
        ("globalAmountLimit", "50"),
        ("usageLimitType1", "Count"),
        ("usageLimitValue1", "3"),
        ("usageLimitPeriod1", "1 Day"),
    ];
    let (back, _) = crate::fps_tokens::multi_use(house, &"t".repeat(100), "ABT", &rules).await;
    let token = back.returned("tokenID");
    let usage = house.call("GetTokenUsage", &[("TokenId", &token)]).await;
    for inside in elements(&usage, "TokenUsageLimits") {
        let holds = if inside.contains("<Count>") { "limit by count" } else { "limit by amount" };
        seen.push(Seen { of: "TokenUsageLimit", holds: vec![holds], children: children(&inside) });
    }
    see(&mut seen, &house.call("GetTokenByCaller", &[("TokenId", &token)]).await, "Token", "Token", &[]);
    seen
}

/// A value of an enumeration that is a type of its own: taken where it is asked for, or answered.
async fn is_known(stage: &Stage, of: &str, value: &str) {
    match of {
        "MarketplaceRefundPolicy" => {
            let refund = with(stage.refund_of(stage.paid().await), "MarketplaceRefundPolicy", value);
            stage.does("Refund", &refund).await;
            let wrong = with(stage.refund_of(stage.paid().await), "MarketplaceRefundPolicy", "Nobody");
            assert_eq!(stage.call("Refund", &wrong).await.text("Code"), "InvalidParams");
        }
        "RecipientVerificationStatus" => {
            let change = json!({ "account_id": "acc_wares", "verification": value });
            assert_eq!(stage.house.post_json("/_sandbox/fps/accounts", &change).await.status, 200);
            let asked = stage.good("GetRecipientVerificationStatus").await;
            let answer = stage.call("GetRecipientVerificationStatus", &asked).await;
            assert_eq!(answer.text("RecipientVerificationStatus"), value);
        }
        other => panic!("nobody tests {other}"),
    }
}

/// `DescriptorPolicy` is sent, not answered: what it does stands in the ledger.
async fn is_obeyed(stage: &Stage, field: &str) {
    let charge = || async { with(stage.good("Reserve").await, "SenderDescription", "Blue Mug 42 and more") };
    let last = || async {
        let ledger = stage.house.get("/_sandbox/ledger").await.json();
        ledger["transactions"].as_array().unwrap().last().unwrap().clone()
    };
    let (parameter, values, written) = match field {
        "CSOwner" => ("DescriptorPolicy.CSOwner", ["", "Recipient", "Caller"], "service_owner"),
        "SoftDescriptorType" => ("DescriptorPolicy.SoftDescriptorType", ["", "Static", "Dynamic"], "statement_line"),
        other => panic!("nobody tests {other}"),
    };
    let mut effects = Vec::new();
    for value in values {
        stage.does("Reserve", &with(charge().await, parameter, value)).await;
        effects.push(last().await[written].as_str().unwrap().to_owned());
    }
    let [default, one, other] = &effects[..] else { panic!("{effects:?}") };
    assert!(default == one && one != other, "{effects:?}");
    assert_eq!(other, if field == "CSOwner" { "Caller" } else { "ASI*BLUE MUG 42 AND" });
    let wrong = stage.call("Reserve", &with(charge().await, parameter, "Nobody")).await;
    assert_eq!(wrong.text("Code"), "InvalidParams");
}

fn fits(value: &str, size: &str) -> bool {
    match size.split_once(' ') {
        None => true,
        Some((most, "bytes")) => value.len() <= most.parse().unwrap(),
        Some((most, _)) => value.chars().count() <= most.parse().unwrap(),
    }
}

#[tokio::test]
async fn every_field_of_every_complex_type_is_answered_where_its_condition_holds_and_nowhere_else() {
    let stage = Stage::open().await;
    let seen = everything(&stage).await;
    let mut walked = BTreeSet::new();
    for row in rows(TYPES) {
        let (of, field, size, condition) = (row[0], row[1], row[2], row[3]);
        match of {
            "MarketplaceRefundPolicy" | "RecipientVerificationStatus" => {
                is_known(&stage, of, field).await;
                continue;
            }
            "DescriptorPolicy" => {
                is_obeyed(&stage, field).await;
                continue;
            }
            "DebtBalance" => {
                assert!(seen.iter().all(|own| own.of != of), "no action of the guide answers it");
                continue;
            }
            _ => walked.insert(of),
        };
        let of_type: Vec<&Seen> = seen.iter().filter(|own| own.of == of).collect();
        let (mut there, mut asked) = (0, 0);
        for own in of_type {
            let found: Vec<&String> =
                own.children.iter().filter(|child| child.0.eq_ignore_ascii_case(field)).map(|child| &child.1).collect();
            let holds = condition == "always" || own.holds.contains(&condition);
            asked += usize::from(holds);
            there += usize::from(!found.is_empty());
            assert!(!holds || !found.is_empty(), "{of}.{field} is missing in {:?}", own.children);
            let is_strict = [OWN, OTHERS, "completed", "limit by count", "limit by amount"].contains(&condition);
            assert!(holds || !is_strict || found.is_empty(), "{of}.{field} without “{condition}”: {:?}", own.children);
            assert!(found.iter().all(|value| fits(value, size)), "{of}.{field} is longer than {size}: {found:?}");
        }
        assert!(asked > 0 && there > 0, "nobody was asked for {of}.{field}");
    }
    assert_eq!(walked.len(), 10, "{walked:?}");
}

#[tokio::test]
async fn a_description_is_160_characters_long_and_no_longer() {
    let stage = Stage::open().await;
    for name in ["CallerDescription", "SenderDescription"] {
        let good = stage.good("Pay").await;
        let long = with(with_amount(good.clone(), "TransactionAmount", "5.00"), name, &"x".repeat(161));
        assert_eq!(stage.call("Pay", &long).await.text("Code"), "InvalidParams", "{name}");
        stage.does("Pay", &with(good, name, &"x".repeat(160))).await;
    }
}
