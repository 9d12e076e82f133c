//! One purchase by people who do not give up: what fails because the shop died is done again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pushcart::app::App;
use pushcart::base::clock::Clock;
use pushcart::base::ids::OrderId;
use pushcart::config::{Config, Written};
use pushcart::flows::books;
use pushcart::orders::state::State;
use pushcart::sandbox::Sandbox;
use pushcart::seed;
use pushcart::store::Store;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::market::{ADDRESS, open_sandbox, plant};
use crate::postgres;
use crate::shop_process::ShopProcess;
use crate::visitor::{Form, Visitor};

/// Which way the buyer pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// FPS: a single-use token, Reserve and Settle.
    Fps,
    /// Amazon Pay: a checkout session, a charge and its capture.
    AmazonPay,
}

impl Via {
    fn name(self) -> &'static str {
        match self {
            Via::Fps => "fps",
            Via::AmazonPay => "amazon_pay",
        }
    }

    /// The state of a settle in the sandbox's ledger once the money is taken.
    fn taken(self) -> &'static str {
        match self {
            Via::Fps => "Success",
            Via::AmazonPay => "Captured",
        }
    }
}

/// A seeded shop and sandbox that every case starts from.
pub struct Template {
    folder: tempfile::TempDir,
    postgres: Option<(postgres::Server, String)>,
}

/// What a walk passed.
pub struct Walked {
    /// The names of the points, in order.
    pub points: Vec<String>,
}

impl Template {
    /// On SQLite: the files are copied for every case.
    pub async fn sqlite() -> Template {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/shop.db", folder.path().display());
        fill(folder.path(), &database).await;
        Template { folder, postgres: None }
    }

    /// On PostgreSQL: the database is copied for every case.
    pub async fn postgres(server: postgres::Server) -> Template {
        let folder = tempfile::tempdir().unwrap();
        let database = server.fresh_database().await;
        fill(folder.path(), &database).await;
        Template { folder, postgres: Some((server, database)) }
    }
}

async fn fill(folder: &Path, database_url: &str) {
    let config = config(folder, database_url, 1, 2);
    let clock = Clock::new();
    let sandbox = open_sandbox(&config, &clock, folder).await;
    let app = App::open(&config, clock).await.unwrap();
    plant(&app, &sandbox).await;
    // the files are copied for each case, so nobody may be writing them
    app.context().store.close().await;
    sandbox.close().await;
}

fn config(folder: &Path, database_url: &str, shop_port: u16, sandbox_port: u16) -> Config {
    let written = Written {
        data_dir: Some(folder.display().to_string()),
        database_url: Some(database_url.to_owned()),
        base_url: Some(format!("http://localhost:{shop_port}")),
        sandbox_url: Some(format!("http://127.0.0.1:{sandbox_port}")),
        ..Written::default()
    };
    Config::checked(written).unwrap()
}

