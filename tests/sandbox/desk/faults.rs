//! Scripted faults by form: every fault of the README can be added, strikes, and can be taken back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{press, refused};
use crate::alexa::skill;
use crate::amazon_pay::shop::{Shop, call, session};
use crate::house::{HOST, House, signed_call};

const FAULTS: &str = "/_sandbox/desk/faults";

async fn add(house: &House, place: &str, fault: &str, argument: &str) {
    let fields = [("act", "add"), ("where", place), ("fault", fault), ("times", "1"), ("argument", argument)];
    press(house, FAULTS, &fields).await;
}

async fn pending(house: &House) -> Vec<Value> {
    house.get("/_sandbox/faults").await.json()["faults"].as_array().unwrap().clone()
}

/// The words of the faults, from the page's own choices.
fn choices(page: &str) -> Vec<String> {
    page.split("name=\"fault\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// What a client over a socket sees of a call: the status, or that it was cut off, and how long it took.
async fn over_the_wire(address: SocketAddr) -> (Option<u16>, Duration) {
    let url =
        format!("http://{address}/fps/?{}", signed_call("GetTokenByCaller", &[("CallerReference", "x")], "/fps/"));
    let begun = Instant::now();
    let sent = reqwest::Client::new().get(url).header("host", HOST).send().await;
    (sent.ok().map(|answer| answer.status().as_u16()), begun.elapsed())
}

async fn serve(house: &House) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = house.sandbox.router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

#[tokio::test]
async fn every_fault_of_the_readme_can_be_chosen_and_strikes_a_call_of_flexible_payments() {
    let house = House::open().await;
    let address = serve(&house).await;
    let all = choices(&house.get(FAULTS).await.body);
    assert_eq!(all.len(), 10, "{all:?}");
    for fault in all {
        let argument = match fault.as_str() {
            "delay" => "400",
            "status" => "502",
            "error" => "AccessFailure",
            _ => "",
        };
        add(&house, "fps GetTokenByCaller", &fault, argument).await;
        assert_eq!(pending(&house).await[0]["fault"], fault.as_str());
        let (status, took) = over_the_wire(address).await;
        match fault.as_str() {
            "drop_request" | "drop_response" => assert_eq!(status, None, "{fault}"),
            "delay" => assert!(status == Some(400) && took >= Duration::from_millis(400), "{status:?} {took:?}"),
            "status" => assert_eq!(status, Some(502)),
            "throttle" => assert_eq!(status, Some(503)),
            "error" => assert!(house.get("/_sandbox/log").await.body.contains("AccessFailure")),
            notice => {
                assert!(notice.contains("notification"), "{notice}");
                assert_eq!(pending(&house).await.len(), 1, "a call is no notification");
                press(&house, FAULTS, &[("act", "clear")]).await;
            }
        }
        assert!(pending(&house).await.is_empty(), "{fault} is used up");
    }
}

#[tokio::test]
async fn a_slow_answer_is_slow_after_the_work() {
    let house = House::open().await;
    let (recipient, sender) = house.tokens("o1", "20.00", "acc_bill", "ABT").await;
    add(&house, "fps Pay", "delay", "1500").await;
    let asked = crate::house::pay("p1", &recipient, &sender, "20.00");
    let (slow, seen) = tokio::join!(house.call("Pay", &asked), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        house.get("/_sandbox/ledger").await.json()["transactions"][0]["state"].clone()
    });
    assert_eq!((seen, slow.status), (json!("Success"), StatusCode::OK));
}

#[tokio::test]
async fn pages_can_be_cut_off_too() {
    let house = House::open().await;
    let address = serve(&house).await;
    let path = "/cobranded-ui/actions/start";
    let wanted = [("pipelineName", "SingleUse"), ("callerReference", "c"), ("transactionAmount", "5")];
    let url = format!("http://{address}{path}?{}", crate::house::signed("GET", path, &crate::house::common(&wanted)));
    let get = || async { reqwest::Client::new().get(&url).header("host", HOST).send().await };
    for fault in ["drop_request", "drop_response"] {
        add(&house, "fps SingleUse", fault, "").await;
        assert!(get().await.is_err(), "{fault}");
        assert_eq!(get().await.unwrap().status(), 200);
    }
    add(&house, "fps SingleUse", "status", "504").await;
    assert_eq!(get().await.unwrap().status(), 504);
}

#[tokio::test]
async fn faults_strike_amazon_pay_and_alexa() {
    let shop = Shop::open().await;
    let create = || call("POST", "checkoutSessions", &session("20.00", "Authorize"));
    for (fault, argument, status, code) in [
        ("throttle", "", 429, "TooManyRequests"),
        ("error", "TransactionAmountExceeded", 400, "TransactionAmountExceeded"),
    ] {
        add(&shop.house, "amazon_pay CreateCheckoutSession", fault, argument).await;
        let refusal = shop.send(&create().keyed(&format!("key-{fault}"))).await;
        assert_eq!(refusal.json()["reasonCode"], code);
        assert_eq!(refusal.status.as_u16(), status);
    }
    add(&shop.house, "amazon_pay *", "status", "502").await;
    assert_eq!(shop.send(&create().keyed("key-status")).await.status.as_u16(), 502);

    let stage = skill::Stage::open().await;
    add(stage.house(), "alexa Setup", "drop_request", "").await;
    stage.ask_turn("Setup", &skill::setup()).await;
    let told = stage.heard().iter().any(|heard| heard["request"]["type"] == "Connections.Response");
    assert!(!told, "the answer to the setup never reached the skill");
    assert!(pending(stage.house()).await.is_empty());
}

#[tokio::test]
async fn one_is_taken_back_and_then_all() {
    let house = House::open().await;
    for place in ["fps Pay", "fps Reserve", "amazon_pay CHARGE"] {
        add(&house, place, "lose_notification", "").await;
    }
    let page = house.get(FAULTS).await.body;
    assert!(page.contains("Amazon Pay, CHARGE: the notification is lost, once"), "{page}");
    let number = page.split("name=\"number\" value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    press(&house, FAULTS, &[("act", "remove"), ("number", &number)]).await;
    let left: Vec<Value> = pending(&house).await.iter().map(|own| own["operation"].clone()).collect();
    assert_eq!(left, ["Pay", "CHARGE"]);
    press(&house, FAULTS, &[("act", "remove"), ("number", &number)]).await;
    press(&house, FAULTS, &[("act", "clear")]).await;
    assert!(pending(&house).await.is_empty());
}

#[tokio::test]
async fn a_fault_for_a_day_is_over_after_a_day() {
    let house = House::open().await;
    let fields =
        [("act", "add"), ("where", "fps *"), ("fault", "throttle"), ("times", "1000"), ("for_seconds", "86400")];
    let page = press(&house, FAULTS, &fields).await.body;
    assert!(page.contains("for 24 hours of business time") && page.contains("until "), "{page}");
    let ask = || house.call("GetTokenByCaller", &[("CallerReference", "x")]);
    assert_eq!(ask().await.status.as_u16(), 503);
    house.later(Duration::from_secs(86_399)).await;
    assert_eq!(ask().await.status.as_u16(), 503);
    house.later(Duration::from_secs(1)).await;
    assert_eq!(ask().await.status.as_u16(), 400);
    assert!(pending(&house).await.is_empty());
}

#[tokio::test]
async fn nonsense_is_refused_and_the_form_kept() {
    let house = House::open().await;
    let good = [("act", "add"), ("where", "fps Refund"), ("fault", "delay"), ("times", "3"), ("argument", "250")];
    for (name, value) in [
        ("where", "fps Meteor"),
        ("where", "nobody Pay"),
        ("fault", "meteor"),
        ("times", "0"),
        ("times", "often"),
        ("argument", ""),
        ("argument", "9999999"),
        ("act", "explode"),
    ] {
        let fields = good.map(|field| if field.0 == name { (name, value) } else { field });
        let page = refused(&house, FAULTS, &fields).await.body;
        if name == "argument" {
            assert!(page.contains("value=\"fps Refund\" selected"), "{page}");
            assert!(page.contains("value=\"delay\" required checked") && page.contains("value=\"3\""), "{page}");
        }
    }
    refused(
        &house,
        FAULTS,
        &[("act", "add"), ("where", "fps Pay"), ("fault", "status"), ("times", "1"), ("argument", "99")],
    )
    .await;
    refused(&house, FAULTS, &[("act", "add"), ("where", "alexa Charge"), ("fault", "throttle"), ("times", "1")]).await;
    assert!(pending(&house).await.is_empty());
    press(&house, FAULTS, &good).await;
    assert_eq!(pending(&house).await.len(), 1, "the same form with sense");
}
