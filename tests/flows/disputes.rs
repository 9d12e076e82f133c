//! What begins at the provider: a seller's refund, disputes, claims and chargebacks, and what the shop makes of them.

use pushcart::base::clock::days;
use pushcart::base::ids::OrderId;
use pushcart::orders::dispute::{Dispute, State as Stands};
use pushcart::orders::operation::{Kind, Progress};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

/// The order's payment at the provider, on the page of its `sender` or `recipient`.
async fn at_provider(market: &Market, order: &Order, role: &str) -> Visitor {
    let payment = market.order(&order.id).await.transaction.unwrap();
    let all = market.transactions().await;
    let own = all.iter().find(|one| one["transaction_id"] == payment.as_str() && one["kind"] != "reserve").unwrap();
    let account = own[role].as_str().unwrap();
    let mut visitor = Visitor::new();
    visitor.open(&format!("{}/accounts/{account}/transactions/{payment}", market.sandbox_url)).await;
    visitor.page.says(200, "What happened");
    visitor
}

/// The buyer files it; the page answers with `status` and `words`.
async fn file(market: &Market, order: &Order, kind: &str, goods: &str, (status, words): (u16, &str)) {
    let mut buyer = at_provider(market, order, "sender").await;
    let said = [("kind", kind), ("goods", goods), ("trouble", "missing"), ("words", "Nothing came.")];
    buyer.submit("/cases", &said).await;
    buyer.page.says(status, words);
    market.settle_down().await;
}

/// The desk of the provider decides the one case that waits.
async fn decide(market: &Market, act: &str) {
    let mut desk = Visitor::new();
    desk.open(&format!("{}/accounts/cases", market.sandbox_url)).await;
    desk.submit("/accounts/cases/", &[("act", act)]).await;
    desk.page.says(200, "Nothing waits for you");
    market.settle_down().await;
}

async fn shipped(market: &Market) -> Order {
    let (_, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
    market.ship(&order).await;
    let order = market.order(&order.id).await;
    assert_eq!(order.state, State::Shipped);
    order
}

async fn only_dispute(market: &Market, order: &OrderId) -> Dispute {
    let mut all = market.ctx().store.disputes_of(order).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn booked(market: &Market, order: &OrderId, fact: &str) -> i64 {
    let all = market.ctx().store.bookings(order).await.unwrap();
    all.iter().filter(|one| one.fact == fact).map(|one| one.amount.minor).sum()
}

async fn letters(market: &Market, words: &str) -> usize {
    let all = market.ctx().store.letters(200).await.unwrap();
    all.iter().filter(|letter| letter.subject.contains(words)).count()
}

/// Our books and the provider's say the same: what was taken and not given back, and what the provider kept.
pub(super) async fn books_agree(market: &Market) {
    market.books().await;
    let (mut taken, mut kept) = (0, 0);
    for one in market.transactions().await.iter().filter(|one| one["state"] == "Success") {
        let sign = match one["kind"].as_str().unwrap() {
            "pay" | "settle" => 1,
            "refund" => -1,
            other => panic!("{other}"),
        };
        taken += sign * one["amount_minor"].as_i64().unwrap();
        kept += sign * one["provider_fee_minor"].as_i64().unwrap();
    }
    let balances = market.ctx().store.balances().await.unwrap();
    let balance = |name: &str| balances.iter().find(|one| one.account == name).map_or(0, |one| one.balance_minor);
    assert_eq!((balance("provider:fps"), -balance("fee:provider")), (taken, kept));
}

#[tokio::test]
async fn a_sellers_refund_at_the_provider_is_an_operation_and_is_told_to_both() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    let mut seller = at_provider(&market, &order, "recipient").await;
    seller.submit("/refund", &[("amount", "7.00")]).await;
    market.settle_down().await;
    assert_eq!(booked(&market, &order.id, "refunded").await, 700);
    let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    let given: Vec<_> = operations.iter().filter(|one| one.is_given()).collect();
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].kind, given[0].progress, given[0].amount.minor), (Kind::Refund, Progress::Succeeded, 700));
    assert!(given[0].transaction.is_some());
    assert_eq!(letters(&market, "went back to the buyer").await, 1, "the seller");
    assert_eq!(letters(&market, "A refund of $7.00").await, 1, "the buyer");

    let mut seller = at_provider(&market, &order, "recipient").await;
    seller.submit("/refund", &[("amount", "12.01")]).await;
    seller.page.says(422, "more than is left");
    let mut own = market.seller_of(&order).await;
    own.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    own.page.says(200, "begun at the payment service");
    own.submit("/refund", &[("amount", "12.01")]).await;
    own.page.says(422, "between");
    own.submit("/refund", &[("amount", "")]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    assert!(market.ctx().store.disputes_of(&order.id).await.unwrap().is_empty(), "nobody disputed anything");
    books_agree(&market).await;
}

