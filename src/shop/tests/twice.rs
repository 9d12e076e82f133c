//! Every form, sent twice as it was served: a double click does nothing that one click did not do.

mod standing;

use std::path::Path;

use super::buying::ADDRESS;
use super::desks::{ADA, FIELDS, paid_order, paid_order_under};
use super::office::OLGA;
use super::*;
use crate::orders::operation::{Kind, Operation, Progress, Request, Subject};
use crate::orders::reconcile::{What, never_arrived};
use crate::orders::state::State;
use crate::seed::PASSWORD;

const ANA: &str = "ana@example.com";
const KEY: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The addresses that take a form, read from the code: a new one without a case below fails.
fn posted_routes() -> Vec<String> {
    fn read(folder: &Path, routes: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("tests") {
                continue;
            }
            if path.is_dir() {
                read(&path, routes);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for (_, rest) in text.match_indices(".route(\"").map(|(at, found)| text[at..].split_at(found.len())) {
                    let (address, handler) = rest.split_once('"').unwrap();
                    let handler = handler.split(".route(").next().unwrap().lines().next().unwrap();
                    if handler.contains("post(") {
                        routes.push(address.to_owned());
                    }
                }
            }
        }
    }
    let mut routes = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shop"), &mut routes);
    assert!(routes.len() > 20, "{routes:?}");
    routes
}

#[tokio::test]
async fn every_form_can_be_sent_twice() {
    for route in posted_routes() {
        let market = Market::with_till().await;
        match route.as_str() {
            "/signin" | "/signup" | "/signout" => doors(&market, &route).await,
            "/account/password/forgot" | "/account/password/{token}" => passwords(&market).await,
            "/cart/items" | "/cart/items/{product_id}" => basket(&market).await,
            "/cart/voice" => voice_cart(&market).await,
            "/checkout" | "/return/{provider}" => checkout(&market).await,
            "/orders/{id}/pay" | "/orders/{id}/pay/button" => pay(&market).await,
            "/cart/express/{provider}" | "/checkout/review/{provider}" => express(&market).await,
            "/orders/{id}/cancel" | "/orders/{id}/messages" | "/orders/{id}/requests" => order(&market, &route).await,
            "/account/approvals/{id}/end" | "/account/approvals/{id}/check" | "/account/approvals/{id}/change" => {
                standing::approval(&market, &route).await
            }
            "/account/approvals/new" => standing::tab(&market).await,
            "/p/{slug}/buy" => standing::one_click(&market).await,
            "/oauth/authorize" | "/oauth/token" | "/account/link/end" => link(&market, &route).await,
            "/sell/register" | "/sell/return" => registration(&market).await,
            "/sell/products/new" | "/sell/products/{id}" => products(&market).await,
            "/sell/requests/{id}" => wish(&market).await,
            "/admin/sellers/{id}" => stall(&market).await,
            "/admin/operations/{id}/never" => never(&market, &route).await,
            "/admin/reconciliation" | "/admin/reconciliation/{id}/ask" => reconciliation(&market, &route).await,
            "/sell/orders/{id}/subscription/end" => standing::subscription(&market, ADA, &route).await,
            "/admin/orders/{id}/agreement/end" => standing::subscription(&market, OLGA, &route).await,
            "/sell/orders/{id}/ask-again" => asked_again(&market).await,
            "/sell/orders/{id}/dispute" | "/sell/disputes/{id}/evidence" | "/sell/disputes/{id}/end" => {
                dispute(&market, ADA, &route).await
            }
            "/admin/orders/{id}/dispute" | "/admin/disputes/{id}/end" => dispute(&market, OLGA, &route).await,
            _ if route.starts_with("/sell/orders/{id}/") => parcel(&market, ADA, &route).await,
            _ if route.starts_with("/admin/orders/{id}/") => parcel(&market, OLGA, &route).await,
            _ => panic!("nobody tried {route} twice"),
        }
    }
}

