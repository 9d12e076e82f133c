//! Refusals that were none: what a provider did all the same is neither forgotten nor charged to the buyer twice.

use std::time::Duration;

use pushcart::base::clock::days;
use pushcart::base::money::Money;
use pushcart::flows::record_outcome::{Recorded, record_outcome};
use pushcart::flows::run_operation::LEASE;
use pushcart::orders::operation::{Instrument, Kind, Operation, Progress, Request};
use pushcart::orders::order::Order;
use pushcart::orders::outcome::Outcome;
use pushcart::orders::state::State;
use pushcart::store::ledger::Standing;
use pushcart::store::operations::Lease;
use serde_json::json;

use crate::market::Market;
use crate::visitor::Visitor;

async fn the(market: &Market, order: &pushcart::base::ids::OrderId, kind: Kind) -> Operation {
    let all = market.ctx().store.operations_of(order.as_str()).await.unwrap();
    all.into_iter().find(|operation| operation.kind == kind).unwrap()
}

#[tokio::test]
async fn a_scripted_refusal_never_takes_the_place_of_an_answer_that_was_given_before() {
    let Some(market) = Market::open().await else { return };
    let (_, order) = market.buy_at_amazon("hot-honey", "amzn1.account.ANAALLGOOD", "1111").await;
    assert_eq!(order.state, State::Reserved);
    let refusal =
        |code: &str| json!({ "provider": "amazon_pay", "operation": "CreateCharge", "fault": "error", "error": code });
    market.control("POST", "faults", Some(refusal("HardDeclined"))).await;
    let again =
        market.ctx().providers.get("amazon_pay").unwrap().send(&the(&market, &order.id, Kind::Reserve).await).await;
    assert!(matches!(again, Outcome::Held { .. }), "the same key, the same answer: {again:?}");
    assert_eq!(market.control("GET", "faults", None).await["faults"], json!([]), "it struck");

    // a new key is refused, and stays so
    market.control("POST", "faults", Some(refusal("HardDeclined"))).await;
    let (_, refused) = market.buy_at_amazon("hot-honey", "amzn1.account.ANAALLGOOD", "1111").await;
    assert_eq!(refused.state, State::Declined);
    let reserve = the(&market, &refused.id, Kind::Reserve).await;
    let again = market.ctx().providers.get("amazon_pay").unwrap().send(&reserve).await;
    assert!(matches!(again, Outcome::Refused(_)), "{again:?}");
}

#[tokio::test]
async fn money_that_a_refused_charge_took_all_the_same_is_booked_given_back_and_flagged() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order) = market.buy_at_amazon("hot-honey", "amzn1.account.HARRYHARD", "5252").await;
    let refused = the(&market, &order.id, Kind::Reserve).await;
    assert_eq!((order.state, refused.progress), (State::Declined, Progress::Failed));
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit(&format!("/orders/{}/pay", order.id), &[("provider", "fps")]).await;
    market.approve(&mut buyer, "acc_bill", "ABT").await;
    market.settle_down().await;
    let paid = market.order(&order.id).await;
    assert_eq!((paid.state, paid.flag.as_deref()), (State::Paid, None));

    let taken = Outcome::Taken {
        transaction: "S01-0000000-0000000-C000001".to_owned(),
        amount: order.total,
        provider_fee: None,
        is_suspect: false,
    };
    assert_eq!(record_outcome(market.ctx(), &refused.id, taken.clone()).await.unwrap(), Recorded::Changed);
    assert_eq!(record_outcome(market.ctx(), &refused.id, taken).await.unwrap(), Recorded::KnownAlready);
    let after = market.order(&order.id).await;
    assert_eq!((after.state, &after.transaction), (State::Paid, &paid.transaction), "it stays paid as it was");
    assert_eq!(after.flag.as_deref(), Some("Money was taken a second time. It is being refunded."));
    let standing = Standing::of(&market.ctx().store.bookings(&order.id).await.unwrap(), Money::usd(0));
    assert_eq!(standing.taken.minor, 2 * order.total.minor);
    let back = the(&market, &order.id, Kind::Refund).await;
    let payment = "S01-0000000-0000000-C000001".to_owned();
    assert_eq!(
        (back.provider.as_str(), back.amount, back.request),
        ("amazon_pay", order.total, Request::Refund { payment })
    );
    market.books().await;
}

