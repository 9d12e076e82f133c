//! Approvals that stand: one more payment by a way that was saved, a subscription whose method is changed, its renewal,
//! and its end. The shop dies at every point of that; the approvals themselves were given before.

use std::time::{Duration, Instant};

use pushcart::base::ids::{AgreementId, OrderId};
use pushcart::orders::agreement::{Agreement, Standing, Terms};
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::state::State;
use pushcart::seed;
use pushcart::store::Store;
use serde_json::Value;

use crate::market::ADDRESS;
use crate::place::Place;
use crate::visitor::Visitor;
use crate::walk::Walk;

/// Who buys here.
const EMAIL: &str = "ben@example.com";
/// Who pays at the provider: she has a card, a bank account and a balance.
const PAYER: &str = "acc_omni";
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Gives both approvals, before anything dies: a subscription by card, and a way to pay that is kept.
pub async fn prepare(walk: &mut Walk, place: &Place, store: &Store) {
    let mut buyer = Visitor::new();
    for (slug, method, extra) in
        [("bread-club", "CC", [("keep", ""), ("month", "")]), ("pretzel", "ABT", [("keep", "on"), ("month", "5000")])]
    {
        basket(walk, &mut buyer, slug).await;
        let form = buyer.page.form("/checkout").fill(&ADDRESS);
        let form = if extra[0].1.is_empty() { form } else { form.fill(&extra) };
        walk.send(&mut buyer, &form).await;
        walk.approve_at_fps(&mut buyer, PAYER, method).await;
        walk.wait_for(place, store, &newest(store).await, State::Paid).await;
    }
}

/// What the buyer does, and does again where it fails.
pub async fn live(walk: &mut Walk, place: &Place, store: &Store) {
    let (club, saved) = approvals(store).await;
    let mut buyer = Visitor::new();
    buy_of_two(walk, place, store, &mut buyer).await;
    pay_again(walk, place, store, &mut buyer, &saved).await;
    change_method(walk, place, store, &mut buyer, &club).await;
    renew(walk, place, store, &club.id).await;
    end(walk, place, store, &mut buyer, &club.id).await;
}

/// The subscription and the saved way to pay.
async fn approvals(store: &Store) -> (Agreement, Agreement) {
    let buyer = store.account_by_email(EMAIL).await.unwrap().unwrap().id;
    let mut all = store.agreements_of(&buyer, 10).await.unwrap();
    assert_eq!(all.len(), 2, "{all:?}");
    all.sort_by_key(|agreement| agreement.terms == Terms::Saved);
    let saved = all.pop().unwrap();
    (all.pop().unwrap(), saved)
}

async fn newest(store: &Store) -> OrderId {
    store.all_orders("~", 1).await.unwrap().remove(0).id
}

async fn afresh(store: &Store, id: &AgreementId) -> Agreement {
    store.agreement(id).await.unwrap().unwrap()
}

/// Opens a page for which one has to be signed in.
async fn open_signed_in(walk: &mut Walk, buyer: &mut Visitor, path: &str) {
    let address = walk.at(path);
    for _ in 0..10 {
        walk.open(buyer, &address).await;
        match buyer.page.forms().into_iter().find(|form| form.is_post && form.action.contains("/signin")) {
            Some(form) => {
                let form = form.fill(&[("email", EMAIL), ("password", seed::PASSWORD)]);
                walk.send(buyer, &form).await;
            }
            None => return,
        }
    }
    panic!("nobody can sign in: {}", buyer.page.text());
}

/// Up to the checkout's page with this in the basket.
async fn basket(walk: &mut Walk, buyer: &mut Visitor, slug: &str) {
    basket_of(walk, buyer, &[slug]).await;
}

