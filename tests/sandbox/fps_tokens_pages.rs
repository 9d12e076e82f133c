//! The tables of the five pipelines, walked row by row: every parameter with the three kinds of mistake, every
//! parameter that comes back, every status. A row that nobody handles fails.

use std::collections::HashMap;

use axum::http::StatusCode;

use crate::fps_tokens::{own_recipient, recurring, walk};
use crate::house::{Answer, House, common, signed};

const PARAMETERS: &str = include_str!("../data/fps/fps-cbui-params.tsv");
const STATUSES: &str = include_str!("../data/fps/fps-cbui-status.tsv");
const PIPELINES: [&str; 5] = ["SingleUse", "MultiUse", "Recurring", "Recipient", "EditToken"];

type Pairs = Vec<(String, String)>;

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn with(good: &Pairs, name: &str, value: &str) -> Pairs {
    let mut changed: Pairs = good.iter().filter(|pair| pair.0 != name).cloned().collect();
    if !value.is_empty() {
        changed.push((name.to_owned(), value.to_owned()));
    }
    changed
}

async fn start(house: &House, wanted: &Pairs) -> Answer {
    let wanted: Vec<(&str, &str)> = wanted.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = "/cobranded-ui/actions/start";
    house.get(&format!("{path}?{}", signed("GET", path, &wanted))).await
}

/// Walks a pipeline to its end, with or without a choice of method.
async fn walks(house: &House, wanted: &Pairs, persona: &str, method: &str) -> Answer {
    let page = start(house, wanted).await;
    if page.status == StatusCode::SEE_OTHER {
        return page;
    }
    let session = page.session();
    let next = house.choose(&session, persona).await;
    if next.status == StatusCode::SEE_OTHER {
        return next;
    }
    if !method.is_empty() {
        house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", method)]).await;
    }
    house.confirm(&session).await
}

/// The recipient token of a seller who takes every method.
async fn seller(house: &House) -> String {
    let known = house.call("GetTokenByCaller", &[("CallerReference", "the-seller")]).await;
    if known.status == StatusCode::OK {
        return known.text("TokenId");
    }
    house.recipient("the-seller", "acc_wares").await.returned("tokenID")
}

/// A request that is good as it stands; an edit is of a token that Olive pays by card.
async fn good(house: &House, pipeline: &str, reference: &str) -> Pairs {
    let seller = seller(house).await;
    let list = format!("{},{seller}", own_recipient(house).await);
    let mut wanted = pairs(&common(&[("pipelineName", pipeline), ("callerReference", reference)]));
    wanted.extend(match pipeline {
        "SingleUse" => pairs(&[("transactionAmount", "5"), ("recipientToken", &seller)]),
        "MultiUse" => pairs(&[("globalAmountLimit", "50"), ("recipientTokenList", &list)]),
        "Recurring" => {
            pairs(&[("transactionAmount", "5"), ("recurringPeriod", "1 Month"), ("recipientToken", &seller)])
        }
        "Recipient" => pairs(&[("recipientPaysFee", "True")]),
        _ => pairs(&[("tokenID", &recurring(house, &format!("{reference}-old"), "CC", "1 Month").await.0)]),
    });
    wanted.extend(pairs(&[("paymentMethod", "CC,ACH,ABT")]));
    wanted
}

/// The rows of a pipeline with the common ones: name and whether it is required.
fn rows(pipeline: &str, direction: &str) -> Vec<(&'static str, &'static str)> {
    let columns = PARAMETERS.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let own = columns.filter(|row| row[0] == "(common)" || row[0].split(' ').next() == Some(pipeline));
    own.filter(|row| row[1] == direction).map(|row| (row[2], row[3])).collect()
}

