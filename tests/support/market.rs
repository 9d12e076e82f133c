//! A whole market for one test: shop and sandbox, each on a port of its own, talking over real HTTP.
//!
//! The worker does not run: tests turn it by hand with [`Market::settle_down`]. Time is moved, never slept.

#[path = "market/opening.rs"]
mod opening;

use std::net::SocketAddr;
use std::time::Duration;

use pushcart::app::App;
use pushcart::base::clock::Clock;
use pushcart::base::ids::OrderId;
use pushcart::base::secret::Secret;
use pushcart::config::{Config, Written};
use pushcart::flows::Context;
use pushcart::flows::books::{self, Books};
use pushcart::orders::order::Order;
use pushcart::pay::amazon_pay::client;
use pushcart::pay::amazon_pay::sign::{Algorithm, PrivateKey};
use pushcart::sandbox::Sandbox;
use pushcart::seed;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use opening::lend_keys;
pub use opening::{open_sandbox, plant};

use crate::visitor::Visitor;

/// Both parties, on ports of their own.
pub struct Market {
    /// The shop.
    pub app: App,
    /// The other party.
    pub sandbox: Sandbox,
    /// The shop's address.
    pub shop_url: String,
    /// The sandbox's address.
    pub sandbox_url: String,
    http: reqwest::Client,
    folder: tempfile::TempDir,
}

/// Where a shop keeps its memory.
pub enum Database {
    /// In its own folder.
    Sqlite,
    /// At these addresses.
    At {
        /// The shop's.
        shop: String,
        /// The sandbox's.
        sandbox: String,
    },
}

impl Market {
    /// Opens a market on the database of this test binary; nothing where that is not installed.
    pub async fn open() -> Option<Market> {
        Market::mounted("").await
    }

    /// Opens a market whose shop lives below `prefix` in somebody else's router.
    pub async fn mounted(prefix: &str) -> Option<Market> {
        Some(Market::on(crate::database().await?, prefix).await)
    }

    /// Opens a market with other settings than the demo's.
    pub async fn configured(change: impl FnOnce(&mut Written)) -> Option<Market> {
        Some(Market::with(crate::database().await?, "", change).await)
    }

    /// Opens a market whose shop is kept in this currency.
    pub async fn kept_in(currency: &str) -> Option<Market> {
        let change = |written: &mut Written| written.currency = Some(currency.to_owned());
        Some(Market::with(crate::database().await?, "", change).await)
    }

    /// Opens a market on this database.
    pub async fn on(database: Database, prefix: &str) -> Market {
        Market::with(database, prefix, |_| {}).await
    }

    /// Opens a market on this database, with these settings changed.
    pub async fn with(database: Database, prefix: &str, change: impl FnOnce(&mut Written)) -> Market {
        let folder = tempfile::tempdir().unwrap();
        lend_keys(&folder.path().join("keys"));
        let (shop_listener, shop_port) = listener().await;
        let (sandbox_listener, sandbox_port) = listener().await;
        // Two hosts on purpose: the way between them is cross-site, as in life.
        let (shop_url, sandbox_url) =
            (format!("http://localhost:{shop_port}{prefix}"), format!("http://127.0.0.1:{sandbox_port}"));
        let (shop_database, sandbox_database) = match database {
            Database::Sqlite => {
                let file = |name| format!("sqlite://{}/{name}.db", folder.path().display());
                (file("shop"), file("sandbox"))
            }
            Database::At { shop, sandbox } => (shop, sandbox),
        };
        let mut written = Written {
            data_dir: Some(folder.path().display().to_string()),
            database_url: Some(shop_database),
            sandbox_database_url: Some(sandbox_database),
            base_url: Some(shop_url.clone()),
            sandbox_url: Some(sandbox_url.clone()),
            ..Written::default()
        };
        change(&mut written);
        let config = Config::checked(written).unwrap();
        let clock = Clock::new();
        let sandbox = open_sandbox(&config, &clock, folder.path()).await;
        let app = App::open(&config, clock).await.unwrap();
        plant(&app, &sandbox).await;
        serve(sandbox_listener, sandbox.router());
        let other_party = sandbox.clone();
        tokio::spawn(async move { other_party.work(CancellationToken::new()).await });
        let theirs = match prefix {
            "" => app.router(),
            _ => axum::Router::new().route("/", axum::routing::get(|| async { "theirs" })).merge(app.router()),
        };
        serve(shop_listener, theirs);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Market { app, sandbox, shop_url, sandbox_url, http, folder }
    }