/// The same with one of each of these.
async fn basket_of(walk: &mut Walk, buyer: &mut Visitor, slugs: &[&str]) {
    for _ in 0..10 {
        open_signed_in(walk, buyer, "/account/approvals").await;
        for slug in slugs {
            walk.open(buyer, &walk.at(&format!("/p/{slug}"))).await;
            let form = buyer.page.form("/cart/items").fill(&[("quantity", "1")]);
            walk.send(buyer, &form).await;
        }
        walk.open(buyer, &walk.at("/checkout")).await;
        if buyer.page.forms().iter().any(|form| form.is_post && form.action.ends_with("/checkout")) {
            return;
        }
    }
    panic!("the basket stays empty: {}", buyer.page.text());
}

/// Things of two sellers, approved once for both. Where that got lost, what still waits is approved on its own.
async fn buy_of_two(walk: &mut Walk, place: &Place, store: &Store, buyer: &mut Visitor) {
    let before = newest(store).await;
    basket_of(walk, buyer, &["pretzel", "hot-honey"]).await;
    let form = buyer.page.form("/checkout").fill(&ADDRESS);
    walk.send(buyer, &form).await;
    if !buyer.page.url.starts_with(&walk.at("")) {
        walk.approve_at_fps(buyer, PAYER, "ABT").await;
    }
    let order = newest(store).await;
    assert_ne!(order, before, "{} {}", buyer.page.url, buyer.page.text());
    let checkout = store.order(&order).await.unwrap().unwrap().checkout;
    let both = store.orders_of_checkout(&checkout).await.unwrap();
    assert_eq!(both.len(), 2, "{both:?}");
    for order in both {
        if !is_paid_soon(walk, place, store, &order.id).await {
            open_signed_in(walk, buyer, &format!("/orders/{}", order.id)).await;
            if let Some(form) = buyer.page.forms().into_iter().find(|form| form.action.ends_with("/pay")) {
                walk.send(buyer, &form.fill(&[("provider", "fps")])).await;
                walk.approve_at_fps(buyer, PAYER, "ABT").await;
            }
        }
        walk.wait_for(place, store, &order.id, State::Paid).await;
    }
}

