//! The co-branded pages as a browser without script walks them.

use axum::http::StatusCode;

use crate::house::{self, House, KEY, RETURN};

#[tokio::test]
async fn a_seller_registers_and_a_buyer_approves() {
    let house = House::open().await;
    let seller = house.recipient("s1", "acc_wares").await;
    assert_eq!((seller.returned("status"), seller.returned("callerReference")), ("SR".to_owned(), "s1".to_owned()));
    assert_eq!((seller.returned("tokenID").len(), seller.returned("refundTokenID").len()), (64, 64));
    assert!(seller.location.starts_with(&format!("{RETURN}&")), "{}", seller.location);
    for (persona, method, status) in [("acc_clara", "CC", "SC"), ("acc_bonnie", "ACH", "SB"), ("acc_bill", "ABT", "SA")]
    {
        let back = house.approve(persona, &seller.returned("tokenID"), "19.99", persona, method).await;
        assert_eq!((back.status, back.returned("status")), (StatusCode::SEE_OTHER, status.to_owned()));
        assert_eq!(back.returned("expiry").is_empty(), method != "CC");
        assert_eq!(back.returned("signatureMethod"), "RSA-SHA1");
    }
}

#[tokio::test]
async fn people_who_cannot_go_on_are_sent_back_with_the_reason() {
    let house = House::open().await;
    let seller = house.recipient("s1", "acc_wares").await.returned("tokenID");
    for (persona, status) in [("acc_una", "NP"), ("acc_sue", "NP"), ("acc_wares", "NP")] {
        assert_eq!(
            house.approve(persona, &seller, "5.00", persona, "CC").await.returned("status"),
            status,
            "{persona}"
        );
    }
    assert_eq!(house.recipient("s2", "acc_penny").await.returned("status"), "NP");
    let start = house
        .start(&[
            ("pipelineName", "SingleUse"),
            ("callerReference", "pe"),
            ("transactionAmount", "5"),
            ("paymentMethod", "CC"),
        ])
        .await;
    assert_eq!(house.choose(&start.session(), "acc_bill").await.returned("status"), "PE");
}

#[tokio::test]
async fn leaving_is_status_a_and_coming_back_is_not_possible() {
    let house = House::open().await;
    let wanted = [("pipelineName", "SingleUse"), ("callerReference", "left"), ("transactionAmount", "5")];
    let session = house.start(&wanted).await.session();
    let left = house.post("/cobranded-ui/actions/leave", &[("session", &session)]).await;
    assert_eq!((left.returned("status"), left.returned("tokenID")), ("A".to_owned(), String::new()));
    assert_eq!(house.confirm(&session).await.location, left.location);
    assert_eq!(house.start(&wanted).await.returned("status"), "NP");
}

#[tokio::test]
async fn confirming_twice_gives_one_token() {
    let house = House::open().await;
    let wanted = [
        ("pipelineName", "SingleUse"),
        ("callerReference", "twice"),
        ("transactionAmount", "5"),
        ("paymentMethod", "CC"),
    ];
    let (one, two) = (house.start(&wanted).await.session(), house.start(&wanted).await.session());
    for session in [&one, &two] {
        house.choose(session, "acc_omni").await;
        house.post("/cobranded-ui/actions/payment", &[("session", session), ("method", "CC")]).await;
    }
    let first = house.confirm(&one).await;
    assert_eq!(first.returned("status"), "SC");
    assert_eq!(house.confirm(&one).await.location, first.location);
    assert_eq!(house.confirm(&two).await.location, first.location);
    assert_eq!(house.start(&wanted).await.location, first.location);
    let mut other = wanted;
    other[2].1 = "6";
    assert!(house.start(&other).await.body.contains("either invalid or absent: callerReference"));
}

