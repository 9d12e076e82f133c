//! Purchases with both providers by people who do not give up: what fails because the shop died is done again.

use std::time::{Duration, Instant};

use pushcart::base::ids::OrderId;
use pushcart::flows::books;
use pushcart::orders::state::State;
use pushcart::seed;
use pushcart::store::Store;
use serde_json::Value;

use crate::market::ADDRESS;
use crate::place::Place;
use crate::shop_process::{ShopProcess, printed_books};
use crate::visitor::{Form, Visitor};

/// One attempt to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
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
pub const ORDERS: [(&str, &[Try]); 2] = [("1", &[Try::AmazonPayRefused, Try::Fps]), ("2", &[Try::AmazonPay])];

/// One life under way.
pub struct Walk {
    /// The shop that dies.
    pub shop: ShopProcess,
    /// Where it answers.
    base: String,
    /// For what people do not do with a browser.
    pub http: reqwest::Client,
    /// Those that are on hold or further.
    pub orders: Vec<OrderId>,
    /// Whether it did.
    pub has_died: bool,
}

impl Walk {
    /// Nothing was bought yet.
    pub fn new(shop: ShopProcess, place: &Place) -> Walk {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Walk { shop, base: place.shop_url(), http, orders: Vec::new(), has_died: false }
    }

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

    /// Starts the shop again if it is dead.
    pub async fn revive_if_dead(&mut self) {
        if !self.shop.is_alive() {
            self.revive().await;
        }
    }

    /// An address of the shop.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Opens an address until it answers with a page that is no server error.
    pub async fn open(&mut self, visitor: &mut Visitor, address: &str) {
        for _ in 0..30 {
            match visitor.try_go("GET", address, None).await {
                Ok(page) if page.status < 500 => return,
                _ => self.revive().await,
            }
        }
        panic!("{address} does not come up: {} {}", visitor.page.status, visitor.page.text());
    }

    /// Sends a form until somebody answers.
    pub async fn send(&mut self, visitor: &mut Visitor, form: &Form) {
        for _ in 0..30 {
            match visitor.try_send(form).await {
                Ok(page) if page.status < 500 => return,
                _ => self.revive().await,
            }
        }
        panic!("{} does not answer: {}", form.action, visitor.page.text());
    }

    /// Buys pretzels, until they are on hold.
    pub async fn buy(&mut self, place: &Place, store: &Store, quantity: &str, tries: &[Try]) {
        let mut buyer = Visitor::new();
        self.check_out(&mut buyer, quantity, tries[0]).await;
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

    /// Orders pretzels, up to the provider's first page.
    pub async fn check_out(&mut self, buyer: &mut Visitor, quantity: &str, how: Try) {
        loop {
            self.open(buyer, &format!("{}/p/pretzel", self.base)).await;
            let form = buyer.page.form("/cart/items").fill(&[("quantity", quantity)]);
            self.send(buyer, &form).await;
            self.open(buyer, &format!("{}/checkout", self.base)).await;
            // A crash may have taken the basket's cookie with it.
            if buyer.page.forms().iter().any(|form| form.is_post && form.action.ends_with("/checkout")) {
                break;
            }
        }
        let form = buyer.page.form("/checkout").fill(&ADDRESS).fill(&[("provider", how.provider())]);
        self.send(buyer, &form).await;
    }

    /// Approves an order that was left at the provider's pages, until it is on hold.
    pub async fn approve(&mut self, buyer: &mut Visitor, place: &Place, store: &Store) {
        self.pay(buyer, Try::Fps).await;
        let id = store.all_orders("~", 1).await.unwrap().remove(0).id;
        self.wait_for(place, store, &id, State::Reserved).await;
        self.orders.push(id);
    }

    /// Approves on the provider's pages and comes back.
    pub async fn pay(&mut self, buyer: &mut Visitor, how: Try) {
        self.go_on(buyer).await;
        let confirm = match how {
            Try::Fps => return self.approve_at_fps(buyer, "acc_clara", "CC").await,
            Try::AmazonPay => choose_at_amazon(buyer, "amzn1.account.ANAALLGOOD", "1111").await,
            Try::AmazonPayRefused => choose_at_amazon(buyer, "amzn1.account.HARRYHARD", "5252").await,
        };
        let answer = buyer.once("POST", &confirm.action, Some(confirm.body())).await;
        self.open(buyer, &answer.headers["location"]).await;
    }

    /// The same on the pages of FPS, as this test person, and comes back.
    pub async fn approve_at_fps(&mut self, buyer: &mut Visitor, persona: &str, method: &str) {
        buyer.submit("/sign-in", &[("persona", persona), ("how", "persona")]).await;
        buyer.submit("/payment", &[("method", method)]).await;
        let confirm = buyer.page.form("/confirm");
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
    pub async fn ship(&mut self, place: &Place, store: &Store) {
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
    pub async fn quiet_books(&mut self, place: &Place) -> Value {
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

    /// Until an order is there and nobody has anything left to do.
    pub async fn wait_for(&mut self, place: &Place, store: &Store, order: &OrderId, state: State) {
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