/// Whether an order is paid without anybody's doing, within a few minutes of the provider's time.
async fn is_paid_soon(walk: &mut Walk, place: &Place, store: &Store, order: &OrderId) -> bool {
    for _ in 0..20 {
        walk.revive_if_dead().await;
        if store.order(order).await.unwrap().unwrap().state == State::Paid {
            return true;
        }
        place.clock.advance(Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    false
}

/// One more pretzel, paid without leaving the shop.
async fn pay_again(walk: &mut Walk, place: &Place, store: &Store, buyer: &mut Visitor, saved: &Agreement) {
    let before = newest(store).await;
    basket(walk, buyer, "pretzel").await;
    let form = buyer.page.form("/checkout").fill(&ADDRESS).fill(&[("provider", saved.id.as_str())]);
    walk.send(buyer, &form).await;
    let order = newest(store).await;
    assert_ne!(order, before, "{} {}", buyer.page.url, buyer.page.text());
    walk.wait_for(place, store, &order, State::Paid).await;
}

/// At the provider's pages: the balance instead of the card.
async fn change_method(walk: &mut Walk, place: &Place, store: &Store, buyer: &mut Visitor, club: &Agreement) {
    let begun = Instant::now();
    while afresh(store, &club.id).await.consent == club.consent {
        open_signed_in(walk, buyer, "/account/approvals").await;
        let change = format!("/{}/change", club.id);
        let form = buyer.page.forms().into_iter().find(|form| form.action.ends_with(&change));
        let Some(form) = form else { panic!("no way to change: {}", buyer.page.text()) };
        walk.send(buyer, &form).await;
        if !buyer.page.url.starts_with(&walk.at("")) {
            walk.approve_at_fps(buyer, PAYER, "ABT").await;
        }
        settled(walk, place, store, club.id.as_str(), Kind::ChangeAgreement).await;
        assert!(begun.elapsed() < PATIENCE, "it is never changed: {}", buyer.page.text());
    }
    assert_eq!(afresh(store, &club.id).await.standing, Standing::Active);
}

/// The next period begins.
async fn renew(walk: &mut Walk, place: &Place, store: &Store, club: &AgreementId) {
    let (before, next) = (newest(store).await, afresh(store, club).await.next_at.unwrap());
    place.clock.advance(next.since(place.clock.now()) + Duration::from_secs(60));
    let begun = Instant::now();
    while newest(store).await == before {
        assert!(begun.elapsed() < PATIENCE, "nothing was ordered");
        walk.revive_if_dead().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    walk.wait_for(place, store, &newest(store).await, State::Paid).await;
}

/// The buyer ends it in the shop, and the provider hears of it.
async fn end(walk: &mut Walk, place: &Place, store: &Store, buyer: &mut Visitor, club: &AgreementId) {
    let begun = Instant::now();
    while afresh(store, club).await.standing != Standing::Ended {
        open_signed_in(walk, buyer, "/account/approvals").await;
        let end = format!("/{club}/end");
        if let Some(form) = buyer.page.forms().into_iter().find(|form| form.action.ends_with(&end)) {
            walk.send(buyer, &form).await;
        }
        assert!(begun.elapsed() < PATIENCE, "it never ends: {}", buyer.page.text());
    }
    settled(walk, place, store, club.as_str(), Kind::CancelAgreement).await;
}

/// Until no operation of this kind is open.
async fn settled(walk: &mut Walk, place: &Place, store: &Store, subject: &str, kind: Kind) {
    let begun = Instant::now();
    loop {
        walk.revive_if_dead().await;
        let all = store.operations_of(subject).await.unwrap();
        if all.iter().all(|operation| operation.kind != kind || !operation.progress.is_open()) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{all:?}");
        // what a return should have told is asked for after ten minutes
        let by = if begun.elapsed() > Duration::from_secs(3) { 60 } else { 2 };
        place.clock.advance(Duration::from_secs(by));
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// Every order was paid once, under the approval it should be; both sides name the same payments.
pub async fn check(store: &Store, books: &Value, ledger: &[Value]) {
    let orders = books["orders"].as_array().unwrap();
    assert_eq!(orders.len(), 6, "two to begin with, a basket of two, one by the saved way, one renewal: {books:#}");
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let mut ours = Vec::new();
    for order in orders {
        assert_eq!(order["state"], "paid", "{order}");
        let all = order["operations"].as_array().unwrap();
        let [paid] = &all.iter().filter(|it| it["kind"] == "pay").collect::<Vec<_>>()[..] else {
            panic!("one payment, by one reference: {order}")
        };
        assert_eq!((&paid["state"], &paid["amount_minor"]), (&"succeeded".into(), &order["total_minor"]), "{order}");
        let amount = paid["amount_minor"].as_i64().unwrap();
        ours.push((text(paid, "caller_reference"), text(paid, "provider_transaction_id"), amount));
    }
    let mut theirs = Vec::new();
    for line in ledger {
        assert_eq!((&line["kind"], &line["state"]), (&"pay".into(), &"Success".into()), "{line}");
        let amount = line["amount_minor"].as_i64().unwrap();
        theirs.push((text(line, "caller_reference"), text(line, "transaction_id"), amount));
    }
    ours.sort();
    theirs.sort();
    assert_eq!(theirs, ours);
    let taken: i64 = ours.iter().map(|(.., amount)| amount).sum();
    let accounts = books["ledger"]["accounts"].as_array().unwrap();
    let provider = accounts.iter().find(|line| line["account"] == "provider:fps").unwrap();
    assert_eq!(provider["balance_minor"], taken);

    let (club, saved) = approvals(store).await;
    assert_eq!((club.standing, saved.standing), (Standing::Ended, Standing::Active));
    let renewal = store.order(&newest(store).await).await.unwrap().unwrap();
    assert_eq!((renewal.agreement.as_ref(), renewal.period), (Some(&club.id), Some(1)));
    assert_eq!(renewal.consent, club.consent, "paid by the approval that was changed");
    let closing = store.operations_of(club.id.as_str()).await.unwrap();
    let closing = closing.iter().filter(|it| it.kind == Kind::CancelAgreement);
    assert!(closing.clone().count() >= 1 && closing.clone().all(|it| it.progress == Progress::Succeeded));
}
