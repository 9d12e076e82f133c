//! Approvals that stand: ended, asked about, mended, opened and bought with.

use super::*;
use crate::base::clock::Millis;
use crate::market::subscription::Period;
use crate::orders::agreement::{Agreement, Rules, Standing, Terms};

/// One of Ana's, written as if she had approved it.
async fn standing(market: &Market, terms: Terms, approved: fn(&mut Agreement, Millis)) -> Agreement {
    let account = market.ctx.store.account_by_email(ANA).await.unwrap().unwrap();
    let now = market.ctx.clock.now();
    let mut agreement = Agreement::asked(account.id, "till", terms, Rules::default(), now);
    agreement.consent = Some("standing".to_owned());
    approved(&mut agreement, now);
    let mut tx = market.ctx.store.write().await.unwrap();
    tx.insert_agreement(&agreement).await.unwrap();
    tx.commit().await.unwrap();
    agreement
}

/// Ending what has ended is the same; asking twice how it stands gives the same answer.
pub(super) async fn approval(market: &Market, route: &str) {
    let agreement = standing(market, Terms::Saved, Agreement::begin).await;
    let mut ana = market.visitor();
    ana.post("/signin", &[("email", ANA), ("password", PASSWORD)]).await;
    let path = route.replace("{id}", agreement.id.as_str());
    if route.ends_with("/end") {
        ana.twice(&path, &[]).await;
        let ended = market.ctx.store.agreement(&agreement.id).await.unwrap().unwrap();
        assert_eq!(ended.standing, Standing::Ended);
        return;
    }
    if route.ends_with("/change") {
        // one visit, however often it is pressed
        assert!(ana.twice(&path, &[]).await.starts_with("http://127.0.0.1:3001/change?"));
        assert_eq!(market.ctx.store.operations_of(agreement.id.as_str()).await.unwrap().len(), 1);
        return;
    }
    let answers = [ana.post(&path, &[]).await, ana.post(&path, &[]).await];
    assert_eq!(answers[0].status, answers[1].status);
    let after = market.ctx.store.agreement(&agreement.id).await.unwrap().unwrap();
    assert_eq!(after.standing, Standing::Active);
}

/// The till keeps no tab, and says so on the form as often as it is asked.
pub(super) async fn tab(market: &Market) {
    let mut ana = Visitor::signed_in(market, ANA).await;
    for _ in 0..2 {
        let answer = ana.post("/account/approvals/new", &[("form_key", KEY)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("keeps a tab"), "{}", answer.body);
    }
}

/// One click is one order, however often it is pressed.
pub(super) async fn one_click(market: &Market) {
    let agreement = standing(market, Terms::Saved, Agreement::open).await;
    let mut ana = Visitor::signed_in(market, ANA).await;
    let form = [("form_key", KEY), ("tab", agreement.id.as_str()), ("total", "600")];
    assert!(ana.twice("/p/sourdough-letter/buy", &form).await.starts_with("/orders/ord_"));
    let orders = market.orders().await;
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].state, State::Shipped);
    assert_eq!(market.ctx.store.operations_of(orders[0].id.as_str()).await.unwrap().len(), 1);
}

/// Ended by the seller or the operator: once, with one letter.
pub(super) async fn subscription(market: &Market, who: &str, route: &str) {
    let agreement = standing(market, Terms::Every(Period::Month), Agreement::begin).await;
    let order = paid_order_under(market, Some(agreement.id.clone())).await;
    let mut visitor = Visitor::signed_in(market, who).await;
    visitor.twice(&route.replace("{id}", order.id.as_str()), &[]).await;
    let ended = market.ctx.store.agreement(&agreement.id).await.unwrap().unwrap();
    assert_eq!(ended.standing, Standing::Ended, "{route}");
    let letters = market.ctx.store.letters(20).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.subject.starts_with("News of your subscription")).count(), 1);
}
