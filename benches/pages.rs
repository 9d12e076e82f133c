//! Pages beside a constant axum page in the same run, and a checkout up to the reserve.
//!
//! ```text
//! cargo bench --bench pages
//! ```
//!
//! Server and load share the machine, so only the ratios mean something.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use pushcart::orders::state::State;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

#[path = "../tests/support/market.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod market;
#[path = "../tests/support/visitor.rs"]
#[allow(dead_code, reason = "shared by several test binaries")]
mod visitor;

use market::{Database, Market};

/// What [`Market::open`] would use.
async fn database() -> Option<Database> {
    Some(Database::Sqlite)
}

/// Connections that ask side by side.
const CONNECTIONS: usize = 32;
/// How long each page is asked for, and how often all of them in turn.
const CELL: Duration = Duration::from_secs(3);
const REPETITIONS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let market = Market::on(Database::Sqlite, "").await;
    let stop = CancellationToken::new();
    tokio::spawn({
        let (app, stop) = (market.app.clone(), stop.clone());
        async move { app.work(stop).await }
    });
    tokio::spawn({
        let (sandbox, stop) = (market.sandbox.clone(), stop.clone());
        async move { sandbox.work(stop).await }
    });
    let shop: SocketAddr = address(&market.shop_url);
    let body = fetch(shop, "/").await;
    let constant = constant_page(body).await;
    let pages = [
        ("constant page", constant, "/"),
        ("home", shop, "/"),
        ("search", shop, "/search?q=honey"),
        ("category", shop, "/search?category=pantry"),
        ("product", shop, "/p/wildflower-honey"),
        ("seller", shop, "/s/quill-and-comb"),
    ];
    let mut rates = vec![Vec::new(); pages.len()];
    for _ in 0..REPETITIONS {
        for (rate, (_, server, path)) in rates.iter_mut().zip(pages) {
            rate.push(load(server, path).await);
        }
    }
    println!(
        "{:<16} {:>12} {:>8}   {} connections, median of {REPETITIONS} x {CELL:?}",
        "page", "req/s", "ratio", CONNECTIONS
    );
    let base = median(&mut rates[0]);
    for (rate, (name, ..)) in rates.iter_mut().zip(pages) {
        let rate = median(rate);
        println!("{name:<16} {rate:>12.0} {:>8.2}", rate / base);
    }
    checkout(&market).await;
    stop.cancel();
}

/// One buyer after the other, from the basket to money on hold.
async fn checkout(market: &Market) {
    let mut times = Vec::new();
    for _ in 0..10 {
        let mut buyer = market.visitor_with("pretzel", "1").await;
        let begun = Instant::now();
        market.check_out(&mut buyer).await;
        market.approve(&mut buyer, "acc_clara", "CC").await;
        while market.last_order().await.state != State::Reserved {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    println!(
        "checkout to reserved {:>8.0} ms, median of {} buyers one after the other: form, redirect, the payment service's pages, return, Reserve",
        median(&mut times),
        times.len()
    );
}

fn address(url: &str) -> SocketAddr {
    let url = url::Url::parse(url).unwrap();
    SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()))
}

async fn constant_page(body: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let body: &'static str = Box::leak(body.into_boxed_str());
    let page = axum::routing::get(move || async move { axum::response::Html(body) });
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/", page)).await });
    address
}

/// Requests per second over [`CONNECTIONS`] connections that stay open.
async fn load(server: SocketAddr, path: &'static str) -> f64 {
    let until = Instant::now() + CELL;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn(async move {
            let mut connection = Connection::open(server).await;
            let mut count = 0_u32;
            while Instant::now() < until {
                connection.get(path).await;
                count += 1;
            }
            count
        });
    }
    let counts = tasks.join_all().await;
    f64::from(counts.iter().sum::<u32>()) / CELL.as_secs_f64()
}

async fn fetch(server: SocketAddr, path: &str) -> String {
    Connection::open(server).await.get(path).await
}

/// A connection with as little client around it as possible.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(server: SocketAddr) -> Connection {
        let stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Connection { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    async fn get(&mut self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.buffer.clear();
        let mut end = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await.unwrap() == 0 {
                panic!("{path}: the server hung up");
            }
            if end.is_none() {
                end = head_and_length(&self.buffer, path);
            }
            if let Some((head, length)) = end
                && self.buffer.len() >= head + length
            {
                return String::from_utf8_lossy(&self.buffer[head..head + length]).into_owned();
            }
        }
    }
}

fn head_and_length(bytes: &[u8], path: &str) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{path}: {text}");
    let length = text.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    Some((head, length.expect("a length").parse().unwrap()))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