    /// What the acts need.
    pub fn ctx(&self) -> &Context {
        self.app.context()
    }

    /// Where the sandbox keeps its keys.
    pub fn keys(&self) -> std::path::PathBuf {
        self.folder.path().join("keys")
    }

    /// An address of the shop.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.shop_url)
    }

    /// Lets everybody do what is due, until nothing is. Fails when that does not end.
    pub async fn settle_down(&self) {
        for _ in 0..300 {
            if self.app.turn().await.unwrap() {
                continue;
            }
            // Completions take a moment of business time at the provider, and news is then delivered.
            self.later(Duration::from_secs(5)).await;
            let is_quiet = self.sandbox_is_quiet().await;
            if !self.app.turn().await.unwrap() && is_quiet && self.open_operations().await == 0 {
                return;
            }
        }
        panic!(
            "the market does not settle down: {:?}",
            self.ctx().store.operations_in(pushcart::orders::operation::Progress::Pending, "~", 10).await
        );
    }

    /// Whether every notification was delivered or given up.
    async fn sandbox_is_quiet(&self) -> bool {
        let all = self.control("GET", "notifications", None).await;
        let all = all["notifications"].as_array().unwrap().clone();
        all.iter().all(|one| one["state"] != "due")
    }

    /// Operations that the worker could still bring to an end (not those that wait for a person).
    async fn open_operations(&self) -> usize {
        use pushcart::orders::operation::Progress;
        let mut open = 0;
        for progress in [Progress::Queued, Progress::Sent, Progress::Pending] {
            let all = self.ctx().store.operations_in(progress, "~", 500).await.unwrap();
            open += all.iter().filter(|operation| !operation.needs_person()).count();
        }
        open + usize::try_from(self.ctx().store.waiting_notifications().await.unwrap()).unwrap()
    }

    /// Moves business time for both.
    pub async fn later(&self, by: Duration) {
        let body = serde_json::json!({ "advance_seconds": by.as_secs() });
        let answer = self.control("POST", "clock", Some(body)).await;
        assert!(answer["offset_ms"].as_i64().is_some(), "{answer}");
    }

    /// A call to `/_sandbox/{path}`.
    pub async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}/_sandbox/{path}", self.sandbox_url));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method} {path}: {text}"))
    }

    /// The sandbox's transactions.
    pub async fn transactions(&self) -> Vec<Value> {
        self.control("GET", "ledger", None).await["transactions"].as_array().unwrap().clone()
    }

    /// How many of the sandbox's transactions have this kind and state.
    pub async fn count(&self, kind: &str, state: &str) -> usize {
        let all = self.transactions().await;
        all.iter().filter(|t| t["kind"] == kind && t["state"] == state).count()
    }

    /// The books; fails when they do not balance.
    pub async fn books(&self) -> Books {
        let books = books::read(&self.ctx().store).await.unwrap();
        assert!(books.problems.is_empty(), "{:?}", books.problems);
        books
    }

    /// The newest order.
    pub async fn last_order(&self) -> Order {
        self.ctx().store.all_orders("~", 1).await.unwrap().remove(0)
    }

    /// One order, afresh.
    pub async fn order(&self, id: &OrderId) -> Order {
        self.ctx().store.order(id).await.unwrap().unwrap()
    }

    /// Amazon Pay as other software of the same merchant reaches it.
    pub fn amazon_client(&self) -> client::Client {
        let pem = std::fs::read_to_string(self.folder.path().join("keys/amazon-pay.pem")).unwrap();
        let private_key = PrivateKey::from_pem(&Secret::new(pem)).unwrap();
        let account = client::Account {
            region: client::Region::Na,
            base_url: Some(self.sandbox_url.clone()),
            is_sandbox: true,
            algorithm: Algorithm::default(),
            keys: vec![client::KeyPair { public_key_id: "SANDBOX-PUSHCARTDEMO".to_owned(), private_key }],
        };
        client::Client::new(account, pushcart::pay::http::Client::new(None).unwrap(), Clock::new())
    }

    /// A visitor who has put `quantity` of the product `slug` into the basket.
    pub async fn visitor_with(&self, slug: &str, quantity: &str) -> Visitor {
        let mut visitor = Visitor::new();
        visitor.open(&self.at(&format!("/p/{slug}"))).await;
        visitor.submit("/cart/items", &[("quantity", quantity)]).await;
        visitor
    }

    /// Fills in the checkout and goes to the provider's sign-in page.
    pub async fn check_out(&self, visitor: &mut Visitor) {
        self.check_out_with(visitor, "fps").await;
    }

    /// The same with this provider.
    pub async fn check_out_with(&self, visitor: &mut Visitor, provider: &str) {
        visitor.open(&self.at("/checkout")).await;
        let form = ADDRESS.map(|(name, value)| (name, if name == "provider" { provider } else { value }));
        visitor.submit("/checkout", &form).await;
    }

    /// Pays on Amazon's pages as `buyer`, with the card that ends in `card`.
    pub async fn approve_at_amazon(&self, visitor: &mut Visitor, buyer: &str, card: &str) {
        visitor.submit("/checkout/sign-in", &[("persona", buyer)]).await;
        visitor.submit("/checkout/choose", &[("instrument", card)]).await;
        if visitor.page.forms().iter().any(|form| form.action.ends_with("/checkout/pay")) {
            visitor.submit("/checkout/pay", &[("instrument", card)]).await;
        }
    }

    /// A whole purchase with Amazon Pay up to the order page.
    pub async fn buy_at_amazon(&self, slug: &str, buyer: &str, card: &str) -> (Visitor, Order) {
        let mut visitor = self.visitor_with(slug, "1").await;
        self.check_out_with(&mut visitor, "amazon_pay").await;
        self.approve_at_amazon(&mut visitor, buyer, card).await;
        self.settle_down().await;
        let order = self.last_order().await;
        (visitor, order)
    }

    /// Approves at the provider as the test person `persona`, paying by `method` (CC, ACH, ABT).
    pub async fn approve(&self, visitor: &mut Visitor, persona: &str, method: &str) {
        visitor.submit("/sign-in", &[("persona", persona), ("how", "persona")]).await;
        visitor.submit("/payment", &[("method", method)]).await;
        visitor.submit("/confirm", &[]).await;
    }

    /// A whole purchase up to the order page.
    pub async fn buy(&self, slug: &str, persona: &str, method: &str) -> (Visitor, Order) {
        let mut visitor = self.visitor_with(slug, "1").await;
        self.check_out(&mut visitor).await;
        self.approve(&mut visitor, persona, method).await;
        self.settle_down().await;
        let order = self.last_order().await;
        (visitor, order)
    }

    /// Someone signed in as `email` of the seeded people.
    pub async fn signed_in(&self, email: &str) -> Visitor {
        let mut visitor = Visitor::new();
        visitor.open(&self.at("/signin")).await;
        visitor.submit("/signin", &[("email", email), ("password", seed::PASSWORD)]).await;
        assert_eq!(visitor.page.status, 200, "{}", visitor.page.text());
        visitor
    }

    /// The person who owns the stall that sells `order`, signed in.
    pub async fn seller_of(&self, order: &Order) -> Visitor {
        let store = &self.ctx().store;
        let seller = store.seller(&order.seller).await.unwrap().unwrap();
        let account = store.account(&seller.account).await.unwrap().unwrap();
        self.signed_in(&account.email).await
    }

    /// The same person, at the order's page.
    pub async fn seller_at(&self, order: &Order) -> Visitor {
        let mut seller = self.seller_of(order).await;
        seller.open(&self.at(&format!("/sell/orders/{}", order.id))).await;
        seller
    }

    /// The same person says that the parcel is ready, and everybody does what is due then.
    pub async fn ship(&self, order: &Order) -> Visitor {
        let mut seller = self.seller_at(order).await;
        seller.submit("/ship", &[]).await;
        self.settle_down().await;
        seller
    }
}

/// An address without sales tax, so that totals keep away from the sandbox's magic cents.
pub const ADDRESS: [(&str, &str); 12] = [
    ("email", "ana@example.com"),
    ("name", "Ana Bell"),
    ("line1", "12 Orchard Lane"),
    ("line2", ""),
    ("city", "Portland"),
    ("state", "OR"),
    ("postal_code", "97201"),
    ("country", "US"),
    ("phone", ""),
    ("shipping_method", "standard"),
    ("provider", "fps"),
    ("intent", "pay"),
];

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn serve(listener: TcpListener, router: axum::Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
}