/// A value that does not have the form of the parameter, and one that has and is still not acceptable.
fn bad_values(name: &str) -> (Option<&'static str>, Option<&'static str>) {
    match name {
        "callerKey" => (Some("\u{1}"), Some("AKIANOBODY")),
        "signature" => (None, None),
        "signatureVersion" => (None, Some("1")),
        "signatureMethod" => (None, Some("MD5")),
        "cobrandingStyle" => (None, Some("poster")),
        "cobrandingUrl" => (Some("logo"), Some("http://elsewhere.example/logo.png")),
        "pipelineName" => (None, Some("SetupPrepaid")),
        "returnURL" => (Some("nowhere"), None),
        "version" => (None, Some("2010-08-28")),
        "paymentMethod" => (Some("CC,,ABT"), Some("CC,PAYPAL")),
        "collectShippingAddress" | "reserve" | "disableGuest" | "collectEmailAddress" | "recipientPaysFee" => {
            (Some("maybe"), None)
        }
        "isRecipientCobranding" => (Some("maybe"), None),
        "currencyCode" => (None, Some("EUR")),
        "itemTotal" | "shipping" | "handling" | "giftWrapping" | "discount" | "tax" | "maxFixedFee" => {
            (Some("ten"), None)
        }
        "transactionAmount" | "globalAmountLimit" => (Some("1.234"), Some("0.00")),
        "maxVariableFee" => (Some("101"), None),
        "amountType" => (None, Some("About")),
        "usageLimitType1" | "usageLimitType2" => (None, Some("Weight")),
        "usageLimitValue1" | "usageLimitValue2" => (Some("many"), Some("0")),
        "usageLimitPeriod1" | "usageLimitPeriod2" | "recurringPeriod" => (Some("1Month"), Some("0 Days")),
        "validityStart" | "validityExpiry" => (Some("tomorrow"), Some("1355097600")),
        "recipientToken" => (Some("\u{1}"), Some("NOBODYSTOKEN")),
        "recipientTokenList" => (Some("A B,C"), Some("NOBODYSTOKEN")),
        // Whether such a token exists is told by the status IT.
        "tokenID" => (Some("\u{1}"), None),
        _ => (Some("\u{1}"), None),
    }
}

fn message(kind: &str, name: &str) -> String {
    format!("CE - Caller Input Exception: The following input(s) are {kind}: {name}<")
}

#[tokio::test]
async fn every_parameter_of_every_pipeline_is_checked() {
    let house = House::open().await;
    let everything: Vec<&str> = PIPELINES.iter().flat_map(|own| rows(own, "request")).map(|row| row.0).collect();
    for pipeline in PIPELINES {
        let wanted = good(&house, pipeline, &format!("walk-{pipeline}")).await;
        assert_eq!(start(&house, &wanted).await.status, StatusCode::OK, "{pipeline}");
        let mut own = rows(pipeline, "request");
        if pipeline == "SingleUse" {
            // The Basic guide, which describes this pipeline, has it too.
            own.push(("isRecipientCobranding", "no"));
        }
        for (name, required) in &own {
            let (ill_formed, invalid) = bad_values(name);
            // Some parameters go together.
            let mut base = wanted.clone();
            if let Some(number) = name.strip_prefix("usageLimit").map(|rest| &rest[rest.len() - 1..]) {
                base = with(&base, &format!("usageLimitType{number}"), "Amount");
                base = with(&base, &format!("usageLimitValue{number}"), "5");
            }
            if *name == "amountType" {
                base = with(&base, "transactionAmount", "5");
            }
            for (value, kind) in [(ill_formed, "not well formed"), (invalid, "either invalid or absent")] {
                let Some(value) = value else { continue };
                let page = start(&house, &with(&base, name, value)).await;
                assert_eq!(page.status, StatusCode::BAD_REQUEST, "{pipeline}.{name}={value}");
                assert!(page.body.contains(&message(kind, name)), "{pipeline}.{name}={value}: {}", page.body);
            }
            // A missing version is taken as the only one there is.
            if *required == "yes" && *name != "version" {
                let page = start(&house, &with(&wanted, name, "")).await;
                assert!(page.body.contains(&message("either invalid or absent", name)), "{pipeline} without {name}");
            }
        }
        for name in everything.iter().filter(|name| !own.iter().any(|row| row.0 == **name)) {
            let page = start(&house, &with(&wanted, name, "x")).await;
            assert!(
                page.body.contains(&message("not valid for this pipeline", name)),
                "{pipeline}.{name}: {}",
                page.body
            );
        }
    }
}

