//! Where it all happens: the two processes, what people have done so far, and what they were told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pushcart::base::clock::Clock;
use pushcart::store::Store;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::Arguments;
use crate::party::{Party, Settings, run};
use crate::ports::free_port;

/// What people buy: cheap, dear, of several sellers. Their prices keep away from the sandbox's magic cents.
pub const WEB_SHELF: [&str; 6] =
    ["wildflower-honey", "pretzel", "pink-teapot", "tuesday-loaf", "strawberry-jam", "sourdough-letter"];
/// More than anybody can buy.
const STOCK: i64 = 1_000_000;
/// Much more than the people can spend who pay from their balance, in cents.
const PURSE: i64 = 1_000_000_000;

/// The market, its villains and its memory.
pub struct Stage {
    /// What was asked for.
    pub arguments: Arguments,
    /// The shop.
    pub shop: Party,
    /// The other party.
    pub sandbox: Party,
    /// Where people reach the shop.
    pub shop_url: String,
    /// Where they, and the shop, reach the sandbox.
    pub sandbox_url: String,
    /// The e-mail addresses that sellers sign in with.
    pub owners: Vec<String>,
    /// What went on.
    pub tally: Tally,
    binary: PathBuf,
    settings: Settings,
    folder: Option<tempfile::TempDir>,
    http: reqwest::Client,
    tickets: AtomicUsize,
}

/// What went on so far.
#[derive(Default)]
pub struct Tally {
    /// Purchases that their buyers know to be done, by the way they were made; how many.
    pub bought: Mutex<BTreeMap<&'static str, usize>>,
    /// Purchases that are over, also those whose buyers are stuck.
    pub over: AtomicUsize,
    /// The orders that web buyers were told are theirs.
    pub told: Mutex<Vec<String>>,
    /// How many parcels were packed, and how often a seller gave something back.
    pub packed: AtomicUsize,
    /// See [`Tally::packed`].
    pub given_back: AtomicUsize,
    /// How often each process was killed.
    pub kills: Mutex<BTreeMap<&'static str, usize>>,
    /// Calls, pages and notifications that the sandbox has logged.
    pub calls: AtomicUsize,
    /// Faults that struck, by kind.
    pub faults: Mutex<BTreeMap<String, usize>>,
    /// How often somebody had to reload, go back or try again.
    pub repeats: AtomicUsize,
    /// How many orders lapsed before they were paid, and were begun anew.
    pub lapsed: AtomicUsize,
    /// Whether faults and kills are over.
    pub is_calm: AtomicBool,
    /// Whether sellers begin nothing new.
    pub is_evening: AtomicBool,
    /// What must not happen, and did.
    pub complaints: Mutex<Vec<String>>,
}