impl Visitor<'_> {
    /// Sends the form twice; both answers lead to the same place.
    async fn twice(&mut self, path: &str, form: &[(&str, &str)]) -> String {
        let first = self.post(path, form).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{path}: {}", first.body);
        let second = self.post(path, form).await;
        assert_eq!(second.leads_to(), first.leads_to(), "{path}: {}", second.body);
        first.leads_to().to_owned()
    }

    async fn with_pretzel(mut self) -> Self {
        let id = self.market.product_id("pretzel").await;
        self.post("/cart/items", &[("product_id", &id)]).await;
        self
    }
}

async fn doors(market: &Market, route: &str) {
    let mut visitor = market.visitor();
    if route == "/signup" {
        let form = [("name", "Dora"), ("email", "dora@example.com"), ("password", "a long enough secret")];
        assert_eq!(visitor.post(route, &form).await.status, StatusCode::SEE_OTHER);
        let again = visitor.post(route, &form).await;
        assert!(again.status == StatusCode::SEE_OTHER || again.body.contains("already"), "{}", again.body);
        return;
    }
    visitor.twice("/signin", &[("email", ANA), ("password", PASSWORD)]).await;
    visitor.twice("/signout", &[]).await;
    assert_eq!(visitor.get("/account").await.status, StatusCode::SEE_OTHER);
}

async fn voice_cart(market: &Market) {
    let user = super::baskets::spoken_basket(market).await;
    let mut visitor = market.visitor();
    assert_eq!(visitor.twice("/cart/voice", &[("key", &user.cart)]).await, "/cart");
    assert!(visitor.get("/cart").await.body.contains("$25.00"), "two jars, and not four");
}

async fn passwords(market: &Market) {
    let mut ana = market.visitor();
    for _ in 0..2 {
        assert_eq!(ana.post("/account/password/forgot", &[("email", ANA)]).await.status, StatusCode::OK);
    }
    let letters = market.ctx.store.letters(10).await.unwrap();
    let (_, link) = letters[0].body_text.split_once("http://localhost:3000").unwrap();
    let link = link.split_whitespace().next().unwrap();
    let form = [("password", "another long secret")];
    assert_eq!(ana.post(link, &form).await.status, StatusCode::SEE_OTHER);
    assert!(ana.post(link, &form).await.body.contains("used already"));
    ana.twice("/signin", &[("email", ANA), ("password", "another long secret")]).await;
}

/// Adding twice is two of them, seen on the next page; changing twice is the same number.
async fn basket(market: &Market) {
    let id = market.product_id("pretzel").await;
    let mut guest = market.visitor();
    guest.twice("/cart/items", &[("product_id", &id)]).await;
    assert!(guest.get("/cart").await.body.contains("value=\"2\"") || guest.cookies[0].1.ends_with(".2"));
    guest.twice(&format!("/cart/items/{id}"), &[("quantity", "3")]).await;
    assert!(guest.cookies[0].1.ends_with(".3"), "{:?}", guest.cookies);
}

/// Allowing twice is one link with two codes; a code that is exchanged twice ends it; ending it twice is ending it.
async fn link(market: &Market, route: &str) {
    let mut ana = market.visitor();
    ana.post("/signin", &[("email", ANA), ("password", PASSWORD)]).await;
    let mut form = linking::asked();
    form.extend([("answer", "allow"), ("form_key", KEY)]);
    let (first, second) = (ana.post("/oauth/authorize", &form).await, ana.post("/oauth/authorize", &form).await);
    let codes = [linking::code_in(&first), linking::code_in(&second)];
    for code in &codes {
        assert!(linking::exchanged(market, code).await.contains("access_token"), "{route}");
    }
    let account = market.ctx.store.account_by_email(ANA).await.unwrap().unwrap();
    assert!(market.ctx.store.linked_since(&account.id).await.unwrap().is_some());
    if route == "/oauth/token" {
        assert!(linking::exchanged(market, &codes[0]).await.contains("invalid_grant"));
    } else {
        ana.twice("/account/link/end", &[]).await;
    }
    assert_eq!(market.ctx.store.linked_since(&account.id).await.unwrap(), None, "{route}");
}

