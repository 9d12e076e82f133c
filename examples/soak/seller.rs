//! Sellers at their desks: they pack what is to be shipped, and now and then give something back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use pushcart::seed;
use rand::RngExt;
use rand::rngs::StdRng;

use crate::pause;
use crate::stage::Stage;
use crate::visitor::{Form, Visitor};

/// How long a seller leaves an order alone that was just packed.
const REST: Duration = Duration::from_secs(4);

/// One seller with a browser.
struct Seller {
    stage: Arc<Stage>,
    email: String,
    visitor: Visitor,
    rng: StdRng,
}

/// Packs until the evening.
pub async fn pack(stage: Arc<Stage>, email: String) {
    let mut from = reqwest::header::HeaderMap::new();
    let number = stage.owners.iter().position(|owner| *owner == email).unwrap_or_default();
    from.insert("x-forwarded-for", format!("10.1.0.{}", number + 1).parse().unwrap());
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(40))
        .default_headers(from);
    let visitor = Visitor::with(http.build().unwrap());
    let rng = stage.rng("seller", number);
    let mut seller = Seller { stage, email, visitor, rng };
    let mut packed: HashMap<String, Instant> = HashMap::new();
    while !seller.is_evening() {
        for order in seller.waiting_parcels().await {
            if seller.is_evening() {
                break;
            }
            if packed.get(&order).is_none_or(|at| at.elapsed() > REST) {
                seller.pack_one(&order).await;
                packed.insert(order, Instant::now());
            }
        }
        pause(800).await;
    }
}

impl Seller {
    fn is_evening(&self) -> bool {
        self.stage.tally.is_evening.load(Ordering::SeqCst)
    }

    /// The pages of the orders that wait for a parcel.
    async fn waiting_parcels(&mut self) -> Vec<String> {
        let desk = format!("{}/sell/orders", self.stage.shop_url);
        if self.visitor.try_go("GET", &desk, None).await.is_err() {
            return Vec::new();
        }
        if let Some(form) = self.form("/signin") {
            let form = form.fill(&[("email", &self.email), ("password", seed::PASSWORD)]);
            let _ = self.visitor.try_send(&form).await;
            return Vec::new();
        }
        let mut links = self.visitor.page.links();
        links.retain(|link| link.contains("/sell/orders/ord_"));
        links
    }

    /// The parcel is ready; one buyer in twenty is given a part back, and half of those all the rest.
    async fn pack_one(&mut self, order: &str) {
        if self.visitor.try_go("GET", order, None).await.is_err() {
            return;
        }
        let Some(form) = self.form("/ship") else { return };
        if self.visitor.try_send(&form.fill(&[("carrier", "Post")])).await.is_err() {
            return;
        }
        self.stage.tally.packed.fetch_add(1, Ordering::Relaxed);
        if !self.rng.random_bool(0.05) {
            return;
        }
        let all: &[&str] = if self.rng.random_bool(0.5) { &["1.00", ""] } else { &["1.50"] };
        for amount in all {
            pause(1500).await;
            self.give_back(order, amount).await;
        }
    }

    /// Presses until an answer comes: the form's key makes that harmless.
    async fn give_back(&mut self, order: &str, amount: &str) {
        if self.visitor.try_go("GET", order, None).await.is_err() {
            return;
        }
        let Some(form) = self.form("/refund") else { return };
        let form = if amount.is_empty() { form } else { form.fill(&[("amount", amount)]) };
        for _ in 0..50 {
            match self.visitor.try_send(&form).await {
                Ok(page) if page.status < 500 => break,
                _ => pause(200).await,
            }
        }
        self.stage.tally.given_back.fetch_add(1, Ordering::Relaxed);
    }

    fn form(&self, action: &str) -> Option<Form> {
        self.visitor.page.forms().into_iter().find(|form| form.is_post && form.action.ends_with(action))
    }
}
