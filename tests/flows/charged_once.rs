//! Refusals that were none: what a provider did all the same is neither forgotten nor charged to the buyer twice.

use pushcart::base::money::Money;
use pushcart::flows::record_outcome::{Recorded, record_outcome};
use pushcart::orders::operation::{Kind, Operation, Progress, Request};
use pushcart::orders::outcome::Outcome;
use pushcart::orders::state::State;
use pushcart::store::ledger::Standing;
use serde_json::json;

use crate::market::Market;

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