#[tokio::test]
async fn a_granted_claim_takes_the_money_and_closes_the_record_that_the_seller_entered() {
    let Some(market) = Market::open().await else { return };
    let order = shipped(&market).await;
    file(&market, &order, "claim", "physical", (422, "15 days")).await;
    market.later(days(16)).await;
    file(&market, &order, "dispute", "physical", (200, "A-to-z Guarantee claim of")).await;
    assert!(market.ctx().store.disputes_of(&order.id).await.unwrap().is_empty(), "only a letter there so far");

    let mut there = at_provider(&market, &order, "recipient").await;
    let withdraw = there.page.form("/cases/").fill(&[("act", "withdraw")]);
    there.send(&withdraw).await;
    there.page.says(403, "cannot withdraw");

    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at(&format!("/sell/orders/{}/dispute", order.id))).await;
    seller.submit("/dispute", &[("amount", "")]).await;
    seller.page.says(422, "what the buyer has begun");
    seller.submit("/dispute", &[("kind", "claim"), ("reason", "Nothing came.")]).await;
    seller.page.says(200, "A-to-z claim of");
    seller.submit("/evidence", &[("evidence", "The post has my signature, RR 12.")]).await;
    seller.page.says(200, "The post has my signature");
    let answered = only_dispute(&market, &order.id).await;
    assert_eq!((answered.state, answered.is_answered_late()), (Stands::Answered, false));

    assert!(!seller.page.html.contains("value=\"withdrawn\""), "a seller cannot say that");
    let forced = seller.page.form("/end").fill(&[("ending", "withdrawn")]);
    seller.send(&forced).await;
    seller.page.says(422, "A seller cannot withdraw it");
    assert_eq!(only_dispute(&market, &order.id).await.state, Stands::Answered);
    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at(&format!("/admin/disputes/{}", answered.id))).await;
    operator.page.says(200, "withdrawn by the buyer");
    assert!(operator.page.html.contains("value=\"withdrawn\""), "the office can");

    decide(&market, "grant").await;
    let lost = only_dispute(&market, &order.id).await;
    assert_eq!((lost.state, lost.amount), (Stands::Lost, order.total));
    assert_eq!(booked(&market, &order.id, "reversed").await, order.total.minor);
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    assert_eq!(letters(&market, "decided for the buyer").await, 1);

    // They found a solution afterwards.
    let mut buyer = at_provider(&market, &order, "sender").await;
    buyer.submit("/cases/", &[("act", "repay")]).await;
    market.settle_down().await;
    assert_eq!(only_dispute(&market, &order.id).await.state, Stands::Won);
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    books_agree(&market).await;
}

#[tokio::test]
async fn a_chargeback_makes_its_own_record_and_is_won_back_with_the_fee() {
    let Some(market) = Market::open().await else { return };
    let order = shipped(&market).await;
    let body = serde_json::json!({ "provider": "fps", "fault": "duplicate_notification", "times": 9 });
    market.control("POST", "faults", Some(body)).await;
    file(&market, &order, "chargeback", "physical", (200, "Chargeback of")).await;
    let open = only_dispute(&market, &order.id).await;
    assert_eq!((open.state, open.amount), (Stands::Open, order.total));
    assert_eq!(market.order(&order.id).await.state, State::Refunded, "the bank has it");
    assert_eq!(letters(&market, "Chargeback about order").await, 1);

    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at("/sell/disputes")).await;
    seller.page.says(200, &order.number);
    seller.open(&market.at(&format!("/sell/disputes/{}", open.id))).await;
    seller.submit("/evidence", &[("evidence", "RR 12 was signed for.")]).await;
    let mut there = at_provider(&market, &order, "recipient").await;
    there.submit("/cases/", &[("act", "answer"), ("words", "RR 12 was signed for.")]).await;
    decide(&market, "deny").await;

    let won = only_dispute(&market, &order.id).await;
    assert_eq!(won.state, Stands::Won);
    assert_eq!((booked(&market, &order.id, "reversed").await, booked(&market, &order.id, "won_back").await), {
        (order.total.minor, order.total.minor)
    });
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(letters(&market, "You won the chargeback").await, 1);
    let month = market.ctx().clock.now().month();
    let file = seller.once("GET", &market.at(&format!("/sell/statement/{month}/csv")), None).await;
    assert_eq!(file.html.matches(",reversed,fps,").count(), 1, "{}", file.html);
    assert_eq!(file.html.matches(",won_back,fps,").count(), 1, "{}", file.html);
    let events = format!("{}#at-", market.at(&format!("/sell/orders/{}", order.id)));
    assert_eq!(file.html.matches(&events).count(), 3, "each entry leads to its event: {}", file.html);
    seller.open(&market.at(&format!("/sell/statement/{month}"))).await;
    seller.page.says(200, "Won back from a dispute");
    books_agree(&market).await;
}

