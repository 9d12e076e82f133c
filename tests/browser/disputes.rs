//! A dispute from its filing to its end, as the people of both houses see it.

use pushcart::orders::dispute::State;

use crate::browser::{Browser, Scheme};
use crate::working_market;

#[tokio::test(flavor = "multi_thread")]
async fn a_chargeback_is_filed_answered_and_won_back() {
    for (width, scheme, tone) in [(1280, Scheme::Light, "1280-light"), (390, Scheme::Dark, "390-dark")] {
        let Some(browser) = Browser::open(width, scheme).await else { return };
        let market = working_market().await;
        let (_, order) = market.buy("sourdough-letter", "acc_clara", "CC").await;
        let payment = order.transaction.clone().unwrap();
        let store = &market.ctx().store;
        let stall = store.seller(&order.seller).await.unwrap().unwrap();
        let owner = store.account(&stall.account).await.unwrap().unwrap();
        let all = market.transactions().await;
        let paid = all.iter().find(|one| one["transaction_id"] == payment.as_str()).unwrap();
        let page = |role: &str| {
            format!("{}/accounts/{}/transactions/{payment}", market.sandbox_url, paid[role].as_str().unwrap())
        };

        browser.go(&page("sender")).await;
        browser.wait_for("Problem with this transaction?").await;
        browser.picture(&format!("claims-file-{tone}")).await;
        browser.press("input[value='chargeback']").await;
        browser.choose("goods", "digital goods").await;
        browser.fill("words", "I never read it.").await;
        browser.submit("/cases").await;
        browser.wait_for("waits for the seller's answer").await;
        browser.picture(&format!("claims-filed-{tone}")).await;

        browser.go(&market.at("/signin")).await;
        browser.fill("email", &owner.email).await;
        browser.fill("password", pushcart::seed::PASSWORD).await;
        browser.submit("/signin").await;
        browser.wait_for("Hello").await;
        market.settle_down().await;
        browser.go(&market.at("/sell/disputes")).await;
        browser.wait_for("left").await;
        browser.picture(&format!("disputes-{tone}")).await;
        let dispute = store.disputes_of(&order.id).await.unwrap().remove(0);
        browser.go(&market.at(&format!("/sell/disputes/{}", dispute.id))).await;
        browser.fill("evidence", "It was delivered at once, and opened.").await;
        browser.picture(&format!("dispute-{tone}")).await;
        browser.submit("/evidence").await;
        browser.wait_for("Answered, waits for the decision").await;

        browser.go(&page("recipient")).await;
        browser.fill("words", "It was delivered at once, and opened.").await;
        browser.picture(&format!("claims-answer-{tone}")).await;
        browser.press("button[value='answer']").await;
        browser.wait_for("the seller has answered").await;
        browser.go(&format!("{}/accounts/cases", market.sandbox_url)).await;
        browser.picture(&format!("claims-decide-{tone}")).await;
        browser.press("button[value='deny']").await;
        browser.wait_for("Nothing waits for you").await;
        market.settle_down().await;

        browser.go(&market.at(&format!("/sell/disputes/{}", dispute.id))).await;
        browser.wait_for("Decided for the seller").await;
        browser.picture(&format!("dispute-won-{tone}")).await;
        browser.go(&market.at(&format!("/sell/orders/{}/dispute", order.id))).await;
        browser.picture(&format!("dispute-new-{tone}")).await;
        browser.go(&market.at(&format!("/sell/statement/{}", market.ctx().clock.now().month()))).await;
        browser.wait_for("Won back from a dispute").await;
        browser.picture(&format!("statement-dispute-{tone}")).await;
        assert_eq!(store.dispute(&dispute.id).await.unwrap().unwrap().state, State::Won);
        market.books().await;
        browser.close().await;
    }
}