/// An order that FPS was made to refuse, with the charge that it was asked for.
async fn refused(market: &Market, method: &str) -> (Visitor, Order, Operation) {
    let (kind, action) = if method == "CC" { (Kind::Reserve, "Reserve") } else { (Kind::Pay, "Pay") };
    let code = "InvalidAccountState_Sender";
    let fault = json!({ "provider": "fps", "operation": action, "fault": "error", "error": code });
    market.control("POST", "faults", Some(fault)).await;
    let persona = if method == "CC" { "acc_clara" } else { "acc_bill" };
    let (buyer, order) = market.buy("hot-honey", persona, method).await;
    let charge = the(market, &order.id, kind).await;
    assert_eq!((order.state, charge.progress), (State::Declined, Progress::Failed));
    (buyer, order, charge)
}

/// FPS does all the same what it said no to.
async fn works_after_all(market: &Market, charge: &Operation) -> Outcome {
    let fps = market.ctx().providers.get("fps").unwrap().clone();
    let sent = fps.send(charge).await;
    let Outcome::Pending { transaction } = sent else { return sent };
    // the card network takes a moment
    market.later(Duration::from_secs(5)).await;
    fps.find_outcome(&Operation { transaction, ..charge.clone() }).await
}

/// Approves once more by a balance, and gets lost on the way back; gives the address of that way.
async fn approve_again(market: &Market, buyer: &mut Visitor, order: &Order) -> String {
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/pay", &[("provider", "fps")]).await;
    buyer.submit("/sign-in", &[("persona", "acc_bill"), ("how", "persona")]).await;
    buyer.submit("/payment", &[("method", "ABT")]).await;
    let confirm = buyer.page.form("/confirm");
    buyer.once("POST", &confirm.action, Some(confirm.body())).await.headers["location"].clone()
}

/// The same, and the shop has heard of it: gives the charge that is wanted by it, and not sent yet.
async fn wanted_again(market: &Market, buyer: &mut Visitor, order: &Order) -> Operation {
    let back = reqwest::Url::parse(&approve_again(market, buyer, order).await).unwrap();
    let (_, consent) = back.query_pairs().find(|(name, _)| name == "tokenID").unwrap();
    let all = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    let asked = all.iter().find(|it| it.kind == Kind::Consent && it.progress.is_open()).unwrap();
    let approved = Outcome::Consented { consent: consent.into_owned(), instrument: Instrument::Balance };
    assert_eq!(record_outcome(market.ctx(), &asked.id, approved).await.unwrap(), Recorded::Changed);
    let all = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
    all.into_iter().find(|it| it.kind == Kind::Pay && it.progress == Progress::Queued).unwrap()
}

/// A worker has it, and perhaps its answer is lost: too late to recall it.
async fn sent(market: &Market, charge: &Operation) -> Operation {
    let ctx = market.ctx();
    let lease = Lease { owner: "test", now: ctx.clock.now(), real_now: ctx.clock.real_now(), length: LEASE };
    ctx.store.claim(&charge.id, lease).await.unwrap().unwrap()
}

async fn heard(market: &Market, charge: &Operation, outcome: &Outcome) {
    assert_eq!(record_outcome(market.ctx(), &charge.id, outcome.clone()).await.unwrap(), Recorded::Changed);
    assert_eq!(record_outcome(market.ctx(), &charge.id, outcome.clone()).await.unwrap(), Recorded::KnownAlready);
}

async fn progress(market: &Market, operation: &Operation) -> Progress {
    market.ctx().store.operation(&operation.id).await.unwrap().unwrap().progress
}

async fn standing(market: &Market, order: &Order) -> Standing {
    Standing::of(&market.ctx().store.bookings(&order.id).await.unwrap(), Money::usd(0))
}

async fn ship(market: &Market, order: &Order) {
    market.ship(order).await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    market.books().await;
}