#[tokio::test]
async fn news_of_the_end_that_overtakes_the_beginning_ends_in_the_same_books() {
    let Some(market) = Market::open().await else { return };
    let order = shipped(&market).await;
    let body =
        serde_json::json!({ "provider": "fps", "operation": "REFUND", "fault": "lose_notification", "times": 2 });
    market.control("POST", "faults", Some(body)).await;
    file(&market, &order, "chargeback", "physical", (200, "Chargeback of")).await;
    assert_eq!(booked(&market, &order.id, "reversed").await, 0, "nobody told us");
    decide(&market, "deny").await;
    assert_eq!(booked(&market, &order.id, "won_back").await, order.total.minor);
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    let mut seller = market.seller_at(&order).await;
    let too_much = order.total.plus(order.total).unwrap().decimal();
    seller.submit("/refund", &[("amount", &too_much)]).await;
    seller.page.says(422, "between");

    let all = market.control("GET", "notifications", None).await;
    for lost in all["notifications"].as_array().unwrap().iter().filter(|one| one["state"] == "lost") {
        let path = format!("notifications/{}/resend", lost["id"].as_str().unwrap());
        market.control("POST", &path, Some(serde_json::json!({}))).await;
    }
    market.settle_down().await;
    assert_eq!(booked(&market, &order.id, "reversed").await, order.total.minor);
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    assert_eq!(only_dispute(&market, &order.id).await.state, Stands::Won);
    books_agree(&market).await;
}

#[tokio::test]
async fn a_chargeback_that_nobody_answers_is_lost_after_five_business_days() {
    let Some(market) = Market::open().await else { return };
    let order = shipped(&market).await;
    file(&market, &order, "chargeback", "physical", (200, "Chargeback of")).await;
    let open = only_dispute(&market, &order.id).await;
    assert_eq!(open.answer_by, open.opened_at.plus_business_days(5), "over a weekend, whenever it began");
    let until = open.answer_by.since(market.ctx().clock.now());
    assert!(until > days(4) && until <= days(7), "{until:?}");
    market.later(until - days(1)).await;
    market.settle_down().await;
    assert_eq!(letters(&market, "Two days left").await, 1);
    assert_eq!(only_dispute(&market, &order.id).await.state, Stands::Open);
    market.later(days(2)).await;
    market.settle_down().await;
    let lost = only_dispute(&market, &order.id).await;
    assert_eq!(lost.state, Stands::Lost);
    let mut desk = Visitor::new();
    desk.open(&format!("{}/accounts/cases", market.sandbox_url)).await;
    desk.page.says(200, "Nothing waits for you");
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at("/admin/disputes")).await;
    operator.page.says(200, "Decided for the buyer");
    books_agree(&market).await;
}

