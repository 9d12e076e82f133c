//! People with browsers. Where a page does not come they do what people do: reload it, go back and press again, or
//! start over; and where they cannot tell whether they have paid, they look at their order.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

use crate::pause;
use crate::stage::{Stage, WEB_SHELF};
use crate::visitor::{Form, Page, Visitor};

/// How many pages one purchase may take before its buyer is believed to be stuck.
const MOST_PAGES: usize = 1500;

/// An address without sales tax, so that totals keep away from the sandbox's magic cents.
const ADDRESS: [(&str, &str); 9] = [
    ("email", "ana@example.com"),
    ("name", "Ana Bell"),
    ("line1", "12 Orchard Lane"),
    ("city", "Portland"),
    ("state", "OR"),
    ("postal_code", "97201"),
    ("country", "US"),
    ("shipping_method", "standard"),
    ("intent", "pay"),
];

/// How somebody pays.
#[derive(Clone, Copy)]
struct Way {
    /// For the report.
    called: &'static str,
    provider: &'static str,
    persona: &'static str,
    /// A method of FPS, or the last digits of a card at Amazon.
    with: &'static str,
}

const fn way(called: &'static str, provider: &'static str, persona: &'static str, with: &'static str) -> Way {
    Way { called, provider, persona, with }
}

/// Ways that work, each as often as it stands here.
const GOOD: [Way; 8] = [
    way("FPS, card", "fps", "acc_clara", "CC"),
    way("FPS, card", "fps", "acc_omni", "CC"),
    way("FPS, bank", "fps", "acc_bonnie", "ACH"),
    way("FPS, balance", "fps", "acc_bill", "ABT"),
    way("Amazon Pay", "amazon_pay", "amzn1.account.ANAALLGOOD", "1111"),
    way("Amazon Pay", "amazon_pay", "amzn1.account.ANAALLGOOD", "4444"),
    way("Amazon Pay", "amazon_pay", "amzn1.account.TERRYTESTWALLET", "0005"),
    way("Amazon Pay, softly declined", "amazon_pay", "amzn1.account.SOFIASOFT", "5151"),
];

/// Ways that are refused; their owners then take a good one.
const BAD: [Way; 3] = [
    way("FPS, refused", "fps", "acc_dee", "CC"),
    way("FPS, no money", "fps", "acc_max", "ABT"),
    way("Amazon Pay, refused", "amazon_pay", "amzn1.account.HARRYHARD", "5252"),
];

/// What the ways that work are called.
pub fn ways() -> impl Iterator<Item = &'static str> {
    GOOD.iter().map(|way| way.called)
}

/// One person, who buys for as long as there is something to buy.
struct Buyer {
    stage: Arc<Stage>,
    http: reqwest::Client,
    rng: StdRng,
    visitor: Visitor,
    /// The filled checkout: pressing it again leads to the same orders.
    checkout: Option<Form>,
    /// The page of the order, once seen.
    order: Option<String>,
    way: Way,
}

/// What the page in front of somebody asks for.
enum Next {
    /// A form to send.
    Send(Form),
    /// It takes a moment: look again.
    Look,
    /// This leads nowhere.
    GoBack,
    /// The order lapsed before it was paid.
    StartOver,
    /// Paid for, and this is the order.
    Done(String),
}

/// Buys until nothing is left to buy.
pub async fn shop(stage: Arc<Stage>, number: usize) {
    let mut from = reqwest::header::HeaderMap::new();
    let address = format!("10.0.{}.{}", number / 250, number % 250 + 1);
    from.insert("x-forwarded-for", address.parse().unwrap());
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(40))
        .default_headers(from);
    let (http, rng) = (http.build().unwrap(), stage.rng("buyer", number));
    let visitor = Visitor::with(http.clone());
    let mut buyer = Buyer { stage: stage.clone(), http, rng, visitor, checkout: None, order: None, way: GOOD[0] };
    while stage.take_ticket() {
        let ended = buyer.buy().await;
        stage.over(buyer.way.called, ended.map(Some));
    }
}

impl Buyer {
    /// One purchase, until its buyer reads that it is paid for; gives the order.
    async fn buy(&mut self) -> Result<String, String> {
        let is_bad = self.rng.random_bool(0.06);
        self.way = if is_bad { self.any_of(&BAD) } else { self.any_of(&GOOD) };
        self.start_over();
        let mut looks = 0;
        for _ in 0..MOST_PAGES {
            let next = if self.visitor.page.url.is_empty() { Next::GoBack } else { self.next() };
            looks = if matches!(next, Next::Look) { looks + 1 } else { 0 };
            match next {
                Next::Done(order) => return Ok(order),
                Next::Send(form) => self.send(&form).await,
                // A page that stays as it is for long was perhaps the last of a broken chain.
                Next::Look if looks % 40 == 39 => self.go_back().await,
                Next::Look => {
                    pause(self.rng.random_range(150..500)).await;
                    self.reload().await;
                }
                Next::GoBack => self.go_back().await,
                Next::StartOver => {
                    self.stage.tally.lapsed.fetch_add(1, Ordering::Relaxed);
                    self.start_over();
                }
            }
        }
        let page = &self.visitor.page;
        Err(format!("{} says {}: {}", page.url, page.status, page.text()))
    }

    /// A new browser.
    fn start_over(&mut self) {
        self.visitor = Visitor::with(self.http.clone());
        (self.checkout, self.order) = (None, None);
    }