async fn pay_by_card(market: &Market, buyer: &mut Visitor, order: &Order) -> Order {
    buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
    buyer.submit("/pay", &[("provider", "fps")]).await;
    market.approve(buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    let held = market.order(&order.id).await;
    assert_eq!((held.state, held.flag.as_deref()), (State::Reserved, None));
    held
}

#[tokio::test]
async fn a_second_hold_is_let_go_and_the_first_one_ships() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "CC").await;
    let held = pay_by_card(&market, &mut buyer, &order).await;
    let outcome = works_after_all(&market, &late).await;
    assert!(matches!(outcome, Outcome::Held { .. }), "{outcome:?}");
    heard(&market, &late, &outcome).await;
    assert_eq!(progress(&market, &late).await, Progress::Succeeded, "what was refused worked");
    let after = market.order(&order.id).await;
    assert_eq!((after.state, &after.transaction), (State::Reserved, &held.transaction));
    assert_eq!(after.flag.as_deref(), Some("Money was put on hold a second time. It is being let go."));
    assert_eq!(standing(&market, &order).await.held.minor, 2 * order.total.minor);

    market.settle_down().await;
    assert_eq!((market.count("reserve", "Cancelled").await, market.count("reserve", "Reserved").await), (1, 1));
    let after = market.order(&order.id).await;
    assert_eq!((after.state, after.hold_until), (State::Reserved, held.hold_until), "it lives on the other one");
    assert_eq!(standing(&market, &order).await.held, order.total);
    ship(&market, &order).await;
    let end = standing(&market, &order).await;
    assert_eq!((end.held.minor, end.taken), (0, order.total));
}

#[tokio::test]
async fn money_that_comes_late_to_an_order_on_hold_goes_back_and_the_hold_stays() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "ABT").await;
    let held = pay_by_card(&market, &mut buyer, &order).await;
    let outcome = works_after_all(&market, &late).await;
    assert!(matches!(outcome, Outcome::Taken { .. }), "{outcome:?}");
    heard(&market, &late, &outcome).await;
    let after = market.order(&order.id).await;
    assert_eq!((after.state, &after.transaction), (State::Reserved, &held.transaction), "nothing is shipped by it");
    assert_eq!(after.flag.as_deref(), Some("Money was taken a second time. It is being refunded."));
    let between = standing(&market, &order).await;
    assert_eq!((between.held, between.taken), (order.total, order.total));

    market.settle_down().await;
    assert_eq!(market.count("refund", "Success").await, 1);
    let after = market.order(&order.id).await;
    assert_eq!((after.state, after.hold_until), (State::Reserved, held.hold_until));
    ship(&market, &order).await;
    let end = standing(&market, &order).await;
    assert_eq!((end.held.minor, end.taken.minor, end.refunded), (0, 2 * order.total.minor, order.total));
    assert_eq!(end.refundable(), order.total);
}

#[tokio::test]
async fn a_hold_beside_which_money_went_back_still_runs_out() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "ABT").await;
    pay_by_card(&market, &mut buyer, &order).await;
    let outcome = works_after_all(&market, &late).await;
    heard(&market, &late, &outcome).await;
    market.settle_down().await;
    market.later(days(8)).await;
    market.settle_down().await;
    let after = market.order(&order.id).await;
    assert_eq!((after.state, standing(&market, &order).await.held.minor), (State::Expired, 0));
    market.books().await;
}

#[tokio::test]
async fn an_order_of_which_both_charges_went_back_is_refunded() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "ABT").await;
    let instead = wanted_again(&market, &mut buyer, &order).await;
    let first = works_after_all(&market, &instead).await;
    heard(&market, &instead, &first).await;
    let second = works_after_all(&market, &late).await;
    heard(&market, &late, &second).await;
    // before the second one is back
    let mut seller = market.seller_at(&order).await;
    seller.submit(&format!("/sell/orders/{}/refund", order.id), &[]).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Success").await, 2);
    assert_eq!(market.order(&order.id).await.state, State::Refunded);
    market.books().await;
}

