//! The payment sandbox: the providers' side of every conversation, as a separate party.
//!
//! It is reached only over HTTP, has its own database, its own keys and its own signature code, and
//! knows nothing of the shop. No money moves here. A production build leaves it out.

pub mod alexa;
pub mod amazon_pay;
pub mod clock;
pub mod control;
pub mod desk;
pub mod faults;
pub mod fps;
pub mod keys;
mod next;
pub mod root;
pub mod state;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use tokio::sync::{Mutex, MutexGuard, Notify};
use tokio_util::sync::CancellationToken;

use crate::base::clock::Clock;
use crate::base::secret::Secret;
use faults::Faults;
use fps::personas;
pub use fps::recipients::Recipient;
use keys::SigningKey;
use next::{Delivery, Step};
use root::Root;
use state::{Database, LogEntry, StateError};

/// How the sandbox is set up.
#[derive(Clone)]
pub struct Settings {
    /// How browsers and callers reach us: `http://127.0.0.1:3001`.
    pub base_url: String,
    /// `sqlite://…` (made where it is missing) or `postgres://…`; never the shop's.
    pub database_url: String,
    /// Where our signing key and its certificate are kept; made on the first start.
    pub keys_dir: PathBuf,
    /// The access key of the marketplace's account.
    pub fps_access_key: String,
    /// Its secret key.
    pub fps_secret_key: Secret,
    /// Where that account's notifications go; `None` leaves what is stored.
    pub ipn_url: Option<String>,
    /// The marketplace's account with Amazon Pay; `None` leaves what is registered.
    pub amazon_pay: Option<amazon_pay::Merchant>,
    /// The skill that the Alexa devices here have enabled; `None` for none.
    pub alexa: Option<alexa::Skill>,
    /// Whether unsigned requests to the co-branded pages are refused.
    pub strict: bool,
}

/// The running sandbox. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    clock: Clock,
    db: Database,
    key: SigningKey,
    root: Root,
    amazon_pay: amazon_pay::Office,
    alexa: alexa::Studio,
    faults: Faults,
    http: reqwest::Client,
    wake: Notify,
    /// One act of FPS at a time.
    fps: Mutex<()>,
    /// One transaction step at a time, and one delivery at a time: both in order.
    stepping: Mutex<()>,
    delivering: Mutex<()>,
    /// One journey of the clock at a time.
    advancing: Mutex<()>,
}

impl Sandbox {
    /// Opens the database and the keys, plants the personas, and restores the clock to where it was moved.
    pub async fn open(settings: Settings, clock: Clock) -> anyhow::Result<Sandbox> {
        let db = Database::open(&settings.database_url).await.context("opening the sandbox's database")?;
        let directory = settings.keys_dir.clone();
        let open_keys = move || anyhow::Ok((SigningKey::open(&directory)?, Root::open(&directory)?));
        let (key, root) = tokio::task::spawn_blocking(open_keys).await??;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let faults = Faults::load(&db).await.context("reading the scripted faults")?;
        let inner = Inner {
            settings,
            clock,
            db,
            key,
            root,
            amazon_pay: amazon_pay::Office::default(),
            alexa: alexa::Studio::default(),
            faults,
            http,
            wake: Notify::new(),
            fps: Mutex::default(),
            stepping: Mutex::default(),
            delivering: Mutex::default(),
            advancing: Mutex::default(),
        };
        let sandbox = Sandbox { inner: Arc::new(inner) };
        sandbox.restore_clock().await?;
        sandbox.plant().await?;
        Ok(sandbox)
    }