/// A good request, what is changed in it, and the parameter that is named.
type Case<'a> = (&'a Pairs, Vec<(&'a str, &'a str)>, &'a str);

#[tokio::test]
async fn parameters_that_ask_for_others_name_them() {
    let house = House::open().await;
    let multi = good(&house, "MultiUse", "multi").await;
    let single = good(&house, "SingleUse", "single").await;
    let recurring = good(&house, "Recurring", "recurring").await;
    let soon = (house.clock.now().0 / 1000 + 90_000).to_string();
    let now = (house.clock.now().0 / 1000).to_string();
    let cases: Vec<Case> = vec![
        (&multi, vec![("amountType", "Maximum")], "transactionAmount"),
        (&multi, vec![("usageLimitType1", "Count")], "usageLimitValue1"),
        (&multi, vec![("usageLimitType2", "Amount")], "usageLimitValue2"),
        (&multi, vec![("usageLimitValue1", "5")], "usageLimitType1"),
        (&multi, vec![("usageLimitPeriod2", "1 Day")], "usageLimitType2"),
        (&multi, vec![("isRecipientCobranding", "True"), ("recipientTokenList", "")], "recipientTokenList"),
        (&single, vec![("isRecipientCobranding", "True"), ("recipientToken", "")], "recipientToken"),
        (&recurring, vec![("isRecipientCobranding", "True"), ("recipientToken", "")], "recipientToken"),
        (&recurring, vec![("validityStart", &soon), ("validityExpiry", &now)], "validityExpiry"),
    ];
    for (good, changes, name) in cases {
        let spoilt = changes.iter().fold(good.clone(), |all, (name, value)| with(&all, name, value));
        let page = start(&house, &spoilt).await;
        assert!(page.body.contains(&message("either invalid or absent", name)), "{changes:?}: {}", page.body);
    }
    let count = [("usageLimitType1", "Count"), ("usageLimitValue1", "2.5")];
    let spoilt = count.iter().fold(multi.clone(), |all, (name, value)| with(&all, name, value));
    assert!(start(&house, &spoilt).await.body.contains(&message("not well formed", "usageLimitValue1")));
    // A list that leaves out the caller's own recipient token.
    let seller = house.recipient("alone", "acc_wares").await.returned("tokenID");
    let page = start(&house, &with(&multi, "recipientTokenList", &seller)).await;
    assert!(page.body.contains(&message("either invalid or absent", "recipientTokenList")));
}

