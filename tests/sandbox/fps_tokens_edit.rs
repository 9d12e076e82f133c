//! Tokens that change and end: another payment method, cancelled by the shop, cancelled by the payer on the account's page.

use axum::http::{Request, StatusCode};
use pushcart::base::clock::days;
use serde_json::Value;

use crate::fps_tokens::{code, multi_use, recurring, walk};
use crate::house::{Answer, House, RETURN};

async fn edit(house: &House, reference: &str, token: &str, persona: &str, method: &str) -> Answer {
    let wanted = [
        ("pipelineName", "EditToken"),
        ("callerReference", reference),
        ("tokenID", token),
        ("paymentMethod", "CC,ACH,ABT"),
    ];
    walk(house, &wanted, persona, method).await
}

async fn seen(house: &House, token: &str) -> Answer {
    house.call("GetTokenByCaller", &[("TokenId", token)]).await
}

/// The fields of the token cancellations that were queued.
async fn cancellations(house: &House) -> Vec<Vec<(String, String)>> {
    let all = house.get("/_sandbox/notifications").await.json();
    let all = all["notifications"].as_array().unwrap().clone();
    let of_tokens = all.into_iter().filter(|own| own["operation"] == "TokenCancellation");
    of_tokens.map(|own| serde_json::from_value(own["fields"].clone()).unwrap()).collect()
}

async fn listening() -> House {
    House::open_with(|settings| settings.ipn_url = Some("http://127.0.0.1:9/ipn".to_owned())).await
}

#[tokio::test]
async fn another_method_makes_a_token_that_takes_the_old_ones_place() {
    let house = House::open().await;
    let (old, recipient) = recurring(&house, "magazine", "CC", "1 Month").await;
    assert_eq!(seen(&house, &old).await.text("OldTokenId"), old);
    assert_eq!(code(&house, "Pay", "m1", &recipient, &old, "9.99").await, "ok");
    let same = edit(&house, "e1", &old, "acc_omni", "CC").await;
    assert_eq!((same.returned("status"), same.returned("tokenID")), ("SU".to_owned(), old.clone()));
    // An unchanged token leaves its reference without one.
    let unknown = house.call("GetTokenByCaller", &[("CallerReference", "e1")]).await;
    assert_eq!(unknown.text("Code"), "InvalidCallerReference");

    let changed = edit(&house, "e2", &old, "acc_omni", "ABT").await;
    let new = changed.returned("tokenID");
    assert_eq!((changed.returned("status"), new.len()), ("SA".to_owned(), 64));
    assert_ne!(new, old);
    let found = house.call("GetTokenByCaller", &[("CallerReference", "e2")]).await;
    assert_eq!((found.text("OldTokenId"), found.text("TokenType")), (old.clone(), "Recurring".to_owned()));
    assert_eq!((found.text("TokenId"), found.text("TokenStatus")), (new.clone(), "Active".to_owned()));
    assert_eq!(seen(&house, &old).await.text("TokenStatus"), "Inactive");
    // What the old one was charged counts on.
    assert_eq!(code(&house, "Pay", "m2", &recipient, &new, "9.99").await, "TokenUsageError");
    assert_eq!(code(&house, "Pay", "m3", &recipient, &old, "9.99").await, "TokenNotActive_Sender");
    house.later(days(31)).await;
    assert_eq!(code(&house, "Pay", "m4", &recipient, &new, "9.99").await, "ok");
    let again = edit(&house, "e3", &new, "acc_omni", "ACH").await;
    assert_eq!(again.returned("status"), "SB");
    assert_eq!(seen(&house, &again.returned("tokenID")).await.text("OldTokenId"), new);
    assert_eq!(edit(&house, "e4", &old, "acc_omni", "ACH").await.returned("status"), "IT");
}

