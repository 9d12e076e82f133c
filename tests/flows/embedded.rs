//! The shop below a path prefix inside somebody else's router.

use pushcart::orders::state::State;

use crate::market::Market;
use crate::visitor::Visitor;

#[tokio::test]
async fn a_purchase_works_below_a_prefix_and_every_address_carries_it() {
    let Some(market) = Market::mounted("/market").await else { return };
    let host = market.shop_url.trim_end_matches("/market").to_owned();
    let mut visitor = Visitor::new();
    visitor.open(&format!("{host}/")).await;
    assert_eq!(visitor.page.html, "theirs");

    let mut buyer = market.visitor_with("pretzel", "1").await;
    for path in ["", "/search", "/p/pretzel", "/cart", "/checkout", "/signin", "/sell"] {
        buyer.open(&market.at(path)).await;
        assert_eq!(buyer.page.status, 200, "{path}: {}", buyer.page.text());
        let strays: Vec<String> = buyer
            .page
            .links()
            .into_iter()
            .chain(buyer.page.forms().into_iter().map(|form| form.action))
            .filter(|address| address.starts_with(&host) && !address.starts_with(&market.shop_url))
            .collect();
        assert!(strays.is_empty(), "{path} leads outside of the prefix: {strays:?}");
    }
    market.check_out(&mut buyer).await;
    market.approve(&mut buyer, "acc_clara", "CC").await;
    market.settle_down().await;
    let order = market.last_order().await;
    assert_eq!(order.state, State::Reserved);
    assert!(buyer.page.url.starts_with(&market.shop_url), "{}", buyer.page.url);
    let letters = market.ctx().store.letters(10).await.unwrap();
    assert!(letters.iter().all(|letter| letter.body_text.contains("/market/")), "{letters:?}");
}