/// One case: its own copy of everything.
pub struct Place {
    folder: tempfile::TempDir,
    database_url: String,
    shop_port: u16,
    shops: Vec<Vec<(&'static str, String)>>,
    sandbox: Sandbox,
    clock: Clock,
    stop: CancellationToken,
}

impl Place {
    /// Copies the template and opens the sandbox; `processes` shops will share one database.
    pub async fn open(template: &Template, processes: usize) -> Place {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(template.folder.path(), folder.path());
        let database_url = match &template.postgres {
            Some((server, database)) => server.copy_database(database).await,
            None => format!("sqlite://{}/shop.db", folder.path().display()),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox_port = listener.local_addr().unwrap().port();
        let ports: Vec<u16> = (0..processes).map(|_| free_port()).collect();
        let clock = Clock::new();
        let config = config(folder.path(), &database_url, ports[0], sandbox_port);
        let sandbox = open_sandbox(&config, &clock, folder.path()).await;
        let service = sandbox.router().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let stop = CancellationToken::new();
        let (working, stopping) = (sandbox.clone(), stop.clone());
        tokio::spawn(async move { working.work(stopping).await });
        let shops = ports
            .iter()
            .map(|port| {
                let data = folder.path().join(format!("data-{port}"));
                let keys = folder.path().join("keys");
                std::fs::create_dir_all(data.join("keys")).unwrap();
                std::fs::copy(keys.join("sandbox-root.pem"), data.join("keys/sandbox-root.pem")).unwrap();
                vec![
                    ("PUSHCART_AMAZON_PAY_PRIVATE_KEY_FILE", keys.join("amazon-pay.pem").display().to_string()),
                    ("PUSHCART_DATA_DIR", data.display().to_string()),
                    ("PUSHCART_DATABASE_URL", database_url.clone()),
                    ("PUSHCART_LISTEN", format!("127.0.0.1:{port}")),
                    ("PUSHCART_BASE_URL", format!("http://localhost:{}", ports[0])),
                    ("PUSHCART_SANDBOX_URL", format!("http://127.0.0.1:{sandbox_port}")),
                    ("PUSHCART_CLOCK_URL", format!("http://127.0.0.1:{sandbox_port}/_sandbox/clock")),
                ]
            })
            .collect();
        Place { shop_port: ports[0], folder, database_url, shops, sandbox, clock, stop }
    }

    /// Walks the whole purchase; the first shop dies at point `crash_at`.
    pub async fn walk(self, via: Via, crash_at: Option<usize>) -> Walked {
        let points = self.folder.path().join("points");
        let first = ShopProcess::start(self.shops[0].clone(), crash_at, Some(&points)).await;
        let mut others = Vec::new();
        for settings in &self.shops[1..] {
            others.push(ShopProcess::start(settings.clone(), None, None).await);
        }
        let mut walk = Walk { shop: first, base: format!("http://localhost:{}", self.shop_port), via, died: false };
        let store = Store::open(&self.database_url).await.unwrap();
        let order = walk.buy(&self, &store).await;
        walk.ship(&self, &store, &order).await;
        self.check(via, &store, &order).await;
        drop(walk);
        self.stop.cancel();
        store.close().await;
        let text = std::fs::read_to_string(&points).unwrap_or_default();
        Walked { points: text.lines().map(str::to_owned).collect() }
    }

    async fn check(&self, via: Via, store: &Store, order: &OrderId) {
        let order = store.order(order).await.unwrap().unwrap();
        let books = books::read(store).await.unwrap();
        assert!(books.problems.is_empty(), "{:?}", books.problems);
        assert_eq!(books.orders.len(), 1, "one order");
        let ledger = self.ledger().await;
        let taken: Vec<&Value> = ledger.iter().filter(|t| t["kind"] == "settle" && t["state"] == via.taken()).collect();
        assert_eq!(taken.len(), 1, "one charge: {ledger:?}");
        assert_eq!(taken[0]["amount_minor"], order.total.minor);
        assert_eq!(ledger.iter().filter(|t| t["kind"] == "reserve").count(), 1, "one hold: {ledger:?}");
        let balances = store.balances().await.unwrap();
        let account = format!("provider:{}", via.name());
        let provider = balances.iter().find(|balance| balance.account == account).unwrap();
        assert_eq!(provider.balance_minor, order.total.minor);
    }

    async fn ledger(&self) -> Vec<Value> {
        let url =
            format!("{}/_sandbox/ledger", self.shops[0].iter().find(|(n, _)| *n == "PUSHCART_SANDBOX_URL").unwrap().1);
        let text =
            reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["transactions"].as_array().unwrap().clone()
    }

    /// Lets a little business time pass, so that the provider's networks answer.
    fn pass_time(&self) {
        self.clock.advance(Duration::from_secs(2));
        let _ = &self.sandbox;
    }
}

struct Walk {
    shop: ShopProcess,
    base: String,
    via: Via,
    died: bool,
}

impl Walk {
    async fn revive(&mut self) {
        for _ in 0..40 {
            if !self.shop.is_alive() {
                self.died = true;
                self.shop.revive().await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Opens an address until it answers with a page that is no server error.
    async fn open(&mut self, visitor: &mut Visitor, address: &str) {
        for _ in 0..30 {
            match visitor.try_go("GET", address, None).await {
                Ok(page) if page.status < 500 => return,
                _ => self.revive().await,
            }
        }
        panic!("{address} does not come up: {} {}", visitor.page.status, visitor.page.text());
    }

    /// Sends a form until somebody answers.
    async fn send(&mut self, visitor: &mut Visitor, form: &Form) {
        for _ in 0..30 {
            match visitor.try_send(form).await {
                Ok(page) if page.status < 500 => return,
                _ => self.revive().await,
            }
        }
        panic!("{} does not answer: {}", form.action, visitor.page.text());
    }

    async fn buy(&mut self, place: &Place, store: &Store) -> OrderId {
        let mut buyer = Visitor::new();
        loop {
            self.open(&mut buyer, &format!("{}/p/pretzel", self.base)).await;
            let form = buyer.page.form("/cart/items").fill(&[("quantity", "1")]);
            self.send(&mut buyer, &form).await;
            self.open(&mut buyer, &format!("{}/checkout", self.base)).await;
            // A crash may have taken the basket's cookie with it.
            if buyer.page.forms().iter().any(|form| form.is_post && form.action.ends_with("/checkout")) {
                break;
            }
        }
        let form = buyer.page.form("/checkout").fill(&ADDRESS).fill(&[("provider", self.via.name())]);
        self.send(&mut buyer, &form).await;
        self.go_on(&mut buyer).await;
        let confirm = match self.via {
            Via::Fps => {
                buyer.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
                buyer.submit("/payment", &[("method", "CC")]).await;
                buyer.page.form("/confirm")
            }
            Via::AmazonPay => {
                buyer.submit("/checkout/sign-in", &[("persona", "amzn1.account.ANAALLGOOD")]).await;
                let choice = buyer.page.form("/checkout/choose").fill(&[("instrument", "1111")]);
                let answer = buyer.once("POST", &choice.action, Some(choice.body())).await;
                match answer.forms().into_iter().find(|form| form.action.ends_with("/checkout/pay")) {
                    Some(pay) => pay,
                    None => {
                        buyer.try_go("GET", &answer.headers["location"], None).await.unwrap();
                        buyer.page.form("/checkout/pay")
                    }
                }
            }
        };
        let answer = buyer.once("POST", &confirm.action, Some(confirm.body())).await;
        self.open(&mut buyer, &answer.headers["location"]).await;
        let order = store.all_orders("~", 10).await.unwrap();
        assert_eq!(order.len(), 1, "one order");
        let id = order[0].id.clone();
        self.wait_for(place, store, &id, State::Reserved).await;
        id
    }

    /// A shop that died while it asked the provider says so on the order page, which offers to go on.
    async fn go_on(&mut self, buyer: &mut Visitor) {
        if buyer.page.url.starts_with(&self.base) {
            let pay = buyer.page.form("/pay");
            self.send(buyer, &pay).await;
        }
        assert!(!buyer.page.url.starts_with(&self.base), "{}: {}", buyer.page.url, buyer.page.text());
    }

    async fn ship(&mut self, place: &Place, store: &Store, order: &OrderId) {
        let seller = store.order(order).await.unwrap().unwrap().seller;
        let account = store.seller(&seller).await.unwrap().unwrap().account;
        let email = store.account(&account).await.unwrap().unwrap().email;
        let page = format!("{}/sell/orders/{order}", self.base);
        let mut owner = Visitor::new();
        for _ in 0..5 {
            self.open(&mut owner, &format!("{}/signin", self.base)).await;
            let form = owner.page.form("/signin").fill(&[("email", &email), ("password", seed::PASSWORD)]);
            self.send(&mut owner, &form).await;
            self.open(&mut owner, &page).await;
            if owner.page.forms().iter().any(|form| form.action.contains("/ship")) {
                break;
            }
        }
        let form = owner.page.form("/ship").fill(&[("carrier", "Post")]);
        self.send(&mut owner, &form).await;
        self.wait_for(place, store, order, State::Shipped).await;
    }

    async fn wait_for(&mut self, place: &Place, store: &Store, order: &OrderId, state: State) {
        let begun = Instant::now();
        loop {
            if !self.shop.is_alive() {
                self.revive().await;
            }
            let now = store.order(order).await.unwrap().unwrap();
            let open = books::read(store).await.unwrap().queues;
            if now.state == state && open.outbox_pending == 0 && open.inbox_pending == 0 {
                return;
            }
            let operations = store.operations_of(order.as_str()).await.unwrap();
            assert!(
                begun.elapsed() < Duration::from_secs(90),
                "{} instead of {state}: {operations:?} {open:?}",
                now.state
            );
            place.pass_time();
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
