//! Pages for people.
//!
//! Handlers are extractors, one act or read, and a page or redirect. No SQL, no provider, no
//! decision about an order's state is made here.

pub mod account;
pub mod admin;
pub mod approvals;
pub mod assets;
pub mod browse;
pub mod cart;
pub mod catalogue;
pub mod checkout;
pub mod checkout_costs;
pub mod checkout_form;
pub mod checkout_status;
pub mod desk;
pub mod disputes;
pub mod error;
pub mod express;
pub mod extract;
pub mod health;
pub mod help;
pub mod invoice;
pub mod limits;
pub mod link;
pub mod mailbox;
pub mod my_orders;
pub mod order_acts;
pub mod order_page;
pub mod page;
pub mod passwords;
pub mod policies;
pub mod privacy;
pub mod requests;
pub mod returns;
pub mod said;
pub mod security;
pub mod sell;
pub mod tab;
#[cfg(test)]
mod tests;
pub mod voice_cart;
mod waiting;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Request};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::base::paths::Paths;
use crate::flows::Context;
use crate::store::Store;

use catalogue::Catalogue;
use error::PageError;
use help::Help;
use limits::Limits;

/// What the pages keep in memory: the catalogue, the limits, the help, the policy. Cheap to clone.
#[derive(Clone)]
pub struct Shop {
    inner: Arc<Inner>,
}

struct Inner {
    catalogue: Catalogue,
    limits: Limits,
    help: Help,
    policy: HeaderValue,
    /// The same for pages with a provider's own button.
    button_policy: HeaderValue,
}

/// The state of the router: handlers take `State<Context>`, or `State<Site>` where they need both.
#[derive(Clone)]
pub struct Site {
    /// What acts need.
    pub ctx: Context,
    /// What pages keep in memory.
    pub shop: Shop,
}

impl FromRef<Site> for Context {
    fn from_ref(site: &Site) -> Context {
        site.ctx.clone()
    }
}

impl FromRef<Site> for Shop {
    fn from_ref(site: &Site) -> Shop {
        site.shop.clone()
    }
}

impl Shop {
    /// `provider_origins` are where forms may lead: `https://payments.example.com`.
    pub fn new(ctx: &Context, provider_origins: Vec<String>) -> Shop {
        Shop::behind(ctx, provider_origins, None)
    }

    /// The same behind a proxy whose `X-Forwarded-For` is believed.
    pub fn behind(ctx: &Context, provider_origins: Vec<String>, trusted_proxy: Option<IpAddr>) -> Shop {
        health::recorder();
        Shop {
            inner: Arc::new(Inner {
                catalogue: Catalogue::default(),
                limits: Limits::new(trusted_proxy),
                help: Help::of(ctx),
                policy: security::content_policy(&provider_origins, &[]),
                button_policy: security::content_policy(&provider_origins, &crate::flows::express::button_origins(ctx)),
            }),
        }
    }

    /// The catalogue in memory.
    pub fn catalogue(&self) -> &Catalogue {
        &self.inner.catalogue
    }

    /// What every code of the providers means.
    pub fn help(&self) -> &Help {
        &self.inner.help
    }

    /// How often things may be tried.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The answer under the policy that lets a provider's button be drawn.
    pub fn with_buttons(&self, mut response: Response) -> Response {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, self.inner.button_policy.clone());
        response
    }

    /// Keeps the catalogue in memory true until `stop`.
    pub async fn follow(&self, ctx: Context, stop: CancellationToken) {
        tokio::join!(self.catalogue().follow(&ctx.store, stop.clone()), health::upkeep(stop));
    }

    /// Every page. All routes are relative: nest it under the prefix of the base URL.
    pub fn router(&self, ctx: Context) -> Router {
        let site = Site { ctx: ctx.clone(), shop: self.clone() };
        let dress = middleware::from_fn_with_state(site.clone(), error::dress);
        let policy = self.inner.policy.clone();
        let guard =
            middleware::from_fn(move |request: Request, next: Next| security::guard(policy.clone(), request, next));
        pages(&ctx)
            .merge(public_pages(&ctx))
            .merge(outside())
            .fallback(nothing_here)
            .layer(DefaultBodyLimit::max(limits::FORM_LIMIT))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(dress)
            .merge(for_machines())
            .layer(middleware::from_fn(requests::number))
            .layer(guard)
            .with_state(site)
    }

    /// Slows down whoever floods `notifications` (the router of `/ipn`).
    pub fn limit_notifications(&self, notifications: Router) -> Router {
        let shop = self.clone();
        notifications.layer(middleware::from_fn(move |request: Request, next: Next| {
            let shop = shop.clone();
            async move { shop.limits().pass_notification(request, next).await }
        }))
    }
}

/// Pages that know their visitor: with a session, and refusing other sites' posts.
fn pages(ctx: &Context) -> Router<Site> {
    Router::new()
        .route("/cart", get(cart::cart))
        .route("/cart/items", post(cart::add))
        .route("/cart/items/{product_id}", post(cart::change))
        .merge(account::router())
        .merge(checkout::router())
        .merge(checkout_status::router())
        .merge(express::router())
        .merge(invoice::router())
        .merge(link::router())
        .merge(mailbox::router())
        .merge(my_orders::router())
        .merge(approvals::router())
        .merge(tab::router())
        .merge(order_acts::router())
        .merge(order_page::router())
        .merge(passwords::router())
        .merge(sell::router())
        .merge(voice_cart::router())
        .merge(admin::router())
        .layer(sessions(ctx))
        .layer(security::refuse_cross_site(&ctx.paths))
}

/// Pages that are the same for everybody without a basket: no session, but for what a tab buys with one click.
fn public_pages(ctx: &Context) -> Router<Site> {
    Router::new()
        .route("/", get(browse::home))
        .route("/search", get(browse::search::search))
        .route("/help/payments", get(help::payments))
        .route("/help/policies", get(policies::policies))
        .route("/help/privacy", get(privacy::privacy))
        .route("/p/{slug}", get(browse::product).layer(sessions(ctx)))
        .route("/s/{seller}", get(browse::seller))
        .route("/pictures/{id}", get(assets::picture))
}

/// Where providers send people back: by cross-site posts without cookies, so outside of both layers.
fn outside() -> Router<Site> {
    returns::router()
}

/// What no person reads.
fn for_machines() -> Router<Site> {
    Router::new()
        .route("/oauth/token", post(link::token::token).layer(DefaultBodyLimit::max(limits::FORM_LIMIT)))
        .route("/assets/{*file}", get(assets::file))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
}

fn sessions(ctx: &Context) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(ctx.store.clone())
        .with_name(extract::SESSION_COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(ctx.paths.origin().starts_with("https"))
        .with_path(cookie_path(&ctx.paths))
        .with_expiry(Expiry::OnInactivity(Duration::days(14)))
}

fn cookie_path(paths: &Paths) -> String {
    if paths.prefix().is_empty() { "/".to_owned() } else { paths.prefix().to_owned() }
}

/// Everything that is not a page.
async fn nothing_here() -> PageError {
    PageError::NotFound
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    PageError::internal("a handler panicked").into_response()
}
