//! The public face for embedding: the shop as a router and a worker, built from settings.
//!
//! The only place that names concrete providers. `examples/embed.rs` mounts the shop in somebody
//! else's program with it.

mod alexa;
mod amazon_pay;
pub mod currency;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::alexa::verify::Gate;
use crate::base::clock::Clock;
use crate::base::ids;
use crate::base::paths::Paths;
use crate::config::Config;
use crate::flows::link_account::Client;
use crate::flows::{Context, ShopFacts};
use crate::mail::send::Post;
use crate::market::fees::ProviderFeeBy;
use crate::orders::operation::Statement;
use crate::pay::amazon_pay::provider::AmazonPayProvider;
use crate::pay::fps::{self, FpsProvider};
use crate::pay::{Provider, Providers, http};
use crate::store::Store;
use crate::{ipn, seed, shop, worker};

/// The shop's name, on every page and letter.
const SHOP_NAME: &str = "Pushcart";

/// A shop that is ready to serve. Cheap to clone.
#[derive(Clone)]
pub struct App {
    ctx: Context,
    post: Post,
    shop: shop::Shop,
    skill: Option<Gate>,
}

impl App {
    /// Opens the database named by `config`, brings its schema up to date, and makes the providers.
    pub async fn open(config: &Config, clock: Clock) -> anyhow::Result<App> {
        prepare_data_dir(config)?;
        let store = open_store(config).await?;
        for step in store.migrate().await.context("bringing the database up to date")? {
            tracing::info!("migrated: {step}");
        }
        currency::is_that_of_the_market(config, &store).await?;
        seed::sections(&store).await.context("writing the sections of the market")?;
        let providers = providers(config, &clock)?;
        currency::somebody_takes_it(config, &providers)?;
        let ctx = Context {
            store,
            providers,
            clock,
            paths: Paths::new(&config.base_url)?,
            shop: Arc::new(ShopFacts {
                name: SHOP_NAME.to_owned(),
                currency: config.currency,
                is_demo: config.is_demo(),
                contact: config.contact.clone(),
                statement: Statement { text: config.statement_text.clone(), is_ours: config.is_service_ours },
                provider_fee_by: if config.is_provider_fee_ours {
                    ProviderFeeBy::Market
                } else {
                    ProviderFeeBy::Seller
                },
                sandbox_url: config.is_demo().then(|| config.sandbox_url.clone()),
                instance: instance(&config.data_dir)?,
            }),
            linking: linking(config),
            standings: Arc::default(),
            wake: Arc::new(Notify::new()),
        };
        let post = match &config.smtp {
            Some((url, from)) => Post::smtp(url.reveal(), from).context("PUSHCART_SMTP_URL")?,
            None => Post::Mailbox,
        };
        let shop = shop::Shop::behind(&ctx, provider_origins(config), config.trusted_proxy);
        let skill = alexa::gate(config, &ctx.clock)?;
        Ok(App { ctx, post, shop, skill })
    }

    /// Everything the shop serves, below the base URL's prefix. Merge it into a router of yours, or
    /// serve it alone.
    pub fn router(&self) -> Router {
        let notifications = self.shop.limit_notifications(ipn::router(self.ctx.clone()));
        let mut inside = self.shop.router(self.ctx.clone()).merge(notifications);
        if let Some(gate) = &self.skill {
            let skill = crate::alexa::router(self.ctx.clone(), gate.clone());
            inside = inside.merge(self.shop.limit_notifications(skill));
        }
        match self.ctx.paths.prefix() {
            "" => inside,
            prefix => {
                let home = self.ctx.paths.home();
                Router::new()
                    .nest(prefix, inside)
                    .route(&format!("{prefix}/"), get(move || async move { Redirect::permanent(&home) }))
            }
        }
    }

    /// `/metrics` for whoever can reach it: serve it on an address of its own (`PUSHCART_METRICS_LISTEN`).
    pub fn metrics_router(&self) -> Router {
        shop::health::open_metrics(self.ctx.clone())
    }

