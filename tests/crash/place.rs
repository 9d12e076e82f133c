//! One case: a seeded shop and its sandbox, copied for it alone, and the life that is lived there.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pushcart::app::App;
use pushcart::base::clock::Clock;
use pushcart::config::{Config, Written};
use pushcart::sandbox::Sandbox;
use pushcart::store::Store;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::agree::{self, Expected};
use crate::market::{open_sandbox, plant};
use crate::ports::free_port;
use crate::postgres;
use crate::shop_process::ShopProcess;
use crate::standing;
use crate::voice;
use crate::walk::{ORDERS, Walk};

/// What people do in a life.
#[derive(Clone, Copy, Debug)]
pub enum Life {
    /// They buy with a browser, at both providers.
    OnTheWeb,
    /// Somebody buys by voice.
    ByVoice,
    /// They pay by approvals that stand, and change and end them.
    ByApprovals,
}

/// A seeded shop and sandbox that every case starts from.
pub struct Template {
    folder: tempfile::TempDir,
    postgres: Option<(postgres::Server, String)>,
    /// How far business time had come when it was left.
    ahead: Duration,
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
        Template { folder, postgres: None, ahead: Duration::ZERO }
    }

    /// On PostgreSQL: the database is copied for every case.
    pub async fn postgres(server: postgres::Server) -> Template {
        let folder = tempfile::tempdir().unwrap();
        let database = server.fresh_database().await;
        fill(folder.path(), &database).await;
        Template { folder, postgres: Some((server, database)), ahead: Duration::ZERO }
    }

    /// The same with approvals that stand: given once, so that every case starts behind that.
    pub async fn with_approvals(self) -> Template {
        let place = Place::open(&self, 1).await;
        let shop = ShopProcess::start(place.shops[0].clone(), None, None).await;
        let store = Store::open(&place.database_url).await.unwrap();
        let mut walk = Walk::new(shop, &place);
        standing::prepare(&mut walk, &place, &store).await;
        walk.quiet_books(&place).await;
        drop(walk);
        store.close().await;
        place.stop.cancel();
        place.sandbox.close().await;
        let ahead = Duration::from_millis(u64::try_from(place.clock.offset_ms()).unwrap());
        let postgres = self.postgres.map(|(server, _)| (server, place.database_url));
        Template { folder: place.folder, postgres, ahead }
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
    /// What each of the shops is told.
    pub shops: Vec<Vec<(&'static str, String)>>,
    sandbox: Sandbox,
    /// The sandbox's.
    pub clock: Clock,
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
        clock.advance(template.ahead);
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
        let mut walk = Walk::new(first, &self);
        let store = Store::open(&self.database_url).await.unwrap();
        match life {
            Life::OnTheWeb => {
                for (quantity, tries) in ORDERS {
                    walk.buy(&self, &store, quantity, tries).await;
                }
                self.ship_and_agree(&mut walk, &store, Expected { providers: 2, refusals: 1 }).await;
            }
            Life::ByVoice => {
                voice::buy(&mut walk, &self, &store).await;
                self.ship_and_agree(&mut walk, &store, Expected { providers: 1, refusals: 0 }).await;
            }
            Life::ByApprovals => {
                standing::live(&mut walk, &self, &store).await;
                let books = walk.quiet_books(&self).await;
                standing::check(&store, &books, &self.ledger(&walk.http).await).await;
            }
        }
        let has_died = walk.has_died || !walk.shop.is_alive();
        drop(walk);
        self.stop.cancel();
        store.close().await;
        let text = std::fs::read_to_string(&points).unwrap_or_default();
        Walked { points: text.lines().map(str::to_owned).collect(), has_died }
    }

    async fn ship_and_agree(&self, walk: &mut Walk, store: &Store, expected: Expected) {
        walk.ship(self, store).await;
        let books = walk.quiet_books(self).await;
        agree::check(&books, &self.ledger(&walk.http).await, expected);
    }

    /// Where the sandbox answers.
    pub fn sandbox_url(&self) -> &str {
        &self.shops[0].iter().find(|(name, _)| *name == "PUSHCART_SANDBOX_URL").unwrap().1
    }

    /// Where people reach the shop.
    pub fn shop_url(&self) -> String {
        format!("http://localhost:{}", self.shop_port)
    }

    /// The shop's database.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// What the sandbox has booked.
    pub async fn ledger(&self, http: &reqwest::Client) -> Vec<Value> {
        let url = format!("{}/_sandbox/ledger", self.sandbox_url());
        let ledger: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        ledger["transactions"].as_array().unwrap().clone()
    }

    /// Whether the sandbox has no notification left to deliver.
    pub async fn has_told_everything(&self, http: &reqwest::Client) -> bool {
        let url = format!("{}/_sandbox/notifications", self.sandbox_url());
        let all: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        all["notifications"].as_array().unwrap().iter().all(|one| one["state"] != "due")
    }

    /// Lets a little business time pass, so that the provider's networks answer.
    pub fn pass_time(&self) {
        self.clock.advance(Duration::from_secs(2));
        let _ = &self.sandbox;
    }
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
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