#[tokio::test]
async fn a_wrong_request_shows_the_error_and_a_way_back() {
    let house = House::open().await;
    let page =
        house.start(&[("pipelineName", "SingleUse"), ("callerReference", "x"), ("transactionAmount", "ten")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.body
            .contains("CE - Caller Input Exception: The following input(s) are not well formed: transactionAmount")
    );
    assert!(page.body.contains("status=CE") && page.body.contains(">Continue<"));
    let pairs = house::common(&[("pipelineName", "SingleUse"), ("callerReference", "y"), ("transactionAmount", "5")]);
    let query = house::signed("GET", "/cobranded-ui/actions/start", &pairs);
    let forged = house
        .get(&format!("/cobranded-ui/actions/start?{}", query.replace("transactionAmount=5", "transactionAmount=1")))
        .await;
    assert!(forged.body.contains("either invalid or absent: signature"), "{}", forged.body);
    let script = house.start(&[("pipelineName", "<script>alert(1)</script>"), ("callerReference", "z")]).await;
    assert!(!script.body.contains("<script"));
}

#[tokio::test]
async fn unsigned_requests_pass_unless_the_sandbox_is_strict() {
    let pairs = [
        ("callerKey", KEY),
        ("returnURL", RETURN),
        ("pipelineName", "SingleUse"),
        ("CallerReference", "boto"),
        ("transactionAmount", "5"),
    ];
    let path = format!("/cobranded-ui/actions/start?{}", house::query(&pairs));
    assert_eq!(House::open().await.get(&path).await.status, StatusCode::OK);
    let strict = House::open_with(|settings| settings.strict = true).await;
    assert!(strict.get(&path).await.body.contains("signature, signatureVersion, signatureMethod"));
}

#[tokio::test]
async fn a_collected_address_comes_back_and_new_people_can_join() {
    let house = House::open().await;
    let start = house
        .start(&[
            ("pipelineName", "SingleUse"),
            ("callerReference", "addr"),
            ("transactionAmount", "5"),
            ("collectShippingAddress", "True"),
            ("paymentReason", "<b>Tea</b><script>x</script>"),
        ])
        .await;
    let session = start.session();
    let wrong = house
        .post(
            "/cobranded-ui/actions/sign-in",
            &[("session", &session), ("how", "password"), ("email", "bill@buyers.example"), ("password", "no")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = [
        ("session", session.as_str()),
        ("how", "new"),
        ("name", "Nova Comer"),
        ("email", "nova@buyers.example"),
        ("password", "pw"),
        ("kind", "personal"),
    ];
    assert_eq!(house.post("/cobranded-ui/actions/sign-in", &new).await.status, StatusCode::OK);
    let review = house.post("/cobranded-ui/actions/payment", &[("session", &session), ("method", "ABT")]).await;
    assert!(review.body.contains("<b>Tea</b>") && !review.body.contains("<script"));
    assert_eq!(house.confirm(&session).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [
        ("session", session.as_str()),
        ("addressName", "Nova"),
        ("addressLine1", "1 Main"),
        ("city", "Austin"),
        ("state", "TX"),
        ("zip", "73301"),
    ];
    let back = house.post("/cobranded-ui/actions/confirm", &typed).await;
    assert_eq!((back.returned("status"), back.returned("city")), ("SA".to_owned(), "Austin".to_owned()));
}

#[tokio::test]
async fn branding_follows_the_style_that_the_shop_asked_for() {
    let house = House::open().await;
    let image = "https://shop.example/logo.png";
    let wanted = |reference: &'static str, style: &'static str| {
        [
            ("pipelineName", "SingleUse"),
            ("callerReference", reference),
            ("transactionAmount", "5"),
            ("cobrandingStyle", style),
            ("cobrandingUrl", image),
        ]
    };
    let logo = house.start(&wanted("l", "logo")).await.body;
    assert!(logo.contains("aria-current=\"step\"") && logo.contains(image));
    let banner = house.start(&wanted("b", "banner")).await.body;
    assert!(banner.contains("brand-banner") && !banner.contains("aria-current"));
}

#[tokio::test]
async fn temporary_failures_and_unregistered_callers_can_be_scripted() {
    let house = House::open().await;
    for (error, status) in [("SE", "SE"), ("NM", "NM")] {
        let fault = serde_json::json!({"provider": "fps", "operation": "SingleUse", "fault": "error", "error": error});
        house.post_json("/_sandbox/faults", &fault).await;
        let wanted = [("pipelineName", "SingleUse"), ("callerReference", error), ("transactionAmount", "5")];
        assert_eq!(house.start(&wanted).await.returned("status"), status);
        assert_eq!(house.start(&wanted).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_return_address_with_a_line_break_is_not_well_formed() {
    let house = House::open().await;
    let pairs = [
        ("callerKey", KEY),
        ("returnURL", "http://localhost/a\nb"),
        ("pipelineName", "SingleUse"),
        ("callerReference", "x"),
        ("transactionAmount", "5"),
    ];
    let page = house.get(&format!("/cobranded-ui/actions/start?{}", house::query(&pairs))).await;
    assert!(page.body.contains("not well formed: returnURL"), "{}", page.body);
}
