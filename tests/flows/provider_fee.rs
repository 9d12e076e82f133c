//! FPS' own fee, borne by the marketplace: agreed when a stall registers, sent with each charge, booked as agreed.

use pushcart::market::fees::ProviderFeeBy;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use super::currencies::{apply, put_on_the_table};
use super::disputes::books_agree;
use crate::market::Market;

/// What stands on a fixed account of the books, as people say it: what was earned is more than zero.
async fn earned(market: &Market, account: &str) -> i64 {
    let balances = market.ctx().store.balances().await.unwrap();
    balances.iter().find(|one| one.account == account).map_or(0, |one| -one.balance_minor)
}

async fn of_seller(market: &Market, order: &Order) -> i64 {
    market.ctx().store.seller_balance(&order.seller, order.total).await.unwrap().minor
}

/// Who paid the service for `order`, as the service says.
async fn paid_by(market: &Market, order: &Order) -> String {
    let id = order.transaction.clone().unwrap();
    let all = market.transactions().await;
    let one = all.iter().find(|one| one["transaction_id"] == id.as_str()).unwrap_or_else(|| panic!("{id} in {all:?}"));
    one["fee_payer"].as_str().unwrap_or_else(|| panic!("{one}")).to_owned()
}

#[tokio::test]
async fn a_stall_that_opens_while_the_market_bears_the_fee_never_pays_it() {
    let Some(market) = Market::configured(|written| written.provider_fee = Some("market".to_owned())).await else {
        return;
    };
    let mut nora = apply(&market).await;
    nora.submit("/sign-in", &[("persona", "acc_wares"), ("how", "persona")]).await;
    nora.submit("/confirm", &[]).await;
    market.settle_down().await;
    let knots = market.ctx().store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    assert_eq!(knots.fee.provider_fee_by, ProviderFeeBy::Market);
    put_on_the_table(market.ctx(), &knots.id).await;

    // paid at once
    let (_, paid) = market.buy("a-bowline", "acc_bill", "ABT").await;
    assert_eq!((paid.state, paid.seller.clone()), (State::Paid, knots.id.clone()));
    assert_eq!(paid_by(&market, &paid).await, "Caller");
    let fee = paid.fee.on(paid.total).unwrap().minor;
    let services = earned(&market, "fee:provider").await;
    assert!(services > 0 && services < fee, "{services} of {fee}");
    assert_eq!(of_seller(&market, &paid).await, paid.total.minor - fee);
    assert_eq!(earned(&market, "fee:marketplace").await, fee - services);
    books_agree(&market).await;

    // what the service gives back of its fee goes to who paid it
    nora.open(&market.at(&format!("/sell/orders/{}", paid.id))).await;
    nora.page.says(200, "paid by us");
    nora.submit("/refund", &[("amount", "10.00")]).await;
    market.settle_down().await;
    let kept = earned(&market, "fee:provider").await;
    assert!(kept < services, "{kept} of {services}");
    assert_eq!(of_seller(&market, &paid).await, paid.total.minor - fee - 1000);
    assert_eq!(earned(&market, "fee:marketplace").await, fee - kept);
    nora.open(&market.at("/sell/statement")).await;
    let net = pushcart::base::money::Money { minor: paid.total.minor - fee - 1000, ..paid.total };
    nora.page.says(200, &net.to_string());
    books_agree(&market).await;

    // held, and taken by its settle
    let (_, held) = market.buy("a-bowline", "acc_clara", "CC").await;
    assert_eq!(held.state, State::Reserved);
    nora.open(&market.at(&format!("/sell/orders/{}", held.id))).await;
    nora.submit("/ship", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&held.id).await.state, State::Shipped);
    assert_eq!(of_seller(&market, &paid).await, 2 * (paid.total.minor - fee) - 1000);
    books_agree(&market).await;

    // who was here before pays as agreed then
    let (_, other) = market.buy("hot-honey", "acc_bill", "ABT").await;
    assert_eq!((other.state, other.fee.provider_fee_by), (State::Paid, ProviderFeeBy::Seller));
    assert_eq!(paid_by(&market, &other).await, "Recipient");
    books_agree(&market).await;
}