#[tokio::test]
async fn an_edited_tab_keeps_its_rules_and_recipients() {
    let house = House::open().await;
    let rules = [("globalAmountLimit", "50"), ("transactionAmount", "20"), ("amountType", "Maximum")];
    let (back, sellers) = multi_use(&house, "tab", "CC", &rules).await;
    let old = back.returned("tokenID");
    assert_eq!(code(&house, "Pay", "a", &sellers[0], &old, "20.00").await, "ok");
    let page = house
        .start(&[("pipelineName", "EditToken"), ("callerReference", "e"), ("tokenID", &old), ("paymentMethod", "ABT")])
        .await;
    let session = page.session();
    house.choose(&session, "acc_omni").await;
    let review = house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "ABT")]).await;
    for words in ["At most $50.00 in all.", "Each charge is $20.00 or less.", "Tinker &amp; Wares", "Patience Pending"]
    {
        let escaped = words.replace("&amp;", "&#38;");
        assert!(review.body.contains(words) || review.body.contains(&escaped), "{words}: {}", review.body);
    }
    let new = house.confirm(&session).await.returned("tokenID");
    assert_eq!(code(&house, "Pay", "b", &sellers[1], &new, "20.01").await, "IncompatibleTokens");
    assert_eq!(code(&house, "Pay", "c", &sellers[1], &new, "20.00").await, "ok");
    assert_eq!(code(&house, "Pay", "d", &sellers[1], &new, "10.01").await, "TokenUsageError");
    assert_eq!(code(&house, "Pay", "e", &sellers[1], &new, "10.00").await, "ok");
}

#[tokio::test]
async fn an_edit_is_answered_once_and_may_be_left_and_begun_again() {
    let house = House::open().await;
    let (token, _) = recurring(&house, "magazine", "CC", "1 Month").await;
    let wanted = [
        ("pipelineName", "EditToken"),
        ("callerReference", "e"),
        ("tokenID", token.as_str()),
        ("paymentMethod", "CC,ACH,ABT"),
    ];
    let session = house.start(&wanted).await.session();
    let left = house.post("/cobranded-ui/actions/leave", &[("session", &session)]).await;
    assert_eq!(left.returned("status"), "A");
    assert_eq!(house.start(&wanted).await.status, StatusCode::OK);
    let changed = walk(&house, &wanted, "acc_omni", "ABT").await;
    assert_eq!(changed.returned("status"), "SA");
    assert_eq!(house.start(&wanted).await.location, changed.location);
    // The same reference cannot make another token, nor serve another pipeline.
    let mut other = wanted;
    other[3].1 = "CC";
    let new = changed.returned("tokenID");
    other[2].1 = &new;
    assert!(house.start(&other).await.body.contains("either invalid or absent: callerReference"));
}

#[tokio::test]
async fn a_token_that_ends_while_it_is_edited_stays_ended() {
    let house = House::open().await;
    let (token, _) = recurring(&house, "magazine", "CC", "1 Month").await;
    let wanted =
        [("pipelineName", "EditToken"), ("callerReference", "e"), ("tokenID", &token), ("paymentMethod", "ABT")];
    let session = house.start(&wanted).await.session();
    house.choose(&session, "acc_omni").await;
    house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "ABT")]).await;
    house.call("CancelToken", &[("TokenId", &token)]).await;
    assert_eq!(house.confirm(&session).await.status, StatusCode::GONE);
    assert_eq!(seen(&house, &token).await.text("TokenStatus"), "Inactive");
    assert_eq!(house.start(&wanted).await.returned("status"), "IT");
}

#[tokio::test]
async fn the_shop_ends_a_token_for_good_and_hears_of_it() {
    let house = listening().await;
    let (token, recipient) = recurring(&house, "magazine", "ABT", "1 Month").await;
    assert_eq!(house.call("CancelToken", &[("TokenId", "NOSUCHTOKEN")]).await.text("Code"), "InvalidTokenId");
    let answer = house.call("CancelToken", &[("TokenId", &token), ("ReasonText", "MyWish")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.body.contains("CancelTokenResult"), "{}", answer.body);
    assert_eq!(house.call("CancelToken", &[("TokenId", &token)]).await.status, StatusCode::OK);
    assert_eq!(code(&house, "Pay", "m1", &recipient, &token, "9.99").await, "TokenNotActive_Sender");
    let told = cancellations(&house).await;
    assert_eq!(told.len(), 1);
    let names: Vec<&str> = told[0].iter().map(|(name, _)| name.as_str()).collect();
    for line in include_str!("../data/fps/fps-ipn-fields.tsv").lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let is_of_tokens = columns[3] == "token cancellation"
            || columns[3] == "notificationType=TokenCancellation"
            || matches!(columns[0], "notificationType" | "callerReference");
        assert_eq!(names.contains(&columns[0]), is_of_tokens, "{}", columns[0]);
    }
    let value = |name: &str| told[0].iter().find(|(own, _)| own == name).unwrap().1.clone();
    assert_eq!((value("tokenId"), value("tokenType")), (token, "Recurring".to_owned()));
    assert_eq!(
        (value("customerEmail"), value("customerName")),
        ("olive@buyers.example".into(), "Olive Allways".into())
    );
}

