//! Refunds in parts, by chance: whatever the parts, the last one takes the rest, and every fee goes back to the cent.

use std::time::Duration;

use pushcart::base::money::Money;
use pushcart::flows::{Actor, refund};
use pushcart::orders::order::Order;
use pushcart::orders::state::State;
use pushcart::store::ledger::Standing;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::ONE_IN;
use crate::market::Market;

/// Orders that are refunded in parts.
const ORDERS: usize = 6_usize.div_ceil(ONE_IN);

#[tokio::test]
async fn any_parts_give_back_all_that_was_taken_and_all_of_the_providers_fee() {
    let Some(market) = Market::open().await else { return };
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    for number in 0..ORDERS {
        let (slug, persona, method) = [("hot-honey", "acc_bill", "ABT"), ("pretzel", "acc_bonnie", "ACH")][number % 2];
        let (_, order) = market.buy(slug, persona, method).await;
        assert_eq!(order.state, State::Paid);
        let fees = fee_account(&market).await;
        let kept = standing(&market, &order).await;
        assert!(kept.fee.is_positive() && kept.seller_provider_fee.is_positive(), "{kept:?}");

        let mut left = order.total.minor;
        let parts = rng.random_range(1..6_usize);
        for part in 0..parts {
            let is_last = part + 1 == parts;
            let amount = rng.random_range(1..=(left - 1).max(1)).min(left - i64::from(!is_last));
            let asked = (!is_last && amount > 0).then(|| Money::usd(amount));
            refund::refund(market.ctx(), &order.id, Actor::Seller, asked, &format!("{}-{part}", order.id))
                .await
                .unwrap_or_else(|error| panic!("seed {seed}: {asked:?} of {left}: {error}"));
            market.settle_down().await;
            left -= asked.map_or(left, |asked| asked.minor);
            let now = standing(&market, &order).await;
            assert_eq!(now.refundable().minor, left, "seed {seed}");
            assert_eq!(
                fee_account(&market).await,
                fees - (kept.seller_provider_fee.minor - now.seller_provider_fee.minor),
                "{seed}"
            );
            if left == 0 {
                break;
            }
        }
        let now = standing(&market, &order).await;
        let nothing = (0, now.seller_provider_fee.minor, now.refundable().minor);
        assert_eq!(nothing, (0, 0, 0), "seed {seed}: {now:?}");
        assert_eq!(now.fee, kept.fee, "the marketplace keeps its own");
        assert_eq!(market.order(&order.id).await.state, State::Refunded);
        let more = refund::refund(market.ctx(), &order.id, Actor::Seller, Some(Money::usd(1)), "more").await;
        assert!(more.is_err(), "not a cent more");
    }
    agree(&market).await;
}

async fn standing(market: &Market, order: &Order) -> Standing {
    Standing::of(&market.ctx().store.bookings(&order.id).await.unwrap(), Money::usd(0))
}

/// What the sandbox has earned.
async fn fee_account(market: &Market) -> i64 {
    let ledger = market.control("GET", "ledger", None).await;
    let accounts = ledger["accounts"].as_array().unwrap();
    let own = accounts.iter().find(|line| line["account"] == "fee:fps");
    own.map_or(0, |line| line["balance_minor"].as_i64().unwrap())
}

/// All of it is back with the buyers, by the shop's books and by the sandbox's.
async fn agree(market: &Market) {
    market.later(Duration::from_secs(5)).await;
    let books = serde_json::to_value(market.books().await).unwrap();
    let balance = |name: &str| {
        let accounts = books["ledger"]["accounts"].as_array().unwrap();
        accounts.iter().find(|line| line["account"] == name).map_or(0, |line| line["balance_minor"].as_i64().unwrap())
    };
    assert_eq!((balance("provider:fps"), balance("fee:provider")), (0, fee_account(market).await));
    let moved = |kind: &str, all: &[Value]| -> i64 {
        let own = all.iter().filter(|line| line["kind"] == kind && line["state"] == "Success");
        own.map(|line| line["amount_minor"].as_i64().unwrap()).sum()
    };
    let all = market.transactions().await;
    assert_eq!(moved("pay", &all), moved("refund", &all));
}
