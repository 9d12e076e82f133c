//! How long the skill thinks about a request: signature, understanding, database and answer.
//!
//! ```text
//! cargo bench --bench voice
//! ```
//!
//! One buyer after the other, over one connection that stays open, with the worker running beside. What is timed is
//! a round trip on loopback of a request that was signed beforehand.
//!
//! Twice: first what the skill itself takes, which has the aim: on one processor, with the database in memory, so that
//! neither a sleeping processor is waited for nor a disk. Then as it runs here, with all processors and the disk.

use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use pushcart::base::ids;
use pushcart::sandbox::alexa::DEMO_APPLICATION_ID;
use pushcart::sandbox::alexa::signer::Signer;
use pushcart::sandbox::root::Root;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

#[path = "../tests/support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../tests/support/speaker.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod speaker;
#[path = "../tests/support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

use market::{Database, Market};
use speaker::{agreement, charged, done};

/// What [`Market::open`] would use.
async fn database() -> Option<Database> {
    Some(Database::Sqlite)
}

/// How many buyers buy, and how often the first ones do so before anything is counted.
const PURCHASES: usize = 500;
const WARM_UP: usize = 20;

/// How often one buyer buys; the first purchase asks for the agreement, the others have it.
const EACH: usize = 5;

/// What a request may take, 99 times of 100.
const TARGET: Duration = Duration::from_millis(5);

/// The steps of a purchase, in the order in which they are printed.
const STEPS: [&str; 7] = [
    "launch",
    "find",
    "add to cart",
    "check out, no agreement",
    "check out, agreement kept",
    "yes: the order is made",
    "Connections.Response",
];

/// Set for the run that measures the skill alone.
const ALONE: &str = "PUSHCART_BENCH_ALONE";

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

fn main() {
    let is_alone = std::env::var_os(ALONE).is_some();
    if !is_alone {
        measure_alone();
        println!("\nAs it runs here, all processors, on the disk:");
    }
    measure(is_alone);
}

/// Measures in a program of its own, held to one processor by `taskset`. Without that there is only the other run.
fn measure_alone() {
    let program = std::env::current_exe().unwrap();
    println!("The skill alone, one processor, in memory:");
    let run = Command::new("taskset").args(["-c", "0"]).arg(program).env(ALONE, "1").env("TMPDIR", MEMORY).status();
    match run {
        Ok(status) => assert!(status.success(), "{status}"),
        Err(error) => println!("not measured: taskset: {error}"),
    }
}

fn measure(has_aim: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(has_aim));
}

async fn run(has_aim: bool) {
    let market = Market::on(Database::Sqlite, "").await;
    stock_up(&market).await;
    let stop = CancellationToken::new();
    tokio::spawn({
        let (app, stop) = (market.app.clone(), stop.clone());
        async move { app.work(stop).await }
    });
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); STEPS.len()];
    let mut buyer = Buyer::before(&market).await;
    for number in 0..WARM_UP + PURCHASES {
        if number % EACH == 0 {
            buyer.becomes_another();
        }
        let purchase = buyer.buys().await;
        if number >= WARM_UP {
            for (step, took) in purchase {
                times[STEPS.iter().position(|it| *it == step).unwrap()].push(took);
            }
        }
    }
    stop.cancel();
    let orders = market.ctx().store.all_orders("~", 200).await.unwrap();
    assert!(orders.iter().all(|order| order.channel == "alexa" && order.state.word() == "reserved"));
    print(&mut times, has_aim);
}

fn print(times: &mut [Vec<Duration>], has_aim: bool) {
    println!("{:<28} {:>8} {:>10} {:>10}   {PURCHASES} purchases", "request", "count", "p50 ms", "p99 ms");
    let mut all: Vec<Duration> = times.concat();
    let rows = STEPS.into_iter().zip(times.iter_mut().map(Vec::as_mut_slice)).chain([("all", all.as_mut_slice())]);
    let mut is_met = true;
    for (name, took) in rows {
        took.sort_unstable();
        let at = |part: usize| took[(took.len() * part / 100).min(took.len() - 1)];
        let shown = |time: Duration| time.as_secs_f64() * 1000.0;
        println!("{name:<28} {:>8} {:>10.2} {:>10.2}", took.len(), shown(at(50)), shown(at(99)));
        is_met &= at(99) < TARGET;
    }
    if has_aim {
        println!("p99 below {TARGET:?}: {}", if is_met { "yes, for each" } else { "no" });
    }
}

async fn stock_up(market: &Market) {
    let store = &market.ctx().store;
    let honey = store.product_by_slug("wildflower-honey").await.unwrap().unwrap();
    let mut tx = store.write().await.unwrap();
    tx.set_stock(&honey.product.id, 100_000).await.unwrap();
    tx.commit().await.unwrap();
}

/// Somebody near an Echo, with Amazon's key.
struct Buyer {
    signer: Signer,
    stream: TcpStream,
    buffer: Vec<u8>,
    user: String,
    session: String,
    has_agreement: bool,
    answer: Value,
}