async fn checkout(market: &Market) {
    let mut guest = market.visitor().with_pretzel().await;
    let mut form = ADDRESS.to_vec();
    form.push(("form_key", KEY));
    let address = guest.twice("/checkout", &form).await;
    assert_eq!(market.orders().await.len(), 1);
    let reference = address.split_once("reference=").unwrap().1;
    let fields = [("reference", reference), ("how", "card")];
    let mut provider = market.visitor();
    provider.twice("/return/till", &fields).await;
    let order = market.orders().await.remove(0);
    assert_eq!(order.state, State::Reserved);
    let asked = market.ctx.store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!(asked.iter().filter(|operation| operation.kind == Kind::Reserve).count(), 1);
}

async fn pay(market: &Market) {
    let mut guest = market.visitor().with_pretzel().await;
    guest.post("/checkout", &ADDRESS).await;
    let order = market.orders().await.remove(0);
    guest.get(&format!("/orders/{}?key={}", order.id, order.secret)).await;
    guest.twice(&format!("/orders/{}/pay", order.id), &[]).await;
    let button = format!("/orders/{}/pay/button", order.id);
    let (first, second) = (guest.post(&button, &[]).await, guest.post(&button, &[]).await);
    assert_eq!((first.status, &first.body), (StatusCode::OK, &second.body));
    assert_eq!(market.ctx.store.operations_of(order.id.as_str()).await.unwrap().len(), 1);
}

/// From the basket to the provider and back: one visit, then one order, however often it is pressed.
async fn express(market: &Market) {
    let mut guest = market.visitor().with_pretzel().await;
    guest.twice("/cart/express/till", &[("form_key", KEY)]).await;
    let form = [("form_key", KEY), ("visit", "v1"), ("shipping_method", "standard"), ("intent", "pay")];
    guest.twice("/checkout/review/till", &form).await;
    let order = market.orders().await;
    assert_eq!(order.len(), 1);
    assert_eq!(market.ctx.store.operations_of(order[0].id.as_str()).await.unwrap().len(), 1);
}