#[tokio::test]
async fn the_shop_registers_itself_to_be_on_lists() {
    let house = House::open().await;
    let own = house.recipient("self", "acc_marketplace").await;
    assert_eq!(own.returned("status"), "SR");
    let wanted = with(&good(&house, "MultiUse", "multi").await, "recipientTokenList", &own.returned("tokenID"));
    assert_eq!(start(&house, &wanted).await.status, StatusCode::OK);
    // On other pages the shop is nobody to choose.
    let session = start(&house, &wanted).await.session();
    assert_eq!(house.choose(&session, "acc_marketplace").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// On what condition a parameter comes back.
fn condition(pipeline: &str, name: &str) -> &'static str {
    match name {
        "errorMessage" => "a failure",
        "warningCode" | "warningMessage" => "a wrong address",
        "expiry" if pipeline == "EditToken" => "a card",
        "city" | "state" | "zip" | "phoneNumber" => "an address",
        name if name.starts_with("address") => "an address",
        _ => "success",
    }
}

async fn answer_on(house: &House, pipeline: &str, condition: &str) -> Answer {
    let wanted = good(house, pipeline, &format!("{pipeline} on {condition}")).await;
    let buyer = if pipeline == "Recipient" { "acc_wares" } else { "acc_omni" };
    let method = if pipeline == "EditToken" && condition == "success" { "ABT" } else { "CC" };
    match condition {
        "a failure" if pipeline == "EditToken" => start(house, &with(&wanted, "tokenID", "NOBODYSTOKEN")).await,
        "a failure" => walks(house, &wanted, "acc_una", "CC").await,
        "a wrong address" => walks(house, &with(&wanted, "zip", "nowhere"), buyer, method).await,
        "an address" => {
            let session = start(house, &with(&wanted, "collectShippingAddress", "True")).await.session();
            house.choose(&session, buyer).await;
            house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", method)]).await;
            let typed = [
                ("session", session.as_str()),
                ("addressName", "Olive"),
                ("addressLine1", "1 Main"),
                ("addressLine2", "Second floor"),
                ("city", "Austin"),
                ("state", "TX"),
                ("zip", "73301"),
                ("phoneNumber", "206-555-0100"),
            ];
            house.post("/cobranded-ui/actions/confirm", &typed).await
        }
        _ => walks(house, &wanted, buyer, method).await,
    }
}

#[tokio::test]
async fn every_parameter_of_the_answers_comes_back() {
    let house = House::open().await;
    for pipeline in PIPELINES {
        let mut answers: HashMap<&str, Answer> = HashMap::new();
        for (name, _) in rows(pipeline, "response") {
            let condition = condition(pipeline, name);
            if !answers.contains_key(condition) {
                answers.insert(condition, answer_on(&house, pipeline, condition).await);
            }
            let back = &answers[condition];
            assert!(!back.returned(name).is_empty(), "{pipeline}.{name}: {} {}", back.location, back.body);
            if name.ends_with("okenID") {
                assert_eq!(back.returned(name).len(), 64);
            }
        }
    }
}

/// Brings a pipeline to `status` in one of the ways there are.
async fn reach(house: &House, pipeline: &str, status: &str) -> Answer {
    let wanted = good(house, pipeline, &format!("reach-{pipeline}-{status}")).await;
    let buyer = if pipeline == "Recipient" { "acc_wares" } else { "acc_omni" };
    let is_edit = pipeline == "EditToken";
    let bill = || recurring_of_bill(house, status);
    match status {
        "SA" => walks(house, &wanted, buyer, "ABT").await,
        "SB" => walks(house, &wanted, buyer, "ACH").await,
        "SC" if is_edit => walks(house, &with(&wanted, "tokenID", &bank_token(house).await), buyer, "CC").await,
        "SC" | "SU" => walks(house, &wanted, buyer, "CC").await,
        "SR" => walks(house, &wanted, buyer, "").await,
        "SE" => {
            let session = start(house, &wanted).await.session();
            house.post("/cobranded-ui/actions/fail", &[("session", &session)]).await
        }
        "A" => {
            let session = start(house, &wanted).await.session();
            house.post("/cobranded-ui/actions/leave", &[("session", &session)]).await
        }
        "CE" => {
            let page = start(house, &with(&wanted, "pipelineName", "")).await;
            let (_, link) = page.body.split_once("class=\"button\" href=\"").unwrap();
            let location = link.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
            Answer { location, ..page }
        }
        "PE" if is_edit => {
            let edit = with(&with(&wanted, "tokenID", &bill().await), "paymentMethod", "CC");
            walks(house, &edit, "acc_bill", "CC").await
        }
        "PE" => walks(house, &with(&wanted, "paymentMethod", "CC"), "acc_bill", "CC").await,
        "NP" => walks(house, &wanted, "acc_una", "CC").await,
        "NM" => {
            house.post("/accounts/acc_marketplace/register", &[("marketplace", "no")]).await;
            let back = start(house, &wanted).await;
            house.post("/accounts/acc_marketplace/register", &[("marketplace", "yes")]).await;
            back
        }
        "IT" => start(house, &with(&wanted, "tokenID", "NOBODYSTOKEN")).await,
        "UT" => walks(house, &wanted, "acc_bill", "ABT").await,
        "NA" => {
            house.post("/accounts/acc_omni/state", &[("state", "closed")]).await;
            let back = walks(house, &wanted, "acc_omni", "ABT").await;
            house.post("/accounts/acc_omni/state", &[("state", "active")]).await;
            back
        }
        _ => panic!("nobody reaches {pipeline} {status}"),
    }
}

async fn bank_token(house: &House) -> String {
    recurring(house, "by-bank", "ACH", "1 Month").await.0
}

async fn recurring_of_bill(house: &House, reference: &str) -> String {
    let wanted = [
        ("pipelineName", "Recurring"),
        ("callerReference", reference),
        ("transactionAmount", "9.99"),
        ("recurringPeriod", "1 Month"),
    ];
    walk(house, &wanted, "acc_bill", "ABT").await.returned("tokenID")
}

#[tokio::test]
async fn every_status_of_every_pipeline_is_reached() {
    let house = House::open().await;
    for line in STATUSES.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (pipeline, status) = (columns[0].split(' ').next().unwrap(), columns[1]);
        let back = reach(&house, pipeline, status).await;
        assert_eq!(back.returned("status"), status, "{pipeline}: {} {}", back.location, back.body);
        let has_token = columns[3] == "yes";
        assert_eq!(!back.returned("tokenID").is_empty(), has_token, "{pipeline} {status}");
        assert_eq!(!back.returned("errorMessage").is_empty(), !has_token && status != "A", "{pipeline} {status}");
        // Whatever happened, the next visit under a new reference begins.
        let next = good(&house, pipeline, &format!("after-{pipeline}-{status}")).await;
        assert_eq!(start(&house, &next).await.status, StatusCode::OK, "{pipeline} after {status}");
    }
}

