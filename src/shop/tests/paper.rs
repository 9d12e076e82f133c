//! What is read before and kept after: the rules, the terms of a stall, invoices and packing slips.

use super::desks::{ADA, BRUNO, paid_order};
use super::*;
use crate::base::money::Money;
use crate::orders::ledger::{Entry, Sale};
use crate::orders::order::Order;
use crate::orders::state::State;
use crate::store::ledger::Booking;

const RULES: &str = "/help/policies";

/// What stands beside `term` in a list of terms.
fn beside(page: &Answer, term: &str) -> String {
    let start = format!("<dt>{term}</dt><dd>");
    let rest = page.body.split_once(&start).unwrap_or_else(|| panic!("no {term} in {}", page.body)).1;
    rest.split_once("</dd>").unwrap().0.to_owned()
}

/// Books `amount` of an order of `paid_order` as given back.
async fn give_back(market: &Market, order: &Order, object: &str, amount: Money) {
    let none = Money::usd(0);
    let mut tx = market.ctx.store.write_money().await.unwrap();
    let sale = Sale {
        order: &order.id,
        seller: &order.seller,
        provider: "fps",
        amount,
        marketplace_fee: none,
        provider_fee: none,
        provider_fee_by: order.fee.provider_fee_by,
    };
    let booking = Booking {
        order: &order.id,
        provider: "fps",
        object,
        fact: "refunded",
        amount,
        fee: none,
        provider_fee: none,
        provider_fee_by: order.fee.provider_fee_by,
        at: market.ctx.clock.now(),
    };
    assert!(tx.book(&booking, &Entry::refunded(&sale).unwrap()).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_rules_name_returns_fees_the_five_days_and_whom_to_write_to() {
    let market = Market::open().await;
    let page = market.get(RULES).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["returns", "fees", "disputes", "chargebacks", "five-days", "contact"] {
        assert!(page.body.contains(&format!("<h2 id=\"{part}\">")), "{part}");
    }
    assert!(page.body.contains("5 business days") && page.body.contains("mailto:help@market.example"));
    assert!(page.body.contains("5 % of an order") && page.body.contains("$0.30"), "{}", page.body);
    assert!(page.body.contains("sales tax") && page.body.contains("15 days after the order"));

    let abroad = Market::kept_in("JPY").await.get(RULES).await;
    assert!(abroad.body.contains("¥30") && !abroad.body.contains("sales tax"), "{}", abroad.body);
    assert!(abroad.body.contains("tells us of a dispute") && !abroad.body.contains("15 days after"));
}

#[tokio::test]
async fn the_rules_and_the_terms_of_a_stall_can_be_reached_from_where_they_matter() {
    let market = Market::with_till().await;
    let terms = "/s/the-patient-loaf#terms";
    let stall = market.get("/s/the-patient-loaf").await;
    assert!(stall.body.contains("id=\"terms\"") && stall.body.contains("Bread does not travel twice."));
    let product = market.get("/p/pretzel").await;
    assert!(product.body.contains(terms) && market.get("/").await.body.contains(RULES));
    let mut guest = market.buyer_of(&["pretzel"]).await;
    let checkout = guest.get("/checkout").await;
    let order = guest.buys("pretzel", "bank").await;
    let order = guest.get(&order).await;
    for page in [checkout, order] {
        assert_eq!(page.status, StatusCode::OK);
        let main = page.body.split("<footer").next().unwrap();
        assert!(main.contains(terms) && main.contains(RULES), "{}", page.body);
    }
}

#[tokio::test]
async fn a_guests_invoice_opens_by_session_or_secret_only() {
    let market = Market::with_till().await;
    let mut guest = market.visitor();
    let page = guest.buys("pretzel", "bank").await;
    let path = format!("{page}/invoice");
    assert!(guest.get(&page).await.body.contains(&path));
    let order = market.orders().await.remove(0);
    let invoice = guest.get(&path).await;
    assert_eq!(invoice.status, StatusCode::OK);
    assert_eq!(invoice.headers["cache-control"], "no-store");
    for words in
        [&*format!("Invoice {}", order.number), "12 Orchard Lane", "Pretzel, still undecided", "The Patient Loaf"]
    {
        assert!(invoice.body.contains(words), "{words}: {}", invoice.body);
    }
    assert_eq!(beside(&invoice, "Goods"), "$3.00");
    assert_eq!((beside(&invoice, "Total"), beside(&invoice, "Sales tax")), ("$8.00".to_owned(), "$0.00".to_owned()));
    assert!(beside(&invoice, "Payment by").contains("The till, bank account"));
    assert!(beside(&invoice, "Paid").contains("<time") && !invoice.body.contains("Given back"));

    let mut stranger = market.visitor();
    let theirs = stranger.get(&path).await;
    let unknown = stranger.get("/orders/ord_00000000000000000000000000/invoice").await;
    assert_eq!((theirs.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(theirs.body, unknown.body, "nobody learns which orders there are");
    assert_eq!(stranger.get(&format!("{path}?key=wrong")).await.status, StatusCode::NOT_FOUND);
    let mut ben = Visitor::signed_in(&market, "ben@example.com").await;
    assert_eq!(ben.get(&path).await.status, StatusCode::NOT_FOUND);
    let taken = stranger.get(&format!("{path}?key={}", order.secret)).await;
    assert_eq!((taken.leads_to(), &taken.headers["referrer-policy"]), (&*path, &"no-referrer".parse().unwrap()));
    assert_eq!(stranger.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn money_on_hold_has_no_invoice_but_a_slip_until_the_order_is_called_off() {
    let market = Market::with_till().await;
    let mut guest = market.visitor();
    let page = guest.buys("pretzel", "card").await;
    let order = market.orders().await.remove(0);
    assert_eq!(order.state, State::Reserved);
    assert!(!guest.get(&page).await.body.contains("/invoice"));
    let invoice = guest.get(&format!("{page}/invoice")).await;
    assert!(invoice.body.contains("No invoice yet") && !invoice.body.contains("class=\"paper\""), "{}", invoice.body);

    let mut bruno = Visitor::signed_in(&market, BRUNO).await;
    let desk = format!("/sell/orders/{}", order.id);
    let slip = bruno.get(&format!("{desk}/slip")).await;
    assert!(slip.body.contains(&format!("Packing slip {}", order.number)), "{}", slip.body);
    assert!(slip.body.contains("12 Orchard Lane") && slip.body.contains("Pretzel, still undecided"));
    let paper = slip.body.split_once("class=\"paper\"").unwrap().1.split("</article>").next().unwrap();
    assert!(!paper.contains('$'), "a present shows no price: {paper}");
    assert!(bruno.get(&desk).await.body.contains(&format!("{desk}/slip")));

    guest.post(&format!("{page}/cancel"), &[]).await;
    let slip = bruno.get(&format!("{desk}/slip")).await;
    assert!(slip.body.contains("Nothing to pack") && !slip.body.contains("Orchard"), "{}", slip.body);
    assert!(!bruno.get(&desk).await.body.contains(&format!("{desk}/slip")));
}

#[tokio::test]
async fn an_invoice_counts_what_went_back_and_says_what_is_left() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let desk = format!("/sell/orders/{}/invoice", order.id);
    let mut ada = Visitor::signed_in(&market, ADA).await;
    assert!(!ada.get(&desk).await.body.contains("Left of what was paid"));
    give_back(&market, &order, "T2", Money::usd(350)).await;
    give_back(&market, &order, "T3", Money::usd(125)).await;
    let mut guest = market.visitor();
    guest.get(&format!("/orders/{}?key={}", order.id, order.secret)).await;
    for page in [ada.get(&desk).await, guest.get(&format!("/orders/{}/invoice", order.id)).await] {
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(
            (beside(&page, "Total"), beside(&page, "Left of what was paid")),
            ("$20.00".into(), "$15.25".into())
        );
        assert!(page.body.contains("<dd>−$3.50</dd>") && page.body.contains("<dd>−$1.25</dd>"), "{}", page.body);
        assert!(page.body.contains("<dt>Paid</dt><dd>$20.00</dd>") && page.body.contains(">T1</dd>"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_sellers_paper_is_for_the_seller_alone() {
    let market = Market::open().await;
    let order = paid_order(&market).await;
    let mut ada = Visitor::signed_in(&market, ADA).await;
    let mut bruno = Visitor::signed_in(&market, BRUNO).await;
    let mut ana = Visitor::signed_in(&market, "ana@example.com").await;
    for sheet in ["invoice", "slip"] {
        let path = format!("/sell/orders/{}/{sheet}", order.id);
        assert!(ada.get(&format!("/sell/orders/{}", order.id)).await.body.contains(&path));
        assert_eq!(ada.get(&path).await.status, StatusCode::OK, "{sheet}");
        assert_eq!(bruno.get(&path).await.status, StatusCode::NOT_FOUND, "{sheet}");
        assert_eq!(ana.get(&path).await.leads_to(), "/sell", "{sheet}");
        assert_eq!(market.visitor().get(&path).await.leads_to().split('?').next(), Some("/signin"), "{sheet}");
        let nonsense = format!("/sell/orders/ord_nonsense/{sheet}");
        assert_eq!(ada.get(&nonsense).await.status, StatusCode::NOT_FOUND, "{sheet}");
    }
}