async fn order(market: &Market, route: &str) {
    let order = paid_order(market).await;
    let mut guest = market.visitor();
    guest.get(&format!("/orders/{}?key={}", order.id, order.secret)).await;
    let path = route.replace("{id}", order.id.as_str());
    let form = [("form_key", KEY), ("body", "Hello"), ("wish", "refund"), ("reason", "It hums.")];
    if route.ends_with("/cancel") {
        // paid already: twice the same sentence, and nothing is asked of the provider
        for _ in 0..2 {
            assert_eq!(guest.post(&path, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert!(market.ctx.store.operations_of(order.id.as_str()).await.unwrap().is_empty());
        return;
    }
    guest.twice(&path, &form).await;
    let (messages, wishes) = (market.ctx.store.messages(&order.id).await, market.ctx.store.wishes(&order.id).await);
    assert_eq!(messages.unwrap().len() + wishes.unwrap().len(), 1, "{route}");
}

async fn registration(market: &Market) {
    let mut ana = Visitor::signed_in(market, ANA).await;
    let form = [
        ("name", "Ana's Ants"),
        ("tagline", "Small and many"),
        ("story", "They walk in line."),
        ("ships_from", "Portland"),
        ("email", ANA),
        ("return_policy", "Thirty days."),
        ("shipping_policy", "Tomorrow."),
        ("accept_terms", "yes"),
    ];
    for _ in 0..2 {
        // the till registers nobody, and says so on the form
        assert_eq!(ana.post("/sell/register", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let sellers = market.ctx.store.sellers("", 100).await.unwrap();
    let anas: Vec<_> = sellers.iter().filter(|seller| seller.name == "Ana's Ants").collect();
    assert_eq!(anas.len(), 1);
    assert_eq!(market.ctx.store.operations_of(anas[0].id.as_str()).await.unwrap().len(), 1);
    let back = [("status", "SR")];
    let mut provider = market.visitor();
    let (first, second) = (provider.post("/sell/return", &back).await, provider.post("/sell/return", &back).await);
    assert_eq!((first.status, first.leads_to()), (second.status, second.leads_to()));
}

async fn products(market: &Market) {
    let mut ada = Visitor::signed_in(market, ADA).await;
    let mut form = FIELDS.to_vec();
    form[0] = ("form_key", KEY);
    let first = ada.post_product("/sell/products/new", &form, &[]).await;
    let second = ada.post_product("/sell/products/new", &form, &[]).await;
    assert_eq!((first.status, second.leads_to()), (StatusCode::SEE_OTHER, first.leads_to()));
    for _ in 0..2 {
        let changed = ada.post_product(first.leads_to(), &form, &[]).await;
        assert_eq!(changed.leads_to(), first.leads_to(), "{}", changed.body);
    }
    let found = market.get("/search?q=mug").await.body.matches("alert(1)").count();
    assert!(found > 0 && market.get("/p/a-script-alert-1-script-mug-2").await.status == StatusCode::NOT_FOUND);
}

async fn wish(market: &Market) {
    let order = paid_order(market).await;
    crate::flows::wish::wish(&market.ctx, &order.id, "refund", "It hums.", KEY).await.unwrap();
    let wish = market.ctx.store.wishes(&order.id).await.unwrap().remove(0);
    let mut ada = Visitor::signed_in(market, ADA).await;
    let form = [("decision", "accept"), ("wish_amount", "5"), ("answer", "Sorry!")];
    ada.twice(&format!("/sell/requests/{}", wish.id), &form).await;
    assert_eq!(market.ctx.store.operations_of(order.id.as_str()).await.unwrap().len(), 1);
}

async fn stall(market: &Market) {
    let seller = market.ctx.store.product_by_slug("wildflower-honey").await.unwrap().unwrap().product.seller;
    let mut olga = Visitor::signed_in(market, OLGA).await;
    olga.twice(&format!("/admin/sellers/{seller}"), &[("decision", "suspend")]).await;
    let acts = market.ctx.store.audit_of(seller.as_str()).await.unwrap();
    assert_eq!(acts.iter().filter(|act| act.act == "seller suspended").count(), 1);
}

/// Comparing twice is one run; a difference that is asked about twice is asked about, and stays where it is.
async fn reconciliation(market: &Market, route: &str) {
    let store = &market.ctx.store;
    let mut olga = Visitor::signed_in(market, OLGA).await;
    let today = market.ctx.clock.now().date();
    if !route.ends_with("/ask") {
        let form = [("form_key", KEY), ("from", today.as_str()), ("until", today.as_str())];
        assert_eq!(olga.twice(route, &form).await, route);
        assert_eq!(store.reconciliations(10).await.unwrap().len(), 1);
        return;
    }
    let order = paid_order(market).await;
    let mut pending = never_arrived(&Operation::wanted(
        Subject::Order(order.id),
        Kind::Refund,
        "till",
        Request::Refund { payment: "P1".to_owned() },
        order.total,
        market.ctx.clock.now(),
    ));
    pending.what = What::Pending;
    let mut tx = store.write().await.unwrap();
    tx.keep_difference("till", &pending, market.ctx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let kept = store.open_differences("", 10).await.unwrap().remove(0);
    assert_eq!(olga.twice(&route.replace("{id}", &kept.id), &[]).await, "/admin/reconciliation");
    assert!(store.difference(&kept.id).await.unwrap().unwrap().asked_at.is_some());
}

/// What never happened has never happened once.
async fn never(market: &Market, route: &str) {
    let order = paid_order(market).await;
    let (now, payment) = (market.ctx.clock.now(), "P1".to_owned());
    let subject = Subject::Order(order.id.clone());
    let refund = Operation::wanted(subject, Kind::Refund, "till", Request::Refund { payment }, order.total, now);
    let mut tx = market.ctx.store.write().await.unwrap();
    let refund = tx.want(Operation { progress: Progress::Unknown, ..refund }, now).await.unwrap();
    tx.commit().await.unwrap();
    let mut olga = Visitor::signed_in(market, OLGA).await;
    olga.twice(&route.replace("{id}", refund.id.as_str()), &[]).await;
    let acts = market.ctx.store.audit_of(refund.id.as_str()).await.unwrap();
    assert_eq!(acts.len(), 1, "{acts:?}");
}

/// Entered, answered or ended once, with one line of each and one letter.
async fn dispute(market: &Market, who: &str, route: &str) {
    let order = paid_order(market).await;
    let mut visitor = Visitor::signed_in(market, who).await;
    let form = [("form_key", "01ARZ3NDEKTSV4RRFFQ69G5FAW"), ("evidence", "Sent."), ("ending", "won")];
    let day = market.ctx.clock.now().iso8601();
    let entry = [("form_key", KEY), ("kind", "chargeback"), ("opened_on", &day[..10])];
    let enter = format!("{}/{}/dispute", if who == ADA { "/sell/orders" } else { "/admin/orders" }, order.id);
    visitor.twice(&enter, &entry).await;
    let disputes = market.ctx.store.disputes_of(&order.id).await.unwrap();
    assert_eq!(disputes.len(), 1, "{route}");
    if !route.ends_with("/dispute") {
        visitor.twice(&route.replace("{id}", disputes[0].id.as_str()), &form).await;
    }
    let events = market.ctx.store.dispute_events(&disputes[0].id).await.unwrap();
    assert_eq!(events.len(), if route.ends_with("/dispute") { 1 } else { 2 }, "{route}: {events:?}");
}

/// What seller and operator do with a paid order: at most one thing is asked of the provider.
async fn parcel(market: &Market, who: &str, route: &str) {
    let order = paid_order(market).await;
    let mut visitor = Visitor::signed_in(market, who).await;
    let path = route.replace("{id}", order.id.as_str());
    let form = [("form_key", KEY), ("amount", "5"), ("body", "Hello"), ("carrier", "Post")];
    let (first, second) = (visitor.post(&path, &form).await, visitor.post(&path, &form).await);
    assert_eq!((first.status, first.leads_to()), (second.status, second.leads_to()), "{route}: {}", second.body);
    let asked = market.ctx.store.operations_of(order.id.as_str()).await.unwrap();
    assert_eq!(asked.len(), usize::from(route.ends_with("refund")), "{route}");
    assert!(market.ctx.store.messages(&order.id).await.unwrap().len() <= 1, "{route}");
}

/// The hold ran out: the buyer is written to once, and the second click finds that.
async fn asked_again(market: &Market) {
    let order = paid_order(market).await;
    let mut tx = market.ctx.store.write_money().await.unwrap();
    let mut lapsed = tx.order(&order.id).await.unwrap().unwrap();
    (lapsed.state, lapsed.hold_until) = (State::Expired, Some(market.ctx.clock.now()));
    tx.release_stock(&order.id, market.ctx.clock.now()).await.unwrap();
    tx.change_order(&mut lapsed, None).await.unwrap();
    tx.commit().await.unwrap();
    let mut ada = Visitor::signed_in(market, ADA).await;
    ada.twice(&format!("/sell/orders/{}/ask-again", order.id), &[]).await;
    let asked = market.ctx.store.order(&order.id).await.unwrap().unwrap();
    assert!(asked.is_asked_again(), "{asked:?}");
    let letters = market.ctx.store.letters(50).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.subject.contains("approve the payment once more")).count(), 1);
}