    /// What the acts need, for tests and for programs that do more than serve.
    pub fn context(&self) -> &Context {
        &self.ctx
    }

    /// Does what is due until `stop`: spawn it beside the server.
    pub async fn work(&self, stop: CancellationToken) {
        let follow = self.shop.follow(self.ctx.clone(), stop.clone());
        let work = worker::work(self.ctx.clone(), self.post.clone(), stop);
        tokio::join!(follow, work);
    }

    /// One turn of that work, for tests. Says whether anything was done.
    pub async fn turn(&self) -> crate::store::Result<bool> {
        worker::turn(&self.ctx, &self.post).await
    }
}

/// Opens the database, without touching its schema.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    prepare_data_dir(config)?;
    Store::open(&config.database_url).await.with_context(|| format!("opening {}", masked(&config.database_url)))
}

/// The address without a password.
fn masked(database_url: &str) -> String {
    match url::Url::parse(database_url) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => database_url.to_owned(),
    }
}

fn prepare_data_dir(config: &Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data_dir).with_context(|| format!("making {}", config.data_dir.display()))
}

/// Where FPS is, and who we are there: also for a program that speaks to it without the shop.
pub fn fps_settings(config: &Config, paths: &Paths) -> fps::Settings {
    fps::Settings {
        api_url: config.fps_api_url.clone(),
        cbui_url: config.fps_cbui_url.clone(),
        keys: config
            .fps_keys
            .iter()
            .map(|(access, secret)| fps::KeyPair { access: access.clone(), secret: secret.clone() })
            .collect(),
        ipn_url: Some(paths.absolute(paths.ipn("fps"))),
        cobranding_url: Some(paths.absolute(paths.asset("pictures/pushcart-cobrand.png"))),
    }
}

/// The providers that the settings name.
pub fn providers(config: &Config, clock: &Clock) -> anyhow::Result<Providers> {
    let settings = fps_settings(config, &Paths::new(&config.base_url)?);
    let http = http::Client::new(None)?;
    let mut all: Vec<Arc<dyn Provider>> = Vec::new();
    if config.has_fps() {
        all.push(Arc::new(FpsProvider::new(settings, http.clone(), clock.clone())));
    }
    if let Some(settings) = amazon_pay::settings(config)? {
        all.push(Arc::new(AmazonPayProvider::new(settings, http, clock.clone())));
    }
    Ok(Providers::new(all))
}

/// Where forms may lead: the content security policy's `form-action` also judges the redirect to a provider,
/// and to where a linked account is made known.
fn provider_origins(config: &Config) -> Vec<String> {
    let origin = |address: &str| url::Url::parse(address).ok().map(|url| url.origin().ascii_serialization());
    let fps = config.has_fps().then(|| config.fps_cbui_url.clone());
    let linked = config.linking.iter().flat_map(|linking| linking.redirect_urls.clone());
    let all = fps.into_iter().chain(amazon_pay::pages(config)).chain(linked);
    let mut origins: Vec<String> = all.filter_map(|url| origin(&url)).collect();
    origins.sort();
    origins.dedup();
    origins
}

/// Who may ask for account linking.
fn linking(config: &Config) -> Option<Arc<Client>> {
    let written = config.linking.as_ref()?;
    Some(Arc::new(Client {
        id: written.client_id.clone(),
        secret: written.client_secret.clone(),
        redirect_urls: written.redirect_urls.clone(),
    }))
}

/// A name for this data folder that survives restarts: the owner of the leases.
fn instance(data_dir: &Path) -> anyhow::Result<String> {
    let path = data_dir.join("instance");
    if let Ok(name) = std::fs::read_to_string(&path)
        && !name.trim().is_empty()
    {
        return Ok(name.trim().to_owned());
    }
    let name = ids::fresh("ins");
    std::fs::write(&path, &name).with_context(|| format!("writing {}", path.display()))?;
    Ok(name)
}
