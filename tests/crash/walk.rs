//! Purchases with both providers by people who do not give up: what fails because the shop died is done again.

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

use crate::agree;
use crate::market::{ADDRESS, open_sandbox, plant};
use crate::postgres;
use crate::shop_process::{ShopProcess, printed_books};
use crate::visitor::{Form, Visitor};
use crate::voice;

/// One attempt to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Try {
    /// FPS: a single-use token, Reserve and Settle.
    Fps,
    /// Amazon Pay: a checkout session, a charge and its capture.
    AmazonPay,
    /// Amazon Pay with a card that is refused for good when it is charged.
    AmazonPayRefused,
}

impl Try {
    fn provider(self) -> &'static str {
        match self {
            Try::Fps => "fps",
            Try::AmazonPay | Try::AmazonPayRefused => "amazon_pay",
        }
    }

    /// What the order is after it.
    fn leads_to(self) -> State {
        match self {
            Try::Fps | Try::AmazonPay => State::Reserved,
            Try::AmazonPayRefused => State::Declined,
        }
    }
}

/// The orders of every life: how many pretzels, and how they are paid. The first is declined at one
/// provider and finished at the other. All are on hold, at both providers, before the first ships.
const ORDERS: [(&str, &[Try]); 2] = [("1", &[Try::AmazonPayRefused, Try::Fps]), ("2", &[Try::AmazonPay])];

/// What people do in a life.
#[derive(Clone, Copy, Debug)]
pub enum Life {
    /// They buy with a browser, at both providers.
    OnTheWeb,
    /// Somebody buys by voice.
    ByVoice,
}