#[tokio::test]
async fn an_answer_after_the_fifth_business_day_is_kept_as_late_and_what_a_buyer_withdrew_is_closed_by_the_office() {
    let Some(market) = Market::open().await else { return };
    let order = shipped(&market).await;
    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at(&format!("/sell/orders/{}/dispute", order.id))).await;
    seller.submit("/dispute", &[("kind", "dispute"), ("reason", "Nothing came.")]).await;
    market.later(days(8)).await;
    market.settle_down().await;
    let missed = only_dispute(&market, &order.id).await;
    assert!(missed.is_overdue(market.ctx().clock.now()), "{missed:?}");
    let mut seller = market.seller_of(&order).await;
    seller.open(&market.at(&format!("/sell/disputes/{}", missed.id))).await;
    seller.submit("/evidence", &[("evidence", "RR 12 was signed for.")]).await;
    for words in ["Answered after the deadline", "Answered late", "may not have taken it", "RR 12 was signed for."] {
        seller.page.says(200, words);
    }
    let late = only_dispute(&market, &order.id).await;
    assert_eq!((late.state, late.is_answered_late()), (Stands::Answered, true));
    seller.open(&market.at("/sell/disputes")).await;
    seller.page.says(200, "answered after the deadline");

    let mut operator = market.signed_in("operator@example.com").await;
    operator.open(&market.at(&format!("/admin/disputes/{}", late.id))).await;
    operator.submit("/end", &[("ending", "withdrawn")]).await;
    operator.page.says(200, "Withdrawn by the buyer");
    assert_eq!(only_dispute(&market, &order.id).await.state, Stands::Withdrawn);
}

#[tokio::test]
async fn what_the_rules_forbid_is_refused_there_and_here() {
    let Some(market) = Market::open().await else { return };
    let (_, digital) = market.buy("sourdough-letter", "acc_clara", "CC").await;
    let (_, balance) = market.buy("hot-honey", "acc_bill", "ABT").await;
    let order = shipped(&market).await;
    market.later(days(20)).await;
    file(&market, &digital, "claim", "digital", (422, "physical goods only")).await;
    file(&market, &balance, "chargeback", "physical", (422, "card payments only")).await;
    file(&market, &order, "chargeback", "physical", (200, "Chargeback of")).await;
    decide(&market, "deny").await;
    file(&market, &order, "claim", "physical", (422, "chargeback")).await;
    for (order, kind, words) in [
        (&digital, "claim", "physical goods only"),
        (&balance, "chargeback", "not paid by card"),
        (&order, "claim", "once the bank has begun"),
        (&order, "chargeback", "decides once"),
    ] {
        let mut seller = market.seller_of(order).await;
        seller.open(&market.at(&format!("/sell/orders/{}/dispute", order.id))).await;
        seller.submit("/dispute", &[("kind", kind)]).await;
        seller.page.says(422, words);
    }
    // A dispute is what is left for what was downloaded.
    file(&market, &digital, "dispute", "digital", (200, "Buyer dispute of")).await;
    decide(&market, "grant").await;
    assert_eq!(only_dispute(&market, &digital.id).await.state, Stands::Lost);
    assert_eq!(market.order(&digital.id).await.state, State::Refunded);
    books_agree(&market).await;
}

#[tokio::test]
async fn what_was_won_back_for_goods_that_never_left_is_packed_after_all() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("sourdough-letter", "acc_clara", "CC").await;
    assert_eq!(order.state, State::Shipped, "delivered at once");
    let (_, order) = market.buy("hot-honey", "acc_bill", "ABT").await;
    assert_eq!(order.state, State::Paid);
    file(&market, &order, "dispute", "physical", (200, "Buyer dispute of")).await;
    decide(&market, "grant").await;
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    let mut buyer = at_provider(&market, &order, "sender").await;
    buyer.submit("/cases/", &[("act", "repay")]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Paid);
    let mut seller = market.seller_at(&order).await;
    seller.submit("/ship", &[("carrier", "Post")]).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    books_agree(&market).await;
}

#[tokio::test]
async fn a_seller_is_told_two_days_before_a_hold_ends_and_cannot_ship_afterwards() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy("wildflower-honey", "acc_clara", "CC").await;
    market.later(days(4)).await;
    market.settle_down().await;
    assert_eq!(letters(&market, &format!("Ship order {}", order.number)).await, 0);
    market.later(days(1)).await;
    market.settle_down().await;
    assert_eq!(letters(&market, &format!("Ship order {}", order.number)).await, 1);
    let mut seller = market.seller_at(&order).await;
    seller.page.says(200, "1 day 23 hours left");
    let ship = seller.page.form("/ship");
    market.later(days(2)).await;
    seller.send(&ship).await;
    seller.page.says(422, "run out");
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Expired);
    assert_eq!(market.count("settle", "Success").await, 0);
    market.books().await;
}