impl Buyer {
    async fn before(market: &Market) -> Buyer {
        let root = Root::open(&market.keys()).unwrap();
        let signer = Signer::open(&market.keys(), &root).unwrap();
        let port = url::Url::parse(&market.shop_url).unwrap().port().unwrap();
        let stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Buyer {
            signer,
            stream,
            buffer: Vec::with_capacity(64 * 1024),
            user: String::new(),
            session: String::new(),
            has_agreement: false,
            answer: Value::Null,
        }
    }

    fn becomes_another(&mut self) {
        (self.user, self.has_agreement) = (format!("amzn1.ask.account.{}", ids::secret()), false);
    }

    /// One purchase, and how long each step of it took.
    async fn buys(&mut self) -> Vec<(&'static str, Duration)> {
        let mut took = vec![("launch", self.opens("LaunchRequest", json!({})).await)];
        took.push(("find", self.wants("FindProductIntent").await));
        took.push(("add to cart", self.wants("AddToCartIntent").await));
        let checked_out = self.says("CheckoutIntent").await;
        if self.has_agreement {
            took.push(("check out, agreement kept", checked_out));
        } else {
            took.push(("check out, no agreement", checked_out));
            let (name, _, token) = self.directive();
            assert_eq!(name, "Setup");
            let setup =
                json!({ "name": "Setup", "status": done(), "payload": agreement("OPEN", true), "token": token });
            took.push(("Connections.Response", self.opens("Connections.Response", setup).await));
            self.has_agreement = true;
        }
        assert_eq!(self.answer["shouldEndSession"], false, "read back: {}", self.answer);
        took.push(("yes: the order is made", self.says("AMAZON.YesIntent").await));
        let (name, asked, token) = self.directive();
        assert_eq!(name, "Charge");
        let payload = charged(&asked, "Open", None);
        let charge = json!({ "name": "Charge", "status": done(), "payload": payload, "token": token });
        took.push(("Connections.Response", self.opens("Connections.Response", charge).await));
        let thanks = self.answer["outputSpeech"]["ssml"].as_str().unwrap_or_default();
        assert!(thanks.starts_with("<speak>Thank you."), "{}", self.answer);
        took
    }

    fn directive(&self) -> (String, Value, String) {
        let directive = &self.answer["directives"][0];
        let text = |name: &str| directive[name].as_str().unwrap_or_else(|| panic!("{}", self.answer)).to_owned();
        (text("name"), directive["payload"].clone(), text("token"))
    }

    async fn wants(&mut self, intent: &str) -> Duration {
        let resolved = json!({ "resolutionsPerAuthority": [{ "authority": "a", "status": { "code": "ER_SUCCESS_MATCH" },
            "values": [{ "value": { "name": "Wildflower honey", "id": "wildflower-honey" } }] }] });
        let slot =
            json!({ "name": "product", "value": "honey", "confirmationStatus": "NONE", "resolutions": resolved });
        let intent = json!({ "name": intent, "confirmationStatus": "NONE", "slots": { "product": slot } });
        self.sends(false, "IntentRequest", json!({ "intent": intent })).await
    }

    async fn says(&mut self, intent: &str) -> Duration {
        let intent = json!({ "name": intent, "confirmationStatus": "NONE" });
        self.sends(false, "IntentRequest", json!({ "intent": intent })).await
    }

    async fn opens(&mut self, kind: &str, members: Value) -> Duration {
        self.session = ids::secret();
        self.sends(true, kind, members).await
    }

    async fn sends(&mut self, is_new: bool, kind: &str, members: Value) -> Duration {
        let mut request = members;
        request["type"] = kind.into();
        request["requestId"] = ids::secret().into();
        request["timestamp"] = jiff::Timestamp::now().to_string().into();
        request["locale"] = "en-US".into();
        let granted = json!({ "scopes": { "payments:autopay_consent": { "status": "GRANTED" } } });
        let user = json!({ "userId": self.user, "permissions": granted });
        let application = json!({ "applicationId": DEMO_APPLICATION_ID });
        let body = json!({
            "version": "1.0",
            "session": { "new": is_new, "sessionId": self.session, "application": application, "attributes": {}, "user": user },
            "context": { "System": { "application": application, "user": user, "apiEndpoint": "https://api.amazonalexa.com" } },
            "request": request,
        })
        .to_string();
        let signed = self.signer.sign(body.as_bytes()).unwrap();
        let message = format!(
            "POST /alexa HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nsignaturecertchainurl: {}\r\n\
             signature-256: {}\r\ncontent-length: {}\r\n\r\n{body}",
            signed.chain_url,
            signed.sha256,
            body.len()
        );
        let begun = Instant::now();
        self.stream.write_all(message.as_bytes()).await.unwrap();
        let answer = self.hears().await;
        let took = begun.elapsed();
        self.answer = serde_json::from_str::<Value>(&answer).unwrap()["response"].take();
        took
    }

    async fn hears(&mut self) -> String {
        self.buffer.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the server hung up");
            let Some(head) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&self.buffer[..head]).to_lowercase();
            assert!(text.starts_with("http/1.1 200"), "{text}");
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let end = head + 4 + length.expect("a length").parse::<usize>().unwrap();
            if self.buffer.len() >= end {
                return String::from_utf8_lossy(&self.buffer[head + 4..end]).into_owned();
            }
        }
    }
}