#[tokio::test]
async fn the_payer_ends_a_token_on_the_accounts_page() {
    let house = listening().await;
    let rules = [
        ("globalAmountLimit", "50"),
        ("usageLimitType1", "Count"),
        ("usageLimitValue1", "10"),
        ("usageLimitPeriod1", "1 Day"),
    ];
    let (back, sellers) = multi_use(&house, "tab", "ABT", &rules).await;
    let token = back.returned("tokenID");
    assert_eq!(code(&house, "Pay", "a", &sellers[0], &token, "12.00").await, "ok");
    let page = house.get("/accounts/acc_omni").await;
    for words in [
        "At most $50.00 in all.",
        "At most 10 charges every day.",
        "$12.00 charged, $38.00 left",
        "1 charge, 9 left",
        "2 sellers of its market",
        "A tab",
        "$2,488.00",
        "MultiuseTokenInstall",
        "MultiPaymentSuccess",
        "End it for good",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let path = format!("/accounts/acc_omni/tokens/{token}");
    assert_eq!(house.post(&format!("/accounts/acc_bill/tokens/{token}"), &[]).await.status, StatusCode::NOT_FOUND);
    let foreign = Request::post(&path).header("host", crate::house::HOST).header("sec-fetch-site", "cross-site");
    assert_eq!(house.send(foreign.body(axum::body::Body::empty()).unwrap()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(code(&house, "Pay", "b", &sellers[0], &token, "1.00").await, "ok");
    for _ in 0..2 {
        assert_eq!(house.post(&path, &[]).await.location, "/accounts/acc_omni#allowed");
    }
    assert_eq!(code(&house, "Pay", "c", &sellers[0], &token, "1.00").await, "TokenNotActive_Sender");
    assert_eq!(cancellations(&house).await.len(), 1);
    let page = house.get("/accounts/acc_omni").await.body;
    assert!(page.contains("ended by you") && page.contains("MultiuseTokenCancel") && !page.contains("End it for good"));
    assert!(house.get("/accounts").await.body.contains("/accounts/acc_omni"));
    assert_eq!(house.get("/accounts/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_account_is_told_what_to_be_on_its_page_and_the_next_charge_finds_it_so() {
    let house = House::open().await;
    let account = async |house: &House, id: &str| {
        let all = house.get("/_sandbox/fps/accounts").await.json();
        all["accounts"].as_array().unwrap().iter().find(|own| own["account_id"] == id).unwrap().clone()
    };
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_bill", "ABT").await;
    let before = account(&house, "acc_wares").await;
    assert_eq!((&before["kind"], &before["bank_verified"]), (&"business".into(), &true.into()));
    let page = house.get("/accounts/acc_wares").await.body;
    for words in ["Verification as a seller", "Name on card statements", "Limit in dollars", "Can pay with"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let told = [
        ("kind", "business"),
        ("verification", "VerificationPending"),
        ("methods", "CC"),
        ("methods", "ABT"),
        ("card_declines", "yes"),
        ("limit", "500.25"),
        ("statement_name", "Tinker and Sons"),
    ];
    let done = house.post("/accounts/acc_wares/told", &told).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/accounts/acc_wares#told"));
    let after = account(&house, "acc_wares").await;
    let mut expected = before;
    for (name, value) in [
        ("verification", Value::from("VerificationPending")),
        ("methods", "CC,ABT".into()),
        ("card_declines", true.into()),
        ("email_verified", false.into()),
        ("bank_verified", false.into()),
        ("limit_minor", 50_025.into()),
        ("statement_name", "Tinker and Sons".into()),
    ] {
        expected[name] = value;
    }
    assert_eq!(after, expected, "and nothing else");
    let shown = house.get("/accounts/acc_wares").await.body;
    for field in ["value=\"500.25\"", "value=\"Tinker and Sons\"", "value=\"VerificationPending\" selected"] {
        assert!(shown.contains(field), "{field}: {shown}");
    }
    assert_eq!(code(&house, "Pay", "a", &recipient, &sender, "20.00").await, "UnverifiedEmailAddress_Recipient");

    for (name, bad) in [("limit", "-1"), ("limit", "much"), ("statement_name", "Tinker & Sons"), ("kind", "king")] {
        let wrong: Vec<_> = told.iter().map(|(own, value)| (*own, if *own == name { bad } else { *value })).collect();
        let page = house.post("/accounts/acc_wares/told", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={bad}");
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("value=\"VerificationPending\" selected"));
        let kept = bad.replace('&', "&#38;");
        assert!(name == "kind" || page.body.contains(&format!("value=\"{kept}\"")), "{name} is kept: {}", page.body);
    }
    assert_eq!(account(&house, "acc_wares").await, expected, "nothing of it");
    assert_eq!(house.post("/accounts/nobody/told", &told).await.status, StatusCode::NOT_FOUND);
    let foreign = Request::post("/accounts/acc_wares/told").header("host", crate::house::HOST);
    let foreign = foreign.header("sec-fetch-site", "cross-site").body(axum::body::Body::empty()).unwrap();
    assert_eq!(house.send(foreign).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_callers_account_is_suspended_and_opened_again_by_its_buttons() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_bill", "ABT").await;
    for (state, button, answer) in
        [("suspended", "Open the account again", "InvalidAccountState_Caller"), ("active", "Suspend the account", "ok")]
    {
        house.post("/accounts/acc_marketplace/state", &[("state", state)]).await;
        let page = house.get("/accounts/acc_marketplace").await.body;
        assert!(page.contains(button) && page.contains("register of marketplaces"), "{page}");
        assert_eq!(code(&house, "Pay", "a", &recipient, &sender, "20.00").await, answer);
    }
}

#[tokio::test]
async fn tokens_are_listed_by_reference_status_and_type() {
    let house = House::open().await;
    let (recurring, _) = recurring(&house, "magazine", "ABT", "1 Month").await;
    let (back, _) = multi_use(&house, "tab", "ABT", &[("globalAmountLimit", "50")]).await;
    let tab = back.returned("tokenID");
    house.call("CancelToken", &[("TokenId", &recurring)]).await;
    for (filter, has_tab, has_recurring) in [
        (vec![], true, true),
        (vec![("TokenStatus", "Active")], true, false),
        (vec![("TokenStatus", "Inactive")], false, true),
        (vec![("TokenType", "MultiUse")], true, false),
        (vec![("TokenType", "Unrestricted")], false, false),
        (vec![("CallerReference", "magazine")], false, true),
        (vec![("CallerReference", "magazine"), ("TokenStatus", "Active")], false, false),
    ] {
        let answer = house.call("GetTokens", &filter).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let has = |token: &str| answer.body.contains(&format!("<TokenId>{token}</TokenId>"));
        assert_eq!((has(&tab), has(&recurring)), (has_tab, has_recurring), "{filter:?}");
    }
    assert_eq!(house.call("GetTokens", &[("TokenType", "Gift")]).await.text("Code"), "InvalidParams");
}

#[tokio::test]
async fn a_phone_gets_narrow_pages_and_the_same_answer() {
    let house = House::open().await;
    let iphone = "Mozilla/5.0 (iPhone; U; CPU iPhone OS 2_1 like Mac OS X; en-us) AppleWebKit/525.18.1 (KHTML, like Gecko) Version/3.1.1.1 Mobile/5F136 Safari/525.20";
    let start = |reference: &'static str, browser: &'static str| {
        let pairs = [
            ("pipelineName", "SingleUse"),
            ("callerReference", reference),
            ("transactionAmount", "5"),
            ("paymentMethod", "CC"),
        ];
        let path = "/cobranded-ui/actions/start";
        let query = crate::house::signed("GET", path, &crate::house::common(&pairs));
        let request =
            Request::get(format!("{path}?{query}")).header("host", crate::house::HOST).header("user-agent", browser);
        house.send(request.body(axum::body::Body::empty()).unwrap())
    };
    let desk = start("desk", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0").await.body;
    assert!(desk.contains("class=\"crumbs\"") && !desk.contains("class=\"phone\""));
    let phone = start("phone", iphone).await;
    assert!(phone.body.contains("<body class=\"phone\">") && phone.body.contains("Step 1 of 4: Sign in"));
    assert!(!phone.body.contains("class=\"crumbs\"") && !phone.body.contains("class=\"brand\""));
    let session = phone.session();
    // The pipeline was chosen at its start; the steps keep to it.
    let next = house.choose(&session, "acc_omni").await.body;
    assert!(next.contains("<body class=\"phone\">") && next.contains("Step 2 of 4: Payment"));
    house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "CC")]).await;
    let back = house.confirm(&session).await;
    assert_eq!(back.returned("status"), "SC");
    assert!(back.location.starts_with(&format!("{RETURN}&")), "{}", back.location);
}