impl Life {
    fn expected(self) -> agree::Expected {
        match self {
            Life::OnTheWeb => agree::Expected { providers: 2, refusals: 1 },
            Life::ByVoice => agree::Expected { providers: 1, refusals: 0 },
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
    /// Whether the shop was killed on the way.
    pub has_died: bool,
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

    /// Walks the whole of `life`; the first shop dies at point `crash_at`.
    pub async fn walk(self, life: Life, crash_at: Option<usize>) -> Walked {
        let points = self.folder.path().join("points");
        let first = ShopProcess::start(self.shops[0].clone(), crash_at, Some(&points)).await;
        let mut others = Vec::new();
        for settings in &self.shops[1..] {
            others.push(ShopProcess::start(settings.clone(), None, None).await);
        }
        let base = format!("http://localhost:{}", self.shop_port);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut walk = Walk { shop: first, base, http, orders: Vec::new(), has_died: false };
        let store = Store::open(&self.database_url).await.unwrap();
        match life {
            Life::OnTheWeb => {
                for (quantity, tries) in ORDERS {
                    walk.buy(&self, &store, quantity, tries).await;
                }
            }
            Life::ByVoice => voice::buy(&mut walk, &self, &store).await,
        }
        walk.ship(&self, &store).await;
        let books = walk.quiet_books(&self).await;
        agree::check(&books, &self.ledger(&walk.http).await, life.expected());
        let has_died = walk.has_died || !walk.shop.is_alive();
        drop(walk);
        self.stop.cancel();
        store.close().await;
        let text = std::fs::read_to_string(&points).unwrap_or_default();
        Walked { points: text.lines().map(str::to_owned).collect(), has_died }
    }

    /// Where the sandbox answers.
    pub fn sandbox_url(&self) -> &str {
        &self.shops[0].iter().find(|(name, _)| *name == "PUSHCART_SANDBOX_URL").unwrap().1
    }

    async fn ledger(&self, http: &reqwest::Client) -> Vec<Value> {
        let url = format!("{}/_sandbox/ledger", self.sandbox_url());
        let ledger: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        ledger["transactions"].as_array().unwrap().clone()
    }

    /// Whether the sandbox has no notification left to deliver.
    async fn has_told_everything(&self, http: &reqwest::Client) -> bool {
        let url = format!("{}/_sandbox/notifications", self.sandbox_url());
        let all: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        all["notifications"].as_array().unwrap().iter().all(|one| one["state"] != "due")
    }

    /// Lets a little business time pass, so that the provider's networks answer.
    fn pass_time(&self) {
        self.clock.advance(Duration::from_secs(2));
        let _ = &self.sandbox;
    }
}

/// One life under way.
pub struct Walk {
    shop: ShopProcess,
    base: String,
    /// For what people do not do with a browser.
    pub http: reqwest::Client,
    /// Those that are on hold or further.
    pub orders: Vec<OrderId>,
    has_died: bool,
}

impl Walk {
    /// Starts the shop again if it is dying.
    pub async fn revive(&mut self) {
        for _ in 0..40 {
            if !self.shop.is_alive() {
                self.has_died = true;
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

    async fn buy(&mut self, place: &Place, store: &Store, quantity: &str, tries: &[Try]) {
        let mut buyer = Visitor::new();
        loop {
            self.open(&mut buyer, &format!("{}/p/pretzel", self.base)).await;
            let form = buyer.page.form("/cart/items").fill(&[("quantity", quantity)]);
            self.send(&mut buyer, &form).await;
            self.open(&mut buyer, &format!("{}/checkout", self.base)).await;
            // A crash may have taken the basket's cookie with it.
            if buyer.page.forms().iter().any(|form| form.is_post && form.action.ends_with("/checkout")) {
                break;
            }
        }
        let form = buyer.page.form("/checkout").fill(&ADDRESS).fill(&[("provider", tries[0].provider())]);
        self.send(&mut buyer, &form).await;
        self.pay(&mut buyer, tries[0]).await;
        let orders = store.all_orders("~", 10).await.unwrap();
        assert_eq!(orders.len(), self.orders.len() + 1, "one order for each time that somebody bought");
        let (id, secret) = (orders[0].id.clone(), orders[0].secret.clone());
        self.wait_for(place, store, &id, tries[0].leads_to()).await;
        for again in &tries[1..] {
            self.open(&mut buyer, &format!("{}/orders/{id}?key={secret}", self.base)).await;
            let form = buyer.page.form("/pay").fill(&[("provider", again.provider())]);
            self.send(&mut buyer, &form).await;
            self.pay(&mut buyer, *again).await;
            self.wait_for(place, store, &id, again.leads_to()).await;
        }
        self.orders.push(id);
    }

    /// Approves on the provider's pages and comes back.
    async fn pay(&mut self, buyer: &mut Visitor, how: Try) {
        self.go_on(buyer).await;
        let confirm = match how {
            Try::Fps => {
                buyer.submit("/sign-in", &[("persona", "acc_clara"), ("how", "persona")]).await;
                buyer.submit("/payment", &[("method", "CC")]).await;
                buyer.page.form("/confirm")
            }
            Try::AmazonPay => choose_at_amazon(buyer, "amzn1.account.ANAALLGOOD", "1111").await,
            Try::AmazonPayRefused => choose_at_amazon(buyer, "amzn1.account.HARRYHARD", "5252").await,
        };
        let answer = buyer.once("POST", &confirm.action, Some(confirm.body())).await;
        self.open(buyer, &answer.headers["location"]).await;
    }

    /// A shop that died while it asked the provider says so on the order page, which offers to go on.
    async fn go_on(&mut self, buyer: &mut Visitor) {
        if buyer.page.url.starts_with(&self.base) {
            let pay = buyer.page.form("/pay");
            self.send(buyer, &pay).await;
        }
        assert!(!buyer.page.url.starts_with(&self.base), "{}: {}", buyer.page.url, buyer.page.text());
    }

    /// The seller ships one parcel after the other.
    async fn ship(&mut self, place: &Place, store: &Store) {
        let orders = self.orders.clone();
        let seller = store.order(&orders[0]).await.unwrap().unwrap().seller;
        let account = store.seller(&seller).await.unwrap().unwrap().account;
        let email = store.account(&account).await.unwrap().unwrap().email;
        let mut owner = Visitor::new();
        for order in &orders {
            let page = format!("{}/sell/orders/{order}", self.base);
            for _ in 0..5 {
                self.open(&mut owner, &page).await;
                if owner.page.forms().iter().any(|form| form.action.contains("/ship")) {
                    break;
                }
                self.open(&mut owner, &format!("{}/signin", self.base)).await;
                let form = owner.page.form("/signin").fill(&[("email", &email), ("password", seed::PASSWORD)]);
                self.send(&mut owner, &form).await;
            }
            let form = owner.page.form("/ship").fill(&[("carrier", "Post")]);
            self.send(&mut owner, &form).await;
            self.wait_for(place, store, order, State::Shipped).await;
        }
    }

    /// The printed books, once the last notification has arrived and was dealt with.
    async fn quiet_books(&mut self, place: &Place) -> Value {
        let begun = Instant::now();
        loop {
            if !self.shop.is_alive() {
                self.revive().await;
            }
            let books = printed_books(&place.shops[0]).await;
            if books["queues"]["inbox_pending"] == 0 && books["queues"]["outbox_pending"] == 0 {
                return books;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "something waits for ever: {books:#}");
            place.pass_time();
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    /// Until nobody has anything left to do that needs no person.
    pub async fn wait_until_quiet(&mut self, place: &Place, store: &Store) {
        let begun = Instant::now();
        loop {
            if !self.shop.is_alive() {
                self.revive().await;
            }
            // what nobody heard is told again after minutes
            place.clock.advance(Duration::from_secs(60));
            tokio::time::sleep(Duration::from_millis(500)).await;
            let open = books::read(store).await.unwrap().queues;
            if open.inbox_pending == 0 && place.has_told_everything(&self.http).await {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "something waits for ever: {open:?}");
        }
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

/// Signs in at Amazon, chooses a card, and gives the form that pays with it.
async fn choose_at_amazon(buyer: &mut Visitor, persona: &str, card: &str) -> Form {
    buyer.submit("/checkout/sign-in", &[("persona", persona)]).await;
    let choice = buyer.page.form("/checkout/choose").fill(&[("instrument", card)]);
    let answer = buyer.once("POST", &choice.action, Some(choice.body())).await;
    match answer.forms().into_iter().find(|form| form.action.ends_with("/checkout/pay")) {
        Some(pay) => pay,
        None => {
            buyer.try_go("GET", &answer.headers["location"], None).await.unwrap();
            buyer.page.form("/checkout/pay")
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