    /// What somebody does in front of this page.
    fn next(&mut self) -> Next {
        if self.visitor.page.url.starts_with(&self.stage.sandbox_url) {
            return self.at_the_provider();
        }
        let address = self.visitor.page.url.clone();
        let path = address.strip_prefix(&self.stage.shop_url).unwrap_or_default();
        let is_there = self.visitor.page.status == 200;
        match path.split(['/', '?']).nth(1).unwrap_or_default() {
            "orders" if is_there => self.at_the_order(),
            "return" if is_there => Next::Look,
            "checkout" if is_there && path.contains("/status") => Next::Look,
            "checkout" => self.at_the_checkout(),
            _ => Next::GoBack,
        }
    }

    fn at_the_provider(&self) -> Next {
        let forms = self.visitor.page.forms();
        let (persona, with) = (self.way.persona, self.way.with);
        let steps: [(&str, &[(&str, &str)]); 6] = [
            ("/checkout/pay", &[("instrument", with)]),
            ("/checkout/choose", &[("instrument", with)]),
            ("/checkout/sign-in", &[("persona", persona)]),
            ("/confirm", &[]),
            ("/payment", &[("method", with)]),
            ("/sign-in", &[("persona", persona), ("how", "persona")]),
        ];
        for (action, answers) in steps {
            if let Some(form) = forms.iter().find(|form| form.action.ends_with(action)) {
                return Next::Send(form.clone().fill(answers));
            }
        }
        Next::GoBack
    }

    /// The order's page says how far it is, in a word of its own.
    fn at_the_order(&mut self) -> Next {
        let page = &self.visitor.page;
        let Some(state) = badge(page) else { return Next::GoBack };
        self.order = Some(page.url.clone());
        let order = page.url.rsplit('/').next().unwrap_or_default();
        let order = order.split('?').next().unwrap_or_default().to_owned();
        match state.as_str() {
            "reserved" | "paid" | "shipped" | "refunded" => Next::Done(order),
            "cancelled" | "expired" => Next::StartOver,
            _ if page.html.contains("class=\"waiting") => Next::Look,
            "placed" | "declined" => match page.forms().into_iter().find(|form| form.action.ends_with("/pay")) {
                Some(form) => {
                    // Who was refused takes what works.
                    if state == "declined" || self.way.called.contains("refused") || self.way.called.contains("money") {
                        self.way = self.any_of(&GOOD);
                    }
                    Next::Send(form.fill(&[("provider", self.way.provider)]))
                }
                None => Next::Look,
            },
            _ => Next::Look,
        }
    }

    /// The form, fresh or refused with a sentence: filled in and sent, and remembered for going back.
    fn at_the_checkout(&mut self) -> Next {
        let forms = self.visitor.page.forms();
        let Some(form) = forms.into_iter().find(|form| form.is_post && form.action.ends_with("/checkout")) else {
            return Next::GoBack;
        };
        let form = form.fill(&ADDRESS).fill(&[("provider", self.way.provider)]);
        self.checkout = Some(form.clone());
        Next::Send(form)
    }

    /// To the order, to the checkout as it was filled in, or to the shelf.
    async fn go_back(&mut self) {
        if let Some(order) = self.order.take() {
            self.open(&order).await;
        } else if let Some(form) = self.checkout.take() {
            self.send(&form).await;
            // Another time this may lead further; the basket is empty after all is paid.
            let is_gone = self.visitor.page.url.ends_with("/cart");
            self.checkout = (!is_gone).then_some(form);
        } else {
            self.fill_the_basket().await;
        }
    }

    async fn fill_the_basket(&mut self) {
        let (shop, slug) = (self.stage.shop_url.clone(), self.any_of(&WEB_SHELF));
        self.open(&format!("{shop}/p/{slug}")).await;
        let quantity = self.rng.random_range(1..4_u8).to_string();
        let forms = self.visitor.page.forms();
        let Some(form) = forms.into_iter().find(|form| form.action.ends_with("/cart/items")) else { return };
        self.send(&form.fill(&[("quantity", &quantity)])).await;
        self.open(&format!("{shop}/checkout")).await;
    }

    async fn open(&mut self, address: &str) {
        self.visitor.page.status = 0;
        let _ = self.visitor.try_go("GET", address, None).await;
        self.until_it_comes(None).await;
    }

    async fn send(&mut self, form: &Form) {
        self.visitor.page.status = 0;
        let _ = self.visitor.try_send(form).await;
        self.until_it_comes(Some(form)).await;
    }

    async fn reload(&mut self) {
        self.visitor.page.status = 0;
        let _ = self.visitor.try_reload().await;
        self.until_it_comes(None).await;
    }

    /// Reloads what did not come, or goes back and presses the button again.
    async fn until_it_comes(&mut self, form: Option<&Form>) {
        for _ in 0..200 {
            if (200..500).contains(&self.visitor.page.status) && self.visitor.page.status != 429 {
                return;
            }
            self.stage.tally.repeats.fetch_add(1, Ordering::Relaxed);
            pause(self.rng.random_range(50..400)).await;
            self.visitor.page.status = 0;
            let _ = match form {
                Some(form) if self.rng.random_bool(0.3) => self.visitor.try_send(form).await,
                _ => self.visitor.try_reload().await,
            };
        }
    }

    fn any_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.random_range(0..all.len())]
    }
}

/// The state that a page shows beside the order's number.
fn badge(page: &Page) -> Option<String> {
    let after = page.html.split_once("order-head")?.1.split_once("badge badge--")?.1;
    Some(after.split('"').next()?.to_owned())
}
