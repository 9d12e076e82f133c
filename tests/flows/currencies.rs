//! Shops that are kept in other currencies than dollars, against Amazon Pay's other regions.

use pushcart::base::money::{Currency, Money};
use pushcart::flows::Context;
use pushcart::market::sellers::Registration;
use pushcart::orders::order::Order;
use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

const ANA: &str = "amzn1.account.ANAALLGOOD";
/// A Visa; only that and MasterCard pay in a foreign currency.
const VISA: &str = "1111";

#[tokio::test]
async fn a_shop_in_euros_sells_ships_and_refunds() {
    sells_ships_and_refunds("EUR", "S02-", "€17.50", "4.05", 405).await;
}

#[tokio::test]
async fn a_shop_in_yen_sells_ships_and_refunds() {
    sells_ships_and_refunds("JPY", "S03-", "¥1,750", "405", 405).await;
}

#[tokio::test]
async fn a_shop_in_francs_is_presented_by_a_european_account() {
    sells_ships_and_refunds("CHF", "S02-", "CHF 17.50", "4.05", 405).await;
}

/// An amount as the text of a page has it, where every space is one.
fn shown(amount: Money) -> String {
    amount.to_string().replace('\u{a0}', " ")
}

/// A whole sale: honey and a standard parcel for `total`, of which `typed` goes back.
async fn sells_ships_and_refunds(code: &str, region: &str, total: &str, typed: &str, back_minor: i64) {
    let Some(market) = Market::kept_in(code).await else { return };
    let currency = Currency::from_code(code).unwrap();
    let mut visitor = market.visitor_with("wildflower-honey", "1").await;
    visitor.open(&market.at("/checkout")).await;
    visitor.page.says(200, total);
    visitor.page.says(200, "no tax is added here");
    assert!(!visitor.page.text().contains("Flexible Payments"), "FPS takes dollars only");
    market.check_out_with(&mut visitor, "amazon_pay").await;
    visitor.page.says(200, total);
    market.approve_at_amazon(&mut visitor, ANA, VISA).await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!((order.state, shown(order.total)), (State::Reserved, total.to_owned()), "{}", visitor.page.text());
    assert!(order.transaction.as_ref().unwrap().starts_with(region), "{:?}", order.transaction);

    let mut seller = market.seller_of(&order).await;
    let desk = market.at(&format!("/sell/orders/{}", order.id));
    seller.open(&desk).await;
    seller.submit("/ship", &[("carrier", "Post")]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);

    seller.open(&desk).await;
    seller.submit("/refund", &[("amount", typed)]).await;
    market.settle_down().await;
    assert_eq!(market.count("refund", "Refunded").await, 1, "{}", seller.page.text());
    add_up(&market, &order, Money::new(back_minor, currency)).await;

    let statement = seller.open(&market.at("/sell/statement")).await.clone();
    let balance = market.ctx().store.seller_balance(&order.seller, Money::zero(currency)).await.unwrap();
    statement.says(200, &shown(balance));
    statement.says(200, "We take the payments for you");
    let letters = visitor.open(&market.at("/mailbox")).await.text();
    assert!(letters.contains(&format!("A refund of {}", shown(Money::new(back_minor, currency)))), "{letters}");
}

/// The shop's books and the sandbox's agree, and nothing in either is in another currency.
async fn add_up(market: &Market, order: &Order, back: Money) {
    let code = back.currency.code();
    let books = market.books().await;
    assert_eq!(books.ledger.sum_minor.iter().collect::<Vec<_>>(), [(&code.to_owned(), &0)]);
    let balance = |name: &str| {
        let line = books.ledger.accounts.iter().find(|line| line.account == name);
        line.map_or(0, |line| line.balance_minor)
    };
    let left = order.total.minor - back.minor;
    let fee = order.fee_on(order.total).unwrap().minor;
    assert_eq!(balance("provider:amazon_pay"), left);
    assert_eq!(balance("fee:marketplace"), -fee);
    assert_eq!(balance(&format!("seller:{}", order.seller)), fee - left);

    let ledger = market.control("GET", "ledger", None).await;
    for line in ledger["transactions"].as_array().unwrap() {
        assert_eq!(line["currency"], code, "{line}");
    }
    assert_eq!(ledger["sum_minor"][code], 0, "{ledger}");
    let accounts = ledger["accounts"].as_array().unwrap();
    let ours = accounts.iter().find(|line| line["account"].as_str().unwrap().starts_with("merchant:")).unwrap();
    assert_eq!((&ours["currency"], &ours["balance_minor"]), (&code.into(), &left.into()));
}

#[tokio::test]
async fn a_card_that_cannot_pay_abroad_is_refused_and_another_one_chosen() {
    let Some(market) = Market::kept_in("SEK").await else { return };
    let mut visitor = market.visitor_with("wildflower-honey", "1").await;
    market.check_out_with(&mut visitor, "amazon_pay").await;
    market.approve_at_amazon(&mut visitor, ANA, "0005").await;
    visitor.page.says(422, "was declined");
    visitor.submit("/checkout/pay", &[("instrument", VISA)]).await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!((order.state, shown(order.total)), (State::Reserved, "SEK 175.00".to_owned()));
    market.books().await;
}

#[tokio::test]
async fn a_newcomer_opens_a_stall_in_a_shop_in_euros_and_sells() {
    let Some(market) = Market::kept_in("EUR").await else { return };
    let mut nora = apply(&market).await;
    nora.page.says(200, "Your stall is open.");
    let knots = market.ctx().store.seller_by_slug("nora-s-knots").await.unwrap().unwrap();
    assert_eq!(knots.state, Registration::Registered);
    put_on_the_table(market.ctx(), &knots.id).await;

    let (_, order) = market.buy_at_amazon("a-bowline", ANA, VISA).await;
    assert_eq!((order.state, &order.seller), (State::Reserved, &knots.id));
    nora.open(&market.at(&format!("/sell/orders/{}", order.id))).await;
    nora.submit("/ship", &[]).await;
    market.settle_down().await;
    assert_eq!(market.order(&order.id).await.state, State::Shipped);
    market.books().await;
}

/// Nora, new here, has sent the form that opens a stall.
pub(super) async fn apply(market: &Market) -> Visitor {
    let mut nora = Visitor::new();
    nora.open(&market.at("/signup")).await;
    nora.submit("/signup", &[("name", "Nora"), ("email", "nora@example.com"), ("password", "a few plain words")]).await;
    nora.open(&market.at("/sell/register")).await;
    let form = [
        ("name", "Nora's Knots"),
        ("tagline", "Rope, mostly"),
        ("story", "I tie things together."),
        ("ships_from", "Leipzig"),
        // hers at the payment service
        ("email", "tinker@sellers.example"),
        ("return_policy", "Thirty days."),
        ("shipping_policy", "Within three days."),
        ("accept_terms", "yes"),
    ];
    nora.submit("/sell/register", &form).await;
    nora
}

/// Lists a bowline for 24.00.
pub(super) async fn put_on_the_table(ctx: &Context, seller: &pushcart::base::ids::SellerId) {
    use pushcart::flows::save_product::{self, Wanted};
    let wanted = Wanted {
        delivers: None,
        is_donation: false,
        is_service: false,
        period: None,
        title: "A bowline".to_owned(),
        description: "It holds.".to_owned(),
        category: "workshop".to_owned(),
        price: Money::new(2400, ctx.shop.currency),
        stock: 3,
        stock_seen: 3,
        is_active: true,
        picture: None,
    };
    save_product::list(ctx, seller, &wanted, "a-key-of-a-form-that-is-long-enough").await.unwrap();
}
