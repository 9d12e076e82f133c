//! The shop's pages, asked through its router on a database of their own.

mod abroad;
mod accounts;
mod baskets;
mod browsing;
mod buying;
mod desks;
mod edges;
mod express;
mod linking;
mod office;
mod paper;
mod rates;
mod talking;
mod till;
mod trouble;
mod twice;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use tokio::sync::Notify;
use tower::ServiceExt;

use super::Shop;
use crate::base::clock::Clock;
use crate::base::money::Currency;
use crate::base::paths::Paths;
use crate::flows::{Context, ShopFacts};
use crate::market::fees::ProviderFeeBy;
use crate::market::sellers::Payee;
use crate::orders::operation::Statement;
use crate::pay::{Provider, Providers};
use crate::seed;
use crate::store::Store;

use till::Till;

/// A shop with the demo market in it, gone when dropped.
struct Market {
    ctx: Context,
    shop: Shop,
    router: Router,
    till: Arc<Till>,
    folder: tempfile::TempDir,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn leads_to(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

impl Market {
    async fn open() -> Market {
        Market::open_at("http://localhost:3000").await
    }

    async fn open_at(base_url: &str) -> Market {
        Market::of(base_url, true, Currency::USD).await
    }

    /// One that is not a demo.
    async fn live() -> Market {
        Market::of("http://localhost:3000", false, Currency::USD).await
    }

    /// One that is kept in another currency, whose one till pays no seller.
    async fn kept_in(code: &str) -> Market {
        Market::of("http://localhost:3000", true, Currency::from_code(code).unwrap()).await
    }

    /// One whose sellers can all be paid through both tills.
    async fn with_till() -> Market {
        let market = Market::open().await;
        let mut tx = market.ctx.store.write().await.unwrap();
        for seller in market.ctx.store.sellers("", 200).await.unwrap() {
            for provider in ["till", "counter"] {
                let payee = Payee {
                    token: seller.id.to_string(),
                    email: seller.email.clone(),
                    seller: seller.id.clone(),
                    provider: provider.to_owned(),
                    refund_token: None,
                };
                tx.set_payee(&payee).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        market
    }

    async fn of(base_url: &str, is_demo: bool, currency: Currency) -> Market {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("shop.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Clock::new();
        let (till, counter) = (Arc::new(Till::called("till")), Arc::new(Till::called("counter")));
        let abroad = Arc::new(Till::abroad());
        seed::plant(&store, &clock, currency).await.unwrap();
        let ctx = Context {
            store,
            providers: Providers::new(vec![till.clone() as Arc<dyn Provider>, counter, abroad]),
            clock,
            paths: Paths::new(base_url).unwrap(),
            shop: Arc::new(ShopFacts {
                name: "Pushcart".to_owned(),
                currency,
                is_demo,
                contact: "help@market.example".to_owned(),
                statement: Statement::default(),
                provider_fee_by: ProviderFeeBy::Seller,
                sandbox_url: None,
                instance: "test".to_owned(),
            }),
            linking: Some(Arc::new(linking::client())),
            standings: Arc::default(),
            wake: Arc::new(Notify::new()),
        };
        let shop = Shop::new(&ctx, vec!["http://127.0.0.1:3001".to_owned()]);
        let router = match ctx.paths.prefix() {
            "" => shop.router(ctx.clone()),
            prefix => Router::new().nest(prefix, shop.router(ctx.clone())),
        };
        Market { ctx, shop, router, till, folder }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn product_id(&self, slug: &str) -> String {
        self.ctx.store.product_by_slug(slug).await.unwrap().unwrap().product.id.to_string()
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor { market: self, cookies: Vec::new() }
    }
}

/// Somebody with a cookie jar.
struct Visitor<'a> {
    market: &'a Market,
    cookies: Vec<(String, String)>,
}

impl Visitor<'_> {
    async fn send(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !line.is_empty() {
            parts.headers.insert(COOKIE, line.join("; ").parse().unwrap());
        }
        let answer = self.market.ask(Request::from_parts(parts, body)).await;
        for line in answer.headers.get_all(SET_COOKIE) {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}