    /// Everything the sandbox serves.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(fps::pages::router())
            .merge(amazon_pay::router())
            .merge(alexa::router())
            .merge(desk::router())
            .merge(control::router())
            .with_state(self.clone())
            .layer(axum::extract::DefaultBodyLimit::max(256 * 1024))
    }

    /// Lets time do its work until `stop`: networks answer, holds lapse, notifications go out.
    pub async fn work(&self, stop: CancellationToken) {
        let steps = self.repeat(&stop, || async { self.step().await });
        let deliveries = self.repeat(&stop, || async { self.deliver().await });
        tokio::join!(steps, deliveries);
    }

    /// Closes its database, so that the file is whole; nothing can be asked of it afterwards.
    pub async fn close(&self) {
        self.db().close().await;
    }

    /// Does the next due thing, for tests that do not let [`Sandbox::work`] run. True when something was done.
    pub async fn turn(&self) -> anyhow::Result<bool> {
        let now = self.clock().now();
        let mut tx = self.db().read().await?;
        let step = tx.next_step(now).await?.map(|step| step.due);
        let delivery = tx.next_delivery(now).await?.map(|delivery| delivery.due());
        drop(tx);
        Ok(match (step, delivery) {
            (None, None) => false,
            (Some(step), Some(delivery)) if step > delivery => self.deliver().await?,
            (Some(_), _) => self.step().await?,
            (None, Some(_)) => self.deliver().await?,
        })
    }

    /// The test people, as the demo prints them at the start.
    pub fn personas() -> &'static [personas::Persona] {
        &personas::PERSONAS
    }

    async fn repeat<F, Fut>(&self, stop: &CancellationToken, act: F)
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<bool, StateError>>,
    {
        while !stop.is_cancelled() {
            match act().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the sandbox could not do what is due"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.inner.wake.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
        }
    }

    async fn step(&self) -> Result<bool, StateError> {
        let _one_at_a_time = self.inner.stepping.lock().await;
        let next = self.db().read().await?.next_step(self.clock().now()).await?;
        let done = match next {
            None => return Ok(false),
            Some(Step { is_amazon_pay: false, .. }) => fps::due::fire(self).await?,
            Some(_) => amazon_pay::due::fire(self).await?,
        };
        self.wake();
        Ok(done)
    }

    async fn deliver(&self) -> Result<bool, StateError> {
        let _one_at_a_time = self.inner.delivering.lock().await;
        let due = self.db().read().await?.next_delivery(self.clock().now()).await?;
        match due {
            None => return Ok(false),
            Some(Delivery::Fps(notification)) => fps::notify::deliver(self, &notification).await?,
            Some(Delivery::AmazonPay(message)) => amazon_pay::notify::deliver(self, &message).await?,
        }
        Ok(true)
    }

    async fn plant(&self) -> Result<(), StateError> {
        let settings = &self.inner.settings;
        let mut tx = self.db().write().await?;
        personas::plant(
            &mut tx,
            &settings.fps_access_key,
            &settings.fps_secret_key,
            settings.ipn_url.as_deref(),
            self.clock().now(),
        )
        .await?;
        if let Some(merchant) = &settings.amazon_pay {
            amazon_pay::plant(self, &mut tx, merchant).await?;
        }
        tx.commit().await
    }

    /// Tells the worker that something new is due.
    pub(crate) fn wake(&self) {
        self.inner.wake.notify_waiters();
    }

    /// Writes one line of the log; a failure is reported, never passed on.
    pub(crate) async fn log(&self, entry: LogEntry) {
        let written = async {
            let mut tx = self.db().write().await?;
            tx.log(entry).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::error!(%error, "the sandbox could not write its log");
        }
    }

    pub(crate) fn db(&self) -> &Database {
        &self.inner.db
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.inner.key
    }

    /// Holds FPS still while one act reads, decides and writes.
    pub(crate) async fn fps_alone(&self) -> MutexGuard<'_, ()> {
        self.inner.fps.lock().await
    }

    pub(crate) fn root(&self) -> &Root {
        &self.inner.root
    }

    pub(crate) fn amazon_pay(&self) -> &amazon_pay::Office {
        &self.inner.amazon_pay
    }

    pub(crate) fn alexa(&self) -> &alexa::Studio {
        &self.inner.alexa
    }

    /// The skill that the devices have enabled.
    pub(crate) fn skill(&self) -> Option<&alexa::Skill> {
        self.inner.settings.alexa.as_ref()
    }

    /// The scripted faults whose time is not over.
    pub(crate) fn faults(&self) -> &Faults {
        self.inner.faults.pass_time(self.clock().now());
        &self.inner.faults
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    pub(crate) fn base_url(&self) -> &str {
        self.inner.settings.base_url.trim_end_matches('/')
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.inner.settings.strict
    }

    /// Where our certificate is served; named in everything we sign.
    pub(crate) fn certificate_url(&self) -> String {
        format!("{}/certs/{}.pem", self.base_url(), self.inner.key.fingerprint())
    }
}