#[tokio::test]
async fn every_reason_for_np_has_its_cause() {
    let house = House::open().await;
    let penny = house
        .start(&[("pipelineName", "Recipient"), ("callerReference", "penny"), ("recipientPaysFee", "True")])
        .await
        .session();
    house.choose(&penny, "acc_penny").await;
    let penny = house.confirm(&penny).await.returned("tokenID");
    let personal = format!("{},{penny}", own_recipient(&house).await);
    for pipeline in ["SingleUse", "MultiUse", "Recurring"] {
        let wanted = good(&house, pipeline, &format!("np-{pipeline}")).await;
        let (list, one) =
            if pipeline == "MultiUse" { ("recipientTokenList", &personal) } else { ("recipientToken", &penny) };
        let to_penny = with(&with(&wanted, list, one), "paymentMethod", "CC");
        for (wanted, persona, words) in [
            (&wanted, "acc_una", "not verified"),
            (&wanted, "acc_sue", "suspended or closed"),
            (&wanted, "acc_wares", "are the same"),
            (&to_penny, "acc_clara", "personal account"),
        ] {
            let back = walks(&house, wanted, persona, "CC").await;
            assert_eq!(back.returned("status"), "NP", "{pipeline} {persona}");
            assert!(back.returned("errorMessage").contains(words), "{}", back.returned("errorMessage"));
        }
        let session = start(&house, &wanted).await.session();
        house.post("/cobranded-ui/actions/leave", &[("session", &session)]).await;
        let back = start(&house, &wanted).await;
        assert!(back.returned("errorMessage").contains("cancelled and then restarted"), "{}", back.location);
    }
    let wanted = good(&house, "MultiUse", "np-closed").await;
    house.post("/accounts/acc_wares/state", &[("state", "closed")]).await;
    let back = walks(&house, &wanted, "acc_omni", "CC").await;
    assert_eq!(back.returned("status"), "NP");
    assert!(back.returned("errorMessage").contains("closed"), "{}", back.returned("errorMessage"));
}