impl Stage {
    /// An empty market, with everybody in it, both processes up.
    pub async fn open(binary: PathBuf, arguments: &Arguments) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let (shop_port, sandbox_port) = (free_port(), free_port());
        // Two hosts on purpose: the way between them is cross-site, as in life.
        let (shop_url, sandbox_url) =
            (format!("http://localhost:{shop_port}"), format!("http://127.0.0.1:{sandbox_port}"));
        let settings: Settings = vec![
            ("PUSHCART_DATA_DIR", folder.path().display().to_string()),
            ("PUSHCART_LISTEN", format!("127.0.0.1:{shop_port}")),
            ("PUSHCART_BASE_URL", shop_url.clone()),
            ("PUSHCART_SANDBOX_LISTEN", format!("127.0.0.1:{sandbox_port}")),
            ("PUSHCART_SANDBOX_URL", sandbox_url.clone()),
            ("PUSHCART_CLOCK_URL", format!("{sandbox_url}/_sandbox/clock")),
            // Buyers have addresses of their own, as people do, and limits count by address.
            ("PUSHCART_TRUSTED_PROXY", "127.0.0.1".to_owned()),
            ("PUSHCART_LOG", "error".to_owned()),
        ];
        let shop_health = format!("http://127.0.0.1:{shop_port}/healthz");
        let sandbox_health = format!("{sandbox_url}/_sandbox/health");
        // The demo plants the market in both databases.
        Party::start("demo", &binary, &settings, shop_health.clone(), folder.path()).await.stop().await;
        let owners = restock(folder.path()).await;
        let sandbox = Party::start("sandbox", &binary, &settings, sandbox_health, folder.path()).await;
        let shop = Party::start("serve", &binary, &settings, shop_health, folder.path()).await;
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
        let stage = Stage {
            tickets: AtomicUsize::new(arguments.purchases),
            arguments: arguments.clone(),
            shop,
            sandbox,
            shop_url,
            sandbox_url,
            owners,
            tally: Tally::default(),
            binary,
            settings,
            folder: Some(folder),
            http,
        };
        for account in ["acc_bill", "acc_omni"] {
            let funds = json!({ "account_id": account, "fund_minor": PURSE });
            stage.control("POST", "fps/accounts", Some(funds)).await.unwrap();
        }
        stage
    }

    /// Chance for one person or helper, the same for the same seed.
    pub fn rng(&self, who: &str, number: usize) -> StdRng {
        let mixed = who.bytes().fold(number as u64, |mixed, byte| mixed.wrapping_mul(131).wrapping_add(byte.into()));
        StdRng::seed_from_u64(self.arguments.seed.unwrap_or_default().wrapping_add(mixed))
    }

    /// Whether there is another purchase to make; it is the asker's.
    pub fn take_ticket(&self) -> bool {
        self.tickets.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }

    /// A purchase is over: its buyer knows that it is done, and perhaps its order, or is stuck.
    pub fn over(&self, how: &'static str, ended: Result<Option<String>, String>) {
        self.tally.over.fetch_add(1, Ordering::SeqCst);
        let order = match ended {
            Ok(order) => order,
            Err(why) => return self.complain(format!("{how}: a buyer is stuck: {why}")),
        };
        *self.tally.bought.lock().unwrap().entry(how).or_insert(0) += 1;
        self.tally.told.lock().unwrap().extend(order);
    }

    /// How many purchases are done.
    pub fn done(&self) -> usize {
        self.tally.bought.lock().unwrap().values().sum()
    }

    /// Something happened that must not.
    pub fn complain(&self, what: String) {
        self.tally.complaints.lock().unwrap().push(what);
    }

    /// A call to `/_sandbox/{path}`. Errors: the sandbox is not there right now.
    pub async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}/_sandbox/{path}", self.sandbox_url));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let text = answer.text().await.map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|_| format!("{method} {path}: {text}"))
    }

    /// Moves business time for both.
    pub async fn later(&self, by: Duration) {
        let _ = self.control("POST", "clock", Some(json!({ "advance_seconds": by.as_secs() }))).await;
    }

    /// What `pushcart books --json` prints beside the running shop, and what it complains about.
    pub async fn books(&self) -> (Value, Option<String>) {
        let (binary, settings) = (self.binary.clone(), self.settings.clone());
        let ran = tokio::task::spawn_blocking(move || run(&binary, &["books", "--json"], &settings)).await.unwrap();
        let (is_good, printed, said) = ran;
        (serde_json::from_str(&printed).unwrap_or_default(), (!is_good).then_some(said))
    }

    /// The shop's database.
    pub async fn store(&self) -> Store {
        Store::open(&shop_database(self.folder.as_ref().unwrap().path())).await.unwrap()
    }

    /// No more trouble: what was lost is found, what waits is done, what nobody came back for lapses.
    pub async fn calm_down(&self) {
        let _ = self.control("DELETE", "faults", None).await;
        self.tally.is_calm.store(true, Ordering::SeqCst);
        // The sweep asks after lost returns every ten minutes; sellers pack meanwhile.
        for _ in 0..6 {
            self.later(Duration::from_secs(11 * 60)).await;
            self.wait_until_quiet(Duration::from_secs(5)).await;
        }
        self.wait_until_quiet(Duration::from_secs(60)).await;
        // Approvals live for hours, orders that nobody approved for a day.
        for _ in 0..7 {
            self.later(Duration::from_secs(4 * 60 * 60)).await;
            self.wait_until_quiet(Duration::from_secs(20)).await;
        }
        self.wait_until_quiet(Duration::from_secs(60)).await;
    }

    /// Until nothing is left to do, or `patience` is over.
    pub async fn wait_until_quiet(&self, patience: Duration) {
        let store = self.store().await;
        let until = Instant::now() + patience;
        let mut quiet = 0;
        while quiet < 3 && Instant::now() < until {
            self.later(Duration::from_secs(5)).await;
            crate::pause(300).await;
            let is_quiet = crate::check::nothing_waits(self, &store).await;
            quiet = if is_quiet { quiet + 1 } else { 0 };
        }
        store.close().await;
    }

    /// Ends both processes; keeps the folder where that is wanted, and says where it is.
    pub fn close(self: Arc<Stage>, keep: bool) -> Option<PathBuf> {
        let Stage { shop, sandbox, folder, .. } = Arc::into_inner(self)?;
        drop((shop, sandbox));
        let folder = folder?;
        keep.then(|| folder.keep())
    }
}

/// Fills the shelves; gives the addresses that sellers sign in with.
async fn restock(folder: &Path) -> Vec<String> {
    let store = Store::open(&shop_database(folder)).await.unwrap();
    let mut tx = store.write().await.unwrap();
    for slug in WEB_SHELF {
        let product = store.product_by_slug(slug).await.unwrap().unwrap_or_else(|| panic!("no {slug}")).product;
        tx.update_product(&product, STOCK, Clock::new().now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut owners = Vec::new();
    for seller in store.sellers("", 100).await.unwrap() {
        owners.extend(store.account(&seller.account).await.unwrap().map(|account| account.email));
    }
    store.close().await;
    owners
}

fn shop_database(folder: &Path) -> String {
    format!("sqlite://{}/shop.db", folder.display())
}
