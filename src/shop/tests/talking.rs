//! After the sale: messages, wishes, calling off, all orders of an account, the demo's mailbox.

use super::*;
use crate::orders::state::State;
use crate::seed::PASSWORD;

const FORM: [(&str, &str); 9] = [
    ("email", "ana@example.com"),
    ("name", "Ana Bell"),
    ("line1", "12 Orchard Lane"),
    ("city", "Portland"),
    ("state", "OR"),
    ("postal_code", "97201"),
    ("country", "US"),
    ("shipping_method", "standard"),
    ("provider", "till"),
];

impl Visitor<'_> {
    /// Buys one `slug` and pays `how`; gives the order's page.
    pub(super) async fn buys(&mut self, slug: &str, how: &str) -> String {
        let id = self.market.product_id(slug).await;
        self.post("/cart/items", &[("product_id", &id)]).await;
        let sent = self.post("/checkout", &FORM).await;
        let reference = sent.leads_to().split_once("reference=").expect(&sent.body).1.to_owned();
        let landed = self.market.get(&format!("/return/till?reference={reference}&how={how}")).await;
        self.get(landed.leads_to()).await.leads_to().to_owned()
    }
}

#[tokio::test]
async fn a_message_is_said_once_and_the_seller_gets_a_letter() {
    let market = Market::with_till().await;
    let mut guest = market.visitor();
    let page = guest.buys("pretzel", "card").await;
    let empty = guest.post(&format!("{page}/messages"), &[("body", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("form_key", "01ARZ3NDEKTSV4RRFFQ69G5FAV"), ("body", "Is it <b>salty</b>?")];
    for _ in 0..2 {
        assert_eq!(guest.post(&format!("{page}/messages"), &form).await.leads_to(), page);
    }
    let shown = guest.get(&page).await.body;
    assert_eq!(shown.matches("salty").count(), 1);
    assert!(shown.contains("message--mine") && !shown.contains("<b>salty"));
    assert!(shown.contains("Message from the buyer"));
    let letters = market.ctx.store.letters(50).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.body_text.contains("salty")).count(), 1);
}

#[tokio::test]
async fn money_back_is_asked_for_once_at_a_time_and_only_when_some_was_taken() {
    let market = Market::with_till().await;
    let mut guest = market.visitor();
    let held = guest.buys("pretzel", "card").await;
    let wish = [("form_key", "01ARZ3NDEKTSV4RRFFQ69G5FAW"), ("wish", "refund"), ("reason", "It is too undecided.")];
    let early = guest.post(&format!("{held}/requests"), &wish).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.body.contains("nothing to return or refund yet"));

    let paid = guest.buys("pretzel", "bank").await;
    assert!(guest.get(&paid).await.body.contains("Ask the seller for"));
    let nothing = guest.post(&format!("{paid}/requests"), &[("wish", "return"), ("reason", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("value=\"return\" checked"), "what was chosen is still chosen");
    for _ in 0..2 {
        assert_eq!(guest.post(&format!("{paid}/requests"), &wish).await.leads_to(), paid, "a second press is harmless");
    }
    let other = guest.post(&format!("{paid}/requests"), &[("wish", "return"), ("reason", "Also this.")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "one at a time");
    let shown = guest.get(&paid).await.body;
    assert!(shown.contains("has not answered yet") && !shown.contains("Ask the seller for"));
}

#[tokio::test]
async fn calling_off_lets_the_hold_go_and_twice_is_harmless() {
    let market = Market::with_till().await;
    let mut guest = market.visitor();
    let page = guest.buys("pretzel", "card").await;
    for _ in 0..2 {
        assert_eq!(guest.post(&format!("{page}/cancel"), &[]).await.leads_to(), page);
    }
    assert_eq!(market.ctx.store.all_orders("~", 1).await.unwrap()[0].state, State::Cancelled);
    assert!(!guest.get(&page).await.body.contains("Cancel this order"));
    let paid = guest.buys("pretzel", "bank").await;
    let refused = guest.post(&format!("{paid}/cancel"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Ask for a refund instead"));
}

#[tokio::test]
async fn an_account_lists_its_own_orders_and_remembers_the_address() {
    let market = Market::with_till().await;
    let mut ana = market.visitor();
    assert_eq!(ana.get("/account/orders").await.leads_to(), "/signin?next=%2Faccount%2Forders");
    ana.post("/signin", &[("email", "ana@example.com"), ("password", PASSWORD)]).await;
    assert!(ana.get("/account/orders").await.body.contains("No orders yet"));
    let mut last = String::new();
    for _ in 0..27 {
        last = ana.buys("pretzel", "card").await;
    }
    let page = ana.get("/account/orders").await.body;
    assert!(page.contains(&last) && page.matches("data-label=\"From\"").count() == 25);
    let next = page.split_once("href=\"/account/orders?from=").expect(&page).1.split('"').next().unwrap();
    let page = ana.get(&format!("/account/orders?from={next}")).await.body;
    assert_eq!(page.matches("data-label=\"From\"").count(), 2);
    let id = market.product_id("pretzel").await;
    ana.post("/cart/items", &[("product_id", &id)]).await;
    let form = ana.get("/checkout").await.body;
    assert!(form.contains("Ana Bell") && !form.contains("Robin Guest"));
    let mut ben = market.visitor();
    ben.post("/signin", &[("email", "ben@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(ben.get(&last).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_letter_is_shown_in_a_frame_that_can_do_nothing_and_only_in_the_demo() {
    let market = Market::with_till().await;
    market.visitor().buys("pretzel", "card").await;
    let letter = market.ctx.store.letters(1).await.unwrap().remove(0);
    let list = market.get("/mailbox").await.body;
    assert!(list.contains(&format!("/mailbox/{}", letter.id)));
    let view = market.get(&format!("/mailbox/{}", letter.id)).await;
    let policy = view.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-src 'self'") && !policy.contains("unsafe-inline"), "{policy}");
    assert!(view.body.contains("<a href=\"http://localhost:3000/"), "its link can be followed without the frame");
    assert!(view.body.contains("sandbox=\"allow-top-navigation-by-user-activation\""));
    let page = market.get(&format!("/mailbox/{}/html", letter.id)).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'; style-src 'unsafe-inline'") && policy.contains("sandbox"), "{policy}");
    assert_eq!(page.headers["x-frame-options"], "SAMEORIGIN");
    assert!(page.body.contains("<base target=\"_top\">"));
    assert_eq!(market.get("/mailbox/let_unknown").await.status, StatusCode::NOT_FOUND);

    let live = Market::live().await;
    assert_eq!(live.get("/mailbox").await.status, StatusCode::NOT_FOUND);
}
