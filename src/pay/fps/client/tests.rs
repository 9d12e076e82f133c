//! What a call carries, and which answer counts.

use super::*;
use crate::base::money::Money;
use crate::pay::fps::answers::Moved;
use crate::pay::fps::sign::{signature, string_to_sign};

fn fps(ipn_url: Option<&str>) -> Fps {
    let settings = Settings {
        api_url: "http://127.0.0.1:3001/fps/".into(),
        cbui_url: String::new(),
        keys: vec![KeyPair { access: "AKIA".into(), secret: Secret::new("s3cret") }],
        ipn_url: ipn_url.map(str::to_owned),
        cobranding_url: None,
    };
    Fps::new(settings, http::Client::new(None).unwrap(), Clock::new())
}

fn signed(fps: &Fps, ask: &Ask) -> Parameters {
    let query = fps.signed(ask, fps.key().unwrap()).unwrap();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn settle() -> Ask {
    Ask::Settle { hold: "T1".into(), amount: Money::usd(100) }
}

#[test]
fn a_call_names_our_key_the_time_and_the_version_and_is_signed_over_all_of_it() {
    let mut sent = signed(&fps(Some("https://shop.invalid/ipn/fps")), &settle());
    let (_, sent_signature) = sent.pop().unwrap();
    let endpoint = Endpoint { host: "127.0.0.1:3001".into(), path: "/fps/".into() };
    let text = string_to_sign(Verb::Post, &endpoint, &sent);
    assert_eq!(sent_signature, signature(Hash::HmacSha256, &Secret::new("s3cret"), &text));
    let names: Vec<_> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "AWSAccessKeyId",
            "Action",
            "OverrideIPNURL",
            "ReserveTransactionId",
            "SignatureMethod",
            "SignatureVersion",
            "Timestamp",
            "TransactionAmount.CurrencyCode",
            "TransactionAmount.Value",
            "Version",
        ]
    );
}

#[test]
fn only_what_moves_money_names_our_address_for_notifications() {
    let has_address = |fps: &Fps, ask: &Ask| signed(fps, ask).iter().any(|(name, _)| name == "OverrideIPNURL");
    let question = Ask::TransactionStatus { transaction: "T1".into() };
    assert!(has_address(&fps(Some("https://shop.invalid/ipn/fps")), &settle()));
    assert!(!has_address(&fps(Some("https://shop.invalid/ipn/fps")), &question));
    assert!(!has_address(&fps(None), &settle()));
}

fn reply(status: u16, body: &str) -> http::Reply {
    http::Reply { status, body: body.to_owned(), request_id: None, location: None }
}

const PAID: &str = "<PayResponse><PayResult><TransactionId>T1</TransactionId>\
    <TransactionStatus>Success</TransactionStatus></PayResult></PayResponse>";
const REFUSED: &str = "<Response><Errors><Error><Code>TokenUsageError</Code></Error></Errors></Response>";

#[test]
fn an_answer_counts_with_200_only_and_an_error_with_any_status() {
    assert_eq!(read::<Moved>("Pay", &reply(200, PAID)).unwrap().result.transaction, "T1");
    for status in [302, 500, 503] {
        assert!(matches!(read::<Moved>("Pay", &reply(status, PAID)), Err(Miss::Silent(_))), "{status}");
    }
    for status in [200, 400, 403, 500] {
        assert!(matches!(read::<Moved>("Pay", &reply(status, REFUSED)), Err(Miss::Complaint(_))), "{status}");
    }
    assert!(matches!(read::<Moved>("Pay", &reply(200, "<html>")), Err(Miss::Silent(_))));
}

/// A service that knows the key `NEW` only.
async fn service() -> String {
    let answer = |request: axum::extract::RawQuery| async move {
        let known = request.0.unwrap_or_default().contains("AWSAccessKeyId=NEW");
        let code = if known { "InvalidTransactionId" } else { "InvalidClientTokenId" };
        let body = format!("<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>");
        (axum::http::StatusCode::FORBIDDEN, body)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/", axum::routing::get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn pair(access: &str) -> KeyPair {
    KeyPair { access: access.into(), secret: Secret::new("s3cret") }
}

#[tokio::test]
async fn the_other_key_pair_is_tried_and_remembered() {
    let api_url = service().await;
    let question = Ask::TransactionStatus { transaction: "T1".into() };
    let asked = async |keys: Vec<KeyPair>| {
        let settings = Settings { api_url: api_url.clone(), keys, ..fps(None).settings };
        let fps = Fps::new(settings, http::Client::new(None).unwrap(), Clock::new());
        let Err(Miss::Complaint(complaint)) = fps.ask::<Moved>(&question).await else { panic!("no complaint") };
        (complaint.code, fps.key().unwrap().access.clone())
    };
    assert_eq!(asked(vec![pair("NEW")]).await, ("InvalidTransactionId".into(), "NEW".into()));
    assert_eq!(asked(vec![pair("OLD"), pair("NEW")]).await, ("InvalidTransactionId".into(), "NEW".into()));
    assert_eq!(asked(vec![pair("OLD")]).await, ("InvalidClientTokenId".into(), "OLD".into()));
    let fps =
        Fps::new(Settings { keys: Vec::new(), ..fps(None).settings }, http::Client::new(None).unwrap(), Clock::new());
    assert_eq!(fps.ask::<Moved>(&question).await.unwrap_err(), Miss::NotSent(WireError::NoKeys));
}