#[tokio::test]
async fn money_that_comes_late_pays_the_order_and_what_was_wanted_instead_is_not_sent() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "ABT").await;
    let instead = wanted_again(&market, &mut buyer, &order).await;
    // the first one's refusal is told once more
    let no = Outcome::Refused(late.refusal.clone().unwrap());
    assert_eq!(record_outcome(market.ctx(), &late.id, no).await.unwrap(), Recorded::KnownAlready);
    assert_eq!(market.order(&order.id).await.state, State::Consented);
    let outcome = works_after_all(&market, &late).await;
    heard(&market, &late, &outcome).await;
    assert_eq!(progress(&market, &instead).await, Progress::Failed, "recalled");
    market.settle_down().await;
    let paid = market.order(&order.id).await;
    assert_eq!((paid.state, paid.flag), (State::Paid, None));
    assert_eq!(market.count("pay", "Success").await, 1);
    assert_eq!(standing(&market, &order).await.taken, order.total);
    ship(&market, &order).await;
}

#[tokio::test]
async fn of_two_charges_under_way_the_second_one_goes_back() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "ABT").await;
    let instead = wanted_again(&market, &mut buyer, &order).await;
    let instead = sent(&market, &instead).await;
    let first = works_after_all(&market, &late).await;
    heard(&market, &late, &first).await;
    assert_eq!(progress(&market, &instead).await, Progress::Sent, "too late to recall it");
    let paid = market.order(&order.id).await;
    assert_eq!((paid.state, paid.flag.as_deref()), (State::Paid, None));
    let second = works_after_all(&market, &instead).await;
    heard(&market, &instead, &second).await;
    market.settle_down().await;
    assert_eq!((market.count("pay", "Success").await, market.count("refund", "Success").await), (2, 1));
    let after = market.order(&order.id).await;
    assert_eq!((after.state, &after.transaction), (State::Paid, &paid.transaction));
    assert_eq!(standing(&market, &order).await.refundable(), order.total);
    ship(&market, &order).await;
}

#[tokio::test]
async fn a_refusal_says_nothing_about_an_order_that_has_its_money() {
    let Some(market) = Market::open().await else { return };
    let (mut buyer, order, late) = refused(&market, "CC").await;
    let instead = wanted_again(&market, &mut buyer, &order).await;
    let ctx = market.ctx();
    sent(&market, &instead).await;
    let outcome = works_after_all(&market, &late).await;
    heard(&market, &late, &outcome).await;
    let held = market.order(&order.id).await;
    assert_eq!(held.state, State::Reserved);
    let no = Outcome::Refused(late.refusal.clone().unwrap());
    record_outcome(ctx, &instead.id, no).await.unwrap();
    let after = market.order(&order.id).await;
    assert_eq!((after.state, after.hold_until), (State::Reserved, held.hold_until));
    assert_eq!(progress(&market, &instead).await, Progress::Failed);
    market.settle_down().await;
    ship(&market, &order).await;
}

#[tokio::test]
async fn an_approval_that_was_given_up_and_used_all_the_same_is_used_once() {
    let Some(market) = Market::open().await else { return };
    let mut buyer = market.visitor_with("hot-honey", "1").await;
    market.check_out(&mut buyer).await;
    let order = market.last_order().await;
    let back = approve_again(&market, &mut buyer, &order).await;
    let asked = the(&market, &order.id, Kind::Consent).await;
    // the buyer is believed to have left, and comes back after all
    let reason = pushcart::orders::outcome::AbandonReason::Left;
    let left = Outcome::Abandoned { code: "A".to_owned(), reason };
    record_outcome(market.ctx(), &asked.id, left).await.unwrap();
    assert_eq!(progress(&market, &asked).await, Progress::Failed);
    let fault =
        json!({ "provider": "fps", "operation": "Pay", "fault": "error", "error": "InvalidAccountState_Sender" });
    market.control("POST", "faults", Some(fault)).await;
    buyer.open(&back).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Declined);
    assert_eq!(progress(&market, &asked).await, Progress::Succeeded);
    buyer.open(&back).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Declined, "its return is loaded again");
    assert_eq!(market.transactions().await.len(), 0);
}
