//! FPS' own fee, borne by the marketplace: agreed when a stall registers, sent with each charge, booked as agreed.

use std::time::Duration;

use pushcart::flows::Context;
use pushcart::flows::register_seller::{Application, Onward, register};
use pushcart::market::fees::ProviderFeeBy;
use pushcart::market::sellers::Registration;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;
use serde_json::{Value, json};

use super::currencies::{apply, put_on_the_table};
use super::disputes::books_agree;
use crate::market::Market;
use crate::visitor::Visitor;

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
    let Some((market, mut nora)) = with_nora().await else { return };
    let knots = market.ctx().store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    assert_eq!(knots.fee.provider_fee_by, ProviderFeeBy::Market);

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

#[tokio::test]
async fn a_registration_that_was_begun_under_other_terms_is_begun_anew() {
    let Some(market) = Market::configured(|written| written.provider_fee = Some("seller".to_owned())).await else {
        return;
    };
    let mut nora = apply(&market).await;
    let store = &market.ctx().store;
    let applied = store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    let [begun] = &store.operations_of(applied.id.as_str()).await.unwrap()[..] else { panic!("one registration") };

    // the shop is opened again with the other setting, and Nora sends the form once more
    let mut facts = market.ctx().shop.as_ref().clone();
    facts.provider_fee_by = ProviderFeeBy::Market;
    let ctx = Context { shop: facts.into(), ..market.ctx().clone() };
    let application = Application {
        name: applied.name.clone(),
        tagline: applied.tagline.clone(),
        story: applied.story.clone(),
        ships_from: applied.ships_from.clone(),
        email: applied.email.clone(),
        return_policy: applied.return_policy.clone(),
        shipping_policy: applied.shipping_policy.clone(),
    };
    let onward = register(&ctx, &applied.account, &application).await.unwrap();
    let Onward::ToProvider(address) = onward else { panic!("{onward:?}") };
    let all = store.operations_of(applied.id.as_str()).await.unwrap();
    let open: Vec<_> = all.iter().filter(|operation| operation.progress.is_open()).collect();
    assert_eq!((all.len(), open.len()), (2, 1), "{all:?}");
    assert!(open[0].id != begun.id && address.contains(open[0].id.as_str()), "{address}");
    // once more, and nothing has changed since
    let again = register(&ctx, &applied.account, &application).await.unwrap();
    assert!(matches!(again, Onward::ToProvider(_)));
    assert_eq!(store.operations_of(applied.id.as_str()).await.unwrap().len(), 2);

    // who goes through with the visit of before is told nothing, and pays by nothing of it
    nora.submit("/sign-in", &[("persona", "acc_wares"), ("how", "persona")]).await;
    nora.submit("/confirm", &[]).await;
    market.settle_down().await;
    let still = store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    assert_eq!(still.state, Registration::TermsAccepted);

    nora.open(&address).await;
    nora.submit("/sign-in", &[("persona", "acc_wares"), ("how", "persona")]).await;
    nora.submit("/confirm", &[]).await;
    market.settle_down().await;
    let stall = store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    assert_eq!((stall.state, stall.fee.provider_fee_by), (Registration::Registered, ProviderFeeBy::Market));
}

/// Takes everything out of the market's account at the payment service; gives what it was.
async fn empty_our_account(market: &Market) -> i64 {
    let caller = our_account(market).await;
    let held = caller["balance_minor"].as_i64().unwrap_or_else(|| panic!("{caller}"));
    fund(market, -held).await;
    held
}

async fn fund(market: &Market, minor: i64) {
    let caller = our_account(market).await;
    let change = json!({ "account_id": caller["account_id"], "fund_minor": minor });
    market.control("POST", "fps/accounts", Some(change)).await;
}

async fn our_account(market: &Market) -> Value {
    let all = market.control("GET", "fps/accounts", None).await;
    let own = all["accounts"].as_array().unwrap().iter().find(|one| one["account_id"] == "acc_marketplace");
    own.unwrap_or_else(|| panic!("{all}")).clone()
}

/// Nora's stall, opened while the market bears the fee.
async fn with_nora() -> Option<(Market, Visitor)> {
    let market = Market::configured(|written| written.provider_fee = Some("market".to_owned())).await?;
    let mut nora = apply(&market).await;
    nora.submit("/sign-in", &[("persona", "acc_wares"), ("how", "persona")]).await;
    nora.submit("/confirm", &[]).await;
    market.settle_down().await;
    let knots = market.ctx().store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    put_on_the_table(market.ctx(), &knots.id).await;
    Some((market, nora))
}

#[tokio::test]
async fn an_empty_account_of_the_market_declines_no_buyer() {
    let Some((market, mut nora)) = with_nora().await else { return };
    let held = empty_our_account(&market).await;
    for (persona, method, ends) in [("acc_bill", "ABT", State::Paid), ("acc_clara", "CC", State::Reserved)] {
        let mut buyer = market.visitor_with("a-bowline", "1").await;
        market.check_out(&mut buyer).await;
        market.approve(&mut buyer, persona, method).await;
        let order = market.last_order().await;
        assert_eq!(order.state, State::Consented, "{method}: {:?}", order.message);
        assert!(order.flag.as_ref().is_some_and(|flag| flag.contains("Fund it there")), "{:?}", order.flag);
        buyer.open(&market.at(&format!("/orders/{}", order.id))).await;
        assert!(!buyer.page.text().contains("declined"), "{}", buyer.page.text());
        // the operator puts money into it, and the same charge is tried again
        fund(&market, held.max(1000)).await;
        market.later(Duration::from_secs(3600)).await;
        market.settle_down().await;
        let paid = market.order(&order.id).await;
        let operations = market.ctx().store.operations_of(order.id.as_str()).await.unwrap();
        let charges = operations.iter().filter(|operation| operation.is_charge()).count();
        assert_eq!((paid.state, paid.flag.as_ref(), charges), (ends, None, 2), "{method}: {operations:?}");
        let taken = market.transactions().await;
        assert_eq!(
            taken.iter().filter(|one| operations.iter().any(|it| one["caller_reference"] == it.id.as_str())).count(),
            1
        );
        assert_eq!(paid_by(&market, &paid).await, "Caller");
        empty_our_account(&market).await;
        books_agree(&market).await;
    }

    // neither does it lose a hold
    let held = market.last_order().await;
    nora.open(&market.at(&format!("/sell/orders/{}", held.id))).await;
    nora.submit("/ship", &[]).await;
    let waits = market.order(&held.id).await;
    assert_eq!((waits.state, waits.hold_until), (State::Reserved, held.hold_until));
    assert!(waits.flag.as_ref().is_some_and(|flag| flag.contains("Fund it there")), "{:?}", waits.flag);
    fund(&market, 1000).await;
    market.later(Duration::from_secs(3600)).await;
    market.settle_down().await;
    assert_eq!(market.order(&held.id).await.state, State::Shipped);
    books_agree(&market).await;
}

#[tokio::test]
async fn a_buyer_without_money_is_declined_whoever_bears_the_fee() {
    let Some((market, _)) = with_nora().await else { return };
    fund(&market, 1000).await;
    let (_, order) = market.buy("a-bowline", "acc_max", "ABT").await;
    assert_eq!((order.state, order.flag), (State::Declined, None));
}
